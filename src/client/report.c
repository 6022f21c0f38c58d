/* report.c - counters and entries of a session (sdk.md 8). */
#include "client/report.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/sheet.h"
#include "base/str.h"
#include "client/print.h"
#include "client/record.h"
#include "client/request.h"
#include "client/session.h"

#define PROPERTY_WIDTH 30
#define SECOND 1000000
#define DAY 86400
#define FIRST_ROOM 64

int64_t toc__report_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

void toc__report_open(toc_session *sess)
{
    sess->report.opened_us = toc__report_clock();
}

void toc_report_clear(toc_session *sess)
{
    if (!sess)
        return;
    toc_report *report = &sess->report;
    for (size_t i = 0; i < report->count; i++)
        toc_mem_free(report->entries[(report->first + i) % report->room]);
    report->first = report->count = report->bytes = 0;
}

void toc__report_done(toc_session *sess)
{
    toc_report_clear(sess);
    toc_mem_free(sess->report.entries);
    sess->report.entries = NULL;
    sess->report.room = 0;
}

void toc__report_received(toc_session *sess, uint64_t count)
{
    sess->report.stats.results_unfiltered += count;
}

void toc__report_given(toc_session *sess, uint64_t count)
{
    sess->report.stats.results_filtered += count;
}

/* Bytes that an entry and its texts take; the texts stand behind it, each terminated. */
typedef struct part {
    size_t offset; /* of the member that is to hold it */
    toc_str text;
} part;

#define PART(member, text_)                                                                        \
    {                                                                                              \
        offsetof(toc_report_entry, member), (text_)                                                \
    }

static size_t entry_size(const toc_report_entry *entry)
{
    const toc_str texts[] = {entry->description, entry->resource_type, entry->method,
                             entry->uri,         entry->target,        entry->url,
                             entry->payload,     entry->content_type,  entry->body,
                             entry->failure,     entry->filter,        entry->operator_};
    size_t size = sizeof(*entry);
    for (size_t i = 0; i < TOC_COUNT(texts); i++)
        size += texts[i].ptr ? texts[i].len + 1 : 0;
    return size;
}

static toc_report_entry *make_entry(const toc_report_entry *facts, const part *parts, size_t count)
{
    size_t size = sizeof(*facts);
    for (size_t i = 0; i < count; i++)
        size += parts[i].text.ptr ? parts[i].text.len + 1 : 0;
    toc_report_entry *made = toc_mem_alloc(size);
    if (!made)
        return NULL;
    *made = *facts;
    char *at = (char *)(made + 1);
    for (size_t i = 0; i < count; i++) {
        toc_str text = parts[i].text;
        if (!text.ptr)
            continue;
        memcpy(at, text.ptr, text.len);
        at[text.len] = '\0';
        *(toc_str *)(void *)((char *)made + parts[i].offset) = (toc_str){at, text.len};
        at += text.len + 1;
    }
    return made;
}

static void drop_oldest(toc_report *report)
{
    toc_report_entry *oldest = report->entries[report->first];
    report->bytes -= entry_size(oldest);
    toc_mem_free(oldest);
    report->first = (report->first + 1) % report->room;
    report->count--;
    report->stats.entries_dropped++;
}

static bool grow(toc_report *report)
{
    size_t room = report->room ? report->room * 2 : FIRST_ROOM;
    if (room > TOC_MAX_REPORT_ENTRIES)
        room = TOC_MAX_REPORT_ENTRIES;
    toc_report_entry **longer = toc_mem_zalloc(room, sizeof(toc_report_entry *));
    if (!longer)
        return false;
    for (size_t i = 0; i < report->count; i++)
        longer[i] = report->entries[(report->first + i) % report->room];
    toc_mem_free(report->entries);
    report->entries = longer;
    report->room = room;
    report->first = 0;
    return true;
}

/* Takes the entry over; NULL (no memory) counts as dropped. False without memory. */
static bool add_entry(toc_report *report, toc_report_entry *entry)
{
    if (report->count == TOC_MAX_REPORT_ENTRIES)
        drop_oldest(report);
    if (!entry || (report->count == report->room && !grow(report))) {
        toc_mem_free(entry);
        report->stats.entries_dropped++;
        return false;
    }
    report->entries[(report->first + report->count) % report->room] = entry;
    report->count++;
    report->bytes += entry_size(entry);
    while (report->bytes > TOC_MAX_REPORT_BYTES && report->count > 1)
        drop_oldest(report);
    return true;
}

