/* Items that cannot be taken, one of each sort, between good ones: without the switch the rest goes
 * in, with it what stands behind is not processed, and each refusal is on disk with its line and
 * its reason, in a form that comes in once it is corrected. */
#include "platform_fixture.h"

#include "tocsin/import.h"

#define OWNER "Acme CTI"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define HOST(name, more) "{\"type\":\"Host\",\"summary\":\"" name "\"" more "}"
#define THREAT(xid, more) "{\"type\":\"Threat\",\"name\":\"n\",\"xid\":\"" xid "\"" more "}"
#define TAG(name) ",\"tag\":[{\"name\":\"" name "\"}]"

static const struct {
    toc_kind kind;
    const char *json, *reason; /* a part of the reason; NULL: taken */
    const char *fixed;         /* what the same item is once it is corrected */
} items[] = {
    /* A field that its type requires. */
    {TOC_KIND_GROUP,
     "{\"type\":\"Signature\",\"name\":\"s\",\"xid\":\"x\",\"fileName\":\"s.yar\","
     "\"fileType\":\"YARA\"}",
     "invalid fileText",
     "{\"type\":\"Signature\",\"name\":\"s\",\"xid\":\"x\",\"fileName\":\"s.yar\","
     "\"fileType\":\"YARA\",\"fileText\":\"rule x\"}"},
    {TOC_KIND_GROUP,
     "{\"type\":\"Email\",\"name\":\"e\",\"xid\":\"y\",\"header\":\"h\",\"body\":\"b\"}",
     "invalid subject",
     "{\"type\":\"Email\",\"name\":\"e\",\"xid\":\"y\",\"subject\":\"s\",\"header\":\"h\","
     "\"body\":\"b\"}"},
    {TOC_KIND_INDICATOR, "{\"type\":\"Registry Key\",\"Key Name\":\"HKEY_USERS\"}",
     "invalid Value Name",
     "{\"type\":\"Registry Key\",\"Key Name\":\"HKEY_USERS\",\"Value Name\":\"v\","
     "\"Value Type\":\"REG_SZ\"}"},
    /* Hashes: one character short, one too long, of no known length. */
    {TOC_KIND_INDICATOR, "{\"type\":\"File\",\"md5\":\"d41d8cd98f00b204e9800998ecf8427\"}",
     "invalid md5", "{\"type\":\"File\",\"md5\":\"d41d8cd98f00b204e9800998ecf8427e\"}"},
    {TOC_KIND_INDICATOR,
     "{\"type\":\"File\",\"sha1\":\"da39a3ee5e6b4b0d3255bfef95601890afd807090\"}", "invalid sha1",
     "{\"type\":\"File\",\"sha1\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}"},
    {TOC_KIND_INDICATOR, "{\"type\":\"File\",\"summary\":\"d41d8cd98f00b204\"}", "invalid md5",
     "{\"type\":\"File\",\"summary\":\"d41d8cd98f00b204e9800998ecf8427e\"}"},
    /* The limit of tags is 128 characters: 101 are fine. */
    {TOC_KIND_INDICATOR, HOST("t.example", TAG(HUNDRED "1")), NULL, NULL},
    {TOC_KIND_GROUP, THREAT("t", TAG(HUNDRED "1")), NULL, NULL},
    {TOC_KIND_INDICATOR, HOST("t.example", TAG(HUNDRED TEN TEN TEN)), "invalid tag",
     HOST("t.example", TAG("short"))},
    {TOC_KIND_GROUP, THREAT("t", TAG(HUNDRED TEN TEN TEN)), "invalid tag",
     THREAT("t", TAG("short"))},
};

typedef struct run {
    fixture fix;
    toc_session *sess;
    toc_batch_status status;
    FILE *file; /* what was refused */
    char path[128];
    size_t refused;
} run;

static int setup(void **state)
{
    run *self = calloc(1, sizeof *self);
    toc_transport transport;
    if (!self)
        return -1;
    fixture_new(&self->fix, UINT32_MAX);
    assert_int_equal(toc_platform_transport(self->fix.platform, false, &transport, NULL), TOC_OK);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.owner = OWNER;
    options.transport = &transport;
    assert_int_equal(toc_session_open(&options, &self->sess, NULL), TOC_OK);
    (void)snprintf(self->path, sizeof self->path, "%s/refused.json", self->fix.directory);
    *state = self;
    return 0;
}

