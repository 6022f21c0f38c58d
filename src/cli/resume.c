#include "resume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "listing.h"
#include "grow.h"

/* A note: this line, then the directory and the words of the command, each ended by a zero byte. */
#define MAGIC "tocsin command 1\n"
#define TAIL ".journal"
#define NOTE_TAIL ".command"
#define NOTE_MAX (1U << 20)
#define WORDS_MAX 2048

static toc_rc fail(toc_error *err, toc_rc code, const char *path, const char *why)
{
    return cli_error(err, code, "%.300s: %.200s", path, why);
}

/* --- names ---------------------------------------------------------------------------------- */

/* $XDG_STATE_HOME/tocsin, ~/.local/state/tocsin; false when there is no such place. */
static bool state_dir(char *path, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int len = -1;
    if (state && *state == '/')
        len = snprintf(path, size, "%s/tocsin", state);
    else if (home && *home == '/')
        len = snprintf(path, size, "%s/.local/state/tocsin", home);
    return len > 0 && (size_t)len < size;
}

static bool make_dirs(char *path)
{
    for (char *at = path + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        bool made = !mkdir(path, 0700) || errno == EEXIST;
        *at = '/';
        if (!made)
            return false;
    }
    return !mkdir(path, 0700) || errno == EEXIST;
}

static bool new_name(char *path, size_t size)
{
    char dir[900];
    char stamp[32];
    struct tm now = {0};
    time_t seconds = time(NULL);
    if (!state_dir(dir, sizeof dir) || !make_dirs(dir))
        return false;
    (void)gmtime_r(&seconds, &now);
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &now);
    (void)snprintf(path, size, "%s/%s-%ld" TAIL, dir, stamp, (long)getpid());
    return true;
}

static void note_name(const char *journal, char *path, size_t size)
{
    (void)snprintf(path, size, "%s" NOTE_TAIL, journal);
}

/* The directory may be another one when it goes on. */
static bool absolute(const char *given, char *path, size_t size)
{
    char dir[PATH_MAX] = "";
    if (*given != '/' && !getcwd(dir, sizeof dir))
        return false;
    int len = snprintf(path, size, "%s%s%s", dir, *dir ? "/" : "", given);
    return len > 0 && (size_t)len < size;
}

/* --- the note ------------------------------------------------------------------------------- */

static void add_word(cli_grow *note, const char *word)
{
    cli_grow_add(note, word, strlen(word) + 1);
}

static void add_command(cli_grow *note, const cli_args *args, const char *verb, const char *journal)
{
    char dir[4096];
    cli_grow_put(note, MAGIC);
    add_word(note, getcwd(dir, sizeof dir) ? dir : "/");
    add_word(note, "tocsin");
    add_word(note, verb);
    for (size_t id = 0; id < OPT_COUNT; id++) {
        const cli_option *option = cli_option_at((cli_option_id)id);
        for (size_t i = 0; i < args->counts[id] && id != OPT_JOURNAL; i++) {
            cli_grow_format(note, "--%s", option->name);
            if (option->argument)
                cli_grow_put(note, "=");
            add_word(note, option->argument ? args->values[id][i] : "");
        }
    }
    cli_grow_put(note, "--journal=");
    add_word(note, journal);
    add_word(note, "--");
    for (size_t i = 0; i < args->word_count; i++)
        add_word(note, args->words[i]);
}

/* Nobody else's business: names of files and owners are in it. */
static bool write_note(const char *path, const cli_grow *note)
{
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    FILE *file = fdopen(fd, "w");
    bool good = file && !note->failed && fwrite(note->ptr, 1, note->len, file) == note->len;
    good = !(file ? fclose(file) : close(fd)) && good;
    if (!good) {
        int why = errno;
        (void)unlink(path);
        errno = why;
    }
    return good;
}

static bool is_repeatable(const cli_args *args)
{
    for (size_t i = 0; i < args->word_count; i++)
        if (!strcmp(args->words[i], "-"))
            return false;
    return true;
}

static toc_rc note_command(const cli_journal *journal, const cli_args *args, const char *verb,
                           toc_error *err)
{
    char path[1100];
    cli_grow note = {.ptr = NULL};
    add_command(&note, args, verb, journal->path);
    note_name(journal->path, path, sizeof path);
    toc_rc rc = write_note(path, &note) ? TOC_OK : fail(err, TOC_EIO, path, strerror(errno));
    cli_grow_free(&note);
    return rc;
}

