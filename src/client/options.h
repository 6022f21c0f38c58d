/* options.h - the table of session options; validation, copying and help come from it. */
#ifndef TOC_CLIENT_OPTIONS_H
#define TOC_CLIENT_OPTIONS_H
#include "tocsin/session.h"

typedef enum toc_option_kind {
    TOC_OPTION_TEXT,
    TOC_OPTION_UINT,
    TOC_OPTION_TIME,
    TOC_OPTION_FLAG
} toc_option_kind;

#define TOC_OPTION_SECRET 1U

typedef struct toc_option {
    const char *name;
    const char *environment; /* where programs look for it; NULL: nowhere */
    toc_option_kind kind;
    size_t offset;                       /* in toc_session_options */
    unsigned minimum, maximum, fallback; /* of UINT; 0 given means the fallback */
    unsigned flags;
    const char *help;
} toc_option;

const toc_option *toc__option_list(size_t *count);
/* Checks every option and copies it with its default; *to is untouched on failure. */
toc_rc toc__options_copy(const toc_session_options *from, toc_session_options *to, toc_error *err);
/* Releases the texts of a copy and wipes the secret ones; zeroed options are fine. */
void toc__options_done(toc_session_options *options);
#endif