static int teardown(void **state)
{
    run *self = *state;
    toc_session_close(self->sess);
    fixture_done(&self->fix);
    free(self);
    return 0;
}

static toc_batch *new_batch(bool halt)
{
    toc_batch_options options = {.version = 1, .owner = OWNER, .halt_on_error = halt};
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

static void add(toc_batch *batch, toc_kind kind, const char *json, uint64_t line)
{
    toc_error err = {0};
    if (toc_batch_add_json(batch, kind, toc_str_of(json), line, &err))
        fail_msg("%s: %s", json, err.message);
}

/* As the program does it: the item behind its line and reason. */
static int on_error(void *user, const toc_batch_error *error)
{
    run *self = user;
    assert_false(error->left);
    (void)fprintf(self->file, "%llu\n%.*s\n%.*s\n", (unsigned long long)error->line,
                  TOC_FMT(error->reason), TOC_FMT(error->json));
    self->refused++;
    return 0;
}

static toc_rc submit(run *self, toc_batch *batch)
{
    toc_error err = {0};
    toc_batch_callbacks callbacks = {.version = 1, .error = on_error, .user = self};
    self->refused = 0;
    self->file = fopen(self->path, "we");
    assert_non_null(self->file);
    toc_rc rc = toc_batch_submit(batch, self->sess, &callbacks, &self->status, &err);
    assert_int_equal(fclose(self->file), 0);
    if (rc && rc != TOC_EPARTIAL)
        fail_msg("%s", err.message);
    toc_batch_free(batch);
    return rc;
}

/* The refusal that is on disk is this one. */
static void on_disk(const run *self, uint64_t line, const char *reason, const char *json)
{
    char lines[3][1024] = {""};
    uint64_t number = 0;
    FILE *file = fopen(self->path, "re");
    assert_non_null(file);
    for (size_t i = 0; i < TOC_COUNT(lines); i++) {
        if (!fgets(lines[i], sizeof lines[i], file))
            fail_msg("%s is not on disk", json);
        lines[i][strcspn(lines[i], "\n")] = '\0';
    }
    (void)fclose(file);
    assert_true(toc_str_to_uint(toc_str_of(lines[0]), &number));
    if (number != line)
        fail_msg("%s: line %s: %s", json, lines[0], lines[1]);
    if (!strstr(lines[1], reason))
        fail_msg("%s: \"%s\" is not in \"%s\"", json, reason, lines[1]);
    assert_string_equal(lines[2], json);
}

/* Of the kind of the item, so that all are in one job. */
static const char *filler(toc_kind kind, bool behind)
{
    if (kind == TOC_KIND_GROUP)
        return behind ? THREAT("behind", "") : THREAT("front", "");
    return behind ? HOST("behind.example", "") : HOST("front.example", "");
}

static void one_item(run *self, size_t i, bool halt)
{
    bool bad = items[i].reason != NULL;
    toc_batch *batch = new_batch(halt);
    add(batch, items[i].kind, filler(items[i].kind, false), 11);
    add(batch, items[i].kind, items[i].json, 12);
    add(batch, items[i].kind, filler(items[i].kind, true), 13);
    toc_rc rc = submit(self, batch);
    if (rc != (bad ? TOC_EPARTIAL : TOC_OK) || self->refused != bad)
        fail_msg("%s: %d, %zu refused", items[i].json, rc, self->refused);
    assert_int_equal(self->status.success, bad && halt ? 1 : 3 - bad);
    assert_int_equal(self->status.errors, bad);
    assert_int_equal(self->status.unprocessed, bad && halt);
    if (!bad)
        return;
    on_disk(self, 12, items[i].reason, items[i].json);
    batch = new_batch(halt);
    add(batch, items[i].kind, items[i].fixed, 12);
    if (submit(self, batch))
        fail_msg("%s is refused", items[i].fixed);
}

static void goes_on_or_stops(void **state)
{
    for (size_t i = 0; i < TOC_COUNT(items); i++) {
        one_item(*state, i, false);
        one_item(*state, i, true);
    }
}

/* What the client knows of itself never gets into the spool, and the batch can go on. */
static void refused_at_once(void **state)
{
    run *self = *state;
    static const struct {
        toc_kind kind;
        const char *type, *summary, *tag, *field;
    } objects[] = {
        {TOC_KIND_GROUP, "Threat", "", NULL, "name"},
        {TOC_KIND_GROUP, "Signature", "no text", NULL, "fileName"},
        {TOC_KIND_INDICATOR, "Host", "", NULL, "hostName"},
        {TOC_KIND_INDICATOR, "File", "d41d8cd98f00b204", NULL, "summary"},
        {TOC_KIND_INDICATOR, "Host", "a.example", HUNDRED TEN TEN TEN, "tag"},
    };
    toc_batch *batch = new_batch(true);
    for (size_t i = 0; i < TOC_COUNT(objects); i++) {
        toc_error err = {0};
        toc_object *obj = NULL;
        const toc_type *type = toc_types_find(NULL, objects[i].kind, toc_str_of(objects[i].type));
        assert_int_equal(toc_object_new(type, &obj, &err), TOC_OK);
        toc_rc rc = toc_object_set_summary(obj, toc_str_of(objects[i].summary), &err);
        if (!rc && objects[i].tag)
            rc = toc_object_add_tag(obj, toc_str_of(objects[i].tag), &err);
        if (!rc)
            rc = toc_batch_add(batch, obj, i, &err);
        if (rc != TOC_EINVAL || !err.message[0])
            fail_msg("%s \"%s\": %d %s", objects[i].type, objects[i].summary, rc, err.field);
        if (strcmp(err.field, objects[i].field) != 0)
            fail_msg("%s \"%s\": field %s", objects[i].type, objects[i].summary, err.field);
        toc_object_free(obj);
    }
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 0);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 0);
    add(batch, TOC_KIND_INDICATOR, HOST("good.example", ""), 9);
    assert_int_equal(submit(self, batch), TOC_OK);
    assert_int_equal(self->status.success, 1);
}

