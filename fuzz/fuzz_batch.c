/* Batch files as they come over the wire. The first byte chooses what the job does to objects that
 * are there; the rest is the file. */
#include "platform_target.h"

static const char *const attribute_types[] = {"Replace", "Append", "Singleton", "Static"};
static const char *const set_types[] = {"Replace", "Append"};
static const char *const collisions[] = {"FavorIncoming", "FavorExisting", "IgnoreIncoming",
                                         "Split"};

static void make_config(uint8_t choice, char *config, size_t size)
{
    int len = snprintf(config, size,
                       "{\"version\":\"V2\",\"haltOnError\":\"%s\",\"action\":\"%s\","
                       "\"attributeWriteType\":\"%s\",\"tagWriteType\":\"%s\","
                       "\"securityLabelWriteType\":\"%s\",\"hashCollisionMode\":\"%s\","
                       "\"fileMergeMode\":\"%s\"}",
                       choice & 1 ? "true" : "false", choice & 2 ? "Delete" : "Create",
                       attribute_types[choice >> 2 & 3], set_types[choice >> 4 & 1],
                       set_types[choice >> 4 & 1], collisions[choice >> 5 & 3],
                       choice >> 7 ? "Distribute" : "Merge");
    assert(len > 0 && (size_t)len < size);
}

static long long number_in(toc_str body, const char *word)
{
    const char *at = memmem(body.ptr, body.len, word, strlen(word));
    return at ? strtoll(at + strlen(word), NULL, 10) : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char config[512], path[64];
    int status;
    if (!size)
        return 0;
    target_open();
    make_config(data[0], config, sizeof(config));
    toc_str body = target_ask("POST", "/v2/batch", toc_str_of(config), &status);
    assert(status == 201);
    long long id = number_in(body, "\"batchId\":");
    assert(id > 0);
    (void)snprintf(path, sizeof(path), "/v2/batch/%lld", id);
    body = target_ask("POST", path, (toc_str){(const char *)data + 1, size - 1}, &status);
    assert(status == 202);
    target_check_json(body);
    assert(memmem(body.ptr, body.len, "\"Completed\"", 11));
    long long errors = number_in(body, "\"errorCount\":");
    (void)snprintf(path, sizeof(path), "/v2/batch/%lld/errors", id);
    body = target_ask("GET", path, (toc_str){NULL, 0}, &status);
    assert(errors > 0 ? status == 200 : status == 404);
    target_check_json(body);
    return 0;
}
