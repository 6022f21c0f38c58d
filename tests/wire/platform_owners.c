/* Owners, the caller, members, metrics by day. */
#include "wire/signed.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "platform/members.h"

static void owners_are_listed(void **state)
{
    fixture *fix = *state;
    const toc_new_user *user = &fix->user;
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners", NULL), 200);
    assert_string_equal(fixture_body(fix),
                        "{\"status\":\"Success\",\"data\":{\"resultCount\":1,\"owner\":[{\"id\":1,"
                        "\"name\":\"Acme CTI\",\"type\":\"Organization\"}]}}");
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners/mine", NULL), 200);
    assert_string_equal(fixture_body(fix),
                        "{\"status\":\"Success\",\"data\":{\"owner\":{\"id\":1,\"name\":\"Acme "
                        "CTI\",\"type\":\"Organization\"}}}");
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners/2", NULL), 404);
    assert_int_equal(
        toc_platform_grant(fix->platform, user->access_id, "Shared Feed", "Commenter", NULL), 0);
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners/2", NULL), 200);
    contains(fix, "\"type\":\"Source\"");
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners", NULL), 200);
    contains(fix, "\"resultCount\":2");
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners?resultStart=1&resultLimit=1", NULL),
                     200);
    lacks(fix, "resultCount");
    lacks(fix, "Acme");
    contains(fix, "Shared Feed");
    assert_int_equal(
        toc_platform_grant(fix->platform, user->access_id, "Shared Feed", "Banned", NULL), 0);
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners/2", NULL), 404);
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners/0", NULL), 404);
    assert_int_equal(ask_as(fix, user, "GET", "/api/v2/owners/99999999999999999999", NULL), 404);
}

static void the_caller_is_named(void **state)
{
    fixture *fix = *state;
    char wanted[512];
    toc_user_texts texts = {.first_name = "Ada", .last_name = "Heron \"H\"", .pseudonym = "kite"};
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/whoami", NULL), 200);
    (void)snprintf(wanted, sizeof(wanted),
                   "{\"status\":\"Success\",\"data\":{\"user\":{\"userName\":\"%s\",\"firstName\":"
                   "\"\",\"lastName\":\"%s\",\"pseudonym\":\"user1\",\"role\":\"Api User\"}}}",
                   fix->user.access_id, fix->user.access_id);
    assert_string_equal(fixture_body(fix), wanted);
    assert_int_equal(toc_platform_describe_user(fix->platform, fix->user.access_id, &texts, NULL),
                     0);
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/whoami", NULL), 200);
    contains(fix, "\"firstName\":\"Ada\",\"lastName\":\"Heron \\\"H\\\"\",\"pseudonym\":\"kite\"");
    texts = (toc_user_texts){.first_name = "\xff"};
    assert_int_equal(toc_platform_describe_user(fix->platform, fix->user.access_id, &texts, NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_platform_describe_user(fix->platform, fix->user.access_id, NULL, NULL),
                     TOC_EINVAL);
    texts = (toc_user_texts){.first_name = "x"};
    assert_int_equal(toc_platform_describe_user(fix->platform, "1", &texts, NULL), TOC_ENOTFOUND);
}

#define MEMBERS "/api/v2/owners/mine/members"

static void members_are_listed(void **state)
{
    fixture *fix = *state;
    char wanted[1024];
    toc_new_user second, gone;
    toc_user_texts texts = {.first_name = "Ada", .last_name = "Heron", .pseudonym = "kite"};
    assert_int_equal(
        toc_platform_add_user_as(fix->platform, "Acme CTI", "Standard User", &texts, &second, NULL),
        0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &gone, NULL), 0);
    assert_int_equal(toc_platform_revoke_user(fix->platform, gone.access_id, NULL), 0);
    assert_int_equal(ask_as(fix, &second, "GET", MEMBERS, NULL), 200);
    (void)snprintf(wanted, sizeof(wanted),
                   "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"user\":[{\"userName\":"
                   "\"%s\",\"firstName\":\"\",\"lastName\":\"%s\"},{\"userName\":\"%s\","
                   "\"firstName\":\"Ada\",\"lastName\":\"Heron\"}]}}",
                   fix->user.access_id, fix->user.access_id, second.access_id);
    assert_string_equal(fixture_body(fix), wanted);
    assert_int_equal(ask_as(fix, &second, "GET", MEMBERS "?resultStart=1", NULL), 200);
    lacks(fix, "resultCount");
    lacks(fix, fix->user.access_id);
    assert_int_equal(toc_platform_set_anonymous(fix->platform, "Acme CTI", true, NULL), 0);
    assert_int_equal(ask_as(fix, &second, "GET", MEMBERS, NULL), 200);
    assert_string_equal(fixture_body(fix),
                        "{\"anonymous\":true,\"status\":\"Success\",\"resultCount\":2,\"members\":"
                        "[{\"pseudonym\":\"user1\"},{\"pseudonym\":\"kite\"}]}");
    assert_int_equal(toc_platform_set_anonymous(fix->platform, "None", true, NULL), TOC_ENOTFOUND);
    assert_int_equal(toc_platform_set_anonymous(NULL, "None", true, NULL), TOC_EINVAL);
}

