/* batch_links.c - entries of the association array: two ends, each by id or by reference. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

typedef struct end {
    toc_str ref, type;
    int64_t id;
    toc_target target; /* id 0: it does not exist */
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
    {"type_1", offsetof(entry, ends[0].type), false},
    {"type_2", offsetof(entry, ends[1].type), false},
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

/* By number: it must be there, and of the kind that the type names. */
static toc_rc by_id(toc_batch *batch, end *at, toc_kind kind, const toc_type *type, toc_error *err)
{
    int64_t count = 0;
    toc_query query = {
        .owner = batch->job.owner, .kind = kind, .type = type, .id = at->id, .inactive = true};
    toc_rc rc = at->id > 0 ? toc_object_count(batch->conn, &query, &count, err) : TOC_OK;
    at->target = (toc_target){kind, count ? at->id : 0};
    return rc;
}

static toc_rc resolve(toc_batch *batch, end *at, toc_error *err)
{
    const toc_types *types = toc_store_types(batch->platform->store);
    const toc_type *type = toc_types_find(types, TOC_KIND_INDICATOR, at->type);
    if (at->id)
        return by_id(batch, at, type ? TOC_KIND_INDICATOR : TOC_KIND_GROUP, type, err);
    at->target.kind = type ? TOC_KIND_INDICATOR : TOC_KIND_GROUP;
    if (type)
        return toc__batch_find_indicator(batch, at->type, at->ref, &at->target.id, err);
    return at->ref.len ? toc__batch_group_id(batch, at->ref, &at->target.id, err) : TOC_OK;
}

static toc_rc refuse(toc_batch *batch, const entry *link, const char *code, const char *why,
                     toc_error *err)
{
    toc_str ref = link->ends[0].target.id ? link->ends[1].ref : link->ends[0].ref;
    ref.len = toc_str_utf8_floor(ref, 1024);
    toc_buf_clear(&batch->text);
    toc_buf_lit(&batch->text, "Association of ");
    toc_buf_str(&batch->text, ref);
    toc_buf_char(&batch->text, ' ');
    toc_buf_text(&batch->text, why);
    size_t at = batch->text.len;
    toc_buf_str(&batch->text, ref);
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

toc_rc toc__batch_association(toc_batch *batch, toc_json_reader *reader, toc_error *err)
{
    entry link = {0};
    if (read_entry(reader, &link))
        return TOC_EPARSE;
    toc_rc rc = resolve(batch, &link.ends[0], err);
    if (!rc)
        rc = resolve(batch, &link.ends[1], err);
    if (rc)
        return rc;
    toc_target a = link.ends[0].target, b = link.ends[1].target;
    if (!a.id || !b.id)
        return refuse(batch, &link, "0x1007", "names an item that does not exist.", err);
    bool indicators = a.kind == TOC_KIND_INDICATOR && b.kind == TOC_KIND_INDICATOR;
    if (indicators && !link.association.len)
        return refuse(batch, &link, "0x1009", "has no associationType.", err);
    if (a.kind == b.kind && a.id == b.id)
        return refuse(batch, &link, "0x1009", "links an item with itself.", err);
    rc = toc_link_add(batch->conn, a, b, indicators ? link.association : TOC_S(""), err);
    if (toc__batch_refusal(rc))
        return refuse(batch, &link, "0x1009", "is not allowed.", err);
    batch->job.success_links += !rc;
    return rc;
}
