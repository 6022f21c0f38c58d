/* Assets of victims and of adversaries. */
#include "wire/platform_walk.h"

static const struct sample {
    const char *branch, *entity, *type, *body, *shown, *change, *changed, *name;
} victim_assets[] = {
    {"emailAddresses", "victimEmailAddress", "EmailAddress",
     "{\"address\":\"a@x.example\",\"addressType\":\"Work\"}",
     "\"address\":\"a@x.example\",\"addressType\":\"Work\"", "{\"address\":\"b@x.example\"}",
     "\"address\":\"b@x.example\",\"addressType\":\"Work\"", "b@x.example"},
    {"networkAccounts", "victimNetworkAccount", "NetworkAccount",
     "{\"account\":\"jdoe\",\"network\":\"AD\",\"name\":\"mine\"}",
     "\"account\":\"jdoe\",\"network\":\"AD\"", "{\"network\":\"LDAP\"}",
     "\"account\":\"jdoe\",\"network\":\"LDAP\"", "jdoe"},
    {"phoneNumbers", "victimPhone", "Phone", "{\"phoneType\":\"555-0100\"}",
     "\"phoneType\":\"555-0100\"", "{\"phoneType\":\"555-0199\"}", "\"phoneType\":\"555-0199\"",
     "555-0199"},
    {"socialNetworks", "victimSocialNetwork", "SocialNetwork",
     "{\"account\":\"j\",\"network\":\"Face\"}", "\"account\":\"j\",\"network\":\"Face\"",
     "{\"account\":\"k\",\"network\":\"Face\"}", "\"account\":\"k\",\"network\":\"Face\"", "k"},
    {"webSites", "victimWebSite", "WebSite", "{\"webSite\":\"www.x.example\"}",
     "\"webSite\":\"www.x.example\"", "{\"webSite\":\"x.example\"}", "\"webSite\":\"x.example\"",
     "x.example"},
};

static const struct sample adversary_assets[] = {
    {"handles", "adversaryHandle", "Handle", "{\"handle\":\"darkheron\"}",
     "\"handle\":\"darkheron\"", "{\"handle\":\"heron\"}", "\"handle\":\"heron\"", "heron"},
    {"phoneNumbers", "adversaryPhoneNumber", "PhoneNumber", "{\"phoneNumber\":\"1\"}",
     "\"phoneNumber\":\"1\"", "{\"phoneNumber\":\"2\"}", "\"phoneNumber\":\"2\"", "2"},
    {"urls", "adversaryUrl", "URL", "{\"url\":\"http://a.example\"}",
     "\"url\":\"http://a.example\"", "{\"url\":\"http://b.example\"}",
     "\"url\":\"http://b.example\"", "http://b.example"},
};

/* all: the assets of the holder; other: those of another one; link: the holder's page. */
static void go_round(fixture *fix, const struct sample *row, const char *all, const char *other,
                     const char *list, const char *link)
{
    const char *typed = path("%s/%s", all, row->branch);
    long long id = make(fix, typed, row->body);
    contains(fix, path("\"data\":{\"%s\":{\"id\":%lld,\"name\":", row->entity, id));
    contains(fix, path("\"type\":\"%s\",\"webLink\":\"%s\"", row->type, link));
    contains(fix, row->shown);
    const char *one = path("%s/%lld", typed, id);
    expect(fix, "GET", one, NULL, 200);
    contains(fix, row->shown);
    expect(fix, "PUT", one, row->change, 200);
    contains(fix, row->changed);
    contains(fix, path("\"name\":\"%s\"", row->name));
    expect(fix, "GET", all, NULL, 200);
    contains(fix, path("\"resultCount\":1,\"%s\":[{\"id\":%lld,\"name\":\"%s\",\"type\":\"%s\","
                       "\"webLink\":\"%s\"}]",
                       list, id, row->name, row->type, link));
    lists(fix, typed, row->entity, 1);
    contains(fix, row->changed);
    contains(fix, path("\"name\":\"%s\"", row->name));
    /* Nobody else's. */
    expect(fix, "GET", path("%s/%s/%lld", other, row->branch, id), NULL, 404);
    expect(fix, "PUT", path("%s/%s/%lld", other, row->branch, id), row->change, 404);
    expect(fix, "DELETE", path("%s/%s/%lld", other, row->branch, id), NULL, 404);
    expect(fix, "GET", path("%s?owner=Shared+Feed", one), NULL, 404);
    expect(fix, "POST", path("%s?owner=Shared+Feed", typed), row->body, 404);
    expect(fix, "GET", path("%s?owner=Shared+Feed", all), NULL, 404);
    expect(fix, "GET", path("%s?owner=Nobody", all), NULL, 403);
    /* Nothing to change. */
    static const char *const empty[] = {"", "{}", "{\"name\":\"x\"}", "[1]"};
    for (size_t i = 0; i < TOC_COUNT(empty); i++) {
        expect(fix, "POST", typed, empty[i], 400);
        expect(fix, "PUT", one, empty[i], 400);
    }
    expect(fix, "GET", path("%s/x", typed), NULL, 404);
    expect(fix, "POST", path("%s/nonsense", all), row->body, 404);
    expect(fix, "GET", path("%s?filters=name%%3Dx", all), NULL, 400);
    expect(fix, "DELETE", one, "{}", 200);
    expect(fix, "GET", one, NULL, 404);
    expect(fix, "DELETE", one, NULL, 404);
    lists(fix, all, list, 0);
}

