#include <inttypes.h>
#include <string.h>

#include "input.h"
#include "output.h"
#include "printer.h"
#include "query.h"
#include "since.h"

typedef struct export_run {
    cli_args args; /* with the date of --since-file as --modified-since */
    toc_kind kind;
    unsigned limit;
    const char *since_file;
    cli_output time; /* takes the place of since_file */
    char since[CLI_DATE_ROOM], next[CLI_DATE_ROOM];
    uint64_t count;
} export_run;

static toc_rc print_all(export_run *self, cli_printer *printer, toc_session *sess, toc_list *list,
                        toc_error *err)
{
    cli_progress progress;
    toc_object *obj = NULL;
    toc_rc rc = TOC_OK;
    cli_since_now(sess, self->next);
    cli_progress_start(&progress, &self->args, "export");
    while (!rc && (!self->limit || printer->count < self->limit)) {
        int more = toc_list_next(list, &obj, err);
        if (!printer->count) /* the answer to the first request has the platform's time */
            cli_since_now(sess, self->next);
        if (more <= 0) {
            rc = more;
            break;
        }
        rc = cli_printer_object(printer, list, obj, err);
        int64_t total = toc_list_total(list);
        cli_progress_at(&progress, printer->count, total > 0 ? (uint64_t)total : 0, 0);
    }
    cli_progress_end(&progress);
    self->count = printer->count;
    return rc;
}

static toc_rc export_all(export_run *self, toc_session *sess, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    cli_printer printer = {.formatter = NULL};
    toc_error ignored = {0};
    /* The place for the time first: an export that cannot note it would bring everything again. */
    toc_rc rc = self->since_file ? cli_output_replace(&self->time, self->since_file, err) : TOC_OK;
    if (!rc)
        rc = cli_query_open(&self->args, sess, self->kind, &filter, &list, err);
    if (!rc)
        rc = cli_printer_open(&printer, &self->args, self->kind, err);
    if (!rc)
        rc = print_all(self, &printer, sess, list, err);
    toc_rc closed = cli_printer_close(&printer, !rc, rc ? &ignored : err);
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : closed;
}

static int check_options(export_run *self)
{
    const cli_args *args = &self->args;
    int status = cli_query_check("export", args, &self->kind, &self->limit);
    if (status != EXIT_OK)
        return status;
    self->since_file = cli_value(args, OPT_SINCE_FILE);
    if (!self->since_file)
        return EXIT_OK;
    if (self->kind != TOC_KIND_INDICATOR)
        return cli_usage("--since-file: only indicators can be asked for since a time");
    const char *path = cli_value(args, OPT_OUTPUT);
    if (path && (!strcmp(path, self->since_file) || cli_same_file(path, self->since_file)))
        return cli_usage("--since-file: %s is the output itself", path);
    return EXIT_OK;
}

static toc_rc read_since(export_run *self, toc_error *err)
{
    if (!self->since_file)
        return TOC_OK;
    toc_rc rc = cli_since_read(self->since_file, self->since, err);
    if (rc || !self->since[0])
        return rc;
    self->args.values[OPT_MODIFIED_SINCE][0] = self->since;
    self->args.counts[OPT_MODIFIED_SINCE] = 1;
    return TOC_OK;
}

static int finish(const export_run *self, toc_rc rc, const toc_error *err)
{
    const char *path = cli_value(&self->args, OPT_OUTPUT);
    const char *kept = cli_output_file(&self->args);
    if (rc == TOC_ECANCELED && cli_interrupted())
        return cli_output_stopped(&self->args, self->count, "objects");
    if (rc) {
        int status = cli_fail(err);
        if (kept)
            cli_note(&self->args, "%s is as it was", kept);
        return status;
    }
    const char *what = self->args.words[0];
    int letters = (int)strlen(what) - (self->count == 1);
    if (path && strcmp(path, "-") != 0)
        cli_note(&self->args, "%" PRIu64 " %.*s in %s%s%s", self->count, letters, what, path,
                 self->since[0] ? ", changed since " : "", self->since);
    return EXIT_OK;
}

int cmd_export(const cli_args *args)
{
    static export_run self;
    toc_error err = {0};
    toc_session *sess = NULL;
    self = (export_run){.args = *args};
    int status = check_options(&self);
    if (status != EXIT_OK)
        return status;
    if (read_since(&self, &err) || cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    toc_rc rc = export_all(&self, sess, &err);
    toc_session_close(sess);
    /* The time moves on only when everything is where it belongs. */
    bool lost = !rc && self.since_file && (fflush(stdout) || ferror(stdout));
    if (self.time.file)
        (void)fprintf(self.time.file, "%s\n", self.next);
    toc_rc noted = cli_output_close(&self.time, !rc && !lost, &err);
    if (lost)
        return EXIT_FAILED;
    return finish(&self, rc ? rc : noted, &err);
}
