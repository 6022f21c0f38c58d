/* What hangs on objects: attributes, tags, labels, associations, occurrences; the collections of
 * tags and labels; types and owners; routes that are not there. */
#include "wire/platform_fixture.h"

#define HOST "/v2/indicators/hosts/evil.example"

static int setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    expect(fix, "POST", "/v2/groups/incidents", "{\"name\":\"i\"}", 201);
    expect(fix, "POST", "/v2/groups/threats", "{\"name\":\"t\"}", 201);
    *state = fix;
    return 0;
}

static const char *const parents[] = {HOST, "/v2/groups/incidents/1"};

static char *at(const char *parent, const char *rest, long long id, const char *tail)
{
    static char target[512];
    if (id >= 0)
        (void)snprintf(target, sizeof(target), "%s%s/%lld%s", parent, rest, id, tail);
    else
        (void)snprintf(target, sizeof(target), "%s%s", parent, rest);
    return target;
}

static void attributes(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(parents); i++) {
        const char *parent = parents[i];
        expect(fix, "GET", at(parent, "/attributes", -1, ""), NULL, 200);
        contains(fix, "{\"resultCount\":0,\"attribute\":[]}");
        expect(fix, "POST", at(parent, "/attributes", -1, ""), "{\"type\":\"Note\",\"value\":\"\"}",
               400);
        contains(fix, "This attribute requires a value");
        expect(fix, "POST", at(parent, "/attributes", -1, ""), "{\"value\":\"x\"}", 404);
        contains(fix, "The requested attribute type was not found");
        expect(fix, "POST", at(parent, "/attributes", -1, ""), "nonsense", 400);
        expect(fix, "POST", at(parent, "/attributes", -1, ""),
               "{\"type\":\"Description\",\"value\":\"one\",\"displayed\":\"true\","
               "\"source\":\"lab\",\"more\":[1]}",
               201);
        contains(fix, "\"displayed\":true");
        contains(fix, "\"source\":\"lab\"");
        long long id = number_of(fix, "id");
        expect(fix, "GET", at(parent, "/attributes", id, "?includeAdditional=true"), NULL, 200);
        contains(fix, "\"attribute\":{\"id\":");
        expect(fix, "PUT", at(parent, "/attributes", id, ""), "{\"value\":\"two\"}", 200);
        contains(fix, "\"value\":\"two\"");
        contains(fix, "\"type\":\"Description\"");
        contains(fix, "\"displayed\":true");
        expect(fix, "PUT", at(parent, "/attributes", id, ""), "{}", 400);
        expect(fix, "GET", at(parent, "/attributes", -1, ""), NULL, 200);
        contains(fix, "\"resultCount\":1,");
        expect(fix, "GET", at(parent, "/attributes", id, "/securityLabels"), NULL, 200);
        contains(fix, "\"securityLabel\":[]");
        expect(fix, "POST", at(parent, "/attributes", id, "/securityLabels/TLP:RED"), NULL, 201);
        expect(fix, "GET", at(parent, "/attributes", id, "/securityLabels/TLP:RED"), NULL, 200);
        contains(fix, "\"securityLabel\":{\"name\":\"TLP:RED\"");
        expect(fix, "GET", at(parent, "/attributes", -1, ""), NULL, 200);
        expect(fix, "DELETE", at(parent, "/attributes", id, "/securityLabels/TLP:RED"), NULL, 200);
        expect(fix, "GET", at(parent, "/attributes", id, "/securityLabels/TLP:RED"), NULL, 404);
        expect(fix, "DELETE", at(parent, "/attributes", id, ""), NULL, 200);
        expect(fix, "GET", at(parent, "/attributes", id, ""), NULL, 404);
        expect(fix, "DELETE", at(parent, "/attributes", id, ""), NULL, 404);
        expect(fix, "PUT", at(parent, "/attributes", id, ""), "{\"value\":\"x\"}", 404);
    }
}

