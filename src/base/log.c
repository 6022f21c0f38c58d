/* log.c - lines to the caller's sink. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

void toc_log_write(const toc_log *log, toc_log_level level, const char *area, const char *format,
                   ...)
{
    if (!log->fn || level < log->level)
        return;
    char text[2048];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (wanted < 0)
        return;
    size_t length = (size_t)wanted;
    if (length >= sizeof(text)) {
        length = sizeof(text) - sizeof("...");
        length = toc_str_utf8_floor((toc_str){text, length}, length);
        memcpy(text + length, "...", sizeof("..."));
        length += sizeof("...") - 1;
    }
    /* Values from outside must not be able to forge a line of their own. */
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            text[i] = ' ';
    log->fn(log->user, level, area, text);
}
