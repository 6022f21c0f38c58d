#include "batch/batch.h"

#include <stdio.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"

static const char *const part_names[TOC_BATCH_PARTS] = {
    [TOC_BATCH_GROUPS] = "group",
    [TOC_BATCH_INDICATORS] = "indicator",
};

const char *toc_batch_part_name(toc_batch_part part)
{
    return part_names[part];
}

/* The settings that are words, with their permitted values (batch.md 2.1, 2.4). */
typedef struct setting {
    const char *key;
    size_t offset;
    const char *fallback; /* NULL: left out when not given */
    const char *choices[6];
} setting;

#define AT(member) offsetof(toc_batch_options, member)
static const setting settings[] = {
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

/* The value in its right spelling, NULL when it is not one of the choices. */
static const char *setting_value(const setting *row, const char *given)
{
    for (size_t i = 0; i < TOC_COUNT(row->choices) && row->choices[i]; i++)
        if (toc_str_equal_fold(toc_str_of(row->choices[i]), toc_str_of(given)))
            return row->choices[i];
    return NULL;
}

static toc_rc write_settings(toc_batch *batch, const toc_batch_options *options, toc_error *err)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, &batch->config);
    toc_json_object(&writer);
    toc_json_kv_str(&writer, "version", TOC_S("V2"));
    toc_json_kv_str(&writer, "owner", toc_str_of(options->owner));
    toc_json_key(&writer, TOC_S("haltOnError"));
    toc_json_bool(&writer, options->halt_on_error);
    for (size_t i = 0; i < TOC_COUNT(settings); i++) {
        const setting *row = &settings[i];
        const char *given = *(const char *const *)((const char *)options + row->offset);
        const char *value = given ? setting_value(row, given) : row->fallback;
        if (given && !value)
            return toc_error_field(err, TOC_EINVAL, row->key, "%s: \"%s\" is not a value for it",
                                   row->key, given);
        toc_json_member(&writer, toc_str_of(row->key), toc_str_of(value));
        if (!i)
            batch->removal = value == row->choices[1];
    }
    toc_json_object_end(&writer);
    return toc_buf_check(&batch->config, err);
}

toc_rc toc_batch_new(const toc_batch_options *options, toc_batch **batch, toc_error *err)
{
    if (!options || options->version != 1 || !batch)
        return toc_error_set(err, TOC_EINVAL, "batch options are missing or of another version");
    if (!options->owner || !*options->owner)
        return toc_error_field(err, TOC_EINVAL, "owner", "a batch needs an owner");
    toc_batch *made = toc_mem_zalloc(1, sizeof *made);
    if (!made)
        return toc_error_nomem(err);
    made->spools[TOC_BATCH_GROUPS].fd = made->spools[TOC_BATCH_INDICATORS].fd = -1;
    made->chunk_items = options->chunk_items ? options->chunk_items : 5000;
    made->chunk_bytes = options->chunk_bytes ? options->chunk_bytes : 16000000;
    made->poll_timeout_s = options->poll_timeout_s ? options->poll_timeout_s : 3600;
    made->owner = toc_mem_strdup(toc_str_of(options->owner));
    toc_buf_init(&made->config, 64 * 1024);
    toc_rc rc = made->owner ? write_settings(made, options, err) : toc_error_nomem(err);
    for (size_t i = 0; !rc && i < TOC_BATCH_PARTS; i++)
        rc = toc_spool_create(&made->spools[i], options->spool_dir, err);
    if (rc) {
        toc_batch_free(made);
        return rc;
    }
    *batch = made;
    return TOC_OK;
}

void toc_batch_free(toc_batch *batch)
{
    if (!batch)
        return;
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        toc_spool_done(&batch->spools[i]);
    toc_buf_done(&batch->config);
    toc_mem_free(batch->owner);
    toc_mem_free(batch);
}

static toc_spool *spool_of(toc_batch *batch, toc_kind kind)
{
    if (kind == TOC_KIND_INDICATOR)
        return &batch->spools[TOC_BATCH_INDICATORS];
    return kind == TOC_KIND_GROUP ? &batch->spools[TOC_BATCH_GROUPS] : NULL;
}

toc_rc toc_batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_error *err)
{
    return toc__batch_add(batch, obj, line, (toc_str){NULL, 0}, err);
}

toc_rc toc__batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_str origin,
                      toc_error *err)
{
    if (!batch || !obj)
        return toc_error_set(err, TOC_EINVAL, "no batch or no object");
    toc_spool *spool = spool_of(batch, toc_object_type(obj)->kind);
    if (!spool)
        return toc_error_set(err, TOC_EUNSUPPORTED, "a batch holds groups and indicators, not a %s",
                             toc_object_type(obj)->name);
    toc_rc rc = toc_object_check(obj, err);
    if (rc)
        return rc;
    if (!toc__object_has(obj, TOC_SLOT_XID)) {
        char uuid[37];
        rc = toc_uuid(uuid);
        if (!rc)
            rc = toc_object_set(obj, "xid", toc_str_of(uuid), err);
        if (rc)
            return rc;
    }
    toc_json_writer writer;
    toc_json_writer_init(&writer, toc_spool_begin(spool));
    toc_codec_encode(&writer, obj, TOC_FORM_BATCH, 0);
    return toc_spool_end(spool, line, origin, err);
}

/* The members a raw item must have: bits by first sight. */
enum { RAW_TYPE = 1, RAW_XID = 2, RAW_NAME = 4, RAW_VALUE = 8 };

