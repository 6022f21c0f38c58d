/* settings.c - what a job is told, and what may be changed between jobs (batch.md 2). */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"

/* The settings that are words, with their permitted values (batch.md 2.1, 2.4). */
typedef struct word {
    const char *key;
    size_t offset;
    const char *fallback; /* NULL: left out when not given */
    const char *choices[6];
} word;

#define AT(member) offsetof(toc_batch_options, member)
static const word words[TOC_BATCH_WORDS] = {
    {"action", AT(action), "Create", {"Create", "Delete"}},
    {"attributeWriteType",
     AT(attribute_write_type),
     "Replace",
     {"Replace", "Append", "Singleton", "Static"}},
    {"tagWriteType", AT(tag_write_type), "Replace", {"Replace", "Append"}},
    {"securityLabelWriteType", AT(label_write_type), "Replace", {"Replace", "Append"}},
    {"fileMergeMode", AT(file_merge_mode), NULL, {"Merge", "Distribute"}},
    {"hashCollisionMode",
     AT(hash_collision_mode),
     NULL,
     {"FavorIncoming", "FavorExisting", "IgnoreIncoming", "IgnoreExisting", "Split"}},
};

typedef struct flag {
    const char *key;
    size_t offset;
} flag;
static const flag flags[] = {
    {"haltOnError", offsetof(toc_batch, halt_on_error)},
    {"playbookTriggersEnabled", offsetof(toc_batch, playbook_triggers)},
};

static const char *const halt_names[TOC_HALT_COUNT] = {
    [TOC_HALT_BATCH] = "haltOnBatchError",
    [TOC_HALT_POLL] = "haltOnPollError",
    [TOC_HALT_FILE] = "haltOnFileError",
};

/* The value in its right spelling; false when it is not one of the choices. */
static bool word_value(const word *row, const char *given, const char **value)
{
    if (!given || !*given) {
        *value = row->fallback;
        return true;
    }
    for (size_t i = 0; i < TOC_COUNT(row->choices) && row->choices[i]; i++) {
        if (toc_str_equal_fold(toc_str_of(row->choices[i]), toc_str_of(given))) {
            *value = row->choices[i];
            return true;
        }
    }
    return false;
}

static toc_rc bad_value(const char *key, const char *given, toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, key, "%s: \"%s\" is not a value for it", key, given);
}

/* The job's JSON (batch.md 2.3). */
static toc_rc write_config(const toc_batch *batch, toc_buf *config, toc_error *err)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, config);
    toc_json_object(&writer);
    toc_json_kv_str(&writer, "version", TOC_S("V2"));
    toc_json_kv_str(&writer, "owner", toc_str_of(batch->owner));
    toc_json_key(&writer, TOC_S("haltOnError"));
    toc_json_bool(&writer, batch->halt_on_error);
    for (size_t i = 0; i < TOC_BATCH_WORDS; i++)
        toc_json_member(&writer, toc_str_of(words[i].key), toc_str_of(batch->words[i]));
    if (batch->playbook_triggers) {
        toc_json_key(&writer, TOC_S("playbookTriggersEnabled"));
        toc_json_bool(&writer, true);
    }
    toc_json_object_end(&writer);
    return toc_buf_check(config, err);
}

toc_rc toc__batch_settings(toc_batch *batch, const toc_batch_options *options, toc_error *err)
{
    batch->poll_timeout_s = options->poll_timeout_s ? options->poll_timeout_s : 3600;
    batch->poll_first_ms = options->poll_first_ms ? options->poll_first_ms : 5;
    batch->poll_longest_ms = options->poll_longest_ms ? options->poll_longest_ms : 20000;
    if (batch->poll_longest_ms < batch->poll_first_ms)
        return toc_error_field(err, TOC_EINVAL, "poll_longest_ms",
                               "the longest pause is shorter than the first one");
    batch->halts[TOC_HALT_BATCH] = options->halt_on_batch_error;
    batch->halts[TOC_HALT_POLL] = options->halt_on_poll_error;
    batch->halts[TOC_HALT_FILE] = options->halt_on_file_error;
    batch->halt_on_error = options->halt_on_error;
    batch->playbook_triggers = options->playbook_triggers;
    for (size_t i = 0; i < TOC_BATCH_WORDS; i++) {
        const char *given = *(const char *const *)((const char *)options + words[i].offset);
        if ((given && !*given) || !word_value(&words[i], given, &batch->words[i]))
            return bad_value(words[i].key, given, err);
    }
    batch->removal = batch->words[0] == words[0].choices[1];
    if (options->journal) {
        batch->journal_path = toc_mem_strdup(toc_str_of(options->journal));
        if (!batch->journal_path)
            return toc_error_nomem(err);
    }
    return write_config(batch, &batch->config, err);
}

