/* options.h - the table of session options; validation, copying and help come from it. */
#ifndef TOC_CLIENT_OPTIONS_H
#define TOC_CLIENT_OPTIONS_H
#include "base/buf.h"
#include "tocsin/session.h"

typedef enum toc_option_kind {
    TOC_OPTION_TEXT,
    TOC_OPTION_UINT,
    TOC_OPTION_TIME,
    TOC_OPTION_FLAG
} toc_option_kind;

#define TOC_OPTION_SECRET 1U
#define TOC_OPTION_FIXED 2U     /* cannot change once the session is open */
#define TOC_OPTION_TRANSPORT 4U /* a change needs a new transport, */
#define TOC_OPTION_LOG 8U       /* new log sinks */
#define TOC_OPTION_LEVEL 16U    /* the name of a log level */
#define TOC_OPTION_PROXY 32U    /* the address of a proxy */
#define TOC_OPTION_CREDENTIAL 64U

typedef struct toc_option {
    const char *name;
    const char *environment; /* where programs look for it; NULL: nowhere */
    const char *file_key;    /* in a configuration file; NULL: the name */
    toc_option_kind kind;
    size_t offset;                       /* in toc_session_options */
    unsigned minimum, maximum, fallback; /* of UINT; 0 given means the fallback */
    const char *fallback_text;           /* NULL: none */
    unsigned flags;
    const char *help;
} toc_option;

const toc_option *toc__option_list(size_t *count);
const toc_option *toc__option_find(toc_str name);  /* NULL when unknown */
const toc_option *toc__option_by_key(toc_str key); /* by file_key */
const toc_option *toc__option_at(size_t offset);   /* of a member that has a row */
/* The key in a configuration file. */
const char *toc__option_key(const toc_option *row);
/* Each option by itself, and the rules between them. */
toc_rc toc__options_check(const toc_session_options *options, toc_error *err);
/* Checks every option and copies it with its default; *to is untouched on failure. */
toc_rc toc__options_copy(const toc_session_options *from, toc_session_options *to, toc_error *err);
/* Releases the texts of a copy and wipes the secret ones; zeroed options are fine. */
void toc__options_done(toc_session_options *options);
/* One member of owned options from text; "" is the default. */
toc_rc toc__option_parse(toc_session_options *owned, const toc_option *row, toc_str text,
                         toc_error *err);
/* The member as text, secrets too. */
void toc__option_print(const toc_session_options *options, const toc_option *row, toc_buf *out);
bool toc__option_is_set(const toc_session_options *options, const toc_option *row);
/* Takes the member over as it is; texts stay where they are. */
void toc__option_borrow(const toc_session_options *from, toc_session_options *to,
                        const toc_option *row);
/* Exchanges a member of owned options. */
void toc__option_swap(toc_session_options *a, toc_session_options *b, const toc_option *row);
/* Empties a member of owned options. */
void toc__option_drop(toc_session_options *owned, const toc_option *row);
#endif
