/* types.c - the table of types and fields. A new type is a new row here, nothing else. */
#include "tocsin/types.h"

#include "base/mem.h"
#include "model/normalise.h"

#define OWN(index) (TOC_SLOT_OWN + (index))
#define WRITE (TOC_FIELD_CREATE | TOC_FIELD_UPDATE)
#define SEND (WRITE | TOC_FIELD_BATCH)
#define NEED (SEND | TOC_FIELD_REQUIRED)
#define LISTED (TOC_FIELD_IN_LIST | TOC_FIELD_IN_DETAIL)
#define DETAIL TOC_FIELD_IN_DETAIL
#define ANSWER TOC_FIELD_ANSWER
#define MORE TOC_FIELD_ADDITIONAL
#define OUTPUT TOC_FIELD_OUTPUT
#define BATCH TOC_FIELD_BATCH
#define AGAIN TOC_FIELD_AGAIN
#define COMPUTED TOC_FIELD_COMPUTED
#define HASH (TOC_FIELD_KEY | SEND | LISTED | OUTPUT)
#define KEY (HASH | TOC_FIELD_REQUIRED)

/* Statuses and kinds, rest-v2 2.8, 2.15 and 4.7. */
#define UPLOAD_STATUS "Awaiting Upload;In Progress;Success;Failed;None"
#define EVENT_STATUS                                                                               \
    "Needs Review;False Positive;No Further Action;Escalated;Completed;In Progress;New;Reopened"
#define INCIDENT_STATUS                                                                            \
    "New;Open;Stalled;Containment Achieved;Restoration Achieved;Incident Reported;Closed;"         \
    "Rejected;Deleted"
#define TASK_STATUS "Not Started;In Progress;Completed;Waiting on Someone;Deferred"
#define EVENT_TYPE                                                                                 \
    "Alert;Alert [flash];Alert [hyper-local];Alert [local];Alert [urgent];Breach;Campaign;"        \
    "Compliance / Regulatory;Disclosure;Emerging Threat;Exercise;Exposure;"                        \
    "Finding [Compliance violations];Finding [Configuration weaknesses];"                          \
    "Finding [Missing patches];Finding [Security posture gaps];Investigation;None;Operation;"      \
    "Physical Security;Response Action;Social Engineering (non-phishing);Third Party Reported;"    \
    "Trend"
#define SIGNATURE_TYPE                                                                             \
    "Bro;ClamAV;CybOX;Iris Search Hash;KQL;OpenIOC;Regex;SPL;Sigma;Snort;Suricata;TQL Query;YARA"
#define REGISTRY_TYPE                                                                              \
    "REG_NONE;REG_BINARY;REG_DWORD;REG_DWORD_LITTLE_ENDIAN;REG_DWORD_BIG_ENDIAN;REG_EXPAND_SZ;"    \
    "REG_LINK;REG_MULTI_SZ;REG_QWORD;REG_QWORD_LITTLE_ENDIAN;REG_SZ"

