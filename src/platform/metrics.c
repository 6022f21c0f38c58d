/* metrics.c - custom metrics of the caller's organization (rest-v2 2.18, 3.14). */
#include <math.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "model/check.h"
#include "platform/dates.h"
#include "platform/handlers.h"

#define INVALID "The %s for this Custom Metric is invalid"

/* --- what reports make of an interval ------------------------------------------------------- */

/* next: one report, with first as its date. before has a weight. */
typedef void (*combine_fn)(toc_metric_value *before, const toc_metric_value *next);

static void combine_average(toc_metric_value *before, const toc_metric_value *next)
{
    double weight = (double)before->weight, more = (double)next->weight;
    /* Large values would overflow as a sum. */
    before->value += (next->value - before->value) * (more / (weight + more));
}

static void combine_sum(toc_metric_value *before, const toc_metric_value *next)
{
    before->value += next->value;
}

static void combine_first(toc_metric_value *before, const toc_metric_value *next)
{
    if (next->first < before->first)
        before->value = next->value;
}

static void combine_last(toc_metric_value *before, const toc_metric_value *next)
{
    if (next->first >= before->last)
        before->value = next->value;
}

static void combine_max(toc_metric_value *before, const toc_metric_value *next)
{
    before->value = next->value > before->value ? next->value : before->value;
}

static void combine_min(toc_metric_value *before, const toc_metric_value *next)
{
    before->value = next->value < before->value ? next->value : before->value;
}

typedef struct data_type {
    const char *name;
    combine_fn combine;
    bool counts; /* a report without a value is one */
} data_type;

static const data_type data_types[] = {
    {"Average", combine_average, false}, {"Count", combine_sum, true},
    {"First", combine_first, false},     {"Last", combine_last, false},
    {"Max", combine_max, false},         {"Min", combine_min, false},
    {"Sum", combine_sum, false},
};

/* --- intervals ------------------------------------------------------------------------------ */

/* Either in seconds from an origin, or the date's text with its tail replaced. */
typedef struct interval {
    const char *name;
    int64_t seconds, origin;
    const char *tail;
} interval;

#define HOUR 3600
#define DAY 86400
#define FIRST_MONDAY (4 * DAY) /* 1970-01-05 */

static const interval intervals[] = {
    {"Hourly", HOUR, 0, NULL},
    {"Daily", DAY, 0, NULL},
    {"Weekly", 7 * DAY, FIRST_MONDAY, NULL},
    {"Monthly", 0, 0, "01T00:00:00Z"},
    {"Yearly", 0, 0, "01-01T00:00:00Z"},
};

static int64_t start_of(const interval *every, int64_t date)
{
    char text[TOC_TIME_TEXT];
    int64_t start = date;
    if (every->tail) {
        toc_str tail = toc_str_of(every->tail);
        size_t len = toc_time_format(date, text);
        memcpy(text + len - tail.len, tail.ptr, tail.len);
        (void)toc_time_parse((toc_str){text, len}, &start);
        return start;
    }
    int64_t past = (date - every->origin) % every->seconds;
    return date - (past < 0 ? past + every->seconds : past);
}

/* --- words ---------------------------------------------------------------------------------- */

static const data_type *find_data_type(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(data_types); i++)
        if (toc_str_equal_fold(name, toc_str_of(data_types[i].name)))
            return &data_types[i];
    return NULL;
}

static const interval *find_interval(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(intervals); i++)
        if (toc_str_equal_fold(name, toc_str_of(intervals[i].name)))
            return &intervals[i];
    return NULL;
}

static toc_rc check_words(toc_metric *metric, toc_error *err)
{
    const data_type *type = find_data_type(metric->data_type);
    const interval *every = find_interval(metric->interval);
    if (!type)
        return toc__refuse(err, 400,
                           INVALID ", please enter one of the following values: Average, Count, "
                                   "First, Last, Max, Min, Sum",
                           "dataType");
    if (!every)
        return toc__refuse(err, 400,
                           INVALID ", please enter one of the following values: Hourly, Daily, "
                                   "Weekly, Monthly, Yearly",
                           "interval");
    metric->data_type = toc_str_of(type->name);
    metric->interval = toc_str_of(every->name);
    return TOC_OK;
}

static toc_rc check_length(const char *field, toc_str text, int maximum, toc_error *err)
{
    size_t chars = toc_str_utf8_chars(text);
    if (chars >= 1 && chars <= (size_t)maximum)
        return TOC_OK;
    return toc__refuse(err, 400, INVALID ", please enter %s %s between 1-%d characters in length",
                       field, toc__article(field), field, maximum);
}

/* --- configurations -------------------------------------------------------------------------- */

