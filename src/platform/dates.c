/* dates.c - dates in requests and answers. */
#include "platform/dates.h"

#include "base/time.h"

toc_rc toc__read_date(toc_str text, const char *field, int64_t *seconds, toc_error *err)
{
    if (!text.len || toc_time_parse(text, seconds))
        return TOC_OK;
    return toc__refuse(err, 400,
                       "Please enter the %s in number of milliseconds since January 1, 1970, "
                       "00:00:00 GMT",
                       field);
}

void toc__json_date(toc_json_writer *writer, const char *key, int64_t seconds)
{
    char text[TOC_TIME_TEXT];
    size_t len = toc_time_format(seconds, text);
    toc__json_key(writer, key);
    toc_json_string(writer, (toc_str){text, len});
}
