/* pages.c - a call by hand for all pages (sdk.md 1.11, 7.1). */
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"

typedef struct page_facts {
    int64_t total; /* resultCount; -1: not told */
    uint64_t items;
    bool failure, listed;
} page_facts;

/* The reader stands behind '['. */
static bool count_items(toc_json_reader *reader, uint64_t *items)
{
    for (;;) {
        toc_json_event event = toc_json_next(reader);
        if (event == TOC_JSON_ARRAY_END)
            return true;
        if (event == TOC_JSON_ERROR || !toc_json_skip(reader, NULL))
            return false;
        (*items)++;
    }
}

/* The first list in data is the list; an object there is a list of one. */
static bool read_member(toc_json_reader *reader, page_facts *facts)
{
    bool counter = toc_str_equal(reader->text, TOC_S("resultCount"));
    toc_json_event event = toc_json_next(reader);
    if (counter && (event == TOC_JSON_NUMBER || event == TOC_JSON_STRING))
        (void)toc_str_to_int(reader->text, &facts->total);
    if (event == TOC_JSON_ARRAY && !facts->listed) {
        facts->listed = true;
        return count_items(reader, &facts->items);
    }
    if (event == TOC_JSON_OBJECT && !facts->listed) {
        facts->listed = true;
        facts->items = 1;
    }
    return event != TOC_JSON_ERROR && toc_json_skip(reader, NULL);
}

static bool read_data(toc_json_reader *reader, page_facts *facts)
{
    toc_json_event event = toc_json_next(reader);
    if (event != TOC_JSON_OBJECT)
        return event != TOC_JSON_ERROR && toc_json_skip(reader, NULL);
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        if (!read_member(reader, facts))
            return false;
    }
    return event == TOC_JSON_OBJECT_END;
}

static bool read_status(toc_json_reader *reader, page_facts *facts)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_STRING)
        facts->failure = !toc_str_equal_fold(reader->text, TOC_S("Success"));
    return event != TOC_JSON_ERROR && toc_json_skip(reader, NULL);
}

static toc_rc read_page(const toc_response *response, page_facts *facts, toc_error *err)
{
    toc_str body = toc_response_body(response);
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    toc_json_event event = toc_json_next(&reader);
    bool good = event == TOC_JSON_OBJECT;
    while (good && (event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        good = toc_str_equal(reader.text, TOC_S("data"))     ? read_data(&reader, facts)
               : toc_str_equal(reader.text, TOC_S("status")) ? read_status(&reader, facts)
                                                             : toc_json_skip(&reader, NULL);
    }
    if (!good || event != TOC_JSON_OBJECT_END || toc_json_next(&reader) != TOC_JSON_END)
        return toc__envelope_broken(&reader, err);
    return facts->failure ? toc__envelope_failure(response, err) : TOC_OK;
}

static toc_rc hand_page(toc_page_fn fn, void *user, const toc_response *response, toc_error *err)
{
    toc_rc rc = fn(user, response);
    if (!rc)
        return TOC_OK;
    rc = toc_error_set(err, rc < 0 ? rc : TOC_ECANCELED, "the pages were ended by their receiver");
    if (err)
        err->flags = TOC_ERROR_CALLBACK;
    return rc;
}

typedef struct walk {
    toc_call call;  /* of the next page */
    int64_t total;  /* -1: not told */
    uint64_t print; /* of the page before; 0: there was none */
    bool more;
} walk;

/* A server that ignores resultStart sends the same page for ever. */
static uint64_t fingerprint(toc_str body)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < body.len; i++)
        hash = (hash ^ (unsigned char)body.ptr[i]) * 1099511628211U;
    return hash ? hash : 1;
}

static toc_rc advance(walk *pages, const toc_response *response, toc_error *err)
{
    page_facts facts = {.total = -1};
    toc_rc rc = read_page(response, &facts, err);
    if (rc)
        return rc;
    uint64_t print = fingerprint(toc_response_body(response));
    if (facts.items && print == pages->print)
        return toc_error_set(err, TOC_EPROTO, "the server sends the same page again");
    pages->print = print;
    if (facts.total >= 0)
        pages->total = facts.total;
    pages->call.result_start += facts.items;
    pages->more =
        facts.items && (pages->total >= 0 ? pages->call.result_start < (uint64_t)pages->total
                                          : facts.items >= pages->call.result_limit);
    return TOC_OK;
}

static toc_rc fetch_page(toc_session *sess, walk *pages, toc_page_fn fn, void *user, toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = toc_session_call(sess, &pages->call, &response, err);
    if (rc)
        return rc;
    pages->more = false;
    bool json = !toc__envelope_is_json(response, NULL);
    /* What is no JSON has no pages: a report, a note of the server. */
    if (!json && (pages->print || toc_response_is(response, "text/html")))
        return toc__envelope_is_json(response, err);
    if (json && !pages->call.no_pages)
        rc = advance(pages, response, err);
    return rc ? rc : hand_page(fn, user, response, err);
}

toc_rc toc_call_pages(toc_session *sess, const toc_call *call, toc_page_fn fn, void *user,
                      toc_error *err)
{
    if (!sess || !call || !fn)
        return toc_error_set(err, TOC_EINVAL, "session, call and callback are needed");
    if (call->method && !toc_str_equal(toc_str_of(call->method), TOC_S("GET")))
        return toc_error_field(err, TOC_EINVAL, "method", "only a GET has pages");
    if (call->sink)
        return toc_error_field(err, TOC_EINVAL, "sink", "pages are looked at, not passed on");
    walk pages = {.call = *call, .total = -1, .more = true};
    if (!pages.call.result_limit && !call->no_pages)
        pages.call.result_limit = sess->options.result_limit;
    toc_rc rc = TOC_OK;
    while (!rc && pages.more)
        rc = fetch_page(sess, &pages, fn, user, err);
    return rc;
}
