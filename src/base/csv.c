#include "base/csv.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "tocsin/base.h"

/* Where the next byte stands. */
enum {
    PLACE_START,  /* at the beginning of a field: a quote opens it */
    PLACE_PLAIN,  /* inside a field without quotes: a quote is text */
    PLACE_QUOTED, /* inside quotes */
    PLACE_CLOSED  /* behind a quote that closes, or is the first of two */
};

static const char too_long[] = "the record is too long";
static const char too_many[] = "the record has too many fields";
static const char not_closed[] = "a quote is not closed";
static const char after_quote[] = "text after a closing quote";
static const char no_memory[] = "out of memory";

/* The first of three bytes, or end. */
static const char *find_any(const char *at, const char *end, const char set[3])
{
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(set[0])),
                                    _mm_cmpeq_epi8(block, _mm_set1_epi8(set[1])));
        hits = _mm_or_si128(hits, _mm_cmpeq_epi8(block, _mm_set1_epi8(set[2])));
        unsigned mask = (unsigned)_mm_movemask_epi8(hits);
        if (mask)
            return at + __builtin_ctz(mask);
    }
#endif
    while (at < end && *at != set[0] && *at != set[1] && *at != set[2])
        at++;
    return at;
}

static uint64_t count_lines(const char *at, const char *end)
{
    uint64_t lines = 0;
    for (; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        lines++;
    return lines;
}

/* The record's bytes without the carriage return of its line end. */
static toc_str record_of(const char *start, const char *end)
{
    if (end > start && end[-1] == '\r')
        end--;
    return (toc_str){start, (size_t)(end - start)};
}

/* The line feed that ends the record, or NULL; *place is carried from block to block. */
static const char *find_record_end(const char *at, const char *end, char separator,
                                   unsigned char *place)
{
    const char stops[3] = {separator, '\n', '"'};
    while (at < end) {
        if (*place == PLACE_QUOTED) {
            at = memchr(at, '"', (size_t)(end - at));
            if (!at)
                return NULL;
            *place = PLACE_CLOSED;
        } else {
            const char *stop = find_any(at, end, stops);
            if (stop > at)
                *place = PLACE_PLAIN;
            if (stop == end)
                return NULL;
            at = stop;
            if (*at == '\n')
                return at;
            if (*at == separator)
                *place = PLACE_START;
            else if (*place != PLACE_PLAIN)
                *place = PLACE_QUOTED;
        }
        at++;
    }
    return NULL;
}

static toc_csv_event bad(toc_csv *csv, toc_str raw, const char *error)
{
    csv->field_count = 0;
    csv->raw = raw;
    csv->error = error;
    return TOC_CSV_BAD;
}

/* Splits a record that has no quote and ends in this block, in one pass. Returns its line feed;
 * NULL when it is for the general way. */
static const char *split_plain(toc_csv *csv, const char *start, const char *end)
{
    const char *field = start, *at = start;
    size_t count = 0;
#ifdef __SSE2__
    const __m128i separator = _mm_set1_epi8(csv->separator);
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(block, separator),
                                    _mm_cmpeq_epi8(block, _mm_set1_epi8('\n')));
        hits = _mm_or_si128(hits, _mm_cmpeq_epi8(block, _mm_set1_epi8('"')));
        unsigned mask = (unsigned)_mm_movemask_epi8(hits);
        for (; mask; mask &= mask - 1) {
            const char *stop = at + __builtin_ctz(mask);
            if (*stop == '"' || count == TOC_MAX_CSV_FIELDS)
                return NULL;
            csv->fields[count++] = (toc_str){field, (size_t)(stop - field)};
            field = stop + 1;
            if (*stop == '\n') {
                csv->field_count = count;
                return stop;
            }
        }
    }
#endif
    for (; at < end; at++) {
        if (*at != csv->separator && *at != '\n' && *at != '"')
            continue;
        if (*at == '"' || count == TOC_MAX_CSV_FIELDS)
            return NULL;
        csv->fields[count++] = (toc_str){field, (size_t)(at - field)};
        field = at + 1;
        if (*at == '\n') {
            csv->field_count = count;
            return at;
        }
    }
    return NULL;
}

/* The text of a quoted field at its opening quote; *at moves behind the closing one. NULL or what
 * is wrong. Doubled quotes are undone in plain, which has room for the whole record. */
static const char *unquote(toc_csv *csv, const char **at, const char *end, toc_str *field)
{
    const char *from = *at + 1;
    size_t begin = csv->plain.len;
    for (;;) {
        const char *quote = from < end ? memchr(from, '"', (size_t)(end - from)) : NULL;
        if (!quote)
            return not_closed;
        bool doubled = quote + 1 < end && quote[1] == '"';
        if (!doubled && csv->plain.len == begin) {
            *field = (toc_str){from, (size_t)(quote - from)};
            *at = quote + 1;
            return NULL;
        }
        toc_buf_append(&csv->plain, from, (size_t)(quote - from) + (doubled ? 1 : 0));
        if (!doubled) {
            *field = (toc_str){csv->plain.ptr + begin, csv->plain.len - begin};
            *at = quote + 1;
            return NULL;
        }
        from = quote + 2;
    }
}

