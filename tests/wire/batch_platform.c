/* Batches through a real session into a real platform, in process: imports that are repeated,
 * refusals that find their line, types that were invented at run time, deletion. */
#include "platform_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"
#include "support/data.h"
#include "support/patience.h"
#include "tocsin/import.h"

#define OWNER "Acme CTI"

static toc_session *session(fixture *fix)
{
    toc_transport transport;
    toc_session *sess = NULL;
    toc_error err = {0};
    assert_int_equal(toc_platform_transport(fix->platform, false, &transport, &err), TOC_OK);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.owner = OWNER;
    options.transport = &transport;
    options.result_limit = 7;
    if (toc_session_open(&options, &sess, &err))
        fail_msg("%s", err.message);
    return sess;
}

static void describe(toc_buf *out, toc_object *obj)
{
    toc_str summary = toc_object_summary(obj);
    toc_str name;
    toc_str value;
    toc_buf_printf(out, "%lld %s %.*s", (long long)toc_object_get_int(obj, "id"),
                   toc_object_type(obj)->name, TOC_FMT(summary));
    for (size_t i = 0; toc_object_attribute(obj, i, &name, &value); i++)
        toc_buf_printf(out, " [%.*s=%.*s]", TOC_FMT(name), TOC_FMT(value));
    for (size_t i = 0; toc_object_tag(obj, i, &name); i++)
        toc_buf_printf(out, " #%.*s", TOC_FMT(name));
    toc_buf_char(out, '\n');
}

/* Everything of a kind, dates left out; with a filter by name only what it selects. */
static size_t dump(toc_session *sess, toc_kind kind, const char *api, const char *value,
                   toc_buf *out)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_error err = {0};
    size_t count = 0;
    int more = 0;
    assert_int_equal(toc_filter_new(kind, NULL, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, toc_str_of(OWNER), &err), TOC_OK);
    assert_int_equal(toc_filter_include(filter, "attributes", &err), TOC_OK);
    assert_int_equal(toc_filter_include(filter, "tags", &err), TOC_OK);
    if (api)
        assert_int_equal(toc_filter_api(filter, api, toc_str_of(value), &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, kind, filter, &list, &err), TOC_OK);
    while ((more = toc_list_next(list, &obj, &err)) > 0) {
        describe(out, obj);
        count++;
    }
    if (more < 0)
        fail_msg("%s", err.message);
    toc_list_close(list);
    toc_filter_free(filter);
    return count;
}

typedef struct taken {
    size_t rejected, refused, progressed;
    char text[4096];
} taken;

static void on_reject(void *user, toc_str record, const toc_error *error)
{
    (void)record;
    ((taken *)user)->rejected++;
    print_message("line %llu: %s\n", (unsigned long long)error->line, error->message);
}

static int on_error(void *user, const toc_batch_error *error)
{
    taken *self = user;
    size_t used = strlen(self->text);
    self->refused++;
    (void)snprintf(self->text + used, sizeof self->text - used, "%llu %s %.*s\n",
                   (unsigned long long)error->line, toc_kind_entity(error->kind),
                   TOC_FMT(error->json));
    assert_true(error->reason.len > 0);
    return 0;
}

static toc_rc submit(toc_session *sess, toc_batch *batch, taken *got, toc_batch_status *status)
{
    toc_error err = {0};
    toc_batch_callbacks callbacks = {.version = 1, .error = on_error, .user = got};
    toc_rc rc = toc_batch_submit(batch, sess, &callbacks, status, &err);
    if (rc && rc != TOC_EPARTIAL)
        fail_msg("%s", err.message);
    return rc;
}

