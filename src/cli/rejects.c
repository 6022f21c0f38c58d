#include "rejects.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli.h"

/* Enough to see what is wrong; the file has them all. */
#define SHOWN_MAXIMUM 5

void cli_rejects_init(cli_rejects *rejects, const char *path, const char *input, bool quiet)
{
    *rejects = (cli_rejects){.quiet = quiet};
    const char *slash = strrchr(input, '/');
    const char *base = slash ? slash + 1 : input;
    if (path)
        (void)snprintf(rejects->path, sizeof rejects->path, "%s", path);
    else
        (void)snprintf(rejects->path, sizeof rejects->path, "%s%s.rejected",
                       *base == '-' && base[1] ? "./" : "", /* no option, when it is imported */
                       strcmp(base, "-") != 0 ? base : "stdin");
}

/* As it came, zero bytes too. */
static void write_bytes(FILE *file, const char *text, size_t len)
{
    if (len)
        (void)fwrite(text, 1, len, file);
}

static void write_quoted(FILE *file, const char *text, size_t len)
{
    (void)fputc('"', file);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            (void)fputc('"', file);
        (void)fputc(text[i], file);
    }
    (void)fputc('"', file);
}

static void write_json_text(FILE *file, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            (void)fprintf(file, "\\%c", c);
        else if (c < 0x20)
            (void)fprintf(file, "\\u%04x", c);
        else
            (void)fputc(c, file);
    }
}

/* --- what an earlier refusal put in front ---------------------------------------------------- */

#define CSV_HEAD "tocsin_line,tocsin_reason,"
#define JSON_LINE "{\"tocsinLine\":"
#define JSON_REASON ",\"tocsinReason\":\""

static toc_str behind(toc_str text, size_t len)
{
    return (toc_str){text.ptr + len, text.len - len};
}

static bool starts(toc_str text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && !memcmp(text.ptr, with, len);
}

/* Behind a CSV field and its comma; 0 when the row ends before that. */
static size_t behind_field(toc_str row, size_t at)
{
    bool quoted = at < row.len && row.ptr[at] == '"';
    for (bool inside = false; at < row.len; at++) {
        if (quoted && row.ptr[at] == '"')
            inside = !inside;
        else if (!inside && row.ptr[at] == ',')
            return at + 1;
    }
    return 0;
}

/* Without line and reason, in whatever quotes somebody's spreadsheet put them; a row with nothing
 * behind them stays whole. */
static toc_str bare_row(toc_str row)
{
    size_t reason = behind_field(row, 0);
    return behind(row, reason ? behind_field(row, reason) : 0);
}

/* The same of an object: how much stands between its brace and the comma before its own members. */
static size_t given_members(toc_str object)
{
    if (!starts(object, JSON_LINE))
        return 0;
    size_t at = sizeof JSON_LINE - 1;
    while (at < object.len && object.ptr[at] >= '0' && object.ptr[at] <= '9')
        at++;
    if (!starts(behind(object, at), JSON_REASON))
        return 0;
    for (at += sizeof JSON_REASON - 1; at < object.len && object.ptr[at] != '"'; at++)
        at += object.ptr[at] == '\\';
    return at < object.len && starts(behind(object, at), "\",\"") ? at : 0;
}

/* --- writing -------------------------------------------------------------------------------- */

static bool open_file(cli_rejects *rejects)
{
    if (rejects->file || rejects->failed)
        return rejects->file != NULL;
    rejects->file = fopen(rejects->path, "we");
    if (!rejects->file) {
        cli_say("%s: %s", rejects->path, strerror(errno));
        rejects->failed = true;
        return false;
    }
    if (rejects->form == REJECTS_JSON)
        (void)fputs("{\"indicator\":[", rejects->file);
    if (rejects->form == REJECTS_CSV) {
        rejects->again = starts(rejects->header, CSV_HEAD);
        (void)fputs(rejects->again ? "" : CSV_HEAD, rejects->file);
        write_bytes(rejects->file, rejects->header.ptr, rejects->header.len);
        (void)fputc('\n', rejects->file);
    }
    return true;
}

/* True for an object with at least one member: its text can go on behind ours. */
static bool has_members(toc_str record)
{
    size_t at = 1;
    while (at < record.len && strchr(" \t\r\n", record.ptr[at]) && record.ptr[at])
        at++;
    return at < record.len && record.ptr[0] == '{' && record.ptr[at] == '"';
}

