#include "base/mem.h"
#include "platform/attribute_types.h"
#include "platform/handlers.h"
#include "platform/place.h"

typedef struct attribute_list {
    toc_incoming *call;
    unsigned with;
    int64_t count;
    bool write;
} attribute_list;

static toc_rc each(void *user, const toc_attribute *attribute)
{
    attribute_list *list = user;
    list->count++;
    if (list->write)
        toc_codec_encode_attribute(&list->call->out, attribute, list->with);
    return list->call->body.failed;
}

static bool with_labels(const attribute_list *list)
{
    return (list->with & TOC_WITH_LABELS) != 0;
}

toc_rc toc__attributes_list(toc_incoming *call, toc_error *err)
{
    attribute_list list = {.call = call, .with = toc__sections(call)};
    toc_target target;
    toc_page page;
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc)
        rc = toc__target(call, &target, err);
    if (!rc && !page.start)
        rc = toc_attribute_each(call->conn, target, 0, false, 0, INT64_MAX, each, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : list.count, "attribute");
    list.write = true;
    if (page.limit)
        rc = toc_attribute_each(call->conn, target, 0, with_labels(&list), page.start, page.limit,
                                each, &list, err);
    toc__end_list(call);
    return rc;
}

/* The attribute of the path, and the object that it belongs to. */
static toc_rc named(toc_incoming *call, toc_target *target, int64_t *id, toc_error *err)
{
    toc_place place;
    toc_rc rc = toc__first_place(call, &place, err);
    if (rc)
        return rc;
    *target = place.target;
    return toc__attribute_id(call, *target, id, err);
}

static toc_rc answer(toc_incoming *call, toc_target target, int64_t id, int status, toc_error *err)
{
    attribute_list list = {.call = call, .with = toc__sections(call), .write = true};
    toc__begin(call, status);
    toc__json_key(&call->out, "attribute");
    toc_rc rc =
        toc_attribute_each(call->conn, target, id, with_labels(&list), 0, 1, each, &list, err);
    toc__end(call);
    if (!rc && !list.count)
        return toc__refuse_missing(err);
    return rc;
}

toc_rc toc__attributes_one(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t id = 0;
    toc_rc rc = named(call, &target, &id, err);
    return rc ? rc : answer(call, target, id, 200, err);
}

static toc_rc read_attribute(toc_incoming *call, toc_attribute *attribute, toc_error *err)
{
    const toc_member members[] = {
        {"type", TOC_MEMBER_TEXT, &attribute->type, NULL},
        {"value", TOC_MEMBER_TEXT, &attribute->value, NULL},
        {"source", TOC_MEMBER_TEXT, &attribute->source, NULL},
        {"xid", TOC_MEMBER_TEXT, &attribute->xid, NULL},
        {"displayed", TOC_MEMBER_BOOL, &attribute->displayed, NULL},
        {"pinned", TOC_MEMBER_BOOL, &attribute->pinned, NULL},
    };
    toc_rc rc = toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
    if (!rc && attribute->xid.len > TOC_MAX_XID)
        rc = toc__refuse(err, 400, "The xid for this Attribute is invalid");
    return rc;
}

static toc_rc check_attribute(toc_incoming *call, bool learns, toc_attribute *attribute,
                              toc_error *err)
{
    toc_rc rc = toc__attribute_type_check(call->conn, learns, attribute, err);
    return rc == TOC_ENOTFOUND ? toc__refuse(err, 404, TOC_ATTRIBUTE_TYPE_MISSING) : rc;
}

toc_rc toc__attributes_add(toc_incoming *call, toc_error *err)
{
    toc_attribute attribute = {0};
    toc_target target;
    int64_t id = 0;
    toc_rc rc = toc__target(call, &target, err);
    if (!rc)
        rc = read_attribute(call, &attribute, err);
    if (!rc)
        rc = check_attribute(call, toc__learns_attribute_types(call), &attribute, err);
    if (!rc)
        rc = toc_attribute_add(call->conn, target, &attribute, call->now, &id, err);
    return rc ? rc : answer(call, target, id, 201, err);
}

/* An attribute as it is stored, to be changed. */
typedef struct stored {
    toc_arena *arena;
    toc_attribute *attribute;
} stored;

static toc_rc keep_stored(void *user, const toc_attribute *attribute)
{
    const stored *keep = user;
    keep->attribute->displayed = attribute->displayed;
    keep->attribute->pinned = attribute->pinned;
    keep->attribute->type = toc_arena_str(keep->arena, attribute->type);
    return keep->attribute->type.ptr ? TOC_OK : TOC_ENOMEM;
}

toc_rc toc__attributes_change(toc_incoming *call, toc_error *err)
{
    toc_attribute attribute = {0};
    stored keep = {&call->arena, &attribute};
    toc_target target;
    toc_rc rc = named(call, &target, &attribute.id, err);
    if (!rc)
        rc = toc_attribute_each(call->conn, target, attribute.id, false, 0, 1, keep_stored, &keep,
                                err);
    /* What kind of attribute it is stays as it was. */
    toc_str type = attribute.type;
    if (!rc)
        rc = read_attribute(call, &attribute, err);
    attribute.type = type;
    /* A type that something stored has is one. */
    if (!rc)
        rc = check_attribute(call, true, &attribute, err);
    if (!rc)
        rc = toc_attribute_change(call->conn, target, &attribute, call->now, err);
    return rc ? rc : answer(call, target, attribute.id, 200, err);
}

toc_rc toc__attributes_remove(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t id = 0;
    toc_rc rc = named(call, &target, &id, err);
    if (!rc)
        rc = toc_attribute_remove(call->conn, target, id, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
