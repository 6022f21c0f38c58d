/* config_read.c - INI text as the samples of the Python SDK have it: no quotes, no interpolation,
 * no comments behind values, because secrets hold every character (sdk.md 1.1). */
#include "base/error.h"
#include "base/limits.h"
#include "base/str.h"
#include "client/config.h"

#define SECTION TOC_S("threatconnect")
#define PROFILE TOC_S("profile")

typedef struct profiles {
    struct {
        toc_str name;
        uint64_t line;
    } list[TOC_MAX_PROFILES];
    size_t count;
} profiles;

static toc_rc refused(uint64_t line, toc_rc code, const char *why, toc_error *err)
{
    toc_rc rc = toc_error_set(err, code, "line %llu %s", (unsigned long long)line, why);
    if (err)
        err->line = line;
    return rc;
}

static toc_rc read_line(toc_str line, const toc_config_reader *reader, uint64_t number,
                        toc_error *err)
{
    ptrdiff_t equals = toc_str_find_char(line, '=');
    toc_str key = toc_str_trim(toc_str_slice(line, 0, equals < 0 ? 0 : (size_t)equals));
    if (!key.len)
        return refused(number, TOC_EPARSE, "is not \"key = value\"", err);
    toc_str value = toc_str_trim(toc_str_slice(line, (size_t)equals + 1, line.len));
    toc_rc rc = reader->setting(reader->user, key, value, err);
    if (rc && err) {
        toc_error_prefix(err, "line %llu", (unsigned long long)number);
        err->line = number;
    }
    return rc;
}

static toc_rc add_profile(profiles *seen, toc_str name, uint64_t number, toc_error *err)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (!toc_str_equal(seen->list[i].name, name))
            continue;
        toc_rc rc = toc_error_set(err, TOC_ECONFLICT,
                                  "line %llu: the profile \"%.*s\" is there already, in line %llu",
                                  (unsigned long long)number, (int)(name.len < 60 ? name.len : 60),
                                  name.ptr, (unsigned long long)seen->list[i].line);
        if (err)
            err->line = number;
        return rc;
    }
    if (seen->count == TOC_MAX_PROFILES)
        return refused(number, TOC_ELIMIT, "begins a profile too many", err);
    seen->list[seen->count].name = name;
    seen->list[seen->count++].line = number;
    return TOC_OK;
}

/* "[threatconnect]" or "[profile NAME]"; others are somebody else's. */
static toc_rc begin_section(toc_str line, toc_config_reader *reader, profiles *seen,
                            uint64_t number, bool *ours, toc_error *err)
{
    if (line.ptr[line.len - 1] != ']')
        return refused(number, TOC_EPARSE, "is not \"[section]\"", err);
    toc_str section = toc_str_trim(toc_str_slice(line, 1, line.len - 1));
    *ours = !reader->profile.ptr && toc_str_equal(section, SECTION);
    toc_str rest = toc_str_slice(section, PROFILE.len, section.len);
    if (toc_str_starts(section, PROFILE) && rest.len &&
        (rest.ptr[0] == ' ' || rest.ptr[0] == '\t')) {
        toc_str name = toc_str_trim(rest);
        toc_rc rc = add_profile(seen, name, number, err);
        if (rc)
            return rc;
        if (reader->found)
            reader->found(reader->user, name, number);
        *ours = reader->profile.ptr && toc_str_equal(name, reader->profile);
    }
    reader->seen = reader->seen || *ours;
    return TOC_OK;
}

toc_rc toc__config_read(toc_str text, toc_config_reader *reader, toc_error *err)
{
    if (toc_str_starts(text, TOC_S("\xEF\xBB\xBF")))
        text = toc_str_slice(text, 3, text.len);
    profiles seen;
    seen.count = 0;
    bool ours = false;
    uint64_t number = 0;
    toc_str line;
    while (toc_str_cut(&text, '\n', &line)) {
        number++;
        line = toc_str_trim(line);
        toc_rc rc = TOC_OK;
        if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';')
            continue;
        if (line.ptr[0] == '[')
            rc = begin_section(line, reader, &seen, number, &ours, err);
        else if (ours)
            rc = read_line(line, reader, number, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}
