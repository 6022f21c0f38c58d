/* read_url.c - URLs, their schemes defanged or not. */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "extract/names.h"
#include "extract/read.h"

/* How schemes are written, the longer before the shorter, and what they say. */
static const struct scheme_row {
    toc_str text;
    const char *scheme;
    bool fang;
} schemes[] = {
#define ROW(text, scheme, fang)                                                                    \
    {                                                                                              \
        {text, sizeof(text) - 1}, scheme, fang                                                     \
    }
    ROW("https", "https", false),
    ROW("http", "http", false),
    ROW("ftps", "ftps", false),
    ROW("sftp", "sftp", false),
    ROW("ftp", "ftp", false),
    ROW("wss", "wss", false),
    ROW("ws", "ws", false),
    ROW("hxxps", "https", true),
    ROW("hxxp", "http", true),
    ROW("hxxxps", "https", true),
    ROW("hxxxp", "http", true),
    ROW("h**ps", "https", true),
    ROW("h**p", "http", true),
    ROW("h__ps", "https", true),
    ROW("h__p", "http", true),
    ROW("h--ps", "https", true),
    ROW("h--p", "http", true),
    ROW("htxps", "https", true),
    ROW("htxp", "http", true),
    ROW("hxtps", "https", true),
    ROW("hxtp", "http", true),
    ROW("httxs", "https", true),
    ROW("hxxs", "https", true),
    ROW("hzzps", "https", true),
    ROW("hzzp", "http", true),
    ROW("meows", "https", true),
    ROW("meow", "http", true),
    ROW("h..ps", "https", true),
    ROW("h##p", "http", true),
    ROW("h##ps", "https", true),
    ROW("fxps", "ftps", true),
    ROW("fxp", "ftp", true),
    ROW("f*p", "ftp", true),
    ROW("sfxp", "sftp", true),
    ROW("wxs", "ws", true),
    ROW("tcp", "tcp", false),
    ROW("udp", "udp", false),
    ROW("smb", "smb", false),
    ROW("ldap", "ldap", false),
    ROW("ldaps", "ldaps", false),
    ROW("ssh", "ssh", false),
    ROW("rtsp", "rtsp", false),
    ROW("rtmp", "rtmp", false),
    ROW("telnet", "telnet", false),
    ROW("mongodb", "mongodb", false),
    ROW("stratum+tcp", "stratum+tcp", false),
    ROW("stratum+ssl", "stratum+ssl", false),
    ROW("socks5", "socks5", false),
    ROW("rmi", "rmi", false),
    ROW("irc", "irc", false),
#undef ROW
};

/* The scheme that ends at the offset, in its longest form. */
static const struct scheme_row *find_scheme(const toc__scan *scan, size_t end, size_t *from)
{
    const struct scheme_row *best = NULL;
    size_t floor = toc__floor(scan);
    for (size_t i = 0; i < TOC_COUNT(schemes); i++) {
        size_t len = schemes[i].text.len;
        if (end < len || end - len < floor || (best && best->text.len >= len))
            continue;
        if (toc_str_equal_fold(toc_str_slice(toc__window(scan), end - len, end), schemes[i].text))
            best = &schemes[i];
    }
    if (!best)
        return NULL;
    *from = end - best->text.len;
    /* "xhttp" is another word; "_http" and "-http" are marks of prose. */
    if (*from > floor && toc__is(toc__char_before(scan, *from), TOC_CH_WORD))
        return NULL;
    return best;
}

static bool ends_url(const toc__scan *scan, size_t offset, char quote)
{
    char c = toc__char_at(scan, offset);
    if (!toc__is(c, TOC_CH_URL))
        return scan->view.form != TOC_TEXT_CSV || (c != '[' && c != ']');
    if (quote && c == quote)
        return true;
    if (c != ',' && c != ';')
        return false;
    /* A list without blanks. */
    toc_str rest = toc_str_slice(toc__window(scan), offset + 1, offset + 5);
    return toc_str_equal_fold(rest, TOC_S("http")) || toc_str_equal_fold(rest, TOC_S("hxxp"));
}

static size_t url_run(const toc__scan *scan, size_t from, char quote)
{
    toc_str text = toc__window(scan);
    size_t i = from;
    while (i < text.len && !ends_url(scan, i, quote)) {
        if (toc__is(text.ptr[i], TOC_CH_HIGH)) {
            size_t letter = toc__high_letter(text.ptr + i, text.len - i);
            if (!letter)
                break;
            i += letter;
            continue;
        }
        i++;
    }
    return i;
}

void toc__skip_path(toc__scan *scan, size_t offset)
{
    size_t base = scan->view.clean.base;
    /* Within a path the end is known; looking for it again and again would cost its square. */
    if (toc__char_at(scan, offset) == '/' && base + offset >= scan->path_end)
        scan->path_end = base + url_run(scan, offset, '\0');
}

