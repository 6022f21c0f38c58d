#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "input.h"
#include "rejects.h"

#define DEFAULT_CHUNK 20000
#define UNMATCHED_SHOWN 20

typedef struct run {
    const cli_args *args;
    unsigned chunk;
    toc_import_attribute attributes[CLI_MAX_REPEAT];
    char rooms[CLI_MAX_REPEAT][256]; /* the texts of attributes */
    cli_input input;
    toc_session *sess;
    toc_batch *batch;
    toc_import *import;
    cli_rejects rejects;
    cli_progress progress;
    uint64_t unmatched; /* refusals that belong to no record */
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

static int on_refusal(void *user, const toc_batch_error *error)
{
    run *self = user;
    self->rejects.header = toc_import_header(self->import);
    toc_str record = error->origin.len ? error->origin : error->json;
    /* A group that was made for a label has no record of its own. */
    if (!record.len || (!self->rejects.json && !error->origin.len)) {
        if (self->unmatched++ < UNMATCHED_SHOWN)
            (void)fprintf(stderr, "tocsin: %.*s\n", (int)error->reason.len, error->reason.ptr);
        return 0;
    }
    self->rejects.part = part_of(error->kind);
    cli_rejects_add(&self->rejects, record, error->line, error->reason.ptr, error->reason.len);
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

static bool is_json(const cli_input *input)
{
    size_t at = input->len > 3 && !memcmp(input->block, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (at < input->len && strchr(" \t\r\n", input->block[at]) && input->block[at])
        at++;
    return at < input->len && (input->block[at] == '{' || input->block[at] == '[');
}

static toc_rc read_json(run *self, cli_input *input, toc_error *err)
{
    char *data = NULL;
    size_t len = 0;
    self->rejects.json = true;
    toc_rc rc = cli_input_map(input, &data, &len, err);
    if (!rc)
        rc = toc_import_json(self->import, data, len, err);
    cli_unmap(data, len);
    return rc;
}

static toc_rc read_csv(run *self, cli_input *input, toc_error *err)
{
    for (;;) {
        toc_rc rc = toc_import_csv(self->import, input->block, input->len, input->last, err);
        if (rc || input->last)
            return rc;
        toc_import_counts counts = toc_import_counted(self->import);
        cli_progress_at(&self->progress, counts.records, 0, counts.rejected);
        rc = cli_input_read(input, err);
        if (rc)
            return rc;
    }
}

static toc_rc read_input(run *self, toc_error *err)
{
    cli_input *input = &self->input;
    cli_progress_start(&self->progress, self->args, "read");
    toc_rc rc = cli_input_read(input, err);
    if (!rc)
        rc = is_json(input) ? read_json(self, input, err) : read_csv(self, input, err);
    cli_progress_end(&self->progress);
    if (rc && !strstr(err->message, input->name)) {
        char text[sizeof err->message];
        memcpy(text, err->message, sizeof text);
        (void)snprintf(err->message, sizeof err->message, "%.200s: %.300s", input->name, text);
    }
    return rc;
}

/* "column=Type" into its two halves, which live in room. */
static bool split_attribute(const char *text, char *room, size_t size, toc_import_attribute *made)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1] || strlen(text) >= size)
        return false;
    memcpy(room, text, strlen(text) + 1);
    room[equals - text] = '\0';
    *made = (toc_import_attribute){room, room + (equals - text) + 1};
    return true;
}

/* Everything that can be wrong with the options, before anything is opened or made. */
static int check_options(run *self)
{
    const cli_args *args = self->args;
    for (size_t i = 0; i < args->counts[OPT_ATTRIBUTE_COLUMN]; i++)
        if (!split_attribute(args->values[OPT_ATTRIBUTE_COLUMN][i], self->rooms[i],
                             sizeof self->rooms[i], &self->attributes[i]))
            return cli_usage("--attribute-column: COLUMN=TYPE is needed, not \"%s\"",
                             args->values[OPT_ATTRIBUTE_COLUMN][i]);
    self->chunk = DEFAULT_CHUNK;
    if (!cli_number(args, OPT_CHUNK, 1, 25000, &self->chunk))
        return EXIT_USAGE;
    if (args->counts[OPT_OWNER] > 1)
        return cli_usage("import goes into one owner");
    if (cli_has(args, OPT_GROUPS) && !cli_has(args, OPT_GROUP_COLUMN))
        return cli_usage("--groups needs --group-column");
    if (cli_same_file(self->rejects.path, args->words[0]))
        return cli_usage("--rejects: %s is the input itself", self->rejects.path);
    return EXIT_OK;
}

