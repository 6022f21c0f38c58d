/* Timeout, attempts and the pause between them; what a server that is not there looks like. */
#include "example.h"

static void note(void *user, toc_log_level level, const char *area, const char *text)
{
    unsigned *pauses = user;
    (void)area, (void)text;
    if (level == TOC_LOG_INFO) /* said before each further attempt */
        ++*pauses;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    static const char *const names[] = {"timeout_s", "retries", "retry_sleep_ms"};
    toc_rc rc = toc_session_set(sess, "timeout_s", "15", err);
    for (size_t i = 0; !rc && i < sizeof names / sizeof *names; i++) {
        char *value = NULL;
        rc = toc_session_get(sess, names[i], &value, err);
        if (!rc)
            printf("%-15s %s\n", names[i], value);
        toc_free(value);
    }
    return rc;
}

int main(void)
{
    toc_error err = {0};
    unsigned pauses = 0;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = "http://127.0.0.1:1/api"; /* nobody listens there */
    options.access_id = "1";
    options.secret_key = "not a secret";
    options.no_proxy = "*";
    options.retries = 3;
    options.retry_sleep_ms = 1; /* longest pause */
    options.log = note;
    options.log_user = &pauses;
    toc_session *sess = NULL;
    toc_user user;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    if (!rc && toc_whoami(sess, &user, &err) == TOC_ENET)
        printf("no answer; worth another try: %s; it was sent: %s; pauses: %u\n",
               err.flags & TOC_ERROR_RETRYABLE ? "yes" : "no",
               err.flags & TOC_ERROR_UNSENT ? "no" : "perhaps", pauses);
    toc_session_close(sess);
    return example_end(rc, &err);
}
