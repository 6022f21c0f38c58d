/* print.c - filters as people read them: descriptions, the printed form (sdk.md 3.1, 3.2, 3.6). */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/sheet.h"
#include "filter/filter.h"

#define TEXT_MAX (64U * 1024U)
#define LABEL 29

static const char *const op_names[] = {
    [TOC_OP_EQ] = "EQ", [TOC_OP_NE] = "NE", [TOC_OP_GT] = "GT",         [TOC_OP_GE] = "GE",
    [TOC_OP_LT] = "LT", [TOC_OP_LE] = "LE", [TOC_OP_STARTS] = "STARTS",
};
_Static_assert(TOC_COUNT(op_names) == TOC_OP_COUNT, "one name per operator");

const char *toc__op_name(toc_op op)
{
    return op_names[op];
}

/* "threatAssessRating" and "threat_assess_rating" in words, joined by between. */
static void put_words(toc_buf *buf, toc_str name, char between)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool upper = c >= 'A' && c <= 'Z';
        bool edge = c == '_' || c == ' ';
        if (edge || (upper && i && name.ptr[i - 1] >= 'a' && name.ptr[i - 1] <= 'z'))
            toc_buf_char(buf, between);
        if (!edge)
            toc_buf_char(buf, upper ? (char)(c + ('a' - 'A')) : c);
    }
}

/* {NULL,0} when out of memory. */
static toc_str keep(toc_filter *filter, toc_buf *buf)
{
    toc_str text = {NULL, 0};
    if (!buf->failed)
        text = toc_arena_str(&filter->arena, toc_buf_view(buf));
    toc_buf_done(buf);
    return text;
}

static void put_value(toc_buf *buf, toc_str value, bool quoted)
{
    toc_buf_text(buf, quoted ? " \"" : " ");
    toc_buf_str(buf, value);
    if (quoted)
        toc_buf_char(buf, '"');
}

/* The SDK's text for documents is a plural. */
static toc_str group_words(const toc_type *type)
{
    toc_str entity = toc_str_of(type->entity);
    return toc_str_equal(entity, TOC_S("document")) ? TOC_S("documents") : entity;
}

bool toc__describe_api(toc_filter *filter, toc_api_filter *api)
{
    const toc_api_row *row = api->row;
    toc_buf buf = {0};
    toc_buf_init(&buf, TOC_MAX_VALUE + TEXT_MAX);
    toc_buf_lit(&buf, "api filter by ");
    if (row->says) {
        toc_buf_text(&buf, row->says);
    } else {
        put_words(&buf, group_words(api->type), ' ');
        toc_buf_lit(&buf, " id");
    }
    put_value(&buf, api->value, row->quoted);
    api->description = keep(filter, &buf);
    return api->description.ptr != NULL;
}

bool toc__describe_post(toc_filter *filter, toc_post *post, const char *name)
{
    toc_buf buf = {0};
    toc_buf_init(&buf, TEXT_MAX);
    toc_buf_lit(&buf, "add_pf_");
    put_words(&buf, toc_str_of(name), '_');
    post->name = keep(filter, &buf);
    toc_buf_init(&buf, TEXT_MAX);
    put_words(&buf, toc_str_of(name), ' ');
    post->method = keep(filter, &buf);
    toc_buf_init(&buf, TOC_MAX_TEXT);
    toc_buf_lit(&buf, "post filter by ");
    toc_buf_str(&buf, post->method);
    toc_buf_char(&buf, ' ');
    toc_buf_text(&buf, toc__op_name(post->op));
    bool date = post->source == TOC_POST_FIELD && post->value == TOC_VALUE_DATE;
    if (date)
        toc_buf_printf(&buf, " %lld seconds", (long long)post->integer);
    else
        put_value(&buf, post->text,
                  filter->kind == TOC_KIND_RECORD && toc_str_equal(post->method, TOC_S("name")));
    post->description = keep(filter, &buf);
    return post->name.ptr && post->method.ptr && post->description.ptr;
}

bool toc__describe_since(toc_filter *filter)
{
    toc_buf buf = {0};
    toc_buf_init(&buf, TEXT_MAX);
    toc_buf_text(&buf, filter->type ? "Indicator Owner Filter" : "Owner Filter");
    toc_buf_lit(&buf, " modified since ");
    toc_buf_str(&buf, filter->modified_since);
    toc_str text = keep(filter, &buf);
    if (text.ptr)
        filter->modified_text = text;
    return text.ptr != NULL;
}

