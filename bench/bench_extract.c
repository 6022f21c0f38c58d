/* How fast indicators are found in text: files named on the command line, else notes made here,
 * repeated to 64 MB. One JSON line per question, the median of five runs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tocsin/extract.h"

#define RUNS 5
#define LENGTH ((size_t)64 << 20)

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t walk(toc_str text, toc_text_form form, bool each)
{
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    toc_extract *ext = NULL;
    toc_find find;
    size_t count = 0;
    options.form = form;
    options.each = each;
    if (toc_extract_open(text, &options, &ext, NULL))
        abort();
    while (toc_extract_next(ext, &find, NULL) == 1)
        count++;
    toc_extract_close(ext);
    return count;
}

static void measure(const char *name, toc_str text, toc_text_form form, bool each)
{
    double rates[RUNS];
    size_t finds = 0;
    for (size_t run = 0; run < RUNS; run++) {
        double start = now();
        finds = walk(text, form, each);
        rates[run] = (double)text.len / 1e6 / (now() - start);
    }
    qsort(rates, RUNS, sizeof(rates[0]), compare);
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"MB/s\",\"finds\":%zu}\n", name,
           rates[RUNS / 2], finds);
    (void)fflush(stdout);
}

static void add_file(toc_buf *text, const char *path)
{
    char block[65536];
    size_t got;
    TOC_AUTOFCLOSE FILE *file = fopen(path, "rb");
    if (!file)
        exit(2);
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        toc_buf_append(text, block, got);
}

/* As dense as the lists at the end of reports, with prose between them. */
static void make_notes(toc_buf *text)
{
    for (unsigned i = 0; i < 2000; i++) {
        toc_buf_lit(text, "The second stage is fetched over plain HTTP and kept in memory only; "
                          "its configuration names three servers, of which one still answers.\n");
        toc_buf_printf(text, "- hxxp://cdn-%u.update-service[.]example.com/files/%u/a.php\n", i, i);
        toc_buf_printf(text, "- 198.51.%u[.]%u, mail%u[.]example.net\n", i / 250, i % 250, i);
        toc_buf_printf(text, "| `%08x89abcdef0123456789abcdef%08x` | loader_%u.dll |\n", i,
                       i * 2654435761U, i);
    }
}

int main(int argc, char **argv)
{
    TOC_CLEANUP(toc_buf_done) toc_buf part, text;
    toc_buf_init(&part, LENGTH);
    toc_buf_init(&text, 2 * LENGTH);
    for (int i = 1; i < argc; i++)
        add_file(&part, argv[i]);
    if (argc == 1)
        make_notes(&part);
    if (!part.len || part.failed)
        return 1;
    while (text.len < LENGTH)
        toc_buf_append(&text, part.ptr, part.len);
    toc_str all = toc_buf_view(&text);
    measure("extract_text", all, TOC_TEXT_PLAIN, false);
    measure("extract_text_each", all, TOC_TEXT_PLAIN, true);
    measure("extract_adoc", all, TOC_TEXT_ASCIIDOC, false);
    measure("extract_html", all, TOC_TEXT_HTML, false);
    /* One line without a blank, one token. */
    toc_buf_clear(&text);
    while (text.len < LENGTH)
        toc_buf_lit(&text, "abcdef0123456789");
    measure("extract_one_token", toc_buf_view(&text), TOC_TEXT_PLAIN, false);
    return 0;
}
