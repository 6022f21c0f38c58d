/* The write types of a job: what becomes of attributes, tags and labels that are there already
 * (rest-v2 4.3). */
#include "wire/batch_fixture.h"

#define WRITES(attributes, sets)                                                                   \
    SETTINGS(",\"attributeWriteType\":\"" attributes "\",\"tagWriteType\":\"" sets                 \
             "\",\"securityLabelWriteType\":\"" sets "\"")
#define HOST(more) "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"w.example\"" more "}]}"
#define THREAT(more) "{\"group\":[{\"type\":\"Threat\",\"name\":\"w\",\"xid\":\"w\"" more "}]}"
#define TAGS(list) ",\"tag\":[" list "]"
#define TAG(name) "{\"name\":\"" name "\"}"
#define LABELS(list) ",\"securityLabel\":[" list "]"
#define NOTE(type, value) "{\"type\":\"" type "\",\"value\":\"" value "\"}"
#define NOTES(list) ",\"attribute\":[" list "]"
#define BEFORE                                                                                     \
    TAGS(TAG("a") "," TAG("b"))                                                                    \
    LABELS("{\"name\":\"TLP:RED\"},{\"name\":\"TLP:GREEN\"}")                                      \
    NOTES(NOTE("Note", "1") "," NOTE("Note", "2") "," NOTE("Other", "3"))

/* What is read afterwards: the sorted values of each list. */
static const struct {
    const char *attributes, *sets, *more;
    const char *notes, *tags, *labels;
} rows[] = {
    {"Replace", "Replace", "", "123", "ab", "GR"},
    {"Replace", "Replace", TAGS("") LABELS("") NOTES(""), "", "", ""},
    {"Append", "Append", TAGS("") LABELS("") NOTES(""), "123", "ab", "GR"},
    {"Singleton", "Append", NOTES(""), "123", "ab", "GR"},
    {"Static", "Append", NOTES(""), "123", "ab", "GR"},
    {"Replace", "Replace", TAGS(TAG("B") "," TAG("c")), "123", "bc", "GR"},
    {"Append", "Append", TAGS(TAG("B") "," TAG("c")), "123", "abc", "GR"},
    {"Replace", "Replace", LABELS("{\"name\":\"TLP:AMBER\"},{\"name\":\"tlp:red\"}"), "123", "ab",
     "AR"},
    {"Append", "Append", LABELS("{\"name\":\"TLP:AMBER\"},{\"name\":\"tlp:red\"}"), "123", "ab",
     "AGR"},
    {"Replace", "Append", NOTES(NOTE("Note", "1")), "1", "ab", "GR"},
    {"Replace", "Append", NOTES(NOTE("Note", "9") "," NOTE("Note", "9")), "99", "ab", "GR"},
    {"Append", "Append", NOTES(NOTE("Note", "1")), "1123", "ab", "GR"},
    {"Singleton", "Append", NOTES(NOTE("Note", "9")), "39", "ab", "GR"},
    {"Singleton", "Append", NOTES(NOTE("New", "9")), "1239", "ab", "GR"},
    {"Singleton", "Append", NOTES(NOTE("Other", "8") "," NOTE("Other", "9")), "1289", "ab", "GR"},
    {"Static", "Append", NOTES(NOTE("Note", "9")), "123", "ab", "GR"},
};

