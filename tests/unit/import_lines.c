/* JSON lines and plain lists: what records may look like, which are refused, what is given to all,
 * and which form an input is in. */
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
#include "support/importing.h"

static void run_form(toc_import_form form, const char *text, size_t block, imported *got)
{
    importing run = {.form = form, .input = toc_str_of(text), .block = block};
    importing_run(&run, got);
}

static size_t times(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static void expect(const imported *got, const char *part)
{
    if (!strstr(got->batch, part))
        fail_msg("%s\nis not in\n%s", part, got->batch);
}

static void test_extracted(void **state)
{
    (void)state;
    static const char text[] =
        "\xEF\xBB\xBF{\"type\":\"Host\",\"value\":\"a.example\",\"text\":\"a[.]example\",\"line\":"
        "3,"
        "\"column\":7,\"defanged\":true,\"file\":\"x\"}\r\n"
        "\n"
        "{\"type\":\"URL\",\"value\":\"http://a.example/b\",\"text\":\"hxxp://a.example/b\"}\n"
        "{\"type\":\"File\",\"value\":\"D41D8CD98F00B204E9800998ECF8427E\"}";
    for (size_t block = 0; block < 40; block += 13) {
        imported got;
        run_form(TOC_IMPORT_LINES, text, block, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_string_equal(got.rejects, "");
        assert_int_equal(got.counts.records, 3);
        assert_int_equal(got.counts.accepted, 3);
        assert_string_equal(got.types, "Host 1 URL 1 File 1 ");
        expect(&got, "\"summary\":\"a.example\"");
        expect(&got, "http://a.example/b");
        assert_null(strstr(got.batch, "hxxp"));
        imported_done(&got);
    }
}

static void test_members(void **state)
{
    (void)state;
    imported got;
    run_form(
        TOC_IMPORT_LINES,
        "{\"hostName\":\"a.example\",\"rating\":3.0,\"confidence\":\"70\",\"description\":null,"
        "\"id\":7,\"ownerName\":\"Other\",\"type\":\"Host\",\"tag\":[{\"name\":\"one\"},"
        "\"two\"],\"attribute\":[{\"id\":1,\"type\":\"Source\",\"value\":\"s\","
        "\"displayed\":true}]}\n"
        "{\"summary\":\"192.0.2.1\",\"tags\":\"one\",\"securityLabels\":[\"TLP:RED\"],"
        "\"xid\":\"x-7\",\"attributes\":{\"type\":\"Note\",\"value\":\"n\"}}\n"
        "{\"ip\":\"192.0.2.2\"}\n"
        "{\"indicator\":\"hxxps://b[.]example/x\",\"first_seen\":\"2024-03-01T00:00:00Z\"}\n"
        "{\"type\":\"Host\",\"value\":\"c[.]example\",\"dns_active\":true}\n"
        "{\"type\":\"Adversary\",\"name\":\"Kite\",\"tag\":\"one\"}\n"
        "{\"type\":\"Threat\",\"value\":\"Heron\"}\n"
        "{\"type\":\"Address\",\"value\":\"192.0.2.3\",\"associatedGroups\":["
        "{\"groupXid\":\"g1\"}]}\n",
        0, &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_string_equal(got.rejects, "");
    assert_int_equal(got.counts.accepted, 8);
    assert_string_equal(got.types, "Host 2 Address 3 URL 1 Adversary 1 Threat 1 ");
    expect(&got, "\"rating\":3");
    expect(&got, "\"confidence\":70");
    expect(&got, "\"two\"");
    expect(&got, "\"type\":\"Source\"");
    expect(&got, "\"type\":\"Note\"");
    expect(&got, "TLP:RED");
    expect(&got, "\"xid\":\"x-7\"");
    expect(&got, "192.0.2.2");
    expect(&got, "https://b.example/x");
    expect(&got, "c.example");
    expect(&got, "\"name\":\"Kite\"");
    expect(&got, "\"name\":\"Heron\"");
    assert_null(strstr(got.batch, "Other"));
    assert_int_equal(times(got.batch, "\"xid\":"), 8);
    imported_done(&got);
}

static void test_lines_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *field, *message;
    } refused[] = {
        {"{\"type\":\"Hots\",\"value\":\"a.example\"}", "type", "not an indicator type"},
        {"{\"value\":\"what is this\"}", "type", "cannot be told"},
        {"{\"type\":\"Host\"}", "value", "no value"},
        {"{\"type\":\"Host\",\"value\":\"\"}", "value", "no value"},
        {"{}", "type", "type"},
        {"{\"type\":\"Host\",\"value\":\"a.example\",\"rating\":\"high\"}", "rating", "number"},
        {"{\"type\":\"Host\",\"value\":\"a.example\",\"rating\":9}", "rating", "rating"},
        {"{\"type\":\"Host\",\"value\":\"a.example\"", "", "JSON"},
        {"{\"type\":\"Host\",\"value\":\"a.example\"} 7", "", "JSON"},
        {"[\"a.example\"]", "", "object"},
        {"a.example", "", "JSON"},
        {"{\"type\":\"Host\",\"value\":\"a\xFF.example\"}", "", "UTF-8"},
        {"{\"type\":\"Adversary\"}", "value", "no value"},
    };
    for (size_t i = 0; i < TOC_COUNT(refused); i++) {
        char text[256];
        char expected[32];
        imported got;
        (void)snprintf(text, sizeof text, "\n%s\n{\"type\":\"Host\",\"value\":\"b.example\"}\n",
                       refused[i].line);
        run_form(TOC_IMPORT_LINES, text, 0, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_int_equal(got.counts.records, 2);
        if (got.counts.rejected != 1)
            fail_msg("%s: taken as %s", refused[i].line, got.batch);
        assert_int_equal(got.counts.accepted, 1);
        (void)snprintf(expected, sizeof expected, "2|%s|", refused[i].field);
        if (strncmp(got.rejects, expected, strlen(expected)) != 0 ||
            !strstr(got.rejects, refused[i].message) || !strstr(got.rejects, refused[i].line))
            fail_msg("%s: %s", refused[i].line, got.rejects);
        imported_done(&got);
    }
}

static void test_list(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF# a feed\n192[.]0[.]2[.]1\r\n"
                               "  \"a.example\"  # seen\n\nhxxp://a.example/#top\n"
                               "a[.]example\nnot one\n2001:db8::/32\nann[at]a[.]example";
    for (size_t block = 0; block < 30; block += 7) {
        imported got;
        run_form(TOC_IMPORT_LIST, text, block, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_int_equal(got.counts.records, 7);
        assert_int_equal(got.counts.accepted, 6);
        assert_string_equal(got.rejects, "7|type|the type cannot be told from the value|not one\n");
        assert_string_equal(got.types, "Address 1 Host 1 URL 1 CIDR 1 EmailAddress 1 ");
        expect(&got, "\"192.0.2.1\"");
        expect(&got, "http://a.example/#top");
        expect(&got, "ann@a.example");
        assert_int_equal(times(got.batch, "\"summary\":\"a.example\""), 1);
        imported_done(&got);
    }
}

/* Lines that are too long are refused without their text, and reading goes on behind them. */
static void test_long_line(void **state)
{
    (void)state;
    size_t len = TOC_MAX_CSV_RECORD + 5;
    char *text = toc_mem_alloc(len + 40);
    assert_non_null(text);
    memcpy(text, "a.example\n", 10);
    memset(text + 10, 'x', len);
    memcpy(text + 10 + len, "\nb.example\n", 12);
    for (size_t block = 0; block < 200000; block += 99999) {
        imported got;
        run_form(TOC_IMPORT_LIST, text, block, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_int_equal(got.counts.accepted, 2);
        assert_string_equal(got.rejects, "2||the line is longer than 1048576 bytes|\n");
        imported_done(&got);
        text[10 + len] = '\0'; /* and where it is the last one */
        run_form(TOC_IMPORT_LIST, text, block, &got);
        assert_int_equal(got.counts.accepted, 1);
        assert_int_equal(got.counts.rejected, 1);
        imported_done(&got);
        text[10 + len] = '\n';
    }
    toc_mem_free(text);
}

/* One value makes one xid, whatever form it came in. */
static void test_same_xid(void **state)
{
    (void)state;
    static const char *const texts[TOC_IMPORT_FORM_COUNT] = {
        [TOC_IMPORT_CSV] = "value\na.example\n",
        [TOC_IMPORT_LINES] = "{\"value\":\"a.example\"}",
        [TOC_IMPORT_LIST] = "a[.]example",
    };
    char first[TOC_XID_TEXT] = "";
    for (size_t i = 0; i < TOC_IMPORT_FORM_COUNT; i++) {
        imported got;
        if (!texts[i])
            continue;
        run_form((toc_import_form)i, texts[i], 0, &got);
        const char *xid = strstr(got.batch, "\"xid\":\"");
        assert_non_null(xid);
        if (*first)
            assert_memory_equal(first, xid + 7, TOC_XID_TEXT - 1);
        memcpy(first, xid + 7, TOC_XID_TEXT - 1);
        imported_done(&got);
    }
}

static void test_given(void **state)
{
    (void)state;
    static const char *const tags[] = {"given"};
    static const char *const texts[TOC_IMPORT_FORM_COUNT] = {
        [TOC_IMPORT_CSV] = "value,rating,tag\na.example,1,own\n",
        [TOC_IMPORT_JSON] =
            "[{\"type\":\"Host\",\"summary\":\"a.example\",\"rating\":1,\"tag\":\"own\"}]",
        [TOC_IMPORT_LINES] = "{\"value\":\"a.example\",\"rating\":1,\"tag\":\"own\"}",
        [TOC_IMPORT_LIST] = "a.example",
    };
    static const char *const tag_columns[] = {"tag"};
    for (size_t i = 0; i < TOC_IMPORT_FORM_COUNT; i++) {
        imported got;
        importing run = {.form = (toc_import_form)i,
                         .json = i == TOC_IMPORT_JSON,
                         .input = toc_str_of(texts[i])};
        run.options.rating = "4.5";
        run.options.confidence = "80";
        run.options.tags = tags;
        run.options.tag_count = 1;
        run.options.tag_columns = tag_columns;
        run.options.tag_column_count = i == TOC_IMPORT_CSV;
        importing_run(&run, &got);
        assert_string_equal(got.rejects, "");
        expect(&got, "\"rating\":4.5");
        expect(&got, "\"confidence\":80");
        expect(&got, "given");
        if (i != TOC_IMPORT_LIST)
            expect(&got, "own");
        assert_string_equal(got.types, "Host 1 ");
        imported_done(&got);
    }
}

static void test_map(void **state)
{
    (void)state;
    static const toc_import_map map[] = {
        {"IOC", "value"}, {"kind", "type"}, {"score", "confidence"}, {"family", "tag"}};
    imported got;
    importing run = {.input = TOC_S("ioc,kind,score,family,rest\na[.]example,Host,50,qbot,x\n")};
    run.options.map = map;
    run.options.map_count = TOC_COUNT(map);
    importing_run(&run, &got);
    assert_string_equal(got.rejects, "");
    assert_string_equal(got.unused, "rest ");
    expect(&got, "\"a.example\"");
    expect(&got, "\"confidence\":50");
    expect(&got, "qbot");
    imported_done(&got);
    run.form = TOC_IMPORT_LINES;
    run.input =
        TOC_S("{\"ioc\":\"a.example\",\"KIND\":\"Host\",\"score\":50,\"family\":[\"qbot\"]}");
    importing_run(&run, &got);
    assert_string_equal(got.rejects, "");
    assert_string_equal(got.unused, "");
    expect(&got, "\"confidence\":50");
    expect(&got, "qbot");
    imported_done(&got);
    /* Of records that differ, names that none has; one that is refused has them too. */
    run.input = TOC_S("{\"ioc\":\"a.example\"}\n{\"kind\":\"Hots\",\"ioc\":\"b.example\"}\n");
    importing_run(&run, &got);
    assert_int_equal(got.counts.rejected, 1);
    assert_string_equal(got.unused, "score family ");
    imported_done(&got);
    run.json = true;
    run.input = TOC_S("{\"indicator\":[{\"ioc\":\"c.example\",\"kind\":\"Host\",\"score\":50}]}");
    importing_run(&run, &got);
    assert_string_equal(got.rejects, "");
    assert_string_equal(got.unused, "family ");
    expect(&got, "\"confidence\":50");
    imported_done(&got);
    run.json = false;
    run.form = TOC_IMPORT_CSV;
    run.input = TOC_S("value\na.example\n");
    importing_run(&run, &got);
    assert_int_equal(got.rc, TOC_EPARSE);
    assert_string_equal(got.err.field, "family");
    imported_done(&got);
}

static void test_options_refused(void **state)
{
    (void)state;
    static const char *const empty[] = {""};
    static const toc_import_map strange[] = {{"a", "strange"}};
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    batch_options.owner = "Acme";
    assert_int_equal(toc_batch_new(&batch_options, &batch, NULL), TOC_OK);
    toc_import_options good = TOC_IMPORT_OPTIONS_INIT;
    good.owner = "Acme";
    for (int i = 0; i < 6; i++) {
        toc_import *import = NULL;
        toc_error err = {0};
        toc_import_options options = good;
        options.rating = i == 0 ? "9" : i == 1 ? "high" : NULL;
        options.confidence = i == 2 ? "101" : NULL;
        options.tags = empty;
        options.tag_count = i == 3;
        options.map = strange;
        options.map_count = i == 4;
        options.version = i == 5 ? 4 : 2;
        assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err),
                         TOC_EINVAL);
        assert_true(err.message[0]);
        /* Version 1 ended before all of these. */
        options.version = 1;
        assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err), TOC_OK);
        toc_import_free(import);
    }
    assert_int_equal(toc_import_lines(NULL, "a", 1, true, NULL), TOC_EINVAL);
    assert_int_equal(toc_import_list(NULL, "a", 1, true, NULL), TOC_EINVAL);
    assert_false(toc_import_by_type(NULL, 0, &(const toc_type *){NULL}, &(uint64_t){0}));
    toc_batch_free(batch);
}

