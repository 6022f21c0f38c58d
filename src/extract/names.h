/* names.h - host names: what may be one, how it is stored. The one place that knows libpsl and
 * libidn2. */
#ifndef TOC_EXTRACT_NAMES_H
#define TOC_EXTRACT_NAMES_H
#include "tocsin/base.h"

#define TOC_NAME_MAX 253

/* What speaks for a text with dots being a name. */
typedef enum toc__name_proof {
    TOC_NAME_BARE,   /* nothing: it must end as names do, and not look like a file or code */
    TOC_NAME_PLACED, /* it stands where a name is expected: in a mail address */
    TOC_NAME_FANGED, /* it was defanged: nobody does that to anything else */
    TOC_NAME_URL     /* part of a URL: any ending will do */
} toc__name_proof;

/* Takes the text for a name: out gets it in lower case ASCII, *len its length. false: it is none.
 * Only TOC_ENOMEM is an error. */
toc_rc toc__name_take(toc_str text, toc__name_proof proof, char out[TOC_NAME_MAX + 1], size_t *len,
                      bool *taken);
#endif
