/* view.c - from the bytes of a text to what the readers of indicators see. */
#include "extract/view.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/marks.h"
#include "extract/wrap.h"

static toc__form_fn *const forms[TOC_TEXT_FORM_COUNT] = {
    [TOC_TEXT_HTML] = toc__form_html,
    [TOC_TEXT_CSV] = toc__form_csv,
    [TOC_TEXT_ASCIIDOC] = toc__form_asciidoc,
};

toc_rc toc__view_init(toc__view *view, toc_str source, toc_text_form form)
{
    *view = (toc__view){.source = source};
    view->form = form == TOC_TEXT_AUTO ? toc__form_guess(source) : form;
    size_t most = source.len < TOC_VIEW_SIZE / 2 ? source.len + 1024 : TOC_VIEW_SIZE;
    toc_rc rc = toc__layer_init(&view->clean, most * 2);
    if (!rc && forms[view->form])
        rc = toc__layer_init(&view->markup, most * 2);
    if (rc)
        toc__view_done(view);
    return rc;
}

void toc__view_done(toc__view *view)
{
    toc__layer_done(&view->clean);
    toc__layer_done(&view->markup);
}

/* What clean reads: the source itself or the layer of the form, from where it is. */
static toc_rc input(toc__view *view, toc_str *text, bool *ended)
{
    if (!forms[view->form]) {
        *text = toc_str_slice(view->source, view->markup_taken, view->source.len);
        *ended = true;
        return TOC_OK;
    }
    toc__layer *markup = &view->markup;
    if (!markup->ended && markup->base + markup->len - view->markup_taken <= TOC_MARK_REACH) {
        toc__layer_move(markup, view->markup_taken);
        toc_rc rc = forms[view->form](view);
        if (rc)
            return rc;
    }
    size_t at = view->markup_taken - markup->base;
    *text = (toc_str){markup->text + at, markup->len - at};
    *ended = markup->ended;
    return TOC_OK;
}

static toc_str put_out(const toc__layer *layer)
{
    size_t behind = layer->len < TOC_WRAP_BEHIND ? layer->len : TOC_WRAP_BEHIND;
    return (toc_str){layer->text + layer->len - behind, behind};
}

static toc__mark find_mark(const toc__view *view, toc_str text)
{
    toc_str before = put_out(&view->clean);
    if (text.ptr[0] != '\n' && text.ptr[0] != '\r')
        return toc__mark_find(text, before);
    /* The borders of cells are line ends here. */
    size_t len = view->form == TOC_TEXT_CSV ? 0 : toc__wrap_find(text, before);
    return (toc__mark){len, TOC_S(""), TOC_PIECE_PLAIN};
}

/* One part of the input: text up to the next mark, and the mark. */
static toc_rc take_part(toc__view *view, toc_str text, size_t limit)
{
    toc__layer *clean = &view->clean;
    size_t most = toc__layer_room(clean) - TOC_MARK_REACH, end = 0;
    limit = limit < most ? limit : most;
    while (end < limit && !toc__mark_begins[(unsigned char)text.ptr[end]])
        end++;
    toc__layer_copy(clean, text.ptr, end);
    view->markup_taken += end;
    if (end == limit)
        return TOC_OK;
    toc_str rest = {text.ptr + end, text.len - end};
    toc__mark mark = find_mark(view, rest);
    if (!mark.len) {
        toc__layer_copy(clean, rest.ptr, 1);
        view->markup_taken++;
        return TOC_OK;
    }
    toc_rc rc = toc__layer_replace(clean, mark.put, view->markup_taken, mark.len, mark.kind);
    view->markup_taken += mark.len;
    return rc;
}

toc_rc toc__view_fill(toc__view *view, size_t position)
{
    toc__layer *clean = &view->clean;
    toc__layer_move(clean, position);
    if (forms[view->form])
        toc__layer_forget(&view->markup, toc__layer_start(clean, clean->base));
    toc__layer_forget(clean, clean->base);
    while (!clean->ended && toc__layer_room(clean) > TOC_MARK_REACH) {
        toc_str text;
        bool ended;
        toc_rc rc = input(view, &text, &ended);
        if (rc)
            return rc;
        if (!text.len && ended) {
            clean->ended = true;
            break;
        }
        size_t limit = ended ? text.len : text.len - TOC_MARK_REACH;
        size_t upto = view->markup_taken + limit;
        while (view->markup_taken < upto && toc__layer_room(clean) > TOC_MARK_REACH) {
            rc = take_part(view, text, upto - view->markup_taken);
            if (rc)
                return rc;
            if (!forms[view->form]) {
                text = toc_str_slice(view->source, view->markup_taken, view->source.len);
            } else {
                size_t at = view->markup_taken - view->markup.base;
                text = (toc_str){view->markup.text + at, view->markup.len - at};
            }
        }
    }
    return TOC_OK;
}

toc_str toc__view_source(const toc__view *view, size_t from, size_t to, size_t *offset)
{
    size_t start = toc__layer_start(&view->clean, from), end = toc__layer_end(&view->clean, to);
    if (forms[view->form]) {
        start = toc__layer_start(&view->markup, start);
        end = toc__layer_end(&view->markup, end);
    }
    *offset = start;
    return toc_str_slice(view->source, start, end);
}

bool toc__view_fanged(const toc__view *view, size_t from, size_t to)
{
    return toc__layer_fanged(&view->clean, from, to);
}
