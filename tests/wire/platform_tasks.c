/* Tasks: their fields, the states that follow from dates, the people, the filters. */
#include "wire/platform_walk.h"

static void tasks_go_round(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/api/v2/tasks",
                        "{\"name\":\"Block hosts\",\"dueDate\":\"2099-03-09T00:00:00Z\","
                        "\"overdue\":true,\"owner\":\"Acme CTI\",\"status\":null}");
    contains(fix, "\"data\":{\"task\":{\"id\":");
    contains(fix, "\"owner\":{\"id\":1,\"name\":\"Acme CTI\",\"type\":\"Organization\"}");
    contains(fix,
             path("\"webLink\":\"https://tip.example/auth/workflow/task.xhtml?task=%lld\"", id));
    contains(fix, "\"status\":\"Not Started\",\"escalated\":false,\"reminded\":false,"
                  "\"overdue\":false,\"dueDate\":\"2099-03-09T00:00:00Z\"}");
    contains(fix, "\"lastModified\":");
    lacks(fix, "\"assignee\"");
    lacks(fix, "\"type\":\"Task\"");
    expect(fix, "GET", path("/v2/Tasks/%lld/", id), NULL, 200);
    expect(fix, "PUT", path("/v2/tasks/%lld", id), "{\"status\":\"in progress\"}", 200);
    contains(fix, "\"status\":\"In Progress\"");
    contains(fix, "\"name\":\"Block hosts\"");
    expect(fix, "PUT", path("/v2/tasks/%lld", id), "{\"status\":\"\",\"name\":\"Other\"}", 200);
    contains(fix, "\"status\":\"In Progress\"");
    lists(fix, "/v2/tasks", "task", 1);
    contains(fix, "\"name\":\"Other\",\"ownerName\":\"Acme CTI\"");
    lacks(fix, "lastModified");
    expect(fix, "GET", path("/v2/tasks/%lld?owner=Shared+Feed", id), NULL, 404);
    expect(fix, "PUT", path("/v2/tasks/%lld?owner=Shared+Feed", id), "{\"name\":\"x\"}", 404);
    expect(fix, "DELETE", path("/v2/tasks/%lld?owner=Shared+Feed", id), NULL, 404);
    expect(fix, "DELETE", path("/v2/tasks/%lld", id), NULL, 200);
    expect(fix, "GET", path("/v2/tasks/%lld", id), NULL, 404);
    lists(fix, "/v2/tasks", "task", 0);
}

static void dates_make_states(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/tasks",
                        "{\"name\":\"late\",\"dueDate\":\"2019-01-01\",\"escalationDate\":"
                        "\"2019-01-02T00:00:00Z\",\"reminderDate\":\"2018-12-31T00:00:00Z\"}");
    contains(fix, "\"escalated\":true,\"reminded\":true,\"overdue\":true");
    (void)make(fix, "/v2/tasks", "{\"name\":\"early\",\"dueDate\":\"2099-01-01T00:00:00Z\"}");
    lists(fix, "/v2/tasks?filters=overdue%3Dtrue", "task", 1);
    contains(fix, "\"late\"");
    lists(fix, "/v2/tasks?filters=escalated%3Dfalse", "task", 1);
    contains(fix, "\"early\"");
    lists(fix, "/v2/tasks?filters=reminded=true", "task", 1);
    expect(fix, "PUT", path("/v2/tasks/%lld", id), "{\"status\":\"Completed\",\"overdue\":true}",
           200);
    contains(fix, "\"escalated\":false,\"reminded\":false,\"overdue\":false");
    lists(fix, "/v2/tasks?filters=overdue%3Dtrue", "task", 0);
}

static void filters_choose(void **state)
{
    fixture *fix = *state;
    (void)make(fix, "/v2/tasks", "{\"name\":\"Alpha\",\"dueDate\":\"2030-01-01\"}");
    (void)make(fix, "/v2/tasks", "{\"name\":\"Beta\",\"status\":\"Deferred\"}");
    lists(fix, "/v2/tasks?filters=name%3Dalpha", "task", 1);
    lists(fix, "/v2/tasks?filters=name%5Eb", "task", 1);
    lists(fix, "/v2/tasks?filters=status%3DDeferred", "task", 1);
    contains(fix, "\"Beta\"");
    lists(fix, "/v2/tasks?filters=status!Deferred", "task", 1);
    contains(fix, "\"Alpha\"");
    lists(fix, "/v2/tasks?filters=dueDate%3C2031-01-01", "task", 1);
    lists(fix, "/v2/tasks?filters=dueDate%3E2031-01-01", "task", 0);
    lists(fix, "/v2/tasks?filters=dateAdded%3E2019-01-01", "task", 2);
    lists(fix, "/v2/tasks?filters=name=Alpha,name=Beta&orParams=true", "task", 2);
    lists(fix, "/v2/tasks?resultLimit=1", "task", 2);
    contains(fix, "\"Beta\"");
    expect(fix, "GET", "/v2/tasks?resultLimit=1&resultStart=1", NULL, 200);
    contains(fix, "\"data\":{\"task\":[{");
    contains(fix, "\"Alpha\"");
    expect(fix, "GET", "/v2/tasks?filters=rating%3D1", NULL, 400);
}

