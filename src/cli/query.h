/* query.h - what the options of get and export select. */
#ifndef TOC_CLI_QUERY_H
#define TOC_CLI_QUERY_H
#include "cli.h"

/* The kind that a word of the command line means ("indicators", "group", ...), or a usage message
 * and false. Tags and security labels are TOC_KIND_RECORD. verb: for the message. */
bool cli_query_kind(const char *verb, const char *word, toc_kind *kind);
/* What get and export are asked for, before anything is opened: the kind by the first word, --limit
 * (0: none), and whether the other options make sense. An exit status. */
int cli_query_check(const char *verb, const cli_args *args, toc_kind *kind, unsigned *limit);
/* The record type that the word means: of tags and security labels; NULL: of none. */
const toc_type *cli_query_record(const char *word);
/* A list of the objects that --type, --tag, --filter, --where ... select; the first word says of
 * which kind. Close with toc_list_close; the filter with toc_filter_free, behind the list. */
toc_rc cli_query_open(const cli_args *args, toc_session *sess, toc_kind kind, toc_filter **filter,
                      toc_list **list, toc_error *err);
#endif