/* clang-format off */
static const toc_field indicator_common[] = {
    {.name = "id", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_ID,
     .help = "number of the record"},
    {.name = "ownerName", .flags = TOC_FIELD_IN_SUMMARY | TOC_FIELD_IN_LIST | OUTPUT,
     .slot = TOC_SLOT_OWNER_NAME, .help = "owner that holds the record"},
    {.name = "dateAdded", .value = TOC_VALUE_DATE, .flags = ANSWER | OUTPUT | BATCH,
     .slot = TOC_SLOT_DATE_ADDED, .help = "when the record was made"},
    {.name = "lastModified", .value = TOC_VALUE_DATE, .flags = ANSWER | OUTPUT | BATCH,
     .slot = TOC_SLOT_LAST_MODIFIED, .help = "when the record was last changed"},
    {.name = "rating", .value = TOC_VALUE_DECIMAL, .flags = ANSWER | OUTPUT | SEND,
     .slot = TOC_SLOT_RATING, .maximum = 5, .help = "threat rating, 0 unknown to 5 critical"},
    {.name = "confidence", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT | SEND,
     .slot = TOC_SLOT_CONFIDENCE, .maximum = 100, .help = "confidence in per cent"},
    {.name = "threatAssessRating", .value = TOC_VALUE_DECIMAL, .flags = ANSWER,
     .slot = TOC_SLOT_THREAT_RATING, .help = "mean rating over all owners"},
    {.name = "threatAssessConfidence", .value = TOC_VALUE_DECIMAL, .flags = ANSWER,
     .slot = TOC_SLOT_THREAT_CONFIDENCE, .help = "mean confidence over all owners"},
    {.name = "threatAssessScore", .value = TOC_VALUE_INT, .flags = ANSWER,
     .slot = TOC_SLOT_THREAT_SCORE, .maximum = 1000, .help = "score made of both, 0 to 1000"},
    {.name = "webLink", .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_WEB_LINK,
     .help = "page of the record"},
    {.name = "source", .flags = DETAIL | SEND, .slot = TOC_SLOT_SOURCE,
     .help = "value of the displayed Source attribute"},
    {.name = "description", .flags = ANSWER | OUTPUT | SEND, .slot = TOC_SLOT_DESCRIPTION,
     .help = "value of the displayed Description attribute"},
    {.name = "summary", .flags = TOC_FIELD_IN_SUMMARY | BATCH, .slot = TOC_SLOT_SUMMARY,
     .help = "the value as one text, parts joined with \" : \""},
    {.name = "observationCount", .value = TOC_VALUE_INT, .flags = MORE,
     .slot = TOC_SLOT_OBSERVATION_COUNT, .help = "how often it was observed"},
    {.name = "lastObserved", .value = TOC_VALUE_DATE, .flags = MORE,
     .slot = TOC_SLOT_LAST_OBSERVED, .help = "when it was last observed"},
    {.name = "falsePositiveCount", .value = TOC_VALUE_INT, .flags = MORE,
     .slot = TOC_SLOT_FALSE_POSITIVE_COUNT, .help = "how often it was called a false positive"},
    {.name = "falsePositiveLastReported", .value = TOC_VALUE_DATE, .flags = MORE,
     .slot = TOC_SLOT_FALSE_POSITIVE_LAST, .help = "when it was last called a false positive"},
    {.name = "privateFlag", .value = TOC_VALUE_BOOL, .flags = MORE | SEND,
     .slot = TOC_SLOT_PRIVATE, .help = "kept out of shared statistics"},
    {.name = "active", .value = TOC_VALUE_BOOL, .flags = MORE | SEND, .slot = TOC_SLOT_ACTIVE,
     .help = "inactive ones are left out of lists"},
    {.name = "activeLocked", .value = TOC_VALUE_BOOL, .flags = MORE | SEND,
     .slot = TOC_SLOT_ACTIVE_LOCKED, .help = "no automatic change of active"},
    {.name = "xid", .flags = MORE | BATCH, .slot = TOC_SLOT_XID,
     .help = "identifier given by the sender"},
    {.name = "firstSeen", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_INDICATOR_FIRST_SEEN, .help = "when it was first seen"},
    {.name = "lastSeen", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_INDICATOR_LAST_SEEN, .help = "when it was last seen"},
    {.name = "externalDateAdded", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_EXTERNAL_ADDED, .help = "when the sending system made it"},
    {.name = "externalDateExpires", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_EXTERNAL_EXPIRES, .help = "when it expires in the sending system"},
    {.name = "externalLastModified", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_EXTERNAL_MODIFIED, .help = "when the sending system changed it"},
};

static const toc_field group_common[] = {
    {.name = "id", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_ID,
     .help = "number of the record"},
    {.name = "name", .flags = ANSWER | OUTPUT | NEED, .slot = TOC_SLOT_NAME, .minimum = 1,
     .maximum = 100, .help = "title; need not be unique"},
    {.name = "ownerName", .flags = TOC_FIELD_IN_SUMMARY | TOC_FIELD_IN_LIST | OUTPUT,
     .slot = TOC_SLOT_OWNER_NAME, .help = "owner that holds the record"},
    {.name = "dateAdded", .value = TOC_VALUE_DATE, .flags = ANSWER | OUTPUT | BATCH,
     .slot = TOC_SLOT_DATE_ADDED, .help = "when the record was made"},
    {.name = "lastModified", .value = TOC_VALUE_DATE, .flags = ANSWER | BATCH,
     .slot = TOC_SLOT_LAST_MODIFIED, .help = "when the record was last changed"},
    {.name = "webLink", .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_WEB_LINK,
     .help = "page of the record"},
    {.name = "description", .flags = WRITE, .slot = TOC_SLOT_DESCRIPTION,
     .help = "value of the displayed Description attribute"},
    {.name = "createdBy", .flags = MORE, .slot = TOC_SLOT_CREATED_BY,
     .help = "user that made the record"},
    {.name = "xid", .flags = MORE | BATCH, .slot = TOC_SLOT_XID,
     .help = "identifier given by the sender"},
    {.name = "firstSeen", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_FIRST_SEEN, .help = "when it was first seen"},
    {.name = "lastSeen", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_LAST_SEEN, .help = "when it was last seen"},
    {.name = "externalDateAdded", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_EXTERNAL_ADDED, .help = "when the sending system made it"},
    {.name = "externalDateExpires", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_EXTERNAL_EXPIRES, .help = "when it expires in the sending system"},
    {.name = "externalLastModified", .value = TOC_VALUE_DATE, .flags = BATCH,
     .slot = TOC_SLOT_EXTERNAL_MODIFIED, .help = "when the sending system changed it"},
};

