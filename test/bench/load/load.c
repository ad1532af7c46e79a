// DNS load over UDP that checks every answer.
//   load -p PORT -d MIX [-l seconds] [-n questions] [-q in flight | -Q a second] [-c sockets] [-S sources]
//        [-u run] [-t timeout in ms] [-f] [-w FILE]
// -q  closed loop: so many questions in flight over all sockets (400 without it)
// -Q  open loop: Poisson arrivals at that rate, latency by the kernel's clock
// -n  stop after so many questions
// -S  so many client addresses from 127.0.1.1 on
// -u  a letter and a number: labels used once begin with the letter and count from the number
// -f  beside every question a damaged packet, from sockets of their own
// -w  write of every answer when its question left and how long it took: 8 octets each, nanoseconds
// Prints one JSON object; times in it are microseconds unless the key says otherwise.
#define _GNU_SOURCE
#include "check.h"
#include "fuzz.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define MOST_SOCKETS 64
#define MILLISECOND 1000000ull

// A question under way; its place in the row is its id.
struct slot {
  uint64_t sent;
  uint32_t question, once;
  int open;
};

struct asker {
  int fd, in_flight;
  uint16_t head, tail;  // slots from tail to before head may be open
  struct slot *slots;
};

static struct {
  int port, in_flight, sockets, sources, fuzz;
  double seconds, rate;
  uint64_t questions, timeout;
} options = {.port = 53, .in_flight = 400, .sockets = 8, .seconds = 5, .timeout = 2000 * MILLISECOND};

static struct mix mix;
static struct asker askers[MOST_SOCKETS];
static struct pollfd polled[MOST_SOCKETS];
static struct sockaddr_in server;
static int next_question, next_source, fuzz_fd;
static uint32_t once;
static uint64_t lost, stray, fuzzed, fuzz_answers;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(options.rate > 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 * MILLISECOND + t.tv_nsec;
}

static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 8 << 20, on = 1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  if (options.rate > 0) setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  struct sockaddr_in any = {.sin_family = AF_INET};
  if (bind(fd, (void *)&any, sizeof any)) {
    perror("bind");
    exit(1);
  }
  return fd;
}

static void send_all(int fd, struct mmsghdr *messages, int count) {
  for (int sent = 0; sent < count;) {
    int more = sendmmsg(fd, messages + sent, count - sent, 0);
    if (more <= 0 && errno == EINTR) continue;
    sent += more > 0 ? more : 1;
  }
}

static void set_source(struct msghdr *message, uint8_t *control) {
  struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(0x7f000101u + next_source)};
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE(sizeof info);
  struct cmsghdr *head = CMSG_FIRSTHDR(message);
  *head = (struct cmsghdr){.cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
  memcpy(CMSG_DATA(head), &info, sizeof info);
  next_source = (next_source + 7) % options.sources;
}

static void send_damaged(uint8_t packets[BATCH][PACKET], struct iovec *vectors, struct mmsghdr *messages, int count) {
  for (int i = 0; i < count; i++) vectors[i].iov_len = damage(packets[i], vectors[i].iov_len);
  send_all(fuzz_fd, messages, count);
  fuzzed += count;
}

static int is_done(void) { return options.questions && sent_total() >= options.questions; }

static void ask(struct asker *asker, int wanted) {
  static uint8_t packets[BATCH][PACKET], controls[BATCH][64];
  static struct iovec vectors[BATCH];
  static struct mmsghdr messages[BATCH];
  uint64_t time = now();
  int count = 0;
  for (; count < wanted && count < BATCH && !is_done(); count++) {
    if ((uint16_t)(asker->head + 1) == asker->tail) break;
    const struct question *question = &mix.questions[next_question];
    uint8_t *packet = packets[count];
    asker->slots[asker->head] = (struct slot){time, next_question, once, 1};
    vectors[count] = (struct iovec){packet, write_question(&mix, question, once, packet)};
    packet[0] = asker->head >> 8;
    packet[1] = asker->head;
    struct msghdr *message = &messages[count].msg_hdr;
    *message = (struct msghdr){&server, sizeof server, &vectors[count], 1, 0, 0, 0};
    if (options.sources) set_source(message, controls[count]);
    asker->head++;
    asker->in_flight++;
    once += question->class == MISS;
    count_sent(question->class);
    next_question = (next_question + 1) % mix.count;
  }
  send_all(asker->fd, messages, count);
  if (options.fuzz) send_damaged(packets, vectors, messages, count);
}

