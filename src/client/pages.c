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
    uint64_t print; /* of the list */
    bool failure, listed;
} page_facts;

/* A server that ignores resultStart sends the same list for ever. */
static uint64_t fingerprint(toc_str list)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < list.len; i++)
        hash = (hash ^ (unsigned char)list.ptr[i]) * 1099511628211U;
    return hash ? hash : 1;
}

/* The reader stands behind '['. */
static bool count_items(toc_json_reader *reader, page_facts *facts)
{
    const char *begin = reader->cursor;
    for (;;) {
        toc_json_event event = toc_json_next(reader);
        if (event == TOC_JSON_ARRAY_END)
            break;
        if (event == TOC_JSON_ERROR || !toc_json_skip(reader, NULL))
            return false;
        facts->items++;
    }
    facts->print = fingerprint((toc_str){begin, (size_t)(reader->cursor - begin)});
    return true;
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
        return count_items(reader, facts);
    }
    if (event == TOC_JSON_OBJECT && !facts->listed) {
        toc_str raw;
        facts->listed = true;
        facts->items = 1;
        if (!toc_json_skip(reader, &raw))
            return false;
        facts->print = fingerprint(raw);
        return true;
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

static toc_rc read_page(const toc_response *response, page_facts *facts, toc_error *err)
{
    toc_str body = toc_response_body(response);
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    toc_json_event event = toc_json_next(&reader);
    bool good = event == TOC_JSON_OBJECT;
    while (good && (event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        good = toc_str_equal(reader.text, TOC_S("data")) ? read_data(&reader, facts)
               : toc_str_equal(reader.text, TOC_S("status"))
                   ? toc__envelope_verdict(&reader, &facts->failure)
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

/* What an empty page is good for while resultCount says that more remain, and a short one behind a
 * start while no count was told. */
typedef enum doubt {
    DOUBT_NONE,
    DOUBT_COUNT, /* the count is of an older page, or of none: it is asked for */
    DOUBT_AGAIN  /* the count stands: so is the page */
} doubt;

typedef struct walk {
    toc_call call;  /* of the next page */
    uint64_t first; /* its resultStart at the beginning */
    int64_t total;  /* resultCount as last told; -1: never */
    uint64_t print; /* of the page before; 0: there was none */
    doubt doubt;
    bool more;
} walk;

static toc_rc end_early(const walk *pages, const char *what, toc_error *err)
{
    uint64_t came = pages->call.result_start - pages->first;
    if (pages->total < (int64_t)pages->first)
        return toc_error_set(err, TOC_EPROTO, "%s", what);
    return toc_error_set(err, TOC_EPROTO, "%s: %llu of %lld came", what, (unsigned long long)came,
                         (long long)(pages->total - (int64_t)pages->first));
}

/* Nothing came though more remain. Objects may have been deleted meanwhile: a count that is asked
 * for once more tells, as most servers tell it with the first page only (rest-v2 1.10). */
static toc_rc doubt_end(walk *pages, bool told, toc_error *err)
{
    pages->more = true;
    if (pages->doubt == DOUBT_AGAIN)
        return end_early(pages, "the list ends early", err);
    pages->doubt = told || pages->doubt == DOUBT_COUNT ? DOUBT_AGAIN : DOUBT_COUNT;
    return TOC_OK;
}

static toc_rc advance(walk *pages, const toc_response *response, toc_error *err)
{
    page_facts facts = {.total = -1};
    toc_rc rc = read_page(response, &facts, err);
    if (rc)
        return rc;
    bool told = facts.total >= 0, later = pages->print || pages->doubt;
    if (told)
        pages->total = facts.total;
    if (pages->doubt == DOUBT_COUNT)
        facts.items = 0;
    if (facts.items && facts.print == pages->print)
        return end_early(pages, "the server sends the same page again", err);
    pages->call.result_start += facts.items;
    bool lacks = pages->total >= 0 && pages->call.result_start < (uint64_t)pages->total;
    if (!facts.items)
        return lacks && (facts.listed || later) ? doubt_end(pages, told, err) : TOC_OK;
    pages->print = facts.print;
    pages->doubt = DOUBT_NONE;
    pages->more = pages->total >= 0 ? lacks : facts.items >= pages->call.result_limit;
    if (!pages->more && pages->total < 0 && pages->first) {
        pages->doubt = DOUBT_COUNT;
        pages->more = true;
    }
    return TOC_OK;
}

static toc_rc ask_page(toc_session *sess, const walk *pages, toc_response **response,
                       toc_error *err)
{
    toc_call call = pages->call;
    if (pages->doubt == DOUBT_COUNT) {
        call.result_start = 0;
        call.result_limit = 1;
    }
    return toc_session_call(sess, &call, response, err);
}

/* What only settles a doubt is not handed on. */
static toc_rc fetch_page(toc_session *sess, walk *pages, toc_page_fn fn, void *user, toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    bool later = pages->print || pages->doubt;
    uint64_t start = pages->call.result_start;
    toc_rc rc = ask_page(sess, pages, &response, err);
    if (rc)
        return rc;
    pages->more = false;
    bool json = !toc__envelope_is_json(response, NULL);
    /* What is no JSON has no pages: a report, a note of the server. */
    if (!json && (later || toc_response_is(response, "text/html")))
        return toc__envelope_is_json(response, err);
    if (json && !pages->call.no_pages)
        rc = advance(pages, response, err);
    bool settles = pages->doubt && pages->call.result_start == start;
    return rc || settles ? rc : hand_page(fn, user, response, err);
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
    walk pages = {.call = *call, .first = call->result_start, .total = -1, .more = true};
    if (!pages.call.result_limit && !call->no_pages)
        pages.call.result_limit = sess->options.result_limit;
    toc_rc rc = TOC_OK;
    while (!rc && pages.more)
        rc = fetch_page(sess, &pages, fn, user, err);
    return rc;
}
