/* fang.c - indicators in a text defanged or refanged; single values. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "extract/scan.h"

/* Sorts that somebody could click on. */
#define CLICKABLE                                                                                  \
    (1U << TOC_SORT_ADDRESS | 1U << TOC_SORT_EMAIL | 1U << TOC_SORT_HOST | 1U << TOC_SORT_URL |    \
     1U << TOC_SORT_CIDR)

typedef void spell_fn(const toc__hit *hit, toc_str clean, toc_buf *out);

/* As it stands in the text, without the marks. */
static void spell_refanged(const toc__hit *hit, toc_str clean, toc_buf *out)
{
    size_t scheme = hit->scheme ? hit->scheme_to + 3 - hit->from : 0;
    if (hit->scheme) {
        toc_buf_text(out, hit->scheme);
        toc_buf_lit(out, "://");
    }
    toc_buf_str(out, toc_str_slice(clean, scheme, clean.len));
}

static const char *defanged_scheme(const char *scheme)
{
    static const struct pair {
        const char *scheme, *put;
    } pairs[] = {
        {"http", "hxxp"}, {"https", "hxxps"}, {"ftp", "fxp"}, {"ftps", "fxps"}, {"sftp", "sfxp"},
    };
    for (size_t i = 0; i < TOC_COUNT(pairs); i++)
        if (!strcmp(scheme, pairs[i].scheme))
            return pairs[i].put;
    return scheme;
}

static void spell_defanged(const toc__hit *hit, toc_str clean, toc_buf *out)
{
    size_t at = 0, end = clean.len;
    bool colons = hit->sort == TOC_SORT_ADDRESS || hit->sort == TOC_SORT_CIDR;
    if (hit->scheme) {
        at = hit->scheme_to + 3 - hit->from;
        toc_buf_text(out, defanged_scheme(hit->scheme));
        toc_buf_lit(out, "://");
        for (end = at; end < clean.len && !memchr("/?#", clean.ptr[end], 3);)
            end++;
    }
    for (; at < end; at++) {
        char c = clean.ptr[at];
        if (c == '.' || c == '@' || (c == ':' && colons)) {
            toc_buf_char(out, '[');
            toc_buf_char(out, c);
            toc_buf_char(out, ']');
        } else {
            toc_buf_char(out, c);
        }
    }
    toc_buf_str(out, toc_str_slice(clean, at, clean.len));
}

typedef struct filter {
    toc__scan scan;
    toc_buf spelt;
    toc_str text;
    size_t done; /* of text */
    toc_text_fn out;
    void *user;
} filter;

static toc_rc put(filter *self, toc_str part)
{
    return part.len ? self->out(self->user, part) : TOC_OK;
}

static toc_rc put_hit(filter *self, const toc__hit *hit, spell_fn *spell)
{
    size_t offset, base = self->scan.view.clean.base;
    toc_str source = toc__view_source(&self->scan.view, hit->from, hit->to, &offset);
    toc_str window = {self->scan.view.clean.text, self->scan.view.clean.len};
    toc_buf_clear(&self->spelt);
    spell(hit, toc_str_slice(window, hit->from - base, hit->to - base), &self->spelt);
    if (self->spelt.failed)
        return self->spelt.failed;
    toc_rc rc = put(self, toc_str_slice(self->text, self->done, offset));
    if (!rc)
        rc = put(self, toc_buf_view(&self->spelt));
    self->done = offset + source.len;
    return rc;
}

static toc_rc run(filter *self, toc_text_form form, bool fanged_only, spell_fn *spell)
{
    toc__hit hit;
    int more;
    toc_rc rc = toc__scan_init(&self->scan, self->text, form, CLICKABLE);
    if (rc)
        return rc;
    while ((more = toc__scan_next(&self->scan, &hit)) > 0) {
        rc = fanged_only && !hit.fanged ? TOC_OK : put_hit(self, &hit, spell);
        if (rc)
            return rc;
    }
    return more ? more : put(self, toc_str_slice(self->text, self->done, self->text.len));
}

static toc_rc filter_text(toc_str text, toc_text_form form, toc_text_fn out, void *user,
                          bool fanged_only, spell_fn *spell, toc_error *err)
{
    if (!out || form >= TOC_TEXT_FORM_COUNT || (text.len && !text.ptr))
        return toc_error_set(err, TOC_EINVAL, "an argument is missing or wrong");
    filter self = {.text = text, .out = out, .user = user};
    toc_buf_init(&self.spelt, TOC_MAX_VALUE * 4);
    toc_rc rc = run(&self, form, fanged_only, spell);
    toc__scan_done(&self.scan);
    toc_buf_done(&self.spelt);
    return rc == TOC_ENOMEM ? toc_error_nomem(err) : rc;
}

toc_rc toc_defang(toc_str text, toc_text_form form, toc_text_fn out, void *user, toc_error *err)
{
    return filter_text(text, form, out, user, false, spell_defanged, err);
}

toc_rc toc_refang(toc_str text, toc_text_form form, toc_text_fn out, void *user, toc_error *err)
{
    return filter_text(text, form, out, user, true, spell_refanged, err);
}

static toc_str strip(toc_str value)
{
    static const char pairs[] = "\"\"''``<>";
    value = toc_str_trim(value);
    for (size_t i = 0; i < sizeof(pairs) - 1 && value.len > 1; i += 2)
        if (value.ptr[0] == pairs[i] && value.ptr[value.len - 1] == pairs[i + 1])
            value = toc_str_trim(toc_str_slice(value, 1, value.len - 1));
    return value;
}

static bool fits(toc_str text, char *out, size_t size)
{
    if (text.len >= size)
        return false;
    if (text.len)
        memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

/* The value must be one from end to end. 1, 0 or TOC_ENOMEM. */
static int read_value(toc__scan *scan, toc_str value, const toc_type **type)
{
    toc__hit hit;
    size_t offset;
    toc_rc rc = toc__scan_init(scan, value, TOC_TEXT_PLAIN, TOC_SORT_ALL);
    if (rc)
        return rc;
    scan->alone = true;
    int found = toc__scan_next(scan, &hit);
    if (found <= 0)
        return found;
    if (toc__view_source(&scan->view, hit.from, hit.to, &offset).len != value.len)
        return 0;
    *type = scan->types[hit.sort];
    return 1;
}

bool toc_refang_value(toc_str value, char *out, size_t size, const toc_type **type)
{
    toc__scan scan = {0};
    const toc_type *found = NULL;
    if (!out || !size || (value.len && !value.ptr))
        return false;
    value = strip(value);
    int known = value.len <= TOC_MAX_VALUE ? read_value(&scan, value, &found) : 0;
    if (known > 0 && !fits(toc_buf_view(&scan.value), out, size))
        known = 0;
    if (known == 0)
        (void)fits(value, out, size);
    else if (known > 0 && type)
        *type = found;
    toc__scan_done(&scan);
    return known > 0;
}
