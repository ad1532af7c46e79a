// The least that a process on this machine spends on a DNS message: no work at all between receiving and sending.
//   echo udp PORT             every packet back, marked as an answer
//   echo tcp PORT             the same with framed messages
//   echo forward PORT UPSTREAM  a forwarder without a cache: two more packets per question
// With -s before these it asks the scheduler for short slices, as Quell's answering threads do.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BATCH 64
#define PACKET 2048

static uint8_t packets[BATCH][PACKET];
static struct sockaddr_in from[BATCH];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];

static struct sockaddr_in local(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  return fd;
}

static void must(int failed, const char *what) {
  if (!failed) return;
  perror(what);
  exit(1);
}

// resolver/answering/go-first.ts says what for. Kernels before 6.12 pass over it, for the echo as for Quell.
static void ask_for_short_slices(void) {
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attr = {.size = sizeof attr, .runtime = 100000};
  must(syscall(SYS_sched_setattr, 0, &attr, 0), "sched_setattr");
}

static int receive(int fd, int flags) {
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){packets[i], PACKET};
    messages[i].msg_hdr = (struct msghdr){&from[i], sizeof from[i], &vectors[i], 1, 0, 0, 0};
  }
  int count = recvmmsg(fd, messages, BATCH, flags, 0);
  for (int i = 0; i < count; i++) vectors[i].iov_len = messages[i].msg_len;
  return count;
}

static void send_all(int fd, int count) {
  for (int sent = 0; sent < count;) {
    int more = sendmmsg(fd, messages + sent, count - sent, 0);
    sent += more > 0 ? more : 1;
  }
}

static _Noreturn void echo_udp(int port) {
  struct sockaddr_in at = local(port);
  int fd = udp_socket();
  must(bind(fd, (void *)&at, sizeof at), "bind");
  for (;;) {
    int count = receive(fd, MSG_WAITFORONE);
    for (int i = 0; i < count; i++) {
      packets[i][2] |= 0x80;
      packets[i][3] = 0x80;
    }
    send_all(fd, count);
  }
}

static _Noreturn void forward(int port, int upstream) {
  static struct { struct sockaddr_in from; uint16_t id; } asked[65536];
  struct sockaddr_in at = local(port), up = local(upstream);
  int clients = udp_socket(), server = udp_socket();
  must(bind(clients, (void *)&at, sizeof at), "bind");
  must(connect(server, (void *)&up, sizeof up), "connect");
  struct pollfd polled[2] = {{clients, POLLIN, 0}, {server, POLLIN, 0}};
  for (uint16_t next = 0;;) {
    if (poll(polled, 2, -1) <= 0) continue;
    int count = polled[0].revents ? receive(clients, MSG_DONTWAIT) : 0;
    for (int i = 0; i < count; i++, next++) {
      asked[next].from = from[i];
      memcpy(&asked[next].id, packets[i], 2);
      memcpy(packets[i], &next, 2);
      messages[i].msg_hdr.msg_name = 0;
      messages[i].msg_hdr.msg_namelen = 0;
    }
    send_all(server, count);
    count = polled[1].revents ? receive(server, MSG_DONTWAIT) : 0;
    for (int i = 0; i < count; i++) {
      uint16_t id;
      memcpy(&id, packets[i], 2);
      memcpy(packets[i], &asked[id].id, 2);
      messages[i].msg_hdr.msg_name = &asked[id].from;
      messages[i].msg_hdr.msg_namelen = sizeof asked[id].from;
    }
    send_all(clients, count);
  }
}

struct connection {
  int fd, held;
  uint8_t bytes[65538];
};

static void echo_frames(struct connection *c) {
  int got = recv(c->fd, c->bytes + c->held, sizeof c->bytes - c->held, 0), used = 0;
  if (got <= 0) {
    close(c->fd);
    free(c);
    return;
  }
  c->held += got;
  while (c->held - used >= 14) {
    int length = c->bytes[used] << 8 | c->bytes[used + 1];
    if (c->held - used < length + 2) break;
    c->bytes[used + 4] |= 0x80;
    c->bytes[used + 5] = 0x80;
    used += length + 2;
  }
  for (int sent = 0, more; sent < used; sent += more)
    if ((more = send(c->fd, c->bytes + sent, used - sent, MSG_NOSIGNAL)) <= 0) break;
  memmove(c->bytes, c->bytes + used, c->held -= used);
}

static _Noreturn void echo_tcp(int port) {
  struct sockaddr_in at = local(port);
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, events = epoll_create1(0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  must(bind(listener, (void *)&at, sizeof at) || listen(listener, 256), "bind");
  epoll_ctl(events, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN});
  for (;;) {
    struct epoll_event ready[BATCH];
    int count = epoll_wait(events, ready, BATCH, -1);
    for (int i = 0; i < count; i++) {
      if (ready[i].data.ptr) {
        echo_frames(ready[i].data.ptr);
        continue;
      }
      struct connection *c = malloc(sizeof *c);
      c->held = 0;
      c->fd = accept(listener, 0, 0);
      setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_ctl(events, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
    }
  }
}

int main(int count, char **words) {
  if (count >= 2 && !strcmp(words[1], "-s")) {
    ask_for_short_slices();
    count--;
    words++;
  }
  if (count >= 3 && !strcmp(words[1], "udp")) echo_udp(atoi(words[2]));
  if (count >= 3 && !strcmp(words[1], "tcp")) echo_tcp(atoi(words[2]));
  if (count >= 4 && !strcmp(words[1], "forward")) forward(atoi(words[2]), atoi(words[3]));
  fprintf(stderr, "echo [-s] udp PORT, tcp PORT, or forward PORT UPSTREAM\n");
  return 2;
}
