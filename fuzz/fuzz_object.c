/* Objects as JSON: what was decoded is written in every form and format, and what was written is
 * read again. The first byte chooses the kind and the flags. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"
#include "tocsin/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const toc_form forms[] = {TOC_FORM_SUMMARY, TOC_FORM_LIST,   TOC_FORM_DETAIL,
                                 TOC_FORM_CREATE,  TOC_FORM_UPDATE, TOC_FORM_BATCH};

#define EVERYTHING (TOC_WITH_ADDITIONAL | TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS | TOC_WITH_LABELS)

static void write_form(toc_object *obj, toc_form form, toc_buf *out)
{
    toc_json_writer writer;
    toc_buf_clear(out);
    toc_json_writer_init(&writer, out);
    toc_codec_encode(&writer, obj, form, EVERYTHING);
    assert(!out->failed);
}

static bool has_empty_key(const toc_object *obj)
{
    toc_str parts[3];
    unsigned count = toc__object_keys(obj, parts);
    for (unsigned i = 0; i < count; i++)
        if (parts[i].ptr && !parts[i].len)
            return true;
    return false;
}

/* Joined texts of several parts may be cut elsewhere than they were joined, hashes that are none
 * come in any order, and a part that is empty text is sent as a blank, which the joined text of
 * what comes back then has. */
static bool is_stable(const toc_object *obj, toc_form form)
{
    const toc_type *type = obj->type;
    if (type->kind != TOC_KIND_INDICATOR || type->key_count < 2 || form == TOC_FORM_LIST ||
        form == TOC_FORM_DETAIL)
        return true;
    return form == TOC_FORM_BATCH && !(type->traits & TOC_TYPE_HASHES) && !has_empty_key(obj);
}

/* Strictly, with the type given: what this library writes it accepts, and writes the same again. */
static void check_form(toc_object *obj, toc_form form, toc_arena *arena, toc_buf *first,
                       toc_buf *second)
{
    toc_json_reader reader;
    toc_object *again = toc__object_in(arena, NULL);
    assert(again);
    write_form(obj, form, first);
    toc_json_reader_init(&reader, first->ptr, first->len, arena);
    assert(toc_codec_decode(&reader, NULL, obj->type->kind, obj->type,
                            form == TOC_FORM_BATCH ? TOC_DECODE_BATCH : 0, again, NULL) == TOC_OK);
    assert(toc_json_next(&reader) == TOC_JSON_END);
    write_form(again, form, second);
    assert(!is_stable(obj, form) || toc_str_equal(toc_buf_view(first), toc_buf_view(second)));
}

static void check_formats(toc_object *obj, unsigned flags)
{
    for (size_t i = 0; toc_format_at(i); i++) {
        toc_formatter *formatter = NULL;
        toc_str text;
        assert(toc_formatter_new(toc_format_at(i), flags, &formatter, NULL) == TOC_OK);
        toc_rc rc = toc_formatter_object(formatter, obj, &text, NULL);
        assert(rc == TOC_OK || rc == TOC_EUNSUPPORTED);
        toc_formatter_free(formatter);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    toc_arena arena = {0};
    toc_buf first, second;
    toc_json_reader reader;
    toc_error err;
    unsigned flags = data[0] >> 3 & (TOC_DECODE_LENIENT | TOC_DECODE_BATCH);
    toc_kind kind = (toc_kind)((data[0] & 7U) % TOC_KIND_COUNT);
    toc_object *obj = toc__object_in(&arena, NULL);
    assert(obj);
    toc_buf_init(&first, SIZE_MAX / 4);
    toc_buf_init(&second, SIZE_MAX / 4);
    toc_json_reader_init(&reader, (const char *)data + 1, size - 1, &arena);
    toc_rc rc = toc_codec_decode(&reader, NULL, kind, NULL, flags, obj, &err);
    assert(rc == TOC_OK || rc == TOC_EPARSE || (rc == TOC_EINVAL && !(flags & TOC_DECODE_LENIENT)));
    if (rc == TOC_OK && toc_json_next(&reader) == TOC_JSON_END) {
        for (size_t i = 0; i < TOC_COUNT(forms); i++)
            check_form(obj, forms[i], &arena, &first, &second);
        check_formats(obj, 0);
        check_formats(obj, TOC_FORMAT_COMPAT);
    }
    toc_buf_done(&first);
    toc_buf_done(&second);
    toc_arena_done(&arena);
    return 0;
}
