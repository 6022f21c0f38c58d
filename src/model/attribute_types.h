/* attribute_types.h - built-in attribute types, and the check of a value by its type. */
#ifndef TOC_MODEL_ATTRIBUTE_TYPES_H
#define TOC_MODEL_ATTRIBUTE_TYPES_H
#include "tocsin/types.h"

/* Letters without case; NULL when it is none of the built-in ones. */
const toc_attribute_type *toc_attribute_type_find(toc_str name);

/* What a type says about values, made ready for checking many of them. */
typedef struct toc_attribute_rule toc_attribute_rule;
/* TOC_EINVAL when the definition is wrong: err->field names the part. The type outlives the rule.
 */
toc_rc toc_attribute_rule_new(const toc_attribute_type *type, toc_attribute_rule **rule,
                              toc_error *err);
void toc_attribute_rule_free(toc_attribute_rule *rule); /* NULL is fine */
/* TOC_EINVAL with the message that clients are told. One thread at a time. */
toc_rc toc_attribute_rule_check(toc_attribute_rule *rule, toc_str value, toc_error *err);
#endif
