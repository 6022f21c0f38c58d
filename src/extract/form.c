/* form.c - names of forms, the guess at the form of a text, and the simple ones: CSV, AsciiDoc. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/letters.h"
#include "extract/view.h"

/* So much of a text tells its form. */
#define GUESS_REACH ((size_t)16 * 1024)
#define GUESS_RECORDS 12

static const char *const names[TOC_TEXT_FORM_COUNT] = {
    [TOC_TEXT_AUTO] = "auto", [TOC_TEXT_PLAIN] = "text",    [TOC_TEXT_HTML] = "html",
    [TOC_TEXT_CSV] = "csv",   [TOC_TEXT_ASCIIDOC] = "adoc",
};

const char *toc_text_form_name(toc_text_form form)
{
    return form < TOC_TEXT_FORM_COUNT ? names[form] : NULL;
}

toc_text_form toc_text_form_find(toc_str word)
{
    for (int i = 0; i < TOC_TEXT_FORM_COUNT; i++)
        if (toc_str_equal(word, toc_str_of(names[i])))
            return (toc_text_form)i;
    return TOC_TEXT_FORM_COUNT;
}

/* Records with the same number of separators, at least two of them. */
static bool is_table(toc_str text, char separator, bool whole)
{
    size_t records = 0, count = 0, first = 0;
    bool quoted = false;
    for (size_t i = 0; i <= text.len && records < GUESS_RECORDS; i++) {
        char c = i < text.len ? text.ptr[i] : '\n';
        bool at_start = !i || text.ptr[i - 1] == separator || text.ptr[i - 1] == '\n';
        if (c == '"' && (quoted || at_start))
            quoted = !quoted;
        else if (c == separator && !quoted)
            count++;
        if (c != '\n' || quoted)
            continue;
        bool empty = !i || text.ptr[i - 1] == '\n';
        if (empty || (i == text.len && !whole))
            continue;
        first = records ? first : count;
        if (!count || count != first)
            return false;
        records++;
        count = 0;
    }
    return records > 1;
}

static bool is_html(toc_str text)
{
    static const char *const starts[] = {
        "<!doctype html", "<html",    "<head",   "<body", "<div", "<p>",   "<p ",
        "<table",         "<ul",      "<ol",     "<h1",   "<a ",  "<span", "<meta",
        "<!--",           "<article", "<section"};
    for (size_t i = 0; i < TOC_COUNT(starts); i++)
        if (toc_str_starts_fold(text, toc_str_of(starts[i])))
            return true;
    return toc_str_starts_fold(text, TOC_S("<?xml")) &&
           toc_str_find(toc_str_slice(text, 0, 1024), TOC_S("<html")) > 0;
}

static bool is_asciidoc(toc_str text)
{
    if (toc_str_starts(text, TOC_S("= ")) || toc_str_starts(text, TOC_S("== ")))
        return true;
    if (text.len > 2 && text.ptr[0] == ':' && toc__is(text.ptr[1], TOC_CH_ALPHA)) {
        size_t end = 1;
        while (end < text.len && toc__is(text.ptr[end], TOC_CH_WORD | TOC_CH_MARK))
            end++;
        if (end < text.len && text.ptr[end] == ':')
            return true;
    }
    return toc_str_find(text, TOC_S("\n== ")) >= 0 || toc_str_find(text, TOC_S("\n|===")) >= 0;
}

toc_text_form toc__form_guess(toc_str text)
{
    if (toc_str_starts(text, TOC_S("\xEF\xBB\xBF")))
        text = toc_str_slice(text, 3, text.len);
    bool whole = text.len <= GUESS_REACH;
    text = toc_str_slice(text, 0, GUESS_REACH);
    toc_str trimmed = toc_str_trim(text);
    if (is_html(trimmed))
        return TOC_TEXT_HTML;
    if (is_asciidoc(trimmed))
        return TOC_TEXT_ASCIIDOC;
    return is_table(text, ',', whole) || is_table(text, ';', whole) || is_table(text, '\t', whole)
               ? TOC_TEXT_CSV
               : TOC_TEXT_PLAIN;
}

/* Cells, as far as they matter here: what is between them becomes line ends. */
enum { CELL_BEGIN, CELL_PLAIN, CELL_QUOTED };

static char csv_separator(toc_str text)
{
    text = toc_str_slice(text, 0, GUESS_REACH);
    if (is_table(text, ';', true))
        return ';';
    return is_table(text, '\t', true) ? '\t' : ',';
}

/* What a byte is in the layer, and the state behind it. */
static char csv_byte(unsigned char state[8], char c)
{
    if (state[0] == CELL_QUOTED) {
        if (c == '"')
            state[0] = CELL_BEGIN; /* "" opens again at once */
        return c == '"' ? '\n' : c;
    }
    if (c == '"' && state[0] == CELL_BEGIN) {
        state[0] = CELL_QUOTED;
        return '\n';
    }
    bool border = c == (char)state[1] || c == '\n' || c == '\r';
    state[0] = border ? CELL_BEGIN : CELL_PLAIN;
    return border ? '\n' : c;
}

toc_rc toc__form_csv(toc__view *view)
{
    toc__layer *layer = &view->markup;
    size_t left = view->source.len - view->source_taken, room = toc__layer_room(layer);
    size_t some = left < room ? left : room;
    if (!view->source_taken)
        view->state[1] = (unsigned char)csv_separator(view->source);
    const char *from = view->source.ptr + view->source_taken;
    char *to = layer->text + layer->len;
    for (size_t i = 0; i < some; i++)
        to[i] = csv_byte(view->state, from[i]);
    layer->len += some;
    view->source_taken += some;
    layer->ended = view->source_taken == view->source.len;
    return TOC_OK;
}

/* What passes text through and what is invisible; all of it goes. */
static const toc_str passthroughs[] = {
    {"+++", 3}, {"++", 2}, {"{zwsp}", 6}, {"{empty}", 7}, {"{wj}", 4}, {"{shy}", 5}, {"{sp}", 4},
};

static size_t passthrough_at(toc_str text)
{
    for (size_t i = 0; i < TOC_COUNT(passthroughs); i++)
        if (toc_str_starts(text, passthroughs[i]))
            return passthroughs[i].len;
    return 0;
}

toc_rc toc__form_asciidoc(toc__view *view)
{
    toc__layer *layer = &view->markup;
    toc_rc rc = TOC_OK;
    while (!rc && view->source_taken < view->source.len && toc__layer_room(layer)) {
        toc_str rest = toc_str_slice(view->source, view->source_taken, view->source.len);
        size_t most = rest.len < toc__layer_room(layer) ? rest.len : toc__layer_room(layer);
        size_t end = 0;
        while (end < most && rest.ptr[end] != '+' && rest.ptr[end] != '{')
            end++;
        toc__layer_copy(layer, rest.ptr, end);
        view->source_taken += end;
        if (end == most)
            continue;
        size_t len = passthrough_at(toc_str_slice(rest, end, rest.len));
        if (len)
            rc = toc__layer_replace(layer, TOC_S(""), view->source_taken, len, TOC_PIECE_PLAIN);
        else
            toc__layer_copy(layer, rest.ptr + end, 1);
        view->source_taken += len ? len : 1;
    }
    layer->ended = view->source_taken == view->source.len;
    return rc;
}
