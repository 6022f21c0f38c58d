/* Answers of a server: any body is read as a list, as a single object, as a catalogue and as
 * owners, to its end, without a crash. The first byte chooses the media type. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "tocsin/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PAGES_MAX 6

typedef struct answer {
    toc_str body, type;
    unsigned pages;
} answer;

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    (void)request;
    (void)err;
    answer *self = context;
    toc_response_set_status(response, self->pages++ < PAGES_MAX ? 200 : 404);
    assert(!toc_response_add_header(response, TOC_S("Content-Type"), self->type));
    return toc_response_append(response, self->body.ptr, self->body.len);
}

static void read_list(toc_session *sess, answer *self, toc_kind kind, const toc_type *type)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_error err;
    self->pages = 0;
    assert(!toc_filter_new(kind, type, &filter, &err));
    assert(!toc_filter_post(filter, "date_added", TOC_OP_LT, TOC_S("2100-01-01"), &err));
    if (!toc_list_open(sess, kind, filter, &list, &err)) {
        int found;
        while ((found = toc_list_next(list, &obj, &err)) == 1)
            (void)toc_object_summary(obj);
        assert(found == 0 || (err.code == found && err.message[0]));
    }
    toc_list_close(list);
    toc_filter_free(filter);
}

static void read_rest(toc_session *sess, answer *self, const toc_type *type)
{
    toc_object *obj = NULL;
    toc_owners *owners = NULL;
    const toc_types *types = NULL;
    self->pages = 0;
    if (!toc_get(sess, type, TOC_S("x.example"), NULL, &obj, NULL))
        assert(toc_object_type(obj) == type);
    toc_object_free(obj);
    if (!toc_owners_get(sess, &owners, NULL))
        (void)toc_owners_at(owners, 0);
    toc_owners_free(owners);
    if (!toc_session_types(sess, &types, NULL))
        assert(toc_types_count(types) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    answer self = {.body = {(const char *)data + 1, size - 1},
                   .type = data[0] % 2 ? TOC_S("text/html") : TOC_S("application/json")};
    toc_transport transport = {.version = 1, .name = "fuzz", .perform = perform, .context = &self};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.transport = &transport;
    options.result_limit = 2;
    options.retry_sleep_ms = 1;
    toc_session *sess = NULL;
    assert(!toc_session_open(&options, &sess, NULL));
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    read_rest(sess, &self, host);
    read_list(sess, &self, TOC_KIND_INDICATOR, host);
    read_list(sess, &self, TOC_KIND_INDICATOR, NULL);
    read_list(sess, &self, TOC_KIND_GROUP, NULL);
    toc_session_close(sess);
    return 0;
}
