/* A document with its content in one save, and down again; the same for signatures and reports. */
#include "example.h"

static toc_rc take(void *user, const void *data, size_t len)
{
    return !data || fwrite(data, 1, len, user) == len ? TOC_OK : TOC_EIO;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc =
        toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Document")), &obj, err);
    if (!rc)
        rc = toc_object_set(obj, "name", toc_str_of("Pilot's notes"), err);
    if (!rc)
        rc = toc_object_set(obj, "fileName", toc_str_of("notes.txt"), err);
    if (!rc)
        rc = toc_queue_upload(obj, toc_str_of("first version\n"), TOC_UPLOAD_NEW, err);
    if (!rc)
        rc = toc_save(sess, obj, "Acme CTI", err);
    toc_ref ref = obj ? toc_object_ref(obj) : (toc_ref){0};
    if (!rc)
        rc = toc_download(sess, &ref, take, stdout, err);
    if (!rc)
        rc = toc_upload(sess, &ref, toc_str_of("second version\n"), TOC_UPLOAD_EITHER, err);
    if (!rc)
        rc = toc_download(sess, &ref, take, stdout, err);
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
