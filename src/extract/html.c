/* html.c - HTML as text: tags go, values of some attributes come as lines of their own, entities
 * are resolved, scripts, styles and comments are left out. One pass, whatever is wrong with it. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/letters.h"
#include "extract/view.h"

/* Room that one step needs. */
#define STEP_ROOM 16

typedef enum where {
    IN_TEXT,
    IN_TAG, /* behind its name */
    BEFORE_VALUE,
    IN_VALUE,
    IN_COMMENT,
    IN_RAW /* script, style */
} where;

/* view->state by name. */
enum {
    STATE_WHERE,
    STATE_QUOTE, /* of the value; 0: none */
    STATE_SHOWN, /* the value is text */
    STATE_RAW    /* row of raws that begins behind the tag, and one */
};

static const char *const raws[] = {"script", "style"};

/* Elements within a line: nothing is between the text before and behind their tags. */
static const char *const inlines[] = {
    "a",     "abbr", "acronym", "b",      "bdi", "bdo",   "big",  "cite", "code", "del", "dfn",
    "em",    "font", "i",       "ins",    "kbd", "label", "mark", "nobr", "q",    "s",   "samp",
    "small", "span", "strike",  "strong", "sub", "sup",   "tt",   "u",    "var",  "wbr",
};

static const char *const shown_attributes[] = {
    "href",    "src",   "action", "formaction", "cite",   "data",      "poster",   "background",
    "content", "value", "title",  "alt",        "srcset", "data-href", "data-url", "data-src",
};

static const struct entity_row {
    const char *name, *put;
} entities[] = {
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},       {"quot", "\""},  {"apos", "'"},
    {"nbsp", " "},   {"period", "."}, {"colon", ":"},    {"sol", "/"},    {"bsol", "\\"},
    {"commat", "@"}, {"lsqb", "["},   {"rsqb", "]"},     {"lbrack", "["}, {"rbrack", "]"},
    {"lpar", "("},   {"rpar", ")"},   {"lcub", "{"},     {"rcub", "}"},   {"lbrace", "{"},
    {"rbrace", "}"}, {"hyphen", "-"}, {"dash", "-"},     {"lowbar", "_"}, {"num", "#"},
    {"percnt", "%"}, {"equals", "="}, {"quest", "?"},    {"comma", ","},  {"semi", ";"},
    {"excl", "!"},   {"dollar", "$"}, {"plus", "+"},     {"ast", "*"},    {"verbar", "|"},
    {"grave", "`"},  {"Tab", "\t"},   {"NewLine", "\n"}, {"shy", ""},     {"zwnj", ""},
    {"zwj", ""},     {"lrm", ""},     {"rlm", ""},       {"ensp", " "},   {"emsp", " "},
    {"thinsp", " "},
};

static toc_rc put(toc__view *view, const char *text, size_t from_len)
{
    size_t from = view->source_taken;
    view->source_taken += from_len;
    return toc__layer_replace(&view->markup, toc_str_of(text), from, from_len, TOC_PIECE_PLAIN);
}

static size_t encode(uint32_t code, char out[5])
{
    if (!code || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00 >> size & 0xFF) | code);
    return size;
}

/* "#46" or "#x2e", up to a semicolon that may be missing; how long it is. */
static size_t read_number(toc_str text, uint32_t *code)
{
    bool hex = text.len > 1 && (text.ptr[1] | 0x20) == 'x';
    size_t from = hex ? 2 : 1, i = from;
    *code = 0;
    for (; i < text.len && i < from + 8; i++) {
        char c = text.ptr[i], low = (char)(c | 0x20);
        if (!toc__is(c, hex ? TOC_CH_HEX : TOC_CH_DIGIT))
            break;
        uint32_t digit = (uint32_t)(c <= '9' ? c - '0' : low - 'a' + 10);
        *code = *code * (hex ? 16 : 10) + digit;
    }
    return i == from ? 0 : i < text.len && text.ptr[i] == ';' ? i + 1 : i;
}

static toc_rc entity(toc__view *view, toc_str rest)
{
    toc_str text = toc_str_slice(rest, 1, rest.len < 16 ? rest.len : 16);
    uint32_t code;
    if (text.len && text.ptr[0] == '#') {
        size_t len = read_number(text, &code);
        char room[5] = {0};
        if (len) {
            (void)encode(code, room);
            return put(view, room, len + 1);
        }
    }
    for (size_t i = 0; i < TOC_COUNT(entities); i++) {
        toc_str name = toc_str_of(entities[i].name);
        if (toc_str_starts(text, name) && text.len > name.len && text.ptr[name.len] == ';')
            return put(view, entities[i].put, name.len + 2);
    }
    toc__layer_copy(&view->markup, "&", 1);
    view->source_taken++;
    return TOC_OK;
}

static toc_str name_at(toc_str text, size_t from)
{
    size_t end = from;
    while (end < text.len && end < from + 64 && toc__is(text.ptr[end], TOC_CH_WORD | TOC_CH_MARK))
        end++;
    return toc_str_slice(text, from, end);
}

