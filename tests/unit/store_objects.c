/* store_objects.c - inserting, finding, changing, removing of objects. */
#include "support/store_fixture.h"

#include "store/conn.h"

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"
#define SHA256 "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"

static const toc_query all_indicators = {.kind = TOC_KIND_INDICATOR, .inactive = true};

static unsigned find(fixture *fix, toc_conn *conn, const char *type, const char *a, const char *b,
                     const char *c, int64_t ids[3])
{
    unsigned count = 99;
    toc_str parts[3] = {toc_str_of(a), toc_str_of(b), toc_str_of(c)};
    must(fix, toc_indicator_find(conn, fix->owner, fixture_type(fix, TOC_KIND_INDICATOR, type),
                                 parts, ids, &count, &fix->err));
    return count;
}

static int64_t find_one(fixture *fix, toc_conn *conn, const char *type, const char *a)
{
    int64_t ids[3];
    return find(fix, conn, type, a, NULL, NULL, ids) ? ids[0] : 0;
}

/* What a list says of one object, as text. */
typedef struct shown {
    char text[2048];
    const char *fields[16];
} shown;

static toc_rc show(void *user, int64_t id, toc_object *obj)
{
    shown *out = user;
    size_t used = 0;
    assert_int_equal(toc_object_get_int(obj, "id"), id);
    for (size_t i = 0; out->fields[i]; i++) {
        const char *name = out->fields[i];
        const toc_field *field = toc_type_field(toc_object_type(obj), toc_str_of(name));
        toc_str text = toc_object_get(obj, name);
        int len = 0;
        assert_non_null(field);
        if (!toc_object_has(obj, name))
            len = snprintf(out->text + used, sizeof(out->text) - used, "-|");
        else if (field->value == TOC_VALUE_INT)
            len = snprintf(out->text + used, sizeof(out->text) - used, "%lld|",
                           (long long)toc_object_get_int(obj, name));
        else if (field->value == TOC_VALUE_DECIMAL)
            len = snprintf(out->text + used, sizeof(out->text) - used, "%g|",
                           toc_object_get_decimal(obj, name));
        else if (field->value == TOC_VALUE_BOOL || field->value == TOC_VALUE_BOOL_TEXT)
            len = snprintf(out->text + used, sizeof(out->text) - used, "%s|",
                           toc_object_get_bool(obj, name) ? "true" : "false");
        else
            len = snprintf(out->text + used, sizeof(out->text) - used, "%.*s|", TOC_FMT(text));
        used += (size_t)len;
    }
    return TOC_OK;
}

static void assert_shown(fixture *fix, toc_conn *conn, toc_kind kind, int64_t id, shown *out,
                         const char *expected)
{
    toc_query query = {.owner = fix->owner, .kind = kind, .id = id};
    out->text[0] = '\0';
    must(fix, toc_object_each(conn, &query, show, out, &fix->err));
    assert_string_equal(out->text, expected);
}

