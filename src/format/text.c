/* text.c - objects as people read them, in the layout of the SDK (sdk.md 2.11). */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/sheet.h"
#include "format/format.h"
#include "model/records.h"

#define METRIC_LABEL 32
#define PART_LABEL 10
#define PART_VALUE 70
#define NAME_MAX_TEXT 80

typedef enum source {
    FROM_FIELD,
    FROM_TYPE,
    FROM_RESOURCE,
    FROM_BRANCH,
    FROM_ENTITY,
    FROM_OWNER,
    FROM_LABELS,
    FROM_VALUE,  /* of an indicator: one row, or a header and one for each part */
    FROM_CUSTOM, /* the parts once more, of custom indicators only */
    FROM_FIELDS  /* a row for each field of the type */
} source;

typedef struct row {
    const char *label;
    source from;
    const char *field;
    bool optional; /* left out when there is nothing */
} row;

typedef struct sheet {
    const char *title, *section; /* section NULL: none */
    const row *rows;
    size_t count;
    bool writable, information; /* sections that follow */
} sheet;

#define FIELD(text, name)                                                                          \
    {                                                                                              \
        text, FROM_FIELD, name, false                                                              \
    }

static const row indicator_rows[] = {
    FIELD("id", "id"),
    {"api_branch", FROM_BRANCH, NULL, false},
    {"api_entity", FROM_ENTITY, NULL, false},
    {"indicator", FROM_VALUE, NULL, false},
    {"custom_fields", FROM_CUSTOM, NULL, true},
    {"resource_type", FROM_RESOURCE, NULL, false},
    {"owner_name", FROM_OWNER, NULL, false},
    FIELD("date_added", "dateAdded"),
    FIELD("last_modified", "lastModified"),
    FIELD("description", "description"),
    FIELD("confidence", "confidence"),
    FIELD("rating", "rating"),
    FIELD("threat_assess_confidence", "threatAssessConfidence"),
    FIELD("threat_assess_rating", "threatAssessRating"),
    {"security_labels", FROM_LABELS, NULL, false},
    FIELD("weblink", "webLink"),
};
static const row group_rows[] = {
    FIELD("id", "id"),
    FIELD("name", "name"),
    {"resource_type", FROM_RESOURCE, NULL, false},
    {"owner_name", FROM_OWNER, NULL, false},
    FIELD("date_added", "dateAdded"),
    {"security_label", FROM_LABELS, NULL, true},
    {"type", FROM_TYPE, NULL, false},
    FIELD("weblink", "webLink"),
};
static const row task_rows[] = {
    FIELD("id", "id"),
    FIELD("name", "name"),
    {"resource_type", FROM_RESOURCE, NULL, false},
    {"owner_name", FROM_OWNER, NULL, false},
    FIELD("date_added", "dateAdded"),
    FIELD("overdue", "overdue"),
    FIELD("due_date", "dueDate"),
    FIELD("reminded", "reminded"),
    FIELD("reminder_date", "reminderDate"),
    FIELD("escalated", "escalated"),
    FIELD("escalation_date", "escalationDate"),
    FIELD("status", "status"),
    FIELD("weblink", "webLink"),
};
static const row victim_rows[] = {
    FIELD("id", "id"),
    FIELD("name", "name"),
    {"owner_name", FROM_OWNER, NULL, false},
    {"resource_type", FROM_RESOURCE, NULL, false},
    FIELD("description", "description"),
    FIELD("org", "org"),
    FIELD("nationality", "nationality"),
    FIELD("suborg", "suborg"),
    FIELD("work_location", "workLocation"),
    FIELD("weblink", "webLink"),
};
static const row asset_rows[] = {
    FIELD("id", "id"),
    FIELD("name", "name"),
    {NULL, FROM_FIELDS, NULL, false},
    {"type", FROM_TYPE, NULL, false},
    FIELD("weblink", "webLink"),
};
static const row attribute_rows[] = {
    FIELD("id", "id"),
    FIELD("type", "type"),
    FIELD("value", "value"),
    FIELD("displayed", "displayed"),
    FIELD("date_added", "dateAdded"),
    FIELD("last_modified", "lastModified"),
};
static const row label_rows[] = {
    FIELD("name", "name"),
    FIELD("description", "description"),
    FIELD("date_added", "dateAdded"),
};
static const row tag_rows[] = {FIELD("name", "name"), FIELD("weblink", "webLink")};
static const row resolution_rows[] = {
    FIELD("ip", "ip"),
    FIELD("owner_name", "ownerName"),
    FIELD("resolution_date", "resolutionDate"),
    FIELD("weblink", "webLink"),
};
static const row occurrence_rows[] = {
    FIELD("date", "date"),
    FIELD("file_name", "fileName"),
    FIELD("id", "id"),
    FIELD("path", "path"),
};
static const row observation_rows[] = {
    FIELD("count", "count"),
    FIELD("date_observed", "dateObserved"),
};
static const row user_rows[] = {
    FIELD("user_name", "userName"),
    FIELD("first_name", "firstName"),
    FIELD("last_name", "lastName"),
};
static const row owner_rows[] = {
    FIELD("id", "id"),
    FIELD("name", "name"),
    FIELD("type", "type"),
};
static const row batch_rows[] = {
    {NULL, FROM_FIELDS, NULL, false},           FIELD("status", "status"),
    FIELD("error_count", "errorCount"),         FIELD("success_count", "successCount"),
    FIELD("unprocess_count", "unprocessCount"),
};
static const row all_rows[] = {{NULL, FROM_FIELDS, NULL, false}};
/* In the order of the property names, without total_campaign, as the SDK prints them. */
static const row metric_rows[] = {
    FIELD("average_indicator_confidence", "averageIndicatorConfidence"),
    FIELD("average_indicator_rating", "averageIndicatorRating"),
    FIELD("metric_date", "metricDate"),
    FIELD("total_address", "totalAddress"),
    FIELD("total_adversary", "totalAdversary"),
    FIELD("total_document", "totalDocument"),
    FIELD("total_email", "totalEmail"),
    FIELD("total_emailaddress", "totalEmailAddress"),
    FIELD("total_enriched_indicator", "totalEnrichedIndicator"),
    FIELD("total_false_positive", "totalFalsePositive"),
    FIELD("total_false_positive_daily", "totalFalsePositiveDaily"),
    FIELD("total_file", "totalFile"),
    FIELD("total_group", "totalGroup"),
    FIELD("total_groupAttribute", "totalGroupAttribute"),
    FIELD("total_group_indicator", "totalGroupIndicator"),
    FIELD("total_host", "totalHost"),
    FIELD("total_incident", "totalIncident"),
    FIELD("total_indicator", "totalIndicator"),
    FIELD("total_indicatorAttribute", "totalIndicatorAttribute"),
    FIELD("total_observation_address", "totalObservationAddress"),
    FIELD("total_observation_daily", "totalObservationDaily"),
    FIELD("total_observation_emailaddress", "totalObservationEmailAddress"),
    FIELD("total_observation_file", "totalObservationFile"),
    FIELD("total_observation_host", "totalObservationHost"),
    FIELD("total_observation_indicator", "totalObservationIndicator"),
    FIELD("total_observation_url", "totalObservationUrl"),
    FIELD("total_result", "totalResult"),
    FIELD("total_signature", "totalSignature"),
    FIELD("total_tag", "totalTag"),
    FIELD("total_task", "totalTask"),
    FIELD("total_threat", "totalThreat"),
    FIELD("total_track", "totalTrack"),
    FIELD("total_url", "totalUrl"),
};

