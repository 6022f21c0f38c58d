/* view.h - a text as its reader sees it: markup gone, entities resolved, defanged marks undone; a
 * window that moves over it, and the way back to the bytes of the text. */
#ifndef TOC_EXTRACT_VIEW_H
#define TOC_EXTRACT_VIEW_H
#include "base/limits.h"
#include "extract/layer.h"
#include "tocsin/extract.h"

/* So much is at hand beyond the place of work, unless the text ends. */
#define TOC_VIEW_REACH (TOC_MAX_VALUE + 4096u)
#define TOC_VIEW_SIZE (4u * TOC_VIEW_REACH)

typedef struct toc__view {
    toc_str source;
    toc_text_form form;
    size_t source_taken;    /* by the form */
    unsigned char state[8]; /* of the form */
    toc__layer markup;      /* unused where the form has none */
    size_t markup_taken;    /* by clean */
    toc__layer clean;
} toc__view;

toc_rc toc__view_init(toc__view *view, toc_str source, toc_text_form form);
void toc__view_done(toc__view *view);
/* Moves the window so that it reaches TOC_VIEW_REACH beyond the position. TOC_ENOMEM. */
toc_rc toc__view_fill(toc__view *view, size_t position);
static inline bool toc__view_short(const toc__view *view, size_t position)
{
    return !view->clean.ended && view->clean.base + view->clean.len - position < TOC_VIEW_REACH;
}
/* What of the source a part of the clean text was. */
toc_str toc__view_source(const toc__view *view, size_t from, size_t to, size_t *offset);
bool toc__view_fanged(const toc__view *view, size_t from, size_t to);

/* A form reads on from source_taken until its layer is full or the source ends. */
typedef toc_rc toc__form_fn(toc__view *view);
toc_rc toc__form_html(toc__view *view);
toc_rc toc__form_csv(toc__view *view);
toc_rc toc__form_asciidoc(toc__view *view);
/* The form of a text by its beginning. */
toc_text_form toc__form_guess(toc_str text);
#endif
