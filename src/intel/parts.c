/* parts.c - what hangs on objects: one table, and the verbs over it. */
#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"
#include "intel/act.h"
#include "intel/list.h"
#include "intel/path.h"
#include "model/codec.h"
#include "model/records.h"

/* Where a part can hang: on objects of a kind, on an owner, on nothing. */
#define ON(kind) (1U << TOC_KIND_##kind)
#define ON_OWNER (1U << TOC_KIND_COUNT)
#define ON_NOTHING (2U << TOC_KIND_COUNT)
#define ON_OBJECTS (ON(INDICATOR) | ON(GROUP) | ON(TASK) | ON(VICTIM))

#define CAN(verb) (1U << TOC_VERB_##verb)
#define CAN_READ (CAN(LIST) | CAN(ONE))
#define CAN_ALL (CAN_READ | CAN(ADD) | CAN(CHANGE) | CAN(REMOVE))

#define NAMED 1U      /* the id is a name, not a number */
#define APPLIED 2U    /* added by its name in the path, without a body */
#define BARE 4U       /* added without a name and a body */
#define WHOLE 8U      /* the list comes in one piece */
#define OWNERLESS 16U /* no owner is named */
#define UNFOLD 32U    /* a record for each address */
#define TYPED 64U     /* the path names the asset's type */
#define DETAILED 128U /* descriptions are asked for */

typedef struct part_row {
    toc_part part;
    unsigned places;
    const char *branch;
    unsigned verbs, flags;
    unsigned trait; /* that types must have; 0: any type */
    toc_kind kind;  /* of its types when it has several */
} part_row;

static const part_row rows[] = {
    {TOC_PART_ATTRIBUTE, ON_OBJECTS, "attributes", CAN_ALL, 0, 0, TOC_KIND_RECORD},
    {TOC_PART_LABEL, ON_OBJECTS, "securityLabels", CAN_ALL & ~CAN(CHANGE), NAMED | APPLIED, 0,
     TOC_KIND_RECORD},
    {TOC_PART_LABEL, ON_NOTHING, "securityLabels", CAN_ALL, NAMED, 0, TOC_KIND_RECORD},
    {TOC_PART_TAG, ON_OBJECTS, "tags", CAN_ALL & ~CAN(CHANGE), NAMED | APPLIED, 0, TOC_KIND_RECORD},
    {TOC_PART_TAG, ON_NOTHING, "tags", CAN_ALL, NAMED | DETAILED, 0, TOC_KIND_RECORD},
    {TOC_PART_OBSERVATION, ON(INDICATOR), "observations", CAN(LIST) | CAN(ADD), 0, 0,
     TOC_KIND_RECORD},
    {TOC_PART_OBSERVATION_COUNT, ON(INDICATOR), "observationCount", CAN(LIST), WHOLE, 0,
     TOC_KIND_RECORD},
    {TOC_PART_FALSE_POSITIVE, ON(INDICATOR), "falsePositive", CAN(ADD), BARE, 0, TOC_KIND_RECORD},
    {TOC_PART_OCCURRENCE, ON(INDICATOR), "fileOccurrences", CAN_ALL, 0, TOC_TYPE_HASHES,
     TOC_KIND_RECORD},
    {TOC_PART_RESOLUTION, ON(INDICATOR), "dnsResolutions", CAN(LIST), UNFOLD, TOC_TYPE_RESOLVES,
     TOC_KIND_RECORD},
    {TOC_PART_RESOLUTION, ON(INDICATOR), "dnsResolutions", CAN(LIST), 0, TOC_TYPE_RESOLVED,
     TOC_KIND_INDICATOR},
    {TOC_PART_OWNER, ON(INDICATOR), "owners", CAN(LIST), WHOLE | OWNERLESS, 0, TOC_KIND_RECORD},
    {TOC_PART_OWNER, ON_NOTHING, "owners", CAN_READ, OWNERLESS, 0, TOC_KIND_RECORD},
    {TOC_PART_MY_OWNER, ON_NOTHING, "owners/mine", CAN(LIST), WHOLE | OWNERLESS, 0,
     TOC_KIND_RECORD},
    {TOC_PART_MEMBER, ON_NOTHING, "owners/mine/members", CAN(LIST), OWNERLESS, 0, TOC_KIND_RECORD},
    {TOC_PART_METRIC, ON_NOTHING, "owners/metrics", CAN(LIST), OWNERLESS, 0, TOC_KIND_RECORD},
    {TOC_PART_METRIC, ON_OWNER, "metrics", CAN(LIST), OWNERLESS, 0, TOC_KIND_RECORD},
    {TOC_PART_ASSIGNEE, ON(TASK), "assignees", CAN_ALL & ~CAN(CHANGE), NAMED | APPLIED, 0,
     TOC_KIND_RECORD},
    {TOC_PART_ESCALATEE, ON(TASK), "escalatees", CAN_ALL & ~CAN(CHANGE), NAMED | APPLIED, 0,
     TOC_KIND_RECORD},
    {TOC_PART_ASSET, ON(VICTIM), "victimAssets", CAN_ALL, TYPED, 0, TOC_KIND_VICTIM_ASSET},
    {TOC_PART_ASSET, ON(GROUP), "adversaryAssets", CAN_ALL, TYPED, TOC_TYPE_ASSETS,
     TOC_KIND_ADVERSARY_ASSET},
};