static void test_values_come_back(void **state)
{
    fixture *fix = *state;
    shown out = {.fields = {"ownerName", "hostName", "rating", "confidence", "active",
                            "activeLocked", "privateFlag", "dnsActive", "whoisActive",
                            "description", "source", "xid", "dateAdded", "firstSeen",
                            "externalDateExpires"}};
    toc_conn *conn = fixture_begin(fix);
    int64_t id = fixture_insert(
        fix, conn,
        fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "a.example", "rating", "3.5",
                       "confidence", "72", "active", "false", "activeLocked", "true", "dnsActive",
                       "true", "description", "Beacon", "source", "feed", "xid", "x-1", "firstSeen",
                       "2024-02-03", "externalDateExpires", "2025-01-01T00:00:00+01:00",
                       (char *)NULL));
    assert_shown(fix, conn, TOC_KIND_INDICATOR, id, &out,
                 "Acme CTI|a.example|3.5|72|false|true|false|true|-|Beacon|feed|x-1|"
                 "2024-03-01T10:00:00Z|2024-02-03T00:00:00Z|2024-12-31T23:00:00Z|");
    id = fixture_host(fix, conn, "b.example");
    assert_shown(fix, conn, TOC_KIND_INDICATOR, id, &out,
                 "Acme CTI|b.example|-|-|true|false|false|-|-|-|-|-|2024-03-01T10:00:00Z|-|-|");
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_groups_and_others(void **state)
{
    fixture *fix = *state;
    shown incident = {.fields = {"name", "eventDate", "status", "xid", "createdBy", "lastSeen"}};
    shown task = {.fields = {"name", "status", "overdue", "dueDate"}};
    shown victim = {.fields = {"name", "org", "description"}};
    toc_conn *conn = fixture_begin(fix);
    int64_t id = fixture_insert(fix, conn,
                                fixture_object(fix, TOC_KIND_GROUP, "Incident", "name", "Heron",
                                               "eventDate", "2024-02-28", "status", "Open", "xid",
                                               "uuid:1", "lastSeen", "2024-02-29", (char *)NULL));
    assert_shown(fix, conn, TOC_KIND_GROUP, id, &incident,
                 "Heron|2024-02-28T00:00:00Z|Open|uuid:1|-|2024-02-29T00:00:00Z|");
    id = fixture_insert(fix, conn,
                        fixture_object(fix, TOC_KIND_TASK, "Task", "name", "Block", "status",
                                       "Not Started", "overdue", "true", "dueDate", "2024-03-09",
                                       (char *)NULL));
    assert_shown(fix, conn, TOC_KIND_TASK, id, &task,
                 "Block|Not Started|true|2024-03-09T00:00:00Z|");
    id = fixture_insert(fix, conn,
                        fixture_object(fix, TOC_KIND_VICTIM, "Victim", "name", "Front desk", "org",
                                       "Acme", "description", "x", (char *)NULL));
    assert_shown(fix, conn, TOC_KIND_VICTIM, id, &victim, "Front desk|Acme|x|");
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_GROUP}), 1);
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_TASK}), 1);
    assert_int_equal(fixture_ids(fix, conn, (toc_query){.kind = TOC_KIND_TASK}).count, 1);
    assert_int_equal(fixture_ids(fix, conn, (toc_query){.kind = TOC_KIND_VICTIM_ASSET}).count, 0);
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_VICTIM, id, FIXTURE_NOW, &fix->err));
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_VICTIM}), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_same_value_is_refused(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t other = 0, id = fixture_host(fix, conn, "a.example");
    toc_object *obj =
        fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "a.example", (char *)NULL);
    assert_int_equal(toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &other, &fix->err),
                     TOC_ECONFLICT);
    assert_int_equal(other, 0);
    assert_string_equal(fix->err.field, "hostName");
    /* In another owner it is another record. */
    int64_t owner = 0;
    must(fix, toc_owner_add(conn, TOC_S("Feed"), TOC_S("Source"), &owner, &fix->err));
    must(fix, toc_object_insert(conn, owner, obj, FIXTURE_NOW, &other, &fix->err));
    assert_true(other != id);
    toc_object_free(obj);
    assert_int_equal(find_one(fix, conn, "Host", "a.example"), id);
    assert_int_equal(find_one(fix, conn, "Host", "A.example"), 0);
    assert_int_equal(fixture_count(fix, conn, all_indicators), 1);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_letter_case_of_keys(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t mail = fixture_insert(fix, conn,
                                  fixture_object(fix, TOC_KIND_INDICATOR, "EmailAddress", "address",
                                                 "Jane.Doe@evil.example", (char *)NULL));
    int64_t upper = fixture_insert(
        fix, conn,
        fixture_object(fix, TOC_KIND_INDICATOR, "Mutex", "Mutex", "Global\\ABC", (char *)NULL));
    int64_t lower = fixture_insert(
        fix, conn,
        fixture_object(fix, TOC_KIND_INDICATOR, "Mutex", "Mutex", "Global\\abc", (char *)NULL));
    assert_int_equal(find_one(fix, conn, "EmailAddress", "jane.doe@evil.example"), mail);
    assert_int_equal(find_one(fix, conn, "Mutex", "Global\\ABC"), upper);
    assert_int_equal(find_one(fix, conn, "Mutex", "Global\\abc"), lower);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_values_of_several_parts(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t ids[3];
    int64_t id = fixture_insert(fix, conn,
                                fixture_object(fix, TOC_KIND_INDICATOR, "Registry Key", "Key Name",
                                               "HKEY_LOCAL_MACHINE\\Software\\Acme", "Value Name",
                                               "Run", "Value Type", "REG_SZ", (char *)NULL));
    assert_int_equal(
        find(fix, conn, "Registry Key", "HKEY_LOCAL_MACHINE\\Software\\Acme", "Run", "REG_SZ", ids),
        1);
    assert_int_equal(ids[0], id);
    assert_int_equal(find(fix, conn, "Registry Key", "HKEY_LOCAL_MACHINE\\Software\\Acme", "Run",
                          "REG_DWORD", ids),
                     0);
    assert_int_equal(ids[0], 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_files_by_each_hash(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t ids[3], other = 0;
    int64_t first = fixture_insert(
        fix, conn,
        fixture_object(fix, TOC_KIND_INDICATOR, "File", "md5", MD5, "size", "68", (char *)NULL));
    int64_t second = fixture_insert(
        fix, conn, fixture_object(fix, TOC_KIND_INDICATOR, "File", "sha256", SHA256, (char *)NULL));
    assert_int_equal(find(fix, conn, "File", MD5, NULL, NULL, ids), 1);
    assert_int_equal(ids[0], first);
    assert_int_equal(find(fix, conn, "File", NULL, SHA1, NULL, ids), 0);
    assert_int_equal(find(fix, conn, "File", NULL, NULL, SHA256, ids), 1);
    assert_int_equal(ids[0], second);
    assert_int_equal(find(fix, conn, "File", MD5, SHA1, SHA256, ids), 2);
    assert_int_equal(ids[0], first);
    assert_int_equal(ids[1], second);

    /* One hash is free, one is taken: nothing of it stays. */
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "File", "sha1", SHA1, "sha256",
                                     SHA256, (char *)NULL);
    assert_int_equal(toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &other, &fix->err),
                     TOC_ECONFLICT);
    assert_int_equal(find(fix, conn, "File", NULL, SHA1, NULL, ids), 0);
    toc_object_free(obj);

    /* Missing hashes are filled in, others stay. */
    shown out = {.fields = {"md5", "sha1", "sha256", "size"}};
    obj = fixture_object(fix, TOC_KIND_INDICATOR, "File", "md5", "00000000000000000000000000000000",
                         "sha1", SHA1, (char *)NULL);
    must(fix, toc_object_change(conn, fix->owner, first, obj, FIXTURE_NOW, &fix->err));
    assert_shown(fix, conn, TOC_KIND_INDICATOR, first, &out, MD5 "|" SHA1 "|-|68|");
    assert_int_equal(find(fix, conn, "File", NULL, SHA1, NULL, ids), 1);
    assert_int_equal(ids[0], first);
    toc_object_free(obj);
    obj = fixture_object(fix, TOC_KIND_INDICATOR, "File", "sha256", SHA256, (char *)NULL);
    assert_int_equal(toc_object_change(conn, fix->owner, first, obj, FIXTURE_NOW, &fix->err),
                     TOC_ECONFLICT);
    toc_object_free(obj);
    must(fix,
         toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, first, FIXTURE_NOW, &fix->err));
    assert_int_equal(find(fix, conn, "File", MD5, SHA1, NULL, ids), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_change(void **state)
{
    fixture *fix = *state;
    shown out = {.fields = {"rating", "confidence", "active", "dnsActive", "whoisActive",
                            "lastModified", "dateAdded"}};
    toc_conn *conn = fixture_begin(fix);
    int64_t id =
        fixture_insert(fix, conn,
                       fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "a.example",
                                      "rating", "1", "dnsActive", "true", (char *)NULL));
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "Host", "confidence", "5", "active",
                                     "false", "whoisActive", "true", (char *)NULL);
    must(fix, toc_object_change(conn, fix->owner, id, obj, FIXTURE_NOW + 60, &fix->err));
    assert_shown(fix, conn, TOC_KIND_INDICATOR, id, &out,
                 "1|5|false|true|true|2024-03-01T10:01:00Z|2024-03-01T10:00:00Z|");
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR}), 0);
    assert_int_equal(fixture_count(fix, conn, all_indicators), 1);
    assert_int_equal(toc_object_change(conn, fix->owner, id + 1, obj, FIXTURE_NOW, &fix->err),
                     TOC_ENOTFOUND);
    assert_int_equal(toc_object_change(conn, fix->owner + 1, id, obj, FIXTURE_NOW, &fix->err),
                     TOC_ENOTFOUND);
    toc_object_free(obj);
    obj = fixture_object(fix, TOC_KIND_INDICATOR, "Mutex", "confidence", "5", (char *)NULL);
    assert_int_equal(toc_object_change(conn, fix->owner, id, obj, FIXTURE_NOW, &fix->err),
                     TOC_ECONFLICT);
    toc_object_free(obj);
    must(fix, toc_tx_commit(conn, &fix->err));
    obj = fixture_object(fix, TOC_KIND_INDICATOR, "Host", "rating", "5", (char *)NULL);
    assert_int_equal(toc_object_change(conn, fix->owner, id, obj, FIXTURE_NOW, &fix->err),
                     TOC_EINVAL);
    toc_object_free(obj);
}

