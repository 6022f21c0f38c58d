/* read.h - readers of one sort each, over the window of a scan. A reader gets the place where its
 * sort may be; it says whether it is there, and puts the stored value into scan->value. */
#ifndef TOC_EXTRACT_READ_H
#define TOC_EXTRACT_READ_H
#include "base/str.h"
#include "extract/letters.h"
#include "extract/scan.h"

/* A run of letters, digits, '.', '-' and '_' with what was seen in it. Offsets are in the window:
 * clean position minus base. */
typedef struct toc__atom {
    size_t from, to;
    bool dot;  /* a dot inside */
    bool high; /* letters beyond ASCII */
    bool hex;  /* hex digits only */
} toc__atom;

typedef enum toc__answer { TOC_ANSWER_NO, TOC_ANSWER_YES, TOC_ANSWER_NOMEM } toc__answer;

typedef toc__answer toc__reader(toc__scan *scan, const toc__atom *atom, toc__hit *hit);

toc__reader toc__read_url;      /* at the end of a word before "://" */
toc__reader toc__read_email;    /* at an atom before "@" */
toc__reader toc__read_ipv4;     /* at an atom with dots */
toc__reader toc__read_ipv6;     /* at an atom of hex digits before ":", or at "::" */
toc__reader toc__read_host;     /* at an atom with dots */
toc__reader toc__read_hash;     /* at an atom */
toc__reader toc__read_asn;      /* at an atom that begins with AS */
toc__reader toc__read_registry; /* at an atom that begins with HK */
toc__reader toc__read_labelled; /* at an atom that ends a label */
toc__reader toc__read_hashtag;  /* at an atom behind '#' */

/* The window and the atom's text. */
static inline toc_str toc__window(const toc__scan *scan)
{
    return (toc_str){scan->view.clean.text, scan->view.clean.len};
}
static inline char toc__char_at(const toc__scan *scan, size_t offset)
{
    return offset < scan->view.clean.len ? scan->view.clean.text[offset] : '\0';
}
/* The byte before the offset; '\0' at the beginning. */
static inline char toc__char_before(const toc__scan *scan, size_t offset)
{
    return offset ? scan->view.clean.text[offset - 1] : '\0';
}
/* The floor as an offset in the window. */
static inline size_t toc__floor(const toc__scan *scan)
{
    return scan->floor > scan->view.clean.base ? scan->floor - scan->view.clean.base : 0;
}
static inline bool toc__fanged(const toc__scan *scan, size_t from, size_t to)
{
    size_t base = scan->view.clean.base;
    return toc__view_fanged(&scan->view, base + from, base + to);
}
/* Says yes, with the hit from the one offset to the other. */
toc__answer toc__yes(toc__scan *scan, toc__hit *hit, toc__sort sort, size_t from, size_t to);
/* Notes where the path goes that may begin at the offset, behind a host without a scheme. */
void toc__skip_path(toc__scan *scan, size_t offset);
/* Appends the host of a URL, an address or a name, to the value in its stored form. */
toc__answer toc__take_authority_host(toc__scan *scan, size_t from, size_t to);
#endif
