// Compares an answer with what the stub must have said, or with what blocking may look like.
#include "check.h"

#include <arpa/inet.h>
#include <string.h>

const char *const finding_names[FINDINGS] = {
    "null", "nxdomain", "nodata", "address", "leak", "wrongAddress", "wrongRcode", "wrongNodata", "wrongNxdomain",
    "servfail", "refused", "malformed"};

// Copies the first address of the asked type; returns its length, 0 without one, -1 when the answer is malformed.
static int first_address(const struct question *question, const uint8_t *answer, int length, uint8_t *address) {
  int records = answer[6] << 8 | answer[7], at = question->length;
  for (int i = 0; i < records; i++) {
    while (at < length && answer[at] && answer[at] < 0xc0) at += answer[at] + 1;
    at += at < length && answer[at] >= 0xc0 ? 2 : 1;
    if (at + 10 > length) return -1;
    int type = answer[at] << 8 | answer[at + 1], size = answer[at + 8] << 8 | answer[at + 9];
    at += 10;
    if (at + size > length) return -1;
    if (type == question->type && ((type == 1 && size == 4) || (type == 28 && size == 16))) {
      memcpy(address, answer + at, size);
      return size;
    }
    at += size;
  }
  return 0;
}

// The address that the stub makes of the name.
static int is_from_stub(const uint8_t *address, int size, uint32_t hash) {
  uint32_t last;
  memcpy(&last, address + size - 4, 4);
  return size == 4 ? ntohl(last) == (45u << 24 | (hash & 0xffffff)) : address[0] == 0x2a && ntohl(last) == hash;
}

enum finding check(const struct mix *mix, const struct question *question, uint32_t once, const uint8_t *answer, int length) {
  static const uint8_t zeros[16];
  uint8_t asked[PACKET], address[16];
  write_question(mix, question, once, asked);
  uint32_t hash = question->class == MISS ? hash_name(asked + 12) : question->hash;
  if (length < question->length || answer[5] != 1 || memcmp(answer + 12, asked + 12, question->length - 12)) return MALFORMED;
  int rcode = answer[3] & 15, size = first_address(question, answer, length, address);
  if (size < 0) return MALFORMED;
  if (rcode == 2) return SERVFAIL;
  if (rcode == 5) return REFUSED;
  int right = size > 0 && is_from_stub(address, size, hash);
  if (question->class == BLOCKED) {
    if (rcode == 3) return NXDOMAIN;
    if (rcode) return WRONG_RCODE;
    if (!size) return NODATA;
    if (!memcmp(address, zeros, size)) return NULL_ADDRESS;
    return right ? LEAK : WRONG_ADDRESS;
  }
  if (rcode == 3) return WRONG_NXDOMAIN;
  if (rcode) return WRONG_RCODE;
  if (question->type != 1 && question->type != 28) return NODATA;
  return right ? ADDRESS : size ? WRONG_ADDRESS : WRONG_NODATA;
}
