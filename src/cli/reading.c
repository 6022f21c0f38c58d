#include "reading.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"

/* As far as a look for what is no text goes. */
#define LOOK_AT 8192

static bool begins(toc_str text, const char *with, size_t len)
{
    return text.len >= len && !memcmp(text.ptr, with, len);
}

static toc_rc refuse(toc_error *err, const char *name, const char *why)
{
    return cli_error(err, TOC_EPARSE, "%.300s: %s", name, why);
}

toc_rc cli_reading_judge(toc_str begin, const char *name, toc_error *err)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *why;
    } known[] = {
        {"%PDF-", 5, "this is a PDF; make a text of it first (pdftotext)"},
        {"PK\3\4", 4, "this is a ZIP or an Office file; make a text of it first"},
        {"\x7F"
         "ELF",
         4, "this is a program, not a text"},
        {"BZh", 3, "this is packed with bzip2; unpack it first"},
        {"\xFD"
         "7zXZ",
         5, "this is packed with xz; unpack it first"},
        {"\x28\xB5\x2F\xFD", 4, "this is packed with zstd; unpack it first"},
        {"\xFF\xFE\0\0", 4, "this is UTF-32; make it UTF-8 first (iconv)"},
        {"\0\0\xFE\xFF", 4, "this is UTF-32; make it UTF-8 first (iconv)"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (begins(begin, known[i].bytes, known[i].len))
            return refuse(err, name, known[i].why);
    size_t look = begin.len < LOOK_AT ? begin.len : LOOK_AT;
    const char *zero = look ? memchr(begin.ptr, '\0', look) : NULL;
    if (!zero)
        return TOC_OK;
    char why[80];
    (void)snprintf(why, sizeof why, "this is not a text (byte %zu is zero)",
                   (size_t)(zero - begin.ptr) + 1);
    return refuse(err, name, why);
}

toc_rc cli_reading_open(cli_reading *reading, const char *path, toc_error *err)
{
    *reading = (cli_reading){.text = {"", 0}};
    toc_rc rc = cli_input_open(&reading->input, path, err);
    if (!rc)
        rc = cli_input_read(&reading->input, err);
    if (rc || reading->input.last)
        return rc;
    rc = cli_input_map(&reading->input, &reading->map, &reading->map_len, err);
    if (rc)
        return rc;
    reading->text = (toc_str){reading->map, reading->map_len};
    if (begins(reading->text, "\xEF\xBB\xBF", 3))
        reading->text = (toc_str){reading->text.ptr + 3, reading->text.len - 3};
    return cli_reading_judge(reading->text, reading->input.name, err);
}

void cli_reading_close(cli_reading *reading)
{
    cli_unmap(reading->map, reading->map_len);
    if (reading->input.block)
        cli_input_close(&reading->input);
    *reading = (cli_reading){.text = {"", 0}};
}
