/* Types, attribute types and associations defined in a store work like the built-in ones, at once
 * and after it is opened again; wrong definitions change nothing. */
#include "support/patience.h"
#include "wire/platform_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

static const toc_field wallet_fields[] = {
    {.name = "Account", .flags = TOC_FIELD_KEY},
    {.name = "Chain", .flags = TOC_FIELD_KEY, .choices = "BTC;ETH"},
};
static const toc_type wallet = {.name = "Crypto Wallet",
                                .entity = "cryptoWallet",
                                .branch = "cryptoWallets",
                                .kind = TOC_KIND_INDICATOR,
                                .letter_case = TOC_CASE_LOWER,
                                .fields = wallet_fields,
                                .field_count = TOC_COUNT(wallet_fields)};

static int teardown(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
    fixture_done(fix);
    free(fix);
    return 0;
}

static void reopen(fixture *fix)
{
    toc_platform_close(fix->platform);
    fix->platform = NULL;
    fixture_open(fix, 500);
}

static void types(void **state)
{
    fixture *fix = *state;
    toc_error err = {0};
    if (toc_platform_add_type(fix->platform, &wallet, &err))
        fail_msg("%s", err.message);
    reopen(fix);
    expect(fix, "GET", "/v2/types/indicatorTypes/CRYPTOWALLET", NULL, 200);
    contains(fix, "\"indicatorType\":{\"name\":\"Crypto Wallet\",\"custom\":\"true\","
                  "\"parsable\":\"false\",\"apiBranch\":\"cryptoWallets\","
                  "\"apiEntity\":\"cryptoWallet\",\"casePreference\":\"lower\","
                  "\"value1Label\":\"Account\",\"value1Type\":\"text\",\"value2Label\":\"Chain\","
                  "\"value2Type\":\"selectone\",\"value2Option\":\"BTC;ETH\"}");
    expect(fix, "GET", "/v2/types/indicatorTypes/Crypto%20Wallet?includeAdditional=true", NULL,
           200);
    contains(fix, "\"keys\":{\"key1\":\"Account\",\"key2\":\"Chain\"}");
    expect(fix, "GET", "/v2/types/indicatorTypes", NULL, 200);
    contains(fix, "{\"resultCount\":13,\"indicatorType\":[");
    expect(fix, "POST", "/v2/indicators/cryptoWallets",
           "{\"Account\":\"ABC\",\"Chain\":\"BTC\",\"rating\":3}", 201);
    contains(fix, "\"cryptoWallet\":{\"id\":");
    contains(fix, "\"Account\":\"abc\"");
    expect(fix, "POST", "/v2/indicators/cryptoWallets", "{\"Account\":\"ABC\"}", 400);
    expect(fix, "POST", "/v2/indicators/cryptoWallets", "{\"Account\":\"ABC\",\"Chain\":\"DOGE\"}",
           400);
    assert_int_equal(batch(fix, "{\"indicator\":[{\"type\":\"Crypto Wallet\",\"value1\":\"x1\","
                                "\"value2\":\"ETH\",\"tag\":[{\"name\":\"t\"}]}]}"),
                     200);
    contains(fix, "\"successIndicatorCount\":1");
    expect(fix, "GET", "/v2/indicators/cryptoWallets?owner=Acme%20CTI", NULL, 200);
    contains(fix, "\"resultCount\":");
    expect(fix, "GET", "/v2/indicators?filters=summary%5Ex1&owner=Acme%20CTI", NULL, 200);
    contains(fix, "\"type\":\"Crypto Wallet\"");
}

static void use_wallets(fixture *fix)
{
    expect(fix, "GET", "/v2/types/indicatorTypes", NULL, 200);
    contains(fix, "{\"resultCount\":13,\"indicatorType\":[");
    expect(fix, "POST", "/v2/indicators/cryptoWallets",
           "{\"Account\":\"ABC\",\"Chain\":\"BTC\",\"rating\":3}", 201);
    assert_int_equal(batch(fix, "{\"indicator\":[{\"type\":\"Crypto Wallet\",\"value1\":\"x1\","
                                "\"value2\":\"ETH\"}]}"),
                     200);
    contains(fix, "\"successIndicatorCount\":1");
    expect(fix, "GET", "/v2/indicators/cryptoWallets/abc%20:%20BTC", NULL, 200);
    contains(fix, "\"rating\":3.0");
    expect(fix, "GET", "/v2/indicators?filters=summary%5Ex1", NULL, 200);
    contains(fix, "\"type\":\"Crypto Wallet\"");
}

