/* list.c - lists: requests planned from the filter, pages fetched when they are needed, objects
 * decoded one by one out of the page. */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/report.h"
#include "client/session.h"
#include "intel/legs.h"
#include "intel/list.h"
#include "intel/page.h"
#include "intel/plan.h"
#include "intel/spool.h"
#include "intel/unfold.h"
#include "model/codec.h"

/* filters, orParams, modifiedSince, four sections, one of a source, resultStart, resultLimit */
#define QUERY_MAX 10
#define NUMBER_TEXT 24
/* A server that ignores resultStart sends the same page for ever. */
#define REPEATS_MAX 3

/* What an empty page is good for while resultCount says that more remain, and a short one while no
 * count was told. */
typedef enum doubt {
    DOUBT_NONE,
    DOUBT_COUNT, /* the count is of an older page, or of none: it is asked for */
    DOUBT_AGAIN  /* the count stands: so is the page */
} doubt;

struct toc_list {
    toc_session *sess;
    toc_kind kind;
    const toc_types *types; /* NULL: the built-in ones */
    toc_legs legs;
    toc_request_plan plan;  /* of the current filter */
    bool planned;           /* the plan has begun */
    toc_unfold unfold;      /* an item that becomes several records */
    toc_list_source source; /* path NULL: none; its texts are in the arena */
    toc_arena texts;
    toc_buf terms; /* value of filters= */
    toc_answer_page page;
    toc_answer_file spool; /* of answers that go through a file */
    bool requesting;       /* a request of the plan is under way */
    uint64_t start;        /* resultStart of the open or next page */
    uint64_t received;     /* items of the open page */
    uint64_t came;         /* items of the current request; a page that came twice counts once */
    uint64_t print;        /* of the ids of the open page */
    uint64_t printed;      /* items of the open page that have one */
    uint64_t last_print;   /* of the page before; 0: unknown */
    doubt doubt;
    uint64_t first; /* resultStart of the first page of each request */
    unsigned limit; /* resultLimit; 0: the session's */
    unsigned pages; /* of each request; 0: all */
    unsigned read;  /* pages of the current request */
    bool asked;     /* next was called */
    int64_t total;  /* resultCount as last told for the current request; -1: never */
    int64_t shown_total;
    int64_t first_id; /* of the last page that had items */
    unsigned repeats;
    size_t api; /* number of the API filter that the request is of */
    bool given; /* obj is with the caller */
    toc_object obj;
    toc_error failure; /* of a page that broke: the list cannot go on */
};

static const toc_filter *filter_of(const toc_list *list)
{
    return toc__legs_now(&list->legs)->filter;
}

/* Only lists of several types need to know what types there are. */
static bool needs_types(const toc_list *list)
{
    bool mixed = list->source.path && !list->source.item_type;
    for (size_t i = 0; i < list->legs.count && !list->source.path; i++)
        mixed |= !list->legs.items[i].filter || !list->legs.items[i].filter->type;
    return list->kind == TOC_KIND_INDICATOR && mixed;
}

static toc_rc prepare(toc_list *list, const toc_filter *filter, toc_error *err)
{
    toc_rc rc = toc__legs_init(&list->legs, filter, err);
    if (!rc && needs_types(list))
        rc = toc_session_types(list->sess, &list->types, err);
    return rc;
}

/* A filter that was joined must not have been joined to others itself: there is no precedence. */
static toc_rc check_filter(toc_kind kind, const toc_filter *filter, toc_error *err)
{
    if (filter->kind != kind)
        return toc_error_field(err, TOC_EINVAL, "filter", "the filter is for lists of %s",
                               toc_kind_branch(filter->kind));
    for (const toc_join *join = filter->joins.first; join; join = join->next)
        if (join->filter->joins.count)
            return toc_error_field(err, TOC_EINVAL, "filter",
                                   "a joined filter has been joined to others itself");
    return TOC_OK;
}

