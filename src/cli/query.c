#include "query.h"

#include <string.h>

#include "kinds.h"

/* Options whose values go through toc_filter_api under a name of their own. */
static const struct {
    cli_option_id option;
    const char *filter;
} api_options[] = {{OPT_TAG, "tag"}, {OPT_LABEL, "security_label"}};

#define NAME_ROOM 64
#define NAMES_MAX 160

const toc_type *cli_query_record(const char *word)
{
    const cli_kind *kind = cli_kind_find(word);
    return kind ? toc_part_type(kind->part) : NULL;
}

bool cli_query_kind(const char *verb, const char *word, toc_kind *kind)
{
    static const toc_kind typed[] = {TOC_KIND_INDICATOR, TOC_KIND_GROUP};
    const char *names[16];
    size_t count = 0;
    const cli_kind *found = cli_kind_find(word);
    if (found) {
        *kind = found->kind;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        const toc_type *type = toc_types_find(NULL, typed[i], toc_str_of(word));
        if (!type)
            continue;
        (void)cli_usage("%s: \"%s\" is a type: '%s %s --type \"%s\"' lists them", verb, word, verb,
                        toc_kind_branch(typed[i]), type->name);
        return false;
    }
    while (count < COUNT_OF(names) && (found = cli_kind_at(count)))
        names[count++] = found->many;
    const char *near = cli_nearest(word, names, count);
    (void)cli_usage("%s: \"%s\" is none of indicators, groups, tags, labels, victims, tasks%s%s%s",
                    verb, word, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return false;
}

int cli_query_check(const char *verb, const cli_args *args, toc_kind *kind, unsigned *limit)
{
    unsigned page = 0; /* cli_connect reads it again */
    if (!cli_query_kind(verb, args->words[0], kind) ||
        !cli_number(args, OPT_LIMIT, 1, UINT32_MAX, limit) ||
        !cli_number(args, OPT_PAGE, 1, CLI_PAGE_MAX, &page))
        return EXIT_USAGE;
    if (cli_has(args, OPT_ANY) && !cli_has(args, OPT_FILTER))
        return cli_usage("--any needs --filter");
    return EXIT_OK;
}

/* --- what a kind does not know --------------------------------------------------------------- */

static size_t filter_names(const toc_filter *filter, toc_filter_part part, const char **names)
{
    size_t count = 0;
    const char *name = NULL;
    while (count < NAMES_MAX / 2 && (name = toc_filter_name(filter, part, false, count)))
        names[count++] = name;
    return count;
}

static size_t field_names(const toc_field *fields, size_t count, const char **names, size_t used)
{
    for (size_t i = 0; i < count && used < NAMES_MAX; i++)
        names[used++] = fields[i].name;
    return used;
}

/* The library's message lists names; the one that was meant, probably, stands behind. */
static void add_nearest(toc_error *err, const char *name, const char *const *names, size_t count)
{
    const char *near = cli_nearest(name, names, count);
    size_t used = strlen(err->message);
    if (near && strcmp(near, name) != 0 && err->code == TOC_EINVAL)
        (void)snprintf(err->message + used, sizeof err->message - used, "; did you mean %s?", near);
}

#define OBJECTS                                                                                    \
    (1U << TOC_KIND_INDICATOR | 1U << TOC_KIND_GROUP | 1U << TOC_KIND_VICTIM | 1U << TOC_KIND_TASK)

/* Options that say nothing about some kinds. */
static const struct {
    cli_option_id option;
    unsigned kinds;
    const char *words;
} limited[] = {
    {OPT_TYPE, 1U << TOC_KIND_INDICATOR | 1U << TOC_KIND_GROUP, "indicators and groups"},
    {OPT_MODIFIED_SINCE, 1U << TOC_KIND_INDICATOR, "indicators"},
    {OPT_TAG, OBJECTS, "indicators, groups, victims and tasks"},
    {OPT_LABEL, OBJECTS, "indicators, groups, victims and tasks"},
    {OPT_API_FILTER, OBJECTS, "indicators, groups, victims and tasks"},
    {OPT_INCLUDE, OBJECTS, "indicators, groups, victims and tasks"},
};

static toc_rc check_options(const cli_args *args, toc_kind kind, toc_error *err)
{
    for (size_t i = 0; i < COUNT_OF(limited); i++) {
        if (!cli_has(args, limited[i].option) || (limited[i].kinds & 1U << kind))
            continue;
        return cli_error(err, TOC_EINVAL, "--%s goes with %s only, not with %s",
                         cli_option_at(limited[i].option)->name, limited[i].words, args->words[0]);
    }
    return TOC_OK;
}

/* --- the filter ------------------------------------------------------------------------------ */

static toc_rc add_api_filter(toc_filter *filter, const char *text, toc_error *err)
{
    const char *equals = strchr(text, '=');
    const char *names[NAMES_MAX];
    char name[NAME_ROOM] = {0};
    if (!equals)
        return cli_error(err, TOC_EINVAL, "--api-filter: NAME=VALUE is needed, not \"%.80s\"",
                         text);
    (void)snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    toc_rc rc = toc_filter_api(filter, name, toc_str_of(equals + 1), err);
    if (rc)
        add_nearest(err, name, names, filter_names(filter, TOC_FILTER_API, names));
    return rc;
}

static toc_rc add_api_filters(const cli_args *args, toc_filter *filter, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t k = 0; k < COUNT_OF(api_options); k++)
        for (size_t i = 0; !rc && i < args->counts[api_options[k].option]; i++)
            rc = toc_filter_api(filter, api_options[k].filter,
                                toc_str_of(args->values[api_options[k].option][i]), err);
    for (size_t i = 0; !rc && i < args->counts[OPT_API_FILTER]; i++)
        rc = add_api_filter(filter, args->values[OPT_API_FILTER][i], err);
    return rc;
}

