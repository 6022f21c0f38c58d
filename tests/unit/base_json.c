/* Reader and writer of JSON: events, values, positions, limits, failures of memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"

/* One letter per event; text in angle brackets. */
static void trace(toc_buf *out, toc_str input, toc_arena *arena)
{
    static const char letters[] = ".{}[]ks#tfn";
    toc_json_reader reader;
    toc_json_reader_init(&reader, input.ptr, input.len, arena);
    for (;;) {
        toc_json_event event = toc_json_next(&reader);
        if (event == TOC_JSON_ERROR) {
            toc_buf_printf(out, "!%zu %s", toc_json_position(&reader), reader.error);
            assert_int_equal(toc_json_next(&reader), TOC_JSON_ERROR);
            return;
        }
        toc_buf_char(out, letters[event]);
        if (event == TOC_JSON_END) {
            assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
            return;
        }
        if (event == TOC_JSON_KEY || event == TOC_JSON_STRING || event == TOC_JSON_NUMBER) {
            toc_buf_char(out, '<');
            toc_buf_str(out, reader.text);
            toc_buf_char(out, '>');
        }
    }
}

static void expect(const char *input, const char *events)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_arena arena;
    toc_buf_init(&out, 1 << 20);
    toc_arena_init(&arena, 0);
    trace(&out, toc_str_of(input), &arena);
    toc_arena_done(&arena);
    assert_string_equal(toc_buf_view(&out).ptr, events);
}

static void test_events(void **state)
{
    (void)state;
    expect("{}", "{}.");
    expect(" [ ] \n", "[].");
    expect("{\"a\":1,\"b\" : [true,false,null] , \"c\":{\"d\":\"e\"}}",
           "{k<a>#<1>k<b>[tfn]k<c>{k<d>s<e>}}.");
    expect("\"\"", "s<>.");
    expect("-0", "#<-0>.");
    expect("[0,-1.50,2e9,3E-2,4.5e+10]", "[#<0>#<-1.50>#<2e9>#<3E-2>#<4.5e+10>].");
    expect("{\"a\":                                        1}", "{k<a>#<1>}.");
    expect("\t\n\r [\t\n\r 1\t\n\r ,\t\n\r 2\t\n\r ]\t\n\r ", "[#<1>#<2>].");
    expect("[[],[[]],{}]", "[[][[]]{}].");
    expect("null", "n.");
}

static void test_strings(void **state)
{
    (void)state;
    expect("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "s<\"\\/\b\f\n\r\t>.");
    expect("\"\\u0041\\u00e9\\u20AC\\uD83D\\ude00x\"",
           "s<A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80x>.");
    expect("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"", "s<\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80>.");
    expect("{\"k\\u0065y\":\"a long value without anything special, 0123456789\"}",
           "{k<key>s<a long value without anything special, 0123456789>}.");
    expect("\"\x7F\"", "s<\x7F>.");
    expect("\"0123456789abcde\\n0123456789abcdef\\u0021\"",
           "s<0123456789abcde\n0123456789abcdef!>.");
}

static void test_errors(void **state)
{
    static const struct {
        const char *input, *events;
    } cases[] = {
        {"", "!0 the document ends too early"},
        {"  ", "!2 the document ends too early"},
        {"[1,]", "[#<1>!3 value expected"},
        {"[,1]", "[!1 value expected"},
        {"[1 2]", "[#<1>!3 comma or ] expected"},
        {"[1}", "[#<1>!2 comma or ] expected"},
        {"[1", "[#<1>!2 the document ends too early"},
        {"[", "[!1 the document ends too early"},
        {"{\"a\":1,}", "{k<a>#<1>!7 key expected"},
        {"{a:1}", "{!1 key expected"},
        {"{\"a\" 1}", "{!5 colon expected"},
        {"{\"a\"", "{!4 the document ends too early"},
        {"{\"a\":", "{k<a>!5 the document ends too early"},
        {"{\"a\":}", "{k<a>!5 value expected"},
        {"{\"a\":1]", "{k<a>#<1>!6 comma or } expected"},
        {"{", "{!1 the document ends too early"},
        {"01", "!1 number with a leading zero"},
        {"-", "!1 digit expected"},
        {"-a", "!1 digit expected"},
        {"+1", "!0 value expected"},
        {".5", "!0 value expected"},
        {"1.", "!2 digit expected after the point"},
        {"1.e5", "!2 digit expected after the point"},
        {"1e", "!2 digit expected in the exponent"},
        {"1e+", "!3 digit expected in the exponent"},
        {"1x", "#<1>!1 text after the document"},
        {"1 2", "#<1>!2 text after the document"},
        {"{} {}", "{}!3 text after the document"},
        {"tru", "!0 the document ends too early"},
        {"trux", "!0 unknown word"},
        {"nulL", "!0 unknown word"},
        {"fals3", "!0 unknown word"},
        {"NaN", "!0 value expected"},
        {"'a'", "!0 value expected"},
        {"// a\n1", "!0 value expected"},
        {"\"a", "!2 the document ends too early"},
        {"\"a\n\"", "!2 control character in a string"},
        {"\"0123456789abcdef\x01\"", "!17 control character in a string"},
        {"\"\\x\"", "!1 unknown escape"},
        {"\"\\", "!1 the document ends too early"},
        {"\"\\u12", "!1 an escape needs four hexadecimal digits"},
        {"\"\\u12g4\"", "!1 an escape needs four hexadecimal digits"},
        {"\"\\ud800\"", "!1 half of a surrogate pair"},
        {"\"\\ud800\\n\"", "!1 half of a surrogate pair"},
        {"\"\\ud800\\u0041\"", "!1 half of a surrogate pair"},
        {"\"\\udc00\"", "!1 half of a surrogate pair"},
        {"\"\\udc00\\udc00\"", "!1 half of a surrogate pair"},
        {"\"\\ud800\\ud800\"", "!1 half of a surrogate pair"},
        {"\"\x80\"", "!1 malformed UTF-8"},
        {"\"\xC0\xAF\"", "!1 malformed UTF-8"},
        {"\"\xE0\x80\x80\"", "!1 malformed UTF-8"},
        {"\"\xED\xA0\x80\"", "!1 malformed UTF-8"},
        {"\"\xF4\x90\x80\x80\"", "!1 malformed UTF-8"},
        {"\"\xF5\x80\x80\x80\"", "!1 malformed UTF-8"},
        {"\"ab\xC3\"", "!3 malformed UTF-8"},
        {"\"\xE2\x82", "!1 malformed UTF-8"},
        {"\xEF\xBB\xBF{}", "!0 byte order mark before the document"},
        {"\f1", "!0 value expected"},
    };
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(cases); i++)
        expect(cases[i].input, cases[i].events);
}