/* The item is there, only its link is not, and that is said. */
static void link_to_nobody(void **state)
{
    run *self = *state;
    static const struct {
        toc_kind kind;
        const char *json, *reason;
    } links[] = {
        {TOC_KIND_INDICATOR, HOST("l.example", ",\"associatedGroups\":[{\"groupXid\":\"gone\"}]"),
         "gone"},
        {TOC_KIND_GROUP, THREAT("l", ",\"associatedGroupXid\":[\"gone\"]"), "gone"},
        {TOC_KIND_RECORD, "{\"ref_1\":\"front\",\"ref_2\":\"gone\"}", "gone"},
        {TOC_KIND_RECORD, "{\"ref_1\":\"gone.example\",\"type_1\":\"Host\",\"ref_2\":\"front\"}",
         "gone.example"},
    };
    for (size_t i = 0; i < TOC_COUNT(links); i++) {
        bool item = links[i].kind != TOC_KIND_RECORD;
        toc_batch *batch = new_batch(false);
        add(batch, TOC_KIND_GROUP, THREAT("front", ""), 1);
        add(batch, TOC_KIND_INDICATOR, HOST("front.example", ""), 2);
        add(batch, links[i].kind, links[i].json, 3);
        assert_int_equal(submit(self, batch), TOC_EPARTIAL);
        assert_int_equal(self->refused, 1);
        assert_int_equal(self->status.success, 2 + item);
        char text[2048] = "";
        FILE *file = fopen(self->path, "re");
        assert_non_null(file);
        assert_true(fread(text, 1, sizeof text - 1, file) > 0);
        (void)fclose(file);
        assert_memory_equal(text, "3\n", 2);
        if (!strstr(text, links[i].reason))
            fail_msg("%s: %s", links[i].json, text);
    }
    expect(&self->fix, "GET", "/v2/indicators/hosts/l.example?owner=Acme%20CTI", NULL, 200);
    expect(&self->fix, "GET", "/v2/indicators/hosts/l.example/groups?owner=Acme%20CTI", NULL, 200);
    assert_int_equal(number_of(&self->fix, "resultCount"), 0);
    assert_int_equal(toc_platform_check(self->fix.platform, NULL), TOC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_on_or_stops, setup, teardown),
        cmocka_unit_test_setup_teardown(refused_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(link_to_nobody, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
