/* routes.c - the one table of what the platform answers (rest-v2 2, 10). The reference of endpoints
 * is printed from it. */
#include "platform/routes.h"

#include "base/mem.h"
#include "platform/handlers.h"

#define SMALL TOC_MAX_BODY_SMALL

/* A row by what the request may do. */
#define ROW(method, pattern, handler, rights, body, kind, parent, subject, help)                   \
    {                                                                                              \
        method, pattern, handler, rights, body, TOC_KIND_##kind, TOC_PARENT_##parent, subject,     \
            help                                                                                   \
    }
#define READ(pattern, handler, kind, parent, subject, help)                                        \
    ROW("GET", pattern, handler, TOC_MAY_READ, 0, kind, parent, subject, help)
#define ADD(pattern, handler, kind, parent, subject, help)                                         \
    ROW("POST", pattern, handler, TOC_MAY_WRITE, SMALL, kind, parent, subject, help)
#define CHANGE(pattern, handler, kind, parent, subject, help)                                      \
    ROW("PUT", pattern, handler, TOC_MAY_WRITE, SMALL, kind, parent, subject, help)
/* Takes a part of an object away; what removes a whole object needs the right to delete. */
#define DROP(pattern, handler, kind, parent, subject, help)                                        \
    ROW("DELETE", pattern, handler, TOC_MAY_WRITE, SMALL, kind, parent, subject, help)
#define DELETE(pattern, handler, kind, parent, subject, help)                                      \
    ROW("DELETE", pattern, handler, TOC_MAY_DELETE, SMALL, kind, parent, subject, help)
/* Acts in no owner, or finds it and its transaction itself. */
#define SELF(method, pattern, handler, body, subject, help)                                        \
    ROW(method, pattern, handler, TOC_RIGHTS_SELF, body, INDICATOR, NONE, subject, help)

#define LABELS(path, kind, noun)                                                                   \
    READ(path "/securityLabels", toc__applied_labels, kind, OBJECT, "Security Label",              \
         "Labels of the " noun),                                                                   \
        READ(path "/securityLabels/{label*}", toc__applied_label, kind, OBJECT, "Security Label",  \
             "One label of the " noun),                                                            \
        ADD(path "/securityLabels/{label*}", toc__apply_label, kind, OBJECT, "Security Label",     \
            "Apply a label to the " noun),                                                         \
        DROP(path "/securityLabels/{label*}", toc__unapply_label, kind, OBJECT, "Security Label",  \
             "Take a label off the " noun)

/* What every object has (rest-v2 2.10). */
#define PARTS(path, kind, noun)                                                                    \
    READ(path "/attributes", toc__attributes_list, kind, OBJECT, "Attribute",                      \
         "Attributes of the " noun),                                                               \
        ADD(path "/attributes", toc__attributes_add, kind, OBJECT, "Attribute",                    \
            "Add an attribute to the " noun),                                                      \
        READ(path "/attributes/{attr}", toc__attributes_one, kind, OBJECT, "Attribute",            \
             "One attribute of the " noun),                                                        \
        CHANGE(path "/attributes/{attr}", toc__attributes_change, kind, OBJECT, "Attribute",       \
               "Change an attribute of the " noun),                                                \
        DROP(path "/attributes/{attr}", toc__attributes_remove, kind, OBJECT, "Attribute",         \
             "Remove an attribute of the " noun),                                                  \
        LABELS(path "/attributes/{attr}", kind, noun "'s attribute"), LABELS(path, kind, noun),    \
        READ(path "/tags", toc__applied_tags, kind, OBJECT, "Tag", "Tags of the " noun),           \
        READ(path "/tags/{tag*}", toc__applied_tag, kind, OBJECT, "Tag", "One tag of the " noun),  \
        ADD(path "/tags/{tag*}", toc__apply_tag, kind, OBJECT, "Tag", "Apply a tag to the " noun), \
        DROP(path "/tags/{tag*}", toc__unapply_tag, kind, OBJECT, "Tag",                           \
             "Take a tag off the " noun)

