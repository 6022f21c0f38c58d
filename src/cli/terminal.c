#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

#define NARROWEST 20
#define WIDEST 10000

size_t cli_columns_given(void)
{
    const char *given = getenv("COLUMNS");
    size_t columns = 0;
    for (; given && *given >= '0' && *given <= '9' && columns < WIDEST; given++)
        columns = columns * 10 + (size_t)(*given - '0');
    return columns && columns < NARROWEST ? NARROWEST : columns;
}

size_t cli_width(FILE *file)
{
    if (isatty(fileno(file)) != 1)
        return 0;
    size_t columns = cli_columns_given();
    struct winsize size;
    if (!columns && !ioctl(fileno(file), TIOCGWINSZ, &size))
        columns = size.ws_col;
    if (!columns)
        columns = 80;
    return columns < NARROWEST ? NARROWEST : columns;
}

bool cli_colour(FILE *file)
{
    const char *off = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return !(off && *off) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fileno(file)) == 1;
}

#define BROKEN 0xFFFFFFFFU

/* Bytes of the character at text, and its number. A broken one ends before what does not belong to
 * it: the byte behind may be a command of its own. */
static size_t character(const unsigned char *text, size_t len, uint32_t *code)
{
    static const unsigned char sizes[16] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 3, 4};
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = sizes[text[0] >> 4];
    size_t at = 1;
    *code = size == 1 ? text[0] : text[0] & (0x7FU >> size);
    for (; at < size && at < len && (text[at] & 0xC0U) == 0x80U; at++)
        *code = *code << 6 | (text[at] & 0x3FU);
    if (at != size || *code < least[size])
        *code = BROKEN;
    return at;
}

/* What a terminal would take for a command: controls of both sets, and what turns the direction of
 * writing around. Broken bytes are controls to some. */
static bool is_command(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 0x1F}, {0x7F, 0x9F}, {0x202A, 0x202E}, {0x2066, 0x2069}, {BROKEN, BROKEN}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

static void print(FILE *file, const char *text, size_t len, bool lines)
{
    size_t from = 0;
    for (size_t at = 0, size = 0; at < len; at += size) {
        uint32_t code = 0;
        size = character((const unsigned char *)text + at, len - at, &code);
        if (!is_command(code) || (lines && (code == '\n' || code == '\t')))
            continue;
        (void)fwrite(text + from, 1, at - from, file);
        (void)fputc('?', file);
        from = at + size;
    }
    (void)fwrite(text + from, 1, len - from, file);
}

void cli_print_clean(FILE *file, const char *text, size_t len)
{
    if (len)
        print(file, text, len, false);
}

void cli_print_data(FILE *file, bool terminal, const char *text, size_t len)
{
    if (len && terminal)
        print(file, text, len, true);
    else if (len)
        (void)fwrite(text, 1, len, file);
}
