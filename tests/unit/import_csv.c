/* CSV into a batch: headers, values, what is refused and why, and that blocks may end anywhere. */
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
#include "support/data.h"
#include "support/failing.h"
#include "support/importing.h"

#define BATCH(groups, indicators) "{\"group\":[" groups "],\"indicator\":[" indicators "]}\n"

/* The xid that an import computes for a value of owner "Acme". */
static void xid_of(const char *type, const char *value, char xid[TOC_XID_TEXT])
{
    toc_str parts[] = {TOC_S("Acme"), toc_str_of(type), toc_str_of(value)};
    assert_int_equal(toc_xid_list(parts, 3, xid), TOC_OK);
}

/* An expected item; more: members behind the xid. */
static const char *item_of(const char *type, const char *value, const char *summary,
                           const char *more)
{
    static char rooms[4][1024];
    static size_t next;
    char xid[TOC_XID_TEXT];
    char *room = rooms[next++ % 4];
    xid_of(type, value, xid);
    (void)snprintf(room, sizeof rooms[0], "\n{\"summary\":\"%s\",\"type\":\"%s\",\"xid\":\"%s\"%s",
                   summary, type, xid, more);
    return room;
}

static const char *item(const char *type, const char *value, const char *more)
{
    return item_of(type, value, value, more);
}

static void expect(importing run, const char *input, const char *batch, const char *rejects)
{
    run.input = toc_str_of(input);
    for (run.block = 0; run.block <= 8; run.block++) {
        imported got;
        importing_run(&run, &got);
        assert_int_equal(got.rc, TOC_OK);
        if (batch)
            assert_string_equal(got.batch, batch);
        assert_string_equal(got.rejects, rejects);
        imported_done(&got);
    }
}

static void expect_items(importing run, const char *input, const char *first, const char *second)
{
    char batch[4096];
    (void)snprintf(batch, sizeof batch, BATCH("", "%s}%s%s%s"), first, second ? "," : "",
                   second ? second : "", second ? "}" : "");
    expect(run, input, batch, "");
}

static void test_plain(void **state)
{
    (void)state;
    importing run = {0};
    expect_items(run, "type,value\nHost,a.example\nAddress,192.0.2.1\n",
                 item("Host", "a.example", ""), item("Address", "192.0.2.1", ""));
    expect_items(run, "value,type\r\na.example,Host\r\n192.0.2.1,Address",
                 item("Host", "a.example", ""), item("Address", "192.0.2.1", ""));
    expect_items(run, "\xEF\xBB\xBFvalue\na.example\n\n\n192.0.2.1\n",
                 item("Host", "a.example", ""), item("Address", "192.0.2.1", ""));
    expect_items(run, "\xEF\xBB\xBF\"value\",\"type\"\n\"a.example\",\"hosts\"\n",
                 item("Host", "a.example", ""), NULL);
    expect_items(run, " VALUE , Type \n  a.example , HOST \n", item("Host", "a.example", ""), NULL);
    expect_items(run, "indicator\na.example\n", item("Host", "a.example", ""), NULL);
    expect_items(run, "Summary\na.example\n", item("Host", "a.example", ""), NULL);
    run.options.separator = ';';
    expect_items(run, "type;value\nMutex;\"a;b,c\"\"d\"\n",
                 item_of("Mutex", "a;b,c\"d", "a;b,c\\\"d", ""), NULL);
}

/* The type is found from the value where the column or the cell is missing. */
static void test_detection(void **state)
{
    (void)state;
    importing run = {0};
    expect_items(run, "value,type\n192.0.2.1,\nhttp://a.example/x,\n",
                 item("Address", "192.0.2.1", ""), item("URL", "http://a.example/x", ""));
    expect_items(run, "value\nhr@corp.example\nd41d8cd98f00b204e9800998ecf8427e\n",
                 item("EmailAddress", "hr@corp.example", ""),
                 item_of("File", "d41d8cd98f00b204e9800998ecf8427e",
                         "D41D8CD98F00B204E9800998ECF8427E", ""));
}

