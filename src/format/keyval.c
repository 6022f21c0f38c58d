/* keyval.c - name="value" pairs, one line per object (sdk.md 6.5). */
#include "format/format.h"

static void write_object(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    toc_escape_fn *escape = toc__format_compat(formatter) ? toc_buf_str : toc__format_escape_quoted;
    toc__format_pairs(formatter, plan, obj, escape, escape);
    toc_buf_lit(&formatter->buf, "\n");
}

const toc_format toc__format_keyval = {
    .info = {.name = "keyval",
             .media = "text/plain",
             .help = "name=\"value\" pairs, one line per object"},
    .layout = TOC_LAYOUT_CUSTOM_FIRST,
    .before = "",
    .after = "=\"",
    .object = write_object,
};
