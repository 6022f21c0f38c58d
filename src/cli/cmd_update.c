#include <string.h>

#include "edit.h"
#include "fields.h"

/* What the platform wants to hear again with every change. */
static toc_rc repeat(toc_object *obj, toc_object *there, toc_error *err)
{
    toc_rc rc = TOC_OK;
    const toc_field *field = NULL;
    const toc_type *type = toc_object_type(obj);
    for (size_t i = 0; !rc && (field = cli_field_at(type, i)); i++)
        if ((field->flags & TOC_FIELD_AGAIN) && toc_object_has(there, field->name))
            rc = toc_object_set(obj, field->name, toc_object_get(there, field->name), err);
    return rc;
}

/* An object that has only its identity, so that nothing but what was asked for is changed. */
static toc_rc make(const cli_ref *ref, toc_object *there, toc_object **obj, toc_error *err)
{
    toc_rc rc = toc_object_new(ref->type, obj, err);
    if (rc)
        return rc;
    if (ref->type->kind == TOC_KIND_RECORD)
        return toc_object_set(*obj, "name", toc_str_of(ref->id), err);
    if (ref->type->kind == TOC_KIND_INDICATOR) {
        rc = toc_object_set_summary(*obj, toc_object_summary(there), err);
        toc_object_known(*obj);
        return rc;
    }
    rc = toc_object_set_int(*obj, "id", toc_object_get_int(there, "id"), err);
    return rc ? rc : repeat(*obj, there, err);
}

static toc_rc update(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    cli_edit *edit = user;
    cli_ref ref = {.type = NULL};
    toc_object *there = NULL;
    toc_object *obj = NULL;
    toc_rc rc = cli_ref_find(refs, *words, &ref, err);
    if (!rc)
        rc = cli_ref_get(refs, &ref, &there, err);
    if (!rc)
        rc = make(&ref, there, &obj, err);
    if (!rc)
        rc = cli_edit_fields(refs->args, obj, TOC_FIELD_UPDATE, err);
    if (!rc)
        rc = cli_edit_parts(refs->args, obj, there, err);
    if (!rc)
        rc = cli_edit_save(edit, obj, there, "updated", err);
    toc_object_free(obj);
    toc_object_free(there);
    cli_ref_free(&ref);
    return rc;
}

int cmd_update(const cli_args *args)
{
    cli_refs refs;
    cli_edit edit = {.started = false};
    if (!cli_edit_wanted(args))
        return cli_usage("update: nothing to change: give --set FIELD=VALUE, --rating, "
                         "--confidence, --tag, --label or --attribute");
    int status = cli_refs_open(&refs, args);
    if (status == EXIT_OK)
        status = cli_edit_open(&edit, &refs);
    if (status == EXIT_OK)
        status = cli_refs_each(&refs, 1, 1, update, &edit);
    status = cli_edit_close(&edit, status);
    cli_refs_close(&refs);
    return status;
}