static toc_batch *new_batch(toc_batch_options options)
{
    toc_batch *batch = NULL;
    options.version = 1;
    options.owner = OWNER;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

/* The sample file with everything that its columns can become. */
static void import_sample(toc_session *sess, size_t chunk)
{
    static const char *const tags[] = {"label"};
    static const toc_import_attribute attributes[] = {{"score", "Score"}};
    TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = 1 << 20};
    TOC_CLEANUP(toc_buf_done) toc_buf groups = {.maximum = 1 << 20};
    (void)data_read("sample.csv", &text);
    (void)data_read("sample-groups.csv", &groups);
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = OWNER;
    options.group_column = "label";
    options.tag_columns = tags;
    options.tag_column_count = 1;
    options.attributes = attributes;
    options.attribute_count = 1;
    toc_batch *batch = new_batch((toc_batch_options){.chunk_items = chunk,
                                                     .tag_write_type = "Append",
                                                     .label_write_type = "Append",
                                                     .attribute_write_type = "Singleton"});
    const toc_types *types = NULL;
    toc_import *import = NULL;
    taken got = {0};
    toc_batch_status status;
    assert_int_equal(toc_session_types(sess, &types, NULL), TOC_OK);
    assert_int_equal(toc_import_new(&options, types, batch, on_reject, &got, &import, NULL),
                     TOC_OK);
    assert_int_equal(toc_import_groups(import, groups.ptr, groups.len, true, NULL), TOC_OK);
    assert_int_equal(toc_import_csv(import, text.ptr, text.len, true, NULL), TOC_OK);
    assert_int_equal(got.rejected, 0);
    assert_int_equal(submit(sess, batch, &got, &status), TOC_OK);
    assert_int_equal(got.refused, 0);
    assert_int_equal(status.success, toc_import_counted(import).accepted + 4);
    toc_import_free(import);
    toc_batch_free(batch);
}

static void test_import_twice(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_session *sess = session(&fix);
    TOC_CLEANUP(toc_buf_done) toc_buf once = {.maximum = 1 << 22};
    TOC_CLEANUP(toc_buf_done) toc_buf twice = {.maximum = 1 << 22};
    toc_buf *const outs[] = {&once, &twice};
    for (size_t i = 0; i < TOC_COUNT(outs); i++) {
        import_sample(sess, i ? 10 : 5000);
        assert_int_equal(dump(sess, TOC_KIND_INDICATOR, NULL, NULL, outs[i]), 59);
        assert_int_equal(dump(sess, TOC_KIND_GROUP, NULL, NULL, outs[i]), 4);
        assert_int_equal(dump(sess, TOC_KIND_INDICATOR, "threat_id", "1", outs[i]), 20);
        assert_true(dump(sess, TOC_KIND_INDICATOR, "tag", "kite", outs[i]) > 0);
    }
    assert_string_equal(once.ptr, twice.ptr);
    assert_non_null(strstr(once.ptr, "Host cdn.example.net [Source=sinkhole] [Score=811] #kite\n"));
    assert_non_null(strstr(once.ptr, "Threat Emotet"));
    assert_non_null(strstr(once.ptr, "Campaign Kite Fall 2024"));
    toc_session_close(sess);
    assert_int_equal(toc_platform_check(fix.platform, NULL), TOC_OK);
    fixture_done(&fix);
}

/* What runs queued jobs, as a server's thread does. */
typedef struct worker {
    pthread_t thread;
    toc_platform *platform;
    atomic_bool stop;
} worker;

static bool is_stopped(void *user)
{
    return atomic_load(&((worker *)user)->stop);
}

static void *work(void *user)
{
    worker *self = user;
    while (!is_stopped(self))
        if (toc_platform_work(self->platform, is_stopped, self, NULL) <= 0)
            pause_ms(2);
    return NULL;
}