/* Objects of before stay of their types. */
static void known_at_once(void **state)
{
    fixture *fix = *state;
    static const toc_association_type row = {"Wallet Site", "walletSite", "crypto wallet",
                                             "URL;host", false};
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"pay.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/cryptoWallets", "{\"Account\":\"ABC\",\"Chain\":\"BTC\"}",
           404);
    assert_int_equal(toc_platform_add_type(fix->platform, &wallet, NULL), TOC_OK);
    use_wallets(fix);
    assert_int_equal(toc_platform_add_association_type(fix->platform, &row, NULL), TOC_OK);
    expect(fix, "POST",
           "/v2/indicators/hosts/pay.example/associations/walletSite/indicators/cryptoWallets/"
           "abc%20:%20BTC",
           NULL, 201);
    expect(fix, "GET", "/v2/indicators/hosts/pay.example", NULL, 200);
    reopen(fix);
    expect(fix, "GET", "/v2/indicators/cryptoWallets/abc%20:%20BTC", NULL, 200);
}

/* Such as a server has it while an administrator uses the program. */
static void known_to_others(void **state)
{
    fixture *fix = *state;
    fixture other = *fix;
    fixture_open(&other, 500);
    expect(fix, "GET", "/v2/types/indicatorTypes", NULL, 200);
    contains(fix, "\"resultCount\":12,");
    assert_int_equal(toc_platform_add_type(other.platform, &wallet, NULL), TOC_OK);
    toc_platform_close(other.platform);
    pause_ms(60);
    use_wallets(fix);
}

#define ASKERS 3
#define MANY 24

typedef struct asker {
    toc_platform *platform;
    atomic_bool *stop;
    int wrong;
} asker;

/* Never fewer types than before, and built-in ones all the time. */
static void *ask_for_types(void *user)
{
    asker *self = user;
    toc_response *response = NULL;
    if (toc_response_new(&response, NULL))
        return NULL;
    static const char *const targets[] = {"/v2/types/indicatorTypes/host",
                                          "/v2/indicators?filters=summary%3Da.example",
                                          "/v2/indicators/hosts/a.example"};
    for (size_t i = 0; !atomic_load(self->stop); i++) {
        toc_request request = {.method = "GET",
                               .target = toc_str_of(targets[i % TOC_COUNT(targets)])};
        self->wrong += toc_platform_handle(self->platform, &request, true, response, NULL) != 0 ||
                       toc_response_status(response) != 200;
    }
    toc_response_free(response);
    return NULL;
}

static void defined_while_others_read(void **state)
{
    fixture *fix = *state;
    atomic_bool stop = false;
    pthread_t threads[ASKERS];
    asker askers[ASKERS];
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"}", 201);
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (asker){fix->platform, &stop, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for_types, &askers[i]), 0);
    }
    for (int i = 0; i < MANY; i++) {
        char name[32], branch[40], target[80];
        (void)snprintf(name, sizeof(name), "wallet%c", 'a' + i);
        (void)snprintf(branch, sizeof(branch), "%ss", name);
        toc_type type = wallet;
        type.name = type.entity = name;
        type.branch = branch;
        assert_int_equal(toc_platform_add_type(fix->platform, &type, NULL), TOC_OK);
        (void)snprintf(target, sizeof(target), "/v2/indicators/%s", branch);
        expect(fix, "POST", target, "{\"Account\":\"a\",\"Chain\":\"BTC\"}", 201);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(askers[i].wrong, 0);
    }
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    assert_int_equal(number_of(fix, "resultCount"), MANY + 1);
}

