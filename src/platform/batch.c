/* batch.c - the requests about batch jobs (rest-v2 4). */
#include "platform/batch.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/attribute_types.h"
#include "platform/handlers.h"

static const char *const state_words[TOC_JOB_STATE_COUNT] = {"Created", "Queued", "Running",
                                                             "Completed"};

/* --- who may ------------------------------------------------------------------------------- */

/* rest-v2 4.1 */
static toc_rc need_batch(const toc_incoming *call, toc_error *err)
{
    if (!call->platform->batch_disabled)
        return TOC_OK;
    (void)toc__refuse(err, 503,
                      "Batch job api is not available.  Ensure that batchJobEnabled is true and "
                      "document storage is enabled and configured;");
    return toc__refuse_as(err, TOC_REFUSE_PLAIN);
}

/* A job may bring objects of every kind, so each kind's right is needed. */
static toc_rc need_batch_rights(const toc_incoming *call, toc_error *err)
{
    static const struct {
        const char *word;
        unsigned right;
    } kinds[] = {{" Indicators;", TOC_MAY_WRITE},
                 {" Groups;", TOC_MAY_WRITE},
                 {" Attributes;", TOC_MAY_BATCH},
                 {" Tags;", TOC_MAY_WRITE},
                 {" Security Labels;", TOC_MAY_BATCH}};
    char missing[64] = "";
    size_t len = 0;
    for (size_t i = 0; i < TOC_COUNT(kinds); i++) {
        if (!(call->rights & kinds[i].right))
            len += (size_t)snprintf(missing + len, sizeof(missing) - len, "%s", kinds[i].word);
    }
    if (!len)
        return TOC_OK;
    (void)toc__refuse(err, 401,
                      "Unable to perform the requested operation due to the following error(s): "
                      "You do not have permission to create%s",
                      missing);
    return toc__refuse_as(err, TOC_REFUSE_PLAIN);
}

static toc_rc read_config(toc_incoming *call, toc_str json, toc_batch_config *config,
                          toc_error *err)
{
    toc_rc rc = toc_batch_config_read(json, &call->arena, config, err);
    if (rc)
        return rc;
    toc_str owner = config->owner.len ? config->owner : toc_target_param(&call->parts, "owner");
    if (!owner.len)
        return toc__refuse(err, 400, "The owner for this Batch is invalid");
    rc = toc__use_owner(call, owner, err);
    return rc ? rc : need_batch_rights(call, err);
}

/* The job of the path, in an owner that the caller may read. */
static toc_rc job_of(toc_incoming *call, toc_job *job, toc_error *err)
{
    int64_t id;
    toc_rc rc = need_batch(call, err);
    if (rc)
        return rc;
    if (!toc_str_to_int(call->args[TOC_ARG_BID], &id) || id <= 0)
        return toc__refuse_missing(err);
    rc = toc_job_get(call->conn, id, &call->arena, job, err);
    if (rc)
        return rc;
    rc = toc__use_owner_id(call, job->owner, err);
    return rc == TOC_EHTTP ? toc__refuse_missing(err) : rc;
}

/* --- answers ------------------------------------------------------------------------------- */

static void write_counts(toc_json_writer *writer, const toc_job *job)
{
    toc__json_count(writer, "successIndicatorCount", job->success_indicators);
    toc__json_count(writer, "errorIndicatorCount", job->error_indicators);
    toc__json_count(writer, "successGroupCount", job->success_groups);
    toc__json_count(writer, "errorGroupCount", job->error_groups);
    toc__json_count(writer, "successAssociationCount", job->success_links);
    toc__json_count(writer, "errorAssociationCount", job->error_links);
}

static void answer_status(toc_incoming *call, const toc_job *job, bool with_id, int status)
{
    toc_json_writer *writer = &call->out;
    toc__begin(call, status);
    toc__json_key(writer, "batchStatus");
    toc_json_object(writer);
    if (with_id)
        toc__json_count(writer, "id", job->id);
    toc__json_member(writer, "status", state_words[job->state]);
    toc__json_count(writer, "errorCount", job->errors);
    toc__json_count(writer, "successCount", job->success_indicators + job->success_groups);
    toc__json_count(writer, "unprocessCount", job->unprocessed);
    if (toc_target_flag(&call->parts, "includeAdditional"))
        write_counts(writer, job);
    toc_json_object_end(writer);
    toc__end(call);
}

toc_rc toc__batch_status(toc_incoming *call, toc_error *err)
{
    toc_job job = {.id = 0};
    toc_rc rc = job_of(call, &job, err);
    if (!rc)
        answer_status(call, &job, true, 200);
    return rc;
}

/* --- jobs ---------------------------------------------------------------------------------- */

