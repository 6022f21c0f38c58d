/* find.c - indicators by value, straight from the store: what a request for each of a million
 * values would cost in paths, answers and locks is saved. */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/check.h"
#include "model/codec.h"
#include "model/object_copy.h"
#include "platform/call.h"

/* A snapshot is given back after so many questions, so that writers can tidy up behind it. */
#define QUESTIONS 1024
#define OWNERS_MAX 1000

struct toc_finder {
    toc_platform *platform;
    toc_conn *reader; /* NULL: none is held */
    unsigned asked;
    toc_incoming *calls; /* one for each owner, for web links */
    size_t owner_count;
    toc_arena owners, arena; /* arena: of the current value */
    toc_object **found;
    size_t count;
};

void toc_finder_rest(toc_finder *finder)
{
    if (finder && finder->reader)
        toc_store_reader_done(finder->platform->store, finder->reader);
    if (finder)
        finder->reader = NULL;
}

void toc_finder_close(toc_finder *finder)
{
    if (!finder)
        return;
    toc_finder_rest(finder);
    for (size_t i = 0; i < finder->owner_count; i++) {
        toc_arena_done(&finder->calls[i].arena);
        toc_buf_done(&finder->calls[i].link);
    }
    toc_arena_done(&finder->owners);
    toc_arena_done(&finder->arena);
    toc_mem_free(finder->calls);
    toc_mem_free(finder->found);
    toc_mem_free(finder);
}

static toc_rc hold(toc_finder *finder, toc_error *err)
{
    if (finder->reader && ++finder->asked >= QUESTIONS)
        toc_finder_rest(finder);
    if (finder->reader)
        return TOC_OK;
    finder->asked = 0;
    return toc_store_reader(finder->platform->store, &finder->reader, err);
}

static toc_rc find_owners(toc_finder *finder, const char *const *owners, size_t count,
                          toc_error *err)
{
    finder->calls = toc_mem_zalloc(count, sizeof(*finder->calls));
    finder->found = toc_mem_zalloc(count, sizeof(*finder->found));
    toc_rc rc = finder->calls && finder->found ? hold(finder, err) : toc_error_nomem(err);
    for (size_t i = 0; !rc && i < count; i++) {
        toc_incoming *call = &finder->calls[i];
        call->platform = finder->platform;
        toc_arena_init(&call->arena, 0);
        toc_buf_init(&call->link, TOC_MAX_VALUE * 4);
        finder->owner_count++;
        rc = toc_owner_by_name(finder->reader, toc_str_of(owners[i]), &finder->owners, &call->owner,
                               err);
    }
    toc_finder_rest(finder);
    return rc;
}

toc_rc toc_finder_open(toc_platform *platform, const char *const *owners, size_t count,
                       toc_finder **finder, toc_error *err)
{
    if (!platform || !owners || !count || count > OWNERS_MAX || !finder)
        return toc_error_set(err, TOC_EINVAL, "a platform, 1 to %d owners and a place are needed",
                             OWNERS_MAX);
    toc_finder *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->platform = platform;
    toc_arena_init(&made->owners, 0);
    toc_arena_init(&made->arena, 0);
    toc_rc rc = find_owners(made, owners, count, err);
    if (rc) {
        toc_finder_close(made);
        return rc;
    }
    *finder = made;
    return TOC_OK;
}

/* The value in its stored form; keys without text when it can be none of the type. */
static toc_rc stored_keys(toc_finder *finder, const toc_type *type, toc_str value, toc_str keys[3],
                          toc_error *err)
{
    toc_object *obj = toc__object_in(&finder->arena, type);
    if (!obj)
        return toc_error_nomem(err);
    toc_error why = {0};
    toc_rc rc = toc_object_set_summary(obj, value, &why);
    if (!rc)
        rc = toc__object_check(obj, 0, &why);
    if (!rc)
        (void)toc__object_keys(obj, keys);
    if (rc == TOC_ENOMEM)
        return toc_error_nomem(err);
    return TOC_OK;
}

typedef struct taking {
    toc_finder *finder;
    toc_incoming *call;
    toc_error *err;
} taking;

static void set_text(toc_object *obj, int slot, toc_str text)
{
    obj->values[slot].as.text = text;
    obj->present |= 1ULL << slot;
}

static toc_rc take(void *user, int64_t id, toc_object *obj)
{
    taking *to = user;
    toc_finder *finder = to->finder;
    toc_object *copy = toc__object_copy(&finder->arena, obj);
    if (!copy)
        return toc_error_nomem(to->err);
    copy->values[TOC_SLOT_ID].as.integer = id;
    copy->present |= 1ULL << TOC_SLOT_ID;
    set_text(copy, TOC_SLOT_OWNER_NAME, to->call->owner.name);
    toc_str link = toc__web_link(to->call, copy->type, id, copy);
    if (link.ptr)
        link = toc_arena_str(&finder->arena, link);
    if (!link.ptr)
        return toc_error_nomem(to->err);
    set_text(copy, TOC_SLOT_WEB_LINK, link);
    copy->state = TOC_OBJECT_KNOWN;
    finder->found[finder->count++] = copy;
    return TOC_OK;
}

static toc_rc find_in(toc_finder *finder, toc_incoming *call, const toc_type *type,
                      const toc_str keys[3], toc_error *err)
{
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_rc rc = toc_indicator_find(finder->reader, call->owner.id, type, keys, ids, &count, err);
    if (rc || !count)
        return rc;
    taking to = {finder, call, err};
    toc_query query = {.owner = call->owner.id,
                       .kind = type->kind,
                       .type = type,
                       .id = ids[0],
                       .with = TOC_WITH_TAGS,
                       .limit = 1,
                       .inactive = true};
    return toc_object_each(finder->reader, &query, take, &to, err);
}

toc_rc toc_finder_find(toc_finder *finder, const toc_type *type, toc_str value, size_t *count,
                       toc_error *err)
{
    if (!finder || !type || type->kind != TOC_KIND_INDICATOR || !count)
        return toc_error_set(err, TOC_EINVAL,
                             "a finder, a type of indicators and a place are needed");
    toc_str keys[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    toc_arena_clear(&finder->arena);
    finder->count = 0;
    toc_rc rc = hold(finder, err);
    if (!rc)
        rc = stored_keys(finder, type, value, keys, err);
    bool possible = keys[0].len || keys[1].len || keys[2].len;
    for (size_t i = 0; !rc && possible && i < finder->owner_count; i++)
        rc = find_in(finder, &finder->calls[i], type, keys, err);
    if (!rc)
        *count = finder->count;
    return rc;
}

toc_object *toc_finder_at(const toc_finder *finder, size_t index)
{
    return finder && index < finder->count ? finder->found[index] : NULL;
}
