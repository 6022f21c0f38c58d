/* print.h - calls, statistics and entries as the Python SDK prints them (sdk.md 7.2, 8). */
#ifndef TOC_CLIENT_PRINT_H
#define TOC_CLIENT_PRINT_H
#include "base/buf.h"
#include "tocsin/session.h"

/* A row of a sheet (base/sheet.h). Absent text is "None". */
void toc__print_row(toc_buf *out, toc_str label, toc_str value);
void toc__print_number(toc_buf *out, const char *label, uint64_t value);

#define TOC_PRINT_COUNT 40 /* "(18446744073709551615 bytes)" and the terminator */
/* A body, or what came instead of an answer, as it is printed: what is no text is only counted. */
toc_str toc__print_content(toc_str content, char room[TOC_PRINT_COUNT]);

#define TOC_PRINT_SENT 1U   /* with the headers of sending, credentials as "***" */
#define TOC_PRINT_LOGGED 2U /* long bodies are cut, what is secret in them is "***" */
void toc__print_call(toc_buf *out, const toc_call *call, bool activity_log, unsigned flags);
#endif
