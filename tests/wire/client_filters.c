/* Joined filters, bulk reports and records between client and platform, in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/folder.h"
#include "tocsin/bulk.h"
#include "tocsin/parts.h"
#include "tocsin/platform.h"

#define OWNER "Acme CTI"

typedef struct fixture {
    char dir[FOLDER_SIZE];
    toc_platform *platform;
    toc_session *sess;
    toc_error err;
} fixture;

#define must(fix, call)                                                                            \
    do {                                                                                           \
        toc_rc must_rc_ = (call);                                                                  \
        if (must_rc_)                                                                              \
            fail_msg("%s: %d %s", #call, must_rc_, (fix)->err.message);                            \
    } while (0)

static void open_both(fixture *fix)
{
    char store[96];
    toc_new_user user;
    toc_transport transport;
    (void)snprintf(store, sizeof(store), "%s/intel.db", fix->dir);
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = store;
    options.create = true;
    options.no_sync = true;
    must(fix, toc_platform_open(&options, &fix->platform, &fix->err));
    must(fix, toc_platform_add_owner(fix->platform, OWNER, "Organization", NULL, &fix->err));
    must(fix, toc_platform_add_user(fix->platform, OWNER, &user, &fix->err));
    must(fix, toc_platform_transport(fix->platform, true, &transport, &fix->err));
    toc_session_options session = TOC_SESSION_OPTIONS_INIT;
    session.transport = &transport;
    session.owner = OWNER;
    session.result_limit = 2;
    must(fix, toc_session_open(&session, &fix->sess, &fix->err));
}

static void save_host(fixture *fix, const char *name, const char *rating, const char *tags)
{
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    toc_object *obj = NULL;
    must(fix, toc_object_new(host, &obj, &fix->err));
    must(fix, toc_object_set(obj, "hostName", toc_str_of(name), &fix->err));
    must(fix, toc_object_set(obj, "rating", toc_str_of(rating), &fix->err));
    must(fix, toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("seen"), true,
                                       (toc_str){NULL, 0}, &fix->err));
    for (; *tags; tags++)
        must(fix, toc_object_add_tag(obj, (toc_str){tags, 1}, &fix->err));
    must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
    toc_object_free(obj);
}

static int setup(void **state)
{
    fixture *fix = test_calloc(1, sizeof(*fix));
    folder_make(fix->dir);
    open_both(fix);
    save_host(fix, "a.example", "1", "xy");
    save_host(fix, "b.example", "2", "x");
    save_host(fix, "c.example", "3", "yz");
    save_host(fix, "d.example", "4", "xyz");
    save_host(fix, "e.example", "5", "");
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    toc_session_close(fix->sess);
    folder_remove(fix->dir);
    test_free(fix);
    return 0;
}

static toc_filter *tagged(fixture *fix, const char *tag)
{
    toc_filter *filter = NULL;
    must(fix, toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, &fix->err));
    if (tag)
        must(fix, toc_filter_api(filter, "tag", toc_str_of(tag), &fix->err));
    return filter;
}

static int compare(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

/* The first letters of the hosts' names, in their order: that of the server is its own affair. */
static void read_hosts(fixture *fix, toc_list *list, char *out)
{
    toc_object *obj = NULL;
    size_t count = 0;
    int found;
    while ((found = toc_list_next(list, &obj, &fix->err)) == 1)
        out[count++] = toc_object_summary(obj).ptr[0];
    must(fix, found);
    qsort(out, count, 1, compare);
    out[count] = '\0';
}

static void test_joined(void **state)
{
    fixture *fix = *state;
    toc_filter *x = tagged(fix, "x"), *y = tagged(fix, "y"), *z = tagged(fix, "z");
    toc_filter *all = tagged(fix, NULL);
    toc_list *list = NULL;
    char found[16];
    must(fix, toc_filter_post(all, "rating", TOC_OP_GE, TOC_S("5"), &fix->err));
    must(fix, toc_filter_and(x, y, &fix->err));
    must(fix, toc_filter_or(x, z, &fix->err));
    must(fix, toc_filter_or(x, all, &fix->err));
    must(fix, toc_list_open(fix->sess, TOC_KIND_INDICATOR, x, &list, &fix->err));
    read_hosts(fix, list, found);
    /* ((x AND y) OR z) OR rated 5 */
    assert_string_equal(found, "acde");
    toc_list_close(list);
    toc_filter_free(x);
    toc_filter_free(y);
    toc_filter_free(z);
    toc_filter_free(all);
}

