/* Client and platform together, in one process: objects go there and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/folder.h"
#include "tocsin/batch.h"
#include "tocsin/platform.h"
#include "tocsin/session.h"

#define OWNER "Acme CTI"

typedef struct fixture {
    char dir[FOLDER_SIZE];
    toc_platform *platform;
    toc_session *sess;
    toc_error err;
} fixture;

#define must(fix, call)                                                                            \
    do {                                                                                           \
        toc_rc must_rc_ = (call);                                                                  \
        if (must_rc_)                                                                              \
            fail_msg("%s: %d %s", #call, must_rc_, (fix)->err.message);                            \
    } while (0)

static int setup(void **state)
{
    fixture *fix = test_calloc(1, sizeof(*fix));
    char store[96];
    folder_make(fix->dir);
    (void)snprintf(store, sizeof(store), "%s/intel.db", fix->dir);
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = store;
    options.create = true;
    options.no_sync = true;
    options.synchronous_batch = UINT32_MAX;
    must(fix, toc_platform_open(&options, &fix->platform, &fix->err));
    toc_new_user user;
    must(fix, toc_platform_add_owner(fix->platform, OWNER, "Organization", NULL, &fix->err));
    must(fix, toc_platform_add_owner(fix->platform, "Feed", "Source", NULL, &fix->err));
    must(fix, toc_platform_add_user(fix->platform, OWNER, &user, &fix->err));
    must(fix, toc_platform_grant(fix->platform, user.access_id, "Feed", "Director", &fix->err));
    toc_transport transport;
    must(fix, toc_platform_transport(fix->platform, true, &transport, &fix->err));
    toc_session_options session = TOC_SESSION_OPTIONS_INIT;
    session.transport = &transport;
    session.owner = OWNER;
    session.result_limit = 2;
    must(fix, toc_session_open(&session, &fix->sess, &fix->err));
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    toc_session_close(fix->sess);
    folder_remove(fix->dir);
    test_free(fix);
    return 0;
}

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static toc_object *make(fixture *fix, const toc_type *type, const char *const *pairs)
{
    toc_object *obj = NULL;
    must(fix, toc_object_new(type, &obj, &fix->err));
    for (size_t i = 0; pairs[i]; i += 2)
        must(fix, toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &fix->err));
    return obj;
}

static toc_object *get(fixture *fix, const toc_type *type, const char *id)
{
    toc_object *obj = NULL;
    must(fix, toc_get(fix->sess, type, toc_str_of(id), NULL, &obj, &fix->err));
    return obj;
}

typedef struct row {
    const char *type, *pairs[16];
} row;

static const row indicators[] = {
    {"Address", {"ip", "203.0.113.7", NULL}},
    {"EmailAddress", {"address", "a@b.example", NULL}},
    {"File",
     {"md5", "44D88612FEA8A8F36DE82E1278ABB02F", "sha1", "3395856CE81F2B7382DEE72602F798B642F14140",
      "size", "68", NULL}},
    {"Host", {"hostName", "evil.example", "dnsActive", "true", "whoisActive", "false", NULL}},
    {"URL", {"text", "http://evil.example/a?b=c d&e=%20f#g", NULL}},
    {"ASN", {"AS Number", "ASN64500", NULL}},
    {"CIDR", {"Block", "203.0.113.0/24", NULL}},
    {"Email Subject", {"Subject", "Re: your invoice?", NULL}},
    {"Hashtag", {"Hashtag", "#heron", NULL}},
    {"Mutex", {"Mutex", "Global\\a/b", NULL}},
    {"Registry Key",
     {"Key Name", "HKEY_USERS\\A/B", "Value Name", "v n", "Value Type", "REG_SZ", NULL}},
    {"User Agent", {"User Agent String", "Mozilla/5.0 (X)", NULL}},
};

static void same(const toc_object *obj, const char *const *pairs)
{
    for (size_t i = 0; pairs[i]; i += 2) {
        const toc_field *field = toc_type_field(toc_object_type(obj), toc_str_of(pairs[i]));
        char text[512];
        if (field->flags & TOC_FIELD_SECRET)
            continue;
        if (field->value == TOC_VALUE_INT)
            (void)snprintf(text, sizeof(text), "%lld",
                           (long long)toc_object_get_int(obj, pairs[i]));
        else if (field->value == TOC_VALUE_BOOL || field->value == TOC_VALUE_BOOL_TEXT)
            (void)snprintf(text, sizeof(text), "%s",
                           toc_object_get_bool(obj, pairs[i]) ? "true" : "false");
        else
            (void)snprintf(text, sizeof(text), "%.*s", TOC_FMT(toc_object_get(obj, pairs[i])));
        assert_string_equal(text, pairs[i + 1]);
    }
}

/* Made, read, changed by saving again, read, removed. */
static void test_indicators(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(indicators); i++) {
        const toc_type *type = type_of(TOC_KIND_INDICATOR, indicators[i].type);
        char id[512];
        toc_object *obj = make(fix, type, indicators[i].pairs);
        must(fix, toc_object_set(obj, "rating", TOC_S("2.0"), &fix->err));
        must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
        int64_t number = toc_object_get_int(obj, "id");
        (void)snprintf(id, sizeof(id), "%.*s", TOC_FMT(toc_object_summary(obj)));
        toc_object *found = get(fix, type, id);
        same(found, indicators[i].pairs);
        assert_int_equal(toc_object_get_int(found, "id"), number);
        assert_true(toc_object_get(found, "webLink").len > 0);
        assert_true(toc_object_get(found, "dateAdded").len == 20);
        toc_object_free(found);
        must(fix, toc_object_set(obj, "rating", TOC_S("4.0"), &fix->err));
        must(fix, toc_object_set(obj, "confidence", TOC_S("80"), &fix->err));
        must(fix, toc_object_set(obj, "privateFlag", TOC_S("true"), &fix->err));
        must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
        assert_int_equal(toc_object_get_int(obj, "id"), number);
        found = get(fix, type, id);
        assert_true(toc_object_get_decimal(found, "rating") > 3.9);
        assert_int_equal(toc_object_get_int(found, "confidence"), 80);
        assert_true(toc_object_get_bool(found, "privateFlag"));
        toc_object_free(found);
        found = NULL;
        must(fix, toc_delete(fix->sess, type, toc_str_of(id), NULL, &fix->err));
        assert_int_equal(toc_get(fix->sess, type, toc_str_of(id), NULL, &found, &fix->err),
                         TOC_ENOTFOUND);
        toc_object_free(obj);
    }
}