static int make_import(run *self, const char *owner, toc_error *err)
{
    const cli_args *args = self->args;
    toc_batch_options batch = TOC_BATCH_OPTIONS_INIT;
    batch.owner = owner;
    batch.chunk_items = self->chunk;
    batch.spool_dir = cli_value(args, OPT_SPOOL_DIR);
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
    options.attributes = self->attributes;
    options.attribute_count = args->counts[OPT_ATTRIBUTE_COLUMN];
    const toc_types *types = NULL;
    toc_rc rc = toc_session_types(self->sess, &types, err);
    if (!rc)
        rc = toc_batch_new(&batch, &self->batch, err);
    if (!rc)
        rc = toc_import_new(&options, types, self->batch, on_reject, self, &self->import, err);
    return rc ? cli_fail(err) : EXIT_OK;
}

static void note_unused(const run *self)
{
    const char *name = NULL;
    for (size_t i = 0; (name = toc_import_unused(self->import, i)); i++)
        if (strncmp(name, "tocsin_", 7) != 0)
            cli_note(self->args, "column \"%s\" is not used", name);
}

static int finish(run *self, toc_rc rc, const toc_batch_status *status, const toc_error *err)
{
    bool written = cli_rejects_close(&self->rejects);
    toc_import_counts counts = toc_import_counted(self->import);
    if (rc && rc != TOC_EPARTIAL) {
        int code = cli_fail(err);
        if (status->jobs)
            cli_note(
                self->args,
                "%" PRIu64
                " items are confirmed; the same command brings in the rest and changes nothing "
                "that is there",
                status->items);
        else
            cli_note(self->args, "nothing was imported");
        return code;
    }
    /* A platform may count errors that it does not list. */
    uint64_t there = status->errors + status->unprocessed;
    uint64_t listed = self->rejects.count + self->unmatched - counts.rejected;
    uint64_t refused = counts.rejected + (there > listed ? there : listed);
    cli_note(self->args,
             "%" PRIu64 " records: %" PRIu64 " accepted, %" PRIu64 " refused; %" PRIu64
             " groups for labels; %" PRIu64 " jobs",
             counts.records, counts.records - (refused < counts.records ? refused : counts.records),
             refused, counts.groups, status->jobs);
    if (self->rejects.count && !self->rejects.failed)
        cli_note(self->args, "the refused records are in %s: correct and import that file",
                 self->rejects.path);
    if (!written)
        return EXIT_FAILED;
    return refused ? EXIT_PARTIAL : EXIT_OK;
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
    if (!cli_has(self->args, OPT_DRY_RUN)) {
        toc_batch_callbacks callbacks = {
            .version = 1, .progress = on_progress, .error = on_refusal, .user = self};
        cli_progress_start(&self->progress, self->args, "import");
        rc = toc_batch_submit(self->batch, self->sess, &callbacks, &status, err);
        cli_progress_end(&self->progress);
    }
    return finish(self, rc, &status, err);
}

/* The user's organization, when it is the only one that can be seen; "" otherwise. */
static toc_rc find_owner(run *self, char *name, size_t size, toc_error *err)
{
    toc_owners *owners = NULL;
    toc_rc rc = toc_owners_get(self->sess, &owners, err);
    if (rc)
        return rc;
    size_t found = 0;
    for (size_t i = 0; i < toc_owners_count(owners); i++) {
        toc_owner owner = toc_owners_at(owners, i);
        if (toc_str_equal_fold(owner.type, toc_str_of("Organization")) && !found++)
            (void)snprintf(name, size, "%.*s", (int)owner.name.len, owner.name.ptr);
    }
    if (found != 1)
        name[0] = '\0';
    toc_owners_free(owners);
    return TOC_OK;
}

static int import_into(run *self, toc_error *err)
{
    char name[256] = "";
    toc_str owner = toc_session_owner(self->sess);
    if (!owner.len && find_owner(self, name, sizeof name, err))
        return cli_fail(err);
    if (!owner.len && !*name)
        return cli_usage("import needs --owner NAME (or api_default_org in the settings)");
    int status = make_import(self, owner.len ? owner.ptr : name, err);
    return status == EXIT_OK ? import_all(self, err) : status;
}

int cmd_import(const cli_args *args)
{
    toc_error err = {0};
    static run self;
    self = (run){.args = args};
    cli_rejects_init(&self.rejects, cli_value(args, OPT_REJECTS), args->words[0],
                     cli_has(args, OPT_QUIET));
    int status = check_options(&self);
    if (status != EXIT_OK)
        return status;
    /* The input first: a slip in its name must not leave a new store behind. */
    if (cli_input_open(&self.input, args->words[0], &err))
        return cli_fail(&err);
    status = cli_connect(args, true, &self.sess, &err) ? cli_fail(&err) : import_into(&self, &err);
    toc_import_free(self.import);
    toc_batch_free(self.batch);
    toc_session_close(self.sess);
    cli_input_close(&self.input);
    return status;
}