/* "<" of a tag, a comment, a declaration, or of the text itself. */
static toc_rc open_tag(toc__view *view, toc_str rest)
{
    bool closes = rest.len > 1 && rest.ptr[1] == '/';
    char first = rest.len > (closes ? 2U : 1U) ? rest.ptr[closes ? 2 : 1] : '\0';
    if (toc_str_starts(rest, TOC_S("<!--"))) {
        /* Its hyphens may be those of its end: "<!-->", "<!--->". */
        view->state[STATE_WHERE] = IN_COMMENT;
        return put(view, "\n", 2);
    }
    if (!toc__is(first, TOC_CH_ALPHA) && first != '!' && first != '?') {
        toc__layer_copy(&view->markup, "<", 1);
        view->source_taken++;
        return TOC_OK;
    }
    toc_str name = name_at(rest, closes ? 2 : 1);
    view->state[STATE_WHERE] = IN_TAG;
    view->state[STATE_RAW] = 0;
    for (unsigned char i = 0; !closes && i < TOC_COUNT(raws); i++)
        if (toc_str_equal_fold(name, toc_str_of(raws[i])))
            view->state[STATE_RAW] = (unsigned char)(i + 1);
    bool within = toc__is_among(name, inlines, TOC_COUNT(inlines));
    return put(view, within ? "" : "\n", name.len + (closes ? 2 : 1));
}

static toc_rc in_text(toc__view *view, toc_str rest)
{
    toc__layer *layer = &view->markup;
    size_t most = toc__layer_room(layer) - STEP_ROOM, end = 0;
    most = most < rest.len ? most : rest.len;
    while (end < most && rest.ptr[end] != '<' && rest.ptr[end] != '&')
        end++;
    if (!end)
        return rest.ptr[0] == '<' ? open_tag(view, rest) : entity(view, rest);
    toc__layer_copy(layer, rest.ptr, end);
    view->source_taken += end;
    return TOC_OK;
}

static toc_rc in_tag(toc__view *view, toc_str rest)
{
    char c = rest.ptr[0];
    if (c == '>') {
        view->state[STATE_WHERE] = view->state[STATE_RAW] ? IN_RAW : IN_TEXT;
        return put(view, "", 1);
    }
    if (c == '=') {
        view->state[STATE_WHERE] = BEFORE_VALUE;
        return put(view, "", 1);
    }
    toc_str name = name_at(rest, 0);
    if (!name.len)
        return put(view, "", 1);
    view->state[STATE_SHOWN] = toc__is_among(name, shown_attributes, TOC_COUNT(shown_attributes));
    return put(view, "", name.len);
}

static toc_rc before_value(toc__view *view, toc_str rest)
{
    char c = rest.ptr[0];
    bool quote = c == '"' || c == '\'';
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        return put(view, "", 1);
    view->state[STATE_QUOTE] = (unsigned char)(quote ? c : '\0');
    view->state[STATE_WHERE] = c == '>' ? IN_TAG : IN_VALUE;
    return put(view, "\n", quote ? 1 : 0);
}

static toc_rc in_value(toc__view *view, toc_str rest)
{
    char c = rest.ptr[0], quote = (char)view->state[STATE_QUOTE];
    bool ends = quote ? c == quote : memchr(" \t\r\n>", c, 5) != NULL;
    if (ends) {
        view->state[STATE_WHERE] = IN_TAG;
        view->state[STATE_SHOWN] = 0;
        return put(view, "\n", quote ? 1 : 0);
    }
    if (!view->state[STATE_SHOWN])
        return put(view, "", 1);
    if (c == '&')
        return entity(view, rest);
    toc__layer_copy(&view->markup, &c, 1);
    view->source_taken++;
    return TOC_OK;
}

/* Leaves out everything up to where the text has this end; the end of the text will do. */
static toc_rc leave_out(toc__view *view, toc_str rest, toc_str end)
{
    size_t len = 0;
    while (len < rest.len && !toc_str_starts_fold(toc_str_slice(rest, len, len + end.len), end)) {
        const char *next =
            len + 1 < rest.len ? memchr(rest.ptr + len + 1, end.ptr[0], rest.len - len - 1) : NULL;
        len = next ? (size_t)(next - rest.ptr) : rest.len;
    }
    return put(view, "", len);
}

static toc_rc in_comment(toc__view *view, toc_str rest)
{
    toc_rc rc = leave_out(view, rest, TOC_S("-->"));
    view->state[STATE_WHERE] = IN_TEXT;
    if (!rc && view->source_taken < view->source.len)
        rc = put(view, "", 3);
    return rc;
}

static toc_rc in_raw(toc__view *view, toc_str rest)
{
    static const toc_str ends[] = {{"</script", 8}, {"</style", 7}};
    toc_str end = ends[view->state[STATE_RAW] - 1];
    view->state[STATE_WHERE] = IN_TEXT;
    view->state[STATE_RAW] = 0;
    return leave_out(view, rest, end);
}

toc_rc toc__form_html(toc__view *view)
{
    static toc_rc (*const steps[])(toc__view * view, toc_str rest) = {
        [IN_TEXT] = in_text,   [IN_TAG] = in_tag,         [BEFORE_VALUE] = before_value,
        [IN_VALUE] = in_value, [IN_COMMENT] = in_comment, [IN_RAW] = in_raw,
    };
    toc_rc rc = TOC_OK;
    while (!rc && view->source_taken < view->source.len &&
           toc__layer_room(&view->markup) > STEP_ROOM) {
        toc_str rest = toc_str_slice(view->source, view->source_taken, view->source.len);
        rc = steps[view->state[STATE_WHERE]](view, rest);
    }
    view->markup.ended = view->source_taken == view->source.len;
    return rc;
}
