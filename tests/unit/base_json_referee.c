/* The JSON reader and writer against yajl (events) and jansson (trees): on a list of documents and
 * on mutations of them all three must accept the same texts and see the same values.
 *
 * Where they may differ, and why:
 *   yajl accepts     malformed UTF-8 of some kinds (overlong forms, surrogates) and half surrogate
 *                    pairs in escapes, which RFC 8259 and RFC 3629 do not, an unfinished token
 * behind the document (1"a), and vertical tab and form feed as blanks, which jansson refuses as we
 * do; both accept      deeper nesting than our limit, which is there against hostile input; jansson
 * refuses  numbers beyond int64_t or double, whose text we hand on, and keys with NUL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <yajl/yajl_parse.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/exact.h"

#define MUTATIONS 6000

static const char *const documents[] = {
    "{}",
    "[]",
    " [ ] ",
    "null",
    "true",
    "-0",
    "\"text\"",
    "0.5e-3",
    "[1,2.5,-3,1e2,1E+2,1e-2,0,-0.0,123456789012]",
    "{\"a\":{\"b\":{\"c\":[1,[2,[3,{\"d\":null}]]]}},\"e\":[{},{\"f\":[]},[]]}",
    "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"address\":[{\"id\":1,\"rating\":3.0}]}}",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"]",
    "[\"caf\xC3\xA9\",\"\xE2\x82\xAC\",\"\xF0\x9F\x98\x80\",\"\xEF\xBF\xBF\",\"\xF4\x8F\xBF\xBF\"]",
    "{\"\":\"\",\" \":\"\\u0000\",\"\\u0001\":\"\x7F\"}",
    "{\n    \"indented\": [\n        1,\n        2\n    ],\n    \"more\": true\n}\n",
    "[\"a string that is longer than sixteen bytes\",\"another \\\\ one that is longer, too\"]",
    "{\"k\":1,\"k\":2,\"l\":3}",
    "[true,false,null,true,false,null]",
    "[9223372036854775807,-9223372036854775808]",
    "{\"description\":\"\\u0412\xD0\xB2\xD0\xB5\xD0\xB4\xD0\xB5\xD0\xBD\xD0\xB8\xD0\xB5\"}",
    /* broken */
    "",
    " ",
    "[1,]",
    "{\"a\":1,}",
    "[,]",
    "{,}",
    "[01]",
    "[1.]",
    "[.1]",
    "[-]",
    "[+1]",
    "[1e]",
    "[1e+]",
    "[0x10]",
    "[NaN]",
    "[Infinity]",
    "[1",
    "{\"a\"",
    "{\"a\":",
    "{\"a\" 1}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "[1 2]",
    "[1}",
    "{\"a\":1]",
    "]",
    "[]]",
    "{}{}",
    "1 1",
    "tru",
    "truee",
    "nul",
    "TRUE",
    "\"",
    "\"a",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\",
    "\"\t\"",
    "\"\n\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\\udc00\"",
    "\"\\ud800",
    "\"\\ud800\\",
    "\"\\ud800\\udc0",
    "\"\xE2\x82",
    "\"\xF0\x9F\x98",
    "\"\x80\"",
    "\"\xC0\x80\"",
    "\"\xE0\x80\x80\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xFF\"",
    "\"\xC3\"",
    "\xEF\xBB\xBF{}",
    "/* c */ 1",
    "// c\n1",
    "[1e999]",
    "[99999999999999999999]",
    "{\"\\u0000\":1}",
};

typedef struct verdicts {
    unsigned accepted, refused, excused;
} verdicts;

static void put_item(toc_buf *out, char kind, toc_str text)
{
    toc_buf_char(out, kind);
    toc_buf_int(out, (int64_t)text.len);
    toc_buf_char(out, ':');
    toc_buf_str(out, text);
}

/* Our events; NULL, or the error. */
static const char *our_events(toc_str input, toc_buf *out, toc_arena *arena)
{
    static const char letters[] = ".{}[]ks#tfn";
    toc_json_reader reader;
    toc_json_reader_init(&reader, input.ptr, input.len, arena);
    for (;;) {
        toc_json_event event = toc_json_next(&reader);
        if (event == TOC_JSON_ERROR)
            return reader.error;
        if (event == TOC_JSON_END)
            return NULL;
        bool texty = event == TOC_JSON_KEY || event == TOC_JSON_STRING || event == TOC_JSON_NUMBER;
        put_item(out, letters[event], texty ? reader.text : (toc_str){NULL, 0});
    }
}