static void tags_of_objects(void **state)
{
    fixture *fix = *state;
    char long_tag[256] = "/tags/";
    memset(long_tag + 6, 'x', 129);
    for (size_t i = 0; i < TOC_COUNT(parents); i++) {
        const char *parent = parents[i];
        expect(fix, "POST", at(parent, "/tags/Phish%20Kit", -1, ""), NULL, 201);
        expect(fix, "POST", at(parent, "/tags/phish%20kit", -1, ""), "{}", 201);
        expect(fix, "POST", at(parent, "/tags/A/B", -1, ""), NULL, 201);
        expect(fix, "GET", at(parent, "/tags", -1, ""), NULL, 200);
        contains(fix, "\"resultCount\":2,");
        contains(fix, "\"name\":\"A/B\"");
        expect(fix, "GET", at(parent, "/tags/A/B/", -1, ""), NULL, 200);
        contains(fix, "\"tag\":{\"name\":\"A/B\",\"webLink\":\"https://tip.example/auth/tags/");
        expect(fix, "POST", at(parent, long_tag, -1, ""), NULL, 400);
        contains(fix, "1-128 characters in length");
        expect(fix, "DELETE", at(parent, "/tags/A%2FB", -1, ""), NULL, 200);
        expect(fix, "DELETE", at(parent, "/tags/A%2FB", -1, ""), NULL, 200);
        expect(fix, "GET", at(parent, "/tags/A/B", -1, ""), NULL, 404);
    }
    expect(fix, "GET", "/v2/tags/Phish%20Kit/groups", NULL, 200);
    contains(fix, "\"group\":[{\"id\":1,");
    expect(fix, "GET", "/v2/tags/Phish%20Kit/groups/incidents", NULL, 200);
    contains(fix, "\"incident\":[{");
    expect(fix, "GET", "/v2/tags/Phish%20Kit/groups/incidents/1", NULL, 200);
    contains(fix, "\"incident\":{");
    expect(fix, "GET", "/v2/tags/Phish%20Kit/groups/threats/2", NULL, 404);
    expect(fix, "GET", "/v2/tags/Phish%20Kit/indicators/", NULL, 200);
    contains(fix, "\"indicator\":[{");
    expect(fix, "GET", "/v2/tags/Phish%20Kit/indicators/hosts", NULL, 200);
    contains(fix, "\"host\":[{");
    expect(fix, "GET", "/v2/tags/Phish%20Kit/indicators/hosts/evil.example", NULL, 200);
    contains(fix, "\"host\":{");
    expect(fix, "GET", "/v2/tags/none/indicators", NULL, 404);
}

static void tags_of_owners(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/tags", "{\"name\":\"Kit\",\"description\":\"d\"}", 200);
    contains(fix, "\"description\":\"d\"");
    expect(fix, "POST", "/v2/tags", "{\"name\":\"Other\"}", 200);
    expect(fix, "POST", "/v2/tags", "{\"name\":\"\"}", 400);
    expect(fix, "POST", "/v2/tags", "", 400);
    expect(fix, "GET", "/v2/tags/", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    lacks(fix, "description");
    expect(fix, "GET", "/v2/tags?detailed=true", NULL, 200);
    contains(fix, "\"description\":\"d\"");
    expect(fix, "GET", "/v2/tags?filters=name%5EKi", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "GET", "/v2/tags?filters=colour%3Dred", NULL, 400);
    expect(fix, "GET", "/v2/tags?resultStart=1&resultLimit=1", NULL, 200);
    contains(fix, "{\"tag\":[{\"name\":\"Other\"");
    expect(fix, "GET", "/v2/tags/kit", NULL, 200);
    expect(fix, "PUT", "/v2/tags/Kit", "{\"name\":\"other\"}", 400);
    contains(fix, "a Tag with this name already exists");
    expect(fix, "PUT", "/v2/tags/Kit", "{\"name\":\"Kit 2\"}", 200);
    contains(fix, "\"name\":\"Kit 2\"");
    expect(fix, "DELETE", "/v2/tags/Kit%202", NULL, 200);
    expect(fix, "GET", "/v2/tags/Kit%202", NULL, 404);
    expect(fix, "DELETE", "/v2/tags/Kit%202", NULL, 404);
}

static void labels_of_objects(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(parents); i++) {
        const char *parent = parents[i];
        expect(fix, "POST", at(parent, "/securityLabels/TLP:AMBER+STRICT", -1, ""), NULL, 201);
        expect(fix, "POST", at(parent, "/securityLabels/TLP:AMBER+STRICT", -1, ""), NULL, 201);
        expect(fix, "POST", at(parent, "/securityLabels/none", -1, ""), NULL, 404);
        expect(fix, "GET", at(parent, "/securitylabels", -1, ""), NULL, 200);
        contains(fix, "\"resultCount\":1,");
        expect(fix, "GET", at(parent, "/securityLabels/TLP:AMBER%2BSTRICT", -1, ""), NULL, 200);
        contains(fix, "\"dateAdded\":");
        expect(fix, "GET", at(parent, "/securityLabels/TLP:RED", -1, ""), NULL, 404);
        expect(fix, "GET",
               i ? "/v2/securityLabels/TLP:AMBER+STRICT/groups"
                 : "/v2/securityLabels/TLP:AMBER+STRICT/indicators",
               NULL, 200);
        contains(fix, "\"resultCount\":1,");
    }
    expect(fix, "GET", "/v2/securityLabels/TLP:AMBER+STRICT/groups/incidents", NULL, 200);
    expect(fix, "GET", "/v2/securityLabels/TLP:AMBER+STRICT/groups/incidents/1", NULL, 200);
    expect(fix, "GET", "/v2/securityLabels/TLP:AMBER+STRICT/indicators/hosts", NULL, 200);
    expect(fix, "GET", "/v2/securityLabels/TLP:AMBER+STRICT/indicators/hosts/evil.example", NULL,
           200);
    for (size_t i = 0; i < TOC_COUNT(parents); i++) {
        expect(fix, "DELETE", at(parents[i], "/securityLabels/TLP:AMBER+STRICT", -1, ""), NULL,
               200);
        expect(fix, "GET", at(parents[i], "/securityLabels", -1, ""), NULL, 200);
        contains(fix, "\"securityLabel\":[]");
    }
}

