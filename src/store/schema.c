/* schema.c - the tables, as numbered migrations. A migration that was released never changes. */
#include "store/conn.h"

#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/random.h"
#include "base/str.h"

/* Version 1. Ids come from `sequence`, so that none is given twice. indicator_key finds values by
 * a keyed hash: a 64-bit key makes a far smaller index than the text. When two values share a hash
 * its row has indicator_id 0 and indicator_key_more lists both. */
static const char *const version_1[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE sequence(name TEXT PRIMARY KEY, next_id INTEGER NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE owner(id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE,"
    " type TEXT NOT NULL);",
    "CREATE TABLE account(id INTEGER PRIMARY KEY, access_id TEXT NOT NULL UNIQUE,"
    " secret BLOB NOT NULL, organization INTEGER NOT NULL, first_name TEXT NOT NULL,"
    " last_name TEXT NOT NULL, role TEXT NOT NULL);",
    "CREATE TABLE account_owner(account_id INTEGER NOT NULL, owner_id INTEGER NOT NULL,"
    " role TEXT NOT NULL, PRIMARY KEY(account_id, owner_id)) WITHOUT ROWID;",
    "CREATE TABLE type(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL,"
    " definition TEXT, UNIQUE(kind, name));",
    "CREATE TABLE indicator(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL, flags INTEGER NOT NULL, v1 TEXT, v2 TEXT, v3 TEXT,"
    " date_added INTEGER NOT NULL, last_modified INTEGER NOT NULL, rating REAL,"
    " confidence INTEGER, description TEXT, source TEXT, xid TEXT, observation_count INTEGER,"
    " last_observed INTEGER, false_positive_count INTEGER, false_positive_last INTEGER,"
    " first_seen INTEGER, last_seen INTEGER, own TEXT);",
    "CREATE INDEX indicator_owner ON indicator(owner_id);",
    "CREATE INDEX indicator_type ON indicator(owner_id, type_id);",
    "CREATE TABLE indicator_key(hash INTEGER PRIMARY KEY, indicator_id INTEGER NOT NULL);",
    "CREATE TABLE indicator_key_more(hash INTEGER NOT NULL, indicator_id INTEGER NOT NULL,"
    " PRIMARY KEY(hash, indicator_id)) WITHOUT ROWID;",
    "CREATE TABLE entity(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL, flags INTEGER NOT NULL, name TEXT, date_added INTEGER NOT NULL,"
    " last_modified INTEGER NOT NULL, description TEXT, created_by TEXT, xid TEXT,"
    " first_seen INTEGER, last_seen INTEGER, own TEXT);",
    "CREATE INDEX entity_owner ON entity(owner_id, kind);",
    "CREATE INDEX entity_type ON entity(owner_id, type_id);",
    "CREATE UNIQUE INDEX entity_xid ON entity(xid) WHERE xid IS NOT NULL;",
    "CREATE TABLE counter(owner_id INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL, active INTEGER NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY(owner_id, kind, type_id, active)) WITHOUT ROWID;",
    "CREATE TABLE tombstone(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL, summary TEXT NOT NULL, date_added INTEGER NOT NULL,"
    " date_deleted INTEGER NOT NULL);",
    "CREATE INDEX tombstone_owner ON tombstone(owner_id, date_deleted);",
    "CREATE TABLE tag(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, name TEXT NOT NULL,"
    " name_key TEXT NOT NULL, description TEXT, weight INTEGER NOT NULL DEFAULT 0);",
    "CREATE UNIQUE INDEX tag_name ON tag(owner_id, name_key);",
    "CREATE TABLE tag_link(tag_id INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " object_id INTEGER NOT NULL, PRIMARY KEY(tag_id, kind, object_id)) WITHOUT ROWID;",
    "CREATE INDEX tag_link_object ON tag_link(object_id, kind, tag_id);",
    "CREATE TABLE label(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, name TEXT NOT NULL,"
    " name_key TEXT NOT NULL, description TEXT, color TEXT, date_added INTEGER NOT NULL);",
    "CREATE UNIQUE INDEX label_name ON label(owner_id, name_key);",
    "CREATE TABLE label_link(label_id INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " object_id INTEGER NOT NULL, PRIMARY KEY(label_id, kind, object_id)) WITHOUT ROWID;",
    "CREATE INDEX label_link_object ON label_link(object_id, kind, label_id);",
    "CREATE TABLE attribute(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " object_id INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL,"
    " displayed INTEGER NOT NULL, pinned INTEGER NOT NULL, source TEXT, xid TEXT,"
    " date_added INTEGER NOT NULL, last_modified INTEGER NOT NULL);",
    "CREATE INDEX attribute_object ON attribute(object_id, kind);",
    "CREATE TABLE link(kind_a INTEGER NOT NULL, id_a INTEGER NOT NULL, kind_b INTEGER NOT NULL,"
    " id_b INTEGER NOT NULL, association TEXT NOT NULL,"
    " PRIMARY KEY(kind_a, id_a, kind_b, id_b, association)) WITHOUT ROWID;",
    "CREATE TABLE occurrence(id INTEGER PRIMARY KEY, indicator_id INTEGER NOT NULL,"
    " file_name TEXT, path TEXT, date INTEGER);",
    "CREATE INDEX occurrence_indicator ON occurrence(indicator_id);",
    "CREATE TABLE job(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, account_id INTEGER NOT "
    "NULL,"
    " state INTEGER NOT NULL, config TEXT NOT NULL, spool TEXT, progress INTEGER NOT NULL,"
    " success_indicators INTEGER NOT NULL, error_indicators INTEGER NOT NULL,"
    " success_groups INTEGER NOT NULL, error_groups INTEGER NOT NULL,"
    " success_links INTEGER NOT NULL, error_links INTEGER NOT NULL,"
    " unprocessed INTEGER NOT NULL, errors INTEGER NOT NULL, created INTEGER NOT NULL,"
    " finished INTEGER NOT NULL);",
    "CREATE INDEX job_state ON job(state);",
    "CREATE TABLE job_error(job_id INTEGER NOT NULL, number INTEGER NOT NULL, code TEXT,"
    " reason TEXT, source TEXT, message TEXT, PRIMARY KEY(job_id, number)) WITHOUT ROWID;",
    /* rest-v2 2.13: labels of every instance, owned by nobody. */
    "INSERT INTO label(id, owner_id, name, name_key, description, color, date_added) VALUES"
    "(1, 0, 'TLP:AMBER', 'tlp:amber', 'Limited disclosure: participants'' organizations and"
    " their clients.', 'ffc000', 0),"
    "(2, 0, 'TLP:AMBER+STRICT', 'tlp:amber+strict', 'Limited disclosure: participants''"
    " organizations only.', 'ffc000', 0),"
    "(3, 0, 'TLP:CLEAR', 'tlp:clear', 'Disclosure is not limited.', 'ffffff', 0),"
    "(4, 0, 'TLP:GREEN', 'tlp:green', 'Limited disclosure: the community.', '33ff00', 0),"
    "(5, 0, 'TLP:RED', 'tlp:red', 'Not for disclosure: participants only.', 'ff2b2b', 0),"
    "(6, 0, 'TLP:WHITE', 'tlp:white', 'Disclosure is not limited (former name of CLEAR).',"
    " 'ffffff', 0);",
    "INSERT INTO sequence(name, next_id) VALUES ('label', 7);",
    NULL,
};

