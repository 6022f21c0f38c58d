/* attribute_types.h - attributes on their way into the store, checked by their types. */
#ifndef TOC_PLATFORM_ATTRIBUTE_TYPES_H
#define TOC_PLATFORM_ATTRIBUTE_TYPES_H
#include "model/object.h"
#include "platform/call.h"

/* Inside a transaction of conn. TOC_EINVAL with the message that clients are told when the value is
 * not one of the type; TOC_ENOTFOUND when there is no such type and it may not be learned. A type
 * that was spelled otherwise takes the catalogue's spelling, for as long as the transaction lasts.
 */
toc_rc toc__attribute_type_check(toc_conn *conn, bool learn, toc_attribute *attribute,
                                 toc_error *err);
/* The same for all attributes of a batch item: both failures are TOC_EINVAL with the field
 * "attribute", and the message names the type. */
toc_rc toc__attribute_types_check(toc_conn *conn, bool learn, toc_attribute *first, toc_error *err);
/* The same for the members description and source of an object, which are attributes where they are
 * not a victim's: TOC_EINVAL with the member as the field. */
toc_rc toc__attribute_texts_check(toc_conn *conn, const toc_object *obj, toc_error *err);
/* Whether an unknown type is defined by this caller's use of it. */
bool toc__learns_attribute_types(const toc_incoming *call);
#define TOC_ATTRIBUTE_TYPE_MISSING "The requested attribute type was not found"
#endif
