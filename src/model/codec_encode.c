/* codec_encode.c - object to JSON, in the order of the type table. */
#include "model/codec.h"

#include "base/mem.h"
#include "base/str.h"
#include "model/summary.h"

/* What distinguishes the forms; which fields are written is in the table of types. */
static const struct form_row {
    unsigned flags; /* fields that have one of these */
    bool answer;
} forms[] = {
    [TOC_FORM_SUMMARY] = {TOC_FIELD_IN_SUMMARY, true},
    [TOC_FORM_LIST] = {TOC_FIELD_IN_LIST, true},
    [TOC_FORM_DETAIL] = {TOC_FIELD_IN_DETAIL, true},
    [TOC_FORM_CREATE] = {TOC_FIELD_CREATE, false},
    [TOC_FORM_UPDATE] = {TOC_FIELD_UPDATE, false},
    [TOC_FORM_BATCH] = {TOC_FIELD_BATCH, false},
};

#define FORM(name) (1U << TOC_FORM_##name)

/* Where answers say the type (rest-v2 3.4 to 3.7): after a common field, in some forms. */
static const struct kind_row {
    int after;
    unsigned forms;        /* bit per form */
    unsigned custom_forms; /* the same, for types with TOC_TYPE_CUSTOM */
} kinds[] = {
    [TOC_KIND_INDICATOR] = {TOC_SLOT_OWNER_NAME, FORM(SUMMARY),
                            FORM(SUMMARY) | FORM(LIST) | FORM(DETAIL)},
    [TOC_KIND_GROUP] = {TOC_SLOT_NAME, FORM(SUMMARY), FORM(SUMMARY)},
    [TOC_KIND_TASK] = {-1, 0, 0},
    [TOC_KIND_VICTIM] = {-1, 0, 0},
    [TOC_KIND_VICTIM_ASSET] = {TOC_SLOT_NAME, FORM(SUMMARY) | FORM(LIST) | FORM(DETAIL),
                               FORM(SUMMARY) | FORM(LIST) | FORM(DETAIL)},
    [TOC_KIND_ADVERSARY_ASSET] = {TOC_SLOT_NAME, FORM(SUMMARY) | FORM(LIST) | FORM(DETAIL),
                                  FORM(SUMMARY) | FORM(LIST) | FORM(DETAIL)},
    [TOC_KIND_RECORD] = {-1, 0, 0},
};
_Static_assert(TOC_COUNT(kinds) == TOC_KIND_COUNT, "a row per kind");

/* The key with its comma, quotes and colon; for names that need no escaping. */
#define KEY(writer, literal) plain_key((writer), ",\"" literal "\":", sizeof(literal) + 3)

static inline void plain_key(toc_json_writer *writer, const char *key, size_t len)
{
    size_t skip = writer->comma ? 0 : 1;
    toc_buf_append(writer->buf, key + skip, len - skip);
    writer->comma = false;
}

#define MEMBER(writer, literal, text)                                                              \
    do {                                                                                           \
        if ((text).ptr) {                                                                          \
            KEY(writer, literal);                                                                  \
            toc_json_string((writer), (text));                                                     \
        }                                                                                          \
    } while (0)

void toc_codec_encode_label(toc_json_writer *writer, const toc_label *label)
{
    toc_json_object(writer);
    MEMBER(writer, "name", label->name);
    KEY(writer, "description");
    toc_json_string(writer, label->description);
    MEMBER(writer, "dateAdded", label->date_added);
    MEMBER(writer, "color", label->color);
    toc_json_object_end(writer);
}

void toc_codec_encode_tag(toc_json_writer *writer, const toc_tag *tag, bool description)
{
    toc_json_object(writer);
    MEMBER(writer, "name", tag->name);
    MEMBER(writer, "webLink", tag->web_link);
    if (description)
        MEMBER(writer, "description", tag->description);
    toc_json_object_end(writer);
}

static void write_labels(toc_json_writer *writer, const toc_label *label)
{
    KEY(writer, "securityLabel");
    toc_json_array(writer);
    for (; label; label = label->next)
        toc_codec_encode_label(writer, label);
    toc_json_array_end(writer);
}

