#include "kinds.h"

static const cli_kind kinds[] = {
    {"indicator", "indicators", TOC_KIND_INDICATOR, TOC_PART_COUNT},
    {"group", "groups", TOC_KIND_GROUP, TOC_PART_COUNT},
    {"tag", "tags", TOC_KIND_RECORD, TOC_PART_TAG},
    {"label", "labels", TOC_KIND_RECORD, TOC_PART_LABEL},
    {"victim", "victims", TOC_KIND_VICTIM, TOC_PART_COUNT},
    {"task", "tasks", TOC_KIND_TASK, TOC_PART_COUNT},
};

const cli_kind *cli_kind_at(size_t index)
{
    return index < COUNT_OF(kinds) ? &kinds[index] : NULL;
}

const cli_kind *cli_kind_find(const char *word)
{
    toc_str text = toc_str_of(word);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (toc_str_equal_fold(text, toc_str_of(kinds[i].one)) ||
            toc_str_equal_fold(text, toc_str_of(kinds[i].many)))
            return &kinds[i];
    return NULL;
}
