/* tocsin/filter.h - what to retrieve: API filters (OR inside one filter), server-side terms, post
 * filters (AND). Immutable once a list is open; may be shared then. Rules: sdk.md 3, rest-v2 1.12.
 */
#ifndef TOCSIN_FILTER_H
#define TOCSIN_FILTER_H
#include "tocsin/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum toc_op {
    TOC_OP_EQ,
    TOC_OP_NE,
    TOC_OP_GT,
    TOC_OP_GE,
    TOC_OP_LT,
    TOC_OP_LE,
    TOC_OP_STARTS,
    TOC_OP_COUNT
} toc_op;

typedef struct toc_filter toc_filter;
/* For lists of a kind; type may be NULL (all types of the kind). */
TOC_API toc_rc toc_filter_new(toc_kind kind, const toc_type *type, toc_filter **filter,
                              toc_error *err);
/* Not while a list reads it or another filter has it joined. */
TOC_API void toc_filter_free(toc_filter *filter);
/* Owner by name; several owners are asked one after the other. */
TOC_API toc_rc toc_filter_owner(toc_filter *filter, toc_str owner, toc_error *err);
/* Names no owner in the requests and keeps the objects of all owners; without this a filter that
 * names none is one for the session's default owner. NULL is fine. */
TOC_API void toc_filter_any_owner(toc_filter *filter);
/* API filter by name: "tag", "security_label", "indicator", "id", "adversary_id", "campaign_id",
 * ... one "{group entity}_id" per group type, "task_id", "victim_id" (toc_filter_name lists them).
 * Names outside the list of the kind are TOC_EINVAL and the message lists what is supported.
 * "indicator" takes a value whose type is detected, or "Type:value". Lists of the record type of
 * owners (toc_part_type, parts.h) take "id" and "indicator", lists of toc_batch_type() "id". */
TOC_API toc_rc toc_filter_api(toc_filter *filter, const char *name, toc_str value, toc_error *err);
/* A term of the server's filters= parameter, checked against the documented fields of the kind.
 * field: also in words ("date_added"), and with the kind in front ("indicator.false_positive"). Of
 * the record types those of tags and security labels have such fields. */
TOC_API toc_rc toc_filter_term(toc_filter *filter, const char *field, toc_op op, toc_str value,
                               toc_error *err);
/* Takes out all terms of a field, by any of its names; how many there were. */
TOC_API size_t toc_filter_remove_term(toc_filter *filter, const char *field);
/* The terms as the parameter has them, "name=x,dateAdded>2017-01-01", not encoded; "" without any.
 * Release with toc_free. */
TOC_API toc_rc toc_filter_terms(const toc_filter *filter, char **text, toc_error *err);
/* orParams: whether an object must match any of the terms, not all. NULL is fine. */
TOC_API void toc_filter_or_terms(toc_filter *filter, bool any);
/* modifiedSince, indicator lists only. */
TOC_API toc_rc toc_filter_modified_since(toc_filter *filter, toc_str when, toc_error *err);
/* Post filter by name: "name" "type" "date_added" "last_modified" "confidence" "rating" "tag"
 * "attribute" "file_type" "threat_assess_rating" "threat_assess_confidence", or any field of the
 * table. Numbers and dates compare by value, text by bytes; an object without it never matches. */
TOC_API toc_rc toc_filter_post(toc_filter *filter, const char *name, toc_op op, toc_str value,
                               toc_error *err);
/* Parses "rating>=3" into field, operator, value; operators = != > >= < <= ^ (starts with). */
TOC_API toc_rc toc_filter_parse(toc_str text, toc_str *field, toc_op *op, toc_str *value,
                                toc_error *err);
/* Joins another filter of the same kind: its results are added (OR), or only what it returns as
 * well stays (AND). Strictly in order of the calls, without precedence: a, or b, and c is
 * (a OR b) AND c. Objects come once, in the order in which they are first seen. next is borrowed,
 * must outlive the lists, and must not have been joined to others itself. TOC_EINVAL,
 * TOC_ELIMIT beyond 32 filters. A list keeps ids of the last filter joined by AND, and of objects
 * given out when several requests overlap; never objects. */
TOC_API toc_rc toc_filter_and(toc_filter *filter, const toc_filter *next, toc_error *err);
TOC_API toc_rc toc_filter_or(toc_filter *filter, const toc_filter *next, toc_error *err);

/* What filters there are, and what a filter has. Nothing here changes it; any thread. */
typedef enum toc_filter_part {
    TOC_FILTER_API,
    TOC_FILTER_POST,
    TOC_FILTER_ALL /* API filters first */
} toc_filter_part;
/* The names that such a filter takes, in the order in which the Python SDK declares them and what
 * it lacks behind, or sorted; NULL past the end. Post filters by any other field exist as well. */
TOC_API const char *toc_filter_name(const toc_filter *filter, toc_filter_part part, bool sorted,
                                    size_t index);
/* How many were added, and the description of one, "api filter by tag "x"" or "post filter by
 * rating GE 3" (sdk.md 3.1, 3.2); {NULL,0} past the end. Borrowed from the filter. */
TOC_API size_t toc_filter_count(const toc_filter *filter, toc_filter_part part);
TOC_API toc_str toc_filter_description(const toc_filter *filter, toc_filter_part part,
                                       size_t index);
/* The filter as people read it, in the layout of the Python SDK; joined ones follow. The second
 * form: one post filter. *text: release with toc_free. */
TOC_API toc_rc toc_filter_print(const toc_filter *filter, char **text, toc_error *err);
TOC_API toc_rc toc_filter_print_post(const toc_filter *filter, size_t index, char **text,
                                     toc_error *err);

/* The fields that the server selects by (toc_filter_term), as rows of a table. */
typedef struct toc_filter_field {
    const char *lists; /* of what: "indicators", "groups", "tags", "securityLabels", "tasks", ... */
    const char *type;  /* lists of this type only; NULL: all */
    const char *name;  /* "confidence" */
    const char *value; /* "text", "whole number", "number", "date", "true, false" */
    char operators[24]; /* with blanks between: "= > >= < <=" */
} toc_filter_field;
/* Row by index from 0; false past the end. Any thread. */
TOC_API bool toc_filter_field_at(size_t index, toc_filter_field *field);

/* includes=: "additional", "attributes", "labels", "tags". */
TOC_API toc_rc toc_filter_include(toc_filter *filter, const char *section, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
