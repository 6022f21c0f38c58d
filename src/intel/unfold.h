/* unfold.h - DNS resolutions: one record for each address of each date (sdk.md 2.4.4). */
#ifndef TOC_INTEL_UNFOLD_H
#define TOC_INTEL_UNFOLD_H
#include "base/json.h"
#include "model/object.h"

typedef struct toc_unfold {
    bool open; /* addresses of an item may be left */
    toc_str date;
    toc_json_reader reader; /* within the addresses */
} toc_unfold;

/* outer stands behind the brace of an item, which is read to its end. An item without addresses
 * leaves open false. */
toc_rc toc__unfold_item(toc_unfold *unfold, toc_json_reader *outer, toc_error *err);
/* 1: obj is the next address; 0: there is none left; negative: a toc_rc. */
int toc__unfold_next(toc_unfold *unfold, const toc_type *type, toc_object *obj, toc_error *err);
#endif