/* Version 2: the whole REST v2 API. Days are days since 1970-01-01 UTC. */
static const char *const version_2[] = {
    /* Labels of attributes had the number that a new kind of object has now. */
    "UPDATE label_link SET kind = 100 WHERE kind = 5;",
    /* The order in which jobs were given their files. */
    "ALTER TABLE job ADD COLUMN place INTEGER NOT NULL DEFAULT 0;",
    "UPDATE job SET place = id;",
    "CREATE INDEX job_place ON job(place);",
    /* An xid names one group of an owner; what other owners hold is none of its business. */
    "DROP INDEX entity_xid;",
    "CREATE UNIQUE INDEX entity_xid ON entity(owner_id, xid) WHERE xid IS NOT NULL;",
    /* The victim or adversary of an asset. */
    "ALTER TABLE entity ADD COLUMN parent_id INTEGER;",
    "CREATE INDEX entity_parent ON entity(parent_id, kind) WHERE parent_id IS NOT NULL;",
    /* role 0: assignee, 1: escalatee */
    "CREATE TABLE task_person(task_id INTEGER NOT NULL, role INTEGER NOT NULL,"
    " account_id INTEGER NOT NULL, PRIMARY KEY(task_id, role, account_id)) WITHOUT ROWID;",
    /* observes: reports of observations and false positives count. A revoked account signs no
     * request, but what it made keeps its name. */
    "ALTER TABLE account ADD COLUMN observes INTEGER NOT NULL DEFAULT 1;",
    "ALTER TABLE account ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE account ADD COLUMN pseudonym TEXT NOT NULL DEFAULT '';",
    "UPDATE account SET pseudonym = 'user' || id;",
    "ALTER TABLE owner ADD COLUMN anonymous INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE owner ADD COLUMN publish_to INTEGER;",
    /* Only the digest of a token is kept. usable is the end of its use: expires, or earlier when
     * another one has replaced it. */
    "CREATE TABLE token(digest BLOB PRIMARY KEY, account_id INTEGER NOT NULL, purpose TEXT NOT"
    " NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, usable INTEGER NOT NULL)"
    " WITHOUT ROWID;",
    "CREATE INDEX token_account ON token(account_id, purpose);",
    "CREATE TABLE attribute_type(id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " name_key TEXT NOT NULL UNIQUE, description TEXT, max_length INTEGER NOT NULL,"
    " markdown INTEGER NOT NULL, error_message TEXT, rule_name TEXT, rule_type TEXT,"
    " rule_text TEXT, rule_description TEXT, system INTEGER NOT NULL);",
    /* Types were not kept before: those in use go on being known. */
    "INSERT INTO attribute_type(name, name_key, max_length, markdown, system)"
    " SELECT min(type), lower(type), 16777216, 1, 0 FROM attribute"
    " WHERE length(CAST(type AS BLOB)) <= 255 GROUP BY lower(type) LIMIT 10000;",
    /* Attributes of unknown types define them. */
    "ALTER TABLE job ADD COLUMN learns INTEGER NOT NULL DEFAULT 0;",
    "CREATE TABLE association_type(id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " name_key TEXT NOT NULL UNIQUE, branch TEXT NOT NULL UNIQUE, file_action INTEGER NOT NULL,"
    " left_types TEXT NOT NULL, right_types TEXT NOT NULL);",
    /* Values that were reported, whatever the owner (rest-v2 5.5): one key leads to them, of a file
     * each of its hashes. The indicators with the value have copies of the counts. */
    "CREATE TABLE value(id INTEGER PRIMARY KEY, observed INTEGER NOT NULL,"
    " last_observed INTEGER, false_positives INTEGER NOT NULL, false_positive_last INTEGER);",
    "CREATE TABLE value_key(type_id INTEGER NOT NULL, key TEXT NOT NULL,"
    " value_id INTEGER NOT NULL, PRIMARY KEY(type_id, key)) WITHOUT ROWID;",
    "CREATE INDEX value_key_value ON value_key(value_id);",
    "CREATE TABLE observation(value_id INTEGER NOT NULL, account_id INTEGER NOT NULL,"
    " day INTEGER NOT NULL, organization INTEGER NOT NULL, count INTEGER NOT NULL,"
    " last INTEGER NOT NULL, PRIMARY KEY(value_id, account_id, day)) WITHOUT ROWID;",
    "CREATE INDEX observation_day ON observation(day);",
    "CREATE TABLE false_positive(value_id INTEGER NOT NULL, account_id INTEGER NOT NULL,"
    " day INTEGER NOT NULL, PRIMARY KEY(value_id, account_id, day)) WITHOUT ROWID;",
    "CREATE INDEX false_positive_day ON false_positive(day);",
    /* Addresses that a host name had. */
    "CREATE TABLE resolution(host_value TEXT NOT NULL, address_value TEXT NOT NULL,"
    " date INTEGER NOT NULL, PRIMARY KEY(host_value, date, address_value)) WITHOUT ROWID;",
    "CREATE INDEX resolution_address ON resolution(address_value, date);",
    /* Content of documents and reports: a file beside the store, named here. type: what its first
     * bytes say. */
    "CREATE TABLE content(entity_id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE,"
    " size INTEGER NOT NULL, date INTEGER NOT NULL, type TEXT);",
    "CREATE TABLE bulk_report(owner_id INTEGER PRIMARY KEY, csv INTEGER NOT NULL,"
    " json INTEGER NOT NULL, csv_file TEXT, json_file TEXT, csv_run INTEGER, json_run INTEGER,"
    " next_run INTEGER, status TEXT NOT NULL);",
    /* What the owner held at the end of a day, as a JSON object of counts. */
    "CREATE TABLE owner_metric(owner_id INTEGER NOT NULL, day INTEGER NOT NULL,"
    " counts TEXT NOT NULL, PRIMARY KEY(owner_id, day)) WITHOUT ROWID;",
    "CREATE TABLE custom_metric(id INTEGER PRIMARY KEY, organization INTEGER NOT NULL,"
    " name TEXT NOT NULL, name_key TEXT NOT NULL, data_type TEXT NOT NULL,"
    " interval TEXT NOT NULL, keyed INTEGER NOT NULL, description TEXT,"
    " UNIQUE(organization, name_key));",
    "CREATE TABLE custom_metric_value(metric_id INTEGER NOT NULL, name TEXT NOT NULL,"
    " date INTEGER NOT NULL, value REAL NOT NULL, weight INTEGER NOT NULL, first_date INTEGER NOT"
    " NULL, last_date INTEGER NOT NULL, PRIMARY KEY(metric_id, name, date)) WITHOUT ROWID;",
    "CREATE TABLE notification(id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL,"
    " organization INTEGER NOT NULL, owner_id INTEGER, type TEXT NOT NULL, priority TEXT NOT NULL,"
    " message TEXT NOT NULL, recipients TEXT, created INTEGER NOT NULL);",
    NULL,
};

