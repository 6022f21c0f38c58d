#include "ref.h"

#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "tocsin/extract.h"

#define NAMES_MAX 400
#define CANDIDATES 8 /* of one name, that a message lists */
#define PART_SEPARATOR " : "
#define VALUE_ROOM 16384

static const toc_kind typed[] = {TOC_KIND_INDICATOR, TOC_KIND_GROUP};

/* --- the kind -------------------------------------------------------------------------------- */

static toc_rc unknown_kind(const cli_refs *refs, const char *word, toc_error *err)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (const cli_kind *kind; (kind = cli_kind_at(count)); count++)
        names[count] = kind->one;
    for (size_t i = 0; i < toc_types_count(refs->types) && count + 1 < NAMES_MAX; i++) {
        const toc_type *type = toc_types_at(refs->types, i);
        if (type->kind != TOC_KIND_INDICATOR && type->kind != TOC_KIND_GROUP)
            continue;
        names[count++] = type->name;
        names[count++] = type->entity;
    }
    const char *near = cli_nearest(word, names, count);
    if (near)
        return cli_error(err, TOC_EINVAL, "\"%.80s\" is no kind of object; did you mean %s?", word,
                         near);
    return cli_error(
        err, TOC_EINVAL,
        "\"%.80s\" is no kind of object: indicator, group, tag, label, victim, task, or a "
        "type that 'tocsin types' lists",
        word);
}

static const toc_type *only_type(const cli_refs *refs, toc_kind kind)
{
    for (size_t i = 0; i < toc_types_count(refs->types); i++)
        if (toc_types_at(refs->types, i)->kind == kind)
            return toc_types_at(refs->types, i);
    return NULL;
}

toc_rc cli_refs_kind(cli_refs *refs, const char *word, toc_error *err)
{
    toc_str text = toc_str_of(word);
    const cli_kind *kind = cli_kind_find(word);
    if (kind) {
        refs->kind = kind->kind;
        refs->type = toc_part_type(kind->part);
        if (refs->kind == TOC_KIND_VICTIM || refs->kind == TOC_KIND_TASK)
            refs->type = only_type(refs, refs->kind);
        return TOC_OK;
    }
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        const toc_type *type = toc_types_find(refs->types, typed[i], text);
        if (!type)
            continue;
        refs->kind = typed[i];
        refs->type = type;
        return TOC_OK;
    }
    return unknown_kind(refs, word, err);
}

int cli_refs_open(cli_refs *refs, const cli_args *args)
{
    toc_error err = {0};
    *refs = (cli_refs){.args = args, .owner = cli_value(args, OPT_OWNER)};
    if (args->counts[OPT_OWNER] > 1)
        return cli_usage("--owner: one is enough here");
    toc_rc rc = cli_connect(args, false, &refs->sess, &err);
    if (!rc)
        rc = toc_session_types(refs->sess, &refs->types, &err);
    if (!rc)
        rc = toc_detector_new(&refs->detector, &err);
    if (!rc && args->word_count)
        rc = cli_refs_kind(refs, args->words[0], &err);
    return rc ? cli_fail(&err) : EXIT_OK;
}

void cli_refs_close(cli_refs *refs)
{
    toc_detector_free(refs->detector);
    toc_session_close(refs->sess);
    *refs = (cli_refs){.args = NULL};
}

int cli_refs_check(const cli_args *args, const char *verb, const cli_option_id *changes)
{
    bool lists = args->word_count == 2;
    if (!lists && cli_format(args))
        return cli_usage("%s: --format is for the list, which a NAME alone prints", verb);
    for (; lists && *changes != OPT_API; changes++)
        if (cli_has(args, *changes))
            return cli_usage("%s: --%s needs to know what", verb, cli_option_at(*changes)->name);
    return EXIT_OK;
}

toc_part cli_refs_part(const cli_refs *refs)
{
    const cli_kind *kind = NULL;
    for (size_t i = 0; (kind = cli_kind_at(i)); i++)
        if (refs->kind == TOC_KIND_RECORD && toc_part_type(kind->part) == refs->type)
            return kind->part;
    return TOC_PART_COUNT;
}

