/* Groups and tasks as PDF: rest-v2 2.8. The file is read back by a small reader of its own. */
#include "platform_fixture.h"

#define API "/api/v2/"

static int setup(void **state)
{
    fixture *fix = test_malloc(sizeof(*fix));
    fixture_new(fix, 500);
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_check(fix->platform, NULL), TOC_OK);
    fixture_done(fix);
    test_free(fix);
    return 0;
}

static long long create(fixture *fix, const char *branch, const char *body)
{
    char target[128];
    (void)snprintf(target, sizeof(target), API "%s", branch);
    expect(fix, "POST", target, body, 201);
    return number_of(fix, "id");
}

static const char *path_to(const char *branch, long long id, const char *rest)
{
    static char target[256];
    (void)snprintf(target, sizeof(target), API "%s/%lld%s", branch, id, rest);
    return target;
}

static int64_t number_at(toc_str text, size_t at)
{
    int64_t value = -1;
    size_t end = at;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    assert_true(toc_str_to_int(toc_str_slice(text, at, end), &value));
    return value;
}

/* Every entry of the table leads to its object, every stream has its length. */
static void check_structure(toc_str pdf)
{
    static const char tail[] = "\n%%EOF\n";
    assert_true(toc_str_starts(pdf, TOC_S("%PDF-1.4\n")));
    assert_true(toc_str_ends(pdf, toc_str_of(tail)));
    ptrdiff_t start = toc_str_find(pdf, TOC_S("startxref\n"));
    assert_true(start > 0);
    int64_t xref = number_at(pdf, (size_t)start + 10);
    toc_str table = toc_str_slice(pdf, (size_t)xref, pdf.len);
    assert_true(toc_str_starts(table, TOC_S("xref\n0 ")));
    int64_t count = number_at(table, 7);
    size_t rows = (size_t)toc_str_find(table, TOC_S("0000000000 65535 f \n"));
    for (int64_t i = 1; i < count; i++) {
        char wanted[32];
        (void)snprintf(wanted, sizeof(wanted), "%lld 0 obj\n", (long long)i);
        int64_t at = number_at(table, rows + (size_t)i * 20);
        assert_true(toc_str_starts(toc_str_slice(pdf, (size_t)at, pdf.len), toc_str_of(wanted)));
    }
    ptrdiff_t found;
    for (size_t at = 0;
         (found = toc_str_find(toc_str_slice(pdf, at, pdf.len), TOC_S("/Length "))) >= 0;) {
        at += (size_t)found + 8;
        size_t stream =
            at + (size_t)toc_str_find(toc_str_slice(pdf, at, pdf.len), TOC_S("stream\n")) + 7;
        size_t end = stream + (size_t)number_at(pdf, at);
        assert_true(toc_str_starts(toc_str_slice(pdf, end, pdf.len), TOC_S("endstream\n")));
        at = end;
    }
}

static void test_contents(void **state)
{
    fixture *fix = *state;
    long long id = create(fix, "groups/incidents",
                          "{\"name\":\"Wave (\\\\ of \xc3\xa4 \xe2\x82\xac \xd0\x96\","
                          "\"status\":\"Open\",\"eventDate\":\"2024-03-01T10:00:00Z\"}");
    long long threat = create(fix, "groups/threats", "{\"name\":\"Dark Heron\"}");
    char rest[64];
    (void)snprintf(rest, sizeof(rest), "/groups/threats/%lld", threat);
    expect(fix, "POST", path_to("groups/incidents", id, rest), NULL, 201);
    expect(fix, "POST", API "indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    expect(fix, "POST", path_to("groups/incidents", id, "/indicators/hosts/evil.example"), NULL,
           201);
    expect(fix, "POST", path_to("groups/incidents", id, "/tags/Phish%20Kit"), NULL, 201);
    expect(fix, "POST", path_to("groups/incidents", id, "/securityLabels/TLP%3ARED"), NULL, 201);
    expect(fix, "POST", path_to("groups/incidents", id, "/attributes"),
           "{\"type\":\"Description\",\"value\":\"line one\\nline two\",\"displayed\":true}", 201);
    expect(fix, "GET", path_to("groups/incidents", id, "/pdf"), NULL, 200);
    assert_true(toc_response_is(fix->response, "application/pdf"));
    check_structure(toc_response_body(fix->response));
    static const char *const wanted[] = {"(Wave \\(\\\\ of \\344 \\200 ?)Tj",
                                         "(Incident)Tj",
                                         "(Acme CTI)Tj",
                                         "(Open)Tj",
                                         "(Phish Kit)Tj",
                                         "(TLP:RED)Tj",
                                         "(line one)Tj",
                                         "(line two)Tj",
                                         "(2024-03-01T10:00:00Z)Tj",
                                         "(Threat: Dark Heron)Tj",
                                         "(Host: evil.example)Tj"};
    toc_str body = toc_response_body(fix->response);
    for (size_t i = 0; i < TOC_COUNT(wanted); i++) {
        if (toc_str_find(body, toc_str_of(wanted[i])) < 0)
            fail_msg("no %s in %.*s", wanted[i], TOC_FMT(body));
    }
    /* The same twice. */
    toc_buf copy;
    toc_buf_init(&copy, TOC_MAX_RESPONSE);
    toc_buf_str(&copy, body);
    expect(fix, "GET", path_to("groups/incidents", id, "/pdf"), NULL, 200);
    assert_true(toc_str_equal(toc_buf_view(&copy), toc_response_body(fix->response)));
    toc_buf_done(&copy);
    contains(fix, fix->user.access_id);
    assert_int_equal(toc_platform_set_anonymous(fix->platform, "Acme CTI", true, NULL), 0);
    expect(fix, "GET", path_to("groups/incidents", id, "/pdf"), NULL, 200);
    contains(fix, "(user1)Tj");
    lacks(fix, fix->user.access_id);
}

