#include "edit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fields.h"

#define NAMES_MAX 128
#define NAME_ROOM 64
/* Of the session that sends nothing. */
#define DRY_BASE "https://dry.run/api"
#define DRY_PREFIX "/api"

static const cli_option_id wanted[] = {OPT_SET,      OPT_RATING,     OPT_CONFIDENCE,
                                       OPT_GIVE_TAG, OPT_GIVE_LABEL, OPT_GIVE_ATTRIBUTE};

static const struct {
    cli_option_id option;
    const char *field;
} field_options[] = {{OPT_RATING, "rating"}, {OPT_CONFIDENCE, "confidence"}};

bool cli_edit_wanted(const cli_args *args)
{
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (cli_has(args, wanted[i]))
            return true;
    return false;
}

bool cli_edit_pair(const char *text, toc_str *type, toc_str *value)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return false;
    *type = (toc_str){text, (size_t)(equals - text)};
    *value = toc_str_of(equals + 1);
    return true;
}

/* --- fields ---------------------------------------------------------------------------------- */

/* The identity of an indicator is its value: another value is another indicator. */
static bool may_set(const toc_type *type, const toc_field *field, unsigned flag)
{
    bool key = type->kind == TOC_KIND_INDICATOR && (field->flags & TOC_FIELD_KEY);
    return (field->flags & flag) && !key && !(field->flags & TOC_FIELD_COMPUTED);
}

static toc_rc refuse_field(const toc_type *type, const char *name, unsigned flag, toc_error *err)
{
    const char *names[NAMES_MAX];
    char all[320] = "";
    size_t count = 0;
    const toc_field *field = cli_field_find(type, name);
    for (size_t i = 0; cli_field_at(type, i) && count < NAMES_MAX; i++)
        if (may_set(type, cli_field_at(type, i), flag))
            names[count++] = cli_field_at(type, i)->name;
    for (size_t i = 0, used = 0; i < count; i++, used = strlen(all))
        (void)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
    const char *near = field ? NULL : cli_nearest(name, names, count);
    return cli_error(err, TOC_EINVAL, "--set %.60s: %s %s%s%s; there are %s", name, type->name,
                     field ? "does not let this field be set" : "has no such field",
                     near ? ", did you mean " : "", near ? near : "", all);
}

static toc_rc set_field(toc_object *obj, const char *option, const char *name, toc_str value,
                        unsigned flag, toc_error *err)
{
    toc_error why = {0};
    const toc_type *type = toc_object_type(obj);
    const toc_field *field = cli_field_find(type, name);
    if (field && !may_set(type, field, flag))
        return refuse_field(type, name, flag, err);
    toc_rc rc = toc_object_set(obj, name, value, &why);
    if (rc == TOC_EINVAL && !field)
        return refuse_field(type, name, flag, err);
    if (rc) {
        *err = why;
        (void)snprintf(err->message, sizeof err->message, "--%s%s%s: %.300s", option,
                       strcmp(option, name) ? " " : "", strcmp(option, name) ? name : "",
                       why.message);
    }
    return rc;
}

toc_rc cli_edit_fields(const cli_args *args, toc_object *obj, unsigned flag, toc_error *err)
{
    toc_rc rc = TOC_OK;
    const toc_type *type = toc_object_type(obj);
    for (size_t i = 0; !rc && i < args->counts[OPT_SET]; i++) {
        toc_str field;
        toc_str value;
        char name[NAME_ROOM];
        if (!cli_edit_pair(args->values[OPT_SET][i], &field, &value))
            return cli_error(err, TOC_EINVAL, "--set: FIELD=VALUE is needed, not \"%.80s\"",
                             args->values[OPT_SET][i]);
        (void)snprintf(name, sizeof name, "%.*s", (int)field.len, field.ptr);
        rc = set_field(obj, "set", name, value, flag, err);
    }
    for (size_t i = 0; !rc && i < COUNT_OF(field_options); i++) {
        const char *value = cli_value(args, field_options[i].option);
        if (value && !cli_field_find(type, field_options[i].field))
            return cli_error(err, TOC_EINVAL, "--%s: %s has none; it goes with indicators",
                             field_options[i].field, type->name);
        if (value)
            rc = set_field(obj, cli_option_at(field_options[i].option)->name,
                           field_options[i].field, toc_str_of(value), flag, err);
    }
    return rc;
}

