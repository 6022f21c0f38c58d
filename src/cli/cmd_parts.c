#include <string.h>

#include "edit.h"
#include "printer.h"

/* tag, label, attribute, assignee and escalatee: what they list, add and take off. */
typedef struct part_verb {
    const char *name;
    toc_part part;
    const char *field; /* that names one; NULL: an attribute */
    bool tasks;        /* only those have them */
} part_verb;

typedef struct work {
    const part_verb *verb;
    cli_ref ref;
    toc_object *there; /* the object as it is now */
    bool remove;
} work;

static void note(cli_refs *refs, const work *job, const char *what, const char *state)
{
    char text[CLI_REF_TEXT];
    cli_note(refs->args, "%s: %s \"%.100s\" %s", cli_ref_text(&job->ref, text), job->verb->name,
             what, state);
}

/* --- tags, labels and people ----------------------------------------------------------------- */

static bool carries(const work *job, toc_str name)
{
    toc_str held;
    bool tags = job->verb->part == TOC_PART_TAG;
    for (size_t i = 0;
         tags ? toc_object_tag(job->there, i, &held) : toc_object_label(job->there, i, &held); i++)
        if (toc_str_equal_fold(held, name))
            return true;
    return false;
}

/* Tasks do not say in themselves whose they are. */
static toc_rc is_on(cli_refs *refs, const work *job, toc_str name, bool *found, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_ref of = cli_ref_of(&job->ref);
    *found = !job->verb->tasks && carries(job, name);
    if (!job->verb->tasks)
        return TOC_OK;
    toc_rc rc = toc_parts_open(refs->sess, &of, job->verb->part, NULL, &list, err);
    while (!rc && !*found && (more = toc_list_next(list, &obj, err)) > 0)
        *found = toc_str_equal(toc_object_get(obj, job->verb->field), name);
    toc_list_close(list);
    return rc || more >= 0 ? rc : more;
}

static toc_rc apply_name(cli_refs *refs, const char *name, work *job, toc_error *err)
{
    toc_object *record = NULL;
    bool there = false;
    toc_ref of = cli_ref_of(&job->ref);
    toc_str text = toc_str_of(name);
    toc_rc rc = is_on(refs, job, text, &there, err);
    if (rc)
        return rc;
    if (there != job->remove) {
        note(refs, job, name, job->remove ? "is not there" : "is there already");
        return TOC_OK;
    }
    if (job->remove) {
        rc = toc_part_remove(refs->sess, &of, job->verb->part, NULL, text, err);
    } else {
        rc = toc_object_new(toc_part_type(job->verb->part), &record, err);
        if (!rc)
            rc = toc_object_set(record, job->verb->field, text, err);
        if (!rc)
            rc = toc_part_add(refs->sess, &of, job->verb->part, record, err);
    }
    toc_object_free(record);
    if (!rc)
        note(refs, job, name, job->remove ? "taken off" : "added");
    return rc;
}

/* --- attributes ------------------------------------------------------------------------------ */

static toc_rc wrong_pair(const work *job, toc_error *err)
{
    return cli_error(err, TOC_EINVAL, "%s is needed",
                     job->remove ? "an id or TYPE=VALUE" : "TYPE=VALUE");
}

/* The id of the attribute that a word means, as text; "" when the object has none such. */
static toc_rc find_attribute(cli_refs *refs, const char *word, const work *job, char id[24],
                             toc_error *err)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_str type = {NULL, 0};
    toc_str value = {NULL, 0};
    int more = 1;
    bool pair = cli_edit_pair(word, &type, &value);
    toc_ref of = cli_ref_of(&job->ref);
    if (!pair && !(job->remove && cli_is_number(toc_str_of(word))))
        return wrong_pair(job, err);
    id[0] = '\0';
    toc_rc rc = toc_parts_open(refs->sess, &of, TOC_PART_ATTRIBUTE, NULL, &list, err);
    while (!rc && !id[0] && (more = toc_list_next(list, &obj, err)) > 0) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)toc_object_get_int(obj, "id"));
        bool same = pair ? toc_str_equal_fold(toc_object_get(obj, "type"), type) &&
                               toc_str_equal(toc_object_get(obj, "value"), value)
                         : !strcmp(number, word);
        if (same)
            memcpy(id, number, sizeof number);
    }
    toc_list_close(list);
    return rc || more >= 0 ? rc : more;
}

static toc_rc make_attribute(const cli_args *args, const char *word, bool fresh,
                             toc_object **record, toc_error *err)
{
    toc_str type = {NULL, 0};
    toc_str value = {NULL, 0};
    (void)cli_edit_pair(word, &type, &value);
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_ATTRIBUTE), record, err);
    if (!rc && fresh)
        rc = toc_object_set(*record, "type", type, err);
    if (!rc)
        rc = toc_object_set(*record, "value", value, err);
    if (!rc && cli_value(args, OPT_SOURCE))
        rc = toc_object_set(*record, "source", toc_str_of(cli_value(args, OPT_SOURCE)), err);
    if (!rc && cli_has(args, OPT_DISPLAYED))
        rc = toc_object_set_bool(*record, "displayed", true, err);
    return rc;
}

