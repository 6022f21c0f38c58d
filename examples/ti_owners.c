/* All owners whose data the user may read. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *row = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, NULL, TOC_PART_OWNER, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &row, err)) > 0)
        printf("%lld %.*s (%.*s)\n", (long long)toc_object_get_int(row, "id"),
               TEXT(toc_object_get(row, "name")), TEXT(toc_object_get(row, "type")));
    toc_list_close(list);
    return rc ? rc : more;
}

int main(void)
{
    return example_run(show);
}
