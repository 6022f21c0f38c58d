/* What items of a batch file say: every field of the tables of rest-v2 4.7, in both versions. */
#include "wire/batch_fixture.h"

#define V1(more) "{\"owner\":\"Acme CTI\",\"action\":\"Create\"" more "}"
#define HOSTS(items) "{\"indicator\":[" items "]}"
#define GROUPS(items) "{\"group\":[" items "]}"
#define GOOD(more) "{\"type\":\"Threat\",\"name\":\"good\",\"xid\":\"good\"" more "}"

/* --- V1 ------------------------------------------------------------------------------------ */

static void version_one_knows_its_fields(void **state)
{
    fixture *fix = *state;
    run_batch(fix, V1(""),
              "[{\"summary\":\"evil.example\",\"type\":\"Host\",\"rating\":3,\"confidence\":60,"
              "\"description\":\"beacon host\",\"source\":\"lab\",\"attribute\":[{\"type\":"
              "\"Additional Analysis and Context\",\"value\":\"seen\",\"displayed\":true}],"
              "\"tag\":[{\"name\":\"Phish Kit\"}],\"id\":77,\"ownerName\":\"Nobody\","
              "\"webLink\":\"x\",\"dateAdded\":\"1999-01-01T00:00:00Z\",\"xid\":\"v-1\","
              "\"active\":false,\"flag1\":true,\"observationCount\":9,"
              "\"securityLabel\":[{\"name\":\"unheard of\"}],"
              "\"associatedGroups\":[{\"groupXid\":\"gone\"}]},"
              "{\"summary\":\"203.0.113.7\",\"type\":\"Address\"}]",
              2, 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 2);
    expect(fix, "GET", "/v2/indicators/hosts/evil.example?includeAdditional=true", NULL, 200);
    contains(fix, "\"rating\":3.0,\"confidence\":60");
    contains(fix, "\"description\":\"beacon host\"");
    contains(fix, "\"source\":\"lab\"");
    contains(fix, "\"active\":true");
    lacks(fix, "1999");
    lacks(fix, "v-1");
    lacks(fix, "\"dnsActive\":\"true\"");
    lacks(fix, "\"id\":77,");
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/evil.example/attributes"), 3);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/evil.example/tags"), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/evil.example/securityLabels"), 0);
}

static void version_one_takes_the_bulk_file(void **state)
{
    fixture *fix = *state;
    run_batch(
        fix, V1(",\"version\":\"V1\",\"attributeWriteType\":\"Replace\""),
        "{\"indicator\":[{\"id\":1,\"ownerName\":\"Shared Feed\",\"type\":\"File\","
        "\"dateAdded\":\"2024-03-01T00:00:00Z\",\"lastModified\":\"2024-03-01T00:00:00Z\","
        "\"rating\":3.00,\"confidence\":55,\"threatAssessRating\":3.0,"
        "\"threatAssessConfidence\":55.0,\"webLink\":\"https://x\",\"summary\":"
        "\"44D88612FEA8A8F36DE82E1278ABB02F : 3395856CE81F2B7382DEE72602F798B642F14140\","
        "\"attribute\":[{\"id\":4,\"type\":\"Source\",\"value\":\"s\",\"displayed\":true,"
        "\"dateAdded\":\"2024-03-01T00:00:00Z\"}],\"tag\":[{\"name\":\"t\",\"webLink\":\"y\"}]},"
        "{\"type\":\"URL\",\"summary\":\"http://a.example/\"}]}",
        2, 0);
    expect(fix, "GET", "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F", NULL, 200);
    contains(fix, "3395856CE81F2B7382DEE72602F798B642F14140");
    contains(fix, "\"source\":\"s\"");
    lacks(fix, "2024-03-01");
}

/* --- indicators ---------------------------------------------------------------------------- */

