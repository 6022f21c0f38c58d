/* Batch files as they come over the wire. The first two bytes choose what the job does to objects
 * that are there; the rest is the file. */
#include "platform_target.h"

#define CHOICE_BYTES 2

static const char *const attribute_types[] = {"Replace", "Append", "Singleton", "Static"};
static const char *const set_types[] = {"Replace", "Append"};
static const char *const collisions[] = {"FavorIncoming", "FavorExisting", "IgnoreIncoming",
                                         "Split", "IgnoreExisting"};

static const char *truth(unsigned bit)
{
    return bit ? "true" : "false";
}

static void make_config(const uint8_t bytes[CHOICE_BYTES], char *config, size_t size)
{
    uint8_t choice = bytes[0], other = bytes[1];
    int len =
        snprintf(config, size,
                 "{\"owner\":\"" TARGET_OWNER "\",\"version\":\"%s\","
                 "\"haltOnError\":\"%s\",\"action\":\"%s\","
                 "\"removeOrphanIndicators\":%s,\"attributeWriteType\":\"%s\","
                 "\"tagWriteType\":\"%s\",\"securityLabelWriteType\":\"%s\","
                 "\"hashCollisionMode\":\"%s\",\"fileMergeMode\":\"%s\"}",
                 other & 1 ? "V1" : "V2", truth(choice & 1), choice & 2 ? "Delete" : "Create",
                 truth(other & 2), attribute_types[choice >> 2 & 3], set_types[choice >> 4 & 1],
                 set_types[choice >> 4 & 1], collisions[other & 4 ? 4 : choice >> 5 & 3],
                 choice >> 7 ? "Distribute" : "Merge");
    assert(len > 0 && (size_t)len < size);
}

static int64_t number_in(toc_str body, const char *word)
{
    int64_t value = -1;
    ptrdiff_t at = toc_str_find(body, toc_str_of(word));
    if (at < 0)
        return -1;
    size_t from = (size_t)at + strlen(word), to = from;
    while (to < body.len && body.ptr[to] >= '0' && body.ptr[to] <= '9')
        to++;
    return toc_str_to_int(toc_str_slice(body, from, to), &value) ? value : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char config[512], path[64];
    int status;
    if (size < CHOICE_BYTES)
        return 0;
    target_open();
    make_config(data, config, sizeof(config));
    toc_str body = target_ask("POST", "/v2/batch", toc_str_of(config), &status);
    assert(status == 201 || (status == 400 && (data[1] & 1)));
    if (status == 400)
        return 0;
    int64_t id = number_in(body, "\"batchId\":");
    assert(id > 0);
    (void)snprintf(path, sizeof(path), "/v2/batch/%lld", (long long)id);
    body = target_ask("POST", path,
                      (toc_str){(const char *)data + CHOICE_BYTES, size - CHOICE_BYTES}, &status);
    assert(status == 202);
    target_check_json(body);
    assert(memmem(body.ptr, body.len, "\"Completed\"", 11));
    int64_t errors = number_in(body, "\"errorCount\":");
    (void)snprintf(path, sizeof(path), "/v2/batch/%lld/errors", (long long)id);
    body = target_ask("GET", path, (toc_str){NULL, 0}, &status);
    assert(errors > 0 ? status == 200 : status == 404);
    target_check_json(body);
    target_check();
    return 0;
}
