/* members.c - the users of an organisation, and what owners held by day (rest-v2 2.2, 3.2, 3.3). */
#include "platform/members.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/handlers.h"

#define DAY 86400
#define METRIC_DAYS 30
/* Days that are kept: the last one before those that are shown is carried into them. */
#define METRIC_KEPT 400
/* An owner with fewer objects is counted anew for each answer; of a larger one, what must be walked
 * for is counted once a day. */
#define SMALL_OWNER 10000

/* --- members ------------------------------------------------------------------------------- */

typedef struct member_node {
    struct member_node *next;
    toc_store_user user;
} member_node;

typedef struct member_list {
    toc_incoming *call;
    member_node *first, **last;
    int64_t count;
} member_list;

static toc_rc collect_member(void *context, const toc_store_user *user)
{
    member_list *list = context;
    toc_arena *arena = &list->call->arena;
    if (user->revoked)
        return TOC_OK;
    member_node *node = toc_arena_zalloc(arena, sizeof(*node));
    if (!node)
        return TOC_ENOMEM;
    node->user.access_id = toc_arena_str(arena, user->access_id);
    node->user.first_name = toc_arena_str(arena, user->first_name);
    node->user.last_name = toc_arena_str(arena, user->last_name);
    node->user.pseudonym = toc_arena_str(arena, user->pseudonym);
    if (!node->user.access_id.ptr || !node->user.first_name.ptr || !node->user.last_name.ptr ||
        !node->user.pseudonym.ptr)
        return TOC_ENOMEM;
    *list->last = node;
    list->last = &node->next;
    list->count++;
    return TOC_OK;
}

static void write_member(toc_json_writer *writer, const toc_store_user *user, bool anonymous)
{
    toc_json_object(writer);
    if (anonymous) {
        toc_json_kv_str(writer, "pseudonym", user->pseudonym);
    } else {
        toc_json_kv_str(writer, "userName", user->access_id);
        toc_json_kv_str(writer, "firstName", user->first_name);
        toc_json_kv_str(writer, "lastName", user->last_name);
    }
    toc_json_object_end(writer);
}

/* An envelope of its own: the list lies beside the status. */
static void begin_anonymous(toc_incoming *call, const toc_page *page, int64_t count)
{
    toc__begin_bare(call, 200);
    toc_json_object(&call->out);
    toc__json_key(&call->out, "anonymous");
    toc_json_bool(&call->out, true);
    toc__json_member(&call->out, "status", "Success");
    if (!page->start)
        toc__json_count(&call->out, "resultCount", count);
    toc__json_key(&call->out, "members");
    toc_json_array(&call->out);
}

toc_rc toc__owners_members(toc_incoming *call, toc_error *err)
{
    member_list list = {.call = call};
    toc_page page;
    bool anonymous = false;
    int64_t at = 0;
    list.last = &list.first;
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc)
        rc = toc__use_owner_id(call, call->user.organization, err);
    if (!rc)
        rc = toc_owner_anonymous(call->conn, call->owner.id, &anonymous, err);
    if (!rc)
        rc = toc_user_each(call->conn, call->owner.id, collect_member, &list, err);
    if (rc)
        return rc;
    if (anonymous)
        begin_anonymous(call, &page, list.count);
    else
        toc__begin_list(call, page.start ? -1 : list.count, "user");
    for (const member_node *node = list.first; node; node = node->next, at++) {
        if (toc__on_page(&page, at))
            write_member(&call->out, &node->user, anonymous);
    }
    toc_json_array_end(&call->out);
    toc_json_object_end(&call->out);
    if (!anonymous)
        toc_json_object_end(&call->out);
    return TOC_OK;
}

/* --- metrics ------------------------------------------------------------------------------- */

typedef struct history {
    int64_t first; /* day of the first entry; the last one is today */
    toc_owner_counts days[METRIC_DAYS];
    bool known[METRIC_DAYS];
    toc_owner_counts before;
} history;

static toc_rc remember(void *context, int64_t day, const toc_owner_counts *counts)
{
    history *all = context;
    if (day < all->first) {
        all->before = *counts;
    } else if (day < all->first + METRIC_DAYS) {
        all->days[day - all->first] = *counts;
        all->known[day - all->first] = true;
    }
    return TOC_OK;
}

/* Days of which nothing was kept are like the one before, without what happened on it. */
static void fill_gaps(history *all)
{
    const toc_owner_counts *last = &all->before;
    for (size_t i = 0; i < METRIC_DAYS; i++) {
        if (!all->known[i]) {
            all->days[i] = *last;
            for (size_t k = 0; k < TOC_OWNER_FIELDS; k++) {
                if (toc_owner_field_at(k)->daily)
                    all->days[i].values[k] = 0;
            }
        }
        last = &all->days[i];
    }
}

static bool is_small(const toc_owner_counts *counts)
{
    double objects = 0;
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++) {
        toc_str name = toc_str_of(toc_owner_field_at(i)->name);
        if (toc_str_equal(name, TOC_S("totalIndicator")) ||
            toc_str_equal(name, TOC_S("totalGroup")))
            objects += counts->values[i];
    }
    return objects < SMALL_OWNER;
}

/* The answer is known: that it cannot be kept, on a full disk, is no reason to withhold it. The
 * reader is gone then. */
