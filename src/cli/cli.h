/* cli.h - the inside of the program: options, verbs, connection, output. Public headers only. */
#ifndef TOC_CLI_CLI_H
#define TOC_CLI_CLI_H
#include <stdio.h>

#include "tocsin/platform.h"
#include "tocsin/tocsin.h"

#define CLI_MAX_REPEAT 32
#define CLI_MAX_OPTIONS 36 /* of one verb */
#define CLI_PAGE_MAX 10000 /* of --page */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Exit statuses of the program, the same for every verb. */
enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_PARTIAL, EXIT_HOPELESS };

typedef enum cli_option_id {
    OPT_API,
    OPT_CONFIG,
    OPT_CA_FILE,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_HELP,
    OPT_VERSION,
    OPT_OWNER,
    OPT_LISTEN,
    OPT_TLS_CERT,
    OPT_TLS_KEY,
    OPT_THREADS,
    OPT_PLAIN_HTTP,
    OPT_ADDRESS_CONNECTIONS,
    OPT_ADDRESS_FAILURES,
    OPT_GROUP_COLUMN,
    OPT_GROUP_TYPE,
    OPT_TAG_COLUMN,
    OPT_TAG_SEPARATOR,
    OPT_ATTRIBUTE_COLUMN,
    OPT_GROUPS,
    OPT_REJECTS,
    OPT_CHUNK,
    OPT_SPOOL_DIR,
    OPT_DRY_RUN,
    OPT_TYPE,
    OPT_TAG,
    OPT_LABEL,
    OPT_API_FILTER,
    OPT_FILTER,
    OPT_ANY,
    OPT_WHERE,
    OPT_MODIFIED_SINCE,
    OPT_INCLUDE,
    OPT_LIMIT,
    OPT_PAGE,
    OPT_FORMAT,
    OPT_ROWS,
    OPT_VALUE_ROWS,
    OPT_COMPAT,
    OPT_LIST,
    OPT_LEARN,
    OPT_BRANCH,
    OPT_ENTITY,
    OPT_FIELD,
    OPT_CASE,
    OPT_FILE,
    OPT_ATTRIBUTE,
    OPT_MAX_LENGTH,
    OPT_MARKDOWN,
    OPT_DESCRIPTION,
    OPT_CHOICES,
    OPT_ASSOCIATION,
    OPT_LEFT,
    OPT_RIGHT,
    OPT_FILE_ACTION,
    OPT_ROLE,
    OPT_FIRST_NAME,
    OPT_LAST_NAME,
    OPT_PSEUDONYM,
    OPT_OBSERVES,
    OPT_SECRET_FILE,
    OPT_DAYS,
    OPT_OWNER_TYPE,
    OPT_ANONYMOUS,
    OPT_BULK,
    OPT_PUBLISH_TO,
    OPT_NO_BATCH,
    OPT_SYNCHRONOUS_BATCH,
    OPT_BATCH_DAYS,
    OPT_INDICATOR_QUOTA,
    OPT_PROFILE,
    OPT_OUTPUT,
    OPT_FORCE,
    OPT_YES,
    OPT_REMOVE,
    OPT_SET,
    OPT_GIVE_TAG,
    OPT_GIVE_LABEL,
    OPT_GIVE_ATTRIBUTE,
    OPT_RATING,
    OPT_CONFIDENCE,
    OPT_SOURCE,
    OPT_DISPLAYED,
    OPT_BY,
    OPT_NUMBER,
    OPT_DATE,
    OPT_KNOWN,
    OPT_UNKNOWN,
    OPT_JOBS,
    OPT_INPUT_FORMAT,
    OPT_RECORD_FORMAT,
    OPT_EACH,
    OPT_DEFANG,
    OPT_REFANG,
    OPT_WARNING_LIST,
    OPT_MARK,
    OPT_ONLY_TYPE,
    OPT_MAP,
    OPT_DATA,
    OPT_QUERY,
    OPT_HEADER,
    OPT_HEAD,
    OPT_ACTION,
    OPT_ATTRIBUTE_WRITE,
    OPT_TAG_WRITE,
    OPT_LABEL_WRITE,
    OPT_FILE_MERGE,
    OPT_HASH_COLLISION,
    OPT_HALT,
    OPT_WAIT,
    OPT_TIMEOUT,
    OPT_ON_DEMAND,
    OPT_VALUES,
    OPT_SINCE_FILE,
    OPT_JOURNAL,
    OPT_COUNT
} cli_option_id;

typedef struct cli_option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    bool repeat;
    const char *argument; /* NULL: a flag */
    const char *help;
} cli_option;

typedef struct cli_args {
    const char *values[OPT_COUNT][CLI_MAX_REPEAT];
    size_t counts[OPT_COUNT];
    const char *const *words; /* what is not an option, behind the verb */
    size_t word_count;
} cli_args;

