/* CSV: records, quotes, limits, and that the cuts between blocks do not matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/exact.h"
#include "support/failing.h"

static void trace_event(toc_buf *out, const toc_csv *csv, toc_csv_event event)
{
    toc_buf_uint(out, csv->line);
    if (event == TOC_CSV_BAD) {
        toc_buf_printf(out, "!%s\n", csv->error);
        assert_int_equal(csv->field_count, 0);
        return;
    }
    for (size_t i = 0; i < csv->field_count; i++) {
        toc_buf_char(out, '|');
        toc_buf_str(out, csv->fields[i]);
    }
    toc_buf_text(out, "|\n");
}

/* Feeds blocks of the given size, each in memory of its own; raw texts go to raws. */
static void trace(toc_buf *out, toc_buf *raws, toc_str input, size_t size, char separator)
{
    TOC_CLEANUP(toc_csv_done) toc_csv csv;
    toc_csv_event event;
    toc_csv_init(&csv, separator);
    for (size_t at = 0; at == 0 || at < input.len; at += size) {
        toc_str part = toc_str_slice(input, at, at + size < input.len ? at + size : input.len);
        TOC_AUTOFREE char *block = exact_copy(part);
        toc_csv_feed(&csv, block, part.len, at + size >= input.len);
        while ((event = toc_csv_next(&csv)) != TOC_CSV_MORE) {
            trace_event(out, &csv, event);
            toc_buf_str(raws, csv.raw);
            toc_buf_char(raws, '\n');
        }
        assert_int_equal(toc_csv_next(&csv), TOC_CSV_MORE);
    }
}

static void expect_all(toc_str input, char separator, const char *records, const char *raws)
{
    static const size_t sizes[] = {1 << 30, 1, 2, 3, 4, 5, 6, 7, 16, 17, 31, 64};
    for (size_t i = 0; i < TOC_COUNT(sizes); i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf out, raw;
        toc_buf_init(&out, 1 << 24);
        toc_buf_init(&raw, 1 << 24);
        trace(&out, &raw, input, sizes[i], separator);
        assert_string_equal(toc_buf_view(&out).ptr, records);
        if (raws)
            assert_string_equal(toc_buf_view(&raw).ptr, raws);
    }
}

static void expect(const char *input, const char *records)
{
    expect_all(toc_str_of(input), ',', records, NULL);
}

static void test_records(void **state)
{
    (void)state;
    expect("", "");
    expect("a", "1|a|\n");
    expect("a,b,c\n", "1|a|b|c|\n");
    expect("a,b\nc,d", "1|a|b|\n2|c|d|\n");
    expect("a,b\r\nc,d\r\n", "1|a|b|\n2|c|d|\n");
    expect("a,b\r", "1|a|b|\n");
    expect(",\n,,\n", "1|||\n2||||\n");
    expect("a,\n", "1|a||\n");
    expect("\n\r\n\na\n\n\nb\n\n", "4|a|\n7|b|\n");
    expect("a\rb,c\n", "1|a\rb|c|\n");
    expect(" a , b \n", "1| a | b |\n");
    expect("a much longer field than one vector holds,and another one that is long as well,x\n"
           "second line with a length beyond sixteen bytes,y\n",
           "1|a much longer field than one vector holds|and another one that is long as well|x|\n"
           "2|second line with a length beyond sixteen bytes|y|\n");
    expect_all(TOC_S("a;b,c\td\n"), ';', "1|a|b,c\td|\n", NULL);
    expect_all(TOC_S("a;b,c\td\n"), '\t', "1|a;b,c|d|\n", NULL);
    expect("\xC3\xA9,\xFF\n", "1|\xC3\xA9|\xFF|\n");
}

static void test_quotes(void **state)
{
    (void)state;
    expect("\"a\"", "1|a|\n");
    expect("\"\"\n", "1||\n");
    expect("\"\",\"\"\r\n", "1|||\n");
    expect("\"a,b\",c\n", "1|a,b|c|\n");
    expect("\"a\"\"b\",\"\"\"\"\n", "1|a\"b|\"|\n");
    expect("\"\"\"a\"\"\",\"b\"\"\",\"\"\"c\"\n", "1|\"a\"|b\"|\"c|\n");
    expect("x,\"line one\nline two\r\nthree\",y\nnext\n",
           "1|x|line one\nline two\r\nthree|y|\n4|next|\n");
    expect("plain\n\"q\n\"\nplain\n", "1|plain|\n2|q\n|\n4|plain|\n");
    /* A quote inside a field that did not begin with one is text. */
    expect("a\"b,c\"\"d,e\"\nf\n", "1|a\"b|c\"\"d|e\"|\n2|f|\n");
    expect(" \"a\nb\"\n", "1| \"a|\n2|b\"|\n");
}

