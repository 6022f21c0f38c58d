/* What the owners held, a row for each day. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *row = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, NULL, TOC_PART_METRIC, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &row, err)) > 0)
        printf("%.*s: %lld indicators, %lld of them hosts; %lld groups\n",
               TEXT(toc_object_get(row, "metricDate")),
               (long long)toc_object_get_int(row, "totalIndicator"),
               (long long)toc_object_get_int(row, "totalHost"),
               (long long)toc_object_get_int(row, "totalGroup"));
    toc_list_close(list);
    return rc ? rc : more;
}

int main(void)
{
    return example_run(show);
}
