/* CSV: cuts between blocks do not matter, and what was read and written reads the same. The first
 * byte of the input is the size of the blocks. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/csv.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the record anew and reads it back. */
static void check_record(const toc_csv *csv)
{
    static toc_csv again; /* too large for a stack that may be small */
    toc_buf text;
    toc_buf_init(&text, 4 * csv->raw.len + 2 * TOC_MAX_CSV_FIELDS);
    for (size_t i = 0; i < csv->field_count; i++) {
        if (i)
            toc_buf_char(&text, ',');
        toc_csv_write(&text, csv->fields[i]);
    }
    toc_buf_char(&text, '\n');
    assert(!text.failed);
    toc_csv_init(&again, ',');
    toc_csv_feed(&again, text.ptr, text.len, true);
    if (csv->field_count > 1 || csv->fields[0].len) {
        assert(toc_csv_next(&again) == TOC_CSV_RECORD);
        assert(again.field_count == csv->field_count);
        for (size_t i = 0; i < csv->field_count; i++)
            assert(toc_str_equal(again.fields[i], csv->fields[i]));
    }
    assert(toc_csv_next(&again) == TOC_CSV_MORE);
    toc_csv_done(&again);
    toc_buf_done(&text);
}

static void read_all(toc_str text, size_t block, toc_buf *out)
{
    static toc_csv csv;
    toc_csv_event event;
    toc_csv_init(&csv, ',');
    for (size_t at = 0; at == 0 || at < text.len; at += block) {
        toc_str part = toc_str_slice(text, at, at + block);
        toc_csv_feed(&csv, part.ptr, part.len, at + block >= text.len);
        while ((event = toc_csv_next(&csv)) != TOC_CSV_MORE) {
            toc_buf_printf(out, "%d %llu %zu ", (int)event, (unsigned long long)csv.line,
                           csv.field_count);
            toc_buf_str(out, csv.raw);
            for (size_t i = 0; i < csv.field_count; i++) {
                toc_buf_char(out, '|');
                toc_buf_str(out, csv.fields[i]);
            }
            if (event == TOC_CSV_BAD)
                toc_buf_text(out, csv.error);
            else if (block >= text.len)
                check_record(&csv);
        }
    }
    toc_csv_done(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_buf whole, blocks;
    if (size == 0)
        return 0;
    toc_str text = {size > 1 ? (const char *)data + 1 : "", size - 1};
    toc_buf_init(&whole, SIZE_MAX / 4);
    toc_buf_init(&blocks, SIZE_MAX / 4);
    read_all(text, size, &whole);
    read_all(text, 1U + data[0] % 32U, &blocks);
    assert(toc_str_equal(toc_buf_view(&whole), toc_buf_view(&blocks)));
    toc_buf_done(&whole);
    toc_buf_done(&blocks);
    return 0;
}