static void types_refused(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *name, *entity, *branch;
        size_t fields;
        toc_rc rc;
    } cases[] = {
        {"Host", "newThing", "newThings", 2, TOC_ECONFLICT},
        {"New Thing", "host", "newThings", 2, TOC_ECONFLICT},
        {"New Thing", "newThing", "hosts", 2, TOC_ECONFLICT},
        {"New Thing", "newThing", "bulk", 2, TOC_ECONFLICT},
        {"New Thing", "resultCount", "newThings", 2, TOC_ECONFLICT},
        {"New Thing", "newThing", "new/things", 2, TOC_EINVAL},
        {"New Thing", "new thing", "newThings", 2, TOC_EINVAL},
        {"New Thing", NULL, "newThings", 2, TOC_EINVAL},
        {"", "newThing", "newThings", 2, TOC_EINVAL},
        {"New Thing", "newThing", "newThings", 0, TOC_EINVAL},
    };
    toc_error err = {0};
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        toc_type type = wallet;
        type.name = cases[i].name;
        type.entity = cases[i].entity;
        type.branch = cases[i].branch;
        type.field_count = cases[i].fields;
        toc_rc rc = toc_platform_add_type(fix->platform, &type, &err);
        if (rc != cases[i].rc)
            fail_msg("case %zu: %d, %s", i, rc, err.message);
    }
    toc_field clash[] = {{.name = "rating", .flags = TOC_FIELD_KEY}};
    toc_type type = wallet;
    type.fields = clash;
    type.field_count = 1;
    assert_int_equal(toc_platform_add_type(fix->platform, &type, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_add_type(fix->platform, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_add_type(fix->platform, &wallet, &err), TOC_OK);
    type = wallet;
    type.name = "CRYPTO WALLET";
    assert_int_equal(toc_platform_add_type(fix->platform, &type, &err), TOC_ECONFLICT);
    type.name = "Other Wallet";
    assert_int_equal(toc_platform_add_type(fix->platform, &type, &err), TOC_ECONFLICT);
    reopen(fix);
    expect(fix, "GET", "/v2/types/indicatorTypes", NULL, 200);
    contains(fix, "\"resultCount\":13,");
}

static void associations(void **state)
{
    fixture *fix = *state;
    static const toc_association_type row = {"Wallet Site", "walletSite", "crypto wallet",
                                             "URL;host", false};
    static const toc_association_type action = {"File Wallet", "fileWallet", "File",
                                                "Crypto Wallet", true};
    assert_int_equal(toc_platform_add_association_type(fix->platform, &row, NULL), TOC_EINVAL);
    assert_int_equal(toc_platform_add_type(fix->platform, &wallet, NULL), 0);
    assert_int_equal(toc_platform_add_association_type(fix->platform, &row, NULL), 0);
    assert_int_equal(toc_platform_add_association_type(fix->platform, &row, NULL), TOC_ECONFLICT);
    assert_int_equal(toc_platform_add_association_type(fix->platform, &action, NULL), 0);
    reopen(fix);
    expect(fix, "GET", "/v2/types/associationTypes", NULL, 200);
    contains(fix, "\"resultCount\":33,");
    expect(fix, "GET", "/v2/types/associationTypes/wallet%20site", NULL, 200);
    contains(fix, "{\"name\":\"Wallet Site\",\"custom\":\"true\",\"fileAction\":\"false\","
                  "\"apiBranch\":\"walletSite\"}");
    expect(fix, "POST", "/v2/indicators/cryptoWallets", "{\"Account\":\"a\",\"Chain\":\"BTC\"}",
           201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"pay.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/mutexes", "{\"Mutex\":\"m\"}", 201);
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\"}",
           201);
    expect(fix, "POST",
           "/v2/indicators/hosts/pay.example/associations/walletSite/indicators/cryptoWallets/"
           "a%20:%20BTC",
           NULL, 201);
    expect(fix, "GET",
           "/v2/indicators/cryptoWallets/a%20:%20BTC/associations/walletSite/indicators", NULL,
           200);
    contains(fix, "\"summary\":\"pay.example\"");
    expect(fix, "POST",
           "/v2/indicators/hosts/pay.example/associations/walletSite/indicators/mutexes/m", NULL,
           400);
    contains(fix, "Invalid association");
    expect(fix, "POST",
           "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F/actions/fileWallet/indicators/"
           "cryptoWallets/a%20:%20BTC",
           NULL, 201);
    expect(fix, "GET",
           "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F/actions/fileWallet/indicators/"
           "cryptoWallets",
           NULL, 200);
    contains(fix, "\"cryptoWallet\":[{");
}