static toc_rc use_organization(toc_incoming *call, unsigned rights, toc_error *err)
{
    toc_rc rc = toc__use_owner_id(call, call->user.organization, err);
    if (!rc)
        rc = toc__need_rights(call, rights, err);
    if (!rc && (rights & ~TOC_MAY_READ))
        rc = toc__begin_write(call, err);
    return rc;
}

static toc_rc find_metric(toc_incoming *call, unsigned rights, toc_metric *metric, toc_error *err)
{
    toc_rc rc = use_organization(call, rights, err);
    if (!rc)
        rc = toc_metric_find(call->conn, call->user.organization, call->args[TOC_ARG_METRIC],
                             &call->arena, metric, err);
    return rc == TOC_ENOTFOUND ? toc__refuse_missing(err) : rc;
}

static toc_rc write_metric(void *user, const toc_metric *metric)
{
    toc_incoming *call = user;
    toc_json_object(&call->out);
    toc__json_count(&call->out, "id", metric->id);
    toc_json_kv_str(&call->out, "name", metric->name);
    toc_json_kv_str(&call->out, "dataType", metric->data_type);
    toc_json_kv_str(&call->out, "interval", metric->interval);
    toc__json_key(&call->out, "keyedValues");
    toc_json_bool(&call->out, metric->keyed);
    toc_json_kv_str(&call->out, "description", metric->description);
    toc_json_object_end(&call->out);
    return call->body.failed;
}

static toc_rc answer(toc_incoming *call, const toc_metric *metric, int status)
{
    toc__begin(call, status);
    toc__json_key(&call->out, "customMetricConfig");
    toc_rc rc = write_metric(call, metric);
    toc__end(call);
    return rc;
}

static toc_rc read_metric(toc_incoming *call, toc_metric *metric, toc_error *err)
{
    const toc_member members[] = {{"name", TOC_MEMBER_TEXT, &metric->name, NULL},
                                  {"dataType", TOC_MEMBER_TEXT, &metric->data_type, NULL},
                                  {"interval", TOC_MEMBER_TEXT, &metric->interval, NULL},
                                  {"keyedValues", TOC_MEMBER_BOOL, &metric->keyed, NULL},
                                  {"description", TOC_MEMBER_TEXT, &metric->description, NULL}};
    toc_rc rc = toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
    if (!rc)
        rc = check_length("name", metric->name, TOC_MAX_METRIC_NAME_CHARS, err);
    if (!rc && metric->description.ptr)
        rc =
            check_length("description", metric->description, TOC_MAX_METRIC_DESCRIPTION_CHARS, err);
    return rc ? rc : check_words(metric, err);
}

static toc_rc refuse_duplicate(toc_rc rc, toc_error *err)
{
    if (rc != TOC_ECONFLICT)
        return rc;
    return toc__refuse(err, 400, INVALID ", a Custom Metric with this name already exists", "name");
}

toc_rc toc__metrics_list(toc_incoming *call, toc_error *err)
{
    toc_page page;
    int64_t count = -1, organization = call->user.organization;
    toc_rc rc = toc__page(call, false, &page, err);
    if (!rc)
        rc = use_organization(call, TOC_MAY_READ, err);
    if (!rc && !page.start)
        rc = toc_metric_count(call->conn, organization, &count, err);
    if (rc)
        return rc;
    toc__begin_list(call, count, "customMetricConfig");
    rc = toc_metric_each(call->conn, organization, page.start, page.limit, write_metric, call, err);
    toc__end_list(call);
    return rc;
}

toc_rc toc__metrics_one(toc_incoming *call, toc_error *err)
{
    toc_metric metric = {0};
    toc_rc rc = find_metric(call, TOC_MAY_READ, &metric, err);
    return rc ? rc : answer(call, &metric, 200);
}

toc_rc toc__metrics_add(toc_incoming *call, toc_error *err)
{
    toc_metric metric = {.organization = call->user.organization};
    toc_rc rc = use_organization(call, TOC_MAY_WRITE, err);
    if (!rc)
        rc = read_metric(call, &metric, err);
    if (!rc)
        rc = refuse_duplicate(toc_metric_add(call->conn, &metric, err), err);
    return rc ? rc : answer(call, &metric, 201);
}

/* Values that are there were made by the old rules. */
static toc_rc check_rules(toc_incoming *call, const toc_metric *before, const toc_metric *now,
                          toc_error *err)
{
    const char *changed = NULL;
    bool used = false;
    if (!toc_str_equal(before->data_type, now->data_type))
        changed = "dataType";
    else if (!toc_str_equal(before->interval, now->interval))
        changed = "interval";
    else if (before->keyed != now->keyed)
        changed = "keyedValues";
    if (!changed)
        return TOC_OK;
    toc_rc rc = toc_metric_used(call->conn, before->id, &used, err);
    return rc || !used ? rc : toc__refuse(err, 400, INVALID ", it has values already", changed);
}

