/* fields.c - the table of the server's filters as programs and people read it. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "filter/terms.h"

static const char *const lists[TOC_FILTER_RESOURCE_COUNT] = {
    [TOC_FILTER_INDICATORS] = "indicators",
    [TOC_FILTER_GROUPS] = "groups",
    [TOC_FILTER_TAGS] = "tags",
    [TOC_FILTER_LABELS] = "securityLabels",
    [TOC_FILTER_TASKS] = "tasks",
    [TOC_FILTER_VICTIMS] = "victims",
    [TOC_FILTER_ATTRIBUTE_TYPES] = "attributeTypes",
};

static const char *const values[] = {
    [TOC_TERM_TEXT] = "text", [TOC_TERM_INT] = "whole number", [TOC_TERM_DECIMAL] = "number",
    [TOC_TERM_DATE] = "date", [TOC_TERM_BOOL] = "true, false",
};

bool toc_filter_field_at(size_t index, toc_filter_field *field)
{
    size_t count = 0;
    const toc_term_field *rows = toc_term_fields(&count);
    if (index >= count || !field)
        return false;
    const toc_term_field *row = &rows[index];
    *field = (toc_filter_field){.lists = lists[row->resource],
                                .type = row->type,
                                .name = row->name,
                                .value = values[row->kind]};
    size_t used = 0;
    for (unsigned op = 0; op < TOC_OP_COUNT; op++)
        if (row->ops & 1U << op)
            used += (size_t)snprintf(field->operators + used, sizeof field->operators - used,
                                     "%s%s", used ? " " : "", toc_op_text((toc_op)op));
    return true;
}
