// Upstream that answers at once: A and AAAA with an address made of the name, so that a client can check it, every other
// type with NODATA. UDP in batches, TCP with poll.
//   stub PORT [TTL]
#define _GNU_SOURCE
#include "question.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
#define MOST_CONNECTIONS 512
#define ANSWER 1024

static uint32_t ttl = 300;

static uint8_t *put16(uint8_t *at, unsigned value) {
  *at++ = value >> 8;
  *at++ = value;
  return at;
}

static uint8_t *put32(uint8_t *at, uint32_t value) { return put16(put16(at, value >> 16), value & 0xffff); }

// Offset after the question, 0 when the packet holds none that can be answered.
static int question_end(const uint8_t *packet, int length) {
  if (length < 17 || length > 600 || (packet[2] & 0x80) || packet[4] || packet[5] != 1) return 0;
  int at = 12;
  while (at < length && packet[at] && packet[at] < 64) at += packet[at] + 1;
  return at + 5 <= length && !packet[at] ? at + 5 : 0;
}

static uint8_t *put_address(uint8_t *at, unsigned type, uint32_t hash) {
  at = put32(put16(put16(put16(at, 0xc00c), type), 1), ttl);
  if (type == 1) return put32(put16(at, 4), 45u << 24 | (hash & 0xffffff));
  return put32(put32(put32(put32(put16(at, 16), 0x2a000000), 0), 0), hash);
}

static uint8_t *put_soa(uint8_t *at) {
  *at++ = 0;
  at = put16(put32(put16(put16(at, 6), 1), ttl), 22);
  *at++ = 0;
  *at++ = 0;
  return put32(put32(put32(put32(put32(at, 1), 3600), 600), 86400), ttl);
}

// Returns the answer's length, 0 to stay silent.
static int answer(const uint8_t *packet, int length, uint8_t *out) {
  int end = question_end(packet, length);
  if (!end) return 0;
  unsigned type = packet[end - 4] << 8 | packet[end - 3];
  int is_address = type == 1 || type == 28;
  memcpy(out, packet, end);
  out[2] = 0x80 | (packet[2] & 1);
  out[3] = 0x80;
  memset(out + 6, 0, 6);
  out[is_address ? 7 : 9] = 1;
  uint8_t *at = is_address ? put_address(out + end, type, hash_name(packet + 12)) : put_soa(out + end);
  if (packet[11]) {  // EDNS
    out[11] = 1;
    *at++ = 0;
    at = put16(put32(put16(put16(at, 41), 1232), 0), 0);
  }
  return at - out;
}

struct connection {
  int fd, held;
  uint8_t bytes[65538];
};

static struct connection *connections[MOST_CONNECTIONS];
static int connection_count;

static void accept_all(int listener) {
  int fd, on = 1;
  while (connection_count < MOST_CONNECTIONS && (fd = accept(listener, 0, 0)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = malloc(sizeof *connection);
    connection->fd = fd;
    connection->held = 0;
    connections[connection_count++] = connection;
  }
}

static void serve_connection(int number) {
  static uint8_t out[65538 / 14 * ANSWER];
  struct connection *c = connections[number];
  int got = recv(c->fd, c->bytes + c->held, sizeof c->bytes - c->held, 0), used = 0, filled = 0;
  if (got == 0 || (got < 0 && errno != EINTR)) {
    close(c->fd);
    free(c);
    connections[number] = connections[--connection_count];
    return;
  }
  c->held += got > 0 ? got : 0;
  while (c->held - used >= 2) {
    int length = c->bytes[used] << 8 | c->bytes[used + 1];
    if (c->held - used < length + 2) break;
    int size = answer(c->bytes + used + 2, length, out + filled + 2);
    if (size) put16(out + filled, size);
    filled += size ? size + 2 : 0;
    used += length + 2;
  }
  memmove(c->bytes, c->bytes + used, c->held -= used);
  for (int sent = 0, more; sent < filled; sent += more)
    if ((more = send(c->fd, out + sent, filled - sent, MSG_NOSIGNAL)) <= 0) break;
}

static void serve_datagrams(int fd) {
  static uint8_t questions[BATCH][ANSWER], answers[BATCH][ANSWER];
  static struct sockaddr_in from[BATCH];
  static struct iovec vectors[BATCH];
  static struct mmsghdr messages[BATCH];
  int count;
  do {
    for (int i = 0; i < BATCH; i++) {
      vectors[i] = (struct iovec){questions[i], ANSWER};
      messages[i].msg_hdr = (struct msghdr){&from[i], sizeof from[i], &vectors[i], 1, 0, 0, 0};
    }
    count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, 0);
    int filled = 0;
    for (int i = 0; i < count; i++) {
      int size = answer(questions[i], messages[i].msg_len, answers[filled]);
      if (!size) continue;
      vectors[filled] = (struct iovec){answers[filled], size};
      messages[filled].msg_hdr.msg_name = &from[i];
      filled++;
    }
    for (int sent = 0; sent < filled;) {
      int more = sendmmsg(fd, messages + sent, filled - sent, 0);
      sent += more > 0 ? more : 1;
    }
  } while (count == BATCH);
}

int main(int count, char **words) {
  if (count < 2) {
    fprintf(stderr, "stub PORT [TTL]\n");
    return 2;
  }
  if (count > 2) ttl = atoi(words[2]);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1, room = 8 << 20, udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(udp, (void *)&at, sizeof at) || bind(tcp, (void *)&at, sizeof at) || listen(tcp, 256)) {
    perror("bind");
    return 1;
  }
  fcntl(tcp, F_SETFL, O_NONBLOCK);
  static struct pollfd polled[MOST_CONNECTIONS + 2];
  for (;;) {
    polled[0] = (struct pollfd){udp, POLLIN, 0};
    polled[1] = (struct pollfd){tcp, POLLIN, 0};
    for (int i = 0; i < connection_count; i++) polled[i + 2] = (struct pollfd){connections[i]->fd, POLLIN, 0};
    if (poll(polled, connection_count + 2, -1) <= 0) continue;
    for (int i = connection_count - 1; i >= 0; i--)
      if (polled[i + 2].revents) serve_connection(i);
    if (polled[1].revents) accept_all(tcp);
    if (polled[0].revents) serve_datagrams(udp);
  }
}
