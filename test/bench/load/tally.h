// What came back, how soon, and that as JSON.
#ifndef TALLY_H
#define TALLY_H
#include "check.h"

void count_sent(enum class class);
// How long it took, and when it came; both nanoseconds.
void count_answer(enum class class, enum finding finding, uint64_t waited, uint64_t at);

// When its question left and how long it took, nanoseconds, from now on for each answer.
void write_answers_to(const char *file);

uint64_t sent_total(void);
uint64_t answered_total(void);
// Answers that are wrong.
uint64_t bad_total(void);

// "outcomes":{…},"latency":{…},"stalls":[…]
void print_tally(void);

#endif
