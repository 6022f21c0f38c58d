/* The catalogue of attribute types, and what it asks of attributes in requests and batches. */
#include "wire/platform_fixture.h"
#include "wire/signed.h"

#define ATTRIBUTES "/v2/indicators/hosts/evil.example/attributes"
#define TYPES "/v2/types/attributeTypes"

static int setup(void **state)
{
    static const toc_attribute_type types[] = {
        {.name = "Ransom Note", .description = "Text", .max_length = 5},
        {.name = "Verdict",
         .max_length = 90,
         .markdown = true,
         .error_message = "Say Good or Bad",
         .rule_name = "Verdicts",
         .rule_type = "SelectOne",
         .rule_text = "Good;Bad",
         .rule_description = "One of two"},
        {.name = "Ticket", .max_length = 90, .rule_type = "Regex", .rule_text = "T-\\d+"},
    };
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    for (size_t i = 0; i < TOC_COUNT(types); i++)
        assert_int_equal(toc_platform_add_attribute_type(fix->platform, &types[i], NULL), 0);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
    fixture_done(fix);
    free(fix);
    return 0;
}

static void catalogue(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", TYPES, NULL, 200);
    long long all = number_of(fix, "resultCount");
    assert_true(all >= 43);
    assert_int_equal(count_of(fix, "\"maxSize\":"), all);
    contains(fix, "\"attributeType\":[{\"name\":");
    contains(fix, "{\"name\":\"Ransom Note\",\"description\":\"Text\",\"maxSize\":5,"
                  "\"allowMarkdown\":false,\"errorMessage\":\"\"}");
    lacks(fix, "validationRule");
    expect(fix, "GET", TYPES "?includes=validationRule&resultStart=1&resultLimit=10000", NULL, 200);
    lacks(fix, "resultCount");
    assert_int_equal(count_of(fix, "\"maxSize\":"), all - 1);
    contains(fix, "\"validationRule\":{\"name\":\"Verdicts\",\"text\":\"Good;Bad\","
                  "\"type\":\"SelectOne\",\"description\":\"One of two\"}");
    expect(fix, "GET", TYPES "?resultLimit=2", NULL, 200);
    assert_int_equal(count_of(fix, "\"maxSize\":"), 2);
    assert_int_equal(number_of(fix, "resultCount"), all);
    expect(fix, "GET", TYPES "?resultLimit=10001", NULL, 400);
}

static void filters(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *query;
        int count;
    } cases[] = {
        {"filters=system%3Dfalse", 3},
        {"filters=maxLength%3D5", 1},
        {"filters=system%3Dfalse,allowMarkdown%3Dtrue", 1},
        {"filters=system%3Dfalse,allowMarkdown%3Dfalse,maxLength%3D90", 1},
        {"filters=maxLength%3D5,maxLength%3D90&orParams=true", 3},
        {"filters=maxLength%3D5,maxLength%3D90", 0},
        {"filters=owner%3DAcme%20CTI,system%3Dfalse", 3},
    };
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        char target[160];
        (void)snprintf(target, sizeof(target), TYPES "?%s", cases[i].query);
        expect(fix, "GET", target, NULL, 200);
        if (number_of(fix, "resultCount") != cases[i].count)
            fail_msg("%s: %s", target, fixture_body(fix));
        assert_int_equal(count_of(fix, "\"maxSize\":"), cases[i].count);
    }
    expect(fix, "GET", TYPES "?filters=colour%3Dred", NULL, 400);
    expect(fix, "GET", TYPES "?filters=maxLength%3Dlong", NULL, 400);
    expect(fix, "GET", TYPES "?filters=maxLength%3E5", NULL, 400);
    expect(fix, "GET", TYPES "?filters=owner%3DNobody", NULL, 403);
    contains(fix, "The requested owner was not found");
}

