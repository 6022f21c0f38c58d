#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "finds.h"
#include "output.h"
#include "reading.h"

typedef toc_rc change_fn(toc_str text, toc_text_form form, toc_text_fn out, void *user,
                         toc_error *err);

typedef struct run {
    const cli_args *args;
    toc_extract_options options;
    const toc_type *types[CLI_MAX_REPEAT];
    toc_warning_lists *lists;
    change_fn *change; /* the text itself is what is asked for */
    cli_finds finds;
    cli_output out;
    uint64_t found, named; /* named: by a warning list */
    size_t done, failed;
    int status; /* of the first failure */
} run;

static bool given_types(run *self)
{
    const cli_args *args = self->args;
    size_t total = 0;
    const toc_type *all = toc_type_list(&total);
    const char *names[128];
    size_t count = 0;
    for (size_t i = 0; i < total && count < COUNT_OF(names); i++)
        if (all[i].kind == TOC_KIND_INDICATOR)
            names[count++] = all[i].name;
    for (size_t i = 0; i < args->counts[OPT_ONLY_TYPE]; i++) {
        const char *word = args->values[OPT_ONLY_TYPE][i];
        self->types[i] = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(word));
        if (self->types[i])
            continue;
        const char *near = cli_nearest(word, names, count);
        (void)(near ? cli_usage("--type: \"%s\" is not a type of indicators; did you mean \"%s\"?",
                                word, near)
                    : cli_usage("--type: \"%s\" is not a type of indicators", word));
        return false;
    }
    if (args->counts[OPT_ONLY_TYPE]) {
        self->options.types = self->types;
        self->options.type_count = args->counts[OPT_ONLY_TYPE];
    }
    return true;
}

/* A filter finds nothing that could be left out or marked. */
static int check_filter(const run *self)
{
    static const cli_option_id others[] = {OPT_ONLY_TYPE, OPT_WARNING_LIST, OPT_MARK};
    const char *name = cli_has(self->args, OPT_DEFANG) ? "defang" : "refang";
    for (size_t i = 0; self->change && i < COUNT_OF(others); i++)
        if (cli_has(self->args, others[i]))
            return cli_usage("--%s prints the text: --%s does not go with it", name,
                             cli_option_at(others[i])->name);
    return EXIT_OK;
}

/* Everything that can be wrong with the options, before anything is read or written. */
static int check_options(run *self)
{
    const cli_args *args = self->args;
    const char *form = cli_value(args, OPT_INPUT_FORMAT);
    self->options = (toc_extract_options)TOC_EXTRACT_OPTIONS_INIT;
    self->options.each = cli_has(args, OPT_EACH);
    self->options.form = form ? toc_text_form_find(toc_str_of(form)) : TOC_TEXT_AUTO;
    if (self->options.form == TOC_TEXT_FORM_COUNT)
        return cli_usage("--input-format: \"%s\" is not text, html, csv or adoc", form);
    self->change = cli_has(args, OPT_DEFANG)   ? toc_defang
                   : cli_has(args, OPT_REFANG) ? toc_refang
                                               : NULL;
    int status = check_filter(self);
    if (status != EXIT_OK)
        return status;
    if (cli_has(args, OPT_MARK) && !cli_has(args, OPT_WARNING_LIST))
        return cli_usage("--mark needs --warning-list");
    if (!args->word_count && isatty(STDIN_FILENO) == 1)
        return cli_usage("extract needs a FILE (- for standard input)");
    self->finds.files = args->word_count > 1;
    self->finds.marks = cli_has(args, OPT_MARK);
    return given_types(self) && cli_finds_choose(&self->finds, args) ? EXIT_OK : EXIT_USAGE;
}

static toc_rc read_list(run *self, const char *path, toc_error *err)
{
    cli_reading text;
    const char *slash = strrchr(path, '/');
    toc_rc rc = cli_reading_open(&text, path, err);
    if (!rc) {
        rc = toc_warning_lists_add(self->lists, text.text, slash ? slash + 1 : path, err);
        if (rc && !strstr(err->message, path)) {
            char why[sizeof err->message];
            memcpy(why, err->message, sizeof why);
            if (err->line && !strstr(why, "line"))
                (void)snprintf(err->message, sizeof err->message,
                               "%.200s: line %" PRIu64 ": %.250s", path, err->line, why);
            else
                (void)snprintf(err->message, sizeof err->message, "%.200s: %.300s", path, why);
        }
    }
    cli_reading_close(&text);
    return rc;
}

