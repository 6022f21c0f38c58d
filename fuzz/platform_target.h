/* platform_target.h - a platform over a store that holds one object of everything. Inputs change
 * it: after some of them it is checked as a whole and begun anew, so that a run stays fast and a
 * failure does not hang on what came hours before. */
#ifndef TOC_FUZZ_PLATFORM_TARGET_H
#define TOC_FUZZ_PLATFORM_TARGET_H
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/platform.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TARGET_INPUTS 200 /* that one store takes */
#define TARGET_OWNER "Sanctum"

static char target_made[64], target_live[64]; /* the store as it begins, and the one in use */
/* Access id of the administrator that trusted requests act as; token of a user who only reads. */
static char target_user[TOC_ACCESS_ID_TEXT], target_token[TOC_TOKEN_TEXT];
static unsigned target_inputs;
static size_t target_files; /* left open */
static toc_platform *target_platform;
static toc_response *target_response;

typedef void (*target_entry_fn)(const char *path, const char *other);

/* Calls fn for each entry, with the same name in the directory other (may be NULL). */
static void target_each(const char *directory, const char *other, target_entry_fn fn)
{
    char path[640], second[640];
    struct dirent *entry;
    DIR *dir = opendir(directory);
    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof(path), "%.300s/%.300s", directory, entry->d_name);
        (void)snprintf(second, sizeof(second), "%.300s/%.300s", other ? other : "", entry->d_name);
        fn(path, second);
    }
    if (dir)
        (void)closedir(dir);
}

static void target_remove(const char *path, const char *unused)
{
    (void)unused;
    if (unlink(path) == 0)
        return;
    target_each(path, NULL, target_remove);
    (void)rmdir(path);
}

/* Files of the store that are open. */
static void target_count_open(const char *path, const char *unused)
{
    char to[300];
    ssize_t len = readlink(path, to, sizeof(to));
    (void)unused;
    if (len <= 0 || !toc_str_starts((toc_str){to, (size_t)len}, toc_str_of(target_made)))
        return;
    (void)fprintf(stderr, "open: %.*s\n", (int)len, to);
    target_files++;
}

static void target_copy(const char *path, const char *to)
{
    char block[16384];
    struct stat info;
    size_t got;
    assert(stat(path, &info) == 0);
    if (S_ISDIR(info.st_mode)) {
        assert(mkdir(to, 0700) == 0);
        target_each(path, to, target_copy);
        return;
    }
    TOC_AUTOFCLOSE FILE *in = fopen(path, "rb");
    TOC_AUTOFCLOSE FILE *out = fopen(to, "wb");
    assert(in && out);
    while ((got = fread(block, 1, sizeof(block), in)) > 0)
        assert(fwrite(block, 1, got, out) == got);
    assert(chmod(to, info.st_mode & 0777) == 0);
}

static toc_str target_ask(const char *method, const char *path, toc_str body, int *status)
{
    toc_request request = {.method = method, .target = toc_str_of(path), .body = body};
    assert(toc_platform_handle(target_platform, &request, true, target_response, NULL) == TOC_OK);
    *status = toc_response_status(target_response);
    return toc_response_body(target_response);
}

static void target_start(const char *directory)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_error err = {0};
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/store.db", directory);
    options.store = path;
    options.create = true;
    options.no_sync = true;
    options.synchronous_batch = UINT32_MAX;
    if (toc_platform_open(&options, &target_platform, &err) != TOC_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        abort();
    }
}

/* Whatever was sent, the store is whole. */
static void target_check(void)
{
    toc_error err = {0};
    if (toc_platform_check(target_platform, &err) != TOC_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        abort();
    }
}

static void target_stop(void)
{
    if (!target_platform)
        return;
    toc_response_clear(target_response);
    while (toc_platform_work(target_platform, NULL, NULL, NULL) == 1)
        continue;
    target_check();
    toc_platform_close(target_platform);
    target_platform = NULL;
    target_each("/proc/self/fd", NULL, target_count_open);
    assert(!target_files);
}

