#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "input.h"
#include "output.h"
#include "reading.h"
#include "rejects.h"
#include "resume.h"

#define DEFAULT_CHUNK 20000
#define UNMATCHED_SHOWN 20

/* Records of one type that a dry run refuses. */
typedef struct refused_type {
    const toc_type *type;
    uint64_t count;
} refused_type;

typedef struct run {
    const cli_args *args;
    unsigned chunk;
    toc_import_attribute attributes[CLI_MAX_REPEAT];
    toc_import_map map[CLI_MAX_REPEAT];
    char rooms[2 * CLI_MAX_REPEAT][256]; /* the texts of attributes and map */
    toc_import_form form;                /* TOC_IMPORT_FORM_COUNT: to be guessed */
    cli_input input;
    toc_session *sess;
    toc_batch *batch;
    toc_import *import;
    cli_rejects rejects;
    cli_progress progress;
    uint64_t unmatched; /* refusals that belong to no record */
    uint64_t contents;  /* of documents and reports, that were not uploaded */
    toc_error lost;     /* what kept the platform from being asked for more */
    cli_journal journal;
    bool done; /* nothing is left for another run */
    refused_type *refused;
    size_t refused_count;
} run;

static unsigned part_of(toc_kind kind)
{
    return kind == TOC_KIND_GROUP ? 1 : kind == TOC_KIND_RECORD ? 2 : 0;
}

static void on_reject(void *user, toc_str record, const toc_error *error)
{
    run *self = user;
    self->rejects.header = toc_import_header(self->import);
    self->rejects.part = part_of(toc_import_kind(self->import));
    char text[sizeof error->message + 80];
    int len = error->field[0] && !strstr(error->message, error->field)
                  ? snprintf(text, sizeof text, "%s: %s", error->field, error->message)
                  : snprintf(text, sizeof text, "%s", error->message);
    cli_rejects_add(&self->rejects, record, error->line, text, (size_t)len);
}

static refused_type *refused_of(const run *self, const toc_type *type)
{
    for (size_t i = 0; i < self->refused_count; i++)
        if (self->refused[i].type == type)
            return &self->refused[i];
    return NULL;
}

static void count_refused(run *self, const toc_type *type)
{
    refused_type *row = type ? refused_of(self, type) : NULL;
    if (type && !row) {
        refused_type *more =
            realloc(self->refused, (self->refused_count + 1) * sizeof *self->refused);
        if (!more)
            return;
        self->refused = more;
        row = &more[self->refused_count++];
        *row = (refused_type){.type = type};
    }
    if (row)
        row->count++;
}

static int on_refusal(void *user, const toc_batch_error *error)
{
    run *self = user;
    self->rejects.header = toc_import_header(self->import);
    toc_str record = error->origin.len ? error->origin : error->json;
    /* A group that was made for a label has no record of its own. */
    if (!record.len || (self->rejects.form != REJECTS_JSON && !error->origin.len)) {
        if (self->unmatched++ < UNMATCHED_SHOWN)
            cli_say("%.*s", (int)error->reason.len, error->reason.ptr);
        return 0;
    }
    count_refused(self, error->type);
    self->rejects.part = part_of(error->kind);
    cli_rejects_add(&self->rejects, record, error->line, error->reason.ptr, error->reason.len);
    return 0;
}

/* One that is refused is no reason to keep back the others, a platform that is gone is. */
static int on_file(void *user, const toc_batch_upload *upload)
{
    run *self = user;
    if (upload->uploaded)
        return 0;
    if (upload->error->code == TOC_ENET) {
        self->lost = *upload->error;
        return -1;
    }
    if (self->contents++ < UNMATCHED_SHOWN)
        cli_say("the content of %.*s was not uploaded: %s", (int)upload->xid.len, upload->xid.ptr,
                upload->error->message);
    return 0;
}

static void on_progress(void *user, const toc_batch_status *status, uint64_t total)
{
    run *self = user;
    cli_progress_at(&self->progress, status->items, total, status->errors);
}