static void test_embedded_nul(void **state)
{
    toc_json_reader reader;
    toc_arena arena;
    (void)state;
    toc_arena_init(&arena, 0);
    toc_json_reader_init(&reader, "\"a\0b\"", 5, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ERROR);
    toc_json_reader_init(&reader, "1\0", 2, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_NUMBER);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ERROR);
    toc_json_reader_init(&reader, "\"a\\u0000b\"", 10, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_STRING);
    assert_true(toc_str_equal(reader.text, TOC_S("a\0b")));
    toc_json_reader_init(&reader, NULL, 0, NULL);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ERROR);
    toc_arena_done(&arena);
}

static void test_slices(void **state)
{
    static const char input[] = "{\"key\":\"plain \xC3\xA9\",\"raw\":\"a\\nb\"}";
    toc_json_reader reader;
    (void)state;
    toc_json_reader_init(&reader, input, sizeof(input) - 1, NULL);
    (void)toc_json_next(&reader);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_ptr_equal(reader.text.ptr, input + 2);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_STRING);
    assert_ptr_equal(reader.text.ptr, input + 8);
    assert_ptr_equal(reader.event_start, input + 7);
    assert_false(reader.raw);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_STRING);
    assert_true(reader.raw);
    assert_true(toc_str_equal(reader.text, TOC_S("a\\nb")));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT_END);
    assert_false(reader.depth);
}

static void nest(toc_buf *out, unsigned depth, bool object)
{
    for (unsigned i = 0; i < depth; i++)
        toc_buf_text(out, object ? "{\"a\":" : "[");
    if (object)
        toc_buf_text(out, "1");
    for (unsigned i = 0; i < depth; i++)
        toc_buf_text(out, object ? "}" : "]");
}

static toc_json_event read_all(toc_str input, toc_json_reader *reader)
{
    toc_json_event event;
    toc_json_reader_init(reader, input.ptr, input.len, NULL);
    do {
        event = toc_json_next(reader);
    } while (event > TOC_JSON_END);
    return event;
}

