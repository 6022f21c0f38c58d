/* Requests of published clients that were once refused or misunderstood. */
#include "wire/signed.h"

#define SETTINGS(attributes, labels)                                                               \
    "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":\"false\",\"action\":\"Create\","  \
    "\"attributeWriteType\":\"" attributes "\",\"securityLabelWriteType\":\"" labels "\"}"
#define LABELLED                                                                                   \
    "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"evil.example\","                             \
    "\"securityLabel\":[{\"name\":\"TLP:RED\"}]}]}"

/* TcEx 2 sends the write type of attributes as that of labels too: its labels replace. */
static void label_write_type_of_attributes(void **state)
{
    static const char *const settings[] = {SETTINGS("Static", "Static"),
                                           SETTINGS("Singleton", "Singleton")};
    fixture *fix = *state;
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    for (size_t i = 0; i < TOC_COUNT(settings); i++) {
        expect(fix, "POST", "/v2/indicators/hosts/evil.example/securityLabels/TLP:GREEN", NULL,
               201);
        assert_int_equal(batch_with(fix, settings[i], TOC_S(LABELLED), false), 200);
        contains(fix, "\"successCount\":1");
        expect(fix, "GET", "/v2/indicators/hosts/evil.example/securityLabels", NULL, 200);
        contains(fix, "\"resultCount\":1,");
        contains(fix, "TLP:RED");
    }
    assert_int_equal(batch_with(fix, SETTINGS("Static", "Other"), TOC_S(LABELLED), false), 400);
}

/* A document that TcEx 2 kept on disk says false for a password that was not set. */
static void false_for_an_unset_text(void **state)
{
    fixture *fix = *state;
    assert_int_equal(batch(fix, "{\"group\":[{\"type\":\"Document\",\"name\":\"d\",\"xid\":\"d-1\","
                                "\"fileName\":\"d.txt\",\"malware\":false,\"password\":false}]}"),
                     200);
    contains(fix, "\"successCount\":1");
    contains(fix, "\"errorCount\":0");
    assert_int_equal(batch(fix, "{\"group\":[{\"type\":\"Document\",\"name\":\"d\",\"xid\":\"d-2\","
                                "\"fileName\":\"d.txt\",\"password\":true}]}"),
                     200);
    contains(fix, "\"errorCount\":1");
    expect(fix, "POST", "/v2/groups/adversaries", "{\"name\":false}", 400);
}

#define IN_FEED "?owner=Shared+Feed"

static const char *numbered(const char *format, long long id)
{
    static char target[128];
    (void)snprintf(target, sizeof(target), "/v2/%s", format);
    char *mark = strchr(target, '#');
    char rest[96];
    assert_non_null(mark);
    (void)snprintf(rest, sizeof(rest), "%s", mark + 1);
    (void)snprintf(mark, sizeof(target) - (size_t)(mark - target), "%lld%s", id, rest);
    return target;
}

static long long in_feed(fixture *fix, const char *branch, const char *body)
{
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/%s" IN_FEED, branch);
    expect(fix, "POST", target, body, 201);
    return number_of(fix, "id");
}

/* Uploads, downloads, assets, people and changes of one field come without an owner: the id tells
 * it. To who may not see the owner there is no such object, nor does a named owner give way. */
static void id_tells_the_owner(void **state)
{
    static const struct {
        const char *branch, *create, *method, *target, *body;
        int status;
    } rows[] = {
        {"groups/documents", "{\"name\":\"d\",\"fileName\":\"d.txt\"}", "POST",
         "groups/documents/#/upload?updateIfExists=true", "text", 200},
        {"groups/campaigns", "{\"name\":\"c\"}", "PUT", "groups/campaigns/#",
         "{\"firstSeen\":\"2024-01-01\"}", 200},
        {"groups/adversaries", "{\"name\":\"a\"}", "POST",
         "groups/adversaries/#/adversaryAssets/handles", "{\"handle\":\"h\"}", 201},
        {"groups/threats", "{\"name\":\"t\"}", "GET", "groups/threats/#/tags", NULL, 200},
        {"groups/threats", "{\"name\":\"t\"}", "GET", "groups/threats/#/indicators/hosts", NULL,
         200},
        {"tasks", "{\"name\":\"t\"}", "PUT", "tasks/#", "{\"status\":\"Completed\"}", 200},
        {"tasks", "{\"name\":\"t\"}", "GET", "tasks/#/assignees", NULL, 200},
        {"victims", "{\"name\":\"v\"}", "POST", "victims/#/victimAssets/webSites",
         "{\"webSite\":\"w.example\"}", 201},
        {"victims", "{\"name\":\"v\"}", "DELETE", "victims/#", NULL, 200},
    };
    fixture *fix = *state;
    toc_new_user stranger;
    char named[160];
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &stranger, NULL), 0);
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed", "Director", NULL), 0);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        long long id = in_feed(fix, rows[i].branch, rows[i].create);
        const char *target = numbered(rows[i].target, id);
        assert_int_equal(ask_as(fix, &stranger, rows[i].method, target, rows[i].body), 404);
        (void)snprintf(named, sizeof(named), "%s%cowner=Acme%%20CTI", target,
                       strchr(target, '?') ? '&' : '?');
        assert_int_equal(ask_as(fix, &fix->user, rows[i].method, named, rows[i].body), 404);
        if (ask_as(fix, &fix->user, rows[i].method, target, rows[i].body) != rows[i].status)
            fail_msg("%s %s: %s", rows[i].method, target, fixture_body(fix));
    }
    assert_int_equal(
        toc_platform_grant(fix->platform, stranger.access_id, "Shared Feed", "User", NULL), 0);
    long long id = in_feed(fix, "groups/threats", "{\"name\":\"read only\"}");
    assert_int_equal(ask_as(fix, &stranger, "GET", numbered("groups/threats/#", id), NULL), 200);
    assert_int_equal(ask_as(fix, &stranger, "DELETE", numbered("groups/threats/#", id), NULL), 401);
}

/* Who holds a value, and how often it was seen, is no owner's matter: the Python SDK names none. */
static void a_value_of_any_owner(void **state)
{
    static const char *const paths[] = {
        "/v2/indicators/hosts/feed.example/owners",
        "/v2/indicators/hosts/feed.example/observationCount",
        "/v2/indicators/hosts/feed.example/observations",
    };
    fixture *fix = *state;
    char named[160];
    (void)in_feed(fix, "indicators/hosts", "{\"hostName\":\"feed.example\"}");
    expect(fix, "POST", "/v2/indicators/hosts/feed.example/observations" IN_FEED, "{\"count\":3}",
           200);
    for (size_t i = 0; i < TOC_COUNT(paths); i++)
        assert_int_equal(ask_as(fix, &fix->user, "GET", paths[i], NULL), 404);
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed", "User", NULL), 0);
    for (size_t i = 0; i < TOC_COUNT(paths); i++) {
        (void)snprintf(named, sizeof(named), "%s?owner=Acme%%20CTI", paths[i]);
        assert_int_equal(ask_as(fix, &fix->user, "GET", named, NULL), 404);
        assert_int_equal(ask_as(fix, &fix->user, "GET", paths[i], NULL), 200);
        contains(fix, i ? "\"count\":3" : "\"name\":\"Shared Feed\"");
    }
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/v2/indicators/hosts/feed.example", NULL),
                     404);
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/v2/indicators/nothing/x/owners", NULL), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(label_write_type_of_attributes, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(false_for_an_unset_text, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(id_tells_the_owner, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_value_of_any_owner, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