static toc_list *make_list(toc_session *sess, toc_kind kind)
{
    toc_list *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return NULL;
    made->sess = sess;
    made->kind = kind;
    made->shown_total = made->total = -1;
    made->obj.arena = &made->page.arena;
    toc__plan_init(&made->plan);
    toc_buf_init(&made->terms, TOC_MAX_TARGET);
    toc_arena_init(&made->page.arena, 0); /* the response is bounded, and so are its texts */
    toc__spool_init(&made->spool);
    return made;
}

toc_rc toc_list_open(toc_session *sess, toc_kind kind, const toc_filter *filter, toc_list **list,
                     toc_error *err)
{
    if (!sess || !list || (unsigned)kind >= TOC_KIND_COUNT)
        return toc_error_set(err, TOC_EINVAL, "a list needs a session, a kind and a place");
    toc_rc rc = filter ? check_filter(kind, filter, err) : TOC_OK;
    if (rc)
        return rc;
    toc_list *made = make_list(sess, kind);
    if (!made)
        return toc_error_nomem(err);
    rc = prepare(made, filter, err);
    if (rc) {
        toc_list_close(made);
        return rc;
    }
    *list = made;
    return TOC_OK;
}

static toc_rc keep_source(toc_list *list, const toc_list_source *source, toc_error *err)
{
    list->source = *source;
    list->source.path = toc_arena_str(&list->texts, toc_str_of(source->path)).ptr;
    if (source->owner)
        list->source.owner = toc_arena_str(&list->texts, toc_str_of(source->owner)).ptr;
    list->source.description = toc_arena_str(&list->texts, toc_str_of(source->description)).ptr;
    list->source.value = toc_arena_str(&list->texts, toc_str_of(source->value)).ptr;
    bool kept = list->source.path && list->source.description &&
                (!source->query || list->source.value) && (!source->owner || list->source.owner);
    return kept ? TOC_OK : toc_error_nomem(err);
}

toc_rc toc__list_open_source(toc_session *sess, const toc_list_source *source,
                             const toc_filter *filter, toc_list **list, toc_error *err)
{
    toc_rc rc = filter ? check_filter(source->kind, filter, err) : TOC_OK;
    if (!rc && filter && filter->joins.count)
        rc = toc_error_field(err, TOC_EINVAL, "filter", "joined filters do not apply here");
    if (rc)
        return rc;
    toc_list *made = make_list(sess, source->kind);
    if (!made)
        return toc_error_nomem(err);
    rc = keep_source(made, source, err);
    if (!rc)
        rc = prepare(made, filter, err);
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
    toc__legs_done(&list->legs);
    toc__spool_done(&list->spool);
    toc_arena_done(&list->texts);
    toc_mem_free(list);
}

toc_rc toc_list_range(toc_list *list, uint64_t start, unsigned limit, unsigned pages,
                      toc_error *err)
{
    if (!list)
        return toc_error_set(err, TOC_EINVAL, "toc_list_range needs a list");
    if (list->asked)
        return toc_error_set(err, TOC_EINVAL, "the list has begun already");
    if (limit > TOC_MAX_PAGE)
        return toc_error_field(err, TOC_EINVAL, "limit", "a page holds at most %d objects",
                               TOC_MAX_PAGE);
    if (start > INT64_MAX)
        return toc_error_field(err, TOC_EINVAL, "start", "there are no so many objects");
    list->first = start;
    list->limit = limit;
    list->pages = pages;
    return TOC_OK;
}

