/* users.c - API users, their sealed secrets and their roles. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

#define MAY_ALL (TOC_MAY_READ | TOC_MAY_WRITE | TOC_MAY_DELETE | TOC_MAY_BATCH | TOC_MAY_ADMIN)
#define MAY_WORK (TOC_MAY_READ | TOC_MAY_WRITE | TOC_MAY_DELETE | TOC_MAY_BATCH)

/* rest-v2 6.1 */
typedef struct role_rights {
    const char *role;
    unsigned rights;
} role_rights;

static const role_rights roles[] = {
    {"Api User", MAY_ALL},
    {"Organization Administrator", MAY_ALL},
    {"Standard User", MAY_WORK},
    {"Sharing User", MAY_WORK},
    {"App Developer", MAY_WORK},
    {"Read Only User", TOC_MAY_READ},
    {"User", TOC_MAY_READ},
    {"Commenter", TOC_MAY_READ},
    {"Contributor", TOC_MAY_READ | TOC_MAY_WRITE},
    {"Editor", MAY_WORK},
    {"Director", MAY_ALL},
    {"Banned", 0},
};

static const role_rights *find_role(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(roles); i++)
        if (toc_str_equal_fold(toc_str_of(roles[i].role), name))
            return &roles[i];
    return NULL;
}

static toc_rc check_role(toc_str name, toc_error *err)
{
    if (find_role(name))
        return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, "role",
                           "\"%.*s\" is not a role; there are User, Commenter, Contributor, Editor,"
                           " Director, Banned and those of organizations",
                           TOC_FMT(name));
}

static toc_rc read_rights(toc_stmt *stmt, bool *found, unsigned *rights, toc_error *err)
{
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *found = step > 0;
    const role_rights *role = step > 0 ? find_role(toc_column_text(stmt, 0)) : NULL;
    *rights = role ? role->rights : 0;
    toc_stmt_reset(stmt);
    return TOC_OK;
}

toc_rc toc_user_rights(toc_conn *conn, int64_t user_id, int64_t owner_id, unsigned *rights,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    /* A role that was granted goes before that of the organisation's member. */
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT role FROM (SELECT 0 AS rank, role FROM account_owner"
                            " WHERE account_id = ? AND owner_id = ? UNION ALL"
                            " SELECT 1, role FROM account WHERE id = ? AND organization = ?)"
                            " ORDER BY rank LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, user_id);
    toc_bind_int(stmt, 2, owner_id);
    toc_bind_int(stmt, 3, user_id);
    toc_bind_int(stmt, 4, owner_id);
    bool found = false;
    return read_rights(stmt, &found, rights, err);
}

static toc_rc insert_user(toc_conn *conn, toc_str access_id, toc_str sealed, int64_t organization,
                          toc_str role, int64_t id, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "INSERT INTO account(id, access_id, secret, organization, first_name,"
                            " last_name, role) VALUES(?, ?, ?, ?, '', ?, ?)"
                            " ON CONFLICT(access_id) DO NOTHING",
                            &stmt, err);
    if (rc)
        return rc;
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
    toc_bind_int(stmt, 1, user_id);
    toc_bind_int(stmt, 2, owner_id);
    toc_bind_text(stmt, 3, role);
    return toc_run(stmt, err);
}

/* Columns: id, organization, access_id, first_name, last_name, role. */
static toc_rc read_user(toc_stmt *stmt, toc_arena *arena, toc_store_user *user, toc_error *err)
{
    *user =
        (toc_store_user){.id = toc_column_int(stmt, 0), .organization = toc_column_int(stmt, 1)};
    toc_str *const texts[] = {&user->access_id, &user->first_name, &user->last_name, &user->role};
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
                            "SELECT id, organization, access_id, first_name, last_name, role,"
                            " secret FROM account WHERE access_id = ?",
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
        rc = toc__unseal(conn->store->seal_key, access_id, toc_column_text(stmt, 6), arena,
                         &found.secret, err);
    if (!rc)
        *user = found;
    return rc;
}

toc_rc toc_user_first(toc_conn *conn, toc_arena *arena, toc_store_user *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id, organization, access_id, first_name, last_name, role"
                            " FROM account ORDER BY id LIMIT 1",
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