/* Any of its hashes finds a file. */
static void test_file_by_each_hash(void **state)
{
    fixture *fix = *state;
    const toc_type *type = type_of(TOC_KIND_INDICATOR, "File");
    toc_object *obj = make(fix, type, indicators[2].pairs);
    must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
    toc_object *found = get(fix, type, "3395856ce81f2b7382dee72602f798b642f14140");
    assert_int_equal(toc_object_get_int(found, "id"), toc_object_get_int(obj, "id"));
    same(found, indicators[2].pairs);
    toc_object_free(found);
    toc_object_free(obj);
}

static const row groups[] = {
    {"Adversary", {NULL}},
    {"Attack Pattern", {NULL}},
    {"Campaign", {"firstSeen", "2024-03-01T00:00:00Z", NULL}},
    {"Course of Action", {NULL}},
    {"Document", {"fileName", "a.zip", "malware", "true", "password", "p", NULL}},
    {"Email",
     {"subject", "s", "header", "h", "body", "b", "from", "f@x", "to", "t@x", "score", "5", NULL}},
    {"Event", {"eventDate", "2024-03-01T00:00:00Z", "status", "Escalated", NULL}},
    {"Incident", {"eventDate", "2024-03-01T00:00:00Z", "status", "Open", NULL}},
    {"Intrusion Set", {NULL}},
    {"Malware", {NULL}},
    {"Report", {"fileName", "r.pdf", "publishDate", "2024-03-01T00:00:00Z", NULL}},
    {"Signature", {"fileName", "s.yar", "fileType", "YARA", NULL}},
    {"Tactic", {NULL}},
    {"Threat", {NULL}},
    {"Tool", {NULL}},
    {"Vulnerability", {NULL}},
};

