/* lists.c - lists of objects, alone or through what they carry or are linked with. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "filter/filter.h"
#include "platform/dates.h"
#include "platform/filters.h"
#include "platform/handlers.h"
#include "platform/place.h"

typedef struct listing {
    toc_incoming *call;
    toc_form form;
    unsigned with;
    int64_t rows, last_id;
} listing;

static toc_rc write_row(void *user, int64_t id, toc_object *obj)
{
    listing *list = user;
    list->rows++;
    list->last_id = id;
    return toc__write_object(list->call, id, obj, list->form, list->with);
}

static toc_rc read_filters(toc_incoming *call, toc_query *query, toc_terms *terms, toc_error *err)
{
    int resource = toc__kind_resource(query->kind);
    if (!toc_target_param(&call->parts, "filters").len)
        return TOC_OK;
    if (resource < 0)
        return toc__refuse(err, 400, "The filters for this request are invalid: there are none");
    query->terms = terms;
    return toc__read_filters(call, (toc_filter_resource)resource, query->type, terms, err);
}

static toc_rc read_since(toc_incoming *call, toc_query *query, toc_error *err)
{
    toc_str since = toc_target_param(&call->parts, "modifiedSince");
    query->has_since = since.len && query->kind == TOC_KIND_INDICATOR;
    return query->has_since ? toc__read_date(since, "modifiedSince", &query->modified_since, err)
                            : TOC_OK;
}

/* Continues behind the object that the last page ended with, when that is known. */
static void continue_page(toc_incoming *call, uint64_t list, const toc_page *page, toc_query *query)
{
    query->offset = page->start;
    query->limit = page->limit;
    if (!page->start)
        return;
    query->below = toc_pages_get(&call->platform->pages, list, page->start, call->now);
    if (query->below)
        query->offset = 0;
}

/* Some clients look for a type's victim assets under its own name, others under that of all assets.
 * The former refuse what they do not know; they are told by the library that they use (rest-v2
 * 2.14). */
static const char *second_name(const toc_incoming *call, const toc_query *query)
{
    toc_str agent = toc_request_header(call->request, "User-Agent");
    if (query->kind != TOC_KIND_VICTIM_ASSET || !query->type ||
        toc_str_find(agent, TOC_S("Apache-HttpClient")) >= 0)
        return NULL;
    return toc_kind_entity(query->kind);
}

static toc_rc write_page(toc_incoming *call, const toc_query *query, int64_t count, listing *list,
                         toc_error *err)
{
    const char *entity = query->type ? query->type->entity : toc_kind_entity(query->kind);
    const char *again = second_name(call, query);
    toc__begin_list(call, count, entity);
    toc_rc rc = query->limit ? toc_object_each(call->conn, query, write_row, list, err) : TOC_OK;
    if (!rc && again) {
        toc_json_array_end(&call->out);
        toc__json_key(&call->out, again);
        toc_json_array(&call->out);
        list->rows = 0;
        rc = query->limit ? toc_object_each(call->conn, query, write_row, list, err) : TOC_OK;
    }
    toc__end_list(call);
    return rc;
}

toc_rc toc__objects_list(toc_incoming *call, toc_error *err)
{
    toc_page page;
    toc_terms terms;
    toc_query query = {.owner = call->owner.id, .kind = call->route->kind};
    int64_t count = -1;
    toc_rc rc = toc__page(call, false, &page, err);
    if (!rc)
        rc = toc__route_type(call, &query.type, err);
    if (!rc)
        rc = toc__through_parent(call, &query, err);
    if (!rc)
        rc = read_filters(call, &query, &terms, err);
    if (!rc)
        rc = read_since(call, &query, err);
    if (!rc && !page.start)
        rc = toc_object_count(call->conn, &query, &count, err);
    if (rc)
        return rc;
    uint64_t name = toc_pages_list(&call->platform->pages, call->user.id, call->request->target);
    listing list = {.call = call,
                    .form = query.type ? TOC_FORM_LIST : TOC_FORM_SUMMARY,
                    .with = toc__sections(call)};
    query.with = list.with;
    continue_page(call, name, &page, &query);
    rc = write_page(call, &query, count, &list, err);
    if (!rc && list.rows && list.rows == page.limit)
        toc_pages_put(&call->platform->pages, name, page.start + list.rows, list.last_id,
                      call->now);
    return rc;
}