static void test_guess(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_import_form form;
    } samples[] = {
        {"", TOC_IMPORT_CSV},
        {"type,value\n", TOC_IMPORT_CSV},
        {"\xEF\xBB\xBF\n\"Type\" , \"Summary\"\r\n", TOC_IMPORT_CSV},
        {"value\na.example\n", TOC_IMPORT_CSV},
        {"Host,a.example\n", TOC_IMPORT_CSV},
        {"# note\nvalue,type\n", TOC_IMPORT_LIST},
        {"a[.]example\n", TOC_IMPORT_LIST},
        {"http://a.example/a,b\n", TOC_IMPORT_LIST},
        {"what is this", TOC_IMPORT_LIST},
        {"[.]a", TOC_IMPORT_LIST},
        {" [ ]", TOC_IMPORT_JSON},
        {"[{\"type\":\"Host\"", TOC_IMPORT_JSON},
        {"\n{}", TOC_IMPORT_JSON},
        {"{\"indicator\":[\n", TOC_IMPORT_JSON},
        {"{\"file\":{\"a\":1},\"group\":[]}", TOC_IMPORT_JSON},
        {"{\"other\":7,\"group\":[{\"type\":\"Threat\"", TOC_IMPORT_JSON},
        {"{\"indicator\":\"a.example\"}\n", TOC_IMPORT_LINES},
        {"{\"tocsinLine\":3,\"type\":\"Host\",\"valu", TOC_IMPORT_LINES},
        {"\xEF\xBB\xBF{\"ip\":\"192.0.2.1\"}\n{\"ip\"", TOC_IMPORT_LINES},
    };
    for (size_t i = 0; i < TOC_COUNT(samples); i++)
        if (toc_import_guess(toc_str_of(samples[i].text)) != samples[i].form)
            fail_msg("%s: %s", samples[i].text,
                     toc_import_form_name(toc_import_guess(toc_str_of(samples[i].text))));
    for (toc_import_form form = 0; form < TOC_IMPORT_FORM_COUNT; form++)
        assert_int_equal(toc_import_form_find(toc_str_of(toc_import_form_name(form))), form);
    assert_int_equal(toc_import_form_find(TOC_S("xml")), TOC_IMPORT_FORM_COUNT);
    assert_null(toc_import_form_name(TOC_IMPORT_FORM_COUNT));
}