void toc_codec_encode_attribute(toc_json_writer *writer, const toc_attribute *attribute,
                                unsigned with)
{
    toc_json_object(writer);
    if (attribute->id) {
        KEY(writer, "id");
        toc_json_int(writer, attribute->id);
    }
    MEMBER(writer, "type", attribute->type);
    MEMBER(writer, "dateAdded", attribute->date_added);
    MEMBER(writer, "lastModified", attribute->last_modified);
    KEY(writer, "displayed");
    toc_json_bool(writer, attribute->displayed);
    MEMBER(writer, "value", attribute->value);
    MEMBER(writer, "source", attribute->source);
    if (with & TOC_WITH_ADDITIONAL)
        MEMBER(writer, "xid", attribute->xid);
    if (with & TOC_WITH_LABELS)
        write_labels(writer, attribute->labels);
    toc_json_object_end(writer);
}

static void write_sections(toc_json_writer *writer, const toc_object *obj, unsigned with)
{
    if ((with & TOC_WITH_ATTRIBUTES) && (obj->lists & TOC_LIST_ATTRIBUTES)) {
        KEY(writer, "attribute");
        toc_json_array(writer);
        for (const toc_attribute *node = obj->attributes.first; node; node = node->next)
            toc_codec_encode_attribute(writer, node, with);
        toc_json_array_end(writer);
    }
    if ((with & TOC_WITH_TAGS) && (obj->lists & TOC_LIST_TAGS)) {
        KEY(writer, "tag");
        toc_json_array(writer);
        for (const toc_tag *node = obj->tags.first; node; node = node->next)
            toc_codec_encode_tag(writer, node, true);
        toc_json_array_end(writer);
    }
    if ((with & TOC_WITH_LABELS) && (obj->lists & TOC_LIST_LABELS))
        write_labels(writer, obj->labels.first);
}

/* Batch lists: only what the sender decides, batch.md 6. */

static void write_batch_labels(toc_json_writer *writer, const toc_label *label)
{
    KEY(writer, "securityLabel");
    toc_json_array(writer);
    for (; label; label = label->next) {
        toc_json_object(writer);
        MEMBER(writer, "name", label->name);
        MEMBER(writer, "description", label->description);
        MEMBER(writer, "color", label->color);
        toc_json_object_end(writer);
    }
    toc_json_array_end(writer);
}

static void write_batch_attribute(toc_json_writer *writer, const toc_attribute *attribute)
{
    toc_json_object(writer);
    MEMBER(writer, "type", attribute->type);
    if (attribute->displayed) {
        KEY(writer, "displayed");
        toc_json_bool(writer, true);
    }
    MEMBER(writer, "value", attribute->value);
    MEMBER(writer, "source", attribute->source);
    if (attribute->pinned) {
        KEY(writer, "pinned");
        toc_json_bool(writer, true);
    }
    if (attribute->labels)
        write_batch_labels(writer, attribute->labels);
    toc_json_object_end(writer);
}

static const toc_link *next_link(const toc_link *link, toc_kind kind)
{
    while (link && link->kind != kind)
        link = link->next;
    return link;
}

/* Groups spell their links to groups as mere texts, indicators as objects. */
static void write_group_links(toc_json_writer *writer, const toc_object *obj)
{
    bool plain = obj->type->kind == TOC_KIND_GROUP;
    const toc_link *link = next_link(obj->links.first, TOC_KIND_GROUP);
    if (!link)
        return;
    if (plain)
        KEY(writer, "associatedGroupXid");
    else
        KEY(writer, "associatedGroups");
    toc_json_array(writer);
    for (; link; link = next_link(link->next, TOC_KIND_GROUP)) {
        if (plain) {
            toc_json_string(writer, link->xid);
            continue;
        }
        toc_json_object(writer);
        MEMBER(writer, "groupXid", link->xid);
        toc_json_object_end(writer);
    }
    toc_json_array_end(writer);
}

static void write_indicator_links(toc_json_writer *writer, const toc_object *obj)
{
    const toc_link *link = next_link(obj->links.first, TOC_KIND_INDICATOR);
    if (!link)
        return;
    KEY(writer, "associatedIndicators");
    toc_json_array(writer);
    for (; link; link = next_link(link->next, TOC_KIND_INDICATOR)) {
        toc_json_object(writer);
        MEMBER(writer, "summary", link->summary);
        MEMBER(writer, "indicatorType", link->type);
        toc_json_object_end(writer);
    }
    toc_json_array_end(writer);
}

