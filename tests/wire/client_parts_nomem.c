/* Parts, associations, content and queues of the client against the platform in one process: every
 * allocation fails once. An error comes back or it was done all the same; nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"
#include "support/wire.h"
#include "tocsin/parts.h"

static failing pending = {.left = -1};

static toc_session *sess;
static char document_id[24], threat_id[24];
static toc_error err;

static toc_ref ref(toc_kind kind, const char *type, const char *id)
{
    return (toc_ref){.type = toc_types_find(NULL, kind, toc_str_of(type)), .id = toc_str_of(id)};
}

static toc_ref host(void)
{
    return ref(TOC_KIND_INDICATOR, "Host", "a.example");
}

static toc_ref threat(void)
{
    return ref(TOC_KIND_GROUP, "Threat", threat_id);
}

static toc_rc read_list(toc_list *list)
{
    toc_object *obj = NULL;
    int got;
    while ((got = toc_list_next(list, &obj, &err)) == 1)
        ;
    toc_list_close(list);
    return got;
}

static toc_rc list_tags(void)
{
    toc_ref of = host();
    toc_list *list = NULL;
    toc_rc rc = toc_parts_open(sess, &of, TOC_PART_TAG, NULL, &list, &err);
    return rc ? rc : read_list(list);
}

static toc_rc list_associated(void)
{
    toc_ref of = threat();
    toc_list *list = NULL;
    toc_rc rc = toc_associated_open(sess, &of, NULL, TOC_KIND_INDICATOR, NULL, &list, &err);
    return rc ? rc : read_list(list);
}

static toc_rc get_owners(void)
{
    toc_owners *owners = NULL;
    toc_rc rc = toc_owners_get(sess, &owners, &err);
    toc_owners_free(owners);
    return rc;
}

static toc_rc add_attribute(void)
{
    toc_ref of = host();
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_ATTRIBUTE), &record, &err);
    if (!rc)
        rc = toc_object_set(record, "type", TOC_S("Source"), &err);
    if (!rc)
        rc = toc_object_set(record, "value", TOC_S("v"), &err);
    if (!rc)
        rc = toc_part_add(sess, &of, TOC_PART_ATTRIBUTE, record, &err);
    toc_object_free(record);
    return rc;
}

static toc_rc associate(void)
{
    toc_ref of = threat(), other = host();
    return toc_associate(sess, &of, NULL, &other, &err);
}

static toc_rc associate_by_name(void)
{
    toc_ref of = ref(TOC_KIND_INDICATOR, "URL", "http://a.example/"), other = host();
    toc_rc rc = toc_associate(sess, &of, "unheard of", &other, &err);
    return rc == TOC_EINVAL ? TOC_OK : rc;
}

static toc_rc ignore(void *user, const void *data, size_t len)
{
    (void)user;
    (void)data;
    (void)len;
    return TOC_OK;
}

static toc_rc up_and_down(void)
{
    toc_ref of = ref(TOC_KIND_GROUP, "Document", document_id);
    toc_rc rc = toc_upload(sess, &of, TOC_S("bytes"), TOC_UPLOAD_EITHER, &err);
    return rc ? rc : toc_download(sess, &of, ignore, NULL, &err);
}

static toc_rc fill(toc_object *obj)
{
    toc_ref other = threat();
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_ATTRIBUTE), &record, &err);
    if (!rc)
        rc = toc_object_set(record, "type", TOC_S("Source"), &err);
    if (!rc)
        rc = toc_object_set(record, "value", TOC_S("v"), &err);
    if (!rc)
        rc = toc_queue_add(obj, TOC_PART_ATTRIBUTE, record, &err);
    if (!rc)
        rc = toc_object_add_tag(obj, TOC_S("t"), &err);
    if (!rc)
        rc = toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("w"), true, TOC_S("s"), &err);
    if (!rc)
        rc = toc_queue_associate(obj, NULL, &other, &err);
    toc_object_free(record);
    return rc;
}

/* The length of the queue is that of what is not done. */
static toc_rc save_all(void)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_get(sess, host().type, host().id, NULL, &obj, &err);
    if (!rc)
        rc = toc_object_set(obj, "rating", TOC_S("3.0"), &err);
    if (!rc)
        rc = fill(obj);
    if (!rc && !toc_queue_description(obj, 1).ptr)
        rc = TOC_ENOMEM;
    if (!rc)
        rc = toc_save_with(sess, obj, NULL, TOC_SAVE_RELOAD, &err);
    if (!rc) {
        assert_int_equal(toc_queue_length(obj), 0);
        rc = toc_load(sess, obj, NULL, TOC_LOAD_TAGS | TOC_LOAD_LABELS, &err);
    }
    toc_object_free(obj);
    return rc;
}

static toc_rc (*const actions[])(void) = {list_tags, list_associated,   get_owners,  add_attribute,
                                          associate, associate_by_name, up_and_down, save_all};

static void save_new(const char *type, toc_kind kind, const char *const *pairs, char id[24])
{
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(toc_types_find(NULL, kind, toc_str_of(type)), &obj, &err), 0);
    for (size_t i = 0; pairs[i]; i += 2)
        assert_int_equal(toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    if (id)
        (void)snprintf(id, 24, "%lld", (long long)toc_object_get_int(obj, "id"));
    toc_object_free(obj);
}

/* So that what was added does not pile up. */
static void renew_host(void)
{
    assert_int_equal(toc_delete(sess, host().type, host().id, NULL, &err), TOC_OK);
    save_new("Host", TOC_KIND_INDICATOR, (const char *const[]){"hostName", "a.example", NULL},
             NULL);
}

static void walk(toc_rc (*action)(void), size_t index)
{
    for (long left = 0;; left++) {
        pending = (failing){.left = left};
        toc_rc rc = action();
        bool failed = pending.failed;
        pending = (failing){.left = -1};
        /* A failure may be one that is got over, as that of a cache. */
        if (!failed) {
            if (rc)
                fail_msg("action %zu: %d %s", index, rc, err.message);
            break;
        }
        assert_true(left < 100000);
        if (left % 16 == 0)
            renew_host();
    }
}

static void test_walk(void **state)
{
    (void)state;
    wire_server server;
    toc_transport transport;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    wire_start(&server, NULL);
    wire_stop(&server);
    assert_int_equal(toc_platform_transport(server.platform, true, &transport, &err), TOC_OK);
    options.transport = &transport;
    options.owner = WIRE_OWNER;
    options.retries = 1;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    save_new("Host", TOC_KIND_INDICATOR, (const char *const[]){"hostName", "a.example", NULL},
             NULL);
    save_new("Threat", TOC_KIND_GROUP, (const char *const[]){"name", "T", NULL}, threat_id);
    save_new("Document", TOC_KIND_GROUP, (const char *const[]){"name", "D", "fileName", "d", NULL},
             document_id);
    for (size_t i = 0; i < TOC_COUNT(actions); i++)
        walk(actions[i], i);
    assert_int_equal(toc_platform_check(server.platform, NULL), TOC_OK);
    toc_session_close(sess);
    server.platform = NULL;
    wire_done(&server);
}

int main(void)
{
    const toc_allocator allocator = failing_allocator(&pending);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_walk)};
    toc_set_allocator(&allocator);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
