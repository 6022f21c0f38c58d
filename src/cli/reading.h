/* reading.h - a whole text in UTF-8: a file, packed or not, or standard input. */
#ifndef TOC_CLI_READING_H
#define TOC_CLI_READING_H
#include "input.h"

typedef struct cli_reading {
    toc_str text; /* without a byte order mark */
    cli_input input;
    char *map; /* what the text lies in */
    size_t map_len;
} cli_reading;

/* Opens and reads; UTF-16 is UTF-8 already (input.h). An empty input is an empty text. TOC_EPARSE
 * for what is no text, with a word on what to do. Close it in any case. */
toc_rc cli_reading_open(cli_reading *reading, const char *path, toc_error *err);
void cli_reading_close(cli_reading *reading);
/* Whether the bytes begin something that is no text in UTF-8 or ASCII: then TOC_EPARSE, named. */
toc_rc cli_reading_judge(toc_str begin, const char *name, toc_error *err);
#endif
