/* list.c - lists: requests planned from the filter, pages fetched when they are needed, objects
 * decoded one by one out of the page. */
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"
#include "intel/page.h"
#include "intel/plan.h"
#include "model/codec.h"

/* filters, orParams, modifiedSince, four sections, resultStart, resultLimit */
#define QUERY_MAX 9
#define NUMBER_TEXT 24
/* A server that ignores resultStart sends the same page for ever. */
#define REPEATS_MAX 3

struct toc_list {
    toc_session *sess;
    const toc_filter *filter; /* may be NULL */
    const toc_types *types;   /* NULL: the built-in ones */
    toc_plan plan;
    toc_buf terms; /* value of filters= */
    toc_page page;
    bool requesting;   /* a request of the plan is under way */
    uint64_t start;    /* resultStart of the open or next page */
    uint64_t received; /* items of the open page */
    int64_t total;     /* resultCount of the current request; -1: not told */
    int64_t shown_total;
    int64_t first_id; /* of the last page that had items */
    unsigned repeats;
    bool overlaps;
    toc_map seen; /* ids; only with overlaps */
    toc_post_memo *memos;
    toc_object obj;
    toc_error failure; /* of a page that broke: the list cannot go on */
};

static toc_rc prepare(toc_list *list, toc_kind kind, const toc_filter *filter, toc_error *err)
{
    const toc_type *type = filter ? filter->type : NULL;
    toc__plan_init(&list->plan, kind, type, filter, list->sess->options.owner);
    list->overlaps = toc__plan_overlaps(&list->plan);
    toc_rc rc = list->overlaps ? toc_map_init(&list->seen, TOC_MAX_SEEN_IDS) : TOC_OK;
    if (rc)
        return toc_error_set(err, rc, "no memory for the ids of a list");
    if (filter && filter->posts.count) {
        list->memos = toc_mem_zalloc(filter->posts.count, sizeof(*list->memos));
        if (!list->memos)
            return toc_error_nomem(err);
    }
    if (filter)
        toc_terms_print(&filter->terms, &list->terms);
    rc = toc_buf_check(&list->terms, err);
    /* Only lists of several types need to know what types there are. */
    if (!rc && kind == TOC_KIND_INDICATOR && !type)
        rc = toc_session_types(list->sess, &list->types, err);
    return rc;
}

toc_rc toc_list_open(toc_session *sess, toc_kind kind, const toc_filter *filter, toc_list **list,
                     toc_error *err)
{
    if (!sess || !list || (unsigned)kind >= TOC_KIND_COUNT)
        return toc_error_set(err, TOC_EINVAL, "a list needs a session, a kind and a place");
    if (filter && filter->kind != kind)
        return toc_error_field(err, TOC_EINVAL, "filter", "the filter is for lists of %s",
                               toc_kind_branch(filter->kind));
    toc_list *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->sess = sess;
    made->filter = filter;
    made->shown_total = made->total = -1;
    made->obj.arena = &made->page.arena;
    toc_buf_init(&made->terms, TOC_MAX_TARGET);
    toc_arena_init(&made->page.arena, 0); /* the response is bounded, and so are its texts */
    toc_rc rc = prepare(made, kind, filter, err);
    if (rc) {
        toc_list_close(made);
        return rc;
    }
    *list = made;
    return TOC_OK;
}

void toc_list_close(toc_list *list)
{
    if (!list)
        return;
    toc__page_done(&list->page);
    toc__plan_done(&list->plan);
    toc_buf_done(&list->terms);
    if (list->overlaps)
        toc_map_done(&list->seen);
    toc_mem_free(list->memos);
    toc_mem_free(list);
}

int64_t toc_list_total(const toc_list *list)
{
    return list ? list->shown_total : -1;
}

typedef struct query {
    toc_header items[QUERY_MAX];
    size_t count;
    char start[NUMBER_TEXT], limit[NUMBER_TEXT];
} query;

static void add(query *q, const char *name, toc_str value)
{
    q->items[q->count++] = (toc_header){toc_str_of(name), value};
}

static void add_number(query *q, const char *name, char text[NUMBER_TEXT], uint64_t value)
{
    int length = snprintf(text, NUMBER_TEXT, "%llu", (unsigned long long)value);
    add(q, name, (toc_str){text, (size_t)length});
}

static void add_filter(query *q, const toc_list *list)
{
    const toc_filter *filter = list->filter;
    if (filter->terms.count && !list->plan.single) {
        add(q, "filters", toc_buf_view(&list->terms));
        if (filter->terms.any)
            add(q, "orParams", TOC_S("true"));
    }
    if (filter->modified_since.len && !list->plan.api)
        add(q, "modifiedSince", filter->modified_since);
    for (unsigned bit = 1; bit <= TOC_INCLUDE_LABELS; bit <<= 1) {
        if (filter->includes & bit)
            add(q, "includes", toc_str_of(toc__include_word(bit)));
    }
}

/* An API filter that names something which is not there selects nothing (sdk.md 3.3). A 404 of
 * anybody but the API is a failure. */
static bool selects_nothing(const toc_list *list, toc_rc rc, const toc_error *failure)
{
    return rc == TOC_ENOTFOUND && list->plan.api &&
           toc_str_starts(toc_str_of(failure->message), TOC_S("The requested "));
}

