/* Proxies: without and with credentials. Nothing is sent here; a store needs no proxy anyway. */
#include "example.h"

static toc_rc print(toc_session *sess, toc_error *err)
{
    static const char *const names[] = {"proxy", "proxy_user", "proxy_password", "no_proxy"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *value = NULL;
        toc_rc rc = toc_session_get(sess, names[i], &value, err);
        if (rc)
            return rc;
        printf("  %-15s %s\n", names[i], *value ? value : "-");
        toc_free(value);
    }
    return TOC_OK;
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.proxy = "192.0.2.10:8443";
    options.no_proxy = "localhost,.intern.example";
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc) {
        printf("a proxy that asks nobody\n");
        rc = print(sess, &err);
    }
    toc_session_close(sess);
    /* One without the other counts for nothing; a secret cannot be read back. */
    options.proxy_user = "proxy_user";
    options.proxy_password = "p@ss:word";
    sess = NULL;
    if (!rc)
        rc = example_open(&options, &sess, &err);
    if (!rc) {
        printf("a proxy with credentials\n");
        rc = print(sess, &err);
    }
    toc_session_close(sess);
    return example_end(rc, &err);
}