static const struct {
    const char *name; /* in messages */
    toc_record record;
    const char *id; /* member that names it */
} parts[] = {
    [TOC_PART_ATTRIBUTE] = {"attributes", TOC_RECORD_ATTRIBUTE, "id"},
    [TOC_PART_LABEL] = {"security labels", TOC_RECORD_LABEL, "name"},
    [TOC_PART_TAG] = {"tags", TOC_RECORD_TAG, "name"},
    [TOC_PART_OBSERVATION] = {"observations", TOC_RECORD_OBSERVATION, NULL},
    [TOC_PART_OBSERVATION_COUNT] = {"observation count", TOC_RECORD_OBSERVATION_COUNT, NULL},
    [TOC_PART_FALSE_POSITIVE] = {"false positives", TOC_RECORD_FALSE_POSITIVE, NULL},
    [TOC_PART_OCCURRENCE] = {"file occurrences", TOC_RECORD_OCCURRENCE, "id"},
    [TOC_PART_RESOLUTION] = {"DNS resolutions", TOC_RECORD_RESOLUTION, NULL},
    [TOC_PART_OWNER] = {"owners", TOC_RECORD_OWNER, "id"},
    [TOC_PART_MY_OWNER] = {"organization", TOC_RECORD_OWNER, NULL},
    [TOC_PART_MEMBER] = {"members", TOC_RECORD_USER, NULL},
    [TOC_PART_METRIC] = {"metrics", TOC_RECORD_METRIC, NULL},
    [TOC_PART_ASSIGNEE] = {"assignees", TOC_RECORD_USER, "userName"},
    [TOC_PART_ESCALATEE] = {"escalatees", TOC_RECORD_USER, "userName"},
    [TOC_PART_ASSET] = {"assets", TOC_RECORD_COUNT, "id"},
};
_Static_assert(TOC_COUNT(parts) == TOC_PART_COUNT, "a row per part");

static const struct {
    const char *word; /* in messages */
    const char *method;
} verbs[] = {[TOC_VERB_LIST] = {"list", "GET"},
             [TOC_VERB_ONE] = {"get", "GET"},
             [TOC_VERB_ADD] = {"add", "POST"},
             [TOC_VERB_CHANGE] = {"change", "PUT"},
             [TOC_VERB_REMOVE] = {"remove", "DELETE"}};

const toc_type *toc_part_type(toc_part part)
{
    return (unsigned)part < TOC_PART_COUNT ? toc__record_type(parts[part].record) : NULL;
}

/* --- references ---------------------------------------------------------------------------- */

static bool is_record(const toc_ref *of, toc_record record)
{
    return of->type && of->type == toc__record_type(record);
}

const char *toc__ref_owner(const toc_session *sess, const toc_ref *of)
{
    return toc__session_owner_or(sess, of->owner);
}