#define METRICS "/api/v2/owners/metrics"

static const char *const fields[] = {"metricDate",
                                     "totalIndicator",
                                     "totalHost",
                                     "totalAddress",
                                     "totalEmailAddress",
                                     "totalFile",
                                     "totalUrl",
                                     "totalGroup",
                                     "totalThreat",
                                     "totalIncident",
                                     "totalEmail",
                                     "totalCampaign",
                                     "totalAdversary",
                                     "totalSignature",
                                     "totalTask",
                                     "totalDocument",
                                     "totalTag",
                                     "totalTrack",
                                     "totalResult",
                                     "totalIndicatorAttribute",
                                     "totalGroupAttribute",
                                     "averageIndicatorRating",
                                     "averageIndicatorConfidence",
                                     "totalEnrichedIndicator",
                                     "totalGroupIndicator",
                                     "totalObservationDaily",
                                     "totalObservationIndicator",
                                     "totalObservationAddress",
                                     "totalObservationEmailAddress",
                                     "totalObservationFile",
                                     "totalObservationHost",
                                     "totalObservationUrl",
                                     "totalFalsePositiveDaily",
                                     "totalFalsePositive"};

static void fill(fixture *fix)
{
    expect(fix, "POST", "/api/v2/indicators/hosts",
           "{\"hostName\":\"a.example\",\"rating\":4,\"confidence\":50,\"description\":\"x\"}",
           201);
    expect(fix, "POST", "/api/v2/indicators/hosts",
           "{\"hostName\":\"b.example\",\"rating\":3,\"active\":false}", 201);
    expect(fix, "POST", "/api/v2/indicators/addresses", "{\"ip\":\"203.0.113.7\"}", 201);
    expect(fix, "POST", "/api/v2/groups/threats", "{\"name\":\"T\",\"description\":\"y\"}", 201);
    char target[128];
    (void)snprintf(target, sizeof(target), "/api/v2/groups/threats/%lld/indicators/hosts/a.example",
                   number_of(fix, "id"));
    expect(fix, "POST", target, NULL, 201);
    expect(fix, "POST", "/api/v2/indicators/hosts/a.example/tags/Heron", NULL, 201);
}

/* The last entry of the answer. */
static const char *last_day(fixture *fix)
{
    const char *last = NULL;
    for (const char *at = fixture_body(fix); (at = strstr(at, "{\"metricDate\"")) != NULL; at++)
        last = at;
    assert_non_null(last);
    return last;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no %s in %s", part, text);
}