static uint64_t arrival(struct msghdr *message, uint64_t otherwise) {
  for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(head), sizeof time);
    return time.tv_sec * 1000 * MILLISECOND + time.tv_nsec;
  }
  return otherwise;
}

static void hear(struct asker *asker, const uint8_t *answer, int length, uint64_t time) {
  struct slot *slot = length < 12 || !(answer[2] & 0x80) ? 0 : &asker->slots[answer[0] << 8 | answer[1]];
  if (!slot || !slot->open) {
    stray++;
    return;
  }
  const struct question *question = &mix.questions[slot->question];
  slot->open = 0;
  asker->in_flight--;
  uint64_t waited = time > slot->sent ? time - slot->sent : 0;
  count_answer(question->class, check(&mix, question, slot->once, answer, length), waited, time);
}

// Takes what has arrived; returns how many.
static int listen_to(struct asker *asker) {
  static uint8_t packets[BATCH][PACKET], controls[BATCH][128];
  static struct iovec vectors[BATCH];
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){packets[i], PACKET};
    messages[i].msg_hdr = (struct msghdr){0, 0, &vectors[i], 1, controls[i], options.rate > 0 ? sizeof controls[i] : 0, 0};
  }
  int count = recvmmsg(asker->fd, messages, BATCH, MSG_DONTWAIT, 0);
  uint64_t time = now();
  for (int i = 0; i < count; i++) hear(asker, packets[i], messages[i].msg_len, arrival(&messages[i].msg_hdr, time));
  return count > 0 ? count : 0;
}

static int listen_to_all(void) {
  int heard = 0;
  for (int i = 0; i < options.sockets; i++) heard += listen_to(&askers[i]);
  uint8_t answer[PACKET];
  while (options.fuzz && recv(fuzz_fd, answer, sizeof answer, MSG_DONTWAIT) >= 0) fuzz_answers++;
  return heard;
}

// Questions without an answer for too long make room for others; looked for ten times a second.
static void give_up(void) {
  static uint64_t last;
  uint64_t time = now();
  if (time - last < 100 * MILLISECOND) return;
  last = time;
  for (struct asker *asker = askers; asker < askers + options.sockets; asker++)
    for (; asker->tail != asker->head; asker->tail++) {
      struct slot *slot = &asker->slots[asker->tail];
      if (!slot->open) continue;
      if (time - slot->sent < options.timeout) break;
      slot->open = 0;
      asker->in_flight--;
      lost++;
    }
}

// Begins with few in flight: a burst at a cold server would only measure its socket's buffer.
static void closed_loop(uint64_t start, uint64_t end) {
  int full = options.in_flight / options.sockets > 0 ? options.in_flight / options.sockets : 1;
  for (uint64_t time = start; time < end && !is_done(); time = now()) {
    int warm = 4 + 2 * (int)((time - start) / (2 * MILLISECOND));
    int each = warm < full ? warm : full;
    int heard = listen_to_all();
    for (int i = 0; i < options.sockets; i++)
      if (askers[i].in_flight < each) ask(&askers[i], each - askers[i].in_flight);
    if (!heard) poll(polled, options.sockets, 20);
    give_up();
  }
}

static void listen_to_readable(void) {
  if (poll(polled, options.sockets, 0) <= 0) return;
  for (int i = 0; i < options.sockets; i++)
    if (polled[i].revents) listen_to(&askers[i]);
}

