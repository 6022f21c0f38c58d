/* names.c - host names in free text. */
#include "extract/names.h"

#include <string.h>

#include <idn2.h>
#include <libpsl.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/letters.h"
#include "extract/lookalike.h"

/* IDNs are longer in UTF-8 than in ASCII, but not by more than this. */
#define TEXT_MAX 1024
#define LABELS_MAX 127

/* Labels of letters, digits, - and _, none of them empty. */
static bool read_labels(toc_str text, toc__labels *seen)
{
    size_t from = 0;
    *seen = (toc__labels){0};
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '.') {
            if (!toc__is(text.ptr[i], TOC_CH_ATOM))
                return false;
            seen->high |= toc__is(text.ptr[i], TOC_CH_HIGH);
            continue;
        }
        toc_str label = toc_str_slice(text, from, i);
        if (!label.len || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
            return false;
        if (!seen->count++)
            seen->first = label;
        seen->before_last = seen->last;
        seen->last = label;
        from = i + 1;
    }
    return seen->count > 1 && seen->count <= LABELS_MAX;
}

static bool is_word(toc_str label)
{
    for (size_t i = 0; i < label.len; i++)
        if (!toc__is(label.ptr[i], TOC_CH_ALPHA))
            return false;
    return label.len > 1 && label.len <= 24;
}

static bool is_suffix(const psl_ctx_t *list, const char *ending)
{
    return psl_is_public_suffix2(list, ending, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

/* Some countries give out names below second labels only, and only those are in the list. */
static bool is_known(const psl_ctx_t *list, const char *ascii, toc_str ending)
{
    if (!list)
        return is_word(ending);
    if (is_suffix(list, ending.ptr) || toc__is_other_root(ending))
        return true;
    const char *dot = ending.len == 2 && ending.ptr > ascii
                          ? memrchr(ascii, '.', (size_t)(ending.ptr - 1 - ascii))
                          : NULL;
    return dot && is_suffix(list, dot + 1);
}

static bool ends_well(const char *ascii, size_t len, toc__name_proof proof)
{
    const psl_ctx_t *list = psl_builtin();
    const char *last = strrchr(ascii, '.');
    toc_str ending = {last ? last + 1 : ascii, last ? len - (size_t)(last + 1 - ascii) : len};
    bool known = is_known(list, ascii, ending);
    if (known && list && psl_is_public_suffix2(list, ascii, PSL_TYPE_ICANN))
        return proof == TOC_NAME_URL;
    if (known || proof < TOC_NAME_FANGED)
        return known;
    if (toc_str_starts(ending, TOC_S("xn--")))
        return true;
    return is_word(ending) && (proof == TOC_NAME_URL || !toc__ends_files_only(ending));
}

static toc_rc to_ascii(toc_str text, char out[TOC_NAME_MAX + 1], size_t *len, bool *taken)
{
    char room[TEXT_MAX + 1];
    char *made = NULL;
    memcpy(room, text.ptr, text.len);
    room[text.len] = '\0';
    int rc = idn2_to_ascii_8z(room, &made, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc == IDN2_MALLOC)
        return TOC_ENOMEM;
    *taken = rc == IDN2_OK && strlen(made) <= TOC_NAME_MAX;
    if (*taken) {
        *len = strlen(made);
        memcpy(out, made, *len + 1);
    }
    idn2_free(made);
    return TOC_OK;
}

static bool labels_fit(const char *ascii)
{
    for (const char *p = ascii; *p;) {
        const char *dot = strchrnul(p, '.');
        if (dot - p > 63 || dot == p)
            return false;
        p = *dot ? dot + 1 : dot;
    }
    return true;
}

toc_rc toc__name_take(toc_str text, toc__name_proof proof, char out[TOC_NAME_MAX + 1], size_t *len,
                      bool *taken)
{
    toc__labels seen;
    *taken = false;
    if (text.len < 4 || text.len > TEXT_MAX || !read_labels(text, &seen))
        return TOC_OK;
    if (proof == TOC_NAME_BARE && toc__looks_otherwise(text, &seen))
        return TOC_OK;
    if (seen.high) {
        toc_rc rc = to_ascii(text, out, len, taken);
        if (rc || !*taken)
            return rc;
    } else if (text.len > TOC_NAME_MAX) {
        return TOC_OK;
    } else {
        memcpy(out, text.ptr, text.len);
        out[text.len] = '\0';
        *len = text.len;
    }
    toc_str_lower(out, *len);
    *taken = labels_fit(out) && ends_well(out, *len, proof);
    return TOC_OK;
}