static void one(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", TYPES "/Description", NULL, 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"attributeType\":{\"name\":\"Description\",");
    contains(fix, "\"allowMarkdown\":true");
    expect(fix, "GET", TYPES "/additional%20analysis%20and%20context", NULL, 200);
    contains(fix, "\"name\":\"Additional Analysis and Context\"");
    expect(fix, "GET", TYPES "/verdict?includes=validationRule", NULL, 200);
    contains(fix, "\"validationRule\":{");
    expect(fix, "GET", TYPES "/Nonsense", NULL, 404);
    contains(fix, "The requested attribute type was not found");
    expect(fix, "GET", TYPES "/%00", NULL, 400);
}

/* The rules hold for trusted callers as for others. */
static void values(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *body, *text;
        int status;
    } cases[] = {
        {"{\"type\":\"Ransom Note\",\"value\":\"12345\"}", "\"value\":\"12345\"", 201},
        {"{\"type\":\"Ransom Note\",\"value\":\"123456\"}",
         "please enter a value between 1-5 characters in length", 400},
        {"{\"type\":\"ransom note\",\"value\":\"x\"}", "\"type\":\"Ransom Note\"", 201},
        {"{\"type\":\"Verdict\",\"value\":\"good\"}", "\"id\":", 201},
        {"{\"type\":\"Verdict\",\"value\":\"Ugly\"}", "\"Say Good or Bad\"", 400},
        {"{\"type\":\"Ticket\",\"value\":\"T-12\"}", "\"id\":", 201},
        {"{\"type\":\"Ticket\",\"value\":\"12\"}", "The value for this Attribute is invalid", 400},
        {"{\"type\":\"Verdict\",\"value\":\"\"}", "This attribute requires a value", 400},
        {"{\"type\":\"Verdict\"}", "This attribute requires a value", 400},
        {"{\"type\":\"\",\"value\":\"x\"}", "The requested attribute type was not found", 404},
        {"{\"value\":\"x\"}", "The requested attribute type was not found", 404},
        {"[]", "The request was not properly formed", 400},
        {"{\"type\":{},\"value\":\"x\"}", "invalid", 400},
    };
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        expect(fix, "POST", ATTRIBUTES, cases[i].body, cases[i].status);
        contains(fix, cases[i].text);
    }
    expect(fix, "GET", ATTRIBUTES, NULL, 200);
    assert_int_equal(number_of(fix, "resultCount"), 4);
}

static void changes(void **state)
{
    fixture *fix = *state;
    char target[128];
    expect(fix, "POST", ATTRIBUTES,
           "{\"type\":\"Verdict\",\"value\":\"Good\",\"source\":\"lab\",\"pinned\":true,"
           "\"xid\":\"x-1\"}",
           201);
    lacks(fix, "pinned");
    lacks(fix, "xid");
    contains(fix, "\"source\":\"lab\"");
    (void)snprintf(target, sizeof(target), ATTRIBUTES "/%lld", number_of(fix, "id"));
    expect(fix, "PUT", target, "{\"value\":\"Ugly\"}", 400);
    contains(fix, "Say Good or Bad");
    expect(fix, "PUT", target, "{\"value\":\"\"}", 400);
    expect(fix, "PUT", target, "{}", 400);
    /* The type in a body is an echo. */
    expect(fix, "PUT", target, "{\"type\":\"Description\",\"value\":\"Bad\"}", 200);
    contains(fix, "\"type\":\"Verdict\"");
    contains(fix, "\"value\":\"Bad\"");
    contains(fix, "\"source\":\"lab\"");
    lacks(fix, "securityLabel");
    char more[192];
    (void)snprintf(more, sizeof(more), "%s?includes=additional&includes=labels", target);
    expect(fix, "GET", more, NULL, 200);
    contains(fix, "\"xid\":\"x-1\"");
    contains(fix, "\"securityLabel\":[]");
}

