/* sheet.h - the layout of everything that is printed for people (sdk.md 2.11): a title, sections,
 * rows. Widths count characters. */
#ifndef TOC_BASE_SHEET_H
#define TOC_BASE_SHEET_H
#include "base/buf.h"

#define TOC_SHEET_WIDTH 80
#define TOC_SHEET_SECTION 40
#define TOC_SHEET_LABEL 28
#define TOC_SHEET_VALUE 50

/* An empty line and the text in the middle of a line. */
void toc__sheet_title(toc_buf *out, const char *text);
/* The line of the first section; of a later one, which an empty line precedes. */
void toc__sheet_first(toc_buf *out, const char *text);
void toc__sheet_section(toc_buf *out, const char *text);
/* Two blanks, the label padded to width, between (NULL: nothing), the value padded. */
void toc__sheet_row(toc_buf *out, const char *label, size_t width, const char *between,
                    toc_str value);
/* Text padded with blanks on the right. */
void toc__sheet_pad(toc_buf *out, toc_str text, size_t width);
#endif