static void attribute_types_refused(void **state)
{
    fixture *fix = *state;
    static const struct {
        toc_attribute_type type;
        toc_rc rc;
    } cases[] = {
        {{.name = "description", .max_length = 9}, TOC_ECONFLICT},
        {{.name = "", .max_length = 9}, TOC_EINVAL},
        {{.name = NULL, .max_length = 9}, TOC_EINVAL},
        {{.name = "New", .max_length = 0}, TOC_EINVAL},
        {{.name = "New", .max_length = UINT32_MAX}, TOC_EINVAL},
        {{.name = "New", .max_length = 9, .rule_type = "Regex", .rule_text = "("}, TOC_EINVAL},
        {{.name = "New", .max_length = 9}, TOC_OK},
        {{.name = "NEW", .max_length = 9}, TOC_ECONFLICT},
    };
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        toc_error err = {0};
        toc_rc rc = toc_platform_add_attribute_type(fix->platform, &cases[i].type, &err);
        if (rc != cases[i].rc)
            fail_msg("case %zu: %d, %s", i, rc, err.message);
    }
    expect(fix, "GET", "/v2/types/attributeTypes?filters=system%3Dfalse", NULL, 200);
    contains(fix, "\"resultCount\":1,");
}

static const char answer[] =
    "{\"status\":\"Success\",\"data\":{\"resultCount\":3,\"indicatorType\":["
    "{\"name\":\"Address\",\"custom\":\"false\",\"parsable\":\"true\",\"apiBranch\":\"addresses\","
    "\"apiEntity\":\"address\"},"
    "{\"name\":\"Onion\",\"custom\":\"true\",\"parsable\":\"true\",\"apiBranch\":\"onions\","
    "\"apiEntity\":\"onion\",\"casePreference\":\"lower\",\"value1Label\":\"Name\","
    "\"value1Type\":\"text\",\"value2Label\":\"\",\"regexes\":[\"x\"],\"keys\":{\"key1\":\"Name\"}}"
    ","
    "{\"name\":\"Phone\",\"custom\":\"true\",\"parsable\":\"false\",\"apiBranch\":\"phones\","
    "\"apiEntity\":\"phone\",\"casePreference\":\"upper\",\"value1Label\":\"Number\","
    "\"value1Type\":\"text\",\"value2Label\":\"Kind\",\"value2Type\":\"selectone\","
    "\"value2Option\":\"Home;Work\"}]}}";

static void from_json(void **state)
{
    fixture *fix = *state;
    size_t count = 0;
    toc_error err = {0};
    if (toc_platform_add_types_json(fix->platform, toc_str_of(answer), &count, &err))
        fail_msg("%s", err.message);
    assert_int_equal(count, 2);
    assert_int_equal(
        toc_platform_add_types_json(
            fix->platform,
            TOC_S("[{\"name\":\"Verdict\",\"description\":\"d\",\"maxSize\":80,"
                  "\"allowMarkdown\":true,\"errorMessage\":\"e\",\"validationRule\":{"
                  "\"name\":\"V\",\"text\":\"Good;Bad\",\"type\":\"SelectOne\","
                  "\"description\":\"r\",\"more\":[{}]}},"
                  "{\"name\":\"Onion Phone\",\"apiBranch\":\"onionPhone\",\"custom\":\"true\","
                  "\"fileAction\":\"false\",\"leftTypes\":[\"Onion\"],"
                  "\"rightTypes\":[\"Phone\",\"Host\"]}]"),
            &count, &err),
        0);
    assert_int_equal(count, 2);
    reopen(fix);
    expect(fix, "GET", "/v2/types/indicatorTypes/phone", NULL, 200);
    contains(fix, "\"casePreference\":\"upper\"");
    contains(fix, "\"value2Option\":\"Home;Work\"");
    expect(fix, "GET", "/v2/types/indicatorTypes/onion", NULL, 200);
    contains(fix, "\"parsable\":\"true\"");
    contains(fix, "\"value2Label\":\"\"");
    expect(fix, "GET", "/v2/types/associationTypes/onionPhone", NULL, 200);
    expect(fix, "GET", "/v2/types/attributeTypes/Verdict?includes=validationRule", NULL, 200);
    contains(fix,
             "\"attributeType\":{\"name\":\"Verdict\",\"description\":\"d\",\"maxSize\":80,"
             "\"allowMarkdown\":true,\"errorMessage\":\"e\",\"validationRule\":{\"name\":\"V\","
             "\"text\":\"Good;Bad\",\"type\":\"SelectOne\",\"description\":\"r\"}}");
    /* What the platform answers is read by it: all is known, so that nothing is new. */
    expect(fix, "GET", "/v2/types/indicatorTypes?includeAdditional=true", NULL, 200);
    assert_int_equal(
        toc_platform_add_types_json(fix->platform, toc_response_body(fix->response), &count, &err),
        0);
    assert_int_equal(count, 0);
}