static void labels_of_owners(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", "/v2/securityLabels", NULL, 200);
    contains(fix, "\"resultCount\":6,");
    expect(fix, "POST", "/v2/securityLabels",
           "{\"name\":\"House\",\"description\":\"d\",\"color\":\"ff0000\"}", 200);
    contains(fix, "\"color\":\"ff0000\"");
    expect(fix, "POST", "/v2/securityLabels", "{\"name\":\"House\"}", 400);
    expect(fix, "POST", "/v2/securityLabels", "{\"description\":\"d\"}", 400);
    expect(fix, "POST", "/v2/securityLabels", "{\"name\":\"x\",\"color\":\"red\"}", 400);
    expect(fix, "GET", "/v2/securityLabels?filters=name%3DHouse", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "GET", "/v2/securityLabels/House", NULL, 200);
    expect(fix, "PUT", "/v2/securityLabels/House", "{\"description\":\"e\"}", 200);
    contains(fix, "\"description\":\"e\"");
    expect(fix, "PUT", "/v2/securityLabels/TLP:RED", "{\"description\":\"e\"}", 401);
    expect(fix, "DELETE", "/v2/securityLabels/TLP:RED", NULL, 401);
    contains(fix, "The requested Security Label was not removed - access was denied");
    expect(fix, "DELETE", "/v2/securityLabels/House", NULL, 200);
    expect(fix, "GET", "/v2/securityLabels/House", NULL, 404);
}

static const struct link_case {
    const char *from, *pivot, *typed, *one, *entity;
} links[] = {
    {HOST, "/groups", "/groups/incidents", "/groups/incidents/1", "incident"},
    {"/v2/groups/incidents/1", "/groups", "/groups/threats", "/groups/threats/2", "threat"},
    {"/v2/groups/threats/2", "/indicators", "/indicators/hosts", "/indicators/hosts/evil.example",
     "host"},
    {HOST, "/indicators", "/indicators/addresses", "/indicators/addresses/203.0.113.7", "address"},
};

static void associations(void **state)
{
    fixture *fix = *state;
    char word[64];
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.7\"}", 201);
    for (size_t i = 0; i < TOC_COUNT(links); i++) {
        const struct link_case *row = &links[i];
        expect(fix, "GET", at(row->from, row->one, -1, ""), NULL, 404);
        expect(fix, "POST", at(row->from, row->one, -1, ""), NULL, 201);
        expect(fix, "POST", at(row->from, row->one, -1, ""), "{}", 201);
        expect(fix, "GET", at(row->from, row->pivot, -1, ""), NULL, 200);
        contains(fix, "\"resultCount\":1,");
        expect(fix, "GET", at(row->from, row->typed, -1, ""), NULL, 200);
        (void)snprintf(word, sizeof(word), "\"%s\":[{", row->entity);
        contains(fix, word);
        expect(fix, "GET", at(row->from, row->one, -1, ""), NULL, 200);
        (void)snprintf(word, sizeof(word), "\"%s\":{", row->entity);
        contains(fix, word);
        expect(fix, "DELETE", at(row->from, row->one, -1, ""), NULL, 200);
        expect(fix, "DELETE", at(row->from, row->one, -1, ""), NULL, 200);
        expect(fix, "GET", at(row->from, row->one, -1, ""), NULL, 404);
    }
    expect(fix, "POST", HOST "/indicators/hosts/evil.example", NULL, 400);
    contains(fix, "Invalid association");
    expect(fix, "POST", HOST "/groups/incidents/99", NULL, 404);
    expect(fix, "POST", HOST "/groups/threats/1", NULL, 404);
}

