#include "batch/import.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

/* Of one record: it written anew, its texts decoded, the nodes of its lists. What is too long is
 * refused for its length before; beyond this there is no memory, and that ends an import. */
#define ROW_ROOM ((size_t)4 * TOC_MAX_ITEM)

/* Copies a C string of the options; absent stays absent. False when out of memory. */
static bool keep_text(toc_import *import, const char **text)
{
    if (!*text)
        return true;
    *text = toc_arena_str(&import->arena, toc_str_of(*text)).ptr;
    return *text != NULL;
}

static bool keep_lists(toc_import *import)
{
    toc_import_options *options = &import->options;
    const char **tags =
        toc_arena_alloc(&import->arena, options->tag_column_count * sizeof *tags + 1);
    toc_import_attribute *attributes =
        toc_arena_alloc(&import->arena, options->attribute_count * sizeof *attributes + 1);
    if (!tags || !attributes)
        return false;
    toc_import_map *map = toc_arena_alloc(&import->arena, options->map_count * sizeof *map + 1);
    const char **given = toc_arena_alloc(&import->arena, options->tag_count * sizeof *given + 1);
    import->mapped = toc_arena_alloc(&import->arena, options->map_count + 1);
    if (!map || !given || !import->mapped)
        return false;
    memset(import->mapped, 0, options->map_count + 1);
    bool kept = keep_text(import, &options->rating) && keep_text(import, &options->confidence);
    for (size_t i = 0; i < options->map_count; i++) {
        map[i] = options->map[i];
        kept = kept && keep_text(import, &map[i].column) && keep_text(import, &map[i].field);
    }
    for (size_t i = 0; i < options->tag_count; i++) {
        given[i] = options->tags[i];
        kept = kept && keep_text(import, &given[i]);
    }
    options->map = map;
    options->tags = given;
    for (size_t i = 0; i < options->tag_column_count; i++) {
        tags[i] = options->tag_columns[i];
        kept = kept && keep_text(import, &tags[i]);
    }
    for (size_t i = 0; i < options->attribute_count; i++) {
        attributes[i] = options->attributes[i];
        kept = kept && keep_text(import, &attributes[i].column) &&
               keep_text(import, &attributes[i].type);
    }
    options->tag_columns = tags;
    options->attributes = attributes;
    return kept;
}

static toc_rc import_init(toc_import *import, toc_error *err)
{
    toc_import_options *options = &import->options;
    if (!options->group_type)
        options->group_type = "Threat";
    if (!toc_types_find(import->types, TOC_KIND_GROUP, toc_str_of(options->group_type)))
        return toc_error_field(err, TOC_EINVAL, "group_type", "\"%s\" is not a group type",
                               options->group_type);
    if (options->separator && strchr("\"\r\n", options->separator))
        return toc_error_field(err, TOC_EINVAL, "separator",
                               "a quote or a line end separates no columns");
    if (options->tag_separator && !*options->tag_separator)
        return toc_error_field(err, TOC_EINVAL, "tag_separator", "the separator of tags is empty");
    if (!keep_text(import, &options->tag_separator) || !keep_text(import, &options->owner) ||
        !keep_text(import, &options->group_column) || !keep_text(import, &options->group_type) ||
        !keep_lists(import))
        return toc_error_nomem(err);
    if (toc_map_init(&import->labels, TOC_MAX_IMPORT_GROUPS))
        return toc_error_nomem(err);
    import->obj = toc__object_in(&import->row, toc_type_list(&(size_t){0}));
    import->group_obj = toc__object_in(&import->row, import->obj ? import->obj->type : NULL);
    if (!import->obj || !import->group_obj)
        return toc_error_nomem(err);
    toc_rc rc = toc__import_check_map(import, err);
    return rc ? rc : toc__import_check_given(import, err);
}

/* Of each version: where the members begin that it does not have. */
static const size_t ends[] = {0, offsetof(toc_import_options, map),
                              offsetof(toc_import_options, tag_separator),
                              sizeof(toc_import_options)};

static toc_import_options options_of(const toc_import_options *given)
{
    toc_import_options options = {0};
    memcpy(&options, given, ends[given->version]);
    return options;
}

toc_rc toc_import_new(const toc_import_options *options, const toc_types *types, toc_batch *batch,
                      toc_import_reject_fn reject, void *user, toc_import **import, toc_error *err)
{
    if (!options || options->version < 1 || options->version >= TOC_COUNT(ends) ||
        !options->owner || !batch || !import)
        return toc_error_set(err, TOC_EINVAL, "import options, owner or batch are missing");
    toc_import *made = toc_mem_zalloc(1, sizeof *made);
    if (!made)
        return toc_error_nomem(err);
    made->options = options_of(options);
    made->types = types;
    made->batch = batch;
    made->reject = reject;
    made->user = user;
    made->groups_at[0] = made->groups_at[1] = made->groups_at[2] = -1;
    toc_arena_init(&made->arena, 0);
    toc_arena_init(&made->row, ROW_ROOM);
    toc_csv_init(&made->csv, options->separator ? options->separator : ',');
    toc_csv_init(&made->groups_csv, ',');
    toc_rc rc = import_init(made, err);
    if (rc) {
        toc_import_free(made);
        return rc;
    }
    *import = made;
    return TOC_OK;
}

void toc_import_free(toc_import *import)
{
    if (!import)
        return;
    toc_detector_free(import->detector);
    toc_csv_done(&import->csv);
    toc_csv_done(&import->groups_csv);
    toc_buf_done(&import->pending);
    toc_mem_free(import->refanged);
    toc_map_done(&import->labels);
    toc_mem_free(import->plans);
    toc_mem_free(import->groups);
    toc_arena_done(&import->row);
    toc_arena_done(&import->arena);
    toc_mem_free(import);
}

void toc__import_reject(toc_import *import, toc_str record, uint64_t line, toc_error *error)
{
    import->counts.rejected++;
    error->line = line;
    if (import->reject)
        import->reject(import->user, record, error);
}

#define MARK_OVER 4U

void toc__import_feed(toc_csv *csv, unsigned *mark, const char *data, size_t len, bool last)
{
    static const char order_mark[] = "\xEF\xBB\xBF";
    unsigned before = *mark;
    while (*mark < 3 && len && *data == order_mark[*mark]) {
        ++*mark;
        data++;
        len--;
    }
    if (*mark < 3 && !len && !last)
        return;
    if (*mark < 3 && before) {
        /* It only looked like one, and what looked so was in an earlier block. */
        toc_csv_feed(csv, order_mark, *mark, false);
        (void)toc_csv_next(csv);
    } else if (*mark && *mark < 3) {
        data -= *mark;
        len += *mark;
    }
    *mark = MARK_OVER;
    toc_csv_feed(csv, data, len, last);
}

toc_kind toc_import_kind(const toc_import *import)
{
    return import->kind;
}

toc_str toc_import_header(const toc_import *import)
{
    return import->header;
}

const char *toc_import_unused(const toc_import *import, size_t index)
{
    if (!import->column_count)
        return toc__import_unmapped(import, index);
    for (size_t i = 0; i < import->column_count; i++)
        if (!import->columns[i].used && !index--)
            return import->columns[i].name.ptr;
    return NULL;
}

toc_import_counts toc_import_counted(const toc_import *import)
{
    return import->counts;
}
