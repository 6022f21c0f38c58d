/* owners.c - the owners that the caller can read. */
#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"

struct toc_owners {
    toc_arena arena; /* copy of the answer; names point into it */
    toc_owner *items;
    size_t count, size;
};

static bool read_owner(toc_json_reader *reader, toc_owner *owner)
{
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        toc_str key = reader->text;
        event = toc_json_next(reader);
        if (event == TOC_JSON_ERROR)
            return false;
        bool scalar = event == TOC_JSON_STRING || event == TOC_JSON_NUMBER;
        if (scalar && toc_str_equal(key, TOC_S("id")))
            (void)toc_str_to_int(reader->text, &owner->id);
        else if (scalar && toc_str_equal(key, TOC_S("name")))
            owner->name = reader->text;
        else if (scalar && toc_str_equal(key, TOC_S("type")))
            owner->type = reader->text;
        else if (!toc_json_skip(reader, NULL))
            return false;
    }
    return event == TOC_JSON_OBJECT_END;
}

static toc_rc append(toc_owners *owners, toc_owner owner, toc_error *err)
{
    if (owners->count == owners->size) {
        size_t size = owners->size ? owners->size * 2 : 16;
        toc_owner *items = toc_mem_resize(owners->items, size * sizeof(*items));
        if (!items)
            return toc_error_nomem(err);
        owners->items = items;
        owners->size = size;
    }
    owners->items[owners->count++] = owner;
    return TOC_OK;
}

static toc_rc read_owners(toc_owners *owners, toc_str json, toc_error *err)
{
    toc_str copy = toc_arena_str(&owners->arena, json);
    if (!copy.ptr)
        return toc_error_nomem(err);
    toc_json_reader reader;
    toc_json_reader_init(&reader, copy.ptr, copy.len, &owners->arena);
    if (copy.ptr[0] == '[')
        (void)toc_json_next(&reader);
    while (toc_json_next(&reader) == TOC_JSON_OBJECT) {
        toc_owner owner = {0};
        if (!read_owner(&reader, &owner))
            return toc__envelope_broken(&reader, err);
        toc_rc rc = owner.name.len ? append(owners, owner, err) : TOC_OK;
        if (rc)
            return rc;
    }
    return reader.error ? toc__envelope_broken(&reader, err) : TOC_OK;
}

toc_rc toc_owners_get(toc_session *sess, toc_owners **owners, toc_error *err)
{
    if (!sess || !owners)
        return toc_error_set(err, TOC_EINVAL, "toc_owners_get needs a session and a place");
    toc_call call = {.path = "/v2/owners"};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = toc_session_call(sess, &call, &response, err);
    toc_str json = {NULL, 0};
    if (!rc)
        rc = toc__envelope_data(response, TOC_S("owner"), &json, err);
    if (rc)
        return rc;
    toc_owners *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, 0);
    rc = read_owners(made, json, err);
    if (rc) {
        toc_owners_free(made);
        return rc;
    }
    *owners = made;
    return TOC_OK;
}

size_t toc_owners_count(const toc_owners *owners)
{
    return owners ? owners->count : 0;
}

toc_owner toc_owners_at(const toc_owners *owners, size_t index)
{
    return owners && index < owners->count ? owners->items[index] : (toc_owner){0};
}

void toc_owners_free(toc_owners *owners)
{
    if (!owners)
        return;
    toc_arena_done(&owners->arena);
    toc_mem_free(owners->items);
    toc_mem_free(owners);
}
