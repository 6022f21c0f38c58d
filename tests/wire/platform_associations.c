/* Named associations and file actions between indicators (rest-v2 2.11), and their catalogue. */
#include "wire/platform_fixture.h"
#include "wire/signed.h"

#define CIDR "10.0.0.0%2F24"
#define ADDRESS "/v2/indicators/addresses/10.0.0.1"
#define BLOCK "/v2/indicators/cidrBlocks/" CIDR
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define MD5_2 "55D88612FEA8A8F36DE82E1278ABB02F"
#define FILE_PATH "/v2/indicators/files/" MD5

static int setup(void **state)
{
    static const char *const made[][2] = {
        {"addresses", "{\"ip\":\"10.0.0.1\"}"},
        {"addresses", "{\"ip\":\"10.0.0.2\"}"},
        {"cidrBlocks", "{\"Block\":\"10.0.0.0/24\"}"},
        {"hosts", "{\"hostName\":\"evil.example\"}"},
        {"urls", "{\"text\":\"http://evil.example/a\"}"},
        {"mutexes", "{\"Mutex\":\"Global\"}"},
        {"files", "{\"md5\":\"" MD5 "\"}"},
        {"files", "{\"md5\":\"" MD5_2 "\"}"},
    };
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    for (size_t i = 0; i < TOC_COUNT(made); i++) {
        char target[64];
        (void)snprintf(target, sizeof(target), "/v2/indicators/%s", made[i][0]);
        expect(fix, "POST", target, made[i][1], 201);
    }
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

/* Either end may be the path's subject, and both list the other. */
static void both_ends(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", BLOCK "/associations/cidrToAddress/indicators", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
    expect(fix, "POST", ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR, NULL,
           201);
    contains(fix, "{\"status\":\"Success\"}");
    expect(fix, "POST", BLOCK "/associations/CIDR%20to%20Address/indicators/addresses/10.0.0.2",
           "{}", 201);
    expect(fix, "POST", BLOCK "/associations/cidrToAddress/indicators/addresses/10.0.0.1", NULL,
           201);
    expect(fix, "GET", BLOCK "/associations/CIDRTOADDRESS/indicators", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    contains(fix, "\"summary\":\"10.0.0.1\"");
    contains(fix, "\"type\":\"Address\"");
    expect(fix, "GET", BLOCK "/associations/cidrToAddress/indicators/addresses", NULL, 200);
    contains(fix, "\"address\":[{");
    contains(fix, "\"ip\":\"10.0.0.2\"");
    lacks(fix, "\"summary\"");
    expect(fix, "GET", ADDRESS "/associations/cidr%20to%20address/indicators/cidrBlocks", NULL,
           200);
    contains(fix, "\"cidrBlock\":[{");
    expect(fix, "GET", ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR, NULL,
           200);
    contains(fix, "\"cidrBlock\":{");
    expect(fix, "DELETE", ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR, NULL,
           200);
    expect(fix, "DELETE", ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR, NULL,
           200);
    expect(fix, "GET", ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR, NULL,
           404);
    expect(fix, "GET", BLOCK "/associations/cidrToAddress/indicators", NULL, 200);
    contains(fix, "\"resultCount\":1,");
}

static void pages(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", BLOCK "/associations/cidrToAddress/indicators/addresses/10.0.0.1", NULL,
           201);
    expect(fix, "POST", BLOCK "/associations/cidrToAddress/indicators/addresses/10.0.0.2", NULL,
           201);
    expect(fix, "GET", BLOCK "/associations/cidrToAddress/indicators?resultLimit=1", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    contains(fix, "10.0.0.2");
    lacks(fix, "10.0.0.1\"");
    expect(fix, "GET", BLOCK "/associations/cidrToAddress/indicators?resultStart=1&resultLimit=1",
           NULL, 200);
    lacks(fix, "resultCount");
    contains(fix, "10.0.0.1");
    expect(fix, "GET", BLOCK "/associations/cidrToAddress/indicators?resultLimit=x", NULL, 400);
}

static void refused(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST",
           "/v2/indicators/hosts/evil.example/associations/urlHost/indicators/mutexes/"
           "Global",
           NULL, 400);
    contains(fix, "Invalid association, a Host cannot be associated with a Mutex");
    expect(fix, "POST",
           ADDRESS "/associations/asnToCidr/indicators/urls/http:%2F%2Fevil.example%2Fa", NULL,
           400);
    contains(fix, "Invalid association, an Address cannot be associated with an URL");
    expect(fix, "POST", FILE_PATH "/actions/archive/indicators/files/" MD5, NULL, 400);
    contains(fix, "\"Invalid association\"");
    expect(fix, "POST", FILE_PATH "/actions/mutex/indicators/hosts/evil.example", NULL, 400);
    contains(fix, "a File cannot be associated with a Host");
    static const char *const missing[] = {
        ADDRESS "/associations/nonsense/indicators/hosts/evil.example",
        ADDRESS "/associations/dnsPtrRecord/indicators/hosts/no.example",
        ADDRESS "/associations/dnsPtrRecord/indicators/nonsense/evil.example",
        "/v2/indicators/addresses/10.9.9.9/associations/dnsPtrRecord/indicators/hosts/evil.example",
        /* Actions are no associations, nor the other way about. */
        FILE_PATH "/associations/drop/indicators/files/" MD5_2,
        FILE_PATH "/actions/fileDownload/indicators/urls/http:%2F%2Fevil.example%2Fa",
        FILE_PATH "/actions/File%20to%20Indicators/indicators/hosts/evil.example",
        FILE_PATH "/actions/nonsense/indicators/hosts/evil.example",
    };
    for (size_t i = 0; i < TOC_COUNT(missing); i++) {
        expect(fix, "POST", missing[i], NULL, 404);
        expect(fix, "GET", missing[i], NULL, 404);
        expect(fix, "DELETE", missing[i], NULL, 404);
    }
    expect(fix, "GET", ADDRESS "/associations/nonsense/indicators", NULL, 404);
    expect(fix, "GET", ADDRESS "/associations/dnsPtrRecord/indicators/nonsense", NULL, 404);
    expect(fix, "GET", ADDRESS "/indicators", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "POST",
           ADDRESS "/associations/dnsPtrRecord/indicators/hosts/evil.example?owner=None", NULL,
           403);
}

/* From the file only. */
static void actions(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", FILE_PATH "/actions/drop/indicators/files/" MD5_2, NULL, 201);
    expect(fix, "POST", FILE_PATH "/actions/File%20DNS%20Query/indicators/hosts/evil.example", NULL,
           201);
    expect(fix, "POST", FILE_PATH "/actions/traffic/indicators/hosts/evil.example", NULL, 201);
    expect(fix, "GET", FILE_PATH "/actions/DROP/indicators", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    contains(fix, "\"summary\":\"" MD5_2 "\"");
    expect(fix, "GET", FILE_PATH "/actions/drop/indicators/files", NULL, 200);
    contains(fix, "\"file\":[{");
    expect(fix, "GET", FILE_PATH "/actions/drop/indicators/files/" MD5_2, NULL, 200);
    contains(fix, "\"file\":{");
    expect(fix, "GET", "/v2/indicators/files/" MD5_2 "/actions/drop/indicators", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/actions/dnsQuery/indicators", NULL, 400);
    contains(fix, "This Host is not a File");
    /* The plain pivot has each end once, however many actions there are. */
    expect(fix, "GET", FILE_PATH "/indicators", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    assert_int_equal(count_of(fix, "\"summary\":"), 2);
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/indicators", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "DELETE", FILE_PATH "/actions/dnsQuery/indicators/hosts/evil.example", NULL, 200);
    expect(fix, "GET", FILE_PATH "/indicators/hosts/evil.example", NULL, 200);
    expect(fix, "DELETE", FILE_PATH "/actions/traffic/indicators/hosts/evil.example", NULL, 200);
    expect(fix, "GET", FILE_PATH "/indicators/hosts/evil.example", NULL, 404);
}

/* What a plain link and a batch file make is found by name here. */
static void other_ways(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/indicators/hosts/evil.example/indicators/addresses/10.0.0.1", NULL,
           201);
    expect(fix, "GET",
           "/v2/indicators/hosts/evil.example/associations/host%20to%20indicators/indicators", NULL,
           200);
    contains(fix, "\"summary\":\"10.0.0.1\"");
    expect(fix, "GET", ADDRESS "/associations/hostToIndicators/indicators/hosts", NULL, 200);
    contains(fix, "\"hostName\":\"evil.example\"");
    assert_int_equal(
        batch(fix, "{\"association\":[{\"ref_1\":\"http://evil.example/a\",\"type_1\":\"URL\","
                   "\"ref_2\":\"evil.example\",\"type_2\":\"Host\","
                   "\"associationType\":\"URL Host\"},"
                   "{\"ref_1\":\"evil.example\",\"type_1\":\"Host\",\"ref_2\":\"10.0.0.2\","
                   "\"type_2\":\"Address\",\"associationType\":\"Host to Indicators\"},"
                   "{\"ref_1\":\"" MD5 "\",\"type_1\":\"File\",\"ref_2\":\"Global\","
                   "\"type_2\":\"Mutex\",\"associationType\":\"File Mutex\"}]}"),
        200);
    contains(fix, "\"successAssociationCount\":3");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/associations/urlHost/indicators/urls",
           NULL, 200);
    contains(fix, "\"text\":\"http://evil.example/a\"");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/associations/hostToIndicators/indicators",
           NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", FILE_PATH "/actions/mutex/indicators/mutexes", NULL, 200);
    contains(fix, "\"Mutex\":\"Global\"");
    expect(fix, "DELETE",
           ADDRESS "/associations/Host%20to%20Indicators/indicators/hosts/evil.example", NULL, 200);
    expect(fix, "GET", ADDRESS "/indicators", NULL, 200);
    contains(fix, "\"resultCount\":0,");
}

static void catalogue(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", "/v2/types/associationTypes", NULL, 200);
    contains(fix, "{\"resultCount\":31,\"associationType\":[");
    contains(fix, "{\"name\":\"Adversary\",\"custom\":\"false\",\"fileAction\":\"false\","
                  "\"apiBranch\":\"adversaries\"}");
    contains(fix, "{\"name\":\"ASN to CIDR\",\"custom\":\"true\",\"fileAction\":\"false\","
                  "\"apiBranch\":\"asnToCidr\"}");
    contains(fix, "{\"name\":\"File Drop\",\"custom\":\"true\",\"fileAction\":\"true\","
                  "\"apiBranch\":\"drop\"}");
    expect(fix, "GET", "/v2/types/associationTypes?resultStart=30&resultLimit=5", NULL, 200);
    assert_int_equal(count_of(fix, "\"name\":"), 1);
    lacks(fix, "resultCount");
    expect(fix, "GET", "/v2/types/associationTypes?resultStart=-1", NULL, 400);
    expect(fix, "GET", "/v2/types/associationTypes/Adversary", NULL, 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"associationType\":{\"name\":\"Adversary\",");
    expect(fix, "GET", "/v2/types/associationTypes/url%20host", NULL, 200);
    contains(fix, "\"apiBranch\":\"urlHost\"");
    expect(fix, "GET", "/v2/types/associationTypes/nonsense", NULL, 404);
    contains(fix, "The requested resource was not found");
}

/* A user who may only read links nothing. */
static void rights(void **state)
{
    fixture *fix = *state;
    assert_int_equal(ask_as(fix, &fix->user, "POST",
                            ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR
                                    "?owner=Shared%20Feed",
                            NULL),
                     403);
    assert_int_equal(ask_as(fix, &fix->user, "POST",
                            ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR,
                            NULL),
                     201);
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed", "User", NULL), 0);
    assert_int_equal(ask_as(fix, &fix->user, "POST",
                            ADDRESS "/associations/cidrToAddress/indicators/cidrBlocks/" CIDR
                                    "?owner=Shared%20Feed",
                            NULL),
                     401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(pages, setup, teardown),
        cmocka_unit_test_setup_teardown(refused, setup, teardown),
        cmocka_unit_test_setup_teardown(actions, setup, teardown),
        cmocka_unit_test_setup_teardown(other_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(catalogue, setup, teardown),
        cmocka_unit_test_setup_teardown(rights, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
