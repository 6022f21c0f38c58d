/* pdf_write.c - objects, pages and lines of a PDF (ISO 32000-1). */
#include "platform/pdf_write.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

/* A4 and its margins, in points. */
#define WIDTH 595
#define HEIGHT 842
#define MARGIN 56
#define PAGE_MAX ((size_t)4 * 1024 * 1024)

/* Numbers of the objects that every document has; pages follow, two objects each. */
enum { CATALOGUE = 1, PAGES, REGULAR, BOLD, INFO, FIRST_PAGE };

static const struct {
    int font; /* 1 regular, 2 bold */
    int size, before, lead, indent;
} styles[TOC_PDF_STYLES] = {
    [TOC_PDF_TITLE] = {2, 18, 0, 24, 0},
    [TOC_PDF_HEADING] = {2, 12, 12, 18, 0},
    [TOC_PDF_LABEL] = {2, 10, 4, 14, 0},
    [TOC_PDF_TEXT] = {1, 10, 0, 13, 12},
};

/* Widths of Helvetica from the blank to the tilde, in thousandths of the size. */
static const short widths[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};

/* Characters of the encoding that are elsewhere in Unicode. */
static const struct {
    unsigned code;
    unsigned char byte;
} others[] = {
    {0x20AC, 0x80}, {0x201A, 0x82}, {0x0192, 0x83}, {0x201E, 0x84}, {0x2026, 0x85}, {0x2020, 0x86},
    {0x2021, 0x87}, {0x02C6, 0x88}, {0x2030, 0x89}, {0x0160, 0x8A}, {0x2039, 0x8B}, {0x0152, 0x8C},
    {0x017D, 0x8E}, {0x2018, 0x91}, {0x2019, 0x92}, {0x201C, 0x93}, {0x201D, 0x94}, {0x2022, 0x95},
    {0x2013, 0x96}, {0x2014, 0x97}, {0x02DC, 0x98}, {0x2122, 0x99}, {0x0161, 0x9A}, {0x203A, 0x9B},
    {0x0153, 0x9C}, {0x017E, 0x9E}, {0x0178, 0x9F},
};

/* --- characters ---------------------------------------------------------------------------- */

/* Of valid UTF-8; what is not comes out byte by byte as U+FFFD. */
static unsigned next_code(toc_str *rest)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned char first = (unsigned char)rest->ptr[0];
    size_t len = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
    unsigned code = len ? first & masks[len] : 0xFFFD;
    if (!len || len > rest->len)
        len = 1, code = 0xFFFD;
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)rest->ptr[i] & 0x3F);
    *rest = toc_str_slice(*rest, len, rest->len);
    return code;
}

static char byte_of(unsigned code)
{
    if (code == '\t' || code == 0xA0)
        return ' ';
    if ((code >= 0x20 && code < 0x7F) || (code > 0xA0 && code <= 0xFF))
        return (char)code;
    for (size_t i = 0; i < TOC_COUNT(others); i++) {
        if (others[i].code == code)
            return (char)others[i].byte;
    }
    return '?';
}

static int width_of(char byte, int font)
{
    unsigned char value = (unsigned char)byte;
    int width = value >= 0x20 && value < 0x7F ? widths[value - 0x20] : 667;
    /* Bold letters are a little wider; a margin is good enough. */
    return font == 2 ? width + width / 9 : width;
}

static void write_string(toc_buf *out, toc_str bytes)
{
    toc_buf_char(out, '(');
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        if (byte == '(' || byte == ')' || byte == '\\')
            toc_buf_char(out, '\\');
        if (byte < 0x20 || byte >= 0x7F)
            toc_buf_printf(out, "\\%03o", byte);
        else
            toc_buf_char(out, (char)byte);
    }
    toc_buf_char(out, ')');
}

