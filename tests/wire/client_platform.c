/* Both ends in one process without sockets: every type is saved, read, listed and deleted through
 * the public interface, from the samples of tests/data/objects. Tasks and victims, which the
 * platform does not serve, are left to unit_client_object. */
#include "platform_fixture.h"

#include "model/codec.h"
#include "support/data.h"
#include "tocsin/session.h"

static fixture fix;
static toc_session *sess;
static toc_error err;

static void check(toc_rc rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.message);
}

static toc_object *sample(const toc_type *type)
{
    toc_object *obj = NULL;
    check(toc_object_new(type, &obj, &err));
    char name[64];
    TOC_CLEANUP(toc_buf_done) toc_buf room = {.maximum = 1 << 20};
    (void)snprintf(name, sizeof(name), "objects/%s.json", type->entity);
    toc_str text = toc_arena_str(obj->arena, data_read(name, &room));
    toc_json_reader reader;
    toc_json_reader_init(&reader, text.ptr, text.len, obj->arena);
    check(toc_codec_decode(&reader, NULL, type->kind, type, 0, obj, &err));
    toc_object_unset(obj, "id"); /* a sample may come from a server */
    return obj;
}

/* What paths call the object. */
static toc_str identity(toc_object *obj, char text[24])
{
    if (toc_object_type(obj)->kind == TOC_KIND_INDICATOR)
        return toc_object_summary(obj);
    int length = snprintf(text, 24, "%lld", (long long)toc_object_get_int(obj, "id"));
    return (toc_str){text, (size_t)length};
}

static void assert_same_field(const toc_object *a, const toc_object *b, const toc_field *field)
{
    const toc_value *left = &a->values[field->slot], *right = &b->values[field->slot];
    if (!toc__object_has(a, field->slot) || !(field->flags & TOC_FIELD_CREATE) ||
        !(field->flags & TOC_FIELD_IN_DETAIL))
        return;
    bool same = toc__object_has(b, field->slot);
    if (same && field->value == TOC_VALUE_TEXT)
        same = toc_str_equal(left->as.text, right->as.text);
    else if (same && field->value == TOC_VALUE_INT)
        same = left->as.integer == right->as.integer;
    if (!same)
        fail_msg("%s.%s came back different", toc_object_type(a)->name, field->name);
}

static void assert_same(const toc_object *a, const toc_object *b)
{
    size_t count;
    const toc_type *type = toc_object_type(a);
    const toc_field *common = toc_kind_fields(type->kind, &count);
    for (size_t i = 0; i < count; i++)
        assert_same_field(a, b, &common[i]);
    for (size_t i = 0; i < type->field_count; i++)
        assert_same_field(a, b, &type->fields[i]);
    assert_int_equal(a->tags.count, b->tags.count);
    assert_int_equal(a->labels.count, b->labels.count);
    assert_int_equal(a->attributes.count, b->attributes.count);
}

/* How many objects of the type there are; the one with the id must be among them. */
static size_t count_listed(const toc_type *type, bool typed, int64_t id)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    size_t count = 0;
    bool seen = false;
    int found;
    check(toc_filter_new(type->kind, typed ? type : NULL, &filter, &err));
    check(toc_list_open(sess, type->kind, filter, &list, &err));
    while ((found = toc_list_next(list, &obj, &err)) == 1) {
        count++;
        seen = seen || toc_object_get_int(obj, "id") == id;
        assert_int_not_equal(toc_object_summary(obj).len, 0);
    }
    check(found);
    if (id)
        assert_true(seen);
    assert_int_equal(toc_list_total(list), count);
    toc_list_close(list);
    toc_filter_free(filter);
    return count;
}

static bool is_served(const toc_type *type)
{
    return type->kind == TOC_KIND_INDICATOR || type->kind == TOC_KIND_GROUP;
}

static void test_every_type(void **state)
{
    (void)state;
    size_t count;
    size_t kinds[TOC_KIND_COUNT] = {0};
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (!is_served(&types[i]))
            continue;
        kinds[types[i].kind]++;
        char text[24];
        toc_object *obj = sample(&types[i]), *back = NULL;
        if (toc_save(sess, obj, NULL, &err))
            fail_msg("%s: %s", types[i].name, err.message);
        int64_t id = toc_object_get_int(obj, "id");
        assert_true(id > 0);
        check(toc_get(sess, &types[i], identity(obj, text), NULL, &back, &err));
        assert_int_equal(toc_object_get_int(back, "id"), id);
        assert_same(obj, back);
        assert_int_equal(count_listed(&types[i], true, id), 1);
        /* What came from the server is not sent again. */
        check(toc_save(sess, back, NULL, &err));
        assert_int_equal(toc_object_get_int(back, "id"), id);
        toc_object_free(back);
        toc_object_free(obj);
    }
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    assert_int_equal(count_listed(host, false, 0), kinds[TOC_KIND_INDICATOR]); /* three a page */
    const toc_type *threat = toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Threat"));
    assert_int_equal(count_listed(threat, false, 0), kinds[TOC_KIND_GROUP]);
}

