/* Associations of everything with everything, seen from both ends. */
#include "wire/platform_walk.h"

typedef enum end { INDICATOR, GROUP, TASK, VICTIM, ENDS } end;

/* How a path says it: behind the object or behind /v2; the list; its name in answers. */
static const struct words {
    const char *all, *entity, *typed, *typed_entity;
} words[ENDS] = {
    [INDICATOR] = {"indicators", "indicator", "indicators/hosts", "host"},
    [GROUP] = {"groups", "group", "groups/threats", "threat"},
    [TASK] = {"tasks", "task", NULL, "task"},
    [VICTIM] = {"victims", "victim", NULL, "victim"},
};

/* One object of each kind; the victim has an asset. serial tells the second set from the first. */
typedef struct world {
    char at[ENDS][64]; /* "indicators/hosts/h0.example" */
    long long id[ENDS], asset;
} world;

static void build(fixture *fix, world *made, const char *owner, int serial)
{
    made->id[INDICATOR] = make(fix, path("/v2/indicators/hosts?owner=%s", owner),
                               path("{\"hostName\":\"h%d.example\"}", serial));
    made->id[GROUP] =
        make(fix, path("/v2/groups/threats?owner=%s", owner), path("{\"name\":\"g%d\"}", serial));
    made->id[TASK] =
        make(fix, path("/v2/tasks?owner=%s", owner), path("{\"name\":\"t%d\"}", serial));
    made->id[VICTIM] =
        make(fix, path("/v2/victims?owner=%s", owner), path("{\"name\":\"v%d\"}", serial));
    made->asset = make(
        fix, path("/v2/victims/%lld/victimAssets/phoneNumbers?owner=%s", made->id[VICTIM], owner),
        path("{\"phoneType\":\"555-%d\"}", serial));
    (void)snprintf(made->at[INDICATOR], sizeof(made->at[0]), "indicators/hosts/h%d.example",
                   serial);
    (void)snprintf(made->at[GROUP], sizeof(made->at[0]), "groups/threats/%lld", made->id[GROUP]);
    (void)snprintf(made->at[TASK], sizeof(made->at[0]), "tasks/%lld", made->id[TASK]);
    (void)snprintf(made->at[VICTIM], sizeof(made->at[0]), "victims/%lld", made->id[VICTIM]);
}

/* Directions in which there are no routes to link, because they meet in groups. */
static bool is_indirect(end from, end to)
{
    return from == VICTIM && (to == INDICATOR || to == VICTIM);
}

static void sees(fixture *fix, const world *from, end a, const world *to, end b, bool linked)
{
    int count = linked ? 1 : 0, status = linked ? 200 : 404;
    lists(fix, path("/v2/%s/%s", from->at[a], words[b].all), words[b].entity, count);
    if (linked)
        contains(fix, path("\"id\":%lld", to->id[b]));
    if (words[b].typed)
        lists(fix, path("/v2/%s/%s", from->at[a], words[b].typed), words[b].typed_entity, count);
    expect(fix, "GET", path("/v2/%s/%s", from->at[a], to->at[b]), NULL, status);
    if (linked)
        contains(fix, path("\"data\":{\"%s\":{\"id\":%lld", words[b].typed_entity, to->id[b]));
}

static void link_both(fixture *fix, const world *one, end a, const world *other, end b)
{
    const char *target = path("/v2/%s/%s", one->at[a], other->at[b]);
    sees(fix, one, a, other, b, false);
    expect(fix, "POST", target, NULL, 201);
    contains(fix, "{\"status\":\"Success\"}");
    expect(fix, "POST", target, "{}", 201);
    sees(fix, one, a, other, b, true);
    sees(fix, other, b, one, a, true);
    expect(fix, "DELETE", target, NULL, 200);
    expect(fix, "DELETE", target, NULL, 200);
    sees(fix, one, a, other, b, false);
    sees(fix, other, b, one, a, false);
}

static void everything_links_with_everything(void **state)
{
    fixture *fix = *state;
    world one, other;
    build(fix, &one, "Acme+CTI", 0);
    build(fix, &other, "Acme+CTI", 1);
    for (int a = 0; a < ENDS; a++) {
        for (int b = 0; b < ENDS; b++) {
            if (!is_indirect((end)a, (end)b))
                link_both(fix, &one, (end)a, &other, (end)b);
        }
    }
}