/* A copy with one thing changed; false: the value is none for it, or the name is unknown. */
static bool change(toc_batch *copy, const char *name, const char *value, bool *known)
{
    toc_str key = toc_str_of(name);
    toc_str text = toc_str_of(value);
    *known = true;
    for (size_t i = 0; i < TOC_BATCH_WORDS; i++)
        if (toc_str_equal(key, toc_str_of(words[i].key)))
            return word_value(&words[i], value, &copy->words[i]);
    for (size_t i = 0; i < TOC_COUNT(flags); i++)
        if (toc_str_equal(key, toc_str_of(flags[i].key)))
            return toc_str_to_bool(text, (bool *)((char *)copy + flags[i].offset));
    for (size_t i = 0; i < TOC_HALT_COUNT; i++) {
        bool on = false;
        if (!toc_str_equal(key, toc_str_of(halt_names[i])))
            continue;
        bool unset = !text.len;
        if (!unset && !toc_str_to_bool(text, &on))
            return false;
        copy->halts[i] = unset ? TOC_SWITCH_UNSET : on ? TOC_SWITCH_ON : TOC_SWITCH_OFF;
        return true;
    }
    uint64_t seconds = 0;
    *known = toc_str_equal(key, TOC_S("pollTimeout"));
    if (!*known || !toc_str_to_uint(text, &seconds) || !seconds || seconds > UINT32_MAX)
        return false;
    copy->poll_timeout_s = (unsigned)seconds;
    return true;
}

toc_rc toc_batch_set(toc_batch *batch, const char *name, const char *value, toc_error *err)
{
    if (!batch || !name || !value)
        return toc_error_set(err, TOC_EINVAL, "a batch, a name and a value are needed");
    toc_batch copy = *batch;
    bool known = false;
    if (!change(&copy, name, value, &known))
        return known ? bad_value(name, value, err)
                     : toc_error_field(err, TOC_EINVAL, name, "there is no setting \"%s\"", name);
    toc_buf config TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&config, batch->config.maximum);
    toc_rc rc = write_config(&copy, &config, err);
    if (rc)
        return rc;
    copy.removal = copy.words[0] == words[0].choices[1];
    *batch = copy;
    toc_buf old = batch->config;
    batch->config = config;
    config = old;
    return TOC_OK;
}

toc_str toc_batch_get(toc_batch *batch, const char *name)
{
    static const toc_str bools[] = {{"false", 5}, {"true", 4}};
    toc_str key = toc_str_of(name);
    for (size_t i = 0; batch && i < TOC_BATCH_WORDS; i++)
        if (toc_str_equal(key, toc_str_of(words[i].key)))
            return toc_str_of(batch->words[i]);
    for (size_t i = 0; batch && i < TOC_COUNT(flags); i++)
        if (toc_str_equal(key, toc_str_of(flags[i].key)))
            return bools[*(const bool *)((const char *)batch + flags[i].offset)];
    for (size_t i = 0; batch && i < TOC_HALT_COUNT; i++)
        if (toc_str_equal(key, toc_str_of(halt_names[i])) && batch->halts[i])
            return bools[batch->halts[i] == TOC_SWITCH_ON];
    if (!batch || !toc_str_equal(key, TOC_S("pollTimeout")))
        return (toc_str){NULL, 0};
    (void)snprintf(batch->number, sizeof batch->number, "%u", batch->poll_timeout_s);
    return toc_str_of(batch->number);
}
