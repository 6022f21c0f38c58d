/* lookalike.c - words with dots that end as host names do and are none. */
#include "extract/lookalike.h"

#include "base/mem.h"
#include "base/str.h"
#include "extract/letters.h"

#define AMONG(word, list) toc__is_among((word), (list), TOC_COUNT(list))

/* Endings of names that are far more often endings of files. */
static const char *const file_endings[] = {
    "zip", "mov",  "properties", "cab", "java", "bin", "dat", "bat", "save", "tab", "map",
    "doc", "docs", "data",       "mm",  "gz",   "ps1", "cpl", "csc", "prof", "hiv",
};

/* The same with one label before them only. */
static const char *const short_file_endings[] = {
    "sh", "py", "pl", "md", "ps", "so", "rs", "pub", "name", "vi", "pm", "man",
};

/* Endings that nobody but their owner can register under, and that code is full of. */
static const char *const closed_endings[] = {
    "abc",  "author", "call", "circle", "compare", "dot",    "fox",  "got",    "here", "like",
    "open", "play",   "prod", "read",   "safe",    "select", "silk", "target", "zero",
};

/* Files whoever defangs them: nobody can register names that end so. */
static const char *const file_only_endings[] = {
    "accdb", "ani",  "apk",  "appx",    "arj",     "asp",    "aspx",    "avi",  "bak",   "bash",
    "bat",   "bin",  "bmp",  "bundle",  "cer",     "cfg",    "cgi",     "chm",  "class", "cmd",
    "conf",  "cpl",  "cpp",  "crt",     "crx",     "csproj", "css",     "csv",  "cur",   "dat",
    "db",    "dbf",  "deb",  "der",     "desktop", "dex",    "dll",     "dmg",  "dmp",   "doc",
    "docm",  "docx", "dot",  "dotm",    "dotx",    "drv",    "dylib",   "ear",  "efi",   "elf",
    "eml",   "eps",  "etl",  "evtx",    "exe",     "flv",    "gif",     "gz",   "hpp",   "hta",
    "htm",   "html", "ico",  "ics",     "img",     "inf",    "ini",     "ipa",  "iso",   "jar",
    "jks",   "job",  "jpeg", "jpg",     "js",      "jse",    "json",    "jsp",  "jspx",  "jsx",
    "kext",  "key",  "ko",   "lib",     "lnk",     "log",    "lua",     "lzh",  "mdb",   "mht",
    "mhtml", "mkv",  "msc",  "msg",     "msi",     "msix",   "msp",     "mst",  "mui",   "obj",
    "ocx",   "odt",  "oft",  "otf",     "ova",     "pcap",   "pcapng",  "pdb",  "pdf",   "pem",
    "pfx",   "php",  "pif",  "pkg",     "plist",   "png",    "potx",    "ppam", "pps",   "ppsx",
    "ppt",   "pptm", "pptx", "ps1",     "psd",     "pyc",    "pyd",     "rar",  "reg",   "rpm",
    "rtf",   "scr",  "sct",  "service", "sln",     "sql",    "sqlite",  "svg",  "swf",   "sys",
    "tar",   "tgz",  "tif",  "tiff",    "tmp",     "toml",   "torrent", "ttf",  "txt",   "vbe",
    "vbs",   "vcf",  "vhd",  "vhdx",    "vmdk",    "war",    "wav",     "webp", "wmv",   "woff",
    "wsc",   "wsf",  "wsh",  "xap",     "xhtml",   "xla",    "xlam",    "xll",  "xls",   "xlsb",
    "xlsm",  "xlsx", "xlt",  "xml",     "xsl",     "xslt",   "xz",      "yaml", "yar",   "yara",
    "yml",
};

/* Endings that names in lists have, whatever is before them. */
static const char *const sure_endings[] = {
    "com", "net", "org", "info", "biz", "ru", "cn", "xyz", "top", "tk", "de", "fr", "uk",
};

/* Endings of names that are written with capitals inside: they are names of firms and services. */
static const char *const web_endings[] = {
    "ai",   "app",   "ar",    "au",  "br",      "ca",   "cc",    "cf",   "ch",   "click",
    "club", "co",    "cloud", "dev", "es",      "eu",   "fun",   "ga",   "gq",   "hk",
    "icu",  "in",    "io",    "ir",  "it",      "jp",   "kr",    "life", "link", "live",
    "me",   "ml",    "mx",    "nl",  "online",  "pl",   "pro",   "pw",   "run",  "shop",
    "site", "space", "store", "su",  "tech",    "to",   "today", "tr",   "tv",   "tw",
    "ua",   "us",    "vip",   "vn",  "website", "work", "world", "ws",   "za",
};

/* What programs call themselves and what they are in. */
static const char *const own_words[] = {"this", "self", "cls", "window"};

/* First of two labels: what is behind it is a member, or a package. */
static const char *const code_roots[] = {
    "args",   "array",     "collections", "com",     "ctx",     "document", "edu",      "element",
    "event",  "exports",   "gov",         "io",      "item",    "java",     "javax",    "kotlin",
    "math",   "microsoft", "net",         "node",    "np",      "numpy",    "operator", "org",
    "pandas", "params",    "parent",      "process", "req",     "response", "result",   "scipy",
    "string", "sympy",     "system",      "typing",  "android", "androidx",
};

