#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "listing.h"
#include "resume.h"

typedef struct batch_run {
    const cli_args *args;
    toc_session *sess;
    toc_batch *batch;
    toc_batch_job job;
    unsigned timeout;
    bool stopped; /* by Ctrl-C */
} batch_run;

typedef struct step {
    const char *name;
    size_t words; /* behind the name */
    const char *needs;
    int (*run)(batch_run *self);
} step;

static bool is_refused(batch_run *self, toc_rc rc, const toc_error *err, int *status)
{
    if (!rc)
        return false;
    self->stopped = rc == TOC_ECANCELED && cli_interrupted();
    *status = cli_fail(err);
    return true;
}

/* --- create --------------------------------------------------------------------------------- */

static int create(batch_run *self)
{
    toc_error err = {0};
    int status = EXIT_OK;
    toc_rc rc = toc_batch_create_job(self->batch, self->sess, &self->job, &err);
    if (is_refused(self, rc, &err, &status))
        return status;
    (void)printf("%" PRId64 "\n", self->job.id);
    cli_note(self->args, "give it its items with: tocsin batch upload %" PRId64 " FILE",
             self->job.id);
    return EXIT_OK;
}

/* --- status --------------------------------------------------------------------------------- */

static const char *const members[] = {"#id", "status", "#success", "#errors", "#unprocessed"};
static const char *const titles[] = {"ID", "STATUS", "SUCCESS", "ERRORS", "UNPROCESSED"};

static void number_text(const toc_object *obj, const char *field, char text[24])
{
    (void)snprintf(text, 24, "%lld", (long long)toc_object_get_int(obj, field));
}

static void print_row(cli_listing *list, const toc_object *obj)
{
    char numbers[4][24];
    static const char *const fields[] = {"id", "successCount", "errorCount", "unprocessCount"};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        number_text(obj, fields[i], numbers[i]);
    cli_listing_row(list, (toc_str[]){toc_str_of(numbers[0]), toc_object_get(obj, "status"),
                                      toc_str_of(numbers[1]), toc_str_of(numbers[2]),
                                      toc_str_of(numbers[3])});
}

/* list NULL: nothing is printed. */
static toc_rc find_job(batch_run *self, cli_listing *list, uint64_t *errors, bool *over,
                       toc_error *err)
{
    char id[24];
    toc_filter *filter = NULL;
    toc_list *jobs = NULL;
    toc_object *obj = NULL;
    (void)snprintf(id, sizeof id, "%" PRId64, self->job.id);
    toc_rc rc = toc_filter_new(TOC_KIND_RECORD, toc_batch_type(), &filter, err);
    if (!rc)
        rc = toc_filter_api(filter, "id", toc_str_of(id), err);
    if (!rc)
        rc = toc_list_open(self->sess, TOC_KIND_RECORD, filter, &jobs, err);
    int more = rc ? rc : toc_list_next(jobs, &obj, err);
    if (more == 1 && list)
        print_row(list, obj);
    if (more == 1) {
        *errors = (uint64_t)toc_object_get_int(obj, "errorCount");
        *over = toc_str_equal_fold(toc_object_get(obj, "status"), toc_str_of("Completed"));
    } else if (!more) {
        more = cli_error(err, TOC_ENOTFOUND, "there is no job %s", id);
    }
    toc_list_close(jobs);
    toc_filter_free(filter);
    return more < 0 ? more : TOC_OK;
}

