/* batch_associations.c - entries of the association array: two ends, each by id or by reference. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/associations.h"
#include "platform/batch.h"

typedef struct end {
    toc_str ref, type_name;
    int64_t id;
    const toc_type *type; /* of an indicator; else NULL */
    toc_target target;    /* id 0: it does not exist */
} end;

typedef struct entry {
    end ends[2];
    toc_str association;
} entry;

static const struct {
    const char *name;
    size_t offset;
    bool number;
} members[] = {
    {"ref_1", offsetof(entry, ends[0].ref), false},
    {"ref_2", offsetof(entry, ends[1].ref), false},
    {"type_1", offsetof(entry, ends[0].type_name), false},
    {"type_2", offsetof(entry, ends[1].type_name), false},
    {"id_1", offsetof(entry, ends[0].id), true},
    {"id_2", offsetof(entry, ends[1].id), true},
    {"associationType", offsetof(entry, association), false},
};

static toc_rc read_member(toc_json_reader *reader, entry *link)
{
    toc_str name = reader->text;
    size_t row = 0;
    while (row < TOC_COUNT(members) && !toc_str_equal(name, toc_str_of(members[row].name)))
        row++;
    if (row == TOC_COUNT(members))
        return toc_json_skip(reader, NULL) ? TOC_OK : TOC_EPARSE;
    toc_json_event event = toc_json_next(reader);
    void *out = (char *)link + members[row].offset;
    if (event == TOC_JSON_STRING || event == TOC_JSON_NUMBER) {
        if (members[row].number)
            (void)toc_str_to_int(reader->text, out);
        else
            *(toc_str *)out = reader->text;
    }
    return event != TOC_JSON_ERROR && toc_json_skip(reader, NULL) ? TOC_OK : TOC_EPARSE;
}

static toc_rc read_entry(toc_json_reader *reader, entry *link)
{
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        if (read_member(reader, link))
            return TOC_EPARSE;
    }
    return event == TOC_JSON_OBJECT_END ? TOC_OK : TOC_EPARSE;
}

/* By number: it must be there, and of the type that is named. */
static toc_rc by_id(toc_applied_batch *batch, end *at, toc_kind kind, const toc_type *type,
                    int64_t id, toc_error *err)
{
    int64_t count = 0;
    toc_query query = {
        .owner = batch->job.owner, .kind = kind, .type = type, .id = id, .inactive = true};
    toc_rc rc = id > 0 ? toc_object_count(batch->conn, &query, &count, err) : TOC_OK;
    at->target = (toc_target){kind, count ? id : 0};
    return rc;
}

static toc_rc group_end(toc_applied_batch *batch, end *at, const toc_type *type, toc_error *err)
{
    int64_t id = at->id;
    toc_rc rc = TOC_OK;
    at->target = (toc_target){TOC_KIND_GROUP, 0};
    if (!id && at->ref.len)
        rc = toc__batch_group_id(batch, at->ref, &id, err);
    at->target.id = id;
    return rc || (!at->id && !type) ? rc : by_id(batch, at, TOC_KIND_GROUP, type, id, err);
}

/* A name that is no type at all names nothing. */
static toc_rc resolve(toc_applied_batch *batch, end *at, toc_error *err)
{
    const toc_types *types = toc_store_types(batch->platform->store);
    const toc_type *group = toc_types_find(types, TOC_KIND_GROUP, at->type_name);
    at->type = toc_types_find(types, TOC_KIND_INDICATOR, at->type_name);
    at->target = (toc_target){TOC_KIND_INDICATOR, 0};
    if (at->type && at->id)
        return by_id(batch, at, TOC_KIND_INDICATOR, at->type, at->id, err);
    if (at->type)
        return toc__batch_find_indicator(batch, at->type_name, at->ref, &at->target.id, err);
    return group || !at->type_name.len ? group_end(batch, at, group, err) : TOC_OK;
}

static void write_end(toc_buf *out, const end *at)
{
    toc_str ref = at->ref;
    ref.len = toc_str_utf8_floor(ref, 1024);
    if (at->id)
        toc_buf_int(out, at->id);
    else
        toc_buf_str(out, ref.len ? ref : TOC_S("(unnamed)"));
}

static toc_rc refuse(toc_applied_batch *batch, const entry *link, const char *code, const char *why,
                     toc_error *err)
{
    const end *wrong = &link->ends[link->ends[0].target.id ? 1 : 0];
    toc_buf_clear(&batch->text);
    toc_buf_lit(&batch->text, "Association of ");
    write_end(&batch->text, &link->ends[0]);
    toc_buf_lit(&batch->text, " with ");
    write_end(&batch->text, &link->ends[1]);
    toc_buf_char(&batch->text, ' ');
    toc_buf_text(&batch->text, why);
    size_t at = batch->text.len;
    write_end(&batch->text, wrong);
    toc_buf_lit(&batch->text, " is not valid.");
    toc_rc rc = toc_buf_check(&batch->text, err);
    if (rc)
        return rc;
    toc_str text = toc_buf_view(&batch->text);
    toc_job_error made = {.code = toc_str_of(code),
                          .reason = toc_str_slice(text, 0, at),
                          .source = toc_str_slice(text, at, text.len)};
    batch->job.error_links++;
    return toc__batch_entry(batch, false, &made, err);
}

/* Between indicators: the association exists and is one between these two types. A file action goes
 * from the file, whichever end that is. */
static const char *unfit(const toc_applied_batch *batch, entry *link)
{
    const toc_store *store = batch->platform->store;
    const end *a = &link->ends[0], *b = &link->ends[1];
    const toc_type *generic = toc_association_generic(toc_store_types(store), link->association);
    toc_error why = {0};
    if (!link->association.len)
        return "has no associationType.";
    if (generic && generic != a->type && generic != b->type)
        return "is not allowed: the associationType names the type of neither.";
    if (!toc__association_allowed(store, link->association, a->type, b->type, &why))
        return NULL;
    if (!toc__association_allowed(store, link->association, b->type, a->type, &why)) {
        end swapped = link->ends[0];
        link->ends[0] = link->ends[1];
        link->ends[1] = swapped;
        return NULL;
    }
    return "is not allowed: the associationType does not exist or is not one of these types.";
}

static bool is_action(const toc_applied_batch *batch, toc_str word)
{
    const toc_association_type *row =
        toc_associations_find(toc_store_associations(batch->platform->store), word);
    return row && row->file_action;
}

toc_rc toc__batch_association(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err)
{
    entry link = {0};
    if (read_entry(reader, &link))
        return TOC_EPARSE;
    toc_rc rc = resolve(batch, &link.ends[0], err);
    if (!rc)
        rc = resolve(batch, &link.ends[1], err);
    if (rc)
        return rc;
    const end *a = &link.ends[0], *b = &link.ends[1];
    if (!a->target.id || !b->target.id)
        return refuse(batch, &link, "0x1007", "names an item that does not exist.", err);
    if (a->target.kind == b->target.kind && a->target.id == b->target.id)
        return refuse(batch, &link, "0x1009", "links an item with itself.", err);
    if (!a->type || !b->type)
        return toc__batch_link(batch, a->target, b->target, TOC_S(""), false, err);
    const char *why = unfit(batch, &link);
    if (why)
        return refuse(batch, &link, "0x1009", why, err);
    return toc__batch_link(batch, a->target, b->target, link.association,
                           is_action(batch, link.association), err);
}
