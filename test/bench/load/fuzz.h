// Damaged packets, the same in every run.
#ifndef FUZZ_H
#define FUZZ_H
#include <stdint.h>

// Damages the question in packet[0..length); returns the new length, at most PACKET.
int damage(uint8_t *packet, int length);

#endif
