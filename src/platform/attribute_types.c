/* attribute_types.c - the catalogue of attribute types (rest-v2 2.3, 3.9), and what it asks of
 * attributes. */
#include "platform/attribute_types.h"

#include "base/error.h"
#include "base/str.h"
#include "model/check.h"
#include "platform/filters.h"
#include "platform/handlers.h"

/* --- checking ------------------------------------------------------------------------------ */

bool toc__learns_attribute_types(const toc_incoming *call)
{
    return call->trusted || call->platform->learn_attribute_types;
}

/* A type that nobody described takes any text. */
static toc_rc learn(toc_conn *conn, toc_str name, const toc_known_attribute **known, toc_error *err)
{
    char room[256];
    if (name.len >= sizeof(room))
        return toc_error_field(err, TOC_EINVAL, "type",
                               "the name of an attribute type has at most %zu bytes",
                               sizeof(room) - 1);
    if (toc_str_find_char(name, '\0') >= 0)
        return toc_error_field(err, TOC_EINVAL, "type",
                               "the name of an attribute type has no NUL characters");
    memcpy(room, name.ptr, name.len);
    room[name.len] = '\0';
    toc_attribute_type type = {.name = room, .max_length = TOC_MAX_TEXT, .markdown = true};
    toc_rc rc = toc_attribute_type_define(conn, &type, err);
    if (!rc)
        rc = toc_attribute_type_known(conn, name, known, err);
    if (!rc && !*known)
        rc = toc_error_set(err, TOC_ENOTFOUND, TOC_ATTRIBUTE_TYPE_MISSING);
    return rc;
}

toc_rc toc__attribute_type_check(toc_conn *conn, bool learns, toc_attribute *attribute,
                                 toc_error *err)
{
    const toc_known_attribute *known = NULL;
    toc_rc rc = toc_attribute_type_known(conn, attribute->type, &known, err);
    if (!rc && !known && (!learns || !attribute->type.len))
        rc = toc_error_set(err, TOC_ENOTFOUND, TOC_ATTRIBUTE_TYPE_MISSING);
    if (!rc && !known && !attribute->value.len)
        rc = toc_error_set(err, TOC_EINVAL, "This attribute requires a value");
    if (!rc && !known)
        rc = learn(conn, attribute->type, &known, err);
    if (!rc)
        rc = toc_attribute_rule_check(known->rule, attribute->value, err);
    if (!rc && !toc_str_equal(attribute->type, toc_str_of(known->type->name)))
        attribute->type = toc_str_of(known->type->name);
    return rc;
}

toc_rc toc__attribute_types_check(toc_conn *conn, bool learns, toc_attribute *first, toc_error *err)
{
    toc_error why = {0};
    for (toc_attribute *at = first; at; at = at->next) {
        toc_rc rc = toc__attribute_type_check(conn, learns, at, &why);
        if (rc == TOC_EINVAL || rc == TOC_ENOTFOUND || rc == TOC_ELIMIT)
            return toc_error_field(err, TOC_EINVAL, "attribute", "Attribute \"%.*s\": %s",
                                   (int)toc_str_utf8_floor(at->type, 100),
                                   at->type.ptr ? at->type.ptr : "", why.message);
        if (rc) {
            if (err)
                *err = why;
            return rc;
        }
    }
    return TOC_OK;
}

static toc_rc check_text(toc_conn *conn, const toc_object *obj, int slot, toc_str type,
                         const char *member, toc_error *err)
{
    const toc_known_attribute *known = NULL;
    toc_str text = toc__object_text(obj, slot);
    if (!text.len)
        return TOC_OK;
    toc_rc rc = toc_attribute_type_known(conn, type, &known, err);
    if (!rc && known)
        rc = toc_attribute_rule_check(known->rule, text, err);
    if (rc != TOC_EINVAL)
        return rc;
    return toc_error_field(err, TOC_EINVAL, member,
                           "The %s for this %s is invalid, please enter %s %s between 1-%u "
                           "characters in length",
                           member, obj->type->name, toc__article(member), member,
                           (unsigned)known->type->max_length);
}

toc_rc toc__attribute_texts_check(toc_conn *conn, const toc_object *obj, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (obj->type->kind != TOC_KIND_VICTIM)
        rc = check_text(conn, obj, TOC_SLOT_DESCRIPTION, TOC_S("Description"), "description", err);
    if (!rc && obj->type->kind == TOC_KIND_INDICATOR)
        rc = check_text(conn, obj, TOC_SLOT_SOURCE, TOC_S("Source"), "source", err);
    return rc;
}

/* --- the catalogue ------------------------------------------------------------------------- */

typedef struct type_list {
    toc_incoming *call;
    const toc_terms *terms;
    toc_page page;
    bool rules; /* includes=validationRule */
    bool write;
    int64_t count;
} type_list;