static void test_xids(void **state)
{
    fixture *fix = *state;
    const toc_type *type = NULL;
    int64_t found = 0, other = 0;
    toc_conn *conn = fixture_begin(fix);
    toc_object *obj =
        fixture_object(fix, TOC_KIND_GROUP, "Threat", "name", "T", "xid", "x:1", (char *)NULL);
    int64_t id = 0;
    must(fix, toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &id, &fix->err));
    must(fix, toc_group_find_xid(conn, fix->owner, TOC_S("x:1"), &found, &type, &fix->err));
    assert_int_equal(found, id);
    assert_string_equal(type->name, "Threat");
    must(fix, toc_group_find_xid(conn, fix->owner + 1, TOC_S("x:1"), &found, &type, &fix->err));
    assert_int_equal(found, 0);
    must(fix, toc_group_find_xid(conn, fix->owner, TOC_S("X:1"), &found, &type, &fix->err));
    assert_int_equal(found, 0);
    assert_null(type);
    assert_int_equal(toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &other, &fix->err),
                     TOC_ECONFLICT);
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_GROUP}), 1);
    toc_object_free(obj);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_remove_takes_everything(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t tag = 0, label = 0, id = 0;
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    toc_target group = {TOC_KIND_GROUP, fixture_group(fix, conn, "Threat", "T")};
    toc_attribute attribute = {.type = TOC_S("Source"), .value = TOC_S("v")};
    toc_occurrence occurrence = {.path = TOC_S("C:\\")};
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("t"), true, &tag, &fix->err));
    must(fix, toc_tag_apply(conn, tag, host, &fix->err));
    must(fix, toc_label_id(conn, fix->owner, TOC_S("tlp:red"), &label, &fix->err));
    must(fix, toc_label_apply(conn, label, host, &fix->err));
    must(fix, toc_attribute_add(conn, host, &attribute, FIXTURE_NOW, &id, &fix->err));
    must(fix, toc_label_apply(conn, label, (toc_target){TOC_KIND_ATTRIBUTE, id}, &fix->err));
    must(fix, toc_link_add(conn, group, host, TOC_S(""), &fix->err));
    must(fix, toc_occurrence_add(conn, host.id, &occurrence, &id, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, host.id, FIXTURE_NOW + 5,
                                &fix->err));
    assert_int_equal(
        toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, host.id, FIXTURE_NOW, &fix->err),
        TOC_ENOTFOUND);
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(fixture_query_int(fix, "SELECT (SELECT count(*) FROM tag_link) +"
                                            " (SELECT count(*) FROM label_link) +"
                                            " (SELECT count(*) FROM attribute) +"
                                            " (SELECT count(*) FROM link) +"
                                            " (SELECT count(*) FROM occurrence) +"
                                            " (SELECT count(*) FROM indicator_key_new)"),
                     0);
    assert_int_equal(fixture_query_int(fix,
                                       "SELECT count(*) FROM tombstone WHERE summary = 'a.example'"
                                       " AND date_deleted = 1709287205"),
                     1);
    assert_int_equal(fixture_query_int(fix, "SELECT weight FROM tag"), 0);
}

