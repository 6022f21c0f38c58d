/* owners.c - the owners that the caller can read. */
#include "base/arena.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/parts.h"

struct toc_owners {
    toc_arena arena; /* the texts */
    toc_owner *items;
    size_t count, size;
};

static toc_rc append(toc_owners *owners, toc_owner owner, toc_error *err)
{
    if (owners->count == owners->size) {
        size_t size = owners->size ? owners->size * 2 : 16;
        toc_owner *items = toc_mem_resize(owners->items, size * sizeof(*items));
        if (!items)
            return toc_error_nomem(err);
        owners->items = items;
        owners->size = size;
    }
    owners->items[owners->count++] = owner;
    return TOC_OK;
}

static toc_rc take(toc_owners *owners, const toc_object *record, toc_error *err)
{
    toc_owner owner = {.id = toc_object_get_int(record, "id"),
                       .name = toc_object_get(record, "name"),
                       .type = toc_object_get(record, "type")};
    if (!owner.name.len)
        return TOC_OK;
    owner.name = toc_arena_str(&owners->arena, owner.name);
    owner.type = toc_arena_str(&owners->arena, owner.type);
    if (!owner.name.ptr || !owner.type.ptr)
        return toc_error_nomem(err);
    return append(owners, owner, err);
}

static toc_rc read_owners(toc_session *sess, toc_owners *owners, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *record;
    toc_rc rc = toc_parts_open(sess, NULL, TOC_PART_OWNER, NULL, &list, err);
    int got = rc;
    while (!rc && (got = toc_list_next(list, &record, err)) == 1)
        rc = take(owners, record, err);
    toc_list_close(list);
    return rc ? rc : got;
}

toc_rc toc_owners_get(toc_session *sess, toc_owners **owners, toc_error *err)
{
    if (!sess || !owners)
        return toc_error_set(err, TOC_EINVAL, "toc_owners_get needs a session and a place");
    toc_owners *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, 0);
    toc_rc rc = read_owners(sess, made, err);
    if (rc) {
        toc_owners_free(made);
        return rc;
    }
    *owners = made;
    return TOC_OK;
}

size_t toc_owners_count(const toc_owners *owners)
{
    return owners ? owners->count : 0;
}

toc_owner toc_owners_at(const toc_owners *owners, size_t index)
{
    return owners && index < owners->count ? owners->items[index] : (toc_owner){0};
}

toc_owner toc_owners_find(const toc_owners *owners, toc_str name)
{
    for (size_t i = 0; i < toc_owners_count(owners); i++) {
        if (toc_str_equal_fold(owners->items[i].name, name))
            return owners->items[i];
    }
    return (toc_owner){0};
}

toc_owner toc_owners_find_id(const toc_owners *owners, int64_t id)
{
    for (size_t i = 0; i < toc_owners_count(owners); i++) {
        if (owners->items[i].id == id)
            return owners->items[i];
    }
    return (toc_owner){0};
}

void toc_owners_free(toc_owners *owners)
{
    if (!owners)
        return;
    toc_arena_done(&owners->arena);
    toc_mem_free(owners->items);
    toc_mem_free(owners);
}
