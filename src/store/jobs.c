/* jobs.c - batch jobs: state and counts are written in the transactions that do the work, so that
 * an interrupted job continues where it stopped. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

/* Of a job that is given its file now: behind all the others. */
#define NEXT_PLACE "(SELECT coalesce(max(place), 0) + 1 FROM job)"

toc_rc toc_job_add(toc_conn *conn, toc_job *job, toc_error *err)
{
    toc_stmt *stmt = NULL;
    int64_t id = 0;
    toc_rc rc = toc__next_id(conn, TOC__TABLE_JOB, &id, err);
    if (!rc)
        rc = toc_db_stmt(
            conn->db,
            "INSERT INTO job(id, owner_id, account_id, state, config, spool, progress,"
            " success_indicators, error_indicators, success_groups, error_groups,"
            " success_links, error_links, unprocessed, errors, created, finished,"
            " learns, place) VALUES(?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, ?, 0, ?, 0, ?,"
            " " NEXT_PLACE ")",
            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, job->owner);
    toc_bind_int(stmt, 3, job->user);
    toc_bind_int(stmt, 4, job->state);
    toc_bind_text(stmt, 5, job->config.ptr ? job->config : TOC_S("{}"));
    toc_bind_text(stmt, 6, job->spool);
    toc_bind_int(stmt, 7, job->unprocessed);
    toc_bind_int(stmt, 8, job->created);
    toc_bind_int(stmt, 9, job->learns);
    rc = toc_run(stmt, err);
    if (!rc)
        job->id = id;
    return rc;
}

#define JOB_COLUMNS                                                                                \
    "id, owner_id, account_id, state, progress, success_indicators, error_indicators,"             \
    " success_groups, error_groups, success_links, error_links, unprocessed, errors, created,"     \
    " finished, config, spool, learns"

static toc_rc read_job(toc_stmt *stmt, toc_arena *arena, toc_job *job, toc_error *err)
{
    toc_job found = {.state = (toc_job_state)toc_column_int(stmt, 3)};
    int64_t *const numbers[] = {
        &found.id,
        &found.owner,
        &found.user,
        NULL,
        &found.progress,
        &found.success_indicators,
        &found.error_indicators,
        &found.success_groups,
        &found.error_groups,
        &found.success_links,
        &found.error_links,
        &found.unprocessed,
        &found.errors,
        &found.created,
        &found.finished,
    };
    for (size_t i = 0; i < TOC_COUNT(numbers); i++)
        if (numbers[i])
            *numbers[i] = toc_column_int(stmt, (int)i);
    toc_rc rc = toc__copy_column(stmt, (int)TOC_COUNT(numbers), arena, &found.config, err);
    if (!rc)
        rc = toc__copy_column(stmt, (int)TOC_COUNT(numbers) + 1, arena, &found.spool, err);
    found.learns = toc_column_int(stmt, (int)TOC_COUNT(numbers) + 2) != 0;
    if (!rc)
        *job = found;
    return rc;
}

toc_rc toc_job_get(toc_conn *conn, int64_t id, toc_arena *arena, toc_job *job, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT " JOB_COLUMNS " FROM job WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    int step = toc_step(stmt, err);
    if (step > 0)
        return read_job(stmt, arena, job, err);
    return step ? step
                : toc_error_set(err, TOC_ENOTFOUND, "there is no batch job %lld", (long long)id);
}

toc_rc toc_job_next(toc_conn *conn, toc_arena *arena, toc_job *job, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT " JOB_COLUMNS " FROM job WHERE state IN (?, ?)"
                            " ORDER BY place, id LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, TOC_JOB_QUEUED);
    toc_bind_int(stmt, 2, TOC_JOB_RUNNING);
    int step = toc_step(stmt, err);
    if (step > 0)
        return read_job(stmt, arena, job, err);
    if (!step)
        *job = (toc_job){0};
    return step;
}

toc_rc toc_job_waiting(toc_conn *conn, int64_t owner, bool *waiting, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t one;
    toc_rc rc = toc_db_stmt(
        conn->db, "SELECT 1 FROM job WHERE state IN (?, ?) AND owner_id = ? LIMIT 1", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, TOC_JOB_QUEUED);
    toc_bind_int(stmt, 2, TOC_JOB_RUNNING);
    toc_bind_int(stmt, 3, owner);
    return toc__read_int(stmt, &one, waiting, err);
}

