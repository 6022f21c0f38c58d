/* A file known by three hashes: any of them finds it. Occurrences, and what it does. */
#include "example.h"

#define MD5 "8A2B7C1D9E0F4A5B6C7D8E9F0A1B2C3D"
#define SHA1 "0123456789ABCDEF0123456789ABCDEF01234567"

static toc_rc fill(toc_object *file, toc_error *err)
{
    toc_ref host = {toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host")),
                    toc_str_of("cdn.ferry.example"), NULL, 0};
    toc_rc rc = toc_object_set_summary(file, toc_str_of(MD5 " : " SHA1), err);
    if (!rc)
        rc = toc_object_set_int(file, "size", 4096, err);
    if (!rc)
        rc = toc_queue_associate(file, "File Traffic", &host, err);
    return rc;
}

static toc_rc occurrence(toc_session *sess, const toc_ref *file, toc_error *err)
{
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_OCCURRENCE), &record, err);
    if (!rc)
        rc = toc_object_set(record, "fileName", toc_str_of("tides.exe"), err);
    if (!rc)
        rc = toc_object_set(record, "path", toc_str_of("C:\\Users\\Public"), err);
    if (!rc)
        rc = toc_part_add(sess, file, TOC_PART_OCCURRENCE, record, err);
    if (!rc)
        printf("seen as %.*s in %.*s\n", TEXT(toc_object_get(record, "fileName")),
               TEXT(toc_object_get(record, "path")));
    toc_object_free(record);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("File"));
    toc_object *file = NULL;
    toc_object *got = NULL;
    toc_list *hosts = NULL;
    toc_ref ref = {type, toc_str_of(SHA1), "Acme CTI", 0};
    toc_rc rc = toc_object_new(type, &file, err);
    if (!rc)
        rc = fill(file, err);
    if (!rc)
        rc = toc_save(sess, file, "Acme CTI", err);
    if (!rc)
        rc = toc_get(sess, type, ref.id, ref.owner, &got, err);
    if (!rc)
        printf("by its SHA-1: MD5 %.*s, %lld bytes\n", TEXT(toc_object_get(got, "md5")),
               (long long)toc_object_get_int(got, "size"));
    if (!rc)
        rc = occurrence(sess, &ref, err);
    if (!rc)
        rc = toc_associated_open(sess, &ref, "File Traffic", TOC_KIND_INDICATOR, NULL, &hosts, err);
    if (!rc)
        rc = example_print(hosts, err);
    toc_list_close(hosts);
    toc_object_free(got);
    toc_object_free(file);
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
