/* bulk.c - all active indicators of an owner as one file (rest-v2 2.7). A report is written in
 * pieces into a new file, which takes the place of the former one when it is complete. */
#include "platform/bulk.h"

#include <math.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/handlers.h"
#include "platform/place.h"

/* Text that is gathered before it is written. */
#define PIECE ((size_t)256 * 1024)
#define PIECE_MAX ((size_t)TOC_MAX_TEXT * 64)
#define PERIOD (24 * 60 * 60)
#define RETRY (60 * 60)
/* A report that the worker should have made anew for so long is made by who asks for it. */
#define OVERDUE (60 * 60)
#define STOP_ROWS 1024
#define ATTEMPTS 4

static const struct {
    const char *word, *content_type;
} formats[TOC_BULK_FORMATS] = {
    [TOC_BULK_CSV] = {"csv", "text/csv"},
    [TOC_BULK_JSON] = {"json", "application/json"},
};

typedef struct report {
    toc_incoming call; /* what writing an object needs */
    toc_new_file file;
    toc_bulk_format format;
    toc_cancel_fn stop; /* may be NULL */
    void *stop_user;
    toc_error *err;
    unsigned rows;
} report;

/* --- rows ---------------------------------------------------------------------------------- */

static toc_rc flush(report *rep)
{
    toc_rc rc = toc_buf_check(&rep->call.body, rep->err);
    if (!rc)
        rc = toc_file_write(&rep->file, toc_buf_view(&rep->call.body), rep->err);
    toc_buf_clear(&rep->call.body);
    return rc;
}

static toc_str value_of(toc_object *obj)
{
    for (unsigned i = 0; (obj->type->traits & TOC_TYPE_HASHES) && i < obj->type->key_count; i++) {
        if (toc__object_has(obj, obj->type->fields[i].slot))
            return obj->values[obj->type->fields[i].slot].as.text;
    }
    return toc_object_summary(obj);
}

static void write_csv(toc_buf *out, toc_object *obj)
{
    toc_csv_write(out, toc_str_of(obj->type->name));
    toc_buf_char(out, ',');
    toc_csv_write(out, value_of(obj));
    if (toc__object_has(obj, TOC_SLOT_RATING)) {
        long long cents = llround(obj->values[TOC_SLOT_RATING].as.decimal * 100);
        toc_buf_printf(out, ",%lld.%02lld,", cents / 100, cents % 100);
    } else {
        toc_buf_lit(out, ",null,");
    }
    if (toc__object_has(obj, TOC_SLOT_CONFIDENCE))
        toc_buf_int(out, obj->values[TOC_SLOT_CONFIDENCE].as.integer);
    else
        toc_buf_lit(out, "null");
    toc_buf_char(out, '\n');
}

static toc_rc write_row(void *user, int64_t id, toc_object *obj)
{
    report *rep = user;
    if (rep->stop && ++rep->rows % STOP_ROWS == 0 && rep->stop(rep->stop_user))
        return toc_error_set(rep->err, TOC_ECANCELED, "the report was not finished");
    toc_rc rc = TOC_OK;
    if (rep->format == TOC_BULK_CSV)
        write_csv(&rep->call.body, obj);
    else
        rc = toc__write_object(&rep->call, id, obj, TOC_FORM_SUMMARY,
                               TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS);
    if (rc && !rep->call.body.failed)
        return rc == TOC_ENOMEM ? toc_error_nomem(rep->err) : rc;
    return rep->call.body.len < PIECE && !rep->call.body.failed ? TOC_OK : flush(rep);
}

static toc_rc write_rows(report *rep, toc_error *err)
{
    toc_query query = {.owner = rep->call.owner.id, .kind = TOC_KIND_INDICATOR};
    toc_rc rc = toc_file_begin(rep->call.platform->store, &rep->file, err);
    if (rc)
        return rc;
    toc_json_writer_init(&rep->call.out, &rep->call.body);
    if (rep->format == TOC_BULK_CSV) {
        toc_buf_lit(&rep->call.body, "Type,Value,Rating,Confidence\n");
    } else {
        query.with = TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS;
        toc_json_object(&rep->call.out);
        toc__json_key(&rep->call.out, "indicator");
        toc_json_array(&rep->call.out);
    }
    rc = toc_object_each(rep->call.conn, &query, write_row, rep, err);
    if (rep->format == TOC_BULK_JSON) {
        toc_json_array_end(&rep->call.out);
        toc_json_object_end(&rep->call.out);
    }
    if (!rc)
        rc = flush(rep);
    return rc ? rc : toc_file_finish(&rep->file, err);
}