toc_rc cli_journal_begin(cli_journal *journal, const cli_args *args, const char *verb,
                         toc_error *err)
{
    const char *given = cli_value(args, OPT_JOURNAL);
    toc_error ignored = {0};
    *journal = (cli_journal){.path = ""};
    if (given) {
        if (!absolute(given, journal->path, sizeof journal->path))
            return fail(err, TOC_EIO, given, "there is no full path to it, or a too long one");
        journal->again = !access(journal->path, F_OK);
        return TOC_OK;
    }
    journal->ours = is_repeatable(args) && new_name(journal->path, sizeof journal->path) &&
                    !note_command(journal, args, verb, &ignored);
    if (!journal->ours)
        journal->path[0] = '\0';
    return TOC_OK;
}

toc_rc cli_journal_taken(cli_journal *journal, const cli_args *args, const char *verb,
                         toc_error *err)
{
    bool noted = journal->ours || !journal->path[0] || !is_repeatable(args);
    journal->ours = true;
    return noted ? TOC_OK : note_command(journal, args, verb, err);
}

void cli_journal_end(const cli_journal *journal, bool done)
{
    char path[1100];
    if (!journal->path[0] || !journal->ours)
        return;
    note_name(journal->path, path, sizeof path);
    if (done) {
        (void)unlink(path);
        (void)unlink(journal->path);
    } else if (!access(path, F_OK)) {
        (void)fprintf(stderr, "to go on: tocsin batch resume %s\n", journal->path);
    }
}

/* --- going on ------------------------------------------------------------------------------- */

typedef struct command {
    char *text;
    char *words[WORDS_MAX + 1];
    int count;
} command;

static toc_rc read_all(FILE *file, const char *path, command *noted, size_t *len, toc_error *err)
{
    noted->text = malloc(NOTE_MAX + 1);
    if (!noted->text)
        return fail(err, TOC_ENOMEM, path, "out of memory");
    *len = fread(noted->text, 1, NOTE_MAX, file);
    noted->text[*len] = '\0';
    bool whole = *len > sizeof MAGIC - 1 && *len < NOTE_MAX && !noted->text[*len - 1] &&
                 !memcmp(noted->text, MAGIC, sizeof MAGIC - 1);
    return whole ? TOC_OK : fail(err, TOC_EPARSE, path, "this is no command that tocsin noted");
}

static toc_rc read_note(const char *journal, command *noted, toc_error *err)
{
    char path[4096];
    struct stat there;
    size_t len = 0;
    note_name(journal, path, sizeof path);
    FILE *file = fopen(path, "r");
    if (!file)
        return fail(err, errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO, path, strerror(errno));
    /* It is run: nobody else may have written it. */
    bool own = !fstat(fileno(file), &there) && there.st_uid == geteuid() &&
               !(there.st_mode & (S_IWGRP | S_IWOTH));
    toc_rc rc = own ? read_all(file, path, noted, &len, err)
                    : fail(err, TOC_EINVAL, path, "somebody else can write to this file");
    (void)fclose(file);
    size_t at = sizeof MAGIC - 1;
    for (; !rc && at < len && noted->count < WORDS_MAX; at += strlen(noted->text + at) + 1)
        noted->words[noted->count++] = noted->text + at;
    if (!rc && (at < len || noted->count < 3))
        rc = fail(err, TOC_EPARSE, path, "this is no command that tocsin noted");
    return rc;
}

/* Where the rest goes was decided then. */
static int check_place(const cli_args *args, const cli_args *again)
{
    static const cli_option_id places[] = {OPT_API, OPT_PROFILE};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *given = cli_value(args, places[i]);
        const char *noted = cli_value(again, places[i]);
        if (given && (!noted || strcmp(given, noted) != 0))
            return cli_usage("batch resume: --%s is that of the noted command, which has %s%s",
                             cli_option_at(places[i])->name, noted ? "" : "none",
                             noted ? noted : "");
    }
    return EXIT_OK;
}

/* What is said, and who is asked with which secrets, this call may decide anew. Names of files are
 * those of the directory that it was called in. */
