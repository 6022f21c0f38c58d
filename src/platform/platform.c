/* platform.c - opening and closing, the in-process transport. */
#include <errno.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/access.h"
#include "platform/batch.h"
#include "platform/routes.h"

#define DEFAULT_UI "https://tocsin.invalid"
#define PATH_MAX_TEXT 4096

static toc_rc set_texts(toc_platform *platform, const toc_platform_options *options, toc_error *err)
{
    toc_buf path;
    toc_str ui = toc_str_of(options->ui_url ? options->ui_url : DEFAULT_UI);
    while (toc_str_ends(ui, TOC_S("/")))
        ui.len--;
    toc_buf_init(&path, PATH_MAX_TEXT);
    toc_buf_text(&path, options->store);
    toc_buf_lit(&path, ".jobs");
    toc_rc rc = toc_buf_check(&path, err);
    platform->jobs_dir = toc_buf_take(&path);
    platform->ui_url = toc_mem_strdup(ui);
    toc_buf_done(&path);
    if (!rc && (!platform->jobs_dir || !platform->ui_url))
        rc = toc_error_nomem(err);
    return rc;
}

static toc_rc set_locks(toc_platform *platform, toc_error *err)
{
    toc_rc rc = toc_pages_init(&platform->pages, err);
    if (rc)
        return rc;
    rc = toc_callers_init(&platform->callers, err);
    if (!rc && pthread_mutex_init(&platform->work_lock, NULL) != 0) {
        toc_callers_done(&platform->callers);
        rc = toc_error_nomem(err);
    }
    if (rc) {
        toc_pages_done(&platform->pages);
        return rc;
    }
    if (pthread_mutex_init(&platform->bulk_lock, NULL) != 0) {
        (void)pthread_mutex_destroy(&platform->work_lock);
        toc_callers_done(&platform->callers);
        toc_pages_done(&platform->pages);
        return toc_error_nomem(err);
    }
    platform->locks_ready = true;
    return TOC_OK;
}

static toc_rc open_parts(toc_platform *platform, const toc_platform_options *options,
                         toc_error *err)
{
    toc_store_options store = {.path = options->store,
                               .create = options->create,
                               .no_sync = options->no_sync,
                               .log = platform->log};
    toc_rc rc = set_texts(platform, options, err);
    if (!rc)
        rc = set_locks(platform, err);
    if (!rc)
        rc = toc_route_index_new(&platform->routes, err);
    if (!rc)
        rc = toc_store_open(&store, &platform->store, err);
    if (!rc && mkdir(platform->jobs_dir, 0700) != 0 && errno != EEXIST)
        rc = toc_error_errno(err, TOC_EIO, errno, "%s", platform->jobs_dir);
    if (!rc)
        rc = toc_batch_recover(platform, err);
    return rc;
}

toc_rc toc_platform_open(const toc_platform_options *options, toc_platform **platform,
                         toc_error *err)
{
    if (!options || !platform || options->version != 1 || !options->store || !options->store[0])
        return toc_error_set(err, TOC_EINVAL, "the platform needs the path of its store");
    toc_platform *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->log =
        (toc_log){.fn = options->log, .user = options->log_user, .level = options->log_level};
    made->synchronous_batch =
        options->synchronous_batch ? options->synchronous_batch : TOC_SYNCHRONOUS_BATCH;
    made->cancel = options->cancel;
    made->cancel_user = options->cancel_user;
    made->learn_attribute_types = options->learn_attribute_types;
    made->batch_body_max = options->batch_body_max ? options->batch_body_max : TOC_MAX_BATCH_BODY;
    made->batch_disabled = options->batch_disabled;
    made->batch_quota =
        options->indicator_quota < INT64_MAX ? (int64_t)options->indicator_quota : INT64_MAX;
    made->job_keep = (int64_t)(options->batch_days ? options->batch_days : TOC_JOB_DAYS) * 86400;
    made->token_lifetime = options->token_seconds ? options->token_seconds : TOC_TOKEN_LIFETIME;
    toc_rc rc = open_parts(made, options, err);
    if (rc) {
        toc_platform_close(made);
        return rc;
    }
    *platform = made;
    return TOC_OK;
}

void toc_platform_close(toc_platform *platform)
{
    if (!platform)
        return;
    toc_store_close(platform->store);
    toc_route_index_free(platform->routes);
    if (platform->locks_ready) {
        toc_callers_done(&platform->callers);
        toc_pages_done(&platform->pages);
        (void)pthread_mutex_destroy(&platform->work_lock);
        (void)pthread_mutex_destroy(&platform->bulk_lock);
    }
    toc_mem_free(platform->ui_url);
    toc_mem_free(platform->jobs_dir);
    toc_mem_free(platform);
}

toc_rc toc_platform_check(toc_platform *platform, toc_error *err)
{
    if (!platform)
        return toc_error_set(err, TOC_EINVAL, "no platform");
    return toc_store_check(platform->store, err);
}

toc_rc toc_platform_backup(toc_platform *platform, const char *path, toc_error *err)
{
    if (!platform || !path || !*path)
        return toc_error_set(err, TOC_EINVAL, "a backup needs a platform and a path");
    return toc_store_backup(platform->store, path, platform->cancel, platform->cancel_user, err);
}

/* --- in process ---------------------------------------------------------------------------- */

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    return toc_platform_handle(context, request, true, response, err);
}

static void close_owned(void *context)
{
    toc_platform_close(context);
}

toc_rc toc_platform_transport(toc_platform *platform, bool take_ownership, toc_transport *transport,
                              toc_error *err)
{
    if (!platform || !transport)
        return toc_error_set(err, TOC_EINVAL, "a platform and a transport are needed");
    *transport = (toc_transport){.version = 1,
                                 .name = "platform",
                                 .perform = perform,
                                 .close = take_ownership ? close_owned : NULL,
                                 .context = platform};
    return TOC_OK;
}