static void what_is_not_there_is_not_found(void **state)
{
    fixture *fix = *state;
    world one;
    static const char *const missing[] = {"indicators/hosts/no.example",
                                          "indicators/nothing/x",
                                          "groups/threats/99",
                                          "groups/nothing/1",
                                          "groups/threats/99999999999999999999",
                                          "tasks/99",
                                          "tasks/x",
                                          "victims/99"};
    build(fix, &one, "Acme+CTI", 0);
    for (int a = 0; a < ENDS; a++) {
        for (size_t i = 0; i < TOC_COUNT(missing); i++) {
            const char *target = path("/v2/%s/%s", one.at[a], missing[i]);
            expect(fix, "GET", target, NULL, 404);
            if (a == VICTIM && missing[i][0] != 'g' && missing[i][0] != 't')
                continue;
            expect(fix, "POST", target, NULL, 404);
            contains(fix, "The requested resource was not found");
            expect(fix, "DELETE", target, NULL, 404);
        }
        expect(fix, "GET", path("/v2/%s/groups/nothing", one.at[a]), NULL, 404);
        expect(fix, "GET", path("/v2/%s/groups?owner=Shared+Feed", one.at[a]), NULL, 404);
        expect(fix, "GET", path("/v2/%s/groups?filters=x%%3D1", one.at[a]), NULL, 400);
        /* With itself. */
        if (a == VICTIM)
            continue;
        expect(fix, "POST", path("/v2/%s/%s", one.at[a], one.at[a]), NULL, 400);
        contains(fix, "Invalid association");
    }
    expect(fix, "GET", "/v2/tasks/99/victims", NULL, 404);
    expect(fix, "POST", path("/v2/tasks/99/%s", one.at[GROUP]), NULL, 404);
}

/* 400 when the caller may see the other owner, else there is nothing (rest-v2 2.11). */
static void owners_are_not_mixed(void **state)
{
    fixture *fix = *state;
    world mine, theirs;
    build(fix, &mine, "Acme+CTI", 0);
    build(fix, &theirs, "Shared+Feed", 1);
    for (int a = 0; a < ENDS; a++) {
        for (int b = 0; b < ENDS; b++) {
            if (is_indirect((end)a, (end)b))
                continue;
            const char *target = path("/v2/%s/%s", mine.at[a], theirs.at[b]);
            expect(fix, "POST", target, NULL, 400);
            contains(fix, "The owners of the requested objects were different");
            assert_int_equal(ask_as(fix, &fix->user, "POST", target, NULL), 404);
            expect(fix, "DELETE", target, NULL, 404);
            expect(fix, "POST", path("%s?owner=Shared+Feed", target), NULL, 404);
        }
        expect(fix, "POST",
               path("/v2/%s/victimAssets/phoneNumbers/%lld", mine.at[a == VICTIM ? GROUP : a],
                    theirs.asset),
               NULL, 400);
    }
    lists(fix, path("/v2/%s/groups", mine.at[GROUP]), "group", 0);
}

static void a_victim_needs_an_asset_first(void **state)
{
    fixture *fix = *state;
    world one;
    build(fix, &one, "Acme+CTI", 0);
    long long bare = make(fix, "/v2/victims", "{\"name\":\"bare\"}");
    for (int a = 0; a < VICTIM; a++) {
        expect(fix, "POST", path("/v2/%s/victims/%lld", one.at[a], bare), NULL, 400);
        contains(fix, "Invalid association");
    }
    expect(fix, "POST", path("/v2/victims/%lld/%s", bare, one.at[GROUP]), NULL, 400);
    expect(fix, "POST", path("/v2/victims/%lld/%s", bare, one.at[TASK]), NULL, 400);
    lists(fix, path("/v2/victims/%lld/groups", bare), "group", 0);
    (void)make(fix, path("/v2/victims/%lld/victimAssets/webSites", bare), "{\"webSite\":\"w\"}");
    expect(fix, "POST", path("/v2/victims/%lld/%s", bare, one.at[GROUP]), NULL, 201);
}