static const toc_field task_common[] = {
    {.name = "id", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_ID,
     .help = "number of the record"},
    {.name = "name", .flags = ANSWER | OUTPUT | WRITE | TOC_FIELD_REQUIRED,
     .slot = TOC_SLOT_NAME, .minimum = 1, .maximum = 100, .help = "what is to be done"},
    {.name = "ownerName", .flags = TOC_FIELD_IN_SUMMARY | TOC_FIELD_IN_LIST | OUTPUT,
     .slot = TOC_SLOT_OWNER_NAME, .help = "owner that holds the record"},
    {.name = "dateAdded", .value = TOC_VALUE_DATE, .flags = ANSWER | OUTPUT,
     .slot = TOC_SLOT_DATE_ADDED, .help = "when the record was made"},
    {.name = "lastModified", .value = TOC_VALUE_DATE, .flags = DETAIL,
     .slot = TOC_SLOT_LAST_MODIFIED, .help = "when the record was last changed"},
    {.name = "webLink", .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_WEB_LINK,
     .help = "page of the record"},
    {.name = "description", .flags = WRITE, .slot = TOC_SLOT_DESCRIPTION,
     .help = "value of the displayed Description attribute"},
    {.name = "createdBy", .flags = MORE, .slot = TOC_SLOT_CREATED_BY,
     .help = "user that made the record"},
    {.name = "xid", .flags = MORE, .slot = TOC_SLOT_XID, .help = "identifier given by the sender"},
};

/* Victims show no owner and no dates; the client fills in the owner it asked for. */
static const toc_field victim_common[] = {
    {.name = "id", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_ID,
     .help = "number of the record"},
    {.name = "name", .flags = ANSWER | OUTPUT | WRITE | TOC_FIELD_REQUIRED | AGAIN,
     .slot = TOC_SLOT_NAME, .minimum = 1, .maximum = 255, .help = "who or what is the victim"},
    {.name = "ownerName", .slot = TOC_SLOT_OWNER_NAME, .help = "owner that holds the record"},
    {.name = "dateAdded", .value = TOC_VALUE_DATE, .slot = TOC_SLOT_DATE_ADDED,
     .help = "when the record was made"},
    {.name = "lastModified", .value = TOC_VALUE_DATE, .slot = TOC_SLOT_LAST_MODIFIED,
     .help = "when the record was last changed"},
    {.name = "webLink", .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_WEB_LINK,
     .help = "page of the record"},
    {.name = "description", .flags = ANSWER | WRITE, .slot = TOC_SLOT_DESCRIPTION,
     .help = "free text"},
};

static const toc_field asset_common[] = {
    {.name = "id", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_ID,
     .help = "number of the record"},
    {.name = "name", .flags = ANSWER | OUTPUT | WRITE, .slot = TOC_SLOT_NAME,
     .help = "the value that lists show"},
    {.name = "webLink", .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_WEB_LINK,
     .help = "page of the victim"},
};
static const toc_field adversary_asset_common[] = {
    {.name = "id", .value = TOC_VALUE_INT, .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_ID,
     .help = "number of the record"},
    {.name = "name", .flags = ANSWER | OUTPUT | WRITE, .slot = TOC_SLOT_NAME,
     .help = "the value that lists show"},
    {.name = "webLink", .flags = ANSWER | OUTPUT, .slot = TOC_SLOT_WEB_LINK,
     .help = "page of the adversary"},
};

