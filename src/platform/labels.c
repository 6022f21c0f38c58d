/* labels.c - security labels of an object or attribute, and the labels of an owner. */
#include "base/codec.h"
#include "base/mem.h"
#include "platform/filters.h"
#include "platform/handlers.h"
#include "platform/place.h"

typedef struct label_list {
    toc_incoming *call;
    int64_t only; /* id of the one that is wanted; 0: all */
    bool write;
    int64_t count;
} label_list;

static toc_rc each(void *user, int64_t id, const toc_label *label)
{
    label_list *list = user;
    if (list->only && list->only != id)
        return TOC_OK;
    list->count++;
    if (list->write)
        toc_codec_encode_label(&list->call->out, label);
    return list->call->body.failed;
}

static toc_rc list_labels(toc_incoming *call, toc_target target, const toc_terms *terms, bool all,
                          toc_error *err)
{
    label_list list = {.call = call};
    int64_t owner = call->owner.id;
    toc_page page;
    toc_rc rc = toc__page(call, all, &page, err);
    if (!rc && !page.start)
        rc = toc_label_each(call->conn, owner, target, terms, 0, INT64_MAX, each, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : list.count, "securityLabel");
    list.write = true;
    if (page.limit)
        rc = toc_label_each(call->conn, owner, target, terms, page.start, page.limit, each, &list,
                            err);
    toc__end_list(call);
    return rc;
}

static toc_rc answer(toc_incoming *call, toc_target target, int64_t label, toc_error *err)
{
    label_list list = {.call = call, .only = label, .write = true};
    toc__begin(call, 200);
    toc__json_key(&call->out, "securityLabel");
    toc_rc rc =
        toc_label_each(call->conn, call->owner.id, target, NULL, 0, INT64_MAX, each, &list, err);
    toc__end(call);
    if (!rc && !list.count)
        return toc__refuse_missing(err);
    return rc;
}

static toc_rc named(toc_incoming *call, int64_t *label, toc_error *err)
{
    toc_rc rc = toc_label_id(call->conn, call->owner.id, call->args[TOC_ARG_LABEL], label, err);
    return !rc && !*label ? toc__refuse_missing(err) : rc;
}

/* The label of the path together with what carries it. */
static toc_rc named_on(toc_incoming *call, toc_target *target, int64_t *label, toc_error *err)
{
    toc_rc rc = toc__target(call, target, err);
    return rc ? rc : named(call, label, err);
}

/* --- of an object or attribute -------------------------------------------------------------- */

toc_rc toc__applied_labels(toc_incoming *call, toc_error *err)
{
    toc_target target;
    toc_rc rc = toc__target(call, &target, err);
    return rc ? rc : list_labels(call, target, NULL, true, err);
}

toc_rc toc__applied_label(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t label = 0;
    toc_rc rc = named_on(call, &target, &label, err);
    return rc ? rc : answer(call, target, label, err);
}

toc_rc toc__apply_label(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t label = 0;
    toc_rc rc = named_on(call, &target, &label, err);
    if (!rc)
        rc = toc_label_apply(call->conn, label, target, err);
    if (!rc)
        toc__done(call, 201);
    return rc;
}

toc_rc toc__unapply_label(toc_incoming *call, toc_error *err)
{
    toc_target target;
    int64_t label = 0;
    toc_rc rc = named_on(call, &target, &label, err);
    if (!rc)
        rc = toc_label_unapply(call->conn, label, target, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

/* --- of an owner --------------------------------------------------------------------------- */

static const toc_target no_target = {TOC_KIND_INDICATOR, 0};

toc_rc toc__labels_list(toc_incoming *call, toc_error *err)
{
    toc_terms terms;
    toc_rc rc = toc__read_filters(call, TOC_FILTER_LABELS, NULL, &terms, err);
    return rc ? rc : list_labels(call, no_target, &terms, false, err);
}

toc_rc toc__labels_one(toc_incoming *call, toc_error *err)
{
    int64_t label = 0;
    toc_rc rc = named(call, &label, err);
    return rc ? rc : answer(call, no_target, label, err);
}

static toc_rc read_label(toc_incoming *call, toc_label *label, toc_error *err)
{
    const toc_member members[] = {{"name", TOC_MEMBER_TEXT, &label->name, NULL},
                                  {"description", TOC_MEMBER_TEXT, &label->description, NULL},
                                  {"color", TOC_MEMBER_TEXT, &label->color, NULL}};
    toc_rc rc = toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
    if (rc)
        return rc;
    if (label->name.ptr && (!label->name.len || label->name.len > TOC_MAX_XID))
        return toc__refuse(err, 400, "The name for this Security Label is invalid");
    if (label->color.len && (label->color.len != 6 || !toc_hex_is(label->color)))
        return toc__refuse(err, 400, "The color for this Security Label is invalid");
    return TOC_OK;
}

static toc_rc refuse_taken(toc_incoming *call, toc_str name, int64_t self, toc_error *err)
{
    int64_t other = 0;
    toc_rc rc = toc_label_id(call->conn, call->owner.id, name, &other, err);
    if (!rc && other && other != self)
        return toc__refuse(err, 400,
                           "The name for this Security Label is invalid, a Security Label with "
                           "this name already exists");
    return rc;
}

toc_rc toc__labels_add(toc_incoming *call, toc_error *err)
{
    toc_label label = {0};
    int64_t id = 0;
    toc_rc rc = read_label(call, &label, err);
    if (!rc && !label.name.len)
        rc = toc__refuse(err, 400, "The name for this Security Label is invalid");
    if (!rc)
        rc = refuse_taken(call, label.name, 0, err);
    if (!rc)
        rc = toc_label_add(call->conn, call->owner.id, &label, call->now, &id, err);
    return rc ? rc : answer(call, no_target, id, err);
}

/* The system's labels cannot be changed by anybody. */
static toc_rc refuse_system(toc_rc rc, const char *operation, toc_error *err)
{
    if (rc != TOC_EAUTH)
        return rc;
    return toc__refuse(err, 401, "The requested Security Label was not %s - access was denied",
                       operation);
}

toc_rc toc__labels_change(toc_incoming *call, toc_error *err)
{
    toc_label label = {0};
    int64_t id = 0;
    toc_rc rc = named(call, &id, err);
    if (!rc)
        rc = read_label(call, &label, err);
    if (!rc && label.name.len)
        rc = refuse_taken(call, label.name, id, err);
    if (!rc)
        rc = refuse_system(toc_label_change(call->conn, id, &label, err), "updated", err);
    return rc ? rc : answer(call, no_target, id, err);
}

toc_rc toc__labels_remove(toc_incoming *call, toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = named(call, &id, err);
    if (!rc)
        rc = refuse_system(toc_label_remove(call->conn, id, err), "removed", err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