static void keep_today(toc_incoming *call, int64_t day, const toc_owner_counts *counts)
{
    toc_error why = {0};
    toc_rc rc = toc__begin_write(call, &why);
    if (!rc)
        rc =
            toc_owner_counts_save(call->conn, call->owner.id, day, counts, day - METRIC_KEPT, &why);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(call->writer), &why);
    toc_tx_rollback(TOC_TAKE(call->writer));
    call->conn = NULL;
    if (rc)
        toc_log_at(&call->platform->log, TOC_LOG_WARNING, "platform", "counts of a day: %s",
                   why.message);
}

static toc_rc count_today(toc_incoming *call, history *all, toc_error *err)
{
    size_t today = METRIC_DAYS - 1;
    toc_owner_counts *counts = &all->days[today];
    int64_t day = all->first + (int64_t)today;
    toc_rc rc = toc_owner_count(call->conn, call->owner.id, day, false, counts, err);
    if (rc)
        return rc;
    if (!all->known[today] || is_small(counts))
        rc = toc_owner_count(call->conn, call->owner.id, day, true, counts, err);
    if (!rc && !all->known[today])
        keep_today(call, day, counts);
    return rc;
}

static void write_day(toc_json_writer *writer, int64_t day, const toc_owner_counts *counts)
{
    char date[TOC_TIME_TEXT];
    (void)toc_time_format(day * DAY, date);
    toc_json_object(writer);
    toc_json_kv_str(writer, "metricDate", ((toc_str){date, sizeof("2024-03-01") - 1}));
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++) {
        const toc_owner_field *field = toc_owner_field_at(i);
        toc__json_key(writer, field->name);
        if (field->decimal)
            toc_json_double(writer, counts->values[i]);
        else
            toc_json_int(writer, (int64_t)counts->values[i]);
    }
    toc_json_object_end(writer);
}

/* As for the owner itself: one that is not seen is not there. */
static toc_rc use_owner(toc_incoming *call, toc_error *err)
{
    toc_str asked = call->args[TOC_ARG_OID];
    int64_t id = call->user.organization;
    if (!asked.ptr)
        return toc__use_owner_id(call, id, err);
    if (!toc_str_to_int(asked, &id) || id <= 0)
        return toc__refuse_missing(err);
    toc_rc rc = toc__use_owner_id(call, id, err);
    return rc == TOC_EHTTP ? toc__refuse_missing(err) : rc;
}

toc_rc toc__owners_metrics(toc_incoming *call, toc_error *err)
{
    toc_page page;
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc)
        rc = use_owner(call, err);
    if (rc)
        return rc;
    history *all = toc_arena_zalloc(&call->arena, sizeof(*all));
    if (!all)
        return toc_error_nomem(err);
    all->first = call->now / DAY - (METRIC_DAYS - 1);
    rc = toc_owner_counts_each(call->conn, call->owner.id, all->first, remember, all, err);
    if (rc)
        return rc;
    fill_gaps(all);
    rc = count_today(call, all, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : METRIC_DAYS, "ownerMetric");
    for (int64_t i = 0; i < METRIC_DAYS; i++) {
        if (toc__on_page(&page, i))
            write_day(&call->out, all->first + i, &all->days[i]);
    }
    toc__end_list(call);
    return TOC_OK;
}

/* --- the end of a day ------------------------------------------------------------------------ */

typedef struct owner_ids {
    toc_arena arena;
    int64_t *ids;
    size_t count, room;
} owner_ids;

static toc_rc collect_id(void *context, const toc_store_owner *owner)
{
    owner_ids *all = context;
    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 64;
        int64_t *grown = toc_arena_alloc(&all->arena, room * sizeof(*grown));
        if (!grown)
            return TOC_ENOMEM;
        for (size_t i = 0; i < all->count; i++)
            grown[i] = all->ids[i];
        all->ids = grown;
        all->room = room;
    }
    all->ids[all->count++] = owner->id;
    return TOC_OK;
}

static toc_rc keep_day(toc_platform *platform, int64_t owner, int64_t day, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *writer = NULL;
    toc_conn *reader = NULL;
    toc_owner_counts counts = {{0}};
    toc_rc rc = toc_store_reader(platform->store, &reader, err);
    if (rc)
        return rc;
    rc = toc_owner_count(reader, owner, day, true, &counts, err);
    toc_store_reader_done(platform->store, reader);
    if (!rc)
        rc = toc_tx_begin(platform->store, &writer, err);
    if (!rc)
        rc = toc_owner_counts_save(writer, owner, day, &counts, day - METRIC_KEPT, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(writer), err);
}

static toc_rc list_ids(toc_platform *platform, owner_ids *all, toc_error *err)
{
    toc_conn *reader = NULL;
    toc_rc rc = toc_store_reader(platform->store, &reader, err);
    if (rc)
        return rc;
    rc = toc_owner_each(reader, 0, collect_id, all, err);
    toc_store_reader_done(platform->store, reader);
    return rc;
}

toc_rc toc__keep_metrics(toc_platform *platform, int64_t now, toc_error *err)
{
    owner_ids all = {.count = 0};
    int64_t day = now / DAY, ended = platform->metrics_day;
    if (day == ended)
        return TOC_OK;
    platform->metrics_day = day;
    /* Just opened: how the last day ended is not known any more. */
    if (!ended)
        return TOC_OK;
    toc_rc rc = list_ids(platform, &all, err);
    for (size_t i = 0; !rc && i < all.count; i++)
        rc = keep_day(platform, all.ids[i], ended, err);
    toc_arena_done(&all.arena);
    return rc;
}