static const toc_field address_fields[] = {
    {.name = "ip", .flags = KEY, .slot = OWN(0), .help = "IPv4 or IPv6 address"},
};
static const toc_field email_address_fields[] = {
    {.name = "address", .flags = KEY, .slot = OWN(0), .help = "mail address"},
};
static const toc_field file_fields[] = {
    {.name = "md5", .label = "MD5", .flags = HASH, .slot = OWN(0), .help = "32 hex digits"},
    {.name = "sha1", .label = "SHA-1", .flags = HASH, .slot = OWN(1), .help = "40 hex digits"},
    {.name = "sha256", .label = "SHA-256", .flags = HASH, .slot = OWN(2), .help = "64 hex digits"},
    {.name = "size", .batch = "intValue1", .value = TOC_VALUE_INT, .flags = SEND | LISTED | OUTPUT,
     .slot = OWN(3), .maximum = INT64_MAX, .help = "size in bytes"},
};
static const toc_field host_fields[] = {
    {.name = "hostName", .flags = KEY, .slot = OWN(0),
     .help = "host name, international ones as punycode"},
    {.name = "dnsActive", .batch = "flag1", .value = TOC_VALUE_BOOL_TEXT,
     .flags = SEND | LISTED | OUTPUT, .slot = OWN(1), .help = "name look-ups are tracked"},
    {.name = "whoisActive", .batch = "flag2", .value = TOC_VALUE_BOOL_TEXT,
     .flags = SEND | LISTED | OUTPUT, .slot = OWN(2), .help = "registrations are tracked"},
};
static const toc_field url_fields[] = {
    {.name = "text", .flags = KEY, .slot = OWN(0), .help = "URL, host part in lower case"},
};
static const toc_field asn_fields[] = {
    {.name = "AS Number", .flags = KEY, .slot = OWN(0), .help = "ASN and digits: ASN64500"},
};
static const toc_field cidr_fields[] = {
    {.name = "Block", .flags = KEY, .slot = OWN(0), .help = "address block: 203.0.113.0/24"},
};
static const toc_field email_subject_fields[] = {
    {.name = "Subject", .flags = KEY, .slot = OWN(0), .help = "subject line of a mail"},
};
static const toc_field hashtag_fields[] = {
    {.name = "Hashtag", .flags = KEY, .slot = OWN(0), .help = "word with a leading #"},
};
static const toc_field mutex_fields[] = {
    {.name = "Mutex", .flags = KEY, .slot = OWN(0), .help = "name of a mutex"},
};
static const toc_field registry_fields[] = {
    {.name = "Key Name", .flags = KEY, .slot = OWN(0),
     .help = "key, beginning with a full hive name"},
    {.name = "Value Name", .flags = KEY, .slot = OWN(1),
     .help = "value below the key; one blank for none"},
    {.name = "Value Type", .flags = KEY, .slot = OWN(2), .choices = REGISTRY_TYPE,
     .help = "type of the value"},
};
static const toc_field user_agent_fields[] = {
    {.name = "User Agent String", .flags = KEY, .slot = OWN(0),
     .help = "User-Agent header of a client"},
};

static const toc_field campaign_fields[] = {
    {.name = "firstSeen", .value = TOC_VALUE_DATE, .flags = SEND | LISTED | OUTPUT, .slot = OWN(0),
     .help = "when the campaign was first seen"},
};
static const toc_field document_fields[] = {
    {.name = "fileName", .flags = NEED | LISTED | OUTPUT, .slot = OWN(0), .minimum = 1,
     .maximum = 255, .help = "name of the file"},
    {.name = "fileSize", .value = TOC_VALUE_INT,
     .flags = TOC_FIELD_UPDATE | COMPUTED | LISTED | OUTPUT, .slot = OWN(1),
     .maximum = INT64_MAX, .help = "size of the content in bytes"},
    {.name = "status", .flags = TOC_FIELD_UPDATE | COMPUTED | LISTED, .slot = OWN(2), .choices = UPLOAD_STATUS,
     .help = "state of the content"},
    {.name = "malware", .value = TOC_VALUE_BOOL, .flags = SEND | DETAIL | OUTPUT, .slot = OWN(3),
     .help = "the content is malware in an encrypted ZIP file"},
    {.name = "password", .flags = SEND | TOC_FIELD_SECRET, .slot = OWN(4),
     .help = "password of the ZIP file"},
    {.name = "insights", .flags = BATCH, .slot = OWN(5), .help = "summary made by a machine"},
    {.name = "aiProvider", .flags = BATCH, .slot = OWN(6), .help = "who made the insights"},
    {.name = "aiLastRetrievalDate", .value = TOC_VALUE_DATE, .flags = BATCH, .slot = OWN(7),
     .help = "when the insights were made"},
};
static const toc_field email_fields[] = {
    {.name = "subject", .flags = NEED | DETAIL | OUTPUT, .slot = OWN(0), .help = "subject line"},
    {.name = "header", .flags = NEED | DETAIL | OUTPUT, .slot = OWN(1), .help = "all header lines"},
    {.name = "body", .flags = NEED | DETAIL | OUTPUT, .slot = OWN(2), .help = "text of the mail"},
    {.name = "from", .flags = SEND | DETAIL | OUTPUT, .slot = OWN(3), .help = "sender"},
    {.name = "to", .flags = SEND | DETAIL | OUTPUT, .slot = OWN(4), .help = "recipients"},
    {.name = "score", .value = TOC_VALUE_INT, .flags = SEND | DETAIL | OUTPUT, .slot = OWN(5),
     .help = "score of the mail"},
};
static const toc_field event_fields[] = {
    {.name = "eventDate", .value = TOC_VALUE_DATE, .flags = SEND | LISTED | OUTPUT, .slot = OWN(0),
     .help = "when it happened; now when left out"},
    {.name = "status", .flags = SEND | DETAIL | MORE, .slot = OWN(1), .choices = EVENT_STATUS,
     .help = "state of the review"},
    {.name = "eventType", .flags = BATCH, .slot = OWN(2), .choices = EVENT_TYPE,
     .help = "kind of event"},
    {.name = "insights", .flags = BATCH, .slot = OWN(3), .help = "summary made by a machine"},
    {.name = "aiProvider", .flags = BATCH, .slot = OWN(4), .help = "who made the insights"},
    {.name = "aiLastRetrievalDate", .value = TOC_VALUE_DATE, .flags = BATCH, .slot = OWN(5),
     .help = "when the insights were made"},
};
static const toc_field incident_fields[] = {
    {.name = "eventDate", .value = TOC_VALUE_DATE, .flags = SEND | LISTED | OUTPUT, .slot = OWN(0),
     .help = "when it happened; now when left out"},
    {.name = "status", .flags = SEND | DETAIL | MORE, .slot = OWN(1), .choices = INCIDENT_STATUS,
     .help = "state of the response"},
};
static const toc_field report_fields[] = {
    {.name = "fileName", .flags = SEND | LISTED | OUTPUT, .slot = OWN(0), .maximum = 255,
     .help = "name of the file"},
    {.name = "fileSize", .value = TOC_VALUE_INT,
     .flags = TOC_FIELD_UPDATE | COMPUTED | LISTED | OUTPUT, .slot = OWN(1),
     .maximum = INT64_MAX, .help = "size of the content in bytes"},
    {.name = "status", .flags = TOC_FIELD_UPDATE | COMPUTED | LISTED, .slot = OWN(2), .choices = UPLOAD_STATUS,
     .help = "state of the content"},
    {.name = "publishDate", .value = TOC_VALUE_DATE, .flags = SEND | LISTED | OUTPUT,
     .slot = OWN(3), .help = "when the report was published"},
    {.name = "insights", .flags = BATCH, .slot = OWN(4), .help = "summary made by a machine"},
    {.name = "aiProvider", .flags = BATCH, .slot = OWN(5), .help = "who made the insights"},
    {.name = "aiLastRetrievalDate", .value = TOC_VALUE_DATE, .flags = BATCH, .slot = OWN(6),
     .help = "when the insights were made"},
};
static const toc_field signature_fields[] = {
    {.name = "fileName", .flags = NEED | AGAIN | LISTED | OUTPUT, .slot = OWN(0), .minimum = 1,
     .maximum = 255, .help = "name of the file"},
    {.name = "fileType", .flags = NEED | AGAIN | LISTED | OUTPUT, .slot = OWN(1),
     .choices = SIGNATURE_TYPE, .help = "language of the signature"},
    {.name = "fileText", .flags = NEED | OUTPUT, .slot = OWN(2), .help = "the signature itself"},
};

