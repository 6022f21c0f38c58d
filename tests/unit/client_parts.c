/* Every part of every kind of object with every verb: which request goes out, and what is refused
 * before any does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/parts.h"

#define QUIET "?createActivityLog=false&owner=Acme"
#define NO_OWNER "?createActivityLog=false"
#define PAGED "&resultStart=0&resultLimit=200"
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.owner = "Acme", .retry_sleep_ms = 1});
}

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = name ? toc_types_find(NULL, kind, toc_str_of(name)) : NULL;
    assert_true(type || !name);
    return type;
}

/* Something that has parts. */
typedef struct place {
    toc_kind kind;
    const char *type, *id, *path;
    int64_t attribute;
} place;

static const place host = {TOC_KIND_INDICATOR, "Host", "evil.example",
                           "/v2/indicators/hosts/evil.example", 0};
static const place url = {TOC_KIND_INDICATOR, "URL", "http://a/b?c d",
                          "/v2/indicators/urls/http%3A%2F%2Fa%2Fb%3Fc%20d", 0};
static const place file = {TOC_KIND_INDICATOR, "File", MD5 " : " SHA1, "/v2/indicators/files/" MD5,
                           0};
static const place key = {TOC_KIND_INDICATOR, "Registry Key", "HKLM\\S : v : REG_SZ",
                          "/v2/indicators/registryKeys/HKLM%5CS%20%3A%20v%20%3A%20REG_SZ", 0};
static const place threat = {TOC_KIND_GROUP, "Threat", "7", "/v2/groups/threats/7", 0};
static const place adversary = {TOC_KIND_GROUP, "Adversary", "8", "/v2/groups/adversaries/8", 0};
static const place task = {TOC_KIND_TASK, "Task", "9", "/v2/tasks/9", 0};
static const place victim = {TOC_KIND_VICTIM, "Victim", "10", "/v2/victims/10", 0};
static const place url_note = {TOC_KIND_INDICATOR, "URL", "http://a/b?c d",
                               "/v2/indicators/urls/http%3A%2F%2Fa%2Fb%3Fc%20d/attributes/71", 71};
static const place group_note = {TOC_KIND_GROUP, "Threat", "7",
                                 "/v2/groups/threats/7/attributes/72", 72};
static const place task_note = {TOC_KIND_TASK, "Task", "9", "/v2/tasks/9/attributes/73", 73};
static const place victim_note = {TOC_KIND_VICTIM, "Victim", "10", "/v2/victims/10/attributes/74",
                                  74};
static const place nothing = {TOC_KIND_RECORD, NULL, NULL, "/v2", 0};

static toc_ref ref_of(const place *at)
{
    return (toc_ref){.type = at->type ? type_of(at->kind, at->type) : NULL,
                     .id = toc_str_of(at->id),
                     .attribute = at->attribute};
}

typedef enum verb { LIST, ONE, ADD, CHANGE, REMOVE } verb;

static const char *const methods[] = {"GET", "GET", "POST", "PUT", "DELETE"};

/* One part with what stands in the path and in the body. */
typedef struct row {
    toc_part part;
    verb verb;
    const char *asset;     /* type */
    const char *id;        /* of the part */
    const char *fields[9]; /* of the record */
    const char *tail;      /* of the path */
    const char *body;      /* "": none */
} row;

static toc_object *record_of(const row *what, toc_kind assets)
{
    const toc_type *type = what->asset ? type_of(assets, what->asset) : toc_part_type(what->part);
    toc_object *obj = NULL;
    if (!what->fields[0])
        return NULL;
    assert_int_equal(toc_object_new(type, &obj, &err), TOC_OK);
    for (size_t i = 0; what->fields[i]; i += 2)
        assert_int_equal(
            toc_object_set(obj, what->fields[i], toc_str_of(what->fields[i + 1]), &err), TOC_OK);
    return obj;
}

static toc_rc run(toc_session *sess, const place *at, const row *what)
{
    toc_kind assets = at->kind == TOC_KIND_GROUP ? TOC_KIND_ADVERSARY_ASSET : TOC_KIND_VICTIM_ASSET;
    const toc_type *asset = type_of(assets, what->asset);
    toc_ref of = ref_of(at);
    toc_str id = toc_str_of(what->id);
    toc_object *record = record_of(what, assets), *found = NULL;
    toc_list *list = NULL;
    toc_rc rc = TOC_OK;
    switch (what->verb) {
    case LIST:
        rc = toc_parts_open(sess, at->type ? &of : NULL, what->part, asset, &list, &err);
        if (!rc)
            rc = toc_list_next(list, &found, &err);
        toc_list_close(list);
        break;
    case ONE:
        rc = toc_part_get(sess, &of, what->part, asset, id, &found, &err);
        toc_object_free(found);
        break;
    case ADD:
        rc = toc_part_add(sess, &of, what->part, record, &err);
        break;
    case CHANGE:
        rc = toc_part_change(sess, &of, what->part, id, record, &err);
        break;
    case REMOVE:
        rc = toc_part_remove(sess, &of, what->part, asset, id, &err);
        break;
    }
    toc_object_free(record);
    return rc;
}

