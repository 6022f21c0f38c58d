/* build_texts.c - texts in the form that names, tags and addresses have (batch.md 7.3). */
#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"

toc_str toc__batch_front(toc_str text, size_t chars)
{
    size_t seen = 0;
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.ptr[i] & 0xC0U) != 0x80U && seen++ == chars)
            return toc_str_slice(text, 0, i);
    return text;
}

static toc_rc finish(toc_buf *out, char **text, toc_error *err)
{
    toc_buf_str(out, TOC_S(""));
    toc_rc rc = toc_buf_check(out, err);
    char *taken = rc ? NULL : toc_buf_take(out);
    if (!rc && !taken)
        rc = toc_error_nomem(err);
    if (!rc)
        *text = taken;
    return rc;
}

static toc_rc check(toc_str text, char **made, toc_error *err)
{
    size_t bad;
    if (!made)
        return toc_error_set(err, TOC_EINVAL, "there is no place for the text");
    if (text.len > TOC_MAX_TEXT)
        return toc_error_set(err, TOC_ELIMIT, "the text is longer than %u bytes", TOC_MAX_TEXT);
    if (text.len && !toc_str_is_utf8(text, &bad))
        return toc_error_set(err, TOC_EINVAL, "the text is not UTF-8 at byte %zu", bad);
    return TOC_OK;
}

toc_rc toc_safe_group_name(toc_str name, size_t max, bool ellipsis, char **text, toc_error *err)
{
    toc_str suffix = ellipsis ? TOC_S(" ...") : TOC_S("");
    toc_rc rc = check(name, text, err);
    if (rc)
        return rc;
    max = max ? max : TOC_MAX_GROUP_NAME_CHARS;
    if (max <= suffix.len)
        return toc_error_field(err, TOC_EINVAL, "max", "%zu characters leave no room for a name",
                               max);
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = (size_t)TOC_MAX_TEXT + 8};
    if (!name.len || toc_str_utf8_chars(name) <= max) {
        toc_buf_str(&out, name);
        return finish(&out, text, err);
    }
    toc_str rest = name, word;
    size_t chars = 0; /* with the blank in front of each word */
    while (toc_str_cut(&rest, ' ', &word)) {
        size_t more = word.len ? toc_str_utf8_chars(word) : 0;
        if (chars + more + suffix.len >= max)
            break;
        if (out.len)
            toc_buf_char(&out, ' ');
        toc_buf_str(&out, word);
        chars += more + 1;
    }
    /* A name must not become empty. */
    if (!out.len)
        toc_buf_str(&out, toc__batch_front(toc_str_trim(name), max - suffix.len));
    toc_buf_str(&out, suffix);
    return finish(&out, text, err);
}

static toc_rc encoded(toc_str value, char **text, toc_error *err)
{
    toc_rc rc = check(value, text, err);
    if (rc)
        return rc;
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = (size_t)3 * TOC_MAX_TEXT + 8};
    toc_url_encode_path(&out, value);
    return finish(&out, text, err);
}

toc_rc toc_safe_tag(toc_str tag, char **text, toc_error *err)
{
    return encoded(toc__batch_front(tag, TOC_MAX_TAG_CHARS), text, err);
}

toc_rc toc_safe_url(toc_str value, char **text, toc_error *err)
{
    return encoded(value, text, err);
}

toc_rc toc_safe_type(toc_str type, bool lower, char **text, toc_error *err)
{
    toc_rc rc = check(type, text, err);
    if (rc)
        return rc;
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = (size_t)TOC_MAX_TEXT + 8};
    toc_buf_str(&out, type);
    for (size_t i = 0; out.ptr && i < out.len; i++)
        if (out.ptr[i] == ' ')
            out.ptr[i] = '_';
    if (lower && out.ptr)
        toc_str_lower(out.ptr, out.len);
    return finish(&out, text, err);
}
