/* links.c - associations between indicators and groups, and objects seen through a tag or label. */
#include "base/error.h"
#include "base/str.h"
#include "platform/handlers.h"
#include "platform/place.h"

toc_rc toc__linked_one(toc_call *call, toc_error *err)
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

/* Links between indicators carry the generic name that batch files use. */
static toc_str association_of(toc_call *call, const toc_place *from, const toc_place *to)
{
    toc_buf text;
    if (from->target.kind != TOC_KIND_INDICATOR || to->target.kind != TOC_KIND_INDICATOR)
        return TOC_S("");
    toc_buf_init(&text, TOC_MAX_TARGET);
    toc_buf_text(&text, from->type->name);
    toc_buf_lit(&text, " to Indicators");
    toc_str name = toc_arena_str(&call->arena, toc_buf_view(&text));
    toc_buf_done(&text);
    return name;
}

static toc_rc both_ends(toc_call *call, toc_place *from, toc_place *to, toc_error *err)
{
    toc_rc rc = toc__first_place(call, from, err);
    if (!rc)
        rc = toc__second_place(call, to, err);
    if (!rc && from->target.kind == to->target.kind && from->target.id == to->target.id)
        rc = toc__refuse(err, 400, "Invalid association");
    return rc;
}

toc_rc toc__link_add(toc_call *call, toc_error *err)
{
    toc_place from, to;
    toc_rc rc = both_ends(call, &from, &to, err);
    if (!rc)
        rc =
            toc_link_add(call->conn, from.target, to.target, association_of(call, &from, &to), err);
    if (!rc)
        toc__done(call, 201);
    return rc;
}

toc_rc toc__link_remove(toc_call *call, toc_error *err)
{
    toc_place from, to;
    toc_rc rc = both_ends(call, &from, &to, err);
    if (!rc)
        rc = toc_link_remove(call->conn, from.target, to.target, association_of(call, &from, &to),
                             err);
    /* An end of the other side may have given the link its name. */
    if (!rc && from.target.kind == to.target.kind && from.target.kind == TOC_KIND_INDICATOR)
        rc = toc_link_remove(call->conn, from.target, to.target, association_of(call, &to, &from),
                             err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
