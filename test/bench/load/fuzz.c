// Kinds of damage that parsers are known to trip over.
#include "fuzz.h"

#include "question.h"

#include <string.h>

static uint64_t state = 88172645463325252ull;

static uint32_t below(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (state >> 32) % limit;
}

static int append_noise(uint8_t *packet, int length, int most) {
  int more = below(most);
  for (int i = 0; i < more && length < PACKET; i++) packet[length++] = below(256);
  return length;
}

// An OPT record whose lengths may promise more than there is.
static int append_edns(uint8_t *packet, int length) {
  static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
  packet[11] = 1 + below(3);
  memcpy(packet + length, opt, sizeof opt);
  packet[length + 3] = below(256);
  packet[length + 6] = below(3);
  packet[length + 10] = below(40);
  return append_noise(packet, length + sizeof opt, 40);
}

int damage(uint8_t *packet, int length) {
  switch (below(8)) {
    case 0:  // cut short
      return 1 + below(length - 1);
    case 1:  // something behind the question
      return append_noise(packet, length, 300);
    case 2:  // nothing but noise
      return append_noise(packet, below(16), PACKET);
    case 3:  // counts that promise more
      packet[4 + below(8)] = below(256);
      return append_noise(packet, length, 60);
    case 4: {  // a pointer somewhere in the name, to anywhere
      int at = 12 + below(length - 17);
      packet[at] = 0xc0 | below(64);
      packet[at + 1] = below(256);
      return length;
    }
    case 5:  // a label longer than it is
      packet[12] = below(256);
      return length;
    case 6:
      return append_edns(packet, length);
    default:
      for (int flips = 1 + below(8); flips; flips--) packet[below(length)] ^= 1 << below(8);
      return length;
  }
}