static bool is_ownerless(const place *at, toc_part part)
{
    return !at->type ? part != TOC_PART_TAG && part != TOC_PART_LABEL : part == TOC_PART_OWNER;
}

static bool is_whole(const place *at, toc_part part)
{
    return part == TOC_PART_OBSERVATION_COUNT || part == TOC_PART_MY_OWNER ||
           (part == TOC_PART_OWNER && at->type);
}

static void check(const place *at, const row *what)
{
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"x\":{\"id\":77}}}"}};
    char target[512];
    bool paged = what->verb == LIST && !is_whole(at, what->part);
    toc_session *sess = start(answers, 1);
    toc_rc rc = run(sess, at, what);
    if (rc < 0)
        fail_msg("%s %s%s: %s", methods[what->verb], at->path, what->tail, err.message);
    bool detailed = !at->type && what->part == TOC_PART_TAG && what->verb <= ONE;
    (void)snprintf(target, sizeof(target), "/api%s%s%s%s%s", at->path, what->tail,
                   is_ownerless(at, what->part) ? NO_OWNER : QUIET,
                   detailed ? "&detailed=true" : "", paged ? PAGED : "");
    assert_int_equal(play.asked_count, 1);
    assert_string_equal(play.asked[0].method, methods[what->verb]);
    assert_string_equal(play.asked[0].target, target);
    assert_string_equal(play.asked[0].body, what->body ? what->body : "");
    toc_session_close(sess);
}

#define PLACES(...) ((const place *const[]){__VA_ARGS__, NULL})

static void check_all(const place *const *at, const row *rows, size_t count)
{
    for (; *at; at++)
        for (size_t i = 0; i < count; i++)
            check(*at, &rows[i]);
}

static void test_attributes(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_ATTRIBUTE, .verb = LIST, .tail = "/attributes"},
        {.part = TOC_PART_ATTRIBUTE, .verb = ONE, .id = "5", .tail = "/attributes/5"},
        {.part = TOC_PART_ATTRIBUTE,
         .verb = ADD,
         .fields = {"type", "Source", "value", "a\"b"},
         .tail = "/attributes",
         .body = "{\"type\":\"Source\",\"value\":\"a\\\"b\"}"},
        {.part = TOC_PART_ATTRIBUTE,
         .verb = ADD,
         .fields = {"type", "T", "value", "v", "displayed", "false", "source", ""},
         .tail = "/attributes",
         .body = "{\"type\":\"T\",\"value\":\"v\",\"displayed\":false,\"source\":\"\"}"},
        {.part = TOC_PART_ATTRIBUTE,
         .verb = CHANGE,
         .id = "5",
         .fields = {"value", "w", "displayed", "true"},
         .tail = "/attributes/5",
         .body = "{\"value\":\"w\",\"displayed\":true}"},
        {.part = TOC_PART_ATTRIBUTE, .verb = REMOVE, .id = "5", .tail = "/attributes/5"},
    };
    check_all(PLACES(&host, &url, &file, &key, &threat, &task, &victim), rows, TOC_COUNT(rows));
}

/* Blanks, slashes and signs of tags and labels are encoded, and nothing is decoded before. */
static void test_tags_and_labels(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_TAG, .verb = LIST, .tail = "/tags"},
        {.part = TOC_PART_TAG, .verb = ONE, .id = "A/B c", .tail = "/tags/A%2FB%20c"},
        {.part = TOC_PART_TAG,
         .verb = ADD,
         .fields = {"name", "A/B c", "description", "not sent"},
         .tail = "/tags/A%2FB%20c"},
        {.part = TOC_PART_TAG, .verb = ADD, .fields = {"name", "50%25"}, .tail = "/tags/50%2525"},
        {.part = TOC_PART_TAG,
         .verb = ADD,
         .fields = {"name", "a\xC3\xA9?#+~"},
         .tail = "/tags/a%C3%A9%3F%23%2B~"},
        {.part = TOC_PART_TAG, .verb = REMOVE, .id = "A/B c", .tail = "/tags/A%2FB%20c"},
        {.part = TOC_PART_LABEL, .verb = LIST, .tail = "/securityLabels"},
        {.part = TOC_PART_LABEL, .verb = ONE, .id = "TLP:RED", .tail = "/securityLabels/TLP%3ARED"},
        {.part = TOC_PART_LABEL,
         .verb = ADD,
         .fields = {"name", "TLP:RED"},
         .tail = "/securityLabels/TLP%3ARED"},
        {.part = TOC_PART_LABEL,
         .verb = REMOVE,
         .id = "For us/only",
         .tail = "/securityLabels/For%20us%2Fonly"},
    };
    check_all(PLACES(&host, &url, &file, &key, &threat, &task, &victim), rows, TOC_COUNT(rows));
    check_all(PLACES(&url_note, &group_note, &task_note, &victim_note), rows + 6, 4);
}

