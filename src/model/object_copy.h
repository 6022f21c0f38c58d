/* object_copy.h - an object again, in memory of one's own. */
#ifndef TOC_MODEL_OBJECT_COPY_H
#define TOC_MODEL_OBJECT_COPY_H
#include "model/object.h"

/* Values and lists, without what waits for a save. NULL when out of memory. */
toc_object *toc__object_copy(toc_arena *arena, const toc_object *obj);
#endif
