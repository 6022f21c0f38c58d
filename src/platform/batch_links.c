/* batch_links.c - links that items carry themselves, made when all items are there. */
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/association.h"
#include "model/check.h"
#include "platform/associations.h"
#include "platform/batch.h"

/* --- counting ------------------------------------------------------------------------------ */

#define ENDS (4 * sizeof(int64_t))

/* A link and its mirror image have the same key, unless the link has a direction. */
static toc_rc link_key(toc_applied_batch *batch, toc_target a, toc_target b, toc_str association,
                       bool directed, toc_str *key, toc_error *err)
{
    bool swap = !directed && (a.kind > b.kind || (a.kind == b.kind && a.id > b.id));
    toc_target first = swap ? b : a, second = swap ? a : b;
    int64_t ends[4] = {first.kind, first.id, second.kind, second.id};
    char *room = toc_arena_alloc(batch->scratch, ENDS + association.len);
    if (!room)
        return toc_error_nomem(err);
    memcpy(room, ends, ENDS);
    memcpy(room + ENDS, association.ptr, association.len);
    toc_str_lower(room + ENDS, association.len);
    *key = (toc_str){room, ENDS + association.len};
    return TOC_OK;
}

toc_rc toc__batch_link(toc_applied_batch *batch, toc_target from, toc_target to,
                       toc_str association, bool directed, toc_error *err)
{
    toc_str key;
    toc_rc rc = link_key(batch, from, to, association, directed, &key, err);
    if (rc || toc_map_get(&batch->links, key))
        return rc;
    rc = toc_link_add(batch->conn, from, to, association, err);
    if (rc)
        return rc;
    batch->job.success_links++;
    /* Beyond the limit of the map a repetition is counted again. */
    return toc_map_put(&batch->links, key, 1) == TOC_ENOMEM ? toc_error_nomem(err) : TOC_OK;
}

/* --- of an item ---------------------------------------------------------------------------- */

toc_rc toc__batch_link_groups(toc_applied_batch *batch, toc_target from, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (const toc_link *link = batch->obj->links.first; link && !rc; link = link->next) {
        int64_t id = 0;
        if (link->kind != TOC_KIND_GROUP)
            continue;
        rc = toc__batch_group_id(batch, link->xid, &id, err);
        bool itself = id && from.kind == TOC_KIND_GROUP && from.id == id;
        if (!rc && id && !itself)
            rc = toc__batch_link(batch, from, (toc_target){TOC_KIND_GROUP, id}, TOC_S(""), false,
                                 err);
        else if (!rc)
            rc = toc__batch_link_error(batch, from.kind, TOC_KIND_GROUP, link->xid, itself, err);
    }
    return rc;
}

static toc_rc link_indicators(toc_applied_batch *batch, toc_target from, toc_error *err)
{
    toc_str association = TOC_S("");
    toc_rc rc = TOC_OK;
    /* Links between indicators have a name: that of the type that the item is of. */
    if (from.kind == TOC_KIND_INDICATOR)
        rc = toc__generic_association(batch->obj->type, batch->scratch, &association, err);
    for (const toc_link *link = batch->obj->links.first; link && !rc; link = link->next) {
        int64_t id = 0;
        if (link->kind != TOC_KIND_INDICATOR)
            continue;
        rc = toc__batch_find_indicator(batch, link->type, link->summary, &id, err);
        bool itself = id && from.kind == TOC_KIND_INDICATOR && from.id == id;
        if (!rc && id && !itself)
            rc = toc__batch_link(batch, from, (toc_target){TOC_KIND_INDICATOR, id}, association,
                                 false, err);
        else if (!rc)
            rc = toc__batch_link_error(batch, from.kind, TOC_KIND_INDICATOR, link->summary, itself,
                                       err);
    }
    return rc;
}

/* --- passes -------------------------------------------------------------------------------- */

/* An item that was refused before is passed over without a word. */
toc_rc toc__batch_group_links(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_GROUP, NULL);
    if (rc || !batch->obj->links.first)
        return rc == TOC_EINVAL ? TOC_OK : rc;
    toc_str xid = toc__object_text(batch->obj, TOC_SLOT_XID);
    if (xid.len)
        rc = toc__batch_group_id(batch, xid, &id, err);
    toc_target from = {TOC_KIND_GROUP, id};
    if (!rc && id)
        rc = toc__batch_link_groups(batch, from, err);
    if (!rc && id)
        rc = link_indicators(batch, from, err);
    return rc;
}

toc_rc toc__batch_indicator_links(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err)
{
    toc_str parts[3];
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_object *obj = batch->obj;
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_INDICATOR, NULL);
    if (rc || !obj->links.first)
        return rc == TOC_EINVAL ? TOC_OK : rc;
    if (toc_object_check(obj, NULL))
        return TOC_OK;
    (void)toc__object_keys(obj, parts);
    rc = toc_indicator_find(batch->conn, batch->job.owner, obj->type, parts, ids, &count, err);
    bool left_out = false;
    if (!rc && count)
        rc = toc__batch_file_left_out(batch, ids, count, &left_out, err);
    if (rc || !count || left_out)
        return rc;
    return link_indicators(batch, (toc_target){TOC_KIND_INDICATOR, ids[0]}, err);
}
