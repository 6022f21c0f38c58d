#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lookup.h"
#include "output.h"
#include "pool.h"
#include "table.h"

/* Blocks that are under way, for each thread. More of them only wait for the slowest. */
#define RING_SHARE 4
#define RING_MAX (POOL_MAX * RING_SHARE)
/* A store answers in microseconds, a server in milliseconds: there a block must not keep the other
 * threads without work. */
#define STORE_BLOCK 256
#define SERVER_BLOCK 8

typedef struct lookup {
    const cli_args *args;
    lookup_plan plan;
    lookup_source source;
    cli_pool pool;
    toc_owners *owners;
    const char *names[CLI_MAX_REPEAT];
    const char **all; /* names of owners, when none is given; in texts */
    char *texts;
    lookup_asker *askers[POOL_MAX];
    pthread_t threads[POOL_MAX];
    size_t running;
    pthread_mutex_t lock;
    pthread_cond_t filled, answered;
    lookup_block ring[RING_MAX];
    size_t ring_size, block_size;
    uint64_t written, taken, put; /* numbers of blocks: out, with a thread, in */
    bool ended;                   /* threads go home */
    cli_output out;
    bool terminal; /* the output is one */
    cli_table table;
    cli_progress progress;
    uint64_t counts[LOOKUP_ANSWERS];
    uint64_t done;
} lookup;

typedef struct worker {
    lookup *self;
    lookup_asker *asker;
} worker;

static void *work(void *user)
{
    worker *mine = user;
    lookup *self = mine->self;
    lookup_asker *asker = mine->asker;
    free(mine);
    (void)pthread_mutex_lock(&self->lock);
    for (;;) {
        while (!self->ended && self->taken == self->put)
            (void)pthread_cond_wait(&self->filled, &self->lock);
        if (self->ended)
            break;
        lookup_block *block = &self->ring[self->taken++ % self->ring_size];
        (void)pthread_mutex_unlock(&self->lock);
        lookup_ask(asker, block);
        (void)pthread_mutex_lock(&self->lock);
        block->ready = true;
        (void)pthread_cond_signal(&self->answered);
    }
    (void)pthread_mutex_unlock(&self->lock);
    return NULL;
}

static toc_rc start_all(lookup *self, toc_error *err)
{
    for (size_t i = 0; i < self->pool.count; i++) {
        self->askers[i] =
            lookup_asker_new(&self->plan, self->pool.platform, self->pool.sessions[i], err);
        if (!self->askers[i])
            return err->code;
    }
    for (; self->running < self->pool.count; self->running++) {
        worker *mine = malloc(sizeof *mine);
        if (!mine)
            return cli_error(err, TOC_ENOMEM, "out of memory");
        *mine = (worker){self, self->askers[self->running]};
        if (pthread_create(&self->threads[self->running], NULL, work, mine)) {
            free(mine);
            return cli_error(err, TOC_EIO, "no thread could be started");
        }
    }
    return TOC_OK;
}

/* Signals go to this thread, which may wait for input, and to no other. */
static toc_rc start_threads(lookup *self, toc_error *err)
{
    sigset_t ends;
    sigset_t before;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &ends, &before);
    toc_rc rc = start_all(self, err);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static void end_threads(lookup *self)
{
    (void)pthread_mutex_lock(&self->lock);
    self->ended = true;
    (void)pthread_cond_broadcast(&self->filled);
    (void)pthread_mutex_unlock(&self->lock);
    for (size_t i = 0; i < self->running; i++)
        (void)pthread_join(self->threads[i], NULL);
    for (size_t i = 0; i < POOL_MAX; i++)
        lookup_asker_free(self->askers[i]);
}

/* --- output --------------------------------------------------------------------------------- */

static void begin_output(lookup *self)
{
    static const char *const titles[LOOKUP_COLUMNS] = {"VALUE",  "TYPE",       "OWNERS",
                                                       "RATING", "CONFIDENCE", "TAGS"};
    self->terminal = isatty(fileno(self->out.file)) == 1;
    if (self->plan.format == LOOKUP_TABLE)
        cli_table_start(&self->table, self->out.file, titles, LOOKUP_COLUMNS);
    if (self->plan.format == LOOKUP_CSV)
        (void)fputs("value,known,type,owners,rating,confidence,tags\n", self->out.file);
}

static void put_rows(lookup *self, const cli_grow *text)
{
    const char *at = text->ptr;
    const char *end = at + text->len;
    while (at < end) {
        toc_str cells[LOOKUP_COLUMNS];
        for (size_t i = 0; i < LOOKUP_COLUMNS; i++) {
            const char *stop = memchr(at, '\t', (size_t)(end - at));
            cells[i] = (toc_str){at, (size_t)(stop - at)};
            at = stop + 1;
        }
        cli_table_row(&self->table, cells);
        at++; /* the line end */
    }
}