static void write_occurrences(toc_json_writer *writer, const toc_occurrence *node)
{
    KEY(writer, "fileOccurrence");
    toc_json_array(writer);
    for (; node; node = node->next) {
        toc_json_object(writer);
        MEMBER(writer, "fileName", node->file_name);
        MEMBER(writer, "path", node->path);
        MEMBER(writer, "date", node->date);
        toc_json_object_end(writer);
    }
    toc_json_array_end(writer);
}

/* A list that was given stays, even when nothing in it is worth sending. */
static void write_batch_lists(toc_json_writer *writer, const toc_object *obj)
{
    if (obj->links.first) {
        write_group_links(writer, obj);
        write_indicator_links(writer, obj);
    }
    if (obj->lists & TOC_LIST_ATTRIBUTES) {
        KEY(writer, "attribute");
        toc_json_array(writer);
        for (const toc_attribute *node = obj->attributes.first; node; node = node->next)
            if (node->value.len)
                write_batch_attribute(writer, node);
        toc_json_array_end(writer);
    }
    if (obj->lists & TOC_LIST_TAGS) {
        KEY(writer, "tag");
        toc_json_array(writer);
        for (const toc_tag *node = obj->tags.first; node; node = node->next)
            if (node->name.len)
                toc_codec_encode_tag(writer, &(toc_tag){.name = node->name}, false);
        toc_json_array_end(writer);
    }
    if (obj->lists & TOC_LIST_LABELS)
        write_batch_labels(writer, obj->labels.first);
    if (obj->occurrences.first)
        write_occurrences(writer, obj->occurrences.first);
}

/* Fields. */

static void write_value(toc_json_writer *writer, const toc_value *value, toc_value_kind kind,
                        bool answer)
{
    switch (kind) {
    case TOC_VALUE_INT:
        toc_json_int(writer, value->as.integer);
        break;
    case TOC_VALUE_DECIMAL:
        toc_json_double(writer, value->as.decimal);
        break;
    case TOC_VALUE_BOOL_TEXT:
        if (answer) {
            toc_json_string(writer, value->as.boolean ? TOC_S("true") : TOC_S("false"));
            break;
        }
        toc_json_bool(writer, value->as.boolean);
        break;
    case TOC_VALUE_BOOL:
        toc_json_bool(writer, value->as.boolean);
        break;
    default:
        toc_json_string(writer, value->as.text);
    }
}

static inline void write_field(toc_json_writer *writer, const toc_object *obj,
                               const toc_field *field, toc_form form)
{
    const char *name = form == TOC_FORM_BATCH && field->batch ? field->batch : field->name;
    const toc_value *value = &obj->values[field->slot];
    toc_json_key(writer, (toc_str){name, strlen(name)});
    /* rest-v2 5.1: who sends a registry key whose value has no name sends a blank for it. */
    if (!forms[form].answer && (field->flags & TOC_FIELD_KEY) && !value->as.text.len)
        toc_json_string(writer, TOC_S(" "));
    else
        write_value(writer, value, field->value, forms[form].answer);
}

/* A type's own field hides the common one of the same name. */
static bool is_hidden(const toc_type *type, const toc_field *common)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].name[0] == common->name[0] &&
            strcmp(type->fields[i].name, common->name) == 0)
            return true;
    return false;
}

static void write_owner(toc_json_writer *writer, const toc_owner_ref *owner)
{
    KEY(writer, "owner");
    toc_json_object(writer);
    if (owner->id) {
        KEY(writer, "id");
        toc_json_int(writer, owner->id);
    }
    MEMBER(writer, "name", owner->name);
    MEMBER(writer, "type", owner->type);
    toc_json_object_end(writer);
}

/* Single objects nest their owner; one that is known by name only is better than none. */
static void write_detail_owner(toc_json_writer *writer, const toc_object *obj)
{
    toc_owner_ref named = {.name = toc__object_text(obj, TOC_SLOT_OWNER_NAME)};
    const toc_owner_ref *owner = obj->owner.name.ptr ? &obj->owner : &named;
    if (owner->name.ptr)
        write_owner(writer, owner);
}