/* Lists of what is associated with an object, or carries a tag or label (rest-v2 2.11). */
#define PIVOT_TYPED(path, parent, kind, branch, one, noun, how)                                    \
    READ(path branch, toc__objects_list, kind, parent, NULL, noun "s " how),                       \
        READ(path branch "/{" one "t2}", toc__objects_list, kind, parent, NULL,                    \
             noun "s of a type " how)
#define PIVOTS(path, parent, how)                                                                  \
    PIVOT_TYPED(path, parent, GROUP, "/groups", "g", "Group", how),                                \
        READ(path "/groups/{gt2}/{gid2}", toc__linked_one, GROUP, parent, NULL, "One group " how), \
        PIVOT_TYPED(path, parent, INDICATOR, "/indicators", "i", "Indicator", how),                \
        READ(path "/indicators/{it2}/{iv2}", toc__linked_one, INDICATOR, parent, NULL,             \
             "One indicator " how),                                                                \
        READ(path "/tasks", toc__objects_list, TASK, parent, NULL, "Tasks " how),                  \
        READ(path "/tasks/{tid2}", toc__linked_one, TASK, parent, NULL, "One task " how),          \
        READ(path "/victims", toc__objects_list, VICTIM, parent, NULL, "Victims " how),            \
        READ(path "/victims/{vid2}", toc__linked_one, VICTIM, parent, NULL, "One victim " how)
#define ASSET_PIVOTS(path)                                                                         \
    READ(path "/victimAssets", toc__objects_list, VICTIM_ASSET, OBJECT, NULL,                      \
         "Victim assets associated with it"),                                                      \
        READ(path "/victimAssets/{at2}", toc__objects_list, VICTIM_ASSET, OBJECT, NULL,            \
             "Victim assets of a type associated with it"),                                        \
        READ(path "/victimAssets/{at2}/{aid2}", toc__linked_one, VICTIM_ASSET, OBJECT, NULL,       \
             "One victim asset associated with it")
/* Both ways of one kind of association. */
#define LINK(path, kind, branch, noun)                                                             \
    ADD(path branch, toc__link_add, kind, OBJECT, "Association", "Associate with " noun),          \
        DROP(path branch, toc__link_remove, kind, OBJECT, "Association",                           \
             "End the association with " noun)
#define LINK_GROUPS(path) LINK(path, GROUP, "/groups/{gt2}/{gid2}", "a group")
#define LINK_INDICATORS(path) LINK(path, INDICATOR, "/indicators/{it2}/{iv2}", "an indicator")
#define LINK_TASKS(path) LINK(path, TASK, "/tasks/{tid2}", "a task")
#define LINK_VICTIMS(path) LINK(path, VICTIM, "/victims/{vid2}", "a victim")
#define LINK_ASSETS(path) LINK(path, VICTIM_ASSET, "/victimAssets/{at2}/{aid2}", "a victim asset")
#define LINK_ALL(path)                                                                             \
    LINK_GROUPS(path), LINK_INDICATORS(path), LINK_TASKS(path), LINK_VICTIMS(path),                \
        LINK_ASSETS(path)

/* Associations with a name, from indicator to indicator. */
#define NAMED(path, list, one, add, remove, noun)                                                  \
    READ(path "/indicators", list, INDICATOR, OBJECT, NULL, "Indicators of the " noun),            \
        READ(path "/indicators/{it2}", list, INDICATOR, OBJECT, NULL,                              \
             "Indicators of a type of the " noun),                                                 \
        READ(path "/indicators/{it2}/{iv2}", one, INDICATOR, OBJECT, NULL,                         \
             "One indicator of the " noun),                                                        \
        ADD(path "/indicators/{it2}/{iv2}", add, INDICATOR, OBJECT, "Association",                 \
            "Associate by the " noun),                                                             \
        DROP(path "/indicators/{it2}/{iv2}", remove, INDICATOR, OBJECT, "Association",             \
             "End the " noun)

