/* lookalike.h - words with dots that end as host names do and are none: files, code. */
#ifndef TOC_EXTRACT_LOOKALIKE_H
#define TOC_EXTRACT_LOOKALIKE_H
#include "tocsin/base.h"

/* The labels of a word with dots. */
typedef struct toc__labels {
    toc_str first, last, before_last;
    size_t count;
    bool high; /* letters beyond ASCII */
} toc__labels;

/* What nobody defanged and what stands nowhere in particular: a file, a package, a variable. */
bool toc__looks_otherwise(toc_str text, const toc__labels *seen);
/* An ending of files that is none of names, so that a file is meant whoever defangs it. */
bool toc__ends_files_only(toc_str ending);
/* Endings of other roots than ICANN's, which those use who do not want to be taken off. */
bool toc__is_other_root(toc_str ending);
/* The full name of a hive of the registry, of HKLM as of HKEY_LOCAL_MACHINE; NULL: it is none. */
const char *toc__hive_name(toc_str word);
#endif