static void metrics_have_all_members(void **state)
{
    fixture *fix = *state;
    char date[TOC_TIME_TEXT + 4];
    int64_t before = toc_time_now() / 86400;
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    /* Of a day, the counts move with what is stored as long as the owner is small. */
    fill(fix);
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"resultCount\":30,\"ownerMetric\":[{");
    const char *at = last_day(fix);
    for (size_t i = 0; i < TOC_COUNT(fields); i++) {
        char word[64];
        (void)snprintf(word, sizeof(word), "\"%s\":", fields[i]);
        assert_int_equal(count_of(fix, word), 30);
        at = strstr(at, word);
        assert_non_null(at); /* in this order */
    }
    at = last_day(fix);
    if (toc_time_now() / 86400 == before) {
        (void)toc_time_format(before * 86400, date);
        assert_memory_equal(at + strlen("{\"metricDate\":\""), date, 10);
        (void)toc_time_format((before - 29) * 86400, date);
        date[10] = '\0';
        at = strstr(fixture_body(fix), "metricDate");
        assert_memory_equal(at + strlen("metricDate\":\""), date, 10);
        at = last_day(fix);
    }
    has(at, "\"totalIndicator\":3,\"totalHost\":2,\"totalAddress\":1,\"totalEmailAddress\":0,");
    has(at, "\"totalGroup\":1,\"totalThreat\":1,\"totalIncident\":0,");
    has(at, "\"totalTag\":1,");
    has(at, "\"totalIndicatorAttribute\":1,\"totalGroupAttribute\":1,");
    has(at, "\"averageIndicatorRating\":3.5,\"averageIndicatorConfidence\":50.0,");
    has(at, "\"totalGroupIndicator\":1,");
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS "?resultStart=29", NULL), 200);
    assert_int_equal(count_of(fix, "metricDate"), 1);
    lacks(fix, "resultCount");
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"more.example\",\"confidence\":51}",
           201);
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    has(last_day(fix), "\"averageIndicatorConfidence\":50.5,");
}