/* Every way of giving the value, and where it is then found. */
static void values_in_every_shape(void **state)
{
    static const struct {
        const char *item, *target;
    } rows[] = {
        {"\"type\":\"host\",\"summary\":\"A.example\"", "hosts/a.example"},
        {"\"type\":\"Host\",\"hostName\":\"b.example\"", "hosts/b.example"},
        {"\"type\":\"Host\",\"value1\":\"c.example\"", "hosts/c.example"},
        {"\"type\":\"Host\",\"value\":\"d.example\"", "hosts/d.example"},
        {"\"type\":\"ADDRESS\",\"ip\":\"198.51.100.7\"", "addresses/198.51.100.7"},
        {"\"type\":\"EmailAddress\",\"address\":\"a@b.example\"", "emailAddresses/a@b.example"},
        {"\"type\":\"Url\",\"text\":\"http://a.example/\"", "urls/http%3A%2F%2Fa.example%2F"},
        {"\"type\":\"ASN\",\"AS Number\":\"ASN64500\"", "asns/ASN64500"},
        {"\"type\":\"CIDR\",\"Block\":\"203.0.113.0/24\"", "cidrBlocks/203.0.113.0%2F24"},
        {"\"type\":\"Email Subject\",\"Subject\":\"Hi\"", "emailSubjects/Hi"},
        {"\"type\":\"Hashtag\",\"Hashtag\":\"#x\"", "hashtags/%23x"},
        {"\"type\":\"Mutex\",\"Mutex\":\"m\"", "mutexes/m"},
        {"\"type\":\"Registry Key\",\"Key Name\":\"HKEY_USERS\\\\a\",\"Value Name\":\"n\","
         "\"Value Type\":\"REG_SZ\"",
         "registryKeys/HKEY_USERS%5Ca%20%3A%20n%20%3A%20REG_SZ"},
        {"\"type\":\"Registry Key\",\"value1\":\"HKEY_USERS\\\\b\",\"value2\":\"n\","
         "\"value3\":\"REG_SZ\"",
         "registryKeys/HKEY_USERS%5Cb%20%3A%20n%20%3A%20REG_SZ"},
        {"\"type\":\"Registry Key\",\"summary\":\"HKEY_USERS\\\\c : n : REG_SZ\"",
         "registryKeys/HKEY_USERS%5Cc%20%3A%20n%20%3A%20REG_SZ"},
        {"\"type\":\"User Agent\",\"User Agent String\":\"u/1\"", "userAgents/u%2F1"},
        {"\"type\":\"File\",\"sha1\":\"3395856CE81F2B7382DEE72602F798B642F14140\","
         "\"summary\":\"is ignored\"",
         "files/3395856CE81F2B7382DEE72602F798B642F14140"},
        {"\"type\":\"File\",\"summary\":\"11d88612fea8a8f36de82e1278abb02f\"",
         "files/11D88612FEA8A8F36DE82E1278ABB02F"},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char content[320], target[160];
        (void)snprintf(content, sizeof(content), HOSTS("{%s,\"confidence\":%zu}"), rows[i].item,
                       i + 1);
        load(fix, content, 1);
        (void)snprintf(target, sizeof(target), "/v2/indicators/%s", rows[i].target);
        expect(fix, "GET", target, NULL, 200);
        assert_int_equal(number_of(fix, "confidence"), (long long)i + 1);
    }
}

#define KEY(name, value)                                                                           \
    "\"Key Name\":\"HKEY_USERS\\\\" name "\",\"Value Name\":" value ",\"Value Type\":\"REG_SZ\""
#define NAMELESS "/v2/indicators/registryKeys/HKEY_USERS%5C"
#define JOINT "%20%3A%20%20%3A%20REG_SZ"

/* A blank stands for no name; empty text is no value, in a batch as well as in a request. In a
 * joined text nothing stands between the colons. */
