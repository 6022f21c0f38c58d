/* since.h - the time of the last export in a file, so that the next one brings what changed. */
#ifndef TOC_CLI_SINCE_H
#define TOC_CLI_SINCE_H
#include "cli.h"

#define CLI_DATE_ROOM 40

/* The date that the file has; "" when there is no file yet. */
toc_rc cli_since_read(const char *path, char date[CLI_DATE_ROOM], toc_error *err);
/* The time by the platform's clock, as far as its last answer tells it, else by this machine's; a
 * minute less, so that what is written just then comes twice rather than never. */
void cli_since_now(const toc_session *sess, char date[CLI_DATE_ROOM]);
#endif