toc_rc toc__report_post_filter(toc_session *sess, toc_str description, toc_str filter,
                               toc_str method, toc_str operator_)
{
    const part parts[] = {PART(description, description), PART(filter, filter),
                          PART(method, method), PART(operator_, operator_)};
    toc_report_entry facts = {.kind = TOC_REPORT_POST_FILTER};
    sess->report.stats.post_filters++;
    bool kept = add_entry(&sess->report, make_entry(&facts, parts, TOC_COUNT(parts)));
    return kept ? TOC_OK : TOC_ENOMEM;
}

static void count_method(toc_stats *stats, const char *method)
{
    for (size_t i = 0; i < TOC_STATS_METHODS; i++) {
        if (!stats->methods[i].count)
            stats->methods[i].method = method;
        if (!strcmp(stats->methods[i].method, method)) {
            stats->methods[i].count++;
            return;
        }
    }
}

static void count_status(toc_stats *stats, int status)
{
    for (size_t i = 0; i < TOC_STATS_STATUSES; i++) {
        bool last = i + 1 == TOC_STATS_STATUSES;
        if (!stats->statuses[i].count)
            stats->statuses[i].status = last ? -1 : status;
        if (stats->statuses[i].status == status || last) {
            stats->statuses[i].count++;
            return;
        }
    }
}

static void add_quoted(toc_buf *out, toc_str text)
{
    toc_buf_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
            toc_buf_char(out, '\\');
        toc_buf_char(out, text.ptr[i]);
    }
    toc_buf_char(out, '\'');
}

/* "{'createActivityLog': 'false'}" from the query as it was sent. */
static void print_payload(toc_buf *out, toc_str query)
{
    toc_arena arena TOC_CLEANUP(toc_arena_done) = {0};
    toc_arena_init(&arena, TOC_MAX_TARGET);
    toc_str pair;
    toc_buf_lit(out, "{");
    while (toc_str_cut(&query, '&', &pair)) {
        ptrdiff_t equals = toc_str_find_char(pair, '=');
        toc_str name = equals < 0 ? pair : toc_str_slice(pair, 0, (size_t)equals);
        toc_str value = equals < 0 ? TOC_S("") : toc_str_slice(pair, (size_t)equals + 1, pair.len);
        if (out->len > 1)
            toc_buf_lit(out, ", ");
        add_quoted(out, toc_url_decode(&arena, name, true));
        toc_buf_lit(out, ": ");
        add_quoted(out, toc_url_decode(&arena, value, true));
    }
    toc_buf_lit(out, "}");
}

static toc_str cut(toc_str text)
{
    if (text.len > TOC_MAX_REPORT_TEXT)
        text.len = toc_str_utf8_floor(text, TOC_MAX_REPORT_TEXT);
    return text;
}

static toc_str failure_text(const toc_report_exchange *exchange)
{
    if (!exchange->failure)
        return (toc_str){NULL, 0};
    toc_str body = exchange->response ? toc_response_body(exchange->response) : (toc_str){NULL, 0};
    return body.len ? cut(body) : toc_str_of(exchange->failure->message);
}

static toc_report_entry *describe(const toc_session *sess, const toc_report_exchange *exchange)
{
    const toc_call *call = exchange->call;
    toc_str sent = exchange->target;
    bool renewal = toc__record_is_renewal(sent);
    if (renewal)
        sent = toc__record_target(sent);
    toc_str target = toc_str_slice(sent, sess->prefix.len, sent.len);
    ptrdiff_t mark = toc_str_find_char(target, '?');
    toc_str uri = mark < 0 ? target : toc_str_slice(target, 0, (size_t)mark);
    toc_str query = mark < 0 ? TOC_S("") : toc_str_slice(target, (size_t)mark + 1, target.len);
    toc_buf payload TOC_CLEANUP(toc_buf_done), url TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&payload, TOC_MAX_TARGET * 4);
    toc_buf_init(&url, TOC_MAX_TARGET * 2);
    print_payload(&payload, query);
    toc_buf_str(&url, sess->base);
    toc_buf_str(&url, sent);
    if (payload.failed || url.failed)
        return NULL;
    const toc_str absent = {NULL, 0};
    toc_str body = toc__body_is_secret(call->body) ? absent : cut(call->body);
    toc_str failure = renewal ? absent : failure_text(exchange);
    toc_report_entry facts = {.kind = TOC_REPORT_CALL,
                              .status =
                                  exchange->response ? toc_response_status(exchange->response) : 0,
                              .track = call->track,
                              .body_length = call->body.len};
    const part parts[] = {
        PART(description, toc_str_of(call->description)),
        PART(resource_type, toc_str_of(call->resource_type)),
        PART(method, toc_str_of(toc__call_method(call))),
        PART(uri, uri),
        PART(target, target),
        PART(url, toc_buf_view(&url)),
        PART(payload, toc_buf_view(&payload)),
        PART(content_type, toc_str_of(call->content_type)),
        PART(body, body),
        PART(failure, failure),
    };
    return make_entry(&facts, parts, TOC_COUNT(parts));
}

