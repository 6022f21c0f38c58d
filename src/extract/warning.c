/* warning.c - warning lists: what they hold. */
#include "extract/warning.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/* A hostile pattern gives up after so many steps and then matches nothing. */
#define MATCH_LIMIT 200000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KB 4096

toc_rc toc_warning_lists_new(toc_warning_lists **lists, toc_error *err)
{
    if (!lists)
        return toc_error_set(err, TOC_EINVAL, "no place for the warning lists");
    toc_warning_lists *made = toc_mem_zalloc(1, sizeof *made);
    if (!made)
        return toc_error_nomem(err);
    made->context = pcre2_match_context_create(NULL);
    if (!made->context || toc_map_init(&made->exact, TOC_MAX_WARNING_VALUES) ||
        toc_map_init(&made->domains, TOC_MAX_WARNING_VALUES) ||
        toc_map_init(&made->ranges, TOC_MAX_WARNING_VALUES) ||
        toc_map_init(&made->steps, TOC_MAX_WARNING_STEPS)) {
        toc_warning_lists_free(made);
        return toc_error_nomem(err);
    }
    (void)pcre2_set_match_limit(made->context, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(made->context, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(made->context, HEAP_LIMIT_KB);
    *lists = made;
    return TOC_OK;
}

void toc_warning_lists_free(toc_warning_lists *lists)
{
    if (!lists)
        return;
    for (size_t i = 0; i < lists->count; i++)
        toc_mem_free(lists->lists[i].name);
    for (size_t i = 0; i < lists->pattern_count; i++)
        pcre2_code_free(lists->patterns[i].code);
    toc_map_done(&lists->exact);
    toc_map_done(&lists->domains);
    toc_map_done(&lists->ranges);
    toc_map_done(&lists->steps);
    pcre2_match_context_free(lists->context);
    toc_mem_free(lists->patterns);
    toc_mem_free(lists->entries);
    toc_mem_free(lists->lists);
    toc_mem_free(lists);
}

size_t toc_warning_lists_count(const toc_warning_lists *lists)
{
    return lists ? lists->count : 0;
}

/* Room for one more item of an array; false when out of memory. */
static bool room(void **items, size_t count, size_t *size, size_t item)
{
    if (count < *size)
        return true;
    size_t more = *size ? *size * 2 : 16;
    void *grown = toc_mem_resize(*items, more * item);
    if (!grown)
        return false;
    *items = grown;
    *size = more;
    return true;
}

toc_rc toc__warning_begin(toc_warning_lists *lists, toc_str name, unsigned scope, uint32_t *index,
                          toc_error *err)
{
    if (lists->count >= TOC_MAX_WARNING_LISTS)
        return toc_error_set(err, TOC_ELIMIT, "more than %d warning lists", TOC_MAX_WARNING_LISTS);
    void *items = lists->lists;
    bool fits = room(&items, lists->count, &lists->size, sizeof *lists->lists);
    lists->lists = items;
    char *copy = fits ? toc_mem_strdup(name) : NULL;
    if (!copy)
        return toc_error_nomem(err);
    lists->lists[lists->count] = (toc_warning_list){copy, scope};
    *index = (uint32_t)lists->count++;
    return TOC_OK;
}

void toc__warning_end(toc_warning_lists *lists, uint32_t index, bool refused)
{
    if (!refused)
        return;
    for (size_t i = 0; i < lists->entry_count; i++)
        if (lists->entries[i].list == index)
            lists->entries[i].list = TOC_WARNING_NOBODY;
    while (lists->pattern_count && lists->patterns[lists->pattern_count - 1].list == index)
        pcre2_code_free(lists->patterns[--lists->pattern_count].code);
    toc_mem_free(lists->lists[--lists->count].name);
}

/* An entry among those that begin at place + 1 in first; *first is set when it is the first. */
static toc_rc chain(toc_warning_lists *lists, uint32_t index, uint32_t *first, toc_error *err)
{
    uint32_t last = 0;
    for (uint32_t at = *first; at; at = lists->entries[at - 1].next) {
        toc_warning_entry *entry = &lists->entries[at - 1];
        if (entry->list == TOC_WARNING_NOBODY)
            entry->list = index;
        if (entry->list == index)
            return TOC_OK;
        last = at;
    }
    if (lists->entry_count >= TOC_MAX_WARNING_VALUES)
        return toc_error_set(err, TOC_ELIMIT, "more than %d values in warning lists",
                             TOC_MAX_WARNING_VALUES);
    void *items = lists->entries;
    bool fits = room(&items, lists->entry_count, &lists->entry_size, sizeof *lists->entries);
    lists->entries = items;
    if (!fits)
        return toc_error_nomem(err);
    lists->entries[lists->entry_count++] = (toc_warning_entry){index, 0};
    if (last)
        lists->entries[last - 1].next = (uint32_t)lists->entry_count;
    else
        *first = (uint32_t)lists->entry_count;
    return TOC_OK;
}

static toc_rc put_key(toc_warning_lists *lists, uint32_t index, toc_map *map, toc_str key,
                      toc_error *err)
{
    const uint64_t *known = toc_map_get(map, key);
    uint32_t first = known ? (uint32_t)*known : 0;
    toc_rc rc = chain(lists, index, &first, err);
    if (rc || known)
        return rc;
    rc = toc_map_put(map, key, first);
    if (rc)
        return toc_error_set(err, rc, "the warning lists are too large");
    lists->bytes += key.len;
    return TOC_OK;
}

static toc_rc put_lower(toc_warning_lists *lists, uint32_t index, toc_map *map, toc_str text,
                        toc_error *err)
{
    TOC_AUTOFREE char *lower = toc_mem_strdup(text);
    if (!lower)
        return toc_error_nomem(err);
    toc_str_lower(lower, text.len);
    return put_key(lists, index, map, (toc_str){lower, text.len}, err);
}

/* "example.com", ".example.com", "*.example.com" and "example.com." are one domain. */
static toc_rc put_domain(toc_warning_lists *lists, uint32_t index, toc_str text, toc_error *err)
{
    if (toc_str_starts(text, TOC_S("*.")))
        text = toc_str_slice(text, 2, text.len);
    while (text.len && text.ptr[0] == '.')
        text = toc_str_slice(text, 1, text.len);
    while (text.len && text.ptr[text.len - 1] == '.')
        text.len--;
    return text.len ? put_lower(lists, index, &lists->domains, text, err) : TOC_OK;
}

static toc_rc put_string(toc_warning_lists *lists, uint32_t index, toc_str text, toc_error *err)
{
    if (text.len > 1 && (text.ptr[0] == '.' || toc_str_starts(text, TOC_S("*."))))
        return put_domain(lists, index, text, err);
    return put_lower(lists, index, &lists->exact, text, err);
}

/* What is no range in a list of ranges still matches itself. */
static toc_rc put_range(toc_warning_lists *lists, uint32_t index, toc_str text, toc_error *err)
{
    toc_warning_range range;
    if (!toc__warning_range(text, &range))
        return put_string(lists, index, text, err);
    lists->prefixes[(unsigned char)range.key[0]] = true;
    return put_key(lists, index, &lists->ranges, (toc_str){range.key, sizeof range.key}, err);
}

static toc_rc put_substring(toc_warning_lists *lists, uint32_t index, toc_str text, toc_error *err)
{
    uint32_t node = 0;
    if (text.len > TOC_MAX_WARNING_SUBSTRING)
        return toc_error_set(err, TOC_ELIMIT, "a substring is longer than %d bytes",
                             TOC_MAX_WARNING_SUBSTRING);
    for (size_t i = 0; i < text.len; i++) {
        char step[5];
        char c = text.ptr[i];
        toc_str_lower(&c, 1);
        toc_str key = toc__warning_step(step, node, c);
        const uint64_t *known = toc_map_get(&lists->steps, key);
        uint32_t next = known ? (uint32_t)*known : lists->nodes + 1;
        uint32_t first = known ? (uint32_t)(*known >> 32) : 0;
        toc_rc rc = i + 1 == text.len ? chain(lists, index, &first, err) : TOC_OK;
        if (rc)
            return rc;
        rc = toc_map_put(&lists->steps, key, (uint64_t)first << 32 | next);
        if (rc)
            return toc_error_set(err, rc, "the warning lists are too large");
        if (!known)
            lists->nodes++;
        node = next;
    }
    return TOC_OK;
}

/* "/.../i" without its frame; the letters behind it become options. */
static toc_str unframe(toc_str text, uint32_t *options)
{
    static const struct {
        char letter;
        uint32_t option;
    } letters[] = {{'i', PCRE2_CASELESS}, {'m', PCRE2_MULTILINE}, {'s', PCRE2_DOTALL},
                   {'x', PCRE2_EXTENDED}, {'u', PCRE2_UTF},       {'U', PCRE2_UNGREEDY}};
    size_t end = text.len;
    uint32_t found = 0;
    for (bool known = true; known && end > 1 && text.ptr[end - 1] != '/';) {
        known = false;
        for (size_t i = 0; i < TOC_COUNT(letters); i++)
            if (letters[i].letter == text.ptr[end - 1]) {
                found |= letters[i].option;
                known = true;
            }
        end -= known;
    }
    if (end < 2 || text.ptr[0] != '/' || text.ptr[end - 1] != '/')
        return text;
    *options |= found;
    return toc_str_slice(text, 1, end - 1);
}

/* Values are stored in the letters of their type, so the case of a pattern says nothing. */
static toc_rc put_pattern(toc_warning_lists *lists, uint32_t index, toc_str text, toc_error *err)
{
    uint32_t options =
        PCRE2_CASELESS | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    int code = 0;
    PCRE2_SIZE offset = 0;
    text = unframe(text, &options);
    if (lists->pattern_count >= TOC_MAX_WARNING_PATTERNS)
        return toc_error_set(err, TOC_ELIMIT, "more than %d patterns in warning lists",
                             TOC_MAX_WARNING_PATTERNS);
    void *items = lists->patterns;
    bool fits = room(&items, lists->pattern_count, &lists->pattern_size, sizeof *lists->patterns);
    lists->patterns = items;
    if (!fits)
        return toc_error_nomem(err);
    pcre2_code *made = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &code, &offset, NULL);
    if (!made) {
        PCRE2_UCHAR why[128];
        (void)pcre2_get_error_message(code, why, sizeof why);
        return toc_error_field(err, TOC_EPARSE, "list", "the pattern \"%.*s\" is wrong at %zu: %s",
                               text.len < 100 ? (int)text.len : 100, text.ptr, (size_t)offset,
                               (const char *)why);
    }
    lists->patterns[lists->pattern_count++] = (toc_warning_pattern){made, index};
    lists->bytes += text.len;
    return TOC_OK;
}

toc_rc toc__warning_put(toc_warning_lists *lists, uint32_t index, toc_warning_kind kind,
                        toc_str value, toc_error *err)
{
    static toc_rc (*const puts[TOC_WARNING_KINDS])(toc_warning_lists * lists, uint32_t index,
                                                   toc_str text, toc_error * err) = {
        [TOC_WARNING_CIDR] = put_range,    [TOC_WARNING_HOSTNAME] = put_domain,
        [TOC_WARNING_STRING] = put_string, [TOC_WARNING_SUBSTRING] = put_substring,
        [TOC_WARNING_REGEX] = put_pattern, [TOC_WARNING_PLAIN] = put_range,
    };
    value = toc_str_trim(value);
    if (!value.len)
        return TOC_OK;
    if (value.len > TOC_MAX_VALUE)
        return toc_error_set(err, TOC_ELIMIT, "a value is longer than %u bytes", TOC_MAX_VALUE);
    if (lists->bytes + value.len > TOC_MAX_WARNING_BYTES)
        return toc_error_set(err, TOC_ELIMIT, "the warning lists have more than %u bytes",
                             TOC_MAX_WARNING_BYTES);
    return puts[kind](lists, index, value, err);
}
