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

/* Bytes of the character at text, and whether a terminal would take it for a command: controls of
 * both sets, and what turns the direction of writing around. */
static size_t character(const unsigned char *text, size_t len, bool *command)
{
    static const unsigned char lengths[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
    size_t size = lengths[text[0] >> 4];
    size = size < len ? size : len;
    *command =
        text[0] < 0x20 || text[0] == 0x7F || (size == 2 && text[0] == 0xC2 && text[1] < 0xA0);
    if (size == 3 && text[0] == 0xE2 && text[1] == 0x80)
        *command = text[2] >= 0xAA && text[2] <= 0xAE;
    if (size == 3 && text[0] == 0xE2 && text[1] == 0x81)
        *command = text[2] >= 0xA6 && text[2] <= 0xA9;
    return size;
}

void cli_print_clean(FILE *file, const char *text, size_t len)
{
    for (size_t at = 0, size = 0; at < len; at += size) {
        bool command = false;
        size = character((const unsigned char *)text + at, len - at, &command);
        if (command)
            (void)fputc('?', file);
        else
            (void)fwrite(text + at, 1, size, file);
    }
}
