/* Files whose hashes belong to stored files: every mode of merging and of collision (rest-v2 4.9).
 */
#include "wire/batch_fixture.h"

#define M1 "AAD88612FEA8A8F36DE82E1278ABB02F"
#define M2 "BBD88612FEA8A8F36DE82E1278ABB02F"
#define S1 "AA95856CE81F2B7382DEE72602F798B642F14140"
#define S2 "BB95856CE81F2B7382DEE72602F798B642F14140"
#define H1 "AA5A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"
#define H2 "BB5A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"

/* A file by its hashes, "" for one that it lacks; more begins with a comma. */
#define ITEM(md5, sha1, sha256, more)                                                              \
    "{\"type\":\"File\",\"md5\":\"" md5 "\",\"sha1\":\"" sha1 "\",\"sha256\":\"" sha256 "\"" more  \
    "}"
#define ONE(item) "{\"indicator\":[" item "]}"
#define TWO(a, b) "{\"indicator\":[" a "," b "]}"
#define INCOMING(md5, sha1, sha256) ONE(ITEM(md5, sha1, sha256, ",\"confidence\":44"))

/* What is stored afterwards: each expected file as "summary/confidence", sorted as the list is. */
typedef struct mode_case {
    const char *name, *stored, *merge, *collision, *incoming;
    const char *wanted[4]; /* summaries, with * behind those that got the incoming confidence */
    int warnings;
} mode_case;

#define A_AND_B TWO(ITEM(M1, "", "", ""), ITEM("", S1, "", ""))
/* They contradict each other in the SHA-1. */
#define AT_ODDS TWO(ITEM(M1, S2, "", ""), ITEM("", S1, H1, ""))
#define ALONE ONE(ITEM(M1, S1, "", ""))

static const mode_case cases[] = {
    {"none there",
     ONE(ITEM(M2, "", "", "")),
     "Merge",
     "FavorIncoming",
     INCOMING(M1, S1, ""),
     {M2, M1 " : " S1 "*"},
     0},
    {"a superset fills",
     ALONE,
     "Merge",
     "IgnoreIncoming",
     INCOMING(M1, S1, H1),
     {M1 " : " S1 " : " H1 "*"},
     0},
    {"a subset adds nothing", ALONE, "Merge", "Split", INCOMING(M1, "", ""), {M1 " : " S1 "*"}, 0},
    {"one, FavorIncoming",
     ALONE,
     "Merge",
     "FavorIncoming",
     INCOMING(M1, S2, ""),
     {M1 " : " S2 "*"},
     1},
    {"one, FavorIncoming with more",
     ALONE,
     "Merge",
     "FavorIncoming",
     INCOMING(M1, S2, H1),
     {M1 " : " S2 " : " H1 "*"},
     1},
    {"one, FavorExisting",
     ALONE,
     "Merge",
     "FavorExisting",
     INCOMING(M1, S2, ""),
     {M1 " : " S1 "*"},
     1},
    {"one, FavorExisting fills",
     ALONE,
     "Merge",
     "FavorExisting",
     INCOMING(M1, S2, H1),
     {M1 " : " S1 " : " H1 "*"},
     1},
    {"one, IgnoreIncoming",
     ALONE,
     "Merge",
     "IgnoreIncoming",
     INCOMING(M1, S2, H1),
     {M1 " : " S1},
     1},
    {"one, IgnoreExisting, nothing left",
     ALONE,
     "Merge",
     "IgnoreExisting",
     INCOMING(M1, S2, ""),
     {M1 " : " S1},
     1},
    {"one, IgnoreExisting, a rest",
     ALONE,
     "Merge",
     "IgnoreExisting",
     INCOMING(M1, S2, H1),
     {M1 " : " S1, H1 "*"},
     1},
    {"one, Split", ALONE, "Merge", "Split", INCOMING(M1, S2, H1), {M1 " : " S1 "*"}, 1},
    {"several, Merge",
     A_AND_B,
     "Merge",
     "FavorIncoming",
     INCOMING(M1, S1, H1),
     {M1 " : " S1 " : " H1 "*"},
     1},
    {"several in harmony, Merge whatever the collision mode",
     A_AND_B,
     "Merge",
     "Split",
     INCOMING(M1, S1, ""),
     {M1 " : " S1 "*"},
     1},
    {"several, Distribute",
     A_AND_B,
     "Distribute",
     "FavorIncoming",
     INCOMING(M1, S1, ""),
     {M1 "*", S1 "*"},
     0},
    {"several, Distribute, a hash of nobody",
     A_AND_B,
     "Distribute",
     "FavorIncoming",
     INCOMING(M1, S1, H1),
     {M1 "*", S1 "*"},
     1},
    {"at odds, Merge, FavorIncoming",
     AT_ODDS,
     "Merge",
     "FavorIncoming",
     INCOMING(M1, S1, ""),
     {M1 " : " S1 " : " H1 "*"},
     1},
    {"at odds with a third, FavorIncoming",
     AT_ODDS,
     "Merge",
     "FavorIncoming",
     INCOMING(M1, "", H1),
     {M1 " : " S1 " : " H1 "*"},
     1},
    {"at odds, IgnoreIncoming",
     AT_ODDS,
     "Merge",
     "IgnoreIncoming",
     INCOMING(M1, S1, ""),
     {M1 " : " S2, S1 " : " H1},
     1},
    {"at odds, IgnoreExisting",
     AT_ODDS,
     "Merge",
     "IgnoreExisting",
     INCOMING(M1, S1, ""),
     {M1 " : " S1 "*"},
     1},
    {"at odds, Split",
     AT_ODDS,
     "Merge",
     "Split",
     INCOMING(M1, S1, ""),
     {M1 " : " S2 "*", S1 " : " H1 "*"},
     0},
    {"at odds, Distribute",
     AT_ODDS,
     "Distribute",
     "FavorExisting",
     INCOMING(M1, S1, ""),
     {M1 " : " S2 "*", S1 " : " H1 "*"},
     0},
    {"in harmony, but not with the item, IgnoreExisting",
     TWO(ITEM(M1, "", H2, ""), ITEM("", S1, "", "")),
     "Merge",
     "IgnoreExisting",
     INCOMING(M1, S1, H1),
     {M1 " : " H2, S1},
     1},
    {"two and the item differs, FavorExisting",
     TWO(ITEM(M1, "", H2, ""), ITEM("", S1, "", "")),
     "Merge",
     "FavorExisting",
     INCOMING(M1, S1, H1),
     {M1 " : " S1 " : " H2 "*"},
     2},
    {"two and the item differs, FavorIncoming",
     TWO(ITEM(M1, "", H2, ""), ITEM("", S1, "", "")),
     "Merge",
     "FavorIncoming",
     INCOMING(M1, S1, H1),
     {M1 " : " S1 " : " H1 "*"},
     2},
};

