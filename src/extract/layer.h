/* layer.h - a window over a text that is rewritten while it is read, and the way back to where each
 * byte of it came from. Positions are absolute; they go on counting when the window moves. */
#ifndef TOC_EXTRACT_LAYER_H
#define TOC_EXTRACT_LAYER_H
#include "tocsin/base.h"

/* Bytes behind the place of work that stay in the window. */
#define TOC_LAYER_BEHIND 256

typedef enum toc__piece_kind {
    TOC_PIECE_PLAIN, /* spelled otherwise: an entity, a wide dot, something invisible */
    TOC_PIECE_FANG   /* somebody defanged it */
} toc__piece_kind;

/* A place where output and input differ; between two of them they are the same. */
typedef struct toc__piece {
    size_t at, from; /* in the output, in the input */
    uint32_t len;    /* of the output */
    toc__piece_kind kind;
    size_t from_len;
} toc__piece;

typedef struct toc__layer {
    char *text; /* the window */
    size_t len, size;
    size_t base; /* position of text[0] */
    toc__piece *pieces;
    size_t piece_count, piece_size;
    bool ended; /* nothing follows the window */
} toc__layer;

toc_rc toc__layer_init(toc__layer *layer, size_t size);
void toc__layer_done(toc__layer *layer);
/* Gives up the text that lies more than TOC_LAYER_BEHIND before the position. */
void toc__layer_move(toc__layer *layer, size_t position);
/* Gives up the way back of positions before this one. */
void toc__layer_forget(toc__layer *layer, size_t position);
/* Room for so many more bytes. */
static inline size_t toc__layer_room(const toc__layer *layer)
{
    return layer->size - layer->len;
}
/* Takes bytes over as they are; there must be room. */
void toc__layer_copy(toc__layer *layer, const char *text, size_t len);
/* Puts text in the place of from_len bytes of the input at from; there must be room. TOC_ENOMEM. */
toc_rc toc__layer_replace(toc__layer *layer, toc_str text, size_t from, size_t from_len,
                          toc__piece_kind kind);
/* Where the byte at a position began in the input, and where the one before it ended. */
size_t toc__layer_start(const toc__layer *layer, size_t position);
size_t toc__layer_end(const toc__layer *layer, size_t position);
/* Something between the two positions was defanged. */
bool toc__layer_fanged(const toc__layer *layer, size_t from, size_t to);
#endif
