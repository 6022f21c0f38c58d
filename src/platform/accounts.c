/* accounts.c - owners and API users, straight on the store, for whoever owns it. */
#include <string.h>
#include <sys/random.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/access.h"

#define FIRST_OWNER "Local"
#define NAME_MAX_TEXT 200

static bool owner_type_known(toc_str type)
{
    static const char *const known[] = {"Organization", "Community", "Source"};
    for (size_t i = 0; i < TOC_COUNT(known); i++) {
        if (toc_str_equal(type, toc_str_of(known[i])))
            return true;
    }
    return false;
}

/* Names that no answer, no table and no request can bear. */
static toc_rc check_name(const char *name, toc_error *err)
{
    toc_str text = toc_str_of(name);
    if (text.len <= NAME_MAX_TEXT && toc_str_is_utf8(text, NULL))
        return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, "name", "names are UTF-8 text of at most %d bytes",
                           NAME_MAX_TEXT);
}

toc_rc toc_platform_add_owner(toc_platform *platform, const char *name, const char *type,
                              int64_t *id, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    int64_t made = 0;
    if (!platform || !name || !name[0] || !type || !owner_type_known(toc_str_of(type)))
        return toc_error_set(err, TOC_EINVAL,
                             "an owner needs a name and a type: Organization, Community, Source");
    toc_rc rc = check_name(name, err);
    if (!rc)
        rc = toc_tx_begin(platform->store, &conn, err);
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

/* Those of any owner, or those of organizations alone. */
static void list_roles(toc_buf *out, bool organization)
{
    size_t count;
    const toc_role *roles = toc_role_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (roles[i].organization != organization)
            continue;
        if (out->len)
            toc_buf_lit(out, ", ");
        toc_buf_text(out, roles[i].name);
    }
}

static toc_rc check_role(const char *word, bool organization, toc_error *err)
{
    TOC_CLEANUP(toc_buf_done) toc_buf known;
    const toc_role *role = toc_role_find(toc_str_of(word));
    toc_buf_init(&known, TOC_MAX_VALUE);
    if (role && (organization || !role->organization))
        return TOC_OK;
    list_roles(&known, false);
    if (organization)
        list_roles(&known, true);
    if (known.failed)
        return toc_error_nomem(err);
    return toc_error_set(err, TOC_EINVAL, "\"%s\" is not a role here: the role is one of %s", word,
                         known.ptr);
}

/* The first organisation's user has its rights through the role. */
static toc_rc add_user(toc_conn *conn, int64_t organization, const char *role,
                       const toc_new_user *user, int64_t *id, toc_error *err)
{
    return toc_user_add(conn, toc_str_of(user->access_id), toc_str_of(user->secret_key),
                        organization, toc_str_of(role ? role : "Organization Administrator"), id,
                        err);
}

static toc_rc check_texts(const toc_user_texts *texts, toc_error *err)
{
    toc_rc rc = check_name(texts->first_name, err);
    if (!rc)
        rc = check_name(texts->last_name, err);
    return rc ? rc : check_name(texts->pseudonym, err);
}

static toc_rc describe(toc_conn *conn, toc_store_user *user, const toc_user_texts *texts,
                       toc_error *err)
{
    user->first_name = toc_str_of(texts->first_name);
    user->last_name = toc_str_of(texts->last_name);
    user->pseudonym = toc_str_of(texts->pseudonym);
    return toc_user_describe(conn, user, err);
}

