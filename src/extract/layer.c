/* layer.c - windows over rewritten text. */
#include "extract/layer.h"

#include <string.h>

#include "base/mem.h"

toc_rc toc__layer_init(toc__layer *layer, size_t size)
{
    *layer = (toc__layer){.size = size};
    layer->text = toc_mem_alloc(size);
    return layer->text ? TOC_OK : TOC_ENOMEM;
}

void toc__layer_done(toc__layer *layer)
{
    toc_mem_free(layer->text);
    toc_mem_free(layer->pieces);
    *layer = (toc__layer){0};
}

/* The number of pieces that begin at the position or before it. */
static size_t pieces_to(const toc__layer *layer, size_t position)
{
    size_t low = 0, high = layer->piece_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (layer->pieces[middle].at <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void toc__layer_move(toc__layer *layer, size_t position)
{
    size_t past = position - layer->base;
    if (past <= TOC_LAYER_BEHIND)
        return;
    past -= TOC_LAYER_BEHIND;
    memmove(layer->text, layer->text + past, layer->len - past);
    layer->len -= past;
    layer->base += past;
}

void toc__layer_forget(toc__layer *layer, size_t position)
{
    /* The last piece before the position still says how far apart the two sides are. */
    size_t gone = pieces_to(layer, position);
    gone = gone ? gone - 1 : 0;
    if (gone)
        memmove(layer->pieces, layer->pieces + gone,
                (layer->piece_count - gone) * sizeof(*layer->pieces));
    layer->piece_count -= gone;
}

void toc__layer_copy(toc__layer *layer, const char *text, size_t len)
{
    memcpy(layer->text + layer->len, text, len);
    layer->len += len;
}

/* Pieces need no limit of their own: all but one in a row bring a byte into the window. */
static toc__piece *add_piece(toc__layer *layer)
{
    if (layer->piece_count == layer->piece_size) {
        size_t size = layer->piece_size ? layer->piece_size * 2 : 64;
        toc__piece *grown = toc_mem_resize(layer->pieces, size * sizeof(*grown));
        if (!grown)
            return NULL;
        layer->pieces = grown;
        layer->piece_size = size;
    }
    return &layer->pieces[layer->piece_count++];
}

toc_rc toc__layer_replace(toc__layer *layer, toc_str text, size_t from, size_t from_len,
                          toc__piece_kind kind)
{
    size_t at = layer->base + layer->len;
    toc__piece *last = layer->piece_count ? &layer->pieces[layer->piece_count - 1] : NULL;
    if (!text.len && last && !last->len && last->at == at && last->from + last->from_len == from) {
        last->from_len += from_len;
        last->kind = last->kind > kind ? last->kind : kind;
        return TOC_OK;
    }
    toc__piece *piece = add_piece(layer);
    if (!piece)
        return TOC_ENOMEM;
    *piece = (toc__piece){
        .at = at, .from = from, .len = (uint32_t)text.len, .kind = kind, .from_len = from_len};
    if (text.len)
        toc__layer_copy(layer, text.ptr, text.len);
    return TOC_OK;
}

size_t toc__layer_start(const toc__layer *layer, size_t position)
{
    size_t count = pieces_to(layer, position);
    if (!count)
        return position;
    const toc__piece *piece = &layer->pieces[count - 1];
    if (position < piece->at + piece->len)
        return piece->from;
    return piece->from + piece->from_len + (position - piece->at - piece->len);
}

size_t toc__layer_end(const toc__layer *layer, size_t position)
{
    if (!position)
        return 0;
    size_t count = pieces_to(layer, position - 1);
    if (!count)
        return position;
    const toc__piece *piece = &layer->pieces[count - 1];
    if (position <= piece->at + piece->len)
        return piece->from + piece->from_len;
    return piece->from + piece->from_len + (position - piece->at - piece->len);
}

bool toc__layer_fanged(const toc__layer *layer, size_t from, size_t to)
{
    if (to <= from)
        return false;
    for (size_t i = pieces_to(layer, to - 1); i > 0 && layer->pieces[i - 1].at >= from; i--)
        if (layer->pieces[i - 1].kind == TOC_PIECE_FANG)
            return true;
    return false;
}
