/* Every format over every type: one line stays one line, whatever the values are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/object.h"
#include "tocsin/format.h"

/* Quotes, pipes, backslashes, line ends, equals signs, commas, other scripts, a control byte. */
#define HOSTILE "a\"b\"\"c|d\\e\nf\rg=h,i;\xc3\xa9\xf0\x9f\x98\x80\x01 j"

static void fill(toc_object *obj, const toc_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int slot = fields[i].slot;
        switch (fields[i].value) {
        case TOC_VALUE_INT:
            toc__object_set_int(obj, slot, -7);
            break;
        case TOC_VALUE_DECIMAL:
            toc__object_set_decimal(obj, slot, 2.5, false);
            break;
        case TOC_VALUE_BOOL:
        case TOC_VALUE_BOOL_TEXT:
            toc__object_set_bool(obj, slot, true);
            break;
        default:
            toc__object_set_text(obj, slot, TOC_S(HOSTILE));
        }
    }
}

static toc_object *hostile_object(const toc_type *type)
{
    size_t count;
    const toc_field *common = toc_kind_fields(type->kind, &count);
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    fill(obj, common, count);
    fill(obj, type->fields, type->field_count);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S(HOSTILE), TOC_S(HOSTILE), true, TOC_S(HOSTILE), NULL),
        TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S(HOSTILE), NULL), TOC_OK);
    return obj;
}

static void assert_one_line(toc_str text)
{
    assert_true(text.len > 1);
    assert_int_equal(toc_str_find_char(text, '\n'), text.len - 1);
    assert_int_equal(toc_str_find_char(text, '\r'), -1);
}

/* Each value ends at the first quote that has no backslash before it. */
static void check_pairs(toc_str line)
{
    size_t at = 0;
    assert_one_line(line);
    while (line.ptr[at] != '\n') {
        ptrdiff_t quote = toc_str_find_char(toc_str_slice(line, at, line.len), '"');
        assert_true(quote > 0);
        at += (size_t)quote;
        assert_int_equal(line.ptr[at - 1], '=');
        for (at++; line.ptr[at] != '"'; at++)
            if (line.ptr[at] == '\\')
                at++;
        assert_int_equal(line.ptr[at + 1], ' ');
        at += 2;
    }
}

/* Seven pipes that have no backslash before them; in the extension an equals sign without one is
 * always followed by the quote that begins a value. */
static void check_cef(toc_str line)
{
    unsigned pipes = 0;
    assert_one_line(line);
    for (size_t at = 0; at < line.len; at++) {
        if (line.ptr[at] == '\\')
            at++;
        else if (line.ptr[at] == '|' && pipes < 7)
            pipes++;
        else if (line.ptr[at] == '=' && pipes == 7)
            assert_int_equal(line.ptr[at + 1], '"');
    }
    assert_int_equal(pipes, 7);
}

static void check_leef(toc_str line)
{
    for (unsigned i = 0; i < 5; i++) {
        ptrdiff_t pipe = toc_str_find_char(line, '|');
        assert_true(pipe > 0);
        line = toc_str_slice(line, (size_t)pipe + 1, line.len);
    }
    check_pairs(line);
}

static void check_json(toc_str text)
{
    toc_json_reader reader;
    toc_arena arena = {0};
    toc_json_event event;
    size_t hostile = 0;
    toc_json_reader_init(&reader, text.ptr, text.len, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT);
    while ((event = toc_json_next(&reader)) > TOC_JSON_END)
        hostile += event == TOC_JSON_STRING && toc_str_equal(reader.text, TOC_S(HOSTILE));
    assert_int_equal(event, TOC_JSON_END);
    assert_true(hostile > 0);
    toc_arena_done(&arena);
}

static void check_jsonl(toc_str line)
{
    assert_one_line(line);
    assert_true(toc_str_find(line, TOC_S("\"attribute\":[{\"type\":")) > 0);
    assert_true(toc_str_find(line, TOC_S("\"tag\":[{\"name\":")) > 0);
    check_json(line);
}

static void check_csv(toc_str text)
{
    toc_csv csv;
    size_t records = 0, fields = 0;
    toc_csv_init(&csv, ',');
    toc_csv_feed(&csv, text.ptr, text.len, true);
    while (toc_csv_next(&csv) == TOC_CSV_RECORD) {
        bool found = false;
        assert_true(!records || fields == csv.field_count);
        fields = csv.field_count;
        for (size_t i = 0; i < fields; i++)
            found |= toc_str_equal(csv.fields[i], TOC_S(HOSTILE));
        assert_true(found);
        records++;
    }
    assert_true(records > 0);
    toc_csv_done(&csv);
}

static void check_sheet(toc_str text)
{
    assert_true(toc_str_starts(text, TOC_S("\n_")));
    assert_true(toc_str_ends(text, TOC_S("\n")));
}

