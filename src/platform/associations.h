/* associations.h - which types a named association links. */
#ifndef TOC_PLATFORM_ASSOCIATIONS_H
#define TOC_PLATFORM_ASSOCIATIONS_H
#include "platform/place.h"

/* word: display name or branch, letters without case, or a generic name. TOC_EINVAL with the
 * message that clients are told when there is no such association, or when it does not link these
 * types; a file action only from the first to the second. */
toc_rc toc__association_allowed(const toc_store *store, toc_str word, const toc_type *from,
                                const toc_type *to, toc_error *err);
/* The name, as batch files spell it, of a link that is called after the type of one end. */
toc_rc toc__generic_association(const toc_type *type, toc_arena *arena, toc_str *name,
                                toc_error *err);
#endif
