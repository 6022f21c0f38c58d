/* prompt.h - asks the person at the terminal. */
#ifndef TOC_CLI_PROMPT_H
#define TOC_CLI_PROMPT_H
#include "cli.h"

/* A line from standard input, a terminal, that is not shown while it is typed. The terminal is put
 * back also when a signal ends the program. TOC_ECANCELED: nothing was given. */
toc_rc cli_prompt_secret(const char *question, char *secret, size_t size, toc_error *err);
#endif
