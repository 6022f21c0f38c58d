#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "table.h"

static const struct {
    const char *word;
    toc_kind kind;
} kinds[] = {{"indicators", TOC_KIND_INDICATOR}, {"groups", TOC_KIND_GROUP}};

/* More filters than that on one object are not shown. */
#define FILTERS_SHOWN 32

/* Options whose values go through toc_filter_api under a name of their own. */
static const struct {
    cli_option_id option;
    const char *filter;
} api_options[] = {{OPT_TAG, "tag"}, {OPT_LABEL, "security_label"}};

typedef struct output {
    toc_formatter *formatter; /* NULL: table */
    cli_table table;
    bool failed;
} output;

static void put(output *out, toc_str text)
{
    if (text.len && fwrite(text.ptr, 1, text.len, stdout) != text.len)
        out->failed = true;
}

static toc_rc add_api_filters(const cli_args *args, toc_filter *filter, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t k = 0; k < COUNT_OF(api_options); k++)
        for (size_t i = 0; !rc && i < args->counts[api_options[k].option]; i++)
            rc = toc_filter_api(filter, api_options[k].filter,
                                toc_str_of(args->values[api_options[k].option][i]), err);
    for (size_t i = 0; !rc && i < args->counts[OPT_API_FILTER]; i++) {
        const char *text = args->values[OPT_API_FILTER][i];
        const char *equals = strchr(text, '=');
        char name[64] = {0};
        if (equals && (size_t)(equals - text) < sizeof name)
            memcpy(name, text, (size_t)(equals - text));
        rc = toc_filter_api(filter, name, toc_str_of(equals ? equals + 1 : ""), err);
    }
    return rc;
}

static toc_rc add_terms(const cli_args *args, cli_option_id option, toc_filter *filter,
                        toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < args->counts[option]; i++) {
        toc_str field;
        toc_str value;
        toc_op op = TOC_OP_EQ;
        rc = toc_filter_parse(toc_str_of(args->values[option][i]), &field, &op, &value, err);
        if (rc == TOC_EPARSE) /* a slip on the command line, not in an input */
            rc = err->code = TOC_EINVAL;
        char name[64] = {0};
        if (!rc && field.len < sizeof name)
            memcpy(name, field.ptr, field.len);
        if (!rc)
            rc = option == OPT_WHERE ? toc_filter_post(filter, name, op, value, err)
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
        rc = add_terms(args, OPT_FILTER, *filter, err);
    if (!rc)
        rc = add_terms(args, OPT_WHERE, *filter, err);
    if (!rc)
        toc_filter_or_terms(*filter, cli_has(args, OPT_ANY));
    if (!rc && cli_value(args, OPT_MODIFIED_SINCE))
        rc = toc_filter_modified_since(*filter, toc_str_of(cli_value(args, OPT_MODIFIED_SINCE)),
                                       err);
    for (size_t i = 0; !rc && i < args->counts[OPT_INCLUDE]; i++)
        rc = toc_filter_include(*filter, args->values[OPT_INCLUDE][i], err);
    return rc;
}

static void table_row(output *out, toc_object *obj)
{
    char rating[32] = "";
    char confidence[32] = "";
    bool indicator = toc_object_type(obj)->kind == TOC_KIND_INDICATOR;
    if (indicator && toc_object_has(obj, "rating"))
        (void)snprintf(rating, sizeof rating, "%.1f", toc_object_get_decimal(obj, "rating"));
    if (indicator && toc_object_has(obj, "confidence"))
        (void)snprintf(confidence, sizeof confidence, "%lld",
                       (long long)toc_object_get_int(obj, "confidence"));
    toc_str cells[] = {toc_str_of(toc_object_type(obj)->name),
                       toc_object_summary(obj),
                       toc_str_of(rating),
                       toc_str_of(confidence),
                       toc_object_get(obj, "lastModified"),
                       toc_object_get(obj, "ownerName")};
    cli_table_row(&out->table, cells);
}

