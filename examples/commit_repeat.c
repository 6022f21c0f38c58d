/* A save that fails half way, and is made again: only what is still owed is sent. */
#include "example.h"

static void queue_of(toc_object *obj, const char *when)
{
    printf("%s: id %s, %zu waiting\n", when, toc_object_get_int(obj, "id") ? "known" : "unknown",
           toc_queue_length(obj));
    for (size_t i = 0; i < toc_queue_length(obj); i++)
        printf("  %.*s\n", TEXT(toc_queue_description(obj, i)));
}

static toc_rc fill(toc_object *obj, toc_error *err)
{
    toc_ref nobody = {toc_types_find(NULL, TOC_KIND_VICTIM, toc_str_of("Victim")),
                      toc_str_of("999"), NULL, 0};
    toc_rc rc = toc_object_set(obj, "name", toc_str_of("Grey Gull"), err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("APT"), err);
    if (!rc)
        rc = toc_queue_associate(obj, NULL, &nobody, err);
    return rc ? rc : toc_object_add_tag(obj, toc_str_of("mail"), err);
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *adversary = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Adversary"));
    toc_error refused = {0};
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(adversary, &obj, err);
    if (!rc)
        rc = fill(obj, err);
    if (!rc) {
        queue_of(obj, "before");
        printf("saved: %s\n", toc_error_find(toc_save(sess, obj, NULL, &refused))->name);
        printf("%s\n", refused.message);
        queue_of(obj, "after the failure");
        toc_queue_drop(obj, 0); /* there is no such victim */
        rc = toc_save(sess, obj, NULL, err);
        queue_of(obj, "after the second time");
    }
    toc_object_free(obj);
    return rc;
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
