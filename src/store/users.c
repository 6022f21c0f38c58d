/* users.c - API users, their sealed secrets and their roles. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

#define MAY_READ TOC_MAY_READ
#define MAY_COMMENT (MAY_READ | TOC_MAY_COMMENT)
#define MAY_CREATE (MAY_COMMENT | TOC_MAY_WRITE)
#define MAY_WORK (MAY_CREATE | TOC_MAY_DELETE | TOC_MAY_BATCH | TOC_MAY_OBSERVE)
#define MAY_ALL (MAY_WORK | TOC_MAY_ADMIN)

/* rest-v2 6.1 */
static const toc_role roles[] = {
    {"Api User", MAY_ALL, true},        {"Organization Administrator", MAY_ALL, true},
    {"Standard User", MAY_WORK, true},  {"Sharing User", MAY_WORK, true},
    {"App Developer", MAY_WORK, true},  {"Read Only User", MAY_READ, true},
    {"User", MAY_READ, false},          {"Commenter", MAY_COMMENT, false},
    {"Contributor", MAY_CREATE, false}, {"Editor", MAY_WORK, false},
    {"Director", MAY_ALL, false},       {"Banned", 0, false},
};

const toc_role *toc_role_list(size_t *count)
{
    *count = TOC_COUNT(roles);
    return roles;
}

const toc_role *toc_role_find(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(roles); i++)
        if (toc_str_equal_fold(toc_str_of(roles[i].name), name))
            return &roles[i];
    return NULL;
}

static toc_rc check_role(toc_str name, toc_error *err)
{
    if (toc_role_find(name))
        return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, "role",
                           "\"%.*s\" is not a role; there are User, Commenter, Contributor, Editor,"
                           " Director, Banned and those of organizations",
                           TOC_FMT(name));
}

static toc_rc read_rights(toc_stmt *stmt, unsigned *rights, toc_error *err)
{
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    const toc_role *role = step > 0 ? toc_role_find(toc_column_text(stmt, 0)) : NULL;
    unsigned found = role ? role->rights : 0;
    /* Its reports are not wanted in the counts, whatever the role. */
    if (step > 0 && !toc_column_int(stmt, 1))
        found &= ~TOC_MAY_OBSERVE;
    *rights = found;
    return TOC_OK;
}

toc_rc toc_user_rights(toc_conn *conn, int64_t user_id, int64_t owner_id, unsigned *rights,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    /* A role that was granted goes before that of the organisation's member. */
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT coalesce(o.role, a.role), a.observes FROM account a"
                            " LEFT JOIN account_owner o ON o.account_id = a.id AND o.owner_id = ?"
                            " WHERE a.id = ? AND (o.role IS NOT NULL OR a.organization = ?)",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner_id);
    toc_bind_int(stmt, 2, user_id);
    toc_bind_int(stmt, 3, owner_id);
    return read_rights(stmt, rights, err);
}

static toc_rc insert_user(toc_conn *conn, toc_str access_id, toc_str sealed, int64_t organization,
                          toc_str role, int64_t id, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "INSERT INTO account(id, access_id, secret, organization, first_name,"
                            " last_name, role, pseudonym)"
                            " VALUES(?1, ?2, ?3, ?4, '', ?5, ?6, 'user' || ?1)"
                            " ON CONFLICT(access_id) DO NOTHING",
                            &stmt, err);
    if (rc)
        return rc;
    toc__access_changed(conn);
    toc_bind_int(stmt, 1, id);
    toc_bind_text(stmt, 2, access_id);
    toc_bind_blob(stmt, 3, sealed);
    toc_bind_int(stmt, 4, organization);
    toc_bind_text(stmt, 5, access_id);
    toc_bind_text(stmt, 6, role);
    rc = toc_run(stmt, err);
    if (!rc && !toc_db_changes(conn->db))
        rc = toc_error_set(err, TOC_ECONFLICT, "there is a user with the access id %.*s",
                           TOC_FMT(access_id));
    return rc;
}

toc_rc toc_user_add(toc_conn *conn, toc_str access_id, toc_str secret, int64_t organization,
                    toc_str role, int64_t *id, toc_error *err)
{
    TOC__AUTO_BUF sealed = {0};
    const toc__owner_name *owner = NULL;
    toc_buf_init(&sealed, (size_t)1 << 20);
    if (!role.len)
        role = TOC_S("Api User");
    if (!access_id.len || !secret.len)
        return toc_error_field(err, TOC_EINVAL, "access_id",
                               "a user needs an access id and a secret");
    toc_rc rc = check_role(role, err);
    if (!rc)
        rc = toc__owner_cached(conn, organization, &owner, err);
    if (!rc)
        rc = toc__seal(conn->store->seal_key, access_id, secret, &sealed, err);
    int64_t made = 0;
    if (!rc)
        rc = toc__next_id(conn, TOC__TABLE_ACCOUNT, &made, err);
    if (!rc)
        rc = insert_user(conn, access_id, toc_buf_view(&sealed), organization, role, made, err);
    if (!rc)
        *id = made;
    return rc;
}

