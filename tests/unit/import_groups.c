/* Labels of groups: the groups file, what is made for a label, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/importing.h"

static void xid_of(const char *type, const char *name, char xid[TOC_XID_TEXT])
{
    toc_str parts[] = {TOC_S("Acme"), toc_str_of(type), toc_str_of(name)};
    assert_int_equal(toc_xid_list(parts, 3, xid), TOC_OK);
}

static void expect_group(const imported *got, const char *type, const char *name)
{
    char xid[TOC_XID_TEXT];
    char item[512];
    xid_of(type, name, xid);
    (void)snprintf(item, sizeof item, "\n{\"name\":\"%s\",\"type\":\"%s\",\"xid\":\"%s\"}", name,
                   type, xid);
    if (!strstr(got->batch, item))
        fail_msg("no %s in %s", item, got->batch);
}

static void expect_link(const imported *got, const char *value, const char *type, const char *name)
{
    char xid[TOC_XID_TEXT];
    char link[200];
    xid_of(type, name, xid);
    (void)snprintf(link, sizeof link, "\"associatedGroups\":[{\"groupXid\":\"%s\"}]", xid);
    const char *item = strstr(got->batch, value);
    assert_non_null(item);
    const char *end = strchr(item, '\n');
    const char *found = strstr(item, link);
    assert_non_null(found);
    assert_true(!end || found < end);
}

static void test_groups_file(void **state)
{
    (void)state;
    importing run = {.groups = TOC_S("\xEF\xBB\xBFname,label,extra,TYPE\r\n"
                                     "Emotet,emotet,x,malware\r\n"
                                     "Kite Fall,kite,,Campaign\r\n"
                                     "Not asked for,unused,,Threat\r\n"
                                     ",heron,,\r\n"
                                     "Second,emotet,,Threat\r\n"
                                     "no label,,,Threat\r\n"),
                     .options = {.group_column = "label", .group_type = "Intrusion Set"},
                     .input =
                         TOC_S("value,label\na.example,emotet\nb.example,kite\nc.example,emotet\n"
                               "d.example,heron\ne.example,new\nf.example,\n")};
    for (run.block = 0; run.block < 8; run.block++) {
        imported got;
        importing_run(&run, &got);
        assert_int_equal(got.rc, TOC_OK);
        assert_string_equal(got.rejects, "");
        assert_int_equal(got.counts.groups, 4);
        assert_int_equal(got.counts.accepted, 6);
        expect_group(&got, "Malware", "Emotet");
        expect_group(&got, "Campaign", "Kite Fall");
        expect_group(&got, "Intrusion Set", "heron");
        expect_group(&got, "Intrusion Set", "new");
        assert_null(strstr(got.batch, "Not asked for"));
        assert_null(strstr(got.batch, "Second"));
        expect_link(&got, "a.example", "Malware", "Emotet");
        expect_link(&got, "b.example", "Campaign", "Kite Fall");
        expect_link(&got, "c.example", "Malware", "Emotet");
        expect_link(&got, "e.example", "Intrusion Set", "new");
        assert_null(strstr(strstr(got.batch, "f.example"), "associatedGroups"));
        imported_done(&got);
    }
}

static void test_default_type(void **state)
{
    (void)state;
    importing run = {.options = {.group_column = "label"},
                     .input = TOC_S("value,label\na.example,Heron\n")};
    imported got;
    importing_run(&run, &got);
    expect_group(&got, "Threat", "Heron");
    imported_done(&got);
}

/* A name over the server's limit is cut between characters. */
static void test_long_name(void **state)
{
    (void)state;
    char label[400] = "";
    char name[400] = "";
    for (size_t i = 0; i < 120; i++) {
        memcpy(label + 2 * i, "\xC3\xA9", 3);
        if (i < 100)
            memcpy(name + 2 * i, "\xC3\xA9", 3);
    }
    char input[600];
    (void)snprintf(input, sizeof input, "value,label\na.example,%s\n", label);
    importing run = {.options = {.group_column = "label"}, .input = toc_str_of(input)};
    imported got;
    importing_run(&run, &got);
    assert_string_equal(got.rejects, "");
    expect_group(&got, "Threat", name);
    imported_done(&got);
}

static const struct {
    const char *groups, *field;
    uint64_t line;
} broken[] = {
    {"label,type\nx,Threat\n", "name", 0},
    {"type,name\nThreat,x\n", "label", 0},
    {"label,name\nx,y\n", "type", 0},
    {"label,type,name,LABEL\nx,Threat,y,z\n", "label", 0},
    {"label,type,name\nx,Threat,y\nz,Thread,y\n", "type", 3},
    {"label,type,name\nx,Host,y\n", "type", 2},
    {"label,type,name\n\"x,Threat,y\n", "", 0},
};

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(broken); i++) {
        importing run = {.groups = toc_str_of(broken[i].groups),
                         .options = {.group_column = "label"},
                         .input = TOC_S("value,label\na.example,x\n")};
        for (run.block = 0; run.block < 8; run.block++) {
            imported got;
            importing_run(&run, &got);
            assert_int_equal(got.rc, TOC_EPARSE);
            assert_string_equal(got.err.field, broken[i].field);
            assert_int_equal(got.err.line, broken[i].line);
            assert_non_null(strstr(got.err.message, "groups file"));
            imported_done(&got);
        }
    }
}

static void test_rows_short(void **state)
{
    (void)state;
    importing run = {.groups = TOC_S("label,type,name\nx\ny,Campaign\n"),
                     .options = {.group_column = "label"},
                     .input = TOC_S("value,label\na.example,x\nb.example,y\n")};
    imported got;
    importing_run(&run, &got);
    assert_int_equal(got.rc, TOC_OK);
    expect_group(&got, "Threat", "x");
    expect_group(&got, "Campaign", "y");
    imported_done(&got);
}

/* Nothing refers to what only a refused record named. */
static void test_record_refused(void **state)
{
    (void)state;
    importing run = {.groups = TOC_S("label,type,name\nx,Campaign,Kite\nbad,Threat,k\xFF\n"),
                     .options = {.group_column = "label"},
                     .input = TOC_S("value,label,rating\na.example,x,9\nb.example,new,bad\n"
                                    "c.example,bad,1\nd.example,later,2\n")};
    imported got;
    importing_run(&run, &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_int_equal(got.counts.rejected, 3);
    assert_int_equal(got.counts.groups, 1);
    expect_group(&got, "Threat", "later");
    assert_null(strstr(got.batch, "Kite"));
    assert_null(strstr(got.batch, "new"));
    assert_null(strstr(got.batch, "c.example"));
    assert_string_equal(got.types, "Host 1 ");
    imported_done(&got);
}

static void test_empty(void **state)
{
    (void)state;
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    batch_options.owner = options.owner = "Acme";
    assert_int_equal(toc_batch_new(&batch_options, &batch, NULL), TOC_OK);
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, NULL), TOC_OK);
    assert_int_equal(toc_import_groups(import, "\n", 1, false, NULL), TOC_OK);
    assert_int_equal(toc_import_groups(import, NULL, 0, true, NULL), TOC_EPARSE);
    toc_import_free(import);
    toc_batch_free(batch);
}

static void test_arguments(void **state)
{
    (void)state;
    assert_int_equal(toc_import_groups(NULL, "a", 1, true, NULL), TOC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_file),    cmocka_unit_test(test_default_type),
        cmocka_unit_test(test_long_name),      cmocka_unit_test(test_broken),
        cmocka_unit_test(test_rows_short),     cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_record_refused), cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
