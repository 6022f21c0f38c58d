/* attribute_list.c - lists of attributes, and the lists that are loaded into an object. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"
#include "model/codec.h"

/* Puts copies of labels at the end of a list in an arena. */
typedef struct label_list {
    toc_arena *arena;
    toc_label **end;
    toc_error *err;
} label_list;

static bool copy_text(toc_arena *arena, toc_str *text)
{
    if (text->ptr)
        *text = toc_arena_str(arena, *text);
    else
        return true;
    return text->ptr != NULL;
}

static bool copy_label(toc_arena *arena, toc_label *label)
{
    return copy_text(arena, &label->name) && copy_text(arena, &label->description) &&
           copy_text(arena, &label->color) && copy_text(arena, &label->date_added);
}

static toc_rc append_label(void *user, int64_t id, const toc_label *label)
{
    (void)id;
    label_list *list = user;
    toc_label *copy = toc_arena_alloc(list->arena, sizeof(*copy));
    if (!copy)
        return toc_error_nomem(list->err);
    *copy = *label;
    copy->next = NULL;
    if (!copy_label(list->arena, copy))
        return toc_error_nomem(list->err);
    *list->end = copy;
    list->end = &copy->next;
    return TOC_OK;
}

static toc_rc read_attribute(toc_conn *conn, toc_stmt *stmt, bool labels, toc_arena *arena,
                             toc_attribute *attribute, toc_error *err)
{
    *attribute = (toc_attribute){.id = toc_column_int(stmt, 0),
                                 .type = toc_column_text(stmt, 1),
                                 .value = toc_column_text(stmt, 2),
                                 .displayed = toc_column_int(stmt, 3) != 0,
                                 .pinned = toc_column_int(stmt, 4) != 0,
                                 .source = toc_column_text(stmt, 5),
                                 .xid = toc_column_text(stmt, 6)};
    toc_rc rc = toc__date_column(stmt, 7, arena, &attribute->date_added, err);
    if (!rc)
        rc = toc__date_column(stmt, 8, arena, &attribute->last_modified, err);
    if (rc || !labels)
        return rc;
    label_list list = {arena, &attribute->labels, err};
    toc_target target = {TOC_KIND_ATTRIBUTE, attribute->id};
    return toc_label_each(conn, 0, target, NULL, 0, 0, append_label, &list, err);
}

toc_rc toc_attribute_each(toc_conn *conn, toc_target target, int64_t id, bool labels,
                          int64_t offset, int64_t limit, toc_attribute_fn fn, void *user,
                          toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id, type, value, displayed, pinned, source, xid, date_added,"
                            " last_modified FROM attribute WHERE object_id = ?1 AND kind = ?2"
                            " AND (?3 = 0 OR id = ?3) ORDER BY id DESC LIMIT ?4 OFFSET ?5",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, target.id);
    toc_bind_int(stmt, 2, target.kind);
    toc_bind_int(stmt, 3, id);
    toc_bind_int(stmt, 4, limit > 0 ? limit : -1);
    toc_bind_int(stmt, 5, offset > 0 ? offset : 0);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_attribute attribute;
        toc_arena_clear(&arena);
        rc = read_attribute(conn, stmt, labels, &arena, &attribute, err);
        if (!rc)
            rc = fn(user, &attribute);
        if (rc)
            return rc;
    }
    return step;
}

/* --- into an object */

typedef struct into {
    toc_object *obj;
    toc_error *err;
} into;

static toc_rc add_tag(void *user, int64_t id, const toc_tag *tag)
{
    (void)id;
    into *to = user;
    toc_tag *copy = toc__object_tag_new(to->obj);
    if (!copy)
        return toc_error_nomem(to->err);
    copy->name = tag->name;
    copy->description = tag->description;
    return copy_text(to->obj->arena, &copy->name) && copy_text(to->obj->arena, &copy->description)
               ? TOC_OK
               : toc_error_nomem(to->err);
}

static toc_rc add_label(void *user, int64_t id, const toc_label *label)
{
    (void)id;
    into *to = user;
    toc_label *copy = toc__object_label_new(to->obj);
    if (!copy)
        return toc_error_nomem(to->err);
    toc_label *next = copy->next;
    *copy = *label;
    copy->next = next;
    return copy_label(to->obj->arena, copy) ? TOC_OK : toc_error_nomem(to->err);
}

static toc_label *copy_labels(toc_arena *arena, const toc_label *from, bool *failed)
{
    toc_label *first = NULL, **end = &first;
    for (; from; from = from->next) {
        toc_label *copy = toc_arena_alloc(arena, sizeof(*copy));
        if (copy)
            *copy = *from;
        if (!copy || !copy_label(arena, copy)) {
            *failed = true;
            break;
        }
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static toc_rc add_attribute(void *user, const toc_attribute *attribute)
{
    into *to = user;
    toc_arena *arena = to->obj->arena;
    toc_attribute *copy = toc__object_attribute_new(to->obj);
    if (!copy)
        return toc_error_nomem(to->err);
    toc_attribute *next = copy->next;
    *copy = *attribute;
    copy->next = next;
    bool failed = false;
    copy->labels = copy_labels(arena, attribute->labels, &failed);
    if (failed || !copy_text(arena, &copy->type) || !copy_text(arena, &copy->value) ||
        !copy_text(arena, &copy->source) || !copy_text(arena, &copy->xid) ||
        !copy_text(arena, &copy->date_added) || !copy_text(arena, &copy->last_modified))
        return toc_error_nomem(to->err);
    return TOC_OK;
}

toc_rc toc__load_lists(toc_conn *conn, toc_target target, unsigned with, toc_object *obj,
                       toc_error *err)
{
    into to = {obj, err};
    toc_rc rc = TOC_OK;
    if (with & TOC_WITH_ATTRIBUTES) {
        obj->lists |= TOC_LIST_ATTRIBUTES;
        rc = toc_attribute_each(conn, target, 0, with & TOC_WITH_LABELS, 0, 0, add_attribute, &to,
                                err);
    }
    if (!rc && (with & TOC_WITH_TAGS)) {
        obj->lists |= TOC_LIST_TAGS;
        rc = toc_tag_each(conn, 0, target, NULL, 0, 0, add_tag, &to, err);
    }
    if (!rc && (with & TOC_WITH_LABELS)) {
        obj->lists |= TOC_LIST_LABELS;
        rc = toc_label_each(conn, 0, target, NULL, 0, 0, add_label, &to, err);
    }
    return rc;
}
