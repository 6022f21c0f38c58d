/* JSON: reading with and without an arena, skipping, and reading what was written from what was
 * read all agree. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_event(toc_json_writer *writer, toc_json_event event, toc_str text)
{
    switch (event) {
    case TOC_JSON_OBJECT:
        toc_json_object(writer);
        break;
    case TOC_JSON_OBJECT_END:
        toc_json_object_end(writer);
        break;
    case TOC_JSON_ARRAY:
        toc_json_array(writer);
        break;
    case TOC_JSON_ARRAY_END:
        toc_json_array_end(writer);
        break;
    case TOC_JSON_KEY:
        toc_json_key(writer, text);
        break;
    case TOC_JSON_STRING:
        toc_json_string(writer, text);
        break;
    case TOC_JSON_NUMBER:
        toc_json_raw(writer, text);
        break;
    case TOC_JSON_NULL:
        toc_json_null(writer);
        break;
    default:
        toc_json_bool(writer, event == TOC_JSON_TRUE);
    }
}

/* Reads the text and writes it anew; false when it is not JSON. */
static bool copy_document(toc_str text, toc_arena *arena, toc_buf *out)
{
    toc_json_reader reader, plain;
    toc_json_writer writer;
    toc_json_reader_init(&reader, text.ptr, text.len, arena);
    toc_json_reader_init(&plain, text.ptr, text.len, NULL);
    toc_json_writer_init(&writer, out);
    for (;;) {
        toc_json_event event = toc_json_next(&reader);
        assert(toc_json_next(&plain) == event);
        assert(toc_json_position(&plain) == toc_json_position(&reader));
        assert(plain.depth == reader.depth && reader.depth <= TOC_MAX_JSON_DEPTH);
        if (event <= TOC_JSON_END)
            return event == TOC_JSON_END;
        if (event == TOC_JSON_STRING) {
            assert(toc_str_is_utf8(reader.text, NULL));
            assert(plain.raw || toc_str_equal(plain.text, reader.text));
        }
        write_event(&writer, event, reader.text);
    }
}

static bool skip_document(toc_str text)
{
    toc_json_reader reader;
    toc_str raw;
    toc_json_reader_init(&reader, text.ptr, text.len, NULL);
    return toc_json_skip(&reader, &raw) && toc_json_next(&reader) == TOC_JSON_END;
}

/* Any bytes make a string that reads back; only malformed UTF-8 is replaced. */
static void check_escape(toc_str text, toc_arena *arena, bool ascii)
{
    toc_buf out;
    toc_json_reader reader;
    toc_buf_init(&out, 6 * text.len + 2);
    toc_json_escape(&out, text, ascii);
    assert(!out.failed);
    toc_json_reader_init(&reader, out.ptr, out.len, arena);
    assert(toc_json_next(&reader) == TOC_JSON_STRING);
    assert(!toc_str_is_utf8(text, NULL) || toc_str_equal(reader.text, text));
    assert(toc_json_next(&reader) == TOC_JSON_END);
    toc_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_arena arena = {0};
    toc_str text = {size ? (const char *)data : "", size};
    toc_buf first, second;
    toc_buf_init(&first, 6 * size + 2);
    toc_buf_init(&second, 6 * size + 2);
    bool good = copy_document(text, &arena, &first);
    assert(skip_document(text) == good);
    if (good) {
        assert(!first.failed);
        assert(copy_document(toc_buf_view(&first), &arena, &second));
        assert(toc_str_equal(toc_buf_view(&first), toc_buf_view(&second)));
    }
    check_escape(text, &arena, false);
    check_escape(text, &arena, true);
    toc_buf_done(&first);
    toc_buf_done(&second);
    toc_arena_done(&arena);
    return 0;
}