/* --- making one ---------------------------------------------------------------------------- */

/* A report that was switched off while it was made is not kept. */
static toc_rc save(report *rep, int64_t next_run, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    toc_bulk_report known;
    toc_rc rc = toc_tx_begin(rep->call.platform->store, &conn, err);
    if (!rc)
        rc = toc_bulk_get(conn, rep->call.owner.id, &rep->call.arena, &known, err);
    if (!rc && !known.enabled[rep->format])
        return TOC_OK;
    if (!rc)
        rc = toc_bulk_put(conn, rep->call.owner.id, rep->format, &rep->file, rep->call.now,
                          next_run, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(conn), err);
    if (!rc)
        toc_file_keep(&rep->file);
    return rc;
}

static toc_rc read_rows(report *rep, toc_error *err)
{
    toc_store *store = rep->call.platform->store;
    toc_rc rc = toc_store_reader(store, &rep->call.reader, err);
    if (rc)
        return rc;
    rep->call.conn = rep->call.reader;
    rc = write_rows(rep, err);
    toc_store_reader_done(store, rep->call.reader);
    return rc;
}

typedef struct making {
    toc_platform *platform;
    const toc_store_owner *owner;
    int64_t next_run; /* 0: a period from now */
    toc_cancel_fn stop;
    void *stop_user;
} making;

/* The lock of bulk reports is held. */
static toc_rc make(const making *what, toc_bulk_format format, toc_error *err)
{
    report rep = {.call = {.platform = what->platform, .owner = *what->owner, .file = -1},
                  .format = format,
                  .stop = what->stop,
                  .stop_user = what->stop_user,
                  .err = err};
    rep.call.now = toc_time_now();
    toc_arena_init(&rep.call.arena, TOC_MAX_TEXT);
    toc_buf_init(&rep.call.body, PIECE_MAX);
    toc_buf_init(&rep.call.link, TOC_MAX_VALUE * 4);
    toc_rc rc = read_rows(&rep, err);
    if (!rc)
        rc = save(&rep, what->next_run ? what->next_run : rep.call.now + PERIOD, err);
    toc_file_done(&rep.file);
    toc_buf_done(&rep.call.link);
    toc_buf_done(&rep.call.body);
    toc_arena_done(&rep.call.arena);
    return rc;
}

/* --- requests ------------------------------------------------------------------------------ */

/* A report whose file is gone, by hand or with a disk, is as one that was never made. *lost: a bit
 * per format whose row names such a file; a snapshot of before somebody replaced it does so too. */
static toc_rc read_report(toc_incoming *call, toc_bulk_report *known, unsigned *lost,
                          toc_error *err)
{
    toc_rc rc = toc_bulk_get(call->conn, call->owner.id, &call->arena, known, err);
    *lost = 0;
    for (int i = 0; !rc && i < TOC_BULK_FORMATS; i++) {
        int64_t size = 0;
        int fd = -1;
        if (!known->file[i].len)
            continue;
        rc = toc_file_open(call->platform->store, known->file[i], &fd, &size, err);
        if (!rc) {
            (void)close(fd);
        } else if (rc == TOC_ENOTFOUND) {
            *lost |= 1U << i;
            known->file[i] = (toc_str){NULL, 0};
            known->made[i] = 0;
            rc = TOC_OK;
        }
    }
    return rc;
}

/* Behind the lock somebody else may have made what is wanted. What was made in the time to come was
 * made before the clock went back. */
static bool wanted(const toc_incoming *call, const toc_bulk_report *known, toc_bulk_format format)
{
    int64_t patience = call->trusted ? 0 : OVERDUE;
    if (!known->file[format].len)
        return true;
    if (toc_target_flag(&call->parts, "runNow"))
        return known->made[format] <= call->now || known->made[format] > toc_time_now();
    return known->next_run && known->next_run + patience <= call->now &&
           known->made[format] + PERIOD <= call->now;
}

