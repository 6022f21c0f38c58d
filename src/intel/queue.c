/* queue.c - what waits in an object for its next save (sdk.md 5). */
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"
#include "intel/act.h"
#include "model/object.h"
#include "model/records.h"

/* Longest text that a description repeats. */
#define SHOWN 200

/* --- into the queue ------------------------------------------------------------------------ */

static bool keep(toc_arena *arena, toc_str *text)
{
    if (text->ptr)
        *text = toc_arena_str(arena, *text);
    else
        return true;
    return text->ptr != NULL;
}

static bool keep_text(toc_arena *arena, const char **text)
{
    toc_str copy = toc_str_of(*text);
    bool kept = keep(arena, &copy);
    *text = copy.ptr;
    return kept;
}

/* The object stands for itself when the entry is sent. */
static toc_act *copy_act(toc_object *obj, const toc_act *act)
{
    toc_arena *arena = obj->arena;
    toc_act *copy = toc_arena_alloc(arena, sizeof(*copy));
    if (!copy)
        return NULL;
    *copy = *act;
    toc_str *const texts[] = {&copy->id,   &copy->text,     &copy->value,
                              &copy->body, &copy->other.id, &copy->content};
    for (size_t i = 0; i < TOC_COUNT(texts); i++) {
        if (!keep(arena, texts[i]))
            return NULL;
    }
    return keep_text(arena, &copy->name) && keep_text(arena, &copy->other.owner) ? copy : NULL;
}

static toc_rc append(toc_object *obj, const toc_act *act, toc_pending **made, toc_error *err)
{
    toc_act *copy = copy_act(obj, act);
    if (!copy)
        return toc_error_nomem(err);
    toc_pending *entry = toc__object_pending_new(obj);
    if (!entry && obj->queue.count >= TOC_MAX_ASSOCIATIONS)
        return toc_error_set(err, TOC_ELIMIT, "a queue has at most %d entries",
                             TOC_MAX_ASSOCIATIONS);
    if (!entry)
        return toc_error_nomem(err);
    entry->act = copy;
    *made = entry;
    return TOC_OK;
}

static toc_rc begin(toc_object *obj, toc_act_what what, toc_verb verb, toc_act *act, toc_error *err)
{
    if (!obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "an object with a type is needed");
    *act = (toc_act){.what = what, .verb = verb, .of = {.type = obj->type}};
    return TOC_OK;
}

static toc_rc queue_part(toc_object *obj, toc_act *act, const toc_object *record,
                         toc_pending **entry, toc_error *err)
{
    toc_buf body TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&body, TOC_MAX_BODY_SMALL);
    toc_rc rc = toc__part_prepare(act, record, &body, err);
    return rc ? rc : append(obj, act, entry, err);
}

/* An attribute is seen in the object before it is sent. */
static toc_rc list_attribute(toc_object *obj, toc_pending *entry, const toc_object *record,
                             toc_error *err)
{
    const toc_act *act = entry->act;
    toc_attribute *node = toc__object_attribute_new(obj);
    if (!node) {
        toc_queue_drop(obj, obj->queue.count - 1);
        return toc_error_nomem(err);
    }
    toc_str source = toc_object_get(record, "source");
    node->type = act->text;
    node->value = act->value;
    node->source = source.ptr ? toc_arena_str(obj->arena, source) : source;
    node->displayed = toc_object_get_bool(record, "displayed");
    entry->list = TOC_LIST_ATTRIBUTES;
    entry->node = node;
    return TOC_OK;
}

toc_rc toc_queue_add(toc_object *obj, toc_part part, const toc_object *record, toc_error *err)
{
    toc_act act;
    toc_pending *entry = NULL;
    toc_rc rc = begin(obj, TOC_ACT_PART, TOC_VERB_ADD, &act, err);
    if (rc)
        return rc;
    act.part = part;
    rc = queue_part(obj, &act, record, &entry, err);
    return !rc && part == TOC_PART_ATTRIBUTE ? list_attribute(obj, entry, record, err) : rc;
}

