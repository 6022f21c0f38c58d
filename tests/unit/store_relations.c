/* store_relations.c - tags, labels, attributes, links, occurrences: there and back, done twice. */
#include "support/store_fixture.h"

/* Names joined by blanks. */
typedef struct names {
    char text[512];
    int64_t last;
} names;

static void add_name(names *list, int64_t id, toc_str name)
{
    size_t used = strlen(list->text);
    (void)snprintf(list->text + used, sizeof(list->text) - used, "%s%.*s", used ? " " : "",
                   TOC_FMT(name));
    list->last = id;
}

static toc_rc tag_name(void *user, int64_t id, const toc_tag *tag)
{
    add_name(user, id, tag->name);
    if (tag->description.ptr)
        add_name(user, id, tag->description);
    return TOC_OK;
}

static toc_rc label_name(void *user, int64_t id, const toc_label *label)
{
    assert_int_equal(label->date_added.len, 20);
    add_name(user, id, label->name);
    return TOC_OK;
}

static toc_rc attribute_name(void *user, const toc_attribute *attribute)
{
    names *list = user;
    add_name(list, attribute->id, attribute->type);
    add_name(list, attribute->id, attribute->value);
    if (attribute->displayed)
        add_name(list, attribute->id, TOC_S("*"));
    for (const toc_label *at = attribute->labels; at; at = at->next)
        add_name(list, attribute->id, at->name);
    return TOC_OK;
}

static void assert_tags(fixture *fix, toc_conn *conn, toc_target target, const toc_terms *terms,
                        const char *expected)
{
    names list = {.text = ""};
    must(fix, toc_tag_each(conn, fix->owner, target, terms, 0, 0, tag_name, &list, &fix->err));
    assert_string_equal(list.text, expected);
}

static void assert_attributes(fixture *fix, toc_conn *conn, toc_target target, const char *expected)
{
    names list = {.text = ""};
    must(fix, toc_attribute_each(conn, target, 0, true, 0, 0, attribute_name, &list, &fix->err));
    assert_string_equal(list.text, expected);
}

static int64_t make_tag(fixture *fix, toc_conn *conn, const char *name)
{
    int64_t id = 0;
    must(fix, toc_tag_id(conn, fix->owner, toc_str_of(name), true, &id, &fix->err));
    assert_true(id > 0);
    return id;
}