static bool wants_rules(const toc_incoming *call)
{
    for (size_t i = 0; i < call->parts.param_count; i++) {
        const toc_param *param = &call->parts.params[i];
        if (toc_str_equal(param->name, TOC_S("includes")) &&
            toc_str_equal_fold(param->value, TOC_S("validationRule")))
            return true;
    }
    return false;
}

static void write_rule(toc_json_writer *writer, const toc_attribute_type *type)
{
    toc__json_key(writer, "validationRule");
    toc_json_object(writer);
    toc__json_member(writer, "name", type->rule_name ? type->rule_name : type->name);
    toc__json_member(writer, "text", type->rule_text ? type->rule_text : "");
    toc__json_member(writer, "type", type->rule_type);
    toc__json_member(writer, "description", type->rule_description ? type->rule_description : "");
    toc_json_object_end(writer);
}

static void write_type(toc_json_writer *writer, const toc_attribute_type *type, bool rules)
{
    toc_json_object(writer);
    toc__json_member(writer, "name", type->name);
    toc__json_member(writer, "description", type->description ? type->description : "");
    toc__json_count(writer, "maxSize", type->max_length);
    toc__json_key(writer, "allowMarkdown");
    toc_json_bool(writer, type->markdown);
    toc__json_member(writer, "errorMessage", type->error_message ? type->error_message : "");
    if (rules && type->rule_type)
        write_rule(writer, type);
    toc_json_object_end(writer);
}

/* The owner is checked where the terms are read: types belong to all owners. */
static bool term_holds(const toc_term *term, const toc_attribute_type *type)
{
    toc_str name = toc_str_of(term->field->name);
    if (toc_str_equal(name, TOC_S("system")))
        return type->system == (term->integer != 0);
    if (toc_str_equal(name, TOC_S("allowMarkdown")))
        return type->markdown == (term->integer != 0);
    if (toc_str_equal(name, TOC_S("maxLength")))
        return type->max_length == term->integer;
    return true;
}

static bool selected(const toc_terms *terms, const toc_attribute_type *type)
{
    size_t held = 0;
    for (size_t i = 0; i < terms->count; i++)
        held += term_holds(&terms->items[i], type);
    return terms->any && terms->count ? held > 0 : held == terms->count;
}

static toc_rc take(void *user, const toc_attribute_type *type)
{
    type_list *list = user;
    if (!selected(list->terms, type))
        return TOC_OK;
    int64_t at = list->count++;
    if (list->write && toc__on_page(&list->page, at))
        write_type(&list->call->out, type, list->rules);
    return list->call->body.failed;
}

static toc_rc take_all(type_list *list, toc_error *err)
{
    size_t count = 0;
    const toc_attribute_type *types = toc_attribute_type_list(&count);
    toc_rc rc = TOC_OK;
    list->count = 0;
    for (size_t i = 0; i < count && !rc; i++)
        rc = take(list, &types[i]);
    toc_str all = {NULL, 0};
    return rc ? rc : toc_attribute_type_each(list->call->conn, all, take, list, err);
}

static toc_rc read_terms(toc_incoming *call, toc_terms *terms, toc_error *err)
{
    toc_rc rc = toc__read_filters(call, TOC_FILTER_ATTRIBUTE_TYPES, NULL, terms, err);
    for (size_t i = 0; i < terms->count && !rc; i++) {
        if (toc_str_equal(toc_str_of(terms->items[i].field->name), TOC_S("owner")))
            rc = toc__use_owner(call, terms->items[i].text, err);
    }
    return rc;
}

toc_rc toc__attribute_types(toc_incoming *call, toc_error *err)
{
    toc_terms terms = {.count = 0};
    type_list list = {.call = call, .terms = &terms, .rules = wants_rules(call)};
    toc_rc rc = toc__page(call, true, &list.page, err);
    if (!rc)
        rc = read_terms(call, &terms, err);
    if (!rc && !list.page.start)
        rc = take_all(&list, err);
    if (rc)
        return rc;
    toc__begin_list(call, list.page.start ? -1 : list.count, "attributeType");
    list.write = true;
    rc = take_all(&list, err);
    toc__end_list(call);
    return rc;
}

toc_rc toc__attribute_type(toc_incoming *call, toc_error *err)
{
    toc_terms all = {.count = 0};
    type_list list = {
        .call = call, .terms = &all, .page = {0, 1}, .rules = wants_rules(call), .write = true};
    toc_str name = call->args[TOC_ARG_NAME];
    const toc_attribute_type *type = toc_attribute_type_find(name);
    toc__begin(call, 200);
    toc__json_key(&call->out, "attributeType");
    toc_rc rc =
        type ? take(&list, type) : toc_attribute_type_each(call->conn, name, take, &list, err);
    toc__end(call);
    if (!rc && !list.count)
        return toc__refuse(err, 404, TOC_ATTRIBUTE_TYPE_MISSING);
    return rc;
}
