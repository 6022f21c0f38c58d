#include "platform/routes.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/handlers.h"

/* The first row that fits answers: fixed words stand before values, long patterns before short. */
static const toc_route routes[] = {
    {"GET", "whoami", toc__whoami, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR, TOC_PARENT_NONE, "User",
     "The API user of the request"},
    {"GET", "owners/mine", toc__owners_mine, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Owner", "The user's organization"},
    {"GET", "owners/{oid}", toc__owners_one, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Owner", "One owner"},
    {"GET", "owners", toc__owners_list, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR, TOC_PARENT_NONE,
     "Owner", "Owners that the user may read"},
    {"POST", "logs/app", toc__logs_app, TOC_RIGHTS_SELF, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Log", "Log lines of a client"},
    {"GET", "types/indicatorTypes", toc__indicator_types, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Type", "All indicator types"},
    {"GET", "types/indicatorTypes/{name}", toc__indicator_type, TOC_RIGHTS_SELF, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Type", "One indicator type"},
    {"GET", "types/associationTypes", toc__association_types, TOC_RIGHTS_SELF, 0, TOC_KIND_GROUP,
     TOC_PARENT_NONE, "Type", "All association types"},
    {"GET", "types/associationTypes/{name}", toc__association_type, TOC_RIGHTS_SELF, 0,
     TOC_KIND_GROUP, TOC_PARENT_NONE, "Type", "One association type"},
    {"GET", "indicators", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR, TOC_PARENT_NONE,
     NULL, "All indicators"},
    {"GET", "indicators/{it}", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, NULL, "All indicators of a type"},
    {"POST", "indicators/{it}", toc__object_create, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, NULL, "Create an indicator"},
    {"GET", "indicators/{it}/{iv}", toc__object_one, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, NULL, "One indicator"},
    {"PUT", "indicators/{it}/{iv}", toc__object_update, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, NULL, "Change an indicator"},
    {"DELETE", "indicators/{it}/{iv}", toc__object_delete, TOC_MAY_DELETE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, NULL, "Remove an indicator"},
    {"GET", "indicators/{it}/{iv}/owners", toc__object_owners, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, NULL, "Owners that hold the value"},
    {"GET", "indicators/{it}/{iv}/fileOccurrences", toc__occurrences_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "File Occurrence", "File occurrences"},
    {"POST", "indicators/{it}/{iv}/fileOccurrences", toc__occurrences_add, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "File Occurrence",
     "Add a file occurrence"},
    {"GET", "indicators/{it}/{iv}/fileOccurrences/{foid}", toc__occurrences_one, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "File Occurrence", "One file occurrence"},
    {"PUT", "indicators/{it}/{iv}/fileOccurrences/{foid}", toc__occurrences_change, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "File Occurrence",
     "Change a file occurrence"},
    {"DELETE", "indicators/{it}/{iv}/fileOccurrences/{foid}", toc__occurrences_remove,
     TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "File Occurrence",
     "Remove a file occurrence"},
    {"GET", "indicators/{it}/{iv}/attributes", toc__attributes_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Attribute", "Attributes of the indicator"},
    {"POST", "indicators/{it}/{iv}/attributes", toc__attributes_add, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Attribute", "Add an attribute"},
    {"GET", "indicators/{it}/{iv}/attributes/{attr}", toc__attributes_one, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Attribute", "One attribute"},
    {"PUT", "indicators/{it}/{iv}/attributes/{attr}", toc__attributes_change, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Attribute", "Change an attribute"},
    {"DELETE", "indicators/{it}/{iv}/attributes/{attr}", toc__attributes_remove, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Attribute", "Remove an attribute"},
    {"GET", "indicators/{it}/{iv}/attributes/{attr}/securityLabels", toc__applied_labels,
     TOC_MAY_READ, 0, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label",
     "Labels of the attribute"},
    {"GET", "indicators/{it}/{iv}/attributes/{attr}/securityLabels/{label*}", toc__applied_label,
     TOC_MAY_READ, 0, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label",
     "One label of the attribute"},
    {"POST", "indicators/{it}/{iv}/attributes/{attr}/securityLabels/{label*}", toc__apply_label,
     TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label",
     "Apply a label"},
    {"DELETE", "indicators/{it}/{iv}/attributes/{attr}/securityLabels/{label*}", toc__unapply_label,
     TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label",
     "Take a label off"},
    {"GET", "indicators/{it}/{iv}/securityLabels", toc__applied_labels, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label", "Labels of the indicator"},
    {"GET", "indicators/{it}/{iv}/securityLabels/{label*}", toc__applied_label, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label", "One label of the indicator"},
    {"POST", "indicators/{it}/{iv}/securityLabels/{label*}", toc__apply_label, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label", "Apply a label"},
    {"DELETE", "indicators/{it}/{iv}/securityLabels/{label*}", toc__unapply_label, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Security Label",
     "Take a label off"},
    {"GET", "indicators/{it}/{iv}/tags", toc__applied_tags, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_OBJECT, "Tag", "Tags of the indicator"},
    {"GET", "indicators/{it}/{iv}/tags/{tag*}", toc__applied_tag, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Tag", "One tag of the indicator"},
    {"POST", "indicators/{it}/{iv}/tags/{tag*}", toc__apply_tag, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Tag", "Apply a tag"},
    {"DELETE", "indicators/{it}/{iv}/tags/{tag*}", toc__unapply_tag, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Tag", "Take a tag off"},
    {"GET", "indicators/{it}/{iv}/groups", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, NULL, "Associated groups"},
    {"GET", "indicators/{it}/{iv}/groups/{gt2}", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, NULL, "Associated groups of a type"},
    {"GET", "indicators/{it}/{iv}/groups/{gt2}/{gid2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, NULL, "One associated group"},
    {"POST", "indicators/{it}/{iv}/groups/{gt2}/{gid2}", toc__link_add, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Association", "Associate"},
    {"DELETE", "indicators/{it}/{iv}/groups/{gt2}/{gid2}", toc__link_remove, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Association", "End an association"},
    {"GET", "indicators/{it}/{iv}/indicators", toc__objects_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, NULL, "Associated indicators"},
    {"GET", "indicators/{it}/{iv}/indicators/{it2}", toc__objects_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, NULL, "Associated indicators of a type"},
    {"GET", "indicators/{it}/{iv}/indicators/{it2}/{iv2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, NULL, "One associated indicator"},
    {"POST", "indicators/{it}/{iv}/indicators/{it2}/{iv2}", toc__link_add, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Association", "Associate"},
    {"DELETE", "indicators/{it}/{iv}/indicators/{it2}/{iv2}", toc__link_remove, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Association",
     "End an association"},
    {"GET", "groups", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP, TOC_PARENT_NONE, NULL,
     "All groups"},
    {"GET", "groups/{gt}", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP, TOC_PARENT_NONE,
     NULL, "All groups of a type"},
    {"POST", "groups/{gt}", toc__object_create, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_GROUP,
     TOC_PARENT_NONE, NULL, "Create a group"},
    {"GET", "groups/{gt}/{gid}", toc__object_one, TOC_MAY_READ, 0, TOC_KIND_GROUP, TOC_PARENT_NONE,
     NULL, "One group"},
    {"PUT", "groups/{gt}/{gid}", toc__object_update, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_GROUP, TOC_PARENT_NONE, NULL, "Change a group"},
    {"DELETE", "groups/{gt}/{gid}", toc__object_delete, TOC_MAY_DELETE, TOC_MAX_BODY_SMALL,
     TOC_KIND_GROUP, TOC_PARENT_NONE, NULL, "Remove a group"},
    {"GET", "groups/{gt}/{gid}/attributes", toc__attributes_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, "Attribute", "Attributes of the group"},
    {"POST", "groups/{gt}/{gid}/attributes", toc__attributes_add, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Attribute", "Add an attribute"},
    {"GET", "groups/{gt}/{gid}/attributes/{attr}", toc__attributes_one, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Attribute", "One attribute"},
    {"PUT", "groups/{gt}/{gid}/attributes/{attr}", toc__attributes_change, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Attribute", "Change an attribute"},
    {"DELETE", "groups/{gt}/{gid}/attributes/{attr}", toc__attributes_remove, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Attribute", "Remove an attribute"},
    {"GET", "groups/{gt}/{gid}/attributes/{attr}/securityLabels", toc__applied_labels, TOC_MAY_READ,
     0, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label", "Labels of the attribute"},
    {"GET", "groups/{gt}/{gid}/attributes/{attr}/securityLabels/{label*}", toc__applied_label,
     TOC_MAY_READ, 0, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label",
     "One label of the attribute"},
    {"POST", "groups/{gt}/{gid}/attributes/{attr}/securityLabels/{label*}", toc__apply_label,
     TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label",
     "Apply a label"},
    {"DELETE", "groups/{gt}/{gid}/attributes/{attr}/securityLabels/{label*}", toc__unapply_label,
     TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label",
     "Take a label off"},
    {"GET", "groups/{gt}/{gid}/securityLabels", toc__applied_labels, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label", "Labels of the group"},
    {"GET", "groups/{gt}/{gid}/securityLabels/{label*}", toc__applied_label, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label", "One label of the group"},
    {"POST", "groups/{gt}/{gid}/securityLabels/{label*}", toc__apply_label, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label", "Apply a label"},
    {"DELETE", "groups/{gt}/{gid}/securityLabels/{label*}", toc__unapply_label, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Security Label", "Take a label off"},
    {"GET", "groups/{gt}/{gid}/tags", toc__applied_tags, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, "Tag", "Tags of the group"},
    {"GET", "groups/{gt}/{gid}/tags/{tag*}", toc__applied_tag, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, "Tag", "One tag of the group"},
    {"POST", "groups/{gt}/{gid}/tags/{tag*}", toc__apply_tag, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Tag", "Apply a tag"},
    {"DELETE", "groups/{gt}/{gid}/tags/{tag*}", toc__unapply_tag, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Tag", "Take a tag off"},
    {"GET", "groups/{gt}/{gid}/groups", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, NULL, "Associated groups"},
    {"GET", "groups/{gt}/{gid}/groups/{gt2}", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_OBJECT, NULL, "Associated groups of a type"},
    {"GET", "groups/{gt}/{gid}/groups/{gt2}/{gid2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_OBJECT, NULL, "One associated group"},
    {"POST", "groups/{gt}/{gid}/groups/{gt2}/{gid2}", toc__link_add, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Association", "Associate"},
    {"DELETE", "groups/{gt}/{gid}/groups/{gt2}/{gid2}", toc__link_remove, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_GROUP, TOC_PARENT_OBJECT, "Association", "End an association"},
    {"GET", "groups/{gt}/{gid}/indicators", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_OBJECT, NULL, "Associated indicators"},
    {"GET", "groups/{gt}/{gid}/indicators/{it2}", toc__objects_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, NULL, "Associated indicators of a type"},
    {"GET", "groups/{gt}/{gid}/indicators/{it2}/{iv2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, NULL, "One associated indicator"},
    {"POST", "groups/{gt}/{gid}/indicators/{it2}/{iv2}", toc__link_add, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Association", "Associate"},
    {"DELETE", "groups/{gt}/{gid}/indicators/{it2}/{iv2}", toc__link_remove, TOC_MAY_WRITE,
     TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR, TOC_PARENT_OBJECT, "Association",
     "End an association"},
    {"GET", "tags/{tag*}/groups", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_TAG, NULL, "Groups carrying the tag"},
    {"GET", "tags/{tag*}/groups/{gt2}", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_TAG, NULL, "Groups of a type carrying the tag"},
    {"GET", "tags/{tag*}/groups/{gt2}/{gid2}", toc__linked_one, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_TAG, NULL, "One of them"},
    {"GET", "tags/{tag*}/indicators", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_TAG, NULL, "Indicators carrying the tag"},
    {"GET", "tags/{tag*}/indicators/{it2}", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_TAG, NULL, "Indicators of a type carrying the tag"},
    {"GET", "tags/{tag*}/indicators/{it2}/{iv2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_TAG, NULL, "One of them"},
    {"GET", "tags", toc__tags_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Tag",
     "The owner's tags"},
    {"POST", "tags", toc__tags_add, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Tag", "Create a tag"},
    {"GET", "tags/{tag*}", toc__tags_one, TOC_MAY_READ, 0, TOC_KIND_INDICATOR, TOC_PARENT_NONE,
     "Tag", "One tag"},
    {"PUT", "tags/{tag*}", toc__tags_change, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Tag", "Change a tag"},
    {"DELETE", "tags/{tag*}", toc__tags_remove, TOC_MAY_DELETE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Tag", "Remove a tag everywhere"},
    {"GET", "securityLabels/{label*}/groups", toc__objects_list, TOC_MAY_READ, 0, TOC_KIND_GROUP,
     TOC_PARENT_LABEL, NULL, "Groups carrying the label"},
    {"GET", "securityLabels/{label*}/groups/{gt2}", toc__objects_list, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_LABEL, NULL, "Groups of a type carrying the label"},
    {"GET", "securityLabels/{label*}/groups/{gt2}/{gid2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_GROUP, TOC_PARENT_LABEL, NULL, "One of them"},
    {"GET", "securityLabels/{label*}/indicators", toc__objects_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_LABEL, NULL, "Indicators carrying the label"},
    {"GET", "securityLabels/{label*}/indicators/{it2}", toc__objects_list, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_LABEL, NULL, "Indicators of a type carrying the label"},
    {"GET", "securityLabels/{label*}/indicators/{it2}/{iv2}", toc__linked_one, TOC_MAY_READ, 0,
     TOC_KIND_INDICATOR, TOC_PARENT_LABEL, NULL, "One of them"},
    {"GET", "securityLabels", toc__labels_list, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Security Label", "The owner's labels"},
    {"POST", "securityLabels", toc__labels_add, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Security Label", "Create a label"},
    {"GET", "securityLabels/{label*}", toc__labels_one, TOC_MAY_READ, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Security Label", "One label"},
    {"PUT", "securityLabels/{label*}", toc__labels_change, TOC_MAY_WRITE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Security Label", "Change a label"},
    {"DELETE", "securityLabels/{label*}", toc__labels_remove, TOC_MAY_DELETE, TOC_MAX_BODY_SMALL,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Security Label", "Remove a label everywhere"},
    {"POST", "batch/createAndUpload", toc__batch_create_upload, TOC_RIGHTS_SELF, TOC_BODY_BATCH,
     TOC_KIND_INDICATOR, TOC_PARENT_NONE, "Batch", "Create a job and give it its file"},
    {"POST", "batch", toc__batch_create, TOC_RIGHTS_SELF, TOC_MAX_BODY_SMALL, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Batch", "Create a batch job"},
    {"POST", "batch/{bid}", toc__batch_upload, TOC_RIGHTS_SELF, TOC_BODY_BATCH, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Batch", "Give a job its file"},
    {"PUT", "batch/{bid}", toc__batch_upload, TOC_RIGHTS_SELF, TOC_BODY_BATCH, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Batch", "Give a job its file"},
    {"GET", "batch/{bid}", toc__batch_status, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Batch", "State of a job"},
    {"GET", "batch/{bid}/errors", toc__batch_errors, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Batch", "Errors of a job"},
    {"GET", "batch/{bid}/results", toc__batch_results, TOC_RIGHTS_SELF, 0, TOC_KIND_INDICATOR,
     TOC_PARENT_NONE, "Batch", "Results of a job"},
};

static const char *const arg_names[TOC_ARG_COUNT] = {"it",   "iv",   "gt",   "gid",  "it2",
                                                     "iv2",  "gt2",  "gid2", "tag",  "label",
                                                     "attr", "foid", "oid",  "name", "bid"};

#define MAX_WORDS 8
#define NO_STAR SIZE_MAX
/* First words hash into this many buckets by length and first letter. */
#define BUCKETS 64

typedef struct route_word {
    toc_str text; /* of a fixed word */
    int arg;      /* toc_arg, or -1 for a fixed word */
} route_word;

typedef struct route_plan {
    const toc_route *route;
    route_word words[MAX_WORDS];
    size_t count;
    size_t star; /* position of the value that takes several segments */
    size_t next; /* in the bucket; 0: none, else position + 1 */
} route_plan;

struct toc_route_index {
    size_t buckets[BUCKETS];
    route_plan plans[TOC_COUNT(routes)];
};

const toc_route *toc_route_list(size_t *count)
{
    *count = TOC_COUNT(routes);
    return routes;
}

static size_t bucket_of(toc_str word)
{
    size_t letter = word.len ? (unsigned char)word.ptr[0] | 0x20U : 0;
    return (letter + 31 * word.len) % BUCKETS;
}

static int arg_of(toc_str name)
{
    for (int i = 0; i < TOC_ARG_COUNT; i++) {
        if (toc_str_equal(name, toc_str_of(arg_names[i])))
            return i;
    }
    return -1;
}

static bool plan_word(route_plan *plan, toc_str word)
{
    if (plan->count == MAX_WORDS)
        return false;
    route_word *slot = &plan->words[plan->count];
    *slot = (route_word){.text = word, .arg = -1};
    if (word.ptr[0] == '{') {
        toc_str name = toc_str_slice(word, 1, word.len - 1);
        if (toc_str_ends(name, TOC_S("*"))) {
            plan->star = plan->count;
            name.len--;
        }
        slot->arg = arg_of(name);
        if (slot->arg < 0)
            return false;
    }
    plan->count++;
    return true;
}

static bool plan_route(route_plan *plan, const toc_route *route)
{
    toc_str rest = toc_str_of(route->pattern);
    toc_str word;
    *plan = (route_plan){.route = route, .star = NO_STAR};
    while (toc_str_cut(&rest, '/', &word)) {
        if (!plan_word(plan, word))
            return false;
    }
    return true;
}

toc_rc toc_route_index_new(toc_route_index **index, toc_error *err)
{
    TOC_AUTOFREE void *memory = toc_mem_zalloc(1, sizeof(toc_route_index));
    toc_route_index *made = memory;
    if (!made)
        return toc_error_nomem(err);
    /* From the last row up, so that each bucket keeps the order of the table. */
    for (size_t i = TOC_COUNT(routes); i-- > 0;) {
        if (!plan_route(&made->plans[i], &routes[i]))
            return toc_error_set(err, TOC_EINVAL, "route %s is malformed", routes[i].pattern);
        size_t bucket = bucket_of(made->plans[i].words[0].text);
        made->plans[i].next = made->buckets[bucket];
        made->buckets[bucket] = i + 1;
    }
    memory = NULL;
    *index = made;
    return TOC_OK;
}

void toc_route_index_free(toc_route_index *index)
{
    toc_mem_free(index);
}

static bool word_fits(const route_word *word, toc_str segment)
{
    if (word->arg < 0)
        return toc_str_equal_fold(word->text, segment);
    return !toc_url_is_dot_segment(segment);
}

/* Position of the segment that belongs to a word, behind a star counted from the end. */
static size_t place_of(const route_plan *plan, size_t word, size_t segments)
{
    return word > plan->star ? segments - (plan->count - word) : word;
}

static bool plan_fits(const route_plan *plan, const char *method, const toc_target_parts *parts)
{
    if (plan->star == NO_STAR ? parts->segment_count != plan->count
                              : parts->segment_count < plan->count)
        return false;
    if (!toc_str_equal(toc_str_of(plan->route->method), toc_str_of(method)))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        /* Joined segments are text: any of them may be empty or a dot. */
        if (i == plan->star)
            continue;
        if (!word_fits(&plan->words[i], parts->segments[place_of(plan, i, parts->segment_count)]))
            return false;
    }
    return true;
}

static toc_str join(const toc_str *segments, size_t count, toc_arena *arena)
{
    size_t len = count - 1;
    if (count == 1)
        return segments[0];
    for (size_t i = 0; i < count; i++)
        len += segments[i].len;
    char *text = toc_arena_alloc(arena, len + 1);
    if (!text)
        return (toc_str){NULL, 0};
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i)
            text[at++] = '/';
        if (segments[i].len)
            memcpy(text + at, segments[i].ptr, segments[i].len);
        at += segments[i].len;
    }
    text[len] = '\0';
    return (toc_str){text, len};
}

static void take_args(const route_plan *plan, const toc_target_parts *parts, toc_arena *arena,
                      toc_str args[TOC_ARG_COUNT])
{
    for (size_t i = 0; i < plan->count; i++) {
        const route_word *word = &plan->words[i];
        size_t at = place_of(plan, i, parts->segment_count);
        if (word->arg < 0)
            continue;
        args[word->arg] = i == plan->star ? join(&parts->segments[at],
                                                 parts->segment_count - plan->count + 1, arena)
                                          : parts->segments[at];
    }
}

const toc_route *toc_route_find(const toc_route_index *index, const char *method,
                                const toc_target_parts *parts, toc_arena *arena,
                                toc_str args[TOC_ARG_COUNT])
{
    if (!parts->segment_count)
        return NULL;
    size_t at = index->buckets[bucket_of(parts->segments[0])];
    for (; at; at = index->plans[at - 1].next) {
        const route_plan *plan = &index->plans[at - 1];
        if (plan_fits(plan, method, parts)) {
            take_args(plan, parts, arena, args);
            return plan->route;
        }
    }
    return NULL;
}
