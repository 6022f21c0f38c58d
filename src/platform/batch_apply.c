/* batch_apply.c - the walk over a batch file. The file is read with a pull reader, array by array:
 * groups, then indicators, then what links them, whatever their order in the file. Which steps
 * there are, and in which order, follows from the file alone: that is what makes a run that was cut
 * short continue at the step after the last one that was stored. */
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/batch.h"

/* Arrays of one name; more than one is odd, more than this is refused. */
#define MAX_ARRAYS 8
/* Between two questions to the stop callback. */
#define STOP_EVERY 256

typedef struct marks {
    toc_json_reader at[MAX_ARRAYS]; /* in front of the array */
    size_t count;
} marks;

typedef struct walk {
    toc_applied_batch *batch;
    marks groups, indicators, associations;
    bool groups_ahead; /* the file may hold groups behind the indicators */
    size_t deferred;   /* indicator arrays in front of the groups, still to be read */
    bool groups_last;  /* of a removal: an indicator may go with its last group, and then it is not
                          to be missed */
} walk;

/* --- transactions -------------------------------------------------------------------------- */

static toc_rc store_progress(toc_applied_batch *batch, toc_error *err)
{
    if (batch->job.progress < batch->step)
        batch->job.progress = batch->step;
    batch->pending = 0;
    if (!batch->job.id)
        return TOC_OK;
    return toc_job_save(batch->conn, &batch->job, err);
}

static toc_rc checkpoint(toc_applied_batch *batch, toc_error *err)
{
    toc_rc rc = store_progress(batch, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(batch->conn), err);
    /* Until the next transaction begins, others may remove what these name. */
    toc_map_clear(&batch->groups);
    toc_map_clear(&batch->labels);
    batch->labelled = TOC_LABELLED_UNKNOWN;
    /* Who asks for what has changed since a time must not miss what a long job brings later. */
    batch->now = toc_time_now();
    return rc ? rc : toc_tx_begin(batch->platform->store, &batch->conn, err);
}

/* After each step. */
static toc_rc advance(toc_applied_batch *batch, toc_error *err)
{
    batch->step++;
    batch->pending++;
    if (batch->stop && batch->step % STOP_EVERY == 0 && batch->stop(batch->stop_user))
        return toc_error_set(err, TOC_ECANCELED, "stopped");
    bool enough = batch->pending >= TOC_BATCH_TRANSACTION || toc_tx_wanted(batch->conn);
    return enough ? checkpoint(batch, err) : TOC_OK;
}

static bool done_before(const toc_applied_batch *batch)
{
    return batch->step < batch->job.progress;
}

/* --- broken files -------------------------------------------------------------------------- */

static toc_rc record_syntax(toc_applied_batch *batch, toc_str why, toc_error *err)
{
    toc_job_error entry = {.code = TOC_S("0x1003"),
                           .reason = TOC_S("The file is not valid JSON."),
                           .source = TOC_S("The file is not valid."),
                           .message = why};
    return toc__batch_entry(batch, false, &entry, err);
}

/* The file is good, so what failed is the room for its texts. */
static toc_rc record_unread(toc_applied_batch *batch, const toc_json_reader *reader, toc_error *err)
{
    toc_error why;
    if (done_before(batch)) {
        batch->step++;
        return TOC_OK;
    }
    (void)toc_json_fail(reader, &why);
    toc_rc rc = record_syntax(batch, toc_str_of(why.message), err);
    return rc ? rc : advance(batch, err);
}

static toc_rc record_not_array(toc_applied_batch *batch, toc_error *err)
{
    if (done_before(batch)) {
        batch->step++;
        return TOC_OK;
    }
    toc_job_error entry = {.code = TOC_S("0x1003"),
                           .reason = TOC_S("The file holds something else where an array of items "
                                           "is expected."),
                           .source = TOC_S("The file is not valid.")};
    toc_rc rc = toc__batch_entry(batch, false, &entry, err);
    return rc ? rc : advance(batch, err);
}

/* --- arrays -------------------------------------------------------------------------------- */

/* Skips the rest of a value whose first event has been read; nothing for a scalar. */
static toc_rc skip(toc_json_reader *reader)
{
    return toc_json_skip(reader, NULL) ? TOC_OK : TOC_EPARSE;
}

static toc_rc refuse_scalar(toc_applied_batch *batch, toc_json_reader *reader, toc_kind kind,
                            toc_error *err)
{
    toc_error why;
    if (skip(reader))
        return TOC_EPARSE;
    toc__object_reset(batch->obj, NULL);
    (void)toc_error_set(&why, TOC_EINVAL, "an item is not a JSON object");
    return toc__batch_refuse(batch, kind, NULL, &why, err);
}

typedef struct pass {
    toc_batch_item item;
    toc_kind kind;
    bool links;      /* a later look at items that were counted before */
    bool indicators; /* its items count towards the limit of a job */
} pass;