#define ROWS(rows) (rows), TOC_COUNT(rows)
#define METHODS "Retrievable Methods"

static const sheet sheets[] = {
    [TOC_KIND_INDICATOR] = {"Resource Object Properties", METHODS, ROWS(indicator_rows), true,
                            true},
    [TOC_KIND_GROUP] = {"Group Resource Object Properties", METHODS, ROWS(group_rows), true, true},
    [TOC_KIND_TASK] = {"Task Resource Object Properties", METHODS, ROWS(task_rows), true, true},
    [TOC_KIND_VICTIM] = {"Resource Object Properties", METHODS, ROWS(victim_rows), true, true},
    [TOC_KIND_VICTIM_ASSET] = {"Victim Asset Object Properties", METHODS, ROWS(asset_rows), true,
                               false},
    [TOC_KIND_ADVERSARY_ASSET] = {"Adversary Asset Object Properties", METHODS, ROWS(asset_rows),
                                  true, false},
    [TOC_KIND_RECORD] = {NULL, METHODS, ROWS(all_rows), false, false},
};
_Static_assert(TOC_COUNT(sheets) == TOC_KIND_COUNT, "a sheet per kind");

static const sheet records[TOC_RECORD_COUNT] = {
    [TOC_RECORD_ATTRIBUTE] = {"Attribute Object Properties", METHODS, ROWS(attribute_rows), false,
                              false},
    [TOC_RECORD_LABEL] = {"Security Label Properties", METHODS, ROWS(label_rows), false, false},
    [TOC_RECORD_TAG] = {"Tag Object Properties", METHODS, ROWS(tag_rows), false, false},
    [TOC_RECORD_OBSERVATION] = {"Observation Object Properties", METHODS, ROWS(observation_rows),
                                false, false},
    [TOC_RECORD_OCCURRENCE] = {"File Occurrence Object Properties", METHODS, ROWS(occurrence_rows),
                               false, false},
    [TOC_RECORD_RESOLUTION] = {"DNS Resolution Object Properties", METHODS, ROWS(resolution_rows),
                               false, false},
    [TOC_RECORD_USER] = {"Owner Members Object Properties", "Members", ROWS(user_rows), false,
                         false},
    [TOC_RECORD_OWNER] = {"Owner Resource Object Properties", METHODS, ROWS(owner_rows), false,
                          true},
    [TOC_RECORD_BATCH] = {"Batch Job Object Properties", METHODS, ROWS(batch_rows), false, false},
    [TOC_RECORD_METRIC] = {"Metric", NULL, ROWS(metric_rows), false, false},
};