static void test_tags_and_labels_of_the_owner(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_TAG, .verb = LIST, .tail = "/tags"},
        {.part = TOC_PART_TAG, .verb = ONE, .id = "A/B", .tail = "/tags/A%2FB"},
        {.part = TOC_PART_TAG,
         .verb = ADD,
         .fields = {"name", "A/B", "description", "d"},
         .tail = "/tags",
         .body = "{\"name\":\"A/B\",\"description\":\"d\"}"},
        {.part = TOC_PART_TAG,
         .verb = CHANGE,
         .id = "A/B",
         .fields = {"description", "d"},
         .tail = "/tags/A%2FB",
         .body = "{\"description\":\"d\"}"},
        {.part = TOC_PART_TAG, .verb = REMOVE, .id = "A/B", .tail = "/tags/A%2FB"},
        {.part = TOC_PART_LABEL, .verb = LIST, .tail = "/securityLabels"},
        {.part = TOC_PART_LABEL, .verb = ONE, .id = "L", .tail = "/securityLabels/L"},
        {.part = TOC_PART_LABEL,
         .verb = ADD,
         .fields = {"name", "L", "color", "FF0000"},
         .tail = "/securityLabels",
         .body = "{\"name\":\"L\",\"color\":\"FF0000\"}"},
        {.part = TOC_PART_LABEL,
         .verb = CHANGE,
         .id = "L",
         .fields = {"color", "00FF00"},
         .tail = "/securityLabels/L",
         .body = "{\"color\":\"00FF00\"}"},
        {.part = TOC_PART_LABEL, .verb = REMOVE, .id = "L", .tail = "/securityLabels/L"},
    };
    check_all(PLACES(&nothing), rows, TOC_COUNT(rows));
}

static void test_counters(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_OBSERVATION, .verb = LIST, .tail = "/observations"},
        {.part = TOC_PART_OBSERVATION,
         .verb = ADD,
         .fields = {"count", "3", "dateObserved", "2024-02-28"},
         .tail = "/observations",
         .body = "{\"count\":3,\"dateObserved\":\"2024-02-28\"}"},
        {.part = TOC_PART_OBSERVATION,
         .verb = ADD,
         .fields = {"count", "1"},
         .tail = "/observations",
         .body = "{\"count\":1}"},
        {.part = TOC_PART_OBSERVATION_COUNT, .verb = LIST, .tail = "/observationCount"},
        {.part = TOC_PART_FALSE_POSITIVE, .verb = ADD, .tail = "/falsePositive"},
        {.part = TOC_PART_OWNER, .verb = LIST, .tail = "/owners"},
    };
    check_all(PLACES(&host, &url, &file, &key), rows, TOC_COUNT(rows));
}

static void test_occurrences_and_resolutions(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_OCCURRENCE, .verb = LIST, .tail = "/fileOccurrences"},
        {.part = TOC_PART_OCCURRENCE, .verb = ONE, .id = "4", .tail = "/fileOccurrences/4"},
        {.part = TOC_PART_OCCURRENCE,
         .verb = ADD,
         .fields = {"fileName", "a.exe", "path", "C:\\", "date", "2024-02-28"},
         .tail = "/fileOccurrences",
         .body = "{\"fileName\":\"a.exe\",\"path\":\"C:\\\\\",\"date\":\"2024-02-28\"}"},
        {.part = TOC_PART_OCCURRENCE,
         .verb = CHANGE,
         .id = "4",
         .fields = {"path", "D:"},
         .tail = "/fileOccurrences/4",
         .body = "{\"path\":\"D:\"}"},
        {.part = TOC_PART_OCCURRENCE, .verb = REMOVE, .id = "4", .tail = "/fileOccurrences/4"},
    };
    static const row resolution = {
        .part = TOC_PART_RESOLUTION, .verb = LIST, .tail = "/dnsResolutions"};
    check_all(PLACES(&file), rows, TOC_COUNT(rows));
    check(&host, &resolution);
}