static const struct {
    toc_kind kind;
    const char *json;
    bool refused;
} items[] = {
    {TOC_KIND_GROUP, "{\"name\":\"Kite\",\"type\":\"Threat\",\"xid\":\"g-1\"}", false},
    {TOC_KIND_GROUP, "{\"name\":\"Kite\",\"type\":\"Thread\",\"xid\":\"g-2\"}", true},
    {TOC_KIND_GROUP,
     "{\"name\":\"Bad\",\"type\":\"Incident\",\"xid\":\"g-3\",\"status\":\"Perhaps\"}", true},
    {TOC_KIND_INDICATOR,
     "{\"summary\":\"a.example\",\"type\":\"Host\",\"associatedGroups\":[{\"groupXid\":\"g-1\"}]}",
     false},
    {TOC_KIND_INDICATOR, "{\"summary\":\"192.0.2.700\",\"type\":\"Address\"}", true},
    {TOC_KIND_INDICATOR, "{\"summary\":\"b.example\",\"type\":\"Hots\",\"value1\":\"b.example\"}",
     true},
    {TOC_KIND_INDICATOR, "{\"summary\":\"c.example\",\"type\":\"Host\",\"confidence\":900}", true},
    {TOC_KIND_INDICATOR, "{\"summary\":\"d.example\",\"type\":\"Host\"}", false},
};

/* In one go or item by item, at once or queued: every refusal finds its item. */
static void errors_find_lines(unsigned synchronous, size_t chunk)
{
    fixture fix;
    fixture_new(&fix, synchronous);
    toc_session *sess = session(&fix);
    worker hand = {.platform = fix.platform};
    atomic_init(&hand.stop, false);
    assert_int_equal(pthread_create(&hand.thread, NULL, work, &hand), 0);
    toc_batch *batch = new_batch((toc_batch_options){.chunk_items = chunk});
    char want[4096] = "";
    uint64_t refused = 0;
    for (size_t i = 0; i < TOC_COUNT(items); i++) {
        assert_int_equal(
            toc_batch_add_json(batch, items[i].kind, toc_str_of(items[i].json), 10 + i, NULL),
            TOC_OK);
        size_t used = strlen(want);
        if (items[i].refused)
            (void)snprintf(want + used, sizeof want - used, "%zu %s %s\n", 10 + i,
                           toc_kind_entity(items[i].kind), items[i].json);
        refused += items[i].refused;
    }
    taken got = {0};
    toc_batch_status status;
    assert_int_equal(submit(sess, batch, &got, &status), TOC_EPARTIAL);
    assert_string_equal(got.text, want);
    assert_int_equal(status.errors, refused);
    assert_int_equal(status.success, TOC_COUNT(items) - refused);
    assert_int_equal(status.items, TOC_COUNT(items));
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = 1 << 20};
    assert_int_equal(dump(sess, TOC_KIND_INDICATOR, NULL, NULL, &out), 2);
    assert_int_equal(dump(sess, TOC_KIND_GROUP, NULL, NULL, &out), 1);
    atomic_store(&hand.stop, true);
    assert_int_equal(pthread_join(hand.thread, NULL), 0);
    toc_batch_free(batch);
    toc_session_close(sess);
    fixture_done(&fix);
}

static void test_errors_at_once(void **state)
{
    (void)state;
    errors_find_lines(UINT32_MAX, 0);
    errors_find_lines(UINT32_MAX, 2);
}

static void test_errors_queued(void **state)
{
    (void)state;
    errors_find_lines(1, 0);
    errors_find_lines(1, 2);
}

/* haltOnError: what stands behind the first refusal is not processed, and told. */
static void test_halt(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_session *sess = session(&fix);
    toc_batch *batch = new_batch((toc_batch_options){.halt_on_error = true});
    for (size_t i = 3; i < TOC_COUNT(items); i++)
        assert_int_equal(
            toc_batch_add_json(batch, items[i].kind, toc_str_of(items[i].json), i, NULL), TOC_OK);
    taken got = {0};
    toc_batch_status status;
    assert_int_equal(submit(sess, batch, &got, &status), TOC_EPARTIAL);
    assert_true(status.errors >= 1);
    assert_true(status.unprocessed > 0);
    toc_batch_free(batch);
    toc_session_close(sess);
    fixture_done(&fix);
}

/* --- a type that no table holds ------------------------------------------------------------- */

