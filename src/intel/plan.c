/* plan.c - which requests a list consists of. */
#include "intel/plan.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "intel/path.h"
#include "model/records.h"

void toc__plan_init(toc_request_plan *plan)
{
    *plan = (toc_request_plan){.begun = false};
    toc_buf_init(&plan->path, TOC_MAX_TARGET);
}

void toc__plan_done(toc_request_plan *plan)
{
    toc_buf_done(&plan->path);
}

void toc__plan_start(toc_request_plan *plan, toc_kind kind, const toc_filter *filter,
                     const toc_list_source *source, const char *default_owner)
{
    plan->kind = kind;
    plan->type = source ? source->item_type : filter ? filter->type : NULL;
    plan->filter = filter;
    plan->source = source;
    plan->default_owner = default_owner;
    plan->begun = false;
}

static void expand_type(toc_request_plan *plan)
{
    toc_url_encode_path(&plan->path, toc_str_of(plan->api->type->branch));
}

static void expand_value(toc_request_plan *plan)
{
    const toc_api_filter *api = plan->api;
    toc_str value = api->row->indicator ? toc__path_value(api->type, api->value) : api->value;
    toc_url_encode_path(&plan->path, value);
}

static void expand_list(toc_request_plan *plan)
{
    toc__path_list(&plan->path, plan->kind, plan->type);
}

static const struct {
    const char *word;
    void (*expand)(toc_request_plan *plan);
} places[] = {{"{type}", expand_type}, {"{value}", expand_value}, {"{list}", expand_list}};

static void expand(toc_request_plan *plan, toc_str text)
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

static toc_rc describe_api(toc_request_plan *plan, toc_error *err)
{
    const toc_api_row *row = plan->api->row;
    unsigned bit = TOC_KIND_BIT(plan->kind);
    plan->single = (row->single & bit) != 0;
    plan->send_owner = (row->owner & bit) != 0;
    plan->paged = !plan->single && (plan->type || !(row->unpaged & bit));
    plan->description = plan->api->description;
    /* An indicator that is asked for by value is of the type of the value. */
    if (plan->single && row->indicator && plan->kind == TOC_KIND_INDICATOR)
        plan->item_type = plan->api->type;
    expand(plan, toc_str_of(row->path));
    if (!plan->single)
        expand(plan, TOC_S("/{list}"));
    return toc_buf_check(&plan->path, err);
}

static toc_rc describe_source(toc_request_plan *plan, toc_error *err)
{
    const toc_list_source *source = plan->source;
    if (!source->owners || !plan->owner_node)
        plan->owner = source->owner && *source->owner ? source->owner : NULL;
    plan->paged = source->paged;
    plan->check_owner = source->check_owner;
    toc_str description = toc_str_of(source->description);
    plan->description = description.len ? description : (toc_str){NULL, 0};
    toc_buf_text(&plan->path, source->path);
    return toc_buf_check(&plan->path, err);
}

/* The records that can be listed without naming anything. */
static const struct {
    toc_record record;
    const char *path;
    bool owned; /* of an owner, a page at a time */
} listed[] = {
    {TOC_RECORD_OWNER, "/v2/owners", false},
    {TOC_RECORD_TAG, "/v2/tags?detailed=true", true},
    {TOC_RECORD_LABEL, "/v2/securityLabels", true},
};

static toc_rc describe_records(toc_request_plan *plan, toc_error *err)
{
    size_t at = 0;
    while (at < TOC_COUNT(listed) &&
           (!plan->type || plan->type != toc__record_type(listed[at].record)))
        at++;
    if (at == TOC_COUNT(listed))
        return toc_error_set(err, TOC_EUNSUPPORTED,
                             "%s records can only be asked for by an API filter",
                             plan->type ? plan->type->name : "these");
    plan->send_owner = plan->paged = listed[at].owned;
    toc_buf_text(&plan->path, listed[at].path);
    return toc_buf_check(&plan->path, err);
}

/* sdk.md 2.10, "Lists" */
static toc_str describe_all(const toc_request_plan *plan)
{
    const toc_filter *filter = plan->filter;
    if (!filter)
        return (toc_str){NULL, 0};
    return filter->modified_since.len ? filter->modified_text : TOC_S("filter by owner");
}

/* The kinds whose objects carry no owner, so that none can be checked (sdk.md 3.3). */
static bool names_owner(toc_kind kind)
{
    return kind != TOC_KIND_VICTIM && kind != TOC_KIND_RECORD;
}

static const char *owner_of(const toc_request_plan *plan)
{
    if (plan->filter && plan->filter->any_owner)
        return NULL;
    const char *owner = plan->owner_node ? plan->owner_node->name.ptr : plan->default_owner;
    return owner && *owner ? owner : NULL;
}

/* The type of the kinds that have one only: their items do not say it. */
static const toc_type *only_type(toc_kind kind)
{
    if (kind != TOC_KIND_TASK && kind != TOC_KIND_VICTIM)
        return NULL;
    return toc_types_find(NULL, kind, toc_str_of(toc_kind_entity(kind)));
}

static toc_rc describe(toc_request_plan *plan, toc_error *err)
{
    toc_buf_clear(&plan->path);
    plan->owner = owner_of(plan);
    plan->check_owner = names_owner(plan->kind);
    plan->send_owner = plan->paged = true;
    plan->single = false;
    plan->item_type = plan->type ? plan->type : only_type(plan->kind);
    if (plan->source)
        return describe_source(plan, err);
    if (plan->api)
        return describe_api(plan, err);
    plan->description = describe_all(plan);
    if (plan->kind == TOC_KIND_RECORD)
        return describe_records(plan, err);
    return toc__path_of_type(&plan->path, plan->kind, plan->type, err);
}

/* API filters turn fastest, then owners. */
static bool advance(toc_request_plan *plan)
{
    const toc_filter *filter = plan->filter;
    bool planned = filter && !plan->source;
    if (!plan->begun) {
        bool owners = filter && (!plan->source || plan->source->owners);
        plan->begun = true;
        plan->owner_node = owners ? filter->owners.first : NULL;
        plan->api = planned ? filter->api.first : NULL;
        return true;
    }
    if (plan->api && plan->api->next) {
        plan->api = plan->api->next;
        return true;
    }
    if (!plan->owner_node || !plan->owner_node->next)
        return false;
    plan->owner_node = plan->owner_node->next;
    plan->api = planned ? filter->api.first : NULL;
    return true;
}

bool toc__plan_begins_owner(const toc_request_plan *plan)
{
    return !plan->api || plan->api == plan->filter->api.first;
}

int toc__plan_next(toc_request_plan *plan, toc_error *err)
{
    if (!advance(plan))
        return 0;
    toc_rc rc = describe(plan, err);
    return rc ? rc : 1;
}