static void expect_file(fixture *fix, const mode_case *row, const char *wanted)
{
    char first[80], target[160], summary[256];
    size_t len = strcspn(wanted, "*");
    size_t end = strcspn(wanted, " *");
    (void)snprintf(first, sizeof(first), "%.*s", (int)end, wanted);
    (void)snprintf(target, sizeof(target), "/v2/indicators/files/%s", first);
    if (get(fix, target) != 200)
        fail_msg("%s: %s is gone", row->name, first);
    bool touched = strstr(fixture_body(fix), "\"confidence\":44") != NULL;
    if (touched != (wanted[len] == '*'))
        fail_msg("%s: values of %s: %s", row->name, first, fixture_body(fix));
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    (void)snprintf(summary, sizeof(summary), "\"summary\":\"%.*s\"", (int)len, wanted);
    if (!strstr(fixture_body(fix), summary))
        fail_msg("%s: no %s in %s", row->name, summary, fixture_body(fix));
}

static void check_warnings(fixture *fix, const mode_case *row)
{
    long long job = 0;
    char target[96];
    /* Warnings are no errors, so the answer carries no id: the job is the youngest one. */
    for (long long id = 1; id < 9; id++) {
        (void)snprintf(target, sizeof(target), "/v2/batch/%lld", id);
        if (get(fix, target) == 200)
            job = id;
    }
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?code=0x2003&severity=warn", job);
    int status = get(fix, target);
    if (status != (row->warnings ? 200 : 404) ||
        (row->warnings &&
         count_of(fix, "\"code\":\"0x2003\",\"severity\":\"Warning\"") != row->warnings))
        fail_msg("%s: warnings: %s", row->name, fixture_body(fix));
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/errors", job);
    assert_int_equal(get(fix, target), 404);
}

