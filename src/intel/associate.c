/* associate.c - associations: plain ones, those with a name, file actions, what carries a tag or
 * label (sdk.md 2.4.4, 2.5.2; ti.md 12, 13). */
#include "base/codec.h"
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/members.h"
#include "client/session.h"
#include "filter/filter.h"
#include "intel/act.h"
#include "intel/list.h"
#include "intel/path.h"
#include "model/association.h"
#include "model/records.h"

#define KIND(name) (1U << TOC_KIND_##name)
#define OBJECTS (KIND(INDICATOR) | KIND(GROUP) | KIND(TASK) | KIND(VICTIM))
#define OTHERS (OBJECTS | KIND(VICTIM_ASSET))

/* --- the catalogue ------------------------------------------------------------------------- */

typedef struct item {
    toc_str name, branch, action;
} item;

/* The reader stands behind the opening brace. */
static bool read_item(toc_json_reader *reader, item *found)
{
    const toc_text_member members[] = {
        {"name", &found->name}, {"apiBranch", &found->branch}, {"fileAction", &found->action}};
    return toc__members_read(reader, members, TOC_COUNT(members));
}

/* What is built in is known already; a strange item must not take the rest along. */
static toc_rc add_item(const toc_session *sess, toc_associations *set, const item *found,
                       toc_arena *arena, toc_error *err)
{
    toc_error why = {0};
    if (!found->name.len || !found->branch.len || toc_associations_find(set, found->name) ||
        toc_associations_find(set, found->branch))
        return TOC_OK;
    bool action = false;
    (void)toc_str_to_bool(found->action, &action);
    toc_association_type row = {.name = toc_arena_str(arena, found->name).ptr,
                                .branch = toc_arena_str(arena, found->branch).ptr,
                                .file_action = action};
    if (!row.name || !row.branch)
        return toc_error_nomem(err);
    toc_rc rc = toc_associations_add(set, &row, NULL, &why);
    if (rc == TOC_ENOMEM)
        return toc_error_nomem(err);
    if (rc)
        toc_log_at(&sess->log, TOC_LOG_WARNING, "types",
                   "association %.*s of the server is left out: %s", TOC_FMT(found->name),
                   why.message);
    return TOC_OK;
}

/* What is being read, and where it goes. */
typedef struct catalogue {
    const toc_session *sess;
    toc_associations *set;
} catalogue;

static toc_rc take_item(void *user, toc_json_reader *reader, toc_error *err)
{
    const catalogue *into = user;
    item found = {0};
    return read_item(reader, &found) ? add_item(into->sess, into->set, &found, reader->arena, err)
                                     : TOC_EPROTO;
}

static toc_rc fetch_catalogue(toc_session *sess, toc_associations *set, toc_error *err)
{
    toc_call call = {.path = "/v2/types/associationTypes", .description = "load association types"};
    catalogue into = {sess, set};
    return toc__members_fetch(sess, &call, "associationType", take_item, &into, err);
}

/* Fetched once, and only for a name that is not built in. */
static toc_rc need_catalogue(toc_session *sess, toc_error *err)
{
    toc_associations *made = NULL;
    if (sess->associations)
        return TOC_OK;
    toc_rc rc = toc_associations_new(&made, err);
    if (!rc)
        rc = fetch_catalogue(sess, made, err);
    if (rc)
        toc_associations_free(made);
    else
        sess->associations = made;
    if (rc && err)
        err->number = TOC_NUMBER_ASSOCIATION_TYPES;
    return rc;
}

toc_rc toc_association_at(toc_session *sess, size_t index, const toc_association_type **row,
                          toc_error *err)
{
    if (!sess || !row)
        return toc_error_set(err, TOC_EINVAL, "a session and a place are needed");
    toc_rc rc = need_catalogue(sess, err);
    if (!rc)
        *row = toc_associations_at(sess->associations, index);
    return rc;
}

/* A name as the path says it. */
typedef struct named {
    toc_str word; /* ptr NULL: a plain association */
    bool action;
} named;

static toc_rc find_generic(toc_session *sess, toc_str word, named *found, toc_error *err)
{
    const toc_types *types = NULL;
    const toc_type *type = toc_association_generic(NULL, word);
    toc_rc rc = TOC_OK;
    if (!type)
        rc = toc_session_types(sess, &types, err);
    if (rc)
        return rc;
    if (!type && !toc_association_generic(types, word))
        return toc__number(
            toc_error_field(err, TOC_EINVAL, "name",
                            "the platform has no association or file action \"%.*s\"",
                            (int)toc_str_utf8_floor(word, 100), word.ptr),
            TOC_NUMBER_ASSOCIATION, err);
    *found = (named){.word = word};
    return TOC_OK;
}

