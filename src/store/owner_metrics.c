/* owner_metrics.c - what an owner holds, counted, and how it was at the end of former days. */
#include "store/conn.h"

#include "base/error.h"
#include "base/json.h"
#include "base/str.h"

/* Room for the text of one day. */
#define COUNTS_TEXT 8192U

typedef enum source {
    FROM_NOTHING,    /* nothing here fills it */
    FROM_COUNTER,    /* of a kind, or of one of its types */
    FROM_OBSERVED,   /* indicators with observations, all or of one type */
    FROM_STATEMENT,  /* the answer of a statement */
    FROM_FALSE_ALARM /* false positives of the indicators */
} source;

typedef struct metric {
    toc_owner_field field;
    source from;
    toc_kind kind;
    const char *type; /* NULL: all of the kind */
    const char *sql;  /* ?1: owner, ?2: day */
    bool walks;       /* the statement walks over rows */
} metric;

#define COUNTED(name, kind, type)                                                                  \
    {                                                                                              \
        {name, false, false}, FROM_COUNTER, TOC_KIND_##kind, type, NULL, false                     \
    }
#define OBSERVED(name, type)                                                                       \
    {                                                                                              \
        {name, false, false}, FROM_OBSERVED, TOC_KIND_INDICATOR, type, NULL, true                  \
    }
#define STATEMENT(name, decimal, daily, walks, sql)                                                \
    {                                                                                              \
        {name, decimal, daily}, FROM_STATEMENT, TOC_KIND_INDICATOR, NULL, sql, walks               \
    }
#define NOTHING(name)                                                                              \
    {                                                                                              \
        {name, false, false}, FROM_NOTHING, TOC_KIND_INDICATOR, NULL, NULL, false                  \
    }
#define MEAN(column)                                                                               \
    "SELECT sum(1.0 * " column " * n) / sum(n) FROM cell_count WHERE owner_id = ?1 AND " column    \
    " >= 0"

static const metric metrics[TOC_OWNER_FIELDS] = {
    COUNTED("totalIndicator", INDICATOR, NULL),
    COUNTED("totalHost", INDICATOR, "Host"),
    COUNTED("totalAddress", INDICATOR, "Address"),
    COUNTED("totalEmailAddress", INDICATOR, "EmailAddress"),
    COUNTED("totalFile", INDICATOR, "File"),
    COUNTED("totalUrl", INDICATOR, "URL"),
    COUNTED("totalGroup", GROUP, NULL),
    COUNTED("totalThreat", GROUP, "Threat"),
    COUNTED("totalIncident", GROUP, "Incident"),
    COUNTED("totalEmail", GROUP, "Email"),
    COUNTED("totalCampaign", GROUP, "Campaign"),
    COUNTED("totalAdversary", GROUP, "Adversary"),
    COUNTED("totalSignature", GROUP, "Signature"),
    COUNTED("totalTask", TASK, NULL),
    COUNTED("totalDocument", GROUP, "Document"),
    STATEMENT("totalTag", false, false, false, "SELECT count(*) FROM tag WHERE owner_id = ?1"),
    NOTHING("totalTrack"),
    NOTHING("totalResult"),
    STATEMENT("totalIndicatorAttribute", false, false, true,
              "SELECT count(*) FROM attribute a JOIN indicator o ON o.id = a.object_id"
              " WHERE a.kind = 0 AND o.owner_id = ?1"),
    STATEMENT("totalGroupAttribute", false, false, true,
              "SELECT count(*) FROM attribute a JOIN entity o ON o.id = a.object_id"
              " WHERE a.kind = 1 AND o.owner_id = ?1"),
    STATEMENT("averageIndicatorRating", true, false, false, MEAN("rating")),
    STATEMENT("averageIndicatorConfidence", true, false, false, MEAN("confidence")),
    NOTHING("totalEnrichedIndicator"),
    STATEMENT("totalGroupIndicator", false, false, true,
              "SELECT count(*) FROM entity o CROSS JOIN link l ON l.kind_a = 1 AND l.id_a = o.id"
              " AND l.kind_b = 0 WHERE o.owner_id = ?1 AND o.kind = 1"),
    STATEMENT("totalObservationDaily", false, true, false,
              "SELECT sum(count) FROM observation WHERE day = ?2 AND organization = ?1"),
    OBSERVED("totalObservationIndicator", NULL),
    OBSERVED("totalObservationAddress", "Address"),
    OBSERVED("totalObservationEmailAddress", "EmailAddress"),
    OBSERVED("totalObservationFile", "File"),
    OBSERVED("totalObservationHost", "Host"),
    OBSERVED("totalObservationUrl", "URL"),
    STATEMENT("totalFalsePositiveDaily", false, true, false,
              "SELECT count(*) FROM false_positive f JOIN account a ON a.id = f.account_id"
              " WHERE f.day = ?2 AND a.organization = ?1"),
    {{"totalFalsePositive", false, false}, FROM_FALSE_ALARM, TOC_KIND_INDICATOR, NULL, NULL, true},
};

const toc_owner_field *toc_owner_field_at(size_t index)
{
    return index < TOC_OWNER_FIELDS ? &metrics[index].field : NULL;
}

/* --- counting */

/* Adds n to every member that the kind and type are counted in. */
static void add(toc_owner_counts *counts, source from, const toc_type *type, double n)
{
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++) {
        const metric *row = &metrics[i];
        if (row->from != from || row->kind != type->kind)
            continue;
        if (!row->type || toc_str_equal(toc_str_of(row->type), toc_str_of(type->name)))
            counts->values[i] += n;
    }
}