/* First of more labels. Names begin so too: the ending must be one that code has. */
static const char *const package_roots[] = {
    "com",    "org",      "net", "edu",    "gov",       "io", "java", "javax",    "sun",  "android",
    "kotlin", "androidx", "std", "system", "microsoft", "os", "sys",  "document", "node", "np",
};
static const char *const package_endings[] = {
    "app",   "audio",  "camera",   "cat",  "codes", "data",   "date",
    "email", "events", "graphics", "host", "id",    "int",    "io",
    "java",  "media",  "menu",     "name", "plus",  "report", "style",
    "tools", "video",  "support",  "zone", "pid",   "parts",  "properties",
};

/* Files that what builds programs always calls the same. */
static const char *const build_files[] = {
    "makefile", "gnumakefile", "configure", "aclocal", "acinclude", "potfiles", "cmakelists",
};
/* Before ".in": the file that is made of the template. */
static const char *const template_endings[] = {
    "h",    "pc",  "sh",  "py",   "pl",      "spec",    "cmake",
    "conf", "cfg", "xml", "html", "desktop", "service",
};

/* What looks like a name, ends like one, and is none. */
static const char *const no_names[] = {
    "asp.net", "vb.net", "ado.net", "ml.net", "dot.net", "node.js", "socket.io", "e.g", "i.e",
};

static const char *const other_roots[] = {
    "bazar", "bit", "geek", "gopher", "i2p", "libre", "parody", "pirate",
};

/* Short and full names of hives. */
static const struct hive_row {
    const char *text, *hive;
} hives[] = {
    {"HKEY_LOCAL_MACHINE", "HKEY_LOCAL_MACHINE"},
    {"HKEY_CURRENT_USER", "HKEY_CURRENT_USER"},
    {"HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT"},
    {"HKEY_USERS", "HKEY_USERS"},
    {"HKEY_CURRENT_CONFIG", "HKEY_CURRENT_CONFIG"},
    {"HKLM", "HKEY_LOCAL_MACHINE"},
    {"HKCU", "HKEY_CURRENT_USER"},
    {"HKCR", "HKEY_CLASSES_ROOT"},
    {"HKU", "HKEY_USERS"},
    {"HKCC", "HKEY_CURRENT_CONFIG"},
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "System.Net", "System.IO": names are written in one case, or with a small ending. */
static bool has_code_case(toc_str text, const toc__labels *seen)
{
    size_t upper = 0, lower = 0;
    if (!is_upper(seen->last.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        upper += is_upper(text.ptr[i]);
        lower += is_lower(text.ptr[i]);
    }
    return upper && lower;
}

/* "setupHelper.cr": a capital behind a small letter, as in code and in names of files. Firms write
 * the names of their sites so, but under other endings. */
static bool has_camel_case(toc_str text, const toc__labels *seen)
{
    bool camel = false, lower = false;
    for (size_t i = 0; i < text.len && !camel; i++) {
        lower = (lower && text.ptr[i] != '.') || is_lower(text.ptr[i]);
        camel = lower && is_upper(text.ptr[i]);
    }
    return camel && !AMONG(seen->last, web_endings);
}

static bool is_package(const toc__labels *seen)
{
    if (AMONG(seen->first, own_words))
        return true;
    if (seen->count > 2)
        return AMONG(seen->first, package_roots) && AMONG(seen->last, package_endings);
    /* "x.one" is a variable with a member, "t.co" a name. */
    if (seen->first.len == 1 && toc__is(seen->first.ptr[0], TOC_CH_ALPHA))
        return seen->last.len > 2;
    return AMONG(seen->first, code_roots);
}

static bool is_library(toc_str text, toc_str ending)
{
    return toc_str_starts_fold(text, TOC_S("lib")) &&
           (toc_str_equal(ending, TOC_S("so")) || toc_str_equal(ending, TOC_S("la")));
}

static bool is_file(toc_str text, const toc__labels *seen)
{
    if (AMONG(seen->last, file_endings) || AMONG(seen->last, closed_endings) ||
        is_library(text, seen->last))
        return true;
    if (seen->count == 2 &&
        (AMONG(seen->last, short_file_endings) || AMONG(seen->first, build_files)))
        return true;
    return toc_str_equal(seen->last, TOC_S("in")) && AMONG(seen->before_last, template_endings);
}

static bool is_odd(toc_str text, const toc__labels *seen)
{
    if (seen->count > 2)
        return false;
    /* "64.bit" */
    if (toc_str_equal(seen->last, TOC_S("bit")))
        return toc__is(seen->first.ptr[0], TOC_CH_DIGIT);
    /* "Safari.app" */
    if (toc_str_equal(seen->last, TOC_S("app")))
        return is_upper(text.ptr[0]);
    return AMONG(text, no_names);
}

bool toc__looks_otherwise(toc_str text, const toc__labels *seen)
{
    /* No registry takes a name with '_' in it. */
    if (has_code_case(text, seen) || is_odd(text, seen) ||
        toc_str_find_char(seen->before_last, '_') >= 0)
        return true;
    if (AMONG(seen->last, sure_endings))
        return false;
    return is_file(text, seen) || is_package(seen) || has_camel_case(text, seen);
}

bool toc__ends_files_only(toc_str ending)
{
    return AMONG(ending, file_only_endings);
}

bool toc__is_other_root(toc_str ending)
{
    return AMONG(ending, other_roots);
}

const char *toc__hive_name(toc_str word)
{
    for (size_t i = 0; i < TOC_COUNT(hives); i++)
        if (toc_str_equal_fold(word, toc_str_of(hives[i].text)))
            return hives[i].hive;
    return NULL;
}