static void victims_meet_others_in_groups(void **state)
{
    fixture *fix = *state;
    world one, other;
    build(fix, &one, "Acme+CTI", 0);
    build(fix, &other, "Acme+CTI", 1);
    expect(fix, "POST", path("/v2/%s/%s", one.at[VICTIM], one.at[GROUP]), NULL, 201);
    sees(fix, &one, VICTIM, &other, INDICATOR, false);
    expect(fix, "POST", path("/v2/%s/%s", one.at[GROUP], other.at[INDICATOR]), NULL, 201);
    sees(fix, &one, VICTIM, &other, INDICATOR, true);
    sees(fix, &other, INDICATOR, &one, VICTIM, true);
    lists(fix, path("/v2/%s/indicators/addresses", one.at[VICTIM]), "address", 0);
    lists(fix, path("/v2/%s/indicators?filters=summary%%5Eh1", one.at[VICTIM]), "indicator", 1);
    sees(fix, &one, VICTIM, &other, VICTIM, false);
    expect(fix, "POST", path("/v2/%s/%s", one.at[GROUP], other.at[VICTIM]), NULL, 201);
    sees(fix, &one, VICTIM, &other, VICTIM, true);
    sees(fix, &other, VICTIM, &one, VICTIM, true);
    /* Once, though they share two groups and a link of their own. */
    expect(fix, "POST", path("/v2/%s/%s", other.at[GROUP], other.at[INDICATOR]), NULL, 201);
    expect(fix, "POST", path("/v2/%s/%s", other.at[GROUP], one.at[VICTIM]), NULL, 201);
    expect(fix, "POST", path("/v2/%s/%s", other.at[INDICATOR], one.at[VICTIM]), NULL, 201);
    sees(fix, &one, VICTIM, &other, INDICATOR, true);
    /* Tasks and the like do not make them meet. */
    sees(fix, &one, VICTIM, &one, TASK, false);
}

static void sees_assets(fixture *fix, const world *made, end a, int count)
{
    lists(fix, path("/v2/%s/victimAssets", made->at[a]), "victimAsset", count);
}

static void linked_victims_bring_their_assets(void **state)
{
    fixture *fix = *state;
    world one;
    build(fix, &one, "Acme+CTI", 0);
    for (int a = 0; a < VICTIM; a++) {
        const char *asset = path("/v2/%s/victimAssets/phoneNumbers/%lld", one.at[a], one.asset);
        const char *victim = path("/v2/%s/%s", one.at[a], one.at[VICTIM]);
        sees_assets(fix, &one, (end)a, 0);
        expect(fix, "GET", asset, NULL, 404);
        expect(fix, "POST", victim, NULL, 201);
        sees_assets(fix, &one, (end)a, 1);
        contains(fix, path("\"webLink\":\"https://tip.example/auth/victim/victim.xhtml?victim=%lld",
                           one.id[VICTIM]));
        expect(fix, "GET", asset, NULL, 200);
        contains(fix, "\"data\":{\"victimPhone\":{\"id\":");
        lists(fix, path("/v2/%s/victimAssets/phoneNumbers", one.at[a]), "victimPhone", 1);
        contains(fix, "\"victimAsset\":[{");
        lists(fix, path("/v2/%s/victimAssets/webSites", one.at[a]), "victimWebSite", 0);
        expect(fix, "GET", path("/v2/%s/victimAssets/webSites/%lld", one.at[a], one.asset), NULL,
               404);
        /* One that is made later comes along, one that is taken out stays out. */
        long long later =
            make(fix, path("/v2/%s/victimAssets/webSites", one.at[VICTIM]), "{\"webSite\":\"w\"}");
        sees_assets(fix, &one, (end)a, 2);
        expect(fix, "DELETE", asset, NULL, 200);
        expect(fix, "DELETE", asset, NULL, 200);
        sees_assets(fix, &one, (end)a, 1);
        expect(fix, "GET", asset, NULL, 404);
        expect(fix, "POST", asset, NULL, 201);
        sees_assets(fix, &one, (end)a, 2);
        expect(fix, "DELETE", asset, NULL, 200);
        expect(fix, "POST", victim, NULL, 201);
        sees_assets(fix, &one, (end)a, 2);
        expect(fix, "DELETE", victim, NULL, 200);
        sees_assets(fix, &one, (end)a, 0);
        /* By itself. */
        expect(fix, "POST", asset, "{}", 201);
        expect(fix, "POST", asset, "{}", 201);
        sees_assets(fix, &one, (end)a, 1);
        expect(fix, "GET", asset, NULL, 200);
        expect(fix, "DELETE", asset, NULL, 200);
        sees_assets(fix, &one, (end)a, 0);
        expect(fix, "DELETE", path("/v2/%s/victimAssets/webSites/%lld", one.at[VICTIM], later),
               NULL, 200);
        expect(fix, "POST", path("/v2/%s/victimAssets/phoneNumbers/99", one.at[a]), NULL, 404);
        expect(fix, "POST", path("/v2/%s/victimAssets/nothing/1", one.at[a]), NULL, 404);
        expect(fix, "GET", path("%s?owner=Shared+Feed", asset), NULL, 404);
    }
}

