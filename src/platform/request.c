#include "platform/request.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/str.h"

static toc_rc add_segment(toc_str raw, toc_arena *arena, toc_target_parts *parts, toc_error *err)
{
    if (parts->segment_count == TOC_MAX_PATH_SEGMENTS)
        return toc_error_set(err, TOC_ELIMIT, "the path has too many segments");
    toc_str text = raw.len ? toc_url_decode(arena, raw, false) : TOC_S("");
    if (!text.ptr || !toc_str_is_text(text))
        return toc_error_set(err, TOC_EPARSE, "the path is not properly encoded");
    parts->segments[parts->segment_count++] = text;
    return TOC_OK;
}

static toc_rc split_path(toc_str path, toc_arena *arena, toc_target_parts *parts, toc_error *err)
{
    toc_str rest = path;
    toc_str part;
    if (!path.len || path.ptr[0] != '/')
        return toc_error_set(err, TOC_EPARSE, "the path does not begin with '/'");
    rest = toc_str_slice(path, 1, path.len);
    if (rest.len && rest.ptr[rest.len - 1] == '/')
        rest.len--;
    while (toc_str_cut(&rest, '/', &part)) {
        toc_rc rc = add_segment(part, arena, parts, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc split_query(toc_str query, toc_arena *arena, toc_target_parts *parts, toc_error *err)
{
    toc_str pair;
    while (toc_str_cut(&query, '&', &pair)) {
        if (!pair.len)
            continue;
        if (parts->param_count == TOC_MAX_QUERY_PARAMS)
            return toc_error_set(err, TOC_ELIMIT, "the query has too many parameters");
        ptrdiff_t eq = toc_str_find_char(pair, '=');
        size_t end = eq < 0 ? pair.len : (size_t)eq;
        toc_str value = eq < 0 ? TOC_S("") : toc_str_slice(pair, end + 1, pair.len);
        toc_param *param = &parts->params[parts->param_count++];
        param->name = toc_url_decode(arena, toc_str_slice(pair, 0, end), true);
        param->value = value.len ? toc_url_decode(arena, value, true) : TOC_S("");
        if (!param->name.ptr || !param->value.ptr || !toc_str_is_text(param->value))
            return toc_error_set(err, TOC_EPARSE, "the query is not properly encoded");
    }
    return TOC_OK;
}

/* Both /api/v2/... and /v2/... lead to the same routes. */
static void drop_prefix(toc_target_parts *parts)
{
    size_t drop = 0;
    if (drop < parts->segment_count && toc_str_equal_fold(parts->segments[drop], TOC_S("api")))
        drop++;
    parts->versioned =
        drop < parts->segment_count && toc_str_equal_fold(parts->segments[drop], TOC_S("v2"));
    drop += parts->versioned;
    for (size_t i = drop; i < parts->segment_count; i++)
        parts->segments[i - drop] = parts->segments[i];
    parts->segment_count -= drop;
}

toc_rc toc_target_split(toc_str target, toc_arena *arena, toc_target_parts *parts, toc_error *err)
{
    parts->segment_count = 0;
    parts->param_count = 0;
    if (target.len > TOC_MAX_TARGET)
        return toc_error_set(err, TOC_ELIMIT, "the request target is too long");
    ptrdiff_t mark = toc_str_find_char(target, '?');
    size_t end = mark < 0 ? target.len : (size_t)mark;
    toc_rc rc = split_path(toc_str_slice(target, 0, end), arena, parts, err);
    if (!rc && mark >= 0)
        rc = split_query(toc_str_slice(target, end + 1, target.len), arena, parts, err);
    if (!rc)
        drop_prefix(parts);
    return rc;
}

toc_str toc_target_param(const toc_target_parts *parts, const char *name)
{
    toc_str wanted = toc_str_of(name);
    for (size_t i = 0; i < parts->param_count; i++) {
        if (toc_str_equal(parts->params[i].name, wanted))
            return parts->params[i].value;
    }
    return (toc_str){NULL, 0};
}

bool toc_target_flag(const toc_target_parts *parts, const char *name)
{
    return toc_str_equal_fold(toc_target_param(parts, name), TOC_S("true"));
}

toc_str toc_request_header(const toc_request *request, const char *name)
{
    toc_str wanted = toc_str_of(name);
    for (size_t i = 0; i < request->header_count; i++) {
        if (toc_str_equal_fold(request->headers[i].name, wanted))
            return request->headers[i].value;
    }
    return (toc_str){NULL, 0};
}