toc_ref cli_refs_owner(const cli_refs *refs)
{
    return (toc_ref){.owner = refs->owner};
}

/* --- references ------------------------------------------------------------------------------ */

static toc_rc make(const cli_refs *refs, const toc_type *type, toc_str id, toc_str name,
                   cli_ref *ref, toc_error *err)
{
    cli_ref made = {.type = type, .owner = refs->owner};
    made.id = strndup(id.len ? id.ptr : "", id.len);
    made.name = strndup(name.len ? name.ptr : "", name.len);
    if (!made.id || !made.name) {
        cli_ref_free(&made);
        return cli_error(err, TOC_ENOMEM, "there is not enough memory");
    }
    *ref = made;
    return TOC_OK;
}

void cli_ref_free(cli_ref *ref)
{
    free(ref->id);
    free(ref->name);
    *ref = (cli_ref){.type = NULL};
}

toc_ref cli_ref_of(const cli_ref *ref)
{
    return (toc_ref){.type = ref->type, .id = toc_str_of(ref->id), .owner = ref->owner};
}

const char *cli_ref_text(const cli_ref *ref, char text[CLI_REF_TEXT])
{
    static const char dots[] = "...";
    int len = snprintf(text, CLI_REF_TEXT, "%s %s", ref->type->name, ref->name);
    if (len < CLI_REF_TEXT)
        return text;
    size_t end = CLI_REF_TEXT - sizeof dots;
    while (end && ((unsigned char)text[end] & 0xC0U) == 0x80U) /* no half of a character */
        end--;
    memcpy(text + end, dots, sizeof dots);
    return text;
}

void cli_ref_print(FILE *file, const cli_ref *ref)
{
    cli_print_clean(file, ref->type->name, strlen(ref->type->name));
    (void)fputc(' ', file);
    cli_print_clean(file, ref->name, strlen(ref->name));
}

void cli_ref_missing(const cli_ref *ref, toc_error *err)
{
    char text[CLI_REF_TEXT];
    (void)cli_error(err, TOC_ENOTFOUND, "%s is not there%s%s", cli_ref_text(ref, text),
                    ref->owner ? ", in " : "", ref->owner ? ref->owner : "");
}

toc_rc cli_ref_get(cli_refs *refs, const cli_ref *ref, toc_object **obj, toc_error *err)
{
    toc_ref owner = cli_refs_owner(refs);
    toc_part part = cli_refs_part(refs);
    toc_str id = toc_str_of(ref->id);
    toc_rc rc = part != TOC_PART_COUNT ? toc_part_get(refs->sess, &owner, part, NULL, id, obj, err)
                                       : toc_get(refs->sess, ref->type, id, refs->owner, obj, err);
    if (rc == TOC_ENOTFOUND)
        cli_ref_missing(ref, err);
    return rc;
}

void cli_ref_blame(const cli_ref *ref, toc_error *err)
{
    char text[CLI_REF_TEXT];
    char why[sizeof err->message];
    memcpy(why, err->message, sizeof why);
    (void)snprintf(err->message, sizeof err->message, "%s: %.300s", cli_ref_text(ref, text), why);
}

/* --- indicators ------------------------------------------------------------------------------ */

/* Of a value of several parts the first one says what it is: the hashes of a file. */
static const toc_type *detect(const cli_refs *refs, const char *name)
{
    const char *end = strstr(name, PART_SEPARATOR);
    toc_str first = {name, end ? (size_t)(end - name) : strlen(name)};
    const toc_type *type = toc_detector_find(refs->detector, first);
    return !end || (type && (type->traits & TOC_TYPE_HASHES)) ? type : NULL;
}