static void test_people(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_ASSIGNEE, .verb = LIST, .tail = "/assignees"},
        {.part = TOC_PART_ASSIGNEE, .verb = ONE, .id = "a b@c", .tail = "/assignees/a%20b%40c"},
        {.part = TOC_PART_ASSIGNEE,
         .verb = ADD,
         .fields = {"userName", "a b@c"},
         .tail = "/assignees/a%20b%40c"},
        {.part = TOC_PART_ASSIGNEE, .verb = REMOVE, .id = "a b@c", .tail = "/assignees/a%20b%40c"},
        {.part = TOC_PART_ESCALATEE, .verb = LIST, .tail = "/escalatees"},
        {.part = TOC_PART_ESCALATEE, .verb = ONE, .id = "1234", .tail = "/escalatees/1234"},
        {.part = TOC_PART_ESCALATEE,
         .verb = ADD,
         .fields = {"userName", "1234"},
         .tail = "/escalatees/1234"},
        {.part = TOC_PART_ESCALATEE, .verb = REMOVE, .id = "1234", .tail = "/escalatees/1234"},
    };
    check_all(PLACES(&task), rows, TOC_COUNT(rows));
}

static void check_asset(const place *at, const char *type, const char *base, const char *branch,
                        const char *const fields[5], const char *body)
{
    char all[64], one[64];
    (void)snprintf(all, sizeof(all), "/%s/%s", base, branch);
    (void)snprintf(one, sizeof(one), "/%s/%s/6", base, branch);
    const row rows[] = {
        {.part = TOC_PART_ASSET, .verb = LIST, .asset = type, .tail = all},
        {.part = TOC_PART_ASSET, .verb = ONE, .asset = type, .id = "6", .tail = one},
        {.part = TOC_PART_ASSET,
         .verb = ADD,
         .asset = type,
         .fields = {fields[0], fields[1], fields[2], fields[3]},
         .tail = all,
         .body = body},
        {.part = TOC_PART_ASSET,
         .verb = CHANGE,
         .asset = type,
         .id = "6",
         .fields = {fields[0], fields[1], fields[2], fields[3]},
         .tail = one,
         .body = body},
        {.part = TOC_PART_ASSET, .verb = REMOVE, .asset = type, .id = "6", .tail = one},
    };
    check_all(PLACES(at), rows, TOC_COUNT(rows));
}

static void test_assets(void **state)
{
    (void)state;
    static const struct {
        const place *at;
        const char *type, *branch, *fields[5], *body;
    } rows[] = {
        {&victim,
         "EmailAddress",
         "emailAddresses",
         {"address", "a@b", "addressType", "work"},
         "{\"address\":\"a@b\",\"addressType\":\"work\"}"},
        {&victim,
         "NetworkAccount",
         "networkAccounts",
         {"account", "a", "network", "n"},
         "{\"account\":\"a\",\"network\":\"n\"}"},
        {&victim, "Phone", "phoneNumbers", {"phoneType", "+1"}, "{\"phoneType\":\"+1\"}"},
        {&victim,
         "SocialNetwork",
         "socialNetworks",
         {"account", "a", "network", "n"},
         "{\"account\":\"a\",\"network\":\"n\"}"},
        {&victim, "WebSite", "webSites", {"webSite", "w"}, "{\"webSite\":\"w\"}"},
        {&adversary, "Handle", "handles", {"handle", "h"}, "{\"handle\":\"h\"}"},
        {&adversary,
         "PhoneNumber",
         "phoneNumbers",
         {"phoneNumber", "+1"},
         "{\"phoneNumber\":\"+1\"}"},
        {&adversary, "URL", "urls", {"url", "http://x"}, "{\"url\":\"http://x\"}"},
    };
    static const row all[] = {{.part = TOC_PART_ASSET, .verb = LIST, .tail = "/victimAssets"},
                              {.part = TOC_PART_ASSET, .verb = LIST, .tail = "/adversaryAssets"}};
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        check_asset(rows[i].at, rows[i].type,
                    rows[i].at == &victim ? "victimAssets" : "adversaryAssets", rows[i].branch,
                    rows[i].fields, rows[i].body);
    check(&victim, &all[0]);
    check(&adversary, &all[1]);
}

