#include <string.h>

#include "listing.h"
#include "printer.h"
#include "sink.h"
#include "tocsin/bulk.h"

static int report_status(const cli_args *args, toc_session *sess)
{
    static const char *const members[] = {"owner", "?csv", "?json", "lastRun", "nextRun", "status"};
    static const char *const titles[] = {"OWNER", "CSV", "JSON", "LAST RUN", "NEXT RUN", "STATUS"};
    cli_listing list;
    toc_error err = {0};
    if (!cli_listing_start(&list, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_rc rc = TOC_OK;
    size_t count = args->counts[OPT_OWNER] ? args->counts[OPT_OWNER] : 1;
    for (size_t i = 0; !rc && i < count; i++) {
        toc_bulk_state state = {.csv_enabled = false};
        const char *owner = args->counts[OPT_OWNER] ? args->values[OPT_OWNER][i] : NULL;
        rc = toc_bulk_status(sess, owner, &state, &err);
        if (rc)
            break;
        cli_listing_row(&list, (toc_str[]){toc_str_of(state.name),
                                           toc_str_of(state.csv_enabled ? "true" : "false"),
                                           toc_str_of(state.json_enabled ? "true" : "false"),
                                           toc_str_of(state.last_run), toc_str_of(state.next_run),
                                           toc_str_of(state.status)});
    }
    return cli_listing_end(&list, rc, &err);
}

/* --- as it comes ---------------------------------------------------------------------------- */

/* The report on its way, and what tells it from an error page or half a report. */
typedef struct report {
    cli_sink sink;
    bool json;
    char head[1024];
    size_t len;
    char last; /* that is not blank */
} report;

static toc_rc take_report(void *user, const void *data, size_t len)
{
    report *self = user;
    const char *text = data;
    if (!data)
        self->len = 0;
    size_t room = sizeof self->head - self->len;
    size_t more = !data ? 0 : len < room ? len : room;
    if (more)
        memcpy(self->head + self->len, text, more);
    self->len += more;
    size_t end = data ? len : 0;
    while (end && (text[end - 1] == '\0' || strchr(" \t\r\n", text[end - 1])))
        end--;
    if (end)
        self->last = text[end - 1];
    return cli_sink_take(&self->sink, data, len);
}

/* An earlier report must not give way to what is none. */
static toc_rc check_report(const report *self, toc_error *err)
{
    static const char member[] = "\"indicator\"";
    bool good = self->len && self->head[0] != '<';
    if (self->json)
        good =
            good && self->last == '}' && memmem(self->head, self->len, member, sizeof member - 1);
    else
        good = good && self->head[0] != '{';
    if (good)
        return TOC_OK;
    return cli_error(err, TOC_EPROTO, "the answer is no %s report, or not all of it",
                     self->json ? "JSON" : "CSV");
}

static toc_rc copy_report(const cli_args *args, toc_session *sess, const char *format,
                          uint64_t *bytes, toc_error *err)
{
    const toc_header now = {toc_str_of("runNow"), toc_str_of("true")};
    report made = {.json = !strcmp(format, "json")};
    toc_response *response = NULL;
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/indicators/bulk/%s", format);
    toc_str owner = toc_session_owner(sess);
    toc_call call = {.path = path,
                     .query = &now,
                     .query_count = cli_has(args, OPT_ON_DEMAND),
                     .owner = owner.len ? owner.ptr : NULL,
                     .sink = take_report,
                     .sink_user = &made};
    toc_rc rc = cli_sink_open(&made.sink, args, err);
    if (rc)
        return rc;
    rc = toc_session_call(sess, &call, &response, err);
    toc_response_free(response);
    *bytes = made.sink.bytes;
    if (!rc)
        rc = check_report(&made, err);
    return cli_sink_close(&made.sink, rc, err);
}

/* --- in another format ---------------------------------------------------------------------- */

static toc_rc print_report(const cli_args *args, toc_session *sess, uint64_t *count, toc_error *err)
{
    cli_printer printer = {.formatter = NULL};
    cli_progress progress;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_error ignored = {0};
    int more = 1;
    toc_rc rc = toc_bulk_open(sess, cli_value(args, OPT_OWNER), cli_has(args, OPT_ON_DEMAND), NULL,
                              &list, err);
    /* The first object before the output: what is not there must not leave an empty one. */
    if (!rc)
        more = toc_list_next(list, &obj, err);
    if (!rc && more >= 0)
        rc = cli_printer_open_type(&printer, args, TOC_KIND_INDICATOR, NULL, err);
    cli_progress_start(&progress, args, "bulk");
    while (!rc && more > 0) {
        rc = cli_printer_object(&printer, list, obj, err);
        cli_progress_at(&progress, printer.count, 0, 0);
        if (!rc)
            more = toc_list_next(list, &obj, err);
    }
    cli_progress_end(&progress);
    *count = printer.count;
    rc = rc ? rc : more < 0 ? more : TOC_OK;
    toc_rc closed = cli_printer_close(&printer, !rc, rc ? &ignored : err);
    toc_list_close(list);
    return rc ? rc : closed;
}

static const char *format_of(const cli_args *args)
{
    const char *format = cli_format(args);
    const char *path = cli_value(args, OPT_OUTPUT);
    size_t len = path ? strlen(path) : 0;
    if (format)
        return format;
    return len > 4 && !strcmp(path + len - 4, ".csv") ? "csv" : "json";
}

static int download(const cli_args *args, toc_session *sess)
{
    toc_error err = {0};
    const char *format = format_of(args);
    bool raw = !strcmp(format, "csv") || !strcmp(format, "json");
    uint64_t done = 0;
    toc_rc rc =
        raw ? copy_report(args, sess, format, &done, &err) : print_report(args, sess, &done, &err);
    if (rc == TOC_ECANCELED && cli_interrupted())
        return cli_output_stopped(args, done, raw ? "bytes" : "indicators");
    return rc ? cli_fail(&err) : EXIT_OK;
}

int cmd_bulk(const cli_args *args)
{
    bool status = !strcmp(args->words[0], "status");
    if (!status && args->counts[OPT_OWNER] > 1)
        return cli_usage("bulk download takes one --owner: a report belongs to one");
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    int code = status ? report_status(args, sess) : download(args, sess);
    toc_session_close(sess);
    return code;
}