/* The names of methods that a call may have outlive it. */
static const char *lasting_method(const char *method)
{
    static const char *const names[TOC_STATS_METHODS] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < TOC_STATS_METHODS; i++) {
        if (!strcmp(names[i], method))
            return names[i];
    }
    return names[0];
}

void toc__report_exchange(toc_session *sess, const toc_report_exchange *exchange)
{
    toc_stats *stats = &sess->report.stats;
    stats->api_calls++;
    stats->request_us += toc__report_clock() - exchange->start_us;
    stats->api_filters += exchange->call->track;
    count_method(stats, lasting_method(toc__call_method(exchange->call)));
    count_status(stats, exchange->response ? toc_response_status(exchange->response) : 0);
    if (sess->options.report)
        (void)add_entry(&sess->report, describe(sess, exchange));
}

void toc_session_stats(const toc_session *sess, toc_stats *stats)
{
    if (!sess || !stats)
        return;
    *stats = sess->report.stats;
    stats->run_us = toc__report_clock() - sess->report.opened_us;
    stats->report = sess->options.report;
    stats->entries = sess->report.count;
}

bool toc_report_at(const toc_session *sess, size_t index, toc_report_entry *entry)
{
    if (!sess || !entry || index >= sess->report.count)
        return false;
    *entry = *sess->report.entries[(sess->report.first + index) % sess->report.room];
    return true;
}

static bool is_failure(const toc_report_entry *entry, int status)
{
    if (entry->kind != TOC_REPORT_CALL || (entry->status >= 200 && entry->status <= 204))
        return false;
    return entry->status == status;
}

/* The nth status among the entries, in the order of first appearance; false past the last. */
static bool status_at(const toc_report *report, size_t group, int *status)
{
    size_t found = 0;
    for (size_t i = 0; i < report->count; i++) {
        const toc_report_entry *entry = report->entries[(report->first + i) % report->room];
        bool fresh = is_failure(entry, entry->status);
        for (size_t k = 0; k < i && fresh; k++) {
            const toc_report_entry *before = report->entries[(report->first + k) % report->room];
            fresh = !is_failure(before, entry->status);
        }
        if (fresh && found++ == group) {
            *status = entry->status;
            return true;
        }
    }
    return false;
}

int toc_failures_next(const toc_session *sess, toc_failures *walk, toc_report_entry *entry)
{
    if (!sess || !walk || !entry)
        return 0;
    while (walk->index || status_at(&sess->report, walk->group, &walk->status)) {
        while (toc_report_at(sess, walk->index, entry)) {
            walk->index++;
            if (is_failure(entry, walk->status))
                return 1;
        }
        walk->group++;
        walk->index = 0;
    }
    return 0;
}

toc_rc toc_report_call(const toc_report_entry *entry, toc_call *call, toc_error *err)
{
    if (!entry || !call || entry->kind != TOC_REPORT_CALL)
        return toc_error_set(err, TOC_EINVAL, "an entry of a call is needed");
    if (entry->body_length > entry->body.len)
        return toc_error_set(err, TOC_ELIMIT, "the body of the call was not kept");
    *call = (toc_call){.method = entry->method.ptr,
                       .path = entry->target.ptr,
                       .content_type = entry->content_type.ptr,
                       .body = entry->body,
                       .bare = true,
                       .track = entry->track,
                       .description = entry->description.ptr,
                       .resource_type = entry->resource_type.ptr};
    return TOC_OK;
}

