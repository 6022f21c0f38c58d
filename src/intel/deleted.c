/* deleted.c - indicators that are there no more (ti.md 6.5). */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"
#include "filter/filter.h"
#include "intel/list.h"
#include "intel/path.h"
#include "tocsin/parts.h"

static toc_rc check(const toc_type *type, const toc_filter *filter, toc_error *err)
{
    if (type && type->kind != TOC_KIND_INDICATOR)
        return toc_error_set(err, TOC_EUNSUPPORTED, "only deleted indicators are remembered");
    if (filter && (filter->api.count || filter->modified_since.len))
        return toc_error_field(err, TOC_EINVAL, "filter",
                               "lists of deleted indicators take owners, terms and post filters");
    return TOC_OK;
}

toc_rc toc_deleted_open(toc_session *sess, const toc_type *type, toc_str since,
                        const toc_filter *filter, toc_list **list, toc_error *err)
{
    char room[TOC_TIME_TEXT];
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf date TOC_CLEANUP(toc_buf_done) = {0};
    if (!sess || !list)
        return toc_error_set(err, TOC_EINVAL, "toc_deleted_open needs a session and a place");
    toc_rc rc = check(type, filter, err);
    if (!rc && since.len)
        rc = toc__date_text(&since, room, "deletedSince", err);
    if (rc)
        return rc;
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&date, TOC_MAX_TARGET);
    toc_buf_str(&date, since);
    rc = toc__path_of_type(&path, TOC_KIND_INDICATOR, type, err);
    toc_buf_lit(&path, "/deleted");
    if (!rc)
        rc = toc_buf_check(&path, err);
    if (!rc)
        rc = toc_buf_check(&date, err);
    if (rc)
        return rc;
    bool named = filter && (filter->any_owner || filter->owners.count);
    toc_list_source source = {.kind = TOC_KIND_INDICATOR,
                              .item_type = type,
                              .path = path.ptr,
                              .owner = named ? NULL : sess->options.owner,
                              .owners = named,
                              .check_owner = true,
                              .query = date.len ? "deletedSince" : NULL,
                              .value = date.ptr,
                              .description = "deleted indicators"};
    return toc__list_open_source(sess, &source, filter, list, err);
}
