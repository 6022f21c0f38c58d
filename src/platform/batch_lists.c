/* batch_lists.c - tags, labels, attributes and occurrences of an item by the job's write types
 * (rest-v2 4.3). What is there already stays as it is, so that importing a feed again is cheap. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/attribute_types.h"
#include "platform/batch.h"
#include "platform/objects.h"

/* Beyond this a comparison one by one costs more than writing anew. */
#define MAX_COMPARED 64

/* --- sets of ids: tags and labels ------------------------------------------------------------ */

typedef struct id_set {
    int64_t ids[MAX_COMPARED];
    size_t count;
    bool overflow;
} id_set;

static bool contains(const id_set *set, int64_t id)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ids[i] == id)
            return true;
    }
    return false;
}

static void add_id(id_set *set, int64_t id)
{
    if (set->count == MAX_COMPARED)
        set->overflow = true;
    else if (!contains(set, id))
        set->ids[set->count++] = id;
}

static toc_rc collect_tag(void *user, int64_t id, const toc_tag *tag)
{
    (void)tag;
    add_id(user, id);
    return TOC_OK;
}

static toc_rc collect_label(void *user, int64_t id, const toc_label *label)
{
    (void)label;
    add_id(user, id);
    return TOC_OK;
}

typedef toc_rc (*id_fn)(toc_conn *conn, int64_t id, toc_target target, toc_error *err);

/* Takes off what is not wanted, puts on what is not there. */
static toc_rc settle_ids(toc_conn *conn, const id_set *stored, const id_set *wanted,
                         toc_target target, id_fn apply, id_fn unapply, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < stored->count && !rc; i++) {
        if (!contains(wanted, stored->ids[i]))
            rc = unapply(conn, stored->ids[i], target, err);
    }
    for (size_t i = 0; i < wanted->count && !rc; i++) {
        if (!contains(stored, wanted->ids[i]))
            rc = apply(conn, wanted->ids[i], target, err);
    }
    return rc;
}

static toc_rc many_tags(toc_applied_batch *batch, toc_target target, bool clear, toc_error *err)
{
    toc_rc rc = clear ? toc_tag_clear(batch->conn, target, err) : TOC_OK;
    for (const toc_tag *tag = batch->obj->tags.first; tag && !rc; tag = tag->next) {
        int64_t id = 0;
        rc = toc_tag_id(batch->conn, batch->job.owner, tag->name, true, &id, err);
        if (!rc)
            rc = toc_tag_apply(batch->conn, id, target, err);
    }
    return rc;
}

static toc_rc apply_tags(toc_applied_batch *batch, toc_target target, bool is_new, toc_error *err)
{
    id_set stored = {.count = 0}, wanted = {.count = 0};
    toc_rc rc = TOC_OK;
    /* To append, nobody need know what is there: it may be much. */
    if (is_new || batch->config->tags != TOC_WRITE_REPLACE)
        return many_tags(batch, target, false, err);
    rc = toc_tag_each(batch->conn, batch->job.owner, target, NULL, 0, INT64_MAX, collect_tag,
                      &stored, err);
    for (const toc_tag *tag = batch->obj->tags.first; tag && !rc; tag = tag->next) {
        int64_t id = 0;
        rc = toc_tag_id(batch->conn, batch->job.owner, tag->name, true, &id, err);
        add_id(&wanted, id);
    }
    if (rc)
        return rc;
    if (stored.overflow || wanted.overflow)
        return many_tags(batch, target, true, err);
    return settle_ids(batch->conn, &stored, &wanted, target, toc_tag_apply, toc_tag_unapply, err);
}

/* --- labels -------------------------------------------------------------------------------- */

static toc_rc make_label(toc_applied_batch *batch, const toc_label *label, int64_t *id,
                         toc_error *err)
{
    if (!label->description.len || !label->color.len)
        return toc_error_field(err, TOC_EINVAL, "securityLabel",
                               "the security label does not exist, and a new one needs a "
                               "description and a color");
    if (label->name.len > TOC_MAX_XID)
        return toc_error_field(err, TOC_EINVAL, "securityLabel",
                               "The name for this Security Label is invalid");
    return toc_label_add(batch->conn, batch->job.owner, label, batch->now, id, err);
}