/* Objects a page. */
static unsigned page_limit(const toc_list *list)
{
    return list->limit ? list->limit : list->sess->options.result_limit;
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

static void add_filter(query *q, const toc_list *list, const toc_filter *filter)
{
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

/* More remain by the last count that was told. */
static bool lacks(const toc_list *list)
{
    return list->total >= 0 && list->first + list->came < (uint64_t)list->total;
}

/* An API filter that names something which is not there selects nothing (sdk.md 3.3). A 404 of
 * anybody but the API is a failure, and so is one while more of a list remain: what it named has
 * gone in the meantime. */
static bool selects_nothing(const toc_list *list, toc_rc rc, const toc_error *failure)
{
    return list->plan.api && !lacks(list) &&
           ((failure->flags & TOC_ERROR_TOLERATED) ||
            (rc == TOC_ENOTFOUND &&
             toc_str_starts(toc_str_of(failure->message), TOC_S("The requested "))));
}

static toc_rc ask(toc_list *list, const query *q, toc_response **response, toc_error *err)
{
    const toc_request_plan *plan = &list->plan;
    toc_call call = {.path = plan->path.ptr,
                     .query = q->items,
                     .query_count = q->count,
                     .owner = plan->send_owner ? plan->owner : NULL,
                     .track = list->doubt == DOUBT_NONE,
                     .description = plan->description.ptr};
    if (list->source.spooled)
        return toc__spool_call(&list->spool, list->sess, &call, response, err);
    return toc_session_call(list->sess, &call, response, err);
}

/* A page that came but is none has the number of one that did not come (ti.md 8.3). */
static const toc_error *numbered(toc_error *failure)
{
    bool page = failure->code == TOC_EPROTO || failure->code == TOC_EHTTP;
    if (page && !failure->number)
        failure->number = TOC_NUMBER_PAGE;
    return failure;
}

static toc_rc fetch(toc_list *list, toc_error *err)
{
    const toc_request_plan *plan = &list->plan;
    const toc_filter *filter = filter_of(list);
    query q = {.count = 0};
    if (filter && !list->source.bare)
        add_filter(&q, list, filter);
    if (list->source.query)
        add(&q, list->source.query, toc_str_of(list->source.value));
    if (plan->paged) {
        bool counting = list->doubt == DOUBT_COUNT;
        add_number(&q, "resultStart", q.start, counting ? 0 : list->start);
        add_number(&q, "resultLimit", q.limit, counting ? 1 : page_limit(list));
    }
    toc_response *response = NULL;
    toc_error failure = {0};
    toc_rc rc = ask(list, &q, &response, &failure);
    if (rc) {
        toc_response_free(response);
        if (selects_nothing(list, rc, &failure)) {
            list->requesting = false;
            return TOC_OK;
        }
        failure.number = TOC_NUMBER_PAGE;
        if (err)
            *err = failure;
        return rc;
    }
    list->received = list->printed = list->print = 0;
    rc = toc__page_open(&list->page, response, list->source.bare, &failure);
    if (rc && err)
        *err = *numbered(&failure);
    return rc;
}

static void note_total(toc_list *list)
{
    if (list->page.total < 0)
        return;
    list->total = list->page.total;
    if (list->start == 0)
        list->shown_total = list->total;
}

/* After this the same page cannot be read again without repeating objects. */
static toc_rc give_up(toc_list *list, toc_error *err)
{
    list->failure.flags = (list->failure.flags & ~TOC_ERROR_RETRYABLE) | TOC_ERROR_FATAL;
    toc__page_close(&list->page);
    if (err)
        *err = *numbered(&list->failure);
    return list->failure.code;
}

static toc_rc fall_short(toc_list *list, const char *what, toc_error *err)
{
    if (list->total < (int64_t)list->first)
        (void)toc_error_set(&list->failure, TOC_EPROTO, "%s", what);
    else
        (void)toc_error_set(&list->failure, TOC_EPROTO, "%s: %llu of %lld objects came", what,
                            (unsigned long long)list->came,
                            (long long)(list->total - (int64_t)list->first));
    return give_up(list, err);
}

/* The page is read; counts it. A page just like the one before has nothing new: objects were added
 * in front meanwhile, or the server does not heed resultStart. */
static void count_page(toc_list *list)
{
    uint64_t print = list->printed == list->received ? list->print : 0;
    if (!print || print != list->last_print)
        list->came += list->received;
    list->last_print = print;
    list->start += list->received;
    list->doubt = DOUBT_NONE;
}

/* Is there another page? resultCount is believed, but a full page goes on nevertheless. An empty
 * page while more remain ends the list only when objects were deleted meanwhile, which a count that
 * is asked for once more tells: most servers tell it with the first page only (rest-v2 1.10).
 * Behind a start nobody may have told it: then a short page is no end, but may be what the server
 * caps at. */
static toc_rc end_page(toc_list *list, toc_error *err)
{
    bool told = list->page.total >= 0, paged = list->plan.paged;
    uint64_t received = list->received;
    note_total(list);
    toc__spool_clear(&list->spool);
    toc__page_close(&list->page);
    if (received) {
        count_page(list);
        bool exact = list->first + list->came == (uint64_t)list->total;
        bool more = !exact && (received == page_limit(list) || lacks(list));
        bool untold = !more && list->first && list->total < 0;
        list->requesting = paged && (more || untold) && ++list->read != list->pages;
        if (untold)
            list->doubt = DOUBT_COUNT;
        return TOC_OK;
    }
    bool last = list->doubt != DOUBT_COUNT && list->read + 1 == list->pages;
    list->requesting = paged && lacks(list) && !last;
    if (!list->requesting)
        return TOC_OK;
    if (list->doubt == DOUBT_AGAIN)
        return fall_short(list, "the list ends early", err);
    list->doubt = told || list->doubt == DOUBT_COUNT ? DOUBT_AGAIN : DOUBT_COUNT;
    return TOC_OK;
}

/* Post filters count once for each owner (sdk.md 8.1). */
static toc_rc report_posts(const toc_list *list)
{
    const toc_filter *filter = filter_of(list);
    toc_rc rc = TOC_OK;
    if (!filter || !toc__plan_begins_owner(&list->plan))
        return rc;
    for (const toc_post *post = filter->posts.first; post && !rc; post = post->next)
        rc = toc__report_post_filter(list->sess, post->description, post->name, post->method,
                                     toc_str_of(toc__op_name(post->op)));
    return rc;
}

static toc_rc begin_leg(toc_list *list, toc_error *err)
{
    const toc_filter *filter = filter_of(list);
    toc__plan_start(&list->plan, list->kind, filter, list->source.path ? &list->source : NULL,
                    filter ? list->sess->options.owner : NULL);
    toc_buf_clear(&list->terms);
    if (filter)
        toc_terms_print(&filter->terms, &list->terms);
    list->planned = true;
    list->api = 0;
    return toc_buf_check(&list->terms, err);
}

/* 1: the next request of the filters is planned; 0: there is none left. */
static int next_request(toc_list *list, toc_error *err)
{
    for (;;) {
        toc_rc rc = list->planned ? TOC_OK : begin_leg(list, err);
        if (rc)
            return rc;
        int next = toc__plan_next(&list->plan, err);
        if (next)
            return next;
        if (list->legs.at + 1 == list->legs.count)
            return 0;
        list->legs.at++;
        list->planned = false;
    }
}

/* Opens the next page. 1: done; 0: nothing is left. */
static int open_page(toc_list *list, toc_error *err)
{
    if (!list->requesting) {
        int next = next_request(list, err);
        if (next <= 0)
            return next;
        list->api = toc__plan_begins_owner(&list->plan) ? 0 : list->api + 1;
        list->requesting = true;
        list->start = list->plan.paged ? list->first : 0;
        list->read = 0;
        list->total = list->shown_total = -1;
        list->repeats = 0;
        list->first_id = -1;
        list->came = list->last_print = 0;
        list->doubt = DOUBT_NONE;
        if (report_posts(list))
            return toc_error_nomem(err);
    }
    toc_rc rc = fetch(list, err);
    if (rc)
        toc__page_close(&list->page);
    return rc ? rc : 1;
}

static bool repeats_page(toc_list *list, int64_t id)
{
    list->printed++;
    list->print = (list->print ^ (uint64_t)id) * 1099511628211U + 1;
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
    if (!list->plan.owner || !list->plan.check_owner)
        return true;
    toc_str name = toc__object_text(obj, TOC_SLOT_OWNER_NAME);
    if (!name.len)
        name = obj->owner.name;
    return !name.len || toc_str_equal_fold(name, toc_str_of(list->plan.owner));
}

static bool passes(toc_list *list)
{
    const toc_leg *leg = toc__legs_now(&list->legs);
    return is_owned(list) && (!leg->memos || toc__post_match(leg->filter, leg->memos, &list->obj));
}

/* The next record of the item that is being unfolded, as take. */
static int take_unfolded(toc_list *list, toc_error *err)
{
    int found = toc__unfold_next(&list->unfold, list->plan.item_type, &list->obj, &list->failure);
    if (found < 0)
        return give_up(list, err);
    if (found)
        toc__report_received(list->sess, 1);
    return found && passes(list);
}

static int begin_unfolding(toc_list *list, toc_error *err)
{
    list->received++;
    toc_rc rc = toc__unfold_item(&list->unfold, &list->page.reader, &list->failure);
    return rc ? give_up(list, err) : 0;
}

/* 1: an object that the caller wants; 0: one that is left out. */
static int take(toc_list *list, toc_error *err)
{
    toc_object *obj = &list->obj;
    toc_json_reader *reader = &list->page.reader;
    toc_arena_clear(&list->page.arena);
    toc__spool_passed(&list->spool, reader->cursor);
    if (list->source.unfold)
        return begin_unfolding(list, err);
    toc_rc rc = toc_codec_decode(reader, list->types, list->kind, list->plan.item_type,
                                 TOC_DECODE_LENIENT, obj, &list->failure);
    list->received++;
    toc__report_received(list->sess, 1);
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
    obj->state = TOC_OBJECT_KNOWN;
    int64_t id = toc__object_has(obj, TOC_SLOT_ID) ? obj->values[TOC_SLOT_ID].as.integer : -1;
    if (id >= 0 && list->plan.paged && repeats_page(list, id))
        return fall_short(list, "the server repeats the same page", err);
    if (!passes(list))
        return 0;
    /* An id that could not be kept would be missed later on. */
    int taken = toc__legs_take(&list->legs, id, list->api, &list->failure);
    return taken < 0 ? give_up(list, err) : taken;
}

/* Of a page that is asked for its count. */
static int pass_over(toc_list *list, toc_error *err)
{
    toc__spool_passed(&list->spool, list->page.reader.cursor);
    if (toc_json_skip(&list->page.reader, NULL))
        return 0;
    (void)toc__envelope_broken(&list->page.reader, &list->failure);
    return give_up(list, err);
}

/* As take, of the next item of the page. */
static int take_next(toc_list *list, toc_error *err)
{
    int found = toc__page_next(&list->page, &list->failure);
    if (found < 0)
        return give_up(list, err);
    if (!found)
        return end_page(list, err);
    note_total(list);
    return list->doubt == DOUBT_COUNT ? pass_over(list, err) : take(list, err);
}

int toc_list_next(toc_list *list, toc_object **obj, toc_error *err)
{
    if (!list || !obj)
        return toc_error_set(err, TOC_EINVAL, "toc_list_next needs a list and a place");
    list->given = false;
    list->asked = true;
    if (list->failure.flags & TOC_ERROR_FATAL)
        return give_up(list, err);
    for (;;) {
        if (!list->unfold.open && !list->page.response) {
            int opened = open_page(list, err);
            if (opened <= 0)
                return opened;
            continue;
        }
        int taken = list->unfold.open ? take_unfolded(list, err) : take_next(list, err);
        if (taken < 0)
            return taken;
        if (taken) {
            toc__report_given(list->sess, 1);
            list->given = true;
            *obj = &list->obj;
            return 1;
        }
    }
}

toc_str toc_list_uri(const toc_list *list)
{
    return list && list->given ? toc_buf_view(&list->plan.path) : (toc_str){NULL, 0};
}

/* The same description counts once (sdk.md 2.2). */
static toc_str matched_at(const toc_list *list, size_t index)
{
    if (!list->plan.description.ptr)
        return toc__legs_matched(&list->legs, index);
    return index ? toc__legs_matched(&list->legs, index - 1) : list->plan.description;
}

static bool is_first(const toc_list *list, size_t index, toc_str text)
{
    for (size_t i = 0; i < index; i++)
        if (toc_str_equal(matched_at(list, i), text))
            return false;
    return true;
}

toc_str toc_list_matched(const toc_list *list, size_t index)
{
    toc_str text = {NULL, 0};
    for (size_t at = 0; list && list->given; at++) {
        text = matched_at(list, at);
        if (!text.ptr || (is_first(list, at, text) && index-- == 0))
            break;
    }
    return text;
}
