/* time.h - the API's dates. Everything inside is UTC seconds since 1970 (int64_t). */
#ifndef TOC_BASE_TIME_H
#define TOC_BASE_TIME_H
#include "tocsin/base.h"

#define TOC_TIME_TEXT 21 /* "2024-03-01T10:00:00Z" and the terminator */

int64_t toc_time_now(void);
uint64_t toc_time_ticks_ms(void); /* monotonic, for durations */
/* "YYYY-MM-DDTHH:MM:SSZ"; years 0000 to 9999, clamped. Returns the length (20). */
size_t toc_time_format(int64_t seconds, char out[TOC_TIME_TEXT]);
/* rest-v2 1.13 and 1.12: RFC 3339 with Z or an offset (converted, never dropped), with or without
 * seconds and fractions (cut), blank instead of T, date only (midnight UTC), compact 20240301,
 * unpadded day and month. No zone means UTC, as do the words UTC and GMT. False when it is not a
 * date. */
bool toc_time_parse(toc_str text, int64_t *seconds);
/* batch.md 7.1 on top of toc_time_parse: epoch seconds of 9 to 10 digits with optional fraction,
 * 11 to 16 digits (scaled), and the words now, today, yesterday, tomorrow, "N unit(s) ago",
 * "in N unit(s)" (second minute hour day week month year) relative to now. */
bool toc_time_parse_loose(toc_str text, int64_t now, int64_t *seconds);
#endif
