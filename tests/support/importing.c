#include "support/importing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/exact.h"

typedef struct taking {
    toc_buf rejects;
    toc_import *import;
} taking;

static void on_reject(void *user, toc_str record, const toc_error *error)
{
    taking *self = user;
    toc_buf_printf(&self->rejects, "%llu|%s|%s|%.*s\n", (unsigned long long)error->line,
                   error->field, error->message, TOC_FMT(record));
    if (toc_import_kind(self->import) == TOC_KIND_GROUP)
        toc_buf_text(&self->rejects, "(group)\n");
}

typedef toc_rc feed_fn(toc_import *import, const char *data, size_t len, bool last, toc_error *err);

/* Every block has memory of its own, so that a sanitizer sees a text that was kept. */
static toc_rc feed_blocks(feed_fn *feed, toc_import *import, toc_str text, size_t block,
                          toc_error *err)
{
    if (!block)
        block = text.len ? text.len : 1;
    toc_rc rc = TOC_OK;
    for (size_t at = 0; !rc && (at == 0 || at < text.len); at += block) {
        toc_str part = toc_str_slice(text, at, at + block < text.len ? at + block : text.len);
        TOC_AUTOFREE char *copy = exact_copy(part);
        rc = feed(import, copy, part.len, at + block >= text.len, err);
    }
    return rc;
}

static void describe(toc_import *import, imported *result)
{
    toc_buf unused = {.maximum = 4096};
    const char *name = NULL;
    for (size_t i = 0; (name = toc_import_unused(import, i)) != NULL; i++)
        toc_buf_printf(&unused, "%s ", name);
    result->unused = unused.ptr ? unused.ptr : toc_mem_strdup(TOC_S(""));
    toc_buf types = {.maximum = 4096};
    const toc_type *type = NULL;
    uint64_t count = 0;
    for (size_t i = 0; toc_import_by_type(import, i, &type, &count); i++)
        toc_buf_printf(&types, "%s %llu ", type->name, (unsigned long long)count);
    result->types = types.ptr ? types.ptr : toc_mem_strdup(TOC_S(""));
    result->header = toc_mem_strdup(toc_import_header(import));
    result->counts = toc_import_counted(import);
}

static void write_batch(toc_batch *batch, imported *result)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    result->batch = toc_mem_strdup((toc_str){text, len});
    free(text);
}

static feed_fn *const feeds[TOC_IMPORT_FORM_COUNT] = {
    [TOC_IMPORT_CSV] = toc_import_csv,
    [TOC_IMPORT_LINES] = toc_import_lines,
    [TOC_IMPORT_LIST] = toc_import_list,
};

void importing_run(const importing *run, imported *result)
{
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    batch_options.owner = "Acme";
    toc_import_options options = run->options;
    options.version = 3;
    options.owner = "Acme";
    *result = (imported){0};
    toc_error *err = &result->err;
    toc_batch *batch = NULL;
    taking self = {.rejects = {.maximum = 1 << 22}};
    assert_int_equal(toc_batch_new(&batch_options, &batch, err), TOC_OK);
    assert_int_equal(
        toc_import_new(&options, run->types, batch, on_reject, &self, &self.import, err), TOC_OK);
    if (run->groups.ptr)
        result->rc = feed_blocks(toc_import_groups, self.import, run->groups, run->block, err);
    if (!result->rc && run->json)
        result->rc = toc_import_json(self.import, run->input.ptr, run->input.len, err);
    else if (!result->rc)
        result->rc = feed_blocks(feeds[run->form], self.import, run->input, run->block, err);
    describe(self.import, result);
    write_batch(batch, result);
    result->rejects = self.rejects.ptr ? self.rejects.ptr : toc_mem_strdup(TOC_S(""));
    toc_import_free(self.import);
    toc_batch_free(batch);
}

void imported_done(imported *result)
{
    toc_mem_free(result->rejects);
    toc_mem_free(result->batch);
    toc_mem_free(result->unused);
    toc_mem_free(result->header);
    toc_mem_free(result->types);
}
