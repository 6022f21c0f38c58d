/* assess.h - an indicator's value over all owners that the caller may read (rest-v2 5.6). */
#ifndef TOC_PLATFORM_ASSESS_H
#define TOC_PLATFORM_ASSESS_H
#include "model/object.h"
#include "platform/call.h"

/* Sets the threatAssess values of an indicator on its way into an answer. */
toc_rc toc__assess(toc_incoming *call, toc_object *obj, unsigned with);
/* communityOrSource and additionalOwners of the object that was assessed last. */
void toc__write_holders(toc_incoming *call, const toc_object *obj);
#endif