static void old_clients_have_their_own_words(void **state)
{
    fixture *fix = *state;
    world one;
    build(fix, &one, "Acme+CTI", 0);
    const char *task = path("/v2/%s/task/%lld", one.at[VICTIM], one.id[TASK]);
    expect(fix, "POST", task, NULL, 201);
    sees(fix, &one, VICTIM, &one, TASK, true);
    expect(fix, "DELETE", task, NULL, 200);
    sees(fix, &one, VICTIM, &one, TASK, false);
    expect(fix, "POST", path("/v2/%s/%s", one.at[INDICATOR], one.at[TASK]), NULL, 201);
    sees(fix, &one, INDICATOR, &one, TASK, true);
    expect(fix, "DELETE", path("/v2/%s/tasks/tasks/%lld", one.at[INDICATOR], one.id[TASK]), NULL,
           200);
    sees(fix, &one, INDICATOR, &one, TASK, false);
    expect(fix, "POST", path("/v2/%s/%s", one.at[TASK], one.at[GROUP]), NULL, 201);
    lists(fix, path("/v2/%s/threats", one.at[TASK]), "threat", 1);
    expect(fix, "GET", path("/v2/%s/threats/%lld", one.at[TASK], one.id[GROUP]), NULL, 200);
    contains(fix, "\"data\":{\"threat\":{\"id\":");
    lists(fix, path("/v2/%s/incidents", one.at[TASK]), "incident", 0);
    expect(fix, "GET", path("/v2/%s/incidents/%lld", one.at[TASK], one.id[GROUP]), NULL, 404);
    expect(fix, "GET", path("/v2/%s/nothing", one.at[TASK]), NULL, 404);
}

static void a_removed_object_leaves_no_links(void **state)
{
    fixture *fix = *state;
    world one, other;
    build(fix, &one, "Acme+CTI", 0);
    build(fix, &other, "Acme+CTI", 1);
    for (int a = 0; a < ENDS; a++)
        expect(fix, "POST", path("/v2/%s/%s", one.at[a], other.at[GROUP]), NULL, 201);
    for (int a = 0; a < ENDS; a++) {
        lists(fix, path("/v2/%s/%s", other.at[GROUP], words[a].all), words[a].entity, 1);
        expect(fix, "DELETE", path("/v2/%s", one.at[a]), NULL, 200);
        lists(fix, path("/v2/%s/%s", other.at[GROUP], words[a].all), words[a].entity, 0);
    }
    sees_assets(fix, &other, GROUP, 0);
}

/* Tags and labels lead to every kind. */
static void tags_and_labels_lead_everywhere(void **state)
{
    static const char *const marks[] = {"tags/Phish%20Kit", "securityLabels/TLP:RED"};
    fixture *fix = *state;
    world one;
    build(fix, &one, "Acme+CTI", 0);
    for (size_t i = 0; i < TOC_COUNT(marks); i++) {
        for (int a = 0; a < ENDS; a++) {
            const char *through = path("/v2/%s/%s", marks[i], one.at[a]);
            expect(fix, "GET", through, NULL, 404);
            expect(fix, "POST", path("/v2/%s/%s", one.at[a], marks[i]), NULL, 201);
            expect(fix, "GET", through, NULL, 200);
            contains(fix, path("\"data\":{\"%s\":{\"id\":%lld", words[a].typed_entity, one.id[a]));
            lists(fix, path("/v2/%s/%s", marks[i], words[a].all), words[a].entity, 1);
            if (words[a].typed)
                lists(fix, path("/v2/%s/%s", marks[i], words[a].typed), words[a].typed_entity, 1);
            expect(fix, "GET", path("/v2/%s/%s?owner=Shared+Feed", marks[i], one.at[a]), NULL, 404);
        }
    }
    expect(fix, "GET", "/v2/tags/none/tasks", NULL, 404);
    expect(fix, "GET", "/v2/securityLabels/none/victims", NULL, 404);
}