/* "1 day, 2:03:04.000005" */
static void print_duration(toc_buf *out, const char *label, int64_t us)
{
    char text[64];
    int used = 0;
    int64_t seconds = us / SECOND, days = seconds / DAY;
    if (days)
        used = snprintf(text, sizeof(text), "%lld day%s, ", (long long)days, days == 1 ? "" : "s");
    seconds %= DAY;
    used += snprintf(text + used, sizeof(text) - (size_t)used, "%lld:%02lld:%02lld",
                     (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
                     (long long)(seconds % 60));
    if (us % SECOND)
        used +=
            snprintf(text + used, sizeof(text) - (size_t)used, ".%06lld", (long long)(us % SECOND));
    toc__print_row(out, toc_str_of(label), (toc_str){text, (size_t)used});
}

static void print_counts(toc_buf *out, const toc_stats *stats)
{
    toc__sheet_section(out, "HTTP Methods");
    for (size_t i = 0; i < TOC_STATS_METHODS && stats->methods[i].count; i++)
        toc__print_number(out, stats->methods[i].method, stats->methods[i].count);
    toc__sheet_section(out, "Status Codes");
    for (size_t i = 0; i < TOC_STATS_STATUSES && stats->statuses[i].count; i++) {
        char label[16];
        (void)snprintf(label, sizeof(label), "%d", stats->statuses[i].status);
        toc__print_number(out, stats->statuses[i].status < 0 ? "others" : label,
                          stats->statuses[i].count);
    }
}

toc_rc toc_stats_print(const toc_stats *stats, char **text, toc_error *err)
{
    if (!stats || !text)
        return toc_error_set(err, TOC_EINVAL, "statistics and a place for their text are needed");
    toc_buf out TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&out, TOC_MAX_TARGET);
    toc__sheet_title(&out, "Stats");
    toc__sheet_section(&out, "API Stats");
    toc__print_number(&out, "API Calls", stats->api_calls);
    toc__print_number(&out, "Unfiltered Results", stats->results_unfiltered);
    toc__print_number(&out, "Filtered Results", stats->results_filtered);
    toc__sheet_section(&out, "Filters");
    toc__print_number(&out, "API Filters", stats->api_filters);
    toc__print_number(&out, "Post Filters", stats->post_filters);
    toc__print_number(&out, "Total Filters", stats->api_filters + stats->post_filters);
    if (stats->report && stats->api_calls)
        print_counts(&out, stats);
    toc__sheet_section(&out, "Performance Stats");
    if (stats->api_calls) {
        print_duration(&out, "Request Time", stats->request_us);
        print_duration(&out, "Processing Time", stats->run_us - stats->request_us);
    }
    print_duration(&out, "Run Time", stats->run_us);
    toc_buf_char(&out, '\n');
    toc_rc rc = toc_buf_check(&out, err);
    if (!rc)
        *text = toc_buf_take(&out);
    return rc;
}

static void print_property(toc_buf *out, const char *label, toc_str value)
{
    toc__sheet_pad(out, toc_str_of(label), PROPERTY_WIDTH);
    toc_buf_lit(out, ": ");
    toc__sheet_pad(out, value.ptr ? value : TOC_S("None"), TOC_SHEET_VALUE);
    toc_buf_char(out, '\n');
}

static void print_entry(toc_buf *out, const toc_report_entry *entry)
{
    char status[16], body[TOC_PRINT_COUNT], answer[TOC_PRINT_COUNT];
    bool called = entry->kind == TOC_REPORT_CALL;
    (void)snprintf(status, sizeof(status), "%d", entry->status);
    toc__sheet_title(out, "Report Entry");
    toc__sheet_section(out, "Properties");
    print_property(out, "Status Code", called ? toc_str_of(status) : (toc_str){NULL, 0});
    if (entry->failure.ptr)
        print_property(out, "Fail Msg", toc__print_content(entry->failure, answer));
    print_property(out, "Description", entry->description);
    print_property(out, "Resource Type", entry->resource_type);
    if (called) {
        toc__sheet_section(out, "HTTP Settings");
        toc__print_row(out, TOC_S("HTTP Method"), entry->method);
        toc__print_row(out, TOC_S("Request URI"), entry->uri);
        toc__print_row(out, TOC_S("Request URL"), entry->url);
        toc__print_row(out, TOC_S("Content Type"), entry->content_type);
        toc__print_row(out, TOC_S("Body"), toc__print_content(entry->body, body));
        toc__sheet_section(out, "Payload");
        toc__print_row(out, TOC_S("Payload"), entry->payload);
    } else {
        toc__sheet_section(out, "Filter Settings");
        toc__print_row(out, TOC_S("Filter"), entry->filter);
        toc__print_row(out, TOC_S("Method"), entry->method);
        toc__print_row(out, TOC_S("Operator"), entry->operator_);
    }
    toc_buf_char(out, '\n');
}

toc_rc toc_report_print(const toc_report_entry *entry, char **text, toc_error *err)
{
    if (!entry || !text)
        return toc_error_set(err, TOC_EINVAL, "an entry and a place for its text are needed");
    toc_buf out TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&out, (size_t)TOC_MAX_REPORT_TEXT * 8);
    print_entry(&out, entry);
    toc_rc rc = toc_buf_check(&out, err);
    if (!rc)
        *text = toc_buf_take(&out);
    return rc;
}