static void test_fields(void **state)
{
    (void)state;
    importing run = {0};
    expect_items(run,
                 "type,value,rating,confidence,first_seen,dns_active,source,xid\n"
                 "Host,a.example,4,80,2024-02-27T00:55:00+01:00,yes,\"feed, \"\"A\"\"\",my-xid\n",
                 "\n{\"summary\":\"a.example\",\"type\":\"Host\",\"rating\":4.0,"
                 "\"confidence\":80,\"source\":\"feed, \\\"A\\\"\",\"xid\":\"my-xid\","
                 "\"firstSeen\":\"2024-02-26T23:55:00Z\",\"flag1\":true",
                 NULL);
}

static void test_lists(void **state)
{
    (void)state;
    static const char *const tags[] = {"label", "Family"};
    static const toc_import_attribute attributes[] = {{"score", "Score"}, {"source", "Source"}};
    importing run = {.options = {.tag_columns = tags,
                                 .tag_column_count = 2,
                                 .attributes = attributes,
                                 .attribute_count = 2}};
    expect_items(run,
                 "value,label,family,score,source,other\n"
                 "a.example,heron,kite,7,feed,x\n"
                 "b.example,,,,,\n",
                 item("Host", "a.example",
                      ",\"attribute\":[{\"type\":\"Score\",\"value\":\"7\"},"
                      "{\"type\":\"Source\",\"value\":\"feed\"}],"
                      "\"tag\":[{\"name\":\"heron\"},{\"name\":\"kite\"}]"),
                 item("Host", "b.example", ""));
}

static const char *tags_of(char room[512], const char *names)
{
    char *out = room + snprintf(room, 512, ",\"tag\":[");
    for (toc_str rest = toc_str_of(names), name; toc_str_cut(&rest, '|', &name);)
        out += snprintf(out, 512 - (size_t)(out - room), "%s{\"name\":\"%.*s\"}",
                        out[-1] == '[' ? "" : ",", TOC_FMT(name));
    (void)snprintf(out, 512 - (size_t)(out - room), "]");
    return room;
}

