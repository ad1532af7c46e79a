// Questions of a mix file, ready as packets. A line is NAME TYPE CLASS, where CLASS is
//   b  on the block list: 0.0.0.0, ::, NXDOMAIN or NODATA are right
//   h  answered by the stub: the address is derived from the name
//   m  as h, with a label put in front that is used once only, so that no cache can know it
#ifndef QUESTION_H
#define QUESTION_H
#include <stdint.h>

#define PACKET 1500
// Length octet and text of the label that is used once.
#define ONCE 13

enum class { BLOCKED, HOT, MISS, CLASSES };

struct question {
  uint32_t offset;  // of the packet in `packets`
  uint16_t length, type;
  enum class class;
  uint32_t hash;
};

struct mix {
  struct question *questions;
  int count;
  uint8_t *packets;
  char run;  // first letter of labels used once: keeps runs apart
};

struct mix read_mix(const char *file, char run);

// Writes the packet without an id; `once` numbers the label of a miss. Returns its length.
int write_question(const struct mix *mix, const struct question *question, uint32_t once, uint8_t *packet);

// FNV-1a over the lower-cased wire name; the stub makes addresses of it.
uint32_t hash_name(const uint8_t *name);

#endif