static toc_rc put_attribute(cli_refs *refs, const char *word, work *job, const char *id,
                            toc_error *err)
{
    toc_object *record = NULL;
    toc_ref of = cli_ref_of(&job->ref);
    bool fresh = !*id;
    if (!fresh && !cli_has(refs->args, OPT_SOURCE) && !cli_has(refs->args, OPT_DISPLAYED)) {
        note(refs, job, word, "is there already");
        return TOC_OK;
    }
    toc_rc rc = make_attribute(refs->args, word, fresh, &record, err);
    if (!rc)
        rc = fresh ? toc_part_add(refs->sess, &of, TOC_PART_ATTRIBUTE, record, err)
                   : toc_part_change(refs->sess, &of, TOC_PART_ATTRIBUTE, toc_str_of(id), record,
                                     err);
    toc_object_free(record);
    if (!rc)
        note(refs, job, word, fresh ? "added" : "changed");
    return rc;
}

static toc_rc apply_attribute(cli_refs *refs, const char *word, work *job, toc_error *err)
{
    char id[24];
    toc_ref of = cli_ref_of(&job->ref);
    toc_rc rc = find_attribute(refs, word, job, id, err);
    if (rc)
        return rc;
    if (!job->remove)
        return put_attribute(refs, word, job, id, err);
    if (id[0])
        rc = toc_part_remove(refs->sess, &of, TOC_PART_ATTRIBUTE, NULL, toc_str_of(id), err);
    if (!rc)
        note(refs, job, word, id[0] ? "taken off" : "is not there");
    return rc;
}

/* --- the verbs ------------------------------------------------------------------------------- */

/* Says where the names are that an object can be given. */
static void explain(const work *job, const char *word, toc_error *err)
{
    if (job->verb->part == TOC_PART_LABEL)
        (void)snprintf(err->message, sizeof err->message,
                       "there is no label \"%.100s\"; 'tocsin get labels -f list' lists them",
                       word);
    else if (job->verb->tasks)
        (void)snprintf(err->message, sizeof err->message,
                       "there is no user \"%.100s\"; 'tocsin api GET /v2/owners/mine/members' "
                       "lists them",
                       word);
}

static toc_rc apply(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    work *job = user;
    toc_error why = {0};
    toc_rc rc = job->verb->part == TOC_PART_ATTRIBUTE ? apply_attribute(refs, *words, job, &why)
                                                      : apply_name(refs, *words, job, &why);
    if (!rc)
        return rc;
    *err = why;
    (void)snprintf(err->message, sizeof err->message, "%s \"%.100s\": %.300s", job->verb->name,
                   *words, why.message);
    if (rc == TOC_ENOTFOUND)
        explain(job, *words, err);
    return rc;
}

static toc_rc list_parts(cli_refs *refs, const work *job, toc_error *err)
{
    cli_printer printer = {.formatter = NULL};
    toc_error ignored = {0};
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_ref of = cli_ref_of(&job->ref);
    toc_rc rc = toc_parts_open(refs->sess, &of, job->verb->part, NULL, &list, err);
    if (!rc)
        rc = cli_printer_open_type(&printer, refs->args, TOC_KIND_RECORD,
                                   toc_part_type(job->verb->part), err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        rc = cli_printer_object(&printer, list, obj, err);
    rc = rc ? rc : more;
    toc_rc closed = cli_printer_close(&printer, !rc, rc ? &ignored : err);
    toc_list_close(list);
    return rc ? rc : closed;
}

static int run(cli_refs *refs, work *job)
{
    toc_error err = {0};
    toc_rc rc = cli_ref_find(refs, refs->args->words[1], &job->ref, &err);
    if (!rc &&
        (refs->kind == TOC_KIND_RECORD || (job->verb->tasks && refs->kind != TOC_KIND_TASK))) {
        (void)snprintf(err.message, sizeof err.message, "%s has no %ss%s", job->ref.type->name,
                       job->verb->name, job->verb->tasks ? ": tasks have them" : "");
        rc = err.code = TOC_EINVAL;
    }
    if (!rc)
        rc = cli_ref_get(refs, &job->ref, &job->there, &err);
    if (!rc && refs->args->word_count == 2)
        rc = list_parts(refs, job, &err);
    if (rc)
        return cli_fail(&err);
    return cli_refs_each(refs, 2, 1, apply, job);
}

static int part_run(const cli_args *args, const part_verb *verb)
{
    static const cli_option_id changes[] = {OPT_REMOVE, OPT_SOURCE, OPT_DISPLAYED, OPT_API};
    work job = {.verb = verb, .remove = cli_has(args, OPT_REMOVE)};
    int status = cli_refs_check(args, verb->name, changes);
    if (status != EXIT_OK)
        return status;
    cli_refs refs;
    status = cli_refs_open(&refs, args);
    if (status == EXIT_OK)
        status = run(&refs, &job);
    toc_object_free(job.there);
    cli_ref_free(&job.ref);
    cli_refs_close(&refs);
    return status;
}

int cmd_tag(const cli_args *args)
{
    static const part_verb verb = {"tag", TOC_PART_TAG, "name", false};
    return part_run(args, &verb);
}

int cmd_label(const cli_args *args)
{
    static const part_verb verb = {"label", TOC_PART_LABEL, "name", false};
    return part_run(args, &verb);
}

int cmd_attribute(const cli_args *args)
{
    static const part_verb verb = {"attribute", TOC_PART_ATTRIBUTE, NULL, false};
    return part_run(args, &verb);
}

int cmd_assignee(const cli_args *args)
{
    static const part_verb verb = {"assignee", TOC_PART_ASSIGNEE, "userName", true};
    return part_run(args, &verb);
}

int cmd_escalatee(const cli_args *args)
{
    static const part_verb verb = {"escalatee", TOC_PART_ESCALATEE, "userName", true};
    return part_run(args, &verb);
}
