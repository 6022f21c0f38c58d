/* members.c - the texts in a flat JSON object of an answer. */
#include "client/members.h"

#include "base/str.h"

toc_str toc__members_scalar(const toc_json_reader *reader, toc_json_event event)
{
    switch (event) {
    case TOC_JSON_STRING:
    case TOC_JSON_NUMBER:
        return reader->text.ptr ? reader->text : TOC_S("");
    case TOC_JSON_TRUE:
        return TOC_S("true");
    case TOC_JSON_FALSE:
        return TOC_S("false");
    default:
        return (toc_str){NULL, 0};
    }
}

bool toc__members_read(toc_json_reader *reader, const toc_text_member *members, size_t count)
{
    while (toc_json_next(reader) == TOC_JSON_KEY) {
        toc_str *out = NULL;
        for (size_t i = 0; i < count; i++) {
            if (toc_str_equal(reader->text, toc_str_of(members[i].name)))
                out = members[i].text;
        }
        toc_json_event event = toc_json_next(reader);
        if (out)
            *out = toc__members_scalar(reader, event);
        if (event == TOC_JSON_ERROR || !toc_json_skip(reader, NULL))
            return false;
    }
    return !reader->error;
}

void toc__members_keep(toc_str text, char *out, size_t size)
{
    size_t length = toc_str_utf8_floor(text, size - 1);
    if (length)
        memcpy(out, text.ptr, length);
    out[length] = '\0';
}