static toc_rc add_described(toc_platform *platform, const char *organization, const char *role,
                            const toc_user_texts *texts, const toc_new_user *made, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner owner;
    toc_store_user user = {.observes = true};
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(organization), &arena, &owner, err);
    if (!rc && !toc_str_equal(owner.type, TOC_S("Organization")))
        rc = toc_error_set(err, TOC_EINVAL, "%s is not an organisation", organization);
    if (!rc)
        rc = add_user(conn, owner.id, role, made, &user.id, err);
    if (!rc && texts)
        rc = describe(conn, &user, texts, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

toc_rc toc_platform_add_user_as(toc_platform *platform, const char *organization, const char *role,
                                const toc_user_texts *texts, toc_new_user *user, toc_error *err)
{
    toc_new_user made;
    if (!platform || !organization || !user)
        return toc_error_set(err, TOC_EINVAL, "a user needs an organisation");
    toc_rc rc = texts ? check_texts(texts, err) : TOC_OK;
    if (!rc && role)
        rc = check_role(role, true, err);
    if (!rc)
        rc = new_secrets(&made, err);
    if (rc)
        return rc;
    rc = add_described(platform, organization, role, texts, &made, err);
    if (!rc)
        *user = made;
    toc_mem_wipe(&made, sizeof(made));
    return rc;
}

toc_rc toc_platform_add_user(toc_platform *platform, const char *organization, toc_new_user *user,
                             toc_error *err)
{
    return toc_platform_add_user_as(platform, organization, NULL, NULL, user, err);
}

toc_rc toc__user_of(toc_conn *conn, const char *access_id, toc_arena *arena, toc_store_user *user,
                    toc_error *err)
{
    toc_rc rc = toc_user_by_access_id(conn, toc_str_of(access_id), arena, user, err);
    if (rc)
        return rc;
    toc_mem_wipe((void *)(uintptr_t)user->secret.ptr, user->secret.len);
    user->secret = (toc_str){NULL, 0};
    return TOC_OK;
}

toc_rc toc_platform_grant(toc_platform *platform, const char *access_id, const char *owner,
                          const char *role, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner found;
    toc_store_user user;
    if (!platform || !access_id || !owner || !role)
        return toc_error_set(err, TOC_EINVAL, "a user, an owner and a role are needed");
    toc_rc rc = check_role(role, true, err);
    if (!rc)
        rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc__user_of(conn, access_id, &arena, &user, err);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(owner), &arena, &found, err);
    if (!rc)
        rc = check_role(role, toc_str_equal(found.type, TOC_S("Organization")), err);
    if (!rc)
        rc = toc_user_grant(conn, user.id, found.id, toc_str_of(role), err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

/* --- users that are there -------------------------------------------------------------------- */

typedef toc_rc (*user_change)(toc_conn *conn, toc_store_user *user, const void *what,
                              toc_error *err);

/* Changes one user in a transaction of its own. */
static toc_rc change_user(toc_platform *platform, const char *access_id, user_change change,
                          const void *what, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_user user;
    if (!platform || !access_id)
        return toc_error_set(err, TOC_EINVAL, "a platform and an access id are needed");
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc__user_of(conn, access_id, &arena, &user, err);
    if (!rc)
        rc = change(conn, &user, what, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

static toc_rc change_texts(toc_conn *conn, toc_store_user *user, const void *what, toc_error *err)
{
    return describe(conn, user, what, err);
}

toc_rc toc_platform_describe_user(toc_platform *platform, const char *access_id,
                                  const toc_user_texts *texts, toc_error *err)
{
    if (!texts)
        return toc_error_set(err, TOC_EINVAL, "no texts");
    toc_rc rc = check_texts(texts, err);
    return rc ? rc : change_user(platform, access_id, change_texts, texts, err);
}

static toc_rc change_observes(toc_conn *conn, toc_store_user *user, const void *what,
                              toc_error *err)
{
    const bool *observes = what;
    user->observes = *observes;
    return toc_user_describe(conn, user, err);
}

toc_rc toc_platform_set_observes(toc_platform *platform, const char *access_id, bool observes,
                                 toc_error *err)
{
    return change_user(platform, access_id, change_observes, &observes, err);
}

static toc_rc change_secret(toc_conn *conn, toc_store_user *user, const void *what, toc_error *err)
{
    const toc_new_user *made = what;
    return toc_user_set_secret(conn, user->id, user->access_id, toc_str_of(made->secret_key), err);
}

toc_rc toc_platform_rotate_user(toc_platform *platform, const char *access_id, toc_new_user *user,
                                toc_error *err)
{
    toc_new_user made;
    if (!platform || !access_id || !user || strlen(access_id) >= sizeof(made.access_id))
        return toc_error_set(err, TOC_EINVAL, "the access id of a user is needed");
    toc_rc rc = new_secrets(&made, err);
    if (rc)
        return rc;
    (void)snprintf(made.access_id, sizeof(made.access_id), "%s", access_id);
    rc = change_user(platform, access_id, change_secret, &made, err);
    if (!rc)
        *user = made;
    toc_mem_wipe(&made, sizeof(made));
    return rc;
}

static toc_rc change_revoked(toc_conn *conn, toc_store_user *user, const void *what, toc_error *err)
{
    (void)what;
    return toc_user_revoke(conn, user->id, err);
}

toc_rc toc_platform_revoke_user(toc_platform *platform, const char *access_id, toc_error *err)
{
    return change_user(platform, access_id, change_revoked, NULL, err);
}

/* --- lists --------------------------------------------------------------------------------- */

typedef struct listing {
    toc_conn *conn;
    toc_user_entry_fn user_fn;
    toc_owner_entry_fn owner_fn;
    void *context;
    toc_error *err;
} listing;

static toc_rc list_user(void *context, const toc_store_user *user)
{
    listing *list = context;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner owner;
    toc_rc rc = toc_owner_by_id(list->conn, user->organization, &arena, &owner, list->err);
    if (rc)
        return rc;
    toc_user_entry entry = {user->id,        user->access_id, user->first_name,
                            user->last_name, user->pseudonym, owner.name,
                            user->role,      user->observes,  user->revoked};
    return list->user_fn(list->context, &entry);
}

toc_rc toc_platform_list_users(toc_platform *platform, toc_user_entry_fn fn, void *context,
                               toc_error *err)
{
    listing list = {.user_fn = fn, .context = context, .err = err};
    if (!platform || !fn)
        return toc_error_set(err, TOC_EINVAL, "a platform and a function are needed");
    toc_rc rc = toc_store_reader(platform->store, &list.conn, err);
    if (rc)
        return rc;
    rc = toc_user_each(list.conn, 0, list_user, &list, err);
    toc_store_reader_done(platform->store, list.conn);
    return rc;
}

static toc_rc list_owner(void *context, const toc_store_owner *owner)
{
    listing *list = context;
    toc_owner_entry entry = {.id = owner->id, .name = owner->name, .type = owner->type};
    toc_rc rc = toc_owner_anonymous(list->conn, owner->id, &entry.anonymous, list->err);
    return rc ? rc : list->owner_fn(list->context, &entry);
}

toc_rc toc_platform_list_owners(toc_platform *platform, toc_owner_entry_fn fn, void *context,
                                toc_error *err)
{
    listing list = {.owner_fn = fn, .context = context, .err = err};
    if (!platform || !fn)
        return toc_error_set(err, TOC_EINVAL, "a platform and a function are needed");
    toc_rc rc = toc_store_reader(platform->store, &list.conn, err);
    if (rc)
        return rc;
    rc = toc_owner_each(list.conn, 0, list_owner, &list, err);
    toc_store_reader_done(platform->store, list.conn);
    return rc;
}

toc_rc toc_platform_set_anonymous(toc_platform *platform, const char *owner, bool anonymous,
                                  toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner found;
    if (!platform || !owner)
        return toc_error_set(err, TOC_EINVAL, "a platform and an owner are needed");
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(owner), &arena, &found, err);
    if (!rc)
        rc = toc_owner_set_anonymous(conn, found.id, anonymous, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

/* --- a store without accounts ---------------------------------------------------------------- */

/* Ids grow: the lowest is the oldest. */
static toc_rc take_oldest(void *context, const toc_store_owner *owner)
{
    int64_t *id = context;
    if (toc_str_equal(owner->type, TOC_S("Organization")) && (!*id || owner->id < *id))
        *id = owner->id;
    return TOC_OK;
}

static toc_rc first_organization(toc_conn *conn, int64_t *id, toc_error *err)
{
    *id = 0;
    toc_rc rc = toc_owner_each(conn, 0, take_oldest, id, err);
    if (rc || *id)
        return rc;
    return toc_owner_add(conn, TOC_S(FIRST_OWNER), TOC_S("Organization"), id, err);
}

toc_rc toc__first_user(toc_platform *platform, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_user user;
    toc_new_user made;
    int64_t organization = 0, id;
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    /* Another thread may have been first. */
    if (!rc && toc_user_first(conn, &arena, &user, NULL) == TOC_OK)
        return TOC_OK;
    if (!rc)
        rc = first_organization(conn, &organization, err);
    if (!rc)
        rc = new_secrets(&made, err);
    if (!rc)
        rc = add_user(conn, organization, NULL, &made, &id, err);
    toc_mem_wipe(&made, sizeof(made));
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}
