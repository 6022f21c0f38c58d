/* records.c - the table of records: what hangs on objects and comes in lists of its own. They are
 * objects like all others for getters, filters and formats, but are no types of the platform's
 * catalogue. */
#include "model/records.h"

#include "base/mem.h"

#define OWN(index) (TOC_SLOT_OWN + (index))
#define READ (TOC_FIELD_ANSWER | TOC_FIELD_OUTPUT)
#define WRITE (READ | TOC_FIELD_CREATE | TOC_FIELD_UPDATE)
#define NEED (WRITE | TOC_FIELD_REQUIRED)

/* clang-format off */
#define ID {.name = "id", .value = TOC_VALUE_INT, .flags = READ, .slot = TOC_SLOT_ID,             \
            .help = "number of the record"}
#define TEXT(at, member, rights, text) {.name = member, .flags = rights, .slot = OWN(at), .help = text}
#define COUNT(at, member, rights, text)                                                            \
    {.name = member, .value = TOC_VALUE_INT, .flags = rights, .slot = OWN(at), .minimum = 0,       \
     .maximum = INT64_MAX, .help = text}
#define DATE(at, member, rights, text)                                                             \
    {.name = member, .value = TOC_VALUE_DATE, .flags = rights, .slot = OWN(at), .help = text}
#define MEAN(at, member, text)                                                                     \
    {.name = member, .value = TOC_VALUE_DECIMAL, .flags = READ, .slot = OWN(at), .help = text}

static const toc_field attribute_fields[] = {
    ID,
    TEXT(0, "type", READ | TOC_FIELD_CREATE | TOC_FIELD_REQUIRED, "name of the attribute type"),
    TEXT(1, "value", NEED, "text of the attribute"),
    {.name = "displayed", .value = TOC_VALUE_BOOL, .flags = WRITE, .slot = OWN(2),
     .help = "shown as the object's description or source"},
    TEXT(3, "source", WRITE, "where the value comes from"),
    {.name = "dateAdded", .value = TOC_VALUE_DATE, .flags = READ, .slot = TOC_SLOT_DATE_ADDED,
     .help = "when the record was made"},
    {.name = "lastModified", .value = TOC_VALUE_DATE, .flags = READ,
     .slot = TOC_SLOT_LAST_MODIFIED, .help = "when the record was last changed"},
    {.name = "xid", .flags = TOC_FIELD_ADDITIONAL, .slot = TOC_SLOT_XID,
     .help = "identifier given by the sender"},
};
static const toc_field label_fields[] = {
    TEXT(0, "name", NEED, "name of the label"),
    TEXT(1, "description", WRITE, "what it means"),
    TEXT(2, "color", WRITE, "six hex digits"),
    {.name = "dateAdded", .value = TOC_VALUE_DATE, .flags = READ, .slot = TOC_SLOT_DATE_ADDED,
     .help = "when the record was made"},
};
static const toc_field tag_fields[] = {
    TEXT(0, "name", NEED, "name of the tag"),
    TEXT(1, "description", WRITE, "what it means"),
    {.name = "webLink", .flags = READ, .slot = TOC_SLOT_WEB_LINK, .help = "page of the record"},
};
static const toc_field observation_fields[] = {
    COUNT(0, "count", NEED, "how often it was observed"),
    DATE(1, "dateObserved", WRITE, "when; now when left out"),
};
static const toc_field observation_count_fields[] = {
    COUNT(0, "count", READ, "observations in all"),
    DATE(1, "lastObserved", READ, "when it was last observed"),
    COUNT(2, "yourCount", READ, "observations by the own organization"),
    DATE(3, "yourLastObserved", READ, "when the own organization last observed it"),
};
static const toc_field false_positive_fields[] = {
    COUNT(0, "count", READ, "reports in all"),
    DATE(1, "lastReported", READ, "when it was last reported"),
};
static const toc_field occurrence_fields[] = {
    ID,
    TEXT(0, "fileName", WRITE, "name that the file had"),
    TEXT(1, "path", WRITE, "folder that it lay in"),
    DATE(2, "date", WRITE, "when it was seen there"),
};
static const toc_field resolution_fields[] = {
    DATE(0, "resolutionDate", READ, "when the name was looked up"),
    TEXT(1, "ip", READ, "address that it had"),
    {.name = "ownerName", .flags = READ, .slot = TOC_SLOT_OWNER_NAME,
     .help = "owner that holds the address"},
    {.name = "webLink", .flags = READ, .slot = TOC_SLOT_WEB_LINK, .help = "page of the address"},
};
static const toc_field user_fields[] = {
    TEXT(0, "userName", READ, "name that paths use"),
    TEXT(1, "firstName", READ, "first name"),
    TEXT(2, "lastName", READ, "last name"),
    TEXT(3, "pseudonym", READ, "name in anonymous owners"),
    TEXT(4, "role", READ, "role of the account"),
};
static const toc_field owner_fields[] = {
    ID,
    TEXT(0, "name", READ, "name of the owner"),
    TEXT(1, "type", READ, "Organization, Community, Source"),
    TEXT(2, "itemId", TOC_FIELD_ADDITIONAL, "the indicator's number in this owner"),
};
/* rest-v2 3.3; total_campaign and so on are the SDK's spellings of the same. */
static const toc_field metric_fields[] = {
    DATE(0, "metricDate", READ, "the day"),
    COUNT(1, "totalIndicator", READ, "indicators"),
    COUNT(2, "totalHost", READ, "hosts"),
    COUNT(3, "totalAddress", READ, "addresses"),
    COUNT(4, "totalEmailAddress", READ, "mail addresses"),
    COUNT(5, "totalFile", READ, "files"),
    COUNT(6, "totalUrl", READ, "URLs"),
    COUNT(7, "totalGroup", READ, "groups"),
    COUNT(8, "totalThreat", READ, "threats"),
    COUNT(9, "totalIncident", READ, "incidents"),
    COUNT(10, "totalEmail", READ, "mails"),
    COUNT(11, "totalCampaign", READ, "campaigns"),
    COUNT(12, "totalAdversary", READ, "adversaries"),
    COUNT(13, "totalSignature", READ, "signatures"),
    COUNT(14, "totalTask", READ, "tasks"),
    COUNT(15, "totalDocument", READ, "documents"),
    COUNT(16, "totalTag", READ, "tags"),
    COUNT(17, "totalTrack", READ, "tracks"),
    COUNT(18, "totalResult", READ, "results of tracks"),
    COUNT(19, "totalIndicatorAttribute", READ, "attributes of indicators"),
    COUNT(20, "totalGroupAttribute", READ, "attributes of groups"),
    MEAN(21, "averageIndicatorRating", "mean rating"),
    MEAN(22, "averageIndicatorConfidence", "mean confidence"),
    COUNT(23, "totalEnrichedIndicator", READ, "indicators with a rating, attribute or tag"),
    COUNT(24, "totalGroupIndicator", READ, "indicators associated with a group"),
    COUNT(25, "totalObservationDaily", READ, "observations of the day"),
    COUNT(26, "totalObservationIndicator", READ, "observations"),
    COUNT(27, "totalObservationAddress", READ, "observations of addresses"),
    COUNT(28, "totalObservationEmailAddress", READ, "observations of mail addresses"),
    COUNT(29, "totalObservationFile", READ, "observations of files"),
    COUNT(30, "totalObservationHost", READ, "observations of hosts"),
    COUNT(31, "totalObservationUrl", READ, "observations of URLs"),
    COUNT(32, "totalFalsePositiveDaily", READ, "false positives of the day"),
    COUNT(33, "totalFalsePositive", READ, "false positives"),
};