static toc_rc import_both(toc_batch *batch, uint64_t *accepted)
{
    static const char *const tags[] = {"given"};
    static const toc_import_map map[] = {{"ioc", "value"}};
    static const char lines[] =
        "{\"ioc\":\"a[.]example\",\"tags\":[\"x\"]}\n{\"ip\":\"192.0.2.1\"}";
    static const char list[] = "b[.]example\nhxxp://a.example/";
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = "Acme";
    options.tags = tags;
    options.tag_count = 1;
    options.map = map;
    options.map_count = 1;
    for (int i = 0; i < 2; i++) {
        toc_import *import = NULL;
        toc_rc rc = toc_import_new(&options, NULL, batch, NULL, NULL, &import, NULL);
        /* The first line comes in two blocks. */
        if (!rc && i == 0)
            rc = toc_import_lines(import, lines, 9, false, NULL);
        if (!rc)
            rc = i == 0 ? toc_import_lines(import, lines + 9, sizeof lines - 10, true, NULL)
                        : toc_import_list(import, list, sizeof list - 1, true, NULL);
        if (!rc)
            *accepted += toc_import_counted(import).accepted;
        toc_import_free(import);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

/* Whichever allocation fails, the import ends with it or does all of its work. */
static void test_nomem(void **state)
{
    (void)state;
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    batch_options.owner = "Acme";
    failing fails = {.left = -1};
    toc_allocator allocator = failing_allocator(&fails);
    toc_set_allocator(&allocator);
    long round = 0;
    do {
        uint64_t accepted = 0;
        toc_batch *batch = NULL;
        fails = (failing){.left = -1};
        assert_int_equal(toc_batch_new(&batch_options, &batch, NULL), TOC_OK);
        fails.left = round++;
        toc_rc rc = import_both(batch, &accepted);
        fails.left = -1;
        assert_true(rc == TOC_OK || (rc == TOC_ENOMEM && fails.failed));
        /* Where there was no memory to look at a value, it is refused. */
        if (!rc)
            assert_true(accepted == 4 || (fails.failed && accepted == 3));
        toc_batch_free(batch);
        assert_int_equal(fails.live, 0);
    } while (fails.failed && round < 2000);
    toc_set_allocator(NULL);
    assert_false(fails.failed);
    assert_true(round > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extracted),       cmocka_unit_test(test_members),
        cmocka_unit_test(test_lines_refused),   cmocka_unit_test(test_list),
        cmocka_unit_test(test_long_line),       cmocka_unit_test(test_same_xid),
        cmocka_unit_test(test_given),           cmocka_unit_test(test_map),
        cmocka_unit_test(test_options_refused), cmocka_unit_test(test_guess),
        cmocka_unit_test(test_nomem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
