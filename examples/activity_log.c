/* Activity log: off by default; on and off again while the session is open. */
#include "example.h"

static toc_rc ask(toc_session *sess, const char *value, toc_error *err)
{
    toc_user user;
    toc_report_entry entry;
    toc_report_clear(sess);
    toc_rc rc = toc_session_set(sess, "activity_log", value, err);
    if (!rc)
        rc = toc_whoami(sess, &user, err);
    if (!rc && toc_report_at(sess, 0, &entry))
        printf("%-5s %.*s\n", value, TEXT(entry.target));
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_rc rc = toc_session_set(sess, "report", "true", err);
    if (!rc)
        rc = ask(sess, "true", err);
    return rc ? rc : ask(sess, "false", err);
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    toc_session_close(sess);
    return example_end(rc, &err);
}
