/* publish.c - where an owner publishes its groups to. */
#include "store/conn.h"

toc_rc toc_owner_publish_to(toc_conn *conn, int64_t owner, int64_t *target, toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found = false;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT coalesce(publish_to, 0) FROM owner WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    return toc__read_int(stmt, target, &found, err);
}

toc_rc toc_owner_set_publish_to(toc_conn *conn, int64_t owner, int64_t target, toc_error *err)
{
    return toc__run_int(conn, "UPDATE owner SET publish_to = nullif(?2, 0) WHERE id = ?1", err,
                        owner, target);
}
