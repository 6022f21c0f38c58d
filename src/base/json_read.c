#include "base/json.h"

#include "base/error.h"
#include "base/json_scan.h"
#include "base/mem.h"
#include "base/str.h"

_Static_assert(TOC_MAX_JSON_DEPTH <= 64, "is_object keeps one bit per level");

enum {
    STATE_START, /* the document's value */
    STATE_VALUE, /* the value of a key */
    STATE_ITEM,  /* after '[' */
    STATE_KEY,   /* after '{' */
    STATE_AFTER, /* after a value: comma, closing bracket or the end */
    STATE_FAILED
};

static const char no_memory[] = "out of memory for a decoded string";
static const char too_large[] = "decoded strings exceed the maximum of this document";
static const char cut_off[] = "the document ends too early";

/* Class of a value's first byte: the event it starts, or 0. */
static const signed char value_class[256] = {
    ['"'] = TOC_JSON_STRING, ['{'] = TOC_JSON_OBJECT, ['['] = TOC_JSON_ARRAY,
    ['-'] = TOC_JSON_NUMBER, ['0'] = TOC_JSON_NUMBER, ['1'] = TOC_JSON_NUMBER,
    ['2'] = TOC_JSON_NUMBER, ['3'] = TOC_JSON_NUMBER, ['4'] = TOC_JSON_NUMBER,
    ['5'] = TOC_JSON_NUMBER, ['6'] = TOC_JSON_NUMBER, ['7'] = TOC_JSON_NUMBER,
    ['8'] = TOC_JSON_NUMBER, ['9'] = TOC_JSON_NUMBER, ['t'] = TOC_JSON_TRUE,
    ['f'] = TOC_JSON_FALSE,  ['n'] = TOC_JSON_NULL};

/* What the byte after a backslash stands for; 0: not an escape (or 'u', which takes digits). */
static const char escape_value[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                       ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};

static toc_json_event fail(toc_json_reader *reader, const char *at, const char *message)
{
    reader->state = STATE_FAILED;
    reader->error = message;
    reader->cursor = reader->event_start = at;
    return TOC_JSON_ERROR;
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_long_blanks(const char *at, const char *end)
{
#ifdef TOC_JSON_SSE2
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(' ')),
                                     _mm_cmpeq_epi8(block, _mm_set1_epi8('\n')));
        blank = _mm_or_si128(blank, _mm_cmpeq_epi8(block, _mm_set1_epi8('\r')));
        blank = _mm_or_si128(blank, _mm_cmpeq_epi8(block, _mm_set1_epi8('\t')));
        unsigned other = (unsigned)_mm_movemask_epi8(blank) ^ 0xFFFFU;
        if (other)
            return at + __builtin_ctz(other);
    }
