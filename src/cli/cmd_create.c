#include <string.h>

#include "edit.h"

/* Only groups have several types and no way to tell them apart. */
static toc_rc need_type(const cli_refs *refs, toc_error *err)
{
    char all[320] = "";
    if (refs->kind != TOC_KIND_GROUP || refs->type)
        return TOC_OK;
    for (size_t i = 0; i < toc_types_count(refs->types); i++) {
        size_t used = strlen(all);
        const toc_type *type = toc_types_at(refs->types, i);
        if (type->kind == TOC_KIND_GROUP)
            (void)snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", type->name);
    }
    return cli_error(err, TOC_EINVAL, "create: name the type of the group instead of \"group\": %s",
                     all);
}

static toc_rc make(cli_refs *refs, const char *word, toc_object **obj, toc_error *err)
{
    cli_ref ref = {.type = refs->type};
    bool indicator = refs->kind == TOC_KIND_INDICATOR;
    toc_rc rc = need_type(refs, err);
    if (!rc && indicator)
        rc = cli_ref_indicator(refs, word, &ref, err);
    if (!rc)
        rc = toc_object_new(ref.type, obj, err);
    if (!rc)
        rc = indicator ? toc_object_set_summary(*obj, toc_str_of(ref.id), err)
                       : toc_object_set(*obj, "name", toc_str_of(word), err);
    if (indicator)
        cli_ref_free(&ref);
    return rc;
}

/* What lacks names the option that gives it. */
static toc_rc check(toc_object *obj, toc_error *err)
{
    toc_rc rc = toc_object_check(obj, err);
    size_t used = strlen(err->message);
    if (rc == TOC_EINVAL && err->field[0] && !toc_object_has(obj, err->field))
        (void)snprintf(err->message + used, sizeof err->message - used, "; give --set %s=...",
                       err->field);
    return rc;
}

/* The platform takes a value or name that is there already as a change of it. */
static bool is_there(cli_refs *refs, toc_object *obj)
{
    toc_error err = {0};
    toc_object *there = NULL;
    toc_rc rc = TOC_ENOTFOUND;
    toc_ref owner = cli_refs_owner(refs);
    if (refs->kind == TOC_KIND_INDICATOR)
        rc = toc_get(refs->sess, toc_object_type(obj), toc_object_summary(obj), refs->owner, &there,
                     &err);
    else if (refs->kind == TOC_KIND_RECORD)
        rc = toc_part_get(refs->sess, &owner, cli_refs_part(refs), NULL,
                          toc_object_get(obj, "name"), &there, &err);
    toc_object_free(there);
    return rc == TOC_OK;
}

static toc_rc create(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    cli_edit *edit = user;
    toc_object *obj = NULL;
    toc_rc rc = make(refs, *words, &obj, err);
    if (!rc)
        rc = cli_edit_fields(refs->args, obj, TOC_FIELD_CREATE, err);
    if (!rc)
        rc = check(obj, err);
    if (!rc)
        rc = cli_edit_parts(refs->args, obj, NULL, err);
    if (!rc) {
        const char *done = edit->dry || !is_there(refs, obj) ? "created" : "updated";
        rc = cli_edit_save(edit, obj, NULL, done, err);
    }
    toc_object_free(obj);
    return rc;
}

int cmd_create(const cli_args *args)
{
    cli_refs refs;
    cli_edit edit = {.started = false};
    int status = cli_refs_open(&refs, args);
    if (status == EXIT_OK)
        status = cli_edit_open(&edit, &refs);
    if (status == EXIT_OK)
        status = cli_refs_each(&refs, 1, 1, create, &edit);
    status = cli_edit_close(&edit, status);
    cli_refs_close(&refs);
    return status;
}