toc_rc toc__path_id(toc_buf *path, toc_str id, bool number, toc_error *err)
{
    int64_t value;
    if (number && (!toc_str_to_int(id, &value) || value < 0))
        return toc_error_field(err, TOC_EINVAL, "id", "the id must be a whole number");
    if (toc_url_is_dot_segment(id))
        return toc_error_field(err, TOC_EINVAL, "id", "\"%.*s\" cannot stand in a path",
                               TOC_FMT(id));
    toc_buf_lit(path, "/");
    toc_url_encode_path(path, id);
    return toc_buf_check(path, err);
}

/* Tags, labels and owners have places of their own. */
static toc_rc record_path(toc_buf *path, const toc_ref *of, toc_error *err)
{
    bool owner = is_record(of, TOC_RECORD_OWNER);
    if (!owner && !is_record(of, TOC_RECORD_TAG) && !is_record(of, TOC_RECORD_LABEL))
        return toc_error_set(err, TOC_EUNSUPPORTED, "%s cannot be referred to", of->type->name);
    toc_buf_lit(path, "/v2/");
    toc_buf_text(path, of->type->branch);
    return toc__path_id(path, of->id, owner, err);
}

static toc_rc path_of_ref(toc_buf *path, const toc_ref *of, bool xid, toc_error *err)
{
    toc_rc rc;
    if (!of->type && (of->id.ptr || of->attribute))
        return toc_error_set(err, TOC_EINVAL, "a reference to an object needs its type");
    if (!of->type) {
        toc_buf_lit(path, "/v2");
        return toc_buf_check(path, err);
    }
    if (!of->id.len)
        return toc_error_field(err, TOC_EINVAL, "id", "this %s has no id yet", of->type->name);
    if (of->type->kind == TOC_KIND_RECORD) {
        rc = record_path(path, of, err);
    } else if (xid && of->type->kind == TOC_KIND_GROUP) {
        rc = toc__path_of_type(path, of->type->kind, of->type, err);
        if (!rc)
            rc = toc__path_id(path, of->id, false, err);
    } else {
        rc = toc__path_of_object(path, of->type, of->id, err);
    }
    if (!rc && of->attribute) {
        toc_buf_lit(path, "/attributes/");
        toc_buf_int(path, of->attribute);
        rc = toc_buf_check(path, err);
    }
    return rc;
}

toc_rc toc__path_of_ref(toc_buf *path, const toc_ref *of, bool xid, toc_error *err)
{
    return toc__number(path_of_ref(path, of, xid, err), TOC_NUMBER_GET, err);
}

/* --- the table ----------------------------------------------------------------------------- */

static unsigned place_of(const toc_ref *of)
{
    if (!of->type)
        return ON_NOTHING;
    if (of->type->kind == TOC_KIND_RECORD)
        return is_record(of, TOC_RECORD_OWNER) ? ON_OWNER : 0;
    return 1U << of->type->kind;
}

static toc_rc no_such_part(const toc_act *act, toc_error *err)
{
    return toc_error_set(err, TOC_EUNSUPPORTED, "%s has no %s",
                         act->of.type ? act->of.type->name : "an owner", parts[act->part].name);
}

/* An attribute has labels, and nothing else. */
static const part_row *find_row(const toc_act *act)
{
    unsigned place = place_of(&act->of);
    if (act->of.attribute && (act->part != TOC_PART_LABEL || !(place & ON_OBJECTS)))
        return NULL;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const part_row *row = &rows[i];
        if (row->part == act->part && (row->places & place) &&
            (!row->trait || (act->of.type && (act->of.type->traits & row->trait))))
            return row;
    }
    return NULL;
}

static toc_rc need_row(const toc_act *act, const part_row **row, toc_error *err)
{
    if ((unsigned)act->part >= TOC_PART_COUNT)
        return toc_error_set(err, TOC_EINVAL, "there is no such part");
    if (act->of.attribute < 0)
        return toc_error_field(err, TOC_EINVAL, "attribute", "the attribute has no id yet");
    *row = find_row(act);
    if (!*row)
        return toc__number(no_such_part(act, err),
                           act->part == TOC_PART_OCCURRENCE ? TOC_NUMBER_OCCURRENCE : 0, err);
    if (!((*row)->verbs & (1U << act->verb)))
        return toc_error_set(err, TOC_EUNSUPPORTED, "%s: the %s are not there to %s",
                             act->of.type ? act->of.type->name : "owner", parts[act->part].name,
                             verbs[act->verb].word);
    return TOC_OK;
}

