/* csv.c - comma-separated values: a header, one record per value (sdk.md 6.6). */
#include "base/csv.h"

#include "format/format.h"

static void write_header(toc_formatter *formatter, const toc_plan *plan)
{
    toc_buf *buf = &formatter->buf;
    for (size_t i = 0; i < plan->count; i++) {
        if (i)
            toc_buf_lit(buf, ",");
        toc_csv_write(buf, plan->columns[i].lead);
    }
    if (plan->count)
        toc_buf_lit(buf, "\n");
}

static void write_record(toc_formatter *formatter, const toc_plan *plan, const toc_object *obj,
                         toc_str value)
{
    toc_buf *buf = &formatter->buf;
    /* The SDK joins the records of an object and leaves the last line end to its caller. */
    if (buf->len && toc__format_compat(formatter))
        toc_buf_lit(buf, "\r\n");
    for (size_t i = 0; i < plan->count; i++) {
        if (i)
            toc_buf_lit(buf, ",");
        if (plan->columns[i].kind == TOC_COLUMN_VALUE)
            toc_csv_write(buf, value);
        else
            (void)toc__format_value(buf, obj, &plan->columns[i], toc_csv_write);
    }
    if (!toc__format_compat(formatter))
        toc_buf_lit(buf, "\n");
}

/* As the SDK: nothing white at the end, and no line at all for an object without values. */
static void finish_as_sdk(toc_buf *buf)
{
    while (buf->len && strchr(" \t\r\n\v\f", buf->ptr[buf->len - 1]))
        buf->ptr[--buf->len] = '\0';
    if (buf->len)
        toc_buf_lit(buf, "\n");
}

static void write_object(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    const toc_type *type = obj->type;
    bool each = type->kind == TOC_KIND_INDICATOR &&
                (type->traits & (TOC_TYPE_HASHES | TOC_TYPE_CUSTOM)) != 0;
    if (!each)
        write_record(formatter, plan, obj, toc_object_summary(obj));
    for (unsigned i = 0; each && i < type->key_count; i++)
        if (toc__object_has(obj, type->fields[i].slot))
            write_record(formatter, plan, obj, obj->values[type->fields[i].slot].as.text);
    if (toc__format_compat(formatter))
        finish_as_sdk(&formatter->buf);
}

const toc_format toc__format_csv = {
    .info = {.name = "csv",
             .media = "text/csv",
             .help = "comma-separated values with a header, one record per value"},
    .layout = TOC_LAYOUT_COMMON,
    .before = "",
    .after = "",
    .begin = write_header,
    .object = write_object,
};
