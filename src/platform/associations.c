/* associations.c - named associations between indicators, and file actions (rest-v2 2.11). Links
 * carry the display name; paths say that or the branch. */
#include "platform/associations.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "model/check.h"
#include "platform/handlers.h"

toc_rc toc__association_allowed(const toc_store *store, toc_str word, const toc_type *from,
                                const toc_type *to, toc_error *err)
{
    const toc_association_type *row = toc_associations_find(toc_store_associations(store), word);
    if (!row && toc_association_generic(toc_store_types(store), word))
        return TOC_OK;
    if (row && toc_association_fits(row, from, to))
        return TOC_OK;
    if (!row)
        return toc_error_set(err, TOC_EINVAL, "Invalid association");
    return toc_error_set(err, TOC_EINVAL,
                         "Invalid association, %s %s cannot be associated with %s %s",
                         toc__article(from->name), from->name, toc__article(to->name), to->name);
}

toc_rc toc__generic_association(const toc_type *type, toc_arena *arena, toc_str *name,
                                toc_error *err)
{
    size_t len = strlen(type->name);
    char *room = toc_arena_alloc(arena, len + sizeof(TOC_GENERIC_ASSOCIATION));
    if (!room)
        return toc_error_nomem(err);
    memcpy(room, type->name, len);
    memcpy(room + len, TOC_GENERIC_ASSOCIATION, sizeof(TOC_GENERIC_ASSOCIATION));
    *name = (toc_str){room, len + sizeof(TOC_GENERIC_ASSOCIATION) - 1};
    return TOC_OK;
}

/* Only a file acts. */
static toc_rc check_actor(toc_incoming *call, toc_error *err)
{
    const toc_type *type = NULL;
    toc_rc rc = toc__branch(call, TOC_KIND_INDICATOR, call->args[TOC_ARG_IT], &type, err);
    return rc ? rc : toc__need_file(type, err);
}

/* The association or action that the path names, as links carry it. */
static toc_rc find_name(toc_incoming *call, toc_error *err)
{
    const toc_store *store = call->platform->store;
    bool action = call->args[TOC_ARG_ACTION].ptr != NULL;
    toc_str word = call->args[action ? TOC_ARG_ACTION : TOC_ARG_ASSOC];
    toc_rc rc = action ? check_actor(call, err) : TOC_OK;
    if (rc)
        return rc;
    const toc_association_type *row = toc_associations_find(toc_store_associations(store), word);
    if (row && row->file_action == action) {
        call->association = toc_str_of(row->name);
        return TOC_OK;
    }
    const toc_type *type =
        row || action ? NULL : toc_association_generic(toc_store_types(store), word);
    return type ? toc__generic_association(type, &call->arena, &call->association, err)
                : toc__refuse_missing(err);
}

toc_rc toc__named_list(toc_incoming *call, toc_error *err)
{
    toc_rc rc = find_name(call, err);
    return rc ? rc : toc__objects_list(call, err);
}

toc_rc toc__named_one(toc_incoming *call, toc_error *err)
{
    toc_rc rc = find_name(call, err);
    return rc ? rc : toc__linked_one(call, err);
}

static toc_rc both_ends(toc_incoming *call, toc_place *from, toc_place *to, toc_error *err)
{
    toc_rc rc = find_name(call, err);
    if (!rc)
        rc = toc__first_place(call, from, err);
    if (!rc)
        rc = toc__second_place(call, to, err);
    if (!rc)
        rc = toc__association_allowed(call->platform->store, call->association, from->type,
                                      to->type, err);
    if (!rc && from->target.id == to->target.id)
        rc = toc__refuse(err, 400, "Invalid association");
    return rc;
}

toc_rc toc__named_add(toc_incoming *call, toc_error *err)
{
    toc_place from, to;
    toc_rc rc = both_ends(call, &from, &to, err);
    if (!rc)
        rc = toc_link_add(call->conn, from.target, to.target, call->association, err);
    if (!rc)
        toc__done(call, 201);
    return rc;
}

toc_rc toc__named_remove(toc_incoming *call, toc_error *err)
{
    toc_place from, to;
    toc_rc rc = both_ends(call, &from, &to, err);
    if (!rc)
        rc = toc_link_remove(call->conn, from.target, to.target, call->association, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
