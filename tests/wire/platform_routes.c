/* Every row of the table of routes is asked once over a store that has what it names. */
#include "platform/routes.h"
#include "wire/platform_fixture.h"

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"

static const struct {
    const char *word, *value;
} values[] = {
    {"{it}", "files"},  {"{iv}", MD5},          {"{gt}", "incidents"}, {"{gid}", "1"},
    {"{it2}", "hosts"}, {"{iv2}", "a.example"}, {"{gt2}", "threats"},  {"{gid2}", "2"},
    {"{tag*}", "Kit"},  {"{label*}", "House"},  {"{attr}", "%lld"},    {"{foid}", "1"},
    {"{oid}", "1"},     {"{bid}", "1"},
};

/* Rows whose body is not the common one. */
static const struct {
    const char *pattern, *body;
} bodies[] = {
    {"logs/app", "[{}]"},
    {"groups/{gt}", "{\"name\":\"n\"}"},
    {"groups/{gt}/{gid}", "{\"name\":\"n\"}"},
    {"batch", BATCH_CONFIG},
};
static const char common_body[] =
    "{\"name\":\"New\",\"description\":\"d\",\"color\":\"00ff00\",\"type\":\"Note\",\"value\":"
    "\"v\","
    "\"fileName\":\"f.exe\",\"md5\":\"11D88612FEA8A8F36DE82E1278ABB02F\"}";

static const char *body_of(const toc_route *row)
{
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        if (strcmp(bodies[i].pattern, row->pattern) == 0)
            return bodies[i].body;
    }
    return row->body_max ? common_body : NULL;
}

static const char *value_of(const toc_route *row, toc_str word, const char *attribute)
{
    if (toc_str_equal(word, TOC_S("{attr}")))
        return attribute;
    if (toc_str_equal(word, TOC_S("{name}")))
        return row->kind == TOC_KIND_GROUP ? "Adversary" : "Address";
    for (size_t i = 0; i < TOC_COUNT(values); i++) {
        if (toc_str_equal(word, toc_str_of(values[i].word)))
            return values[i].value;
    }
    fail_msg("no value for %.*s in %s", TOC_FMT(word), row->pattern);
    return "";
}

static void prepare(fixture *fix, char attributes[2][32])
{
    static const char *const parents[] = {"/v2/indicators/files/" MD5, "/v2/groups/incidents/1"};
    char target[256];
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"" MD5 "\"}", 201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"}", 201);
    expect(fix, "POST", "/v2/groups/incidents", "{\"name\":\"i\"}", 201);
    expect(fix, "POST", "/v2/groups/threats", "{\"name\":\"t\"}", 201);
    expect(fix, "POST", "/v2/securityLabels",
           "{\"name\":\"House\",\"description\":\"d\",\"color\":\"00ff00\"}", 200);
    expect(fix, "POST", "/v2/indicators/files/" MD5 "/fileOccurrences", "{\"path\":\"p\"}", 201);
    for (int i = 0; i < 2; i++) {
        static const char *const parts[] = {"tags/Kit", "securityLabels/House", "groups/threats/2",
                                            "indicators/hosts/a.example"};
        for (size_t k = 0; k < TOC_COUNT(parts); k++) {
            (void)snprintf(target, sizeof(target), "%s/%s", parents[i], parts[k]);
            expect(fix, "POST", target, NULL, 201);
        }
        (void)snprintf(target, sizeof(target), "%s/attributes", parents[i]);
        expect(fix, "POST", target, "{\"type\":\"Note\",\"value\":\"v\"}", 201);
        (void)snprintf(attributes[i], 32, "%lld", number_of(fix, "id"));
        (void)snprintf(target, sizeof(target), "%s/attributes/%s/securityLabels/House", parents[i],
                       attributes[i]);
        expect(fix, "POST", target, NULL, 201);
    }
    static const char *const carried[] = {"tags/Kit", "securityLabels/House"};
    for (size_t k = 0; k < TOC_COUNT(carried); k++) {
        (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/a.example/%s", carried[k]);
        expect(fix, "POST", target, NULL, 201);
        (void)snprintf(target, sizeof(target), "/v2/groups/threats/2/%s", carried[k]);
        expect(fix, "POST", target, NULL, 201);
    }
    /* Job 1 is finished and has an error. */
    assert_int_equal(batch(fix, "[7]"), 200);
}

static int status_of(const toc_route *row)
{
    if (strcmp(row->pattern, "batch/{bid}") == 0 && strcmp(row->method, "GET") != 0)
        return 400; /* it has its file */
    if (strcmp(row->pattern, "batch/createAndUpload") == 0)
        return 400; /* the parts are missing; tests of their own send them */
    if (strcmp(row->method, "POST") != 0 || strcmp(row->pattern, "tags") == 0 ||
        strcmp(row->pattern, "securityLabels") == 0 || strcmp(row->pattern, "logs/app") == 0)
        return 200;
    return 201;
}

static void every_row_answers(void **state)
{
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const toc_route *row = &routes[i];
        fixture fix;
        toc_buf target;
        char attributes[2][32];
        fixture_new(&fix, 500);
        prepare(&fix, attributes);
        toc_buf_init(&target, 4096);
        toc_buf_lit(&target, "/v2");
        toc_str rest = toc_str_of(row->pattern), word;
        bool group = toc_str_starts(rest, TOC_S("groups"));
        while (toc_str_cut(&rest, '/', &word)) {
            toc_buf_char(&target, '/');
            if (word.ptr[0] == '{')
                toc_buf_text(&target, value_of(row, word, attributes[group]));
            else
                toc_buf_str(&target, word);
        }
        expect(&fix, row->method, target.ptr, body_of(row), status_of(row));
        if (!strstr(row->pattern, "/errors") && !strstr(row->pattern, "/results"))
            contains(&fix, "{\"status\":\"");
        toc_buf_done(&target);
        fixture_done(&fix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_answers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
