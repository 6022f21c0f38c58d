/* names.c - host names in free text. */
#include "extract/names.h"

#include <string.h>

#include <idn2.h>
#include <libpsl.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/letters.h"

/* IDNs are longer in UTF-8 than in ASCII, but not by more than this. */
#define TEXT_MAX 1024
#define LABELS_MAX 127

/* Endings of names that are far more often endings of files. never: whatever is before them. */
static const struct file_row {
    const char *ending;
    bool never;
} file_endings[] = {
    {"zip", true},   {"mov", true},  {"properties", true}, {"cab", true}, {"sh", false},
    {"py", false},   {"pl", false},  {"md", false},        {"ps", false}, {"so", false},
    {"rs", false},   {"pub", false}, {"java", true},       {"bin", true}, {"dat", true},
    {"bat", true},   {"save", true}, {"tab", true},        {"map", true}, {"data", true},
    {"doc", true},   {"docs", true}, {"mm", true},         {"gz", true},  {"ps1", true},
    {"name", false}, {"cpl", true},  {"csc", true},        {"vi", false}, {"prof", true},
};

/* Endings that are files whoever defangs them. */
static const char *const never_names[] = {
    "exe",  "dll",  "doc",  "docx", "xls",   "xlsx", "xlsm",  "xlsb", "ppt", "pptx", "pdf", "txt",
    "rtf",  "js",   "jse",  "vbs",  "vbe",   "bat",  "cmd",   "ps1",  "scr", "lnk",  "hta", "jar",
    "rar",  "gz",   "tar",  "iso",  "img",   "png",  "jpg",   "jpeg", "gif", "bmp",  "ico", "html",
    "htm",  "php",  "asp",  "aspx", "jsp",   "css",  "xml",   "json", "csv", "sys",  "dat", "tmp",
    "log",  "ini",  "cfg",  "conf", "bin",   "elf",  "apk",   "dex",  "dmg", "pkg",  "msi", "cpl",
    "ocx",  "eml",  "msg",  "pcap", "yar",   "yara", "sql",   "db",   "bak", "swf",  "chm", "wsf",
    "dotm", "docm", "pptm", "odt",  "class", "cgi",  "plist",
};

/* First labels that packages of code begin with. */
static const char *const package_roots[] = {
    "com",       "org",  "net",     "edu",      "gov",    "io",     "java",
    "javax",     "sun",  "android", "androidx", "kotlin", "std",    "system",
    "microsoft", "this", "self",    "os",       "sys",    "window", "document",
};

/* What looks like a name, ends like one, and is none. */
static const char *const no_names[] = {
    "asp.net", "vb.net", "ado.net", "ml.net", "dot.net", "node.js", "socket.io", "e.g", "i.e",
};

/* Endings that names in lists have, whatever is before them. */
static const char *const sure_endings[] = {
    "com", "net", "org", "info", "biz", "ru", "cn", "xyz", "top", "tk", "de", "fr", "uk",
};

#define AMONG(word, list) toc__is_among((word), (list), TOC_COUNT(list))

static const struct file_row *file_row_of(toc_str ending)
{
    for (size_t i = 0; i < TOC_COUNT(file_endings); i++)
        if (toc__first_letter(ending) == file_endings[i].ending[0] &&
            toc_str_equal_fold(ending, toc_str_of(file_endings[i].ending)))
            return &file_endings[i];
    return NULL;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

typedef struct labels {
    toc_str first, last, before_last;
    size_t count;
    bool high; /* letters beyond ASCII */
} labels;

/* Labels of letters, digits, - and _, none of them empty. */
static bool read_labels(toc_str text, labels *seen)
{
    size_t from = 0;
    *seen = (labels){0};
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

/* "System.Net", "System.IO": names are written in one case, or with a small ending. */
static bool has_code_case(toc_str text, const labels *seen)
{
    size_t upper = 0, lower = 0;
    if (!is_upper(seen->last.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        upper += is_upper(text.ptr[i]);
        lower += text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
    }
    return upper && lower;
}

static bool is_package(const labels *seen)
{
    if (!AMONG(seen->first, package_roots))
        return false;
    return seen->count == 2 ? !AMONG(seen->first, sure_endings) && seen->first.len > 3
                            : !AMONG(seen->last, sure_endings);
}

static bool is_file(const labels *seen)
{
    const struct file_row *row = file_row_of(seen->last);
    if (!row)
        return false;
    return row->never || seen->count == 2;
}

static bool looks_otherwise(toc_str text, const labels *seen)
{
    if (is_file(seen) || is_package(seen) || has_code_case(text, seen))
        return true;
    /* Safari.app */
    if (toc_str_equal(seen->last, TOC_S("app")) && seen->count == 2 && is_upper(text.ptr[0]))
        return true;
    return AMONG(text, no_names);
}

static bool ends_well(const char *ascii, size_t len, toc__name_proof proof)
{
    const psl_ctx_t *list = psl_builtin();
    const char *last = strrchr(ascii, '.');
    toc_str ending = {last ? last + 1 : ascii, last ? len - (size_t)(last + 1 - ascii) : len};
    int known =
        list ? psl_is_public_suffix2(list, ending.ptr, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE)
             : is_word(ending);
    if (known && list && psl_is_public_suffix2(list, ascii, PSL_TYPE_ICANN))
        return proof == TOC_NAME_URL;
    if (known || proof < TOC_NAME_FANGED)
        return known;
    if (toc_str_starts(ending, TOC_S("xn--")))
        return true;
    return is_word(ending) && (proof == TOC_NAME_URL || !AMONG(ending, never_names));
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
    labels seen;
    *taken = false;
    if (text.len < 4 || text.len > TEXT_MAX || !read_labels(text, &seen))
        return TOC_OK;
    if (proof == TOC_NAME_BARE && looks_otherwise(text, &seen))
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