static toc_rc read_groups(run *self, toc_error *err)
{
    const char *path = cli_value(self->args, OPT_GROUPS);
    if (!path)
        return TOC_OK;
    cli_input input;
    toc_rc rc = cli_input_open(&input, path, err);
    if (rc)
        return rc;
    do {
        rc = cli_input_read(&input, err);
        if (!rc)
            rc = toc_import_groups(self->import, input.block, input.len, input.last, err);
    } while (!rc && !input.last);
    cli_input_close(&input);
    return rc;
}

static toc_rc read_json(run *self, cli_input *input, toc_error *err)
{
    char *data = NULL;
    size_t len = 0;
    toc_rc rc = cli_input_map(input, &data, &len, err);
    if (!rc)
        rc = toc_import_json(self->import, data, len, err);
    cli_unmap(data, len);
    return rc;
}

typedef toc_rc take_fn(toc_import *import, const char *data, size_t len, bool last, toc_error *err);

static toc_rc stopped(toc_error *err)
{
    return cli_error(err, TOC_ECANCELED, "stopped while reading");
}

static toc_rc read_blocks(run *self, cli_input *input, take_fn *take, toc_error *err)
{
    for (;;) {
        toc_rc rc = take(self->import, input->block, input->len, input->last, err);
        if (rc || input->last)
            return rc;
        toc_import_counts counts = toc_import_counted(self->import);
        cli_progress_at(&self->progress, counts.records, 0, counts.rejected);
        rc = cli_input_read(input, err);
        if (cli_interrupted())
            return stopped(err);
        if (rc)
            return rc;
    }
}

/* Options that name columns speak of CSV, all but the first of CSV alone. */
static const cli_option_id columns[] = {OPT_MAP, OPT_TAG_COLUMN, OPT_TAG_SEPARATOR,
                                        OPT_ATTRIBUTE_COLUMN, OPT_GROUP_COLUMN};

/* Nothing at all is what a search without finds gives. */
static toc_import_form form_of(const run *self, const cli_input *input)
{
    if (self->form != TOC_IMPORT_FORM_COUNT)
        return self->form;
    if (!input->len && !strcmp(self->args->words[0], "-"))
        return TOC_IMPORT_LIST;
    toc_import_form form = toc_import_guess((toc_str){input->block, input->len});
    for (size_t i = 0; form == TOC_IMPORT_LIST && i < COUNT_OF(columns); i++)
        if (cli_has(self->args, columns[i]))
            form = TOC_IMPORT_CSV;
    return form;
}

/* What would be passed over in silence. */
static toc_rc check_form(const run *self, toc_import_form form, toc_error *err)
{
    /* A list has no names at all. */
    for (size_t i = form != TOC_IMPORT_LIST; form != TOC_IMPORT_CSV && i < COUNT_OF(columns); i++) {
        if (!cli_has(self->args, columns[i]))
            continue;
        return cli_error(err, TOC_EINVAL, "--%s is about columns of CSV, and this is %s%s",
                         cli_option_at(columns[i])->name, toc_import_form_name(form),
                         form == TOC_IMPORT_LINES ? " ('--map MEMBER=tag' makes tags)" : "");
    }
    return TOC_OK;
}

static toc_rc read_form(run *self, cli_input *input, toc_error *err)
{
    static take_fn *const takes[TOC_IMPORT_FORM_COUNT] = {
        [TOC_IMPORT_CSV] = toc_import_csv,
        [TOC_IMPORT_LINES] = toc_import_lines,
        [TOC_IMPORT_LIST] = toc_import_list,
    };
    static const cli_rejects_form rejects[TOC_IMPORT_FORM_COUNT] = {
        [TOC_IMPORT_CSV] = REJECTS_CSV,
        [TOC_IMPORT_JSON] = REJECTS_JSON,
        [TOC_IMPORT_LINES] = REJECTS_LINES,
        [TOC_IMPORT_LIST] = REJECTS_LIST,
    };
    toc_rc rc = cli_reading_judge((toc_str){input->block, input->len}, input->name, err);
    if (rc)
        return rc;
    toc_import_form form = form_of(self, input);
    self->rejects.form = rejects[form];
    rc = input->len ? check_form(self, form, err) : TOC_OK;
    if (rc)
        return rc;
    return takes[form] ? read_blocks(self, input, takes[form], err) : read_json(self, input, err);
}

