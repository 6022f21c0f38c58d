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

/* An empty object of a type that must outlive it. Free it. */
TOC_API toc_rc toc_object_new(const toc_type *type, toc_object **obj, toc_error *err);
TOC_API void toc_object_free(toc_object *obj); /* NULL is fine; not for an iterator's objects */
/* Says that the server has the object already, so that toc_save changes it instead of creating it:
 * for indicators, whose identity is their value. Objects with an id, and those that came from the
 * server, are known anyway. */
TOC_API void toc_object_known(toc_object *obj);
TOC_API const toc_type *toc_object_type(const toc_object *obj);
/* What the application notes at an object; never sent, NULL at first. */
TOC_API void toc_object_set_memo(toc_object *obj, void *memo);
TOC_API void *toc_object_memo(const toc_object *obj);

/* Values by field name: of JSON or of batches, or the same in words ("event_date" for eventDate,
 * "as_number" for "AS Number", "from_addr", "to_addr", "unique_id"). Setters convert from text
 * ("5.0", "true"; "inactive" and "locked" for the state of an indicator) and copy; TOC_EINVAL with
 * err->field for an unknown field, a wrong form or a value out of range. Dates: a day or a moment
 * with its zone stays as it is; other forms ("2024-02-02 01:02:03", seconds since 1970, "2 Feb
 * 2024", "yesterday") become a moment in UTC, "2024-02-02T01:02:03Z". */
TOC_API toc_rc toc_object_set(toc_object *obj, const char *field, toc_str value, toc_error *err);
TOC_API toc_rc toc_object_set_int(toc_object *obj, const char *field, int64_t value,
                                  toc_error *err);
TOC_API toc_rc toc_object_set_decimal(toc_object *obj, const char *field, double value,
                                      toc_error *err);
TOC_API toc_rc toc_object_set_bool(toc_object *obj, const char *field, bool value, toc_error *err);
/* Takes the value away; an unknown field is passed over. */
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

/* All values and lists at once: those of the JSON object replace what there was, which is kept when
 * the text is refused (TOC_EPARSE, TOC_EINVAL). Names are those of the API, unknown ones are passed
 * over. An id that the object has already stays, as do its memo and, unless the text names one, its
 * owner; its queue (parts.h) is dropped. */
TOC_API toc_rc toc_object_set_json(toc_object *obj, toc_str json, toc_error *err);
/* The object as the API answers it, indented by four; secrets are left out. toc_free. */
TOC_API toc_rc toc_object_json(toc_object *obj, char **text, toc_error *err);
/* The object in three words: name of the type, identity as one text, id (0: none). Borrowed. */
typedef struct toc_entity {
    const char *type;
    toc_str value;
    int64_t id;
} toc_entity;
TOC_API toc_entity toc_object_entity(toc_object *obj);
/* The same members for objects of every type, as one line of JSON (ti.md 20.2): id, value, type,
 * ownerName, dateAdded, webLink, and those of the kind that are there. toc_free. */
TOC_API toc_rc toc_object_entity_json(toc_object *obj, char **text, toc_error *err);

/* Lists. add copies; attributes, tags and labels so added wait for the next toc_save (parts.h).
 * What the list has already is not added again, attributes excepted. Iteration: index from 0; false
 * past the end. */
TOC_API toc_rc toc_object_add_attribute(toc_object *obj, toc_str type, toc_str value,
                                        bool displayed, toc_str source, toc_error *err);
/* The same with everything that an attribute can have. A repetition is not added: of type and
 * value, or, with TOC_UNIQUE_TYPE, of the type alone (where a group gives up the first one of the
 * type for the new one). format gives the value another form, which counts from then on; its result
 * is borrowed. *index (may be NULL): where it stands, or what it would have repeated. */
typedef enum toc_unique { TOC_UNIQUE_NONE, TOC_UNIQUE_VALUE, TOC_UNIQUE_TYPE } toc_unique;
typedef struct toc_attribute_options {
    unsigned version; /* 1 */
    toc_str type, value, source;
    bool displayed, pinned;
    toc_unique unique;
    toc_str (*format)(void *user, toc_str value);
    void *user;
} toc_attribute_options;
TOC_API toc_rc toc_object_put_attribute(toc_object *obj, const toc_attribute_options *options,
                                        size_t *index, toc_error *err);
/* A label of one attribute (batch items). */
TOC_API toc_rc toc_object_label_attribute(toc_object *obj, size_t index, toc_str name,
                                          toc_str description, toc_str color, toc_error *err);
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
/* Sets one field of an entry that the list has, before it is sent: of attributes value, source,
 * displayed, pinned; of labels description, color; of occurrences fileName, path, date. Absent text
 * takes a text away. entries: how many there are. */
typedef enum toc_entry { TOC_ENTRY_ATTRIBUTE, TOC_ENTRY_LABEL, TOC_ENTRY_OCCURRENCE } toc_entry;
TOC_API toc_rc toc_object_set_entry(toc_object *obj, toc_entry entry, size_t index,
                                    const char *field, toc_str value, toc_error *err);
TOC_API size_t toc_object_entries(const toc_object *obj, toc_entry entry);
TOC_API bool toc_object_attribute(const toc_object *obj, size_t index, toc_str *type,
                                  toc_str *value);
TOC_API bool toc_object_tag(const toc_object *obj, size_t index, toc_str *name);
TOC_API bool toc_object_label(const toc_object *obj, size_t index, toc_str *name);

#ifdef __cplusplus
}
#endif
#endif
