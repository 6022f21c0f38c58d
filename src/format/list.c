/* list.c - the bare values, one a line: what other programs read most easily. */
#include "format/format.h"

/* A line end inside a name would make two lines of it. */
static toc_replacements lines = {['\n'] = "\\n", ['\r'] = "\\r"};

/* Records have no identity of their own: their name, else their first text. */
static toc_str value_of(toc_object *obj)
{
    const toc_type *type = obj->type;
    if (type->kind != TOC_KIND_RECORD)
        return toc_object_summary(obj);
    toc_str name = toc_object_get(obj, "name");
    for (size_t i = 0; !name.len && i < type->field_count; i++)
        if (type->fields[i].value == TOC_VALUE_TEXT)
            name = toc_object_get(obj, type->fields[i].name);
    return name;
}

static void write_object(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    (void)plan;
    toc_str value = value_of(obj);
    if (!value.len)
        return;
    toc__format_replace(&formatter->buf, value, &lines);
    toc_buf_lit(&formatter->buf, "\n");
}

const toc_format toc__format_list = {
    .info = {.name = "list",
             .media = "text/plain",
             .help = "the values or names alone, one a line"},
    .before = "",
    .after = "",
    .object = write_object,
};