toc_rc toc__batch_create(toc_incoming *call, toc_error *err)
{
    toc_batch_config config;
    toc_rc rc = need_batch(call, err);
    if (!rc)
        rc = read_config(call, call->request->body, &config, err);
    if (rc)
        return rc;
    toc_job job = {.owner = call->owner.id,
                   .user = call->user.id,
                   .state = TOC_JOB_CREATED,
                   .config = call->request->body,
                   .created = call->now,
                   .learns = toc__learns_attribute_types(call)};
    rc = toc__begin_write(call, err);
    if (!rc)
        rc = toc_job_add(call->conn, &job, err);
    if (rc)
        return rc;
    toc__begin(call, 201);
    toc__json_count(&call->out, "batchId", job.id);
    toc__end(call);
    return TOC_OK;
}

/* Runs a job before the answer. Its row exists already (id) or is made with the first error. */
static toc_rc run_now(toc_incoming *call, toc_job *job, const toc_batch_config *config,
                      toc_str file, toc_error *err)
{
    toc_applied_batch batch = {
        .platform = call->platform, .config = config, .job = *job, .file = file, .now = call->now};
    /* Its transactions are many: what this request has read must not hold back the log. */
    toc__read_nothing(call);
    toc_rc rc = toc_batch_run(&batch, err);
    if (rc)
        return rc;
    *job = batch.job;
    return toc__read_anew(call, err);
}

static bool always_now(const toc_incoming *call)
{
    return call->platform->synchronous_batch == UINT32_MAX;
}

static toc_rc need_created(const toc_job *job, toc_error *err)
{
    if (job->state == TOC_JOB_CREATED)
        return TOC_OK;
    (void)toc__refuse(err, 400, "Batch already has a file, it is in %s state",
                      state_words[job->state]);
    return toc__refuse_as(err, TOC_REFUSE_INVALID);
}

static toc_rc queue_row(toc_incoming *call, toc_job *job, toc_str name, toc_error *err)
{
    toc_job now = {.id = 0};
    toc_rc rc = toc__begin_write(call, err);
    job->state = TOC_JOB_QUEUED;
    if (!rc && !job->id)
        return toc_job_add(call->conn, job, err);
    /* Two uploads may have come at the same time: the first one counts. */
    if (!rc)
        rc = toc_job_get(call->conn, job->id, &call->arena, &now, err);
    if (!rc)
        rc = need_created(&now, err);
    if (!rc)
        rc = toc_job_set_spool(call->conn, job->id, name, err);
    return rc ? rc : toc_job_save(call->conn, job, err);
}

/* Stores the file first, the job that needs it then. */
static toc_rc queue(toc_incoming *call, toc_job *job, toc_str file, toc_error *err)
{
    char name[TOC_SPOOL_NAME];
    toc_rc rc = toc_spool_write(call->platform, file, name, err);
    if (rc)
        return rc;
    job->spool = toc_str_of(name);
    rc = queue_row(call, job, job->spool, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(call->writer), err);
    if (rc)
        toc_spool_remove(call->platform, job->spool);
    job->spool = (toc_str){NULL, 0};
    return rc;
}

toc_rc toc__batch_upload(toc_incoming *call, toc_error *err)
{
    toc_batch_config config;
    toc_job job = {.id = 0};
    toc_rc rc = job_of(call, &job, err);
    if (!rc)
        rc = need_batch_rights(call, err);
    if (!rc)
        rc = need_created(&job, err);
    if (!rc)
        rc = toc_batch_config_read(job.config, &call->arena, &config, err);
    if (rc)
        return rc;
    rc = always_now(call) ? run_now(call, &job, &config, call->request->body, err)
                          : queue(call, &job, call->request->body, err);
    if (!rc)
        answer_status(call, &job, true, 202);
    return rc;
}

/* Small enough, and nothing of the owner is waiting that it might rely on. */
static toc_rc small_enough(toc_incoming *call, toc_str content, bool *small, toc_error *err)
{
    int64_t limit = call->platform->synchronous_batch;
    bool waiting = false;
    *small = always_now(call);
    if (*small || toc__batch_items(content, limit) > limit)
        return TOC_OK;
    toc_rc rc = toc_job_waiting(call->conn, call->owner.id, &waiting, err);
    *small = !rc && !waiting;
    return rc;
}

toc_rc toc__batch_create_upload(toc_incoming *call, toc_error *err)
{
    toc_batch_config config;
    bool small = false;
    toc_str type = toc_request_header(call->request, "Content-Type");
    toc_str json = toc_multipart_find(type, call->request->body, TOC_S("config"));
    toc_str content = toc_multipart_find(type, call->request->body, TOC_S("content"));
    toc_rc rc = need_batch(call, err);
    if (!rc && (!json.ptr || !content.ptr))
        rc = toc__refuse_body(err);
    if (!rc)
        rc = read_config(call, json, &config, err);
    if (!rc)
        rc = small_enough(call, content, &small, err);
    if (rc)
        return rc;
    toc_job job = {.owner = call->owner.id,
                   .user = call->user.id,
                   .config = json,
                   .created = call->now,
                   .learns = toc__learns_attribute_types(call)};
    rc = small ? run_now(call, &job, &config, content, err) : queue(call, &job, content, err);
    if (rc)
        return rc;
    /* With an id clients ask for the errors, without one they take the counts as final. */
    answer_status(call, &job, !small || job.errors > 0, small ? 200 : 202);
    return TOC_OK;
}