/* sdk.md 6.1: the state is no part of a job's lines. */
static const toc_field batch_fields[] = {
    ID,
    {.name = "haltOnError", .value = TOC_VALUE_BOOL, .flags = READ, .slot = OWN(0),
     .help = "stops at the first refusal"},
    TEXT(1, "attributeWriteType", READ, "Replace, Append, Static"),
    TEXT(2, "action", READ, "Create, Delete"),
    TEXT(3, "status", TOC_FIELD_ANSWER, "Created, Queued, Running, Completed"),
    COUNT(4, "errorCount", TOC_FIELD_ANSWER, "refused items"),
    COUNT(5, "successCount", TOC_FIELD_ANSWER, "stored items"),
    COUNT(6, "unprocessCount", TOC_FIELD_ANSWER, "items that are left"),
};

#define RECORD(title, member, word, table, text)                                                   \
    {.name = title, .entity = member, .branch = word, .kind = TOC_KIND_RECORD,                     \
     .fields = table, .field_count = TOC_COUNT(table), .help = text}

static const toc_type records[] = {
    [TOC_RECORD_ATTRIBUTE] = RECORD("Attribute", "attribute", "attributes", attribute_fields,
                                    "text of a certain type about an object"),
    [TOC_RECORD_LABEL] = RECORD("Security Label", "securityLabel", "securityLabels", label_fields,
                                "rule of handling"),
    [TOC_RECORD_TAG] = RECORD("Tag", "tag", "tags", tag_fields, "word that groups objects"),
    [TOC_RECORD_OBSERVATION] = RECORD("Observation", "observation", "observations",
                                      observation_fields, "sightings of a day"),
    [TOC_RECORD_OBSERVATION_COUNT] = RECORD("Observation Count", "observationCount",
                                            "observationCount", observation_count_fields,
                                            "sightings in all"),
    [TOC_RECORD_FALSE_POSITIVE] = RECORD("False Positive", "falsePositive", "falsePositive",
                                         false_positive_fields, "reports of harmlessness"),
    [TOC_RECORD_OCCURRENCE] = RECORD("File Occurrence", "fileOccurrence", "fileOccurrences",
                                     occurrence_fields, "where a file was seen"),
    [TOC_RECORD_RESOLUTION] = RECORD("DNS Resolution", "dnsResolution", "dnsResolutions",
                                     resolution_fields, "address that a host had"),
    [TOC_RECORD_USER] = RECORD("User", "user", "users", user_fields, "user of the platform"),
    [TOC_RECORD_OWNER] = RECORD("Owner", "owner", "owners", owner_fields,
                                "organization, community or source"),
    [TOC_RECORD_METRIC] = RECORD("Owner Metric", "ownerMetric", "metrics", metric_fields,
                                 "what an owner held on a day"),
    [TOC_RECORD_BATCH] = RECORD("Batch Job", "batchStatus", "batch", batch_fields,
                                "state of a batch job"),
};
/* clang-format on */
_Static_assert(TOC_COUNT(records) == TOC_RECORD_COUNT, "a row per record");
_Static_assert(OWN(33) < TOC_SLOT_COUNT && TOC_SLOT_COUNT <= 64, "a bit per slot");

const toc_type *toc__record_type(toc_record record)
{
    return (unsigned)record < TOC_RECORD_COUNT ? &records[record] : NULL;
}