toc_rc toc_queue_change(toc_object *obj, toc_part part, toc_str id, const toc_object *record,
                        toc_error *err)
{
    toc_act act;
    toc_pending *entry;
    toc_rc rc = begin(obj, TOC_ACT_PART, TOC_VERB_CHANGE, &act, err);
    if (rc)
        return rc;
    act.part = part;
    act.id = id;
    return queue_part(obj, &act, record, &entry, err);
}

toc_rc toc_queue_remove(toc_object *obj, toc_part part, const toc_type *asset_type, toc_str id,
                        toc_error *err)
{
    toc_act act;
    toc_pending *entry;
    toc_rc rc = begin(obj, TOC_ACT_PART, TOC_VERB_REMOVE, &act, err);
    if (rc)
        return rc;
    act.part = part;
    act.asset_type = asset_type;
    act.id = id;
    return queue_part(obj, &act, NULL, &entry, err);
}

static toc_rc queue_label(toc_object *obj, toc_verb verb, int64_t attribute, toc_str name,
                          toc_error *err)
{
    toc_act act;
    toc_pending *entry;
    toc_object *label = NULL;
    toc_rc rc = begin(obj, TOC_ACT_PART, verb, &act, err);
    if (!rc && attribute <= 0)
        rc = toc_error_field(err, TOC_EINVAL, "attribute", "the attribute has no id yet");
    if (!rc)
        rc = toc_object_new(toc__record_type(TOC_RECORD_LABEL), &label, err);
    if (!rc)
        rc = toc_object_set(label, "name", name, err);
    act.part = TOC_PART_LABEL;
    act.of.attribute = attribute;
    act.id = name;
    if (!rc)
        rc = queue_part(obj, &act, label, &entry, err);
    toc_object_free(label);
    return rc;
}

toc_rc toc_queue_add_label(toc_object *obj, int64_t attribute, toc_str name, toc_error *err)
{
    return queue_label(obj, TOC_VERB_ADD, attribute, name, err);
}

toc_rc toc_queue_remove_label(toc_object *obj, int64_t attribute, toc_str name, toc_error *err)
{
    return queue_label(obj, TOC_VERB_REMOVE, attribute, name, err);
}

static toc_rc queue_link(toc_object *obj, toc_verb verb, const char *name, const toc_ref *other,
                         toc_error *err)
{
    toc_act act;
    toc_pending *entry;
    toc_rc rc = begin(obj, TOC_ACT_LINK, verb, &act, err);
    if (!rc && !other)
        rc = toc_error_set(err, TOC_EINVAL, "a reference to the other object is needed");
    if (rc)
        return rc;
    act.name = name;
    act.other = *other;
    rc = toc__link_prepare(&act, err);
    return rc ? rc : append(obj, &act, &entry, err);
}

toc_rc toc_queue_associate(toc_object *obj, const char *name, const toc_ref *other, toc_error *err)
{
    return queue_link(obj, TOC_VERB_ADD, name, other, err);
}

toc_rc toc_queue_disassociate(toc_object *obj, const char *name, const toc_ref *other,
                              toc_error *err)
{
    return queue_link(obj, TOC_VERB_REMOVE, name, other, err);
}

toc_rc toc_queue_upload(toc_object *obj, toc_str content, toc_upload_mode mode, toc_error *err)
{
    toc_act act;
    toc_pending *entry;
    toc_rc rc = begin(obj, TOC_ACT_UPLOAD, TOC_VERB_ADD, &act, err);
    if (rc)
        return rc;
    act.content = content;
    act.mode = mode;
    rc = toc__upload_prepare(&act, err);
    return rc ? rc : append(obj, &act, &entry, err);
}

/* --- lists that came with a new object ------------------------------------------------------ */

static bool waits(const toc_object *obj, const void *node)
{
    for (const toc_pending *entry = obj->queue.first; entry; entry = entry->next) {
        if (entry->node == node)
            return true;
    }
    return false;
}

/* before: the queue had entries already, and the node may be one of them: it was added by the
 * program, or an earlier save ended on the way. */
static bool adopt_node(toc_object *obj, unsigned list, void *node, bool before)
{
    if (before && waits(obj, node))
        return true;
    toc_pending *entry = toc__object_pending_new(obj);
    if (!entry)
        return false;
    entry->list = list;
    entry->node = node;
    return true;
}

