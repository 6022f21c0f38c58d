/* links.c - associations between objects, and objects seen through a tag or label. */
#include "base/str.h"
#include "platform/associations.h"
#include "platform/handlers.h"
#include "platform/place.h"

toc_rc toc__linked_one(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_query query = {.owner = call->owner.id, .kind = call->route->kind};
    toc_rc rc = toc__through_parent(call, &query, err);
    if (!rc)
        rc = toc__second_place(call, &place, err);
    if (rc)
        return rc;
    query.type = place.type;
    query.id = place.target.id;
    return toc__answer_object(call, &query, TOC_FORM_LIST, 200, err);
}

static bool is_kind(const toc_place *place, toc_kind kind)
{
    return place->target.kind == kind;
}

/* Links between indicators carry the generic name that batch files use, others none. */
static toc_rc association_of(toc_incoming *call, const toc_place *from, const toc_place *to,
                             toc_str *name, toc_error *err)
{
    *name = TOC_S("");
    if (!is_kind(from, TOC_KIND_INDICATOR) || !is_kind(to, TOC_KIND_INDICATOR))
        return TOC_OK;
    return toc__generic_association(from->type, &call->arena, name, err);
}

static toc_rc add(toc_incoming *call, const toc_place *from, const toc_place *to, toc_error *err)
{
    toc_str name;
    toc_rc rc = association_of(call, from, to, &name, err);
    return rc ? rc : toc_link_add(call->conn, from->target, to->target, name, err);
}

static toc_rc drop(toc_incoming *call, const toc_place *from, const toc_place *to, toc_error *err)
{
    toc_str name;
    toc_rc rc = association_of(call, from, to, &name, err);
    return rc ? rc : toc_link_remove(call->conn, from->target, to->target, name, err);
}

static toc_rc both_ends(toc_incoming *call, toc_place *from, toc_place *to, toc_error *err)
{
    *to = (toc_place){0};
    toc_rc rc = toc__first_place(call, from, err);
    if (!rc)
        rc = toc__second_place(call, to, err);
    if (!rc && from->target.kind == to->target.kind && from->target.id == to->target.id)
        rc = toc__refuse(err, 400, "Invalid association");
    return rc;
}

/* rest-v2 2.11 */
static toc_rc check_victim(toc_incoming *call, const toc_place *place, toc_error *err)
{
    int64_t count = 0;
    toc_query query = {
        .owner = call->owner.id, .kind = TOC_KIND_VICTIM_ASSET, .parent = place->target.id};
    if (!is_kind(place, TOC_KIND_VICTIM))
        return TOC_OK;
    toc_rc rc = toc_object_count(call->conn, &query, &count, err);
    if (!rc && !count)
        rc = toc__refuse(err, 400,
                         "Invalid association, a Victim without a Victim Asset cannot be "
                         "associated");
    return rc;
}

/* A victim that is linked or unlinked does so with all its assets. */
static toc_rc rejoin(toc_incoming *call, const toc_place *one, const toc_place *other,
                     toc_error *err)
{
    if (!is_kind(other, TOC_KIND_VICTIM))
        return TOC_OK;
    return toc_assets_rejoin(call->conn, one->target, other->target.id, err);
}

toc_rc toc__link_add(toc_incoming *call, toc_error *err)
{
    toc_place from, to;
    bool elsewhere = false;
    toc_rc rc = both_ends(call, &from, &to, err);
    if (rc == TOC_EHTTP && from.target.id && !to.target.id &&
        !toc__second_elsewhere(call, &elsewhere, NULL) && elsewhere)
        return toc__refuse(err, 400, "The owners of the requested objects were different");
    if (!rc)
        rc = check_victim(call, &from, err);
    if (!rc)
        rc = check_victim(call, &to, err);
    if (!rc && is_kind(&to, TOC_KIND_VICTIM_ASSET))
        rc = toc_asset_link(call->conn, from.target, to.target.id, err);
    else if (!rc)
        rc = add(call, &from, &to, err);
    if (!rc)
        rc = rejoin(call, &from, &to, err);
    if (!rc)
        rc = rejoin(call, &to, &from, err);
    if (!rc)
        toc__done(call, 201);
    return rc;
}

toc_rc toc__link_remove(toc_incoming *call, toc_error *err)
{
    toc_place from, to;
    toc_rc rc = both_ends(call, &from, &to, err);
    if (!rc && is_kind(&to, TOC_KIND_VICTIM_ASSET))
        rc = toc_asset_unlink(call->conn, from.target, to.target.id, err);
    else if (!rc)
        rc = drop(call, &from, &to, err);
    /* An end of the other side may have given the link its name. */
    if (!rc && is_kind(&from, TOC_KIND_INDICATOR) && is_kind(&to, TOC_KIND_INDICATOR))
        rc = drop(call, &to, &from, err);
    if (!rc)
        rc = rejoin(call, &from, &to, err);
    if (!rc)
        rc = rejoin(call, &to, &from, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
