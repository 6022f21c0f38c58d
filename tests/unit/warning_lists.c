/* Warning lists: each way of matching, which types a list is about, and lists that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"
#include "tocsin/extract.h"

static toc_warning_lists *lists_of(const char *const *texts, size_t count)
{
    toc_warning_lists *lists = NULL;
    toc_error err = {0};
    assert_int_equal(toc_warning_lists_new(&lists, &err), TOC_OK);
    for (size_t i = 0; i < count; i++)
        if (toc_warning_lists_add(lists, toc_str_of(texts[i]), "plain", &err))
            fail_msg("%s", err.message);
    assert_int_equal(toc_warning_lists_count(lists), count);
    return lists;
}

static const char *find(const toc_warning_lists *lists, const char *type, const char *value)
{
    const toc_type *found =
        type ? toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(type)) : NULL;
    if (type)
        assert_non_null(found);
    return toc_warning_lists_find(lists, found, toc_str_of(value));
}

/* expected NULL: in no list. */
typedef struct sample {
    const char *type, *value, *expected;
} sample;

static void check(const toc_warning_lists *lists, const sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = find(lists, samples[i].type, samples[i].value);
        const char *expected = samples[i].expected;
        if (!got != !expected || (got && strcmp(got, expected) != 0))
            fail_msg("%s %s: %s instead of %s", samples[i].type ? samples[i].type : "any",
                     samples[i].value, got ? got : "nothing", expected ? expected : "nothing");
    }
}

static void test_ranges(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"name\":\"four\",\"type\":\"cidr\",\"matching_attributes\":[\"ip-src\",\"domain|ip\"],"
        "\"list\":[\"192.0.2.77/24\",\"198.51.100.7\",\"no range\"]}",
        "{\"list\":[\"2001:DB8::/32\",\"192.0.0.0/16\",\"0.0.0.0/32\"],\"type\":\"CIDR\","
        "\"name\":\"six\"}",
    };
    static const sample samples[] = {
        {"Address", "192.0.2.1", "four"},
        {"Address", "192.0.2.255", "four"},
        {"Address", "192.0.3.1", "six"},
        {"Address", "192.1.0.0", NULL},
        {"Address", "198.51.100.7", "four"},
        {"Address", "198.51.100.8", NULL},
        {"CIDR", "192.0.2.0/24", "four"},
        {"CIDR", "192.0.2.128/25", "four"},
        {"CIDR", "192.0.0.0/16", "six"},
        {"CIDR", "192.0.0.0/15", NULL},
        {"CIDR", "0.0.0.0/0", NULL},
        {"Address", "2001:db8:1::1", "six"},
        {"Address", "2001:db9::1", NULL},
        {"CIDR", "2001:db8:8000::/33", "six"},
        {"URL", "http://192.0.2.1/a", "six"},
        {"URL", "http://192.0.2.1:80", "six"},
        {"URL", "https://[2001:db8::7]:8443/x", "six"},
        {"URL", "https://[2001:db8::7", NULL},
        {"Host", "no range", NULL},
        {"Address", "NO RANGE", "four"},
        {"Address", "192.0.2", NULL},
        {"CIDR", "192.0.2.0/33", NULL},
        {"CIDR", "192.0.2.0/", NULL},
        {NULL, "192.0.2.9", "four"},
        {NULL, "", NULL},
    };
    toc_warning_lists *lists = lists_of(texts, TOC_COUNT(texts));
    check(lists, samples, TOC_COUNT(samples));
    toc_warning_lists_free(lists);
}

