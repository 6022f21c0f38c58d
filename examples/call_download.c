/* Manual call: downloads the content of a document, piece by piece as it comes. */
#include "example.h"

static toc_rc find_document(toc_session *sess, const char *name, long long *id, toc_error *err)
{
    const toc_type *document = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Document"));
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, document, &filter, err);
    if (!rc)
        rc = toc_filter_post(filter, "name", TOC_OP_EQ, toc_str_of(name), err);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_GROUP, filter, &list, err);
    if (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        *id = toc_object_get_int(obj, "id");
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : more < 0 ? more : TOC_OK;
}

/* data NULL: the answer begins anew, after a broken connection. */
static toc_rc take(void *user, const void *data, size_t len)
{
    return !data || fwrite(data, 1, len, user) == len ? TOC_OK : TOC_EIO;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    long long id = 0;
    toc_rc rc = find_document(sess, "Tide table", &id, err);
    if (rc)
        return rc;
    char path[80];
    snprintf(path, sizeof path, "/v2/groups/documents/%lld/download", id);
    toc_call call = TOC_CALL_INIT;
    toc_response *response = NULL;
    call.path = path;
    call.owner = "Acme CTI";
    call.sink = take;
    call.sink_user = stdout;
    rc = toc_session_call(sess, &call, &response, err);
    if (!rc)
        printf("status %d, %.*s\n", toc_response_status(response),
               TEXT(toc_response_header(response, "Content-Type")));
    toc_response_free(response);
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