/* Version 3: sizes of lists that filters and tags make. A cell is what filters on rating,
 * confidence, state and type cannot tell apart; -1 stands for a value that is not there. Its rows
 * are one range of the index, newest last. Most feeds have neither value: those rows are left out
 * of the index, so that an import does not pay for it. */
static const char *const version_3[] = {
    "CREATE TABLE cell(owner_id INTEGER NOT NULL, type_id INTEGER NOT NULL,"
    " active INTEGER NOT NULL, rating REAL NOT NULL, confidence INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(owner_id, type_id, active, rating, confidence))"
    " WITHOUT ROWID;",
    "INSERT INTO cell(owner_id, type_id, active, rating, confidence, n)"
    " SELECT owner_id, type_id, flags & 1, coalesce(rating, -1), coalesce(confidence, -1), count(*)"
    " FROM indicator GROUP BY 1, 2, 3, 4, 5;",
    "CREATE INDEX indicator_cell ON indicator(owner_id, type_id, (flags & 1), rating,"
    " confidence) WHERE rating IS NOT NULL OR confidence IS NOT NULL;",
    /* Objects with a tag; those that are not indicators count as active. */
    "CREATE TABLE tag_count(tag_id INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL, active INTEGER NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY(tag_id, kind, type_id, active)) WITHOUT ROWID;",
    "INSERT INTO tag_count(tag_id, kind, type_id, active, n)"
    " SELECT l.tag_id, l.kind, o.type_id, o.flags & 1, count(*) FROM tag_link l"
    " CROSS JOIN indicator o ON o.id = l.object_id WHERE l.kind = 0 GROUP BY 1, 2, 3, 4;",
    "INSERT INTO tag_count(tag_id, kind, type_id, active, n)"
    " SELECT l.tag_id, l.kind, o.type_id, 1, count(*) FROM tag_link l"
    " CROSS JOIN entity o ON o.id = l.object_id WHERE l.kind <> 0 GROUP BY 1, 2, 3;",
    /* Whether a file has an occurrence already, however many it has. */
    "CREATE INDEX occurrence_equal ON occurrence(indicator_id, file_name, path, date);",
    NULL,
};