static toc_rc check_asset_type(const toc_act *act, const part_row *row, toc_error *err)
{
    bool typed = row->flags & TYPED;
    if (!act->asset_type)
        return typed && act->verb != TOC_VERB_LIST
                   ? toc__number(toc_error_field(err, TOC_EINVAL, "type",
                                                 "the type of the asset is needed"),
                                 TOC_NUMBER_INVALID, err)
                   : TOC_OK;
    if (typed && act->asset_type->kind == row->kind)
        return TOC_OK;
    return toc_error_set(err, TOC_EUNSUPPORTED, "%s has no parts of type %s",
                         act->of.type ? act->of.type->name : "an owner", act->asset_type->name);
}

static bool is_added_bare(const toc_act *act, const part_row *row)
{
    return act->verb == TOC_VERB_ADD && (row->flags & BARE);
}

/* The part of the path that names the part itself. */
static bool is_named(const toc_act *act, const part_row *row)
{
    if (act->verb == TOC_VERB_ADD)
        return row->flags & APPLIED;
    return act->verb != TOC_VERB_LIST;
}

static toc_rc part_id(toc_buf *path, const toc_act *act, const part_row *row, toc_error *err)
{
    return toc__number(toc__path_id(path, act->id, !(row->flags & NAMED), err), TOC_NUMBER_INVALID,
                       err);
}

static toc_rc check_record(const toc_act *act, const part_row *row, const toc_object *record,
                           toc_error *err)
{
    const toc_type *type = record ? record->type : NULL;
    bool fits = row->flags & TYPED ? type && type->kind == row->kind
                                   : type && type == toc_part_type(act->part);
    if (fits)
        return TOC_OK;
    if (!type)
        return toc_error_set(err, TOC_EINVAL, "a record is needed to %s %s", verbs[act->verb].word,
                             parts[act->part].name);
    return toc_error_set(err, TOC_EUNSUPPORTED, "a record of type %s is none of the %s", type->name,
                         parts[act->part].name);
}

static toc_str text_of(const toc_object *record, const char *name)
{
    toc_str text = record ? toc_object_get(record, name) : (toc_str){NULL, 0};
    return text;
}

static toc_rc write_body(toc_act *act, const toc_object *record, toc_buf *body, toc_error *err)
{
    toc_object copy = *record;
    bool add = act->verb == TOC_VERB_ADD;
    toc_rc rc = add ? toc_object_check(&copy, err) : TOC_OK;
    if (rc)
        return rc;
    toc_json_writer writer;
    toc_json_writer_init(&writer, body);
    toc_codec_encode(&writer, &copy, add ? TOC_FORM_CREATE : TOC_FORM_UPDATE, 0);
    rc = toc_buf_check(body, err);
    act->body = toc_buf_view(body);
    return rc;
}

static toc_rc prepare_record(toc_act *act, const part_row *row, const toc_object *record,
                             toc_buf *body, toc_error *err)
{
    bool wanted = act->verb == TOC_VERB_ADD || act->verb == TOC_VERB_CHANGE;
    if (!wanted || (is_added_bare(act, row) && !record))
        return TOC_OK;
    toc_rc rc = check_record(act, row, record, err);
    if (rc || is_added_bare(act, row))
        return rc;
    if (row->flags & TYPED)
        act->asset_type = record->type;
    if (act->part == TOC_PART_ATTRIBUTE) {
        act->text = text_of(record, "type");
        act->value = text_of(record, "value");
    } else if (act->part == TOC_PART_OCCURRENCE) {
        act->text = text_of(record, "fileName");
    }
    if (act->verb == TOC_VERB_ADD && (row->flags & NAMED))
        act->id = text_of(record, parts[act->part].id);
    return act->verb == TOC_VERB_ADD && (row->flags & APPLIED) ? TOC_OK
                                                               : write_body(act, record, body, err);
}

toc_rc toc__part_prepare(toc_act *act, const toc_object *record, toc_buf *body, toc_error *err)
{
    const part_row *row = NULL;
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_rc rc = need_row(act, &row, err);
    if (!rc)
        rc = prepare_record(act, row, record, body, err);
    if (!rc)
        rc = check_asset_type(act, row, err);
    if (rc || !is_named(act, row))
        return rc;
    toc_buf_init(&path, TOC_MAX_TARGET);
    return part_id(&path, act, row, err);
}