static void test_many_pages(void **state)
{
    fixture *fix = *state;
    toc_buf text;
    long long id = create(fix, "groups/threats", "{\"name\":\"Long\"}");
    toc_buf_init(&text, TOC_MAX_TEXT);
    toc_buf_lit(&text, "{\"type\":\"Additional Analysis and Context\",\"value\":\"");
    for (int i = 0; i < 3000; i++)
        toc_buf_printf(&text, "word%d%s", i, i % 10 ? " " : "");
    for (int i = 0; i < 5000; i++)
        toc_buf_char(&text, 'w');
    toc_buf_lit(&text, "\"}");
    expect(fix, "POST", path_to("groups/threats", id, "/attributes"), text.ptr, 201);
    toc_buf_done(&text);
    expect(fix, "GET", path_to("groups/threats", id, "/pdf"), NULL, 200);
    check_structure(toc_response_body(fix->response));
    toc_str body = toc_response_body(fix->response);
    ptrdiff_t count = toc_str_find(body, TOC_S("/Type/Pages/Count "));
    assert_true(count > 0);
    assert_true(number_at(body, (size_t)count + 18) >= 4);
    assert_true(toc_str_find(body, TOC_S("word2999")) > 0);
}

/* rest-v2 2.8: all types but documents and emails; and tasks. */
static void test_types(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *branch, *body;
        int status;
    } rows[] = {
        {"groups/adversaries", "{\"name\":\"x\"}", 200},
        {"groups/campaigns", "{\"name\":\"x\"}", 200},
        {"groups/events", "{\"name\":\"x\"}", 200},
        {"groups/reports", "{\"name\":\"x\",\"fileName\":\"f\"}", 200},
        {"groups/signatures",
         "{\"name\":\"x\",\"fileName\":\"f\",\"fileType\":\"YARA\",\"fileText\":\"rule\"}", 200},
        {"groups/documents", "{\"name\":\"x\",\"fileName\":\"f\"}", 404},
        {"groups/emails", "{\"name\":\"x\",\"subject\":\"s\",\"header\":\"h\",\"body\":\"b\"}",
         404},
        {"tasks", "{\"name\":\"x\"}", 200},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        long long id = create(fix, rows[i].branch, rows[i].body);
        expect(fix, "GET", path_to(rows[i].branch, id, "/pdf"), NULL, rows[i].status);
        if (rows[i].status == 200)
            check_structure(toc_response_body(fix->response));
        expect(fix, "GET", path_to(rows[i].branch, id + 1000, "/pdf"), NULL, 404);
        expect(fix, "GET", path_to(rows[i].branch, id, "/pdf?owner=Shared%20Feed"), NULL, 404);
    }
}

/* Secrets do not get onto paper. */
static void test_no_secrets(void **state)
{
    fixture *fix = *state;
    long long id = create(fix, "groups/reports",
                          "{\"name\":\"R\",\"fileName\":\"f\",\"password\":\"hunter2\"}");
    expect(fix, "GET", path_to("groups/reports", id, "/pdf"), NULL, 200);
    assert_true(toc_str_find(toc_response_body(fix->response), TOC_S("hunter2")) < 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_contents),
        TEST(test_many_pages),
        TEST(test_types),
        TEST(test_no_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
