// Whether an answer is right.
#ifndef CHECK_H
#define CHECK_H
#include "question.h"

// Right ones first: from LEAK on, something is wrong.
enum finding { NULL_ADDRESS, NXDOMAIN, NODATA, ADDRESS, LEAK, WRONG_ADDRESS, WRONG_RCODE, WRONG_NODATA, WRONG_NXDOMAIN,
               SERVFAIL, REFUSED, MALFORMED, FINDINGS };

extern const char *const finding_names[FINDINGS];

enum finding check(const struct mix *mix, const struct question *question, uint32_t once, const uint8_t *answer, int length);

#endif
