/* tocsin/ti.h - what the Python module of threat intelligence has beside objects and parts: the
 * texts of its errors (ti.md 22), objects out of generic dictionaries (20), decoding of ids (3).
 */
#ifndef TOCSIN_TI_H
#define TOCSIN_TI_H
#include "tocsin/parts.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Texts of the numbers of base.h, toc_error.number. */
/* "Error during get. {} does not have..."; NULL for a number that is not in the catalogue. */
TOC_API const char *toc_number_template(int number);
/* Whether it is one of the critical ones. */
TOC_API bool toc_number_critical(int number);
/* The template with its slots filled in order. An unknown number and fewer words than slots give
 * the text "Generic Failure, see logs for more details.". toc_free. */
TOC_API toc_rc toc_number_text(int number, const toc_str *words, size_t count, char **text,
                               toc_error *err);

/* Makes an object out of one in JSON, whose members are its type, its fields by any of their names,
 * "summary" for the identity, "attribute" [{type,value,displayed,source}], "tag" and
 * "securityLabel" [names], "associations" [{type,owner,unique_id}], "falsePositive", and
 * "file_content" or "fileContent"; then saves it as toc_save_with with TOC_SAVE_CONTINUE. *obj is
 * set as soon as there is one, also when it could not be saved, with what failed in its queue: free
 * it. An unknown type is TOC_EINVAL with number 925. */
TOC_API toc_rc toc_create_entity(toc_session *sess, toc_str json, const char *owner,
                                 toc_object **obj, toc_error *err);
/* Each of an array. fn is told how it went (rc, *err); obj is borrowed, NULL when none was made. A
 * result other than 0 ends it with that code (positive ones with TOC_ECANCELED). Failures of single
 * objects end nothing. */
typedef toc_rc (*toc_entity_fn)(void *user, size_t index, toc_object *obj, toc_rc rc,
                                const toc_error *err);
TOC_API toc_rc toc_create_entities(toc_session *sess, toc_str json, const char *owner,
                                   toc_entity_fn fn, void *user, toc_error *err);

/* Decodes %XX again and again until nothing changes, at most eleven times. What is no escape stays,
 * "+" too, and %00, which no text can hold. The result is UTF-8 only if the escapes were. Release
 * with toc_free. */
TOC_API toc_rc toc_decode_fully(toc_str text, char **decoded, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
