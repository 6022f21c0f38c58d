/* logs.c - where the lines of a session go (sdk.md 1.13, 1.14). */
#include "client/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"

#define LOGGER "tocsin"
#define LINE_MAX_BYTES 2400 /* a text of the log, and what stands around it */

static const struct {
    const char *name, *printed;
    toc_log_level level;
} levels[] = {
    {"debug", "DEBUG", TOC_LOG_DEBUG},       {"info", "INFO", TOC_LOG_INFO},
    {"warning", "WARNING", TOC_LOG_WARNING}, {"error", "ERROR", TOC_LOG_ERROR},
    {"critical", NULL, TOC_LOG_ERROR}, /* a name of the Python SDK; here nothing is worse */
};

bool toc__log_level_find(toc_str name, toc_log_level *level)
{
    for (size_t i = 0; i < TOC_COUNT(levels); i++) {
        if (toc_str_equal_fold(name, toc_str_of(levels[i].name))) {
            *level = levels[i].level;
            return true;
        }
    }
    return false;
}

static const char *printed(toc_log_level level)
{
    for (size_t i = 0; i < TOC_COUNT(levels); i++) {
        if (levels[i].level == level)
            return levels[i].printed;
    }
    return "";
}

/* One write: lines of several processes in one file stay whole. */
static void write_line(const toc_logs *logs, int fd, toc_log_level level, const char *text)
{
    struct timespec now;
    struct tm local = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)localtime_r(&now.tv_sec, &local);
    char line[LINE_MAX_BYTES];
    int length = snprintf(
        line, sizeof(line), "%04d-%02d-%02d %02d:%02d:%02d,%03d - " LOGGER " - %s - %s (%s:%d)\n",
        local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
        local.tm_sec, (int)(now.tv_nsec / 1000000), printed(level), text,
        logs->place.function ? logs->place.function : "-", logs->place.line);
    if (length < 0)
        return;
    size_t size = (size_t)length;
    if (size >= sizeof(line)) {
        size = sizeof(line) - 1;
        line[size - 1] = '\n';
    }
    ssize_t done = write(fd, line, size);
    (void)done; /* a full disk must not end the work that is logged */
}

static void keep_record(toc_logs *logs, toc_log_level level, const char *text)
{
    if (logs->count == TOC_MAX_LOG_RECORDS) {
        logs->dropped++;
        return;
    }
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    size_t before = logs->records.len;
    toc_json_writer writer;
    toc_json_writer_init(&writer, &logs->records);
    writer.comma = before;
    toc_json_object(&writer);
    toc_json_key(&writer, TOC_S("timestamp"));
    int64_t milliseconds = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    toc_json_double(&writer, (double)milliseconds / 1000.0);
    toc_json_kv_str(&writer, "message", toc_str_of(text));
    toc_json_kv_str(&writer, "level", toc_str_of(printed(level)));
    toc_json_object_end(&writer);
    if (!logs->records.failed) {
        logs->count++;
        return;
    }
    toc_buf_clear(&logs->records);
    logs->dropped += logs->count + 1;
    logs->count = 0;
}

static void dispatch(void *user, toc_log_level level, const char *area, const char *text)
{
    toc_logs *logs = user;
    if (logs->quiet && level == TOC_LOG_DEBUG)
        return;
    if (logs->caller.fn && level >= logs->caller.level)
        logs->caller.fn(logs->caller.user, level, area, text);
    if (logs->fd >= 0 && level >= logs->file_level)
        write_line(logs, logs->fd, level, text);
    if (logs->console && level >= logs->console_level)
        write_line(logs, STDERR_FILENO, level, text);
    if (logs->ships && level >= logs->file_level && !logs->quiet)
        keep_record(logs, level, text);
}

toc_rc toc__logs_open(toc_logs *logs, const toc_session_options *options, toc_error *err)
{
    toc_logs made = {.caller = {options->log, options->log_user, options->log_level, NULL},
                     .fd = -1,
                     .file_level = TOC_LOG_INFO,
                     .ships = options->log_to_api};
    if (options->log_file_level)
        (void)toc__log_level_find(toc_str_of(options->log_file_level), &made.file_level);
    if (options->console_level)
        made.console = toc__log_level_find(toc_str_of(options->console_level), &made.console_level);
    if (options->log_file) {
        made.fd = open(options->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
                       S_IRUSR | S_IWUSR);
        if (made.fd < 0) {
            toc_rc rc = toc_error_errno(err, TOC_EIO, errno, "the log file %s", options->log_file);
            if (err)
                (void)snprintf(err->field, sizeof(err->field), "log_file");
            return rc;
        }
    }
    toc_buf_init(&made.records, (size_t)TOC_MAX_LOG_RECORDS * LINE_MAX_BYTES * 6);
    *logs = made;
    return TOC_OK;
}

void toc__logs_close(toc_logs *logs)
{
    if (logs->fd >= 0)
        (void)close(logs->fd);
    toc_buf_done(&logs->records);
    *logs = (toc_logs){.fd = -1};
}

static void lower(toc_log *log, bool on, toc_log_level level)
{
    if (on && (!log->fn || level < log->level))
        log->level = level;
    if (on)
        log->fn = dispatch;
}

toc_log toc__logs_view(toc_logs *logs)
{
    toc_log log = {.fn = NULL, .user = logs, .level = TOC_LOG_ERROR, .place = &logs->place};
    lower(&log, logs->caller.fn != NULL, logs->caller.level);
    lower(&log, logs->fd >= 0 || logs->ships, logs->file_level);
    lower(&log, logs->console, logs->console_level);
    return log;
}

static toc_rc send_records(toc_session *sess, toc_str records, toc_error *err)
{
    toc_buf body TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&body, records.len + 3);
    toc_buf_lit(&body, "[");
    toc_buf_str(&body, records);
    toc_buf_lit(&body, "]");
    toc_rc rc = toc_buf_check(&body, err);
    toc_call call = {.method = "POST", .path = "/v2/logs/app", .body = toc_buf_view(&body)};
    return rc ? rc : toc__session_post_once(sess, &call, err);
}

void toc__logs_ship(toc_session *sess, bool all)
{
    toc_logs *logs = &sess->logs;
    if (logs->quiet || !logs->count || (!all && logs->count < TOC_LOG_RECORDS_SENT))
        return;
    unsigned count = logs->count + logs->dropped;
    toc_error why = {0};
    logs->quiet = true;
    toc_rc rc = send_records(sess, toc_buf_view(&logs->records), &why);
    toc_buf_clear(&logs->records);
    logs->count = 0;
    if (rc || logs->dropped)
        toc_log_at(&sess->log, TOC_LOG_ERROR, "log",
                   "%u log records could not be sent to the platform: %s",
                   rc ? count : logs->dropped, rc ? why.message : "there were too many");
    logs->dropped = 0;
    logs->quiet = false;
}
