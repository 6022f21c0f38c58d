/* tocsin/object.h - one intelligence object of any type: a type, values by field, lists. */
#ifndef TOCSIN_OBJECT_H
#define TOCSIN_OBJECT_H
#include "tocsin/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Used by one thread at a time. Text returned by getters is borrowed from the object and lives as
 * long as it (for objects of an iterator: until the next call of next). */
typedef struct toc_object toc_object;

/* An empty object of a type that must outlive it. */
TOC_API toc_rc toc_object_new(const toc_type *type, toc_object **obj, toc_error *err);
TOC_API void toc_object_free(toc_object *obj); /* NULL is fine; not for an iterator's objects */
/* Says that the server has the object already, so that toc_save changes it instead of creating it:
 * for indicators, whose identity is their value. Objects with an id, and those that came from the
 * server, are known anyway. */
TOC_API void toc_object_known(toc_object *obj);
TOC_API const toc_type *toc_object_type(const toc_object *obj);

/* Values by field name (JSON or batch name). Setters convert from text ("5.0", "true") and copy;
 * TOC_EINVAL with err->field for an unknown field, a wrong form or a value out of range. */
TOC_API toc_rc toc_object_set(toc_object *obj, const char *field, toc_str value, toc_error *err);
TOC_API toc_rc toc_object_set_int(toc_object *obj, const char *field, int64_t value,
                                  toc_error *err);
TOC_API toc_rc toc_object_set_decimal(toc_object *obj, const char *field, double value,
                                      toc_error *err);
TOC_API toc_rc toc_object_set_bool(toc_object *obj, const char *field, bool value, toc_error *err);
TOC_API void toc_object_unset(toc_object *obj, const char *field);
/* Neutral results when absent: {NULL,0}, 0, 0.0, false. get gives text of text and date fields. */
TOC_API bool toc_object_has(const toc_object *obj, const char *field);
TOC_API toc_str toc_object_get(const toc_object *obj, const char *field);
TOC_API int64_t toc_object_get_int(const toc_object *obj, const char *field);
TOC_API double toc_object_get_decimal(const toc_object *obj, const char *field);
TOC_API bool toc_object_get_bool(const toc_object *obj, const char *field);

/* The identity as one text: keys joined with " : " (File: the known hashes), a group's name. */
TOC_API toc_str toc_object_summary(toc_object *obj);
/* Splits a summary into the key fields (batch.md 5.6; File: by length of the hashes). */
TOC_API toc_rc toc_object_set_summary(toc_object *obj, toc_str summary, toc_error *err);
/* Validates as the platform does and rewrites keys to their stored form (rest-v2 5.1). */
TOC_API toc_rc toc_object_check(toc_object *obj, toc_error *err);

/* Lists. add copies; attributes, tags and labels so added wait for the next toc_save (parts.h).
 * What the list has already is not added again, attributes excepted. Iteration: index from 0; false
 * past the end. */
TOC_API toc_rc toc_object_add_attribute(toc_object *obj, toc_str type, toc_str value,
                                        bool displayed, toc_str source, toc_error *err);
TOC_API toc_rc toc_object_add_tag(toc_object *obj, toc_str name, toc_error *err);
TOC_API toc_rc toc_object_add_label(toc_object *obj, toc_str name, toc_str description,
                                    toc_str color, toc_error *err);
/* A link to a group by its xid (batch items). */
TOC_API toc_rc toc_object_add_group_xid(toc_object *obj, toc_str xid, toc_error *err);
/* A link to an indicator by type and summary (batch items). */
TOC_API toc_rc toc_object_add_indicator(toc_object *obj, toc_str type, toc_str summary,
                                        toc_error *err);
/* TOC_EUNSUPPORTED unless the type has TOC_TYPE_HASHES. date: any form of toc_object_set. */
TOC_API toc_rc toc_object_add_occurrence(toc_object *obj, toc_str file_name, toc_str path,
                                         toc_str date, toc_error *err);
TOC_API bool toc_object_attribute(const toc_object *obj, size_t index, toc_str *type,
                                  toc_str *value);
TOC_API bool toc_object_tag(const toc_object *obj, size_t index, toc_str *name);
TOC_API bool toc_object_label(const toc_object *obj, size_t index, toc_str *name);

#ifdef __cplusplus
}
#endif
#endif