/* Records that have neither a name nor another text have no line. */
static void check_list(toc_str text)
{
    if (text.len)
        assert_one_line(text);
}

static const struct check_row {
    const char *format;
    void (*check)(toc_str text);
} checks[] = {
    {"cef", check_cef},     {"leef", check_leef},    {"csv", check_csv},    {"json", check_json},
    {"jsonl", check_jsonl}, {"keyval", check_pairs}, {"text", check_sheet}, {"list", check_list},
};

static void run(const struct check_row *row, toc_object *obj, unsigned flags)
{
    const toc_format *format = toc_format_find(row->format);
    toc_formatter *formatter = NULL;
    toc_error err;
    toc_str text = TOC_S("untouched");
    assert_int_equal(toc_formatter_new(format, flags, &formatter, &err), TOC_OK);
    toc_rc rc = toc_formatter_object(formatter, obj, &text, &err);
    if (toc_format_describe(format).indicators_only &&
        toc_object_type(obj)->kind != TOC_KIND_INDICATOR) {
        assert_int_equal(rc, TOC_EUNSUPPORTED);
        assert_true(toc_str_equal(text, TOC_S("untouched")));
        assert_int_equal(toc_formatter_begin(formatter, toc_object_type(obj)->kind, &text, NULL),
                         TOC_EUNSUPPORTED);
    } else {
        assert_int_equal(rc, TOC_OK);
        if (!flags)
            row->check(text);
    }
    toc_formatter_free(formatter);
}

static void every_format_of_every_type(void **state)
{
    size_t count;
    const toc_type *types = toc_type_list(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        toc_object *obj = hostile_object(&types[i]);
        for (size_t k = 0; k < TOC_COUNT(checks); k++) {
            run(&checks[k], obj, 0);
            run(&checks[k], obj, TOC_FORMAT_COMPAT);
        }
        toc_object_free(obj);
    }
}

/* More types than a formatter keeps in mind, in turn. */
static void run_time_types(void **state)
{
    static const toc_field fields[] = {
        {.name = "budget \"net\"", .value = TOC_VALUE_TEXT, .flags = TOC_FIELD_OUTPUT},
        {.name = "id2", .value = TOC_VALUE_INT, .flags = TOC_FIELD_OUTPUT},
        {.name = "hidden", .value = TOC_VALUE_TEXT},
    };
    toc_types *types = NULL;
    toc_formatter *formatter = NULL;
    toc_str text;
    (void)state;
    assert_int_equal(toc_types_new(&types, NULL), TOC_OK);
    assert_int_equal(toc_formatter_new(toc_format_find("jsonl"), 0, &formatter, NULL), TOC_OK);
    for (unsigned i = 0; i < 150; i++) {
        char name[] = "Plan 00", entity[] = "plan00", branch[] = "plans00";
        name[5] = entity[4] = branch[5] = (char)('A' + i % 75 / 10);
        name[6] = entity[5] = branch[6] = (char)('0' + i % 75 % 10);
        const toc_type type = {.name = name,
                               .entity = entity,
                               .branch = branch,
                               .kind = TOC_KIND_GROUP,
                               .fields = fields,
                               .field_count = TOC_COUNT(fields)};
        if (i < 75)
            assert_int_equal(toc_types_add(types, &type, NULL), TOC_OK);
        const toc_type *found = toc_types_find(types, TOC_KIND_GROUP, toc_str_of(name));
        assert_non_null(found);
        toc_object *obj = hostile_object(found);
        assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
        check_jsonl(text);
        assert_true(toc_str_find(text, toc_str_of(name)) > 0);
        assert_true(toc_str_find(text, TOC_S("{\"budget \\\"net\\\"\":")) == 0);
        assert_true(toc_str_find(text, TOC_S(",\"id2\":-7,")) > 0);
        assert_int_equal(toc_str_find(text, TOC_S("hidden")), -1);
        if (!i)
            for (size_t k = 0; k < TOC_COUNT(checks); k++)
                if (strcmp(checks[k].format, "keyval") != 0)
                    run(&checks[k], obj, 0);
        toc_object_free(obj);
    }
    toc_formatter_free(formatter);
    toc_types_free(types);
}

