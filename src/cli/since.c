#include "since.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define OVERLAP_S 60

static toc_rc fail(toc_error *err, toc_rc code, const char *path, const char *why)
{
    return cli_error(err, code, "%.300s: %s", path, why);
}

/* The form that is written here and no other: a file of something else must not be overwritten. */
static bool is_date(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    size_t i = 0;
    for (; form[i]; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i])
            return false;
    }
    return text[i] == '\0';
}

toc_rc cli_since_read(const char *path, char date[CLI_DATE_ROOM], toc_error *err)
{
    FILE *file = fopen(path, "r");
    date[0] = '\0';
    if (!file)
        return errno == ENOENT ? TOC_OK : fail(err, TOC_EIO, path, strerror(errno));
    char line[CLI_DATE_ROOM] = "";
    bool got = fgets(line, sizeof line, file) != NULL;
    bool more = got && fgetc(file) != EOF;
    (void)fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    if (!got || more || !is_date(line))
        return fail(err, TOC_EPARSE, path,
                    "this is no file of --since-file, whose only line is a date such as "
                    "2026-05-01T00:00:00Z");
    memcpy(date, line, sizeof line);
    return TOC_OK;
}

void cli_since_now(const toc_session *sess, char date[CLI_DATE_ROOM])
{
    time_t now = time(NULL);
    const toc_response *response = toc_session_last_response(sess);
    toc_str told = response ? toc_response_header(response, "Date") : (toc_str){NULL, 0};
    char text[64];
    struct tm parts = {0};
    if (told.len && told.len < sizeof text) {
        memcpy(text, told.ptr, told.len);
        text[told.len] = '\0';
        const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        time_t server = end && !*end ? timegm(&parts) : -1;
        now = server > 0 ? server : now;
    }
    now -= OVERLAP_S;
    (void)gmtime_r(&now, &parts);
    (void)strftime(date, CLI_DATE_ROOM, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
