/* lists.c - lists of objects, alone or through what they carry or are linked with. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "filter/filter.h"
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

static toc_rc parse_filters(toc_incoming *call, toc_str filters, toc_query *query, toc_terms *terms,
                            toc_error *err)
{
    int resource = toc__kind_resource(query->kind);
    if (resource < 0)
        return toc__refuse(err, 400, "The filters for this request are invalid: there are none");
    toc_rc rc = toc_terms_parse(filters, (toc_filter_resource)resource, query->type, &call->arena,
                                terms, err);
    if (rc == TOC_EPARSE || rc == TOC_EINVAL)
        return toc__refuse(err, 400, "The filters for this request are invalid: %s", err->message);
    terms->any = toc_target_flag(&call->parts, "orParams");
    query->terms = terms;
    return rc;
}

/* Filters of rest-v2 1.12 and modifiedSince. */
static toc_rc read_filters(toc_incoming *call, toc_query *query, toc_terms *terms, toc_error *err)
{
    toc_str filters = toc_target_param(&call->parts, "filters");
    toc_str since = toc_target_param(&call->parts, "modifiedSince");
    if (filters.len) {
        toc_rc rc = parse_filters(call, filters, query, terms, err);
        if (rc)
            return rc;
    }
    if (since.len && query->kind == TOC_KIND_INDICATOR) {
        if (!toc_time_parse(since, &query->modified_since))
            return toc__refuse(err, 400,
                               "Please enter the modifiedSince in number of milliseconds since "
                               "January 1, 1970, 00:00:00 GMT");
        query->has_since = true;
    }
    return TOC_OK;
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
