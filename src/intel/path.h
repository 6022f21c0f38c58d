/* path.h - paths of types and objects, from the type table. */
#ifndef TOC_INTEL_PATH_H
#define TOC_INTEL_PATH_H
#include "base/buf.h"
#include "tocsin/types.h"

/* "/v2/indicators/hosts", "/v2/groups/threats", "/v2/tasks". TOC_EUNSUPPORTED for assets
 * and records, which have no place of their own. */
toc_rc toc__path_of_type(toc_buf *path, toc_kind kind, const toc_type *type, toc_error *err);
/* "indicators/hosts" without the slash in front; the tail of a list below another object. */
void toc__path_list(toc_buf *path, toc_kind kind, const toc_type *type);
/* The path of one object. An indicator's value may be a summary; of a File any hash will do. */
toc_rc toc__path_of_object(toc_buf *path, const toc_type *type, toc_str id, toc_error *err);
/* The value of an indicator as paths name it: of a File the first hash. */
toc_str toc__path_value(const toc_type *type, toc_str value);
#endif
