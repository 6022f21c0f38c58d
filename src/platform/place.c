#include "platform/place.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"
#include "platform/assess.h"
#include "platform/owners.h"
#include "platform/people.h"

toc_rc toc__branch(toc_incoming *call, toc_kind kind, toc_str word, const toc_type **type,
                   toc_error *err)
{
    const toc_type *found = toc_types_find(toc_store_types(call->platform->store), kind, word);
    if (!found)
        return toc__refuse_missing(err);
    *type = found;
    return TOC_OK;
}

toc_rc toc__need_file(const toc_type *type, toc_error *err)
{
    if (type->traits & TOC_TYPE_HASHES)
        return TOC_OK;
    return toc__refuse(err, 400, "This %s is not a File", type->name);
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

/* Where a path names an object of a kind: the values that hold its branch and its identity. */
typedef struct place_row {
    toc_kind kind;
    int branch; /* NO_BRANCH: the kind has one type */
    toc_arg identity;
} place_row;
#define NO_BRANCH (-1)

/* An object that stands first, or behind another one, or that the first one holds. */
static const place_row firsts[] = {
    {TOC_KIND_INDICATOR, TOC_ARG_IT, TOC_ARG_IV},
    {TOC_KIND_GROUP, TOC_ARG_GT, TOC_ARG_GID},
    {TOC_KIND_TASK, NO_BRANCH, TOC_ARG_TID},
    {TOC_KIND_VICTIM, NO_BRANCH, TOC_ARG_VID},
};
static const place_row seconds[] = {
    {TOC_KIND_INDICATOR, TOC_ARG_IT2, TOC_ARG_IV2},     {TOC_KIND_GROUP, TOC_ARG_GT2, TOC_ARG_GID2},
    {TOC_KIND_TASK, NO_BRANCH, TOC_ARG_TID2},           {TOC_KIND_VICTIM, NO_BRANCH, TOC_ARG_VID2},
    {TOC_KIND_VICTIM_ASSET, TOC_ARG_AT2, TOC_ARG_AID2},
};
static const place_row held[] = {
    {TOC_KIND_VICTIM_ASSET, TOC_ARG_AT, TOC_ARG_AID},
    {TOC_KIND_ADVERSARY_ASSET, TOC_ARG_AT, TOC_ARG_AID},
};

static const struct place_rows {
    const place_row *rows;
    size_t count;
} listed[] = {
    [TOC_PARENT_NONE] = {firsts, TOC_COUNT(firsts)},
    [TOC_PARENT_OBJECT] = {seconds, TOC_COUNT(seconds)},
    [TOC_PARENT_TAG] = {seconds, TOC_COUNT(seconds)},
    [TOC_PARENT_LABEL] = {seconds, TOC_COUNT(seconds)},
    [TOC_PARENT_HOLDER] = {held, TOC_COUNT(held)},
};

static const place_row *row_of_kind(const place_row *rows, size_t count, toc_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == kind)
            return &rows[i];
    }
    return NULL;
}

/* The row whose values the path has. */
static const place_row *row_of_path(const toc_incoming *call, const place_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (call->args[rows[i].identity].ptr)
            return &rows[i];
    }
    return NULL;
}

static toc_rc row_type(toc_incoming *call, const place_row *row, const toc_type **type,
                       toc_error *err)
{
    toc_str word =
        row->branch == NO_BRANCH ? toc_str_of(toc_kind_branch(row->kind)) : call->args[row->branch];
    return toc__branch(call, row->kind, word, type, err);
}

toc_rc toc__route_type(toc_incoming *call, const toc_type **type, toc_error *err)
{
    const struct place_rows *rows = &listed[call->route->parent];
    const place_row *row = row_of_kind(rows->rows, rows->count, call->route->kind);
    *type = NULL;
    if (!row || row->branch == NO_BRANCH || !call->args[row->branch].ptr)
        return TOC_OK;
    return row_type(call, row, type, err);
}

toc_rc toc__find_numbered(toc_incoming *call, toc_query *query, toc_str number, int64_t *id,
                          toc_error *err)
{
    int64_t count = 0;
    *id = 0;
    if (!toc_str_to_int(number, &query->id) || query->id <= 0)
        return TOC_OK;
    toc_rc rc = toc_object_count(call->conn, query, &count, err);
    if (!rc && count)
        *id = query->id;
    return rc;
}

