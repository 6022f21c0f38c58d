/* path.c - paths of types and objects, from the type table. */
#include "intel/path.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/* Kinds whose branch is divided by type. */
static const bool divided[] = {
    [TOC_KIND_INDICATOR] = true,       [TOC_KIND_GROUP] = true,   [TOC_KIND_VICTIM_ASSET] = true,
    [TOC_KIND_ADVERSARY_ASSET] = true, [TOC_KIND_RECORD] = false,
};
_Static_assert(TOC_COUNT(divided) == TOC_KIND_COUNT, "one row per kind");

void toc__path_list(toc_buf *path, toc_kind kind, const toc_type *type)
{
    toc_buf_text(path, toc_kind_branch(kind));
    if (type && divided[kind]) {
        toc_buf_lit(path, "/");
        toc_url_encode_path(path, toc_str_of(type->branch));
    }
}

toc_rc toc__path_of_type(toc_buf *path, toc_kind kind, const toc_type *type, toc_error *err)
{
    if (kind == TOC_KIND_VICTIM_ASSET || kind == TOC_KIND_ADVERSARY_ASSET)
        return toc_error_set(err, TOC_EUNSUPPORTED,
                             "assets are reached through their victim or adversary only");
    if (kind == TOC_KIND_RECORD)
        return toc_error_set(err, TOC_EUNSUPPORTED, "a %s is a part of something else",
                             type ? type->name : toc_kind_entity(kind));
    toc_buf_lit(path, "/v2/");
    toc__path_list(path, kind, type);
    return toc_buf_check(path, err);
}

toc_str toc__path_value(const toc_type *type, toc_str value)
{
    if (!(type->traits & TOC_TYPE_HASHES))
        return value;
    toc_str part;
    while (toc_str_cut(&value, ':', &part)) {
        part = toc_str_trim(part);
        if (part.len)
            return part;
    }
    return (toc_str){NULL, 0};
}

static toc_rc check_id(const toc_type *type, toc_str id, toc_error *err)
{
    int64_t number;
    if (type->kind != TOC_KIND_INDICATOR && (!toc_str_to_int(id, &number) || number < 0))
        return toc_error_field(err, TOC_EINVAL, "id", "the id of a %s is a whole number",
                               toc_kind_entity(type->kind));
    if (toc_url_is_dot_segment(id))
        return toc_error_field(err, TOC_EINVAL, "id", "\"%.*s\" cannot stand in a path",
                               TOC_FMT(id));
    return TOC_OK;
}

toc_rc toc__path_of_object(toc_buf *path, const toc_type *type, toc_str id, toc_error *err)
{
    toc_str value = type->kind == TOC_KIND_INDICATOR ? toc__path_value(type, id) : id;
    toc_rc rc = check_id(type, value, err);
    if (!rc)
        rc = toc__path_of_type(path, type->kind, type, err);
    if (rc)
        return rc;
    toc_buf_lit(path, "/");
    toc_url_encode_path(path, value);
    return toc_buf_check(path, err);
}