static int wait_and_tell(batch_run *self)
{
    toc_error err = {0};
    cli_listing list;
    uint64_t errors = 0;
    bool over = false;
    int status = EXIT_OK;
    if (!cli_listing_start(&list, self->args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_rc rc = TOC_OK;
    if (cli_has(self->args, OPT_WAIT))
        rc = toc_batch_poll(self->batch, self->sess, &self->job, self->timeout, &err);
    if (!rc)
        rc = find_job(self, &list, &errors, &over, &err);
    if (is_refused(self, rc, &err, &status)) {
        if (self->stopped || rc == TOC_ENET)
            cli_note(self->args,
                     "the job goes on without this program: tocsin batch status %" PRId64 " --wait",
                     self->job.id);
        return status;
    }
    status = cli_listing_end(&list, rc, &err);
    if (errors)
        cli_note(self->args, "what was refused: tocsin batch errors %" PRId64, self->job.id);
    return errors && status == EXIT_OK ? EXIT_PARTIAL : status;
}

/* --- upload --------------------------------------------------------------------------------- */

static bool is_json(toc_str text)
{
    size_t at = 0;
    while (at < text.len && text.ptr[at] && strchr(" \t\r\n", text.ptr[at]))
        at++;
    return at < text.len && (text.ptr[at] == '{' || text.ptr[at] == '[');
}

/* A byte order mark is no part of JSON: platforms refuse it. */
static toc_str unmarked(const char *data, size_t len)
{
    size_t skip = len > 3 && !memcmp(data, "\xEF\xBB\xBF", 3) ? 3 : 0;
    return (toc_str){data ? data + skip : "", len - skip};
}

static toc_rc send_file(batch_run *self, const char *path, toc_error *err)
{
    cli_input input;
    char *data = NULL;
    size_t len = 0;
    toc_rc rc = cli_input_open(&input, path, err);
    if (rc)
        return rc;
    rc = cli_input_map(&input, &data, &len, err);
    toc_str text = unmarked(data, len);
    if (!rc && !is_json(text))
        rc = cli_error(err, TOC_EPARSE,
                       "%.300s: this is no batch JSON; 'tocsin import' takes other forms", path);
    if (!rc)
        rc = toc_batch_upload_job(self->batch, self->sess, &self->job, text, err);
    cli_unmap(data, len);
    cli_input_close(&input);
    return rc;
}

static int upload(batch_run *self)
{
    toc_error err = {0};
    int status = EXIT_OK;
    const char *path = self->args->words[2];
    if (!strcmp(path, "-") && isatty(STDIN_FILENO))
        return cli_usage("batch upload: standard input is the terminal; name a file");
    if (is_refused(self, send_file(self, path, &err), &err, &status))
        return status;
    return wait_and_tell(self);
}

/* --- errors --------------------------------------------------------------------------------- */

typedef struct refusals {
    cli_listing list;
    uint64_t count;
} refusals;

/* "{xid or value} is not valid." is the form of the source: what is left is the item. */
static toc_str item_of(toc_str source)
{
    static const char tail[] = " is not valid.";
    size_t len = sizeof tail - 1;
    if (source.len > len && !memcmp(source.ptr + source.len - len, tail, len))
        source.len -= len;
    return source;
}

static int take_refusal(void *user, const toc_batch_error *error)
{
    refusals *found = user;
    found->count++;
    cli_listing_row(&found->list, (toc_str[]){item_of(error->source), error->reason});
    return cli_interrupted() ? -1 : 0;
}

static int errors(batch_run *self)
{
    static const char *const error_members[] = {"item", "reason"};
    static const char *const error_titles[] = {"ITEM", "REASON"};
    refusals found = {.count = 0};
    toc_error err = {0};
    toc_batch_callbacks callbacks = {
        .version = 1, .error = take_refusal, .user = &found, .no_halt = false};
    if (!cli_listing_start(&found.list, self->args, error_members, error_titles, 2))
        return EXIT_USAGE;
    uint64_t count = 0; /* without any there is nothing that could be fetched */
    bool over = false;
    toc_rc rc = find_job(self, NULL, &count, &over, &err);
    bool there = !rc;
    if (!rc && (count || !over))
        rc = toc_batch_errors(self->batch, self->sess, &self->job, &callbacks, &err);
    self->stopped = rc == TOC_ECANCELED && cli_interrupted();
    int status = cli_listing_end(&found.list, rc, &err);
    if (rc) {
        if (there && !over && !self->stopped)
            cli_note(self->args, "the job is not over: tocsin batch status %" PRId64 " --wait",
                     self->job.id);
        return self->stopped ? cli_stopped(found.count) : status;
    }
    cli_note(self->args, "%" PRIu64 " refused", found.count);
    return status;
}

static int status_of(batch_run *self)
{
    return wait_and_tell(self);
}

/* --- all ------------------------------------------------------------------------------------ */

static const step steps[] = {
    {"create", 0, "nothing", create},
    {"upload", 2, "ID FILE", upload},
    {"status", 1, "ID", status_of},
    {"errors", 1, "ID", errors},
};

static bool read_id(const char *text, int64_t *id)
{
    int64_t value = 0;
    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9' || value > INT64_MAX / 10 - 9)
            return false;
        value = value * 10 + (*at - '0');
    }
    *id = value;
    return value > 0;
}

static int check_words(batch_run *self, const step *chosen)
{
    const cli_args *args = self->args;
    if (args->word_count != chosen->words + 1)
        return cli_usage("batch %s needs %s", chosen->name, chosen->needs);
    if (chosen->words && !read_id(args->words[1], &self->job.id))
        return cli_usage("batch %s: a job's id is a number, not \"%s\"", chosen->name,
                         args->words[1]);
    if (!cli_number(args, OPT_TIMEOUT, 1, 86400, &self->timeout))
        return EXIT_USAGE;
    if (cli_has(args, OPT_TIMEOUT) && !cli_has(args, OPT_WAIT))
        return cli_usage("--timeout needs --wait");
    if (args->counts[OPT_OWNER] > 1)
        return cli_usage("a batch job goes into one owner");
    return EXIT_OK;
}

static toc_rc make_batch(batch_run *self, toc_error *err)
{
    const cli_args *args = self->args;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_str owner = toc_session_owner(self->sess);
    options.owner = owner.len ? owner.ptr : "-";
    options.action = cli_value(args, OPT_ACTION);
    options.attribute_write_type = cli_value(args, OPT_ATTRIBUTE_WRITE);
    options.tag_write_type = cli_value(args, OPT_TAG_WRITE);
    options.label_write_type = cli_value(args, OPT_LABEL_WRITE);
    options.file_merge_mode = cli_value(args, OPT_FILE_MERGE);
    options.hash_collision_mode = cli_value(args, OPT_HASH_COLLISION);
    options.halt_on_error = cli_has(args, OPT_HALT);
    return toc_batch_new(&options, &self->batch, err);
}

static int run_step(batch_run *self, const step *chosen)
{
    toc_error err = {0};
    if (cli_connect(self->args, false, &self->sess, &err))
        return cli_fail(&err);
    if (chosen->run == create && !toc_session_owner(self->sess).len)
        return cli_usage("batch create needs --owner NAME (or api_default_org in the settings)");
    if (make_batch(self, &err))
        return cli_fail(&err);
    return chosen->run(self);
}

int cmd_batch(const cli_args *args)
{
    batch_run self = {.args = args};
    if (!strcmp(args->words[0], "resume"))
        return cli_resume(args);
    const step *chosen = NULL;
    for (size_t i = 0; i < COUNT_OF(steps) && !chosen; i++)
        chosen = strcmp(steps[i].name, args->words[0]) ? NULL : &steps[i];
    if (!chosen) /* the verb's row in verbs.c has more words than these */
        return cli_usage("unknown word %s", args->words[0]);
    int status = check_words(&self, chosen);
    if (status == EXIT_OK)
        status = run_step(&self, chosen);
    toc_batch_free(self.batch);
    toc_session_close(self.sess);
    return status;
}