static void test_groups(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(groups); i++) {
        const toc_type *type = type_of(TOC_KIND_GROUP, groups[i].type);
        char id[24];
        toc_object *obj = make(fix, type, groups[i].pairs);
        must(fix, toc_object_set(obj, "name", TOC_S("Heron \"\xC3\xA9\""), &fix->err));
        if (toc_type_field(type, TOC_S("fileText")))
            must(fix, toc_object_set(obj, "fileText", TOC_S("rule x"), &fix->err));
        must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
        (void)snprintf(id, sizeof(id), "%lld", (long long)toc_object_get_int(obj, "id"));
        toc_object *found = get(fix, type, id);
        same(found, groups[i].pairs);
        assert_true(toc_str_equal(toc_object_get(found, "name"), TOC_S("Heron \"\xC3\xA9\"")));
        assert_true(toc_object_get(found, "webLink").len > 0);
        toc_object_free(found);
        must(fix, toc_object_set(obj, "name", TOC_S("Heron 2"), &fix->err));
        must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
        found = get(fix, type, id);
        assert_true(toc_str_equal(toc_object_get(found, "name"), TOC_S("Heron 2")));
        toc_object_free(found);
        found = NULL;
        must(fix, toc_delete(fix->sess, type, toc_str_of(id), NULL, &fix->err));
        assert_int_equal(toc_get(fix->sess, type, toc_str_of(id), NULL, &found, &fix->err),
                         TOC_ENOTFOUND);
        toc_object_free(obj);
    }
}

static toc_rc post(fixture *fix, const char *path, const char *body)
{
    toc_response *response = NULL;
    toc_call call = {.method = "POST", .path = path, .owner = OWNER, .body = toc_str_of(body)};
    toc_rc rc = toc_session_call(fix->sess, &call, &response, &fix->err);
    toc_response_free(response);
    return rc;
}

static void parts_of(fixture *fix, toc_object *obj, const toc_type *type, const char *id)
{
    toc_str name, value;
    must(fix, toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("shown"), true, TOC_S("me"),
                                       &fix->err));
    must(fix, toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("feed"), false,
                                       (toc_str){NULL, 0}, &fix->err));
    must(fix, toc_object_add_tag(obj, TOC_S("Phish/Kit 2"), &fix->err));
    must(fix, toc_object_add_label(obj, TOC_S("For/us only"), (toc_str){NULL, 0},
                                   (toc_str){NULL, 0}, &fix->err));
    must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
    char text[24];
    if (!id) {
        (void)snprintf(text, sizeof(text), "%lld", (long long)toc_object_get_int(obj, "id"));
        id = text;
    }
    toc_object *found = get(fix, type, id);
    assert_true(toc_object_attribute(found, 1, &name, &value));
    assert_false(toc_object_attribute(found, 2, &name, &value));
    assert_true(toc_object_tag(found, 0, &name));
    assert_true(toc_str_equal(name, TOC_S("Phish/Kit 2")));
    assert_true(toc_object_label(found, 0, &name));
    assert_true(toc_str_equal(name, TOC_S("For/us only")));
    if (type->kind == TOC_KIND_INDICATOR)
        assert_true(toc_str_equal(toc_object_get(found, "description"), TOC_S("shown")));
    toc_object_free(found);
}

