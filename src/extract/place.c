/* place.c - counts lines and characters, each byte once. */
#include "extract/place.h"

#include <string.h>

void toc__place_init(toc__text_place *place, toc_str text)
{
    *place = (toc__text_place){.text = text, .line = 1, .column = 1};
    /* A byte order mark is no character of the first line. */
    if (text.len >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3))
        place->at = 3;
}

void toc__place_move(toc__text_place *place, size_t offset)
{
    if (offset <= place->at)
        return;
    const char *from = place->text.ptr + place->at;
    size_t len = offset - place->at, lines = 0, chars = 0;
    for (size_t i = 0; i < len; i++)
        lines += from[i] == '\n';
    if (lines) {
        const char *last = memrchr(from, '\n', len);
        len -= (size_t)(last + 1 - from);
        from = last + 1;
        place->line += lines;
        place->column = 1;
    }
    for (size_t i = 0; i < len; i++)
        chars += ((unsigned char)from[i] & 0xC0U) != 0x80U;
    place->column += chars;
    place->at = offset;
}
