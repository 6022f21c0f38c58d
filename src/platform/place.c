#include "platform/place.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"

toc_rc toc__branch(toc_call *call, toc_kind kind, toc_str word, const toc_type **type,
                   toc_error *err)
{
    const toc_type *found = toc_types_find(toc_store_types(call->platform->store), kind, word);
    if (!found)
        return toc__refuse_missing(err);
    *type = found;
    return TOC_OK;
}

/* --- indicators by value ------------------------------------------------------------------- */

static toc_rc stored_keys(const toc_type *type, toc_str summary, toc_arena *arena, toc_str keys[3],
                          toc_error *err)
{
    toc_object *obj = toc__object_in(arena, type);
    if (!obj)
        return toc_error_nomem(err);
    toc_rc rc = toc_object_set_summary(obj, summary, err);
    if (!rc)
        rc = toc__object_check(obj, 0, err);
    if (!rc)
        (void)toc__object_keys(obj, keys);
    return rc;
}

static toc_rc find_once(toc_conn *conn, int64_t owner, const toc_type *type, toc_str summary,
                        toc_arena *arena, int64_t *id, toc_str keys[3], toc_error *err)
{
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_rc rc = stored_keys(type, summary, arena, keys, err);
    /* What cannot be stored is simply not there. */
    if (rc && rc != TOC_ENOMEM)
        return TOC_OK;
    if (!rc)
        rc = toc_indicator_find(conn, owner, type, keys, ids, &count, err);
    if (!rc)
        *id = count ? ids[0] : 0;
    return rc;
}

toc_rc toc__indicator_by_summary(toc_conn *conn, int64_t owner, const toc_type *type,
                                 toc_str summary, toc_arena *arena, int64_t *id, toc_str keys[3],
                                 toc_error *err)
{
    *id = 0;
    toc_rc rc = find_once(conn, owner, type, summary, arena, id, keys, err);
    /* Form-encoding clients mean a blank by '+'. */
    if (rc || *id || toc_str_find_char(summary, '+') < 0)
        return rc;
    toc_str blanks = toc_arena_str(arena, summary);
    if (!blanks.ptr)
        return toc_error_nomem(err);
    char *text = (char *)(uintptr_t)blanks.ptr;
    for (size_t i = 0; i < blanks.len; i++)
        text[i] = text[i] == '+' ? ' ' : text[i];
    return find_once(conn, owner, type, blanks, arena, id, keys, err);
}

/* --- places -------------------------------------------------------------------------------- */

static toc_rc indicator_place(toc_call *call, toc_str branch, toc_str value, toc_place *place,
                              toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = toc__branch(call, TOC_KIND_INDICATOR, branch, &place->type, err);
    if (!rc)
        rc = toc__indicator_by_summary(call->conn, call->owner.id, place->type, value, &call->arena,
                                       &id, place->keys, err);
    if (!rc && !id)
        rc = toc__refuse_missing(err);
    place->target = (toc_target){TOC_KIND_INDICATOR, id};
    return rc;
}

static toc_rc group_place(toc_call *call, toc_str branch, toc_str number, toc_place *place,
                          toc_error *err)
{
    int64_t id = 0, count = 0;
    toc_rc rc = toc__branch(call, TOC_KIND_GROUP, branch, &place->type, err);
    if (rc)
        return rc;
    if (!toc_str_to_int(number, &id) || id <= 0)
        return toc__refuse_missing(err);
    toc_query query = {
        .owner = call->owner.id, .kind = TOC_KIND_GROUP, .type = place->type, .id = id};
    rc = toc_object_count(call->conn, &query, &count, err);
    if (!rc && !count)
        rc = toc__refuse_missing(err);
    place->target = (toc_target){TOC_KIND_GROUP, id};
    return rc;
}

toc_rc toc__first_place(toc_call *call, toc_place *place, toc_error *err)
{
    *place = (toc_place){0};
    if (call->args[TOC_ARG_IT].ptr)
        return indicator_place(call, call->args[TOC_ARG_IT], call->args[TOC_ARG_IV], place, err);
    return group_place(call, call->args[TOC_ARG_GT], call->args[TOC_ARG_GID], place, err);
}

toc_rc toc__second_place(toc_call *call, toc_place *place, toc_error *err)
{
    *place = (toc_place){0};
    if (call->args[TOC_ARG_IT2].ptr)
        return indicator_place(call, call->args[TOC_ARG_IT2], call->args[TOC_ARG_IV2], place, err);
    return group_place(call, call->args[TOC_ARG_GT2], call->args[TOC_ARG_GID2], place, err);
}

static toc_rc count_attribute(void *user, const toc_attribute *attribute)
{
    (void)attribute;
    ++*(int *)user;
    return TOC_OK;
}

toc_rc toc__attribute_id(toc_call *call, toc_target target, int64_t *id, toc_error *err)
{
    int found = 0;
    if (!toc_str_to_int(call->args[TOC_ARG_ATTR], id) || *id <= 0)
        return toc__refuse_missing(err);
    toc_rc rc =
        toc_attribute_each(call->conn, target, *id, false, 0, 1, count_attribute, &found, err);
    if (rc == TOC_OK && !found)
        return toc__refuse_missing(err);
    return rc;
}

