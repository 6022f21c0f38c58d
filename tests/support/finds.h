/* finds.h - for tests of the extractor: what it finds, as one text. */
#ifndef TESTS_SUPPORT_FINDS_H
#define TESTS_SUPPORT_FINDS_H
#include "base/buf.h"
#include "tocsin/extract.h"

/* A line a find: type, value, line:column, and a '!' when it stood there defanged. Checks what
 * holds for every find: the text lies at the offset, the value passes the platform's checks. */
void list_finds(toc_str text, const toc_extract_options *options, toc_buf *out);

/* A text, and what is found in it. */
typedef struct find_row {
    const char *text, *finds;
} find_row;
void check_finds(const find_row *rows, size_t count, toc_text_form form);
#endif