static void test_owners(void **state)
{
    (void)state;
    static const row rows[] = {
        {.part = TOC_PART_OWNER, .verb = LIST, .tail = "/owners"},
        {.part = TOC_PART_OWNER, .verb = ONE, .id = "3", .tail = "/owners/3"},
        {.part = TOC_PART_MY_OWNER, .verb = LIST, .tail = "/owners/mine"},
        {.part = TOC_PART_MEMBER, .verb = LIST, .tail = "/owners/mine/members"},
        {.part = TOC_PART_METRIC, .verb = LIST, .tail = "/owners/metrics"},
    };
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"ownerMetric\":[{"
                 "\"metricDate\":\"2024-02-28\",\"totalHost\":4,"
                 "\"averageIndicatorRating\":2.5}]}}"}};
    check_all(PLACES(&nothing), rows, TOC_COUNT(rows));
    toc_session *sess = start(answers, 1);
    toc_ref owner = {.type = toc_part_type(TOC_PART_OWNER), .id = TOC_S("3")};
    toc_list *list = NULL;
    toc_object *metric = NULL;
    assert_int_equal(toc_parts_open(sess, &owner, TOC_PART_METRIC, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &metric, &err), 1);
    assert_string_equal(play.asked[0].target, "/api/v2/owners/3/metrics" NO_OWNER PAGED);
    assert_int_equal(toc_object_get_int(metric, "totalHost"), 4);
    assert_true(toc_object_get_decimal(metric, "averageIndicatorRating") > 2.4);
    assert_int_equal(toc_list_next(list, &metric, &err), 0);
    toc_list_close(list);
    toc_session_close(sess);
}

static const place no_id = {TOC_KIND_GROUP, "Threat", NULL, NULL, 0};
static const place no_type = {TOC_KIND_RECORD, NULL, "5", NULL, 0};
static const place dots = {TOC_KIND_INDICATOR, "Mutex", "..", NULL, 0};
static const place bad_id = {TOC_KIND_GROUP, "Threat", "x", NULL, 0};
static const place new_note = {TOC_KIND_GROUP, "Threat", "7", NULL, -1};
static const place asset = {TOC_KIND_VICTIM_ASSET, "Phone", "7", NULL, 0};

/* Refused before anything is sent. */
static const struct {
    const place *at;
    row what;
    toc_rc rc;
    const char *says;
} refused[] = {
    {&no_id, {.part = TOC_PART_TAG, .verb = LIST}, TOC_EINVAL, "Threat"},
    {&no_id, {.part = TOC_PART_TAG, .verb = ADD, .fields = {"name", "t"}}, TOC_EINVAL, "no id"},
    {&no_type, {.part = TOC_PART_TAG, .verb = ONE, .id = "t"}, TOC_EINVAL, "type"},
    {&dots, {.part = TOC_PART_TAG, .verb = LIST}, TOC_EINVAL, ".."},
    {&bad_id, {.part = TOC_PART_TAG, .verb = LIST}, TOC_EINVAL, "whole number"},
    {&new_note, {.part = TOC_PART_LABEL, .verb = LIST}, TOC_EINVAL, "attribute"},
    {&group_note, {.part = TOC_PART_TAG, .verb = LIST}, TOC_EUNSUPPORTED, "tags"},
    {&threat, {.part = TOC_PART_TAG, .verb = ADD, .fields = {"name", ".."}}, TOC_EINVAL, ".."},
    {&threat, {.part = TOC_PART_TAG, .verb = ADD, .fields = {"name", ""}}, TOC_EINVAL, ""},
    {&threat, {.part = TOC_PART_TAG, .verb = ADD}, TOC_EINVAL, "record"},
    {&threat, {.part = TOC_PART_TAG, .verb = REMOVE, .id = ""}, TOC_EINVAL, ""},
    {&threat, {.part = TOC_PART_TAG, .verb = REMOVE, .id = "."}, TOC_EINVAL, ""},
    {&threat, {.part = TOC_PART_TAG, .verb = REMOVE}, TOC_EINVAL, ""},
    {&threat, {.part = TOC_PART_ATTRIBUTE, .verb = REMOVE, .id = "x"}, TOC_EINVAL, "whole number"},
    {&threat, {.part = TOC_PART_ATTRIBUTE, .verb = REMOVE, .id = "-1"}, TOC_EINVAL, "whole number"},
    {&threat,
     {.part = TOC_PART_ATTRIBUTE, .verb = REMOVE, .id = "99999999999999999999"},
     TOC_EINVAL,
     ""},
    {&threat,
     {.part = TOC_PART_ATTRIBUTE, .verb = ADD, .fields = {"value", "v"}},
     TOC_EINVAL,
     "type"},
    {&threat,
     {.part = TOC_PART_ATTRIBUTE, .verb = ADD, .fields = {"type", "t"}},
     TOC_EINVAL,
     "value"},
    {&threat,
     {.part = TOC_PART_TAG, .verb = CHANGE, .id = "t", .fields = {"name", "u"}},
     TOC_EUNSUPPORTED,
     "change"},
    {&threat,
     {.part = TOC_PART_OBSERVATION, .verb = LIST},
     TOC_EUNSUPPORTED,
     "Threat has no observations"},
    {&threat,
     {.part = TOC_PART_ASSIGNEE, .verb = LIST},
     TOC_EUNSUPPORTED,
     "Threat has no assignees"},
    {&threat, {.part = TOC_PART_ASSET, .verb = LIST}, TOC_EUNSUPPORTED, "Threat has no assets"},
    {&threat, {.part = TOC_PART_OWNER, .verb = LIST}, TOC_EUNSUPPORTED, "owners"},
    {&host,
     {.part = TOC_PART_OCCURRENCE, .verb = LIST},
     TOC_EUNSUPPORTED,
     "Host has no file occurrences"},
    {&file,
     {.part = TOC_PART_RESOLUTION, .verb = LIST},
     TOC_EUNSUPPORTED,
     "File has no DNS resolutions"},
    {&host, {.part = TOC_PART_OBSERVATION_COUNT, .verb = ADD}, TOC_EUNSUPPORTED, "add"},
    {&host, {.part = TOC_PART_MEMBER, .verb = LIST}, TOC_EUNSUPPORTED, "Host has no members"},
    {&nothing,
     {.part = TOC_PART_ATTRIBUTE, .verb = LIST},
     TOC_EUNSUPPORTED,
     "an owner has no attributes"},
    {&nothing, {.part = TOC_PART_MY_OWNER, .verb = ONE, .id = "1"}, TOC_EUNSUPPORTED, "get"},
    {&asset, {.part = TOC_PART_TAG, .verb = LIST}, TOC_EUNSUPPORTED, "Phone has no tags"},
    {&victim, {.part = TOC_PART_ASSET, .verb = ONE, .id = "1"}, TOC_EINVAL, "type of the asset"},
    {&victim, {.part = TOC_PART_ASSET, .verb = REMOVE, .id = "1"}, TOC_EINVAL, "type of the asset"},
    {&victim, {.part = TOC_PART_TAG, .verb = LIST, .asset = "Phone"}, TOC_EUNSUPPORTED, "Phone"},
    {&victim,
     {.part = TOC_PART_ASSET, .verb = ADD, .asset = "Phone", .fields = {"name", "x"}},
     TOC_EINVAL,
     "phoneType"},
    {&host, {.part = TOC_PART_COUNT, .verb = LIST}, TOC_EINVAL, "no such part"},
};

