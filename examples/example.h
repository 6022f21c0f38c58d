/* example.h - what the examples share: where the settings come from, walking a list, the end. */
#ifndef EXAMPLE_H
#define EXAMPLE_H
#include <stdio.h>

#include <tocsin/platform.h>
#include <tocsin/tocsin.h>

/* A toc_str for "%.*s". */
#define TEXT(str) (int)(str).len, (str).ptr

/* What options leave unset comes from TC_API_PATH, TC_API_ACCESS_ID, TC_API_SECRET_KEY, TC_OWNER...
 * or from ./tc.conf. TC_API_PATH may be "file:STORE": then no server is needed. */
static inline toc_rc example_open(const toc_session_options *options, toc_session **sess,
                                  toc_error *err)
{
    toc_session_options all = *options;
    toc_config *config = NULL;
    toc_rc rc = toc_config_load(NULL, NULL, NULL, &config, err);
    if (rc)
        return rc;
    toc_config_apply(config, &all);
    rc = toc_platform_connect(&all, NULL, sess, err);
    toc_config_free(config);
    return rc;
}

/* Prints type and value of everything that is left of a list. */
static inline toc_rc example_print(toc_list *list, toc_error *err)
{
    toc_object *obj = NULL;
    int more = 0;
    while ((more = toc_list_next(list, &obj, err)) > 0)
        printf("  %-12s %.*s\n", toc_object_type(obj)->name, TEXT(toc_object_summary(obj)));
    return more;
}

/* Asks for objects and prints them. */
static inline toc_rc example_list(toc_session *sess, toc_kind kind, const toc_filter *filter,
                                  toc_error *err)
{
    toc_list *list = NULL;
    toc_rc rc = toc_list_open(sess, kind, filter, &list, err);
    if (!rc)
        rc = example_print(list, err);
    toc_list_close(list);
    return rc;
}

/* The exit status; what went wrong is said on standard error. */
static inline int example_end(toc_rc rc, const toc_error *err)
{
    if (rc)
        fprintf(stderr, "%s: %s\n", toc_error_find(rc)->name, err->message);
    return toc_error_find(rc)->exit_status;
}
#endif