/* Several tags in a cell, of columns by either option; other cells stay whole. */
static void test_tag_separator(void **state)
{
    (void)state;
    static const char *const tags[] = {"label"};
    static const toc_import_map map[] = {{"family", "tag"}};
    static const toc_import_attribute attributes[] = {{"note", "Description"}};
    importing run = {.options = {.attributes = attributes,
                                 .attribute_count = 1,
                                 .tag_columns = tags,
                                 .tag_column_count = 1,
                                 .map = map,
                                 .map_count = 1}};
    static const char input[] = "value,label,family,note\na.example, kite;heron ;; kite;,;owl,s;t\n"
                                "b.example,; ;,one ; two,\n";
    static const struct {
        const char *separator, *first, *second;
    } rows[] = {
        {";", "kite|heron|owl", "one|two"},
        {" ; ", "kite;heron ;; kite;|;owl", "; ;|one|two"},
        {NULL, "kite;heron ;; kite;|;owl", "; ;|one ; two"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char first[512], second[512], more[600];
        run.options.tag_separator = rows[i].separator;
        (void)snprintf(more, sizeof more,
                       ",\"attribute\":[{\"type\":\"Description\",\"value\":\"s;t\"}]%s",
                       tags_of(first, rows[i].first));
        expect_items(run, input, item("Host", "a.example", more),
                     item("Host", "b.example", tags_of(second, rows[i].second)));
    }
}

static void test_unused(void **state)
{
    (void)state;
    static const char *const tags[] = {"label"};
    importing run = {.options = {.tag_columns = tags, .tag_column_count = 1},
                     .input = TOC_S("value,score,label,last_seen,aliases\na.example,1,x,,\n")};
    imported got;
    importing_run(&run, &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_string_equal(got.unused, "score aliases ");
    assert_string_equal(got.header, "value,score,label,last_seen,aliases");
    imported_done(&got);
}

/* The mark of some spreadsheets must not come back in a file of rejects. */
static void test_header_without_mark(void **state)
{
    (void)state;
    importing run = {.input = TOC_S("\xEF\xBB\xBF\"value\",type\r\nx,Host\r\n")};
    for (run.block = 0; run.block < 8; run.block++) {
        imported got;
        importing_run(&run, &got);
        assert_string_equal(got.header, "\"value\",type");
        imported_done(&got);
    }
}

/* A first letter that begins like a mark. */
static void test_half_a_mark(void **state)
{
    (void)state;
    importing run = {.input = TOC_S("\xEF\xBC\xA1,value\n1,a.example\n")};
    for (run.block = 0; run.block < 8; run.block++) {
        imported got;
        importing_run(&run, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_string_equal(got.unused, "\xEF\xBC\xA1 ");
        assert_int_equal(got.counts.accepted, 1);
        imported_done(&got);
    }
}

static const struct {
    const char *input, *rejects;
} refused[] = {
    {"type,value\nHost,a.example\nHost\nHost,b.example,1\n",
     "3||1 columns where the header has 2|Host\n"
     "4||3 columns where the header has 2|Host,b.example,1\n"},
    {"type,value\nHots,a.example\n", "2|type|\"Hots\" is not an indicator type|Hots,a.example\n"},
    {"type,value\nThreat,a\n", "2|type|\"Threat\" is not an indicator type|Threat,a\n"},
    {"type,value\nHost,\n", "2|value|the value is empty|Host,\n"},
    {"value\nwhat is this\n", "2|type|the type cannot be told from the value|what is this\n"},
    {"type,value\r\nHost,\"a\xFF.example\"\r\n",
     "2||byte 8 of the record is not UTF-8|Host,\"a\xFF.example\"\n"},
    {"value,first_seen\na.example,some day\n",
     "2|firstSeen|Could not format input (some day) to datetime string.|a.example,some day\n"},
    {"value,type\n\"a.example,Host\n", NULL},
    {"value,rating\na.example,high\n", NULL},
    {"value,rating\na.example,6\n", NULL},
    {"value,confidence\na.example,101\n", NULL},
    {"type,value\nFile,0123\n", NULL},
    {"type,value\nAddress,300.1.2.3\n", NULL},
    {"type,value\nCIDR,192.0.2.0/99\n", NULL},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(refused); i++) {
        importing run = {.input = toc_str_of(refused[i].input)};
        if (refused[i].rejects) {
            expect(run, refused[i].input, NULL, refused[i].rejects);
            continue;
        }
        imported got;
        importing_run(&run, &got);
        assert_int_equal(got.rc, TOC_OK);
        if (strncmp(got.rejects, "2|", 2) != 0 || got.counts.rejected != 1)
            fail_msg("%s: %s", refused[i].input, got.rejects);
        assert_string_equal(got.batch, BATCH("", ""));
        imported_done(&got);
    }
}

static void test_counts(void **state)
{
    (void)state;
    importing run = {.input = TOC_S("value\na.example\n\nb b\n\"c\" x\n192.0.2.1\n")};
    imported got;
    importing_run(&run, &got);
    assert_int_equal(got.counts.records, 4);
    assert_int_equal(got.counts.accepted, 2);
    assert_int_equal(got.counts.rejected, 2);
    assert_int_equal(got.counts.groups, 0);
    imported_done(&got);
}

/* A line over the limit is told and left out; what follows is read. */
static void test_too_long(void **state)
{
    (void)state;
    size_t len = TOC_MAX_CSV_RECORD + 10;
    TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = SIZE_MAX / 4};
    toc_buf_text(&text, "value,note\nb.example,");
    assert_true(toc_buf_reserve(&text, len));
    memset(text.ptr + text.len, 'x', len);
    text.len += len;
    text.ptr[text.len] = '\0';
    toc_buf_text(&text, "\na.example,\n");
    static const size_t blocks[] = {0, 65536, 1000};
    for (size_t i = 0; i < TOC_COUNT(blocks); i++) {
        importing run = {.input = toc_buf_view(&text), .block = blocks[i]};
        imported got;
        importing_run(&run, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_int_equal(got.counts.accepted, 1);
        assert_int_equal(got.counts.rejected, 1);
        assert_memory_equal(got.rejects, "2||", 3);
        imported_done(&got);
    }
}

static const struct {
    const char *input;
    const char *field;
} headers[] = {
    {"", ""},
    {"\n\r\n", ""},
    {"\xEF\xBB\xBF", ""},
    {"type,name\nHost,a\n", "value"},
    {"Host,a.example\n", "value"},
    {"value,rating,x,rating\na,1,2,3\n", "rating"},
    {"type,value,TYPE\nHost,a.example,URL\n", "type"},
    {"value,label\nx,y\n", "score"},
    {"value,score\nx,y\n", "label"},
    {"value,score,label\nx,y,z\n", "campaign"},
};

/* Nothing is read without a header that has what is needed. */
static void test_headers_refused(void **state)
{
    (void)state;
    static const char *const tags[] = {"label"};
    static const toc_import_attribute attributes[] = {{"score", "Score"}};
    for (size_t i = 0; i < TOC_COUNT(headers); i++) {
        bool named = i > 6;
        importing run = {.input = toc_str_of(headers[i].input),
                         .options = {.tag_columns = tags,
                                     .tag_column_count = named,
                                     .attributes = attributes,
                                     .attribute_count = named,
                                     .group_column = named ? "campaign" : NULL}};
        /* One of several missing columns is named; here just one is. */
        if (i == 7)
            run.options.group_column = NULL;
        if (i == 8)
            run.options.group_column = NULL;
        for (run.block = 0; run.block < 8; run.block++) {
            imported got;
            importing_run(&run, &got);
            assert_int_equal(got.rc, TOC_EPARSE);
            assert_string_equal(got.err.field, headers[i].field);
            assert_true(got.err.message[0]);
            assert_string_equal(got.batch, BATCH("", ""));
            imported_done(&got);
        }
    }
}

static void test_options_refused(void **state)
{
    (void)state;
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    batch_options.owner = "Acme";
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    toc_error err = {0};
    assert_int_equal(toc_batch_new(&batch_options, &batch, NULL), TOC_OK);
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err), TOC_EINVAL);
    options.owner = "Acme";
    assert_int_equal(toc_import_new(&options, NULL, NULL, NULL, NULL, &import, &err), TOC_EINVAL);
    options.group_type = "Host";
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err), TOC_EINVAL);
    assert_string_equal(err.field, "group_type");
    options.group_type = NULL;
    for (const char *at = "\"\r\n"; *at; at++) {
        options.separator = *at;
        assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err),
                         TOC_EINVAL);
        assert_string_equal(err.field, "separator");
    }
    options.separator = '\0';
    options.tag_separator = "";
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err), TOC_EINVAL);
    assert_string_equal(err.field, "tag_separator");
    /* Versions that do not have it do not look at it. */
    options.version = 2;
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err), TOC_OK);
    toc_import_free(import);
    import = NULL;
    options.version = 9;
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, &err), TOC_EINVAL);
    assert_null(import);
    assert_int_equal(toc_import_csv(NULL, "a", 1, true, &err), TOC_EINVAL);
    toc_import_free(NULL);
    toc_batch_free(batch);
}