static void registry_value_without_a_name(void **state)
{
    static const char *const good[] = {
        KEY("a", "\" \""), "\"value1\":\"HKEY_USERS\\\\b\",\"value2\":\" \",\"value3\":\"REG_SZ\"",
        "\"summary\":\"HKEY_USERS\\\\c :  : REG_SZ\"",
        "\"summary\":\"HKEY_USERS\\\\d :   : REG_SZ\""};
    static const char *const bad[] = {
        KEY("x", "\"\""), "\"value1\":\"HKEY_USERS\\\\x\",\"value2\":\"\",\"value3\":\"REG_SZ\"",
        "\"Key Name\":\"HKEY_USERS\\\\x\",\"Value Type\":\"REG_SZ\""};
    fixture *fix = *state;
    char content[320], target[160];
    for (size_t i = 0; i < TOC_COUNT(good); i++) {
        (void)snprintf(content, sizeof(content), HOSTS("{\"type\":\"Registry Key\",%s}"), good[i]);
        load(fix, content, 1);
        (void)snprintf(target, sizeof(target), "%s%c%s", NAMELESS, (int)('a' + i), JOINT);
        expect(fix, "GET", target, NULL, 200);
        contains(fix, "\"Value Name\":\"\"");
    }
    for (size_t i = 0; i < TOC_COUNT(bad); i++) {
        (void)snprintf(content, sizeof(content), HOSTS("{\"type\":\"Registry Key\",%s}"), bad[i]);
        run_batch(fix, SETTINGS(""), content, 0, 1);
        read_results(fix, "?code=0x1005");
        contains(fix, "invalid Value Name");
    }
    expect(fix, "POST", "/v2/indicators/registryKeys", "{" KEY("x", "\"\"") "}", 400);
    contains(fix, "The Value Name for this Registry Key is invalid");
    expect(fix, "POST", "/v2/indicators/registryKeys", "{" KEY("e", "\" \"") "}", 201);
    contains(fix, "\"Value Name\":\"\"");
    expect(fix, "GET", NAMELESS "x" JOINT, NULL, 404);
}

static void members_of_an_indicator(void **state)
{
    fixture *fix = *state;
    load(fix,
         HOSTS(
             "{\"type\":\"Host\",\"summary\":\"a.example\",\"rating\":\"2.5\",\"confidence\":\"7\","
             "\"active\":false,\"activeLocked\":true,\"privateFlag\":true,\"dnsActive\":true,"
             "\"flag2\":true,\"description\":\"d\",\"xid\":\"i-1\","
             "\"firstSeen\":\"2024-01-01T00:00:00Z\",\"lastSeen\":\"2024-01-02\","
             "\"externalDateAdded\":\"2024-01-01T00:00:00Z\","
             "\"externalDateExpires\":\"2024-01-01T00:00:00Z\","
             "\"externalLastModified\":\"2024-01-01T00:00:00Z\","
             "\"externalDateCreated\":\"2024-01-01T00:00:00Z\","
             "\"dateAdded\":\"2020-05-05T00:00:00Z\",\"lastModified\":\"2020-06-06T00:00:00Z\","
             "\"fileAction\":{\"children\":[{\"indicatorXid\":\"x\",\"children\":[]}]},"
             "\"observationCount\":5,\"falsePositiveCount\":6,\"threatAssessScore\":7,"
             "\"somethingNew\":[{\"a\":1}]}"),
         1);
    expect(fix, "GET", "/v2/indicators/hosts/a.example?includeAdditional=true", NULL, 200);
    contains(fix, "\"dateAdded\":\"2020-05-05T00:00:00Z\"");
    contains(fix, "\"lastModified\":\"2020-06-06T00:00:00Z\"");
    contains(fix, "\"rating\":2.5,\"confidence\":7");
    contains(fix, "\"description\":\"d\"");
    contains(fix, "\"dnsActive\":\"true\",\"whoisActive\":\"true\"");
    contains(fix, "\"active\":false");
    contains(fix, "\"activeLocked\":true");
    contains(fix, "\"privateFlag\":true");
    contains(fix, "\"xid\":\"i-1\"");
    lacks(fix, "\"observationCount\":5");
    lacks(fix, "\"falsePositiveCount\":6");
    /* Changing: what is not there stays, the date of creation too. */
    load(fix,
         HOSTS("{\"type\":\"Host\",\"summary\":\"a.example\",\"rating\":5,\"flag1\":false,"
               "\"dateAdded\":\"2021-05-05T00:00:00Z\"}"),
         1);
    expect(fix, "GET", "/v2/indicators/hosts/a.example?includeAdditional=true", NULL, 200);
    contains(fix, "\"dateAdded\":\"2020-05-05T00:00:00Z\"");
    lacks(fix, "2020-06-06");
    contains(fix, "\"rating\":5.0,\"confidence\":7");
    contains(fix, "\"dnsActive\":\"false\",\"whoisActive\":\"true\"");
    contains(fix, "\"active\":false");
}