static void clear(toc_owner_counts *counts, source from)
{
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++) {
        if (metrics[i].from == from)
            counts->values[i] = 0;
    }
}

static toc_rc count_objects(toc_conn *conn, int64_t owner, toc_owner_counts *counts, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc__flush_counts(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "SELECT type_id, sum(n) FROM counter WHERE owner_id = ? GROUP BY type_id",
                         &stmt, err);
    if (rc)
        return rc;
    clear(counts, FROM_COUNTER);
    toc_bind_int(stmt, 1, owner);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        const toc_type *type = toc__type_by_id(conn->store, toc_column_int(stmt, 0));
        if (type)
            add(counts, FROM_COUNTER, type, (double)toc_column_int(stmt, 1));
    }
    return step;
}

/* One walk over the indicators for all that is in their rows. */
static toc_rc count_reports(toc_conn *conn, int64_t owner, toc_owner_counts *counts, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT type_id, sum(coalesce(observation_count, 0) > 0),"
                            " sum(coalesce(false_positive_count, 0)) FROM indicator"
                            " WHERE owner_id = ? GROUP BY type_id",
                            &stmt, err);
    if (rc)
        return rc;
    clear(counts, FROM_OBSERVED);
    clear(counts, FROM_FALSE_ALARM);
    toc_bind_int(stmt, 1, owner);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        const toc_type *type = toc__type_by_id(conn->store, toc_column_int(stmt, 0));
        if (!type)
            continue;
        add(counts, FROM_OBSERVED, type, (double)toc_column_int(stmt, 1));
        add(counts, FROM_FALSE_ALARM, type, (double)toc_column_int(stmt, 2));
    }
    return step;
}

static toc_rc run_statement(toc_conn *conn, const metric *row, int64_t owner, int64_t day,
                            double *value, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, row->sql, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    if (row->field.daily)
        toc_bind_int(stmt, 2, day);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *value = step > 0 ? toc_column_double(stmt, 0) : 0;
    return TOC_OK;
}

toc_rc toc_owner_count(toc_conn *conn, int64_t owner, int64_t day, bool all,
                       toc_owner_counts *counts, toc_error *err)
{
    toc_owner_counts made = *counts;
    toc_rc rc = count_objects(conn, owner, &made, err);
    if (!rc && all)
        rc = count_reports(conn, owner, &made, err);
    for (size_t i = 0; !rc && i < TOC_OWNER_FIELDS; i++) {
        if (metrics[i].from == FROM_STATEMENT && (all || !metrics[i].walks))
            rc = run_statement(conn, &metrics[i], owner, day, &made.values[i], err);
    }
    if (!rc)
        *counts = made;
    return rc;
}

/* --- former days */

static toc_rc write_counts(const toc_owner_counts *counts, toc_buf *text, toc_error *err)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, text);
    toc_json_object(&writer);
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++) {
        if (counts->values[i] == 0)
            continue;
        toc_json_key(&writer, toc_str_of(metrics[i].field.name));
        toc_json_double(&writer, counts->values[i]);
    }
    toc_json_object_end(&writer);
    return toc_buf_check(text, err);
}

static void read_count(toc_owner_counts *counts, toc_str name, toc_str number)
{
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++) {
        if (toc_str_equal(toc_str_of(metrics[i].field.name), name))
            (void)toc_str_to_double(number, &counts->values[i]);
    }
}

static toc_rc read_counts(toc_str text, toc_owner_counts *counts, toc_error *err)
{
    toc_json_reader reader;
    toc_json_event event;
    *counts = (toc_owner_counts){{0}};
    toc_json_reader_init(&reader, text.ptr ? text.ptr : "", text.len, NULL);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return toc_error_set(err, TOC_ESTORE, "the counts of a day are damaged");
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        toc_str name = reader.text;
        if (toc_json_next(&reader) != TOC_JSON_NUMBER)
            return toc_error_set(err, TOC_ESTORE, "the counts of a day are damaged");
        read_count(counts, name, reader.text);
    }
    if (event != TOC_JSON_OBJECT_END)
        return toc_error_set(err, TOC_ESTORE, "the counts of a day are damaged");
    return TOC_OK;
}

toc_rc toc_owner_counts_save(toc_conn *conn, int64_t owner, int64_t day,
                             const toc_owner_counts *counts, int64_t horizon, toc_error *err)
{
    TOC__AUTO_BUF text = {0};
    toc_stmt *stmt = NULL;
    toc_buf_init(&text, COUNTS_TEXT);
    toc_rc rc = write_counts(counts, &text, err);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM owner_metric WHERE owner_id = ? AND day < ?", err,
                          owner, horizon);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO owner_metric(owner_id, day, counts) VALUES(?, ?, ?)"
                         " ON CONFLICT(owner_id, day) DO UPDATE SET counts = excluded.counts",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_int(stmt, 2, day);
    toc_bind_text(stmt, 3, toc_buf_view(&text));
    return toc_run(stmt, err);
}

toc_rc toc_owner_counts_each(toc_conn *conn, int64_t owner, int64_t since, toc_owner_counts_fn fn,
                             void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT day, counts FROM owner_metric WHERE owner_id = ?1 AND day >="
                            " coalesce((SELECT max(day) FROM owner_metric WHERE owner_id = ?1"
                            " AND day < ?2), ?2) ORDER BY day",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_int(stmt, 2, since);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_owner_counts counts;
        rc = read_counts(toc_column_text(stmt, 1), &counts, err);
        if (!rc)
            rc = fn(user, toc_column_int(stmt, 0), &counts);
        if (rc)
            return rc;
    }
    return step;
}