/* The options that one of a verb's first words goes with. */
typedef struct cli_word {
    const char *word;          /* NULL: the end of the words */
    cli_option_id options[15]; /* ends at OPT_API */
} cli_word;

typedef struct cli_verb {
    const char *heading; /* in the help above this verb; NULL: it belongs to those before it */
    const char *name;
    int (*run)(const cli_args *args); /* returns an exit status */
    const char *words;                /* synopsis of the words */
    size_t words_min, words_max;
    const char *const *choices; /* what the first word may be, ends at NULL; NULL: anything */
    const cli_word *by_word;    /* the only first words there are; NULL: the verb looks itself */
    cli_option_id options[CLI_MAX_OPTIONS]; /* beside the common ones; ends at OPT_API */
    const char *help;
    const char *examples;
} cli_verb;

const cli_verb *cli_verbs(size_t *count);
const cli_option *cli_option_at(cli_option_id id);
/* Reads argv: common options, the verb, its options and words. Returns an exit status, or -1 to
 * run *verb. */
int cli_parse(int argc, char **argv, const cli_verb **verb, cli_args *args);
const char *cli_value(const cli_args *args, cli_option_id id); /* the last one; NULL when absent */
bool cli_has(const cli_args *args, cli_option_id id);
/* --format, whatever the verb may print; NULL when absent. */
const char *cli_format(const cli_args *args);
/* Digits and nothing else. */
bool cli_is_number(toc_str text);
/* A number of an option within bounds; false after a usage message. absent leaves *number. */
bool cli_number(const cli_args *args, cli_option_id id, unsigned minimum, unsigned maximum,
                unsigned *number);
/* The options a verb takes: its own, then the common ones. verb NULL: the common ones. ids has room
 * for OPT_COUNT. */
size_t cli_option_ids(const cli_verb *verb, cli_option_id *ids);
const cli_verb *cli_verb_find(const char *name); /* NULL: there is none */
/* Help of the program, or of a verb. */
int cli_help(const cli_verb *verb);
int cli_unknown_verb(const char *given); /* a usage message with the nearest one */
/* The script for bash, zsh or fish; false: the shell is another one. */
bool cli_completion_print(FILE *file, const char *shell);
const char *cli_nearest(const char *word, const char *const *choices, size_t count);

/* After this Ctrl-C, SIGTERM and SIGHUP only set a mark, the second one ends the program at once.
 * Loops that take time look at the mark, end cleanly, say what is done and how to go on. Sessions
 * of the program catch by themselves, and their calls end with TOC_ECANCELED. */
void cli_interrupt_catch(void);
bool cli_interrupted(void);
bool cli_is_stopped(void *user); /* the same, as a cancel callback; user may be NULL */
/* Around reads that may wait for a person or a pipe: with on they end with EINTR at a signal,
 * otherwise they (and writes, always) go on. */
void cli_interrupt_reads(bool on);
/* The exit status of what was stopped: partly done when something was, else a failure. */
int cli_stopped(uint64_t done);

