/* Links of batch files: those that items carry and those of the association array (rest-v2 4.7). */
#include "wire/batch_fixture.h"

#define THREAT(xid, more) "{\"type\":\"Threat\",\"name\":\"" xid "\",\"xid\":\"" xid "\"" more "}"
#define HOST(name, more) "{\"type\":\"Host\",\"summary\":\"" name "\"" more "}"
#define ADDRESS(ip) "{\"type\":\"Address\",\"summary\":\"" ip "\"}"

static void check_links(fixture *fix, long long good, long long bad)
{
    if (number_of(fix, "successAssociationCount") != good ||
        number_of(fix, "errorAssociationCount") != bad)
        fail_msg("%lld and %lld: %s", good, bad, fixture_body(fix));
}

static void groups_in_every_shape(void **state)
{
    fixture *fix = *state;
    load(
        fix,
        "{\"indicator\":[" HOST(
            "a.example",
            ",\"associatedGroups\":[{\"groupXid\":\"g1\","
            "\"dateAdded\":\"2024-01-01T00:00:00Z\"},\"g2\"]") "," HOST("b.example",
                                                                        ",\"associatedGroups\":{"
                                                                        "\"groupXid\":\"g1\"}") "," HOST("c.example",
                                                                                                         ",\"associatedGroups\":[]") "," HOST("d.example",
                                                                                                                                              ",\"associatedGroups\":null") "],"
                                                                                                                                                                            "\"group\":[" THREAT("g1", ",\"associatedGroupXid\":[\"g2\",\"g3\"]") "," THREAT(
                                                                                                                                                                                "g2",
                                                                                                                                                                                ",\"associatedGroupXid\":\"g3\"") "," THREAT("g3",
                                                                                                                                                                                                                             ",\"associatedIndicators\":[{\"indicatorType\":\"host\",\"summary\":"
                                                                                                                                                                                                                             "\"C.example\"}]") "]}",
        7);
    check_links(fix, 7, 0);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/a.example/groups"), 2);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/b.example/groups/threats"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/c.example/groups"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/d.example/groups"), 0);
    /* Importing again changes nothing, and later jobs find earlier groups. */
    load(fix, "{\"indicator\":[" HOST("d.example", ",\"associatedGroups\":[\"g3\",\"g3\"]") "]}",
         1);
    check_links(fix, 1, 0);
    load(fix, "{\"group\":[" THREAT("g3", "") "]}", 1);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/d.example/groups"), 1);
}

/* The same link from both ends, twice over, and as an association: once. */
static void mirrored_links_count_once(void **state)
{
    fixture *fix = *state;
    load(
        fix,
        "{\"group\":[" THREAT(
            "g1",
            ",\"associatedGroupXid\":[\"g2\",\"g2\"],\"associatedIndicators\":"
            "[{\"indicatorType\":\"Host\",\"summary\":\"a.example\"}]") "," THREAT("g2",
                                                                                   ",\"associatedGr"
                                                                                   "oupXid\":["
                                                                                   "\"g1\"]") "],"
                                                                                              "\"in"
                                                                                              "dica"
                                                                                              "tor"
                                                                                              "\":"
                                                                                              "[" HOST("a.example", ",\"associatedGroups\":[\"g1\"]") "," ADDRESS(
                                                                                                  "198.51.100.7") "],"
                                                                                                                  "\"association\":[{\"ref_1\":\"g1\",\"ref_2\":\"a.example\",\"type_2\":\"Host\"},"
                                                                                                                  "{\"ref_2\":\"g1\",\"ref_1\":\"a.example\",\"type_1\":\"Host\"},"
                                                                                                                  "{\"ref_1\":\"g2\",\"ref_2\":\"g1\"},"
                                                                                                                  "{\"ref_1\":\"a.example\",\"type_1\":\"Host\",\"ref_2\":\"198.51.100.7\",\"type_2\":"
                                                                                                                  "\"Address\",\"associationType\":\"Host to Indicators\"},"
                                                                                                                  "{\"ref_2\":\"a.example\",\"type_2\":\"Host\",\"ref_1\":\"198.51.100.7\",\"type_1\":"
                                                                                                                  "\"Address\",\"associationType\":\"host to indicators\"}]}",
        4);
    check_links(fix, 3, 0);
}

