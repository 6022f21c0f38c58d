/* kinds.h - the words of the command line for kinds of objects. */
#ifndef TOC_CLI_KINDS_H
#define TOC_CLI_KINDS_H
#include "cli.h"
#include "tocsin/parts.h"

typedef struct cli_kind {
    const char *one, *many; /* "tag", "tags" */
    toc_kind kind;          /* of tags and security labels TOC_KIND_RECORD */
    toc_part part;          /* what such records are; TOC_PART_COUNT: objects of their own */
} cli_kind;

/* NULL past the end. */
const cli_kind *cli_kind_at(size_t index);
/* By either word, letters of any case; NULL: it means none. */
const cli_kind *cli_kind_find(const char *word);
#endif
