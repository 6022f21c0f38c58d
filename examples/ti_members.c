/* The users of the user's organization. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *row = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, NULL, TOC_PART_MEMBER, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &row, err)) > 0)
        printf("%.*s %.*s\n", TEXT(toc_object_get(row, "firstName")),
               TEXT(toc_object_get(row, "lastName")));
    toc_list_close(list);
    return rc ? rc : more;
}

int main(void)
{
    return example_run(show);
}