static toc_rc read_input(run *self, toc_error *err)
{
    cli_input *input = &self->input;
    cli_progress_start(&self->progress, self->args, "read");
    cli_interrupt_reads(true);
    toc_rc rc = cli_input_read(input, err);
    if (cli_interrupted())
        rc = stopped(err);
    if (!rc)
        rc = read_form(self, input, err);
    cli_interrupt_reads(false);
    cli_progress_end(&self->progress);
    if (rc && !strstr(err->message, input->name)) {
        char text[sizeof err->message];
        memcpy(text, err->message, sizeof text);
        (void)snprintf(err->message, sizeof err->message, "%.200s: %.300s", input->name, text);
    }
    return rc;
}

/* "column=Type" into its two halves, which live in room; NULL: it is no such thing. */
static const char *split(const char *text, char *room, size_t size)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1] || strlen(text) >= size)
        return NULL;
    memcpy(room, text, strlen(text) + 1);
    room[equals - text] = '\0';
    return room + (equals - text) + 1;
}

static int check_columns(run *self)
{
    const cli_args *args = self->args;
    for (size_t i = 0; i < args->counts[OPT_ATTRIBUTE_COLUMN]; i++) {
        const char *text = args->values[OPT_ATTRIBUTE_COLUMN][i];
        char *room = self->rooms[i];
        self->attributes[i] = (toc_import_attribute){room, split(text, room, sizeof *self->rooms)};
        if (!self->attributes[i].type)
            return cli_usage("--attribute-column: COLUMN=TYPE is needed, not \"%s\"", text);
    }
    for (size_t i = 0; i < args->counts[OPT_MAP]; i++) {
        const char *text = args->values[OPT_MAP][i];
        char *room = self->rooms[CLI_MAX_REPEAT + i];
        self->map[i] = (toc_import_map){room, split(text, room, sizeof *self->rooms)};
        if (!self->map[i].field)
            return cli_usage("--map: COLUMN=FIELD is needed, not \"%s\"", text);
    }
    return EXIT_OK;
}

static bool has_tag_column(const run *self)
{
    bool found = cli_has(self->args, OPT_TAG_COLUMN);
    for (size_t i = 0; i < self->args->counts[OPT_MAP]; i++)
        found |= toc_str_equal_fold(toc_str_of(self->map[i].field), toc_str_of("tag"));
    return found;
}

static int check_separator(const run *self)
{
    const char *separator = cli_value(self->args, OPT_TAG_SEPARATOR);
    if (separator && !*separator)
        return cli_usage("--tag-separator is empty");
    if (separator && !has_tag_column(self))
        return cli_usage("--tag-separator needs --tag-column or --map COLUMN=tag");
    return EXIT_OK;
}

/* Everything that can be wrong with the options, before anything is opened or made. */
static int check_options(run *self)
{
    static const cli_option_id of_groups[] = {OPT_GROUPS, OPT_GROUP_TYPE};
    const cli_args *args = self->args;
    const char *form = cli_value(args, OPT_RECORD_FORMAT);
    int status = check_columns(self);
    if (status == EXIT_OK)
        status = check_separator(self);
    if (status != EXIT_OK)
        return status;
    self->form = form ? toc_import_form_find(toc_str_of(form)) : TOC_IMPORT_FORM_COUNT;
    if (form && self->form == TOC_IMPORT_FORM_COUNT)
        return cli_usage("--input-format: \"%s\" is not csv, json, jsonl or list", form);
    self->chunk = DEFAULT_CHUNK;
    if (!cli_number(args, OPT_CHUNK, 1, 25000, &self->chunk))
        return EXIT_USAGE;
    if (args->counts[OPT_OWNER] > 1)
        return cli_usage("import goes into one owner");
    if (!cli_has(args, OPT_GROUP_COLUMN))
        for (size_t i = 0; i < COUNT_OF(of_groups); i++)
            if (cli_has(args, of_groups[i]))
                return cli_usage("--%s needs --group-column", cli_option_at(of_groups[i])->name);
    const char *rejects = cli_value(args, OPT_REJECTS);
    if (rejects && !strcmp(rejects, "-"))
        return cli_usage("--rejects: a file is needed; ./- is one of that name");
    if (rejects && strcmp(rejects, self->rejects.path) != 0)
        return cli_usage("--rejects: the name is too long");
    if (cli_same_file(self->rejects.path, args->words[0]))
        return cli_usage("--rejects: %s is the input itself", self->rejects.path);
    if (cli_is_store(self->rejects.path))
        return cli_usage("--rejects: %s is a store", self->rejects.path);
    const char *groups = cli_value(args, OPT_GROUPS);
    if (groups && cli_same_file(self->rejects.path, groups))
        return cli_usage("--rejects: %s is the file of --groups", self->rejects.path);
    return EXIT_OK;
}

