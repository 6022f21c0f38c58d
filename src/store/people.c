/* people.c - the users that a task is assigned to, and those who are told when it is late. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

static toc_rc read_person(toc_stmt *stmt, toc_arena *arena, toc_store_user *user, toc_error *err)
{
    toc_store_user found = {.id = toc_column_int(stmt, 0)};
    toc_rc rc = toc__copy_column(stmt, 1, arena, &found.access_id, err);
    if (!rc)
        rc = toc__copy_column(stmt, 2, arena, &found.first_name, err);
    if (!rc)
        rc = toc__copy_column(stmt, 3, arena, &found.last_name, err);
    if (!rc)
        *user = found;
    return rc;
}

toc_rc toc_person_find(toc_conn *conn, toc_str name, toc_arena *arena, toc_store_user *user,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t id = 0;
    if (!toc_str_to_int(name, &id))
        id = 0;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id, access_id, first_name, last_name FROM account"
                            " WHERE (access_id = ?1 OR id = ?2) AND revoked = 0"
                            " ORDER BY access_id = ?1 DESC LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, name.ptr ? name : TOC_S(""));
    toc_bind_int(stmt, 2, id);
    int step = toc_step(stmt, err);
    if (step > 0)
        return read_person(stmt, arena, user, err);
    return step ? step : toc_error_set(err, TOC_ENOTFOUND, "there is no user %.*s", TOC_FMT(name));
}

toc_rc toc_person_add(toc_conn *conn, int64_t task, toc_person role, int64_t user, toc_error *err)
{
    return toc__run_int(conn,
                        "INSERT INTO task_person(task_id, role, account_id) VALUES(?, ?, ?)"
                        " ON CONFLICT(task_id, role, account_id) DO NOTHING",
                        err, task, role, user);
}

toc_rc toc_person_remove(toc_conn *conn, int64_t task, toc_person role, int64_t user,
                         toc_error *err)
{
    return toc__run_int(conn,
                        "DELETE FROM task_person WHERE task_id = ? AND role = ? AND account_id = ?",
                        err, task, role, user);
}

toc_rc toc_person_clear(toc_conn *conn, int64_t task, toc_person role, toc_error *err)
{
    return toc__run_int(conn, "DELETE FROM task_person WHERE task_id = ? AND role = ?", err, task,
                        role);
}

toc_rc toc_person_each(toc_conn *conn, int64_t task, toc_person role, toc_person_fn fn, void *user,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT u.id, u.access_id, u.first_name, u.last_name"
                            " FROM task_person p CROSS JOIN account u ON u.id = p.account_id"
                            " WHERE p.task_id = ? AND p.role = ? ORDER BY p.account_id",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, task);
    toc_bind_int(stmt, 2, role);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_store_user found = {.id = toc_column_int(stmt, 0),
                                .access_id = toc_column_text(stmt, 1),
                                .first_name = toc_column_text(stmt, 2),
                                .last_name = toc_column_text(stmt, 3)};
        rc = fn(user, &found);
        if (rc)
            return rc;
    }
    return step;
}