static toc_rc label_id(toc_applied_batch *batch, const toc_label *label, int64_t *id,
                       toc_error *err)
{
    const uint64_t *known = toc_map_get(&batch->labels, label->name);
    *id = known ? (int64_t)*known : 0;
    if (known)
        return TOC_OK;
    toc_rc rc = toc_label_id(batch->conn, batch->job.owner, label->name, id, err);
    if (!rc && !*id)
        rc = make_label(batch, label, id, err);
    if (!rc && toc_map_put(&batch->labels, label->name, (uint64_t)*id) == TOC_ENOMEM)
        rc = toc_error_nomem(err);
    return rc;
}

static toc_rc prepare(toc_applied_batch *batch, const toc_label *label, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (; label && !rc; label = label->next) {
        int64_t id;
        rc = label_id(batch, label, &id, err);
    }
    return rc;
}

static toc_rc check_attribute(toc_applied_batch *batch, const toc_attribute *attribute,
                              toc_error *err)
{
    if (attribute->xid.len > TOC_MAX_XID || !toc_str_is_text(attribute->xid))
        return toc_error_field(err, TOC_EINVAL, "attribute",
                               "The xid for this Attribute is invalid");
    return prepare(batch, attribute->labels, err);
}

static toc_rc check_occurrence(toc_applied_batch *batch, toc_occurrence *occurrence, toc_error *err)
{
    char room[TOC_TIME_TEXT];
    toc_str date = occurrence->date;
    if (!occurrence->file_name.len && !occurrence->path.len && !date.len)
        return toc_error_field(err, TOC_EINVAL, "fileOccurrence",
                               "a file occurrence needs a name, a path or a date");
    if (toc_str_find_char(occurrence->file_name, '\0') >= 0 ||
        toc_str_find_char(occurrence->path, '\0') >= 0)
        return toc_error_field(err, TOC_EINVAL, "fileOccurrence",
                               "the names of a file occurrence have no NUL characters");
    toc_rc rc = date.len ? toc__date_text(&date, room, "fileOccurrence", err) : TOC_OK;
    if (rc || date.ptr != room)
        return rc;
    occurrence->date = toc_arena_str(batch->scratch, date);
    return occurrence->date.ptr ? TOC_OK : toc_error_nomem(err);
}

toc_rc toc__batch_prepare_lists(toc_applied_batch *batch, toc_error *err)
{
    toc_rc rc = prepare(batch, batch->obj->labels.first, err);
    toc_attribute *attribute = batch->obj->attributes.first;
    bool learns = batch->job.learns || batch->platform->learn_attribute_types;
    if (!rc)
        rc = toc__attribute_types_check(batch->conn, learns, attribute, err);
    if (!rc)
        rc = toc__attribute_texts_check(batch->conn, batch->obj, err);
    for (; attribute && !rc; attribute = attribute->next)
        rc = check_attribute(batch, attribute, err);
    toc_occurrence *occurrence = batch->obj->occurrences.first;
    for (; occurrence && !rc; occurrence = occurrence->next)
        rc = check_occurrence(batch, occurrence, err);
    return rc;
}

static toc_rc put_labels(toc_applied_batch *batch, const toc_label *label, toc_target target,
                         toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (; label && !rc; label = label->next) {
        int64_t id = 0;
        rc = label_id(batch, label, &id, err);
        if (!rc)
            rc = toc_label_apply(batch->conn, id, target, err);
    }
    return rc;
}

static toc_rc apply_labels(toc_applied_batch *batch, toc_target target, bool is_new, toc_error *err)
{
    id_set stored = {.count = 0}, wanted = {.count = 0};
    const toc_label *label = batch->obj->labels.first;
    toc_rc rc = TOC_OK;
    if (is_new || batch->config->labels != TOC_WRITE_REPLACE)
        return put_labels(batch, label, target, err);
    rc = toc_label_each(batch->conn, batch->job.owner, target, NULL, 0, INT64_MAX, collect_label,
                        &stored, err);
    for (; label && !rc; label = label->next) {
        int64_t id = 0;
        rc = label_id(batch, label, &id, err);
        add_id(&wanted, id);
    }
    if (rc)
        return rc;
    if (stored.overflow || wanted.overflow) {
        rc = toc_label_clear(batch->conn, target, err);
        return rc ? rc : put_labels(batch, batch->obj->labels.first, target, err);
    }
    return settle_ids(batch->conn, &stored, &wanted, target, toc_label_apply, toc_label_unapply,
                      err);
}

/* --- attributes ---------------------------------------------------------------------------- */

typedef toc_rc (*put_attribute)(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                                int64_t now, int64_t *id, toc_error *err);