static toc_rc read_lists(run *self, toc_error *err)
{
    const cli_args *args = self->args;
    if (!cli_has(args, OPT_WARNING_LIST))
        return TOC_OK;
    toc_rc rc = toc_warning_lists_new(&self->lists, err);
    for (size_t i = 0; !rc && i < args->counts[OPT_WARNING_LIST]; i++)
        rc = read_list(self, args->values[OPT_WARNING_LIST][i], err);
    return rc;
}

static toc_rc take(run *self, const toc_find *find, const char *name, toc_error *err)
{
    const char *warning = toc_warning_lists_find(self->lists, find->type, find->value);
    self->named += warning != NULL;
    if (warning && !self->finds.marks)
        return TOC_OK;
    self->found++;
    if (cli_finds_put(&self->finds, find, name, warning))
        return TOC_OK;
    return cli_error(err, TOC_ENOMEM, "%.300s: out of memory", name);
}

static toc_rc find_all(run *self, const cli_reading *text, toc_error *err)
{
    toc_extract *ext = NULL;
    toc_find find;
    toc_rc rc = toc_extract_open(text->text, &self->options, &ext, err);
    int more = rc;
    while (!rc && !cli_interrupted() && !ferror(self->out.file) &&
           (more = toc_extract_next(ext, &find, err)) > 0)
        rc = take(self, &find, text->input.name, err);
    toc_extract_close(ext);
    return more < 0 ? more : rc;
}

static toc_rc write_part(void *user, toc_str part)
{
    run *self = user;
    return fwrite(part.ptr, 1, part.len, self->out.file) == part.len && !cli_interrupted()
               ? TOC_OK
               : TOC_ECANCELED;
}

static void one_file(run *self, const char *path)
{
    toc_error err = {0};
    cli_reading text;
    toc_rc rc = cli_reading_open(&text, path, &err);
    if (!rc && self->change)
        rc = self->change(text.text, self->options.form, write_part, self, &err);
    else if (!rc)
        rc = find_all(self, &text, &err);
    /* Why the output ended is said at its end. */
    if (rc && (ferror(self->out.file) || cli_interrupted()))
        rc = TOC_OK;
    if (rc) {
        int status = cli_fail(&err);
        self->status = self->failed++ ? self->status : status;
    } else {
        self->done++;
    }
    cli_reading_close(&text);
}

static void say_counts(const run *self)
{
    bool one = self->found == 1;
    const char *what = cli_has(self->args, OPT_EACH) ? one ? "place" : "places"
                       : one                         ? "indicator"
                                                     : "indicators";
    if (self->change || !self->done)
        return;
    if (!self->lists)
        cli_note(self->args, "%" PRIu64 " %s found", self->found, what);
    else
        cli_note(self->args, "%" PRIu64 " %s found, %" PRIu64 " %s by warning lists", self->found,
                 what, self->named, self->finds.marks ? "marked" : "dropped");
}

static int extract_all(run *self, toc_error *err)
{
    static const char *const standard[] = {"-"};
    const cli_args *args = self->args;
    const char *const *paths = args->word_count ? args->words : standard;
    size_t count = args->word_count ? args->word_count : 1;
    if (!self->change)
        (void)cli_finds_start(&self->finds, self->out.file);
    for (size_t i = 0; i < count && !cli_interrupted() && !ferror(self->out.file); i++)
        one_file(self, paths[i]);
    if (!self->change)
        cli_finds_end(&self->finds);
    bool stopped = cli_interrupted();
    if (cli_output_close(&self->out, !stopped && self->done, err))
        return cli_fail(err);
    if (stopped)
        return self->change ? cli_output_stopped(args, self->done, "files")
                            : cli_output_stopped(args, self->found, "indicators");
    say_counts(self);
    return !self->failed ? EXIT_OK : self->done ? EXIT_PARTIAL : self->status;
}

int cmd_extract(const cli_args *args)
{
    toc_error err = {0};
    run self = {.args = args};
    int status = check_options(&self);
    if (status != EXIT_OK)
        return status;
    cli_interrupt_catch();
    cli_interrupt_reads(true);
    if (read_lists(&self, &err) || cli_output_open(&self.out, args, &err))
        status = cli_fail(&err);
    else
        status = extract_all(&self, &err);
    toc_warning_lists_free(self.lists);
    return status;
}