toc_rc toc__target(toc_call *call, toc_target *target, toc_error *err)
{
    toc_place place;
    int64_t id = 0;
    toc_rc rc = toc__first_place(call, &place, err);
    if (rc)
        return rc;
    *target = place.target;
    if (!call->args[TOC_ARG_ATTR].ptr)
        return TOC_OK;
    rc = toc__attribute_id(call, place.target, &id, err);
    *target = (toc_target){TOC_KIND_ATTRIBUTE, id};
    return rc;
}

toc_rc toc__through_parent(toc_call *call, toc_query *query, toc_error *err)
{
    toc_place place;
    toc_rc rc;
    switch (call->route->parent) {
    case TOC_PARENT_TAG:
        rc = toc_tag_id(call->conn, call->owner.id, call->args[TOC_ARG_TAG], false, &query->tag,
                        err);
        return !rc && !query->tag ? toc__refuse_missing(err) : rc;
    case TOC_PARENT_LABEL:
        rc =
            toc_label_id(call->conn, call->owner.id, call->args[TOC_ARG_LABEL], &query->label, err);
        return !rc && !query->label ? toc__refuse_missing(err) : rc;
    case TOC_PARENT_OBJECT:
        rc = toc__first_place(call, &place, err);
        query->linked = true;
        query->linked_kind = place.target.kind;
        query->linked_id = place.target.id;
        return rc;
    default:
        return TOC_OK;
    }
}

/* --- answers ------------------------------------------------------------------------------- */

static toc_rc add_tag_links(toc_call *call, toc_object *obj)
{
    for (toc_tag *tag = obj->tags.first; tag; tag = tag->next) {
        tag->web_link = toc_arena_str(obj->arena, toc__tag_link(call, tag->name));
        if (!tag->web_link.ptr)
            return TOC_ENOMEM;
    }
    return TOC_OK;
}

toc_rc toc__write_object(toc_call *call, int64_t id, toc_object *obj, toc_form form, unsigned with)
{
    if ((with & TOC_WITH_TAGS) && add_tag_links(call, obj))
        return TOC_ENOMEM;
    if (form == TOC_FORM_DETAIL)
        obj->owner = (toc_owner_ref){call->owner.id, call->owner.name, call->owner.type};
    toc__object_set_int(obj, TOC_SLOT_ID, id);
    toc__object_set_text(obj, TOC_SLOT_OWNER_NAME, call->owner.name);
    toc__object_set_text(obj, TOC_SLOT_WEB_LINK, toc__web_link(call, obj->type, id, obj));
    toc_codec_encode(&call->out, obj, form, with);
    return call->body.failed;
}

typedef struct single {
    toc_call *call;
    toc_form form;
    unsigned with;
    bool found;
} single;

static toc_rc write_single(void *user, int64_t id, toc_object *obj)
{
    single *one = user;
    one->found = true;
    toc__json_key(&one->call->out, obj->type->entity);
    return toc__write_object(one->call, id, obj, one->form, one->with);
}

toc_rc toc__answer_object(toc_call *call, const toc_query *query, toc_form form, int status,
                          toc_error *err)
{
    single one = {.call = call, .form = form, .with = toc__sections(call)};
    toc_query with = *query;
    with.with = one.with;
    with.limit = 1;
    with.inactive = true;
    toc__begin(call, status);
    toc_rc rc = toc_object_each(call->conn, &with, write_single, &one, err);
    if (!rc && !one.found)
        rc = toc__refuse_missing(err);
    toc__end(call);
    return rc;
}

toc_rc toc__answer_by_id(toc_call *call, const toc_type *type, int64_t id, int status,
                         toc_error *err)
{
    toc_query query = {.owner = call->owner.id, .kind = type->kind, .type = type, .id = id};
    return toc__answer_object(call, &query, TOC_FORM_DETAIL, status, err);
}

unsigned toc__sections(const toc_call *call)
{
    static const struct {
        const char *word;
        unsigned section;
    } words[] = {{"additional", TOC_WITH_ADDITIONAL},
                 {"attributes", TOC_WITH_ATTRIBUTES},
                 {"labels", TOC_WITH_LABELS},
                 {"tags", TOC_WITH_TAGS}};
    unsigned with = 0;
    for (size_t i = 0; i < call->parts.param_count; i++) {
        const toc_param *param = &call->parts.params[i];
        for (size_t k = 0; k < TOC_COUNT(words); k++) {
            if (toc_str_equal(param->name, TOC_S("includes")) &&
                toc_str_equal_fold(param->value, toc_str_of(words[k].word)))
                with |= words[k].section;
        }
    }
    if (toc_target_flag(&call->parts, "includeAdditional"))
        with |= TOC_WITH_ADDITIONAL;
    if (toc_target_flag(&call->parts, "includeAttributes"))
        with |= TOC_WITH_ATTRIBUTES;
    if (toc_target_flag(&call->parts, "includeTags"))
        with |= TOC_WITH_TAGS;
    return with;
}
