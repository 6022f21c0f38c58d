/* bulk.c - bulk reports. */
#include "tocsin/bulk.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/members.h"
#include "client/session.h"
#include "filter/filter.h"
#include "intel/act.h"
#include "intel/list.h"

#define PATH "/v2/indicators/bulk"
#define STATUS_MEMORY (64U * 1024U)

static toc_rc check_filter(const toc_filter *filter, toc_error *err)
{
    if (filter->kind != TOC_KIND_INDICATOR)
        return toc_error_field(err, TOC_EINVAL, "filter", "bulk reports hold indicators only");
    if (filter->api.count || filter->terms.count || filter->joins.count ||
        filter->modified_since.len)
        return toc_error_field(err, TOC_EINVAL, "filter",
                               "bulk reports take owners and post filters only");
    return TOC_OK;
}

toc_rc toc_bulk_open(toc_session *sess, const char *owner, bool on_demand, const toc_filter *filter,
                     toc_list **list, toc_error *err)
{
    if (!sess || !list)
        return toc_error_set(err, TOC_EINVAL, "toc_bulk_open needs a session and a place");
    toc_rc rc = filter ? check_filter(filter, err) : TOC_OK;
    if (rc)
        return rc;
    const char *fallback = filter && !filter->any_owner ? sess->options.owner : NULL;
    toc_list_source source = {.kind = TOC_KIND_INDICATOR,
                              .path = PATH "/json",
                              .owner = owner ? owner : fallback,
                              .owners = !owner,
                              .bare = true,
                              .spooled = true,
                              .check_owner = true,
                              .query = on_demand ? "runNow" : NULL,
                              .value = "true",
                              .description = filter || owner ? "filter by owner" : NULL};
    return toc__list_open_source(sess, &source, filter, list, err);
}

toc_rc toc_bulk_csv(toc_session *sess, const char *owner, toc_sink_fn fn, void *user,
                    toc_error *err)
{
    if (!sess || !fn)
        return toc_error_set(err, TOC_EINVAL, "toc_bulk_csv needs a session and a function");
    static const char *const types[] = {"text/csv", "application/csv", "text/plain",
                                        "application/octet-stream"};
    toc_call call = {.path = PATH "/csv", .owner = toc__session_owner_or(sess, owner)};
    return toc__deliver(sess, &call, (toc_media){types, TOC_COUNT(types)}, fn, user, err);
}

static toc_rc read_state(toc_str json, toc_bulk_state *state, toc_error *err)
{
    toc_str name = {NULL, 0}, next = name, last = name, status = name, csv = name, list = name;
    const toc_text_member members[] = {{"name", &name},      {"nextRun", &next},
                                       {"lastRun", &last},   {"status", &status},
                                       {"csvEnabled", &csv}, {"jsonEnabled", &list}};
    toc_arena arena TOC_CLEANUP(toc_arena_done) = {0};
    toc_arena_init(&arena, STATUS_MEMORY);
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, &arena);
    toc_json_event event = toc_json_next(&reader);
    if (event == TOC_JSON_ARRAY)
        event = toc_json_next(&reader);
    if (event != TOC_JSON_OBJECT)
        return toc_error_set(err, TOC_EPROTO, "the answer holds no state of bulk reports");
    if (!toc__members_read(&reader, members, TOC_COUNT(members)))
        return toc__envelope_broken(&reader, err);
    toc__members_keep(name, state->name, sizeof(state->name));
    toc__members_keep(next, state->next_run, sizeof(state->next_run));
    toc__members_keep(last, state->last_run, sizeof(state->last_run));
    toc__members_keep(status, state->status, sizeof(state->status));
    state->csv_enabled = toc_str_equal_fold(csv, TOC_S("true"));
    state->json_enabled = toc_str_equal_fold(list, TOC_S("true"));
    return TOC_OK;
}

toc_rc toc_bulk_status(toc_session *sess, const char *owner, toc_bulk_state *state, toc_error *err)
{
    if (!sess || !state)
        return toc_error_set(err, TOC_EINVAL, "toc_bulk_status needs a session and a place");
    toc_call call = {.path = PATH, .owner = toc__session_owner_or(sess, owner)};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = toc_session_call(sess, &call, &response, err);
    toc_str json = {NULL, 0};
    if (!rc)
        rc = toc__envelope_data(response, TOC_S("bulkStatus"), &json, err);
    toc_bulk_state found = {.csv_enabled = false};
    if (!rc)
        rc = read_state(json, &found, err);
    if (!rc)
        *state = found;
    return rc;
}
