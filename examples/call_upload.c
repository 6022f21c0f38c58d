/* Manual calls: creates a document, takes its number from the answer, uploads the content. */
#include "example.h"

#include <string.h>

/* The answer has the number as {"data":{"document":{"id":7,...}}}; a program with a JSON parser
 * would use it, or toc_save and toc_upload, which need none (document.c). */
static long long id_of(toc_str body)
{
    static const char key[] = "\"id\":";
    long long id = 0;
    for (size_t at = 0; at + sizeof key <= body.len; at++) {
        if (memcmp(body.ptr + at, key, sizeof key - 1) != 0)
            continue;
        for (at += sizeof key - 1; at < body.len && body.ptr[at] >= '0' && body.ptr[at] <= '9';
             at++)
            id = id * 10 + (body.ptr[at] - '0');
        return id;
    }
    return id;
}

static toc_rc send(toc_session *sess, const char *path, const char *type, const char *body,
                   long long *id, toc_error *err)
{
    toc_call call = TOC_CALL_INIT;
    toc_response *response = NULL;
    char *text = NULL;
    call.method = "POST";
    call.path = path;
    call.owner = "Acme CTI";
    call.content_type = type;
    call.body = toc_str_of(body);
    toc_rc rc = toc_call_print(sess, &call, &text, err);
    if (!rc)
        printf("%s", text);
    toc_free(text);
    if (!rc)
        rc = toc_session_call(sess, &call, &response, err);
    if (!rc) {
        *id = id_of(toc_response_body(response));
        printf("status %d\n%.*s\n", toc_response_status(response),
               TEXT(toc_response_body(response)));
    }
    toc_response_free(response);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    char path[80];
    long long id = 0;
    toc_rc rc = send(sess, "/v2/groups/documents", "application/json",
                     "{\"name\":\"Tide table\",\"fileName\":\"tides.txt\"}", &id, err);
    if (rc)
        return rc;
    snprintf(path, sizeof path, "/v2/groups/documents/%lld/upload", id);
    return send(sess, path, "application/octet-stream", "high 03:12\nlow 09:40\n", &id, err);
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