static int put_plain(void *out, char kind)
{
    put_item(out, kind, (toc_str){NULL, 0});
    return 1;
}
static int on_null(void *out)
{
    return put_plain(out, 'n');
}
static int on_boolean(void *out, int value)
{
    return put_plain(out, value ? 't' : 'f');
}
static int on_number(void *out, const char *text, size_t len)
{
    put_item(out, '#', (toc_str){text, len});
    return 1;
}
static int on_string(void *out, const unsigned char *text, size_t len)
{
    put_item(out, 's', (toc_str){(const char *)text, len});
    return 1;
}
static int on_key(void *out, const unsigned char *text, size_t len)
{
    put_item(out, 'k', (toc_str){(const char *)text, len});
    return 1;
}
static int on_object(void *out)
{
    return put_plain(out, '{');
}
static int on_object_end(void *out)
{
    return put_plain(out, '}');
}
static int on_array(void *out)
{
    return put_plain(out, '[');
}
static int on_array_end(void *out)
{
    return put_plain(out, ']');
}

static bool yajl_events(toc_str input, toc_buf *out)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,
        .yajl_boolean = on_boolean,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_object,
        .yajl_map_key = on_key,
        .yajl_end_map = on_object_end,
        .yajl_start_array = on_array,
        .yajl_end_array = on_array_end,
    };
    yajl_handle handle = yajl_alloc(&callbacks, NULL, out);
    yajl_status status = yajl_parse(handle, (const unsigned char *)input.ptr, input.len);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(handle);
    yajl_free(handle);
    return status == yajl_status_ok;
}

static json_t *scalar(const toc_json_reader *reader, toc_json_event event)
{
    int64_t whole = 0;
    double real = 0;
    switch (event) {
    case TOC_JSON_STRING:
        return json_stringn(reader->text.ptr, reader->text.len);
    case TOC_JSON_NUMBER:
        if (toc_str_to_int(reader->text, &whole))
            return json_integer(whole);
        assert_true(toc_str_to_double(reader->text, &real));
        return json_real(real);
    case TOC_JSON_NULL:
        return json_null();
    default:
        return json_boolean(event == TOC_JSON_TRUE);
    }
}

/* Hangs the value under its parent, or makes it the root. */
static void attach(json_t *parent, toc_str key, json_t *value, json_t **root)
{
    if (!parent)
        *root = value;
    else if (json_is_array(parent))
        assert_int_equal(json_array_append_new(parent, value), 0);
    else
        assert_int_equal(json_object_setn_new(parent, key.ptr, key.len, value), 0);
}

/* A tree from our events, of a document that was accepted. */
static json_t *our_tree(toc_str input, toc_arena *arena)
{
    json_t *levels[TOC_MAX_JSON_DEPTH + 1] = {NULL}, *root = NULL;
    toc_json_reader reader;
    toc_json_event event;
    toc_str key = {NULL, 0};
    toc_json_reader_init(&reader, input.ptr, input.len, arena);
    while ((event = toc_json_next(&reader)) > TOC_JSON_END) {
        if (event == TOC_JSON_KEY) {
            key = reader.text;
        } else if (event == TOC_JSON_OBJECT || event == TOC_JSON_ARRAY) {
            json_t *level = event == TOC_JSON_OBJECT ? json_object() : json_array();
            attach(levels[reader.depth - 1], key, level, &root);
            levels[reader.depth] = level;
        } else if (event != TOC_JSON_OBJECT_END && event != TOC_JSON_ARRAY_END) {
            attach(levels[reader.depth], key, scalar(&reader, event), &root);
        }
    }
    assert_int_equal(event, TOC_JSON_END);
    return root;
}

static void write_number(toc_json_writer *writer, toc_str text)
{
    int64_t whole = 0;
    double real = 0;
    if (toc_str_to_int(text, &whole)) {
        toc_json_int(writer, whole);
        return;
    }
    assert_true(toc_str_to_double(text, &real));
    toc_json_double(writer, real);
}

