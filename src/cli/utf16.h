/* utf16.h - UTF-16 with a byte order mark into UTF-8, in blocks that end anywhere. */
#ifndef TOC_CLI_UTF16_H
#define TOC_CLI_UTF16_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tocsin/base.h"

/* What a block of so many bytes becomes at most, with what earlier ones left over. */
#define CLI_UTF16_ROOM(len) ((len) / 2 * 3 + 12)

typedef struct cli_utf16 {
    bool big;
    bool odd; /* the first half of a unit is there */
    unsigned char half;
    uint32_t high; /* the first unit of a pair; 0: none */
} cli_utf16;

/* Whether a text begins with the mark, which is two bytes long; that of UTF-32 is none. */
bool cli_utf16_begins(cli_utf16 *wide, toc_str text);
/* Returns the length of what it put into made. Half a pair becomes U+FFFD. */
size_t cli_utf16_turn(cli_utf16 *wide, toc_str block, char *made);
/* At the end: half a pair and half a unit that are left become U+FFFD. */
size_t cli_utf16_end(cli_utf16 *wide, char *made);
#endif