#endif
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* Compact documents have none, common ones have one; only indented ones are worth a loop. */
static inline const char *skip_blanks(const char *at, const char *end)
{
    if (at >= end || !is_blank(*at))
        return at;
    if (++at >= end || !is_blank(*at))
        return at;
    return skip_long_blanks(at, end);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of \uXXXX; -1 when they are not hexadecimal or cut off. */
static int hex_unit(const char *at, const char *end)
{
    int unit = 0;
    if (end - at < 4)
        return -1;
    for (unsigned i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Reads the escape at a backslash: the code point, and *length of its text; -1 and *error. */
static int32_t read_escape(const char *at, const char *end, unsigned *length, const char **error)
{
    *error = "unknown escape";
    if (end - at < 2) {
        *error = cut_off;
        return -1;
    }
    *length = 2;
    char value = escape_value[(unsigned char)at[1]];
    if (value)
        return value;
    if (at[1] != 'u')
        return -1;
    *error = "an escape needs four hexadecimal digits";
    int unit = hex_unit(at + 2, end);
    *length = 6;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    *error = "half of a surrogate pair";
    if (unit > 0xDBFF || end - at < 12 || at[6] != '\\' || at[7] != 'u')
        return -1;
    int second = hex_unit(at + 8, end);
    if (second < 0xDC00 || second > 0xDFFF)
        return -1;
    *length = 12;
    return 0x10000 + (int32_t)((unit - 0xD800) * 0x400 + (second - 0xDC00));
}

static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *out++ = (char)(0xE0 | code >> 12);
        } else {
            *out++ = (char)(0xF0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
    }
    *out++ = (char)(0x80 | (code & 0x3F));
    return out;
}

/* Decodes escapes that read_string_rest has checked; false when the arena is exhausted. */
static bool decode_string(toc_json_reader *reader, const char *at, const char *end)
{
    toc_arena *arena = reader->arena;
    size_t len = (size_t)(end - at);
    char *decoded = toc_arena_alloc(arena, len);
    if (!decoded) {
        bool full = arena->maximum && arena->total + len > arena->maximum;
        (void)fail(reader, at - 1, full ? too_large : no_memory);
        return false;
    }
    char *out = decoded;
    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t run = (size_t)((slash ? slash : end) - at);
        memcpy(out, at, run);
        out += run;
        at += run;
        if (slash) {
            unsigned length = 0;
            const char *error;
            out = put_utf8(out, (uint32_t)read_escape(at, end, &length, &error));
            at += length;
        }
    }
    reader->text = (toc_str){decoded, (size_t)(out - decoded)};
    return true;
}

/* The string from its first byte, when at is the first one that is not plain. Returns the place
 * behind the closing quote, or NULL after fail(). */
static const char *read_string_rest(toc_json_reader *reader, const char *start, const char *at)
{
    const char *end = reader->end, *error;
    bool escapes = false;
    for (;; at = toc__json_plain(at, end)) {
        unsigned length;
        if (at == end) {
            (void)fail(reader, at, cut_off);
            return NULL;
        }
        if (*at == '"')
            break;
        if (*at == '\\') {
            if (read_escape(at, end, &length, &error) < 0) {
                (void)fail(reader, at, error);
                return NULL;
            }
            escapes = true;
            at += length;
            continue;
        }
        if ((unsigned char)*at < 0x20) {
            (void)fail(reader, at, "control character in a string");
            return NULL;
        }
        /* Text in other scripts comes in runs. */
        do {
            length = toc__json_utf8(at, end);
            if (!length) {
                (void)fail(reader, at, "malformed UTF-8");
                return NULL;
            }
            at += length;
        } while (at < end && (unsigned char)*at >= 0x80);
    }
    reader->text = (toc_str){start, (size_t)(at - start)};
    reader->raw = escapes && !reader->arena;
    if (escapes && reader->arena && !decode_string(reader, start, at))
        return NULL;
    return at + 1;
}

/* at: the first byte inside the quotes. */
static inline const char *read_string(toc_json_reader *reader, const char *at)
{
    const char *stop = toc__json_plain(at, reader->end);
    if (stop < reader->end && *stop == '"') {
        reader->text = (toc_str){at, (size_t)(stop - at)};
        reader->raw = false;
        return stop + 1;
    }
    return read_string_rest(reader, at, stop);
}

static inline bool is_digit(const char *at, const char *end)
{
    return at < end && (unsigned char)(*at - '0') < 10;
}

static toc_json_event read_number(toc_json_reader *reader, const char *at)
{
    const char *start = at, *end = reader->end;
    if (*at == '-')
        at++;
    if (!is_digit(at, end))
        return fail(reader, at, "digit expected");
    if (*at++ != '0') {
        while (is_digit(at, end))
            at++;
    } else if (is_digit(at, end)) {
        return fail(reader, at, "number with a leading zero");
    }
    if (at < end && *at == '.') {
        if (!is_digit(++at, end))
            return fail(reader, at, "digit expected after the point");
        while (is_digit(at, end))
            at++;
    }
    if (at < end && (*at | 0x20) == 'e') {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        if (!is_digit(at, end))
            return fail(reader, at, "digit expected in the exponent");
        while (is_digit(at, end))
            at++;
    }
    reader->text = (toc_str){start, (size_t)(at - start)};
    reader->raw = false;
    reader->cursor = at;
    reader->state = STATE_AFTER;
    return TOC_JSON_NUMBER;
}

static toc_json_event read_literal(toc_json_reader *reader, const char *at, toc_str literal,
                                   toc_json_event event)
{
    size_t room = (size_t)(reader->end - at);
    if (room < literal.len)
        return fail(reader, at, memcmp(at, literal.ptr, room) == 0 ? cut_off : "unknown word");
    if (memcmp(at, literal.ptr, literal.len) != 0)
        return fail(reader, at, "unknown word");
    reader->cursor = at + literal.len;
    reader->state = STATE_AFTER;
    return event;
}

static toc_json_event open_level(toc_json_reader *reader, const char *at, bool object)
{
    if (reader->depth == TOC_MAX_JSON_DEPTH)
        return fail(reader, at, "nested too deeply");
    reader->depth++;
    reader->is_object = reader->is_object << 1 | object;
    reader->state = object ? STATE_KEY : STATE_ITEM;
    reader->cursor = at + 1;
    return object ? TOC_JSON_OBJECT : TOC_JSON_ARRAY;
}

static toc_json_event close_level(toc_json_reader *reader, const char *at)
{
    bool object = reader->is_object & 1;
    reader->depth--;
    reader->is_object >>= 1;
    reader->state = STATE_AFTER;
    reader->cursor = at + 1;
    return object ? TOC_JSON_OBJECT_END : TOC_JSON_ARRAY_END;
}

/* Anything but a string, which read_value sees to itself. */
static toc_json_event read_other(toc_json_reader *reader, const char *at)
{
    switch (value_class[(unsigned char)*at]) {
    case TOC_JSON_NUMBER:
        return read_number(reader, at);
    case TOC_JSON_OBJECT:
        return open_level(reader, at, true);
    case TOC_JSON_ARRAY:
        return open_level(reader, at, false);
    case TOC_JSON_TRUE:
        return read_literal(reader, at, TOC_S("true"), TOC_JSON_TRUE);
    case TOC_JSON_FALSE:
        return read_literal(reader, at, TOC_S("false"), TOC_JSON_FALSE);
    case TOC_JSON_NULL:
        return read_literal(reader, at, TOC_S("null"), TOC_JSON_NULL);
    default:
        if (at == reader->start && reader->end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
            return fail(reader, at, "byte order mark before the document");
        return fail(reader, at, "value expected");
    }
}

static inline toc_json_event read_value(toc_json_reader *reader, const char *at)
{
    if (at == reader->end)
        return fail(reader, at, cut_off);
    reader->event_start = at;
    if (*at != '"')
        return read_other(reader, at);
    at = read_string(reader, at + 1);
    if (!at)
        return TOC_JSON_ERROR;
    reader->cursor = at;
    reader->state = STATE_AFTER;
    return TOC_JSON_STRING;
}

/* The key and its colon. */
static inline toc_json_event read_key(toc_json_reader *reader, const char *at)
{
    if (at == reader->end)
        return fail(reader, at, cut_off);
    if (*at != '"')
        return fail(reader, at, "key expected");
    reader->event_start = at;
    at = read_string(reader, at + 1);
    if (!at)
        return TOC_JSON_ERROR;
    at = skip_blanks(at, reader->end);
    if (at == reader->end)
        return fail(reader, at, cut_off);
    if (*at != ':')
        return fail(reader, at, "colon expected");
    reader->cursor = at + 1;
    reader->state = STATE_VALUE;
    return TOC_JSON_KEY;
}

static toc_json_event read_end(toc_json_reader *reader, const char *at)
{
    if (at != reader->end)
        return fail(reader, at, "text after the document");
    reader->cursor = reader->event_start = at;
    return TOC_JSON_END;
}

static inline toc_json_event read_after(toc_json_reader *reader, const char *at)
{
    if (reader->depth == 0)
        return read_end(reader, at);
    if (at == reader->end)
        return fail(reader, at, cut_off);
    bool object = reader->is_object & 1;
    if (*at == ',') {
        at = skip_blanks(at + 1, reader->end);
        return object ? read_key(reader, at) : read_value(reader, at);
    }
    if (*at != (object ? '}' : ']'))
        return fail(reader, at, object ? "comma or } expected" : "comma or ] expected");
    reader->event_start = at;
    return close_level(reader, at);
}

void toc_json_reader_init(toc_json_reader *reader, const char *data, size_t len, toc_arena *arena)
{
    /* An empty text rather than NULL keeps pointer arithmetic defined. */
    const char *start = data ? data : "";
    *reader = (toc_json_reader){.start = start,
                                .cursor = start,
                                .end = start + len,
                                .arena = arena,
                                .state = STATE_START,
                                .event_start = start};
}

toc_json_event toc_json_next(toc_json_reader *reader)
{
    const char *at = skip_blanks(reader->cursor, reader->end);
    switch (reader->state) {
    case STATE_AFTER:
        return read_after(reader, at);
    case STATE_START:
    case STATE_VALUE:
        return read_value(reader, at);
    case STATE_KEY:
        if (at == reader->end || *at != '}')
            return read_key(reader, at);
        break;
    case STATE_ITEM:
        if (at == reader->end || *at != ']')
            return read_value(reader, at);
        break;
    default:
        return TOC_JSON_ERROR;
    }
    reader->event_start = at;
    return close_level(reader, at);
}

bool toc_json_skip(toc_json_reader *reader, toc_str *raw)
{
    toc_arena *arena = reader->arena;
    toc_json_event event = TOC_JSON_NULL;
    /* Nobody will see the text, so escapes are checked and not decoded. */
    reader->arena = NULL;
    if (reader->state == STATE_VALUE || reader->state == STATE_START)
        event = toc_json_next(reader);
    const char *start = reader->event_start;
    if (reader->state == STATE_KEY || reader->state == STATE_ITEM) {
        unsigned outside = reader->depth - 1;
        do {
            event = toc_json_next(reader);
        } while (event != TOC_JSON_ERROR && reader->depth > outside);
    }
    reader->arena = arena;
    if (event == TOC_JSON_ERROR || reader->state == STATE_FAILED)
        return false;
    if (raw)
        *raw = (toc_str){start, (size_t)(reader->cursor - start)};
    return true;
}

size_t toc_json_position(const toc_json_reader *reader)
{
    return (size_t)(reader->event_start - reader->start);
}

toc_rc toc_json_fail(const toc_json_reader *reader, toc_error *err)
{
    const char *message = reader->error ? reader->error : "unexpected value";
    uint64_t line = 1;
    const char *stop = reader->event_start;
    if (message == no_memory)
        return toc_error_nomem(err);
    for (const char *at = reader->start;
         at < stop && (at = memchr(at, '\n', (size_t)(stop - at))) != NULL; at++)
        line++;
    toc_rc code = message == too_large ? TOC_ELIMIT : TOC_EPARSE;
    size_t position = toc_json_position(reader);
    (void)toc_error_set(err, code, "JSON: %s (line %llu, byte %zu)", message,
                        (unsigned long long)line, position);
    if (err) {
        err->line = line;
        err->position = position;
    }
    return code;
}
