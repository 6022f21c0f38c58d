/* names.c - which filters lists of a kind take, in the order in which the SDK declares them
 * (sdk.md 3.6); what it lacks stands behind. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/filter.h"
#include "model/records.h"

/* Group types that the SDK does not know. */
static const char *const later_groups[] = {
    "attack_pattern_id", "course_of_action_id", "event_id", "intrusion_set_id", "malware_id",
    "report_id",         "tactic_id",           "tool_id",  "vulnerability_id", NULL};

static const char *const typed_group_api[] = {
    "adversary_id", "campaign_id", "email_id",  "document_id",
    "id",           "incident_id", "indicator", "security_label",
    "signature_id", "tag",         "task_id",   "threat_id",
    "victim_id",    NULL};
static const char *const group_api[] = {"adversary_id",
                                        "campaign_id",
                                        "document_id",
                                        "email_id",
                                        "incident_id",
                                        "indicator",
                                        "security_label",
                                        "signature_id",
                                        "tag",
                                        "task_id",
                                        "threat_id",
                                        "victim_id",
                                        NULL};
static const char *const indicator_api[] = {
    "adversary_id",   "campaign_id",  "email_id", "incident_id", "indicator",
    "security_label", "signature_id", "tag",      "task_id",     "threat_id",
    "victim_id",      "document_id",  NULL};
static const char *const typed_indicator_api[] = {
    "adversary_id", "campaign_id",    "document_id", "email_id", "incident_id",
    "indicator",    "security_label", "tag",         "task_id",  "threat_id",
    "victim_id",    "signature_id",   NULL};
static const char *const task_api[] = {
    "adversary_id", "campaign_id", "document_id", "email_id",
    "id",           "incident_id", "indicator",   "security_label",
    "signature_id", "threat_id",   "tag",         "victim_id",
    "task_id",      NULL};
static const char *const victim_api[] = {"adversary_id",
                                         "campaign_id",
                                         "document_id",
                                         "email_id",
                                         "id",
                                         "incident_id",
                                         "indicator",
                                         "signature_id",
                                         "security_label",
                                         "tag",
                                         "task_id",
                                         "threat_id",
                                         NULL};
static const char *const owner_api[] = {"id", "indicator", NULL};
static const char *const batch_api[] = {"id", NULL};
static const char *const none[] = {NULL};

static const char *const typed_group_post[] = {"name", "date_added", "file_type", NULL};
static const char *const group_post[] = {"name", "date_added", "type", NULL};
static const char *const indicator_post[] = {"attribute",
                                             "confidence",
                                             "date_added",
                                             "last_modified",
                                             "rating",
                                             "tag",
                                             "threat_assess_confidence",
                                             "threat_assess_rating",
                                             "type",
                                             NULL};
static const char *const task_post[] = {"attribute", "name", "date_added", NULL};
static const char *const victim_post[] = {"attribute", "date_added", "name", "type", NULL};
static const char *const owner_post[] = {"name", "type", NULL};

static const toc_filter_names of_kind[] = {
    [TOC_KIND_INDICATOR] = {indicator_api, later_groups, indicator_post},
    [TOC_KIND_GROUP] = {group_api, later_groups, group_post},
    [TOC_KIND_TASK] = {task_api, later_groups, task_post},
    [TOC_KIND_VICTIM] = {victim_api, later_groups, victim_post},
    [TOC_KIND_VICTIM_ASSET] = {none, none, none},
    [TOC_KIND_ADVERSARY_ASSET] = {none, none, none},
    [TOC_KIND_RECORD] = {none, none, none},
};
_Static_assert(TOC_COUNT(of_kind) == TOC_KIND_COUNT, "one row per kind");

static const toc_filter_names of_type[] = {
    [TOC_KIND_INDICATOR] = {typed_indicator_api, later_groups, indicator_post},
    [TOC_KIND_GROUP] = {typed_group_api, later_groups, typed_group_post},
};
static const toc_filter_names of_owners = {owner_api, none, owner_post};
static const toc_filter_names of_batch = {batch_api, none, none};

const toc_filter_names *toc__filter_names(toc_kind kind, const toc_type *type)
{
    if (type && type == toc__record_type(TOC_RECORD_OWNER))
        return &of_owners;
    if (type && type == toc__record_type(TOC_RECORD_BATCH))
        return &of_batch;
    return type && kind < TOC_COUNT(of_type) ? &of_type[kind] : &of_kind[kind];
}

#define ALL_MAX 48

static size_t gather(const char *const *names, const char **all, size_t count)
{
    for (; *names && count < ALL_MAX; names++)
        all[count++] = *names;
    return count;
}

/* Few names: counting those in front is simplest. */
static const char *sorted_at(const char *const *all, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        for (size_t k = 0; k < count; k++)
            before += strcmp(all[k], all[i]) < 0;
        if (before == index)
            return all[i];
    }
    return NULL;
}

const char *toc_filter_name(const toc_filter *filter, toc_filter_part part, bool sorted,
                            size_t index)
{
    if (!filter)
        return NULL;
    const toc_filter_names *names = toc__filter_names(filter->kind, filter->type);
    const char *api[ALL_MAX], *post[ALL_MAX];
    size_t api_count = 0, post_count = 0;
    if (part != TOC_FILTER_POST)
        api_count = gather(names->later, api, gather(names->api, api, 0));
    if (part != TOC_FILTER_API)
        post_count = gather(names->post, post, 0);
    if (index < api_count)
        return sorted ? sorted_at(api, api_count, index) : api[index];
    index -= api_count;
    if (index >= post_count)
        return NULL;
    return sorted ? sorted_at(post, post_count, index) : post[index];
}
