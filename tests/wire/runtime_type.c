/* A group type that no source file knows, given at run time: the codec, batches, imports, filters
 * and formats handle it because they read the table, and for no other reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"
#include "support/script.h"
#include "tocsin/format.h"
#include "tocsin/import.h"

#define SENT (TOC_FIELD_CREATE | TOC_FIELD_UPDATE | TOC_FIELD_BATCH)
#define SHOWN (TOC_FIELD_IN_LIST | TOC_FIELD_IN_DETAIL | TOC_FIELD_OUTPUT)

static const toc_field fields[] = {
    {.name = "phase",
     .value = TOC_VALUE_TEXT,
     .flags = SENT | SHOWN | TOC_FIELD_REQUIRED,
     .choices = "rising;falling",
     .help = "where it is in its life"},
    {.name = "strength",
     .batch = "intValue1",
     .value = TOC_VALUE_INT,
     .flags = SENT | SHOWN,
     .minimum = 1,
     .maximum = 9,
     .help = "how strong it is"},
    {.name = "peakDate", .value = TOC_VALUE_DATE, .flags = SENT | SHOWN, .help = "when it peaked"},
    {.name = "noisy", .value = TOC_VALUE_BOOL, .flags = SENT | SHOWN, .help = "easily seen"},
};

static const toc_type storm = {.name = "Phishing Storm",
                               .entity = "phishingStorm",
                               .branch = "phishingStorms",
                               .kind = TOC_KIND_GROUP,
                               .traits = TOC_TYPE_RUNTIME | TOC_TYPE_CUSTOM,
                               .fields = fields,
                               .field_count = TOC_COUNT(fields),
                               .help = "an invented type"};

typedef struct scene {
    toc_types *types;
    const toc_type *type;
    toc_object *obj;
} scene;

static int set_up(void **state)
{
    scene *self = toc_mem_zalloc(1, sizeof *self);
    assert_non_null(self);
    assert_int_equal(toc_types_new(&self->types, NULL), TOC_OK);
    assert_int_equal(toc_types_add(self->types, &storm, NULL), TOC_OK);
    self->type = toc_types_find(self->types, TOC_KIND_GROUP, TOC_S("phishing storm"));
    assert_non_null(self->type);
    assert_int_equal(toc_object_new(self->type, &self->obj, NULL), TOC_OK);
    static const char *const values[][2] = {{"name", "Winter"},
                                            {"xid", "storm-1"},
                                            {"phase", "Rising"},
                                            {"strength", "7"},
                                            {"peakDate", "2024-02-29T12:00:00Z"},
                                            {"noisy", "true"}};
    for (size_t i = 0; i < TOC_COUNT(values); i++)
        assert_int_equal(toc_object_set(self->obj, values[i][0], toc_str_of(values[i][1]), NULL),
                         TOC_OK);
    assert_int_equal(toc_object_add_tag(self->obj, TOC_S("cold"), NULL), TOC_OK);
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    scene *self = *state;
    toc_object_free(self->obj);
    toc_types_free(self->types);
    toc_mem_free(self);
    return 0;
}

static void test_found(void **state)
{
    scene *self = *state;
    assert_ptr_equal(toc_types_find(self->types, TOC_KIND_GROUP, TOC_S("phishingStorms")),
                     self->type);
    assert_ptr_equal(toc_types_find(self->types, TOC_KIND_GROUP, TOC_S("PhishingStorm")),
                     self->type);
    assert_null(toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Phishing Storm")));
    assert_null(toc_types_find(self->types, TOC_KIND_INDICATOR, TOC_S("Phishing Storm")));
}

static void test_checked(void **state)
{
    scene *self = *state;
    toc_error err = {0};
    assert_int_equal(toc_object_check(self->obj, &err), TOC_OK);
    assert_true(toc_str_equal(toc_object_get(self->obj, "phase"), TOC_S("rising")));
    assert_int_equal(toc_object_set(self->obj, "phase", TOC_S("sideways"), NULL), TOC_OK);
    assert_int_equal(toc_object_check(self->obj, &err), TOC_EINVAL);
    assert_string_equal(err.field, "phase");
    assert_non_null(strstr(err.message, "rising, falling"));
    toc_rc rc = toc_object_set_int(self->obj, "strength", 12, &err);
    assert_int_equal(rc ? rc : toc_object_check(self->obj, &err), TOC_EINVAL);
}

static char *encode(const scene *self, toc_form form, unsigned with)
{
    toc_buf buf = {.maximum = 1 << 16};
    toc_json_writer writer;
    toc_json_writer_init(&writer, &buf);
    toc_codec_encode(&writer, self->obj, form, with);
    assert_int_equal(toc_buf_check(&buf, NULL), TOC_OK);
    return toc_buf_take(&buf);
}

static void expect_members(const char *json, const char *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strstr(json, members[i]))
            fail_msg("no %s in %s", members[i], json);
}

/* Every form is written and read back to the same values. */
static void test_codec(void **state)
{
    scene *self = *state;
    static const toc_form forms[] = {TOC_FORM_LIST, TOC_FORM_DETAIL, TOC_FORM_CREATE,
                                     TOC_FORM_BATCH};
    static const char *const plain[] = {"\"phase\":\"Rising\"", "\"strength\":7", "\"noisy\":true",
                                        "\"name\":\"Winter\""};
    static const char *const batch[] = {"\"type\":\"Phishing Storm\"", "\"intValue1\":7",
                                        "\"xid\":\"storm-1\"", "\"tag\":[{\"name\":\"cold\"}]"};
    for (size_t i = 0; i < TOC_COUNT(forms); i++) {
        TOC_AUTOFREE char *json = encode(self, forms[i], TOC_WITH_TAGS);
        if (forms[i] == TOC_FORM_BATCH)
            expect_members(json, batch, TOC_COUNT(batch));
        else
            expect_members(json, plain, TOC_COUNT(plain));
        toc_arena arena;
        toc_arena_init(&arena, 1 << 20);
        toc_json_reader reader;
        toc_json_reader_init(&reader, json, strlen(json), &arena);
        toc_object *back = toc__object_in(&arena, NULL);
        assert_non_null(back);
        toc_error err = {0};
        toc_rc rc = toc_codec_decode(&reader, self->types, TOC_KIND_GROUP,
                                     forms[i] == TOC_FORM_BATCH ? NULL : self->type,
                                     forms[i] == TOC_FORM_BATCH ? TOC_DECODE_BATCH : 0, back, &err);
        if (rc)
            fail_msg("%s: %s", json, err.message);
        assert_ptr_equal(toc_object_type(back), self->type);
        assert_int_equal(toc_object_get_int(back, "strength"), 7);
        assert_true(toc_object_get_bool(back, "noisy"));
        assert_true(toc_str_equal(toc_object_get(back, "name"), TOC_S("Winter")));
        assert_true(toc_object_has(back, "peakDate"));
        toc_arena_done(&arena);
    }
}

