/* retry.c - when a call may be sent again, and how long the server asks to wait. */
#include "client/retry.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"

#define LONGEST_MS 3600000

/* What is safe to send twice. */
static const struct {
    const char *name;
    bool unanswered; /* after a request whose fate is unknown */
    bool answered;   /* after an answer that says "later" */
} methods[] = {
    {"GET", true, true},
    {"PUT", true, false},
    {"DELETE", true, false},
};

bool toc__may_repeat(const char *method, const toc_error *failure)
{
    if (!(failure->flags & TOC_ERROR_RETRYABLE))
        return false;
    if (failure->flags & TOC_ERROR_UNSENT)
        return true;
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        if (toc_str_equal(toc_str_of(method), toc_str_of(methods[i].name)))
            return failure->http_status ? methods[i].answered : methods[i].unanswered;
    }
    return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool parse_http_date(toc_str text, int64_t *seconds)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.len != 29 || !toc_str_ends(text, TOC_S(" GMT")))
        return false;
    ptrdiff_t month = toc_str_find(TOC_S(months), toc_str_slice(text, 8, 11));
    if (month < 0 || month % 3)
        return false;
    char iso[TOC_TIME_TEXT + 8];
    int length = snprintf(iso, sizeof(iso), "%.4s-%02d-%.2sT%.8sZ", text.ptr + 12,
                          (int)(month / 3) + 1, text.ptr + 5, text.ptr + 17);
    return length > 0 && toc_time_parse((toc_str){iso, (size_t)length}, seconds);
}

unsigned toc__retry_after(const toc_response *response, int64_t now)
{
    toc_str value = toc_str_trim(toc_response_header(response, "Retry-After"));
    int64_t seconds = 0, when = 0;
    if (parse_http_date(value, &when))
        seconds = when - now;
    else if (!toc_str_to_int(value, &seconds))
        return 0;
    if (seconds <= 0)
        return 0;
    return seconds < LONGEST_MS / 1000 ? (unsigned)seconds * 1000 : LONGEST_MS;
}
