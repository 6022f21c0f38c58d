/* legs.c - joined filters: in which order they are asked, and what is part of the result. */
#include "intel/legs.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"

/* A mark of an id: the rank below, one bit for each API filter that returned it above. */
#define RANK_BITS 8U
#define RANK_MASK ((1ULL << RANK_BITS) - 1)
#define MARK_BITS (64U - RANK_BITS)
_Static_assert(TOC_MAX_JOINED_FILTERS <= RANK_MASK, "a rank fits into a mark");

static toc_str id_key(const int64_t *id)
{
    return (toc_str){(const char *)id, sizeof(*id)};
}

static unsigned count_intersected(const toc_filter *filter)
{
    unsigned count = 0;
    for (const toc_join *join = filter->joins.first; join; join = join->next)
        count += join->all;
    return count;
}

/* The intersected ones come first, the last of them at the very beginning. */
static void arrange(toc_legs *legs, const toc_filter *filter)
{
    unsigned total = count_intersected(filter), behind = total;
    size_t adding = total;
    legs->items[adding++] = (toc_leg){.filter = filter, .behind = behind};
    for (const toc_join *join = filter->joins.first; join; join = join->next) {
        if (join->all) {
            legs->items[behind - 1] =
                (toc_leg){.filter = join->filter, .rank = behind, .behind = behind - 1};
            behind--;
        } else {
            legs->items[adding++] = (toc_leg){.filter = join->filter, .behind = behind};
        }
    }
    legs->count = adding;
    legs->overlaps = adding - total > 1;
    unsigned bit = 0;
    for (size_t i = 0; i < total; i++) {
        legs->items[i].first_bit = bit;
        bit += (unsigned)legs->items[i].filter->api.count;
    }
}

static toc_rc make_memos(toc_leg *leg)
{
    size_t count = leg->filter ? leg->filter->posts.count : 0;
    if (!count)
        return TOC_OK;
    leg->memos = toc_mem_zalloc(count, sizeof(*leg->memos));
    return leg->memos ? TOC_OK : TOC_ENOMEM;
}

toc_rc toc__legs_init(toc_legs *legs, const toc_filter *filter, toc_error *err)
{
    legs->count = 1;
    if (filter)
        arrange(legs, filter);
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < legs->count; i++) {
        const toc_filter *of = legs->items[i].filter;
        legs->overlaps |= of && of->api.count > 1;
        if (!rc)
            rc = make_memos(&legs->items[i]);
    }
    if (!rc && legs->items[0].rank)
        rc = toc_map_init(&legs->ids, TOC_MAX_SEEN_IDS);
    if (!rc && legs->overlaps)
        rc = toc_map_init(&legs->seen, TOC_MAX_SEEN_IDS);
    return rc ? toc_error_set(err, rc, "no memory for the filters of a list") : TOC_OK;
}

void toc__legs_done(toc_legs *legs)
{
    for (size_t i = 0; i < legs->count; i++)
        toc_mem_free(legs->items[i].memos);
    toc_map_done(&legs->ids);
    toc_map_done(&legs->seen);
}

static uint64_t mark_of(const toc_leg *leg, size_t api)
{
    size_t bit = leg->first_bit + api;
    return leg->filter->api.count && bit < MARK_BITS ? 1ULL << (RANK_BITS + bit) : 0;
}

/* An id is worth keeping when all intersected filters behind this one returned it. */
static int collect(toc_legs *legs, const toc_leg *leg, int64_t id, size_t api, toc_error *err)
{
    uint64_t *known = toc_map_get(&legs->ids, id_key(&id));
    uint64_t mark = known ? *known : 0;
    if ((mark & RANK_MASK) != leg->rank && (mark & RANK_MASK) != leg->rank - 1)
        return 0;
    mark = ((mark & ~RANK_MASK) | leg->rank) | mark_of(leg, api);
    if (known) {
        *known = mark;
        return 0;
    }
    toc_rc rc = toc_map_put(&legs->ids, id_key(&id), mark);
    return rc ? toc_error_set(err, rc, "no room for more ids of an intersected filter") : 0;
}

int toc__legs_take(toc_legs *legs, int64_t id, size_t api, toc_error *err)
{
    const toc_leg *leg = toc__legs_now(legs);
    if (leg->rank)
        return id < 0 ? 0 : collect(legs, leg, id, api, err);
    const uint64_t *mark = leg->behind && id >= 0 ? toc_map_get(&legs->ids, id_key(&id)) : NULL;
    if (leg->behind && (!mark || (*mark & RANK_MASK) < leg->behind))
        return 0;
    legs->marks = mark ? *mark : 0;
    if (!legs->overlaps || id < 0)
        return 1;
    if (toc_map_get(&legs->seen, id_key(&id)))
        return 0;
    toc_rc rc = toc_map_put(&legs->seen, id_key(&id), 1);
    return rc ? toc_error_set(err, rc, "no room for more ids of a list") : 1;
}

/* The index-th description of what a filter checked after the request; index counts down. */
static toc_str post_at(const toc_filter *filter, size_t *index)
{
    for (const toc_post *post = filter->posts.first; post; post = post->next)
        if ((*index)-- == 0)
            return post->description;
    return (toc_str){NULL, 0};
}

static toc_str api_at(const toc_legs *legs, const toc_leg *leg, size_t *index)
{
    size_t api = 0;
    for (const toc_api_filter *at = leg->filter->api.first; at; at = at->next, api++)
        if ((legs->marks & mark_of(leg, api)) && (*index)-- == 0)
            return at->description;
    return (toc_str){NULL, 0};
}

toc_str toc__legs_matched(const toc_legs *legs, size_t index)
{
    const toc_leg *now = toc__legs_now(legs);
    toc_str found = {NULL, 0};
    if (now->filter)
        found = post_at(now->filter, &index);
    for (size_t i = 0; i < now->behind && !found.ptr; i++) {
        const toc_leg *leg = &legs->items[i];
        found = api_at(legs, leg, &index);
        if (!found.ptr)
            found = post_at(leg->filter, &index);
    }
    return found;
}
