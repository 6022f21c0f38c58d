/* catalogue.c - the types that the platform knows, told to clients (rest-v2 3.9). */
#include <stdio.h>

#include "base/mem.h"
#include "platform/handlers.h"
#include "platform/place.h"

/* Patterns that clients use to find values in free text. */
static const struct {
    const char *type, *pattern;
} regexes[] = {
    {"Address", "\\b((?:[0-9]{1,3}\\.){3}[0-9]{1,3})\\b"},
    {"EmailAddress", "\\b([A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,})\\b"},
    {"File", "\\b([a-fA-F\\d]{32})\\b"},
    {"File", "\\b([a-fA-F\\d]{40})\\b"},
    {"File", "\\b([a-fA-F\\d]{64})\\b"},
    {"Host", "\\b((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,63})\\b"},
    {"URL", "\\b((?:https?|ftp)://[^\\s\"<>]+)"},
    {"ASN", "\\b(ASN[0-9]{1,10})\\b"},
    {"CIDR", "\\b((?:[0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2})\\b"},
};

static const char *const case_words[] = {
    [TOC_CASE_NONE] = "sensitive",
    [TOC_CASE_UPPER] = "upper",
    [TOC_CASE_LOWER] = "lower",
    [TOC_CASE_SENSITIVE] = "sensitive",
};

static void write_flag(toc_json_writer *writer, const char *name, bool value)
{
    toc__json_member(writer, name, value ? "true" : "false");
}

static const char *label_of(const toc_field *field)
{
    return field->label ? field->label : field->name;
}

static void write_numbered(toc_json_writer *writer, const char *head, unsigned number,
                           const char *tail, const char *text)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "%s%u%s", head, number, tail);
    toc__json_member(writer, name, text);
}

static void write_labels(toc_json_writer *writer, const toc_type *type)
{
    for (unsigned i = 0; i < type->key_count; i++) {
        const toc_field *field = &type->fields[i];
        write_numbered(writer, "value", i + 1, "Label", label_of(field));
        write_numbered(writer, "value", i + 1, "Type", field->choices ? "selectone" : "text");
        if (field->choices)
            write_numbered(writer, "value", i + 1, "Option", field->choices);
    }
    if (type->key_count == 1)
        toc__json_member(writer, "value2Label", "");
}

static void write_additional(toc_json_writer *writer, const toc_type *type)
{
    toc__json_key(writer, "regexes");
    toc_json_array(writer);
    for (size_t i = 0; i < TOC_COUNT(regexes); i++) {
        if (toc_str_equal(toc_str_of(regexes[i].type), toc_str_of(type->name)))
            toc_json_string(writer, toc_str_of(regexes[i].pattern));
    }
    toc_json_array_end(writer);
    toc__json_key(writer, "keys");
    toc_json_object(writer);
    for (unsigned i = 0; i < type->key_count; i++)
        write_numbered(writer, "key", i + 1, "", type->fields[i].name);
    toc_json_object_end(writer);
}

static void write_indicator_type(toc_incoming *call, const toc_type *type, bool single)
{
    toc_json_writer *writer = &call->out;
    bool custom = type->traits & TOC_TYPE_CUSTOM;
    bool additional = (toc__sections(call) & TOC_WITH_ADDITIONAL) != 0;
    bool hashes = type->traits & TOC_TYPE_HASHES;
    toc_json_object(writer);
    toc__json_member(writer, "name", type->name);
    write_flag(writer, "custom", custom);
    write_flag(writer, "parsable", type->traits & TOC_TYPE_PARSABLE);
    toc__json_member(writer, "apiBranch", type->branch);
    toc__json_member(writer, "apiEntity", type->entity);
    if (custom)
        toc__json_member(writer, "casePreference", case_words[type->letter_case]);
    if (custom || (hashes && (single || additional)))
        write_labels(writer, type);
    if (additional)
        write_additional(writer, type);
    toc_json_object_end(writer);
}

static const toc_type *next_type(const toc_types *types, toc_kind kind, size_t *at)
{
    while (*at < toc_types_count(types)) {
        const toc_type *type = toc_types_at(types, (*at)++);
        if (type->kind == kind)
            return type;
    }
    return NULL;
}

static int64_t count_types(const toc_types *types, toc_kind kind)
{
    int64_t count = 0;
    size_t at = 0;
    while (next_type(types, kind, &at))
        count++;
    return count;
}

toc_rc toc__indicator_types(toc_incoming *call, toc_error *err)
{
    const toc_types *types = toc_store_types(call->platform->store);
    const toc_type *type;
    toc_page page;
    size_t at = 0;
    int64_t row = 0;
    toc_rc rc = toc__page(call, true, &page, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : count_types(types, TOC_KIND_INDICATOR),
                    "indicatorType");
    while ((type = next_type(types, TOC_KIND_INDICATOR, &at)) != NULL) {
        if (toc__on_page(&page, row++))
            write_indicator_type(call, type, false);
    }
    toc__end_list(call);
    return TOC_OK;
}

toc_rc toc__indicator_type(toc_incoming *call, toc_error *err)
{
    const toc_type *type = NULL;
    toc_rc rc = toc__branch(call, TOC_KIND_INDICATOR, call->args[TOC_ARG_NAME], &type, err);
    if (rc)
        return rc;
    toc__begin(call, 200);
    toc__json_key(&call->out, "indicatorType");
    write_indicator_type(call, type, true);
    toc__end(call);
    return TOC_OK;
}

/* --- association types: branches of groups, associations, file actions --------------------- */

static void write_association(toc_incoming *call, const char *name, const char *branch, bool custom,
                              bool action)
{
    toc_json_object(&call->out);
    toc__json_member(&call->out, "name", name);
    write_flag(&call->out, "custom", custom);
    write_flag(&call->out, "fileAction", action);
    toc__json_member(&call->out, "apiBranch", branch);
    toc_json_object_end(&call->out);
}

static void write_named(toc_incoming *call, const toc_association_type *row)
{
    write_association(call, row->name, row->branch, true, row->file_action);
}

toc_rc toc__association_types(toc_incoming *call, toc_error *err)
{
    const toc_types *types = toc_store_types(call->platform->store);
    const toc_associations *set = toc_store_associations(call->platform->store);
    size_t at = 0, named = toc_associations_count(set);
    const toc_type *type;
    toc_page page;
    int64_t row = 0;
    toc_rc rc = toc__page(call, true, &page, err);
    if (rc)
        return rc;
    int64_t count = count_types(types, TOC_KIND_GROUP) + (int64_t)named;
    toc__begin_list(call, page.start ? -1 : count, "associationType");
    while ((type = next_type(types, TOC_KIND_GROUP, &at)) != NULL) {
        if (toc__on_page(&page, row++))
            write_association(call, type->name, type->branch, false, false);
    }
    for (size_t i = 0; i < named; i++) {
        if (toc__on_page(&page, row++))
            write_named(call, toc_associations_at(set, i));
    }
    toc__end_list(call);
    return TOC_OK;
}

toc_rc toc__association_type(toc_incoming *call, toc_error *err)
{
    const toc_store *store = call->platform->store;
    toc_str name = call->args[TOC_ARG_NAME];
    const toc_type *type = toc_types_find(toc_store_types(store), TOC_KIND_GROUP, name);
    const toc_association_type *row = toc_associations_find(toc_store_associations(store), name);
    if (!type && !row)
        return toc__refuse_missing(err);
    toc__begin(call, 200);
    toc__json_key(&call->out, "associationType");
    if (type)
        write_association(call, type->name, type->branch, false, false);
    else
        write_named(call, row);
    toc__end(call);
    return TOC_OK;
}