static toc_rc fetch(toc_list *list, toc_error *err)
{
    const toc_plan *plan = &list->plan;
    query q = {.count = 0};
    if (list->filter)
        add_filter(&q, list);
    if (plan->paged) {
        add_number(&q, "resultStart", q.start, list->start);
        add_number(&q, "resultLimit", q.limit, list->sess->options.result_limit);
    }
    toc_call call = {.path = plan->path.ptr,
                     .query = q.items,
                     .query_count = q.count,
                     .owner = plan->send_owner ? plan->owner : NULL};
    toc_response *response = NULL;
    toc_error failure = {0};
    toc_rc rc = toc_session_call(list->sess, &call, &response, &failure);
    if (rc) {
        toc_response_free(response);
        if (selects_nothing(list, rc, &failure)) {
            list->requesting = false;
            return TOC_OK;
        }
        if (err)
            *err = failure;
        return rc;
    }
    list->received = 0;
    return toc__page_open(&list->page, response, err);
}

static void note_total(toc_list *list)
{
    if (list->start == 0 && list->page.total >= 0) {
        list->total = list->page.total;
        list->shown_total = list->page.total;
    }
}

/* The page is read: is there another one? resultCount is believed as long as items come; an
 * empty page ends the list whatever was promised, a full one goes on. */
static void end_page(toc_list *list)
{
    uint64_t limit = list->sess->options.result_limit, received = list->received;
    note_total(list);
    list->start += received;
    bool known = list->total >= 0;
    bool complete = known && list->start >= (uint64_t)list->total;
    bool exact = known && list->start == (uint64_t)list->total;
    bool more = list->plan.paged && received && !exact && received <= limit &&
                (received == limit || (known && !complete));
    list->requesting = more;
    toc__page_close(&list->page);
}

/* Opens the next page. 1: done; 0: nothing is left. */
static int open_page(toc_list *list, toc_error *err)
{
    if (!list->requesting) {
        int next = toc__plan_next(&list->plan, err);
        if (next <= 0)
            return next;
        list->requesting = true;
        list->start = 0;
        list->total = list->shown_total = -1;
        list->repeats = 0;
        list->first_id = -1;
    }
    toc_rc rc = fetch(list, err);
    if (rc)
        toc__page_close(&list->page);
    return rc ? rc : 1;
}

/* After this the same page cannot be read again without repeating objects. */
static toc_rc give_up(toc_list *list, toc_error *err)
{
    list->failure.flags = (list->failure.flags & ~TOC_ERROR_RETRYABLE) | TOC_ERROR_FATAL;
    toc__page_close(&list->page);
    if (err)
        *err = list->failure;
    return list->failure.code;
}

static bool repeats_page(toc_list *list, int64_t id)
{
    if (list->received != 1)
        return false;
    list->repeats = list->start && id == list->first_id ? list->repeats + 1 : 0;
    list->first_id = id;
    return list->repeats == REPEATS_MAX;
}

/* Objects of other owners than the one asked for are not part of the list (sdk.md 3.3). */
static bool is_owned(const toc_list *list)
{
    const toc_object *obj = &list->obj;
    if (!list->plan.owner || list->plan.kind == TOC_KIND_VICTIM)
        return true;
    toc_str name = toc__object_text(obj, TOC_SLOT_OWNER_NAME);
    if (!name.len)
        name = obj->owner.name;
    return !name.len || toc_str_equal_fold(name, toc_str_of(list->plan.owner));
}

/* 1: not seen before. */
static int is_new(toc_list *list, int64_t id, toc_error *err)
{
    if (!list->overlaps || id < 0)
        return 1;
    toc_str key = {(const char *)&id, sizeof(id)};
    if (toc_map_get(&list->seen, key))
        return 0;
    toc_rc rc = toc_map_put(&list->seen, key, 1);
    return rc ? toc_error_set(err, rc, "no room for more ids of a list") : 1;
}

/* 1: an object that the caller wants; 0: one that is left out. */
static int take(toc_list *list, toc_error *err)
{
    toc_object *obj = &list->obj;
    toc_json_reader *reader = &list->page.reader;
    toc_rc rc = toc_codec_decode(reader, list->types, list->plan.kind, list->plan.item_type,
                                 TOC_DECODE_LENIENT, obj, &list->failure);
    list->received++;
    if (rc && (reader->error || rc == TOC_ENOMEM || rc == TOC_ELIMIT)) {
        if (reader->error)
            (void)toc__envelope_broken(reader, &list->failure);
        return give_up(list, err);
    }
    if (rc) {
        toc_log_at(&list->sess->log, TOC_LOG_WARNING, "list", "an object is left out: %s",
                   list->failure.message);
        return 0;
    }
    int64_t id = toc__object_has(obj, TOC_SLOT_ID) ? obj->values[TOC_SLOT_ID].as.integer : -1;
    if (id >= 0 && repeats_page(list, id)) {
        (void)toc_error_set(&list->failure, TOC_EPROTO, "the server repeats the same page");
        return give_up(list, err);
    }
    if (!is_owned(list) || (list->memos && !toc__post_match(list->filter, list->memos, obj)))
        return 0;
    return is_new(list, id, err);
}

int toc_list_next(toc_list *list, toc_object **obj, toc_error *err)
{
    if (!list || !obj)
        return toc_error_set(err, TOC_EINVAL, "toc_list_next needs a list and a place");
    if (list->failure.flags & TOC_ERROR_FATAL)
        return give_up(list, err);
    for (;;) {
        if (!list->page.response) {
            int opened = open_page(list, err);
            if (opened <= 0)
                return opened;
            continue;
        }
        int found = toc__page_next(&list->page, &list->failure);
        if (found < 0)
            return give_up(list, err);
        if (!found) {
            end_page(list);
            continue;
        }
        note_total(list);
        int taken = take(list, err);
        if (taken < 0)
            return taken;
        if (taken) {
            *obj = &list->obj;
            return 1;
        }
    }
}
