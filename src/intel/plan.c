/* plan.c - which requests a list consists of. */
#include "intel/plan.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "intel/path.h"

void toc__plan_init(toc_plan *plan, toc_kind kind, const toc_type *type, const toc_filter *filter,
                    const char *default_owner)
{
    *plan =
        (toc_plan){.kind = kind, .type = type, .filter = filter, .default_owner = default_owner};
    toc_buf_init(&plan->path, TOC_MAX_TARGET);
}

void toc__plan_done(toc_plan *plan)
{
    toc_buf_done(&plan->path);
}

bool toc__plan_overlaps(const toc_plan *plan)
{
    return plan->filter && plan->filter->api.count > 1;
}

static void expand_type(toc_plan *plan)
{
    toc_url_encode_path(&plan->path, toc_str_of(plan->api->type->branch));
}

static void expand_value(toc_plan *plan)
{
    const toc_api_filter *api = plan->api;
    toc_str value = api->row->indicator ? toc__path_value(api->type, api->value) : api->value;
    toc_url_encode_path(&plan->path, value);
}

static void expand_list(toc_plan *plan)
{
    toc__path_list(&plan->path, plan->kind, plan->type);
}

static const struct {
    const char *word;
    void (*expand)(toc_plan *plan);
} places[] = {{"{type}", expand_type}, {"{value}", expand_value}, {"{list}", expand_list}};

static void expand(toc_plan *plan, toc_str text)
{
    while (text.len) {
        size_t step = 1;
        for (size_t i = 0; i < TOC_COUNT(places) && step == 1; i++) {
            if (!toc_str_starts(text, toc_str_of(places[i].word)))
                continue;
            places[i].expand(plan);
            step = strlen(places[i].word);
        }
        if (step == 1)
            toc_buf_char(&plan->path, text.ptr[0]);
        text = toc_str_slice(text, step, text.len);
    }
}

static toc_rc describe_api(toc_plan *plan, toc_error *err)
{
    const toc_api_row *row = plan->api->row;
    unsigned bit = TOC_KIND_BIT(plan->kind);
    plan->single = (row->single & bit) != 0;
    plan->send_owner = (row->owner & bit) != 0;
    plan->paged = !plan->single && (plan->type || !(row->unpaged & bit));
    plan->item_type = plan->type;
    if (plan->single && row->indicator)
        plan->item_type = plan->api->type;
    expand(plan, toc_str_of(row->path));
    if (!plan->single)
        expand(plan, TOC_S("/{list}"));
    return toc_buf_check(&plan->path, err);
}

static toc_rc describe(toc_plan *plan, toc_error *err)
{
    toc_buf_clear(&plan->path);
    plan->owner = plan->owner_node ? plan->owner_node->name.ptr : plan->default_owner;
    if (plan->api)
        return describe_api(plan, err);
    plan->single = false;
    plan->send_owner = plan->paged = true;
    plan->item_type = plan->type;
    return toc__path_of_type(&plan->path, plan->kind, plan->type, err);
}

/* API filters turn fastest, then owners. */
static bool advance(toc_plan *plan)
{
    const toc_filter *filter = plan->filter;
    if (!plan->begun) {
        plan->begun = true;
        plan->owner_node = filter ? filter->owners.first : NULL;
        plan->api = filter ? filter->api.first : NULL;
        return true;
    }
    if (plan->api && plan->api->next) {
        plan->api = plan->api->next;
        return true;
    }
    if (!plan->owner_node || !plan->owner_node->next)
        return false;
    plan->owner_node = plan->owner_node->next;
    plan->api = filter->api.first;
    return true;
}

int toc__plan_next(toc_plan *plan, toc_error *err)
{
    if (!advance(plan))
        return 0;
    toc_rc rc = describe(plan, err);
    return rc ? rc : 1;
}