static const pass group_pass = {toc__batch_group, TOC_KIND_GROUP, false, false};
static const pass indicator_pass = {toc__batch_indicator, TOC_KIND_INDICATOR, false, true};
static const pass group_link_pass = {toc__batch_group_links, TOC_KIND_GROUP, true, false};
static const pass indicator_link_pass = {toc__batch_indicator_links, TOC_KIND_INDICATOR, true,
                                         false};
static const pass association_pass = {toc__batch_association, TOC_KIND_GROUP, true, false};

static toc_rc one_item(toc_applied_batch *batch, const pass *how, toc_json_reader *reader,
                       toc_json_event event, toc_error *err)
{
    if (how->indicators)
        batch->indicators++;
    if (done_before(batch)) {
        batch->step++;
        return skip(reader);
    }
    if (batch->halted) {
        if (skip(reader))
            return TOC_EPARSE;
        batch->job.unprocessed += !how->links;
        return advance(batch, err);
    }
    toc_rc rc;
    if (event == TOC_JSON_OBJECT)
        rc = how->item(batch, reader, err);
    else if (how->links)
        rc = skip(reader);
    else
        rc = refuse_scalar(batch, reader, how->kind, err);
    return rc ? rc : advance(batch, err);
}

/* TOC_EPARSE: the file is broken here. */
static toc_rc one_array(toc_applied_batch *batch, const pass *how, toc_json_reader *reader,
                        toc_error *err)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_ERROR)
        return TOC_EPARSE;
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (event != TOC_JSON_ARRAY) {
        if (skip(reader))
            return TOC_EPARSE;
        return how->links ? TOC_OK : record_not_array(batch, err);
    }
    for (;;) {
        toc_arena_clear(batch->scratch);
        event = toc_json_next(reader);
        if (event == TOC_JSON_ARRAY_END)
            return TOC_OK;
        if (event == TOC_JSON_ERROR)
            return TOC_EPARSE;
        toc_rc rc = one_item(batch, how, reader, event, err);
        if (rc)
            return rc;
    }
}

/* --- the top level ------------------------------------------------------------------------- */

static bool mark(marks *list, const toc_json_reader *reader)
{
    if (list->count == MAX_ARRAYS)
        return false;
    list->at[list->count++] = *reader;
    return true;
}

static toc_rc top_indicators(walk *all, toc_json_reader *reader, toc_error *err)
{
    if (!mark(&all->indicators, reader))
        return skip(reader);
    if (all->groups_ahead && !all->groups.count) {
        all->deferred = all->indicators.count;
        return skip(reader);
    }
    return one_array(all->batch, &indicator_pass, reader, err);
}

static toc_rc top_member(walk *all, toc_json_reader *reader, toc_error *err)
{
    bool v2 = all->batch->config->v2;
    if (toc_str_equal(reader->text, TOC_S("indicator")))
        return top_indicators(all, reader, err);
    if (v2 && toc_str_equal(reader->text, TOC_S("group")) && mark(&all->groups, reader))
        return all->groups_last ? skip(reader) : one_array(all->batch, &group_pass, reader, err);
    if (v2 && toc_str_equal(reader->text, TOC_S("association")))
        (void)mark(&all->associations, reader);
    return skip(reader);
}

static toc_rc top_level(walk *all, toc_json_reader *reader, toc_error *err)
{
    toc_json_reader start = *reader;
    toc_json_event event = toc_json_next(reader);
    toc_rc rc = TOC_OK;
    if (event == TOC_JSON_ARRAY) {
        *reader = start;
        (void)mark(&all->indicators, reader);
        rc = one_array(all->batch, &indicator_pass, reader, err);
    } else if (event == TOC_JSON_OBJECT) {
        while (!rc && (event = toc_json_next(reader)) == TOC_JSON_KEY)
            rc = top_member(all, reader, err);
        if (!rc && event != TOC_JSON_OBJECT_END)
            rc = TOC_EPARSE;
    } else {
        return event == TOC_JSON_ERROR ? TOC_EPARSE : record_not_array(all->batch, err);
    }
    if (!rc && toc_json_next(reader) != TOC_JSON_END)
        rc = TOC_EPARSE;
    return rc;
}

/* Arrays that were met before; a broken file ends each where it ended the first time. */
static toc_rc again(walk *all, const marks *list, size_t count, const pass *how, toc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        toc_json_reader reader = list->at[i];
        toc_rc rc = one_array(all->batch, how, &reader, err);
        if (rc && rc != TOC_EPARSE)
            return rc;
    }
    return TOC_OK;
}

static bool mentions(const toc_applied_batch *batch, const char *word)
{
    return batch->file.len && memmem(batch->file.ptr, batch->file.len, word, strlen(word));
}