/* --- errors and results -------------------------------------------------------------------- */

static toc_rc finished(toc_incoming *call, toc_job *job, toc_error *err)
{
    toc_rc rc = job_of(call, job, err);
    if (rc || job->state == TOC_JOB_COMPLETED)
        return rc;
    (void)toc__refuse(err, 400, "Batch still in %s state", state_words[job->state]);
    return toc__refuse_as(err, TOC_REFUSE_INVALID);
}

typedef struct entry_list {
    toc_incoming *call;
    toc_str code, contains, severity;
    int64_t count;
} entry_list;

static toc_rc write_error(void *user, const toc_job_error *entry)
{
    entry_list *list = user;
    toc_json_writer *writer = &list->call->out;
    if (toc_str_starts(entry->code, TOC_S("0x2")))
        return TOC_OK;
    list->count++;
    toc_json_object(writer);
    toc_json_kv_str(writer, "errorReason", entry->reason.ptr ? entry->reason : TOC_S(""));
    toc_json_kv_str(writer, "errorSource", entry->source.ptr ? entry->source : TOC_S(""));
    toc_json_kv_str(writer, "errorMessage", entry->message);
    toc_json_object_end(writer);
    return list->call->body.failed;
}

static toc_rc answer_entries(toc_incoming *call, entry_list *list, toc_job_error_fn fn,
                             const char *content_type, toc_error *err)
{
    toc_job job = {.id = 0};
    toc_rc rc = finished(call, &job, err);
    if (rc)
        return rc;
    toc__begin_bare(call, 200);
    toc_json_array(&call->out);
    call->content_type = content_type;
    rc = toc_job_error_each(call->conn, job.id, fn, list, err);
    toc_json_array_end(&call->out);
    if (!rc && !list->count)
        return toc__refuse_missing(err);
    return rc;
}

toc_rc toc__batch_errors(toc_incoming *call, toc_error *err)
{
    entry_list list = {.call = call};
    return answer_entries(call, &list, write_error, "application/octet-stream", err);
}

static const char error_word[] = "Error", warning_word[] = "Warning";

static const char *severity_of(toc_str code)
{
    return toc_str_starts(code, TOC_S("0x2")) ? warning_word : error_word;
}

/* The words of the query, and what entries call it. Nothing here is of the severity Info. */
static toc_rc read_severity(toc_str *severity, toc_error *err)
{
    static const struct {
        const char *word, *means;
    } words[] = {{"err", error_word},
                 {"error", error_word},
                 {"info", "Info"},
                 {"warn", warning_word},
                 {"warning", warning_word}};
    if (!severity->len)
        return TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (toc_str_equal_fold(*severity, toc_str_of(words[i].word))) {
            *severity = toc_str_of(words[i].means);
            return TOC_OK;
        }
    }
    return toc__refuse(err, 400,
                       "The severity for this Batch is invalid, please enter one of the "
                       "following values: err, error, info, warn, warning");
}

static bool wanted(const entry_list *list, const toc_job_error *entry)
{
    if (list->code.len && !toc_str_equal_fold(list->code, entry->code))
        return false;
    if (list->severity.len && !toc_str_equal(list->severity, toc_str_of(severity_of(entry->code))))
        return false;
    return !list->contains.len || toc_str_find(entry->reason, list->contains) >= 0 ||
           toc_str_find(entry->message, list->contains) >= 0;
}

static toc_rc write_result(void *user, const toc_job_error *entry)
{
    entry_list *list = user;
    toc_json_writer *writer = &list->call->out;
    if (!wanted(list, entry))
        return TOC_OK;
    list->count++;
    toc_json_object(writer);
    toc_json_kv_str(writer, "code", entry->code);
    toc__json_member(writer, "severity", severity_of(entry->code));
    toc_json_kv_str(writer, "errorReason", entry->reason.ptr ? entry->reason : TOC_S(""));
    toc_json_kv_str(writer, "errorMessage", entry->message.ptr ? entry->message : TOC_S(""));
    toc_json_object_end(writer);
    return list->call->body.failed;
}

toc_rc toc__batch_results(toc_incoming *call, toc_error *err)
{
    entry_list list = {.call = call,
                       .code = toc_target_param(&call->parts, "code"),
                       .contains = toc_target_param(&call->parts, "contains"),
                       .severity = toc_target_param(&call->parts, "severity")};
    toc_rc rc = read_severity(&list.severity, err);
    return rc ? rc : answer_entries(call, &list, write_result, "application/json", err);
}