static unsigned raw_member(toc_kind kind, const toc_type *type, toc_str key)
{
    if (toc_str_equal(key, TOC_S("type")))
        return RAW_TYPE;
    if (toc_str_equal(key, TOC_S("xid")))
        return RAW_XID;
    if (toc_str_equal(key, TOC_S("name")))
        return RAW_NAME;
    if (toc_str_equal(key, TOC_S("summary")))
        return RAW_VALUE;
    const toc_field *field = kind == TOC_KIND_INDICATOR && type ? toc_type_field(type, key) : NULL;
    return field && (field->flags & TOC_FIELD_KEY) ? RAW_VALUE : 0;
}

/* One pass over the members of the object: *seen gets what is there, *type the type if it is one
 * of the table. Members in front of "type" are judged by the type that came in. */
static toc_rc raw_scan(toc_kind kind, toc_str json, const toc_type **type, unsigned *seen,
                       toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, NULL);
    toc_json_event event = toc_json_next(&reader);
    if (event != TOC_JSON_OBJECT)
        return event == TOC_JSON_ERROR ? toc_json_fail(&reader, err)
                                       : toc_error_set(err, TOC_EPARSE, "an item is a JSON object");
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        unsigned bit = raw_member(kind, *type, reader.text);
        toc_str value;
        if (!toc_json_skip(&reader, &value))
            return toc_json_fail(&reader, err);
        if (bit == RAW_TYPE && value.len > 2)
            *type = toc_types_find(NULL, kind, toc_str_slice(value, 1, value.len - 1));
        /* null is absent */
        if (!toc_str_equal(value, TOC_S("null")) && !toc_str_equal(value, TOC_S("\"\"")))
            *seen |= bit;
    }
    return event == TOC_JSON_ERROR || toc_json_next(&reader) != TOC_JSON_END
               ? toc_json_fail(&reader, err)
               : TOC_OK;
}

static toc_rc raw_check(toc_kind kind, toc_str json, toc_error *err)
{
    unsigned seen = 0;
    const toc_type *type = NULL;
    toc_rc rc = raw_scan(kind, json, &type, &seen, err);
    if (!rc && type && kind == TOC_KIND_INDICATOR && !(seen & RAW_VALUE))
        rc = raw_scan(kind, json, &type, &seen, err);
    if (rc)
        return rc;
    if (!(seen & RAW_TYPE))
        return toc_error_field(err, TOC_EINVAL, "type", "the item has no type");
    if (kind == TOC_KIND_GROUP && !(seen & RAW_NAME))
        return toc_error_field(err, TOC_EINVAL, "name", "the group has no name");
    if (kind == TOC_KIND_GROUP && !(seen & RAW_XID))
        return toc_error_field(err, TOC_EINVAL, "xid", "the group has no xid");
    if (kind == TOC_KIND_INDICATOR && type && !(seen & RAW_VALUE))
        return toc_error_field(err, TOC_EINVAL, "summary", "the indicator has no value");
    return TOC_OK;
}

toc_rc toc_batch_add_json(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line,
                          toc_error *err)
{
    toc_spool *spool = batch ? spool_of(batch, kind) : NULL;
    if (!spool)
        return toc_error_set(err, TOC_EINVAL, "no batch, or a kind that a batch does not hold");
    toc_rc rc = raw_check(kind, json, err);
    if (rc)
        return rc;
    toc_buf_str(toc_spool_begin(spool), json);
    return toc_spool_end(spool, line, (toc_str){NULL, 0}, err);
}

uint64_t toc_batch_count(const toc_batch *batch, toc_kind kind)
{
    const toc_spool *spool = batch ? spool_of((toc_batch *)batch, kind) : NULL;
    return spool ? spool->count : 0;
}

uint64_t toc_batch_bytes(const toc_batch *batch)
{
    uint64_t bytes = 0;
    for (size_t i = 0; batch && i < TOC_BATCH_PARTS; i++)
        bytes += batch->spools[i].written + batch->spools[i].tail.len;
    return bytes;
}

static toc_rc write_part(toc_batch *batch, toc_batch_part part, FILE *file, toc_error *err)
{
    toc_rc rc = toc_spool_flush(&batch->spools[part], err);
    if (rc)
        return rc;
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &batch->spools[part], 0);
    (void)fprintf(file, "%s\"%s\":[", part ? "," : "{", part_names[part]);
    toc_spool_item item;
    const char *comma = "";
    int more = 0;
    while ((more = toc_spool_next(&cursor, &item, err)) > 0) {
        (void)fprintf(file, "%s\n", comma);
        (void)fwrite(item.json.ptr, 1, item.json.len, file);
        comma = ",";
    }
    (void)fputs("]", file);
    toc_spool_cursor_done(&cursor);
    return more;
}

toc_rc toc_batch_write(toc_batch *batch, void *file, toc_error *err)
{
    if (!batch || !file)
        return toc_error_set(err, TOC_EINVAL, "no batch or no file");
    toc_rc rc = write_part(batch, TOC_BATCH_GROUPS, file, err);
    if (!rc)
        rc = write_part(batch, TOC_BATCH_INDICATORS, file, err);
    if (!rc && (fputs("}\n", file) < 0 || fflush(file) || ferror((FILE *)file)))
        rc = toc_error_set(err, TOC_EIO, "the batch file could not be written");
    return rc;
}