static void missing_ends_leave_the_item(void **state)
{
    fixture *fix = *state;
    run_batch(fix, SETTINGS(""),
              "{\"group\":[" THREAT(
                  "g1", ",\"associatedGroupXid\":[\"gone\",\"g1\"],"
                        "\"associatedIndicators\":[{\"indicatorType\":\"Host\","
                        "\"summary\":\"gone.example\"},{\"indicatorType\":"
                        "\"Nothing\",\"summary\":\"x\"},{}]") "],"
                                                              "\"indicator\":[" HOST(
                                                                  "a.example",
                                                                  ",\"associatedGroups\":[\"gone\","
                                                                  "{}]") "],"
                                                                         "\"association\":[{\"ref_"
                                                                         "1\":\"gone\",\"ref_2\":"
                                                                         "\"g1\"},{\"ref_1\":"
                                                                         "\"g1\"},"
                                                                         "{\"ref_1\":\"g1\",\"ref_"
                                                                         "2\":\"g1\"},{\"id_1\":"
                                                                         "999,\"ref_2\":\"g1\"},"
                                                                         "{\"ref_1\":\"g1\",\"type_"
                                                                         "1\":\"Adversary\",\"ref_"
                                                                         "2\":\"a.example\",\"type_"
                                                                         "2\":"
                                                                         "\"Host\"},{\"ref_1\":"
                                                                         "\"g1\",\"type_1\":"
                                                                         "\"Nothing\",\"ref_2\":"
                                                                         "\"a.example\","
                                                                         "\"type_2\":\"Host\"},{"
                                                                         "\"ref_1\":\"g1\",\"ref_"
                                                                         "2\":\"a.example\"}]}",
              2, 14);
    check_links(fix, 0, 14);
    read_results(fix, "");
    assert_int_equal(count_of(fix, "\"code\":\"0x1009\""), 5);
    assert_int_equal(count_of(fix, "\"code\":\"0x1007\""), 9);
    contains(fix, "\"errorReason\":\"Host a.example is associated with the group gone, which does "
                  "not exist.\"");
    assert_int_equal(list_size(fix, "/v2/indicators"), 1);
    (void)group_id(fix, "threats");
}

static void ends_by_number(void **state)
{
    fixture *fix = *state;
    char content[400];
    load(fix,
         "{\"group\":[" THREAT("g1", "") "],\"indicator\":[" HOST("a.example", "") "," ADDRESS(
             "198.51.100.7") "]}",
         3);
    long long group = group_id(fix, "threats");
    expect(fix, "GET", "/v2/indicators/hosts/a.example", NULL, 200);
    long long host = number_of(fix, "id");
    expect(fix, "GET", "/v2/indicators/addresses/198.51.100.7", NULL, 200);
    long long address = number_of(fix, "id");
    /* The number wins over the reference; a type of a group may stand with it. */
    (void)snprintf(content, sizeof(content),
                   "{\"association\":[{\"id_1\":%lld,\"ref_1\":\"gone\",\"type_1\":\"host\","
                   "\"id_2\":%lld},{\"id_1\":%lld,\"type_1\":\"threat\",\"id_2\":\"%lld\","
                   "\"type_2\":\"Address\"}]}",
                   host, group, group, address);
    load(fix, content, 0);
    check_links(fix, 2, 0);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/a.example/groups"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/addresses/198.51.100.7/groups"), 1);
    /* A number of another type or of another owner is not there. */
    (void)snprintf(content, sizeof(content),
                   "{\"association\":[{\"id_1\":%lld,\"type_1\":\"Address\",\"id_2\":%lld},"
                   "{\"id_1\":%lld,\"type_1\":\"Tool\",\"id_2\":%lld,\"type_2\":\"Host\"}]}",
                   host, group, group, host);
    run_batch(fix, SETTINGS(""), content, 0, 2);
    (void)snprintf(content, sizeof(content),
                   "{\"association\":[{\"id_1\":%lld,\"type_1\":\"Host\","
                   "\"id_2\":%lld}]}",
                   host, group);
    run_batch(fix, "{\"version\":\"V2\",\"owner\":\"Shared Feed\",\"action\":\"Create\"}", content,
              0, 1);
}