/* One displayed Description at a time; it is the object's. */
static void displayed(void **state)
{
    fixture *fix = *state;
    char target[128];
    expect(fix, "POST", ATTRIBUTES, "{\"type\":\"Description\",\"value\":\"a\",\"displayed\":true}",
           201);
    long long first = number_of(fix, "id");
    expect(fix, "POST", ATTRIBUTES, "{\"type\":\"Description\",\"value\":\"b\"}", 201);
    contains(fix, "\"displayed\":false");
    (void)snprintf(target, sizeof(target), ATTRIBUTES "/%lld", number_of(fix, "id"));
    expect(fix, "GET", "/v2/indicators/hosts/evil.example", NULL, 200);
    contains(fix, "\"description\":\"a\"");
    expect(fix, "PUT", target, "{\"value\":\"c\",\"displayed\":\"true\"}", 200);
    contains(fix, "\"displayed\":true");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example", NULL, 200);
    contains(fix, "\"description\":\"c\"");
    (void)snprintf(target, sizeof(target), ATTRIBUTES "/%lld", first);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"displayed\":false");
    expect(fix, "POST", ATTRIBUTES, "{\"type\":\"Source\",\"value\":\"s\",\"displayed\":true}",
           201);
    expect(fix, "GET", "/v2/indicators/hosts/evil.example", NULL, 200);
    contains(fix, "\"source\":\"s\"");
    contains(fix, "\"description\":\"c\"");
}

static int add_as_user(fixture *fix, const char *type)
{
    char body[512];
    (void)snprintf(body, sizeof(body), "{\"type\":\"%s\",\"value\":\"v\"}", type);
    return ask_as(fix, &fix->user, "POST", ATTRIBUTES "?owner=Acme%20CTI", body);
}

/* Who may define types by using them. */
static void learning(void **state)
{
    fixture *fix = *state;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    expect(fix, "POST", "/v2/indicators/hosts?owner=Acme%20CTI", "{\"hostName\":\"evil.example\"}",
           201);
    assert_int_equal(add_as_user(fix, "Description"), 201);
    assert_int_equal(add_as_user(fix, "House Score"), 404);
    contains(fix, "The requested attribute type was not found");
    expect(fix, "GET", TYPES "/House%20Score", NULL, 404);
    expect(fix, "POST", ATTRIBUTES, "{\"type\":\"House Score\",\"value\":\"\"}", 400);
    expect(fix, "GET", TYPES "/House%20Score", NULL, 404);
    expect(fix, "POST", ATTRIBUTES, "{\"type\":\"House Score\",\"value\":\"7\"}", 201);
    expect(fix, "GET", TYPES "/house%20score", NULL, 200);
    contains(fix, "\"name\":\"House Score\"");
    assert_int_equal(add_as_user(fix, "House Score"), 201);
    toc_platform_close(fix->platform);
    options.store = fix->path;
    options.learn_attribute_types = true;
    assert_int_equal(toc_platform_open(&options, &fix->platform, NULL), 0);
    assert_int_equal(add_as_user(fix, "House Colour"), 201);
    expect(fix, "GET", TYPES "/House%20Colour", NULL, 200);
    assert_int_equal(add_as_user(fix, "House Score"), 201);
    char name[400];
    memset(name, 'n', 300);
    name[300] = '\0';
    assert_int_equal(add_as_user(fix, name), 400);
}

#define ITEM(type, value)                                                                          \
    "{\"type\":\"Host\",\"summary\":\"evil.example\",\"attribute\":[{\"type\":\"" type             \
    "\",\"value\":\"" value "\"}]}"

static void batches(void **state)
{
    fixture *fix = *state;
    char target[64];
    assert_int_equal(
        batch(fix, "{\"indicator\":[" ITEM("Brand New", "1") "," ITEM(
                       "Ransom Note", "too long") "," ITEM("Verdict", "Ugly") "," ITEM("VERDICT",
                                                                                       "Bad") "]}"),
        200);
    contains(fix, "\"successIndicatorCount\":2");
    contains(fix, "\"errorIndicatorCount\":2");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results", number_of(fix, "id"));
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "0x1005");
    contains(fix, "has an invalid attribute");
    contains(fix, "Say Good or Bad");
    contains(fix, "characters in length");
    expect(fix, "GET", TYPES "/Brand%20New", NULL, 200);
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/attributes?owner=Acme%20CTI", NULL, 200);
    contains(fix, "\"type\":\"Verdict\"");
}