static toc_rc build_path(toc_buf *path, const toc_act *act, const part_row *row, toc_error *err)
{
    toc_rc rc = toc__path_of_ref(path, &act->of, false, err);
    if (rc)
        return rc;
    toc_buf_lit(path, "/");
    toc_buf_text(path, row->branch);
    if (act->asset_type) {
        toc_buf_lit(path, "/");
        toc_url_encode_path(path, toc_str_of(act->asset_type->branch));
    }
    if (is_named(act, row))
        return part_id(path, act, row, err);
    return toc_buf_check(path, err);
}

toc_rc toc__part_send(toc_session *sess, const toc_act *act, toc_response **response,
                      toc_error *err)
{
    const part_row *row = NULL;
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    toc_rc rc = need_row(act, &row, err);
    if (!rc)
        rc = build_path(&path, act, row, err);
    if (rc)
        return rc;
    toc__act_describe(&text, act, act->of.id);
    bool ownerless = row->flags & OWNERLESS;
    toc_call call = {.method = verbs[act->verb].method,
                     .path = path.ptr,
                     .owner = ownerless ? NULL : toc__ref_owner(sess, &act->of),
                     .body = act->body,
                     .description = text.ptr};
    return toc__change(sess, &call, response, err);
}

/* --- answers ------------------------------------------------------------------------------- */

/* Copies the values that the answer has; texts into the record's own memory. */
static void merge(toc_object *record, const toc_field *fields, size_t count, const toc_object *from)
{
    for (const toc_field *field = fields; field < fields + count; field++) {
        bool text = field->value == TOC_VALUE_TEXT || field->value == TOC_VALUE_DATE;
        if (!toc__object_has(from, field->slot))
            continue;
        toc_value value = from->values[field->slot];
        /* Servers pad empty parts of an identity. */
        if ((field->flags & TOC_FIELD_KEY) && text && !toc_str_trim(value.as.text).len)
            continue;
        if (text)
            value.as.text = toc_arena_str(record->arena, value.as.text);
        if (text && !value.as.text.ptr)
            continue;
        record->values[field->slot] = value;
        record->present |= (uint64_t)1 << field->slot;
    }
}

static void learn(const toc_response *response, toc_object *record, bool keys_only)
{
    toc_str json;
    toc_object *said = NULL;
    toc_json_reader reader;
    size_t count = 0;
    const toc_type *type = record->type;
    if (toc__envelope_data(response, toc_str_of(type->entity), &json, NULL) ||
        toc_object_new(type, &said, NULL))
        return;
    toc_json_reader_init(&reader, json.ptr, json.len, said->arena);
    if (!toc_codec_decode(&reader, NULL, type->kind, type, TOC_DECODE_LENIENT, said, NULL)) {
        const toc_field *common = toc_kind_fields(type->kind, &count);
        merge(record, common, keys_only ? 0 : count, said);
        merge(record, type->fields, keys_only ? type->key_count : type->field_count, said);
        record->state = TOC_OBJECT_KNOWN;
    }
    toc_object_free(said);
}

void toc__part_learn(const toc_response *response, toc_object *record)
{
    learn(response, record, false);
}

void toc__keys_learn(const toc_response *response, toc_object *obj)
{
    learn(response, obj, true);
}

/* --- the verbs ----------------------------------------------------------------------------- */

static const toc_ref nothing;
static const toc_header detailed = {{"detailed", 8}, {"true", 4}};

static toc_rc start(const toc_session *sess, const toc_ref *of, toc_part part, toc_verb verb,
                    toc_act *act, toc_error *err)
{
    if (!sess)
        return toc_error_set(err, TOC_EINVAL, "a session is needed");
    *act = (toc_act){.what = TOC_ACT_PART, .verb = verb, .of = of ? *of : nothing, .part = part};
    return TOC_OK;
}