/* Fills *err, whose message is one line for cli_fail, and returns the code. */
toc_rc cli_error(toc_error *err, toc_rc code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What went wrong on standard error, and where there is one a line that says what to do; returns
 * the exit status that belongs to the error. */
int cli_fail(const toc_error *err);
/* Text from outside: what would move the cursor of a terminal is printed as '?'. */
void cli_print_clean(FILE *file, const char *text, size_t len);
/* Lines of a format for programs, byte for byte; on a terminal cleaned as above, save that line
 * ends and tabulators stay. */
void cli_print_data(FILE *file, bool terminal, const char *text, size_t len);
/* Columns of the terminal behind the file (COLUMNS wins), 0: it is none. */
size_t cli_width(FILE *file);
size_t cli_columns_given(void); /* COLUMNS, 0: not given */
bool cli_colour(FILE *file);    /* a terminal that is not dumb, and NO_COLOR is not set */
#define CLI_BOLD "\033[1m"
#define CLI_RED "\033[31m"
#define CLI_PLAIN "\033[0m"
/* A line on standard error that says what failed, cleaned. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_say_errno(const char *path); /* with the reason in errno; returns EXIT_FAILED */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_note(const cli_args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Lines of the library on standard error when -v is given. */
void cli_log(void *user, toc_log_level level, const char *area, const char *text);

/* Settings: flags, then environment, then the file; texts of options are borrowed from loaded and
 * from the arguments. */
typedef struct cli_config {
    toc_config *loaded;
    toc_session_options options;
    char secret[256]; /* that was asked for; wiped */
} cli_config;
toc_rc cli_config_load(const cli_args *args, cli_config *config, toc_error *err);
void cli_config_wipe(cli_config *config);

/* Opens a session to --api, which may be "file:PATH" (then create makes a missing store). */
toc_rc cli_connect(const cli_args *args, bool create, toc_session **sess, toc_error *err);
/* What every session of the program has: a platform, patience for people, the log of -v, Ctrl-C
 * ends calls. TOC_EINVAL: no platform is named. */
toc_rc cli_session_prepare(const cli_args *args, toc_session_options *options, toc_error *err);
/* The path of "file:PATH"; NULL: the address is another one, or none. */
const char *cli_store_path(const char *api_url);
/* Settings and requests could not name others. TOC_EINVAL. */
toc_rc cli_owner_check(const char *name, toc_error *err);
/* The organisation, its API user and the store, as init does. */
toc_rc cli_store_setup(toc_platform *platform, const char *owner, toc_new_user *user,
                       toc_error *err);

#define CLI_STORE_PARTS 6
/* A store that this process makes, and which files beside it were there before. */
typedef struct cli_store_parts {
    const char *store;
    int fd; /* locks it until it is whole */
    bool before[CLI_STORE_PARTS];
} cli_store_parts;
/* Makes the store's file, empty and the user's own, and keeps those that would connect to it
 * waiting. Of several processes only one succeeds; TOC_ECONFLICT: it is there. */
toc_rc cli_store_claim(cli_store_parts *parts, const char *store, toc_error *err);
/* The end of it, when the store is closed. Without whole, what was claimed and has come since is
 * removed: half a store would stand in the way of the next attempt. */
void cli_store_release(cli_store_parts *parts, bool whole);
/* Waits, some seconds at most, while another process makes the store. TOC_ENOTFOUND: it is missing,
 * and must not be opened either, because somebody may begin to make it: half of one would become
 * something else. Only before this process has it open, whose locks it would give up. */
toc_rc cli_store_wait(const char *store, toc_error *err);

/* What a verb does by its first word; other says what the words behind it are. */
typedef struct cli_action {
    const char *name;
    size_t words;      /* behind the name */
    const char *needs; /* how messages call them */
    int (*run)(const cli_args *args, toc_platform *platform);
} cli_action;
/* Opens the store of --api file:PATH and runs the action that the first word names. */
int cli_store_action(const cli_args *args, const cli_action *actions, size_t count);
/* "yes" or "no" of an option; false after a usage message. Absent leaves *value. */
bool cli_yes_no(const cli_args *args, cli_option_id id, bool *value);
/* Prints a secret once, or writes it to --secret-file, which is new and only the user's. The file
 * is made before anything is changed. */
typedef struct cli_secret {
    const char *path; /* NULL: standard output */
    int fd;
} cli_secret;
int cli_secret_open(const cli_args *args, cli_secret *secret); /* an exit status */
int cli_secret_write(cli_secret *secret, const char *what, const char *text);
void cli_secret_drop(cli_secret *secret); /* nothing was made */

/* A line that is rewritten on a terminal, a line now and then elsewhere, nothing with -q. */
typedef struct cli_progress {
    bool on, terminal, shown;
    const char *what;
    double started, last;
} cli_progress;
void cli_progress_start(cli_progress *progress, const cli_args *args, const char *what);
void cli_progress_at(cli_progress *progress, uint64_t done, uint64_t total, uint64_t refused);
void cli_progress_end(cli_progress *progress);

int cmd_help(const cli_args *args);
int cmd_init(const cli_args *args);
int cmd_serve(const cli_args *args);
int cmd_backup(const cli_args *args);
int cmd_check(const cli_args *args);
int cmd_import(const cli_args *args);
int cmd_get(const cli_args *args);
int cmd_export(const cli_args *args);
int cmd_lookup(const cli_args *args);
int cmd_extract(const cli_args *args);
int cmd_show(const cli_args *args);
int cmd_create(const cli_args *args);
int cmd_update(const cli_args *args);
int cmd_delete(const cli_args *args);
int cmd_tag(const cli_args *args);
int cmd_label(const cli_args *args);
int cmd_attribute(const cli_args *args);
int cmd_asset(const cli_args *args);
int cmd_assignee(const cli_args *args);
int cmd_escalatee(const cli_args *args);
int cmd_associate(const cli_args *args);
int cmd_observe(const cli_args *args);
int cmd_false_positive(const cli_args *args);
int cmd_batch(const cli_args *args);
int cmd_document(const cli_args *args);
int cmd_bulk(const cli_args *args);
int cmd_api(const cli_args *args);
int cmd_metrics(const cli_args *args);
int cmd_filters(const cli_args *args);
int cmd_completion(const cli_args *args);
int cmd_owners(const cli_args *args);
int cmd_whoami(const cli_args *args);
int cmd_types(const cli_args *args);
int cmd_type(const cli_args *args);
int cmd_user(const cli_args *args);
int cmd_owner(const cli_args *args);
int cmd_xid(const cli_args *args);
#endif