static void victim_assets_go_round(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/victims", "{\"name\":\"v\"}");
    long long other = make(fix, "/v2/victims", "{\"name\":\"w\"}");
    for (size_t i = 0; i < TOC_COUNT(victim_assets); i++)
        go_round(fix, &victim_assets[i], path("/v2/victims/%lld/victimAssets", id),
                 path("/v2/victims/%lld/victimAssets", other), "victimAsset",
                 path("https://tip.example/auth/victim/victim.xhtml?victim=%lld", id));
}

static void adversary_assets_go_round(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/groups/adversaries", "{\"name\":\"a\"}");
    long long other = make(fix, "/v2/groups/adversaries", "{\"name\":\"b\"}");
    for (size_t i = 0; i < TOC_COUNT(adversary_assets); i++)
        go_round(fix, &adversary_assets[i], path("/v2/groups/adversaries/%lld/adversaryAssets", id),
                 path("/v2/groups/adversaries/%lld/adversaryAssets", other), "bucketAsset",
                 path("https://tip.example/auth/adversary/adversary.xhtml?adversary=%lld", id));
}

static void only_adversaries_have_them(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/groups/incidents", "{\"name\":\"i\"}");
    const char *all = path("/v2/groups/incidents/%lld/adversaryAssets", id);
    expect(fix, "GET", all, NULL, 404);
    expect(fix, "GET", path("%s/handles", all), NULL, 404);
    expect(fix, "POST", path("%s/handles", all), "{\"handle\":\"h\"}", 404);
    expect(fix, "GET", path("%s/handles/1", all), NULL, 404);
    expect(fix, "GET", path("/v2/groups/adversaries/%lld/adversaryAssets", id), NULL, 404);
}

static void a_removed_adversary_takes_them_along(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/groups/adversaries", "{\"name\":\"a\"}");
    const char *all = path("/v2/groups/adversaries/%lld/adversaryAssets", id);
    (void)make(fix, path("%s/handles", all), "{\"handle\":\"h\"}");
    (void)make(fix, path("%s/urls", all), "{\"url\":\"u\"}");
    lists(fix, all, "bucketAsset", 2);
    expect(fix, "DELETE", path("/v2/groups/adversaries/%lld", id), NULL, 200);
    expect(fix, "GET", all, NULL, 404);
}

/* Which names a typed list has depends on who asks (rest-v2 2.14). */
static void typed_lists_have_the_names_that_clients_know(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/victims", "{\"name\":\"v\"}");
    const char *typed = path("/v2/victims/%lld/victimAssets/phoneNumbers", id);
    (void)make(fix, typed, "{\"phoneType\":\"1\"}");
    (void)make(fix, typed, "{\"phoneType\":\"2\"}");
    lists(fix, typed, "victimPhone", 2);
    contains(fix, "],\"victimAsset\":[{");
    assert_int_equal(count_of(fix, "\"phoneType\":\"2\""), 2);
    expect(fix, "GET", path("%s?resultLimit=1&resultStart=1", typed), NULL, 200);
    lacks(fix, "resultCount");
    assert_int_equal(count_of(fix, "\"phoneType\":\"1\""), 2);
    assert_int_equal(count_of(fix, "\"phoneType\":\"2\""), 0);
    toc_header agent = {TOC_S("user-agent"), TOC_S("Apache-HttpClient/4.5 (Java/1.8)")};
    toc_request request = {
        .method = "GET", .target = toc_str_of(typed), .headers = &agent, .header_count = 1};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL), 0);
    contains(fix, "\"data\":{\"resultCount\":2,\"victimPhone\":[");
    lacks(fix, "victimAsset");
}

static void long_values_are_refused(void **state)
{
    fixture *fix = *state;
    char body[700];
    long long id = make(fix, "/v2/victims", "{\"name\":\"v\"}");
    (void)snprintf(body, sizeof(body), "{\"webSite\":\"%0600d\"}", 7);
    expect(fix, "POST", path("/v2/victims/%lld/victimAssets/webSites", id), body, 400);
    contains(fix, "The webSite for this WebSite is invalid, please enter a webSite between 1-500 "
                  "characters in length");
    expect(fix, "POST", path("/v2/victims/%lld/victimAssets/webSites", id), "{\"webSite\":[]}",
           400);
    lists(fix, path("/v2/victims/%lld/victimAssets", id), "victimAsset", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(victim_assets_go_round, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(adversary_assets_go_round, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(only_adversaries_have_them, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(a_removed_adversary_takes_them_along, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(typed_lists_have_the_names_that_clients_know, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(long_values_are_refused, walk_setup, walk_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
