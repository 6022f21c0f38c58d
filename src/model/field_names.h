/* field_names.h - fields by the names that programs give them. */
#ifndef TOC_MODEL_FIELD_NAMES_H
#define TOC_MODEL_FIELD_NAMES_H
#include "tocsin/types.h"

/* By the name of the wire or of batches, and else by the same name in words ("event_date" for
 * eventDate, "as_number" for "AS Number") or an alias ("from_addr"). NULL: no such field. */
const toc_field *toc__field_by_name(const toc_type *type, toc_str name);
#endif