static void associations_between_indicators(void **state)
{
#define PAIR(type_a, a, type_b, b, word)                                                           \
    "{\"association\":[{\"ref_1\":\"" a "\",\"type_1\":\"" type_a "\",\"ref_2\":\"" b              \
    "\",\"type_2\":\"" type_b "\"" word "}]}"
#define WORD(text) ",\"associationType\":\"" text "\""
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
    static const struct {
        const char *content;
        int errors;
    } rows[] = {
        {PAIR("URL", "http://a.example/", "Host", "a.example", WORD("URL Host")), 0},
        {PAIR("host", "a.example", "url", "http://a.example/", WORD("url host")), 0},
        {PAIR("Host", "a.example", "Address", "198.51.100.7", WORD("Host to Indicators")), 0},
        {PAIR("Address", "198.51.100.7", "ASN", "ASN64500", WORD("Address to Indicators")), 0},
        {PAIR("File", MD5, "Mutex", "m", WORD("File Mutex")), 0},
        {PAIR("Mutex", "m", "File", MD5, WORD("File Mutex")), 0},
        {PAIR("Host", "a.example", "Address", "198.51.100.7", ""), 1},
        {PAIR("Host", "a.example", "Address", "198.51.100.7", WORD("URL Host")), 1},
        {PAIR("Host", "a.example", "Address", "198.51.100.7", WORD("File to Indicators")), 1},
        {PAIR("Host", "a.example", "Address", "198.51.100.7", WORD("Friends")), 1},
        {PAIR("Host", "a.example", "Host", "a.example", WORD("Host to Indicators")), 1},
    };
    fixture *fix = *state;
    load(fix,
         "{\"indicator\":[" HOST("a.example", "") "," ADDRESS(
             "198.51.100.7") ","
                             "{\"type\":\"URL\",\"summary\":\"http://a.example/\"},"
                             "{\"type\":\"ASN\",\"summary\":\"ASN64500\"},{\"type\":\"Mutex\","
                             "\"summary\":\"m\"},"
                             "{\"type\":\"File\",\"summary\":\"" MD5 "\"}]}",
         6);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        run_batch(fix, SETTINGS(""), rows[i].content, 0, rows[i].errors);
        check_links(fix, !rows[i].errors, rows[i].errors);
        if (!rows[i].errors)
            continue;
        read_results(fix, "?code=0x1009");
        contains(fix, "\"errorReason\":\"Association of ");
    }
    assert_int_equal(list_size(fix, "/v2/indicators/urls/http%3A%2F%2Fa.example%2F/indicators"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/a.example/indicators"), 2);
    assert_int_equal(list_size(fix, "/v2/indicators/files/" MD5 "/indicators"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/addresses/198.51.100.7/indicators"), 2);
}

/* An indicator may name others itself; the link is called after its type. */
static void indicators_that_name_indicators(void **state)
{
    fixture *fix = *state;
    load(fix,
         "{\"indicator\":[" HOST(
             "a.example",
             ",\"associatedIndicators\":[{\"indicatorType\":"
             "\"Address\",\"summary\":\"198.51.100.7\"}]") "," ADDRESS("198.51.100.7") "]}",
         2);
    check_links(fix, 1, 0);
    assert_int_equal(list_size(fix, "/v2/indicators/addresses/198.51.100.7/indicators/hosts"), 1);
    run_batch(fix, SETTINGS(""),
              "{\"indicator\":[" HOST("a.example",
                                      ",\"associatedIndicators\":[{\"indicatorType\":"
                                      "\"Address\",\"summary\":\"198.51.100.8\"}]") "]}",
              1, 1);
    /* It is not made on the way. */
    expect(fix, "GET", "/v2/indicators/addresses/198.51.100.8", NULL, 404);
}

/* A link to itself is refused for what it is. */
static void items_that_name_themselves(void **state)
{
    fixture *fix = *state;
    run_batch(
        fix, SETTINGS(""),
        "{\"group\":[" THREAT("g1", ",\"associatedGroupXid\":[\"g1\"]") "],\"indicator\":[" HOST(
            "a.example", ",\"associatedIndicators\":[{\"indicatorType\":\"Host\","
                         "\"summary\":\"A.example\"}]") "]}",
        2, 2);
    check_links(fix, 0, 2);
    read_results(fix, "?code=0x1009");
    contains(fix, "Threat g1 is associated with the group g1, which is itself.");
    contains(fix, "Host a.example is associated with the indicator A.example, which is itself.");
    lacks(fix, "does not exist");
}

/* The order of the arrays in the file does not matter. */
static void arrays_in_any_order(void **state)
{
    fixture *fix = *state;
    load(fix,
         "{\"association\":[{\"ref_1\":\"g1\",\"ref_2\":\"a.example\",\"type_2\":\"Host\"}],"
         "\"indicator\":[" HOST("a.example", "") "],\"group\":[" THREAT("g1", "") "]}",
         2);
    check_links(fix, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        batch_test(groups_in_every_shape),           batch_test(mirrored_links_count_once),
        batch_test(missing_ends_leave_the_item),     batch_test(ends_by_number),
        batch_test(associations_between_indicators), batch_test(indicators_that_name_indicators),
        batch_test(items_that_name_themselves),      batch_test(arrays_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