/* What an earlier run refused is not told again: its file stays beside the new one, and beside
 * those of still earlier runs. */
static void keep_rejects(const run *self)
{
    char earlier[sizeof self->rejects.path + 24];
    if (!self->journal.again || access(self->rejects.path, F_OK))
        return;
    (void)snprintf(earlier, sizeof earlier, "%s.before", self->rejects.path);
    for (unsigned i = 2; i < 1000 && !access(earlier, F_OK); i++)
        (void)snprintf(earlier, sizeof earlier, "%s.before.%u", self->rejects.path, i);
    if (!rename(self->rejects.path, earlier))
        cli_note(self->args, "what the earlier run refused is in %s", earlier);
}

/* Before the input is read: what is refused then has lost nobody any time. */
static toc_rc take_journal(run *self, toc_error *err)
{
    toc_rc rc = toc_batch_take_journal(self->batch, self->sess, err);
    if (rc)
        return rc;
    self->done = !self->journal.again;
    keep_rejects(self);
    return cli_journal_taken(&self->journal, self->args, "import", err);
}

static int make_import(run *self, const char *owner, toc_error *err)
{
    const cli_args *args = self->args;
    toc_batch_options batch = TOC_BATCH_OPTIONS_INIT;
    batch.owner = owner;
    batch.chunk_items = self->chunk;
    batch.spool_dir = cli_value(args, OPT_SPOOL_DIR);
    if (!cli_has(args, OPT_DRY_RUN) && cli_journal_begin(&self->journal, args, "import", err))
        return cli_fail(err);
    batch.journal = self->journal.path[0] ? self->journal.path : NULL;
    /* A value that stands in several rows keeps the tags and attributes of each, and a second run
     * finds what it would add. */
    batch.tag_write_type = "Append";
    batch.label_write_type = "Append";
    batch.attribute_write_type = "Singleton";
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = owner;
    options.group_column = cli_value(args, OPT_GROUP_COLUMN);
    options.group_type = cli_value(args, OPT_GROUP_TYPE);
    options.tag_columns = args->values[OPT_TAG_COLUMN];
    options.tag_column_count = args->counts[OPT_TAG_COLUMN];
    options.tag_separator = cli_value(args, OPT_TAG_SEPARATOR);
    options.attributes = self->attributes;
    options.attribute_count = args->counts[OPT_ATTRIBUTE_COLUMN];
    options.map = self->map;
    options.map_count = args->counts[OPT_MAP];
    options.rating = cli_value(args, OPT_RATING);
    options.confidence = cli_value(args, OPT_CONFIDENCE);
    options.tags = args->values[OPT_GIVE_TAG];
    options.tag_count = args->counts[OPT_GIVE_TAG];
    const toc_types *types = NULL;
    toc_rc rc = toc_session_types(self->sess, &types, err);
    if (!rc)
        rc = toc_batch_new(&batch, &self->batch, err);
    if (!rc)
        rc = take_journal(self, err);
    if (!rc)
        rc = toc_import_new(&options, types, self->batch, on_reject, self, &self->import, err);
    return rc ? cli_fail(err) : EXIT_OK;
}