/* Writes the document anew. */
static void rewrite(toc_str input, toc_arena *arena, toc_buf *out)
{
    toc_json_reader reader;
    toc_json_writer writer;
    toc_json_event event;
    toc_json_reader_init(&reader, input.ptr, input.len, arena);
    toc_json_writer_init(&writer, out);
    while ((event = toc_json_next(&reader)) > TOC_JSON_END) {
        if (event == TOC_JSON_OBJECT)
            toc_json_object(&writer);
        else if (event == TOC_JSON_OBJECT_END)
            toc_json_object_end(&writer);
        else if (event == TOC_JSON_ARRAY)
            toc_json_array(&writer);
        else if (event == TOC_JSON_ARRAY_END)
            toc_json_array_end(&writer);
        else if (event == TOC_JSON_KEY)
            toc_json_key(&writer, reader.text);
        else if (event == TOC_JSON_STRING)
            toc_json_string(&writer, reader.text);
        else if (event == TOC_JSON_NUMBER)
            write_number(&writer, reader.text);
        else if (event == TOC_JSON_NULL)
            toc_json_null(&writer);
        else
            toc_json_bool(&writer, event == TOC_JSON_TRUE);
    }
}

static void complain(const char *what, toc_str input, const char *error)
{
    print_error("%s (%s): ", what, error ? error : "we accept");
    for (size_t i = 0; i < input.len; i++)
        print_error(input.ptr[i] < ' ' ? "\\x%02X" : "%c", (unsigned char)input.ptr[i]);
    print_error("\n");
    fail();
}

static bool is_one_of(const char *error, const char *const *excuses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(error, excuses[i]) == 0)
            return true;
    return false;
}

static void against_yajl(toc_str input, const toc_buf *events, const char *error, verdicts *sum)
{
    static const char *const excuses[] = {"malformed UTF-8", "half of a surrogate pair",
                                          "nested too deeply", "text after the document"};
    TOC_CLEANUP(toc_buf_done) toc_buf theirs;
    toc_buf_init(&theirs, 1 << 20);
    bool accepted = yajl_events(input, &theirs);
    bool other_blanks = memchr(input.ptr, '\v', input.len) || memchr(input.ptr, '\f', input.len);
    if (accepted && error && (other_blanks || is_one_of(error, excuses, TOC_COUNT(excuses)))) {
        sum->excused++;
        return;
    }
    if (accepted != !error)
        complain("yajl disagrees", input, error);
    if (accepted && !toc_str_equal(toc_buf_view(&theirs), toc_buf_view(events)))
        complain("yajl sees other values", input, error);
}

static void compare_trees(toc_str input, json_t *theirs, toc_arena *arena)
{
    TOC_CLEANUP(toc_buf_done) toc_buf text;
    toc_buf_init(&text, 1 << 20);
    json_t *ours = our_tree(input, arena);
    if (!json_equal(ours, theirs))
        complain("jansson sees other values", input, NULL);
    json_decref(ours);
    rewrite(input, arena, &text);
    json_t *again = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (!json_equal(again, theirs))
        complain("jansson reads other values from what we write", toc_buf_view(&text), NULL);
    json_decref(again);
}