static void test_bulk(void **state)
{
    fixture *fix = *state;
    toc_filter *filter = tagged(fix, NULL);
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_str type, value;
    char found[16];
    must(fix, toc_filter_post(filter, "tag", TOC_OP_EQ, TOC_S("y"), &fix->err));
    must(fix, toc_filter_post(filter, "attribute", TOC_OP_EQ, TOC_S("Description"), &fix->err));
    must(fix, toc_bulk_open(fix->sess, NULL, true, filter, &list, &fix->err));
    read_hosts(fix, list, found);
    assert_string_equal(found, "acd");
    toc_list_close(list);
    must(fix, toc_bulk_open(fix->sess, OWNER, false, NULL, &list, &fix->err));
    do
        assert_int_equal(toc_list_next(list, &obj, &fix->err), 1);
    while (!toc_str_equal(toc_object_summary(obj), TOC_S("b.example")));
    assert_true(toc_object_attribute(obj, 0, &type, &value));
    assert_true(toc_str_equal(value, TOC_S("seen")));
    assert_true(toc_object_tag(obj, 0, &value));
    assert_true(toc_str_equal(value, TOC_S("x")));
    toc_list_close(list);
    assert_int_equal(toc_bulk_open(fix->sess, "Nobody", false, NULL, &list, &fix->err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &fix->err), TOC_EAUTH);
    toc_list_close(list);
    toc_filter_free(filter);
}

static toc_rc keep(void *user, const void *data, size_t len)
{
    toc_buf *buf = user;
    if (!data)
        toc_buf_clear(buf);
    else
        toc_buf_append(buf, data, len);
    return buf->failed;
}

static void test_bulk_files(void **state)
{
    fixture *fix = *state;
    toc_bulk_state bulk;
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&text, 100000);
    must(fix, toc_bulk_csv(fix->sess, NULL, keep, &text, &fix->err));
    assert_true(toc_str_starts(toc_buf_view(&text), TOC_S("Type,Value,Rating,Confidence")));
    assert_non_null(strstr(text.ptr, "Host,e.example,5.0"));
    must(fix, toc_bulk_status(fix->sess, NULL, &bulk, &fix->err));
    assert_string_equal(bulk.name, OWNER);
    assert_true(bulk.csv_enabled);
    assert_true(bulk.json_enabled);
    assert_true(bulk.last_run[0] != '\0');
}

static void test_owners(void **state)
{
    fixture *fix = *state;
    static const char *const names[] = {NULL, "indicator"};
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        toc_filter *filter = NULL;
        toc_list *list = NULL;
        toc_objects *owners = NULL;
        must(fix,
             toc_filter_new(TOC_KIND_RECORD, toc_part_type(TOC_PART_OWNER), &filter, &fix->err));
        if (names[i])
            must(fix, toc_filter_api(filter, names[i], TOC_S("a.example"), &fix->err));
        must(fix, toc_list_open(fix->sess, TOC_KIND_RECORD, filter, &list, &fix->err));
        must(fix, toc_list_all(list, 0, &owners, &fix->err));
        toc_object *mine = toc_objects_by_name(owners, TOC_S(OWNER));
        assert_non_null(mine);
        assert_true(toc_str_equal(toc_object_get(mine, "type"), TOC_S("Organization")));
        toc_objects_free(owners);
        toc_list_close(list);
        toc_filter_free(filter);
    }
}

/* The records of an owner: how many of them a filter lets through, and the first one's name. */
static size_t count_records(fixture *fix, toc_part part, toc_op op, const char *name,
                            const char *post, char *first)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_objects *found = NULL;
    must(fix, toc_filter_new(TOC_KIND_RECORD, toc_part_type(part), &filter, &fix->err));
    must(fix, toc_filter_owner(filter, TOC_S(OWNER), &fix->err));
    if (name)
        must(fix, toc_filter_term(filter, "name", op, toc_str_of(name), &fix->err));
    if (post)
        must(fix, toc_filter_post(filter, "name", TOC_OP_EQ, toc_str_of(post), &fix->err));
    must(fix, toc_list_open(fix->sess, TOC_KIND_RECORD, filter, &list, &fix->err));
    must(fix, toc_list_all(list, 0, &found, &fix->err));
    size_t count = toc_objects_count(found);
    toc_str text = {NULL, 0};
    if (count)
        text = toc_object_get(toc_objects_at(found, 0), "name");
    (void)snprintf(first, 32, "%.*s", (int)text.len, text.len ? text.ptr : "");
    toc_objects_free(found);
    toc_list_close(list);
    toc_filter_free(filter);
    return count;
}