/* Texts outside of pages have no font: UTF-16 with its mark. */
static void write_unicode(toc_buf *out, toc_str text)
{
    toc_buf_lit(out, "<FEFF");
    while (text.len) {
        unsigned code = next_code(&text);
        if (code > 0xFFFF) {
            code -= 0x10000;
            toc_buf_printf(out, "%04X", 0xD800 | (code >> 10 & 0x3FF));
            code = 0xDC00 | (code & 0x3FF);
        }
        toc_buf_printf(out, "%04X", code);
    }
    toc_buf_char(out, '>');
}

static void encode(toc_buf *out, toc_str text)
{
    toc_buf_clear(out);
    while (text.len)
        toc_buf_char(out, byte_of(next_code(&text)));
}

/* --- objects ------------------------------------------------------------------------------- */

static void place(toc_pdf *pdf, int64_t number)
{
    int64_t offset = (int64_t)pdf->out->len;
    size_t at = (size_t)number * sizeof(offset);
    while (pdf->offsets.len <= at && !pdf->offsets.failed) {
        static const int64_t none = 0;
        toc_buf_append(&pdf->offsets, &none, sizeof(none));
    }
    if (!pdf->offsets.failed)
        memcpy(pdf->offsets.ptr + at, &offset, sizeof(offset));
    toc_buf_printf(pdf->out, "%lld 0 obj\n", (long long)number);
}

static void end_page(toc_pdf *pdf)
{
    if (!pdf->y)
        return;
    int64_t number = FIRST_PAGE + 2 * pdf->pages;
    toc_buf_lit(&pdf->page, "ET\n");
    place(pdf, number);
    toc_buf_printf(pdf->out,
                   "<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F1 %d 0 R"
                   "/F2 %d 0 R>>>>/Contents %lld 0 R>>\nendobj\n",
                   PAGES, WIDTH, HEIGHT, REGULAR, BOLD, (long long)number + 1);
    place(pdf, number + 1);
    toc_buf_printf(pdf->out, "<</Length %zu>>\nstream\n", pdf->page.len);
    toc_buf_str(pdf->out, toc_buf_view(&pdf->page));
    toc_buf_lit(pdf->out, "endstream\nendobj\n");
    if (pdf->page.failed && !pdf->out->failed)
        pdf->out->failed = pdf->page.failed;
    toc_buf_clear(&pdf->page);
    pdf->pages++;
    pdf->y = 0;
}

static void begin_page(toc_pdf *pdf)
{
    toc_buf_lit(&pdf->page, "BT\n");
    pdf->y = HEIGHT - MARGIN;
}

static void write_fonts(toc_pdf *pdf)
{
    static const char *const names[] = {"Helvetica", "Helvetica-Bold"};
    for (int i = 0; i < 2; i++) {
        place(pdf, REGULAR + i);
        toc_buf_printf(pdf->out,
                       "<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>\n"
                       "endobj\n",
                       names[i]);
    }
}