/* Attributes, tags and labels go along with a save and come back with the object. */
static void test_parts(void **state)
{
    fixture *fix = *state;
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    const toc_type *threat = type_of(TOC_KIND_GROUP, "Threat");
    must(fix, post(fix, "/v2/securityLabels", "{\"name\":\"For/us only\",\"color\":\"FFC000\"}"));
    toc_object *obj = make(fix, host, (const char *const[]){"hostName", "p.example", NULL});
    parts_of(fix, obj, host, "p.example");
    toc_object_free(obj);
    obj = make(fix, threat, (const char *const[]){"name", "Heron", NULL});
    parts_of(fix, obj, threat, NULL);
    toc_object_free(obj);
}

static toc_filter *filter(fixture *fix, toc_kind kind, const char *type)
{
    toc_filter *made = NULL;
    must(fix, toc_filter_new(kind, type ? type_of(kind, type) : NULL, &made, &fix->err));
    return made;
}

/* Summaries of the list, in its order, each with a semicolon. Frees the filter. */
static void listed(fixture *fix, toc_kind kind, toc_filter *what, const char *wanted)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    char text[512] = "";
    must(fix, toc_list_open(fix->sess, kind, what, &list, &fix->err));
    int found;
    while ((found = toc_list_next(list, &obj, &fix->err)) == 1) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof(text) - used, "%.*s;", TOC_FMT(toc_object_summary(obj)));
    }
    if (found)
        fail_msg("%d %s", found, fix->err.message);
    assert_string_equal(text, wanted);
    toc_list_close(list);
    toc_filter_free(what);
}

static void save_host(fixture *fix, const char *name, const char *rating, const char *tag)
{
    toc_object *obj = make(fix, type_of(TOC_KIND_INDICATOR, "Host"),
                           (const char *const[]){"hostName", name, "rating", rating, NULL});
    must(fix, toc_object_add_tag(obj, toc_str_of(tag), &fix->err));
    must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
    toc_object_free(obj);
}