static int by_letter(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

/* The first letter after each mark, sorted. */
static void letters(fixture *fix, const char *mark, size_t skip, char out[16])
{
    size_t count = 0;
    for (const char *at = fixture_body(fix); (at = strstr(at, mark)) != NULL && count < 15;
         at += strlen(mark))
        out[count++] = at[strlen(mark) + skip];
    out[count] = '\0';
    qsort(out, count, 1, by_letter);
}

static void check_list(fixture *fix, const char *base, const char *list, const char *mark,
                       size_t skip, const char *wanted, size_t row)
{
    char target[128], found[16];
    (void)snprintf(target, sizeof(target), "%s/%s", base, list);
    expect(fix, "GET", target, NULL, 200);
    letters(fix, mark, skip, found);
    if (strcmp(found, wanted) != 0)
        fail_msg("row %zu: %s are %s instead of %s", row, list, found, wanted);
}

static void check_row(fixture *fix, const char *base, size_t i)
{
    check_list(fix, base, "attributes", "\"value\":\"", 0, rows[i].notes, i);
    check_list(fix, base, "tags", "\"name\":\"", 0, rows[i].tags, i);
    check_list(fix, base, "securityLabels", "\"name\":\"TLP:", 0, rows[i].labels, i);
}

static void on_what_exists(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        void *own = NULL;
        char config[320], content[640], base[64];
        assert_int_equal(batch_setup(&own), 0);
        fixture *fix = own;
        load(fix, HOST(BEFORE), 1);
        load(fix, THREAT(BEFORE), 1);
        (void)snprintf(config, sizeof(config), WRITES("%s", "%s"), rows[i].attributes, rows[i].sets,
                       rows[i].sets);
        (void)snprintf(content, sizeof(content), HOST("%s"), rows[i].more);
        run_batch(fix, config, content, 1, 0);
        (void)snprintf(content, sizeof(content), THREAT("%s"), rows[i].more);
        run_batch(fix, config, content, 1, 0);
        check_row(fix, "/v2/indicators/hosts/w.example", i);
        (void)snprintf(base, sizeof(base), "/v2/groups/threats/%lld", group_id(fix, "threats"));
        check_row(fix, base, i);
        batch_teardown(&own);
    }
}

/* What is new gets everything, whatever the write type. */
static void on_what_is_new(void **state)
{
    static const char *const types[] = {"Append", "Replace", "Singleton", "Static"};
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(types); i++) {
        char config[320], content[640], base[64];
        (void)snprintf(config, sizeof(config), WRITES("%s", "Replace"), types[i]);
        (void)snprintf(content, sizeof(content),
                       "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"%s.example\""
                       ",\"description\":\"d\"" BEFORE "}]}",
                       types[i]);
        run_batch(fix, config, content, 1, 0);
        (void)snprintf(base, sizeof(base), "/v2/indicators/hosts/%s.example", types[i]);
        check_list(fix, base, "attributes", "\"value\":\"", 0, "123d", i);
        check_list(fix, base, "tags", "\"name\":\"", 0, "ab", i);
        check_list(fix, base, "securityLabels", "\"name\":\"TLP:", 0, "GR", i);
    }
}

/* --- description and source are attributes, too ----------------------------------------------- */

static void the_default_texts(void **state)
{
    static const struct {
        const char *type, *description;
        int count;
    } steps[] = {
        {"Static", "old", 2},  {"Replace", "new", 2}, {"Replace", "new", 2},
        {"Append", "new", 2},  {"Append", "more", 3}, {"Singleton", "last", 3},
        {"Static", "last", 3},
    };
    fixture *fix = *state;
    load(fix, HOST(",\"description\":\"old\",\"source\":\"s\""), 1);
    for (size_t i = 0; i < TOC_COUNT(steps); i++) {
        char config[320], content[128], wanted[64];
        bool fixed = strcmp(steps[i].type, "Static") == 0;
        (void)snprintf(config, sizeof(config), WRITES("%s", "Replace"), steps[i].type);
        (void)snprintf(content, sizeof(content), HOST(",\"description\":\"%s\""),
                       fixed ? "ignored" : steps[i].description);
        run_batch(fix, config, content, 1, 0);
        if (list_size(fix, "/v2/indicators/hosts/w.example/attributes") != steps[i].count)
            fail_msg("step %zu: %s", i, fixture_body(fix));
        expect(fix, "GET", "/v2/indicators/hosts/w.example", NULL, 200);
        (void)snprintf(wanted, sizeof(wanted), "\"description\":\"%s\"", steps[i].description);
        contains(fix, wanted);
        contains(fix, "\"source\":\"s\"");
    }
    load(fix, HOST(NOTES("")), 1);
    expect(fix, "GET", "/v2/indicators/hosts/w.example", NULL, 200);
    lacks(fix, "\"description\"");
}

/* --- labels of attributes ------------------------------------------------------------------- */

#define MARKED(labels, more)                                                                       \
    HOST(",\"attribute\":[{\"type\":\"Note\",\"value\":\"n\"" labels more "}]")

static long long attribute_labels(fixture *fix)
{
    char target[96];
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/w.example/attributes"), 1);
    (void)snprintf(target, sizeof(target),
                   "/v2/indicators/hosts/w.example/attributes/%lld/securityLabels",
                   number_of(fix, "id"));
    return list_size(fix, target);
}