static void sleep_until(uint64_t time) {
  struct timespec when = {time / (1000 * MILLISECOND), time % (1000 * MILLISECOND)};
  clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &when, 0);
}

// Wakes for questions only, and reads then what has come: the kernel has noted when. To be woken by every answer took
// more than a quarter of a core from the machine that is measured.
// Returns by how much the latest question left too late, in nanoseconds.
static uint64_t open_loop(uint64_t start, uint64_t end) {
  uint64_t due = start, latest = 0;
  unsigned turn = 0;
  srand48(7);
  for (uint64_t time = start; time < end && !is_done(); time = now()) {
    for (; due <= time && due < end; time = now()) {
      if (time - due > latest) latest = time - due;
      ask(&askers[turn++ % options.sockets], 1);
      due += -log(1 - drand48()) / options.rate * 1e9;
    }
    listen_to_readable();
    give_up();
    if (due > now()) sleep_until(due < end ? due : end);
  }
  return latest;
}

// What is still under way has its time to arrive.
static void wait_for_rest(void) {
  for (uint64_t end = now() + options.timeout; now() < end;) {
    int heard = listen_to_all(), left = 0;
    for (int i = 0; i < options.sockets; i++) left += askers[i].in_flight;
    if (!left) return;
    if (!heard) poll(polled, options.sockets, 20);
  }
  for (int i = 0; i < options.sockets; i++) lost += askers[i].in_flight;
}

static void read_options(int count, char **words) {
  const char *file = 0;
  char run = 'a';
  for (int option; (option = getopt(count, words, "p:d:l:n:q:Q:c:S:u:t:fw:")) != -1;) switch (option) {
      case 'p': options.port = atoi(optarg); break;
      case 'd': file = optarg; break;
      case 'l': options.seconds = atof(optarg); break;
      case 'n': options.questions = strtoull(optarg, 0, 10); break;
      case 'q': options.in_flight = atoi(optarg); break;
      case 'Q': options.rate = atof(optarg); break;
      case 'c': options.sockets = atoi(optarg); break;
      case 'S': options.sources = atoi(optarg); break;
      case 'u': run = *optarg; once = strtoul(optarg + 1, 0, 10); break;
      case 't': options.timeout = atof(optarg) * MILLISECOND; break;
      case 'f': options.fuzz = 1; break;
      case 'w': write_answers_to(optarg); break;
      default: exit(2);
    }
  if (!file || options.sockets < 1 || options.sockets > MOST_SOCKETS) {
    fprintf(stderr, "the head of load.c says how to call it\n");
    exit(2);
  }
  mix = read_mix(file, run);
}

int main(int count, char **words) {
  read_options(count, words);
  server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  prctl(PR_SET_TIMERSLACK, 1);
  for (int i = 0; i < options.sockets; i++) {
    askers[i] = (struct asker){.fd = udp_socket(), .slots = calloc(65536, sizeof(struct slot))};
    polled[i] = (struct pollfd){askers[i].fd, POLLIN, 0};
  }
  fuzz_fd = udp_socket();
  uint64_t start = now(), end = start + (uint64_t)(options.seconds * 1e9), latest = 0;
  if (options.rate > 0) latest = open_loop(start, end);
  else closed_loop(start, end);
  double seconds = (now() - start) / 1e9, rate = answered_total() / seconds;
  wait_for_rest();
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"seconds\":%.3f,\"sent\":%llu,\"answered\":%llu,\"perSecond\":%.1f,\"lost\":%llu,\"stray\":%llu,\"bad\":%llu,"
         "\"fuzzed\":%llu,\"fuzzAnswers\":%llu,\"sendLag\":%.1f,\"nextOnce\":%u,",
         seconds, (unsigned long long)sent_total(), (unsigned long long)answered_total(), rate, (unsigned long long)lost,
         (unsigned long long)stray, (unsigned long long)bad_total(), (unsigned long long)fuzzed,
         (unsigned long long)fuzz_answers, latest / 1e3, once);
  print_tally();
  printf("}\n");
}