/* Pages of two; what the server selects and what is selected here. */
static void test_lists(void **state)
{
    fixture *fix = *state;
    save_host(fix, "a.example", "1.0", "one");
    save_host(fix, "b.example", "2.0", "two");
    save_host(fix, "c.example", "3.0", "one");
    save_host(fix, "d.example", "4.0", "two");
    save_host(fix, "e.example", "5.0", "one");
    listed(fix, TOC_KIND_INDICATOR, NULL, "e.example;d.example;c.example;b.example;a.example;");
    toc_filter *what = filter(fix, TOC_KIND_INDICATOR, "Host");
    must(fix, toc_filter_api(what, "tag", TOC_S("one"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "e.example;c.example;a.example;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_api(what, "tag", TOC_S("one"), &fix->err));
    must(fix, toc_filter_api(what, "tag", TOC_S("none"), &fix->err));
    must(fix, toc_filter_api(what, "indicator", TOC_S("c.example"), &fix->err));
    must(fix, toc_filter_api(what, "indicator", TOC_S("b.example"), &fix->err));
    must(fix, toc_filter_post(what, "rating", TOC_OP_GE, TOC_S("2"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "e.example;c.example;b.example;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_term(what, "rating", TOC_OP_GT, TOC_S("3"), &fix->err));
    must(fix, toc_filter_term(what, "summary", TOC_OP_STARTS, TOC_S("e"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "e.example;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_term(what, "rating", TOC_OP_GT, TOC_S("4"), &fix->err));
    must(fix, toc_filter_term(what, "summary", TOC_OP_STARTS, TOC_S("a"), &fix->err));
    toc_filter_or_terms(what, true);
    listed(fix, TOC_KIND_INDICATOR, what, "e.example;a.example;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_post(what, "tag", TOC_OP_EQ, TOC_S("two"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "d.example;b.example;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_modified_since(what, TOC_S("2100-01-01"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_owner(what, TOC_S("Feed"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "");
}

/* What is associated is a list with a filter by the other end. */
static void test_associations(void **state)
{
    fixture *fix = *state;
    char path[128], id[24];
    save_host(fix, "a.example", "1.0", "one");
    save_host(fix, "b.example", "1.0", "one");
    toc_object *threat =
        make(fix, type_of(TOC_KIND_GROUP, "Threat"), (const char *const[]){"name", "Heron", NULL});
    toc_object *incident =
        make(fix, type_of(TOC_KIND_GROUP, "Incident"),
             (const char *const[]){"name", "Break-in", "eventDate", "2024-03-01", NULL});
    must(fix, toc_save(fix->sess, threat, NULL, &fix->err));
    must(fix, toc_save(fix->sess, incident, NULL, &fix->err));
    (void)snprintf(id, sizeof(id), "%lld", (long long)toc_object_get_int(threat, "id"));
    (void)snprintf(path, sizeof(path), "/v2/groups/threats/%s/indicators/hosts/a.example", id);
    must(fix, post(fix, path, ""));
    (void)snprintf(path, sizeof(path), "/v2/groups/threats/%s/groups/incidents/%lld", id,
                   (long long)toc_object_get_int(incident, "id"));
    must(fix, post(fix, path, ""));
    toc_filter *what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_api(what, "threat_id", toc_str_of(id), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "a.example;");
    what = filter(fix, TOC_KIND_INDICATOR, "Host");
    must(fix, toc_filter_api(what, "threat_id", toc_str_of(id), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "a.example;");
    what = filter(fix, TOC_KIND_GROUP, NULL);
    must(fix, toc_filter_api(what, "indicator", TOC_S("a.example"), &fix->err));
    listed(fix, TOC_KIND_GROUP, what, "Heron;");
    what = filter(fix, TOC_KIND_GROUP, "Incident");
    must(fix, toc_filter_api(what, "threat_id", toc_str_of(id), &fix->err));
    listed(fix, TOC_KIND_GROUP, what, "Break-in;");
    what = filter(fix, TOC_KIND_GROUP, "Threat");
    must(fix, toc_filter_api(what, "id", toc_str_of(id), &fix->err));
    listed(fix, TOC_KIND_GROUP, what, "Heron;");
    toc_object_free(threat);
    toc_object_free(incident);
}

/* A batch of a group and indicators that refer to it, and one item that is refused. */
static int count_error(void *user, const toc_batch_error *error)
{
    assert_int_equal(error->line, 3);
    assert_true(error->reason.len > 0);
    (*(unsigned *)user)++;
    return 0;
}

static void test_batch(void **state)
{
    fixture *fix = *state;
    static const struct {
        toc_kind kind;
        const char *json;
    } items[] = {
        {TOC_KIND_GROUP, "{\"name\":\"Kite\",\"type\":\"Campaign\",\"xid\":\"g1\"}"},
        {TOC_KIND_INDICATOR, "{\"type\":\"Address\",\"summary\":\"203.0.113.9\",\"rating\":3,"
                             "\"associatedGroups\":[{\"groupXid\":\"g1\"}],"
                             "\"tag\":[{\"name\":\"kite\"}]}"},
        {TOC_KIND_INDICATOR, "{\"type\":\"Address\",\"summary\":\"not an address\"}"},
    };
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = OWNER;
    toc_batch *batch = NULL;
    must(fix, toc_batch_new(&options, &batch, &fix->err));
    for (size_t i = 0; i < TOC_COUNT(items); i++)
        must(fix,
             toc_batch_add_json(batch, items[i].kind, toc_str_of(items[i].json), i + 1, &fix->err));
    unsigned refused = 0;
    toc_batch_callbacks callbacks = {.version = 1, .error = count_error, .user = &refused};
    toc_batch_status status;
    assert_int_equal(toc_batch_submit(batch, fix->sess, &callbacks, &status, &fix->err),
                     TOC_EPARTIAL);
    assert_int_equal(status.success, 2);
    assert_int_equal(status.errors, 1);
    assert_int_equal(refused, 1);
    toc_batch_free(batch);
    toc_filter *what = filter(fix, TOC_KIND_GROUP, NULL);
    must(fix, toc_filter_api(what, "indicator", TOC_S("203.0.113.9"), &fix->err));
    listed(fix, TOC_KIND_GROUP, what, "Kite;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_api(what, "tag", TOC_S("kite"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "203.0.113.9;");
}

/* A job that is made first and gets its file afterwards, with PUT as well as with POST. */
static void test_batch_in_two_steps(void **state)
{
    fixture *fix = *state;
    static const char *const methods[] = {"POST", "PUT"};
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        toc_response *response = NULL;
        toc_call create = {
            .method = "POST",
            .path = "/v2/batch",
            .body = TOC_S("{\"version\":\"V2\",\"owner\":\"" OWNER "\",\"action\":\"Create\"}")};
        must(fix, toc_session_call(fix->sess, &create, &response, &fix->err));
        assert_int_equal(toc_response_status(response), 201);
        toc_str body = toc_response_body(response);
        ptrdiff_t at = toc_str_find(body, TOC_S("\"batchId\":"));
        assert_true(at > 0);
        char path[64];
        size_t digits = 0;
        body = toc_str_slice(body, (size_t)at + 10, body.len);
        while (digits < body.len && body.ptr[digits] >= '0' && body.ptr[digits] <= '9')
            digits++;
        (void)snprintf(path, sizeof(path), "/v2/batch/%.*s", (int)digits, body.ptr);
        toc_response_free(response);
        toc_call upload = {.method = methods[i],
                           .path = path,
                           .content_type = "application/octet-stream",
                           .body = i ? TOC_S("{\"indicator\":[{\"type\":\"Host\",\"summary\":"
                                             "\"put.example\"}]}")
                                     : TOC_S("{\"indicator\":[{\"type\":\"Host\",\"summary\":"
                                             "\"post.example\"}]}")};
        must(fix, toc_session_call(fix->sess, &upload, &response, &fix->err));
        assert_int_equal(toc_response_status(response), 202);
        toc_response_free(response);
    }
    listed(fix, TOC_KIND_INDICATOR, NULL, "put.example;post.example;");
}

static void test_owners(void **state)
{
    fixture *fix = *state;
    toc_owners *owners = NULL;
    must(fix, toc_owners_get(fix->sess, &owners, &fix->err));
    assert_int_equal(toc_owners_count(owners), 2);
    assert_true(toc_str_equal(toc_owners_at(owners, 0).name, TOC_S(OWNER)));
    assert_true(toc_str_equal(toc_owners_at(owners, 1).type, TOC_S("Source")));
    toc_owners_free(owners);
    toc_user user;
    must(fix, toc_whoami(fix->sess, &user, &fix->err));
    assert_true(user.user_name[0]);
    toc_object *obj = make(fix, type_of(TOC_KIND_INDICATOR, "Host"),
                           (const char *const[]){"hostName", "f.example", NULL});
    must(fix, toc_save(fix->sess, obj, "Feed", &fix->err));
    toc_object_free(obj);
    toc_filter *what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_owner(what, TOC_S(OWNER), &fix->err));
    must(fix, toc_filter_owner(what, TOC_S("feed"), &fix->err));
    listed(fix, TOC_KIND_INDICATOR, what, "f.example;");
    what = filter(fix, TOC_KIND_INDICATOR, NULL);
    must(fix, toc_filter_owner(what, TOC_S("Nobody"), &fix->err));
    toc_list *list = NULL;
    must(fix, toc_list_open(fix->sess, TOC_KIND_INDICATOR, what, &list, &fix->err));
    assert_true(toc_list_next(list, &obj, &fix->err) < 0);
    assert_int_equal(fix->err.http_status, 403);
    toc_list_close(list);
    toc_filter_free(what);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_indicators), TEST(test_file_by_each_hash),
        TEST(test_groups),     TEST(test_parts),
        TEST(test_lists),      TEST(test_associations),
        TEST(test_batch),      TEST(test_batch_in_two_steps),
        TEST(test_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
