/* pdf_write.h - a PDF of running text: A4 pages, Helvetica, lines that wrap. The same input gives
 * the same bytes. */
#ifndef TOC_PLATFORM_PDF_WRITE_H
#define TOC_PLATFORM_PDF_WRITE_H
#include "base/buf.h"

typedef struct toc_pdf {
    toc_buf *out;
    toc_buf page;    /* what the current page draws */
    toc_buf offsets; /* of objects, as int64_t one after the other */
    toc_buf line;    /* text in the fonts' encoding */
    int64_t pages;
    int y; /* of the last line, in points from below; 0: no page is open */
} toc_pdf;

typedef enum toc_pdf_style {
    TOC_PDF_TITLE,
    TOC_PDF_HEADING,
    TOC_PDF_LABEL, /* bold */
    TOC_PDF_TEXT,
    TOC_PDF_STYLES
} toc_pdf_style;

/* Appends to out, which must be empty. title: for the document's properties. */
void toc_pdf_begin(toc_pdf *pdf, toc_buf *out, toc_str title);
/* A paragraph of UTF-8; line ends in it are kept. Characters that the fonts lack become '?'. */
void toc_pdf_text(toc_pdf *pdf, toc_pdf_style style, toc_str text);
/* Releases what it holds; what went wrong is in out->failed or returned. */
toc_rc toc_pdf_end(toc_pdf *pdf, toc_error *err);
#endif
