/* association.h - the catalogue of named associations: the built-in rows and those of a store. */
#ifndef TOC_MODEL_ASSOCIATION_H
#define TOC_MODEL_ASSOCIATION_H
#include "tocsin/types.h"

typedef struct toc_associations toc_associations;

toc_rc toc_associations_new(toc_associations **set, toc_error *err);
void toc_associations_free(toc_associations *set);
/* Copies the row. With types: every type that it names must be an indicator type of these, and is
 * spelled as there. TOC_EINVAL, TOC_ECONFLICT when a word of it is taken, TOC_ELIMIT. */
toc_rc toc_associations_add(toc_associations *set, const toc_association_type *row,
                            const toc_types *types, toc_error *err);
size_t toc_associations_count(const toc_associations *set); /* built-in ones included */
const toc_association_type *toc_associations_at(const toc_associations *set, size_t index);
/* By display name or branch, ASCII letters without case; NULL when there is none. */
const toc_association_type *toc_associations_find(const toc_associations *set, toc_str word);
/* Whether it links these two types; a file action only from the first to the second. */
bool toc_association_fits(const toc_association_type *row, const toc_type *from,
                          const toc_type *to);

/* Links without a name of their own are called after the type of one end, "Host to Indicators".
 * That type, when the word is such a name ("hostToIndicators" is one too); else NULL. */
const toc_type *toc_association_generic(const toc_types *types, toc_str word);
#define TOC_GENERIC_ASSOCIATION " to Indicators"
#endif
