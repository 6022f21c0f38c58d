/* people.c - the users that a task is assigned to, and those who are told when it is late. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

toc_rc toc_person_find(toc_conn *conn, int64_t owner, toc_str name, int64_t *found, toc_error *err)
{
    toc_stmt *stmt = NULL;
    int64_t number = 0;
    bool anonymous = false, one = false;
    if (!toc_str_to_int(name, &number))
        number = 0;
    toc_rc rc = toc_owner_anonymous(conn, owner, &anonymous, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         anonymous ? "SELECT min(id) FROM account WHERE (pseudonym = ?1 OR id = ?2)"
                                     " AND revoked = 0 HAVING count(*) = 1"
                                   : "SELECT id FROM account WHERE (access_id = ?1 OR id = ?2)"
                                     " AND revoked = 0 ORDER BY access_id = ?1 DESC LIMIT 1",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, name.ptr ? name : TOC_S(""));
    toc_bind_int(stmt, 2, number);
    rc = toc__read_int(stmt, found, &one, err);
    if (!rc && !one)
        rc = toc_error_set(err, TOC_ENOTFOUND, "there is no user %.*s", TOC_FMT(name));
    return rc;
}

toc_rc toc_author_shown(toc_conn *conn, int64_t owner, toc_str name, toc_arena *arena,
                        toc_str *shown, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool anonymous = false;
    toc_rc rc = toc_owner_anonymous(conn, owner, &anonymous, err);
    *shown = anonymous ? TOC_S("") : name;
    if (!rc && anonymous)
        rc = toc_db_stmt(conn->db, "SELECT pseudonym FROM account WHERE access_id = ?", &stmt, err);
    if (rc || !anonymous)
        return rc;
    toc_bind_text(stmt, 1, name);
    int step = toc_step(stmt, err);
    return step > 0 ? toc__copy_column(stmt, 0, arena, shown, err) : step;
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
                            "SELECT u.id, " TOC__PERSON_NAME ", u.first_name, u.last_name,"
                            " w.anonymous FROM task_person p CROSS JOIN account u"
                            " ON u.id = p.account_id CROSS JOIN entity t ON t.id = p.task_id"
                            " CROSS JOIN owner w ON w.id = t.owner_id"
                            " WHERE p.task_id = ? AND p.role = ? ORDER BY p.account_id",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, task);
    toc_bind_int(stmt, 2, role);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        bool anonymous = toc_column_int(stmt, 4) != 0;
        toc_shown_person found = {
            .id = toc_column_int(stmt, 0),
            .name = toc_column_text(stmt, 1),
            .first_name = anonymous ? TOC_S("") : toc_column_text(stmt, 2),
            .last_name = anonymous ? TOC_S("") : toc_column_text(stmt, 3),
        };
        rc = fn(user, &found);
        if (rc)
            return rc;
    }
    return step;
}
