/* input.h - a file or standard input, gzip or plain. What is UTF-16 and begins with a byte order
 * mark is read as UTF-8. */
#ifndef TOC_CLI_INPUT_H
#define TOC_CLI_INPUT_H
#include <zlib.h>

#include "utf16.h"

typedef struct cli_input {
    const char *name; /* for messages */
    gzFile file;
    int fd; /* of file, which closes it; -1: what it holds is not all of a plain file */
    char *block;
    size_t len;
    bool last;
    bool begun;     /* the first block was read */
    char *raw;      /* of UTF-16: where it is read to, and block is made of it; NULL: it is none */
    cli_utf16 wide; /* goes with raw */
} cli_input;

/* True when both names lead to one file that is there. */
bool cli_same_file(const char *a, const char *b);
toc_rc cli_input_open(cli_input *input, const char *path, toc_error *err);
/* The next block into block, len, last; the last one is empty. A cut-off or damaged gzip file is
 * TOC_EPARSE. */
toc_rc cli_input_read(cli_input *input, toc_error *err);
void cli_input_close(cli_input *input);
/* The whole input in memory: mapped from the file itself, or from a copy when it is packed,
 * UTF-16 or a pipe. The first block may have been read already. Release with cli_unmap. */
toc_rc cli_input_map(cli_input *input, char **data, size_t *len, toc_error *err);
/* The same byte for byte, whatever is in it. "-": standard input. TOC_EPARSE: it is empty. */
toc_rc cli_input_raw(const char *path, char **data, size_t *len, toc_error *err);
void cli_unmap(char *data, size_t len);
#endif