static const toc_field task_fields[] = {
    {.name = "status", .flags = WRITE | ANSWER | OUTPUT, .slot = OWN(0), .choices = TASK_STATUS,
     .help = "how far it got"},
    {.name = "escalated", .value = TOC_VALUE_BOOL, .flags = WRITE | COMPUTED | ANSWER | OUTPUT,
     .slot = OWN(1), .help = "the escalation date has passed"},
    {.name = "reminded", .value = TOC_VALUE_BOOL, .flags = WRITE | COMPUTED | ANSWER | OUTPUT,
     .slot = OWN(2), .help = "the reminder was sent"},
    {.name = "overdue", .value = TOC_VALUE_BOOL, .flags = WRITE | COMPUTED | ANSWER | OUTPUT,
     .slot = OWN(3), .help = "the due date has passed"},
    {.name = "dueDate", .value = TOC_VALUE_DATE, .flags = WRITE | ANSWER | OUTPUT,
     .slot = OWN(4), .help = "when it must be done"},
    {.name = "reminderDate", .value = TOC_VALUE_DATE, .flags = WRITE | ANSWER | OUTPUT,
     .slot = OWN(5), .help = "when to remind the assignees"},
    {.name = "escalationDate", .value = TOC_VALUE_DATE, .flags = WRITE | ANSWER | OUTPUT,
     .slot = OWN(6), .help = "when to tell the escalatees"},
};
static const toc_field victim_fields[] = {
    {.name = "org", .flags = WRITE | ANSWER | OUTPUT, .slot = OWN(0), .help = "organization"},
    {.name = "suborg", .flags = WRITE | ANSWER | OUTPUT, .slot = OWN(1),
     .help = "part of the organization"},
    {.name = "workLocation", .flags = WRITE | ANSWER | OUTPUT, .slot = OWN(2),
     .help = "place of work"},
    {.name = "nationality", .flags = WRITE | ANSWER | OUTPUT, .slot = OWN(3),
     .help = "nationality"},
};

