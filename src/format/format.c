/* format.c - the table of formats and the formatter that drives one of them. */
#include "format/format.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"

static const toc_format *const formats[] = {
    &toc__format_cef,   &toc__format_leef,   &toc__format_csv,  &toc__format_json,
    &toc__format_jsonl, &toc__format_keyval, &toc__format_text, &toc__format_list};

const toc_format *toc_format_at(size_t index)
{
    return index < TOC_COUNT(formats) ? formats[index] : NULL;
}

const toc_format *toc_format_find(const char *name)
{
    for (size_t i = 0; name && i < TOC_COUNT(formats); i++)
        if (strcmp(formats[i]->info.name, name) == 0)
            return formats[i];
    return NULL;
}

toc_format_info toc_format_describe(const toc_format *format)
{
    return format ? format->info : (toc_format_info){0};
}

toc_rc toc_formatter_new(const toc_format *format, unsigned flags, toc_formatter **formatter,
                         toc_error *err)
{
    if (!format || !formatter)
        return toc_error_set(err, TOC_EINVAL, "a formatter needs a format");
    if (flags & ~TOC_FORMAT_COMPAT)
        return toc_error_set(err, TOC_EINVAL, "unknown flags of a formatter");
    toc_formatter *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->format = format;
    made->flags = flags;
    toc_buf_init(&made->buf, TOC_MAX_RESPONSE);
    toc_arena_init(&made->arena, 0);
    *formatter = made;
    return TOC_OK;
}

void toc_formatter_free(toc_formatter *formatter)
{
    if (!formatter)
        return;
    toc_buf_done(&formatter->buf);
    toc_arena_done(&formatter->arena);
    toc_mem_free(formatter);
}

void toc_formatter_found(toc_formatter *formatter, const toc_str *matched, size_t count,
                         toc_str uri)
{
    if (!formatter)
        return;
    formatter->matched = matched;
    formatter->matched_count = matched ? count : 0;
    formatter->uri = uri;
}

static toc_rc check_kind(const toc_formatter *formatter, toc_kind kind, toc_error *err)
{
    const toc_format_info *info = &formatter->format->info;
    if ((unsigned)kind >= TOC_KIND_COUNT)
        return toc_error_set(err, TOC_EINVAL, "unknown kind of object");
    if (info->indicators_only && kind != TOC_KIND_INDICATOR)
        return toc_error_set(err, TOC_EUNSUPPORTED, "The format %s is for indicators only",
                             info->name);
    return TOC_OK;
}

/* Hands out what was written; nothing on failure. */
static toc_rc hand_out(toc_formatter *formatter, toc_str *text, toc_error *err)
{
    toc_rc rc = toc_buf_check(&formatter->buf, err);
    if (rc)
        return rc;
    *text = formatter->buf.ptr ? toc_buf_view(&formatter->buf) : TOC_S("");
    return TOC_OK;
}

static bool is_of(const toc_plan *plan, const toc_type *type)
{
    return plan->type == type && plan->fields == type->fields &&
           plan->field_count == type->field_count;
}

/* Kept from object to object; results are often of one type, so the last one moves to the front. */
static const toc_plan *plan_of(toc_formatter *formatter, const toc_type *type)
{
    size_t at = 0;
    while (at < formatter->plan_count && !is_of(formatter->plans[at], type))
        at++;
    if (at == formatter->plan_count) {
        if (at == TOC_MAX_PLANS) {
            toc_arena_clear(&formatter->arena);
            formatter->plan_count = at = 0;
        }
        const toc_plan *plan =
            toc__format_plan(&formatter->arena, formatter->format, type->kind, type);
        if (!plan)
            return NULL;
        formatter->plans[at] = plan;
        formatter->plan_count++;
    }
    const toc_plan *found = formatter->plans[at];
    formatter->plans[at] = formatter->plans[0];
    formatter->plans[0] = found;
    return found;
}

static toc_rc begin(toc_formatter *formatter, toc_kind kind, const toc_type *type, toc_str *text,
                    toc_error *err)
{
    toc_rc rc = check_kind(formatter, kind, err);
    if (rc)
        return rc;
    toc_buf_clear(&formatter->buf);
    if (formatter->format->begin) {
        toc_arena arena = {0};
        const toc_plan *plan = toc__format_plan(&arena, formatter->format, kind, type);
        if (plan)
            formatter->format->begin(formatter, plan);
        toc_arena_done(&arena);
        if (!plan)
            return toc_error_nomem(err);
    }
    rc = hand_out(formatter, text, err);
    if (rc)
        return rc;
    formatter->array = true;
    formatter->count = 0;
    return TOC_OK;
}

toc_rc toc_formatter_begin(toc_formatter *formatter, toc_kind kind, toc_str *text, toc_error *err)
{
    if (!formatter || !text)
        return toc_error_set(err, TOC_EINVAL, "a formatter and a place for the text are needed");
    return begin(formatter, kind, NULL, text, err);
}

toc_rc toc_formatter_begin_type(toc_formatter *formatter, const toc_type *type, toc_str *text,
                                toc_error *err)
{
    if (!formatter || !type || !text)
        return toc_error_set(err, TOC_EINVAL,
                             "a formatter, a type and a place for the text are needed");
    return begin(formatter, type->kind, type, text, err);
}

toc_rc toc_formatter_object(toc_formatter *formatter, toc_object *obj, toc_str *text,
                            toc_error *err)
{
    if (!formatter || !text || !obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "an object with a type is needed");
    toc_rc rc = check_kind(formatter, obj->type->kind, err);
    if (rc)
        return rc;
    const toc_plan *plan = plan_of(formatter, obj->type);
    if (!plan)
        return toc_error_nomem(err);
    toc_buf_clear(&formatter->buf);
    formatter->format->object(formatter, plan, obj);
    toc_formatter_found(formatter, NULL, 0, (toc_str){NULL, 0});
    rc = hand_out(formatter, text, err);
    if (!rc)
        formatter->count++;
    return rc;
}

toc_rc toc_formatter_end(toc_formatter *formatter, toc_str *text, toc_error *err)
{
    if (!formatter || !text)
        return toc_error_set(err, TOC_EINVAL, "a formatter and a place for the text are needed");
    toc_buf_clear(&formatter->buf);
    if (formatter->format->end)
        formatter->format->end(formatter);
    toc_rc rc = hand_out(formatter, text, err);
    if (!rc)
        formatter->array = false;
    return rc;
}
