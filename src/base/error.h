/* error.h - filling a caller's toc_error. */
#ifndef TOC_BASE_ERROR_H
#define TOC_BASE_ERROR_H
#include "tocsin/base.h"

/* Fills *err (when not NULL) with code and formatted message, clears the rest, returns code. */
toc_rc toc_error_set(toc_error *err, toc_rc code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Same, and names the field. */
toc_rc toc_error_field(toc_error *err, toc_rc code, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Same, from errno: "{message}: {strerror}"; a full disk in the words below. */
toc_rc toc_error_errno(toc_error *err, toc_rc code, int error_number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* How a full disk is told, wherever it was met; and whether a message tells of one. */
#define TOC_DISK_FULL "the disk is full"
bool toc_error_is_full(const toc_error *err);
/* Whether this errno is a full disk to whoever must make room: a quota and a limit of file sizes
 * are, too. */
bool toc_errno_is_full(int error_number);
/* TOC_ENOMEM with its fixed text. */
toc_rc toc_error_nomem(toc_error *err);
/* Puts text in front of the message that is already there ("feed.csv: ..."); the ": " is added
 * unless text ends in a blank. NULL err is fine. */
void toc_error_prefix(toc_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#endif