static void test_refused(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0);
    for (size_t i = 0; i < TOC_COUNT(refused); i++) {
        toc_rc rc = run(sess, refused[i].at, &refused[i].what);
        if (rc != refused[i].rc || !strstr(err.message, refused[i].says))
            fail_msg("row %zu: %d %s", i, rc, err.message);
        assert_int_equal(play.asked_count, 0);
    }
    toc_session_close(sess);
}

/* A record of another type than the part's is refused, as are absent arguments. */
static void test_wrong_arguments(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0);
    toc_object *tag = NULL, *found = NULL;
    toc_list *list = NULL;
    toc_ref of = ref_of(&threat);
    assert_int_equal(toc_object_new(toc_part_type(TOC_PART_TAG), &tag, &err), TOC_OK);
    assert_int_equal(toc_object_set(tag, "name", TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_part_add(sess, &of, TOC_PART_LABEL, tag, &err), TOC_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "Tag"));
    assert_int_equal(toc_part_add(NULL, &of, TOC_PART_TAG, tag, &err), TOC_EINVAL);
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_TAG, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_parts_open(NULL, &of, TOC_PART_TAG, NULL, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_part_get(sess, &of, TOC_PART_TAG, NULL, TOC_S("t"), NULL, &err),
                     TOC_EINVAL);
    assert_int_equal(toc_part_get(NULL, &of, TOC_PART_TAG, NULL, TOC_S("t"), &found, &err),
                     TOC_EINVAL);
    assert_int_equal(toc_save(sess, tag, NULL, &err), TOC_EUNSUPPORTED);
    of.type = toc_part_type(TOC_PART_ATTRIBUTE);
    assert_int_equal(toc_part_get(sess, &of, TOC_PART_TAG, NULL, TOC_S("t"), &found, NULL),
                     TOC_EUNSUPPORTED);
    assert_null(toc_part_type(TOC_PART_ASSET));
    assert_null(toc_part_type(TOC_PART_COUNT));
    assert_int_equal(play.asked_count, 0);
    toc_object_free(tag);
    toc_session_close(sess);
}