static void sizes_and_occurrences(void **state)
{
#define FILE_ITEM(more)                                                                            \
    HOSTS("{\"type\":\"File\",\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\"" more "}")
    static const char occurrences[] =
        "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F/fileOccurrences";
    fixture *fix = *state;
    load(fix, FILE_ITEM(",\"intValue1\":68,\"fileOccurrence\":{\"fileName\":\"a.exe\"}"), 1);
    load(fix,
         FILE_ITEM(",\"fileOccurrence\":[{\"fileName\":\"a.exe\"},{\"path\":\"C:\\\\\"},"
                   "{\"date\":\"2024-02-28T00:00:00Z\"},{\"date\":\"1709078400\"}]"),
         1);
    expect(fix, "GET", occurrences, NULL, 200);
    assert_int_equal(count_of(fix, "\"id\":"), 3);
    expect(fix, "GET", "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F", NULL, 200);
    contains(fix, "\"size\":68");
    load(fix, FILE_ITEM(",\"size\":69"), 1);
    expect(fix, "GET", "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F", NULL, 200);
    contains(fix, "\"size\":69");
    run_batch(fix, SETTINGS(""), FILE_ITEM(",\"size\":70,\"fileOccurrence\":{}"), 0, 1);
    run_batch(fix, SETTINGS(""), FILE_ITEM(",\"size\":70,\"fileOccurrence\":{\"date\":\"soon\"}"),
              0, 1);
    /* A refused item changes nothing at all. */
    expect(fix, "GET", "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F", NULL, 200);
    contains(fix, "\"size\":69");
}

/* --- labels, tags, attributes --------------------------------------------------------------- */

static void labels_are_made_when_described(void **state)
{
    fixture *fix = *state;
    load(fix,
         HOSTS("{\"type\":\"Host\",\"summary\":\"a.example\",\"securityLabel\":["
               "{\"name\":\"House\",\"description\":\"ours\",\"color\":\"00ff00\"},"
               "{\"name\":\"TLP:RED\",\"description\":\"changed\",\"color\":\"000000\"}],"
               "\"attribute\":[{\"type\":\"Note\",\"value\":\"n\",\"securityLabel\":["
               "{\"name\":\"house\"},\"TLP:GREEN\"]}]},"
               "{\"type\":\"Host\",\"summary\":\"b.example\",\"securityLabel\":[\"House\"]}"),
         2);
    expect(fix, "GET", "/v2/securityLabels/House", NULL, 200);
    contains(fix, "\"description\":\"ours\"");
    contains(fix, "00ff00");
    expect(fix, "GET", "/v2/securityLabels/TLP%3ARED", NULL, 200);
    lacks(fix, "changed");
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/a.example/securityLabels"), 2);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/b.example/securityLabels"), 1);
    run_batch(fix, SETTINGS(""),
              HOSTS("{\"type\":\"Host\",\"summary\":\"c.example\",\"securityLabel\":["
                    "{\"name\":\"New\",\"description\":\"no color\"}]},"
                    "{\"type\":\"Host\",\"summary\":\"d.example\",\"securityLabel\":["
                    "{\"name\":\"New\",\"color\":\"00ff00\"}]},"
                    "{\"type\":\"Host\",\"summary\":\"e.example\",\"securityLabel\":["
                    "{\"name\":\"New\",\"description\":\"d\",\"color\":\"#00ff0\"}]},"
                    "{\"type\":\"Host\",\"summary\":\"f.example\",\"attribute\":[{\"type\":"
                    "\"Note\",\"value\":\"v\",\"securityLabel\":[{\"name\":\"New\"}]}]}"),
              0, 4);
    expect(fix, "GET", "/v2/securityLabels/New", NULL, 404);
    assert_int_equal(list_size(fix, "/v2/indicators"), 2);
}

