/* batch_files.c - a file of a batch whose hashes belong to stored files: which of them become one,
 * and whose hash counts (rest-v2 4.9). */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"
#include "platform/objects.h"

typedef struct file {
    int64_t id;
    toc_str parts[3];
} file;

/* The stored files that share a hash with the item. */
typedef struct files {
    file at[3];
    unsigned count;
    toc_str own[3]; /* of the item */
} files;

static toc_rc load_one(toc_applied_batch *batch, int64_t id, file *found, toc_error *err)
{
    toc__stored_keys keys = {.arena = batch->scratch};
    toc_rc rc = toc__keys_of(batch->conn, batch->job.owner, batch->obj->type, id, &keys, err);
    *found = (file){id, {keys.parts[0], keys.parts[1], keys.parts[2]}};
    return rc;
}

static toc_rc load(toc_applied_batch *batch, const int64_t ids[3], unsigned count, files *all,
                   toc_error *err)
{
    toc_rc rc = TOC_OK;
    all->count = count < 3 ? count : 3;
    (void)toc__object_keys(batch->obj, all->own);
    for (unsigned i = 0; i < all->count && !rc; i++)
        rc = load_one(batch, ids[i], &all->at[i], err);
    return rc;
}

/* Bits of the stored files that differ from each other in a hash that both have. */
static unsigned at_odds(const files *all)
{
    unsigned found = 0;
    for (unsigned i = 0; i < all->count; i++) {
        for (unsigned k = i + 1; k < all->count; k++) {
            if (toc__keys_conflict(all->at[i].parts, all->at[k].parts))
                found |= (1U << i) | (1U << k);
        }
    }
    return found;
}

static bool contradicted(const files *all)
{
    for (unsigned i = 0; i < all->count; i++) {
        if (toc__keys_conflict(all->at[i].parts, all->own))
            return true;
    }
    return false;
}

/* --- hashes of the item -------------------------------------------------------------------- */

static void drop_hash(toc_applied_batch *batch, files *all, unsigned slot)
{
    batch->obj->present &= ~((uint64_t)1 << batch->obj->type->fields[slot].slot);
    batch->obj->present &= ~((uint64_t)1 << TOC_SLOT_SUMMARY);
    all->own[slot] = (toc_str){NULL, 0};
}

/* Where a stored file has a hash of that kind: all of them, or only what differs. True when one
 * was dropped that no stored file has. */
static bool drop_hashes(toc_applied_batch *batch, files *all, bool shared)
{
    bool lost = false;
    for (unsigned slot = 0; slot < batch->obj->type->key_count && slot < 3; slot++) {
        bool taken = false, same = false;
        for (unsigned i = 0; i < all->count; i++) {
            taken = taken || all->at[i].parts[slot].len;
            same = same || toc_str_equal(all->at[i].parts[slot], all->own[slot]);
        }
        if (!all->own[slot].len || !taken || (same && !shared))
            continue;
        lost = lost || !same;
        drop_hash(batch, all, slot);
    }
    return lost;
}

static bool has_hash(const files *all)
{
    return all->own[0].len || all->own[1].len || all->own[2].len;
}

/* --- what becomes of the stored files ------------------------------------------------------- */

/* The item's values for each of them; hashes stay where they are. */
static toc_rc distribute(toc_applied_batch *batch, files *all, toc_error *err)
{
    toc_rc rc = TOC_OK;
    bool lost = false;
    for (unsigned slot = 0; slot < 3; slot++) {
        bool held = !all->own[slot].len;
        for (unsigned i = 0; i < all->count; i++)
            held = held || toc_str_equal(all->at[i].parts[slot], all->own[slot]);
        lost = lost || !held;
        if (all->own[slot].len)
            drop_hash(batch, all, slot);
    }
    for (unsigned i = 0; i < all->count && !rc; i++)
        rc = toc__batch_write(batch, all->at[i].id, err);
    if (!rc && lost)
        rc =
            toc__batch_merge_warning(batch, " lost hashes that none of the stored files has.", err);
    return rc;
}

static toc_rc merge(toc_applied_batch *batch, files *all, toc_error *err)
{
    int64_t ids[3] = {0, 0, 0}, primary = 0;
    for (unsigned i = 0; i < all->count; i++)
        ids[i] = all->at[i].id;
    toc_rc rc = toc_files_merge(batch->conn, batch->job.owner, batch->obj->type, ids, all->count,
                                batch->now, &primary, err);
    if (!rc)
        rc = load_one(batch, primary, &all->at[0], err);
    all->count = 1;
    return rc ? rc : toc__batch_merge_warning(batch, " made one of several stored files.", err);
}