static toc_rc write_block(lookup *self, lookup_block *block, toc_error *err)
{
    if (self->plan.format == LOOKUP_TABLE)
        put_rows(self, &block->out);
    else
        cli_print_data(self->out.file, self->terminal, block->out.ptr, block->out.len);
    for (size_t i = 0; i < LOOKUP_ANSWERS; i++)
        self->counts[i] += block->counts[i];
    self->done += block->done;
    cli_progress_at(&self->progress, self->done, 0, 0);
    if (block->rc) {
        *err = block->err;
        return block->rc;
    }
    /* What became of standard output main tells. */
    if (ferror(self->out.file))
        return cli_error(err, TOC_EIO, "the output could not be written");
    return TOC_OK;
}

/* --- the ring ------------------------------------------------------------------------------- */

static toc_rc fill(lookup *self, bool *more, toc_error *err)
{
    lookup_block *block = &self->ring[self->put % self->ring_size];
    cli_grow in = block->in;
    cli_grow out = block->out;
    in.len = out.len = 0;
    *block = (lookup_block){.in = in, .out = out};
    toc_rc rc = lookup_read(&self->source, block, self->block_size, more, err);
    if (rc || !*more)
        return rc;
    (void)pthread_mutex_lock(&self->lock);
    self->put++;
    (void)pthread_cond_signal(&self->filled);
    (void)pthread_mutex_unlock(&self->lock);
    return TOC_OK;
}

static toc_rc write_oldest(lookup *self, toc_error *err)
{
    lookup_block *block = &self->ring[self->written % self->ring_size];
    (void)pthread_mutex_lock(&self->lock);
    while (!block->ready)
        (void)pthread_cond_wait(&self->answered, &self->lock);
    (void)pthread_mutex_unlock(&self->lock);
    self->written++;
    return write_block(self, block, err);
}

/* The ring is filled before the oldest block is waited for; what was read is answered and written
 * even when the input breaks behind it. */
static toc_rc run(lookup *self, toc_error *err)
{
    bool more = true;
    toc_rc rc = TOC_OK;
    toc_error broken = {0};
    while (!rc && !cli_interrupted() && (more || self->written < self->put)) {
        if (more && self->put - self->written < self->ring_size) {
            cli_interrupt_reads(true); /* a pipe may have nothing for long */
            if (fill(self, &more, &broken))
                more = false;
            cli_interrupt_reads(false);
        } else {
            rc = write_oldest(self, err);
        }
    }
    if (!rc && broken.code) {
        *err = broken;
        rc = broken.code;
    }
    return rc;
}

/* --- preparation ---------------------------------------------------------------------------- */