static toc_rc find_in(toc_incoming *call, int64_t owner, const place_row *row, int64_t parent,
                      toc_place *place, toc_error *err)
{
    toc_str identity = call->args[row->identity];
    toc_query query = {.owner = owner, .kind = row->kind, .type = place->type, .parent = parent};
    place->target = (toc_target){.kind = row->kind};
    if (row->kind == TOC_KIND_INDICATOR)
        return toc__indicator_by_summary(call->conn, owner, place->type, identity, &call->arena,
                                         &place->target.id, place->keys, err);
    return toc__find_numbered(call, &query, identity, &place->target.id, err);
}

static toc_rc take_place(toc_incoming *call, const place_row *row, int64_t parent, toc_place *place,
                         toc_error *err)
{
    *place = (toc_place){0};
    if (!row)
        return toc__refuse_missing(err);
    toc_rc rc = row_type(call, row, &place->type, err);
    if (!rc)
        rc = find_in(call, call->owner.id, row, parent, place, err);
    return !rc && !place->target.id ? toc__refuse_missing(err) : rc;
}

toc_rc toc__holder(toc_incoming *call, toc_place *holder, toc_error *err)
{
    toc_rc rc = take_place(call, row_of_path(call, firsts, TOC_COUNT(firsts)), 0, holder, err);
    bool holds = !rc && (call->route->kind != TOC_KIND_ADVERSARY_ASSET ||
                         (holder->type && (holder->type->traits & TOC_TYPE_ASSETS)));
    return !rc && !holds ? toc__refuse_missing(err) : rc;
}

toc_rc toc__first_place(toc_incoming *call, toc_place *place, toc_error *err)
{
    toc_place holder;
    if (call->route->parent != TOC_PARENT_HOLDER)
        return take_place(call, row_of_path(call, firsts, TOC_COUNT(firsts)), 0, place, err);
    toc_rc rc = toc__holder(call, &holder, err);
    return rc ? rc
              : take_place(call, row_of_kind(held, TOC_COUNT(held), call->route->kind),
                           holder.target.id, place, err);
}

toc_rc toc__first_owner(toc_incoming *call, int64_t *owner, toc_error *err)
{
    const place_row *row = row_of_path(call, firsts, TOC_COUNT(firsts));
    int64_t id = 0;
    *owner = 0;
    if (!row || row->kind == TOC_KIND_INDICATOR ||
        !toc_str_to_int(call->args[row->identity], &id) || id <= 0)
        return TOC_OK;
    return toc_entity_owner(call->conn, row->kind, id, owner, err);
}

toc_rc toc__second_place(toc_incoming *call, toc_place *place, toc_error *err)
{
    return take_place(call, row_of_path(call, seconds, TOC_COUNT(seconds)), 0, place, err);
}

typedef struct seeker {
    toc_incoming *call;
    const place_row *row;
    toc_place place;
    bool found;
    toc_error *err;
} seeker;

static toc_rc seek(void *user, const toc_store_owner *owner)
{
    seeker *all = user;
    if (all->found || owner->id == all->call->owner.id)
        return TOC_OK;
    toc_rc rc = find_in(all->call, owner->id, all->row, 0, &all->place, all->err);
    all->found = !rc && all->place.target.id;
    return rc;
}

toc_rc toc__second_elsewhere(toc_incoming *call, bool *found, toc_error *err)
{
    seeker all = {.call = call, .err = err};
    all.row = row_of_path(call, seconds, TOC_COUNT(seconds));
    toc_rc rc = all.row ? row_type(call, all.row, &all.place.type, err) : TOC_OK;
    if (!rc && all.row)
        rc = toc__each_owner(call, seek, &all, err);
    *found = all.found;
    return rc;
}

toc_rc toc__first_anywhere(toc_incoming *call, toc_place *place, toc_error *err)
{
    seeker all = {.call = call, .err = err};
    toc_rc rc = toc__first_place(call, place, err);
    if (rc != TOC_EHTTP || toc_target_param(&call->parts, "owner").len)
        return rc;
    all.row = row_of_path(call, firsts, TOC_COUNT(firsts));
    rc = all.row ? row_type(call, all.row, &all.place.type, err) : TOC_OK;
    if (!rc && all.row)
        rc = toc__each_owner(call, seek, &all, err);
    if (rc || !all.found)
        return rc ? rc : toc__refuse_missing(err);
    *place = all.place;
    return TOC_OK;
}