static void the_first_fault_refuses_the_item(void **state)
{
    static const char *const faults[] = {
        "\"rating\":5.5",
        "\"rating\":-1",
        "\"confidence\":101",
        "\"confidence\":\"much\"",
        "\"active\":\"perhaps\"",
        "\"firstSeen\":\"someday\"",
        "\"tag\":[{\"name\":\"\"}]",
        "\"tag\":[{}]",
        "\"tag\":[{\"name\":\"good\"},7]",
        "\"attribute\":[{\"type\":\"Note\"}]",
        "\"attribute\":[{\"value\":\"v\"}]",
        "\"attribute\":[{\"type\":\"Note\",\"value\":\"ok\"},{\"type\":\"Note\",\"value\":\"\"}]",
        "\"attribute\":7",
        "\"securityLabel\":[{}]",
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(faults); i++) {
        char content[256];
        (void)snprintf(content, sizeof(content),
                       HOSTS("{\"type\":\"Host\",\"summary\":\"a.example\",%s}"), faults[i]);
        run_batch(fix, SETTINGS(""), content, 0, 1);
        read_results(fix, "?code=0x1005");
        contains(fix, "Host a.example ");
        assert_int_equal(count_of(fix, "errorReason"), 1);
        expect(fix, "GET", "/v2/indicators/hosts/a.example", NULL, 404);
    }
    char content[512], name[160];
    memset(name, 'n', 129);
    name[129] = '\0';
    for (int good = 0; good < 2; good++) {
        (void)snprintf(content, sizeof(content),
                       HOSTS("{\"type\":\"Host\",\"summary\":\"a.example\",\"tag\":[{\"name\":"
                             "\"%s\"}]}"),
                       name + good);
        run_batch(fix, SETTINGS(""), content, good, !good);
    }
}

/* --- groups -------------------------------------------------------------------------------- */