static int check_format(lookup *self)
{
    static const char *const names[] = {"table", "jsonl", "csv", "list", "json"};
    const char *name = cli_format(self->args);
    if (!name) {
        bool terminal = !cli_value(self->args, OPT_OUTPUT) && isatty(STDOUT_FILENO);
        self->plan.format = terminal ? LOOKUP_TABLE : LOOKUP_JSONL;
        return EXIT_OK;
    }
    size_t i = 0;
    while (i < COUNT_OF(names) && strcmp(names[i], name) != 0)
        i++;
    if (i == COUNT_OF(names)) {
        const char *near = cli_nearest(name, names, COUNT_OF(names));
        return cli_usage("--format: \"%s\" is none of table, jsonl, csv and list%s%s%s", name,
                         near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    self->plan.format = i == LOOKUP_FORMATS ? LOOKUP_JSONL : (lookup_format)i;
    return EXIT_OK;
}

static int check_options(lookup *self, unsigned *jobs)
{
    const cli_args *args = self->args;
    static const char *const standard[] = {"-"};
    bool known = cli_has(args, OPT_KNOWN);
    bool unknown = cli_has(args, OPT_UNKNOWN);
    self->plan.known = !unknown;
    self->plan.unknown = !known;
    if (!cli_number(args, OPT_JOBS, 1, POOL_MAX, jobs))
        return EXIT_USAGE;
    bool piped = args->word_count == 1 && !strcmp(args->words[0], "-");
    self->source = (lookup_source){.words = args->words,
                                   .word_count = piped ? 0 : args->word_count,
                                   .files = args->values[OPT_VALUES],
                                   .file_count = args->counts[OPT_VALUES]};
    if (!self->source.word_count && !self->source.file_count) {
        if (!piped && isatty(STDIN_FILENO))
            return cli_usage("lookup needs values: as words, with --file, or on standard input");
        self->source.files = standard;
        self->source.file_count = 1;
    } else if (piped) {
        return cli_usage("lookup: standard input is --file - when there are other files");
    }
    return check_format(self);
}

/* The types by their names in the catalogue. */
static int check_types(lookup *self)
{
    const toc_types *types = NULL;
    toc_error err = {0};
    if (!cli_has(self->args, OPT_ONLY_TYPE))
        return EXIT_OK;
    if (toc_session_types(self->pool.sessions[0], &types, &err))
        return cli_fail(&err);
    for (size_t i = 0; i < self->args->counts[OPT_ONLY_TYPE]; i++) {
        const char *word = self->args->values[OPT_ONLY_TYPE][i];
        const toc_type *type = toc_types_find(types, TOC_KIND_INDICATOR, toc_str_of(word));
        if (!type)
            return cli_usage("--type: \"%s\" is no type of indicator; 'tocsin types' lists them",
                             word);
        self->plan.types[self->plan.type_count++] = type->name;
    }
    return EXIT_OK;
}

static toc_rc given_owners(lookup *self, toc_error *err)
{
    for (size_t i = 0; i < self->args->counts[OPT_OWNER]; i++) {
        const char *name = self->args->values[OPT_OWNER][i];
        if (!toc_owners_find(self->owners, toc_str_of(name)).name.ptr)
            return cli_error(err, TOC_ENOTFOUND,
                             "--owner: \"%.200s\" is not there or cannot be read; 'tocsin owners' "
                             "lists those that can",
                             name);
        self->names[i] = name;
    }
    self->plan.owners = self->names;
    self->plan.owner_count = self->args->counts[OPT_OWNER];
    return TOC_OK;
}

static toc_rc all_owners(lookup *self, toc_error *err)
{
    size_t count = toc_owners_count(self->owners), size = 0;
    for (size_t i = 0; i < count; i++)
        size += toc_owners_at(self->owners, i).name.len + 1;
    self->all = calloc(count + 1, sizeof *self->all);
    self->texts = malloc(size + 1);
    if (!self->all || !self->texts)
        return cli_error(err, TOC_ENOMEM, "out of memory");
    char *at = self->texts;
    for (size_t i = 0; i < count; i++) {
        toc_str name = toc_owners_at(self->owners, i).name;
        self->all[i] = at;
        memcpy(at, name.ptr, name.len);
        at += name.len;
        *at++ = '\0';
    }
    self->plan.owners = self->all;
    self->plan.owner_count = count;
    return TOC_OK;
}

/* Asked first: it also tells at once when the address or the credentials are wrong. */
static toc_rc find_owners(lookup *self, toc_error *err)
{
    toc_rc rc = toc_owners_get(self->pool.sessions[0], &self->owners, err);
    if (rc)
        return rc;
    return cli_has(self->args, OPT_OWNER) ? given_owners(self, err) : all_owners(self, err);
}

/* --- the whole ------------------------------------------------------------------------------ */

static int finish(lookup *self, toc_rc rc, toc_error *err)
{
    int status = EXIT_OK;
    if (cli_interrupted()) {
        status = cli_output_stopped(self->args, self->done, "values");
    } else if (rc && !(rc == TOC_EIO && self->out.file == stdout && ferror(stdout))) {
        status = cli_fail(err);
        cli_say("stopped after %" PRIu64 " values", self->done);
    } else if (rc) {
        status = EXIT_FAILED;
    }
    char neither[40] = "";
    if (self->counts[LOOKUP_NEITHER])
        (void)snprintf(neither, sizeof neither, ", %" PRIu64 " no indicator",
                       self->counts[LOOKUP_NEITHER]);
    cli_note(self->args, "%" PRIu64 " known, %" PRIu64 " unknown%s", self->counts[LOOKUP_KNOWN],
             self->counts[LOOKUP_UNKNOWN], neither);
    return status;
}

static int look_up(lookup *self)
{
    toc_error err = {0};
    self->block_size = self->pool.platform ? STORE_BLOCK : SERVER_BLOCK;
    self->ring_size = self->pool.count * RING_SHARE;
    toc_rc rc = find_owners(self, &err);
    if (!rc)
        rc = cli_output_open(&self->out, self->args, &err);
    if (rc)
        return cli_fail(&err);
    begin_output(self);
    cli_interrupt_catch();
    cli_progress_start(&self->progress, self->args, "lookup");
    rc = start_threads(self, &err);
    if (!rc)
        rc = run(self, &err);
    end_threads(self);
    cli_progress_end(&self->progress);
    if (self->plan.format == LOOKUP_TABLE)
        cli_table_end(&self->table);
    int status = finish(self, rc, &err);
    err = (toc_error){0};
    rc = cli_output_close(&self->out, status == EXIT_OK, &err);
    return rc ? cli_fail(&err) : status;
}

static void release(lookup *self)
{
    for (size_t i = 0; i < RING_MAX; i++) {
        cli_grow_free(&self->ring[i].in);
        cli_grow_free(&self->ring[i].out);
    }
    free(self->all);
    free(self->texts);
    toc_owners_free(self->owners);
    lookup_source_close(&self->source);
    cli_pool_close(&self->pool);
}

int cmd_lookup(const cli_args *args)
{
    static lookup self;
    toc_error err = {0};
    unsigned jobs = 0;
    self.args = args;
    (void)pthread_mutex_init(&self.lock, NULL);
    (void)pthread_cond_init(&self.filled, NULL);
    (void)pthread_cond_init(&self.answered, NULL);
    int status = check_options(&self, &jobs);
    if (status == EXIT_OK)
        status = cli_pool_open(&self.pool, args, jobs, &err) ? cli_fail(&err) : EXIT_OK;
    if (status == EXIT_OK)
        status = check_types(&self);
    if (status == EXIT_OK)
        status = look_up(&self);
    release(&self);
    return status;
}