static toc_rc stored_form(const cli_refs *refs, const toc_type *type, const char *value,
                          cli_ref *ref, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc = toc_object_set_summary(obj, toc_str_of(value), err);
    if (!rc)
        rc = toc_object_check(obj, err);
    if (!rc)
        rc = make(refs, type, toc_object_summary(obj), toc_object_summary(obj), ref, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc no_type(const char *name, toc_error *err)
{
    return cli_error(err, TOC_EINVAL,
                     "\"%.100s\": the value does not say what it is; name its type instead of "
                     "\"indicator\" ('tocsin types' lists them)",
                     name);
}

toc_rc cli_ref_indicator(cli_refs *refs, const char *name, cli_ref *ref, toc_error *err)
{
    toc_error why = {0};
    char plain[VALUE_ROOM];
    const toc_type *type = NULL;
    if (!toc_refang_value(toc_str_of(name), plain, sizeof plain, &type) ||
        (refs->type && refs->type != type)) {
        type = refs->type ? refs->type : detect(refs, name);
        (void)snprintf(plain, sizeof plain, "%s", strlen(name) < sizeof plain ? name : "");
    }
    toc_rc rc = type ? stored_form(refs, type, plain, ref, &why) : TOC_EINVAL;
    if (rc != TOC_EINVAL)
        return rc ? cli_error(err, rc, "%s", why.message) : rc;
    return type ? cli_error(err, TOC_EINVAL, "\"%.100s\" is no %s: %s", name, type->name,
                            why.message)
                : no_type(name, err);
}

/* --- groups, victims, tasks ------------------------------------------------------------------ */

/* What is longer is no id, which is an int64. */
static bool is_id(const char *name)
{
    toc_str text = toc_str_of(name);
    return text.len < 19 && cli_is_number(text);
}

/* The id is asked for under each type that the KIND may mean. */
static toc_rc find_id(cli_refs *refs, const char *name, cli_ref *ref, toc_error *err)
{
    toc_rc rc = TOC_ENOTFOUND;
    for (size_t i = 0; rc == TOC_ENOTFOUND && i < toc_types_count(refs->types); i++) {
        const toc_type *type = toc_types_at(refs->types, i);
        toc_object *obj = NULL;
        if (type->kind != refs->kind || (refs->type && refs->type != type))
            continue;
        rc = toc_get(refs->sess, type, toc_str_of(name), refs->owner, &obj, err);
        if (!rc)
            rc = make(refs, type, toc_str_of(name), toc_object_summary(obj), ref, err);
        toc_object_free(obj);
    }
    return rc;
}

typedef struct candidates {
    size_t count, exact;
    int64_t ids[CANDIDATES];
    const toc_type *types[CANDIDATES];
    cli_ref first; /* an exact one rather than one with other letters */
} candidates;

static toc_rc take(cli_refs *refs, toc_object *obj, toc_str name, candidates *found, toc_error *err)
{
    char id[24];
    toc_str title = toc_object_summary(obj);
    bool exact = toc_str_equal(title, name);
    if (!toc_str_equal_fold(title, name) || (found->exact && !exact))
        return TOC_OK;
    if (exact && !found->exact)
        found->count = 0;
    found->exact += exact;
    int64_t number = toc_object_get_int(obj, "id");
    if (found->count < CANDIDATES) {
        found->ids[found->count] = number;
        found->types[found->count] = toc_object_type(obj);
    }
    if (found->count++)
        return TOC_OK;
    cli_ref_free(&found->first);
    (void)snprintf(id, sizeof id, "%lld", (long long)number);
    return make(refs, toc_object_type(obj), toc_str_of(id), title, &found->first, err);
}

static toc_rc name_filter(const cli_refs *refs, const char *name, toc_filter **filter,
                          toc_error *err)
{
    toc_rc rc = toc_filter_new(refs->kind, refs->type, filter, err);
    if (!rc && refs->owner)
        rc = toc_filter_owner(*filter, toc_str_of(refs->owner), err);
    /* A comma separates terms: such names are looked for here. */
    if (!rc && !strchr(name, ','))
        rc = toc_filter_term(*filter, "name", TOC_OP_EQ, toc_str_of(name), err);
    return rc;
}

static toc_rc search_name(cli_refs *refs, const char *name, candidates *found, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 1;
    toc_rc rc = *name ? name_filter(refs, name, &filter, err) : TOC_OK;
    if (!rc && *name)
        rc = toc_list_open(refs->sess, refs->kind, filter, &list, err);
    while (!rc && list && (more = toc_list_next(list, &obj, err)) > 0)
        rc = take(refs, obj, toc_str_of(name), found, err);
    if (!rc && more < 0)
        rc = more;
    toc_list_close(list);
    toc_filter_free(filter);
    return rc;
}

static const char *kind_word(const cli_refs *refs)
{
    return refs->type ? refs->type->name : toc_kind_entity(refs->kind);
}

static toc_rc several(const cli_refs *refs, const char *name, const candidates *found,
                      toc_error *err)
{
    char all[320] = "";
    for (size_t i = 0; i < found->count && i < CANDIDATES; i++) {
        size_t used = strlen(all);
        (void)snprintf(all + used, sizeof all - used, "%s%s %lld", i ? ", " : "",
                       found->types[i]->name, (long long)found->ids[i]);
    }
    return cli_error(
        err, TOC_ECONFLICT, "%s \"%.100s\": there are %zu of this name: %s%s; give the id",
        kind_word(refs), name, found->count, all, found->count > CANDIDATES ? ", ..." : "");
}

static toc_rc not_found(const cli_refs *refs, const char *name, toc_error *err)
{
    static const char *const lists[TOC_KIND_COUNT] = {
        [TOC_KIND_GROUP] = "groups", [TOC_KIND_TASK] = "tasks", [TOC_KIND_VICTIM] = "victims"};
    return cli_error(err, TOC_ENOTFOUND,
                     "there is no %s \"%.100s\"%s%s; 'tocsin get %s --format table' lists them",
                     kind_word(refs), name, refs->owner ? " in " : "",
                     refs->owner ? refs->owner : "", lists[refs->kind]);
}

static toc_rc find_name(cli_refs *refs, const char *name, cli_ref *ref, toc_error *err)
{
    candidates found = {.count = 0};
    toc_rc rc = search_name(refs, name, &found, err);
    if (!rc && !found.count)
        rc = not_found(refs, name, err);
    if (!rc && found.count > 1)
        rc = several(refs, name, &found, err);
    if (rc)
        cli_ref_free(&found.first);
    else
        *ref = found.first;
    return rc;
}

toc_rc cli_ref_find(cli_refs *refs, const char *name, cli_ref *ref, toc_error *err)
{
    if (refs->kind == TOC_KIND_INDICATOR)
        return cli_ref_indicator(refs, name, ref, err);
    if (refs->kind == TOC_KIND_RECORD)
        return make(refs, refs->type, toc_str_of(name), toc_str_of(name), ref, err);
    toc_rc rc = is_id(name) ? find_id(refs, name, ref, err) : TOC_ENOTFOUND;
    return rc == TOC_ENOTFOUND ? find_name(refs, name, ref, err) : rc;
}

/* --- several --------------------------------------------------------------------------------- */

int cli_refs_each(cli_refs *refs, size_t first, size_t step, cli_ref_fn fn, void *user)
{
    int status = EXIT_OK;
    size_t done = 0;
    size_t at = first;
    cli_interrupt_catch();
    for (; at < refs->args->word_count && !cli_interrupted(); at += step) {
        toc_error err = {0};
        toc_rc rc = fn(refs, refs->args->words + at, user, &err);
        done += rc == TOC_OK;
        if (rc == TOC_ECANCELED && cli_interrupted())
            break;
        if (!rc)
            continue;
        int failed = cli_fail(&err);
        status = status == EXIT_OK ? failed : status;
    }
    if (at < refs->args->word_count) {
        cli_say("stopped: %zu of %zu done; \"%s\" and what follows is left", done,
                (refs->args->word_count - first) / step, refs->args->words[at]);
        return cli_stopped(done);
    }
    return status != EXIT_OK && done ? EXIT_PARTIAL : status;
}