static const char *split(toc_csv *csv, toc_str record)
{
    const char *at = record.ptr, *end = at + record.len, *error;
    csv->field_count = 0;
    toc_buf_clear(&csv->plain);
    /* All at once: growing later would move fields that are done. */
    if (memchr(at, '"', record.len) && !toc_buf_reserve(&csv->plain, record.len))
        return no_memory;
    for (;; at++) {
        if (csv->field_count == TOC_MAX_CSV_FIELDS)
            return too_many;
        toc_str *field = &csv->fields[csv->field_count++];
        if (at < end && *at == '"') {
            error = unquote(csv, &at, end, field);
            if (error)
                return error;
            if (at < end && *at != csv->separator)
                return after_quote;
        } else {
            const char *stop = at < end ? memchr(at, csv->separator, (size_t)(end - at)) : NULL;
            *field = (toc_str){at, (size_t)((stop ? stop : end) - at)};
            at = stop ? stop : end;
        }
        if (at == end)
            return NULL;
    }
}

/* Hands out a complete record, quotes or not. */
static toc_csv_event deliver(toc_csv *csv, toc_str record)
{
    if (record.len > TOC_MAX_CSV_RECORD) {
        toc_buf_clear(&csv->pending);
        return bad(csv, (toc_str){NULL, 0}, too_long);
    }
    const char *error = split(csv, record);
    if (error)
        return bad(csv, record, error);
    csv->raw = record;
    return TOC_CSV_RECORD;
}

/* Keeps the beginning of a record for the next block. False when it is too long already: one byte
 * more than the maximum may still be the carriage return of the line end. */
static bool keep(toc_csv *csv, const char *from, const char *to)
{
    size_t len = (size_t)(to - from);
    if (len > TOC_MAX_CSV_RECORD + 1 - csv->pending.len)
        return false;
    toc_buf_append(&csv->pending, from, len);
    return true;
}

/* The general way: the record may hold quotes, have begun in an earlier block, and end in a later
 * one. False when there is nothing to tell. */
static bool next_record(toc_csv *csv, toc_csv_event *event)
{
    const char *start = csv->cursor;
    const char *feed = find_record_end(start, csv->end, csv->separator, &csv->place);
    const char *stop = feed ? feed : csv->end;
    bool complete = feed || csv->last, kept = true;
    csv->cursor = feed ? feed + 1 : csv->end;
    csv->next_line += count_lines(start, csv->cursor);
    if (complete)
        csv->place = PLACE_START;
    if (csv->skipping) {
        csv->skipping = !complete;
        return false;
    }
    toc_str record = record_of(start, stop);
    if (csv->pending.len || !complete) {
        kept = keep(csv, start, stop);
        if (kept && !csv->pending.failed)
            record = record_of(csv->pending.ptr, csv->pending.ptr + csv->pending.len);
    }
    if (!kept || csv->pending.failed) {
        *event = bad(csv, (toc_str){NULL, 0}, kept ? no_memory : too_long);
        csv->skipping = !complete;
        toc_buf_clear(&csv->pending);
        return true;
    }
    if (!complete)
        return false;
    if (record.len == 0) {
        toc_buf_clear(&csv->pending);
        return false;
    }
    *event = deliver(csv, record);
    return true;
}

void toc_csv_init(toc_csv *csv, char separator)
{
    memset(csv, 0, sizeof(*csv));
    csv->separator = separator;
    csv->next_line = 1;
    csv->cursor = csv->end = "";
    toc_buf_init(&csv->pending, TOC_MAX_CSV_RECORD + 1);
    toc_buf_init(&csv->plain, TOC_MAX_CSV_RECORD);
}

void toc_csv_done(toc_csv *csv)
{
    toc_buf_done(&csv->pending);
    toc_buf_done(&csv->plain);
}

void toc_csv_feed(toc_csv *csv, const char *data, size_t len, bool last)
{
    csv->cursor = len ? data : "";
    csv->end = csv->cursor + len;
    csv->last = last;
}

toc_csv_event toc_csv_next(toc_csv *csv)
{
    toc_csv_event event;
    /* A record was handed out; had the block ended instead, raw would be absent. */
    if (csv->raw.ptr) {
        csv->raw = (toc_str){NULL, 0};
        toc_buf_clear(&csv->pending);
    }
    while (csv->cursor < csv->end || (csv->last && csv->pending.len)) {
        bool fresh = !csv->pending.len && !csv->skipping;
        if (fresh)
            csv->line = csv->next_line;
        const char *start = csv->cursor;
        const char *feed = fresh ? split_plain(csv, start, csv->end) : NULL;
        if (!feed || feed - start > TOC_MAX_CSV_RECORD) {
            if (next_record(csv, &event))
                return event;
            continue;
        }
        csv->cursor = feed + 1;
        csv->next_line++;
        csv->raw = record_of(start, feed);
        if (csv->raw.len == 0)
            continue;
        if (csv->raw.ptr + csv->raw.len < feed)
            csv->fields[csv->field_count - 1].len--;
        return TOC_CSV_RECORD;
    }
    csv->raw = (toc_str){NULL, 0};
    csv->field_count = 0;
    return TOC_CSV_MORE;
}

void toc_csv_write(toc_buf *out, toc_str field)
{
    static const char stops[3] = {'"', '\n', '\r'};
    if (field.len == 0)
        return;
    const char *at = field.ptr, *end = at + field.len;
    if (!memchr(at, ',', field.len) && find_any(at, end, stops) == end) {
        toc_buf_append(out, at, field.len);
        return;
    }
    toc_buf_lit(out, "\"");
    while (at < end) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        const char *stop = quote ? quote + 1 : end;
        toc_buf_append(out, at, (size_t)(stop - at));
        if (quote)
            toc_buf_lit(out, "\"");
        at = stop;
    }
    toc_buf_lit(out, "\"");
}
