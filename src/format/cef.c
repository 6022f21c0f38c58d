/* cef.c - Common Event Format, one line per indicator (sdk.md 6.3). */
#include <math.h>

#include "base/json.h"
#include "format/format.h"

static void escape_header(toc_buf *buf, toc_str text)
{
    static toc_replacements replacements = {
        ['\\'] = "\\\\", ['|'] = "\\|", ['\n'] = " ", ['\r'] = " "};
    toc__format_replace(buf, text, &replacements);
}

static void escape_extension(toc_buf *buf, toc_str text)
{
    static toc_replacements replacements = {
        ['\\'] = "\\\\", ['='] = "\\=", ['\n'] = "\\n", ['\r'] = "\\r"};
    toc__format_replace(buf, text, &replacements);
}

/* The SDK's slip: two quotes become one backslash. */
static void escape_as_sdk(toc_buf *buf, toc_str text)
{
    static toc_replacements replacements = {['='] = "\\="};
    ptrdiff_t quotes;
    while ((quotes = toc_str_find(text, TOC_S("\"\""))) >= 0) {
        toc__format_replace(buf, toc_str_slice(text, 0, (size_t)quotes), &replacements);
        toc_buf_lit(buf, "\\");
        text = toc_str_slice(text, (size_t)quotes + 2, text.len);
    }
    toc__format_replace(buf, text, &replacements);
}

/* Twice the rating, so that 5 is the 10 of the format. */
static void put_severity(toc_buf *buf, const toc_object *obj)
{
    const toc_value *rating = &obj->values[TOC_SLOT_RATING];
    if (!toc__object_has(obj, TOC_SLOT_RATING))
        toc_buf_lit(buf, "0");
    else if (rating->integral && fabs(rating->as.decimal) < 9e15)
        toc_buf_int(buf, 2 * (int64_t)rating->as.decimal);
    else
        toc_json_double_text(buf, 2 * rating->as.decimal);
}

static void write_object(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    toc_buf *buf = &formatter->buf;
    bool compat = toc__format_compat(formatter);
    toc_str name = toc__object_text(obj, TOC_SLOT_DESCRIPTION);
    toc_buf_lit(buf, "CEF:0|threatconnect|threatconnect|2|");
    if (toc__object_has(obj, TOC_SLOT_ID))
        toc_buf_int(buf, obj->values[TOC_SLOT_ID].as.integer);
    else
        toc_buf_lit(buf, "None");
    toc_buf_lit(buf, "|");
    if (!name.ptr)
        toc_buf_lit(buf, "null");
    else if (compat)
        toc_buf_str(buf, name);
    else
        escape_header(buf, name);
    toc_buf_lit(buf, "|");
    put_severity(buf, obj);
    toc_buf_lit(buf, "|");
    if (compat)
        toc__format_pairs(formatter, plan, obj, escape_as_sdk, toc_buf_str);
    else
        toc__format_pairs(formatter, plan, obj, escape_extension, escape_extension);
    toc_buf_lit(buf, "\n");
}

/* They are in the header. */
static const toc_rename renames[] = {
    {"description", NULL}, {"id", NULL}, {"rating", NULL}, {NULL, NULL}};

const toc_format toc__format_cef = {
    .info = {.name = "cef",
             .media = "text/plain",
             .help = "Common Event Format, one line per indicator",
             .indicators_only = true},
    .layout = TOC_LAYOUT_CUSTOM_TOGETHER,
    .before = "",
    .after = "=\"",
    .renames = renames,
    .object = write_object,
};