static const toc_field cluster_fields[] = {
    {.name = "phase",
     .value = TOC_VALUE_TEXT,
     .flags = TOC_FIELD_CREATE | TOC_FIELD_UPDATE | TOC_FIELD_BATCH | TOC_FIELD_IN_DETAIL |
              TOC_FIELD_IN_LIST | TOC_FIELD_OUTPUT,
     .choices = "rising;falling",
     .help = "where it is in its life"},
};

static const toc_type cluster = {.name = "Activity Cluster",
                                 .entity = "activityCluster",
                                 .branch = "activityClusters",
                                 .kind = TOC_KIND_GROUP,
                                 .traits = TOC_TYPE_RUNTIME | TOC_TYPE_CUSTOM,
                                 .fields = cluster_fields,
                                 .field_count = TOC_COUNT(cluster_fields),
                                 .help = "an invented type"};

static void define_cluster(fixture *fix)
{
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    toc_error err = {0};
    toc_platform_close(fix->platform);
    fix->platform = NULL;
    toc_store_options options = {.path = fix->path, .no_sync = true};
    assert_int_equal(toc_store_open(&options, &store, &err), TOC_OK);
    assert_int_equal(toc_tx_begin(store, &conn, &err), TOC_OK);
    if (toc_type_define(conn, &cluster, &err))
        fail_msg("%s", err.message);
    assert_int_equal(toc_tx_commit(conn, &err), TOC_OK);
    toc_store_close(store);
    fixture_open(fix, UINT32_MAX);
}

static toc_object *cluster_object(const toc_types *types, const char *name, const char *xid)
{
    toc_object *obj = NULL;
    const toc_type *type = toc_types_find(types, TOC_KIND_GROUP, TOC_S("activityClusters"));
    assert_non_null(type);
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "name", toc_str_of(name), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "xid", toc_str_of(xid), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "phase", TOC_S("rising"), NULL), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("invented"), NULL), TOC_OK);
    return obj;
}

static void expect_cluster(toc_session *sess, const toc_type *type)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_error err = {0};
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, type, &filter, &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    if (toc_list_next(list, &obj, &err) != 1)
        fail_msg("%s", err.message);
    assert_string_equal(toc_object_type(obj)->name, "Activity Cluster");
    assert_true(toc_str_equal(toc_object_get(obj, "name"), TOC_S("Winter storm")));
    assert_true(toc_str_equal(toc_object_get(obj, "phase"), TOC_S("rising")));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    toc_list_close(list);
    toc_filter_free(filter);
}

/* The type is defined in the store and known to the client; nothing else tells of it. It is stored,
 * found, linked to and deleted like a built-in one. */
static void test_run_time_type(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    define_cluster(&fix);
    toc_session *sess = session(&fix);
    toc_types *types = NULL;
    assert_int_equal(toc_types_new(&types, NULL), TOC_OK);
    assert_int_equal(toc_types_add(types, &cluster, NULL), TOC_OK);
    toc_object *obj = cluster_object(types, "Winter storm", "cluster-1");
    toc_batch *batch = new_batch((toc_batch_options){0});
    assert_int_equal(toc_batch_add(batch, obj, 1, NULL), TOC_OK);
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_INDICATOR,
                           TOC_S("{\"summary\":\"a.example\",\"type\":\"Host\","
                                 "\"associatedGroups\":[{\"groupXid\":\"cluster-1\"}]}"),
                           2, NULL),
        TOC_OK);
    taken got = {0};
    toc_batch_status status;
    if (submit(sess, batch, &got, &status))
        fail_msg("%s", got.text);
    toc_batch_free(batch);
    expect_cluster(sess, toc_object_type(obj));
    expect(&fix, "GET", "/api/v2/groups/activityClusters/1?owner=Acme%20CTI", NULL, 200);
    contains(&fix, "\"phase\":\"rising\"");
    expect(&fix, "GET", "/api/v2/groups/activityClusters/1/indicators?owner=Acme%20CTI", NULL, 200);
    contains(&fix, "a.example");
    expect(&fix, "GET", "/api/v2/groups/activityClusters/1/tags?owner=Acme%20CTI", NULL, 200);
    contains(&fix, "invented");
    batch = new_batch((toc_batch_options){.action = "Delete"});
    assert_int_equal(toc_batch_add(batch, obj, 1, NULL), TOC_OK);
    worker hand = {.platform = fix.platform};
    atomic_init(&hand.stop, false);
    assert_int_equal(pthread_create(&hand.thread, NULL, work, &hand), 0);
    if (submit(sess, batch, &got, &status))
        fail_msg("%s", got.text);
    assert_int_equal(status.success, 1);
    atomic_store(&hand.stop, true);
    assert_int_equal(pthread_join(hand.thread, NULL), 0);
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = 1 << 20};
    assert_int_equal(dump(sess, TOC_KIND_GROUP, NULL, NULL, &out), 0);
    assert_int_equal(dump(sess, TOC_KIND_INDICATOR, NULL, NULL, &out), 1);
    toc_batch_free(batch);
    toc_object_free(obj);
    toc_types_free(types);
    toc_session_close(sess);
    fixture_done(&fix);
}

