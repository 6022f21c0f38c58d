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
    toc_rc rc = toc_config_load(NULL, &config, err);
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

/* Lists bring everything along that can come with an object in the same request. */
static inline toc_rc example_include(toc_filter *filter, toc_error *err)
{
    static const char *const sections[] = {"additional", "attributes", "labels", "tags"};
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < sizeof sections / sizeof *sections; i++)
        rc = toc_filter_include(filter, sections[i], err);
    return rc;
}

/* Prints an object and what came along with it. */
static inline void example_details(toc_object *obj)
{
    toc_str type;
    toc_str value;
    printf("%s %.*s\n", toc_object_type(obj)->name, TEXT(toc_object_summary(obj)));
    for (size_t i = 0; toc_object_attribute(obj, i, &type, &value); i++)
        printf("  %.*s = %.*s\n", TEXT(type), TEXT(value));
    for (size_t i = 0; toc_object_tag(obj, i, &value); i++)
        printf("  tag %.*s\n", TEXT(value));
    for (size_t i = 0; toc_object_label(obj, i, &value); i++)
        printf("  label %.*s\n", TEXT(value));
}

/* Prints everything that is left of a list, with what came along, and closes it. */
static inline toc_rc example_all(toc_list *list, toc_error *err)
{
    toc_object *obj = NULL;
    int more = 0;
    while ((more = toc_list_next(list, &obj, err)) > 0)
        example_details(obj);
    toc_list_close(list);
    return more;
}

/* What one batch did, as one line. */
static inline void example_sums(const toc_batch_status *status)
{
    printf("%llu sent: %llu stored, %llu refused, %llu files\n", (unsigned long long)status->items,
           (unsigned long long)status->success, (unsigned long long)status->errors,
           (unsigned long long)status->files);
}

/* Shows a batch as a V2 file, then sends it. */
static inline toc_rc example_submit(toc_session *sess, toc_batch *batch, toc_error *err)
{
    toc_batch_status status = {0};
    toc_rc rc = toc_batch_write(batch, stdout, err);
    if (!rc)
        rc = toc_batch_submit(batch, sess, NULL, &status, err);
    example_sums(&status);
    return rc;
}

/* The exit status; what went wrong is said on standard error. */
static inline int example_end(toc_rc rc, const toc_error *err)
{
    if (rc)
        fprintf(stderr, "%s: %s\n", toc_error_find(rc)->name, err->message);
    return toc_error_find(rc)->exit_status;
}

/* A whole program: opens a session, shows something, closes it. */
static inline int example_run(toc_rc (*show)(toc_session *sess, toc_error *err))
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
#endif