#define ASSET (WRITE | LISTED | OUTPUT)
#define ASSET_NEED (ASSET | TOC_FIELD_REQUIRED)
static const toc_field asset_email_fields[] = {
    {.name = "address", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 255,
     .help = "mail address"},
    {.name = "addressType", .flags = ASSET, .slot = OWN(1), .help = "work, private, ..."},
};
static const toc_field asset_account_fields[] = {
    {.name = "account", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 255,
     .help = "name of the account"},
    {.name = "network", .flags = ASSET, .slot = OWN(1), .help = "network it belongs to"},
};
static const toc_field asset_phone_fields[] = {
    {.name = "phoneType", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 255,
     .help = "the phone number; the API calls it so"},
};
static const toc_field asset_web_fields[] = {
    {.name = "webSite", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 500,
     .help = "address of the site"},
};

static const toc_field handle_fields[] = {
    {.name = "handle", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 255,
     .help = "name that the adversary goes by"},
};
static const toc_field phone_number_fields[] = {
    {.name = "phoneNumber", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 255,
     .help = "phone number of the adversary"},
};
static const toc_field adversary_url_fields[] = {
    {.name = "url", .flags = ASSET_NEED, .slot = OWN(0), .minimum = 1, .maximum = 500,
     .help = "page of the adversary"},
};

#define FIELDS(array) .fields = (array), .field_count = TOC_COUNT(array)
#define CUSTOM_LINK "/auth/indicators/details/customIndicator.xhtml?id={id}&owner={owner}"
#define VICTIM_LINK "/auth/victim/victim.xhtml?victim={id}"
#define ADVERSARY_LINK "/auth/adversary/adversary.xhtml?adversary={id}"