static void test_counters_follow_rollback(void **state)
{
    fixture *fix = *state;
    toc_query hosts = {.kind = TOC_KIND_INDICATOR,
                       .type = fixture_type(fix, TOC_KIND_INDICATOR, "Host")};
    toc_query mutexes = {.kind = TOC_KIND_INDICATOR,
                         .type = fixture_type(fix, TOC_KIND_INDICATOR, "Mutex")};
    toc_conn *conn = fixture_begin(fix);
    int64_t id = fixture_host(fix, conn, "a.example");
    fixture_host(fix, conn, "b.example");
    assert_int_equal(fixture_count(fix, conn, hosts), 2);
    assert_int_equal(fixture_count(fix, conn, mutexes), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    fixture_host(fix, conn, "c.example");
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, id, FIXTURE_NOW, &fix->err));
    assert_int_equal(fixture_count(fix, conn, hosts), 2);
    toc_tx_rollback(conn);
    conn = fixture_begin(fix);
    assert_int_equal(fixture_count(fix, conn, hosts), 2);
    assert_int_equal(find_one(fix, conn, "Host", "c.example"), 0);
    assert_int_equal(find_one(fix, conn, "Host", "a.example"), id);
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, id, FIXTURE_NOW, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    assert_int_equal(fixture_count(fix, conn, hosts), 1);
    toc_store_reader_done(fix->store, conn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_come_back),
        TEST(test_groups_and_others),
        TEST(test_same_value_is_refused),
        TEST(test_letter_case_of_keys),
        TEST(test_values_of_several_parts),
        TEST(test_files_by_each_hash),
        TEST(test_change),
        TEST(test_xids),
        TEST(test_remove_takes_everything),
        TEST(test_counters_follow_rollback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