static char *written(toc_batch *batch)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    return text;
}

static void test_batch(void **state)
{
    scene *self = *state;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, self->obj, 1, NULL), TOC_OK);
    char *text = written(batch);
    assert_string_equal(
        text, "{\"group\":[\n{\"name\":\"Winter\",\"type\":\"Phishing Storm\",\"xid\":\"storm-1\","
              "\"phase\":\"rising\",\"intValue1\":7,\"peakDate\":\"2024-02-29T12:00:00Z\","
              "\"noisy\":true,\"tag\":[{\"name\":\"cold\"}]}],\"indicator\":[]}\n");
    free(text);
    toc_batch_free(batch);
}

/* Groups that an import makes for labels can be of the type. */
static void test_import(void **state)
{
    scene *self = *state;
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    batch_options.owner = "Acme";
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = "Acme";
    options.group_column = "wave";
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    assert_int_equal(toc_batch_new(&batch_options, &batch, NULL), TOC_OK);
    assert_int_equal(toc_import_new(&options, self->types, batch, NULL, NULL, &import, NULL),
                     TOC_OK);
    toc_str groups = TOC_S("label,type,name\nw,phishingStorm,Winter\n");
    assert_int_equal(toc_import_groups(import, groups.ptr, groups.len, true, NULL), TOC_OK);
    toc_str rows = TOC_S("value,wave\na.example,w\n");
    assert_int_equal(toc_import_csv(import, rows.ptr, rows.len, true, NULL), TOC_OK);
    /* The type asks for a phase, so the group is refused, and the row with it. */
    assert_int_equal(toc_import_counted(import).rejected, 1);
    toc_import_free(import);
    toc_batch_free(batch);
}

static void test_formats(void **state)
{
    scene *self = *state;
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find("jsonl"), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_begin(formatter, TOC_KIND_GROUP, &text, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, self->obj, &text, NULL), TOC_OK);
    TOC_AUTOFREE char *line = toc_mem_strdup(text);
    assert_non_null(line);
    static const char *const members[] = {"\"name\":\"Winter\"", "\"type\":\"Phishing Storm\"",
                                          "\"phase\":\"Rising\"", "\"strength\":7",
                                          "\"noisy\":true"};
    expect_members(line, members, TOC_COUNT(members));
    toc_formatter_free(formatter);
}

/* A list of the type goes to its branch, and what comes back is read by its fields. */
static void test_list(void **state)
{
    scene *self = *state;
    static const script_answer answer = {
        .status = 200,
        .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"phishingStorm\":["
                "{\"id\":3,\"name\":\"Winter\",\"ownerName\":\"Acme\",\"phase\":\"rising\","
                "\"strength\":7},"
                "{\"id\":4,\"name\":\"Summer\",\"ownerName\":\"Acme\",\"phase\":\"falling\","
                "\"strength\":2}]}}"};
    script play = {.answers = &answer, .answer_count = 1};
    toc_session *sess = script_session(&play);
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_error err = {0};
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, self->type, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_post(filter, "strength", TOC_OP_GT, TOC_S("5"), &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    if (toc_list_next(list, &obj, &err) != 1)
        fail_msg("%s", err.message);
    assert_non_null(strstr(play.asked[0].target, "/v2/groups/phishingStorms?"));
    assert_true(toc_str_equal(toc_object_get(obj, "phase"), TOC_S("rising")));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_codec, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_batch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_import, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_formats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_list, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
