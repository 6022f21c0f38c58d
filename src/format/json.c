/* json.c - objects as JSON: an array of indented ones, or one compact one per line (sdk.md 6.7). */
#include "base/json.h"

#include "format/format.h"
#include "model/codec.h"

static void escape_ascii(toc_buf *buf, toc_str text)
{
    toc_json_escape(buf, text, true);
}

static void escape_utf8(toc_buf *buf, toc_str text)
{
    toc_json_escape(buf, text, false);
}

/* Booleans and absent values have their own words in JSON. */
static void put_value(toc_buf *buf, const toc_object *obj, const toc_column *column,
                      toc_escape_fn *escape)
{
    const toc_field *field = column->field;
    bool known = column->kind == TOC_COLUMN_FIELD && toc__object_has(obj, field->slot);
    bool quoted = known && (column->quoted || field->value == TOC_VALUE_BOOL_TEXT);
    if (known && field->value == TOC_VALUE_BOOL) {
        toc_buf_text(buf, obj->values[field->slot].as.boolean ? "true" : "false");
        return;
    }
    if (quoted)
        toc_buf_lit(buf, "\"");
    if (!toc__format_value(buf, obj, column, escape))
        toc_buf_lit(buf, "null");
    if (quoted)
        toc_buf_lit(buf, "\"");
}

static void write_begin(toc_formatter *formatter, const toc_plan *plan)
{
    (void)plan;
    toc_buf_lit(&formatter->buf, "[\n");
}

/* In an array the line end comes with what follows, a comma or the bracket. */
static void write_indented(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    toc_buf *buf = &formatter->buf;
    if (formatter->array && formatter->count)
        toc_buf_lit(buf, ",\n");
    toc_buf_lit(buf, "{");
    for (size_t i = 0; i < plan->count; i++) {
        toc_buf_text(buf, i ? ",\n    " : "\n    ");
        toc_buf_str(buf, plan->columns[i].lead);
        put_value(buf, obj, &plan->columns[i], escape_ascii);
    }
    toc_buf_lit(buf, "\n}");
    if (!formatter->array)
        toc_buf_lit(buf, "\n");
}

static void write_end(toc_formatter *formatter)
{
    if (formatter->array)
        toc_buf_text(&formatter->buf, formatter->count ? "\n]\n" : "]\n");
}

/* What belongs to the object, as answers of the API have it. */
static void write_parts(toc_buf *buf, const toc_object *obj)
{
    toc_json_writer writer = {.buf = buf, .comma = true};
    if (obj->attributes.first) {
        toc_json_key(&writer, TOC_S("attribute"));
        toc_json_array(&writer);
        for (const toc_attribute *node = obj->attributes.first; node; node = node->next)
            toc_codec_encode_attribute(&writer, node, 0);
        toc_json_array_end(&writer);
    }
    if (obj->tags.first) {
        toc_json_key(&writer, TOC_S("tag"));
        toc_json_array(&writer);
        for (const toc_tag *node = obj->tags.first; node; node = node->next)
            toc_codec_encode_tag(&writer, node, true);
        toc_json_array_end(&writer);
    }
    if (obj->labels.first) {
        toc_json_key(&writer, TOC_S("securityLabel"));
        toc_json_array(&writer);
        for (const toc_label *node = obj->labels.first; node; node = node->next)
            toc_codec_encode_label(&writer, node);
        toc_json_array_end(&writer);
    }
}

static void write_line(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    toc_buf *buf = &formatter->buf;
    toc_buf_lit(buf, "{");
    for (size_t i = 0; i < plan->count; i++) {
        if (i)
            toc_buf_lit(buf, ",");
        toc_buf_str(buf, plan->columns[i].lead);
        put_value(buf, obj, &plan->columns[i], escape_utf8);
    }
    write_parts(buf, obj);
    toc_buf_lit(buf, "}\n");
}

const toc_format toc__format_json = {
    .info = {.name = "json", .media = "application/json", .help = "array of indented JSON objects"},
    .layout = TOC_LAYOUT_JSON_NAMES,
    .before = "",
    .after = ": ",
    .begin = write_begin,
    .object = write_indented,
    .end = write_end,
};

const toc_format toc__format_jsonl = {
    .info = {.name = "jsonl",
             .media = "application/x-ndjson",
             .help = "one compact JSON object per line, with attributes, tags and labels"},
    .layout = TOC_LAYOUT_JSON_NAMES,
    .before = "",
    .after = ":",
    .object = write_line,
};