/* A signed job, at once and queued: unknown types refuse the item, not the job. */
static void signed_batches(void **state)
{
    fixture *fix = *state;
    static const char config[] = "{\"version\":\"V2\",\"owner\":\"Acme CTI\","
                                 "\"haltOnError\":\"false\",\"action\":\"Create\","
                                 "\"attributeWriteType\":\"Replace\"}";
    static const char content[] =
        "{\"group\":[{\"name\":\"g\",\"type\":\"Threat\",\"xid\":\"g1\",\"attribute\":"
        "[{\"type\":\"Never Heard\",\"value\":\"1\"}]}],\"indicator\":["
        "{\"type\":\"Host\",\"summary\":\"a.example\",\"attribute\":"
        "[{\"type\":\"Never Heard\",\"value\":\"1\"}]},"
        "{\"type\":\"Host\",\"summary\":\"b.example\",\"attribute\":"
        "[{\"type\":\"Description\",\"value\":\"1\"}]}]}";
    char target[64];
    assert_int_equal(ask_as(fix, &fix->user, "POST", "/v2/batch", config), 201);
    long long id = number_of(fix, "batchId");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", id);
    assert_int_equal(ask_as(fix, &fix->user, "POST", target, content), 202);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld?includeAdditional=true", id);
    assert_int_equal(ask_as(fix, &fix->user, "GET", target, NULL), 200);
    contains(fix, "\"successIndicatorCount\":1");
    contains(fix, "\"errorIndicatorCount\":1");
    contains(fix, "\"errorGroupCount\":1");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results", id);
    assert_int_equal(ask_as(fix, &fix->user, "GET", target, NULL), 200);
    contains(fix, "0x1005");
    contains(fix, "0x1006");
    contains(fix, "The requested attribute type was not found");
    /* The same job of the store's owner learns, also when it is queued. */
    expect(fix, "POST", "/v2/batch", config, 201);
    id = number_of(fix, "batchId");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", id);
    expect(fix, "POST", target, content, 202);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"errorCount\":0");
    expect(fix, "GET", TYPES "/never%20heard", NULL, 200);
}

/* What a transaction learned and lost is not remembered. */
static void forgotten(void **state)
{
    fixture *fix = *state;
    static const char halting[] = "{\"version\":\"V2\",\"owner\":\"Acme CTI\","
                                  "\"haltOnError\":\"true\",\"action\":\"Create\","
                                  "\"attributeWriteType\":\"Replace\"}";
    (void)batch_with(
        fix, halting,
        TOC_S("{\"indicator\":[" ITEM("Lost", "1") "," ITEM("Ransom Note", "too long") "]}"), true);
    expect(fix, "POST", ATTRIBUTES, "{\"type\":\"Lost\",\"value\":\"1\"}", 201);
    expect(fix, "GET", TYPES "/Lost", NULL, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(catalogue, setup, teardown),
        cmocka_unit_test_setup_teardown(filters, setup, teardown),
        cmocka_unit_test_setup_teardown(one, setup, teardown),
        cmocka_unit_test_setup_teardown(values, setup, teardown),
        cmocka_unit_test_setup_teardown(changes, setup, teardown),
        cmocka_unit_test_setup_teardown(displayed, setup, teardown),
        cmocka_unit_test_setup_teardown(learning, setup, teardown),
        cmocka_unit_test_setup_teardown(batches, setup, teardown),
        cmocka_unit_test_setup_teardown(signed_batches, setup, teardown),
        cmocka_unit_test_setup_teardown(forgotten, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