static toc_rc count_attribute(void *user, const toc_attribute *attribute)
{
    (void)attribute;
    ++*(int *)user;
    return TOC_OK;
}

toc_rc toc__attribute_id(toc_incoming *call, toc_target target, int64_t *id, toc_error *err)
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

toc_rc toc__target(toc_incoming *call, toc_target *target, toc_error *err)
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

toc_rc toc__through_parent(toc_incoming *call, toc_query *query, toc_error *err)
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
        query->association = call->association;
        return rc;
    case TOC_PARENT_HOLDER:
        rc = toc__holder(call, &place, err);
        query->parent = place.target.id;
        return rc;
    default:
        return TOC_OK;
    }
}

/* --- answers ------------------------------------------------------------------------------- */

static toc_rc add_tag_links(toc_incoming *call, toc_object *obj)
{
    for (toc_tag *tag = obj->tags.first; tag; tag = tag->next) {
        toc_str link = toc__tag_link(call, tag->name);
        tag->web_link = link.ptr ? toc_arena_str(obj->arena, link) : link;
        if (!tag->web_link.ptr)
            return TOC_ENOMEM;
    }
    return TOC_OK;
}

toc_rc toc__show_author(toc_incoming *call, toc_object *obj)
{
    toc_str name = toc__object_text(obj, TOC_SLOT_CREATED_BY), shown;
    if (!name.len)
        return TOC_OK;
    toc_rc rc = toc_author_shown(call->conn, call->owner.id, name, obj->arena, &shown, NULL);
    if (!rc && shown.len)
        toc__object_set_text(obj, TOC_SLOT_CREATED_BY, shown);
    else
        toc__object_clear(obj, TOC_SLOT_CREATED_BY);
    return rc;
}

/* Values that the store does not keep. */
static toc_rc complete(toc_incoming *call, int64_t id, toc_object *obj, toc_form form)
{
    toc_str link = toc__web_link(call, obj->type, id, obj);
    if (!link.ptr)
        return TOC_ENOMEM;
    if (form == TOC_FORM_DETAIL)
        obj->owner = (toc_owner_ref){call->owner.id, call->owner.name, call->owner.type};
    toc__object_set_int(obj, TOC_SLOT_ID, id);
    toc__object_set_text(obj, TOC_SLOT_OWNER_NAME, call->owner.name);
    toc__object_set_text(obj, TOC_SLOT_WEB_LINK, link);
    if (obj->type->kind == TOC_KIND_TASK)
        toc__task_states(call, obj);
    return TOC_OK;
}

/* Members that are no fields. */
static toc_rc write_more(toc_incoming *call, int64_t id, const toc_object *obj, toc_form form,
                         unsigned with)
{
    if (obj->type->kind == TOC_KIND_TASK && form == TOC_FORM_DETAIL)
        return toc__write_people(call, id);
    if (with & TOC_WITH_ADDITIONAL)
        toc__write_holders(call, obj);
    return TOC_OK;
}

toc_rc toc__write_object(toc_incoming *call, int64_t id, toc_object *obj, toc_form form,
                         unsigned with)
{
    if ((with & TOC_WITH_TAGS) && add_tag_links(call, obj))
        return TOC_ENOMEM;
    toc_rc rc = complete(call, id, obj, form);
    if (!rc && (with & TOC_WITH_ADDITIONAL))
        rc = toc__show_author(call, obj);
    if (!rc)
        rc = toc__assess(call, obj, with);
    if (rc)
        return rc;
    toc_codec_encode_open(&call->out, obj, form, with);
    rc = write_more(call, id, obj, form, with);
    toc_json_object_end(&call->out);
    return rc ? rc : call->body.failed;
}

typedef struct single {
    toc_incoming *call;
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

toc_rc toc__answer_object(toc_incoming *call, const toc_query *query, toc_form form, int status,
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

toc_rc toc__answer_by_id(toc_incoming *call, const toc_type *type, int64_t id, int status,
                         toc_error *err)
{
    toc_query query = {.owner = call->owner.id, .kind = type->kind, .type = type, .id = id};
    return toc__answer_object(call, &query, TOC_FORM_DETAIL, status, err);
}

unsigned toc__sections(const toc_incoming *call)
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