/* Punctuation of the prose around: brackets that were not opened inside, stops, quotes. */
static size_t trim_end(toc_str text, size_t from, size_t to, char before)
{
    int open[3] = {0};
    for (size_t i = from; i < to; i++) {
        const char *at = memchr("({[)}]", text.ptr[i], 6);
        if (at)
            open[(at - "({[)}]") % 3] += at - "({[)}]" < 3 ? 1 : -1;
    }
    while (to > from) {
        char c = text.ptr[to - 1];
        const char *closes = memchr(")}]", c, 3);
        if (closes) {
            int *count = &open[c == ')' ? 0 : c == '}' ? 1 : 2];
            if (*count >= 0)
                break;
            ++*count;
        } else if (memchr("({[", c, 3)) {
            --open[c == '(' ? 0 : c == '{' ? 1 : 2];
        } else if (!memchr(".,;:!?'*", c, 8) && c != before) {
            break;
        }
        to--;
    }
    return to;
}

/* Where the authority ends, and where its host begins behind a user. */
static size_t find_authority(const toc__scan *scan, size_t from, size_t *host)
{
    size_t i = from, most = from + 2048;
    *host = from;
    for (;
         i < most && !ends_url(scan, i, '\0') && !memchr("/?#,;'()*!{}", toc__char_at(scan, i), 12);
         i++)
        if (toc__char_at(scan, i) == '@')
            *host = i + 1;
    return i;
}

/* Appends the port that may begin at *end, and moves *end behind it. */
static void take_port(toc__scan *scan, size_t *end)
{
    uint64_t number;
    size_t digits = *end + 1;
    if (toc__char_at(scan, *end) != ':')
        return;
    while (toc__is(toc__char_at(scan, digits), TOC_CH_DIGIT))
        digits++;
    toc_str text = toc_str_slice(toc__window(scan), *end, digits);
    if (!toc_str_to_uint(toc_str_slice(text, 1, text.len), &number) || number > 65535)
        return;
    toc_buf_str(&scan->value, text);
    *end = digits;
}

/* A host, and perhaps a port. Appends the stored form to the value. */
static toc__answer take_host(toc__scan *scan, size_t from, size_t to, size_t *end)
{
    toc_str text = toc_str_slice(toc__window(scan), from, to);
    ptrdiff_t colon = toc_str_find_char(text, ':');
    size_t len = colon < 0 ? text.len : (size_t)colon;
    while (len && memchr(".,;!?'*)(+_~=}", text.ptr[len - 1], 14))
        len--;
    toc__answer answer = toc__take_authority_host(scan, from, from + len);
    *end = from + len;
    if (answer == TOC_ANSWER_YES)
        take_port(scan, end);
    return answer;
}

static size_t past_slashes(const toc__scan *scan, size_t at)
{
    char first = toc__char_at(scan, at + 1), second = toc__char_at(scan, at + 2);
    bool slashes = first == '/' && second == '/', back = first == '\\' && second == '\\';
    return slashes || back ? at + 3 : 0;
}

/* The literal of an IPv6 address in brackets; they were no marks. */
static toc__answer take_literal(toc__scan *scan, size_t from, size_t *end)
{
    size_t to = from + 1;
    while (to < from + 48 && toc__is(toc__char_at(scan, to), TOC_CH_HEX | TOC_CH_DOT | TOC_CH_URL))
        to++;
    if (toc__char_at(scan, to) != ']')
        return TOC_ANSWER_NO;
    toc_buf_char(&scan->value, '[');
    toc__answer answer = toc__take_authority_host(scan, from + 1, to);
    toc_buf_char(&scan->value, ']');
    *end = to + 1;
    if (answer == TOC_ANSWER_YES)
        take_port(scan, end);
    return answer;
}

toc__answer toc__read_url(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    size_t from = 0, host, end = 0, begin = past_slashes(scan, atom->to);
    const struct scheme_row *row = begin ? find_scheme(scan, atom->to, &from) : NULL;
    if (!row)
        return TOC_ANSWER_NO;
    if (toc__char_at(scan, begin) == ' ' && row->fang)
        begin++;
    toc_buf_text(&scan->value, row->scheme);
    toc_buf_lit(&scan->value, "://");
    toc__answer answer;
    if (toc__char_at(scan, begin) == '[') {
        answer = take_literal(scan, begin, &end);
    } else {
        size_t authority = find_authority(scan, begin, &host);
        toc_buf_str(&scan->value, toc_str_slice(toc__window(scan), begin, host));
        answer = take_host(scan, host, authority, &end);
    }
    if (answer != TOC_ANSWER_YES)
        return answer;
    char before = from > toc__floor(scan) ? toc__char_before(scan, from) : '\0';
    char next = toc__char_at(scan, end);
    size_t to = end;
    if (next == '/' || next == '?' || next == '#') {
        size_t run = url_run(scan, end, before == '\'' ? '\'' : '\0');
        if (run - begin > TOC_MAX_VALUE - 16) {
            scan->at = scan->view.clean.base + run;
            scan->run = TOC_CH_URL;
            return TOC_ANSWER_NO;
        }
        char mark = before && memchr("+_*~`=", before, 6) ? before : '\0';
        to = trim_end(toc__window(scan), end, run, mark);
        toc_buf_str(&scan->value, toc_str_slice(toc__window(scan), end, to));
    }
    hit->fanged = row->fang;
    hit->scheme = row->scheme;
    hit->scheme_to = scan->view.clean.base + atom->to;
    return toc__yes(scan, hit, TOC_SORT_URL, from, to);
}
