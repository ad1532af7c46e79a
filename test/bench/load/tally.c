// Counts by class and finding, and latency histograms of 256 steps per power of two.
#include "tally.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define STEPS (64 * 256)
#define LATE 5000000 // nanoseconds
#define MOST_STALLS 256

struct histogram {
  uint32_t steps[STEPS];
  uint64_t count, most, late;
  double sum;
};

static const char *const class_names[CLASSES] = {"blocked", "hot", "miss"};
static uint64_t sent[CLASSES], found[CLASSES][FINDINGS];
static struct histogram of_all, of_class[CLASSES];

// Late answers that come within LATE of each other waited for the same thing.
static struct stall {
  uint64_t first, last, answers, longest;
} stalls[MOST_STALLS];
static int stall_count;
static FILE *written;

static void add(struct histogram *h, uint64_t value) {
  int exponent = value < 256 ? 7 : 63 - __builtin_clzll(value);
  int step = value < 256 ? (int)value : (exponent - 7) * 256 + (int)((value >> (exponent - 8)) & 255);
  h->steps[step]++;
  h->count++;
  h->sum += value;
  if (value > h->most) h->most = value;
  if (value > LATE) h->late++;
}

static double microseconds(const struct histogram *h, double share) {
  uint64_t wanted = ceil(h->count * share), passed = 0;
  for (int step = 0; step < STEPS; step++) {
    passed += h->steps[step];
    if (passed && passed >= wanted) return (step < 256 ? step : (double)((256ull + step % 256) << (step / 256 - 1))) / 1e3;
  }
  return 0;
}

static void print_histogram(const char *name, const struct histogram *h, const char *after) {
  printf("\"%s\":{\"count\":%llu,\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f,\"late\":%llu}%s", name,
         (unsigned long long)h->count, h->count ? h->sum / h->count / 1e3 : 0, microseconds(h, .5), microseconds(h, .9),
         microseconds(h, .99), microseconds(h, .999), h->most / 1e3,
         (unsigned long long)h->late, after);
}

void write_answers_to(const char *file) {
  written = fopen(file, "wb");
  if (written) return;
  perror(file);
  exit(1);
}

void count_sent(enum class class) { sent[class]++; }

static void add_late(uint64_t waited, uint64_t at) {
  struct stall *stall = stall_count ? &stalls[stall_count - 1] : 0;
  if (!stall || at > stall->last + LATE) {
    if (stall_count == MOST_STALLS) return;
    stall = &stalls[stall_count++];
    stall->first = at;
  }
  stall->last = at;
  stall->answers++;
  if (waited > stall->longest) stall->longest = waited;
}

void count_answer(enum class class, enum finding finding, uint64_t waited, uint64_t at) {
  found[class][finding]++;
  if (written) fwrite((uint64_t[]){at - waited, waited}, sizeof(uint64_t), 2, written);
  add(&of_all, waited);
  add(&of_class[class], waited);
  if (waited > LATE) add_late(waited, at);
}

uint64_t sent_total(void) { return sent[BLOCKED] + sent[HOT] + sent[MISS]; }

uint64_t answered_total(void) { return of_all.count; }

uint64_t bad_total(void) {
  uint64_t bad = 0;
  for (int class = 0; class < CLASSES; class++)
    for (int finding = LEAK; finding < FINDINGS; finding++) bad += found[class][finding];
  return bad;
}

void print_tally(void) {
  printf("\"outcomes\":{");
  const char *before = "";
  for (int class = 0; class < CLASSES; class++) {
    if (!sent[class]) continue;
    printf("%s\"%s\":{\"sent\":%llu", before, class_names[class], (unsigned long long)sent[class]);
    for (int finding = 0; finding < FINDINGS; finding++)
      if (found[class][finding]) printf(",\"%s\":%llu", finding_names[finding], (unsigned long long)found[class][finding]);
    printf("}");
    before = ",";
  }
  printf("},\"latency\":{");
  for (int class = 0; class < CLASSES; class++)
    if (of_class[class].count) print_histogram(class_names[class], &of_class[class], ",");
  print_histogram("all", &of_all, "},\"stalls\":[");
  for (struct stall *stall = stalls; stall < stalls + stall_count; stall++)
    printf("%s{\"at\":%.0f,\"answers\":%llu,\"longest\":%.1f}", stall == stalls ? "" : ",", stall->first / 1e3,
           (unsigned long long)stall->answers, stall->longest / 1e3);
  printf("]");
}