/* --- associations --------------------------------------------------------------------------- */

static void add_group(toc_batch *batch, const char *name, const char *xid, const char *other)
{
    toc_object *obj = NULL;
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Threat"));
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "name", toc_str_of(name), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "xid", toc_str_of(xid), NULL), TOC_OK);
    if (other)
        assert_int_equal(toc_object_add_group_xid(obj, toc_str_of(other), NULL), TOC_OK);
    assert_int_equal(toc_object_add_indicator(obj, TOC_S("Host"), TOC_S("a.example"), NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_add(batch, obj, 1, NULL), TOC_OK);
    toc_object_free(obj);
}

/* Every kind of pair, whose ends are in jobs of their own that come in any order. */
static void associate_across(unsigned synchronous, size_t chunk)
{
    fixture fix;
    fixture_new(&fix, synchronous);
    toc_session *sess = session(&fix);
    worker hand = {.platform = fix.platform};
    atomic_init(&hand.stop, false);
    assert_int_equal(pthread_create(&hand.thread, NULL, work, &hand), 0);
    toc_batch *batch = new_batch((toc_batch_options){.chunk_items = chunk});
    add_group(batch, "One", "g1", "g3");
    add_group(batch, "Two", "g2", "g1");
    add_group(batch, "Three", "g3", NULL);
    static const char *const raw[] = {
        "{\"summary\":\"a.example\",\"type\":\"Host\"}",
        "{\"summary\":\"http://a.example/x\",\"type\":\"URL\"}",
        "{\"summary\":\"192.0.2.7\",\"type\":\"Address\"}",
    };
    for (size_t i = 0; i < TOC_COUNT(raw); i++)
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(raw[i]), i, NULL),
                         TOC_OK);
    const toc_batch_end url = {.type = "URL", .ref = TOC_S("http://a.example/x")};
    const toc_batch_end host = {.type = "Host", .ref = TOC_S("a.example")};
    const toc_batch_end address = {.type = "Address", .ref = TOC_S("192.0.2.7")};
    const toc_batch_end two = {.ref = TOC_S("g2")}, three = {.ref = TOC_S("g3")};
    const toc_batch_end missing = {.ref = TOC_S("nowhere")};
    assert_int_equal(toc_batch_associate(batch, &url, &host, "URL Host", 7, NULL), TOC_OK);
    assert_int_equal(toc_batch_associate(batch, &address, &three, NULL, 8, NULL), TOC_OK);
    assert_int_equal(toc_batch_associate(batch, &two, &three, NULL, 9, NULL), TOC_OK);
    assert_int_equal(toc_batch_associate(batch, &two, &missing, NULL, 10, NULL), TOC_OK);
    taken got = {0};
    toc_batch_status status;
    assert_int_equal(submit(sess, batch, &got, &status), TOC_EPARTIAL);
    assert_string_equal(got.text, "10 record {\"ref_1\":\"g2\",\"ref_2\":\"nowhere\"}\n");
    toc_batch_free(batch);
    atomic_store(&hand.stop, true);
    assert_int_equal(pthread_join(hand.thread, NULL), 0);
    static const struct {
        const char *path;
        long long count;
    } found[] = {
        {"/v2/groups/threats/1/groups?owner=Acme%20CTI", 2},
        {"/v2/groups/threats/2/groups?owner=Acme%20CTI", 2},
        {"/v2/groups/threats/3/groups?owner=Acme%20CTI", 2},
        {"/v2/groups/threats/1/indicators?owner=Acme%20CTI", 1},
        {"/v2/groups/threats/3/indicators?owner=Acme%20CTI", 2},
        {"/v2/indicators/hosts/a.example/associations/urlHost/indicators?owner=Acme%20CTI", 1},
    };
    for (size_t i = 0; i < TOC_COUNT(found); i++) {
        expect(&fix, "GET", found[i].path, NULL, 200);
        if (number_of(&fix, "resultCount") != found[i].count)
            fail_msg("%s: %s", found[i].path, fixture_body(&fix));
    }
    toc_session_close(sess);
    fixture_done(&fix);
}