static size_t count_tagged(toc_kind kind, const char *tag)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    size_t count = 0;
    int found;
    check(toc_filter_new(kind, NULL, &filter, &err));
    check(toc_filter_api(filter, "tag", toc_str_of(tag), &err));
    check(toc_list_open(sess, kind, filter, &list, &err));
    while ((found = toc_list_next(list, &obj, &err)) == 1)
        count++;
    check(found);
    toc_list_close(list);
    toc_filter_free(filter);
    return count;
}

static void test_filters(void **state)
{
    (void)state;
    toc_object *obj = sample(toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address")));
    check(toc_object_add_tag(obj, TOC_S("only/here"), &err));
    check(toc_save(sess, obj, NULL, &err));
    toc_object_free(obj);
    assert_int_equal(count_tagged(TOC_KIND_INDICATOR, "only/here"), 1);
    assert_int_equal(count_tagged(TOC_KIND_GROUP, "only/here"), 0);
    assert_int_equal(count_tagged(TOC_KIND_INDICATOR, "nowhere"), 0);

    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *found = NULL;
    check(toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, &err));
    check(toc_filter_post(filter, "tag", TOC_OP_EQ, TOC_S("only/here"), &err));
    check(toc_filter_term(filter, "summary", TOC_OP_STARTS, TOC_S("203."), &err));
    check(toc_filter_post(filter, "type", TOC_OP_EQ, TOC_S("Address"), &err));
    check(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err));
    assert_int_equal(toc_list_next(list, &found, &err), 1);
    assert_true(toc_str_equal(toc_object_get(found, "ip"), TOC_S("203.0.113.7")));
    assert_int_equal(toc_list_next(list, &found, &err), 0);
    toc_list_close(list);
    toc_filter_free(filter);
}

static void test_failures(void **state)
{
    (void)state;
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    toc_object *obj = NULL;
    assert_int_equal(toc_get(sess, host, TOC_S("nobody.example"), NULL, &obj, &err), TOC_ENOTFOUND);
    assert_int_equal(toc_get(sess, host, TOC_S("x.example"), "No Such Owner", &obj, &err),
                     TOC_EAUTH);
    assert_int_equal(err.http_status, 403);
    assert_null(obj);
}

static void test_deletion(void **state)
{
    (void)state;
    size_t count;
    size_t kinds[TOC_KIND_COUNT] = {0};
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (!is_served(&types[i]))
            continue;
        kinds[types[i].kind]++;
        char text[24];
        toc_object *obj = sample(&types[i]), *back = NULL;
        check(toc_save(sess, obj, NULL, &err));
        toc_str id = identity(obj, text);
        check(toc_delete(sess, &types[i], id, NULL, &err));
        assert_int_equal(toc_get(sess, &types[i], id, NULL, &back, &err), TOC_ENOTFOUND);
        toc_object_free(obj);
    }
}

static void test_owners(void **state)
{
    (void)state;
    toc_owners *owners = NULL;
    check(toc_owners_get(sess, &owners, &err));
    assert_int_equal(toc_owners_count(owners), 2);
    bool seen = false;
    for (size_t i = 0; i < 2; i++)
        seen = seen || toc_str_equal(toc_owners_at(owners, i).name, TOC_S("Acme CTI"));
    assert_true(seen);
    toc_owners_free(owners);
}

static int set_up(void **state)
{
    (void)state;
    toc_transport transport;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    fixture_new(&fix, 0);
    check(toc_platform_transport(fix.platform, false, &transport, &err));
    options.transport = &transport;
    options.owner = "Acme CTI";
    options.result_limit = 3;
    check(toc_session_open(&options, &sess, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    toc_session_close(sess);
    fixture_done(&fix);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type), cmocka_unit_test(test_filters),
        cmocka_unit_test(test_failures),   cmocka_unit_test(test_owners),
        cmocka_unit_test(test_deletion),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