static void test_bad(void **state)
{
    (void)state;
    expect("\"a\"b,c\nd\n", "1!text after a closing quote\n2|d|\n");
    expect("\"a\" ,c\nd\n", "1!text after a closing quote\n2|d|\n");
    expect("\"a\"\rb\nd\n", "1!text after a closing quote\n2|d|\n");
    expect("\"a\"b\"c\nd\"\n", "1!text after a closing quote\n2|d\"|\n");
    expect("ok\n\"a,b\nc", "1|ok|\n2!a quote is not closed\n");
    expect("\"", "1!a quote is not closed\n");
    expect("\"a\"\"", "1!a quote is not closed\n");
    expect("a,\"b\r\n", "1!a quote is not closed\n");
}

static void test_raw(void **state)
{
    (void)state;
    expect_all(TOC_S("a,b\r\n\r\n\"x\"\"y\nz\",1\n\"q\"r,2\r\nlast"), ',',
               "1|a|b|\n3|x\"y\nz|1|\n5!text after a closing quote\n6|last|\n",
               "a,b\n\"x\"\"y\nz\",1\n\"q\"r,2\nlast\n");
}

static void test_nul(void **state)
{
    TOC_CLEANUP(toc_csv_done) toc_csv csv;
    (void)state;
    toc_csv_init(&csv, ',');
    toc_csv_feed(&csv, "a\0b,c\n", 6, true);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    assert_int_equal(csv.field_count, 2);
    assert_true(toc_str_equal(csv.fields[0], TOC_S("a\0b")));
}

static void test_no_copy(void **state)
{
    static const char input[] = "ab,\"cd\",ef\nplain,record\n";
    TOC_CLEANUP(toc_csv_done) toc_csv csv;
    (void)state;
    toc_csv_init(&csv, ',');
    toc_csv_feed(&csv, input, sizeof(input) - 1, false);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    assert_ptr_equal(csv.fields[1].ptr, input + 4);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    assert_ptr_equal(csv.fields[1].ptr, input + 17);
    assert_ptr_equal(csv.raw.ptr, input + 11);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_MORE);
    assert_null(csv.raw.ptr);
    /* The last block may be empty. */
    toc_csv_feed(&csv, "tail", 4, false);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_MORE);
    toc_csv_feed(&csv, NULL, 0, true);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    assert_true(toc_str_equal(csv.fields[0], TOC_S("tail")));
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_MORE);
}

static void fields(toc_buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        toc_buf_text(out, i ? ",x" : "x");
    toc_buf_char(out, '\n');
}

static void test_too_many_fields(void **state)
{
    TOC_CLEANUP(toc_buf_done) toc_buf text, out, raw;
    (void)state;
    for (size_t size = 7; size < 10000; size = size * 11) {
        toc_buf_init(&text, 1 << 16);
        toc_buf_init(&out, 1 << 16);
        toc_buf_init(&raw, 1 << 16);
        fields(&text, TOC_MAX_CSV_FIELDS + 1);
        fields(&text, TOC_MAX_CSV_FIELDS);
        toc_buf_text(&text, "\"quoted\",");
        fields(&text, TOC_MAX_CSV_FIELDS);
        toc_buf_text(&text, "end\n");
        trace(&out, &raw, toc_buf_view(&text), size, ',');
        toc_str seen = toc_buf_view(&out);
        assert_true(toc_str_starts(seen, TOC_S("1!the record has too many fields\n2|x|")));
        assert_true(toc_str_ends(seen, TOC_S("|x|\n3!the record has too many fields\n4|end|\n")));
        toc_buf_done(&text);
        toc_buf_done(&out);
        toc_buf_done(&raw);
    }
}

/* A record of exactly len bytes, plain or quoted. */
static void long_record(toc_buf *out, size_t len, bool quoted, const char *line_end)
{
    TOC_AUTOFREE char *text = toc_mem_alloc(len);
    assert_non_null(text);
    memset(text, 'x', len);
    if (quoted) {
        memset(text + 1, '\n', 3);
        text[0] = text[len - 1] = '"';
    }
    toc_buf_append(out, text, len);
    toc_buf_text(out, line_end);
}

static void expect_long(size_t len, bool quoted, const char *line_end, bool fits)
{
    static const size_t sizes[] = {1 << 30, 65536, TOC_MAX_CSV_RECORD, TOC_MAX_CSV_RECORD + 1,
                                   TOC_MAX_CSV_RECORD + 2};
    TOC_CLEANUP(toc_buf_done) toc_buf text;
    toc_buf_init(&text, 1 << 23);
    long_record(&text, len, quoted, line_end);
    toc_buf_text(&text, "after,it\n");
    for (size_t i = 0; i < TOC_COUNT(sizes); i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf out, raw;
        toc_buf_init(&out, 1 << 23);
        toc_buf_init(&raw, 1 << 23);
        trace(&out, &raw, toc_buf_view(&text), sizes[i], ',');
        toc_str seen = toc_buf_view(&out);
        assert_int_equal(toc_str_starts(seen, TOC_S("1!the record is too long\n")), !fits);
        assert_true(toc_str_ends(seen, quoted ? TOC_S("5|after|it|\n") : TOC_S("2|after|it|\n")));
        assert_int_equal(seen.len > TOC_MAX_CSV_RECORD - 3, fits);
    }
}

