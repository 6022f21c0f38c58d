/* batch_remove.c - jobs with the action Delete: indicators by type and value, groups by xid;
 * whatever else an item says is ignored. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"
#include "platform/batch.h"

static toc_rc not_found(toc_error *err)
{
    return toc_error_set(err, TOC_ENOTFOUND, "there is no such item in the owner");
}

static toc_rc remove_one(toc_applied_batch *batch, toc_kind kind, int64_t id, toc_error *err)
{
    return toc_object_remove(batch->conn, batch->job.owner, kind, id, batch->now, err);
}

/* --- groups -------------------------------------------------------------------------------- */

/* Indicators of a group that goes: those that have no other group then go with it. */
typedef struct orphans {
    int64_t *ids;
    size_t count, room;
    toc_error *err;
} orphans;

static toc_rc collect(void *user, int64_t id, toc_object *obj)
{
    orphans *list = user;
    (void)obj;
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        int64_t *grown = toc_mem_resize(list->ids, room * sizeof(*grown));
        if (!grown)
            return toc_error_nomem(list->err);
        list->ids = grown;
        list->room = room;
    }
    list->ids[list->count++] = id;
    return TOC_OK;
}

static toc_rc find_linked(toc_applied_batch *batch, int64_t group, orphans *list, toc_error *err)
{
    toc_query query = {.owner = batch->job.owner,
                       .kind = TOC_KIND_INDICATOR,
                       .linked = true,
                       .linked_kind = TOC_KIND_GROUP,
                       .linked_id = group,
                       .limit = TOC_MAX_ASSOCIATIONS,
                       .inactive = true};
    return toc_object_each(batch->conn, &query, collect, list, err);
}

static toc_rc remove_orphan(toc_applied_batch *batch, int64_t id, toc_error *err)
{
    int64_t groups = 0;
    toc_query query = {.owner = batch->job.owner,
                       .kind = TOC_KIND_GROUP,
                       .linked = true,
                       .linked_kind = TOC_KIND_INDICATOR,
                       .linked_id = id,
                       .inactive = true};
    toc_rc rc = toc_object_count(batch->conn, &query, &groups, err);
    return rc || groups ? rc : remove_one(batch, TOC_KIND_INDICATOR, id, err);
}

static toc_rc remove_group(toc_applied_batch *batch, int64_t id, toc_error *err)
{
    orphans list = {.err = err};
    toc_rc rc = batch->config->remove_orphans ? find_linked(batch, id, &list, err) : TOC_OK;
    if (!rc)
        rc = remove_one(batch, TOC_KIND_GROUP, id, err);
    for (size_t i = 0; i < list.count && !rc; i++)
        rc = remove_orphan(batch, list.ids[i], err);
    toc_mem_free(list.ids);
    return rc;
}

toc_rc toc__batch_remove_group(toc_applied_batch *batch, toc_error *err)
{
    const toc_type *type;
    int64_t id = 0;
    toc_str xid = toc__object_text(batch->obj, TOC_SLOT_XID);
    if (!xid.len || xid.len > TOC_MAX_XID)
        return toc_error_field(err, TOC_EINVAL, "xid", "a group needs an xid of at most %d bytes",
                               TOC_MAX_XID);
    /* Not from the map: the group may have gone with an item before. */
    toc_rc rc = toc_group_find_xid(batch->conn, batch->job.owner, xid, &id, &type, err);
    if (rc)
        return rc;
    return id ? remove_group(batch, id, err) : not_found(err);
}

/* --- indicators ---------------------------------------------------------------------------- */

toc_rc toc__batch_remove_indicator(toc_applied_batch *batch, toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_str parts[3];
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    if (!obj->type)
        return toc_error_field(err, TOC_EINVAL, "type", "there is no such type");
    toc__object_keep_identity(obj);
    toc_rc rc = toc_object_check(obj, err);
    if (rc)
        return rc;
    (void)toc__object_keys(obj, parts);
    rc = toc_indicator_find(batch->conn, batch->job.owner, obj->type, parts, ids, &count, err);
    if (rc)
        return rc;
    if (!count)
        return not_found(err);
    for (unsigned i = 0; i < count && !rc; i++)
        rc = remove_one(batch, TOC_KIND_INDICATOR, ids[i], err);
    return rc;
}