/* What answers say is there, whatever the order of members; a list may be a single object. */
static void test_answers(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":3,"
                 "\"attribute\":[{\"value\":\"v\",\"displayed\":true,\"id\":\"5\","
                 "\"type\":\"Source\",\"lastModified\":\"2024-02-28T00:00:00Z\"},"
                 "{\"id\":6,\"type\":\"Empty\"},7,{\"type\":\"x\",\"owner\":{},"
                 "\"tag\":3,\"summary\":\"s\"}]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"attribute\":"
                 "{\"id\":8,\"type\":\"One\"}}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"observationCount\":{"
                 "\"count\":12,\"lastObserved\":\"2024-02-28T00:00:00Z\"}}}"},
        {.status = 201,
         .body = "{\"status\":\"Success\",\"data\":{\"attribute\":{\"id\":9,"
                 "\"dateAdded\":\"2024-02-28T00:00:00Z\"}}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"victimPhone\":{\"id\":3,"
                 "\"name\":\"n\",\"type\":\"Phone\",\"phoneType\":\"+1\"}}}"},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"}};
    toc_session *sess = start(answers, 6);
    toc_ref of = ref_of(&host);
    toc_list *list = NULL;
    toc_object *record = NULL;
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_ATTRIBUTE, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &record, &err), 1);
    assert_int_equal(toc_list_total(list), 3);
    assert_int_equal(toc_object_get_int(record, "id"), 5);
    assert_true(toc_str_equal(toc_object_get(record, "type"), TOC_S("Source")));
    assert_true(toc_str_equal(toc_object_get(record, "value"), TOC_S("v")));
    assert_true(toc_object_get_bool(record, "displayed"));
    assert_true(toc_object_get(record, "lastModified").len == 20);
    assert_int_equal(toc_list_next(list, &record, &err), 1);
    assert_false(toc_object_has(record, "value"));
    assert_int_equal(toc_list_next(list, &record, &err), 1);
    assert_true(toc_str_equal(toc_object_get(record, "type"), TOC_S("x")));
    assert_int_equal(toc_list_next(list, &record, &err), 0);
    toc_list_close(list);
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_ATTRIBUTE, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &record, &err), 1);
    assert_int_equal(toc_object_get_int(record, "id"), 8);
    assert_int_equal(toc_list_next(list, &record, &err), 0);
    toc_list_close(list);
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_OBSERVATION_COUNT, NULL, &list, &err),
                     TOC_OK);
    assert_int_equal(toc_list_next(list, &record, &err), 1);
    assert_int_equal(toc_object_get_int(record, "count"), 12);
    assert_int_equal(toc_list_next(list, &record, &err), 0);
    toc_list_close(list);
    const row what = {
        .part = TOC_PART_ATTRIBUTE, .verb = ADD, .fields = {"type", "Source", "value", "v"}};
    record = record_of(&what, TOC_KIND_VICTIM_ASSET);
    assert_int_equal(toc_part_add(sess, &of, TOC_PART_ATTRIBUTE, record, &err), TOC_OK);
    assert_int_equal(toc_object_get_int(record, "id"), 9);
    assert_true(toc_object_get(record, "dateAdded").len == 20);
    assert_true(toc_str_equal(toc_object_get(record, "value"), TOC_S("v")));
    toc_object_free(record);
    record = NULL;
    of = ref_of(&victim);
    const toc_type *phone = type_of(TOC_KIND_VICTIM_ASSET, "Phone");
    assert_int_equal(toc_part_get(sess, &of, TOC_PART_ASSET, phone, TOC_S("3"), &record, &err),
                     TOC_OK);
    assert_true(toc_str_equal(toc_object_get(record, "phoneType"), TOC_S("+1")));
    toc_object_free(record);
    record = NULL;
    assert_int_equal(toc_part_get(sess, &of, TOC_PART_TAG, NULL, TOC_S("t"), &record, &err),
                     TOC_ENOTFOUND);
    assert_null(record);
    toc_session_close(sess);
}

/* One record for each address; dates without any are left out. */
static void test_resolutions(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":4,\"dnsResolution\":["
                 "{\"resolutionDate\":\"2024-02-28T00:00:00Z\",\"addresses\":["
                 "{\"ip\":\"203.0.113.7\",\"ownerName\":\"Acme\",\"webLink\":\"w\"},4,"
                 "{\"ip\":\"203.0.113.8\"}]},"
                 "{\"resolutionDate\":\"2024-02-29T00:00:00Z\"},"
                 "{\"addresses\":[],\"resolutionDate\":\"x\"},"
                 "{\"addresses\":{\"ip\":\"203.0.113.\\u0039\"},"
                 "\"resolutionDate\":\"2024-03-01T00:00:00Z\"}]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"dnsResolution\":["
                 "{\"addresses\":[{\"ip\":\"203.0.113.7\"},"}};
    static const char *const wanted[][2] = {{"2024-02-28T00:00:00Z", "203.0.113.7"},
                                            {"2024-02-28T00:00:00Z", "203.0.113.8"},
                                            {"2024-03-01T00:00:00Z", "203.0.113.9"}};
    toc_session *sess = start(answers, 2);
    toc_ref of = ref_of(&host);
    toc_list *list = NULL;
    toc_object *record = NULL;
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_RESOLUTION, NULL, &list, &err), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(wanted); i++) {
        assert_int_equal(toc_list_next(list, &record, &err), 1);
        assert_true(
            toc_str_equal(toc_object_get(record, "resolutionDate"), toc_str_of(wanted[i][0])));
        assert_true(toc_str_equal(toc_object_get(record, "ip"), toc_str_of(wanted[i][1])));
    }
    assert_int_equal(toc_list_next(list, &record, &err), 0);
    toc_list_close(list);
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_RESOLUTION, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &record, &err), TOC_EPROTO);
    assert_int_equal(toc_list_next(list, &record, &err), TOC_EPROTO);
    toc_list_close(list);
    toc_session_close(sess);
}