static toc_rc find_name(toc_session *sess, const char *name, named *found, toc_error *err)
{
    *found = (named){{NULL, 0}, false};
    if (!name)
        return TOC_OK;
    toc_str word = toc_str_of(name);
    const toc_association_type *row = toc_associations_find(sess->associations, word);
    toc_rc rc = TOC_OK;
    if (!row && !toc_association_generic(NULL, word)) {
        rc = need_catalogue(sess, err);
        row = rc ? NULL : toc_associations_find(sess->associations, word);
    }
    if (rc)
        return rc;
    if (!row)
        return find_generic(sess, word, found, err);
    *found = (named){toc_str_of(row->branch), row->file_action};
    return TOC_OK;
}

/* --- paths --------------------------------------------------------------------------------- */

static unsigned kind_bit(const toc_type *type)
{
    return type ? 1U << type->kind : 0;
}

static bool is_carried(const toc_type *type)
{
    return type == toc__record_type(TOC_RECORD_TAG) || type == toc__record_type(TOC_RECORD_LABEL);
}

static toc_rc check_of(const toc_ref *of, bool carried, toc_error *err)
{
    if (!of || !of->type)
        return toc_error_set(err, TOC_EINVAL, "a reference to an object is needed");
    if (of->attribute)
        return toc_error_set(err, TOC_EUNSUPPORTED, "an attribute has no associations");
    if ((kind_bit(of->type) & OBJECTS) || (carried && is_carried(of->type)))
        return TOC_OK;
    return toc_error_set(err, TOC_EUNSUPPORTED, "a %s has no associations", of->type->name);
}

static toc_rc check_kind(const toc_ref *of, const char *name, toc_kind kind, toc_error *err)
{
    if ((unsigned)kind >= TOC_KIND_COUNT || !((1U << kind) & OTHERS))
        return toc_error_set(err, TOC_EUNSUPPORTED, "a %s cannot be associated with a %s",
                             of->type->name,
                             (unsigned)kind < TOC_KIND_COUNT ? toc_kind_entity(kind) : "?");
    bool indicators = of->type->kind == TOC_KIND_INDICATOR && kind == TOC_KIND_INDICATOR;
    if (name && !indicators)
        return toc_error_set(err, TOC_EUNSUPPORTED,
                             "associations with a name are those of indicators with indicators, "
                             "not of a %s with a %s",
                             of->type->name, toc_kind_entity(kind));
    if (name && !*name)
        return toc_error_field(err, TOC_EINVAL, "name", "the name of the association is empty");
    return TOC_OK;
}

/* Only files act. */
static toc_rc check_actor(const toc_ref *of, const named *found, toc_error *err)
{
    if (!found->action || (of->type->traits & TOC_TYPE_HASHES))
        return TOC_OK;
    return toc_error_set(err, TOC_EUNSUPPORTED, "the file action %.*s is none of a %s",
                         TOC_FMT(found->word), of->type->name);
}

/* The place of associated objects of a kind, or of one type of them. */
static toc_rc list_path(toc_buf *path, const toc_ref *of, const named *found, toc_kind kind,
                        const toc_type *type, toc_error *err)
{
    toc_rc rc = check_actor(of, found, err);
    if (!rc)
        rc = toc__path_of_ref(path, of, false, err);
    if (rc)
        return rc;
    toc_buf_lit(path, "/");
    if (found->word.ptr) {
        toc_buf_text(path, found->action ? "actions/" : "associations/");
        toc_url_encode_path(path, found->word);
        toc_buf_lit(path, "/");
    }
    toc__path_list(path, kind, type);
    return toc_buf_check(path, err);
}

/* As a path names it; of a file the first of its hashes. */
static toc_str other_id(const toc_ref *other)
{
    bool indicator = other->type->kind == TOC_KIND_INDICATOR;
    return indicator && other->id.len ? toc__path_value(other->type, other->id) : other->id;
}

static toc_rc other_without_id(const toc_ref *other, toc_error *err)
{
    toc_rc rc =
        toc_error_field(err, TOC_EINVAL, "id", "the other %s has no id yet", other->type->name);
    return toc__number(rc, TOC_NUMBER_GET, err);
}

static toc_rc one_path(toc_buf *path, const toc_ref *of, const named *found, const toc_ref *other,
                       toc_error *err)
{
    const toc_type *type = other->type;
    toc_rc rc = list_path(path, of, found, type->kind, type, err);
    if (rc)
        return rc;
    toc_str id = other_id(other);
    if (!id.len)
        return other_without_id(other, err);
    return toc__path_id(path, id, type->kind != TOC_KIND_INDICATOR, err);
}

/* --- the verbs ----------------------------------------------------------------------------- */

static toc_rc check_ends(const toc_ref *of, const char *name, const toc_ref *other, bool carried,
                         toc_error *err)
{
    toc_rc rc = check_of(of, carried, err);
    if (rc)
        return rc;
    if (!other || !other->type)
        return toc_error_set(err, TOC_EINVAL, "a reference to the other object is needed");
    return check_kind(of, name, other->type->kind, err);
}