/* Version 4: keys that are new wait in a small table (keys.c). */
static const char *const version_4[] = {
    "CREATE TABLE indicator_key_new(hash INTEGER PRIMARY KEY, indicator_id INTEGER NOT NULL);",
    NULL,
};

/* Version 5: the rows of a cell, some hundred in a row of this table (cell_ids.c), in place of an
 * index that had one for each. */
static const char *const version_5[] = {
    "CREATE TABLE cell_ids(newest INTEGER NOT NULL, owner_id INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL, active INTEGER NOT NULL, rating REAL NOT NULL,"
    " confidence INTEGER NOT NULL, first INTEGER NOT NULL, ids BLOB NOT NULL,"
    " PRIMARY KEY(newest, owner_id, type_id, active, rating, confidence, first)) WITHOUT ROWID;",
    NULL,
};
/* Programs of former versions that have the store open cannot go on writing it: every change of the
 * indicators that they would leave out of cell_ids needs the table by its old name. Later programs
 * look at the version themselves (conn.c). */
static const char *const version_5_end[] = {"DROP INDEX indicator_cell;",
                                            "ALTER TABLE cell RENAME TO cell_count;", NULL};

typedef struct migration {
    const char *const *sql;
    toc_rc (*fill)(toc_db *db, toc_error *err); /* what SQL alone does not do */
    const char *const *end;
} migration;