/* Properties of the SDK that are not simply the member in lower case. */
static const toc_rename properties[] = {{"from", "from_address"}, {NULL, NULL}};

static const sheet *sheet_of(const toc_type *type)
{
    for (size_t i = 0; type->kind == TOC_KIND_RECORD && i < TOC_RECORD_COUNT; i++)
        if (type == toc__record_type((toc_record)i) && records[i].title)
            return &records[i];
    return &sheets[type->kind];
}

/* "dnsActive" as "dns_active" or "DNS_ACTIVE". */
static void snake(const char *name, bool upper, char out[NAME_MAX_TEXT])
{
    size_t length = 0;
    bool low = false;
    for (const char *at = name; *at && length < NAME_MAX_TEXT - 2; at++) {
        bool big = *at >= 'A' && *at <= 'Z', small = *at >= 'a' && *at <= 'z';
        if (big && low)
            out[length++] = '_';
        out[length++] = big && !upper    ? (char)(*at + ('a' - 'A'))
                        : small && upper ? (char)(*at - ('a' - 'A'))
                        : *at == ' '     ? '_'
                                         : *at;
        low = !big;
    }
    out[length] = '\0';
}

static void property_of(const char *name, char out[NAME_MAX_TEXT])
{
    for (const toc_rename *at = properties; at->from; at++)
        if (strcmp(at->from, name) == 0)
            name = at->to;
    snake(name, false, out);
}

/* A value must not look like rows of its own. */
static void put_flat(toc_buf *buf, toc_str text)
{
    size_t start = buf->len;
    toc_buf_str(buf, text);
    for (size_t i = start; i < buf->len; i++)
        if ((unsigned char)buf->ptr[i] < ' ' || buf->ptr[i] == 0x7F)
            buf->ptr[i] = ' ';
}

static void put_field(toc_buf *value, const toc_formatter *formatter, const toc_object *obj,
                      const char *name)
{
    const toc_field *field = toc_type_field(obj->type, toc_str_of(name));
    toc_column column = {.field = field};
    bool hidden = !field || (field->flags & TOC_FIELD_SECRET);
    if (hidden || !toc__format_value(value, obj, &column,
                                     toc__format_compat(formatter) ? toc_buf_str : put_flat))
        toc_buf_lit(value, "None");
}

static void put_resource(toc_buf *value, const toc_type *type)
{
    static const char *const known[] = {"Address", "EmailAddress", "File", "Host", "URL"};
    bool plain = type->kind != TOC_KIND_INDICATOR;
    for (size_t i = 0; i < TOC_COUNT(known) && !plain; i++)
        plain = strcmp(known[i], type->name) == 0;
    char name[NAME_MAX_TEXT];
    snake(type->branch, true, name);
    toc_buf_lit(value, "ResourceType.");
    toc_buf_text(value, plain ? name : "CUSTOM_INDICATORS");
}

static void put_owner(toc_buf *value, const toc_object *obj)
{
    toc_str name = toc__object_text(obj, TOC_SLOT_OWNER_NAME);
    if (!name.ptr)
        name = obj->owner.name;
    if (name.ptr)
        put_flat(value, name);
    else
        toc_buf_lit(value, "None");
}

static void put_labels(toc_buf *value, const toc_object *obj)
{
    for (const toc_label *label = obj->labels.first; label; label = label->next) {
        if (label != obj->labels.first)
            toc_buf_lit(value, ", ");
        put_flat(value, label->name);
    }
}

