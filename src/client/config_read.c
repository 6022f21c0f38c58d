/* config_read.c - INI text as the samples of the Python SDK have it: no quotes, no interpolation,
 * no comments behind values, because secrets hold every character (sdk.md 1.1). */
#include "base/error.h"
#include "base/str.h"
#include "client/config.h"

#define SECTION TOC_S("threatconnect")

static toc_rc broken(uint64_t line, const char *why, toc_error *err)
{
    toc_rc rc = toc_error_set(err, TOC_EPARSE, "line %llu %s", (unsigned long long)line, why);
    if (err)
        err->line = line;
    return rc;
}

static toc_rc read_line(toc_str line, bool ours, toc_config_fn fn, void *user, uint64_t number,
                        toc_error *err)
{
    ptrdiff_t equals = toc_str_find_char(line, '=');
    toc_str key = toc_str_trim(toc_str_slice(line, 0, equals < 0 ? 0 : (size_t)equals));
    if (!ours)
        return TOC_OK;
    if (!key.len)
        return broken(number, "is not \"key = value\"", err);
    toc_rc rc = fn(user, key, toc_str_trim(toc_str_slice(line, (size_t)equals + 1, line.len)), err);
    if (rc && err) {
        toc_error_prefix(err, "line %llu", (unsigned long long)number);
        err->line = number;
    }
    return rc;
}

toc_rc toc__config_read(toc_str text, toc_config_fn fn, void *user, toc_error *err)
{
    if (toc_str_starts(text, TOC_S("\xEF\xBB\xBF")))
        text = toc_str_slice(text, 3, text.len);
    bool ours = false;
    uint64_t number = 0;
    toc_str line;
    while (toc_str_cut(&text, '\n', &line)) {
        number++;
        line = toc_str_trim(line);
        toc_rc rc = TOC_OK;
        if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';')
            continue;
        if (line.ptr[0] != '[')
            rc = read_line(line, ours, fn, user, number, err);
        else if (line.ptr[line.len - 1] != ']')
            rc = broken(number, "is not \"[section]\"", err);
        else
            ours = toc_str_equal(toc_str_trim(toc_str_slice(line, 1, line.len - 1)), SECTION);
        if (rc)
            return rc;
    }
    return TOC_OK;
}