static void people_come_and_go(void **state)
{
    fixture *fix = *state;
    const char *user = fix->user.access_id;
    static const char *const words[] = {"assignees", "escalatees"};
    static const char *const members[] = {"assignee", "escalatee"};
    long long id = make(fix, "/v2/tasks", "{\"name\":\"t\"}");
    for (int i = 0; i < 2; i++) {
        const char *all = path("/v2/tasks/%lld/%s", id, words[i]);
        const char *one = path("/v2/tasks/%lld/%s/%s", id, words[i], user);
        lists(fix, all, "user", 0);
        expect(fix, "GET", one, NULL, 404);
        expect(fix, "POST", one, NULL, 200);
        contains(fix, "{\"status\":\"Success\"}");
        expect(fix, "POST", one, "{}", 200);
        lists(fix, all, "user", 1);
        contains(fix, path("{\"userName\":\"%s\",\"firstName\":\"", user));
        expect(fix, "GET", one, NULL, 200);
        contains(fix, path("\"data\":{\"user\":{\"userName\":\"%s\"", user));
        expect(fix, "GET", path("/v2/tasks/%lld", id), NULL, 200);
        contains(fix, path("\"%s\":[{\"userName\":\"%s\",\"firstName\":\"", members[i], user));
        lists(fix, path("/v2/tasks?filters=%s%%3D%s", members[i], user), "task", 1);
        lacks(fix, members[i]);
        lists(fix, path("/v2/tasks?filters=%s%%3Dnobody", members[i]), "task", 0);
        expect(fix, "GET", path("%s?resultStart=1", all), NULL, 200);
        contains(fix, "\"data\":{\"user\":[]}");
        expect(fix, "DELETE", one, NULL, 200);
        expect(fix, "DELETE", one, NULL, 200);
        lists(fix, all, "user", 0);
        /* The number of the user does as well. */
        expect(fix, "POST", path("/v2/tasks/%lld/%s/1", id, words[i]), NULL, 200);
        lists(fix, all, "user", 1);
        expect(fix, "POST", path("/v2/tasks/%lld/%s/nobody", id, words[i]), NULL, 404);
        expect(fix, "POST", path("/v2/tasks/%lld/%s/99999999999999999999", id, words[i]), NULL,
               404);
        expect(fix, "GET", path("/v2/tasks/999/%s", words[i]), NULL, 404);
        expect(fix, "POST", path("/v2/tasks/%lld/%s/%s?owner=Shared+Feed", id, words[i], user),
               NULL, 404);
        expect(fix, "GET", path("%s?resultLimit=x", all), NULL, 400);
    }
    expect(fix, "DELETE", path("/v2/tasks/%lld", id), NULL, 200);
    lists(fix, path("/v2/tasks?filters=assignee%%3D%s", user), "task", 0);
}

static void people_stand_in_bodies(void **state)
{
    fixture *fix = *state;
    const char *user = fix->user.access_id;
    long long id = make(fix, "/v2/tasks",
                        path("{\"name\":\"t\",\"assignee\":[{\"userName\":\"%s\",\"x\":[1]}],"
                             "\"escalatee\":{\"userName\":[\"%s\"]}}",
                             user, user));
    contains(fix, path("\"assignee\":[{\"userName\":\"%s\"", user));
    contains(fix, path("\"escalatee\":[{\"userName\":\"%s\"", user));
    expect(fix, "PUT", path("/v2/tasks/%lld", id), "{\"assignee\":null,\"escalatee\":[]}", 200);
    contains(fix, "\"assignee\":[");
    lacks(fix, "\"escalatee\":");
    expect(fix, "PUT", path("/v2/tasks/%lld", id), "{\"assignee\":[{\"userName\":\"nobody\"}]}",
           404);
    expect(fix, "PUT", path("/v2/tasks/%lld", id), "{\"assignee\":true}", 400);
    contains(fix, "The assignee for this Task is invalid");
    expect(fix, "POST", "/v2/tasks", "{\"name\":\"u\",\"assignee\":\"nobody\"}", 404);
    toc_buf many = {0};
    toc_buf_init(&many, 1 << 20);
    toc_buf_lit(&many, "{\"assignee\":[1");
    for (int i = 0; i < 1000; i++)
        toc_buf_lit(&many, ",1");
    toc_buf_lit(&many, "]}");
    expect(fix, "PUT", path("/v2/tasks/%lld", id), many.ptr, 400);
    contains(fix, "The assignee for this Task is invalid");
    toc_buf_done(&many);
    lists(fix, "/v2/tasks", "task", 1);
    lists(fix, path("/v2/tasks/%lld/assignees", id), "user", 1);
}