static const toc_type types[] = {
    {.name = "Address", .entity = "address", .branch = "addresses", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_PARSABLE | TOC_TYPE_RESOLVED, .key_count = 1, FIELDS(address_fields),
     .web_link = "/auth/indicators/details/address.xhtml?address={value}&owner={owner}",
     .help = "IPv4 or IPv6 address", .normalise = toc__normalise_address},
    {.name = "EmailAddress", .entity = "emailAddress", .branch = "emailAddresses",
     .kind = TOC_KIND_INDICATOR, .traits = TOC_TYPE_PARSABLE, .key_count = 1,
     FIELDS(email_address_fields),
     .web_link = "/auth/indicators/details/emailaddress.xhtml?emailaddress={value}&owner={owner}",
     .help = "mail address", .normalise = toc__normalise_email},
    {.name = "File", .entity = "file", .branch = "files", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_PARSABLE | TOC_TYPE_HASHES, .letter_case = TOC_CASE_UPPER, .key_count = 3,
     FIELDS(file_fields),
     .web_link = "/auth/indicators/details/file.xhtml?file={value}&owner={owner}",
     .help = "file, known by up to three hashes", .normalise = toc__normalise_file},
    {.name = "Host", .entity = "host", .branch = "hosts", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_PARSABLE | TOC_TYPE_RESOLVES, .letter_case = TOC_CASE_LOWER, .key_count = 1,
     FIELDS(host_fields),
     .web_link = "/auth/indicators/details/host.xhtml?host={value}&owner={owner}",
     .help = "host name", .normalise = toc__normalise_host},
    {.name = "URL", .entity = "url", .branch = "urls", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_PARSABLE, .key_count = 1, FIELDS(url_fields),
     .web_link = "/auth/indicators/details/url.xhtml?orgid={id}&owner={owner}",
     .help = "URL", .normalise = toc__normalise_url},
    {.name = "ASN", .entity = "asn", .branch = "asns", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_CUSTOM | TOC_TYPE_PARSABLE, .letter_case = TOC_CASE_UPPER, .key_count = 1,
     FIELDS(asn_fields), .web_link = CUSTOM_LINK, .help = "autonomous system number",
     .normalise = toc__normalise_asn},
    {.name = "CIDR", .entity = "cidrBlock", .branch = "cidrBlocks", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_CUSTOM | TOC_TYPE_PARSABLE, .letter_case = TOC_CASE_LOWER, .key_count = 1,
     FIELDS(cidr_fields), .web_link = CUSTOM_LINK, .help = "block of addresses",
     .normalise = toc__normalise_cidr},
    {.name = "Email Subject", .entity = "emailSubject", .branch = "emailSubjects",
     .kind = TOC_KIND_INDICATOR, .traits = TOC_TYPE_CUSTOM, .letter_case = TOC_CASE_SENSITIVE,
     .key_count = 1, FIELDS(email_subject_fields), .web_link = CUSTOM_LINK,
     .help = "subject line of a mail"},
    {.name = "Hashtag", .entity = "hashtag", .branch = "hashtags", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_CUSTOM, .letter_case = TOC_CASE_LOWER, .key_count = 1,
     FIELDS(hashtag_fields), .web_link = CUSTOM_LINK, .help = "hashtag of a social network"},
    {.name = "Mutex", .entity = "mutex", .branch = "mutexes", .kind = TOC_KIND_INDICATOR,
     .traits = TOC_TYPE_CUSTOM, .letter_case = TOC_CASE_SENSITIVE, .key_count = 1,
     FIELDS(mutex_fields), .web_link = CUSTOM_LINK, .help = "name of a mutex"},
    {.name = "Registry Key", .entity = "registryKey", .branch = "registryKeys",
     .kind = TOC_KIND_INDICATOR, .traits = TOC_TYPE_CUSTOM, .letter_case = TOC_CASE_SENSITIVE,
     .key_count = 3, FIELDS(registry_fields), .web_link = CUSTOM_LINK,
     .help = "registry key with value name and type", .normalise = toc__normalise_registry},
    {.name = "User Agent", .entity = "userAgent", .branch = "userAgents",
     .kind = TOC_KIND_INDICATOR, .traits = TOC_TYPE_CUSTOM, .letter_case = TOC_CASE_SENSITIVE,
     .key_count = 1, FIELDS(user_agent_fields), .web_link = CUSTOM_LINK,
     .help = "User-Agent text"},

    {.name = "Adversary", .entity = "adversary", .branch = "adversaries", .kind = TOC_KIND_GROUP,
     .traits = TOC_TYPE_ASSETS, .web_link = ADVERSARY_LINK,
     .help = "person or organization behind attacks"},
    {.name = "Attack Pattern", .entity = "attackPattern", .branch = "attackPatterns",
     .kind = TOC_KIND_GROUP,
     .web_link = "/auth/attackpattern/attackpattern.xhtml?attackpattern={id}",
     .help = "way of attacking"},
    {.name = "Campaign", .entity = "campaign", .branch = "campaigns", .kind = TOC_KIND_GROUP,
     FIELDS(campaign_fields), .web_link = "/auth/campaign/campaign.xhtml?campaign={id}",
     .help = "incidents that belong together"},
    {.name = "Course of Action", .entity = "courseOfAction", .branch = "coursesOfAction",
     .kind = TOC_KIND_GROUP,
     .web_link = "/auth/courseofaction/courseofaction.xhtml?courseofaction={id}",
     .help = "measure against attacks"},
    {.name = "Document", .entity = "document", .branch = "documents", .kind = TOC_KIND_GROUP,
     .traits = TOC_TYPE_CONTENT, FIELDS(document_fields),
     .web_link = "/auth/document/document.xhtml?document={id}", .help = "file of any kind"},
    {.name = "Email", .entity = "email", .branch = "emails", .kind = TOC_KIND_GROUP,
     FIELDS(email_fields), .web_link = "/auth/email/email.xhtml?email={id}",
     .help = "mail with header and body"},
    {.name = "Event", .entity = "event", .branch = "events", .kind = TOC_KIND_GROUP,
     FIELDS(event_fields), .web_link = "/auth/event/event.xhtml?event={id}",
     .help = "something that was noticed"},
    {.name = "Incident", .entity = "incident", .branch = "incidents", .kind = TOC_KIND_GROUP,
     FIELDS(incident_fields), .web_link = "/auth/incident/incident.xhtml?incident={id}",
     .help = "attack that took place"},
    {.name = "Intrusion Set", .entity = "intrusionSet", .branch = "intrusionSets",
     .kind = TOC_KIND_GROUP,
     .web_link = "/auth/intrusionset/intrusionset.xhtml?intrusionset={id}",
     .help = "activities of one actor"},
    {.name = "Malware", .entity = "malware", .branch = "malware", .kind = TOC_KIND_GROUP,
     .web_link = "/auth/malware/malware.xhtml?malware={id}", .help = "malware family"},
    {.name = "Report", .entity = "report", .branch = "reports", .kind = TOC_KIND_GROUP,
     .traits = TOC_TYPE_CONTENT, FIELDS(report_fields),
     .web_link = "/auth/report/report.xhtml?report={id}", .help = "published report"},
    {.name = "Signature", .entity = "signature", .branch = "signatures", .kind = TOC_KIND_GROUP,
     .traits = TOC_TYPE_CONTENT, FIELDS(signature_fields),
     .web_link = "/auth/signature/signature.xhtml?signature={id}", .help = "detection rule"},
    {.name = "Tactic", .entity = "tactic", .branch = "tactics", .kind = TOC_KIND_GROUP,
     .web_link = "/auth/tactic/tactic.xhtml?tactic={id}", .help = "aim of an attack pattern"},
    {.name = "Threat", .entity = "threat", .branch = "threats", .kind = TOC_KIND_GROUP,
     .web_link = "/auth/threat/threat.xhtml?threat={id}", .help = "threat in general"},
    {.name = "Tool", .entity = "tool", .branch = "tools", .kind = TOC_KIND_GROUP,
     .web_link = "/auth/tool/tool.xhtml?tool={id}", .help = "software that attackers use"},
    {.name = "Vulnerability", .entity = "vulnerability", .branch = "vulnerabilities",
     .kind = TOC_KIND_GROUP,
     .web_link = "/auth/vulnerability/vulnerability.xhtml?vulnerability={id}",
     .help = "weakness of software"},

    {.name = "Task", .entity = "task", .branch = "tasks", .kind = TOC_KIND_TASK,
     FIELDS(task_fields), .web_link = "/auth/workflow/task.xhtml?task={id}",
     .help = "work to be done"},
    {.name = "Victim", .entity = "victim", .branch = "victims", .kind = TOC_KIND_VICTIM,
     FIELDS(victim_fields), .web_link = VICTIM_LINK, .help = "person or organization attacked"},

    {.name = "EmailAddress", .entity = "victimEmailAddress", .branch = "emailAddresses",
     .kind = TOC_KIND_VICTIM_ASSET, FIELDS(asset_email_fields), .web_link = VICTIM_LINK,
     .help = "mail address of a victim"},
    {.name = "NetworkAccount", .entity = "victimNetworkAccount", .branch = "networkAccounts",
     .kind = TOC_KIND_VICTIM_ASSET, FIELDS(asset_account_fields), .web_link = VICTIM_LINK,
     .help = "network account of a victim"},
    {.name = "Phone", .entity = "victimPhone", .branch = "phoneNumbers",
     .kind = TOC_KIND_VICTIM_ASSET, FIELDS(asset_phone_fields), .web_link = VICTIM_LINK,
     .help = "phone number of a victim"},
    {.name = "SocialNetwork", .entity = "victimSocialNetwork", .branch = "socialNetworks",
     .kind = TOC_KIND_VICTIM_ASSET, FIELDS(asset_account_fields), .web_link = VICTIM_LINK,
     .help = "social network account of a victim"},
    {.name = "WebSite", .entity = "victimWebSite", .branch = "webSites",
     .kind = TOC_KIND_VICTIM_ASSET, FIELDS(asset_web_fields), .web_link = VICTIM_LINK,
     .help = "web site of a victim"},

    {.name = "Handle", .entity = "adversaryHandle", .branch = "handles",
     .kind = TOC_KIND_ADVERSARY_ASSET, FIELDS(handle_fields), .web_link = ADVERSARY_LINK,
     .help = "name that an adversary goes by"},
    {.name = "PhoneNumber", .entity = "adversaryPhoneNumber", .branch = "phoneNumbers",
     .kind = TOC_KIND_ADVERSARY_ASSET, FIELDS(phone_number_fields), .web_link = ADVERSARY_LINK,
     .help = "phone number of an adversary"},
    {.name = "URL", .entity = "adversaryUrl", .branch = "urls", .kind = TOC_KIND_ADVERSARY_ASSET,
     FIELDS(adversary_url_fields), .web_link = ADVERSARY_LINK, .help = "page of an adversary"},
};
/* clang-format on */