/* What the server sent has an id, a link or a date. */
toc_rc toc__queue_adopt(toc_object *obj, toc_error *err)
{
    bool good = true, before = obj->queue.first;
    for (toc_attribute *at = obj->attributes.first; at && good; at = at->next)
        good = at->id || adopt_node(obj, TOC_LIST_ATTRIBUTES, at, before);
    for (toc_tag *at = obj->tags.first; at && good; at = at->next)
        good = at->web_link.ptr || adopt_node(obj, TOC_LIST_TAGS, at, before);
    for (toc_label *at = obj->labels.first; at && good; at = at->next)
        good = at->date_added.ptr || adopt_node(obj, TOC_LIST_LABELS, at, before);
    return good ? TOC_OK : toc_error_nomem(err);
}

/* --- looking at it ------------------------------------------------------------------------- */

size_t toc_queue_length(const toc_object *obj)
{
    return obj ? obj->queue.count : 0;
}

/* What an entry does. Of a list's entry the act is made here. */
static toc_act act_of(const toc_pending *entry)
{
    if (entry->act)
        return *(const toc_act *)entry->act;
    toc_act act = {.what = TOC_ACT_PART, .verb = TOC_VERB_ADD};
    if (entry->list == TOC_LIST_ATTRIBUTES) {
        const toc_attribute *node = entry->node;
        act.part = TOC_PART_ATTRIBUTE;
        act.text = node->type;
        act.value = node->value;
    } else if (entry->list == TOC_LIST_TAGS) {
        act.part = TOC_PART_TAG;
        act.id = ((const toc_tag *)entry->node)->name;
    } else {
        act.part = TOC_PART_LABEL;
        act.id = ((const toc_label *)entry->node)->name;
    }
    return act;
}

static toc_str describe(toc_object *obj, toc_pending *entry)
{
    if (entry->description.ptr)
        return entry->description;
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_act act = act_of(entry);
    toc_buf_init(&text, TOC_MAX_TEXT);
    int64_t attribute = act.of.attribute;
    act.of = toc_object_ref(obj);
    act.of.attribute = attribute;
    toc__act_describe(&text, &act, toc_object_summary(obj));
    if (!text.failed)
        entry->description = toc_arena_str(obj->arena, toc_buf_view(&text));
    return entry->description;
}

toc_str toc_queue_description(toc_object *obj, size_t index)
{
    toc_pending *entry = obj ? obj->queue.first : NULL;
    for (; entry && index; index--)
        entry = entry->next;
    return entry ? describe(obj, entry) : (toc_str){NULL, 0};
}

void toc_queue_drop(toc_object *obj, size_t index)
{
    toc_pending *entry = obj ? obj->queue.first : NULL, *previous = NULL;
    for (; entry && index; index--) {
        previous = entry;
        entry = entry->next;
    }
    if (!entry)
        return;
    toc__object_unlist_node(obj, entry);
    toc__object_pending_drop(obj, previous);
}

void toc_queue_clear(toc_object *obj)
{
    while (obj && obj->queue.first)
        toc_queue_drop(obj, 0);
}

/* --- out of the queue ---------------------------------------------------------------------- */

/* The body of an attribute that the object's list holds. */
static toc_rc node_body(const toc_attribute *node, toc_buf *body, toc_act *act, toc_error *err)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, body);
    toc_json_object(&writer);
    toc_json_kv_str(&writer, "type", node->type);
    toc_json_kv_str(&writer, "value", node->value);
    toc_json_key(&writer, TOC_S("displayed"));
    toc_json_bool(&writer, node->displayed);
    toc_json_kv_str(&writer, "source", node->source);
    toc_json_object_end(&writer);
    act->body = toc_buf_view(body);
    return toc_buf_check(body, err);
}

/* An attribute learns its id; stored it is also when the answer does not say where. */
static void learn(const toc_response *response, toc_attribute *node)
{
    toc_object *said = NULL;
    if (toc_object_new(toc__record_type(TOC_RECORD_ATTRIBUTE), &said, NULL))
        return;
    toc__part_learn(response, said);
    int64_t id = toc_object_get_int(said, "id");
    if (id > 0)
        node->id = id;
    toc_object_free(said);
}