static void run_case(const mode_case *row)
{
    void *state = NULL;
    char config[256];
    size_t wanted = 0;
    assert_int_equal(batch_setup(&state), 0);
    fixture *fix = state;
    assert_int_equal(batch(fix, row->stored), 200);
    contains(fix, "\"errorCount\":0");
    (void)snprintf(config, sizeof(config),
                   SETTINGS(",\"fileMergeMode\":\"%s\",\"hashCollisionMode\":\"%s\""), row->merge,
                   row->collision);
    assert_int_equal(batch_with(fix, config, toc_str_of(row->incoming), false), 200);
    if (!strstr(fixture_body(fix), "\"errorCount\":0"))
        fail_msg("%s: %s", row->name, fixture_body(fix));
    lacks(fix, "\"id\":");
    while (wanted < TOC_COUNT(row->wanted) && row->wanted[wanted])
        expect_file(fix, row, row->wanted[wanted++]);
    if (list_size(fix, "/v2/indicators") != (long long)wanted)
        fail_msg("%s: %s", row->name, fixture_body(fix));
    check_warnings(fix, row);
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
    batch_teardown(&state);
}

static void every_mode(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(cases); i++)
        run_case(&cases[i]);
}

/* The newest keeps its rating; tags, labels, attributes, links and occurrences of the other move.
 */
static void what_hangs_on_a_file_moves(void **state)
{
    fixture *fix = *state;
    load(
        fix,
        "{\"group\":[{\"type\":\"Threat\",\"name\":\"t\",\"xid\":\"t-1\"}],\"indicator\":[" ITEM(
            M1, "", "",
            ",\"rating\":2,\"tag\":[{\"name\":\"one\"}],\"securityLabel\":[{\"name\":\"TLP:RED\"}],"
            "\"attribute\":[{\"type\":\"Note\",\"value\":\"n\"}],"
            "\"fileOccurrence\":{\"fileName\":\"a.exe\"},"
            "\"associatedGroups\":[{\"groupXid\":\"t-1\"}],"
            "\"dateAdded\":\"2024-01-01T00:00:00Z\",\"lastModified\":\"2024-01-01T00:00:00Z\"") "," ITEM("",
                                                                                                         S1,
                                                                                                         "",
                                                                                                         ",\"rating\":4,\"tag\":[{\"name\":\"two\"}],"
                                                                                                         "\"attribute\":[{\"type\":\"Note\",\"value\":\"n\"}]") "]}",
        3);
    load(fix, ONE(ITEM(M1, S1, "", ",\"confidence\":9")), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/files"), 1);
    contains(fix, "\"rating\":4.0,\"confidence\":9");
    assert_int_equal(list_size(fix, "/v2/indicators/files/" M1 "/tags"), 2);
    assert_int_equal(list_size(fix, "/v2/indicators/files/" S1 "/securityLabels"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/files/" S1 "/attributes"), 2);
    assert_int_equal(list_size(fix, "/v2/indicators/files/" S1 "/groups"), 1);
    expect(fix, "GET", "/v2/indicators/files/" S1 "/fileOccurrences", NULL, 200);
    contains(fix, "a.exe");
}

static void three_become_one(void **state)
{
    fixture *fix = *state;
    load(fix,
         "{\"indicator\":[" ITEM(M1, "", "", "") "," ITEM("", S1, "", "") "," ITEM("", "", H1,
                                                                                   "") "]}",
         3);
    load(fix, ONE(ITEM(M1, S1, H1, "")), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/files"), 1);
    contains(fix, M1);
    contains(fix, S1);
    contains(fix, H1);
}

/* A removal that names several stored files removes each of them. */
static void a_removal_takes_every_match(void **state)
{
    fixture *fix = *state;
    load(fix, A_AND_B, 2);
    run_batch(fix, REMOVAL(""), ONE(ITEM(M1, S1, "", "")), 1, 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 0);
}

/* Nor does one that is left out bring its links. */
static void what_is_ignored_links_nothing(void **state)
{
    fixture *fix = *state;
    static const char item[] = ONE(ITEM(M1, S2, "",
                                        ",\"associatedIndicators\":[{\"summary\":\"192.0.2.1\","
                                        "\"indicatorType\":\"Address\"}]"));
    load(fix, TWO(ITEM(M1, S1, "", ""), "{\"type\":\"Address\",\"summary\":\"192.0.2.1\"}"), 2);
    assert_int_equal(batch_with(fix, SETTINGS(",\"hashCollisionMode\":\"IgnoreIncoming\""),
                                toc_str_of(item), false),
                     200);
    assert_int_equal(list_size(fix, "/v2/indicators/files/" M1 "/indicators"), 0);
    load(fix, item, 1);
    assert_int_equal(list_size(fix, "/v2/indicators/files/" M1 "/indicators"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mode),
        batch_test(what_hangs_on_a_file_moves),
        batch_test(three_become_one),
        batch_test(a_removal_takes_every_match),
        batch_test(what_is_ignored_links_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