toc_rc toc_job_save(toc_conn *conn, const toc_job *job, toc_error *err)
{
    const int64_t values[] = {
        job->state,          job->progress,     job->success_indicators, job->error_indicators,
        job->success_groups, job->error_groups, job->success_links,      job->error_links,
        job->unprocessed,    job->errors,       job->finished,           job->id,
    };
    toc_rc rc = toc__run_ints(conn,
                              "UPDATE job SET state = ?, progress = ?, success_indicators = ?,"
                              " error_indicators = ?, success_groups = ?, error_groups = ?,"
                              " success_links = ?, error_links = ?, unprocessed = ?, errors = ?,"
                              " finished = ? WHERE id = ?",
                              values, TOC_COUNT(values), err);
    if (!rc && !toc_db_changes(conn->db))
        rc = toc_error_set(err, TOC_ENOTFOUND, "there is no batch job %lld", (long long)job->id);
    return rc;
}

toc_rc toc_job_set_spool(toc_conn *conn, int64_t id, toc_str spool, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, "UPDATE job SET spool = ?, place = " NEXT_PLACE " WHERE id = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, spool);
    toc_bind_int(stmt, 2, id);
    rc = toc_run(stmt, err);
    if (!rc && !toc_db_changes(conn->db))
        rc = toc_error_set(err, TOC_ENOTFOUND, "there is no batch job %lld", (long long)id);
    return rc;
}

#define LAST_ERROR "coalesce((SELECT max(number) FROM job_error WHERE job_id = ?1), 0)"

toc_rc toc_job_error_add(toc_conn *conn, int64_t job, const toc_job_error *error, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    /* The number is the order; beyond the limit the job only counts. With HAVING, or anything else
     * that is joined to it, max() would look at every row there is. */
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO job_error(job_id, number, code, reason, source, message)"
                         " SELECT ?1, " LAST_ERROR " + 1, ?2, ?3, ?4, ?5"
                         " WHERE " LAST_ERROR " < ?6",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, job);
    toc_bind_text(stmt, 2, error->code);
    toc_bind_text(stmt, 3, error->reason);
    toc_bind_text(stmt, 4, error->source);
    toc_bind_text(stmt, 5, error->message);
    toc_bind_int(stmt, 6, TOC_MAX_JOB_ERRORS);
    return toc_run(stmt, err);
}

toc_rc toc_job_error_each(toc_conn *conn, int64_t job, toc_job_error_fn fn, void *user,
                          toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT code, reason, source, message FROM job_error WHERE job_id = ?"
                            " ORDER BY number",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, job);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_job_error error = {toc_column_text(stmt, 0), toc_column_text(stmt, 1),
                               toc_column_text(stmt, 2), toc_column_text(stmt, 3)};
        rc = fn(user, &error);
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc_job_author(toc_conn *conn, int64_t user, toc_arena *arena, toc_str *name, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT access_id FROM account WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, user);
    int step = toc_step(stmt, err);
    *name = (toc_str){NULL, 0};
    return step > 0 ? toc__copy_column(stmt, 0, arena, name, err) : step;
}

/* --- old jobs */

toc_rc toc_job_expired(toc_conn *conn, int64_t before, int64_t *id, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool found;
    /* A job that was never given a file is over, too. */
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id FROM job WHERE (state = ?1 AND finished < ?3)"
                            " OR (state = ?2 AND created < ?3) LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, TOC_JOB_COMPLETED);
    toc_bind_int(stmt, 2, TOC_JOB_CREATED);
    toc_bind_int(stmt, 3, before);
    return toc__read_int(stmt, id, &found, err);
}

toc_rc toc_job_remove(toc_conn *conn, int64_t id, toc_error *err)
{
    toc_rc rc = toc__run_int(conn, "DELETE FROM job_error WHERE job_id = ?", err, id);
    return rc ? rc : toc__run_int(conn, "DELETE FROM job WHERE id = ?", err, id);
}

toc_rc toc_job_by_spool(toc_conn *conn, toc_str spool, int64_t *id, bool *done, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT id, state FROM job WHERE spool = ? LIMIT 1", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, spool);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *id = step ? toc_column_int(stmt, 0) : 0;
    *done = step && toc_column_int(stmt, 1) == TOC_JOB_COMPLETED;
    return TOC_OK;
}
