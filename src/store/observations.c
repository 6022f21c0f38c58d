/* observations.c - how often values were observed or called false positives, by whom and when. */
#include "store/conn.h"

static toc_rc id_of(toc_conn *conn, int64_t indicator, int64_t *id, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc__value value;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc__value_read(conn, indicator, &arena, &value, err);
    return rc ? rc : toc__value_id(conn, &value, id, err);
}

/* Nothing was reported: all are 0. */
static toc_rc ids_of(toc_conn *conn, int64_t indicator, int64_t ids[3], toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc__value value;
    bool complete = false;
    toc_rc rc = toc__value_read(conn, indicator, &arena, &value, err);
    return rc ? rc : toc__value_find(conn, &value, ids, &complete, err);
}

/* Binds the ids as the first three. */
static toc_rc by_ids(toc_conn *conn, int64_t indicator, const char *sql, toc_stmt **stmt,
                     toc_error *err)
{
    int64_t ids[3];
    toc_rc rc = ids_of(conn, indicator, ids, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, sql, stmt, err);
    for (int i = 0; i < 3 && !rc; i++)
        toc_bind_int(*stmt, i + 1, ids[i]);
    return rc;
}

/* --- reports */

static toc_rc read_false_positives(toc_conn *conn, int64_t id, toc_tally *all, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT false_positives, false_positive_last FROM value WHERE id = ?",
                    &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    int step = toc_step(stmt, err);
    if (step > 0)
        *all = (toc_tally){toc_column_int(stmt, 0), toc_column_int(stmt, 1)};
    return step < 0 ? step : TOC_OK;
}

toc_rc toc_false_positive_add(toc_conn *conn, int64_t indicator, int64_t user, int64_t now,
                              toc_tally *all, toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = id_of(conn, indicator, &id, err);
    if (!rc)
        rc = toc__run_int(conn,
                          "INSERT INTO false_positive(value_id, account_id, day) VALUES(?, ?, ?)"
                          " ON CONFLICT(value_id, account_id, day) DO NOTHING",
                          err, id, user, toc__day_of(now));
    if (!rc && toc_db_changes(conn->db)) {
        rc = toc__run_int(conn,
                          "UPDATE value SET false_positives = false_positives + 1,"
                          " false_positive_last = max(coalesce(false_positive_last, ?2), ?2)"
                          " WHERE id = ?1",
                          err, id, now);
        if (!rc)
            rc = toc__value_spread(conn, id, err);
    }
    return rc ? rc : read_false_positives(conn, id, all, err);
}

toc_rc toc_observation_add(toc_conn *conn, int64_t indicator, const toc_observation *observation,
                           toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = id_of(conn, indicator, &id, err);
    if (!rc)
        rc = toc__run_int(
            conn,
            "INSERT INTO observation(value_id, account_id, day, organization, count, last)"
            " VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(value_id, account_id, day)"
            " DO UPDATE SET count = count + excluded.count, last = max(last, excluded.last)",
            err, id, observation->user, toc__day_of(observation->date), observation->organization,
            observation->count, observation->date);
    if (!rc)
        rc = toc__run_int(conn,
                          "UPDATE value SET observed = observed + ?2,"
                          " last_observed = max(coalesce(last_observed, ?3), ?3) WHERE id = ?1",
                          err, id, observation->count, observation->date);
    return rc ? rc : toc__value_spread(conn, id, err);
}

/* --- of one value */

toc_rc toc_observation_total(toc_conn *conn, int64_t indicator, int64_t organization,
                             toc_tally *total, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = by_ids(conn, indicator,
                       "SELECT coalesce(sum(count), 0), max(last) FROM observation"
                       " WHERE value_id IN (?1, ?2, ?3) AND (?4 = 0 OR organization = ?4)",
                       &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 4, organization);
    int step = toc_step(stmt, err);
    if (step > 0)
        *total = (toc_tally){toc_column_int(stmt, 0), toc_column_int(stmt, 1)};
    return step < 0 ? step : TOC_OK;
}

toc_rc toc_observation_days(toc_conn *conn, int64_t indicator, int64_t *days, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool found = false;
    toc_rc rc = by_ids(conn, indicator,
                       "SELECT count(DISTINCT day) FROM observation"
                       " WHERE value_id IN (?1, ?2, ?3)",
                       &stmt, err);
    return rc ? rc : toc__read_int(stmt, days, &found, err);
}

toc_rc toc_observation_each(toc_conn *conn, int64_t indicator, int64_t offset, int64_t limit,
                            toc_tally_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = by_ids(conn, indicator,
                       "SELECT day, sum(count) FROM observation WHERE value_id IN (?1, ?2, ?3)"
                       " GROUP BY day ORDER BY day DESC LIMIT ?4 OFFSET ?5",
                       &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 4, limit);
    toc_bind_int(stmt, 5, offset);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_tally tally = {toc_column_int(stmt, 1), toc_column_int(stmt, 0) * TOC__SECONDS_PER_DAY};
        rc = fn(user, &tally);
        if (rc)
            return rc;
    }
    return step;
}

/* --- of all values */

toc_rc toc_observed_each(toc_conn *conn, int64_t owner, int64_t since, int64_t limit,
                         toc_observed_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    /* The plus keeps it from walking all days in the order of the values. */
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT o.value_id, sum(o.count), max(o.last) FROM observation o"
                            " CROSS JOIN account a ON a.id = o.account_id WHERE o.day >= ?"
                            " AND a.observes <> 0 GROUP BY +o.value_id ORDER BY 2 DESC, 3 DESC, 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, toc__day_of(since));
    int step = 1;
    for (int64_t count = 0; count < limit && (step = toc_step(stmt, err)) > 0;) {
        toc_observed observed = {.value = toc_column_int(stmt, 0),
                                 .tally = {toc_column_int(stmt, 1), toc_column_int(stmt, 2)}};
        rc = toc__value_holder(conn, owner, observed.value, &observed.indicator, err);
        if (!rc && observed.indicator) {
            rc = fn(user, &observed);
            count++;
        }
        if (rc)
            return rc;
    }
    return step < 0 ? step : TOC_OK;
}

toc_rc toc_observer_each(toc_conn *conn, int64_t value, int64_t since, toc_observer_fn fn,
                         void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(
        conn->db,
        "SELECT a.access_id, a.pseudonym, a.organization, sum(o.count), max(o.last)"
        " FROM observation o CROSS JOIN account a ON a.id = o.account_id WHERE o.value_id = ?"
        " AND o.day >= ? AND a.observes <> 0 GROUP BY a.id ORDER BY 4 DESC, a.id",
        &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, value);
    toc_bind_int(stmt, 2, toc__day_of(since));
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_observer observer = {.access_id = toc_column_text(stmt, 0),
                                 .pseudonym = toc_column_text(stmt, 1),
                                 .organization = toc_column_int(stmt, 2),
                                 .tally = {toc_column_int(stmt, 3), toc_column_int(stmt, 4)}};
        rc = fn(user, &observer);
        if (rc)
            return rc;
    }
    return step;
}
