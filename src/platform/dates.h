/* dates.h - dates in requests and answers. */
#ifndef TOC_PLATFORM_DATES_H
#define TOC_PLATFORM_DATES_H
#include "platform/call.h"

/* Absent and empty text leave *seconds alone; what is no date is refused with the text of rest-v2
 * 1.9. */
toc_rc toc__read_date(toc_str text, const char *field, int64_t *seconds, toc_error *err);
void toc__json_date(toc_json_writer *writer, const char *key, int64_t seconds);
#endif