static toc_import *import_of(toc_import_options options, toc_batch **batch)
{
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    toc_import *import = NULL;
    toc_error err = {0};
    batch_options.owner = options.owner = "Acme";
    options.version = 3;
    assert_int_equal(toc_batch_new(&batch_options, batch, NULL), TOC_OK);
    if (toc_import_new(&options, NULL, *batch, NULL, NULL, &import, &err))
        fail_msg("%s", err.message);
    return import;
}

/* What follows a header that was refused is not read as if it had done. */
static void test_behind_a_refused_header(void **state)
{
    (void)state;
    static const char *const tags[] = {"label"};
    toc_batch *batch = NULL;
    toc_import *import =
        import_of((toc_import_options){.tag_columns = tags, .tag_column_count = 1}, &batch);
    toc_error err = {0};
    assert_int_equal(toc_import_csv(import, "value\n", 6, false, &err), TOC_EPARSE);
    assert_string_equal(err.field, "label");
    assert_int_equal(toc_import_csv(import, "a.example\n", 10, true, &err), TOC_EPARSE);
    assert_int_equal(toc_import_counted(import).records, 0);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 0);
    toc_import_free(import);
    toc_batch_free(batch);
}

/* The name of a column is cut between characters where it does not fit. */
static void test_long_column(void **state)
{
    (void)state;
    char name[2 * 60 + 2] = "", text[300];
    const char *const tags[] = {name};
    toc_batch *batch = NULL;
    toc_error err = {0};
    for (size_t shift = 0; shift < 2; shift++) {
        name[0] = 'x';
        for (size_t i = 0; i < 60; i++)
            memcpy(name + shift + 2 * i, "\xC3\xA9", 3);
        toc_import *import =
            import_of((toc_import_options){.tag_columns = tags, .tag_column_count = 1}, &batch);
        (void)snprintf(text, sizeof text, "value,%s,%s\n", name, name);
        assert_int_equal(toc_import_csv(import, text, strlen(text), true, &err), TOC_EPARSE);
        assert_true(err.field[0] && toc_str_is_utf8(toc_str_of(err.field), NULL));
        toc_import_free(import);
        toc_batch_free(batch);
    }
}

