/* grow.h - bytes that are put together before they are written, and grow as they must. */
#ifndef TOC_CLI_GROW_H
#define TOC_CLI_GROW_H
#include "tocsin/base.h"

typedef struct cli_grow {
    char *ptr;
    size_t len, room;
    bool failed; /* out of memory: what was added since is lost */
} cli_grow;

void cli_grow_add(cli_grow *text, const char *bytes, size_t len);
void cli_grow_put(cli_grow *text, const char *words);
void cli_grow_format(cli_grow *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool cli_is_utf8(toc_str text);
/* In quotes, escaped; bytes that are not UTF-8 become U+FFFD. */
void cli_grow_json(cli_grow *text, toc_str value);
/* A cell of CSV, in quotes where it needs them. */
void cli_grow_csv(cli_grow *text, toc_str value);
/* Onto standard output, on a terminal cleaned as cli_print_data does; the text is empty then.
 * TOC_ENOMEM: some of it was lost, and nothing was written. */
toc_rc cli_grow_print(cli_grow *text, toc_error *err);
void cli_grow_free(cli_grow *text);
#endif