size_t toc_filter_count(const toc_filter *filter, toc_filter_part part)
{
    if (!filter)
        return 0;
    size_t api = part != TOC_FILTER_POST ? filter->api.count : 0;
    return api + (part != TOC_FILTER_API ? filter->posts.count : 0);
}

toc_str toc_filter_description(const toc_filter *filter, toc_filter_part part, size_t index)
{
    if (!filter)
        return (toc_str){NULL, 0};
    if (part != TOC_FILTER_POST) {
        for (const toc_api_filter *api = filter->api.first; api; api = api->next)
            if (index-- == 0)
                return api->description;
    }
    if (part != TOC_FILTER_API) {
        for (const toc_post *post = filter->posts.first; post; post = post->next)
            if (index-- == 0)
                return post->description;
    }
    return (toc_str){NULL, 0};
}

static void put_names(toc_buf *out, const char *title, const char *const *names, const char *before)
{
    if (!*names)
        return;
    toc__sheet_section(out, title);
    for (; *names; names++) {
        char text[80];
        int length = snprintf(text, sizeof(text), "%s%s", before, *names);
        toc__sheet_row(out, "Filter", LABEL, NULL, (toc_str){text, (size_t)length});
    }
}

static void put_filter(toc_buf *out, const toc_filter *filter, bool all)
{
    const toc_filter_names *names = toc__filter_names(filter->kind, filter->type);
    char count[24];
    int length = snprintf(count, sizeof(count), "%zu", filter->api.count);
    toc__sheet_title(out, "Filter Object");
    toc__sheet_first(out, "Filter Properties");
    toc__sheet_row(out, "Operator", LABEL, NULL,
                   all ? TOC_S("FilterSetOperator.AND") : TOC_S("FilterSetOperator.OR"));
    toc__sheet_row(out, "Request Objects", LABEL, NULL, (toc_str){count, (size_t)length});
    if (filter->owners.count)
        toc__sheet_section(out, "Owners");
    for (const toc_owner_name *owner = filter->owners.first; owner; owner = owner->next)
        toc__sheet_row(out, "Owner", LABEL, NULL, owner->name);
    if (filter->api.count)
        toc__sheet_section(out, "Filters");
    for (const toc_api_filter *api = filter->api.first; api; api = api->next)
        toc__sheet_row(out, "Filter", LABEL, NULL, api->description);
    put_names(out, "API Filters", names->api, "add_");
    put_names(out, "Post Filters", names->post, "add_pf_");
    toc_buf_char(out, '\n');
}

static toc_rc hand_out(toc_buf *out, char **text, toc_error *err)
{
    toc_rc rc = toc_buf_check(out, err);
    if (!rc)
        *text = toc_buf_take(out);
    toc_buf_done(out);
    return rc;
}

toc_rc toc_filter_print(const toc_filter *filter, char **text, toc_error *err)
{
    if (!filter || !text)
        return toc_error_set(err, TOC_EINVAL, "a filter and a place for its text are needed");
    toc_buf out = {0};
    toc_buf_init(&out, TOC_MAX_TEXT);
    put_filter(&out, filter, true);
    for (const toc_join *join = filter->joins.first; join; join = join->next)
        put_filter(&out, join->filter, join->all);
    return hand_out(&out, text, err);
}

toc_rc toc_filter_print_post(const toc_filter *filter, size_t index, char **text, toc_error *err)
{
    const toc_post *post = filter ? filter->posts.first : NULL;
    for (; post && index; index--)
        post = post->next;
    if (!post || !text)
        return toc_error_set(err, TOC_EINVAL, "there is no such post filter");
    toc_buf out = {0};
    toc_buf_init(&out, TOC_MAX_TEXT);
    toc__sheet_title(&out, "Post Filter Object");
    toc__sheet_first(&out, "Filter Properties");
    toc__sheet_row(&out, "description", TOC_SHEET_LABEL, ": ", post->description);
    toc__sheet_row(&out, "filter", TOC_SHEET_LABEL, ": ", post->text);
    toc__sheet_row(&out, "method", TOC_SHEET_LABEL, ": ", post->name);
    toc__sheet_row(&out, "operator", TOC_SHEET_LABEL, ": ", toc_str_of(toc__op_name(post->op)));
    return hand_out(&out, text, err);
}