static const migration migrations[] = {
    {version_1, NULL, NULL},
    {version_2, NULL, NULL},
    {version_3, NULL, NULL},
    {version_4, NULL, NULL},
    {version_5, toc__cell_ids_fill, version_5_end},
};
#define SCHEMA_VERSION ((int64_t)TOC_COUNT(migrations))

static toc_rc read_one(toc_db *db, const char *sql, toc_arena *arena, toc_str *text, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(db, sql, &stmt, err);
    if (rc)
        return rc;
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    toc_str found = {NULL, 0};
    if (step > 0) {
        rc = toc__copy_column(stmt, 0, arena, &found, err);
        if (rc)
            return rc;
    }
    *text = found;
    return TOC_OK;
}

toc_rc toc__meta_get(toc_db *db, const char *name, toc_arena *arena, toc_str *value, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(db, "SELECT value FROM meta WHERE name = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(name));
    int step = toc_step(stmt, err);
    if (step > 0)
        return toc__copy_column(stmt, 0, arena, value, err);
    return step ? step
                : toc_error_set(err, TOC_ESTORE, "the store has no entry \"%s\" in meta", name);
}

static toc_rc meta_set(toc_db *db, const char *name, toc_str value, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(db,
                            "INSERT INTO meta(name, value) VALUES(?, ?)"
                            " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(name));
    toc_bind_text(stmt, 2, value);
    return toc_run(stmt, err);
}

static toc_rc read_version(toc_db *db, const char *path, int64_t *version, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_str text;
    toc_rc rc = read_one(db,
                         "SELECT (SELECT count(*) FROM sqlite_master) || ' ' ||"
                         " (SELECT count(*) FROM sqlite_master WHERE name = 'meta')",
                         &arena, &text, err);
    if (rc)
        return rc;
    if (toc_str_equal(text, TOC_S("0 0"))) {
        *version = 0;
        return TOC_OK;
    }
    if (toc_str_ends(text, TOC_S(" 0")))
        return toc_error_set(err, TOC_ESTORE, "%s: a database of another program", path);
    rc = toc__meta_get(db, "schema", &arena, &text, err);
    if (rc)
        return rc;
    if (!toc_str_to_int(text, version) || *version < 1)
        return toc_error_set(err, TOC_ESTORE, "%s: its schema version is damaged", path);
    if (*version > SCHEMA_VERSION)
        return toc_error_set(err, TOC_ESTORE,
                             "%s: its schema version %lld is newer than %lld, the newest that"
                             " this program knows",
                             path, (long long)*version, (long long)SCHEMA_VERSION);
    return TOC_OK;
}

static toc_rc set_hash_key(toc_db *db, toc_error *err)
{
    unsigned char key[16];
    toc_rc rc = toc_random(key, sizeof(key), err);
    if (rc)
        return rc;
    char text[2 * sizeof(key)];
    toc_hex_encode(key, sizeof(key), text);
    return meta_set(db, "hash_key", (toc_str){text, sizeof(text)}, err);
}

static toc_rc run_all(toc_db *db, const char *const *sql, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (; !rc && sql && *sql; sql++)
        rc = toc_db_exec(db, *sql, err);
    return rc;
}

/* Inside a transaction: another process may have migrated while this one waited for it. */
static toc_rc migrate_one(toc_db *db, const char *path, int64_t *version, toc_error *err)
{
    toc_rc rc = read_version(db, path, version, err);
    if (rc || *version == SCHEMA_VERSION)
        return rc;
    const migration *next = &migrations[*version];
    rc = run_all(db, next->sql, err);
    if (!rc && next->fill)
        rc = next->fill(db, err);
    if (!rc)
        rc = run_all(db, next->end, err);
    if (rc)
        return rc;
    if (*version == 0)
        rc = set_hash_key(db, err);
    if (rc)
        return rc;
    char text[24];
    int len = snprintf(text, sizeof(text), "%lld", (long long)*version + 1);
    rc = meta_set(db, "schema", (toc_str){text, (size_t)len}, err);
    if (rc)
        return rc;
    ++*version;
    return TOC_OK;
}

toc_rc toc__schema_check(toc_db *db, const char *path, toc_error *err)
{
    int64_t version = 0;
    toc_rc rc = read_version(db, path, &version, err);
    if (rc || version == SCHEMA_VERSION)
        return rc;
    return toc_error_set(err, TOC_ESTORE, "%s: its schema version was set back to %lld", path,
                         (long long)version);
}

toc_rc toc__schema_there(toc_db *db, const char *path, toc_error *err)
{
    int64_t version = 0;
    toc_rc rc = read_version(db, path, &version, err);
    if (rc || version)
        return rc;
    return toc_error_set(err, TOC_ENOTFOUND, "%s is empty: there is no store in it", path);
}

toc_rc toc__schema_prepare(toc_db *db, const char *path, toc_error *err)
{
    int64_t version = 0;
    toc_rc rc = read_version(db, path, &version, err);
    while (!rc && version < SCHEMA_VERSION) {
        rc = toc_db_begin(db, true, err);
        if (rc)
            return rc;
        rc = migrate_one(db, path, &version, err);
        if (!rc)
            rc = toc_db_commit(db, err);
        if (rc)
            toc_db_rollback(db);
    }
    return rc;
}
