/* observations.c - reports about values, and what they add up to (rest-v2 2.5, 2.6, 5.5). */
#include "base/mem.h"
#include "base/str.h"
#include "platform/dates.h"
#include "platform/handlers.h"
#include "platform/place.h"

#define SECONDS_PER_DAY 86400

/* Reports of users that do not take part would not count. */
static toc_rc need_option(toc_incoming *call, toc_error *err)
{
    if (call->user.observes)
        return TOC_OK;
    return toc__refuse(err, 401, "The requested %s was not created - access was denied",
                       call->route->subject);
}

/* --- reports ------------------------------------------------------------------------------- */

/* Clients send nothing or an empty object. */
static toc_rc check_empty_body(toc_incoming *call, toc_error *err)
{
    toc_str body = toc_str_trim(call->request->body);
    return body.len ? toc__read_members(call, body, NULL, 0, err) : TOC_OK;
}

toc_rc toc__false_positive_add(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_tally all = {0};
    toc_rc rc = need_option(call, err);
    if (!rc)
        rc = check_empty_body(call, err);
    if (!rc)
        rc = toc__begin_write(call, err);
    if (!rc)
        rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = toc_false_positive_add(call->conn, place.target.id, call->user.id, call->now, &all,
                                    err);
    if (rc)
        return rc;
    toc__begin(call, 200);
    toc__json_key(&call->out, "falsePositive");
    toc_json_object(&call->out);
    toc__json_count(&call->out, "count", all.count);
    toc__json_date(&call->out, "lastReported", all.last);
    toc_json_object_end(&call->out);
    toc__end(call);
    return TOC_OK;
}

static toc_rc read_observation(toc_incoming *call, toc_observation *observation, toc_error *err)
{
    toc_str date = {NULL, 0};
    const toc_member members[] = {{"count", TOC_MEMBER_INT, &observation->count, NULL},
                                  {"dateObserved", TOC_MEMBER_TEXT, &date, NULL}};
    *observation = (toc_observation){
        .user = call->user.id, .organization = call->user.organization, .date = call->now};
    toc_rc rc = toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
    if (rc)
        return rc;
    if (observation->count < 1 || observation->count > TOC_MAX_OBSERVATIONS)
        return toc__refuse(err, 400, "The count for this Observation is invalid");
    return toc__read_date(date, "dateObserved", &observation->date, err);
}

toc_rc toc__observations_add(toc_incoming *call, toc_error *err)
{
    toc_observation observation;
    toc_place place;
    toc_rc rc = need_option(call, err);
    if (!rc)
        rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = read_observation(call, &observation, err);
    if (!rc)
        rc = toc_observation_add(call->conn, place.target.id, &observation, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

/* --- of one value -------------------------------------------------------------------------- */

static toc_rc write_day(void *user, const toc_tally *day)
{
    toc_incoming *call = user;
    toc_json_object(&call->out);
    toc__json_count(&call->out, "count", day->count);
    toc__json_date(&call->out, "dateObserved", day->last);
    toc_json_object_end(&call->out);
    return call->body.failed;
}

toc_rc toc__observations_list(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_page page;
    int64_t days = -1;
    toc_rc rc = toc__page(call, false, &page, err);
    if (!rc)
        rc = toc__first_anywhere(call, &place, err);
    if (!rc && !page.start)
        rc = toc_observation_days(call->conn, place.target.id, &days, err);
    if (rc)
        return rc;
    toc__begin_list(call, days, "observation");
    rc = toc_observation_each(call->conn, place.target.id, page.start, page.limit, write_day, call,
                              err);
    toc__end_list(call);
    return rc;
}

toc_rc toc__observation_count(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_tally all = {0}, yours = {0};
    toc_rc rc = toc__first_anywhere(call, &place, err);
    if (!rc)
        rc = toc_observation_total(call->conn, place.target.id, 0, &all, err);
    if (!rc)
        rc = toc_observation_total(call->conn, place.target.id, call->user.organization, &yours,
                                   err);
    if (rc)
        return rc;
    toc__begin(call, 200);
    toc__json_key(&call->out, "observationCount");
    toc_json_object(&call->out);
    toc__json_count(&call->out, "count", all.count);
    if (all.count)
        toc__json_date(&call->out, "lastObserved", all.last);
    toc__json_count(&call->out, "yourCount", yours.count);
    if (yours.count)
        toc__json_date(&call->out, "yourLastObserved", yours.last);
    toc_json_object_end(&call->out);
    toc__end(call);
    return TOC_OK;
}

/* --- observed most ------------------------------------------------------------------------- */

typedef struct observed_node {
    struct observed_node *next;
    toc_observed observed;
} observed_node;

typedef struct observed_list {
    toc_incoming *call;
    observed_node *first, **last;
    int64_t since, count;
} observed_list;

static toc_rc collect(void *user, const toc_observed *observed)
{
    observed_list *list = user;
    observed_node *node = toc_arena_zalloc(&list->call->arena, sizeof(*node));
    if (!node)
        return TOC_ENOMEM;
    node->observed = *observed;
    *list->last = node;
    list->last = &node->next;
    list->count++;
    return TOC_OK;
}

static toc_rc write_summary(void *user, int64_t id, toc_object *obj)
{
    toc_incoming *call = user;
    (void)id;
    toc_json_kv_str(&call->out, "summary", toc_object_summary(obj));
    return call->body.failed;
}

/* Members of other organizations go by their pseudonyms. */
static toc_rc write_observer(void *user, const toc_observer *observer)
{
    toc_incoming *call = user;
    bool colleague = observer->organization == call->user.organization;
    toc_json_object(&call->out);
    toc_json_kv_str(&call->out, "userName", colleague ? observer->access_id : observer->pseudonym);
    toc__json_date(&call->out, "userLastObservedDate", observer->tally.last);
    toc__json_count(&call->out, "count", observer->tally.count);
    toc_json_object_end(&call->out);
    return call->body.failed;
}

static toc_rc write_observed(toc_incoming *call, const toc_observed *observed, int64_t since,
                             toc_error *err)
{
    toc_query query = {
        .owner = call->owner.id, .kind = TOC_KIND_INDICATOR, .id = observed->indicator, .limit = 1};
    toc_json_object(&call->out);
    toc_rc rc = toc_object_each(call->conn, &query, write_summary, call, err);
    toc__json_count(&call->out, "observationCount", observed->tally.count);
    toc__json_date(&call->out, "lastObserved", observed->tally.last);
    toc__json_key(&call->out, "userObservedList");
    toc_json_array(&call->out);
    if (!rc)
        rc = toc_observer_each(call->conn, observed->value, since, write_observer, call, err);
    toc_json_array_end(&call->out);
    toc_json_object_end(&call->out);
    return rc;
}

toc_rc toc__observed_list(toc_incoming *call, toc_error *err)
{
    observed_list list = {.call = call, .since = call->now - SECONDS_PER_DAY};
    toc_page page;
    int64_t at = 0;
    list.last = &list.first;
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc)
        rc = toc__read_date(toc_target_param(&call->parts, "dateObserved"), "dateObserved",
                            &list.since, err);
    if (!rc)
        rc = toc_observed_each(call->conn, call->owner.id, list.since, TOC_MAX_OBSERVED, collect,
                               &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : list.count, "indicator");
    for (const observed_node *node = list.first; node && !rc; node = node->next, at++)
        if (toc__on_page(&page, at))
            rc = write_observed(call, &node->observed, list.since, err);
    toc__end_list(call);
    return rc;
}