static void note_unused(const run *self)
{
    const char *name = NULL;
    bool csv = toc_import_header(self->import).ptr != NULL;
    if (!csv && !toc_import_counted(self->import).records)
        return;
    for (size_t i = 0; (name = toc_import_unused(self->import, i)); i++)
        if (strncmp(name, "tocsin_", 7) != 0)
            cli_note(self->args,
                     csv ? "column \"%s\" is not used" : "warning: --map: no record has \"%s\"",
                     name);
}

static void note_counts(const run *self, const toc_import_counts *counts, uint64_t refused,
                        uint64_t jobs)
{
    char groups[64] = "";
    if (counts->groups)
        (void)snprintf(groups, sizeof groups, "; %" PRIu64 " group%s for labels", counts->groups,
                       counts->groups == 1 ? "" : "s");
    cli_note(self->args,
             "%" PRIu64 " record%s: %" PRIu64 " accepted, %" PRIu64 " refused%s; %" PRIu64 " job%s",
             counts->records, counts->records == 1 ? "" : "s",
             counts->records - (refused < counts->records ? refused : counts->records), refused,
             groups, jobs, jobs == 1 ? "" : "s");
}

/* "it would be 40 Host, 2 URL": without those that the check refused. */
static void note_types(const run *self)
{
    char *text = NULL;
    size_t len = 0;
    const char *comma = "";
    const toc_type *type = NULL;
    uint64_t count = 0;
    FILE *out = open_memstream(&text, &len);
    for (size_t i = 0; out && toc_import_by_type(self->import, i, &type, &count); i++) {
        const refused_type *refused = refused_of(self, type);
        if (refused)
            count -= refused->count < count ? refused->count : count;
        if (count)
            (void)fprintf(out, "%s%" PRIu64 " %s", comma, count, type->name);
        comma = count ? ", " : comma;
    }
    if (out && !fclose(out))
        cli_note(self->args, "dry run: nothing was sent; it would be %s", len ? text : "nothing");
    free(text);
}

/* What the platform would refuse is refused here. */
static toc_rc try_all(run *self, toc_batch_status *status, toc_error *err)
{
    const toc_types *types = NULL;
    toc_batch_callbacks callbacks = {.version = 1, .error = on_refusal, .user = self};
    toc_rc rc = toc_session_types(self->sess, &types, err);
    if (!rc)
        rc = toc_batch_check(self->batch, types, &callbacks, status, err);
    status->jobs = 0;
    return rc;
}

/* Contents come last: what is wrong with one must not keep back any item. */
static toc_rc send_all(run *self, toc_batch_status *status, toc_error *err)
{
    toc_batch_callbacks callbacks = {.version = 1,
                                     .progress = on_progress,
                                     .error = on_refusal,
                                     .file = on_file,
                                     .no_files = true,
                                     .user = self};
    toc_batch_status files = {0};
    cli_progress_start(&self->progress, self->args, "import");
    toc_rc rc = toc_batch_submit(self->batch, self->sess, &callbacks, status, err);
    cli_progress_end(&self->progress);
    if (rc && rc != TOC_EPARTIAL)
        return rc;
    callbacks.no_halt = true;
    toc_rc sent = toc_batch_submit_files(self->batch, self->sess, &callbacks, &files, err);
    if (!sent || !self->lost.code)
        return sent ? sent : rc;
    *err = self->lost;
    return self->lost.code;
}

static int finish_failed(run *self, toc_rc rc, const toc_batch_status *status, const toc_error *err)
{
    int code = cli_fail(err);
    /* An answer that is lost does not say that nothing was done. */
    bool unsure = rc == TOC_ECANCELED || (rc == TOC_ENET && !(err->flags & TOC_ERROR_UNSENT));
    if (status->jobs || status->items || unsure)
        cli_note(self->args,
                 "%" PRIu64
                 " items are confirmed; the same command brings in the rest and changes nothing "
                 "that is there",
                 status->items);
    else
        cli_note(self->args, "nothing was imported");
    /* Then there is nothing to go on with. */
    self->done = !status->jobs && !self->journal.again && code == EXIT_HOPELESS;
    return rc == TOC_ECANCELED ? cli_stopped(status->items) : code;
}