static void test_hosts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"name\":\"dynamic\",\"type\":\"hostname\",\"list\":[\".dyn.example\",\"Big.Example.\","
        "\"*.star.example\",\"\",\".\"],\"matching_attributes\":[\"domain\",\"hostname\"]}",
        "{\"name\":\"short\",\"type\":\"hostname\",\"list\":[\"go.example\",\"big.example\"],"
        "\"matching_attributes\":[\"domain\",\"url\",\"email-src\"]}",
        "{\"name\":\"top\",\"type\":\"string\",\"list\":[\"www.one.example\",\".g.example\","
        "\"http://two.example/path\"],\"matching_attributes\":[\"hostname\",\"url\"]}",
    };
    static const sample samples[] = {
        {"Host", "dyn.example", "dynamic"},
        {"Host", "a.b.dyn.example", "dynamic"},
        {"Host", "xdyn.example", NULL},
        {"Host", "big.example", "dynamic"},
        {"Host", "a.star.example", "dynamic"},
        {"Host", "example", NULL},
        {"URL", "http://a.dyn.example/", NULL},
        {"URL", "http://big.example/a@b", "short"},
        {"URL", "http://user:word@sub.go.example:81?q", "short"},
        {"URL", "http://go.example.other.example/", NULL},
        {"EmailAddress", "a@go.example", "short"},
        {"EmailAddress", "go.example@a.example", NULL},
        {"Host", "www.one.example", "top"},
        {"Host", "a.www.one.example", NULL},
        {"URL", "https://www.one.example/x", "top"},
        {"URL", "http://two.example/path", "top"},
        {"URL", "http://two.example/other", NULL},
        {"Host", "www.g.example", "top"},
        {"Mutex", "big.example", NULL},
        {NULL, "big.example", "dynamic"},
    };
    toc_warning_lists *lists = lists_of(texts, TOC_COUNT(texts));
    check(lists, samples, TOC_COUNT(samples));
    toc_warning_lists_free(lists);
}

static void test_texts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"name\":\"empty\",\"list\":[\"d41d8cd98f00b204e9800998ecf8427e\"],\"type\":\"string\","
        "\"matching_attributes\":[\"md5\",\"filename|md5\"]}",
        "{\"name\":\"mail\",\"type\":\"substring\",\"list\":[\"@throw.example\",\"away\",\"aw\"],"
        "\"matching_attributes\":[\"email-src\",\"domain|ip\"]}",
        "{\"name\":\"pattern\",\"type\":\"regex\",\"list\":[\"/^(test|demo)-[0-9]+/i\",\"a{3}\"],"
        "\"matching_attributes\":[\"mutex\"]}",
        "{\"name\":\"pairs\",\"type\":\"string\",\"list\":[\"pair.example\"],"
        "\"matching_attributes\":[\"domain|ip\"]}",
        "{\"name\":\"nothing of ours\",\"type\":\"string\",\"list\":[\"pair.example\",\"x\"],"
        "\"matching_attributes\":[\"btc\"]}",
        "{\"name\":\"the rest\",\"list\":[\"x\\u00e9\"],\"matching_attributes\":[]}",
    };
    static const sample samples[] = {
        {"File", "D41D8CD98F00B204E9800998ECF8427E", "empty"},
        {"File", "D41D8CD98F00B204E9800998ECF8427E : 0000000000000000000000000000000000000000",
         "empty"},
        {"File", "00000000000000000000000000000000", NULL},
        {"Mutex", "d41d8cd98f00b204e9800998ecf8427e", NULL},
        {"EmailAddress", "Ann@Throw.example", "mail"},
        {"EmailAddress", "runaway@a.example", "mail"},
        {"EmailAddress", "a@a.example", NULL},
        {"Host", "away.example", NULL},
        {"Mutex", "TEST-12", "pattern"},
        {"Mutex", "my test-12", NULL},
        {"Mutex", "baaab", "pattern"},
        {"Mutex", "/^(test|demo)-[0-9]+/i", NULL},
        {"Host", "pair.example", "pairs"},
        {"Registry Key", "x", NULL},
        {"Registry Key", "x\xC3\xA9", "the rest"},
        {"Hashtag", "x\xC3\xA9", "the rest"},
    };
    toc_warning_lists *lists = lists_of(texts, TOC_COUNT(texts));
    check(lists, samples, TOC_COUNT(samples));
    toc_warning_lists_free(lists);
}