static int add_fresh(const cli_args *args, cli_args *again)
{
    static const cli_option_id fresh[] = {OPT_QUIET, OPT_VERBOSE, OPT_CONFIG, OPT_CA_FILE};
    static char paths[COUNT_OF(fresh)][PATH_MAX];
    for (size_t i = 0; i < COUNT_OF(fresh); i++) {
        if (!cli_has(args, fresh[i]))
            continue;
        again->counts[fresh[i]] = 1;
        again->values[fresh[i]][0] = paths[i];
        if (cli_option_at(fresh[i])->argument &&
            !absolute(cli_value(args, fresh[i]), paths[i], sizeof paths[i]))
            return cli_usage("batch resume: there is no full path to %s",
                             cli_value(args, fresh[i]));
    }
    return EXIT_OK;
}

static int run_command(const cli_args *args, command *noted)
{
    static cli_args again;
    const cli_verb *verb = NULL;
    optind = 0; /* GNU: a fresh start */
    int status = cli_parse(noted->count - 1, noted->words + 1, &verb, &again);
    if (status >= 0)
        return status;
    if (strcmp(verb->name, "batch") == 0)
        return cli_usage("batch resume: the noted command is another resume");
    status = check_place(args, &again);
    if (status == EXIT_OK)
        status = add_fresh(args, &again);
    if (status != EXIT_OK)
        return status;
    if (chdir(noted->words[0]))
        return cli_usage("batch resume: %s: %s", noted->words[0], strerror(errno));
    return verb->run(&again);
}

/* The verb with its options and words; nothing when the note cannot be read. */
static void add_noted(const char *journal, cli_grow *text)
{
    static command noted;
    toc_error err = {0};
    noted = (command){.text = NULL};
    toc_rc rc = read_note(journal, &noted, &err);
    for (int i = 2; !rc && i < noted.count; i++) {
        const char *word = noted.words[i];
        if (!strncmp(word, "--journal=", 10) || !strcmp(word, "--"))
            continue;
        cli_grow_put(text, text->len ? " " : "");
        cli_grow_put(text, word);
    }
    free(noted.text);
}

static int show_journals(const cli_args *args)
{
    static const char *const members[] = {"journal", "command"};
    static const char *const titles[] = {"JOURNAL", "COMMAND"};
    char dir[900];
    cli_grow text = {.ptr = NULL};
    cli_listing list;
    if (!cli_listing_start(&list, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    DIR *open = state_dir(dir, sizeof dir) ? opendir(dir) : NULL;
    size_t tail = sizeof TAIL NOTE_TAIL - 1;
    size_t count = 0;
    for (struct dirent *entry; open && (entry = readdir(open));) {
        toc_str name = toc_str_of(entry->d_name);
        if (name.len <= tail || strcmp(name.ptr + name.len - tail, TAIL NOTE_TAIL) != 0)
            continue;
        char path[1200];
        name.len -= tail;
        (void)snprintf(path, sizeof path, "%s/%.*s" TAIL, dir, (int)name.len, name.ptr);
        text.len = 0;
        add_noted(path, &text);
        cli_listing_row(&list, (toc_str[]){name, {text.ptr, text.len}});
        count++;
    }
    if (open)
        (void)closedir(open);
    toc_error err = {0};
    toc_rc rc = text.failed ? cli_error(&err, TOC_ENOMEM, "out of memory") : TOC_OK;
    cli_grow_free(&text);
    int status = cli_listing_end(&list, rc, &err);
    cli_note(args,
             count ? "'tocsin batch resume JOURNAL' goes on with one" : "nothing was interrupted");
    return status;
}

/* A name of the list is a journal of the state directory, unless there is such a file. */
static const char *find_journal(const char *name, char *path, size_t size)
{
    char dir[900];
    char note[4096];
    note_name(name, note, sizeof note);
    if (!access(note, F_OK) || strchr(name, '/') || !state_dir(dir, sizeof dir))
        return name;
    (void)snprintf(path, size, "%s/%s" TAIL, dir, name);
    note_name(path, note, sizeof note);
    return access(note, F_OK) ? name : path;
}

int cli_resume(const cli_args *args)
{
    static command noted;
    char path[2048];
    toc_error err = {0};
    if (args->word_count > 2)
        return cli_usage("batch resume needs JOURNAL");
    if (args->word_count == 1)
        return show_journals(args);
    if (cli_format(args))
        return cli_usage("batch resume: --format is for the list of journals");
    const char *journal = find_journal(args->words[1], path, sizeof path);
    int status = read_note(journal, &noted, &err) ? cli_fail(&err) : run_command(args, &noted);
    free(noted.text);
    return status;
}