toc_rc toc__metrics_change(toc_incoming *call, toc_error *err)
{
    toc_metric before = {0};
    toc_rc rc = find_metric(call, TOC_MAY_WRITE, &before, err);
    if (rc)
        return rc;
    toc_metric metric = before;
    rc = read_metric(call, &metric, err);
    if (!rc)
        rc = check_rules(call, &before, &metric, err);
    if (!rc)
        rc = refuse_duplicate(toc_metric_change(call->conn, &metric, err), err);
    return rc ? rc : answer(call, &metric, 200);
}

toc_rc toc__metrics_remove(toc_incoming *call, toc_error *err)
{
    toc_metric metric = {0};
    toc_rc rc = find_metric(call, TOC_MAY_DELETE, &metric, err);
    if (!rc)
        rc = toc_metric_remove(call->conn, metric.id, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

/* --- data ------------------------------------------------------------------------------------ */

static toc_rc check_name(const toc_metric *metric, toc_str *name, toc_error *err)
{
    if (metric->keyed)
        return check_length("name", *name, TOC_MAX_METRIC_KEY_CHARS, err);
    *name = TOC_S("");
    return TOC_OK;
}

static toc_rc check_value(const data_type *type, toc_str text, double *value, toc_error *err)
{
    *value = 1;
    if (!text.ptr && type->counts)
        return TOC_OK;
    if (text.ptr && toc_str_to_double(text, value) && isfinite(*value))
        return TOC_OK;
    return toc__refuse(err, 400, INVALID, "value");
}

/* One report as a value of its own: first and last are its date, date is the interval's. */
static toc_rc read_report(toc_incoming *call, const toc_metric *metric, const data_type *type,
                          toc_metric_value *report, toc_error *err)
{
    toc_str value = {NULL, 0}, date = {NULL, 0}, body = toc_str_trim(call->request->body);
    const toc_member members[] = {{"value", TOC_MEMBER_TEXT, &value, NULL},
                                  {"name", TOC_MEMBER_TEXT, &report->name, NULL},
                                  {"date", TOC_MEMBER_TEXT, &date, NULL},
                                  {"weight", TOC_MEMBER_INT, &report->weight, NULL}};
    *report = (toc_metric_value){.metric = metric->id, .weight = 1, .first = call->now};
    toc_rc rc = TOC_OK;
    if (body.len || !type->counts)
        rc = toc__read_members(call, body, members, TOC_COUNT(members), err);
    if (!rc)
        rc = check_value(type, value, &report->value, err);
    if (!rc)
        rc = check_name(metric, &report->name, err);
    if (!rc && (report->weight < 1 || report->weight > TOC_MAX_METRIC_WEIGHT))
        rc = toc__refuse(err, 400, INVALID, "weight");
    if (!rc)
        rc = toc__read_date(date, "date", &report->first, err);
    report->last = report->first;
    return rc;
}

static toc_rc combine(toc_incoming *call, const data_type *type, toc_metric_value *report,
                      toc_error *err)
{
    toc_metric_value all = *report;
    toc_rc rc = toc_metric_value_get(call->conn, &all, err);
    if (rc)
        return rc;
    if (all.weight) {
        type->combine(&all, report);
        all.weight =
            all.weight > INT64_MAX - report->weight ? INT64_MAX : all.weight + report->weight;
        all.first = report->first < all.first ? report->first : all.first;
        all.last = report->last > all.last ? report->last : all.last;
        *report = all;
    }
    if (!isfinite(report->value))
        return toc__refuse(err, 400, INVALID, "value");
    return toc_metric_value_put(call->conn, report, err);
}

/* Not in the usual envelope. */
static void answer_value(toc_incoming *call, const toc_metric_value *value)
{
    toc__begin_bare(call, 200);
    toc_json_object(&call->out);
    toc__json_key(&call->out, "value");
    toc_json_double(&call->out, value->value);
    toc__json_date(&call->out, "date", value->date);
    toc_json_object_end(&call->out);
}

toc_rc toc__metrics_data(toc_incoming *call, toc_error *err)
{
    toc_metric metric = {0};
    toc_metric_value report;
    toc_rc rc = find_metric(call, TOC_MAY_WRITE, &metric, err);
    if (rc)
        return rc;
    const data_type *type = find_data_type(metric.data_type);
    const interval *every = find_interval(metric.interval);
    if (!type || !every)
        return toc_error_set(err, TOC_ESTORE, "the metric %lld is damaged", (long long)metric.id);
    rc = read_report(call, &metric, type, &report, err);
    if (!rc) {
        report.date = start_of(every, report.first);
        rc = combine(call, type, &report, err);
    }
    if (rc)
        return rc;
    if (toc_target_flag(&call->parts, "returnValue"))
        answer_value(call, &report);
    else
        toc__begin_bare(call, 204);
    return TOC_OK;
}
