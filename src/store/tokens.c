/* tokens.c - digests of the tokens that were handed out. */
#include "store/conn.h"

#include <openssl/evp.h>

#include "base/error.h"

#define DIGEST 32U

static toc_rc digest_of(toc_str text, unsigned char digest[DIGEST], toc_error *err)
{
    unsigned int len = 0;
    if (EVP_Digest(text.ptr ? text.ptr : "", text.len, digest, &len, EVP_sha256(), NULL) != 1 ||
        len != DIGEST)
        return toc_error_nomem(err);
    return TOC_OK;
}

static toc_str view(const unsigned char digest[DIGEST])
{
    return (toc_str){(const char *)digest, DIGEST};
}

/* What can be neither used nor renewed, and the oldest beyond the maximum. */
static toc_rc sweep(toc_conn *conn, int64_t user, int64_t now, toc_error *err)
{
    toc_rc rc = toc__run_int(conn, "DELETE FROM token WHERE account_id = ? AND usable < ?", err,
                             user, now - TOC_TOKEN_RENEWABLE);
    if (rc)
        return rc;
    return toc__run_int(conn,
                        "DELETE FROM token WHERE digest IN (SELECT digest FROM token"
                        " WHERE account_id = ? ORDER BY usable DESC, created DESC"
                        " LIMIT -1 OFFSET ?)",
                        err, user, (int64_t)TOC_MAX_TOKENS - 1);
}

static toc_rc insert(toc_conn *conn, toc_str text, const toc_store_token *token, toc_error *err)
{
    unsigned char digest[DIGEST];
    toc_stmt *stmt = NULL;
    toc_rc rc = sweep(conn, token->user, token->created, err);
    if (!rc)
        rc = digest_of(text, digest, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO token(digest, account_id, purpose, created, expires, usable)"
                         " VALUES(?, ?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_blob(stmt, 1, view(digest));
    toc_bind_int(stmt, 2, token->user);
    toc_bind_text(stmt, 3, token->purpose);
    toc_bind_int(stmt, 4, token->created);
    toc_bind_int(stmt, 5, token->expires);
    toc_bind_int(stmt, 6, token->expires);
    return toc_run(stmt, err);
}

static toc_rc check_token(toc_conn *conn, toc_str text, const toc_store_token *token,
                          toc_error *err)
{
    if (!text.len || token->user <= 0 || !token->purpose.len || token->expires <= token->created)
        return toc_error_field(err, TOC_EINVAL, "token",
                               "a token needs a text, a user, a purpose and a lifetime");
    return toc__require_tx(conn, err);
}

toc_rc toc_token_add(toc_conn *conn, toc_str text, const toc_store_token *token, int64_t grace,
                     toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = check_token(conn, text, token, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "UPDATE token SET usable = min(usable, ?) WHERE account_id = ?"
                         " AND purpose = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, token->created + grace);
    toc_bind_int(stmt, 2, token->user);
    toc_bind_text(stmt, 3, token->purpose);
    rc = toc_run(stmt, err);
    return rc ? rc : insert(conn, text, token, err);
}

toc_rc toc_token_renew(toc_conn *conn, toc_str text, const toc_store_token *token, toc_str former,
                       int64_t grace, toc_error *err)
{
    unsigned char digest[DIGEST];
    toc_stmt *stmt = NULL;
    toc_rc rc = check_token(conn, text, token, err);
    if (!rc)
        rc = digest_of(former, digest, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, "UPDATE token SET usable = min(usable, ?) WHERE digest = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, token->created + grace);
    toc_bind_blob(stmt, 2, view(digest));
    rc = toc_run(stmt, err);
    return rc ? rc : insert(conn, text, token, err);
}

toc_rc toc_token_find(toc_conn *conn, toc_str text, toc_arena *arena, toc_store_token *token,
                      toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    unsigned char digest[DIGEST];
    toc_rc rc = digest_of(text, digest, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "SELECT t.account_id, t.created, t.expires, t.usable, a.access_id,"
                         " t.purpose FROM token t JOIN account a ON a.id = t.account_id"
                         " WHERE t.digest = ? AND a.revoked = 0",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_blob(stmt, 1, view(digest));
    int step = toc_step(stmt, err);
    if (step <= 0)
        return step ? step : toc_error_set(err, TOC_ENOTFOUND, "there is no such token");
    toc_store_token found = {.user = toc_column_int(stmt, 0),
                             .created = toc_column_int(stmt, 1),
                             .expires = toc_column_int(stmt, 2),
                             .usable = toc_column_int(stmt, 3)};
    rc = toc__copy_column(stmt, 4, arena, &found.access_id, err);
    if (!rc)
        rc = toc__copy_column(stmt, 5, arena, &found.purpose, err);
    if (!rc)
        *token = found;
    return rc;
}

toc_rc toc_token_clear(toc_conn *conn, int64_t user, toc_error *err)
{
    return toc__run_int(conn, "DELETE FROM token WHERE account_id = ?", err, user);
}