static void slips_of_the_sdk(void **state)
{
    toc_object *obj = NULL;
    toc_formatter *formatter = NULL;
    toc_str text;
    (void)state;
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "hostName", TOC_S("a\"\"\"b=\\"), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "description", TOC_S("d|e"), NULL), TOC_OK);
    assert_int_equal(toc_formatter_new(toc_format_find("cef"), TOC_FORMAT_COMPAT, &formatter, NULL),
                     TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    assert_true(toc_str_find(text, TOC_S("|None|d|e|0|")) > 0);
    assert_true(toc_str_find(text, TOC_S("hostName=\"a\\\"b\\=\\\" ")) > 0);
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

static void arrays_of_json(void **state)
{
    toc_object *obj = NULL;
    toc_formatter *formatter = NULL;
    toc_buf out = {.maximum = 1 << 16};
    toc_str text;
    (void)state;
    const toc_type *type = toc_types_find(NULL, TOC_KIND_VICTIM, TOC_S("Victim"));
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "name", TOC_S("\xc3\xa9"), NULL), TOC_OK);
    assert_int_equal(toc_formatter_new(toc_format_find("json"), 0, &formatter, NULL), TOC_OK);
    for (unsigned objects = 0; objects < 3; objects++) {
        toc_buf_clear(&out);
        assert_int_equal(toc_formatter_begin(formatter, TOC_KIND_VICTIM, &text, NULL), TOC_OK);
        toc_buf_str(&out, text);
        for (unsigned i = 0; i < objects; i++) {
            assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
            toc_buf_str(&out, text);
        }
        assert_int_equal(toc_formatter_end(formatter, &text, NULL), TOC_OK);
        toc_buf_str(&out, text);
        toc_json_reader reader;
        toc_json_reader_init(&reader, out.ptr, out.len, NULL);
        assert_int_equal(toc_json_next(&reader), TOC_JSON_ARRAY);
        unsigned seen = 0;
        while (toc_json_next(&reader) == TOC_JSON_OBJECT) {
            assert_true(toc_json_skip(&reader, NULL));
            seen++;
        }
        assert_int_equal(seen, objects);
        assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
        assert_true(!objects || strstr(out.ptr, "    \"name\": \"\\u00e9\",\n"));
    }
    toc_buf_done(&out);
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

static void table_of_formats(void **state)
{
    size_t count = 0;
    const toc_format *format;
    (void)state;
    for (; (format = toc_format_at(count)) != NULL; count++) {
        toc_format_info info = toc_format_describe(format);
        assert_ptr_equal(toc_format_find(info.name), format);
        assert_non_null(info.media);
        assert_non_null(info.help);
    }
    assert_int_equal(count, TOC_COUNT(checks));
    assert_null(toc_format_find("xml"));
    assert_null(toc_format_find(NULL));
    assert_null(toc_format_describe(NULL).name);
}

static void wrong_arguments(void **state)
{
    toc_formatter *formatter = NULL;
    toc_str text = {NULL, 0};
    (void)state;
    assert_int_equal(toc_formatter_new(NULL, 0, &formatter, NULL), TOC_EINVAL);
    assert_int_equal(toc_formatter_new(toc_format_at(0), 8, &formatter, NULL), TOC_EINVAL);
    assert_null(formatter);
    assert_int_equal(toc_formatter_new(toc_format_at(0), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, NULL, &text, NULL), TOC_EINVAL);
    assert_int_equal(toc_formatter_begin(formatter, TOC_KIND_COUNT, &text, NULL), TOC_EINVAL);
    assert_int_equal(toc_formatter_begin(NULL, TOC_KIND_GROUP, &text, NULL), TOC_EINVAL);
    assert_int_equal(toc_formatter_end(formatter, NULL, NULL), TOC_EINVAL);
    toc_formatter_free(formatter);
    toc_formatter_free(NULL);
}

/* Allocations fail one after the other; each time the call says so and a later one works. */
static size_t allowed;

static void *failing_alloc(void *user, size_t size)
{
    (void)user;
    return allowed && allowed-- ? malloc(size) : NULL;
}

static void *failing_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return allowed && allowed-- ? realloc(ptr, size) : NULL;
}

static void plain_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static void out_of_memory(void **state)
{
    const toc_allocator failing = {failing_alloc, failing_resize, plain_release, NULL};
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("File"));
    (void)state;
    toc_set_allocator(&failing);
    for (size_t i = 0; toc_format_at(i); i++) {
        toc_rc rc = TOC_ENOMEM;
        for (size_t room = 0; rc; room++) {
            toc_formatter *formatter = NULL;
            toc_object *obj = NULL;
            toc_str text = {NULL, 0};
            allowed = SIZE_MAX;
            assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
            toc__object_set_text(obj, type->fields[0].slot, TOC_S("x"));
            allowed = room;
            rc = toc_formatter_new(toc_format_at(i), 0, &formatter, NULL);
            if (!rc)
                rc = toc_formatter_begin(formatter, TOC_KIND_INDICATOR, &text, NULL);
            if (!rc)
                rc = toc_formatter_object(formatter, obj, &text, NULL);
            assert_true(rc == TOC_OK || rc == TOC_ENOMEM);
            assert_in_range(room, 0, 500);
            toc_formatter_free(formatter);
            toc_object_free(obj);
        }
    }
    toc_set_allocator(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_of_every_type),
        cmocka_unit_test(run_time_types),
        cmocka_unit_test(slips_of_the_sdk),
        cmocka_unit_test(arrays_of_json),
        cmocka_unit_test(table_of_formats),
        cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