static void occurrences(void **state)
{
    fixture *fix = *state;
    static const char file[] =
        "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F/fileOccurrences";
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\"}",
           201);
    expect(fix, "POST", file, "{}", 400);
    expect(fix, "POST", file, "{\"date\":\"someday\"}", 400);
    expect(fix, "POST", file, "{\"fileName\":\"a.exe\",\"date\":\"2024-02-28\"}", 201);
    contains(fix, "\"date\":\"2024-02-28T00:00:00Z\"");
    long long id = number_of(fix, "id");
    expect(fix, "GET", file, NULL, 200);
    contains(fix, "\"fileOccurrence\":[{");
    expect(fix, "GET", at(file, "", id, ""), NULL, 200);
    expect(fix, "PUT", at(file, "", id, ""), "{\"path\":\"C:\\\\x\"}", 200);
    contains(fix, "\"path\":\"C:\\\\x\"");
    expect(fix, "DELETE", at(file, "", id, ""), NULL, 200);
    expect(fix, "GET", at(file, "", id, ""), NULL, 404);
    expect(fix, "GET", HOST "/fileOccurrences", NULL, 400);
    contains(fix, "This Host is not a File");
}

static char *long_text(const char *head, size_t letters)
{
    toc_buf text;
    toc_buf_init(&text, TOC_MAX_BODY_SMALL);
    toc_buf_text(&text, head);
    for (size_t i = 0; i < letters; i++)
        toc_buf_char(&text, 'm');
    toc_buf_lit(&text, "\"}");
    return toc_buf_take(&text);
}

/* One text has its limit wherever it stands. */
static void texts_are_bounded(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *target, *head;
    } rows[] = {
        {"/v2/tags", "{\"name\":\"t\",\"description\":\""},
        {"/v2/securityLabels", "{\"name\":\"l\",\"description\":\""},
        {HOST "/attributes", "{\"type\":\"Source\",\"value\":\"v\",\"source\":\""},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char *body = long_text(rows[i].head, (size_t)TOC_MAX_TEXT + 1);
        expect(fix, "POST", rows[i].target, body, 400);
        contains(fix, " for this request is invalid");
        toc_mem_free(body);
    }
}

/* The members description and source are attributes, and as long as those may be. */
static void texts_of_objects_are_attributes(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *target, *head, *refusal;
        size_t maximum;
    } rows[] = {
        {"/v2/indicators/hosts", "{\"hostName\":\"long.example\",\"description\":\"",
         "The description for this Host is invalid, please enter a description between 1-65535 "
         "characters in length",
         65535},
        {"/v2/indicators/hosts", "{\"hostName\":\"long.example\",\"source\":\"",
         "The source for this Host is invalid, please enter a source between 1-5000 characters in "
         "length",
         5000},
        {"/v2/tasks", "{\"name\":\"long\",\"description\":\"",
         "The description for this Task is invalid, please enter a description between 1-65535 "
         "characters in length",
         65535},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char *body = long_text(rows[i].head, rows[i].maximum + 1);
        expect(fix, "POST", rows[i].target, body, 400);
        contains(fix, rows[i].refusal);
        expect(fix, "PUT", i < 2 ? HOST : "/v2/tasks/1", body, i < 2 ? 400 : 404);
        toc_mem_free(body);
        body = long_text(rows[i].head, rows[i].maximum);
        expect(fix, "POST", rows[i].target, body, 201);
        toc_mem_free(body);
    }
    /* A victim's description is its own. */
    char *body = long_text(rows[2].head, rows[2].maximum + 1);
    expect(fix, "POST", "/v2/victims", body, 201);
    toc_mem_free(body);
}

