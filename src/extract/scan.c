/* scan.c - walks over the clean text, from one run of letters to the next. */
#include "extract/scan.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "extract/read.h"
#include "model/summary.h"

/* Longer runs of letters are none of what is looked for; an IDN in UTF-8 fits. */
#define ATOM_MAX 1024

static const char *const sort_names[TOC_SORT_COUNT] = {
    [TOC_SORT_ADDRESS] = "Address",
    [TOC_SORT_EMAIL] = "EmailAddress",
    [TOC_SORT_FILE] = "File",
    [TOC_SORT_HOST] = "Host",
    [TOC_SORT_URL] = "URL",
    [TOC_SORT_ASN] = "ASN",
    [TOC_SORT_CIDR] = "CIDR",
    [TOC_SORT_SUBJECT] = "Email Subject",
    [TOC_SORT_HASHTAG] = "Hashtag",
    [TOC_SORT_MUTEX] = "Mutex",
    [TOC_SORT_REGISTRY] = "Registry Key",
    [TOC_SORT_AGENT] = "User Agent",
};

const toc_type *toc__sort_type(toc__sort sort)
{
    return toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(sort_names[sort]));
}

toc_rc toc__scan_init(toc__scan *scan, toc_str text, toc_text_form form, unsigned wanted)
{
    *scan = (toc__scan){.wanted = wanted};
    toc_buf_init(&scan->value, TOC_MAX_VALUE * 2);
    return toc__view_init(&scan->view, text, form);
}

void toc__scan_done(toc__scan *scan)
{
    toc__view_done(&scan->view);
    toc_buf_done(&scan->value);
}

static void *no_room(void *user, size_t size)
{
    (void)user;
    (void)size;
    return NULL;
}