/* Assets of a victim or an adversary. */
#define ASSETS(path, kind, noun)                                                                   \
    READ(path, toc__objects_list, kind, HOLDER, NULL, "Assets of the " noun),                      \
        READ(path "/{at}", toc__objects_list, kind, HOLDER, NULL,                                  \
             "Assets of a type of the " noun),                                                     \
        ADD(path "/{at}", toc__object_create, kind, HOLDER, NULL, "Create an asset"),              \
        READ(path "/{at}/{aid}", toc__object_one, kind, HOLDER, NULL, "One asset"),                \
        CHANGE(path "/{at}/{aid}", toc__object_update, kind, HOLDER, NULL, "Change an asset"),     \
        DELETE(path "/{at}/{aid}", toc__object_delete, kind, HOLDER, NULL, "Remove an asset")

#define PEOPLE(word, noun)                                                                         \
    READ("tasks/{tid}/" #word, toc__##word##_list, TASK, OBJECT, noun, noun "s of the task"),      \
        READ("tasks/{tid}/" #word "/{user}", toc__##word##_one, TASK, OBJECT, noun,                \
             "One " noun " of the task"),                                                          \
        ADD("tasks/{tid}/" #word "/{user}", toc__##word##_add, TASK, OBJECT, noun,                 \
            "Add an " noun " to the task"),                                                        \
        DROP("tasks/{tid}/" #word "/{user}", toc__##word##_remove, TASK, OBJECT, noun,             \
             "Take an " noun " off the task")

#define INDICATOR_PATH "indicators/{it}/{iv}"
#define GROUP_PATH "groups/{gt}/{gid}"
#define TASK_PATH "tasks/{tid}"
#define VICTIM_PATH "victims/{vid}"

/* The first row that fits answers: fixed words stand before values, long patterns before short. A
 * pattern that begins with '/' lies below the base itself, the others below /v2. */
static const toc_route routes[] = {
    /* Tokens (1.3). */
    ROW("GET", "/appAuth", toc__app_auth, TOC_RIGHTS_OPEN, 0, INDICATOR, NONE, "Token",
        "A new token for one that expired a short time ago"),
    SELF("POST", "/internal/token/api", toc__token_new, SMALL, "Token",
         "A token for the user's programs"),
    SELF("POST", "/internal/token/svc", toc__token_new, SMALL, "Token",
         "The same for services: the tokens of the two do not replace each other"),

    /* Owners and identity (2.2). */
    SELF("GET", "whoami", toc__whoami, 0, "User", "The API user of the request"),
    SELF("GET", "owners/mine", toc__owners_mine, 0, "Owner", "The user's organization"),
    SELF("GET", "owners/mine/members", toc__owners_members, 0, "User",
         "Members of the user's organization"),
    SELF("GET", "owners/metrics", toc__owners_metrics, 0, "Owner",
         "What the user's organization held, by day"),
    SELF("GET", "owners/{oid}/metrics", toc__owners_metrics, 0, "Owner",
         "What the owner held, by day"),
    SELF("GET", "owners/{oid}", toc__owners_one, 0, "Owner", "One owner"),
    SELF("GET", "owners", toc__owners_list, 0, "Owner", "Owners that the user may read"),

    /* Catalogues (2.3). */
    SELF("GET", "types/indicatorTypes", toc__indicator_types, 0, "Type", "All indicator types"),
    SELF("GET", "types/indicatorTypes/{name}", toc__indicator_type, 0, "Type",
         "One indicator type"),
    SELF("GET", "types/attributeTypes", toc__attribute_types, 0, "Type", "All attribute types"),
    SELF("GET", "types/attributeTypes/{name*}", toc__attribute_type, 0, "Type",
         "One attribute type"),
    SELF("GET", "types/associationTypes", toc__association_types, 0, "Type",
         "All association types"),
    SELF("GET", "types/associationTypes/{name*}", toc__association_type, 0, "Type",
         "One association type"),

    /* Indicators (2.4 to 2.7). */
    READ("indicators/deleted", toc__deleted_list, INDICATOR, NONE, NULL, "Removed indicators"),
    READ("indicators/observed", toc__observed_list, INDICATOR, NONE, NULL,
         "Indicators observed most"),
    READ("indicators/bulk", toc__bulk_status, INDICATOR, NONE, "Bulk Report",
         "State of the owner's bulk reports"),
    READ("indicators/bulk/{format}", toc__bulk_file, INDICATOR, NONE, "Bulk Report",
         "All indicators of the owner as one file"),
    READ("indicators", toc__objects_list, INDICATOR, NONE, NULL, "All indicators"),
    READ("indicators/{it}/deleted", toc__deleted_list, INDICATOR, NONE, NULL,
         "Removed indicators of a type"),
    READ("indicators/{it}", toc__objects_list, INDICATOR, NONE, NULL, "All indicators of a type"),
    ADD("indicators/{it}", toc__object_create, INDICATOR, NONE, NULL, "Create an indicator"),
    READ(INDICATOR_PATH, toc__object_one, INDICATOR, NONE, NULL, "One indicator"),
    CHANGE(INDICATOR_PATH, toc__object_update, INDICATOR, NONE, NULL, "Change an indicator"),
    DELETE(INDICATOR_PATH, toc__object_delete, INDICATOR, NONE, NULL, "Remove an indicator"),
    READ(INDICATOR_PATH "/owners", toc__object_owners, INDICATOR, NONE, NULL,
         "Owners that hold the value"),
    ROW("POST", INDICATOR_PATH "/falsePositive", toc__false_positive_add, TOC_MAY_READ, SMALL,
        INDICATOR, OBJECT, "False Positive", "Report a false positive"),
    READ(INDICATOR_PATH "/observations", toc__observations_list, INDICATOR, OBJECT, "Observation",
         "Observations by day"),
    ROW("POST", INDICATOR_PATH "/observations", toc__observations_add, TOC_MAY_OBSERVE, SMALL,
        INDICATOR, OBJECT, "Observation", "Report observations"),
    READ(INDICATOR_PATH "/observationCount", toc__observation_count, INDICATOR, OBJECT,
         "Observation", "Observations in all"),
    READ(INDICATOR_PATH "/dnsResolutions", toc__resolutions, INDICATOR, OBJECT, "DNS Resolution",
         "Addresses of the host, or hosts of the address"),
    READ(INDICATOR_PATH "/dnsResolution", toc__resolutions, INDICATOR, OBJECT, "DNS Resolution",
         "Another name of dnsResolutions"),
    READ(INDICATOR_PATH "/fileOccurrences", toc__occurrences_list, INDICATOR, OBJECT,
         "File Occurrence", "File occurrences"),
    ADD(INDICATOR_PATH "/fileOccurrences", toc__occurrences_add, INDICATOR, OBJECT,
        "File Occurrence", "Add a file occurrence"),
    READ(INDICATOR_PATH "/fileOccurrences/{foid}", toc__occurrences_one, INDICATOR, OBJECT,
         "File Occurrence", "One file occurrence"),
    CHANGE(INDICATOR_PATH "/fileOccurrences/{foid}", toc__occurrences_change, INDICATOR, OBJECT,
           "File Occurrence", "Change a file occurrence"),
    DROP(INDICATOR_PATH "/fileOccurrences/{foid}", toc__occurrences_remove, INDICATOR, OBJECT,
         "File Occurrence", "Remove a file occurrence"),
    NAMED(INDICATOR_PATH "/associations/{assoc}", toc__named_list, toc__named_one, toc__named_add,
          toc__named_remove, "association"),
    NAMED(INDICATOR_PATH "/actions/{action}", toc__named_list, toc__named_one, toc__named_add,
          toc__named_remove, "file action"),
    PARTS(INDICATOR_PATH, INDICATOR, "indicator"),
    PIVOTS(INDICATOR_PATH, OBJECT, "associated with the indicator"),
    ASSET_PIVOTS(INDICATOR_PATH),
    LINK_ALL(INDICATOR_PATH),
    DROP(INDICATOR_PATH "/tasks/{any}/{tid2}", toc__link_remove, TASK, OBJECT, "Association",
         "End the association with a task, as an old client says it"),

    /* Groups (2.8, 2.9). */
    READ("groups", toc__objects_list, GROUP, NONE, NULL, "All groups"),
    READ("groups/{gt}", toc__objects_list, GROUP, NONE, NULL, "All groups of a type"),
    ADD("groups/{gt}", toc__object_create, GROUP, NONE, NULL, "Create a group"),
    READ(GROUP_PATH, toc__object_one, GROUP, NONE, NULL, "One group"),
    CHANGE(GROUP_PATH, toc__object_update, GROUP, NONE, NULL, "Change a group"),
    DELETE(GROUP_PATH, toc__object_delete, GROUP, NONE, NULL, "Remove a group"),
    READ(GROUP_PATH "/download", toc__content_download, GROUP, OBJECT, NULL,
         "Content of a document, report or signature"),
    /* Gigabytes are written before the transaction begins. */
    ROW("POST", GROUP_PATH "/upload", toc__content_upload, TOC_RIGHTS_SELF, TOC_BODY_CONTENT, GROUP,
        NONE, NULL, "First content of a document or report, or the text of a signature"),
    ROW("PUT", GROUP_PATH "/upload", toc__content_upload, TOC_RIGHTS_SELF, TOC_BODY_CONTENT, GROUP,
        NONE, NULL, "Other content for a document or report"),
    READ(GROUP_PATH "/pdf", toc__object_pdf, GROUP, OBJECT, NULL, "The group as PDF"),
    ADD(GROUP_PATH "/publish", toc__group_publish, GROUP, OBJECT, NULL, "Publish the group"),
    ASSETS(GROUP_PATH "/adversaryAssets", ADVERSARY_ASSET, "adversary"),
    PARTS(GROUP_PATH, GROUP, "group"),
    PIVOTS(GROUP_PATH, OBJECT, "associated with the group"),
    ASSET_PIVOTS(GROUP_PATH),
    LINK_ALL(GROUP_PATH),

    /* Tasks (2.15). */
    READ("tasks", toc__objects_list, TASK, NONE, NULL, "All tasks"),
    ADD("tasks", toc__object_create, TASK, NONE, NULL, "Create a task"),
    READ(TASK_PATH, toc__object_one, TASK, NONE, NULL, "One task"),
    CHANGE(TASK_PATH, toc__object_update, TASK, NONE, NULL, "Change a task"),
    DELETE(TASK_PATH, toc__object_delete, TASK, NONE, NULL, "Remove a task"),
    READ(TASK_PATH "/pdf", toc__object_pdf, TASK, OBJECT, NULL, "The task as PDF"),
    PEOPLE(assignees, "Assignee"),
    PEOPLE(escalatees, "Escalatee"),
    PARTS(TASK_PATH, TASK, "task"),
    PIVOTS(TASK_PATH, OBJECT, "associated with the task"),
    ASSET_PIVOTS(TASK_PATH),
    LINK_ALL(TASK_PATH),
    READ(TASK_PATH "/{gt2}", toc__objects_list, GROUP, OBJECT, NULL,
         "Groups of a type associated with the task, in short"),
    READ(TASK_PATH "/{gt2}/{gid2}", toc__linked_one, GROUP, OBJECT, NULL,
         "One group associated with the task, in short"),

    /* Victims (2.14). */
    READ("victims", toc__objects_list, VICTIM, NONE, NULL, "All victims"),
    ADD("victims", toc__object_create, VICTIM, NONE, NULL, "Create a victim"),
    READ(VICTIM_PATH, toc__object_one, VICTIM, NONE, NULL, "One victim"),
    CHANGE(VICTIM_PATH, toc__object_update, VICTIM, NONE, NULL, "Change a victim"),
    DELETE(VICTIM_PATH, toc__object_delete, VICTIM, NONE, NULL, "Remove a victim"),
    ASSETS(VICTIM_PATH "/victimAssets", VICTIM_ASSET, "victim"),
    PARTS(VICTIM_PATH, VICTIM, "victim"),
    PIVOTS(VICTIM_PATH, OBJECT, "associated with the victim"),
    LINK_GROUPS(VICTIM_PATH),
    LINK_TASKS(VICTIM_PATH),
    LINK(VICTIM_PATH, TASK, "/task/{tid2}", "a task, as an old client says it"),

    /* Tags and labels (2.12, 2.13). */
    PIVOTS("tags/{tag*}", TAG, "carrying the tag"),
    READ("tags", toc__tags_list, INDICATOR, NONE, "Tag", "The owner's tags"),
    ADD("tags", toc__tags_add, INDICATOR, NONE, "Tag", "Create a tag"),
    READ("tags/{tag*}", toc__tags_one, INDICATOR, NONE, "Tag", "One tag"),
    CHANGE("tags/{tag*}", toc__tags_change, INDICATOR, NONE, "Tag", "Change a tag"),
    DELETE("tags/{tag*}", toc__tags_remove, INDICATOR, NONE, "Tag", "Remove a tag everywhere"),
    PIVOTS("securityLabels/{label*}", LABEL, "carrying the label"),
    READ("securityLabels", toc__labels_list, INDICATOR, NONE, "Security Label",
         "The owner's labels"),
    ADD("securityLabels", toc__labels_add, INDICATOR, NONE, "Security Label", "Create a label"),
    READ("securityLabels/{label*}", toc__labels_one, INDICATOR, NONE, "Security Label",
         "One label"),
    CHANGE("securityLabels/{label*}", toc__labels_change, INDICATOR, NONE, "Security Label",
           "Change a label"),
    DELETE("securityLabels/{label*}", toc__labels_remove, INDICATOR, NONE, "Security Label",
           "Remove a label everywhere"),

    /* Batch (2.16, 4). */
    SELF("POST", "batch/createAndUpload", toc__batch_create_upload, TOC_BODY_BATCH, "Batch",
         "Create a job and give it its file"),
    SELF("POST", "batch", toc__batch_create, SMALL, "Batch", "Create a batch job"),
    SELF("POST", "batch/{bid}", toc__batch_upload, TOC_BODY_BATCH, "Batch", "Give a job its file"),
    SELF("PUT", "batch/{bid}", toc__batch_upload, TOC_BODY_BATCH, "Batch", "Give a job its file"),
    SELF("GET", "batch/{bid}", toc__batch_status, 0, "Batch", "State of a job"),
    SELF("GET", "batch/{bid}/errors", toc__batch_errors, 0, "Batch", "Errors of a job"),
    SELF("GET", "batch/{bid}/results", toc__batch_results, 0, "Batch", "Results of a job"),

    /* Notifications, metrics, playbooks, log lines (2.17 to 2.20). */
    SELF("POST", "notifications", toc__notification_add, SMALL, "Notification",
         "Send a notification"),
    SELF("GET", "customMetrics", toc__metrics_list, 0, "Custom Metric",
         "Metrics of the user's organization"),
    SELF("POST", "customMetrics", toc__metrics_add, SMALL, "Custom Metric", "Create a metric"),
    SELF("GET", "customMetrics/{metric}", toc__metrics_one, 0, "Custom Metric",
         "One metric, by id or name"),
    SELF("PUT", "customMetrics/{metric}", toc__metrics_change, SMALL, "Custom Metric",
         "Change a metric"),
    SELF("DELETE", "customMetrics/{metric}", toc__metrics_remove, SMALL, "Custom Metric",
         "Remove a metric and its values"),
    SELF("POST", "customMetrics/{metric}/data", toc__metrics_data, SMALL, "Custom Metric",
         "Report a value"),
    SELF("GET", "playbooks", toc__playbooks_list, 0, "Playbook", "Playbooks: there are none"),
    SELF("GET", "playbooks/search", toc__playbooks_list, 0, "Playbook",
         "Playbooks: there are none"),
    SELF("POST", "logs/app", toc__logs_app, SMALL, "Log", "Log lines of a client"),
};

const toc_route *toc_route_list(size_t *count)
{
    *count = TOC_COUNT(routes);
    return routes;
}