static void test_depth(void **state)
{
    toc_json_reader reader;
    (void)state;
    for (int object = 0; object < 2; object++) {
        TOC_CLEANUP(toc_buf_done) toc_buf text;
        toc_buf_init(&text, 4096);
        nest(&text, TOC_MAX_JSON_DEPTH, object);
        assert_int_equal(read_all(toc_buf_view(&text), &reader), TOC_JSON_END);
        toc_buf_clear(&text);
        nest(&text, TOC_MAX_JSON_DEPTH + 1, object);
        assert_int_equal(read_all(toc_buf_view(&text), &reader), TOC_JSON_ERROR);
        assert_string_equal(reader.error, "nested too deeply");
        assert_int_equal(toc_json_position(&reader), TOC_MAX_JSON_DEPTH * (object ? 5 : 1));
    }
    /* Every level keeps its own kind. */
    expect("[{\"a\":[{\"b\":[]}]}]", "[{k<a>[{k<b>[]}]}].");
    expect("[{\"a\":[}]}]", "[{k<a>[!7 value expected");
}

static void test_skip(void **state)
{
    static const char input[] =
        "{\"a\": {\"x\":[1,{\"y\":\"\\n\"}]} ,\"b\":[[],2],\"c\":\"s\",\"d\":4}";
    toc_json_reader reader;
    toc_arena arena;
    toc_str raw = {NULL, 0};
    (void)state;
    toc_arena_init(&arena, 0);
    toc_json_reader_init(&reader, input, sizeof(input) - 1, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_true(toc_json_skip(&reader, &raw));
    assert_true(toc_str_equal(raw, TOC_S("{\"x\":[1,{\"y\":\"\\n\"}]}")));
    assert_int_equal(arena.total, 0);
    assert_ptr_equal(reader.arena, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ARRAY);
    assert_true(toc_json_skip(&reader, &raw));
    assert_true(toc_str_equal(raw, TOC_S("[[],2]")));
    assert_int_equal(reader.depth, 1);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_true(toc_str_equal(reader.text, TOC_S("c")));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_STRING);
    assert_true(toc_json_skip(&reader, &raw));
    assert_true(toc_str_equal(raw, TOC_S("\"s\"")));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_true(toc_json_skip(&reader, NULL));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT_END);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
    toc_arena_done(&arena);
}

static void test_skip_errors(void **state)
{
    static const char *const broken[] = {"{\"a\":[1,}", "{\"a\":", "{\"a\":[[[\"\\u12\"]]]}",
                                         "{\"a\":{\"b\"}}"};
    toc_json_reader reader;
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(broken); i++) {
        toc_str raw = TOC_S("untouched");
        toc_json_reader_init(&reader, broken[i], strlen(broken[i]), NULL);
        assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT);
        assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
        assert_false(toc_json_skip(&reader, &raw));
        assert_string_equal(raw.ptr, "untouched");
        assert_false(toc_json_skip(&reader, NULL));
        assert_non_null(reader.error);
    }
    /* The whole document at once. */
    toc_json_reader_init(&reader, " [1,[2]] ", 9, NULL);
    toc_str raw;
    assert_true(toc_json_skip(&reader, &raw));
    assert_true(toc_str_equal(raw, TOC_S("[1,[2]]")));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
}

static void test_fail(void **state)
{
    static const char input[] = "{\n \"a\": 1,\n \"b\": tru\n}";
    toc_json_reader reader;
    toc_error err = {0};
    (void)state;
    assert_int_equal(read_all(TOC_S(input), &reader), TOC_JSON_ERROR);
    assert_int_equal(toc_json_fail(&reader, &err), TOC_EPARSE);
    assert_int_equal(err.code, TOC_EPARSE);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.position, 17);
    assert_non_null(strstr(err.message, "unknown word"));
    assert_int_equal(toc_json_fail(&reader, NULL), TOC_EPARSE);
    /* A caller may also complain about an event that is fine by itself. */
    toc_json_reader_init(&reader, "\n[]", 3, NULL);
    (void)toc_json_next(&reader);
    assert_int_equal(toc_json_fail(&reader, &err), TOC_EPARSE);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.position, 1);
}

static void test_no_memory(void **state)
{
    failing all = {.for_good = true};
    const toc_allocator none = failing_allocator(&all);
    toc_json_reader reader;
    toc_json_writer writer;
    toc_arena arena;
    toc_buf buf;
    toc_error err = {0};
    (void)state;
    toc_arena_init(&arena, 0);
    toc_buf_init(&buf, 100);
    toc_set_allocator(&none);
    toc_json_reader_init(&reader, "\"a\\n\"", 5, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ERROR);
    assert_int_equal(toc_json_fail(&reader, &err), TOC_ENOMEM);
    toc_json_writer_init(&writer, &buf);
    toc_json_object(&writer);
    toc_json_kv_str(&writer, "a", TOC_S("b"));
    toc_json_key(&writer, TOC_S("c"));
    toc_json_string(&writer, TOC_S("d"));
    toc_json_double(&writer, 1);
    toc_json_object_end(&writer);
    assert_int_equal(toc_buf_check(&buf, NULL), TOC_ENOMEM);
    toc_set_allocator(NULL);
    toc_arena_done(&arena);
    toc_buf_done(&buf);
    toc_arena_init(&arena, 64);
    toc_json_reader_init(&reader,
                         TOC_S("\"\\n01234567890123456789012345678901234567890123456"
                               "789012345678901234567890123456789\"")
                             .ptr,
                         85, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ERROR);
    assert_int_equal(toc_json_fail(&reader, NULL), TOC_ELIMIT);
    toc_arena_done(&arena);
}

