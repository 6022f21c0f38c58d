#include "platform/pages.h"

#include <sys/random.h>

#include "base/error.h"
#include "base/map.h"
#include "base/str.h"

toc_rc toc_pages_init(toc_pages *pages, toc_error *err)
{
    for (size_t i = 0; i < TOC_PAGE_SLOTS; i++)
        pages->slots[i] = (toc_page_slot){0};
    if (getrandom(pages->key, sizeof(pages->key), 0) != (ssize_t)sizeof(pages->key))
        return toc_error_set(err, TOC_EIO, "no random bytes are to be had");
    if (pthread_mutex_init(&pages->lock, NULL) != 0)
        return toc_error_nomem(err);
    return TOC_OK;
}

void toc_pages_done(toc_pages *pages)
{
    (void)pthread_mutex_destroy(&pages->lock);
}

static uint64_t mix(uint64_t sum, uint64_t part)
{
    return (sum ^ part) * UINT64_C(0x9E3779B97F4A7C15) + (sum >> 29);
}

uint64_t toc_pages_list(const toc_pages *pages, int64_t user, toc_str target)
{
    uint64_t sum = mix(pages->key[0], (uint64_t)user);
    ptrdiff_t mark = toc_str_find_char(target, '?');
    size_t end = mark < 0 ? target.len : (size_t)mark;
    toc_str query = mark < 0 ? (toc_str){NULL, 0} : toc_str_slice(target, end + 1, target.len);
    toc_str pair;
    sum = mix(sum, toc_hash(pages->key, target.ptr, end));
    while (toc_str_cut(&query, '&', &pair)) {
        if (!toc_str_starts(pair, TOC_S("resultStart=")))
            sum = mix(sum, toc_hash(pages->key, pair.ptr, pair.len));
    }
    return sum ? sum : 1;
}

static size_t slot_of(uint64_t list, int64_t offset)
{
    return (size_t)(mix(list, (uint64_t)offset) >> 32) % TOC_PAGE_SLOTS;
}

int64_t toc_pages_get(toc_pages *pages, uint64_t list, int64_t offset, int64_t now)
{
    toc_page_slot *slot = &pages->slots[slot_of(list, offset)];
    int64_t last_id = 0;
    (void)pthread_mutex_lock(&pages->lock);
    /* The clock may have gone back since. */
    bool young = slot->when <= now && now - slot->when <= TOC_PAGE_AGE;
    if (slot->list == list && slot->offset == offset && young)
        last_id = slot->last_id;
    (void)pthread_mutex_unlock(&pages->lock);
    return last_id;
}

void toc_pages_put(toc_pages *pages, uint64_t list, int64_t offset, int64_t last_id, int64_t now)
{
    toc_page_slot *slot = &pages->slots[slot_of(list, offset)];
    (void)pthread_mutex_lock(&pages->lock);
    *slot = (toc_page_slot){.list = list, .offset = offset, .last_id = last_id, .when = now};
    (void)pthread_mutex_unlock(&pages->lock);
}