static void wrong_json(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *text;
        toc_rc rc;
    } cases[] = {
        {"", TOC_EINVAL},
        {"nonsense", TOC_EPARSE},
        {"17", TOC_EPARSE},
        {"{}", TOC_EPARSE},
        {"{\"name\":\"X\"", TOC_EPARSE},
        {"[{\"name\":\"X\",\"maxSize\":9}", TOC_EPARSE},
        {"[{\"name\":\"X\",\"maxSize\":9}] x", TOC_EPARSE},
        {"[[{\"name\":\"X\",\"maxSize\":9}]]", TOC_EPARSE},
        {"{\"name\":{}}", TOC_EPARSE},
        {"{\"name\":\"X\",\"maxSize\":0}", TOC_EINVAL},
        {"{\"name\":\"X\",\"maxSize\":99999999999999999999}", TOC_EINVAL},
        {"{\"name\":\"X\",\"maxSize\":\"long\"}", TOC_EINVAL},
        {"{\"name\":\"X\",\"maxSize\":9,\"validationRule\":[]}", TOC_EPARSE},
        {"{\"name\":\"Description\",\"maxSize\":9}", TOC_ECONFLICT},
        {"{\"name\":\"X\"}", TOC_EINVAL},
        {"{\"name\":\"X\",\"apiBranch\":\"x\",\"leftTypes\":[1],\"rightTypes\":[\"Host\"]}",
         TOC_EPARSE},
        {"{\"name\":\"X\",\"apiEntity\":\"x\",\"apiBranch\":\"xs\"}", TOC_EINVAL},
        {"{\"name\":\"X\",\"apiEntity\":\"x\",\"apiBranch\":\"xs\",\"value1Label\":\"V\","
         "\"casePreference\":\"odd\"}",
         TOC_EINVAL},
        {"{\"name\":\"X\",\"apiEntity\":\"x\",\"apiBranch\":\"xs\",\"value1Label\":\"V\","
         "\"value1Type\":\"number\"}",
         TOC_EINVAL},
        {"{\"name\":\"X\",\"apiEntity\":\"x\",\"apiBranch\":\"xs\",\"value1Label\":\"V\","
         "\"value1Type\":\"selectone\"}",
         TOC_EINVAL},
        {"{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":[]}}}}}}}"
         "}",
         TOC_EPARSE},
        /* All or none. */
        {"[{\"name\":\"First\",\"maxSize\":9},{\"name\":\"Second\",\"maxSize\":-1}]", TOC_EINVAL},
    };
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        toc_error err = {0};
        size_t count = 77;
        toc_rc rc =
            toc_platform_add_types_json(fix->platform, toc_str_of(cases[i].text), &count, &err);
        if (rc != cases[i].rc)
            fail_msg("case %zu: %d, %s", i, rc, err.message);
        assert_int_equal(count, 77);
    }
    expect(fix, "GET", "/v2/types/attributeTypes?filters=system%3Dfalse", NULL, 200);
    contains(fix, "\"resultCount\":0,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(types, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(known_at_once, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(known_to_others, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(defined_while_others_read, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(types_refused, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(associations, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(attribute_types_refused, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(from_json, fixture_setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_json, fixture_setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
