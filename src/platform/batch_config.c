/* batch_config.c - the settings of a job (rest-v2 4.3). */
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

typedef struct word {
    const char *text;
    int value;
} word;

static const word versions[] = {{"V1", false}, {"V2", true}, {NULL, 0}};
static const word actions[] = {{"Create", false}, {"Delete", true}, {NULL, 0}};
static const word write_types[] = {{"Replace", TOC_WRITE_REPLACE},
                                   {"Append", TOC_WRITE_APPEND},
                                   {"Singleton", TOC_WRITE_SINGLETON},
                                   {"Static", TOC_WRITE_STATIC},
                                   {NULL, 0}};
static const word set_types[] = {
    {"Replace", TOC_WRITE_REPLACE}, {"Append", TOC_WRITE_APPEND}, {NULL, 0}};
/* TcEx sends the write type of attributes here as well, whatever labels were asked for. */
static const word label_types[] = {{"Replace", TOC_WRITE_REPLACE},
                                   {"Append", TOC_WRITE_APPEND},
                                   {"Singleton", TOC_WRITE_REPLACE},
                                   {"Static", TOC_WRITE_REPLACE},
                                   {NULL, 0}};
static const word merges[] = {
    {"Merge", TOC_MERGE_MERGE}, {"Distribute", TOC_MERGE_DISTRIBUTE}, {NULL, 0}};
static const word collisions[] = {{"FavorIncoming", TOC_COLLISION_FAVOR_INCOMING},
                                  {"FavorExisting", TOC_COLLISION_FAVOR_EXISTING},
                                  {"IgnoreIncoming", TOC_COLLISION_IGNORE_INCOMING},
                                  {"IgnoreExisting", TOC_COLLISION_IGNORE_EXISTING},
                                  {"Split", TOC_COLLISION_SPLIT},
                                  {NULL, 0}};

/* Members with a list of words; where each goes is the same position of the array in read_member.
 */
static const struct {
    const char *name;
    const word *words;
} choices[] = {{"version", versions},
               {"action", actions},
               {"attributeWriteType", write_types},
               {"tagWriteType", set_types},
               {"securityLabelWriteType", label_types},
               {"fileMergeMode", merges},
               {"hashCollisionMode", collisions}};

static toc_rc invalid(const char *name, toc_error *err)
{
    return toc__refuse(err, 400, "The %s for this Batch is invalid", name);
}

static toc_rc choose(size_t row, toc_str text, int *out, toc_error *err)
{
    for (const word *at = choices[row].words; at->text; at++) {
        if (toc_str_equal_fold(toc_str_of(at->text), text)) {
            *out = at->value;
            return TOC_OK;
        }
    }
    return invalid(choices[row].name, err);
}

typedef struct reading {
    toc_batch_config *config;
    int version, action; /* action: -1 until it is met */
    bool triggers;       /* there are no playbooks here to start */
} reading;

/* Members that are true or false. */
static const struct {
    const char *name;
    bool in_config;
    size_t offset;
} switches[] = {
    {"haltOnError", true, offsetof(toc_batch_config, halt_on_error)},
    {"removeOrphanIndicators", true, offsetof(toc_batch_config, remove_orphans)},
    {"playbookTriggersEnabled", false, offsetof(reading, triggers)},
};

static toc_rc read_choice(reading *read, size_t row, toc_str text, toc_error *err)
{
    toc_batch_config *config = read->config;
    int *const outs[] = {&read->version,  &read->action,  &config->attributes, &config->tags,
                         &config->labels, &config->merge, &config->collision};
    _Static_assert(TOC_COUNT(choices) == TOC_COUNT(outs), "a place per row");
    return choose(row, text, outs[row], err);
}

static toc_rc read_switch(reading *read, size_t row, toc_json_event event, toc_str text,
                          toc_error *err)
{
    char *base = switches[row].in_config ? (char *)read->config : (char *)read;
    bool *out = (bool *)(void *)(base + switches[row].offset);
    return toc__read_truth(event, text, out) ? TOC_OK : invalid(switches[row].name, err);
}

/* The value's first event has been read; null counts as absent. */
static toc_rc read_value(reading *read, toc_str name, toc_json_event event, toc_str text,
                         toc_error *err)
{
    toc_str word_text = event == TOC_JSON_STRING ? text : TOC_S("");
    for (size_t row = 0; row < TOC_COUNT(choices); row++) {
        if (toc_str_equal(name, toc_str_of(choices[row].name)))
            return read_choice(read, row, word_text, err);
    }
    for (size_t row = 0; row < TOC_COUNT(switches); row++) {
        if (toc_str_equal(name, toc_str_of(switches[row].name)))
            return read_switch(read, row, event, text, err);
    }
    if (!toc_str_equal(name, TOC_S("owner")))
        return TOC_OK;
    if (event != TOC_JSON_STRING)
        return invalid("owner", err);
    read->config->owner = text;
    return TOC_OK;
}

static toc_rc read_member(reading *read, toc_str name, toc_json_reader *reader, toc_error *err)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_ERROR)
        return toc__refuse_body(err);
    toc_rc rc = event == TOC_JSON_NULL ? TOC_OK : read_value(read, name, event, reader->text, err);
    if (!rc && !toc_json_skip(reader, NULL))
        rc = toc__refuse_body(err);
    return rc;
}

/* rest-v2 4.3: Singleton came with V2. */
static toc_rc finish(const reading *read, toc_error *err)
{
    if (read->action < 0)
        return invalid("action", err);
    if (!read->version && read->config->attributes == TOC_WRITE_SINGLETON)
        return invalid("attributeWriteType", err);
    return TOC_OK;
}

toc_rc toc_batch_config_read(toc_str json, toc_arena *arena, toc_batch_config *config,
                             toc_error *err)
{
    toc_json_reader reader;
    toc_json_event event;
    toc_batch_config made = {0};
    reading read = {.config = &made, .action = -1};
    toc_json_reader_init(&reader, json.ptr ? json.ptr : "", json.len, arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return toc__refuse_body(err);
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        toc_rc rc = read_member(&read, reader.text, &reader, err);
        if (rc)
            return rc;
    }
    if (event != TOC_JSON_OBJECT_END || toc_json_next(&reader) != TOC_JSON_END)
        return toc__refuse_body(err);
    toc_rc rc = finish(&read, err);
    if (rc)
        return rc;
    made.v2 = read.version;
    made.remove = read.action;
    *config = made;
    return TOC_OK;
}