/* The platform takes the value, and as it is: a normaliser that asks for room would change it. */
static bool is_stored_form(const toc_type *type, toc_str value)
{
    toc_str parts[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (!value.len || value.len > TOC_MAX_VALUE || !toc_str_is_text(value))
        return false;
    if (type->traits & TOC_TYPE_HASHES)
        parts[(toc_hash_kind(value) + 2) % 3] = value;
    else if (type->key_count == 1)
        parts[0] = value;
    else
        (void)toc_summary_split(value, parts);
    return !type->normalise || !type->normalise(parts, no_room, NULL);
}

/* Found when the first one of the sort is: a scan may be of one value. */
static const toc_type *type_of(toc__scan *scan, toc__sort sort)
{
    if (!scan->types[sort])
        scan->types[sort] = toc__sort_type(sort);
    return scan->types[sort];
}

toc__answer toc__yes(toc__scan *scan, toc__hit *hit, toc__sort sort, size_t from, size_t to)
{
    size_t base = scan->view.clean.base;
    if (scan->value.failed == TOC_ENOMEM)
        return TOC_ANSWER_NOMEM;
    if (scan->value.failed || !is_stored_form(type_of(scan, sort), toc_buf_view(&scan->value)))
        return TOC_ANSWER_NO;
    hit->sort = sort;
    hit->from = base + from;
    hit->to = base + to;
    hit->fanged = hit->fanged || toc__fanged(scan, from, to);
    return TOC_ANSWER_YES;
}

/* From the beginning of a run to its end; two dots in a row end it. */
static void read_atom(const toc__scan *scan, size_t from, toc__atom *atom)
{
    toc_str text = toc__window(scan);
    size_t i = from;
    unsigned every = TOC_CH_HEX;
    *atom = (toc__atom){.from = from};
    for (; i < text.len; i++) {
        unsigned classes = toc__letters[(unsigned char)text.ptr[i]];
        if (!(classes & TOC_CH_ATOM))
            break;
        every &= classes;
        if (classes & TOC_CH_HIGH) {
            size_t letter = toc__high_letter(text.ptr + i, text.len - i);
            if (!letter)
                break;
            atom->high = true;
            i += letter - 1;
        } else if (classes & TOC_CH_DOT) {
            if (i + 1 < text.len && text.ptr[i + 1] == '.')
                break;
            atom->dot = true;
        }
    }
    atom->to = i;
    atom->hex = every != 0;
}

typedef struct attempt {
    toc__reader *read;
    unsigned sorts;
} attempt;

#define BIT(sort) (1U << (sort))

static const attempt before_colon[] = {
    {toc__read_url, BIT(TOC_SORT_URL)},
    {toc__read_labelled, BIT(TOC_SORT_AGENT) | BIT(TOC_SORT_MUTEX) | BIT(TOC_SORT_SUBJECT)},
    {toc__read_ipv6, BIT(TOC_SORT_ADDRESS) | BIT(TOC_SORT_CIDR)},
};
static const attempt before_at[] = {{toc__read_email, BIT(TOC_SORT_EMAIL)}};
static const attempt with_dot[] = {
    {toc__read_ipv4, BIT(TOC_SORT_ADDRESS) | BIT(TOC_SORT_CIDR)},
    {toc__read_host, BIT(TOC_SORT_HOST)},
};
static const attempt others[] = {
    {toc__read_hash, BIT(TOC_SORT_FILE)},
    {toc__read_asn, BIT(TOC_SORT_ASN)},
    {toc__read_registry, BIT(TOC_SORT_REGISTRY)},
    {toc__read_hashtag, BIT(TOC_SORT_HASHTAG)},
};

/* What one sort is made of is not looked at as another, wanted or not: readers run in any case. */
static toc__answer try_all(toc__scan *scan, const attempt *list, size_t count,
                           const toc__atom *atom, toc__hit *hit)
{
    for (size_t i = 0; i < count; i++) {
        *hit = (toc__hit){0};
        toc_buf_clear(&scan->value);
        toc__answer answer = list[i].read(scan, atom, hit);
        if (answer != TOC_ANSWER_NO)
            return answer;
    }
    return TOC_ANSWER_NO;
}
#define TRY(list) try_all(scan, (list), TOC_COUNT(list), atom, hit)

static toc__answer try_atom(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    char next = toc__char_at(scan, atom->to);
    size_t len = atom->to - atom->from;
    toc__answer answer = TOC_ANSWER_NO;
    if (next == ':')
        answer = TRY(before_colon);
    else if (next == '@')
        answer = TRY(before_at);
    if (!answer && atom->dot && len <= ATOM_MAX)
        answer = TRY(with_dot);
    if (!answer &&
        (len >= 32 || toc__letters[(unsigned char)toc__char_at(scan, atom->from)] & TOC_CH_ALPHA) &&
        len <= ATOM_MAX)
        answer = TRY(others);
    return answer;
}

/* The next place worth a look: the beginning of a run, or "::". */
static size_t skip(const toc__scan *scan, size_t offset)
{
    toc_str text = toc__window(scan);
    while (offset < text.len &&
           !toc__is(text.ptr[offset], TOC_CH_WORD | TOC_CH_MARK | TOC_CH_HIGH) &&
           !(text.ptr[offset] == ':' && offset + 1 < text.len && text.ptr[offset + 1] == ':'))
        offset++;
    return offset;
}

/* Goes on in a run of letters, or of what a URL holds, that is longer than any value; its end is
 * none either. */
static void leave_run(toc__scan *scan)
{
    size_t base = scan->view.clean.base, to = scan->at - base;
    unsigned classes = scan->run;
    while (to < scan->view.clean.len && toc__is(scan->view.clean.text[to], classes))
        to++;
    if (to < scan->view.clean.len || scan->view.clean.ended)
        scan->run = 0;
    scan->at = base + to;
}

/* One step: to the next run, and what there is of it. */
static toc__answer step(toc__scan *scan, toc__hit *hit)
{
    size_t base = scan->view.clean.base;
    size_t from = skip(scan, scan->at - base);
    toc__atom atom;
    toc__answer answer;
    read_atom(scan, from, &atom);
    if (atom.to - from > TOC_MAX_VALUE) {
        scan->at = base + atom.to;
        scan->run = TOC_CH_ATOM;
        return TOC_ANSWER_NO;
    }
    if (atom.to == from && toc__char_at(scan, from) == ':') {
        *hit = (toc__hit){0};
        toc_buf_clear(&scan->value);
        answer = toc__read_ipv6(scan, &atom, hit);
        atom.to = from + 1;
        while (toc__char_at(scan, atom.to) == ':')
            atom.to++;
    } else if (atom.to == from) {
        scan->at = base + (from < scan->view.clean.len ? from + 1 : from);
        return TOC_ANSWER_NO;
    } else {
        answer = try_atom(scan, &atom, hit);
    }
    if (answer == TOC_ANSWER_YES)
        scan->floor = hit->to;
    size_t to = answer == TOC_ANSWER_YES ? hit->to : base + atom.to;
    scan->at = to > scan->at ? to : scan->at;
    return answer;
}

int toc__scan_next(toc__scan *scan, toc__hit *hit)
{
    for (;;) {
        if (toc__view_short(&scan->view, scan->at)) {
            toc_rc rc = toc__view_fill(&scan->view, scan->at);
            if (rc)
                return rc;
        }
        if (scan->at >= scan->view.clean.base + scan->view.clean.len)
            return 0;
        if (scan->run) {
            leave_run(scan);
            continue;
        }
        toc__answer answer = step(scan, hit);
        if (answer == TOC_ANSWER_NOMEM)
            return TOC_ENOMEM;
        if (answer == TOC_ANSWER_YES && (scan->wanted & BIT(hit->sort)))
            return 1;
    }
}
