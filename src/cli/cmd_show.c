#include <string.h>
#include <unistd.h>

#include "fields.h"
#include "ref.h"
#include "show.h"
#include "grow.h"

typedef struct show {
    bool json;
    size_t count; /* objects shown */
} show;

static toc_rc show_json(cli_refs *refs, const cli_ref *ref, toc_object *obj, toc_error *err)
{
    cli_grow out = {.ptr = NULL};
    cli_grow_put(&out, "{\"type\":");
    cli_grow_json(&out, toc_str_of(ref->type->name));
    if (ref->type->kind == TOC_KIND_INDICATOR) {
        cli_grow_put(&out, ",\"value\":");
        cli_grow_json(&out, toc_object_summary(obj));
    }
    cli_fields_json(&out, obj, false);
    toc_rc rc = cli_show_json(refs, ref, &out, err);
    cli_grow_put(&out, "}\n");
    if (!rc)
        rc = cli_grow_print(&out, err);
    cli_grow_free(&out);
    return rc;
}

/* Text of several lines is moved under its name. */
static void put_value(const char *name, toc_str value)
{
    (void)printf("  %-26s ", name);
    while (value.len) {
        const char *end = memchr(value.ptr, '\n', value.len);
        size_t len = end ? (size_t)(end - value.ptr) : value.len;
        cli_print_clean(stdout, value.ptr, len);
        (void)putchar('\n');
        value.ptr += len + (end != NULL);
        value.len -= len + (end != NULL);
        if (value.len)
            (void)printf("  %-26s ", "");
    }
}

static void show_fields(toc_object *obj)
{
    char room[CLI_FIELD_ROOM];
    const toc_type *type = toc_object_type(obj);
    const toc_field *field = NULL;
    for (size_t i = 0; (field = cli_field_at(type, i)); i++) {
        toc_str value = {NULL, 0};
        if (!(field->flags & TOC_FIELD_SECRET))
            value = cli_field_text(obj, field->name, room);
        if (value.len)
            put_value(field->name, value);
    }
}

static toc_rc show_text(cli_refs *refs, const cli_ref *ref, toc_object *obj, bool first,
                        toc_error *err)
{
    bool record = ref->type->kind == TOC_KIND_RECORD;
    toc_str name = record ? toc_object_get(obj, "name") : toc_object_summary(obj);
    if (!first)
        (void)putchar('\n');
    cli_show_title(ref->type->name, name, -1);
    show_fields(obj);
    return cli_show_text(refs, ref, err);
}

static toc_rc show_one(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    show *how = user;
    cli_ref ref = {.type = NULL};
    toc_object *obj = NULL;
    toc_rc rc = cli_ref_find(refs, *words, &ref, err);
    if (!rc)
        rc = cli_ref_get(refs, &ref, &obj, err);
    if (!rc)
        rc = how->json ? show_json(refs, &ref, obj, err)
                       : show_text(refs, &ref, obj, !how->count, err);
    how->count += rc == TOC_OK;
    toc_object_free(obj);
    cli_ref_free(&ref);
    return rc;
}

int cmd_show(const cli_args *args)
{
    const char *format = cli_format(args);
    show how = {.json = !isatty(STDOUT_FILENO)};
    if (format)
        how.json = !strcmp(format, "json") || !strcmp(format, "jsonl");
    if (format && !how.json && strcmp(format, "table") != 0 && strcmp(format, "text") != 0)
        return cli_usage("--format: \"%s\" is neither table nor json here", format);
    cli_refs refs;
    int status = cli_refs_open(&refs, args);
    if (status == EXIT_OK)
        status = cli_refs_each(&refs, 1, 1, show_one, &how);
    cli_refs_close(&refs);
    return status;
}