static toc_rc add_attributes(toc_applied_batch *batch, toc_target target, toc_str only,
                             put_attribute put, toc_error *err)
{
    const toc_attribute *attribute = batch->obj->attributes.first;
    toc_rc rc = TOC_OK;
    for (; attribute && !rc; attribute = attribute->next) {
        int64_t id = 0;
        if (only.ptr && !toc_str_equal(only, attribute->type))
            continue;
        rc = put(batch->conn, target, attribute, batch->now, &id, err);
        if (rc || !attribute->labels)
            continue;
        rc = put_labels(batch, attribute->labels, (toc_target){TOC_KIND_ATTRIBUTE, id}, err);
        batch->labelled = TOC_LABELLED_SOME;
    }
    return rc;
}

/* Whether the stored attributes (of one type, or all) are the item's: each stored one is found
 * among the item's that are not taken yet, and none is left. */
typedef struct comparison {
    const toc_object *obj;
    toc_str only;
    uint64_t taken;
    size_t stored;
    bool differs;
} comparison;

static size_t label_count(const toc_label *label)
{
    size_t count = 0;
    for (; label; label = label->next)
        count++;
    return count;
}

static bool has_label(const toc_label *label, toc_str name)
{
    for (; label; label = label->next) {
        if (toc_str_equal_fold(label->name, name))
            return true;
    }
    return false;
}

static bool same_labels(const toc_label *a, const toc_label *b)
{
    if (label_count(a) != label_count(b))
        return false;
    for (const toc_label *at = b; at; at = at->next) {
        if (!has_label(a, at->name))
            return false;
    }
    return true;
}

static bool same_attribute(const toc_attribute *a, const toc_attribute *b)
{
    return a->displayed == b->displayed && a->pinned == b->pinned &&
           toc_str_equal(a->type, b->type) && toc_str_equal(a->value, b->value) &&
           toc_str_equal(a->source, b->source) && same_labels(a->labels, b->labels);
}

/* The attribute behind the item's description or source member. */
static bool is_default(const toc_object *obj, const toc_attribute *attribute)
{
    toc_str text = {NULL, 0};
    if (toc_str_equal(attribute->type, TOC_S("Description")))
        text = toc__object_text(obj, TOC_SLOT_DESCRIPTION);
    else if (obj->type->kind == TOC_KIND_INDICATOR &&
             toc_str_equal(attribute->type, TOC_S("Source")))
        text = toc__object_text(obj, TOC_SLOT_SOURCE);
    return attribute->displayed && text.len && toc_str_equal(text, attribute->value);
}

static toc_rc compare(void *user, const toc_attribute *stored)
{
    comparison *with = user;
    uint64_t bit = 1;
    if (with->differs || (with->only.ptr && !toc_str_equal(with->only, stored->type)))
        return TOC_OK;
    const toc_attribute *own = with->obj->attributes.first;
    for (; own && bit; own = own->next, bit <<= 1) {
        if (!(with->taken & bit) && same_attribute(own, stored)) {
            with->taken |= bit;
            with->stored++;
            return TOC_OK;
        }
    }
    with->differs = !is_default(with->obj, stored);
    return TOC_OK;
}

static size_t count_of(const toc_object *obj, toc_str only)
{
    size_t count = 0;
    for (const toc_attribute *own = obj->attributes.first; own; own = own->next)
        count += !only.ptr || toc_str_equal(only, own->type);
    return count;
}

/* In most stores no attribute has a label, and then there is nothing to look up one by one. */
static toc_rc look_for_labels(toc_applied_batch *batch, toc_error *err)
{
    bool some = false;
    if (batch->labelled != TOC_LABELLED_UNKNOWN)
        return TOC_OK;
    toc_rc rc = toc_label_on_attributes(batch->conn, batch->job.owner, &some, err);
    if (!rc)
        batch->labelled = some ? TOC_LABELLED_SOME : TOC_LABELLED_NONE;
    return rc;
}

static toc_rc replace_attributes(toc_applied_batch *batch, toc_target target, toc_str only,
                                 toc_error *err)
{
    comparison with = {.obj = batch->obj, .only = only};
    toc_rc rc = TOC_OK;
    if (batch->obj->attributes.count <= MAX_COMPARED) {
        rc = look_for_labels(batch, err);
        if (!rc)
            rc = toc_attribute_each(batch->conn, target, 0, batch->labelled == TOC_LABELLED_SOME, 0,
                                    INT64_MAX, compare, &with, err);
        if (rc || (!with.differs && with.stored == count_of(batch->obj, only)))
            return rc;
    }
    rc = toc_attribute_clear(batch->conn, target, only, err);
    return rc ? rc : add_attributes(batch, target, only, toc_attribute_add, err);
}