toc_rc toc__link_prepare(const toc_act *act, toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    const toc_ref *other = &act->other;
    toc_rc rc = check_ends(&act->of, act->name, other, false, err);
    if (rc)
        return rc;
    toc_str id = other_id(other);
    if (!id.len)
        return other_without_id(other, err);
    toc_buf_init(&path, TOC_MAX_TARGET);
    return toc__path_id(&path, id, other->type->kind != TOC_KIND_INDICATOR, err);
}

/* Groups and victims are associated with an indicator from its side. */
static bool is_turned(const toc_act *act)
{
    return act->other.type->kind == TOC_KIND_INDICATOR &&
           (kind_bit(act->of.type) & (KIND(GROUP) | KIND(VICTIM)));
}

toc_rc toc__link_send(toc_session *sess, const toc_act *act, toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    bool turned = is_turned(act);
    named found;
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    toc_rc rc = find_name(sess, act->name, &found, err);
    if (!rc)
        rc = turned ? one_path(&path, &act->other, &found, &act->of, err)
                    : one_path(&path, &act->of, &found, &act->other, err);
    if (rc)
        return rc;
    toc__act_describe(&text, act, act->of.id);
    toc_call call = {.method = act->verb == TOC_VERB_ADD ? "POST" : "DELETE",
                     .path = path.ptr,
                     .owner = toc__ref_owner(sess, &act->of),
                     .description = text.ptr};
    return toc__change(sess, &call, &response, err);
}

static toc_rc link_now(toc_session *sess, const toc_ref *of, const char *name, const toc_ref *other,
                       toc_verb verb, toc_error *err)
{
    if (!sess || !of || !other)
        return toc_error_set(err, TOC_EINVAL, "a session and two references are needed");
    toc_act act = {.what = TOC_ACT_LINK, .verb = verb, .of = *of, .name = name, .other = *other};
    toc_rc rc = toc__link_prepare(&act, err);
    return rc ? rc : toc__link_send(sess, &act, err);
}

toc_rc toc_associate(toc_session *sess, const toc_ref *of, const char *name, const toc_ref *other,
                     toc_error *err)
{
    return link_now(sess, of, name, other, TOC_VERB_ADD, err);
}

toc_rc toc_disassociate(toc_session *sess, const toc_ref *of, const char *name,
                        const toc_ref *other, toc_error *err)
{
    return link_now(sess, of, name, other, TOC_VERB_REMOVE, err);
}

static bool names_owner(const toc_ref *of)
{
    return of->owner && *of->owner;
}

/* What hangs on the object of one owner is not what another one's object has. */
static toc_rc check_owners(const toc_ref *of, const toc_filter *filter, toc_error *err)
{
    if (!filter || !filter->owners.count || !names_owner(of))
        return TOC_OK;
    for (const toc_owner_name *at = filter->owners.first; at; at = at->next)
        if (toc_str_equal_fold(at->name, toc_str_of(of->owner)))
            return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, "owner",
                           "the filter names other owners than the reference, whose owner is %s",
                           of->owner);
}

toc_rc toc_associated_open(toc_session *sess, const toc_ref *of, const char *name, toc_kind kind,
                           const toc_filter *filter, toc_list **list, toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    const toc_type *type = filter ? filter->type : NULL;
    named found;
    if (!sess || !list)
        return toc_error_set(err, TOC_EINVAL, "a session and a place are needed");
    toc_rc rc = check_of(of, true, err);
    if (!rc)
        rc = check_kind(of, name, kind, err);
    if (!rc)
        rc = check_owners(of, filter, err);
    if (!rc)
        rc = find_name(sess, name, &found, err);
    if (rc)
        return rc;
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    rc = list_path(&path, of, &found, kind, type, err);
    if (rc)
        return rc;
    toc_type any = {.kind = kind};
    toc_act act = {.what = TOC_ACT_LINK, .verb = TOC_VERB_LIST, .of = *of, .other = {.type = &any}};
    toc__act_describe(&text, &act, of->id);
    bool by_filter = !names_owner(of) && filter && (filter->any_owner || filter->owners.count);
    toc_list_source source = {.kind = kind,
                              .item_type = type,
                              .path = path.ptr,
                              .owner = by_filter ? NULL : toc__ref_owner(sess, of),
                              .owners = by_filter,
                              .paged = true,
                              .description = text.ptr};
    return toc__list_open_source(sess, &source, filter, list, err);
}

toc_rc toc_associated_get(toc_session *sess, const toc_ref *of, const char *name,
                          const toc_ref *other, toc_object **obj, toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    named found;
    if (!sess || !obj)
        return toc_error_set(err, TOC_EINVAL, "a session and a place are needed");
    toc_rc rc = check_ends(of, name, other, true, err);
    toc_buf_init(&path, TOC_MAX_TARGET);
    if (!rc)
        rc = find_name(sess, name, &found, err);
    if (!rc)
        rc = one_path(&path, of, &found, other, err);
    if (rc)
        return rc;
    toc_call call = {.path = path.ptr,
                     .owner = toc__ref_owner(sess, of),
                     .description = "retrieve an associated object"};
    return toc__fetch(sess, &call, other->type, obj, err);
}