static void members_of_groups(void **state)
{
    static const struct {
        const char *item, *branch, *wanted;
    } rows[] = {
        {"\"type\":\"Email\",\"subject\":\"s\",\"header\":\"h\",\"body\":\"b\",\"to\":\"t\","
         "\"from\":\"f\",\"score\":5",
         "emails",
         "\"subject\":\"s\",\"header\":\"h\",\"body\":\"b\",\"from\":\"f\",\"to\":\"t\","
         "\"score\":5"},
        {"\"type\":\"event\",\"eventDate\":\"2024-01-01T00:00:00Z\",\"eventType\":\"breach\","
         "\"status\":\"Escalated\",\"insights\":\"i\",\"aiProvider\":\"p\","
         "\"aiLastRetrievalDate\":\"2024-01-01\"",
         "events", "\"eventDate\":\"2024-01-01T00:00:00Z\""},
        {"\"type\":\"Incident\",\"eventDate\":\"2024-01-01T00:00:00Z\",\"status\":\"Open\"",
         "incidents", "\"status\":\"Open\""},
        {"\"type\":\"Document\",\"malware\":true,\"password\":\"p\",\"fileName\":\"a.zip\","
         "\"status\":\"Success\",\"fileSize\":9",
         "documents", "\"fileName\":\"a.zip\",\"status\":\"Awaiting Upload\",\"malware\":true"},
        {"\"type\":\"Report\",\"fileName\":\"r.pdf\",\"publishDate\":\"2024-01-01T00:00:00Z\"",
         "reports", "\"publishDate\":\"2024-01-01T00:00:00Z\""},
        {"\"type\":\"Signature\",\"fileName\":\"s.yar\",\"fileType\":\"YARA\",\"fileText\":\"r\"",
         "signatures", "\"fileName\":\"s.yar\",\"fileType\":\"YARA\""},
        {"\"type\":\"Campaign\",\"firstSeen\":\"2024-01-01T00:00:00Z\",\"lastSeen\":\"2024-01-02\"",
         "campaigns", "\"firstSeen\":\"2024-01-01T00:00:00Z\""},
        {"\"type\":\"Attack Pattern\",\"externalDateAdded\":\"2024-01-01\","
         "\"externalDateExpires\":\"2024-01-01\",\"externalLastModified\":\"2024-01-01\"",
         "attackPatterns", "\"name\":\"n\""},
        {"\"type\":\"course of action\"", "coursesOfAction", "\"name\":\"n\""},
        {"\"type\":\"Intrusion Set\"", "intrusionSets", "\"name\":\"n\""},
        {"\"type\":\"Malware\"", "malware", "\"name\":\"n\""},
        {"\"type\":\"Tactic\"", "tactics", "\"name\":\"n\""},
        {"\"type\":\"Tool\"", "tools", "\"name\":\"n\""},
        {"\"type\":\"Vulnerability\"", "vulnerabilities", "\"name\":\"n\""},
        {"\"type\":\"Adversary\",\"dateAdded\":\"2020-05-05T00:00:00Z\"", "adversaries",
         "\"dateAdded\":\"2020-05-05T00:00:00Z\""},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char content[480];
        (void)snprintf(content, sizeof(content), GROUPS("{\"name\":\"n\",\"xid\":\"%s\",%s}"),
                       rows[i].branch, rows[i].item);
        load(fix, content, 1);
        read_group(fix, rows[i].branch, "?includeAdditional=true");
        contains(fix, rows[i].wanted);
        (void)snprintf(content, sizeof(content), "\"xid\":\"%s\"", rows[i].branch);
        contains(fix, content);
        contains(fix, fix->user.access_id); /* createdBy */
    }
}

static void groups_that_lack_something(void **state)
{
    static const char *const items[] = {
        "{\"type\":\"Threat\",\"name\":\"n\"}",
        "{\"type\":\"Threat\",\"xid\":\"x\"}",
        "{\"type\":\"Threat\",\"xid\":\"x\",\"name\":\"\"}",
        "{\"name\":\"n\",\"xid\":\"x\"}",
        "{\"type\":\"Host\",\"name\":\"n\",\"xid\":\"x\"}",
        "{\"type\":\"Email\",\"name\":\"n\",\"xid\":\"x\",\"subject\":\"s\",\"body\":\"b\"}",
        "{\"type\":\"Signature\",\"name\":\"n\",\"xid\":\"x\",\"fileName\":\"f\"}",
        "{\"type\":\"Document\",\"name\":\"n\",\"xid\":\"x\",\"malware\":true}",
        "{\"type\":\"Event\",\"name\":\"n\",\"xid\":\"x\",\"eventType\":\"Party\"}",
        "{\"type\":\"Event\",\"name\":\"n\",\"xid\":\"x\",\"status\":\"Open\"}",
        "{\"type\":\"Event\",\"name\":\"n\",\"xid\":\"x\",\"insights\":\"i\"}",
        "{\"type\":\"Incident\",\"name\":\"n\",\"xid\":\"x\",\"eventDate\":\"soon\"}",
        "{\"type\":\"Task\",\"name\":\"n\",\"xid\":\"x\"}",
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(items); i++) {
        char content[256];
        (void)snprintf(content, sizeof(content), GROUPS("%s"), items[i]);
        run_batch(fix, SETTINGS(""), content, 0, 1);
        read_results(fix, "?code=0x1006");
        assert_int_equal(list_size(fix, "/v2/groups"), 0);
    }
    /* null is the same as absent, and a document need not name its file. */
    load(fix,
         GROUPS("{\"type\":\"Event\",\"name\":\"n\",\"xid\":\"e\",\"status\":null},"
                "{\"type\":\"Document\",\"name\":\"paper\",\"xid\":\"d\"},"
                "{\"type\":\"Report\",\"name\":\"r\",\"xid\":\"r\"}"),
         3);
    read_group(fix, "documents", "");
    contains(fix, "\"fileName\":\"paper\"");
}

