/* objects.h - what requests and batch items do alike with an object. */
#ifndef TOC_PLATFORM_OBJECTS_H
#define TOC_PLATFORM_OBJECTS_H
#include "platform/place.h"

/* Values that a new object has when nobody gave them. */
toc_rc toc__object_defaults(toc_object *obj, int64_t now, toc_error *err);
/* The default attributes behind the members description and source. */
toc_rc toc__object_texts(toc_conn *conn, toc_target target, const toc_object *obj, bool is_new,
                         int64_t now, toc_error *err);
typedef struct toc__stored_keys {
    toc_arena *arena;
    toc_str parts[3];
} toc__stored_keys;
toc_rc toc__keys_of(toc_conn *conn, int64_t owner, const toc_type *type, int64_t id,
                    toc__stored_keys *keys, toc_error *err);
/* True when a part is there on both sides and differs. */
bool toc__keys_conflict(const toc_str a[3], const toc_str b[3]);
#endif
