/* page.c - one answer with objects, read lazily item by item out of its body. */
#include "intel/page.h"

#include "base/str.h"
#include "client/envelope.h"

void toc__page_close(toc_answer_page *page)
{
    toc_response_free(page->response);
    page->response = NULL;
    toc_arena_clear(&page->arena);
}

void toc__page_done(toc_answer_page *page)
{
    toc_response_free(page->response);
    page->response = NULL;
    toc_arena_done(&page->arena);
}

toc_rc toc__page_open(toc_answer_page *page, toc_response *response, bool bare, toc_error *err)
{
    toc__page_close(page);
    page->response = response;
    page->state = TOC_PAGE_OUTSIDE;
    page->bare = bare;
    page->in_data = page->found = page->failure = false;
    page->total = -1;
    toc_rc rc = toc__envelope_is_json(response, err);
    if (rc)
        return rc;
    toc_str body = toc_response_body(response);
    toc_json_reader_init(&page->reader, body.ptr, body.len, &page->arena);
    if (toc_json_next(&page->reader) != TOC_JSON_OBJECT)
        return toc__envelope_broken(&page->reader, err);
    return TOC_OK;
}

static bool read_total(toc_answer_page *page)
{
    toc_json_event event = toc_json_next(&page->reader);
    if (event == TOC_JSON_NUMBER || event == TOC_JSON_STRING)
        (void)toc_str_to_int(page->reader.text, &page->total);
    return event != TOC_JSON_ERROR && toc_json_skip(&page->reader, NULL);
}

static bool read_data(toc_answer_page *page)
{
    toc_json_event event = toc_json_next(&page->reader);
    page->in_data = event == TOC_JSON_OBJECT;
    return event != TOC_JSON_ERROR && (page->in_data || toc_json_skip(&page->reader, NULL));
}

/* The first list in data is the list (rest-v2 1.7 rule 4); an object there is a list of one. */
static bool read_value(toc_answer_page *page, bool *item)
{
    toc_json_event event = toc_json_next(&page->reader);
    bool holds = event == TOC_JSON_ARRAY || event == TOC_JSON_OBJECT;
    if (!holds || page->found)
        return event != TOC_JSON_ERROR && toc_json_skip(&page->reader, NULL);
    page->found = true;
    *item = event == TOC_JSON_OBJECT;
    if (event == TOC_JSON_ARRAY)
        page->state = TOC_PAGE_ITEMS;
    return true;
}

static bool read_key(toc_answer_page *page, bool *item)
{
    toc_str key = page->reader.text;
    if (page->in_data)
        return toc_str_equal(key, TOC_S("resultCount")) ? read_total(page) : read_value(page, item);
    if (toc_str_equal(key, TOC_S("data")))
        return read_data(page);
    if (toc_str_equal(key, TOC_S("status")))
        return toc__envelope_verdict(&page->reader, &page->failure);
    if (page->bare)
        return read_value(page, item);
    return toc_json_skip(&page->reader, NULL);
}

/* Reads on outside the list until items begin or the answer ends; false when it is broken. */
static bool scan(toc_answer_page *page, bool *item)
{
    while (page->state == TOC_PAGE_OUTSIDE && !*item) {
        toc_json_event event = toc_json_next(&page->reader);
        if (event == TOC_JSON_KEY) {
            if (!read_key(page, item))
                return false;
        } else if (event == TOC_JSON_OBJECT_END && page->in_data) {
            page->in_data = false;
        } else if (event == TOC_JSON_OBJECT_END) {
            if (toc_json_next(&page->reader) != TOC_JSON_END)
                return false;
            page->state = TOC_PAGE_END;
        } else {
            return false;
        }
    }
    return true;
}

int toc__page_next(toc_answer_page *page, toc_error *err)
{
    for (;;) {
        while (page->state == TOC_PAGE_ITEMS) {
            toc_json_event event = toc_json_next(&page->reader);
            if (event == TOC_JSON_OBJECT)
                return 1;
            if (event == TOC_JSON_ARRAY_END)
                page->state = TOC_PAGE_OUTSIDE;
            else if (event == TOC_JSON_ERROR || !toc_json_skip(&page->reader, NULL))
                return toc__envelope_broken(&page->reader, err);
        }
        bool item = false;
        if (!scan(page, &item))
            return toc__envelope_broken(&page->reader, err);
        if (item)
            return 1;
        if (page->state == TOC_PAGE_END)
            return page->failure ? toc__envelope_failure(page->response, err) : 0;
    }
}