/* A header and one row for each part of the value. */
static void put_parts(toc_formatter *formatter, toc_object *obj, const char *label)
{
    toc_buf *buf = &formatter->buf;
    toc_buf_lit(buf, "  ");
    toc__sheet_pad(buf, toc_str_of(label), TOC_SHEET_LABEL);
    toc_buf_lit(buf, "\n");
    for (unsigned i = 0; i < obj->type->key_count; i++) {
        toc_buf value TOC_CLEANUP(toc_buf_done) = {0};
        toc_buf_init(&value, TOC_MAX_TEXT);
        put_field(&value, formatter, obj, obj->type->fields[i].name);
        toc_buf_lit(buf, "    ");
        toc__sheet_pad(buf, toc_str_of(obj->type->fields[i].name), PART_LABEL);
        toc_buf_lit(buf, ": ");
        toc__sheet_pad(buf, toc_buf_view(&value), PART_VALUE);
        toc_buf_lit(buf, "\n");
        if (value.failed)
            buf->failed = value.failed;
    }
}

static bool in_parts(const toc_type *type)
{
    return (type->traits & (TOC_TYPE_HASHES | TOC_TYPE_CUSTOM)) != 0;
}

static void put_row(toc_formatter *formatter, size_t width, const char *label, toc_buf *value)
{
    toc__sheet_row(&formatter->buf, label, width, ": ", toc_buf_view(value));
    if (value->failed)
        formatter->buf.failed = value->failed;
}

static void put_all_fields(toc_formatter *formatter, const toc_object *obj)
{
    for (size_t i = 0; i < obj->type->field_count; i++) {
        const toc_field *field = &obj->type->fields[i];
        char label[NAME_MAX_TEXT];
        if (!(field->flags & TOC_FIELD_OUTPUT))
            continue;
        toc_buf value TOC_CLEANUP(toc_buf_done) = {0};
        toc_buf_init(&value, TOC_MAX_TEXT);
        property_of(field->name, label);
        put_field(&value, formatter, obj, field->name);
        put_row(formatter, TOC_SHEET_LABEL, label, &value);
    }
}

static void put_source(toc_buf *value, const toc_formatter *formatter, toc_object *obj,
                       const row *at)
{
    switch (at->from) {
    case FROM_TYPE:
        toc_buf_text(value, obj->type->name);
        break;
    case FROM_RESOURCE:
        put_resource(value, obj->type);
        break;
    case FROM_BRANCH:
        toc_buf_text(value, obj->type->branch);
        break;
    case FROM_ENTITY:
        toc_buf_text(value, obj->type->entity);
        break;
    case FROM_OWNER:
        put_owner(value, obj);
        break;
    case FROM_LABELS:
        put_labels(value, obj);
        break;
    case FROM_VALUE:
        put_flat(value, toc_object_summary(obj));
        break;
    default:
        put_field(value, formatter, obj, at->field);
    }
}

static void put_line(toc_formatter *formatter, toc_object *obj, const sheet *of, const row *at)
{
    if (at->from == FROM_FIELDS) {
        put_all_fields(formatter, obj);
        return;
    }
    if (at->from == FROM_VALUE && in_parts(obj->type)) {
        put_parts(formatter, obj, at->label);
        return;
    }
    if (at->from == FROM_CUSTOM) {
        if (obj->type->traits & TOC_TYPE_CUSTOM)
            put_parts(formatter, obj, at->label);
        return;
    }
    if (at->from == FROM_LABELS && at->optional && !obj->labels.first)
        return;
    toc_buf value TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&value, TOC_MAX_TEXT);
    put_source(&value, formatter, obj, at);
    put_row(formatter, of->section ? TOC_SHEET_LABEL : METRIC_LABEL, at->label, &value);
}

typedef struct writable {
    const toc_field *field;
    char property[NAME_MAX_TEXT];
} writable;

static size_t gather(const toc_field *fields, size_t count, const toc_type *type,
                     writable found[TOC_SLOT_COUNT], size_t used)
{
    for (size_t i = 0; i < count && used < TOC_SLOT_COUNT; i++) {
        bool key = type->kind == TOC_KIND_INDICATOR && (fields[i].flags & TOC_FIELD_KEY);
        if (!(fields[i].flags & (TOC_FIELD_CREATE | TOC_FIELD_UPDATE)))
            continue;
        found[used].field = &fields[i];
        if (key)
            memcpy(found[used].property, "indicator", sizeof("indicator"));
        else
            property_of(fields[i].name, found[used].property);
        used++;
    }
    return used;
}