static void an_xid_overwrites(void **state)
{
    fixture *fix = *state;
    load(fix,
         GROUPS("{\"type\":\"Document\",\"name\":\"first\",\"xid\":\"d\",\"fileName\":\"f.txt\"},"
                "{\"type\":\"Incident\",\"name\":\"i\",\"xid\":\"i\",\"status\":\"Open\","
                "\"eventDate\":\"2020-01-01T00:00:00Z\",\"associatedGroupXid\":[\"d\"]}"),
         2);
    long long id = group_id(fix, "documents");
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld/upload", id);
    int uploaded = ask(fix, "POST", target, "content");
    load(fix,
         GROUPS("{\"type\":\"document\",\"name\":\"second\",\"xid\":\"d\"},"
                "{\"type\":\"Incident\",\"name\":\"j\",\"xid\":\"i\",\"status\":\"Closed\"},"
                "{\"type\":\"Incident\",\"name\":\"last wins\",\"xid\":\"i\"}"),
         3);
    assert_int_equal(group_id(fix, "documents"), id);
    contains(fix, "\"name\":\"second\"");
    contains(fix, "\"fileName\":\"f.txt\"");
    /* What was uploaded is still there. */
    if (uploaded == 200)
        lacks(fix, "Awaiting Upload");
    read_group(fix, "incidents", "");
    contains(fix, "\"name\":\"last wins\"");
    contains(fix, "\"status\":\"Closed\"");
    contains(fix, "2020-01-01");
    read_group(fix, "incidents", "/groups");
    contains(fix, "\"resultCount\":1");
    run_batch(fix, SETTINGS(""), GROUPS("{\"type\":\"Threat\",\"name\":\"t\",\"xid\":\"d\"}"), 0,
              1);
    read_results(fix, "?code=0x1006");
    assert_int_equal(group_id(fix, "documents"), id);
}

/* Two owners know nothing of each other's xids. */
static void an_xid_is_the_owners(void **state)
{
    static const char feed[] = "{\"version\":\"V2\",\"owner\":\"Shared Feed\",\"action\":\"%s\"}";
    fixture *fix = *state;
    char config[128];
    load(fix, GROUPS(GOOD("")), 1);
    (void)snprintf(config, sizeof(config), feed, "Create");
    run_batch(fix, config, GROUPS("{\"type\":\"Adversary\",\"name\":\"other\",\"xid\":\"good\"}"),
              1, 0);
    (void)group_id(fix, "threats");
    expect(fix, "GET", "/v2/groups/adversaries", NULL, 200);
    contains(fix, "\"resultCount\":0");
    expect(fix, "GET", "/v2/groups/adversaries?owner=Shared+Feed", NULL, 200);
    contains(fix, "\"resultCount\":1");
    (void)snprintf(config, sizeof(config), feed, "Delete");
    run_batch(fix, config, GROUPS(GOOD("")), 1, 0);
    run_batch(fix, config, GROUPS(GOOD("")), 0, 1);
    (void)group_id(fix, "threats");
}

