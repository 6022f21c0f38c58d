#include "cli.h"
#include "printer.h"
#include "query.h"

/* 0 at the end or the limit, a toc_rc else; what was printed stays. */
static toc_rc print_all(cli_printer *printer, toc_list *list, unsigned limit, toc_error *err)
{
    toc_object *obj = NULL;
    for (unsigned n = 0; !limit || n < limit; n++) {
        int more = toc_list_next(list, &obj, err);
        if (more <= 0)
            return more;
        toc_rc rc = cli_printer_object(printer, list, obj, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc get(const cli_args *args, toc_session *sess, toc_kind kind, unsigned limit,
                  uint64_t *count, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    cli_printer printer = {.formatter = NULL};
    toc_error ignored = {0};
    toc_rc rc = cli_query_open(args, sess, kind, &filter, &list, err);
    if (!rc)
        rc = cli_printer_open(&printer, args, kind, err);
    if (!rc)
        rc = print_all(&printer, list, limit, err);
    *count = printer.count;
    /* Other forms go to programs, which see it for themselves. */
    if (!rc && !printer.formatter && !printer.count)
        cli_note(args, "nothing matched");
    toc_rc closed = cli_printer_close(&printer, !rc, rc ? &ignored : err);
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : closed;
}

int cmd_get(const cli_args *args)
{
    toc_kind kind = TOC_KIND_INDICATOR;
    unsigned limit = 0;
    int status = cli_query_check("get", args, &kind, &limit);
    if (status != EXIT_OK)
        return status;
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    uint64_t count = 0;
    toc_rc rc = get(args, sess, kind, limit, &count, &err);
    toc_session_close(sess);
    if (rc == TOC_ECANCELED && cli_interrupted())
        return cli_output_stopped(args, count, "objects");
    return rc ? cli_fail(&err) : EXIT_OK;
}