static void write_object(FILE *file, toc_str record, uint64_t line, const char *reason,
                         size_t reason_len)
{
    (void)fprintf(file, "{\"tocsinLine\":%" PRIu64 ",\"tocsinReason\":\"", line);
    write_json_text(file, reason, reason_len);
    /* What is not an object is kept as text. */
    if (has_members(record)) {
        size_t given = given_members(record);
        (void)fputs(given ? "\"" : "\",", file);
        write_bytes(file, record.ptr + 1 + given, record.len - 1 - given);
    } else {
        (void)fputs("\",\"tocsinRecord\":\"", file);
        write_json_text(file, record.ptr, record.len);
        (void)fputs("\"}", file);
    }
}

/* Groups and associations wait in files without a name. */
static FILE *file_of_part(cli_rejects *rejects)
{
    if (!rejects->part)
        return rejects->file;
    size_t other = rejects->part - 1;
    if (!rejects->others[other])
        rejects->others[other] = tmpfile();
    return rejects->others[other];
}

static void write_json(cli_rejects *rejects, toc_str record, uint64_t line, const char *reason,
                       size_t reason_len)
{
    FILE *file = file_of_part(rejects);
    if (!file) {
        rejects->failed = true;
        return;
    }
    (void)fputs(rejects->written[rejects->part]++ ? ",\n" : "\n", file);
    write_object(file, record, line, reason, reason_len);
}

/* A line end inside a reason would make a value of its rest. */
static void write_comment(FILE *file, uint64_t line, const char *reason, size_t reason_len)
{
    (void)fprintf(file, "# line %" PRIu64 ": ", line);
    for (size_t i = 0; i < reason_len; i++)
        (void)fputc((unsigned char)reason[i] < 0x20 ? ' ' : reason[i], file);
    (void)fputc('\n', file);
}

void cli_rejects_add(cli_rejects *rejects, toc_str record, uint64_t line, const char *reason,
                     size_t reason_len)
{
    if (!rejects->quiet && rejects->shown++ < SHOWN_MAXIMUM)
        cli_say("line %" PRIu64 ": %.*s", line, (int)reason_len, reason);
    rejects->count++;
    if (!open_file(rejects))
        return;
    if (rejects->form == REJECTS_JSON) {
        write_json(rejects, record, line, reason, reason_len);
        return;
    }
    if (rejects->form == REJECTS_LINES) {
        write_object(rejects->file, record, line, reason, reason_len);
        (void)fputc('\n', rejects->file);
        return;
    }
    if (rejects->form == REJECTS_LIST) {
        write_comment(rejects->file, line, reason, reason_len);
    } else {
        record = rejects->again ? bare_row(record) : record;
        (void)fprintf(rejects->file, "%" PRIu64 ",", line);
        write_quoted(rejects->file, reason, reason_len);
        (void)fputc(',', rejects->file);
    }
    write_bytes(rejects->file, record.ptr, record.len);
    (void)fputc('\n', rejects->file);
}

/* Puts the other parts behind the indicators. */
static bool append_part(cli_rejects *rejects, size_t part, const char *head)
{
    char block[4096];
    size_t got = 0;
    FILE *from = rejects->others[part];
    if (!from)
        return true;
    bool good = !fflush(from) && !ferror(from); /* rewind forgets it */
    rewind(from);
    (void)fputs(head, rejects->file);
    while ((got = fread(block, 1, sizeof block, from)) > 0)
        (void)fwrite(block, 1, got, rejects->file);
    good = !ferror(from) && good;
    (void)fclose(from);
    rejects->others[part] = NULL;
    return good;
}

bool cli_rejects_close(cli_rejects *rejects)
{
    if (!rejects->file)
        return !rejects->failed;
    bool good = append_part(rejects, 0, "],\"group\":[") && !rejects->failed;
    good = append_part(rejects, 1, "],\"association\":[") && good;
    if (rejects->form == REJECTS_JSON)
        (void)fputs("]}\n", rejects->file);
    good = !ferror(rejects->file) && !fflush(rejects->file) && good;
    good = !fclose(rejects->file) && good;
    rejects->file = NULL;
    if (!good)
        cli_say("%s could not be written whole", rejects->path);
    return good;
}
