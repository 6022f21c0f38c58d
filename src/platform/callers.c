/* callers.c - the users of the last requests, kept ready. */
#include "platform/callers.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/* The texts of a row and of the owners that it may read: some thousand of them. */
#define CALLER_ARENA ((size_t)1 << 20)

toc_rc toc_callers_init(toc_callers *callers, toc_error *err)
{
    callers->count = 0;
    return pthread_mutex_init(&callers->lock, NULL) == 0 ? TOC_OK : toc_error_nomem(err);
}

static void caller_free(toc_caller *caller)
{
    if (!caller)
        return;
    toc_signer_free(caller->signer); /* wipes the key */
    toc_arena_done(&caller->arena);
    toc_mem_free(caller);
}

void toc_callers_done(toc_callers *callers)
{
    for (size_t i = 0; i < callers->count; i++)
        caller_free(callers->idle[i]);
    callers->count = 0;
    (void)pthread_mutex_destroy(&callers->lock);
}

/* The one that was used last of those with the access id, which is no secret. */
static toc_caller *find_idle(toc_callers *callers, toc_str access_id)
{
    toc_caller *found = NULL;
    (void)pthread_mutex_lock(&callers->lock);
    for (size_t i = callers->count; i > 0 && !found; i--) {
        if (!toc_str_equal(callers->idle[i - 1]->user.access_id, access_id))
            continue;
        found = callers->idle[i - 1];
        callers->count--;
        memmove(&callers->idle[i - 1], &callers->idle[i],
                (callers->count - (i - 1)) * sizeof(callers->idle[0]));
    }
    (void)pthread_mutex_unlock(&callers->lock);
    return found;
}

static bool still_holds(const toc_caller *caller, const toc_moment *now)
{
    return caller->moment.access == now->access &&
           now->now_ms - caller->moment.taken_ms <= TOC_ACCESS_MS;
}

static toc_rc read_user(toc_conn *reader, toc_str access_id, toc_caller *caller, toc_error *err)
{
    toc_store_user *user = &caller->user;
    toc_rc rc = toc_user_by_access_id(reader, access_id, &caller->arena, user, err);
    if (rc)
        return rc;
    rc = toc_signer_new(user->secret, &caller->signer, err);
    toc_mem_wipe((void *)(uintptr_t)user->secret.ptr, user->secret.len);
    user->secret = (toc_str){NULL, 0};
    return rc;
}

toc_rc toc_caller_take(toc_callers *callers, toc_conn *reader, toc_str access_id,
                       toc_caller **caller, toc_error *err)
{
    toc_moment moment = toc_reader_moment(reader);
    toc_caller *found = find_idle(callers, access_id);
    if (found && still_holds(found, &moment)) {
        *caller = found;
        return TOC_OK;
    }
    caller_free(found);
    toc_caller *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, CALLER_ARENA);
    made->moment = moment;
    toc_rc rc = read_user(reader, access_id, made, err);
    if (rc) {
        caller_free(made);
        return rc;
    }
    *caller = made;
    return TOC_OK;
}

void toc_caller_give(toc_callers *callers, toc_caller *caller)
{
    if (!caller)
        return;
    toc_caller *oldest = NULL;
    (void)pthread_mutex_lock(&callers->lock);
    if (callers->count == TOC_MAX_CALLERS) {
        oldest = callers->idle[0];
        callers->count--;
        memmove(&callers->idle[0], &callers->idle[1], callers->count * sizeof(callers->idle[0]));
    }
    callers->idle[callers->count++] = caller;
    (void)pthread_mutex_unlock(&callers->lock);
    caller_free(oldest);
}

bool toc_caller_knows(const toc_caller *caller, toc_str asked, int64_t id)
{
    if (!caller->has_owner)
        return false;
    /* Without a name it was asked for by its id: no name is then no answer. */
    return id ? caller->owner.id == id : asked.len && toc_str_equal(caller->asked, asked);
}

void toc_caller_learn(toc_caller *caller, toc_str asked, const toc_store_owner *owner,
                      unsigned rights)
{
    /* Once per reading of the user: its arena must not grow with the requests. */
    if (caller->asked.ptr)
        return;
    toc_str name = toc_arena_str(&caller->arena, owner->name);
    toc_str type = toc_arena_str(&caller->arena, owner->type);
    caller->asked = toc_arena_str(&caller->arena, asked);
    if (!name.ptr || !type.ptr || !caller->asked.ptr)
        return;
    caller->owner = (toc_store_owner){owner->id, name, type};
    caller->rights = rights;
    caller->has_owner = true;
}
