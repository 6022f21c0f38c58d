/* Imports: CSV, JSON lines and lists in whole and in blocks give the same batch and the same
 * refusals, every record is either accepted or refused, and JSON does no harm. The first byte of
 * the input chooses: its low bits are the size of the blocks, its high bit means JSON, the next two
 * together JSON lines, the first of them alone a list. A line "---" divides a groups file from the
 * data. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/time.h"
#include "tocsin/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef toc_rc feed_fn(toc_import *import, const char *data, size_t len, bool last, toc_error *err);

static void on_reject(void *user, toc_str record, const toc_error *error)
{
    toc_buf *out = user;
    assert(error->message[0]);
    toc_buf_printf(out, "%llu %s ", (unsigned long long)error->line, error->message);
    toc_buf_str(out, record);
    toc_buf_char(out, '\n');
}

static toc_rc feed(feed_fn *take, toc_import *import, toc_str text, size_t block)
{
    toc_rc rc = TOC_OK;
    for (size_t at = 0; !rc && (at == 0 || at < text.len); at += block) {
        toc_str part = toc_str_slice(text, at, at + block);
        rc = take(import, part.ptr, part.len, at + block >= text.len, NULL);
    }
    return rc;
}

static void describe(toc_batch *batch, toc_import *import, toc_rc rc, toc_buf *out)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert(file);
    assert(toc_batch_write(batch, file, NULL) == TOC_OK);
    (void)fclose(file);
    toc_buf_append(out, text, len);
    free(text);
    toc_import_counts counts = toc_import_counted(import);
    assert(counts.records == counts.accepted + counts.rejected);
    toc_buf_printf(out, "%d %llu %llu", rc, (unsigned long long)counts.records,
                   (unsigned long long)counts.rejected);
    toc_buf_str(out, toc_import_header(import));
}

static toc_import_form form_of(uint8_t first)
{
    if (first & 0x80U)
        return TOC_IMPORT_JSON;
    return (first & 0x60U) == 0x60U   ? TOC_IMPORT_LINES
           : (first & 0x60U) == 0x40U ? TOC_IMPORT_LIST
                                      : TOC_IMPORT_CSV;
}

static void run(toc_str groups, toc_str text, size_t block, toc_import_form form, toc_buf *out)
{
    static feed_fn *const feeds[TOC_IMPORT_FORM_COUNT] = {
        [TOC_IMPORT_CSV] = toc_import_csv,
        [TOC_IMPORT_LINES] = toc_import_lines,
        [TOC_IMPORT_LIST] = toc_import_list,
    };
    static const char *const given[] = {"given"};
    static const char *const tags[] = {"tag"};
    static const toc_import_attribute attributes[] = {{"score", "Score"}};
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    batch_options.owner = options.owner = "Acme";
    if (groups.ptr) {
        options.group_column = "label";
        options.tag_columns = tags;
        options.tag_column_count = 1;
        options.attributes = attributes;
        options.attribute_count = 1;
        options.tags = given;
        options.tag_count = 1;
        options.rating = "3";
    }
    assert(toc_batch_new(&batch_options, &batch, NULL) == TOC_OK);
    assert(toc_import_new(&options, NULL, batch, on_reject, out, &import, NULL) == TOC_OK);
    toc_rc rc = groups.ptr ? feed(toc_import_groups, import, groups, block) : TOC_OK;
    if (!rc && !feeds[form])
        rc = toc_import_json(import, text.ptr, text.len, NULL);
    else if (!rc)
        rc = feed(feeds[form], import, text, block);
    describe(batch, import, rc, out);
    toc_import_free(import);
    toc_batch_free(batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    toc_str text = {size > 1 ? (const char *)data + 1 : "", size - 1};
    toc_str groups = {NULL, 0};
    ptrdiff_t line = toc_str_find(text, TOC_S("\n---\n"));
    if (line >= 0) {
        groups = toc_str_slice(text, 0, (size_t)line + 1);
        text = toc_str_slice(text, (size_t)line + 5, text.len);
    }
    toc_import_form form = form_of(data[0]);
    assert(toc_import_guess(text) < TOC_IMPORT_FORM_COUNT);
    toc_buf whole;
    toc_buf blocks;
    toc_buf_init(&whole, SIZE_MAX / 4);
    toc_buf_init(&blocks, SIZE_MAX / 4);
    int64_t began = toc_time_now();
    run(groups, text, size, form, &whole);
    if (form != TOC_IMPORT_JSON) {
        run(groups, text, 1U + data[0] % 32U, form, &blocks);
        /* A date may say "now", which is another one when a second has ended meanwhile. */
        assert(toc_str_equal(toc_buf_view(&whole), toc_buf_view(&blocks)) ||
               toc_time_now() != began);
    }
    toc_buf_done(&whole);
    toc_buf_done(&blocks);
    return 0;
}