/* What a request of its own would be refused for, a job's item is as well. */
static void parts_keep_to_their_limits(void **state)
{
    static const char *const items[] = {
        "{\"type\":\"Host\",\"summary\":\"a.example\",\"attribute\":[{\"type\":\"Note\","
        "\"value\":\"n\",\"xid\":\"%s\"}]}",
        "{\"type\":\"Host\",\"summary\":\"b.example\",\"securityLabel\":[{\"name\":\"%s\","
        "\"description\":\"d\",\"color\":\"00ff00\"}]}",
    };
    fixture *fix = *state;
    char name[TOC_MAX_XID + 2], file[TOC_MAX_XID + 512], item[256];
    for (size_t i = 0; i < 2 * TOC_COUNT(items); i++) {
        size_t len = TOC_MAX_XID + i % 2;
        memset(name, 'x', len);
        name[len] = '\0';
        (void)snprintf(item, sizeof(item), "%s", items[i / 2]);
        char *hole = strstr(item, "%s");
        assert_non_null(hole);
        *hole = '\0';
        (void)snprintf(file, sizeof(file), HOSTS("%s%s%s"), item, name, hole + 2);
        run_batch(fix, SETTINGS(""), file, i % 2 == 0, i % 2);
    }
}

/* An item whose description is no Description is refused as a whole. */
static void texts_are_attributes(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    toc_buf_init(&file, TOC_MAX_BODY_SMALL);
    toc_buf_lit(&file, "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\",\"rating\":3,"
                       "\"description\":\"");
    for (int i = 0; i < 65536; i++)
        toc_buf_char(&file, 'm');
    toc_buf_lit(&file, "\"}]}");
    run_batch(fix, SETTINGS(""), file.ptr, 0, 1);
    read_results(fix, "?code=0x1005");
    contains(fix, "Host a.example has an invalid description.");
    run_batch(fix, SETTINGS(",\"attributeWriteType\":\"Append\""), file.ptr, 0, 1);
    expect(fix, "GET", "/v2/indicators/hosts/a.example", NULL, 404);
    toc_buf_done(&file);
}

/* A tag whose name holds a NUL could not be named in any path. */
static void nothing_holds_a_nul(void **state)
{
    static const char *const parts[] = {
        "\"tag\":[{\"name\":\"a\\u0000b\"}]",
        "\"securityLabel\":[{\"name\":\"a\\u0000b\",\"description\":\"d\",\"color\":\"ff0000\"}]",
        "\"securityLabel\":[{\"name\":\"a\",\"description\":\"d\\u0000\",\"color\":\"ff0000\"}]",
        "\"attribute\":[{\"type\":\"Description\",\"value\":\"a\\u0000b\"}]",
        "\"attribute\":[{\"type\":\"Descr\\u0000\",\"value\":\"a\"}]",
        "\"attribute\":[{\"type\":\"Description\",\"value\":\"a\",\"source\":\"\\u0000\"}]",
        "\"attribute\":[{\"type\":\"Description\",\"value\":\"a\",\"xid\":\"\\u0000\"}]",
        "\"fileOccurrence\":[{\"fileName\":\"a\\u0000b\"}]",
        "\"fileOccurrence\":[{\"path\":\"\\u0000\"}]",
        "\"description\":\"a\\u0000b\"",
        "\"xid\":\"a\\u0000b\"",
    };
    fixture *fix = *state;
    char file[512];
    for (size_t i = 0; i < TOC_COUNT(parts); i++) {
        (void)snprintf(file, sizeof(file),
                       "{\"indicator\":[{\"type\":\"File\",\"summary\":"
                       "\"0123456789ABCDEF0123456789ABCDEF\",%s}]}",
                       parts[i]);
        run_batch(fix, SETTINGS(""), file, 0, 1);
    }
    assert_int_equal(list_size(fix, "/v2/indicators"), 0);
    assert_int_equal(list_size(fix, "/v2/tags"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        batch_test(version_one_knows_its_fields),
        batch_test(version_one_takes_the_bulk_file),
        batch_test(values_in_every_shape),
        batch_test(registry_value_without_a_name),
        batch_test(members_of_an_indicator),
        batch_test(sizes_and_occurrences),
        batch_test(labels_are_made_when_described),
        batch_test(the_first_fault_refuses_the_item),
        batch_test(members_of_groups),
        batch_test(groups_that_lack_something),
        batch_test(an_xid_overwrites),
        batch_test(an_xid_is_the_owners),
        batch_test(parts_keep_to_their_limits),
        batch_test(texts_are_attributes),
        batch_test(nothing_holds_a_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