static const struct {
    toc_part part;
    unsigned list;
} lists[] = {{TOC_PART_ATTRIBUTE, TOC_LIST_ATTRIBUTES},
             {TOC_PART_TAG, TOC_LIST_TAGS},
             {TOC_PART_LABEL, TOC_LIST_LABELS}};

/* What was taken off the object on the server leaves its lists as well. */
static void forget(toc_object *obj, const toc_act *act)
{
    if (act->verb != TOC_VERB_REMOVE || act->of.attribute)
        return;
    for (size_t i = 0; i < TOC_COUNT(lists); i++) {
        if (lists[i].part == act->part)
            toc__object_forget(obj, lists[i].list, act->id);
    }
}

static toc_rc send_part(toc_session *sess, toc_object *obj, toc_pending *entry, toc_act *act,
                        toc_error *err)
{
    toc_buf body TOC_CLEANUP(toc_buf_done) = {0};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    bool attribute = entry->list == TOC_LIST_ATTRIBUTES;
    toc_buf_init(&body, TOC_MAX_BODY_SMALL);
    toc_rc rc = attribute && !entry->act ? node_body(entry->node, &body, act, err) : TOC_OK;
    if (!rc)
        rc = toc__part_send(sess, act, &response, err);
    if (rc) {
        if (attribute)
            toc__object_unlist_node(obj, entry);
        return rc;
    }
    if (attribute)
        learn(response, entry->node);
    if (entry->node)
        toc__object_list_node(obj, entry);
    forget(obj, act);
    return TOC_OK;
}

static toc_rc send_entry(toc_session *sess, toc_object *obj, toc_pending *entry, const char *owner,
                         toc_error *err)
{
    toc_act act = act_of(entry);
    int64_t attribute = act.of.attribute;
    act.of = toc_object_ref(obj);
    act.of.attribute = attribute;
    act.of.owner = owner;
    toc_rc rc = act.what == TOC_ACT_LINK     ? toc__link_send(sess, &act, err)
                : act.what == TOC_ACT_UPLOAD ? toc__upload_send(sess, &act, err)
                                             : send_part(sess, obj, entry, &act, err);
    if (!rc)
        return rc;
    toc_str text = describe(obj, entry);
    text.len = toc_str_utf8_floor(text, SHOWN);
    if (text.len)
        toc_error_prefix(err, "%.*s", TOC_FMT(text));
    return rc;
}

/* Failures after which nothing else would do better. */
static bool is_final(toc_rc rc)
{
    return rc == TOC_ENOMEM || rc == TOC_ECANCELED || rc == TOC_ENET;
}

static toc_rc sum_up(size_t failed, size_t sent, toc_rc first, toc_error *err)
{
    if (!failed)
        return TOC_OK;
    if (is_final(first))
        return first;
    toc_error_prefix(err, "%zu of %zu requests failed, the first of them: ", failed, sent);
    if (err)
        err->code = TOC_EPARTIAL;
    return TOC_EPARTIAL;
}

static toc_rc send_all(toc_session *sess, toc_object *obj, const char *owner, toc_error *err)
{
    toc_pending *previous = NULL;
    size_t failed = 0, sent = 0;
    toc_rc first = TOC_OK;
    for (toc_pending *entry = obj->queue.first, *next; entry; entry = next) {
        toc_error why = {0};
        next = entry->next;
        toc_rc rc = send_entry(sess, obj, entry, owner, &why);
        sent++;
        if (!rc) {
            toc__object_pending_drop(obj, previous);
            continue;
        }
        previous = entry;
        if (!failed++ || is_final(rc)) {
            first = rc;
            if (err)
                *err = why;
        }
        if (is_final(rc))
            break;
    }
    return sum_up(failed, sent, first, err);
}

toc_rc toc__queue_send(toc_session *sess, toc_object *obj, const char *owner, bool keep_on,
                       toc_error *err)
{
    if (keep_on)
        return send_all(sess, obj, owner, err);
    while (obj->queue.first) {
        toc_rc rc = send_entry(sess, obj, obj->queue.first, owner, err);
        if (rc)
            return rc;
        toc__object_pending_drop(obj, NULL);
    }
    return TOC_OK;
}
