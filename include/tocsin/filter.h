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
TOC_API void toc_filter_free(toc_filter *filter);
/* Owner by name; several owners are asked one after the other. */
TOC_API toc_rc toc_filter_owner(toc_filter *filter, toc_str owner, toc_error *err);
/* API filter by name: "tag", "security_label", "indicator", "id", "adversary_id", "campaign_id",
 * ... one "{group entity}_id" per group type, "task_id", "victim_id". Names outside the list of the
 * kind are TOC_EINVAL and the message lists what is supported. "indicator" takes a value whose type
 * is detected, or "Type:value". */
TOC_API toc_rc toc_filter_api(toc_filter *filter, const char *name, toc_str value, toc_error *err);
/* A term of the server's filters= parameter, checked against the documented fields of the kind. */
TOC_API toc_rc toc_filter_term(toc_filter *filter, const char *field, toc_op op, toc_str value,
                               toc_error *err);
TOC_API void toc_filter_or_terms(toc_filter *filter, bool any); /* orParams */
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
/* includes=: "additional", "attributes", "labels", "tags". */
TOC_API toc_rc toc_filter_include(toc_filter *filter, const char *section, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