/* --- parts ----------------------------------------------------------------------------------- */

static bool has_attribute(const toc_object *there, toc_str type, toc_str value)
{
    toc_str held;
    toc_str text;
    for (size_t i = 0; there && toc_object_attribute(there, i, &held, &text); i++)
        if (toc_str_equal_fold(held, type) && toc_str_equal(text, value))
            return true;
    return false;
}

static toc_rc add_attribute(toc_object *obj, const toc_object *there, const char *text,
                            toc_error *err)
{
    toc_str type;
    toc_str value;
    if (!cli_edit_pair(text, &type, &value))
        return cli_error(err, TOC_EINVAL, "--attribute: TYPE=VALUE is needed, not \"%.80s\"", text);
    if (has_attribute(there, type, value))
        return TOC_OK;
    return toc_object_add_attribute(obj, type, value, false, (toc_str){NULL, 0}, err);
}

toc_rc cli_edit_parts(const cli_args *args, toc_object *obj, const toc_object *there,
                      toc_error *err)
{
    toc_rc rc = TOC_OK;
    toc_str none = {NULL, 0};
    if (toc_object_type(obj)->kind == TOC_KIND_RECORD) {
        bool asked = cli_has(args, OPT_GIVE_TAG) || cli_has(args, OPT_GIVE_LABEL) ||
                     cli_has(args, OPT_GIVE_ATTRIBUTE);
        if (!asked)
            return rc;
        return cli_error(err, TOC_EINVAL, "%s carries neither tags nor labels nor attributes",
                         toc_object_type(obj)->name);
    }
    for (size_t i = 0; !rc && i < args->counts[OPT_GIVE_TAG]; i++)
        rc = toc_object_add_tag(obj, toc_str_of(args->values[OPT_GIVE_TAG][i]), err);
    for (size_t i = 0; !rc && i < args->counts[OPT_GIVE_LABEL]; i++)
        rc =
            toc_object_add_label(obj, toc_str_of(args->values[OPT_GIVE_LABEL][i]), none, none, err);
    for (size_t i = 0; !rc && i < args->counts[OPT_GIVE_ATTRIBUTE]; i++)
        rc = add_attribute(obj, there, args->values[OPT_GIVE_ATTRIBUTE][i], err);
    return rc;
}

/* --- a session that sends nothing ------------------------------------------------------------ */

/* What is new has no id yet: that of the answer below stands for it. */
static void show_target(const toc_request *request, size_t skip)
{
    static const char none[] = "/0/";
    const char *target = request->target.ptr + skip;
    size_t len = request->target.len - skip;
    const char *at = memmem(target, len, none, sizeof none - 1);
    size_t head = at ? (size_t)(at - target) : len;
    (void)printf("%s %.*s", request->method, (int)head, target);
    if (at)
        (void)printf("/{id}/%.*s", (int)(len - head - sizeof none + 1), at + sizeof none - 1);
    (void)putchar('\n');
}

static toc_rc show_request(void *context, const toc_request *request, toc_response *response,
                           toc_error *err)
{
    const cli_edit *edit = context;
    char answer[160];
    size_t skip = strlen(DRY_PREFIX);
    (void)err;
    show_target(request, skip);
    if (request->body.len) {
        cli_print_data(stdout, isatty(STDOUT_FILENO) == 1, request->body.ptr, request->body.len);
        (void)putchar('\n');
    }
    int length =
        snprintf(answer, sizeof answer, "{\"status\":\"Success\",\"data\":{\"%s\":{\"id\":0}}}",
                 edit->entity ? edit->entity : "none");
    toc_response_set_status(response, 200);
    toc_rc rc = toc_response_add_header(response, toc_str_of("Content-Type"),
                                        toc_str_of("application/json"));
    return rc ? rc : toc_response_append(response, answer, (size_t)length);
}