static void target_people(void)
{
    toc_new_user first, user;
    toc_new_token token;
    assert(toc_platform_add_owner(target_platform, TARGET_OWNER, "Organization", NULL, NULL) ==
           TOC_OK);
    assert(toc_platform_add_owner(target_platform, "Elsewhere", "Source", NULL, NULL) == TOC_OK);
    assert(toc_platform_set_publish(target_platform, TARGET_OWNER, "Elsewhere", NULL) == TOC_OK);
    assert(toc_platform_add_user(target_platform, TARGET_OWNER, &first, NULL) == TOC_OK);
    assert(toc_platform_add_user_as(target_platform, TARGET_OWNER, "Read Only User", NULL, &user,
                                    NULL) == TOC_OK);
    assert(toc_platform_new_token(target_platform, user.access_id, 2, &token, NULL) == TOC_OK);
    memcpy(target_user, first.access_id, sizeof(target_user));
    memcpy(target_token, token.token, sizeof(target_token));
    assert(toc_platform_add_types_json(target_platform, toc_str_of(world_types), NULL, NULL) ==
           TOC_OK);
}

/* Copies text with $user and $token replaced. */
static void target_expand(toc_str text, toc_buf *out)
{
    static const char user[] = "$user", token[] = "$token";
    for (size_t i = 0; i < text.len; i++) {
        toc_str rest = toc_str_slice(text, i, text.len);
        if (toc_str_starts(rest, TOC_S(user))) {
            toc_buf_text(out, target_user);
            i += strlen(user) - 1;
        } else if (toc_str_starts(rest, TOC_S(token))) {
            toc_buf_text(out, target_token);
            i += strlen(token) - 1;
        } else {
            toc_buf_char(out, text.ptr[i]);
        }
    }
    assert(!out->failed);
}

static void target_make_step(size_t i)
{
    toc_buf path;
    const char *text = world_steps[i].body, *id = world_steps[i].id;
    int status;
    toc_buf_init(&path, TOC_MAX_TARGET);
    target_expand(toc_str_of(world_steps[i].target), &path);
    toc_str body = target_ask(world_steps[i].method, path.ptr,
                              text ? toc_str_of(text) : (toc_str){NULL, 0}, &status);
    toc_buf_done(&path);
    if (status < 200 || status > 202 || (id && toc_str_find(body, toc_str_of(id)) < 0)) {
        (void)fprintf(stderr, "%s %s: %d %.*s\n", world_steps[i].method, world_steps[i].target,
                      status, TOC_FMT(body));
        abort();
    }
}

static void target_end(void)
{
    target_stop();
    toc_response_free(target_response);
    target_response = NULL;
    target_remove(target_live, NULL);
    target_remove(target_made, NULL);
}

static void target_make(void)
{
    const char *room = getenv("TMPDIR");
    (void)snprintf(target_made, sizeof(target_made), "%.30s/toc-fuzz-XXXXXX", room ? room : "/tmp");
    assert(mkdtemp(target_made));
    (void)snprintf(target_live, sizeof(target_live), "%.50s.live", target_made);
    assert(toc_response_new(&target_response, NULL) == TOC_OK);
    (void)atexit(target_end);
    target_start(target_made);
    target_people();
    /* Types are known from the next opening on. */
    target_stop();
    target_start(target_made);
    for (size_t i = 0; i < TOC_COUNT(world_steps); i++)
        target_make_step(i);
    target_stop();
}

/* Makes sure of a store in which fewer than TARGET_INPUTS inputs left something. */
static void target_open(void)
{
    if (target_platform && ++target_inputs < TARGET_INPUTS)
        return;
    if (!target_made[0])
        target_make();
    target_stop();
    target_remove(target_live, NULL);
    target_copy(target_made, target_live);
    target_start(target_live);
    target_inputs = 0;
}

static void target_check_json(toc_str body)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    assert(toc_json_skip(&reader, NULL));
    assert(toc_json_next(&reader) == TOC_JSON_END);
    assert(toc_str_is_utf8(body, NULL));
}
#endif