static void test_associate_across(void **state)
{
    (void)state;
    associate_across(UINT32_MAX, 1);
    associate_across(UINT32_MAX, 2);
    associate_across(UINT32_MAX, 5000);
    associate_across(1, 1);
    associate_across(1, 2);
}

/* An action of a file goes from the file, whichever end it is named at; the item is there once. */
static void test_file_action(void **state)
{
    (void)state;
    static const char md5[] = "00000000000000000000000000000001";
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_session *sess = session(&fix);
    toc_batch *batch = new_batch((toc_batch_options){0});
    static const char *const raw[] = {
        "{\"md5\":\"00000000000000000000000000000001\",\"type\":\"File\",\"size\":7}",
        "{\"summary\":\"a.example\",\"type\":\"Host\",\"dnsActive\":true}",
        "{\"summary\":\"HKEY_USERS : name : REG_SZ\",\"type\":\"Registry Key\"}",
    };
    for (size_t i = 0; i < TOC_COUNT(raw); i++)
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(raw[i]), i, NULL),
                         TOC_OK);
    const toc_batch_end file = {.type = "File", .ref = toc_str_of(md5)};
    const toc_batch_end host = {.type = "Host", .ref = TOC_S("a.example")};
    assert_int_equal(toc_batch_associate(batch, &host, &file, "File Traffic", 7, NULL), TOC_OK);
    taken got = {0};
    toc_batch_status status;
    if (submit(sess, batch, &got, &status))
        fail_msg("%s", got.text);
    toc_batch_free(batch);
    char path[160];
    (void)snprintf(path, sizeof path,
                   "/v2/indicators/files/%s/actions/traffic/indicators?owner=Acme%%20CTI", md5);
    expect(&fix, "GET", path, NULL, 200);
    contains(&fix, "a.example");
    (void)snprintf(path, sizeof path, "/v2/indicators/files/%s?owner=Acme%%20CTI", md5);
    expect(&fix, "GET", path, NULL, 200);
    contains(&fix, "\"size\":7");
    expect(&fix, "GET", "/v2/indicators/hosts/a.example?owner=Acme%20CTI", NULL, 200);
    contains(&fix, "\"dnsActive\":\"true\"");
    expect(&fix, "GET", "/v2/indicators/registryKeys?owner=Acme%20CTI", NULL, 200);
    contains(&fix, "\"Value Name\":\"name\"");
    toc_session_close(sess);
    fixture_done(&fix);
}

/* --- content -------------------------------------------------------------------------------- */

static toc_rc content_of(void *user, toc_str xid, toc_str *content, toc_error *err)
{
    (void)err;
    size_t *calls = user;
    ++*calls;
    if (!toc_str_equal(xid, TOC_S("d2")))
        return TOC_EIO;
    *content = TOC_S("of a function");
    return TOC_OK;
}

