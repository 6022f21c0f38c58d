/* batch_tidy.c - what jobs leave behind: rows that nobody will ask for any more, and files of a
 * process that ended between finishing a job and removing its file, or before the job was stored.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

#define UUID_TEXT 36

/* --- jobs ---------------------------------------------------------------------------------- */

static toc_rc find_expired(toc_platform *platform, int64_t before, int64_t *id, toc_error *err)
{
    toc_conn *conn = NULL;
    toc_rc rc = toc_store_reader(platform->store, &conn, err);
    if (rc)
        return rc;
    rc = toc_job_expired(conn, before, id, err);
    toc_store_reader_done(platform->store, conn);
    return rc;
}

static toc_rc remove_some(toc_platform *platform, int64_t before, bool *more, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    int64_t id = 0;
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    for (int i = 0; i < TOC_JOB_PURGE && !rc; i++) {
        rc = toc_job_expired(conn, before, &id, err);
        if (rc || !id)
            break;
        rc = toc_job_remove(conn, id, err);
    }
    *more = id != 0;
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

static toc_rc purge(toc_platform *platform, int64_t before, toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = find_expired(platform, before, &id, err);
    bool more = id != 0;
    while (!rc && more)
        rc = remove_some(platform, before, &more, err);
    return rc;
}

/* --- files --------------------------------------------------------------------------------- */

static bool is_spooled(toc_str name)
{
    return name.len >= UUID_TEXT &&
           (toc_str_equal(toc_str_slice(name, UUID_TEXT, name.len), TOC_S(".json")) ||
            toc_str_equal(toc_str_slice(name, UUID_TEXT, name.len), TOC_S(".json.part")));
}

/* Old enough that no request is still about to store its job. */
static bool is_old(DIR *dir, const char *name, int64_t now)
{
    struct stat info;
    return fstatat(dirfd(dir), name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
           (int64_t)info.st_mtime < now - TOC_SPOOL_ORPHAN_S;
}

static toc_rc sweep(toc_platform *platform, toc_conn *conn, int64_t now, toc_error *err)
{
    DIR *dir = opendir(platform->jobs_dir);
    const struct dirent *entry;
    toc_rc rc = TOC_OK;
    if (!dir)
        return toc_error_set(err, TOC_EIO, "%s cannot be listed", platform->jobs_dir);
    while (!rc && (entry = readdir(dir)) != NULL) {
        toc_str name = toc_str_of(entry->d_name);
        int64_t id = 0;
        bool done = false;
        if (!is_spooled(name))
            continue;
        rc = toc_job_by_spool(conn, name, &id, &done, err);
        if (!rc && (done || (!id && is_old(dir, entry->d_name, now))))
            toc_spool_remove(platform, name);
    }
    (void)closedir(dir);
    return rc;
}

static toc_rc sweep_files(toc_platform *platform, int64_t now, toc_error *err)
{
    toc_conn *conn = NULL;
    toc_rc rc = toc_store_reader(platform->store, &conn, err);
    if (rc)
        return rc;
    rc = sweep(platform, conn, now, err);
    toc_store_reader_done(platform->store, conn);
    return rc;
}

void toc_batch_tidy(toc_platform *platform, int64_t now)
{
    toc_error err = {0};
    platform->tidied = now;
    toc_rc rc = purge(platform, now - platform->job_keep, &err);
    /* After the rows: what a removed job left is then a file of no job. */
    if (!rc)
        rc = sweep_files(platform, now, &err);
    if (rc)
        toc_log_at(&platform->log, TOC_LOG_WARNING, "batch", "old jobs were not removed: %s",
                   err.message);
}