static void test_plain(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xEF\xBB\xBF# ours\n10.0.0.0/8 # inside\r\n\nwww.example\n.corp.example\n"
        "http://a.example/#top\n  d41d8cd98f00b204e9800998ecf8427e"};
    static const sample samples[] = {
        {"Address", "10.1.2.3", "plain"},    {"Host", "www.example", "plain"},
        {"Host", "a.www.example", NULL},     {"URL", "http://www.example/x", "plain"},
        {"Host", "a.corp.example", "plain"}, {"URL", "http://a.example/#top", "plain"},
        {"URL", "http://a.example/", NULL},  {"File", "D41D8CD98F00B204E9800998ECF8427E", "plain"},
        {"Mutex", "# ours", NULL},           {"EmailAddress", "a@corp.example", "plain"},
    };
    toc_warning_lists *lists = lists_of(texts, 1);
    check(lists, samples, TOC_COUNT(samples));
    toc_warning_lists_free(lists);
}

/* Longer than what fits on the stack, and longer than any value. */
static void test_long(void **state)
{
    (void)state;
    static const char *const texts[] = {"www.example\n"};
    static char url[TOC_MAX_VALUE + 10];
    toc_warning_lists *lists = lists_of(texts, 1);
    memset(url, 'a', sizeof url);
    memcpy(url, "http://www.example/", 19);
    assert_non_null(toc_warning_lists_find(lists, NULL, (toc_str){url, 5000}));
    assert_non_null(toc_warning_lists_find(lists, NULL, (toc_str){url, TOC_MAX_VALUE}));
    assert_null(toc_warning_lists_find(lists, NULL, (toc_str){url, TOC_MAX_VALUE + 1}));
    assert_null(toc_warning_lists_find(NULL, NULL, toc_str_of("www.example")));
    toc_warning_lists_free(lists);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_rc code;
        uint64_t line;
    } refused[] = {
        {"{\"type\":\"string\",\n\"list\":[\"a.example\"", TOC_EPARSE, 2},
        {"{\"type\":\"string\",\"list\":[\"a.example\",\n\n7]}", TOC_EPARSE, 3},
        {"{\"type\":\"regex\",\"list\":[\"a.example\",\n\"(\"]}", TOC_EPARSE, 2},
        {"{\"type\":\"strange\",\"list\":[\"a.example\"]}", TOC_EPARSE, 0},
        {"{\"type\":\"string\"}", TOC_EPARSE, 0},
        {"{\"list\":\"a.example\"}", TOC_EPARSE, 0},
        {"{\"list\":[\"a.example\"],\"matching_attributes\":\"domain\"}", TOC_EPARSE, 0},
        {"{\"list\":[\"a.example\"],\"matching_attributes\":[1]}", TOC_EPARSE, 0},
        {"{\"list\":[\"a.example\"]} x", TOC_EPARSE, 1},
        {"[\"a.example\"]", TOC_EPARSE, 0},
        {"a.example\nb\xFF\n", TOC_EPARSE, 2},
    };
    toc_warning_lists *lists = lists_of(NULL, 0);
    for (size_t i = 0; i < TOC_COUNT(refused); i++) {
        toc_error err = {0};
        assert_int_equal(toc_warning_lists_add(lists, toc_str_of(refused[i].text), NULL, &err),
                         refused[i].code);
        assert_true(err.message[0]);
        if (refused[i].line)
            assert_int_equal(err.line, refused[i].line);
        assert_int_equal(toc_warning_lists_count(lists), 0);
        assert_null(find(lists, "Host", "a.example"));
    }
    assert_int_equal(toc_warning_lists_add(lists, (toc_str){"a\0b\n", 4}, NULL, NULL), TOC_EPARSE);
    /* What was refused does not stand in the way of what comes later. */
    assert_int_equal(toc_warning_lists_add(lists, toc_str_of("a.example"), "late", NULL), TOC_OK);
    assert_string_equal(find(lists, "Host", "a.example"), "late");
    assert_int_equal(toc_warning_lists_add(NULL, toc_str_of("a"), NULL, NULL), TOC_EINVAL);
    assert_int_equal(toc_warning_lists_new(NULL, NULL), TOC_EINVAL);
    toc_warning_lists_free(lists);
    toc_warning_lists_free(NULL);
}