/* A task's name comes first. */
static int order(const writable *a, const writable *b, toc_kind kind)
{
    if (kind == TOC_KIND_TASK) {
        int left = strcmp(a->property, "name") != 0, right = strcmp(b->property, "name") != 0;
        if (left != right)
            return left - right;
    }
    return strcmp(a->property, b->property);
}

static void sort(writable *found, size_t count, toc_kind kind)
{
    for (size_t i = 1; i < count; i++) {
        writable moving = found[i];
        size_t at = i;
        for (; at && order(&found[at - 1], &moving, kind) > 0; at--)
            found[at] = found[at - 1];
        found[at] = moving;
    }
}

static void put_writable(toc_formatter *formatter, const toc_type *type)
{
    writable found[TOC_SLOT_COUNT];
    size_t common_count, count = gather(type->fields, type->field_count, type, found, 0);
    const toc_field *common = toc_kind_fields(type->kind, &common_count);
    count = gather(common, common_count, type, found, count);
    sort(found, count, type->kind);
    toc__sheet_section(&formatter->buf, "Writable Properties");
    for (size_t i = 0; i < count; i++) {
        char text[NAME_MAX_TEXT + 40];
        bool required = (found[i].field->flags & TOC_FIELD_REQUIRED) != 0;
        int length = snprintf(text, sizeof(text), "set_%s (Required: %s)", found[i].property,
                              required ? "True" : "False");
        toc__sheet_row(&formatter->buf, found[i].field->name, TOC_SHEET_LABEL, ": ",
                       (toc_str){text, (size_t)length});
    }
}

/* sdk.md 2.2: 0 nothing pending, 1 add, 2 update. */
static toc_str phase_of(const toc_object *obj)
{
    if (obj->type->kind == TOC_KIND_RECORD)
        return TOC_S("0");
    if (!(obj->state & TOC_OBJECT_KNOWN) && !toc__object_has(obj, TOC_SLOT_ID))
        return TOC_S("1");
    return obj->state & TOC_OBJECT_CHANGED ? TOC_S("2") : TOC_S("0");
}

/* The smallest text that is greater than the one before: few texts need no sorted copy. */
static void put_sorted(toc_buf *buf, const toc_str *texts, size_t count, const char *label)
{
    toc_str last = {NULL, 0};
    for (size_t done = 0; done < count; done++) {
        const toc_str *next = NULL;
        for (size_t i = 0; i < count; i++)
            if ((!last.ptr || toc_str_compare(texts[i], last) > 0) &&
                (!next || toc_str_compare(texts[i], *next) < 0))
                next = &texts[i];
        if (!next)
            return;
        last = *next;
        toc__sheet_row(buf, label, TOC_SHEET_LABEL, ": ", last);
    }
}

static void put_information(toc_formatter *formatter, const toc_object *obj, bool filters)
{
    toc_buf *buf = &formatter->buf;
    toc__sheet_section(buf, "Object Information");
    toc__sheet_row(buf, "phase", TOC_SHEET_LABEL, ": ", phase_of(obj));
    if (filters && formatter->matched_count) {
        toc__sheet_section(buf, "Matched Filters");
        put_sorted(buf, formatter->matched, formatter->matched_count, "matched filter");
    }
    if (formatter->uri.len) {
        toc__sheet_section(buf, "Request URI's");
        toc__sheet_row(buf, "", TOC_SHEET_LABEL, ": ", formatter->uri);
    }
}

static void put_title(toc_buf *buf, const sheet *of, const toc_type *type)
{
    char title[TOC_SHEET_WIDTH];
    (void)snprintf(title, sizeof(title), "%.50s Object Properties", type->name);
    toc__sheet_title(buf, of->title ? of->title : title);
    if (of->section)
        toc__sheet_first(buf, of->section);
}

static void write_object(toc_formatter *formatter, const toc_plan *plan, toc_object *obj)
{
    (void)plan;
    const sheet *of = sheet_of(obj->type);
    put_title(&formatter->buf, of, obj->type);
    for (size_t i = 0; i < of->count; i++)
        put_line(formatter, obj, of, &of->rows[i]);
    if (of->writable)
        put_writable(formatter, obj->type);
    if (of->information)
        put_information(formatter, obj, obj->type->kind != TOC_KIND_RECORD);
}

const toc_format toc__format_text = {
    .info = {.name = "text",
             .media = "text/plain",
             .help = "for reading: a title, sections, one row for each property"},
    .before = "",
    .after = "",
    .object = write_object,
};
