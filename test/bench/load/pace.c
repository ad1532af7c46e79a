// Watches how fast the cores run, for where they are a hypervisor's they don't always.
//   pace SECONDS
// On each core, before everything else there, a fixed piece of arithmetic a thousand times a second: 2 µs that need no
// memory and no kernel. Ends at SIGTERM, or after so many seconds, and prints one JSON object; times are microseconds,
// those of the slow periods since the epoch.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MILLISECOND 1000000ull
#define MOST_CORES 64
#define STEPS 2000
// A step took so many times as long as usual, so often in a row. An interrupt makes one step long, not several.
#define SLOW 4
#define IN_A_ROW 3

struct step {
  uint64_t at, took;
};

static struct core {
  pthread_t thread;
  struct step *steps;
  int number, count;
} cores[MOST_CORES];
static int most;
static volatile sig_atomic_t is_over;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000 * MILLISECOND + t.tv_nsec;
}

static void end(int signal) { is_over = signal; }

static void calculate(void) {
  uint64_t x = 1;
  for (int i = 0; i < STEPS; i++) x = x * 6364136223846793005ull + 1;
  __asm__ volatile("" : : "r"(x));
}

static void *watch(void *which) {
  struct core *core = which;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core->number, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &(struct sched_param){20});
  while (!is_over && core->count < most) {
    clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, MILLISECOND}, 0);
    uint64_t at = now();
    calculate();
    core->steps[core->count++] = (struct step){at, now() - at};
  }
  return 0;
}

static int by_size(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static uint64_t usual(const struct core *core) {
  uint64_t *all = calloc(core->count + 1, sizeof *all);
  for (int i = 0; i < core->count; i++) all[i] = core->steps[i].took;
  qsort(all, core->count, sizeof *all, by_size);
  uint64_t middle = all[core->count / 2];
  free(all);
  return middle;
}

static void print_core(const struct core *core, const char *before) {
  uint64_t step = usual(core);
  printf("%s{\"core\":%d,\"steps\":%d,\"usual\":%.2f,\"slow\":[", before, core->number, core->count, step / 1e3);
  const char *comma = "";
  for (int i = 0, row = 0; i <= core->count; i++) {
    if (i < core->count && core->steps[i].took > SLOW * step) {
      row++;
      continue;
    }
    if (row >= IN_A_ROW) {
      const struct step *last = &core->steps[i - 1];
      // Slow since the last step that was not, at the earliest.
      uint64_t from = i > row ? core->steps[i - row - 1].at : core->steps[0].at;
      printf("%s{\"from\":%.0f,\"to\":%.0f}", comma, from / 1e3, (last->at + last->took) / 1e3);
      comma = ",";
    }
    row = 0;
  }
  printf("]}");
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "the head of pace.c says how to call it\n");
    exit(2);
  }
  int online = sysconf(_SC_NPROCESSORS_ONLN);
  if (online > MOST_CORES) online = MOST_CORES;
  most = atof(words[1]) * 1000;
  signal(SIGTERM, end);
  for (int i = 0; i < online; i++) cores[i] = (struct core){.number = i, .steps = calloc(most, sizeof(struct step))};
  mlockall(MCL_CURRENT | MCL_FUTURE);
  for (int i = 0; i < online; i++) pthread_create(&cores[i].thread, 0, watch, &cores[i]);
  for (int i = 0; i < online; i++) pthread_join(cores[i].thread, 0);
  printf("[");
  for (int i = 0; i < online; i++) print_core(&cores[i], i ? "," : "");
  printf("]\n");
}
