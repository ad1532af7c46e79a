// Reads mix files; see question.h.
#define _GNU_SOURCE
#include "question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int type_of(const char *text) {
  static const struct { const char *text; int type; } known[] = {
      {"A", 1}, {"PTR", 12}, {"TXT", 16}, {"AAAA", 28}, {"HTTPS", 65}};
  for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(text, known[i].text)) return known[i].type;
  return atoi(text);
}

static uint8_t *put_labels(uint8_t *at, const char *name) {
  while (*name) {
    size_t length = strcspn(name, ".");
    if (length == 0 || length > 63) break;
    *at++ = length;
    memcpy(at, name, length);
    at += length;
    name += length + (name[length] == '.');
  }
  *at++ = 0;
  return at;
}

uint32_t hash_name(const uint8_t *name) {
  uint32_t hash = 0x811c9dc5u;
  while (*name) {
    int length = *name;
    for (int i = 0; i <= length; i++) {
      uint8_t octet = name[i];
      if (i && octet >= 'A' && octet <= 'Z') octet |= 0x20;
      hash = (hash ^ octet) * 0x01000193u;
    }
    name += length + 1;
  }
  return hash;
}

struct mix read_mix(const char *file, char run) {
  FILE *in = fopen(file, "r");
  if (!in) {
    perror(file);
    exit(1);
  }
  struct mix mix = {.run = run};
  size_t used = 0, room = 0;
  int most = 0;
  char line[1024], name[512], type[32], class[8];
  while (fgets(line, sizeof line, in)) {
    int words = sscanf(line, "%511s %31s %7s", name, type, class);
    if (words < 2 || strlen(name) > 240) continue;
    if (mix.count == most) mix.questions = realloc(mix.questions, (most = most ? most * 2 : 4096) * sizeof *mix.questions);
    if (used + 600 > room) mix.packets = realloc(mix.packets, room = room ? room * 2 : 1 << 20);
    enum class of = words < 3 || *class == 'h' ? HOT : *class == 'b' ? BLOCKED : MISS;
    uint8_t *packet = mix.packets + used, *at = packet + 12;
    memset(packet, 0, 12);
    packet[2] = 1;  // recursion desired
    packet[5] = 1;  // one question
    if (of == MISS) {
      memset(at, 'x', ONCE);
      *at = ONCE - 1;
      at += ONCE;
    }
    at = put_labels(at, name);
    int number = type_of(type);
    *at++ = number >> 8;
    *at++ = number;
    *at++ = 0;
    *at++ = 1;
    mix.questions[mix.count++] = (struct question){used, at - packet, number, of, hash_name(packet + 12)};
    used += at - packet;
  }
  fclose(in);
  if (!mix.count) {
    fprintf(stderr, "no questions in %s\n", file);
    exit(1);
  }
  return mix;
}

int write_question(const struct mix *mix, const struct question *question, uint32_t once, uint8_t *packet) {
  static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
  memcpy(packet, mix->packets + question->offset, question->length);
  if (question->class == MISS) {
    packet[14] = mix->run;
    for (int at = 24; at > 14; at--, once >>= 5) packet[at] = digits[once & 31];
  }
  return question->length;
}