static toc_rc import_one(void)
{
    static const char text[] = "type,value\nURL,hxxp://evil.com/a\n";
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    char *written = NULL;
    size_t len = 0;
    batch_options.owner = options.owner = "Acme";
    toc_rc rc = toc_batch_new(&batch_options, &batch, NULL);
    if (!rc)
        rc = toc_import_new(&options, NULL, batch, NULL, NULL, &import, NULL);
    if (!rc)
        rc = toc_import_csv(import, text, sizeof text - 1, true, NULL);
    if (!rc && toc_import_counted(import).rejected)
        rc = TOC_EPARTIAL;
    FILE *file = rc ? NULL : open_memstream(&written, &len);
    if (file && !(rc = toc_batch_write(batch, file, NULL)) && !fflush(file))
        assert_non_null(strstr(written, "\"http://evil.com/a\""));
    if (file)
        (void)fclose(file);
    free(written);
    toc_import_free(import);
    toc_batch_free(batch);
    return rc;
}

/* Without memory a value is not taken as it stands there. */
static void test_no_memory(void **state)
{
    (void)state;
    assert_int_equal(import_one(), TOC_OK);
    failing_each(import_one, 10);
}

/* Refused records do not need a listener. */
static void test_without_callback(void **state)
{
    (void)state;
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    batch_options.owner = "Acme";
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    assert_int_equal(toc_batch_new(&batch_options, &batch, NULL), TOC_OK);
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, NULL), TOC_OK);
    assert_int_equal(toc_import_csv(import, "value\n?\n", 8, true, NULL), TOC_OK);
    assert_int_equal(toc_import_counted(import).rejected, 1);
    toc_import_free(import);
    toc_batch_free(batch);
}

/* The sample file, whole and in odd blocks, is taken without a refusal. */
static void test_sample(void **state)
{
    (void)state;
    TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = 1 << 20};
    TOC_CLEANUP(toc_buf_done) toc_buf groups = {.maximum = 1 << 20};
    static const char *const tags[] = {"source"};
    importing run = {
        .input = data_read("sample.csv", &text),
        .groups = data_read("sample-groups.csv", &groups),
        .options = {.group_column = "label", .tag_columns = tags, .tag_column_count = 1}};
    imported whole;
    importing_run(&run, &whole);
    assert_int_equal(whole.rc, TOC_OK);
    assert_string_equal(whole.rejects, "");
    assert_int_equal(whole.counts.accepted, whole.counts.records);
    assert_int_equal(whole.counts.groups, 4);
    assert_string_equal(whole.unused, "score ");
    assert_non_null(strstr(whole.batch, "Parcel \\\"held\\\" at the depot"));
    for (run.block = 1; run.block < 100; run.block += 13) {
        imported got;
        importing_run(&run, &got);
        assert_string_equal(got.batch, whole.batch);
        imported_done(&got);
    }
    imported_done(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_detection),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_tag_separator),
        cmocka_unit_test(test_unused),
        cmocka_unit_test(test_header_without_mark),
        cmocka_unit_test(test_half_a_mark),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_headers_refused),
        cmocka_unit_test(test_options_refused),
        cmocka_unit_test(test_without_callback),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_behind_a_refused_header),
        cmocka_unit_test(test_long_column),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
