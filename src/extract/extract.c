/* extract.c - the walk over a text: what was found, once each, with its place. */
#include "tocsin/extract.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "extract/place.h"
#include "extract/scan.h"

struct toc_extract {
    toc__scan scan;
    toc__text_place place;
    toc_map seen;
    toc_buf key;
    bool each;
};

/* Hashtags are everywhere in notes and seldom meant: only who names the type gets them. */
#define USUAL (TOC_SORT_ALL & ~(1U << TOC_SORT_HASHTAG))

static unsigned wanted_sorts(const toc_extract_options *options)
{
    unsigned wanted = 0;
    if (!options->types)
        return USUAL;
    for (size_t i = 0; i < options->type_count; i++)
        for (toc__sort sort = 0; sort < TOC_SORT_COUNT; sort++)
            if (options->types[i] == toc__sort_type(sort))
                wanted |= 1U << sort;
    return wanted;
}

toc_rc toc_extract_open(toc_str text, const toc_extract_options *options, toc_extract **ext,
                        toc_error *err)
{
    static const toc_extract_options usual = TOC_EXTRACT_OPTIONS_INIT;
    options = options ? options : &usual;
    if (options->version != TOC_EXTRACT_OPTIONS_VERSION)
        return toc_error_set(err, TOC_EINVAL, "unknown version of the options");
    if (!ext || options->form >= TOC_TEXT_FORM_COUNT || (text.len && !text.ptr))
        return toc_error_set(err, TOC_EINVAL, "an argument is missing or wrong");
    toc_extract *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->each = options->each;
    toc__place_init(&made->place, text);
    toc_buf_init(&made->key, TOC_MAX_VALUE * 2 + 8);
    toc_rc rc = toc__scan_init(&made->scan, text, options->form, wanted_sorts(options));
    if (!rc && !made->each)
        rc = toc_map_init(&made->seen, TOC_MAX_EXTRACTED);
    if (rc) {
        toc_extract_close(made);
        return toc_error_nomem(err);
    }
    *ext = made;
    return TOC_OK;
}

void toc_extract_close(toc_extract *ext)
{
    if (!ext)
        return;
    toc__scan_done(&ext->scan);
    toc_map_done(&ext->seen);
    toc_buf_done(&ext->key);
    toc_mem_free(ext);
}

/* TOC_ECONFLICT: it was there before. */
static toc_rc remember(toc_extract *ext, const toc__hit *hit)
{
    if (ext->each)
        return TOC_OK;
    toc_buf_clear(&ext->key);
    toc_buf_char(&ext->key, (char)('a' + (int)hit->sort));
    toc_buf_str(&ext->key, toc_buf_view(&ext->scan.value));
    if (ext->key.failed)
        return ext->key.failed;
    if (toc_map_get(&ext->seen, toc_buf_view(&ext->key)))
        return TOC_ECONFLICT;
    return toc_map_put(&ext->seen, toc_buf_view(&ext->key), 1);
}

static toc_rc fail(toc_rc rc, toc_error *err)
{
    if (rc == TOC_ENOMEM)
        return toc_error_nomem(err);
    return toc_error_set(err, rc, "the text has more than %u distinct values", TOC_MAX_EXTRACTED);
}

int toc_extract_next(toc_extract *ext, toc_find *find, toc_error *err)
{
    toc__hit hit;
    if (!ext || !find)
        return toc_error_set(err, TOC_EINVAL, "an argument is missing");
    for (;;) {
        int more = toc__scan_next(&ext->scan, &hit);
        if (more <= 0)
            return more ? fail(more, err) : 0;
        toc_rc rc = remember(ext, &hit);
        if (rc == TOC_ECONFLICT)
            continue;
        if (rc)
            return fail(rc, err);
        size_t offset;
        toc_str text = toc__view_source(&ext->scan.view, hit.from, hit.to, &offset);
        toc__place_move(&ext->place, offset);
        *find = (toc_find){.type = ext->scan.types[hit.sort],
                           .value = toc_buf_view(&ext->scan.value),
                           .text = text,
                           .offset = offset,
                           .line = ext->place.line,
                           .column = ext->place.column,
                           .defanged = hit.fanged};
        return 1;
    }
}