static const struct kind_row {
    const char *entity, *branch;
    const toc_field *fields;
    size_t field_count;
} kinds[] = {
    [TOC_KIND_INDICATOR] = {"indicator", "indicators", FIELDS(indicator_common)},
    [TOC_KIND_GROUP] = {"group", "groups", FIELDS(group_common)},
    [TOC_KIND_TASK] = {"task", "tasks", FIELDS(task_common)},
    [TOC_KIND_VICTIM] = {"victim", "victims", FIELDS(victim_common)},
    [TOC_KIND_VICTIM_ASSET] = {"victimAsset", "victimAssets", FIELDS(asset_common)},
    [TOC_KIND_ADVERSARY_ASSET] = {"bucketAsset", "adversaryAssets", FIELDS(adversary_asset_common)},
    [TOC_KIND_RECORD] = {"record", "records", NULL, 0},
};
_Static_assert(TOC_COUNT(kinds) == TOC_KIND_COUNT, "a row per kind");

const toc_type *toc_type_list(size_t *count)
{
    *count = TOC_COUNT(types);
    return types;
}

const toc_field *toc_kind_fields(toc_kind kind, size_t *count)
{
    if ((unsigned)kind >= TOC_KIND_COUNT) {
        *count = 0;
        return NULL;
    }
    *count = kinds[kind].field_count;
    return kinds[kind].fields;
}

const char *toc_kind_entity(toc_kind kind)
{
    return (unsigned)kind < TOC_KIND_COUNT ? kinds[kind].entity : NULL;
}

const char *toc_kind_branch(toc_kind kind)
{
    return (unsigned)kind < TOC_KIND_COUNT ? kinds[kind].branch : NULL;
}