toc_rc toc_user_grant(toc_conn *conn, int64_t user_id, int64_t owner_id, toc_str role,
                      toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = check_role(role, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO account_owner(account_id, owner_id, role) VALUES(?, ?, ?)"
                         " ON CONFLICT(account_id, owner_id) DO UPDATE SET role = excluded.role",
                         &stmt, err);
    if (rc)
        return rc;
    toc__access_changed(conn);
    toc_bind_int(stmt, 1, user_id);
    toc_bind_int(stmt, 2, owner_id);
    toc_bind_text(stmt, 3, role);
    return toc_run(stmt, err);
}

/* The columns of a user, in the order of read_user. */
#define USER_COLUMNS                                                                               \
    "id, organization, access_id, first_name, last_name, role, pseudonym, observes, revoked"
#define COLUMN_SECRET 9

static toc_rc read_user(toc_stmt *stmt, toc_arena *arena, toc_store_user *user, toc_error *err)
{
    *user = (toc_store_user){.id = toc_column_int(stmt, 0),
                             .organization = toc_column_int(stmt, 1),
                             .observes = toc_column_int(stmt, 7) != 0,
                             .revoked = toc_column_int(stmt, 8) != 0};
    toc_str *const texts[] = {&user->access_id, &user->first_name, &user->last_name, &user->role,
                              &user->pseudonym};
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < TOC_COUNT(texts); i++)
        rc = toc__copy_column(stmt, (int)i + 2, arena, texts[i], err);
    return rc;
}

toc_rc toc_user_by_access_id(toc_conn *conn, toc_str access_id, toc_arena *arena,
                             toc_store_user *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT " USER_COLUMNS ", secret FROM account WHERE access_id = ?"
                            " AND revoked = 0",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, access_id);
    int step = toc_step(stmt, err);
    if (step <= 0)
        return step ? step
                    : toc_error_set(err, TOC_ENOTFOUND, "there is no user with this access id");
    toc_store_user found;
    rc = read_user(stmt, arena, &found, err);
    if (!rc)
        rc = toc__unseal(conn->store->seal_key, access_id, toc_column_text(stmt, COLUMN_SECRET),
                         arena, &found.secret, err);
    if (!rc)
        *user = found;
    return rc;
}

toc_rc toc_user_first(toc_conn *conn, toc_arena *arena, toc_store_user *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT " USER_COLUMNS " FROM account WHERE revoked = 0"
                            " ORDER BY id LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    int step = toc_step(stmt, err);
    if (step <= 0)
        return step ? step : toc_error_set(err, TOC_ENOTFOUND, "the store has no user");
    toc_store_user found;
    rc = read_user(stmt, arena, &found, err);
    if (!rc)
        *user = found;
    return rc;
}

/* --- administration */

toc_rc toc_user_each(toc_conn *conn, int64_t organization, toc_user_fn fn, void *user,
                     toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT " USER_COLUMNS " FROM account WHERE ?1 = 0 OR organization = ?1"
                            " ORDER BY id",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, organization);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_store_user found;
        toc_arena_clear(&arena);
        rc = read_user(stmt, &arena, &found, err);
        if (!rc)
            rc = fn(user, &found);
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc_user_set_secret(toc_conn *conn, int64_t id, toc_str access_id, toc_str secret,
                           toc_error *err)
{
    TOC__AUTO_BUF sealed = {0};
    toc_stmt *stmt = NULL;
    toc_buf_init(&sealed, (size_t)1 << 20);
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc__seal(conn->store->seal_key, access_id, secret, &sealed, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, "UPDATE account SET secret = ? WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc__access_changed(conn);
    toc_bind_blob(stmt, 1, toc_buf_view(&sealed));
    toc_bind_int(stmt, 2, id);
    rc = toc_run(stmt, err);
    return rc ? rc : toc_token_clear(conn, id, err);
}

toc_rc toc_user_revoke(toc_conn *conn, int64_t id, toc_error *err)
{
    toc_rc rc =
        toc__run_int(conn, "UPDATE account SET revoked = 1, secret = x'' WHERE id = ?", err, id);
    if (rc)
        return rc;
    toc__access_changed(conn);
    return toc_token_clear(conn, id, err);
}

toc_rc toc_user_describe(toc_conn *conn, const toc_store_user *user, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "UPDATE account SET first_name = coalesce(?, first_name),"
                         " last_name = coalesce(?, last_name), pseudonym = coalesce(?, pseudonym),"
                         " observes = ? WHERE id = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc__access_changed(conn);
    toc_bind_text(stmt, 1, user->first_name);
    toc_bind_text(stmt, 2, user->last_name);
    toc_bind_text(stmt, 3, user->pseudonym);
    toc_bind_int(stmt, 4, user->observes);
    toc_bind_int(stmt, 5, user->id);
    return toc_run(stmt, err);
}