static void test_limits(void **state)
{
    (void)state;
    toc_warning_lists *lists = lists_of(NULL, 0);
    toc_error err = {0};
    static char text[TOC_MAX_VALUE + 100];
    memset(text, 'a', sizeof text - 1);
    assert_int_equal(toc_warning_lists_add(lists, toc_str_of(text), NULL, &err), TOC_ELIMIT);
    assert_int_equal(err.line, 1);
    (void)snprintf(text, sizeof text, "{\"type\":\"substring\",\"list\":[\"%0*d\"]}",
                   TOC_MAX_WARNING_SUBSTRING + 1, 0);
    assert_int_equal(toc_warning_lists_add(lists, toc_str_of(text), NULL, &err), TOC_ELIMIT);
    while (!toc_warning_lists_add(lists, toc_str_of("a.example"), NULL, &err))
        assert_true(toc_warning_lists_count(lists) <= TOC_MAX_WARNING_LISTS);
    assert_int_equal(err.code, TOC_ELIMIT);
    assert_string_equal(find(lists, "Host", "a.example"), "warning list");
    toc_warning_lists_free(lists);
}

/* However often a list is refused, it takes nothing away from the others. */
static void test_refused_again(void **state)
{
    (void)state;
    enum { LINE = 60000, LINES = 8 };
    static char text[LINE * LINES + 2];
    memset(text, 'a', sizeof text);
    for (size_t i = 1; i <= LINES; i++) {
        text[LINE * (i - 1)] = (char)('a' + i);
        text[LINE * i - 1] = '\n';
    }
    memcpy(text + LINE * LINES, "\xFF\n", 2);
    toc_warning_lists *lists = lists_of((const char *const[]){"h1.example"}, 1);
    for (unsigned i = 0; i <= TOC_MAX_WARNING_LISTS; i++)
        assert_int_equal(toc_warning_lists_add(lists, (toc_str){text, sizeof text}, NULL, NULL),
                         TOC_EPARSE);
    assert_int_equal(toc_warning_lists_add(lists, TOC_S("h1.example\nh2.example\n"), "late", NULL),
                     TOC_OK);
    assert_int_equal(toc_warning_lists_count(lists), 2);
    assert_string_equal(find(lists, "Host", "h1.example"), "plain");
    assert_string_equal(find(lists, "Host", "h2.example"), "late");
    assert_null(toc_warning_lists_find(lists, NULL, (toc_str){text, LINE - 1}));
    assert_int_equal(toc_warning_lists_add(lists, (toc_str){text, LINE}, "long", NULL), TOC_OK);
    assert_string_equal(toc_warning_lists_find(lists, NULL, (toc_str){text, LINE - 1}), "long");
    toc_warning_lists_free(lists);
}

/* Whichever allocation fails, the call says so or has done all of it. */
static void test_nomem(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"name\":\"a\",\"type\":\"cidr\",\"list\":[\"192.0.2.0/24\",\"x\\u0041\"]}",
        "{\"name\":\"b\",\"type\":\"substring\",\"list\":[\"abc\"]}", "10.0.0.0/8\na.example\n"};
    failing fails = {.left = -1};
    toc_allocator allocator = failing_allocator(&fails);
    toc_set_allocator(&allocator);
    long round = 0;
    do {
        fails = (failing){.left = round++};
        toc_warning_lists *lists = NULL;
        toc_rc rc = toc_warning_lists_new(&lists, NULL);
        for (size_t i = 0; !rc && i < TOC_COUNT(texts); i++) {
            rc = toc_warning_lists_add(lists, toc_str_of(texts[i]), NULL, NULL);
            assert_int_equal(toc_warning_lists_count(lists), rc ? i : i + 1);
        }
        assert_true(rc == TOC_OK || rc == TOC_ENOMEM);
        assert_true(rc == TOC_OK || fails.failed);
        if (!rc)
            assert_non_null(toc_warning_lists_find(lists, NULL, toc_str_of("10.1.1.1")));
        toc_warning_lists_free(lists);
        assert_int_equal(fails.live, 0);
    } while (fails.failed && round < 1000);
    toc_set_allocator(NULL);
    assert_false(fails.failed);
    assert_true(round > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_texts),         cmocka_unit_test(test_plain),
        cmocka_unit_test(test_long),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_nomem),
        cmocka_unit_test(test_refused_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