static toc_rc make_behind_lock(toc_incoming *call, toc_bulk_format format, toc_error *err)
{
    toc_bulk_report known;
    unsigned lost = 0;
    toc_rc rc = toc__read_anew(call, err);
    if (!rc)
        rc = read_report(call, &known, &lost, err);
    if (rc || !wanted(call, &known, format))
        return rc;
    if (lost & 1U << format)
        toc_log_at(&call->platform->log, TOC_LOG_WARNING, "bulk",
                   "owner %lld: the file of the %s report is gone, it is made anew",
                   (long long)call->owner.id, formats[format].word);
    making what = {.platform = call->platform,
                   .owner = &call->owner,
                   .next_run = known.next_run > call->now ? known.next_run : 0};
    rc = make(&what, format, err);
    return rc ? rc : toc__read_anew(call, err);
}

static toc_rc make_for(toc_incoming *call, toc_bulk_format format, toc_error *err)
{
    /* Nothing is kept open while others are waited for. */
    toc__read_nothing(call);
    (void)pthread_mutex_lock(&call->platform->bulk_lock);
    toc_rc rc = make_behind_lock(call, format, err);
    (void)pthread_mutex_unlock(&call->platform->bulk_lock);
    return rc;
}

static toc_rc find_format(toc_incoming *call, toc_bulk_format *format, toc_error *err)
{
    for (int i = 0; i < TOC_BULK_FORMATS; i++) {
        if (toc_str_equal_fold(call->args[TOC_ARG_FORMAT], toc_str_of(formats[i].word))) {
            *format = (toc_bulk_format)i;
            return TOC_OK;
        }
    }
    return toc__refuse_missing(err);
}

static toc_rc refuse_disabled(toc_bulk_format format, toc_error *err)
{
    return toc__refuse(err, 404, "The %s bulk report is not enabled for this owner",
                       formats[format].word);
}

toc_rc toc__bulk_file(toc_incoming *call, toc_error *err)
{
    toc_bulk_format format = TOC_BULK_CSV;
    toc_bulk_report known;
    unsigned lost = 0;
    toc_rc rc = find_format(call, &format, err);
    for (int i = 0; !rc && i < ATTEMPTS; i++) {
        rc = read_report(call, &known, &lost, err);
        if (!rc && !known.enabled[format])
            rc = refuse_disabled(format, err);
        if (!rc && wanted(call, &known, format)) {
            rc = make_for(call, format, err);
            if (!rc)
                rc = toc_bulk_get(call->conn, call->owner.id, &call->arena, &known, err);
            if (!rc && !known.enabled[format])
                rc = refuse_disabled(format, err);
        }
        if (rc)
            return rc;
        rc = toc__answer_file(call, known.file[format], formats[format].content_type, err);
        if (rc != TOC_ENOTFOUND)
            return rc;
        /* Replaced between the look and the opening. */
        rc = toc__read_anew(call, err);
    }
    return rc ? rc : toc_error_set(err, TOC_ESTORE, "the file of a bulk report is missing");
}

static void write_date(toc_json_writer *out, const char *key, int64_t when)
{
    char text[TOC_TIME_TEXT];
    if (when)
        toc_json_member(out, toc_str_of(key), (toc_str){text, toc_time_format(when, text)});
}

static void write_status(toc_incoming *call, const toc_bulk_report *known)
{
    toc_json_writer *out = &call->out;
    int64_t csv = known->made[TOC_BULK_CSV], json = known->made[TOC_BULK_JSON];
    toc__json_key(out, "bulkStatus");
    toc_json_object(out);
    toc_json_kv_str(out, "name", call->owner.name);
    toc__json_key(out, "csvEnabled");
    toc_json_bool(out, known->enabled[TOC_BULK_CSV]);
    toc__json_key(out, "jsonEnabled");
    toc_json_bool(out, known->enabled[TOC_BULK_JSON]);
    write_date(out, "nextRun", known->next_run);
    write_date(out, "lastRun", csv > json ? csv : json);
    toc_json_kv_str(out, "status", known->status);
    toc_json_object_end(out);
}