/* What a change must bring, and how refusals call it. */
static void groups_are_checked(void **state)
{
    static const struct {
        const char *body, *text;
    } rows[] = {
        {"{\"fileName\":\"s\",\"fileType\":\"YARA\"}",
         "The name for this Signature is invalid, please enter a name between 1-100 characters in "
         "length"},
        {"{\"name\":\"s\",\"fileType\":\"YARA\"}",
         "The fileName for this Signature is invalid, please enter a fileName between 1-255"},
        {"{\"name\":\"s\",\"fileName\":\"s\"}", "The fileType for this Signature is invalid"},
        {"{\"name\":\"s\",\"fileName\":\"s\",\"fileType\":\"Perl\"}",
         "The fileType for this Signature is invalid, please enter one of the following values: "
         "Bro, ClamAV, "},
    };
    fixture *fix = *state;
    long long id = make(fix, "/v2/groups/signatures",
                        "{\"name\":\"s\",\"fileName\":\"s\",\"fileType\":\"YARA\",\"fileText\":"
                        "\"rule\"}");
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, "PUT", path("/v2/groups/signatures/%lld", id), rows[i].body, 400);
        contains(fix, rows[i].text);
    }
    long long incident = make(fix, "/v2/groups/incidents", "{\"name\":\"i\"}");
    const char *one = path("/v2/groups/incidents/%lld", incident);
    expect(fix, "PUT", one, "{}", 200);
    expect(fix, "PUT", one, "{\"status\":\"Sleepy\"}", 400);
    contains(fix, "The status for this Incident is invalid, please enter one of the following "
                  "values: New, Open, Stalled, ");
    expect(fix, "PUT", one, "{\"eventDate\":\"soonish\"}", 400);
    contains(fix, "Please enter the eventDate in number of milliseconds since January 1, 1970, "
                  "00:00:00 GMT");
    expect(fix, "PUT", one, "{\"name\":\"\"}", 400);
    contains(fix, "The name for this Incident is invalid, please enter a name between 1-100 "
                  "characters in length");
    expect(fix, "GET", path("%s?includes=additional", one), NULL, 200);
    contains(fix, "\"createdBy\":");
}

/* rest-v2 5.9 */
static void every_group_has_its_page(void **state)
{
    static const char *const rows[][2] = {
        {"adversaries", "adversary"},
        {"attackPatterns", "attackpattern"},
        {"campaigns", "campaign"},
        {"coursesOfAction", "courseofaction"},
        {"documents", "document"},
        {"emails", "email"},
        {"events", "event"},
        {"incidents", "incident"},
        {"intrusionSets", "intrusionset"},
        {"malware", "malware"},
        {"reports", "report"},
        {"signatures", "signature"},
        {"tactics", "tactic"},
        {"threats", "threat"},
        {"tools", "tool"},
        {"vulnerabilities", "vulnerability"},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const char *word = rows[i][1];
        long long id = make(fix, path("/v2/groups/%s", rows[i][0]),
                            "{\"name\":\"g\",\"fileName\":\"f\",\"fileType\":\"YARA\",\"fileText\":"
                            "\"r\",\"subject\":\"s\",\"header\":\"h\",\"body\":\"b\"}");
        contains(fix, path("\"webLink\":\"https://tip.example/auth/%s/%s.xhtml?%s=%lld\"", word,
                           word, word, id));
    }
}

/* Refusals name what was asked for. */
static void readers_change_nothing(void **state)
{
    static const struct {
        const char *method, *target, *text;
    } rows[] = {
        {"POST", "/v2/tasks", "The requested Task was not created - access was denied"},
        {"PUT", "/v2/tasks/1", "The requested Task was not updated - access was denied"},
        {"DELETE", "/v2/victims/1", "The requested Victim was not removed - access was denied"},
        {"POST", "/v2/victims/1/victimAssets/phoneNumbers",
         "The requested Victim Asset was not created - access was denied"},
        {"DELETE", "/v2/groups/adversaries/1/adversaryAssets/handles/1",
         "The requested Adversary Asset was not removed - access was denied"},
        {"POST", "/v2/groups/coursesOfAction",
         "The requested Course of Action was not created - access was denied"},
        {"POST", "/v2/indicators/hosts", "The requested Host was not created - access was denied"},
        {"POST", "/v2/tasks/1/assignees/x",
         "The requested Assignee was not created - access was denied"},
        {"DELETE", "/v2/tasks/1/victims/1",
         "The requested Association was not removed - access was denied"},
    };
    fixture *fix = *state;
    toc_new_user reader;
    assert_int_equal(
        toc_platform_add_user_as(fix->platform, "Acme CTI", "Read Only User", NULL, &reader, NULL),
        0);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(ask_as(fix, &reader, rows[i].method, rows[i].target, "{}"), 401);
        contains(fix, rows[i].text);
    }
    assert_int_equal(ask_as(fix, &reader, "GET", "/v2/tasks", NULL), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_links_with_everything, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_not_found, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(owners_are_not_mixed, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(a_victim_needs_an_asset_first, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(victims_meet_others_in_groups, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(linked_victims_bring_their_assets, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(old_clients_have_their_own_words, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(a_removed_object_leaves_no_links, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(tags_and_labels_lead_everywhere, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(groups_are_checked, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(every_group_has_its_page, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(readers_change_nothing, walk_setup, walk_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
