/* platform_target.h - a platform over a store of its own that lives as long as the process. */
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
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char target_directory[64];
static toc_platform *target_platform;
static toc_response *target_response;

static void target_remove(const char *directory)
{
    char path[640];
    struct dirent *entry;
    DIR *dir = opendir(directory);
    while (dir && (entry = readdir(dir)) != NULL) {
        (void)snprintf(path, sizeof(path), "%.300s/%.300s", directory, entry->d_name);
        if (entry->d_name[0] != '.' && unlink(path) != 0)
            target_remove(path);
    }
    if (dir)
        (void)closedir(dir);
    (void)rmdir(directory);
}

static void target_close(void)
{
    toc_platform_close(target_platform);
    toc_response_free(target_response);
    target_platform = NULL;
    target_response = NULL;
    target_remove(target_directory);
}

static toc_str target_ask(const char *method, const char *path, toc_str body, int *status)
{
    toc_request request = {.method = method, .target = toc_str_of(path), .body = body};
    assert(toc_platform_handle(target_platform, &request, true, target_response, NULL) == TOC_OK);
    *status = toc_response_status(target_response);
    return toc_response_body(target_response);
}

static void target_open(void)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    char path[96];
    int status;
    if (target_platform)
        return;
    (void)snprintf(target_directory, sizeof(target_directory), "/tmp/toc-fuzz-XXXXXX");
    assert(mkdtemp(target_directory));
    (void)snprintf(path, sizeof(path), "%s/store.db", target_directory);
    options.store = path;
    options.create = true;
    options.no_sync = true;
    options.synchronous_batch = UINT32_MAX;
    assert(toc_platform_open(&options, &target_platform, NULL) == TOC_OK);
    assert(toc_response_new(&target_response, NULL) == TOC_OK);
    (void)atexit(target_close);
    (void)target_ask("POST", "/v2/indicators/hosts", TOC_S("{\"hostName\":\"a.example\"}"),
                     &status);
    assert(status == 201);
    (void)target_ask("POST", "/v2/groups/threats", TOC_S("{\"name\":\"t\"}"), &status);
    assert(status == 201);
}

static void target_check_json(toc_str body)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    assert(toc_json_skip(&reader, NULL));
    assert(toc_json_next(&reader) == TOC_JSON_END);
}
#endif
