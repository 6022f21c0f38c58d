/* batch_work.c - queued jobs, one after the other, oldest first. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/batch.h"
#include "platform/bulk.h"
#include "platform/members.h"

/* Ends a job that cannot be run: its file or settings are gone, or an item broke the run. What was
 * stored of it stays and is counted. */
static toc_rc give_up(toc_platform *platform, toc_job *job, const char *code, const toc_error *why,
                      toc_arena *arena, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    /* Clients look for this text and stop. */
    toc_job_error entry = {
        .code = toc_str_of(code),
        .reason = TOC_S("Encountered an unexpected Exception while processing batch job."),
        .source = TOC_S("The file is not valid."),
        .message = toc_str_of(why->message)};
    toc_log_at(&platform->log, TOC_LOG_ERROR, "batch", "job %lld: %s", (long long)job->id,
               why->message);
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_job_get(conn, job->id, arena, job, err);
    if (rc)
        return rc;
    job->state = TOC_JOB_COMPLETED;
    job->finished = toc_time_now();
    job->errors++;
    rc = toc_job_error_add(conn, job->id, &entry, err);
    if (!rc)
        rc = toc_job_save(conn, job, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

static toc_rc set_state(toc_platform *platform, toc_job *job, toc_job_state state, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    job->state = state;
    if (!rc)
        rc = toc_job_save(conn, job, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

static bool worth_another_try(toc_rc rc)
{
    return rc == TOC_ESTORE || rc == TOC_ENOMEM || rc == TOC_EIO;
}

/* The job stays as it is. */
static toc_rc fail_with(const toc_error *why, toc_rc rc, toc_error *err)
{
    if (err)
        *err = *why;
    return rc;
}

static toc_rc run_mapped(toc_platform *platform, toc_job *job, const toc_batch_config *config,
                         toc_str file, toc_arena *arena, toc_cancel_fn stop, void *user,
                         toc_error *err)
{
    toc_error why = {0};
    toc_applied_batch batch = {.platform = platform,
                               .config = config,
                               .job = *job,
                               .stored = true,
                               .file = file,
                               .stop = stop,
                               .stop_user = user,
                               .now = toc_time_now()};
    toc_rc rc = toc_batch_run(&batch, &why);
    if (!rc) {
        toc_spool_remove(platform, job->spool);
        return TOC_OK;
    }
    if (rc == TOC_ECANCELED || worth_another_try(rc))
        return fail_with(&why, rc, err);
    return give_up(platform, job, "0x1004", &why, arena, err);
}

static toc_rc run_job(toc_platform *platform, toc_job *job, toc_arena *arena, toc_cancel_fn stop,
                      void *user, toc_error *err)
{
    toc_batch_config config;
    toc_spool_map map = {0};
    toc_error why = {0};
    toc_rc rc = set_state(platform, job, TOC_JOB_RUNNING, err);
    if (rc)
        return rc;
    if (toc_batch_config_read(job->config, arena, &config, &why))
        return give_up(platform, job, "0x1004", &why, arena, err);
    rc = toc_spool_open(platform, job->spool, &map, &why);
    if (worth_another_try(rc))
        return fail_with(&why, rc, err);
    if (rc)
        return give_up(platform, job, "0x100B", &why, arena, err);
    rc = run_mapped(platform, job, &config, map.data, arena, stop, user, err);
    toc_spool_close(&map);
    return rc;
}

static toc_rc next_job(toc_platform *platform, toc_arena *arena, toc_job *job, toc_error *err)
{
    toc_conn *conn = NULL;
    toc_rc rc = toc_store_reader(platform->store, &conn, err);
    if (rc)
        return rc;
    *job = (toc_job){.id = 0};
    rc = toc_job_next(conn, arena, job, err);
    toc_store_reader_done(platform->store, conn);
    return rc;
}

/* 1: a job was done; 0: there is none, or stop said so. */
static int one_job(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_job job = {0};
    toc_rc rc = next_job(platform, &arena, &job, err);
    if (!rc && job.id)
        rc = run_job(platform, &job, &arena, stop, user, err);
    if (rc && rc != TOC_ECANCELED)
        return rc;
    return job.id ? 1 : 0;
}

/* Jobs and bulk reports take turns, so that neither waits for all of the others. */
static int work(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err)
{
    int worked = 0;
    for (;;) {
        if (stop && stop(user))
            return worked;
        int job = one_job(platform, stop, user, err);
        if (job < 0)
            return job;
        if (stop && stop(user))
            return worked || job;
        int report = toc_bulk_work(platform, stop, user, err);
        if (report < 0)
            return report;
        if (!job && !report)
            return worked;
        worked = 1;
    }
}

/* Who works on the store's jobs holds a lock on their directory: a second process with the store
 * would apply the same job beside the first. False: another one does. Where there are no locks, all
 * may. */
static bool take_turn(const toc_platform *platform, int *fd)
{
    *fd = open(platform->jobs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* work_lock is held. */
static int work_in_turn(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err)
{
    TOC_AUTOCLOSE int turn = -1;
    if (!take_turn(platform, &turn))
        return 0;
    int worked = work(platform, stop, user, err);
    int64_t now = toc_time_now();
    toc_error why = {0};
    if (toc__keep_metrics(platform, now, &why))
        toc_log_at(&platform->log, TOC_LOG_WARNING, "platform", "counts of a day: %s", why.message);
    bool back = now < platform->tidied; /* the clock went */
    if (worked >= 0 && (back || now - platform->tidied >= TOC_JOB_TIDY_S))
        toc_batch_tidy(platform, now);
    return worked;
}

int toc_platform_work(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err)
{
    if (!platform)
        return toc_error_set(err, TOC_EINVAL, "no platform");
    toc_store_tend(platform->store);
    /* Jobs of an owner rely on those before them, so there is one worker at a time. */
    if (pthread_mutex_trylock(&platform->work_lock) != 0)
        return 0;
    int worked = work_in_turn(platform, stop, user, err);
    (void)pthread_mutex_unlock(&platform->work_lock);
    return worked;
}

toc_rc toc_batch_recover(toc_platform *platform, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_job job = {0};
    TOC_AUTOCLOSE int turn = -1;
    toc_rc rc = TOC_OK;
    /* A job that runs in another process is nothing to recover. */
    if (take_turn(platform, &turn))
        rc = next_job(platform, &arena, &job, err);
    if (!rc && job.id && job.state == TOC_JOB_RUNNING)
        rc = set_state(platform, &job, TOC_JOB_QUEUED, err);
    if (!rc)
        toc_batch_tidy(platform, toc_time_now());
    return rc;
}
