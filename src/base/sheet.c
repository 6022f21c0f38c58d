/* sheet.c - titles, sections and rows. */
#include "base/sheet.h"

static void fill(toc_buf *out, char c, size_t count)
{
    while (count--)
        toc_buf_char(out, c);
}

static size_t characters(toc_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0U) != 0x80U;
    return count;
}

void toc__sheet_pad(toc_buf *out, toc_str text, size_t width)
{
    size_t length = characters(text);
    toc_buf_str(out, text);
    if (length < width)
        fill(out, ' ', width - length);
}

void toc__sheet_title(toc_buf *out, const char *text)
{
    size_t length = strlen(text);
    size_t room = length < TOC_SHEET_WIDTH ? TOC_SHEET_WIDTH - length : 0;
    toc_buf_char(out, '\n');
    fill(out, '_', room / 2);
    toc_buf_text(out, text);
    fill(out, '_', room - room / 2);
    toc_buf_char(out, '\n');
}

void toc__sheet_first(toc_buf *out, const char *text)
{
    toc__sheet_pad(out, toc_str_of(text), TOC_SHEET_SECTION);
    toc_buf_char(out, '\n');
}

void toc__sheet_section(toc_buf *out, const char *text)
{
    toc_buf_char(out, '\n');
    toc__sheet_first(out, text);
}

void toc__sheet_row(toc_buf *out, const char *label, size_t width, const char *between,
                    toc_str value)
{
    toc_buf_lit(out, "  ");
    toc__sheet_pad(out, toc_str_of(label), width);
    if (between)
        toc_buf_text(out, between);
    toc__sheet_pad(out, value, TOC_SHEET_VALUE);
    toc_buf_char(out, '\n');
}