static void against_jansson(toc_str input, const char *error, toc_arena *arena, verdicts *sum)
{
    json_error_t why;
    json_t *theirs = json_loadb(input.ptr, input.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (theirs && error && strcmp(error, "nested too deeply") == 0) {
        sum->excused++;
    } else if (!theirs && !error) {
        enum json_error_code code = json_error_code(&why);
        if (code != json_error_numeric_overflow && code != json_error_null_byte_in_key)
            complain(why.text, input, error);
        sum->excused++;
    } else if (theirs && error) {
        complain("jansson disagrees", input, error);
    } else if (theirs) {
        compare_trees(input, theirs, arena);
    }
    json_decref(theirs);
}

static void judge(toc_str text, verdicts *sum)
{
    TOC_CLEANUP(toc_buf_done) toc_buf events;
    TOC_CLEANUP(toc_arena_done) toc_arena arena;
    TOC_AUTOFREE char *copy = exact_copy(text);
    toc_str input = {copy ? copy : "", text.len};
    assert_true(copy || !text.len);
    toc_buf_init(&events, 1 << 20);
    toc_arena_init(&arena, 0);
    const char *error = our_events(input, &events, &arena);
    if (error)
        sum->refused++;
    else
        sum->accepted++;
    against_yajl(input, &events, error, sum);
    if (!memchr(input.ptr, '\0', input.len))
        against_jansson(input, error, &arena, sum);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Puts what is inserted in place of some bytes. */
static void splice(toc_buf *text, size_t at, size_t gone, toc_str inserted)
{
    TOC_CLEANUP(toc_buf_done) toc_buf result;
    toc_str old = toc_buf_view(text);
    toc_buf_init(&result, 1 << 20);
    toc_buf_str(&result, toc_str_slice(old, 0, at));
    toc_buf_str(&result, inserted);
    toc_buf_str(&result, toc_str_slice(old, at + gone, old.len));
    toc_buf_clear(text);
    toc_buf_str(text, toc_buf_view(&result));
}

static void mutate(toc_buf *text, uint64_t *seed)
{
    static const char *const pieces[] = {"\"",
                                         ",",
                                         ":",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         " ",
                                         "\\",
                                         "\n",
                                         "0",
                                         "1",
                                         "-",
                                         ".5",
                                         "e3",
                                         "E-1",
                                         "true",
                                         "null",
                                         "\\u00e9",
                                         "\\ud800",
                                         "\\udc00",
                                         "\\n",
                                         "[]",
                                         "{}",
                                         "\xC3",
                                         "\xA9",
                                         "\xED\xA0",
                                         "\x01",
                                         "\"k\":",
                                         "\"v\",",
                                         "1,",
                                         ",\"k\":[1]",
                                         "\x7F",
                                         "\t",
                                         "\\u0000",
                                         "\xF0",
                                         "99999999999999999999",
                                         "[[[[[[[[[[[[[[[[[[[["};
    size_t at = next_random(seed) % (text->len + 1);
    uint64_t choice = next_random(seed);
    char byte = (char)(choice >> 32);
    toc_str piece = toc_str_of(pieces[(choice >> 8) % TOC_COUNT(pieces)]);
    switch (choice % 6) {
    case 0:
        splice(text, at, 1, (toc_str){&byte, 1});
        return;
    case 1:
        splice(text, at, 1 + (choice >> 40) % 3, (toc_str){NULL, 0});
        return;
    case 2:
        splice(text, at, 1, piece);
        return;
    case 3: { /* a piece of the text once more; copied because splice clears its source */
        char part[16];
        toc_str slice = toc_str_slice(toc_buf_view(text), at, at + (choice >> 40) % 16);
        if (slice.len)
            memcpy(part, slice.ptr, slice.len);
        splice(text, next_random(seed) % (text->len + 1), 0, (toc_str){part, slice.len});
        return;
    }
    default:
        splice(text, at, 0, piece);
    }
}

static void test_documents(void **state)
{
    verdicts sum = {0};
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(documents); i++)
        judge(toc_str_of(documents[i]), &sum);
    assert_true(sum.accepted >= 20 && sum.refused >= 50);
}

static void test_mutations(void **state)
{
    uint64_t seed = 0x9E3779B97F4A7C15U;
    verdicts sum = {0};
    (void)state;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf text;
        toc_buf_init(&text, 1 << 20);
        /* The first twenty are well-formed; three of four start from those and change little. */
        bool rough = i % 4 == 0;
        size_t range = rough ? TOC_COUNT(documents) : 20;
        toc_buf_text(&text, documents[next_random(&seed) % range]);
        for (uint64_t left = rough ? 1 + next_random(&seed) % 4 : 1; left > 0; left--)
            mutate(&text, &seed);
        judge(toc_buf_view(&text), &sum);
    }
    print_message("%u accepted, %u refused, %u excused\n", sum.accepted, sum.refused, sum.excused);
    assert_true(sum.accepted > 500 && sum.refused > 500 && sum.excused < 500);
}

static void test_depth(void **state)
{
    char text[2 * TOC_MAX_JSON_DEPTH + 2];
    verdicts sum = {0};
    (void)state;
    for (size_t depth = TOC_MAX_JSON_DEPTH; depth <= TOC_MAX_JSON_DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        judge((toc_str){text, 2 * depth}, &sum);
    }
    assert_int_equal(sum.accepted, 1);
    assert_int_equal(sum.excused, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests_name("base_json_referee", tests, NULL, NULL);
}
