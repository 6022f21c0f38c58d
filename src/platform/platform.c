/* platform.c - opening and closing, administration, the in-process transport. */
#include <errno.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/access.h"
#include "platform/batch.h"
#include "platform/routes.h"

#define DEFAULT_UI "https://tocsin.invalid"
#define FIRST_OWNER "Local"
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
    if (pthread_mutex_init(&platform->work_lock, NULL) != 0) {
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
    made->batch_body_max = options->batch_body_max ? options->batch_body_max : TOC_MAX_BATCH_BODY;
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
        toc_pages_done(&platform->pages);
        (void)pthread_mutex_destroy(&platform->work_lock);
    }
    toc_mem_free(platform->ui_url);
    toc_mem_free(platform->jobs_dir);
    toc_mem_free(platform);
}

/* --- administration ------------------------------------------------------------------------ */

static bool owner_type_known(toc_str type)
{
    static const char *const known[] = {"Organization", "Community", "Source"};
    for (size_t i = 0; i < TOC_COUNT(known); i++) {
        if (toc_str_equal(type, toc_str_of(known[i])))
            return true;
    }
    return false;
}

toc_rc toc_platform_add_owner(toc_platform *platform, const char *name, const char *type,
                              int64_t *id, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    int64_t made = 0;
    if (!platform || !name || !name[0] || !type || !owner_type_known(toc_str_of(type)))
        return toc_error_set(err, TOC_EINVAL,
                             "an owner needs a name and a type: Organization, Community, Source");
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_owner_add(conn, toc_str_of(name), toc_str_of(type), &made, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(conn), err);
    if (!rc && id)
        *id = made;
    return rc;
}

static toc_rc new_secrets(toc_new_user *user, toc_error *err)
{
    uint8_t bytes[TOC_ACCESS_ID_TEXT - 1 + (TOC_SECRET_TEXT - 1) / 2];
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return toc_error_set(err, TOC_EIO, "no random bytes are to be had");
    for (size_t i = 0; i < TOC_ACCESS_ID_TEXT - 1; i++)
        user->access_id[i] = (char)('0' + bytes[i] % 10);
    if (user->access_id[0] == '0')
        user->access_id[0] = '1';
    user->access_id[TOC_ACCESS_ID_TEXT - 1] = '\0';
    toc_hex_encode(bytes + TOC_ACCESS_ID_TEXT - 1, (TOC_SECRET_TEXT - 1) / 2, user->secret_key);
    user->secret_key[TOC_SECRET_TEXT - 1] = '\0';
    toc_mem_wipe(bytes, sizeof(bytes));
    return TOC_OK;
}

/* The first organisation's user has its rights through the role. */
static toc_rc add_user(toc_conn *conn, int64_t organization, const toc_new_user *user,
                       toc_error *err)
{
    int64_t id;
    return toc_user_add(conn, toc_str_of(user->access_id), toc_str_of(user->secret_key),
                        organization, TOC_S("Organization Administrator"), &id, err);
}

toc_rc toc_platform_add_user(toc_platform *platform, const char *organization, toc_new_user *user,
                             toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner owner;
    toc_new_user made;
    if (!platform || !organization || !user)
        return toc_error_set(err, TOC_EINVAL, "a user needs an organisation");
    toc_rc rc = new_secrets(&made, err);
    if (!rc)
        rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(organization), &arena, &owner, err);
    if (!rc && !toc_str_equal(owner.type, TOC_S("Organization")))
        rc = toc_error_set(err, TOC_EINVAL, "%s is not an organisation", organization);
    if (!rc)
        rc = add_user(conn, owner.id, &made, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(conn), err);
    if (!rc)
        *user = made;
    toc_mem_wipe(&made, sizeof(made));
    return rc;
}

static bool role_known(toc_str role)
{
    static const char *const known[] = {"User", "Commenter", "Contributor", "Editor", "Director"};
    for (size_t i = 0; i < TOC_COUNT(known); i++) {
        if (toc_str_equal(role, toc_str_of(known[i])))
            return true;
    }
    return false;
}

toc_rc toc_platform_grant(toc_platform *platform, const char *access_id, const char *owner,
                          const char *role, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner found;
    toc_store_user user;
    if (!platform || !access_id || !owner || !role || !role_known(toc_str_of(role)))
        return toc_error_set(err, TOC_EINVAL,
                             "the role is one of User, Commenter, Contributor, Editor, Director");
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_user_by_access_id(conn, toc_str_of(access_id), &arena, &user, err);
    if (!rc && user.secret.ptr)
        toc_mem_wipe((void *)(uintptr_t)user.secret.ptr, user.secret.len);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(owner), &arena, &found, err);
    if (!rc)
        rc = toc_user_grant(conn, user.id, found.id, toc_str_of(role), err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

toc_rc toc_platform_check(toc_platform *platform, toc_error *err)
{
    if (!platform)
        return toc_error_set(err, TOC_EINVAL, "no platform");
    return toc_store_check(platform->store, err);
}

static toc_rc first_organization(toc_conn *conn, int64_t *id, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner owner;
    /* Ids count from 1 and owners are few: the first ones tell. */
    for (int64_t at = 1; at <= 16; at++) {
        toc_rc rc = toc_owner_by_id(conn, at, &arena, &owner, err);
        if (rc && rc != TOC_ENOTFOUND)
            return rc;
        if (!rc && toc_str_equal(owner.type, TOC_S("Organization"))) {
            *id = owner.id;
            return TOC_OK;
        }
    }
    return toc_owner_add(conn, TOC_S(FIRST_OWNER), TOC_S("Organization"), id, err);
}

toc_rc toc__first_user(toc_platform *platform, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_user user;
    toc_new_user made;
    int64_t organization = 0;
    toc_rc rc = new_secrets(&made, err);
    if (!rc)
        rc = toc_tx_begin(platform->store, &conn, err);
    /* Another thread may have been first. */
    if (!rc && toc_user_first(conn, &arena, &user, NULL) == TOC_OK)
        return TOC_OK;
    if (!rc)
        rc = first_organization(conn, &organization, err);
    if (!rc)
        rc = add_user(conn, organization, &made, err);
    toc_mem_wipe(&made, sizeof(made));
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
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