static void test_tags(void **state)
{
    fixture *fix = *state;
    toc_target all = {TOC_KIND_INDICATOR, 0};
    toc_term_field field = {.resource = TOC_FILTER_TAGS, .name = "weight", .kind = TOC_TERM_INT};
    toc_terms terms = {.count = 1, .items = {{.field = &field, .op = TOC_OP_GT, .integer = 0}}};
    int64_t id = 7;
    toc_conn *conn = fixture_begin(fix);
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    toc_target group = {TOC_KIND_GROUP, fixture_group(fix, conn, "Threat", "T")};
    int64_t kit = make_tag(fix, conn, "Phish Kit"), other = make_tag(fix, conn, "apt");
    assert_int_equal(make_tag(fix, conn, "PHISH kit"), kit);
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("none"), false, &id, &fix->err));
    assert_int_equal(id, 0);
    assert_int_equal(toc_tag_id(conn, fix->owner, TOC_S(""), true, &id, &fix->err), TOC_EINVAL);
    for (int i = 0; i < 2; i++) {
        must(fix, toc_tag_apply(conn, kit, host, &fix->err));
        must(fix, toc_tag_apply(conn, kit, group, &fix->err));
    }
    assert_tags(fix, conn, all, NULL, "apt Phish Kit");
    assert_tags(fix, conn, all, &terms, "Phish Kit");
    terms.items[0].integer = 1;
    assert_tags(fix, conn, all, &terms, "Phish Kit");
    terms.items[0].integer = 2;
    assert_tags(fix, conn, all, &terms, "");
    assert_tags(fix, conn, host, NULL, "Phish Kit");
    assert_true(fixture_has_tag(fix, conn, kit, host));
    assert_false(fixture_has_tag(fix, conn, other, host));
    for (int i = 0; i < 2; i++)
        must(fix, toc_tag_unapply(conn, kit, host, &fix->err));
    assert_tags(fix, conn, host, NULL, "");
    must(fix, toc_tag_change(conn, kit, TOC_S("Kit"), TOC_S("about"), &fix->err));
    assert_tags(fix, conn, group, NULL, "Kit about");
    assert_int_equal(make_tag(fix, conn, "kit"), kit);
    assert_int_equal(toc_tag_change(conn, kit, TOC_S("APT"), (toc_str){NULL, 0}, &fix->err),
                     TOC_ECONFLICT);
    assert_string_equal(fix->err.field, "name");
    must(fix, toc_tag_clear(conn, group, &fix->err));
    assert_tags(fix, conn, group, NULL, "");
    must(fix, toc_tag_apply(conn, other, group, &fix->err));
    must(fix, toc_tag_remove(conn, other, &fix->err));
    assert_int_equal(toc_tag_remove(conn, other, &fix->err), TOC_ENOTFOUND);
    assert_tags(fix, conn, group, NULL, "");
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("apt"), false, &id, &fix->err));
    assert_int_equal(id, 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_tag_cache_forgets(void **state)
{
    fixture *fix = *state;
    int64_t id = 7;
    toc_conn *conn = fixture_begin(fix);
    make_tag(fix, conn, "gone");
    toc_tx_rollback(conn);
    conn = fixture_begin(fix);
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("gone"), false, &id, &fix->err));
    assert_int_equal(id, 0);
    must(fix, toc_tx_commit(conn, &fix->err));
    /* Another process may remove a tag between two transactions of this one. */
    conn = fixture_begin(fix);
    int64_t first = make_tag(fix, conn, "short-lived");
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store *other = NULL;
    toc_store_options options = {.path = fix->path};
    must(fix, toc_store_open(&options, &other, &fix->err));
    must(fix, toc_tx_begin(other, &conn, &fix->err));
    must(fix, toc_tag_remove(conn, first, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(other);
    conn = fixture_begin(fix);
    assert_true(make_tag(fix, conn, "short-lived") != first);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_labels(void **state)
{
    fixture *fix = *state;
    int64_t red = 0, mine = 0, other = 0;
    names list = {.text = ""};
    toc_label label = {
        .name = TOC_S("Secret"), .description = TOC_S("d"), .color = TOC_S("ff0000")};
    toc_label change = {.description = TOC_S("e")};
    toc_conn *conn = fixture_begin(fix);
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    must(fix, toc_label_id(conn, fix->owner, TOC_S("tlp:amber+strict"), &red, &fix->err));
    assert_true(red > 0);
    must(fix, toc_label_id(conn, fix->owner, TOC_S("TLP:RED"), &red, &fix->err));
    must(fix, toc_label_add(conn, fix->owner, &label, FIXTURE_NOW, &mine, &fix->err));
    assert_int_equal(toc_label_add(conn, fix->owner, &label, FIXTURE_NOW, &other, &fix->err),
                     TOC_ECONFLICT);
    assert_string_equal(fix->err.field, "name");
    must(fix, toc_label_id(conn, fix->owner, TOC_S("secret"), &other, &fix->err));
    assert_int_equal(other, mine);
    must(fix, toc_label_id(conn, fix->owner + 1, TOC_S("secret"), &other, &fix->err));
    assert_int_equal(other, 0);
    for (int i = 0; i < 2; i++) {
        must(fix, toc_label_apply(conn, red, host, &fix->err));
        must(fix, toc_label_apply(conn, mine, host, &fix->err));
    }
    must(fix, toc_label_each(conn, fix->owner, host, NULL, 0, 0, label_name, &list, &fix->err));
    assert_string_equal(list.text, "Secret TLP:RED");
    list.text[0] = '\0';
    must(fix, toc_label_each(conn, fix->owner, (toc_target){TOC_KIND_GROUP, 0}, NULL, 1, 3,
                             label_name, &list, &fix->err));
    assert_string_equal(list.text, "TLP:AMBER TLP:AMBER+STRICT TLP:CLEAR");
    for (int i = 0; i < 2; i++)
        must(fix, toc_label_unapply(conn, red, host, &fix->err));
    assert_false(fixture_has_label(fix, conn, red, host));
    assert_true(fixture_has_label(fix, conn, mine, host));
    must(fix, toc_label_change(conn, mine, &change, &fix->err));
    assert_int_equal(toc_label_change(conn, red, &change, &fix->err), TOC_EAUTH);
    assert_int_equal(toc_label_remove(conn, red, &fix->err), TOC_EAUTH);
    assert_int_equal(toc_label_remove(conn, 999, &fix->err), TOC_ENOTFOUND);
    must(fix, toc_label_remove(conn, mine, &fix->err));
    list.text[0] = '\0';
    must(fix, toc_label_each(conn, fix->owner, host, NULL, 0, 0, label_name, &list, &fix->err));
    assert_string_equal(list.text, "");
    must(fix, toc_label_apply(conn, red, host, &fix->err));
    must(fix, toc_label_clear(conn, host, &fix->err));
    assert_false(fixture_has_label(fix, conn, red, host));
    must(fix, toc_tx_commit(conn, &fix->err));
}

static toc_rc take_members(void *user, int64_t id, toc_object *obj)
{
    names *list = user;
    list->text[0] = '\0';
    add_name(list, id, toc_object_get(obj, "description"));
    if (toc_object_has(obj, "source"))
        add_name(list, id, toc_object_get(obj, "source"));
    return TOC_OK;
}

static void assert_members(fixture *fix, toc_conn *conn, toc_target target, const char *expected)
{
    names list = {.text = "nothing"};
    toc_query query = {.owner = fix->owner, .kind = target.kind, .id = target.id};
    must(fix, toc_object_each(conn, &query, take_members, &list, &fix->err));
    assert_string_equal(list.text, expected);
}

static void test_attributes(void **state)
{
    fixture *fix = *state;
    int64_t first = 0, second = 0, third = 0, red = 0;
    toc_attribute one = {.type = TOC_S("Description"), .value = TOC_S("one"), .displayed = true};
    toc_attribute two = {.type = TOC_S("Description"), .value = TOC_S("two"), .displayed = true};
    toc_attribute more = {
        .type = TOC_S("Phase"), .value = TOC_S("3"), .source = TOC_S("s"), .xid = TOC_S("x")};
    toc_conn *conn = fixture_begin(fix);
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    must(fix, toc_attribute_add(conn, host, &one, FIXTURE_NOW, &first, &fix->err));
    assert_members(fix, conn, host, "one");
    must(fix, toc_attribute_add(conn, host, &two, FIXTURE_NOW, &second, &fix->err));
    assert_members(fix, conn, host, "two");
    must(fix, toc_attribute_add(conn, host, &more, FIXTURE_NOW, &third, &fix->err));
    assert_attributes(fix, conn, host, "Phase 3 Description two * Description one");
    must(fix, toc_label_id(conn, fix->owner, TOC_S("TLP:RED"), &red, &fix->err));
    must(fix, toc_label_apply(conn, red, (toc_target){TOC_KIND_ATTRIBUTE, third}, &fix->err));
    assert_attributes(fix, conn, host, "Phase 3 TLP:RED Description two * Description one");
    toc_attribute change = {.id = first, .value = TOC_S("uno"), .displayed = true};
    must(fix, toc_attribute_change(conn, host, &change, FIXTURE_NOW + 1, &fix->err));
    assert_members(fix, conn, host, "uno");
    assert_attributes(fix, conn, host, "Phase 3 TLP:RED Description two Description uno *");
    change.displayed = false;
    must(fix, toc_attribute_change(conn, host, &change, FIXTURE_NOW + 1, &fix->err));
    assert_members(fix, conn, host, "");
    change.id = 999;
    assert_int_equal(toc_attribute_change(conn, host, &change, FIXTURE_NOW, &fix->err),
                     TOC_ENOTFOUND);
    change.id = first;
    toc_target elsewhere = {TOC_KIND_GROUP, host.id};
    assert_int_equal(toc_attribute_change(conn, elsewhere, &change, FIXTURE_NOW, &fix->err),
                     TOC_ENOTFOUND);
    change.displayed = true;
    must(fix, toc_attribute_change(conn, host, &change, FIXTURE_NOW + 1, &fix->err));
    must(fix, toc_attribute_remove(conn, host, first, &fix->err));
    assert_members(fix, conn, host, "");
    assert_int_equal(toc_attribute_remove(conn, host, first, &fix->err), TOC_ENOTFOUND);
    must(fix, toc_attribute_clear(conn, host, TOC_S("Description"), &fix->err));
    assert_attributes(fix, conn, host, "Phase 3 TLP:RED");
    toc_attribute nameless = {.value = TOC_S("v")};
    assert_int_equal(toc_attribute_add(conn, host, &nameless, FIXTURE_NOW, &first, &fix->err),
                     TOC_EINVAL);
    toc_attribute dated = {.type = TOC_S("t"), .date_added = TOC_S("yesterday-ish")};
    assert_int_equal(toc_attribute_add(conn, host, &dated, FIXTURE_NOW, &first, &fix->err),
                     TOC_EINVAL);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_default_attributes(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    toc_target group = {TOC_KIND_GROUP, fixture_group(fix, conn, "Threat", "T")};
    toc_str description = TOC_S("Description"), source = TOC_S("Source");
    for (int i = 0; i < 2; i++) {
        must(fix,
             toc_attribute_default(conn, host, description, TOC_S("d"), FIXTURE_NOW, &fix->err));
        must(fix, toc_attribute_default(conn, host, source, TOC_S("s"), FIXTURE_NOW, &fix->err));
        must(fix,
             toc_attribute_default(conn, group, description, TOC_S("g"), FIXTURE_NOW, &fix->err));
        must(fix, toc_attribute_default(conn, group, source, TOC_S("x"), FIXTURE_NOW, &fix->err));
    }
    assert_attributes(fix, conn, host, "Source s * Description d *");
    assert_members(fix, conn, host, "d s");
    assert_members(fix, conn, group, "g");
    must(fix, toc_attribute_default(conn, host, description, TOC_S("e"), FIXTURE_NOW, &fix->err));
    assert_attributes(fix, conn, host, "Source s * Description e *");
    assert_members(fix, conn, host, "e s");
    must(fix, toc_attribute_clear(conn, host, (toc_str){NULL, 0}, &fix->err));
    assert_attributes(fix, conn, host, "");
    assert_members(fix, conn, host, "");
    must(fix, toc_tx_commit(conn, &fix->err));
}

static size_t linked(fixture *fix, toc_conn *conn, toc_target from, toc_kind kind,
                     const char *association)
{
    return fixture_ids(fix, conn,
                       (toc_query){.kind = kind,
                                   .linked = true,
                                   .linked_kind = from.kind,
                                   .linked_id = from.id,
                                   .association = toc_str_of(association)})
        .count;
}

static void test_links(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    toc_target group = {TOC_KIND_GROUP, fixture_group(fix, conn, "Threat", "T")};
    for (int i = 0; i < 2; i++) {
        must(fix, toc_link_add(conn, host, group, TOC_S(""), &fix->err));
        must(fix, toc_link_add(conn, group, host, TOC_S(""), &fix->err));
        must(fix, toc_link_add(conn, host, group, TOC_S("urlHost"), &fix->err));
    }
    assert_int_equal(linked(fix, conn, host, TOC_KIND_GROUP, NULL), 1);
    assert_int_equal(linked(fix, conn, group, TOC_KIND_INDICATOR, NULL), 1);
    assert_int_equal(linked(fix, conn, group, TOC_KIND_INDICATOR, "URL Host"), 1);
    assert_int_equal(linked(fix, conn, group, TOC_KIND_INDICATOR, ""), 1);
    assert_int_equal(linked(fix, conn, group, TOC_KIND_GROUP, NULL), 0);
    for (int i = 0; i < 2; i++)
        must(fix, toc_link_remove(conn, group, host, TOC_S(""), &fix->err));
    assert_int_equal(linked(fix, conn, host, TOC_KIND_GROUP, NULL), 1);
    assert_int_equal(linked(fix, conn, host, TOC_KIND_GROUP, ""), 0);
    must(fix, toc_link_remove(conn, host, group, TOC_S("urlHost"), &fix->err));
    assert_int_equal(linked(fix, conn, host, TOC_KIND_GROUP, NULL), 0);
    assert_int_equal(toc_link_add(conn, host, host, TOC_S(""), &fix->err), TOC_EINVAL);
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(toc_link_add(conn, host, group, TOC_S(""), &fix->err), TOC_EINVAL);
}

static void test_file_actions_are_directed(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    toc_target file = {
        TOC_KIND_INDICATOR,
        fixture_insert(fix, conn,
                       fixture_object(fix, TOC_KIND_INDICATOR, "File", "md5",
                                      "44D88612FEA8A8F36DE82E1278ABB02F", (char *)NULL))};
    toc_target other = {
        TOC_KIND_INDICATOR,
        fixture_insert(fix, conn,
                       fixture_object(fix, TOC_KIND_INDICATOR, "File", "md5",
                                      "00000000000000000000000000000000", (char *)NULL))};
    must(fix, toc_link_add(conn, file, other, TOC_S("drop"), &fix->err));
    assert_int_equal(linked(fix, conn, file, TOC_KIND_INDICATOR, "File Drop"), 1);
    assert_int_equal(linked(fix, conn, other, TOC_KIND_INDICATOR, "File Drop"), 0);
    assert_int_equal(linked(fix, conn, other, TOC_KIND_INDICATOR, NULL), 1);
    must(fix, toc_link_remove(conn, other, file, TOC_S("drop"), &fix->err));
    assert_int_equal(linked(fix, conn, file, TOC_KIND_INDICATOR, "File Drop"), 1);
    must(fix, toc_link_remove(conn, file, other, TOC_S("drop"), &fix->err));
    assert_int_equal(linked(fix, conn, other, TOC_KIND_INDICATOR, NULL), 0);
    must(fix, toc_link_add(conn, file, other, TOC_S("drop"), &fix->err));
    must(fix,
         toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, other.id, FIXTURE_NOW, &fix->err));
    assert_int_equal(linked(fix, conn, file, TOC_KIND_INDICATOR, NULL), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static toc_rc occurrence_name(void *user, const toc_occurrence *occurrence)
{
    names *list = user;
    add_name(list, occurrence->id, occurrence->file_name);
    add_name(list, occurrence->id, occurrence->date.ptr ? occurrence->date : TOC_S("-"));
    return TOC_OK;
}

static void test_occurrences(void **state)
{
    fixture *fix = *state;
    int64_t first = 0, second = 0, again = 0;
    names list = {.text = ""};
    toc_occurrence one = {.file_name = TOC_S("a.exe"), .date = TOC_S("2024-03-01")};
    toc_occurrence two = {.file_name = TOC_S("b.exe"), .path = TOC_S("C:\\")};
    toc_conn *conn = fixture_begin(fix);
    int64_t file = fixture_host(fix, conn, "a.example");
    must(fix, toc_occurrence_add(conn, file, &one, &first, &fix->err));
    must(fix, toc_occurrence_add(conn, file, &two, &second, &fix->err));
    must(fix, toc_occurrence_add(conn, file, &two, &again, &fix->err));
    assert_int_equal(again, second);
    must(fix, toc_occurrence_each(conn, file, 0, occurrence_name, &list, &fix->err));
    assert_string_equal(list.text, "b.exe - a.exe 2024-03-01T00:00:00Z");
    toc_occurrence change = {.id = first, .file_name = TOC_S("c.exe")};
    must(fix, toc_occurrence_change(conn, file, &change, &fix->err));
    list.text[0] = '\0';
    must(fix, toc_occurrence_each(conn, file, first, occurrence_name, &list, &fix->err));
    assert_string_equal(list.text, "c.exe 2024-03-01T00:00:00Z");
    assert_int_equal(toc_occurrence_change(conn, file + 1, &change, &fix->err), TOC_ENOTFOUND);
    must(fix, toc_occurrence_remove(conn, file, first, &fix->err));
    assert_int_equal(toc_occurrence_remove(conn, file, first, &fix->err), TOC_ENOTFOUND);
    one.date = TOC_S("soon");
    assert_int_equal(toc_occurrence_add(conn, file, &one, &again, &fix->err), TOC_EINVAL);
    must(fix, toc_tx_commit(conn, &fix->err));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tags),
        TEST(test_tag_cache_forgets),
        TEST(test_labels),
        TEST(test_attributes),
        TEST(test_default_attributes),
        TEST(test_links),
        TEST(test_file_actions_are_directed),
        TEST(test_occurrences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