/* By no answer, filter or address can a name be tied to a pseudonym. */
static void anonymous_owners_show_pseudonyms(void **state)
{
    fixture *fix = *state;
    const char *user = fix->user.access_id;
    const toc_user_texts heron = {.pseudonym = "heron"};
    toc_new_user other;
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &other, NULL), 0);
    assert_int_equal(toc_platform_describe_user(fix->platform, user, &heron, NULL), 0);
    long long id = make(fix, "/v2/tasks", path("{\"name\":\"t\",\"assignee\":\"%s\"}", user));
    const char *one = path("/v2/tasks/%lld?includes=additional", id);
    const char *all = path("/v2/tasks/%lld/assignees", id);
    const char *by_name = path("%s/%s", all, user), *by_other = path("%s/heron", all);
    expect(fix, "GET", one, NULL, 200);
    contains(fix, path("\"createdBy\":\"%s\"", user));
    assert_int_equal(toc_platform_set_anonymous(fix->platform, "Acme CTI", true, NULL), 0);
    expect(fix, "GET", one, NULL, 200);
    contains(fix, "\"createdBy\":\"heron\"");
    contains(fix, "\"assignee\":[{\"userName\":\"heron\",\"firstName\":\"\",\"lastName\":\"\"}]");
    lacks(fix, user);
    lists(fix, all, "user", 1);
    lacks(fix, user);
    expect(fix, "GET", by_name, NULL, 404);
    expect(fix, "DELETE", by_name, NULL, 404);
    expect(fix, "POST", by_name, NULL, 404);
    expect(fix, "GET", by_other, NULL, 200);
    lists(fix, path("/v2/tasks?filters=assignee%%3D%s", user), "task", 0);
    lists(fix, "/v2/tasks?filters=assignee%3DHeron", "task", 1);
    expect(fix, "DELETE", by_other, NULL, 200);
    expect(fix, "POST", by_other, NULL, 200);
    lists(fix, all, "user", 1);
    /* Nobody can say which of two is meant. */
    assert_int_equal(toc_platform_describe_user(fix->platform, other.access_id, &heron, NULL), 0);
    expect(fix, "POST", by_other, NULL, 404);
    assert_int_equal(toc_platform_set_anonymous(fix->platform, "Acme CTI", false, NULL), 0);
    expect(fix, "GET", by_name, NULL, 200);
    lists(fix, path("/v2/tasks?filters=assignee%%3D%s", user), "task", 1);
}

/* Only who may see the task can be given it; who was given it can be taken off it in any case. */
static void people_must_see_the_task(void **state)
{
    fixture *fix = *state;
    toc_new_user stranger, leaver;
    assert_int_equal(toc_platform_add_owner(fix->platform, "Other Org", "Organization", NULL, NULL),
                     0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Other Org", &stranger, NULL), 0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &leaver, NULL), 0);
    long long id = make(fix, "/v2/tasks", "{\"name\":\"t\"}");
    const char *all = path("/v2/tasks/%lld/assignees", id);
    expect(fix, "POST", path("%s/%s", all, stranger.access_id), NULL, 404);
    expect(fix, "PUT", path("/v2/tasks/%lld", id),
           path("{\"assignee\":[{\"userName\":\"%s\"}]}", stranger.access_id), 404);
    lists(fix, all, "user", 0);
    const char *gone = path("%s/%s", all, leaver.access_id);
    expect(fix, "POST", gone, NULL, 200);
    assert_int_equal(toc_platform_revoke_user(fix->platform, leaver.access_id, NULL), 0);
    lists(fix, all, "user", 1);
    expect(fix, "GET", gone, NULL, 200);
    expect(fix, "POST", gone, NULL, 404);
    expect(fix, "DELETE", gone, NULL, 200);
    expect(fix, "DELETE", gone, NULL, 404);
    lists(fix, all, "user", 0);
}

static void bad_bodies_change_nothing(void **state)
{
    static const struct {
        const char *body, *text;
    } rows[] = {
        {"", "The request was not properly formed"},
        {"{\"name\":", "The request was not properly formed"},
        {"[]", "The request was not properly formed"},
        {"{\"name\":\"\"}", "please enter a name between 1-100 characters in length"},
        {"{\"name\":{}}", "The name for this Task is invalid"},
        {"{\"name\":\"t\",\"status\":\"Sleepy\"}",
         "The status for this Task is invalid, please enter one of the following values: Not "
         "Started, In Progress, Completed, Waiting on Someone, Deferred"},
        {"{\"name\":\"t\",\"dueDate\":\"someday\"}",
         "Please enter the dueDate in number of milliseconds since January 1, 1970, 00:00:00 GMT"},
    };
    fixture *fix = *state;
    long long id = make(fix, "/v2/tasks", "{\"name\":\"t\"}");
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, "POST", "/v2/tasks", rows[i].body, 400);
        contains(fix, rows[i].text);
        contains(fix, "\"status\":\"Failure\"");
        expect(fix, "PUT", path("/v2/tasks/%lld", id), rows[i].body, 400);
        contains(fix, rows[i].text);
    }
    expect(fix, "POST", "/v2/tasks", "{}", 400);
    lists(fix, "/v2/tasks", "task", 1);
    expect(fix, "GET", "/v2/tasks/x", NULL, 404);
    expect(fix, "GET", "/v2/tasks/0", NULL, 404);
    expect(fix, "GET", "/v2/tasks/9223372036854775808", NULL, 404);
}