static toc_rc open_dry(cli_edit *edit, toc_error *err)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_str own = toc_session_owner(edit->refs->sess);
    toc_transport transport = {
        .version = 1, .name = "dry run", .perform = show_request, .context = edit};
    char *owner = own.len ? strndup(own.ptr, own.len) : NULL;
    if (own.len && !owner)
        return cli_error(err, TOC_ENOMEM, "out of memory");
    options.api_url = DRY_BASE;
    options.owner = owner;
    options.transport = &transport;
    toc_rc rc = toc_session_open(&options, &edit->sess, err);
    free(owner);
    return rc;
}

int cli_edit_open(cli_edit *edit, cli_refs *refs)
{
    static const char *const members[] = {"action", "type", "#id", "name"};
    static const char *const titles[] = {"ACTION", "TYPE", "ID", "NAME"};
    toc_error err = {0};
    *edit = (cli_edit){.refs = refs, .sess = refs->sess, .dry = cli_has(refs->args, OPT_DRY_RUN)};
    if (edit->dry)
        return open_dry(edit, &err) ? cli_fail(&err) : EXIT_OK;
    edit->started = cli_listing_start(&edit->list, refs->args, members, titles, COUNT_OF(members));
    return edit->started ? EXIT_OK : EXIT_USAGE;
}

int cli_edit_close(cli_edit *edit, int status)
{
    int listed = edit->started ? cli_listing_end(&edit->list, TOC_OK, NULL) : EXIT_OK;
    if (edit->dry)
        toc_session_close(edit->sess);
    return status == EXIT_OK ? listed : status;
}

static toc_str name_of(toc_object *obj)
{
    return toc_object_type(obj)->kind == TOC_KIND_RECORD ? toc_object_get(obj, "name")
                                                         : toc_object_summary(obj);
}

static bool id_of(toc_object *obj, char id[24])
{
    if (!obj || !cli_field_find(toc_object_type(obj), "id") || !toc_object_has(obj, "id"))
        return false;
    (void)snprintf(id, 24, "%lld", (long long)toc_object_get_int(obj, "id"));
    return true;
}

/* A change holds only what was changed; the rest is that of before. */
static void say(cli_edit *edit, toc_object *obj, toc_object *there, const char *done)
{
    char id[24] = "";
    toc_str name = name_of(obj);
    if (edit->dry)
        return;
    if (!id_of(obj, id))
        (void)id_of(there, id);
    if (!name.len && there)
        name = name_of(there);
    cli_listing_row(&edit->list,
                    (toc_str[]){toc_str_of(done), toc_str_of(toc_object_type(obj)->name),
                                toc_str_of(id), name});
}

static toc_rc save_part(cli_edit *edit, toc_object *obj, toc_object *there, toc_error *err)
{
    toc_ref owner = cli_refs_owner(edit->refs);
    toc_part part = cli_refs_part(edit->refs);
    return there ? toc_part_change(edit->sess, &owner, part, name_of(there), obj, err)
                 : toc_part_add(edit->sess, &owner, part, obj, err);
}

toc_rc cli_edit_save(cli_edit *edit, toc_object *obj, toc_object *there, const char *done,
                     toc_error *err)
{
    toc_error why = {0};
    const toc_type *type = toc_object_type(obj);
    edit->entity = type->entity;
    bool had = toc_object_has(obj, "id");
    toc_rc rc = type->kind == TOC_KIND_RECORD ? save_part(edit, obj, there, &why)
                                              : toc_save(edit->sess, obj, edit->refs->owner, &why);
    if (!rc) {
        say(edit, obj, there, done);
        return rc;
    }
    toc_str name = name_of(there ? there : obj);
    bool half = type->kind != TOC_KIND_RECORD && toc_object_has(obj, "id") && !had && !edit->dry;
    *err = why;
    if (half)
        say(edit, obj, there, done);
    (void)snprintf(err->message, sizeof err->message, "%s %.*s%s%.300s", type->name,
                   (int)(name.len < 100 ? name.len : 100), name.len ? name.ptr : "",
                   half ? " is there, but not all of it: " : ": ", why.message);
    return rc;
}