static void test_scan_ways_agree(void **state)
{
    (void)state;
#ifdef __SSE2__
    char text[40];
    for (size_t len = 0; len <= sizeof(text); len++) {
        for (size_t at = 0; at < len; at++) {
            for (int c = 0; c < 256; c++) {
                memset(text, 'a', sizeof(text));
                text[at] = (char)c;
                assert_ptr_equal(toc__json_plain_sse2(text, text + len),
                                 toc__json_plain_scalar(text, text + len));
            }
        }
    }
#endif
    assert_false(toc__json_plain_byte('"') || toc__json_plain_byte('\\'));
    assert_false(toc__json_plain_byte(0x1F) || toc__json_plain_byte((char)0x80));
    assert_true(toc__json_plain_byte(' ') && toc__json_plain_byte(0x7F));
}

static void escaped(toc_str text, bool ascii, const char *expected)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_buf_init(&out, 1 << 20);
    toc_json_escape(&out, text, ascii);
    assert_int_equal(toc_buf_check(&out, NULL), TOC_OK);
    assert_int_equal(out.len, strlen(expected));
    assert_string_equal(out.ptr, expected);
}

static void test_escape(void **state)
{
    (void)state;
    escaped(TOC_S(""), false, "\"\"");
    escaped((toc_str){NULL, 0}, false, "\"\"");
    escaped(TOC_S("plain"), false, "\"plain\"");
    escaped(TOC_S("a\"b\\c/d\b\f\n\r\t\x1F"), false, "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u001f\"");
    escaped(TOC_S("\0"), false, "\"\\u0000\"");
    escaped(TOC_S("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), false,
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    escaped(TOC_S("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\x7F"), true,
            "\"\\u00e9 \\u20ac \\ud83d\\ude00\\u007f\"");
    escaped(TOC_S("a\xFF"
                  "b\xC3"),
            false,
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
    escaped(TOC_S("a\xE2\x82"), true, "\"a\\ufffd\\ufffd\"");
}

/* Every length and every place of a byte that must not stand as it is, read back. */
static void test_escape_places(void **state)
{
    static const char specials[] = "\"\\\n\x01\xC3";
    char text[48];
    toc_json_reader reader;
    toc_arena arena;
    (void)state;
    toc_arena_init(&arena, 0);
    for (size_t len = 0; len < sizeof(text); len++) {
        for (size_t at = 0; at < len; at++) {
            TOC_CLEANUP(toc_buf_done) toc_buf out;
            char special = specials[(len + at) % (sizeof(specials) - 1)];
            memset(text, 'x', sizeof(text));
            text[at] = special;
            if (special == '\xC3')
                text[at + 1 < len ? at + 1 : at] = at + 1 < len ? '\xA9' : 'y';
            toc_buf_init(&out, 6 * sizeof(text));
            toc_json_escape(&out, (toc_str){text, len}, len & 1);
            toc_json_reader_init(&reader, out.ptr, out.len, &arena);
            assert_int_equal(toc_json_next(&reader), TOC_JSON_STRING);
            assert_true(toc_str_equal(reader.text, (toc_str){text, len}));
            assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
        }
    }
    toc_arena_done(&arena);
}

static void test_exact_maximum(void **state)
{
    static const toc_str texts[] = {{"0123456789abcdef0123", 20},
                                    {"\n\n\n\n", 4},
                                    {"a\xFFxx\x01y", 6},
                                    {"\xC3\xA9", 2},
                                    {"", 0}};
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(texts); i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf big, fits, small;
        toc_json_writer writer;
        toc_buf_init(&big, 1 << 20);
        toc_json_writer_init(&writer, &big);
        toc_json_member(&writer, texts[i], texts[i]);
        toc_json_member(&writer, texts[i], texts[i]);
        toc_buf_init(&fits, big.len);
        toc_json_writer_init(&writer, &fits);
        toc_json_member(&writer, texts[i], texts[i]);
        toc_json_key(&writer, texts[i]);
        toc_json_string(&writer, texts[i]);
        assert_int_equal(toc_buf_check(&fits, NULL), TOC_OK);
        assert_string_equal(fits.ptr, big.ptr);
        toc_buf_init(&small, big.len - 1);
        toc_json_writer_init(&writer, &small);
        toc_json_member(&writer, texts[i], texts[i]);
        toc_json_member(&writer, texts[i], texts[i]);
        assert_int_equal(toc_buf_check(&small, NULL), TOC_ELIMIT);
        assert_true(small.len < big.len && small.ptr[small.len] == '\0');
    }
}

static void test_writer(void **state)
{
    TOC_CLEANUP(toc_buf_done) toc_buf buf;
    toc_json_writer writer;
    (void)state;
    toc_buf_init(&buf, 1 << 16);
    toc_json_writer_init(&writer, &buf);
    toc_json_object(&writer);
    toc_json_key(&writer, TOC_S("list"));
    toc_json_array(&writer);
    toc_json_int(&writer, INT64_MIN);
    toc_json_bool(&writer, true);
    toc_json_bool(&writer, false);
    toc_json_null(&writer);
    toc_json_double(&writer, 3.5);
    toc_json_string(&writer, TOC_S("x"));
    toc_json_raw(&writer, TOC_S("{\"r\":1}"));
    toc_json_object(&writer);
    toc_json_object_end(&writer);
    toc_json_array(&writer);
    toc_json_array_end(&writer);
    toc_json_array_end(&writer);
    toc_json_kv_str(&writer, "a\"", TOC_S("b\n"));
    toc_json_kv_str(&writer, "absent", ((toc_str){NULL, 0}));
    toc_json_kv_str(&writer, "empty", TOC_S(""));
    toc_json_object_end(&writer);
    assert_string_equal(buf.ptr, "{\"list\":[-9223372036854775808,true,false,null,3.5,\"x\","
                                 "{\"r\":1},{},[]],\"a\\\"\":\"b\\n\",\"empty\":\"\"}");
}

static void number(double value, const char *expected)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_buf_init(&out, 100);
    toc_json_double_text(&out, value);
    assert_string_equal(out.ptr, expected);
}

static void test_double(void **state)
{
    (void)state;
    number(0, "0.0");
    number(-0.0, "-0.0");
    number(4, "4.0");
    number(3.5, "3.5");
    number(-2.25, "-2.25");
    number(0.1, "0.1");
    number(0.05, "0.05");
    number(100, "100.0");
    number(37.7749, "37.7749");
    number(-122.419416, "-122.419416");
    number(0.0001, "0.0001");
    number(0.1 + 0.2, "0.30000000000000004");
    number(1.0 / 3, "0.3333333333333333");
    number(2.0 / 3, "0.6666666666666666");
    number(1e15, "1000000000000000.0");
    number(1234567890123456.0, "1234567890123456.0");
    number(1e16, "1.0e+16");
    number(1e22, "1.0e+22");
    number(1.5e300, "1.5e+300");
    number(1e-5, "1.0e-05");
    number(1.25e-7, "1.25e-07");
    number(5e-324, "5.0e-324");
    number(1.7976931348623157e308, "1.7976931348623157e+308");
    number(2.2250738585072014e-308, "2.2250738585072014e-308");
    number(0x1p-44, "5.684341886080802e-14");
    number(9007199254740993.0, "9007199254740992.0");
    number((double)NAN, "null");
    number((double)INFINITY, "null");
    number(-(double)INFINITY, "null");
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void read_back(double value)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    double back = 0;
    toc_json_reader reader;
    toc_buf_init(&out, 100);
    toc_json_double_text(&out, value);
    toc_json_reader_init(&reader, out.ptr, out.len, NULL);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_NUMBER);
    assert_non_null(memchr(out.ptr, '.', out.len));
    assert_true(toc_str_to_double(reader.text, &back));
    assert_memory_equal(&back, &value, sizeof(value));
}

static void test_double_reads_back(void **state)
{
    uint64_t seed = 88172645463325252U;
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&seed);
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (isfinite(value))
            read_back(value);
        read_back((double)(int64_t)(bits >> 40) / 100.0);
        read_back((double)(int64_t)(bits >> 20) / 1e6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_embedded_nul),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_skip_errors),
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_scan_ways_agree),
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_escape_places),
        cmocka_unit_test(test_exact_maximum),
        cmocka_unit_test(test_writer),
        cmocka_unit_test(test_double),
        cmocka_unit_test(test_double_reads_back),
    };
    return cmocka_run_group_tests_name("base_json", tests, NULL, NULL);
}