static void labels_of_attributes_are_replaced(void **state)
{
    fixture *fix = *state;
    load(fix, MARKED(LABELS("\"TLP:RED\",\"TLP:GREEN\""), ""), 1);
    assert_int_equal(attribute_labels(fix), 2);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/w.example/attributes"), 1);
    long long id = number_of(fix, "id");
    /* The same again is the same attribute. */
    load(fix, MARKED(LABELS("\"tlp:green\",\"TLP:RED\""), ""), 1);
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/w.example/attributes"), 1);
    assert_int_equal(number_of(fix, "id"), id);
    load(fix, MARKED(LABELS("\"TLP:RED\""), ""), 1);
    assert_int_equal(attribute_labels(fix), 1);
    load(fix, MARKED("", ""), 1);
    assert_int_equal(attribute_labels(fix), 0);
    load(fix, MARKED("", ",\"displayed\":true,\"source\":\"s\""), 1);
    expect(fix, "GET", "/v2/indicators/hosts/w.example/attributes", NULL, 200);
    contains(fix, "\"displayed\":true");
    contains(fix, "\"source\":\"s\"");
    load(fix, MARKED("", ",\"pinned\":true,\"dateAdded\":\"is ignored\""), 1);
    expect(fix, "GET", "/v2/indicators/hosts/w.example/attributes", NULL, 200);
    contains(fix, "\"displayed\":false");
    lacks(fix, "\"source\":\"s\"");
}

#define SHOWN(type, value) "{\"type\":\"" type "\",\"value\":\"" value "\",\"displayed\":true}"

/* What a new item shows: of several displayed ones the last, and its own text before any. */
static const struct {
    const char *more, *values, *shown, *description;
} new_rows[] = {
    {NOTES(SHOWN("Description", "1")), "1", "1", "1"},
    {NOTES(NOTE("Description", "1")), "1", "", ""},
    {NOTES(SHOWN("Description", "1") "," SHOWN("description", "2")), "12", "2", "2"},
    {NOTES(SHOWN("Description", "1") "," NOTE("Description", "2")), "12", "1", "1"},
    {NOTES(SHOWN("Note", "1") "," SHOWN("Note", "2")), "12", "12", ""},
    {",\"description\":\"3\"" NOTES(NOTE("Description", "1")), "13", "3", "3"},
    {",\"description\":\"3\"" NOTES(SHOWN("Description", "1") "," SHOWN("Description", "2")), "13",
     "3", "3"},
};

static void check_shown(fixture *fix, const char *base, size_t row)
{
    check_list(fix, base, "attributes", "\"value\":\"", 0, new_rows[row].values, row);
    check_list(fix, base, "attributes", "\"displayed\":true,\"value\":\"", 0, new_rows[row].shown,
               row);
}

static void what_is_new_shows(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(new_rows); i++) {
        char content[640], base[64];
        (void)snprintf(content, sizeof(content), HOST("%s"), new_rows[i].more);
        load(fix, content, 1);
        check_shown(fix, "/v2/indicators/hosts/w.example", i);
        check_list(fix, "/v2/indicators/hosts", "w.example", "\"description\":\"", 0,
                   new_rows[i].description, i);
        expect(fix, "DELETE", "/v2/indicators/hosts/w.example", NULL, 200);
        (void)snprintf(content, sizeof(content), THREAT("%s"), new_rows[i].more);
        load(fix, content, 1);
        (void)snprintf(base, sizeof(base), "/v2/groups/threats/%lld", group_id(fix, "threats"));
        check_shown(fix, base, i);
        expect(fix, "DELETE", base, NULL, 200);
    }
}

/* Indicators have a source, groups have none. */
static void sources_are_shown(void **state)
{
    fixture *fix = *state;
    load(fix, HOST(NOTES(SHOWN("Source", "1") "," SHOWN("Source", "2"))), 1);
    load(fix, THREAT(NOTES(SHOWN("Source", "1") "," SHOWN("Source", "2"))), 1);
    expect(fix, "GET", "/v2/indicators/hosts/w.example", NULL, 200);
    contains(fix, "\"source\":\"2\"");
    char base[64];
    (void)snprintf(base, sizeof(base), "/v2/groups/threats/%lld", group_id(fix, "threats"));
    expect(fix, "GET", base, NULL, 200);
    lacks(fix, "\"source\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_what_exists), batch_test(on_what_is_new),
        batch_test(the_default_texts),    batch_test(what_is_new_shows),
        batch_test(sources_are_shown),    batch_test(labels_of_attributes_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