static void test_tags_and_labels(void **state)
{
    fixture *fix = *state;
    toc_filter *filter = NULL;
    char first[32];
    assert_int_equal(count_records(fix, TOC_PART_TAG, TOC_OP_EQ, NULL, NULL, first), 3);
    assert_int_equal(count_records(fix, TOC_PART_TAG, TOC_OP_EQ, "y", NULL, first), 1);
    assert_string_equal(first, "y");
    assert_int_equal(count_records(fix, TOC_PART_TAG, TOC_OP_STARTS, "none", NULL, first), 0);
    assert_int_equal(count_records(fix, TOC_PART_TAG, TOC_OP_EQ, NULL, "z", first), 1);
    assert_string_equal(first, "z");
    assert_int_equal(count_records(fix, TOC_PART_LABEL, TOC_OP_EQ, "TLP:RED", NULL, first), 1);
    assert_string_equal(first, "TLP:RED");
    assert_true(count_records(fix, TOC_PART_LABEL, TOC_OP_EQ, NULL, NULL, first) > 1);
    must(fix, toc_filter_new(TOC_KIND_RECORD, toc_part_type(TOC_PART_TAG), &filter, &fix->err));
    assert_int_equal(toc_filter_term(filter, "colour", TOC_OP_EQ, TOC_S("x"), &fix->err),
                     TOC_EINVAL);
    toc_filter_free(filter);
    must(fix, toc_filter_new(TOC_KIND_RECORD, toc_part_type(TOC_PART_OWNER), &filter, &fix->err));
    assert_int_equal(toc_filter_term(filter, "name", TOC_OP_EQ, TOC_S("x"), &fix->err), TOC_EINVAL);
    toc_filter_free(filter);
}

/* Items of the kinds that have one type do not say it; their own fields are read all the same. */
static void test_victims(void **state)
{
    fixture *fix = *state;
    const toc_type *victim = toc_types_find(NULL, TOC_KIND_VICTIM, TOC_S("victim"));
    toc_object *obj = NULL;
    toc_list *list = NULL;
    must(fix, toc_object_new(victim, &obj, &fix->err));
    must(fix, toc_object_set(obj, "name", TOC_S("Front desk"), &fix->err));
    must(fix, toc_object_set(obj, "org", TOC_S("Corp"), &fix->err));
    must(fix, toc_save(fix->sess, obj, NULL, &fix->err));
    toc_object_free(obj);
    must(fix, toc_list_open(fix->sess, TOC_KIND_VICTIM, NULL, &list, &fix->err));
    assert_int_equal(toc_list_next(list, &obj, &fix->err), 1);
    assert_ptr_equal(toc_object_type(obj), victim);
    assert_true(toc_str_equal(toc_object_get(obj, "org"), TOC_S("Corp")));
    assert_int_equal(toc_list_next(list, &obj, &fix->err), 0);
    toc_list_close(list);
}

static void test_association_catalogue(void **state)
{
    fixture *fix = *state;
    const toc_association_type *row = NULL;
    size_t count = 0;
    bool found = false;
    for (;; count++) {
        must(fix, toc_association_at(fix->sess, count, &row, &fix->err));
        if (!row)
            break;
        found |= strcmp(row->name, "URL Host") == 0 && row->left;
    }
    assert_true(found);
    assert_int_equal(toc_association_at(fix->sess, count + 7, &row, &fix->err), TOC_OK);
    assert_null(row);
    assert_int_equal(toc_association_at(NULL, 0, &row, &fix->err), TOC_EINVAL);
    assert_int_equal(toc_association_at(fix->sess, 0, NULL, &fix->err), TOC_EINVAL);
}

/* What was collected can be changed and saved. */
static void test_collected_objects_live(void **state)
{
    fixture *fix = *state;
    toc_filter *x = tagged(fix, "x");
    toc_list *list = NULL;
    toc_objects *hosts = NULL;
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    toc_object *again = NULL;
    must(fix, toc_list_open(fix->sess, TOC_KIND_INDICATOR, x, &list, &fix->err));
    must(fix, toc_list_all(list, 10, &hosts, &fix->err));
    toc_list_close(list);
    assert_int_equal(toc_objects_count(hosts), 3);
    toc_object *b = toc_objects_by_name(hosts, TOC_S("b.example"));
    must(fix, toc_object_set(b, "confidence", TOC_S("77"), &fix->err));
    must(fix, toc_save(fix->sess, b, NULL, &fix->err));
    must(fix, toc_get(fix->sess, host, TOC_S("b.example"), NULL, &again, &fix->err));
    assert_int_equal(toc_object_get_int(again, "confidence"), 77);
    toc_object_free(again);
    toc_objects_free(hosts);
    toc_filter_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_joined, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bulk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bulk_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_owners, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tags_and_labels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_victims, setup, teardown),
        cmocka_unit_test_setup_teardown(test_association_catalogue, setup, teardown),
        cmocka_unit_test_setup_teardown(test_collected_objects_live, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