static void run_sql(fixture *fix, const char *sql)
{
    sqlite3 *db = NULL;
    toc_platform_close(fix->platform);
    assert_int_equal(sqlite3_open(fix->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    fixture_open(fix, 500);
}

static void days_without_counts_carry_the_last(void **state)
{
    fixture *fix = *state;
    run_sql(fix, "INSERT INTO owner_metric VALUES"
                 "(1, unixepoch() / 86400 - 40, '{\"totalHost\":7.0,\"totalUrl\":1.0}'),"
                 "(1, unixepoch() / 86400 - 20, '{\"totalHost\":9.0,"
                 "\"totalObservationDaily\":5.0,\"averageIndicatorRating\":2.25}')");
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    assert_int_equal(count_of(fix, "\"totalHost\":7,"), 9);
    assert_int_equal(count_of(fix, "\"totalUrl\":1,"), 9);
    assert_int_equal(count_of(fix, "\"totalHost\":9,"), 20);
    assert_int_equal(count_of(fix, "\"totalObservationDaily\":5,"), 1);
    assert_int_equal(count_of(fix, "\"averageIndicatorRating\":2.25,"), 20);
    /* Today is counted, whatever was. */
    has(last_day(fix), "\"totalHost\":0,");
    run_sql(fix, "UPDATE owner_metric SET counts = '{\"totalHost\":'");
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 500);
    contains(fix, "An unknown error occurred");
}

/* To read them needs no room on the disk, though today's counts are to be kept. */
static void metrics_are_read_from_a_full_disk(void **state)
{
    fixture *fix = *state;
    struct rlimit former, none;
    fill(fix);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    none = former;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int status = get(fix, METRICS);
    int added = ask(fix, "POST", "/v2/tags", "{\"name\":\"t\"}");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    assert_int_equal(added, 507);
    assert_int_equal(status, 200);
    expect(fix, "GET", METRICS, NULL, 200);
    expect(fix, "POST", "/v2/tags", "{\"name\":\"t\"}", 200);
}

/* The worker sees that a day has ended. */
static void the_end_of_a_day_is_kept(void **state)
{
    fixture *fix = *state;
    int64_t now = toc_time_now();
    toc_error err = {0};
    fill(fix);
    assert_int_equal(toc__keep_metrics(fix->platform, now - 86400, &err), 0);
    assert_int_equal(toc__keep_metrics(fix->platform, now - 86400, &err), 0);
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    assert_int_equal(count_of(fix, "\"totalHost\":2,"), 1);
    assert_int_equal(toc__keep_metrics(fix->platform, now, &err), 0);
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    assert_int_equal(count_of(fix, "\"totalHost\":2,"), 2);
    assert_int_equal(count_of(fix, "\"totalGroupAttribute\":1,"), 2);
    assert_int_equal(toc__keep_metrics(fix->platform, now + 3 * 86400, &err), 0);
    assert_int_equal(ask_as(fix, &fix->user, "GET", METRICS, NULL), 200);
    assert_int_equal(count_of(fix, "\"totalHost\":2,"), 2);
}

static void metrics_of_unseen_owners_are_not_there(void **state)
{
    fixture *fix = *state;
    char first[256];
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/owners/2/metrics", NULL), 404);
    (void)snprintf(first, sizeof(first), "%s", fixture_body(fix));
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/owners/99/metrics", NULL), 404);
    assert_string_equal(first, fixture_body(fix));
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/owners/x/metrics", NULL), 404);
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/owners/1/metrics", NULL), 200);
}

typedef struct seen {
    int users, revoked, owners, anonymous;
} seen;

static toc_rc see_user(void *context, const toc_user_entry *entry)
{
    seen *all = context;
    all->users++;
    all->revoked += entry->revoked;
    assert_true(toc_str_equal(entry->organization, TOC_S("Acme CTI")));
    return TOC_OK;
}

static toc_rc see_owner(void *context, const toc_owner_entry *entry)
{
    seen *all = context;
    all->owners++;
    all->anonymous += entry->anonymous;
    return TOC_OK;
}

static toc_rc see_none(void *context, const toc_owner_entry *entry)
{
    (void)entry;
    (void)context;
    return TOC_ECANCELED;
}

static void administrators_list_them(void **state)
{
    fixture *fix = *state;
    seen all = {0};
    toc_new_user user;
    assert_int_equal(toc_platform_add_user_as(fix->platform, "Acme CTI", "King", NULL, &user, NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &user, NULL), 0);
    assert_int_equal(toc_platform_revoke_user(fix->platform, user.access_id, NULL), 0);
    assert_int_equal(toc_platform_set_anonymous(fix->platform, "Shared Feed", true, NULL), 0);
    assert_int_equal(toc_platform_list_users(fix->platform, see_user, &all, NULL), 0);
    assert_int_equal(toc_platform_list_owners(fix->platform, see_owner, &all, NULL), 0);
    assert_int_equal(all.users, 2);
    assert_int_equal(all.revoked, 1);
    assert_int_equal(all.owners, 2);
    assert_int_equal(all.anonymous, 1);
    assert_int_equal(toc_platform_list_owners(fix->platform, see_none, &all, NULL), TOC_ECANCELED);
    assert_int_equal(toc_platform_list_owners(fix->platform, NULL, &all, NULL), TOC_EINVAL);
    assert_int_equal(toc_platform_list_users(NULL, see_user, &all, NULL), TOC_EINVAL);
    /* Roles of organisations have no meaning elsewhere. */
    assert_int_equal(toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed",
                                        "Standard User", NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_platform_set_observes(fix->platform, fix->user.access_id, false, NULL), 0);
    assert_int_equal(toc_platform_set_observes(fix->platform, "1", false, NULL), TOC_ENOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(owners_are_listed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_caller_is_named, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(members_are_listed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(metrics_have_all_members, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(days_without_counts_carry_the_last, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(metrics_are_read_from_a_full_disk, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(the_end_of_a_day_is_kept, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(metrics_of_unseen_owners_are_not_there, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(administrators_list_them, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
