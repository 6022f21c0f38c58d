/* Manual call: all pages of the indicators of an owner, as the server sends them. */
#include "example.h"

static toc_rc page(void *user, const toc_response *response)
{
    unsigned *pages = user;
    printf("page %u, status %d, %s\n", ++*pages, toc_response_status(response),
           toc_response_is(response, "application/json") ? "JSON" : "not JSON");
    printf("%.*s\n", TEXT(toc_response_body(response)));
    return TOC_OK;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_call call = TOC_CALL_INIT;
    char *text = NULL;
    unsigned pages = 0;
    call.path = "/v2/indicators";
    call.owner = "Shared Feed";
    call.result_limit = 3;
    call.description = "indicators of the feed";
    toc_rc rc = toc_call_print(sess, &call, &text, err);
    if (!rc)
        printf("%s", text);
    toc_free(text);
    if (!rc)
        rc = toc_call_pages(sess, &call, page, &pages, err);
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