static void test_too_long(void **state)
{
    (void)state;
    for (int quoted = 0; quoted < 2; quoted++) {
        expect_long(TOC_MAX_CSV_RECORD, quoted, "\n", true);
        expect_long(TOC_MAX_CSV_RECORD, quoted, "\r\n", true);
        expect_long(TOC_MAX_CSV_RECORD + 1, quoted, "\n", false);
        expect_long(TOC_MAX_CSV_RECORD + 1, quoted, "\r\n", false);
        expect_long(3 * TOC_MAX_CSV_RECORD, quoted, "\n", false);
    }
}

/* Random texts of the bytes that matter: blocks of any size give the same records. */
static void test_blocks_do_not_matter(void **state)
{
    static const char alphabet[] = "ab,\"\n\r,\"x";
    uint64_t seed = 0x2545F4914F6CDD1DU;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        char text[60];
        TOC_CLEANUP(toc_buf_done) toc_buf whole, whole_raw;
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        size_t len = (size_t)(seed >> 33) % sizeof(text);
        for (size_t i = 0; i < len; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            text[i] = alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
        }
        toc_buf_init(&whole, 1 << 16);
        toc_buf_init(&whole_raw, 1 << 16);
        trace(&whole, &whole_raw, (toc_str){text, len}, sizeof(text), ',');
        for (size_t size = 1; size < 8; size++) {
            TOC_CLEANUP(toc_buf_done) toc_buf out, raw;
            toc_buf_init(&out, 1 << 16);
            toc_buf_init(&raw, 1 << 16);
            trace(&out, &raw, (toc_str){text, len}, size, ',');
            assert_true(toc_str_equal(toc_buf_view(&out), toc_buf_view(&whole)));
            assert_true(toc_str_equal(toc_buf_view(&raw), toc_buf_view(&whole_raw)));
        }
    }
}

static void written(const char *field, const char *expected)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_buf_init(&out, 1000);
    toc_csv_write(&out, toc_str_of(field));
    assert_string_equal(toc_buf_view(&out).ptr, expected);
}

static void test_write(void **state)
{
    (void)state;
    written("plain text", "plain text");
    written("", "");
    written(NULL, "");
    written("a,b", "\"a,b\"");
    written("a\"b", "\"a\"\"b\"");
    written("\"", "\"\"\"\"");
    written("a\nb", "\"a\nb\"");
    written("a\rb", "\"a\rb\"");
    written("a;b\tc 'd'", "a;b\tc 'd'");
    written("a longer field of more than sixteen bytes\"",
            "\"a longer field of more than sixteen bytes\"\"\"");
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_buf_init(&out, 4);
    toc_csv_write(&out, TOC_S("a,b"));
    assert_int_equal(toc_buf_check(&out, NULL), TOC_ELIMIT);
}

/* What is written is read back. */
static void test_round_trip(void **state)
{
    static const toc_str texts[] = {{"a", 1}, {"a,\"b\"\r\n", 7}, {"\"", 1}, {"", 0}, {" x ", 3}};
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    TOC_CLEANUP(toc_csv_done) toc_csv csv;
    (void)state;
    toc_buf_init(&out, 1000);
    for (size_t i = 0; i < TOC_COUNT(texts); i++) {
        if (i)
            toc_buf_char(&out, ',');
        toc_csv_write(&out, texts[i]);
    }
    toc_csv_init(&csv, ',');
    toc_csv_feed(&csv, out.ptr, out.len, true);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    assert_int_equal(csv.field_count, TOC_COUNT(texts));
    for (size_t i = 0; i < TOC_COUNT(texts); i++)
        assert_true(toc_str_equal(csv.fields[i], texts[i]));
}

static void test_no_memory(void **state)
{
    failing all = {.for_good = true};
    const toc_allocator none = failing_allocator(&all);
    TOC_CLEANUP(toc_csv_done) toc_csv csv;
    (void)state;
    toc_csv_init(&csv, ',');
    toc_set_allocator(&none);
    toc_csv_feed(&csv, "\"a\"\"b\"\nplain\npart", 18, false);
    toc_csv_event quoted = toc_csv_next(&csv);
    const char *quoted_error = csv.error;
    toc_csv_event plain = toc_csv_next(&csv);
    toc_csv_event part = toc_csv_next(&csv);
    toc_csv_event more = toc_csv_next(&csv);
    toc_set_allocator(NULL);
    assert_int_equal(quoted, TOC_CSV_BAD);
    assert_string_equal(quoted_error, "out of memory");
    assert_int_equal(plain, TOC_CSV_RECORD);
    assert_int_equal(part, TOC_CSV_BAD);
    assert_int_equal(more, TOC_CSV_MORE);
    /* The rest of the record that could not be kept is skipped. */
    toc_csv_feed(&csv, "ial\nnext\n", 9, true);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    assert_true(toc_str_equal(csv.fields[0], TOC_S("next")));
    assert_int_equal(csv.line, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_no_copy),
        cmocka_unit_test(test_too_many_fields),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_blocks_do_not_matter),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests_name("base_csv", tests, NULL, NULL);
}
