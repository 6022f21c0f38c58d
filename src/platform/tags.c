/* tags.c - tags of an object, and the tags of an owner. */
#include "base/mem.h"
#include "base/str.h"
#include "platform/filters.h"
#include "platform/handlers.h"
#include "platform/place.h"

typedef struct tag_list {
    toc_incoming *call;
    bool detailed, write;
    int64_t count;
} tag_list;

static toc_rc each(void *user, int64_t id, const toc_tag *tag)
{
    tag_list *list = user;
    toc_tag linked = *tag;
    (void)id;
    list->count++;
    if (!list->write)
        return TOC_OK;
    linked.web_link = toc__tag_link(list->call, tag->name);
    if (!linked.web_link.ptr)
        return TOC_ENOMEM;
    toc_codec_encode_tag(&list->call->out, &linked, list->detailed);
    return list->call->body.failed;
}

static toc_rc check_name(toc_str name, toc_error *err)
{
    size_t chars = toc_str_utf8_chars(name);
    if (chars >= 1 && chars <= TOC_MAX_TAG_CHARS)
        return TOC_OK;
    return toc__refuse(err, 400,
                       "The name for this Tag is invalid, please enter a name between 1-%d "
                       "characters in length",
                       TOC_MAX_TAG_CHARS);
}

static toc_rc list_tags(toc_incoming *call, toc_target target, const toc_terms *terms, bool all,
                        toc_error *err)
{
    tag_list list = {.call = call, .detailed = toc_target_flag(&call->parts, "detailed")};
    int64_t owner = call->owner.id;
    toc_page page;
    toc_rc rc = toc__page(call, all, &page, err);
    if (!rc && !page.start)
        rc = toc_tag_each(call->conn, owner, target, terms, 0, INT64_MAX, each, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : list.count, "tag");
    list.write = true;
    if (page.limit)
        rc = toc_tag_each(call->conn, owner, target, terms, page.start, page.limit, each, &list,
                          err);
    toc__end_list(call);
    return rc;
}

/* One tag: of a target, or with id 0 of the owner. */
static toc_rc answer(toc_incoming *call, toc_target target, int64_t tag, bool detailed,
                     toc_error *err)
{
    tag_list list = {.call = call, .detailed = detailed, .write = true};
    toc__begin(call, 200);
    toc__json_key(&call->out, "tag");
    toc_rc rc = toc_tag_read(call->conn, tag, target, each, &list, err);
    toc__end(call);
    return !rc && !list.count ? toc__refuse_missing(err) : rc;
}

static toc_rc named(toc_incoming *call, int64_t *tag, toc_error *err)
{
    toc_rc rc = toc_tag_id(call->conn, call->owner.id, call->args[TOC_ARG_TAG], false, tag, err);
    if (!rc && !*tag)
        return toc__refuse_missing(err);
    return rc;
}

/* --- of an object -------------------------------------------------------------------------- */

toc_rc toc__applied_tags(toc_incoming *call, toc_error *err)
{
    toc_target target;
    toc_rc rc = toc__target(call, &target, err);
    return rc ? rc : list_tags(call, target, NULL, true, err);
}

toc_rc toc__applied_tag(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t tag = 0;
    toc_rc rc = toc__target(call, &target, err);
    if (!rc)
        rc = named(call, &tag, err);
    return rc ? rc : answer(call, target, tag, toc_target_flag(&call->parts, "detailed"), err);
}

toc_rc toc__apply_tag(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t tag = 0;
    toc_rc rc = toc__target(call, &target, err);
    if (!rc)
        rc = check_name(call->args[TOC_ARG_TAG], err);
    if (!rc)
        rc = toc_tag_id(call->conn, call->owner.id, call->args[TOC_ARG_TAG], true, &tag, err);
    if (!rc)
        rc = toc_tag_apply(call->conn, tag, target, err);
    if (!rc)
        toc__done(call, 201);
    return rc;
}

toc_rc toc__unapply_tag(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t tag = 0;
    toc_rc rc = toc__target(call, &target, err);
    if (!rc)
        rc = toc_tag_id(call->conn, call->owner.id, call->args[TOC_ARG_TAG], false, &tag, err);
    if (!rc && tag)
        rc = toc_tag_unapply(call->conn, tag, target, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

/* --- of an owner --------------------------------------------------------------------------- */

static const toc_target no_target = {TOC_KIND_INDICATOR, 0};

toc_rc toc__tags_list(toc_incoming *call, toc_error *err)
{
    toc_terms terms;
    toc_rc rc = toc__read_filters(call, TOC_FILTER_TAGS, NULL, &terms, err);
    return rc ? rc : list_tags(call, no_target, &terms, false, err);
}

toc_rc toc__tags_one(toc_incoming *call, toc_error *err)
{
    int64_t tag = 0;
    toc_rc rc = named(call, &tag, err);
    return rc ? rc : answer(call, no_target, tag, toc_target_flag(&call->parts, "detailed"), err);
}

static toc_rc read_tag(toc_incoming *call, toc_str *name, toc_str *description, toc_error *err)
{
    const toc_member members[] = {{"name", TOC_MEMBER_TEXT, name, NULL},
                                  {"description", TOC_MEMBER_TEXT, description, NULL}};
    return toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
}

toc_rc toc__tags_add(toc_incoming *call, toc_error *err)
{
    toc_str name = {NULL, 0}, description = {NULL, 0};
    int64_t tag = 0;
    toc_rc rc = read_tag(call, &name, &description, err);
    if (!rc)
        rc = check_name(name, err);
    if (!rc)
        rc = toc_tag_id(call->conn, call->owner.id, name, true, &tag, err);
    if (!rc && description.ptr)
        rc = toc_tag_change(call->conn, tag, (toc_str){NULL, 0}, description, err);
    return rc ? rc : answer(call, no_target, tag, true, err);
}

static toc_rc check_rename(toc_incoming *call, int64_t tag, toc_str name, toc_error *err)
{
    int64_t other = 0;
    toc_rc rc = check_name(name, err);
    if (!rc)
        rc = toc_tag_id(call->conn, call->owner.id, name, false, &other, err);
    if (!rc && other && other != tag)
        rc = toc__refuse(err, 400,
                         "The name for this Tag is invalid, a Tag with this name already exists");
    return rc;
}

toc_rc toc__tags_change(toc_incoming *call, toc_error *err)
{
    toc_str name = {NULL, 0}, description = {NULL, 0};
    int64_t tag = 0;
    toc_rc rc = named(call, &tag, err);
    if (!rc)
        rc = read_tag(call, &name, &description, err);
    if (!rc && name.ptr)
        rc = check_rename(call, tag, name, err);
    if (!rc)
        rc = toc_tag_change(call->conn, tag, name, description, err);
    return rc ? rc : answer(call, no_target, tag, true, err);
}

toc_rc toc__tags_remove(toc_incoming *call, toc_error *err)
{
    int64_t tag = 0;
    toc_rc rc = named(call, &tag, err);
    if (!rc)
        rc = toc_tag_remove(call->conn, tag, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
