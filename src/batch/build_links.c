/* build_links.c - associations: those that are asked for, and links of items that cannot be made
 * when the item's own job runs. */
#include "base/error.h"
#include "base/mem.h"
#include "batch/batch.h"
#include "model/association.h"

/* Hidden from the encoder, which looks for groups and indicators. */
#define SET_ASIDE(kind) ((toc_kind)((int)(kind) + TOC_KIND_COUNT))
#define SHOWN(kind) ((toc_kind)((int)(kind)-TOC_KIND_COUNT))

typedef struct side {
    toc_str type, ref;
    int64_t id;
} side;

static void write_side(toc_json_writer *writer, const side *at, bool second)
{
    if (at->id) {
        toc_json_key(writer, second ? TOC_S("id_2") : TOC_S("id_1"));
        toc_json_int(writer, at->id);
    } else {
        toc_json_member(writer, second ? TOC_S("ref_2") : TOC_S("ref_1"), at->ref);
    }
    toc_json_member(writer, second ? TOC_S("type_2") : TOC_S("type_1"), at->type);
}

static toc_rc encode(toc_buf *out, const side *first, const side *second, toc_str association)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, out);
    toc_json_object(&writer);
    write_side(&writer, first, false);
    write_side(&writer, second, true);
    toc_json_member(&writer, TOC_S("associationType"), association);
    toc_json_object_end(&writer);
    return toc_buf_check(out, NULL);
}

static bool is_after(const side *a, const side *b)
{
    int order = toc_str_compare(a->type, b->type);
    if (!order)
        order = toc_str_compare(a->ref, b->ref);
    return order ? order > 0 : a->id > b->id;
}

static toc_rc put(toc_batch *batch, const side *one, const side *other, toc_str association,
                  uint64_t line, toc_error *err)
{
    TOC_CLEANUP(toc_buf_done) toc_buf same = {.maximum = TOC_MAX_ITEM};
    bool swap = is_after(one, other), found = false;
    toc_rc rc = encode(&same, swap ? other : one, swap ? one : other, association);
    if (rc)
        return toc_error_set(err, rc, "an association is too large or there is no memory");
    uint64_t hash = toc_seen_hash(&batch->seen, TOC_KIND_RECORD, toc_buf_view(&same));
    rc = toc_seen_find(&batch->seen, hash, &found, err);
    if (rc || found)
        return rc;
    toc_spool *spool = &batch->spools[TOC_BATCH_ASSOCIATIONS];
    (void)encode(toc_spool_begin(spool), one, other, association);
    rc = toc_spool_end(spool, line, (toc_str){NULL, 0}, err);
    if (!rc)
        toc_seen_mark(&batch->seen, hash);
    return rc;
}

/* --- on their own -------------------------------------------------------------------------- */

/* Of a group the type is not needed, and left out. */
static toc_rc side_of(const toc_batch_end *end, side *made, toc_error *err)
{
    if (!end || (end->id <= 0 && !end->ref.len))
        return toc_error_field(err, TOC_EINVAL, "ref", "an end of the association is missing");
    toc_str type = end->type ? toc_str_of(end->type) : (toc_str){NULL, 0};
    if (type.ptr && toc_types_find(NULL, TOC_KIND_GROUP, type))
        type = (toc_str){NULL, 0};
    const toc_type *known = type.ptr ? toc_types_find(NULL, TOC_KIND_INDICATOR, type) : NULL;
    *made = (side){.type = known ? toc_str_of(known->name) : type,
                   .ref = end->ref,
                   .id = end->id > 0 ? end->id : 0};
    return TOC_OK;
}

toc_rc toc_batch_associate(toc_batch *batch, const toc_batch_end *one, const toc_batch_end *other,
                           const char *association, uint64_t line, toc_error *err)
{
    side ends[2];
    if (!batch)
        return toc_error_set(err, TOC_EINVAL, "no batch");
    if (batch->removal || batch->inline_links)
        return toc_error_set(err, TOC_EUNSUPPORTED, "this batch sends no associations");
    toc_rc rc = side_of(one, &ends[0], err);
    if (!rc)
        rc = side_of(other, &ends[1], err);
    if (rc)
        return rc;
    bool named = ends[0].type.ptr && ends[1].type.ptr;
    if (named != (association && *association))
        return toc_error_field(err, TOC_EINVAL, "associationType",
                               named ? "an association between indicators has a name"
                                     : "only associations between indicators have a name");
    return put(batch, &ends[0], &ends[1], named ? toc_str_of(association) : (toc_str){NULL, 0},
               line, err);
}

/* --- of items ------------------------------------------------------------------------------ */

toc_rc toc__links_is_late(toc_batch *batch, toc_kind kind, toc_str xid, bool *late, toc_error *err)
{
    bool found = true;
    toc_rc rc = TOC_OK;
    if (kind == TOC_KIND_GROUP && !batch->removal && !batch->inline_links)
        rc = toc_seen_find(&batch->seen, toc_seen_hash(&batch->seen, TOC_KIND_GROUP, xid), &found,
                           err);
    if (!rc)
        *late = !found;
    return rc;
}

toc_rc toc__links_put(toc_batch *batch, toc_str type, toc_str ref, const toc_link *link,
                      uint64_t line, toc_error *err)
{
    bool named = type.ptr && link->kind == TOC_KIND_INDICATOR;
    TOC_CLEANUP(toc_buf_done) toc_buf name = {.maximum = TOC_MAX_VALUE};
    if (named) {
        toc_buf_str(&name, type);
        toc_buf_lit(&name, TOC_GENERIC_ASSOCIATION);
        toc_rc rc = toc_buf_check(&name, err);
        if (rc)
            return rc;
    }
    side item = {.type = type, .ref = ref};
    side other = {.type = link->type,
                  .ref = link->kind == TOC_KIND_GROUP ? link->xid : link->summary};
    return put(batch, &item, &other, named ? toc_buf_view(&name) : (toc_str){NULL, 0}, line, err);
}

toc_rc toc__links_set_aside(toc_batch *batch, toc_object *obj, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (batch->removal || batch->inline_links)
        return TOC_OK;
    for (toc_link *link = obj->links.first; !rc && link; link = link->next) {
        bool late = true;
        if (link->kind == TOC_KIND_GROUP)
            rc = toc__links_is_late(batch, obj->type->kind, link->xid, &late, err);
        if (!rc && late)
            link->kind = SET_ASIDE(link->kind);
    }
    if (rc)
        toc__links_restore(obj);
    return rc;
}

toc_rc toc__links_put_aside(toc_batch *batch, toc_object *obj, uint64_t line, toc_error *err)
{
    bool group = obj->type->kind == TOC_KIND_GROUP;
    toc_str type = group ? (toc_str){NULL, 0} : toc_str_of(obj->type->name);
    toc_str ref = group ? toc__object_text(obj, TOC_SLOT_XID) : toc_object_summary(obj);
    toc_rc rc = TOC_OK;
    for (const toc_link *link = obj->links.first; !rc && link; link = link->next) {
        toc_link shown = *link;
        if (link->kind < TOC_KIND_COUNT)
            continue;
        shown.kind = SHOWN(link->kind);
        rc = toc__links_put(batch, type, ref, &shown, line, err);
    }
    return rc;
}

void toc__links_restore(toc_object *obj)
{
    for (toc_link *link = obj->links.first; link; link = link->next)
        if (link->kind >= TOC_KIND_COUNT)
            link->kind = SHOWN(link->kind);
}