/* Of an address: the hosts that led there. */
static void test_hosts_of_an_address(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":1,"
                 "\"indicator\":[{\"id\":4,\"type\":\"Host\",\"summary\":"
                 "\"a.example\"}]}}"}};
    toc_session *sess = start(answers, 2);
    toc_ref of = {.type = type_of(TOC_KIND_INDICATOR, "Address"), .id = TOC_S("203.0.113.7")};
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_RESOLUTION, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_string_equal(play.asked[1].target,
                        "/api/v2/indicators/addresses/203.0.113.7/dnsResolutions" QUIET PAGED);
    assert_true(toc_str_equal(toc_object_get(obj, "hostName"), TOC_S("a.example")));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    toc_list_close(list);
    toc_session_close(sess);
}

/* Lists go on to the last page; the owner of the reference wins. */
static void test_pages_and_owner(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":3,\"tag\":["
                 "{\"name\":\"a\"},{\"name\":\"b\"}]}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"tag\":[{\"name\":\"c\"}]}}"}};
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = 2;
    toc_session *sess = script_session_with(&play, (toc_session_options){.result_limit = 2});
    toc_ref of = ref_of(&threat);
    char owner[] = "My Org";
    toc_list *list = NULL;
    toc_object *record = NULL;
    of.owner = owner;
    assert_int_equal(toc_parts_open(sess, &of, TOC_PART_TAG, NULL, &list, &err), TOC_OK);
    owner[0] = 'x'; /* the reference was copied */
    for (int i = 0; i < 3; i++)
        assert_int_equal(toc_list_next(list, &record, &err), 1);
    assert_true(toc_str_equal(toc_object_get(record, "name"), TOC_S("c")));
    assert_int_equal(toc_list_next(list, &record, &err), 0);
    assert_string_equal(play.asked[0].target, "/api/v2/groups/threats/7/tags" NO_OWNER
                                              "&owner=My+Org&resultStart=0&resultLimit=2");
    assert_string_equal(play.asked[1].target, "/api/v2/groups/threats/7/tags" NO_OWNER
                                              "&owner=My+Org&resultStart=2&resultLimit=2");
    toc_list_close(list);
    toc_session_close(sess);
}

static void test_owner_look_ups(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"owner\":["
                 "{\"id\":0,\"name\":\"Acme\",\"type\":\"Organization\"},"
                 "{\"type\":\"Source\",\"name\":\"B\",\"id\":12}]}}"}};
    toc_session *sess = start(answers, 1);
    toc_owners *owners = NULL;
    assert_int_equal(toc_owners_get(sess, &owners, &err), TOC_OK);
    assert_true(toc_str_equal(toc_owners_find(owners, TOC_S("acme")).type, TOC_S("Organization")));
    assert_int_equal(toc_owners_find(owners, TOC_S("B")).id, 12);
    assert_true(toc_str_equal(toc_owners_find_id(owners, 12).name, TOC_S("B")));
    assert_true(toc_str_equal(toc_owners_find_id(owners, 0).name, TOC_S("Acme")));
    assert_null(toc_owners_find(owners, TOC_S("C")).name.ptr);
    assert_null(toc_owners_find_id(owners, 13).name.ptr);
    assert_null(toc_owners_find(NULL, TOC_S("C")).name.ptr);
    toc_owners_free(owners);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_tags_and_labels),
        cmocka_unit_test(test_tags_and_labels_of_the_owner),
        cmocka_unit_test(test_counters),
        cmocka_unit_test(test_occurrences_and_resolutions),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_assets),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_resolutions),
        cmocka_unit_test(test_hosts_of_an_address),
        cmocka_unit_test(test_pages_and_owner),
        cmocka_unit_test(test_owner_look_ups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
