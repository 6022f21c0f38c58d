/* Logging: a file, standard error, and a function of one's own, each with its level. */
#include "example.h"

static void count(void *user, toc_log_level level, const char *area, const char *text)
{
    unsigned *lines = user;
    (void)area, (void)text;
    lines[level]++;
}

int main(void)
{
    toc_error err = {0};
    unsigned lines[TOC_LOG_COUNT] = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.log_file = "tc.log";
    options.log_file_level = "debug";
    options.console_level = "critical";
    options.log = count;
    options.log_user = lines;
    options.log_level = TOC_LOG_DEBUG;
    toc_session *sess = NULL;
    toc_user user;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = toc_whoami(sess, &user, &err);
    if (!rc)
        printf("the function got debug lines: %s\n", lines[TOC_LOG_DEBUG] ? "yes" : "no");
    /* Another file, from the next call on. */
    if (!rc)
        rc = toc_session_set(sess, "log_file", "later.log", &err);
    if (!rc)
        rc = toc_whoami(sess, &user, &err);
    toc_session_close(sess);
    FILE *file = rc ? NULL : fopen("later.log", "r");
    char line[400];
    if (file && fgets(line, sizeof line, file))
        printf("first line of later.log: %s", line);
    if (file)
        fclose(file);
    return example_end(rc, &err);
}