static int finish(run *self, toc_rc rc, const toc_batch_status *status, const toc_error *err)
{
    bool written = cli_rejects_close(&self->rejects);
    toc_import_counts counts = toc_import_counted(self->import);
    if (rc && rc != TOC_EPARTIAL)
        return finish_failed(self, rc, status, err);
    self->done = true;
    /* A platform may count errors that it does not list. */
    uint64_t there = status->errors + status->unprocessed;
    uint64_t listed = self->rejects.count + self->unmatched - counts.rejected;
    uint64_t refused = counts.rejected + (there > listed ? there : listed);
    note_counts(self, &counts, refused, status->jobs);
    if (cli_has(self->args, OPT_DRY_RUN))
        note_types(self);
    if (self->rejects.count && !self->rejects.failed)
        cli_note(self->args, "the refused records are in %s: correct and import that file",
                 self->rejects.path);
    if (self->contents)
        cli_note(self->args, "%" PRIu64 " content%s not uploaded", self->contents,
                 self->contents == 1 ? " was" : "s were");
    if (!written)
        return EXIT_FAILED;
    return refused || self->contents ? EXIT_PARTIAL : EXIT_OK;
}

static int import_all(run *self, toc_error *err)
{
    toc_rc rc = read_groups(self, err);
    if (!rc)
        rc = read_input(self, err);
    toc_batch_status status = {0};
    if (rc) {
        (void)cli_rejects_close(&self->rejects);
        int code = cli_fail(err);
        cli_note(self->args, "nothing was imported");
        return code;
    }
    /* What is refused must not get lost: no place for it, no import. */
    if (self->rejects.failed) {
        (void)cli_rejects_close(&self->rejects);
        cli_note(self->args, "nothing was imported");
        return EXIT_FAILED;
    }
    note_unused(self);
    self->done = false;
    rc = cli_has(self->args, OPT_DRY_RUN) ? try_all(self, &status, err)
                                          : send_all(self, &status, err);
    return finish(self, rc, &status, err);
}

/* The user's organization, when it is the only one that can be seen; NULL otherwise. To be
 * freed. */
static toc_rc find_owner(run *self, char **name, toc_error *err)
{
    toc_owners *owners = NULL;
    toc_rc rc = toc_owners_get(self->sess, &owners, err);
    if (rc)
        return rc;
    size_t found = 0;
    toc_str only = {NULL, 0};
    for (size_t i = 0; i < toc_owners_count(owners); i++) {
        toc_owner owner = toc_owners_at(owners, i);
        if (toc_str_equal_fold(owner.type, toc_str_of("Organization")) && !found++)
            only = owner.name;
    }
    *name = found == 1 ? strndup(only.ptr, only.len) : NULL;
    toc_owners_free(owners);
    if (found != 1 || *name)
        return TOC_OK;
    return cli_error(err, TOC_ENOMEM, "out of memory");
}

static int import_into(run *self, toc_error *err)
{
    char *name = NULL;
    toc_str owner = toc_session_owner(self->sess);
    if (!owner.len && find_owner(self, &name, err))
        return cli_fail(err);
    if (!owner.len && !name)
        return cli_usage("import needs --owner NAME (or api_default_org in the settings)");
    int status = make_import(self, owner.len ? owner.ptr : name, err);
    if (status == EXIT_OK)
        status = import_all(self, err);
    free(name);
    return status;
}

int cmd_import(const cli_args *args)
{
    toc_error err = {0};
    static run self;
    self = (run){.args = args, .done = true};
    cli_rejects_init(&self.rejects, cli_value(args, OPT_REJECTS), args->words[0],
                     cli_has(args, OPT_QUIET));
    int status = check_options(&self);
    if (status != EXIT_OK)
        return status;
    /* The input first: a slip in its name must not leave a new store behind. */
    if (cli_input_open(&self.input, args->words[0], &err))
        return cli_fail(&err);
    status = cli_connect(args, true, &self.sess, &err) ? cli_fail(&err) : import_into(&self, &err);
    cli_journal_end(&self.journal, self.done);
    toc_import_free(self.import);
    toc_batch_free(self.batch);
    toc_session_close(self.sess);
    cli_input_close(&self.input);
    free(self.refused);
    return status;
}
