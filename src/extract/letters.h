/* letters.h - classes of characters that the readers of indicators share. */
#ifndef TOC_EXTRACT_LETTERS_H
#define TOC_EXTRACT_LETTERS_H
#include "tocsin/base.h"

#define TOC_CH_DIGIT 0x01U
#define TOC_CH_HEX 0x02U   /* digits, a-f, A-F */
#define TOC_CH_ALPHA 0x04U /* ASCII letters */
#define TOC_CH_MARK 0x08U  /* - and _ */
#define TOC_CH_DOT 0x10U
#define TOC_CH_HIGH 0x20U  /* a byte of a character beyond ASCII */
#define TOC_CH_URL 0x40U   /* goes on a URL: neither blank nor quote nor bracket */
#define TOC_CH_LOCAL 0x80U /* before the @ of a mail address */
#define TOC_CH_WORD (TOC_CH_DIGIT | TOC_CH_ALPHA)
#define TOC_CH_ATOM (TOC_CH_WORD | TOC_CH_MARK | TOC_CH_DOT | TOC_CH_HIGH)

extern const unsigned char toc__letters[256];

static inline bool toc__is(char c, unsigned classes)
{
    return (toc__letters[(unsigned char)c] & classes) != 0;
}
/* Bytes of the letter beyond ASCII at the beginning of the text; 0 when it is punctuation, a
 * symbol, or no UTF-8. */
size_t toc__high_letter(const char *text, size_t len);
/* The first byte, ASCII letters in their small form; NUL without one. */
char toc__first_letter(toc_str word);
/* Letters without case. The words of a list are in small letters. */
bool toc__is_among(toc_str word, const char *const *list, size_t count);
#endif