void toc_pdf_begin(toc_pdf *pdf, toc_buf *out, toc_str title)
{
    *pdf = (toc_pdf){.out = out};
    toc_buf_init(&pdf->page, PAGE_MAX);
    toc_buf_init(&pdf->offsets, TOC_MAX_RESPONSE);
    toc_buf_init(&pdf->line, TOC_MAX_TEXT);
    toc_buf_lit(out, "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
    place(pdf, CATALOGUE);
    toc_buf_printf(out, "<</Type/Catalog/Pages %d 0 R>>\nendobj\n", PAGES);
    write_fonts(pdf);
    place(pdf, INFO);
    toc_buf_lit(out, "<</Title");
    write_unicode(out, title);
    toc_buf_lit(out, "/Producer(Tocsin)>>\nendobj\n");
}

/* --- lines --------------------------------------------------------------------------------- */

static void draw(toc_pdf *pdf, toc_pdf_style style, int before, toc_str bytes)
{
    int step = before + styles[style].lead;
    if (pdf->y && pdf->y - step < MARGIN)
        end_page(pdf);
    if (!pdf->y)
        begin_page(pdf);
    pdf->y -= step;
    toc_buf_printf(&pdf->page, "/F%d %d Tf 1 0 0 1 %d %d Tm ", styles[style].font,
                   styles[style].size, MARGIN + styles[style].indent, pdf->y);
    write_string(&pdf->page, bytes);
    toc_buf_lit(&pdf->page, "Tj\n");
}

/* How many bytes fit on a line: up to the last blank, or as many as there is room for. */
static size_t fitting(toc_pdf_style style, toc_str bytes)
{
    int room = (WIDTH - 2 * MARGIN - styles[style].indent) * 1000 / styles[style].size;
    size_t blank = 0, at = 0;
    while (at < bytes.len) {
        room -= width_of(bytes.ptr[at], styles[style].font);
        if (room < 0)
            break;
        at++;
        if (bytes.ptr[at - 1] == ' ')
            blank = at;
    }
    if (at == bytes.len)
        return at;
    return blank ? blank : at ? at : 1;
}

static void write_line(toc_pdf *pdf, toc_pdf_style style, int before, toc_str text)
{
    encode(&pdf->line, text);
    toc_str rest = toc_buf_view(&pdf->line);
    do {
        size_t len = fitting(style, rest);
        draw(pdf, style, before, toc_str_slice(rest, 0, len));
        rest = toc_str_slice(rest, len, rest.len);
        before = 0;
    } while (rest.len && !pdf->out->failed && !pdf->page.failed);
    if (pdf->line.failed && !pdf->out->failed)
        pdf->out->failed = pdf->line.failed;
}

void toc_pdf_text(toc_pdf *pdf, toc_pdf_style style, toc_str text)
{
    int before = styles[style].before;
    while (text.len && !pdf->out->failed && !pdf->page.failed) {
        ptrdiff_t end = toc_str_find_char(text, '\n');
        size_t len = end < 0 ? text.len : (size_t)end;
        toc_str line = toc_str_slice(text, 0, len);
        if (toc_str_ends(line, TOC_S("\r")))
            line.len--;
        write_line(pdf, style, before, line);
        text = toc_str_slice(text, end < 0 ? len : len + 1, text.len);
        before = 0;
    }
}

/* --- the end ------------------------------------------------------------------------------- */

static int64_t offset_of(const toc_pdf *pdf, int64_t number)
{
    int64_t offset = 0;
    if (!pdf->offsets.failed)
        memcpy(&offset, pdf->offsets.ptr + (size_t)number * sizeof(offset), sizeof(offset));
    return offset;
}

static void write_tail(toc_pdf *pdf)
{
    toc_buf *out = pdf->out;
    int64_t objects = FIRST_PAGE + 2 * pdf->pages;
    place(pdf, PAGES);
    toc_buf_printf(out, "<</Type/Pages/Count %lld/Kids[", (long long)pdf->pages);
    for (int64_t number = FIRST_PAGE; number < objects; number += 2)
        toc_buf_printf(out, "%lld 0 R\n", (long long)number);
    toc_buf_lit(out, "]>>\nendobj\n");
    size_t xref = out->len;
    toc_buf_printf(out, "xref\n0 %lld\n0000000000 65535 f \n", (long long)objects);
    for (int64_t i = 1; i < objects; i++)
        toc_buf_printf(out, "%010lld 00000 n \n", (long long)offset_of(pdf, i));
    toc_buf_printf(out,
                   "trailer\n<</Size %lld/Root %d 0 R/Info %d 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
                   (long long)objects, CATALOGUE, INFO, xref);
}

toc_rc toc_pdf_end(toc_pdf *pdf, toc_error *err)
{
    if (!pdf->y && !pdf->pages)
        begin_page(pdf);
    end_page(pdf);
    write_tail(pdf);
    toc_rc rc = toc_buf_check(&pdf->offsets, err);
    if (!rc)
        rc = toc_buf_check(pdf->out, err);
    toc_buf_done(&pdf->page);
    toc_buf_done(&pdf->offsets);
    toc_buf_done(&pdf->line);
    return rc;
}
