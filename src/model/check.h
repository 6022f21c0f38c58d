/* check.h - validation of an object as a whole or of the values that a change brings. */
#ifndef TOC_MODEL_CHECK_H
#define TOC_MODEL_CHECK_H
#include "model/object.h"

#define TOC_CHECK_PARTIAL 1U /* values that are missing are none of our business (PUT) */
#define TOC_CHECK_AGAIN 2U   /* but for those that every change must bring */

/* toc_object_check is this with flags 0. */
toc_rc toc__object_check(toc_object *obj, unsigned flags, toc_error *err);
/* "a" or "an" by the first letter of the word, for messages. */
const char *toc__article(const char *word);
#endif