static void write_common(toc_json_writer *writer, toc_object *obj, toc_form form, unsigned flags)
{
    const toc_type *type = obj->type;
    const struct kind_row *row = &kinds[type->kind];
    size_t count;
    const toc_field *fields = toc_kind_fields(type->kind, &count);
    unsigned type_forms = type->traits & TOC_TYPE_CUSTOM ? row->custom_forms : row->forms;
    int type_after = type_forms >> form & 1U ? row->after : -1;
    for (const toc_field *field = fields; field < fields + count; field++) {
        if (form == TOC_FORM_DETAIL && field->slot == TOC_SLOT_OWNER_NAME &&
            (field->flags & TOC_FIELD_ANSWER))
            write_detail_owner(writer, obj);
        else if ((field->flags & flags) && toc__object_has(obj, field->slot) &&
                 !is_hidden(type, field))
            write_field(writer, obj, field, form);
        if (field->slot == type_after) {
            KEY(writer, "type");
            toc_json_string(writer, toc_str_of(type->name));
        }
    }
}

/* What the platform works out and may have changed since: only what the program says goes back.
 * What is sent on create as well is the program's from the beginning. */
static inline bool is_stale(const toc_object *obj, const toc_field *field, toc_form form)
{
    const unsigned kept = TOC_FIELD_COMPUTED | TOC_FIELD_CREATE;
    return form == TOC_FORM_UPDATE && (field->flags & kept) == TOC_FIELD_COMPUTED &&
           !(obj->given >> field->slot & 1U);
}

static void write_own(toc_json_writer *writer, const toc_object *obj, toc_form form, unsigned flags,
                      unsigned except)
{
    const toc_type *type = obj->type;
    for (size_t i = 0; i < type->field_count; i++) {
        const toc_field *field = &type->fields[i];
        if ((field->flags & flags) && !(field->flags & except) &&
            toc__object_has(obj, field->slot) && !is_stale(obj, field, form))
            write_field(writer, obj, field, form);
    }
}

static bool splits_back(const toc_object *obj, toc_str summary)
{
    toc_str parts[3], again[3];
    (void)toc__object_keys(obj, parts);
    (void)toc_summary_split(summary, again);
    return toc_str_equal(parts[0], again[0]) && toc_str_equal(parts[1], again[1]) &&
           toc_str_equal(parts[2], again[2]);
}

/* The identity comes first; the fields that make it up are not repeated unless the reader could
 * not get them back from the joined text. */
static void write_batch(toc_json_writer *writer, toc_object *obj)
{
    const toc_type *type = obj->type;
    bool indicator = type->kind == TOC_KIND_INDICATOR;
    toc_str identity = toc_object_summary(obj);
    uint64_t present = obj->present;
    unsigned except = TOC_FIELD_KEY;
    if (indicator)
        MEMBER(writer, "summary", identity);
    else
        MEMBER(writer, "name", identity);
    KEY(writer, "type");
    toc_json_string(writer, toc_str_of(type->name));
    toc__object_clear(obj, TOC_SLOT_SUMMARY);
    write_common(writer, obj, TOC_FORM_BATCH, TOC_FIELD_BATCH);
    obj->present = present;
    if (indicator && type->key_count > 1 && !(type->traits & TOC_TYPE_HASHES) &&
        !splits_back(obj, identity))
        except = 0;
    write_own(writer, obj, TOC_FORM_BATCH, TOC_FIELD_BATCH, except);
    write_batch_lists(writer, obj);
}

void toc_codec_encode_open(toc_json_writer *writer, toc_object *obj, toc_form form, unsigned with)
{
    unsigned flags = forms[form].flags;
    toc_json_object(writer);
    if (form == TOC_FORM_BATCH) {
        write_batch(writer, obj);
    } else {
        if (forms[form].answer && (with & TOC_WITH_ADDITIONAL))
            flags |= TOC_FIELD_ADDITIONAL;
        /* The joined text of several keys is made on demand. */
        if (form == TOC_FORM_SUMMARY && obj->type->kind == TOC_KIND_INDICATOR) {
            toc_str summary = toc_object_summary(obj);
            if (summary.ptr)
                toc__object_set_text(obj, TOC_SLOT_SUMMARY, summary);
        }
        write_common(writer, obj, form, flags);
        write_own(writer, obj, form, flags, forms[form].answer ? TOC_FIELD_SECRET : 0);
        if (forms[form].answer)
            write_sections(writer, obj, with);
    }
}

void toc_codec_encode(toc_json_writer *writer, toc_object *obj, toc_form form, unsigned with)
{
    toc_codec_encode_open(writer, obj, form, with);
    toc_json_object_end(writer);
}