static toc_rc open_list(toc_session *sess, const toc_act *act, const part_row *row, toc_list **list,
                        toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    toc_rc rc = build_path(&path, act, row, err);
    if (rc)
        return rc;
    toc__act_describe(&text, act, act->of.id);
    const toc_type *type = row->kind == TOC_KIND_RECORD ? toc_part_type(act->part) : NULL;
    if (act->asset_type)
        type = act->asset_type;
    toc_list_source source = {.kind = row->kind,
                              .item_type = type,
                              .path = path.ptr,
                              .owner =
                                  row->flags & OWNERLESS ? NULL : toc__ref_owner(sess, &act->of),
                              .paged = !(row->flags & WHOLE),
                              .unfold = (row->flags & UNFOLD) != 0,
                              .query = row->flags & DETAILED ? "detailed" : NULL,
                              .value = "true",
                              .description = text.ptr};
    return toc__list_open_source(sess, &source, NULL, list, err);
}

toc_rc toc_parts_open(toc_session *sess, const toc_ref *of, toc_part part,
                      const toc_type *asset_type, toc_list **list, toc_error *err)
{
    toc_act act;
    const part_row *row = NULL;
    if (!list)
        return toc_error_set(err, TOC_EINVAL, "toc_parts_open needs a place");
    toc_rc rc = start(sess, of, part, TOC_VERB_LIST, &act, err);
    if (rc)
        return rc;
    act.asset_type = asset_type;
    rc = need_row(&act, &row, err);
    if (!rc)
        rc = check_asset_type(&act, row, err);
    return rc ? rc : open_list(sess, &act, row, list, err);
}

toc_rc toc_part_get(toc_session *sess, const toc_ref *of, toc_part part, const toc_type *asset_type,
                    toc_str id, toc_object **record, toc_error *err)
{
    toc_act act;
    const part_row *row = NULL;
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    if (!record)
        return toc_error_set(err, TOC_EINVAL, "toc_part_get needs a place");
    toc_rc rc = start(sess, of, part, TOC_VERB_ONE, &act, err);
    if (rc)
        return rc;
    act.asset_type = asset_type;
    act.id = id;
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    rc = need_row(&act, &row, err);
    if (!rc)
        rc = check_asset_type(&act, row, err);
    if (!rc)
        rc = build_path(&path, &act, row, err);
    if (rc)
        return rc;
    toc__act_describe(&text, &act, act.of.id);
    toc_call call = {.path = path.ptr,
                     .query = &detailed,
                     .query_count = row->flags & DETAILED ? 1 : 0,
                     .owner = row->flags & OWNERLESS ? NULL : toc__ref_owner(sess, &act.of),
                     .description = text.len ? text.ptr : NULL};
    return toc__fetch(sess, &call, asset_type ? asset_type : toc_part_type(part), record, err);
}

static toc_rc act_now(toc_session *sess, toc_act *act, toc_object *record, toc_error *err)
{
    toc_buf body TOC_CLEANUP(toc_buf_done) = {0};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_buf_init(&body, TOC_MAX_BODY_SMALL);
    toc_rc rc = toc__part_prepare(act, record, &body, err);
    if (!rc)
        rc = toc__part_send(sess, act, &response, err);
    if (!rc && record)
        toc__part_learn(response, record);
    return rc;
}

toc_rc toc_part_add(toc_session *sess, const toc_ref *of, toc_part part, toc_object *record,
                    toc_error *err)
{
    toc_act act;
    toc_rc rc = start(sess, of, part, TOC_VERB_ADD, &act, err);
    return rc ? rc : act_now(sess, &act, record, err);
}

toc_rc toc_part_change(toc_session *sess, const toc_ref *of, toc_part part, toc_str id,
                       toc_object *record, toc_error *err)
{
    toc_act act;
    toc_rc rc = start(sess, of, part, TOC_VERB_CHANGE, &act, err);
    if (rc)
        return rc;
    act.id = id;
    return act_now(sess, &act, record, err);
}

toc_rc toc_part_remove(toc_session *sess, const toc_ref *of, toc_part part,
                       const toc_type *asset_type, toc_str id, toc_error *err)
{
    toc_act act;
    toc_rc rc = start(sess, of, part, TOC_VERB_REMOVE, &act, err);
    if (rc)
        return rc;
    act.asset_type = asset_type;
    act.id = id;
    return act_now(sess, &act, NULL, err);
}
