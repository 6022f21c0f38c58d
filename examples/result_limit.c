/* Result limit: how many objects one request brings; lists fetch page after page by themselves. */
#include "example.h"

static toc_rc count(toc_session *sess, const char *limit, toc_error *err)
{
    toc_stats before;
    toc_stats after;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    unsigned objects = 0;
    int more = 0;
    toc_session_stats(sess, &before);
    toc_rc rc = toc_session_set(sess, "result_limit", limit, err);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_GROUP, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        objects++;
    toc_session_stats(sess, &after);
    if (!rc && !more)
        printf("result limit %3s: %u of %lld objects, %llu calls\n", limit, objects,
               (long long)toc_list_total(list),
               (unsigned long long)(after.api_calls - before.api_calls));
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_types *types = NULL; /* asked for once; not to be counted below */
    toc_rc rc = toc_session_types(sess, &types, err);
    if (!rc)
        rc = count(sess, "3", err);
    if (!rc)
        rc = count(sess, "500", err);
    if (!rc && toc_session_set(sess, "result_limit", "0.5", err) == TOC_EINVAL)
        printf("refused: %s\n", err->message);
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
