/* owners.c - owners, the caller, and the clients' log lines. */
#include "platform/owners.h"

#include "base/str.h"
#include "platform/handlers.h"

void toc__write_owner(toc_json_writer *writer, const toc_store_owner *owner)
{
    toc_json_object(writer);
    toc__json_count(writer, "id", owner->id);
    toc_json_kv_str(writer, "name", owner->name);
    toc_json_kv_str(writer, "type", owner->type);
}

typedef struct owner_node {
    struct owner_node *next;
    toc_store_owner owner;
} owner_node;

typedef struct owner_list {
    toc_incoming *call;
    owner_node *first, **last;
    int64_t count;
} owner_list;

static toc_rc collect(void *user, const toc_store_owner *owner)
{
    owner_list *list = user;
    owner_node *node = toc_arena_zalloc(&list->call->arena, sizeof(*node));
    if (!node)
        return TOC_ENOMEM;
    node->owner.id = owner->id;
    node->owner.name = toc_arena_str(&list->call->arena, owner->name);
    node->owner.type = toc_arena_str(&list->call->arena, owner->type);
    if (!node->owner.name.ptr || !node->owner.type.ptr)
        return TOC_ENOMEM;
    *list->last = node;
    list->last = &node->next;
    list->count++;
    return TOC_OK;
}

static toc_rc owners_of(toc_incoming *call, owner_list *list, toc_error *err)
{
    *list = (owner_list){.call = call};
    list->last = &list->first;
    return toc_owner_each(call->conn, call->trusted ? 0 : call->user.id, collect, list, err);
}

toc_rc toc__each_owner(toc_incoming *call, toc_owner_fn fn, void *user, toc_error *err)
{
    owner_list list;
    toc_rc rc = owners_of(call, &list, err);
    for (const owner_node *node = list.first; node && !rc; node = node->next)
        rc = fn(user, &node->owner);
    return rc;
}

static void answer_owner(toc_incoming *call)
{
    toc__begin(call, 200);
    toc__json_key(&call->out, "owner");
    toc__write_owner(&call->out, &call->owner);
    toc_json_object_end(&call->out);
    toc__end(call);
}

toc_rc toc__owners_list(toc_incoming *call, toc_error *err)
{
    owner_list list;
    toc_page page;
    int64_t at = 0;
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc)
        rc = owners_of(call, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : list.count, "owner");
    for (const owner_node *node = list.first; node; node = node->next, at++) {
        if (!toc__on_page(&page, at))
            continue;
        toc__write_owner(&call->out, &node->owner);
        toc_json_object_end(&call->out);
    }
    toc__end_list(call);
    return TOC_OK;
}

toc_rc toc__owners_mine(toc_incoming *call, toc_error *err)
{
    toc_rc rc = toc__use_owner_id(call, call->user.organization, err);
    if (!rc)
        answer_owner(call);
    return rc;
}

toc_rc toc__owners_one(toc_incoming *call, toc_error *err)
{
    int64_t id;
    if (!toc_str_to_int(call->args[TOC_ARG_OID], &id) || id <= 0)
        return toc__refuse_missing(err);
    toc_rc rc = toc__use_owner_id(call, id, err);
    if (rc == TOC_EHTTP)
        return toc__refuse_missing(err);
    if (!rc)
        answer_owner(call);
    return rc;
}

toc_rc toc__whoami(toc_incoming *call, toc_error *err)
{
    const toc_store_user *user = &call->user;
    (void)err;
    toc__begin(call, 200);
    toc__json_key(&call->out, "user");
    toc_json_object(&call->out);
    toc_json_kv_str(&call->out, "userName", user->access_id);
    toc_json_kv_str(&call->out, "firstName", user->first_name.ptr ? user->first_name : TOC_S(""));
    toc_json_kv_str(&call->out, "lastName", user->last_name.ptr ? user->last_name : TOC_S(""));
    toc_json_kv_str(&call->out, "pseudonym", user->pseudonym);
    toc_json_kv_str(&call->out, "role", TOC_S("Api User"));
    toc_json_object_end(&call->out);
    toc__end(call);
    return TOC_OK;
}

/* A client's word does not belong into the platform's log: lines are counted, not kept. */
toc_rc toc__logs_app(toc_incoming *call, toc_error *err)
{
    toc_json_reader reader;
    toc_json_event event;
    toc_str raw, body = call->request->body;
    int64_t count = 0;
    toc_json_reader_init(&reader, body.ptr ? body.ptr : "", body.len, &call->arena);
    if (toc_json_next(&reader) != TOC_JSON_ARRAY)
        return toc__refuse_body(err);
    while ((event = toc_json_next(&reader)) == TOC_JSON_OBJECT) {
        if (!toc_json_skip(&reader, &raw))
            return toc__refuse_body(err);
        count++;
    }
    if (event != TOC_JSON_ARRAY_END || toc_json_next(&reader) != TOC_JSON_END)
        return toc__refuse_body(err);
    toc__begin(call, 200);
    toc__json_count(&call->out, "count", count);
    toc__end(call);
    return TOC_OK;
}