static bool seen_before(const toc_object *obj, const toc_attribute *attribute)
{
    for (const toc_attribute *at = obj->attributes.first; at != attribute; at = at->next) {
        if (toc_str_equal(at->type, attribute->type))
            return true;
    }
    return false;
}

static toc_rc singletons(toc_applied_batch *batch, toc_target target, toc_error *err)
{
    const toc_attribute *attribute = batch->obj->attributes.first;
    toc_rc rc = TOC_OK;
    for (; attribute && !rc; attribute = attribute->next) {
        if (!seen_before(batch->obj, attribute))
            rc = replace_attributes(batch, target, attribute->type, err);
    }
    return rc;
}

static toc_rc apply_attributes(toc_applied_batch *batch, toc_target target, bool is_new,
                               toc_error *err)
{
    toc_str all = {NULL, 0};
    int how = batch->config->attributes;
    if (is_new)
        return add_attributes(batch, target, all, toc_attribute_put, err);
    if (how == TOC_WRITE_STATIC)
        return TOC_OK;
    if (how == TOC_WRITE_APPEND)
        return add_attributes(batch, target, all, toc_attribute_add, err);
    if (how == TOC_WRITE_SINGLETON)
        return singletons(batch, target, err);
    return replace_attributes(batch, target, all, err);
}

/* --- occurrences --------------------------------------------------------------------------- */

static toc_rc apply_occurrences(toc_applied_batch *batch, toc_target target, toc_error *err)
{
    const toc_occurrence *occurrence = batch->obj->occurrences.first;
    toc_rc rc = TOC_OK;
    if (target.kind != TOC_KIND_INDICATOR || !(batch->obj->type->traits & TOC_TYPE_HASHES))
        return TOC_OK;
    for (; occurrence && !rc; occurrence = occurrence->next) {
        int64_t id;
        rc = toc_occurrence_add(batch->conn, target.id, occurrence, &id, err);
    }
    return rc;
}

/* --- description and source ----------------------------------------------------------------- */

static toc_rc find_shown(void *user, const toc_attribute *stored)
{
    toc_attribute *wanted = user;
    if (stored->displayed && toc_str_equal_fold(stored->type, wanted->type) &&
        toc_str_equal(stored->value, wanted->value))
        wanted->id = stored->id;
    return TOC_OK;
}

/* What is shown now stays as one more attribute, unless it says the same. */
static toc_rc append_text(toc_applied_batch *batch, toc_target target, toc_str type, toc_str text,
                          toc_error *err)
{
    toc_attribute wanted = {.type = type, .value = text, .displayed = true};
    toc_rc rc =
        toc_attribute_each(batch->conn, target, 0, false, 0, INT64_MAX, find_shown, &wanted, err);
    if (rc || wanted.id)
        return rc;
    return toc_attribute_add(batch->conn, target, &wanted, batch->now, &wanted.id, err);
}

toc_rc toc__batch_texts(toc_applied_batch *batch, toc_target target, bool is_new, toc_error *err)
{
    const toc_object *obj = batch->obj;
    toc_str description = toc__object_text(obj, TOC_SLOT_DESCRIPTION);
    toc_str source = {NULL, 0};
    toc_rc rc = TOC_OK;
    if (target.kind == TOC_KIND_INDICATOR)
        source = toc__object_text(obj, TOC_SLOT_SOURCE);
    if (is_new || batch->config->attributes != TOC_WRITE_APPEND)
        return toc__object_texts(batch->conn, target, obj, is_new, batch->now, err);
    if (description.len)
        rc = append_text(batch, target, TOC_S("Description"), description, err);
    if (!rc && source.len)
        rc = append_text(batch, target, TOC_S("Source"), source, err);
    return rc;
}

/* --- all together -------------------------------------------------------------------------- */

toc_rc toc__batch_lists(toc_applied_batch *batch, toc_target target, bool is_new, toc_error *err)
{
    unsigned lists = batch->obj->lists;
    toc_rc rc = TOC_OK;
    if (lists & TOC_LIST_TAGS)
        rc = apply_tags(batch, target, is_new, err);
    if (!rc && (lists & TOC_LIST_LABELS))
        rc = apply_labels(batch, target, is_new, err);
    if (!rc && (lists & TOC_LIST_ATTRIBUTES))
        rc = apply_attributes(batch, target, is_new, err);
    if (!rc && (lists & TOC_LIST_OCCURRENCES))
        rc = apply_occurrences(batch, target, err);
    return rc;
}
