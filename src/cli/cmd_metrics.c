#include <string.h>
#include <unistd.h>

#include "fields.h"
#include "table.h"
#include "tocsin/parts.h"

#define COLUMNS 7

static const char *const titles[] = {"OWNER", "DAY",   "INDICATORS",     "GROUPS",
                                     "TAGS",  "TASKS", "FALSE POSITIVES"};
static const char *const fields[] = {"",         "metricDate", "totalIndicator",    "totalGroup",
                                     "totalTag", "totalTask",  "totalFalsePositive"};

typedef struct metrics {
    bool json;
    cli_table table;
} metrics;

static toc_rc print_row(metrics *out, toc_str owner, toc_object *obj, toc_error *err)
{
    char rooms[COLUMNS][CLI_FIELD_ROOM];
    toc_str cells[COLUMNS] = {owner};
    if (!out->json) {
        for (size_t i = 1; i < COLUMNS; i++)
            cells[i] = cli_field_text(obj, fields[i], rooms[i]);
        cli_table_row(&out->table, cells);
        return TOC_OK;
    }
    cli_grow text = {.ptr = NULL};
    cli_grow_put(&text, "{\"owner\":");
    cli_grow_json(&text, owner);
    cli_fields_json(&text, obj, false);
    cli_grow_put(&text, "}\n");
    toc_rc rc = cli_grow_print(&text, err);
    cli_grow_free(&text);
    return rc;
}

static toc_rc print_owner(metrics *out, toc_session *sess, const toc_owner *owner, toc_error *err)
{
    char id[24];
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    (void)snprintf(id, sizeof id, "%lld", (long long)owner->id);
    toc_ref of = {.type = toc_part_type(TOC_PART_OWNER), .id = toc_str_of(id)};
    toc_rc rc = toc_parts_open(sess, &of, TOC_PART_METRIC, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        rc = print_row(out, owner->name, obj, err);
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc unknown_owner(const toc_owners *owners, const char *name, toc_error *err)
{
    const char *names[128];
    char rooms[COUNT_OF(names)][128];
    size_t count = 0;
    for (size_t i = 0; i < toc_owners_count(owners) && count < COUNT_OF(names); i++) {
        toc_str text = toc_owners_at(owners, i).name;
        if (text.len >= sizeof rooms[count]) /* half a name is none */
            continue;
        (void)snprintf(rooms[count], sizeof rooms[count], "%.*s", (int)text.len, text.ptr);
        names[count] = rooms[count];
        count++;
    }
    const char *near = cli_nearest(name, names, count);
    return cli_error(err, TOC_ENOTFOUND,
                     "--owner: there is no \"%.80s\" to read%s%s%s; 'tocsin owners' lists them",
                     name, near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}

static toc_rc print_all(metrics *out, const cli_args *args, toc_session *sess,
                        const toc_owners *owners, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < args->counts[OPT_OWNER]; i++) {
        const char *name = args->values[OPT_OWNER][i];
        toc_owner owner = toc_owners_find(owners, toc_str_of(name));
        rc =
            owner.name.ptr ? print_owner(out, sess, &owner, err) : unknown_owner(owners, name, err);
    }
    for (size_t i = 0; !rc && !args->counts[OPT_OWNER] && i < toc_owners_count(owners); i++) {
        toc_owner owner = toc_owners_at(owners, i);
        rc = print_owner(out, sess, &owner, err);
    }
    return rc;
}

int cmd_metrics(const cli_args *args)
{
    const char *format = cli_format(args);
    metrics out = {.json = !isatty(STDOUT_FILENO)};
    if (format)
        out.json = !strcmp(format, "jsonl") || !strcmp(format, "json");
    if (format && !out.json && strcmp(format, "table") != 0)
        return cli_usage("--format: \"%s\" is neither table nor jsonl here", format);
    toc_error err = {0};
    toc_session *sess = NULL;
    toc_owners *owners = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    cli_table_start(&out.table, stdout, titles, COLUMNS);
    toc_rc rc = toc_owners_get(sess, &owners, &err);
    if (!rc)
        rc = print_all(&out, args, sess, owners, &err);
    if (!out.json)
        cli_table_end(&out.table);
    toc_owners_free(owners);
    toc_session_close(sess);
    return rc ? cli_fail(&err) : EXIT_OK;
}
