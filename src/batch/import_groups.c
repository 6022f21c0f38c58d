#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/import.h"

static const char *const group_columns[3] = {"label", "type", "name"};

static toc_rc groups_header(toc_import *import, toc_error *err)
{
    const toc_csv *csv = &import->groups_csv;
    for (size_t i = 0; i < csv->field_count; i++) {
        for (int k = 0; k < 3; k++) {
            if (!toc_str_equal_fold(toc_str_trim(csv->fields[i]), toc_str_of(group_columns[k])))
                continue;
            if (import->groups_at[k] >= 0)
                return toc_error_field(err, TOC_EPARSE, group_columns[k],
                                       "the groups file has \"%s\" twice: columns %d and %zu",
                                       group_columns[k], import->groups_at[k] + 1, i + 1);
            import->groups_at[k] = (int)i;
        }
    }
    for (int k = 0; k < 3; k++)
        if (import->groups_at[k] < 0)
            return toc_error_field(err, TOC_EPARSE, group_columns[k],
                                   "the groups file has no column \"%s\"", group_columns[k]);
    return TOC_OK;
}

/* Remembers a label; name and type are copied. */
static toc_rc group_add(toc_import *import, toc_str label, const toc_type *type, toc_str name,
                        toc_import_group **added, toc_error *err)
{
    if (import->group_count == import->group_size) {
        size_t size = import->group_size ? import->group_size * 2 : 64;
        toc_import_group *grown = toc_mem_resize(import->groups, size * sizeof *grown);
        if (!grown)
            return toc_error_nomem(err);
        import->groups = grown;
        import->group_size = size;
    }
    toc_import_group group = {.type = type, .name = toc_arena_str(&import->arena, name)};
    if (!group.name.ptr)
        return toc_error_nomem(err);
    toc_str parts[] = {toc_str_of(import->options.owner), toc_str_of(type->name), group.name};
    toc_rc rc = toc_xid_list(parts, TOC_COUNT(parts), group.xid);
    if (rc)
        return toc_error_set(err, rc, "no xid could be made for group \"%s\"", group.name.ptr);
    /* Last: a label must not lead to a group that was not made. */
    rc = toc_map_put(&import->labels, label, import->group_count);
    if (rc == TOC_ENOMEM)
        return toc_error_nomem(err);
    if (rc)
        return toc_error_set(err, rc, "more than %d different groups", TOC_MAX_IMPORT_GROUPS);
    *added = &import->groups[import->group_count++];
    **added = group;
    return TOC_OK;
}

/* A name over the server's limit is cut between characters. */
static toc_str fit_name(toc_str name)
{
    return toc__batch_front(name, TOC_MAX_GROUP_NAME_CHARS);
}

static toc_rc groups_record(toc_import *import, toc_error *err)
{
    const toc_csv *csv = &import->groups_csv;
    toc_str cells[3] = {{NULL, 0}};
    for (int k = 0; k < 3; k++)
        if ((size_t)import->groups_at[k] < csv->field_count)
            cells[k] = toc_str_trim(csv->fields[import->groups_at[k]]);
    if (!cells[0].len || toc_map_get(&import->labels, cells[0]))
        return TOC_OK;
    toc_str word = cells[1].len ? cells[1] : toc_str_of(import->options.group_type);
    const toc_type *type = toc_types_find(import->types, TOC_KIND_GROUP, word);
    if (!type) {
        toc_rc rc = toc_error_field(err, TOC_EPARSE, "type",
                                    "line %llu of the groups file: \"%.*s\" is not a group type",
                                    (unsigned long long)csv->line, TOC_FMT(word));
        if (err)
            err->line = csv->line;
        return rc;
    }
    toc_import_group *group = NULL;
    return group_add(import, cells[0], type, fit_name(cells[2].len ? cells[2] : cells[0]), &group,
                     err);
}

toc_rc toc_import_groups(toc_import *import, const char *data, size_t len, bool last,
                         toc_error *err)
{
    if (!import || (!data && len))
        return toc_error_set(err, TOC_EINVAL, "no import or no data");
    toc__import_feed(&import->groups_csv, &import->groups_mark, data, len, last);
    for (toc_csv_event event; (event = toc_csv_next(&import->groups_csv)) != TOC_CSV_MORE;) {
        toc_rc rc = TOC_OK;
        if (event == TOC_CSV_BAD)
            rc = toc_error_set(err, TOC_EPARSE, "line %llu of the groups file: %s",
                               (unsigned long long)import->groups_csv.line,
                               import->groups_csv.error);
        else if (import->groups_at[0] < 0)
            rc = groups_header(import, err);
        else
            rc = groups_record(import, err);
        if (rc)
            return rc;
    }
    return last && import->groups_at[0] < 0
               ? toc_error_set(err, TOC_EPARSE, "the groups file is empty: not even a header line")
               : TOC_OK;
}

static toc_object *group_object(toc_import *import, const toc_import_group *group)
{
    toc_object *obj = import->group_obj;
    toc__object_reset(obj, group->type);
    toc__object_set_text(obj, TOC_SLOT_NAME, group->name);
    toc__object_set_text(obj, TOC_SLOT_XID, (toc_str){group->xid, TOC_XID_TEXT - 1});
    return obj;
}

toc_rc toc__import_group(toc_import *import, toc_str label, toc_error *err)
{
    const uint64_t *index = toc_map_get(&import->labels, label);
    toc_import_group *found = index ? &import->groups[*index] : NULL;
    toc_rc rc = TOC_OK;
    if (!found) {
        const toc_type *type =
            toc_types_find(import->types, TOC_KIND_GROUP, toc_str_of(import->options.group_type));
        rc = group_add(import, label, type, fit_name(label), &found, err);
    }
    if (!rc && !found->sent)
        rc = toc_object_check(group_object(import, found), err);
    if (!rc)
        import->group = found;
    return rc;
}

toc_rc toc__import_group_put(toc_import *import, uint64_t line, toc_error *err)
{
    toc_import_group *group = import->group;
    if (!group || group->sent)
        return TOC_OK;
    toc_rc rc = toc__batch_add(import->batch, group_object(import, group), line, (toc_str){NULL, 0},
                               NULL, err);
    if (!rc) {
        group->sent = true;
        import->counts.groups++;
    }
    return rc;
}
