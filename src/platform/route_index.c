/* route_index.c - the table of routes taken apart, and the search in it. */
#include "platform/routes.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

static const char *const arg_names[] = {
    [TOC_ARG_IT] = "it",         [TOC_ARG_IV] = "iv",     [TOC_ARG_GT] = "gt",
    [TOC_ARG_GID] = "gid",       [TOC_ARG_TID] = "tid",   [TOC_ARG_VID] = "vid",
    [TOC_ARG_AT] = "at",         [TOC_ARG_AID] = "aid",   [TOC_ARG_IT2] = "it2",
    [TOC_ARG_IV2] = "iv2",       [TOC_ARG_GT2] = "gt2",   [TOC_ARG_GID2] = "gid2",
    [TOC_ARG_TID2] = "tid2",     [TOC_ARG_VID2] = "vid2", [TOC_ARG_AT2] = "at2",
    [TOC_ARG_AID2] = "aid2",     [TOC_ARG_TAG] = "tag",   [TOC_ARG_LABEL] = "label",
    [TOC_ARG_ATTR] = "attr",     [TOC_ARG_FOID] = "foid", [TOC_ARG_OID] = "oid",
    [TOC_ARG_NAME] = "name",     [TOC_ARG_BID] = "bid",   [TOC_ARG_ASSOC] = "assoc",
    [TOC_ARG_ACTION] = "action", [TOC_ARG_USER] = "user", [TOC_ARG_METRIC] = "metric",
    [TOC_ARG_FORMAT] = "format", [TOC_ARG_ANY] = "any",
};
_Static_assert(TOC_COUNT(arg_names) == TOC_ARG_COUNT, "a name per value");

#define MAX_WORDS 8
#define NO_STAR SIZE_MAX
/* First words hash into this many buckets by length and first letter. */
#define BUCKETS 64

typedef struct route_word {
    toc_str text; /* of a fixed word */
    int arg;      /* toc_arg, or -1 for a fixed word */
} route_word;

typedef struct route_plan {
    const toc_route *route;
    route_word words[MAX_WORDS];
    size_t count;
    size_t star; /* position of the value that takes several segments */
    size_t next; /* in the bucket; 0: none, else position + 1 */
    bool versioned;
} route_plan;

struct toc_route_index {
    size_t buckets[BUCKETS];
    size_t count;
    route_plan plans[];
};

static size_t bucket_of(toc_str word)
{
    size_t letter = word.len ? (unsigned char)word.ptr[0] | 0x20U : 0;
    return (letter + 31 * word.len) % BUCKETS;
}

/* The toc_arg of a name in braces; -1 when there is none. */
static int arg_of(toc_str name)
{
    for (int i = 0; i < TOC_ARG_COUNT; i++) {
        if (toc_str_equal(name, toc_str_of(arg_names[i])))
            return i;
    }
    return -1;
}

static bool plan_word(route_plan *plan, toc_str word)
{
    if (plan->count == MAX_WORDS)
        return false;
    route_word *slot = &plan->words[plan->count];
    *slot = (route_word){.text = word, .arg = -1};
    if (word.ptr[0] == '{') {
        toc_str name = toc_str_slice(word, 1, word.len - 1);
        if (toc_str_ends(name, TOC_S("*"))) {
            plan->star = plan->count;
            name.len--;
        }
        slot->arg = arg_of(name);
        if (slot->arg < 0)
            return false;
    }
    plan->count++;
    return true;
}

static bool plan_route(route_plan *plan, const toc_route *route)
{
    toc_str rest = toc_str_of(route->pattern);
    toc_str word;
    *plan = (route_plan){.route = route, .star = NO_STAR, .versioned = route->pattern[0] != '/'};
    if (!plan->versioned)
        rest = toc_str_slice(rest, 1, rest.len);
    while (toc_str_cut(&rest, '/', &word)) {
        if (!plan_word(plan, word))
            return false;
    }
    return true;
}

toc_rc toc_route_index_new(toc_route_index **index, toc_error *err)
{
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    TOC_AUTOFREE void *memory =
        toc_mem_zalloc(1, sizeof(toc_route_index) + count * sizeof(route_plan));
    toc_route_index *made = memory;
    if (!made)
        return toc_error_nomem(err);
    made->count = count;
    /* From the last row up, so that each bucket keeps the order of the table. */
    for (size_t i = count; i-- > 0;) {
        if (!plan_route(&made->plans[i], &routes[i]))
            return toc_error_set(err, TOC_EINVAL, "route %s is malformed", routes[i].pattern);
        size_t bucket = bucket_of(made->plans[i].words[0].text);
        made->plans[i].next = made->buckets[bucket];
        made->buckets[bucket] = i + 1;
    }
    memory = NULL;
    *index = made;
    return TOC_OK;
}

void toc_route_index_free(toc_route_index *index)
{
    toc_mem_free(index);
}

static bool word_fits(const route_word *word, toc_str segment)
{
    if (word->arg < 0)
        return toc_str_equal_fold(word->text, segment);
    return !toc_url_is_dot_segment(segment);
}

/* Position of the segment that belongs to a word, behind a star counted from the end. */
static size_t place_of(const route_plan *plan, size_t word, size_t segments)
{
    return word > plan->star ? segments - (plan->count - word) : word;
}

static bool plan_fits(const route_plan *plan, const char *method, const toc_target_parts *parts)
{
    if (plan->star == NO_STAR ? parts->segment_count != plan->count
                              : parts->segment_count < plan->count)
        return false;
    if (plan->versioned != parts->versioned)
        return false;
    if (!toc_str_equal(toc_str_of(plan->route->method), toc_str_of(method)))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        /* Joined segments are text: any of them may be empty or a dot. */
        if (i == plan->star)
            continue;
        if (!word_fits(&plan->words[i], parts->segments[place_of(plan, i, parts->segment_count)]))
            return false;
    }
    return true;
}

static toc_str join(const toc_str *segments, size_t count, toc_arena *arena)
{
    size_t len = count - 1;
    if (count == 1)
        return segments[0];
    for (size_t i = 0; i < count; i++)
        len += segments[i].len;
    char *text = toc_arena_alloc(arena, len + 1);
    if (!text)
        return (toc_str){NULL, 0};
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i)
            text[at++] = '/';
        if (segments[i].len)
            memcpy(text + at, segments[i].ptr, segments[i].len);
        at += segments[i].len;
    }
    text[len] = '\0';
    return (toc_str){text, len};
}

static void take_args(const route_plan *plan, const toc_target_parts *parts, toc_arena *arena,
                      toc_str args[TOC_ARG_COUNT])
{
    for (size_t i = 0; i < plan->count; i++) {
        const route_word *word = &plan->words[i];
        size_t at = place_of(plan, i, parts->segment_count);
        if (word->arg < 0)
            continue;
        args[word->arg] = i == plan->star ? join(&parts->segments[at],
                                                 parts->segment_count - plan->count + 1, arena)
                                          : parts->segments[at];
    }
}

const toc_route *toc_route_find(const toc_route_index *index, const char *method,
                                const toc_target_parts *parts, toc_arena *arena,
                                toc_str args[TOC_ARG_COUNT])
{
    if (!parts->segment_count)
        return NULL;
    size_t at = index->buckets[bucket_of(parts->segments[0])];
    for (; at; at = index->plans[at - 1].next) {
        const route_plan *plan = &index->plans[at - 1];
        if (plan_fits(plan, method, parts)) {
            take_args(plan, parts, arena, args);
            return plan->route;
        }
    }
    return NULL;
}