static toc_rc add_where(toc_filter *filter, toc_kind kind, const toc_type *type, const char *name,
                        toc_op op, toc_str value, toc_error *err)
{
    const char *names[NAMES_MAX];
    toc_rc rc = toc_filter_post(filter, name, op, value, err);
    if (!rc)
        return rc;
    size_t common = 0;
    size_t count = filter_names(filter, TOC_FILTER_POST, names);
    const toc_field *fields = toc_kind_fields(kind, &common);
    count = field_names(fields, common, names, count);
    if (type)
        count = field_names(type->fields, type->field_count, names, count);
    add_nearest(err, name, names, count);
    return rc;
}

static toc_rc add_terms(const cli_args *args, cli_option_id option, toc_filter *filter,
                        toc_kind kind, const toc_type *type, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < args->counts[option]; i++) {
        toc_str field;
        toc_str value;
        toc_op op = TOC_OP_EQ;
        char name[NAME_ROOM] = {0};
        rc = toc_filter_parse(toc_str_of(args->values[option][i]), &field, &op, &value, err);
        if (rc == TOC_EPARSE) /* a slip on the command line, not in an input */
            rc = err->code = TOC_EINVAL;
        if (!rc) /* no name is that long: what is left of it is not known either */
            memcpy(name, field.ptr, field.len < sizeof name ? field.len : sizeof name - 1);
        if (!rc)
            rc = option == OPT_WHERE ? add_where(filter, kind, type, name, op, value, err)
                                     : toc_filter_term(filter, name, op, value, err);
    }
    return rc;
}

static toc_rc make_filter(const cli_args *args, toc_kind kind, const toc_type *type,
                          toc_filter **filter, toc_error *err)
{
    toc_rc rc = toc_filter_new(kind, type, filter, err);
    for (size_t i = 0; !rc && i < args->counts[OPT_OWNER]; i++)
        rc = toc_filter_owner(*filter, toc_str_of(args->values[OPT_OWNER][i]), err);
    if (!rc)
        rc = add_api_filters(args, *filter, err);
    if (!rc)
        rc = add_terms(args, OPT_FILTER, *filter, kind, type, err);
    if (!rc)
        rc = add_terms(args, OPT_WHERE, *filter, kind, type, err);
    if (!rc)
        toc_filter_or_terms(*filter, cli_has(args, OPT_ANY));
    if (!rc && cli_value(args, OPT_MODIFIED_SINCE))
        rc = toc_filter_modified_since(*filter, toc_str_of(cli_value(args, OPT_MODIFIED_SINCE)),
                                       err);
    for (size_t i = 0; !rc && i < args->counts[OPT_INCLUDE]; i++)
        rc = toc_filter_include(*filter, args->values[OPT_INCLUDE][i], err);
    return rc;
}

/* --- the type -------------------------------------------------------------------------------- */

static toc_rc unknown_type(const toc_types *types, toc_kind kind, const char *word, toc_error *err)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < toc_types_count(types) && count < NAMES_MAX; i++)
        if (toc_types_at(types, i)->kind == kind)
            names[count++] = toc_types_at(types, i)->name;
    const char *near = cli_nearest(word, names, count);
    return cli_error(err, TOC_EINVAL,
                     "--type: \"%.80s\" is not known; %s%s%s'tocsin types' lists them", word,
                     near ? "did you mean " : "", near ? near : "", near ? "? " : "");
}

static toc_rc find_type(const cli_args *args, toc_session *sess, toc_kind kind,
                        const toc_type **type, toc_error *err)
{
    const toc_types *types = NULL;
    const char *word = cli_value(args, OPT_TYPE);
    if (kind == TOC_KIND_RECORD)
        *type = cli_query_record(args->words[0]);
    if (!word)
        return TOC_OK;
    toc_rc rc = toc_session_types(sess, &types, err);
    if (!rc && !(*type = toc_types_find(types, kind, toc_str_of(word))))
        rc = unknown_type(types, kind, word, err);
    return rc;
}

toc_rc cli_query_open(const cli_args *args, toc_session *sess, toc_kind kind, toc_filter **filter,
                      toc_list **list, toc_error *err)
{
    const toc_type *type = NULL;
    toc_filter *made = NULL;
    toc_rc rc = check_options(args, kind, err);
    if (!rc)
        rc = find_type(args, sess, kind, &type, err);
    if (!rc)
        rc = make_filter(args, kind, type, &made, err);
    if (!rc)
        rc = toc_list_open(sess, kind, made, list, err);
    if (rc)
        toc_filter_free(made);
    else
        *filter = made;
    return rc;
}
