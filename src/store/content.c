/* content.c - which file is the content of a group. */
#include "base/error.h"
#include "store/conn.h"

toc_rc toc_content_get(toc_conn *conn, int64_t entity, toc_arena *arena, toc_content *content,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT file, size, date FROM content WHERE entity_id = ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, entity);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    if (!step)
        return toc_error_set(err, TOC_ENOTFOUND, "the group %lld has no content",
                             (long long)entity);
    toc_content found = {.size = toc_column_int(stmt, 1), .date = toc_column_int(stmt, 2)};
    rc = toc__copy_column(stmt, 0, arena, &found.file, err);
    if (!rc)
        *content = found;
    return rc;
}

toc_rc toc__content_drop(toc_conn *conn, int64_t entity, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_content content = {.size = 0};
    toc_error why = {0};
    toc_rc rc = toc__require_tx(conn, &why);
    if (!rc)
        rc = toc_content_get(conn, entity, &arena, &content, &why);
    if (rc == TOC_ENOTFOUND)
        return TOC_OK;
    if (rc) {
        if (err)
            *err = why;
        return rc;
    }
    rc = toc__run_int(conn, "DELETE FROM content WHERE entity_id = ?", err, entity);
    if (!rc)
        toc__file_drop(conn, content.file);
    return rc;
}

toc_rc toc_content_put(toc_conn *conn, int64_t entity, const toc_new_file *file, toc_str type,
                       int64_t now, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__content_drop(conn, entity, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO content(entity_id, file, size, date, type)"
                         " VALUES(?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, entity);
    toc_bind_text(stmt, 2, toc_str_of(file->name));
    toc_bind_int(stmt, 3, file->size);
    toc_bind_int(stmt, 4, now);
    toc_bind_text(stmt, 5, type);
    return toc_run(stmt, err);
}
