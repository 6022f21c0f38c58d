/* resolutions.c - addresses that a host had, and hosts that had an address (rest-v2 2.5, 5.7). */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/dates.h"
#include "platform/handlers.h"
#include "platform/place.h"

/* What the history names, as the owner has it; id 0: the owner does not. */
typedef struct found_node {
    struct found_node *next;
    int64_t date, id;
} found_node;

typedef struct found_list {
    toc_incoming *call;
    unsigned trait; /* of the types that are looked for */
    toc_error *err;
    found_node *first, **last;
    int64_t count; /* with an id */
} found_list;

static toc_rc note_active(void *user, int64_t id, toc_object *obj)
{
    (void)id;
    *(bool *)user = obj->values[TOC_SLOT_ACTIVE].as.boolean;
    return TOC_OK;
}

/* Like other lists these show active ones only. */
static toc_rc find_one(found_list *list, const toc_type *type, toc_str text, int64_t *id)
{
    toc_incoming *call = list->call;
    toc_str parts[3] = {text, {NULL, 0}, {NULL, 0}};
    int64_t ids[3];
    unsigned count = 0;
    bool active = false;
    toc_rc rc = toc_indicator_find(call->conn, call->owner.id, type, parts, ids, &count, list->err);
    if (rc || !count)
        return rc;
    toc_query query = {
        .owner = call->owner.id, .kind = TOC_KIND_INDICATOR, .id = ids[0], .limit = 1};
    rc = toc_object_each(call->conn, &query, note_active, &active, list->err);
    if (!rc && active)
        *id = ids[0];
    return rc;
}

static toc_rc collect(void *user, int64_t date, toc_str text)
{
    found_list *list = user;
    const toc_types *types = toc_store_types(list->call->platform->store);
    found_node *node = toc_arena_zalloc(&list->call->arena, sizeof(*node));
    toc_rc rc = TOC_OK;
    if (!node)
        return toc_error_nomem(list->err);
    node->date = date;
    for (size_t i = 0; i < toc_types_count(types) && !rc && !node->id; i++) {
        const toc_type *type = toc_types_at(types, i);
        if (type->kind == TOC_KIND_INDICATOR && (type->traits & list->trait))
            rc = find_one(list, type, text, &node->id);
    }
    if (rc)
        return rc;
    *list->last = node;
    list->last = &node->next;
    list->count += node->id != 0;
    return TOC_OK;
}

typedef struct item {
    toc_incoming *call;
    toc_form form;
} item;

static toc_rc write_item(void *user, int64_t id, toc_object *obj)
{
    const item *as = user;
    return toc__write_object(as->call, id, obj, as->form, 0);
}

static toc_rc write_found(toc_incoming *call, int64_t id, toc_form form, toc_error *err)
{
    item as = {call, form};
    toc_query query = {.owner = call->owner.id, .kind = TOC_KIND_INDICATOR, .id = id, .limit = 1};
    return toc_object_each(call->conn, &query, write_item, &as, err);
}

/* Writes what has the date of the node and returns what comes after. */
static toc_rc write_date(toc_incoming *call, const found_node **node, toc_error *err)
{
    int64_t date = (*node)->date;
    toc_rc rc = TOC_OK;
    toc_json_object(&call->out);
    toc__json_date(&call->out, "resolutionDate", date);
    toc__json_key(&call->out, "addresses");
    toc_json_array(&call->out);
    for (; *node && (*node)->date == date && !rc; *node = (*node)->next)
        if ((*node)->id)
            rc = write_found(call, (*node)->id, TOC_FORM_LIST, err);
    toc_json_array_end(&call->out);
    toc_json_object_end(&call->out);
    return rc;
}

static toc_rc answer_addresses(toc_incoming *call, toc_str host, const toc_page *page,
                               toc_error *err)
{
    found_list list = {.call = call, .trait = TOC_TYPE_RESOLVED, .err = err};
    int64_t dates = -1;
    toc_rc rc = TOC_OK;
    list.last = &list.first;
    if (!page->start)
        rc = toc_resolution_dates(call->conn, host, &dates, err);
    if (!rc)
        rc = toc_resolution_each(call->conn, host, page->start, page->limit, collect, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, dates, "dnsResolution");
    for (const found_node *node = list.first; node && !rc;)
        rc = write_date(call, &node, err);
    toc__end_list(call);
    return rc;
}

static toc_rc answer_hosts(toc_incoming *call, toc_str address, const toc_page *page,
                           toc_error *err)
{
    found_list list = {.call = call, .trait = TOC_TYPE_RESOLVES, .err = err};
    int64_t at = 0;
    list.last = &list.first;
    toc_rc rc = toc_resolved_each(call->conn, address, collect, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page->start ? -1 : list.count, "indicator");
    for (const found_node *node = list.first; node && !rc; node = node->next) {
        if (!node->id)
            continue;
        if (toc__on_page(page, at))
            rc = write_found(call, node->id, TOC_FORM_SUMMARY, err);
        at++;
    }
    toc__end_list(call);
    return rc;
}

toc_rc toc__resolutions(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_page page;
    toc_rc rc = toc__page(call, false, &page, err);
    if (!rc)
        rc = toc__first_place(call, &place, err);
    if (rc)
        return rc;
    if (place.type->traits & TOC_TYPE_RESOLVES)
        return answer_addresses(call, place.keys[0], &page, err);
    if (place.type->traits & TOC_TYPE_RESOLVED)
        return answer_hosts(call, place.keys[0], &page, err);
    return toc__refuse_missing(err);
}
