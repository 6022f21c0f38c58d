/* leef.c - Log Event Extended Format, one line per indicator (sdk.md 6.4). */
#include "format/format.h"

static void write_object(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    toc_buf *buf = &formatter->buf;
    toc_escape_fn *escape = toc__format_compat(formatter) ? toc_buf_str : toc__format_escape_quoted;
    toc_buf_lit(buf, "LEEF:0|threatconnect|threatconnect|2|");
    if (toc__object_has(obj, TOC_SLOT_ID))
        toc_buf_int(buf, obj->values[TOC_SLOT_ID].as.integer);
    else
        toc_buf_lit(buf, "None");
    toc_buf_lit(buf, "|");
    toc__format_pairs(formatter, plan, obj, escape, escape);
    toc_buf_lit(buf, "\n");
}

static const toc_rename renames[] = {
    {"dateAdded", "devTime"}, {"rating", "severity"}, {NULL, NULL}};

const toc_format toc__format_leef = {
    .info = {.name = "leef",
             .media = "text/plain",
             .help = "Log Event Extended Format, one line per indicator",
             .indicators_only = true},
    .layout = TOC_LAYOUT_CUSTOM_FIRST,
    .before = "",
    .after = "=\"",
    .renames = renames,
    .object = write_object,
};