static toc_rc begin(output *out, const cli_args *args, toc_kind kind, toc_error *err)
{
    static const char *const titles[] = {"TYPE",       "VALUE",    "RATING",
                                         "CONFIDENCE", "MODIFIED", "OWNER"};
    const char *name = cli_value(args, OPT_FORMAT);
    if (!name)
        name = isatty(STDOUT_FILENO) ? "table" : "jsonl";
    if (!strcmp(name, "table")) {
        cli_table_start(&out->table, stdout, titles, COUNT_OF(titles));
        return TOC_OK;
    }
    const toc_format *format = toc_format_find(name);
    if (!format) {
        (void)snprintf(
            err->message, sizeof err->message,
            "--format: \"%s\" is none of cef, leef, csv, json, jsonl, keyval, text, table", name);
        return err->code = TOC_EINVAL;
    }
    toc_str text;
    toc_rc rc = toc_formatter_new(format, cli_has(args, OPT_COMPAT) ? TOC_FORMAT_COMPAT : 0,
                                  &out->formatter, err);
    if (!rc)
        rc = toc_formatter_begin(out->formatter, kind, &text, err);
    if (!rc)
        put(out, text);
    return rc;
}

static toc_rc print_one(output *out, toc_list *list, toc_object *obj, toc_error *err)
{
    toc_str matched[FILTERS_SHOWN], text = {NULL, 0};
    size_t count = 0;
    while (count < FILTERS_SHOWN && (matched[count] = toc_list_matched(list, count)).ptr)
        count++;
    toc_formatter_found(out->formatter, matched, count, toc_list_uri(list));
    toc_rc rc = toc_formatter_object(out->formatter, obj, &text, err);
    if (!rc)
        put(out, text);
    return rc;
}

static toc_rc print_all(output *out, toc_list *list, unsigned limit, toc_error *err)
{
    toc_object *obj = NULL;
    int more = 1;
    for (unsigned n = 0; (!limit || n < limit) && !out->failed; n++) {
        more = toc_list_next(list, &obj, err);
        if (more <= 0)
            break;
        if (out->formatter) {
            toc_rc rc = print_one(out, list, obj, err);
            if (rc)
                return rc;
        } else {
            table_row(out, obj);
        }
    }
    if (more < 0) {
        if (!out->formatter)
            cli_table_end(&out->table);
        return more;
    }
    toc_str tail = {NULL, 0};
    toc_rc rc = TOC_OK;
    if (out->formatter)
        rc = toc_formatter_end(out->formatter, &tail, err);
    else
        cli_table_end(&out->table);
    put(out, tail);
    return rc;
}

static toc_rc get(const cli_args *args, toc_session *sess, toc_kind kind, unsigned limit,
                  toc_error *err)
{
    const toc_types *types = NULL;
    const toc_type *type = NULL;
    const char *word = cli_value(args, OPT_TYPE);
    toc_rc rc = word ? toc_session_types(sess, &types, err) : TOC_OK;
    if (!rc && word && !(type = toc_types_find(types, kind, toc_str_of(word)))) {
        (void)snprintf(err->message, sizeof err->message,
                       "--type: \"%s\" is not known; 'tocsin types' lists them", word);
        rc = err->code = TOC_EINVAL;
    }
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    output out = {0};
    if (!rc)
        rc = make_filter(args, kind, type, &filter, err);
    if (!rc)
        rc = toc_list_open(sess, kind, filter, &list, err);
    if (!rc)
        rc = begin(&out, args, kind, err);
    if (!rc)
        rc = print_all(&out, list, limit, err);
    toc_formatter_free(out.formatter);
    toc_list_close(list);
    toc_filter_free(filter);
    return rc;
}

int cmd_get(const cli_args *args)
{
    const char *names[COUNT_OF(kinds)];
    size_t k = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        names[i] = kinds[i].word;
    while (k < COUNT_OF(kinds) && strcmp(kinds[k].word, args->words[0]) != 0)
        k++;
    if (k == COUNT_OF(kinds)) {
        const char *near = cli_nearest(args->words[0], names, COUNT_OF(kinds));
        return cli_usage("get: \"%s\" is neither indicators nor groups%s%s%s", args->words[0],
                         near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    unsigned limit = 0;
    unsigned page = 0; /* cli_connect reads it again */
    if (!cli_number(args, OPT_LIMIT, 1, UINT32_MAX, &limit) ||
        !cli_number(args, OPT_PAGE, 1, 10000, &page))
        return EXIT_USAGE;
    static char room[1U << 18];
    (void)setvbuf(stdout, room, _IOFBF, sizeof room);
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    toc_rc rc = get(args, sess, kinds[k].kind, limit, &err);
    toc_session_close(sess);
    return rc ? cli_fail(&err) : EXIT_OK;
}
