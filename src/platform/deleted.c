/* deleted.c - indicators that were removed from an owner (rest-v2 2.6, 5.8). */
#include "platform/dates.h"
#include "platform/handlers.h"
#include "platform/place.h"

#define SECONDS_PER_DAY 86400

static toc_rc write_tombstone(void *user, const toc_tombstone *tombstone)
{
    toc_incoming *call = user;
    toc_json_object(&call->out);
    toc_json_kv_str(&call->out, "ownerName", call->owner.name);
    toc__json_member(&call->out, "type", tombstone->type->name);
    toc__json_date(&call->out, "dateAdded", tombstone->added);
    toc_json_kv_str(&call->out, "summary", tombstone->summary);
    toc_json_object_end(&call->out);
    return call->body.failed;
}

/* What is due to be dropped may still be in the store, and is not shown. */
static toc_rc read_query(toc_incoming *call, toc_grave_query *query, toc_error *err)
{
    int64_t kept = call->now - (int64_t)TOC_TOMBSTONE_DAYS * SECONDS_PER_DAY;
    toc_str branch = call->args[TOC_ARG_IT];
    toc_page page = {0};
    *query = (toc_grave_query){.owner = call->owner.id, .since = kept};
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc && branch.ptr)
        rc = toc__branch(call, TOC_KIND_INDICATOR, branch, &query->type, err);
    if (!rc)
        rc = toc__read_date(toc_target_param(&call->parts, "deletedSince"), "deletedSince",
                            &query->since, err);
    if (query->since < kept)
        query->since = kept;
    query->offset = page.start;
    query->limit = page.limit;
    return rc;
}

toc_rc toc__deleted_list(toc_incoming *call, toc_error *err)
{
    toc_grave_query query;
    int64_t count = -1;
    toc_rc rc = read_query(call, &query, err);
    if (!rc && !query.offset)
        rc = toc_tombstone_count(call->conn, &query, &count, err);
    if (rc)
        return rc;
    toc__begin_list(call, count, "indicator");
    rc = toc_tombstone_each(call->conn, &query, write_tombstone, call, err);
    toc__end_list(call);
    return rc;
}
