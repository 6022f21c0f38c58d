/* lookup.h - values against a platform: read in blocks, asked by threads, told in order. */
#ifndef TOC_CLI_LOOKUP_H
#define TOC_CLI_LOOKUP_H
#include "cli.h"
#include "input.h"
#include "grow.h"

#define LOOKUP_VALUE_MAX 16384 /* what is longer is no indicator */
#define LOOKUP_TYPES 32        /* of --type */
#define LOOKUP_COLUMNS 6

typedef enum lookup_format {
    LOOKUP_TABLE,
    LOOKUP_JSONL,
    LOOKUP_CSV,
    LOOKUP_LIST,
    LOOKUP_FORMATS
} lookup_format;

typedef enum lookup_answer {
    LOOKUP_KNOWN,
    LOOKUP_UNKNOWN,
    LOOKUP_NEITHER, /* no indicator */
    LOOKUP_ANSWERS
} lookup_answer;

/* What all threads look at; not changed once they run. */
typedef struct lookup_plan {
    lookup_format format;
    bool known, unknown;       /* what is told */
    const char *const *owners; /* that are asked */
    size_t owner_count;
    const char *types[LOOKUP_TYPES]; /* of --type */
    size_t type_count;
} lookup_plan;

/* Values that travel together: in as lines, out as text. */
typedef struct lookup_block {
    cli_grow in, out;
    uint64_t counts[LOOKUP_ANSWERS];
    uint64_t done; /* values that out has the answers of */
    toc_rc rc;
    toc_error err;
    bool ready;
} lookup_block;

/* One thread's means: a session, a detector, the answers to what was asked lately. */
typedef struct lookup_asker lookup_asker;
/* platform: the store that the session leads to, which is then asked itself; NULL: a server. */
lookup_asker *lookup_asker_new(const lookup_plan *plan, toc_platform *platform, toc_session *sess,
                               toc_error *err);
void lookup_asker_free(lookup_asker *asker);
/* Answers every value of the block, up to a failure, which is left in it. */
void lookup_ask(lookup_asker *asker, lookup_block *block);

/* Where values come from: the words of the command line, then files or standard input. */
typedef struct lookup_source {
    const char *const *words;
    size_t word_count, word;
    const char *const *files;
    size_t file_count, file;
    cli_input input;
    bool open;
    size_t at;     /* in the block of input */
    cli_grow line; /* begun in an earlier block */
} lookup_source;
/* The next values into block->in, a line each, at most so many; false at the end of all. */
toc_rc lookup_read(lookup_source *source, lookup_block *block, size_t count, bool *more,
                   toc_error *err);
void lookup_source_close(lookup_source *source);
#endif