/* One is left: its hashes give way to the item's, or the item's to them. */
static toc_rc settle_one(toc_applied_batch *batch, files *all, toc_error *err)
{
    const char *text = " lost hashes that contradict a stored file.";
    toc_rc rc = TOC_OK;
    int64_t id = all->at[0].id;
    if (!contradicted(all))
        return toc__batch_write(batch, id, err);
    if (batch->config->collision == TOC_COLLISION_FAVOR_EXISTING) {
        (void)drop_hashes(batch, all, false);
    } else {
        text = " took the place of hashes of a stored file.";
        rc = toc_file_rekey(batch->conn, batch->job.owner, batch->obj->type, id, all->own, err);
    }
    if (!rc)
        rc = toc__batch_write(batch, id, err);
    return rc ? rc : toc__batch_merge_warning(batch, text, err);
}

static toc_rc bring_together(toc_applied_batch *batch, files *all, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (all->count > 1 && batch->config->merge == TOC_MERGE_DISTRIBUTE)
        return distribute(batch, all, err);
    if (all->count > 1)
        rc = merge(batch, all, err);
    return rc ? rc : settle_one(batch, all, err);
}

/* What remains of the item beside the stored files is a file of its own. */
static toc_rc stand_aside(toc_applied_batch *batch, files *all, toc_error *err)
{
    (void)drop_hashes(batch, all, true);
    toc_rc rc = has_hash(all) ? toc__batch_write(batch, 0, err) : TOC_OK;
    return rc ? rc
              : toc__batch_merge_warning(batch, " lost hashes that belong to a stored file.", err);
}

static toc_rc remove_files(toc_applied_batch *batch, files *all, unsigned which, toc_error *err)
{
    unsigned left = 0;
    toc_rc rc = TOC_OK;
    for (unsigned i = 0; i < all->count && !rc; i++) {
        if (which & (1U << i))
            rc = toc_object_remove(batch->conn, batch->job.owner, TOC_KIND_INDICATOR, all->at[i].id,
                                   batch->now, err);
        else
            all->at[left++] = all->at[i];
    }
    all->count = left;
    return rc ? rc
              : toc__batch_merge_warning(batch, " removed stored files that contradict each other.",
                                         err);
}

static toc_rc ignore_existing(toc_applied_batch *batch, files *all, toc_error *err)
{
    unsigned odd = at_odds(all);
    toc_rc rc = odd ? remove_files(batch, all, odd, err) : TOC_OK;
    if (rc)
        return rc;
    if (!all->count)
        return toc__batch_write(batch, 0, err);
    return contradicted(all) ? stand_aside(batch, all, err) : bring_together(batch, all, err);
}

static toc_rc ignore_incoming(toc_applied_batch *batch, files *all, toc_error *err)
{
    (void)all;
    return toc__batch_merge_warning(
        batch, " was left out: its hashes or those of stored files contradict each other.", err);
}

typedef toc_rc (*collision_fn)(toc_applied_batch *batch, files *all, toc_error *err);
static const collision_fn collisions[] = {
    [TOC_COLLISION_FAVOR_INCOMING] = bring_together,
    [TOC_COLLISION_FAVOR_EXISTING] = bring_together,
    [TOC_COLLISION_IGNORE_INCOMING] = ignore_incoming,
    [TOC_COLLISION_IGNORE_EXISTING] = ignore_existing,
    [TOC_COLLISION_SPLIT] = distribute,
};

toc_rc toc__batch_file(toc_applied_batch *batch, const int64_t ids[3], unsigned count,
                       toc_error *err)
{
    files all = {.count = 0};
    toc_rc rc = load(batch, ids, count, &all, err);
    if (rc)
        return rc;
    if (at_odds(&all) || contradicted(&all))
        return collisions[batch->config->collision](batch, &all, err);
    return bring_together(batch, &all, err);
}

toc_rc toc__batch_file_left_out(toc_applied_batch *batch, const int64_t ids[3], unsigned count,
                                bool *out, toc_error *err)
{
    files all = {.count = 0};
    *out = false;
    if (!(batch->obj->type->traits & TOC_TYPE_HASHES) ||
        batch->config->collision != TOC_COLLISION_IGNORE_INCOMING)
        return TOC_OK;
    toc_rc rc = load(batch, ids, count, &all, err);
    *out = !rc && (at_odds(&all) || contradicted(&all));
    return rc;
}