static void types(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", "/v2/types/indicatorTypes?createActivityLog=false", NULL, 200);
    contains(fix, "\"resultCount\":12,");
    contains(fix, "{\"name\":\"Address\",\"custom\":\"false\",\"parsable\":\"true\","
                  "\"apiBranch\":\"addresses\",\"apiEntity\":\"address\"}");
    contains(fix, "{\"name\":\"CIDR\",\"custom\":\"true\",\"parsable\":\"true\",\"apiBranch\":"
                  "\"cidrBlocks\",\"apiEntity\":\"cidrBlock\",\"casePreference\":\"lower\","
                  "\"value1Label\":\"Block\",\"value1Type\":\"text\",\"value2Label\":\"\"}");
    lacks(fix, "regexes");
    expect(fix, "GET", "/v2/types/indicatorTypes/Registry%20Key?includeAdditional=true", NULL, 200);
    contains(fix, "\"value3Option\":\"REG_NONE;");
    contains(fix, "\"keys\":{\"key1\":\"Key Name\",");
    expect(fix, "GET", "/v2/types/indicatorTypes/file", NULL, 200);
    contains(fix, "\"value2Label\":\"SHA-1\"");
    expect(fix, "GET", "/v2/types/indicatorTypes/none", NULL, 404);
    expect(fix, "GET", "/v2/types/associationTypes", NULL, 200);
    contains(fix, "{\"name\":\"Adversary\",\"custom\":\"false\",\"fileAction\":\"false\","
                  "\"apiBranch\":\"adversaries\"}");
    expect(fix, "GET", "/v2/types/associationTypes/Attack%20Pattern", NULL, 200);
    expect(fix, "GET", "/v2/types/associationTypes/none", NULL, 404);
}

static void owners(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", "/api/v2/owners", NULL, 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"owner\":[{\"id\":1,"
                  "\"name\":\"Acme CTI\",\"type\":\"Organization\"},{\"id\":2,"
                  "\"name\":\"Shared Feed\",\"type\":\"Source\"}]}}");
    expect(fix, "GET", "/API/V2/Owners/?resultStart=1&resultLimit=5", NULL, 200);
    contains(fix, "{\"owner\":[{\"id\":2,");
    expect(fix, "GET", "/v2/owners/mine", NULL, 200);
    contains(fix, "\"data\":{\"owner\":{\"id\":1,");
    expect(fix, "GET", "/v2/owners/2", NULL, 200);
    contains(fix, "Shared Feed");
    expect(fix, "GET", "/v2/owners/77", NULL, 404);
    expect(fix, "GET", "/v2/whoami", NULL, 200);
    contains(fix, "\"firstName\":");
    contains(fix, "\"role\":\"Api User\"");
    expect(fix, "POST", "/v2/logs/app", "[{\"message\":\"m\"},{\"message\":\"n\"}]", 200);
    contains(fix, "\"data\":{\"count\":2}");
    expect(fix, "POST", "/v2/logs/app", "{}", 400);
    expect(fix, "POST", "/v2/logs/app", "[1]", 400);
}

static void routes_that_are_not_there(void **state)
{
    static const struct {
        const char *method, *target;
        int status;
    } rows[] = {
        {"GET", "/v2/nothing", 404},
        {"GET", "/v1/owners", 404},
        {"GET", "/", 404},
        {"GET", "/v2", 404},
        {"GET", "/v2/indicators/hosts/..", 404},
        {"GET", "/v2/indicators/hosts/%2e", 404},
        {"DELETE", "/v2/owners", 404},
        {"GET", "/v2/groups/incidents/%zz", 400},
        {"GET", "nonsense", 400},
        {"GET", "/v2/owners?a=%", 400},
        {"GET", "/v2/tags/%FF", 400},
        {"GET", "/v2/tags/%00", 400},
        {"HEAD", "/v2/owners", 405},
        {"OPTIONS", "/v2/owners", 405},
        {"", "/v2/owners", 405},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, rows[i].method, rows[i].target, NULL, rows[i].status);
        assert_true(toc_str_equal(toc_response_header(fix->response, "content-type"),
                                  TOC_S("application/json")));
        contains(fix, "{\"status\":\"Failure\",\"message\":\"");
    }
    char *target = toc_mem_alloc(70000);
    memset(target, 'a', 69999);
    memcpy(target, "/v2/tags/", 9);
    target[69999] = '\0';
    expect(fix, "GET", target, NULL, 400);
    for (int i = 9; i < 200; i += 2)
        target[i] = '/';
    target[200] = '\0';
    expect(fix, "GET", target, NULL, 400);
    toc_mem_free(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(attributes, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(tags_of_objects, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(tags_of_owners, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(labels_of_objects, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(labels_of_owners, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(associations, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(occurrences, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(texts_are_bounded, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(texts_of_objects_are_attributes, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(types, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(owners, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(routes_that_are_not_there, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
