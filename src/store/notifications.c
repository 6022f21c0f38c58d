/* notifications.c - messages to members. */
#include "store/conn.h"

/* Two old ones go for each new one: the table stays as large as what is young. */
static toc_rc purge(toc_conn *conn, int64_t now, toc_error *err)
{
    return toc__run_int(conn,
                        "DELETE FROM notification WHERE created < ? AND id IN"
                        " (SELECT id FROM notification ORDER BY id LIMIT 2)",
                        err, now - (int64_t)TOC_NOTIFICATION_DAYS * TOC__SECONDS_PER_DAY);
}

toc_rc toc_notification_add(toc_conn *conn, const toc_notification *notification, int64_t now,
                            toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = purge(conn, now, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO notification(account_id, organization, owner_id, type,"
                         " priority, message, recipients, created)"
                         " VALUES(?, ?, nullif(?, 0), ?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, notification->user);
    toc_bind_int(stmt, 2, notification->organization);
    toc_bind_int(stmt, 3, notification->owner);
    toc_bind_text(stmt, 4, notification->type);
    toc_bind_text(stmt, 5, notification->priority);
    toc_bind_text(stmt, 6, notification->message);
    toc_bind_text(stmt, 7, notification->recipients);
    toc_bind_int(stmt, 8, now);
    return toc_run(stmt, err);
}

/* An owner is common when it is either's organization or was granted to them. */
toc_rc toc_recipient_known(toc_conn *conn, int64_t sender, toc_str name, bool *known,
                           toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t one = 0;
    toc_rc rc =
        toc_db_stmt(conn->db,
                    "SELECT 1 FROM account r WHERE r.access_id = ?1 AND r.revoked = 0 AND EXISTS ("
                    " SELECT organization FROM account WHERE id = ?2"
                    " UNION SELECT owner_id FROM account_owner WHERE account_id = ?2"
                    " AND lower(role) <> 'banned' INTERSECT"
                    " SELECT * FROM (SELECT r.organization"
                    " UNION SELECT owner_id FROM account_owner WHERE account_id = r.id"
                    " AND lower(role) <> 'banned'))",
                    &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, name);
    toc_bind_int(stmt, 2, sender);
    return toc__read_int(stmt, &one, known, err);
}