static toc_rc read_status(toc_incoming *call, toc_bulk_report *known, toc_error *err)
{
    unsigned lost = 1;
    toc_rc rc = TOC_OK;
    for (int i = 0; !rc && lost && i < ATTEMPTS; i++) {
        rc = i ? toc__read_anew(call, err) : TOC_OK;
        if (!rc)
            rc = read_report(call, known, &lost, err);
    }
    if (!rc && lost)
        known->status = TOC_S("Pending");
    return rc;
}

/* Java takes the envelope alone; others look beside it (rest-v2 2.7). */
toc_rc toc__bulk_status(toc_incoming *call, toc_error *err)
{
    toc_bulk_report known;
    toc_rc rc = read_status(call, &known, err);
    if (rc)
        return rc;
    toc_str agent = toc_request_header(call->request, "User-Agent");
    bool java = toc_str_find(agent, TOC_S("Apache-HttpClient")) >= 0;
    toc__begin_bare(call, 200);
    toc_json_object(&call->out);
    if (!java)
        write_status(call, &known);
    toc__json_member(&call->out, "status", "Success");
    toc__json_key(&call->out, "data");
    toc_json_object(&call->out);
    write_status(call, &known);
    toc__end(call);
    return TOC_OK;
}

/* --- the worker, administration ------------------------------------------------------------ */

static toc_rc find_due(toc_platform *platform, toc_arena *arena, toc_store_owner *owner,
                       toc_bulk_report *known, toc_error *err)
{
    toc_conn *conn = NULL;
    int64_t id = 0;
    toc_rc rc = toc_store_reader(platform->store, &conn, err);
    if (rc)
        return rc;
    *owner = (toc_store_owner){.id = 0};
    rc = toc_bulk_due(conn, toc_time_now(), &id, err);
    if (!rc && id)
        rc = toc_bulk_get(conn, id, arena, known, err);
    if (!rc && id)
        rc = toc_owner_by_id(conn, id, arena, owner, err);
    toc_store_reader_done(platform->store, conn);
    return rc;
}

static toc_rc put_off(toc_platform *platform, int64_t owner, const toc_error *why, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    toc_log_at(&platform->log, TOC_LOG_ERROR, "bulk", "owner %lld: %s", (long long)owner,
               why->message);
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_bulk_failed(conn, owner, toc_time_now() + RETRY, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

/* A report that is due though it is switched off would be due for ever. */
static toc_rc drop_disabled(toc_platform *platform, int64_t owner, toc_arena *arena, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    toc_bulk_report known;
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_bulk_get(conn, owner, arena, &known, err);
    if (!rc)
        rc = toc_bulk_enable(conn, owner, known.enabled, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

static int make_due(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner owner;
    toc_bulk_report known;
    toc_error why = {0};
    toc_rc rc = find_due(platform, &arena, &owner, &known, err);
    if (rc || !owner.id)
        return rc;
    making what = {.platform = platform, .owner = &owner, .stop = stop, .stop_user = user};
    bool made = false;
    for (int i = 0; !rc && i < TOC_BULK_FORMATS; i++) {
        if (!known.file[i].len || !known.enabled[i])
            continue;
        rc = make(&what, (toc_bulk_format)i, &why);
        made = true;
    }
    if (rc == TOC_ECANCELED)
        return 0;
    if (rc)
        rc = put_off(platform, owner.id, &why, err);
    else if (!made)
        rc = drop_disabled(platform, owner.id, &arena, err);
    return rc ? rc : 1;
}

int toc_bulk_work(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err)
{
    if (pthread_mutex_trylock(&platform->bulk_lock) != 0)
        return 0;
    int did = make_due(platform, stop, user, err);
    (void)pthread_mutex_unlock(&platform->bulk_lock);
    return did;
}

toc_rc toc_platform_set_bulk(toc_platform *platform, const char *owner, bool csv, bool json,
                             toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner found;
    if (!platform || !owner)
        return toc_error_set(err, TOC_EINVAL, "a platform and the name of an owner are needed");
    const bool enabled[TOC_BULK_FORMATS] = {[TOC_BULK_CSV] = csv, [TOC_BULK_JSON] = json};
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(owner), &arena, &found, err);
    if (!rc)
        rc = toc_bulk_enable(conn, found.id, enabled, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}