static void parts_hang_on_tasks(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/tasks", "{\"name\":\"t\",\"description\":\"what to do\"}");
    lacks(fix, "\"description\"");
    lists(fix, path("/v2/tasks/%lld/attributes", id), "attribute", 1);
    contains(fix, "\"type\":\"Description\"");
    contains(fix, "\"displayed\":true,\"value\":\"what to do\"");
    long long attribute = make(fix, path("/v2/tasks/%lld/attributes", id),
                               "{\"type\":\"Description\",\"value\":\"more\"}");
    const char *one = path("/v2/tasks/%lld/attributes/%lld", id, attribute);
    expect(fix, "GET", one, NULL, 200);
    expect(fix, "PUT", one, "{\"value\":\"less\"}", 200);
    expect(fix, "POST", path("%s/securityLabels/TLP:RED", one), NULL, 201);
    lists(fix, path("%s/securityLabels", one), "securityLabel", 1);
    expect(fix, "GET", path("%s/securityLabels/TLP:RED", one), NULL, 200);
    expect(fix, "DELETE", path("%s/securityLabels/TLP:RED", one), NULL, 200);
    expect(fix, "DELETE", one, NULL, 200);
    expect(fix, "GET", one, NULL, 404);
    const char *labels = path("/v2/tasks/%lld/securityLabels", id);
    expect(fix, "POST", path("%s/TLP:AMBER", labels), NULL, 201);
    expect(fix, "GET", path("%s/TLP:AMBER", labels), NULL, 200);
    lists(fix, labels, "securityLabel", 1);
    lists(fix, "/v2/securityLabels/TLP:AMBER/tasks", "task", 1);
    expect(fix, "GET", path("/v2/securityLabels/TLP:AMBER/tasks/%lld", id), NULL, 200);
    expect(fix, "DELETE", path("%s/TLP:AMBER", labels), NULL, 200);
    expect(fix, "GET", path("/v2/securityLabels/TLP:AMBER/tasks/%lld", id), NULL, 404);
    const char *tags = path("/v2/tasks/%lld/tags", id);
    expect(fix, "POST", path("%s/A/B", tags), NULL, 201);
    expect(fix, "GET", path("%s/A/B", tags), NULL, 200);
    lists(fix, tags, "tag", 1);
    lists(fix, "/v2/tags/A/B/tasks", "task", 1);
    expect(fix, "GET", path("/v2/tags/A/B/tasks/%lld", id), NULL, 200);
    contains(fix, "\"data\":{\"task\":{");
    expect(fix, "GET", path("/v2/tasks/%lld?includes=tags&includes=attributes&includes=labels", id),
           NULL, 200);
    contains(fix, "\"tag\":[{\"name\":\"A/B\"");
    contains(fix, "\"attribute\":[{");
    contains(fix, "\"securityLabel\":[]");
    expect(fix, "DELETE", path("%s/A/B", tags), NULL, 200);
    lists(fix, "/v2/tags/A/B/tasks", "task", 0);
    expect(fix, "GET", "/v2/tasks/999/attributes", NULL, 404);
    expect(fix, "GET", path("%s?owner=Shared+Feed", tags), NULL, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tasks_go_round, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(dates_make_states, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(filters_choose, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(people_come_and_go, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(people_stand_in_bodies, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(anonymous_owners_show_pseudonyms, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(people_must_see_the_task, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(bad_bodies_change_nothing, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(parts_hang_on_tasks, walk_setup, walk_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