/* The groups stand in jobs of their own; what each is made of is there in the end. */
static void test_content(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_session *sess = session(&fix);
    toc_batch *batch = new_batch((toc_batch_options){.chunk_items = 1});
    char path[128];
    (void)snprintf(path, sizeof path, "%s/content", fix.directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("of a file", file);
    (void)fclose(file);
    static const char *const raw[] = {
        ("{\"name\":\"1\",\"type\":\"Document\",\"xid\":\"d1\",\"fileName\":\"a.txt\","
         "\"fileContent\":\"of the item\"}"),
        "{\"name\":\"2\",\"type\":\"Document\",\"xid\":\"d2\",\"fileName\":\"b.txt\"}",
        "{\"name\":\"3\",\"type\":\"Report\",\"xid\":\"r3\",\"fileName\":\"c.txt\"}",
    };
    for (size_t i = 0; i < TOC_COUNT(raw); i++)
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(raw[i]), i, NULL),
                         TOC_OK);
    size_t calls = 0;
    const toc_batch_content by_function = {.read = content_of, .user = &calls};
    const toc_batch_content by_path = {.path = path};
    const toc_str none = {NULL, 0};
    assert_int_equal(toc_batch_attach(batch, "Document", TOC_S("d2"), none, &by_function, 2, NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_attach(batch, "Report", TOC_S("r3"), none, &by_path, 3, NULL),
                     TOC_OK);
    assert_int_equal(calls, 0);
    taken got = {0};
    toc_batch_status status;
    if (submit(sess, batch, &got, &status))
        fail_msg("%s", got.text);
    assert_int_equal(status.files, 3);
    assert_int_equal(calls, 1);
    toc_batch_free(batch);
    static const char *const paths[] = {"documents/1", "documents/2", "reports/3"};
    static const char *const texts[] = {"of the item", "of a function", "of a file"};
    for (size_t i = 0; i < TOC_COUNT(paths); i++) {
        char target[96];
        (void)snprintf(target, sizeof target, "/v2/groups/%s/download?owner=Acme%%20CTI", paths[i]);
        expect(&fix, "GET", target, NULL, 200);
        assert_string_equal(fixture_body(&fix), texts[i]);
    }
    (void)unlink(path);
    toc_session_close(sess);
    fixture_done(&fix);
}

/* Content follows its group; what is there already is replaced. */
static void test_attachments(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_session *sess = session(&fix);
    static const char *const texts[] = {"first text", "second text"};
    for (size_t i = 0; i < TOC_COUNT(texts); i++) {
        toc_batch *batch = new_batch((toc_batch_options){0});
        assert_int_equal(
            toc_batch_add_json(batch, TOC_KIND_GROUP,
                               TOC_S("{\"name\":\"doc\",\"type\":\"Document\",\"xid\":\"x/1\","
                                     "\"fileName\":\"f.txt\"}"),
                               1, NULL),
            TOC_OK);
        toc_batch_content content = {.data = toc_str_of(texts[i])};
        assert_int_equal(
            toc_batch_attach(batch, "Document", TOC_S("x/1"), TOC_S("f.txt"), &content, 1, NULL),
            TOC_OK);
        taken got = {0};
        toc_batch_status status;
        assert_int_equal(submit(sess, batch, &got, &status), TOC_OK);
        assert_int_equal(status.files, 1);
        toc_batch_free(batch);
        expect(&fix, "GET", "/api/v2/groups/documents/1/download?owner=Acme%20CTI", NULL, 200);
        contains(&fix, texts[i]);
    }
    toc_session_close(sess);
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_twice),     cmocka_unit_test(test_errors_at_once),
        cmocka_unit_test(test_errors_queued),    cmocka_unit_test(test_halt),
        cmocka_unit_test(test_run_time_type),    cmocka_unit_test(test_attachments),
        cmocka_unit_test(test_associate_across), cmocka_unit_test(test_file_action),
        cmocka_unit_test(test_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