static toc_rc link_passes(walk *all, toc_error *err)
{
    const toc_applied_batch *batch = all->batch;
    toc_rc rc = TOC_OK;
    bool to_indicators = mentions(batch, "associatedIndicators");
    if (batch->config->remove)
        return TOC_OK;
    if (to_indicators || mentions(batch, "associatedGroup"))
        rc = again(all, &all->groups, all->groups.count, &group_link_pass, err);
    if (!rc && to_indicators)
        rc = again(all, &all->indicators, all->indicators.count, &indicator_link_pass, err);
    if (!rc)
        rc = again(all, &all->associations, all->associations.count, &association_pass, err);
    return rc;
}

static toc_rc run_walk(toc_applied_batch *batch, toc_error *err)
{
    toc_json_reader reader;
    TOC_AUTOFREE void *memory = toc_mem_zalloc(1, sizeof(walk));
    walk *all = memory;
    if (!all)
        return toc_error_nomem(err);
    all->batch = batch;
    all->groups_last = batch->config->remove;
    all->groups_ahead = batch->config->v2 && !all->groups_last && mentions(batch, "\"group\"");
    toc_json_reader_init(&reader, batch->file.ptr ? batch->file.ptr : "", batch->file.len,
                         batch->scratch);
    toc_rc rc = top_level(all, &reader, err);
    bool broken = rc == TOC_EPARSE;
    if (!rc || broken)
        rc = again(all, &all->indicators, all->deferred, &indicator_pass, err);
    if (!rc && all->groups_last)
        rc = again(all, &all->groups, all->groups.count, &group_pass, err);
    if (!rc && broken)
        rc = record_unread(batch, &reader, err);
    return rc ? rc : link_passes(all, err);
}

/* A file that is not JSON changes nothing: what is wrong with it is known before anything is
 * applied. A run that goes on where another one stopped has been through here. */
static toc_rc look_and_walk(toc_applied_batch *batch, toc_error *err)
{
    toc_buf why;
    toc_rc rc = TOC_OK;
    toc_buf_init(&why, TOC_MAX_VALUE);
    if (!batch->job.progress)
        rc = toc__batch_syntax(batch->file, batch->scratch, &why);
    if (rc == TOC_EPARSE)
        rc = record_syntax(batch, toc_buf_view(&why), err);
    else
        rc = run_walk(batch, err);
    toc_buf_done(&why);
    return rc;
}

/* --- a run --------------------------------------------------------------------------------- */

/* With a quota: what the owner may still get. */
static toc_rc set_room(toc_applied_batch *batch, toc_error *err)
{
    int64_t quota = batch->platform->batch_quota, stored = 0;
    toc_query query = {.owner = batch->job.owner, .kind = TOC_KIND_INDICATOR, .inactive = true};
    toc_rc rc = quota ? toc_object_count(batch->conn, &query, &stored, err) : TOC_OK;
    batch->room = quota > stored ? quota - stored : 0;
    return rc;
}

static toc_rc start(toc_applied_batch *batch, toc_error *err)
{
    const toc_type *any = toc_types_at(toc_store_types(batch->platform->store), 0);
    toc_buf_init(&batch->text, TOC_MAX_TEXT);
    toc_rc rc = toc_object_new(any, &batch->obj, err);
    if (!rc && (toc_map_init(&batch->groups, TOC_MAX_IMPORT_GROUPS) ||
                toc_map_init(&batch->labels, TOC_MAX_IMPORT_GROUPS) ||
                toc_map_init(&batch->links, TOC_MAX_SEEN_LINKS)))
        rc = toc_error_nomem(err);
    batch->scratch = rc ? NULL : batch->obj->arena;
    batch->halted = batch->config->halt_on_error && batch->job.errors > 0;
    if (!rc)
        rc = toc_tx_begin(batch->platform->store, &batch->conn, err);
    if (!rc)
        rc = toc_job_author(batch->conn, batch->job.user, &batch->own, &batch->author, err);
    return rc ? rc : set_room(batch, err);
}

static toc_rc finish(toc_applied_batch *batch, toc_rc rc, toc_error *err)
{
    if (rc == TOC_ECANCELED) {
        batch->job.state = TOC_JOB_QUEUED;
    } else if (!rc) {
        batch->job.state = TOC_JOB_COMPLETED;
        batch->job.finished = toc_time_now();
    } else {
        toc_tx_rollback(TOC_TAKE(batch->conn));
        return rc;
    }
    toc_rc stored = store_progress(batch, err);
    if (!stored)
        stored = toc_tx_commit(TOC_TAKE(batch->conn), err);
    return stored ? stored : rc;
}

toc_rc toc_batch_run(toc_applied_batch *batch, toc_error *err)
{
    toc_rc rc = start(batch, err);
    if (!rc)
        rc = look_and_walk(batch, err);
    if (batch->conn)
        rc = finish(batch, rc, err);
    toc_tx_rollback(TOC_TAKE(batch->conn));
    toc_map_done(&batch->groups);
    toc_map_done(&batch->labels);
    toc_map_done(&batch->links);
    toc_arena_done(&batch->own);
    toc_object_free(batch->obj);
    toc_buf_done(&batch->text);
    return rc;
}
