/* Parts, associations and content of the client against the real platform: in one process, and
 * over HTTP. Everything once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/wire.h"
#include "tocsin/parts.h"

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"

static wire_server server;
static toc_session *sess;
static toc_error err;

#define must(call)                                                                                 \
    do {                                                                                           \
        toc_rc must_rc_ = (call);                                                                  \
        if (must_rc_)                                                                              \
            fail_msg("%s: %d %s", #call, must_rc_, err.message);                                   \
    } while (0)

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static toc_object *make(const toc_type *type, const char *const *pairs)
{
    toc_object *obj = NULL;
    must(toc_object_new(type, &obj, &err));
    for (size_t i = 0; pairs[i]; i += 2)
        must(toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &err));
    return obj;
}

#define MAKE(kind, name, ...)                                                                      \
    make(type_of(TOC_KIND_##kind, name), (const char *const[]){__VA_ARGS__, NULL})
#define RECORD(part, ...)                                                                          \
    make(toc_part_type(TOC_PART_##part), (const char *const[]){__VA_ARGS__, NULL})

static toc_object *saved(toc_object *obj)
{
    must(toc_save(sess, obj, NULL, &err));
    return obj;
}

/* The texts of a field of all parts, each with a semicolon. */
static void listed(const toc_ref *of, toc_part part, const char *field, const char *wanted)
{
    char text[512] = "";
    toc_list *list = NULL;
    toc_object *record = NULL;
    must(toc_parts_open(sess, of, part, NULL, &list, &err));
    int got;
    while ((got = toc_list_next(list, &record, &err)) == 1) {
        size_t used = strlen(text);
        toc_str value = toc_object_get(record, field);
        if (value.ptr)
            (void)snprintf(text + used, sizeof(text) - used, "%.*s;", TOC_FMT(value));
        else
            (void)snprintf(text + used, sizeof(text) - used, "%lld;",
                           (long long)toc_object_get_int(record, field));
    }
    must(got);
    toc_list_close(list);
    assert_string_equal(text, wanted);
}

static toc_str number(const toc_object *obj, char text[24])
{
    int length = snprintf(text, 24, "%lld", (long long)toc_object_get_int(obj, "id"));
    return (toc_str){text, (size_t)length};
}

/* Added, read, changed, removed. */
static void attributes_of(const toc_ref *of)
{
    char id[24];
    toc_object *record = RECORD(ATTRIBUTE, "type", "Source", "value", "a \"b\"", "source", "s");
    toc_object *found = NULL;
    must(toc_part_add(sess, of, TOC_PART_ATTRIBUTE, record, &err));
    assert_true(toc_object_get_int(record, "id") > 0);
    must(toc_part_get(sess, of, TOC_PART_ATTRIBUTE, NULL, number(record, id), &found, &err));
    assert_true(toc_str_equal(toc_object_get(found, "value"), TOC_S("a \"b\"")));
    assert_true(toc_str_equal(toc_object_get(found, "type"), TOC_S("Source")));
    toc_object_free(found);
    toc_object *change = RECORD(ATTRIBUTE, "value", "c", "displayed", "true");
    must(toc_part_change(sess, of, TOC_PART_ATTRIBUTE, number(record, id), change, &err));
    listed(of, TOC_PART_ATTRIBUTE, "value", "c;");
    toc_ref inside = *of;
    inside.attribute = toc_object_get_int(record, "id");
    toc_object *label = RECORD(LABEL, "name", "For us/only");
    must(toc_part_add(sess, &inside, TOC_PART_LABEL, label, &err));
    listed(&inside, TOC_PART_LABEL, "name", "For us/only;");
    must(toc_part_get(sess, &inside, TOC_PART_LABEL, NULL, TOC_S("For us/only"), &found, &err));
    toc_object_free(found);
    must(toc_part_remove(sess, &inside, TOC_PART_LABEL, NULL, TOC_S("For us/only"), &err));
    listed(&inside, TOC_PART_LABEL, "name", "");
    must(toc_part_remove(sess, of, TOC_PART_ATTRIBUTE, NULL, number(record, id), &err));
    listed(of, TOC_PART_ATTRIBUTE, "value", "");
    found = NULL;
    assert_int_equal(
        toc_part_get(sess, of, TOC_PART_ATTRIBUTE, NULL, number(record, id), &found, &err),
        TOC_ENOTFOUND);
    toc_object_free(label);
    toc_object_free(change);
    toc_object_free(record);
}

static void names_of(const toc_ref *of)
{
    static const char *const tags[] = {"A/B c", "50%25", "\xC3\xA9?#+"};
    toc_object *found = NULL;
    for (size_t i = 0; i < TOC_COUNT(tags); i++) {
        toc_object *tag = RECORD(TAG, "name", tags[i]);
        must(toc_part_add(sess, of, TOC_PART_TAG, tag, &err));
        toc_object_free(tag);
        must(toc_part_get(sess, of, TOC_PART_TAG, NULL, toc_str_of(tags[i]), &found, &err));
        assert_true(toc_str_equal(toc_object_get(found, "name"), toc_str_of(tags[i])));
        toc_object_free(found);
    }
    listed(of, TOC_PART_TAG, "name", "50%25;A/B c;\xC3\xA9?#+;");
    for (size_t i = 1; i < TOC_COUNT(tags); i++)
        must(toc_part_remove(sess, of, TOC_PART_TAG, NULL, toc_str_of(tags[i]), &err));
    listed(of, TOC_PART_TAG, "name", "A/B c;");
    toc_object *label = RECORD(LABEL, "name", "For us/only");
    must(toc_part_add(sess, of, TOC_PART_LABEL, label, &err));
    toc_object_free(label);
    listed(of, TOC_PART_LABEL, "name", "For us/only;");
    must(toc_part_remove(sess, of, TOC_PART_LABEL, NULL, TOC_S("For us/only"), &err));
    listed(of, TOC_PART_LABEL, "name", "");
}

static void owner_names(void)
{
    toc_object *label = RECORD(LABEL, "name", "For us/only", "color", "FF0000");
    toc_object *tag = RECORD(TAG, "name", "New/Tag", "description", "d"), *found = NULL;
    toc_object *change = RECORD(TAG, "name", "New/Tag", "description", "e");
    must(toc_part_add(sess, NULL, TOC_PART_LABEL, label, &err));
    must(toc_part_add(sess, NULL, TOC_PART_TAG, tag, &err));
    listed(NULL, TOC_PART_TAG, "name", "New/Tag;");
    must(toc_part_change(sess, NULL, TOC_PART_TAG, TOC_S("New/Tag"), change, &err));
    must(toc_part_get(sess, NULL, TOC_PART_TAG, NULL, TOC_S("New/Tag"), &found, &err));
    assert_true(toc_str_equal(toc_object_get(found, "description"), TOC_S("e")));
    toc_object_free(found);
    must(toc_part_remove(sess, NULL, TOC_PART_TAG, NULL, TOC_S("New/Tag"), &err));
    listed(NULL, TOC_PART_TAG, "name", "");
    toc_object_free(change);
    toc_object_free(tag);
    toc_object_free(label);
}

static void owners(void)
{
    toc_owners *all = NULL;
    toc_user user;
    char id[24];
    must(toc_owners_get(sess, &all, &err));
    toc_owner own = toc_owners_find(all, TOC_S(WIRE_OWNER));
    assert_true(own.id > 0);
    listed(NULL, TOC_PART_OWNER, "name", WIRE_OWNER ";");
    listed(NULL, TOC_PART_MY_OWNER, "name", WIRE_OWNER ";");
    int length = snprintf(id, sizeof(id), "%lld", (long long)own.id);
    toc_object *found = NULL;
    must(toc_part_get(sess, NULL, TOC_PART_OWNER, NULL, (toc_str){id, (size_t)length}, &found,
                      &err));
    assert_true(toc_str_equal(toc_object_get(found, "name"), TOC_S(WIRE_OWNER)));
    assert_true(toc_str_equal(toc_object_get(found, "type"), TOC_S("Organization")));
    toc_ref of = toc_object_ref(found);
    toc_list *list = NULL;
    toc_object *metric = NULL;
    must(toc_parts_open(sess, &of, TOC_PART_METRIC, NULL, &list, &err));
    assert_int_equal(toc_list_next(list, &metric, &err), 1);
    assert_true(toc_object_get(metric, "metricDate").len > 0);
    toc_list_close(list);
    must(toc_parts_open(sess, NULL, TOC_PART_METRIC, NULL, &list, &err));
    assert_int_equal(toc_list_next(list, &metric, &err), 1);
    toc_list_close(list);
    must(toc_parts_open(sess, NULL, TOC_PART_MEMBER, NULL, &list, &err));
    assert_int_equal(toc_list_next(list, &metric, &err), 1);
    assert_true(toc_object_get(metric, "userName").len > 0);
    toc_list_close(list);
    must(toc_whoami(sess, &user, &err));
    toc_object_free(found);
    toc_owners_free(all);
}

static void counters_of(const toc_ref *of)
{
    toc_object *seen = RECORD(OBSERVATION, "count", "3", "dateObserved", "2024-02-28T00:00:00Z");
    toc_object *report = RECORD(FALSE_POSITIVE, NULL);
    must(toc_part_add(sess, of, TOC_PART_OBSERVATION, seen, &err));
    listed(of, TOC_PART_OBSERVATION, "count", "3;");
    listed(of, TOC_PART_OBSERVATION_COUNT, "count", "3;");
    must(toc_part_add(sess, of, TOC_PART_FALSE_POSITIVE, report, &err));
    assert_int_equal(toc_object_get_int(report, "count"), 1);
    must(toc_part_add(sess, of, TOC_PART_FALSE_POSITIVE, NULL, &err));
    listed(of, TOC_PART_OWNER, "name", WIRE_OWNER ";");
    toc_object_free(report);
    toc_object_free(seen);
}

static void occurrences_of(const toc_ref *of)
{
    char id[24];
    toc_object *one =
        RECORD(OCCURRENCE, "fileName", "a.exe", "path", "C:\\", "date", "2024-02-28T00:00:00Z");
    toc_object *change = RECORD(OCCURRENCE, "fileName", "b.exe"), *found = NULL;
    must(toc_part_add(sess, of, TOC_PART_OCCURRENCE, one, &err));
    listed(of, TOC_PART_OCCURRENCE, "fileName", "a.exe;");
    must(toc_part_change(sess, of, TOC_PART_OCCURRENCE, number(one, id), change, &err));
    must(toc_part_get(sess, of, TOC_PART_OCCURRENCE, NULL, number(one, id), &found, &err));
    assert_true(toc_str_equal(toc_object_get(found, "fileName"), TOC_S("b.exe")));
    must(toc_part_remove(sess, of, TOC_PART_OCCURRENCE, NULL, number(one, id), &err));
    listed(of, TOC_PART_OCCURRENCE, "fileName", "");
    toc_object_free(found);
    toc_object_free(change);
    toc_object_free(one);
}

static void people_of(const toc_ref *of)
{
    static const toc_part parts[] = {TOC_PART_ASSIGNEE, TOC_PART_ESCALATEE};
    char wanted[160];
    toc_object *user = RECORD(ASSIGNEE, "userName", server.user.access_id), *found = NULL;
    toc_str name = toc_object_get(user, "userName");
    (void)snprintf(wanted, sizeof(wanted), "%.*s;", TOC_FMT(name));
    for (size_t i = 0; i < TOC_COUNT(parts); i++) {
        must(toc_part_add(sess, of, parts[i], user, &err));
        listed(of, parts[i], "userName", wanted);
        must(toc_part_get(sess, of, parts[i], NULL, name, &found, &err));
        toc_object_free(found);
        must(toc_part_remove(sess, of, parts[i], NULL, name, &err));
        listed(of, parts[i], "userName", "");
    }
    toc_object_free(user);
}

static void assets_of(const toc_ref *of, const toc_type *type, const char *field)
{
    char id[24];
    toc_object *asset = make(type, (const char *const[]){field, "http://one", NULL});
    toc_object *change = make(type, (const char *const[]){field, "http://two", NULL});
    toc_object *found = NULL;
    toc_list *list = NULL;
    must(toc_part_add(sess, of, TOC_PART_ASSET, asset, &err));
    must(toc_part_change(sess, of, TOC_PART_ASSET, number(asset, id), change, &err));
    must(toc_part_get(sess, of, TOC_PART_ASSET, type, number(asset, id), &found, &err));
    assert_true(toc_str_equal(toc_object_get(found, field), TOC_S("http://two")));
    toc_object_free(found);
    for (int typed = 0; typed < 2; typed++) {
        must(toc_parts_open(sess, of, TOC_PART_ASSET, typed ? type : NULL, &list, &err));
        assert_int_equal(toc_list_next(list, &found, &err), 1);
        assert_ptr_equal(toc_object_type(found), type);
        assert_int_equal(toc_object_get_int(found, "id"), toc_object_get_int(asset, "id"));
        assert_int_equal(toc_list_next(list, &found, &err), 0);
        toc_list_close(list);
    }
    must(toc_part_remove(sess, of, TOC_PART_ASSET, type, number(asset, id), &err));
    toc_object_free(change);
    toc_object_free(asset);
}

static int count_associated(const toc_ref *of, const char *name, toc_kind kind)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int got, count = 0;
    must(toc_associated_open(sess, of, name, kind, NULL, &list, &err));
    while ((got = toc_list_next(list, &obj, &err)) == 1)
        count++;
    must(got);
    toc_list_close(list);
    return count;
}

static void link_both(toc_object *one, const char *name, toc_object *two)
{
    toc_ref of = toc_object_ref(one), other = toc_object_ref(two);
    toc_object *found = NULL;
    must(toc_associate(sess, &of, name, &other, &err));
    assert_int_equal(count_associated(&of, name, other.type->kind), 1);
    must(toc_associated_get(sess, &of, name, &other, &found, &err));
    assert_int_equal(toc_object_get_int(found, "id"), toc_object_get_int(two, "id"));
    toc_object_free(found);
    found = NULL;
    must(toc_disassociate(sess, &of, name, &other, &err));
    assert_int_equal(count_associated(&of, name, other.type->kind), 0);
    assert_int_equal(toc_associated_get(sess, &of, name, &other, &found, &err), TOC_ENOTFOUND);
}

typedef struct world {
    toc_object *host, *url, *file, *threat, *adversary, *document, *task, *victim;
} world;

static void associations(const world *all)
{
    toc_object *const ends[] = {all->host, all->url, all->threat, all->task};
    for (size_t i = 0; i < TOC_COUNT(ends); i++) {
        if (ends[i] != all->threat)
            link_both(ends[i], NULL, all->threat);
        link_both(ends[i], NULL, all->file);
        if (ends[i] != all->task)
            link_both(ends[i], NULL, all->task);
    }
    link_both(all->victim, NULL, all->threat);
    link_both(all->victim, NULL, all->task);
    link_both(all->url, "URL Host", all->host);
    link_both(all->host, "Host to Indicators", all->file);
    toc_object *mutex = saved(MAKE(INDICATOR, "Mutex", "Mutex", "a/b"));
    link_both(all->file, "mutex", mutex);
    link_both(all->file, "File Mutex", mutex);
    toc_ref of = toc_object_ref(all->url), other = toc_object_ref(all->host);
    assert_int_equal(toc_associate(sess, &of, "no such", &other, &err), TOC_EINVAL);
    toc_object_free(mutex);
    /* What carries a tag: all that names_of left it on. */
    toc_ref tag = {.type = toc_part_type(TOC_PART_TAG), .id = TOC_S("A/B c")};
    assert_int_equal(count_associated(&tag, NULL, TOC_KIND_INDICATOR), 3);
    assert_int_equal(count_associated(&tag, NULL, TOC_KIND_GROUP), 1);
    assert_int_equal(count_associated(&tag, NULL, TOC_KIND_TASK), 1);
    assert_int_equal(count_associated(&tag, NULL, TOC_KIND_VICTIM), 1);
    toc_ref label = {.type = toc_part_type(TOC_PART_LABEL), .id = TOC_S("For us/only")};
    assert_int_equal(count_associated(&label, NULL, TOC_KIND_GROUP), 0);
}

typedef struct taken {
    toc_buf text;
} taken;

static toc_rc take(void *user, const void *data, size_t len)
{
    taken *to = user;
    if (!data)
        toc_buf_clear(&to->text);
    else
        toc_buf_append(&to->text, data, len);
    return to->text.failed;
}

static void content_of(toc_object *document)
{
    toc_ref of = toc_object_ref(document);
    taken to = {0};
    toc_buf_init(&to.text, 1U << 24);
    assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_ENOTFOUND);
    must(toc_upload(sess, &of, TOC_S("first"), TOC_UPLOAD_NEW, &err));
    assert_int_equal(toc_upload(sess, &of, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_EAUTH);
    must(toc_upload(sess, &of, TOC_S("second"), TOC_UPLOAD_REPLACE, &err));
    must(toc_upload(sess, &of, TOC_S("the\0third"), TOC_UPLOAD_EITHER, &err));
    must(toc_download(sess, &of, take, &to, &err));
    assert_int_equal(to.text.len, 9);
    assert_memory_equal(to.text.ptr, "the\0third", 9);
    toc_buf_clear(&to.text);
    toc_object *rule = saved(MAKE(GROUP, "Signature", "name", "S", "fileName", "s", "fileType",
                                  "YARA", "fileText", "rule x"));
    of = toc_object_ref(rule);
    must(toc_download(sess, &of, take, &to, &err));
    assert_string_equal(to.text.ptr, "rule x");
    toc_buf_clear(&to.text);
    must(toc_download_pdf(sess, &of, take, &to, &err));
    assert_memory_equal(to.text.ptr, "%PDF-", 5);
    must(toc_delete(sess, toc_object_type(rule), of.id, NULL, &err));
    toc_object_free(rule);
    toc_buf_done(&to.text);
}

#define LARGE ((size_t)5 * 1024 * 1024)

typedef struct counted {
    size_t len, largest;
    bool good;
} counted;

static toc_rc count_bytes(void *user, const void *data, size_t len)
{
    counted *to = user;
    const unsigned char *bytes = data;
    if (!data) {
        *to = (counted){.good = true};
        return TOC_OK;
    }
    for (size_t i = 0; i < len; i++)
        to->good &= bytes[i] == (unsigned char)((to->len + i) % 251);
    to->len += len;
    to->largest = len > to->largest ? len : to->largest;
    return TOC_OK;
}

/* Content is handed on piece by piece and never held as a whole. */
static void large_content_of(toc_object *document)
{
    toc_ref of = toc_object_ref(document);
    unsigned char *bytes = malloc(LARGE);
    counted to = {.good = true};
    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (unsigned char)(i % 251);
    must(toc_upload(sess, &of, (toc_str){(char *)bytes, LARGE}, TOC_UPLOAD_EITHER, &err));
    must(toc_download(sess, &of, count_bytes, &to, &err));
    assert_true(to.good);
    assert_int_equal(to.len, LARGE);
    assert_true(to.largest <= (size_t)1024 * 1024);
    free(bytes);
}

/* All of it in the queue of a new object. */
static void queue_of_new(toc_object *host)
{
    toc_object *obj = MAKE(GROUP, "Document", "name", "Q", "fileName", "q"), *found = NULL;
    toc_ref other = toc_object_ref(host);
    toc_str type, value, name;
    char id[24];
    must(toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("d"), true, (toc_str){NULL, 0},
                                  &err));
    must(toc_object_add_tag(obj, TOC_S("q/t"), &err));
    must(toc_object_add_label(obj, TOC_S("For us/only"), (toc_str){NULL, 0}, (toc_str){NULL, 0},
                              &err));
    must(toc_queue_associate(obj, NULL, &other, &err));
    must(toc_queue_upload(obj, TOC_S("bytes"), TOC_UPLOAD_EITHER, &err));
    must(toc_save_with(sess, obj, NULL, TOC_SAVE_RELOAD, &err));
    assert_int_equal(toc_queue_length(obj), 0);
    must(toc_load(sess, obj, NULL, TOC_LOAD_ATTRIBUTES | TOC_LOAD_TAGS | TOC_LOAD_LABELS, &err));
    assert_true(toc_object_attribute(obj, 0, &type, &value));
    assert_true(toc_str_equal(value, TOC_S("d")));
    assert_true(toc_object_tag(obj, 0, &name));
    assert_true(toc_object_label(obj, 0, &name));
    toc_ref of = toc_object_ref(obj);
    assert_int_equal(count_associated(&of, NULL, TOC_KIND_INDICATOR), 1);
    must(toc_get(sess, toc_object_type(obj), number(obj, id), NULL, &found, &err));
    assert_true(toc_str_equal(toc_object_get(found, "status"), TOC_S("Success")));
    /* Read, given one more tag: only that is sent. The half that fails stays. */
    must(toc_queue_remove(found, TOC_PART_ATTRIBUTE, NULL, TOC_S("999999"), &err));
    must(toc_object_add_tag(found, TOC_S("more"), &err));
    assert_int_equal(toc_save(sess, found, NULL, &err), TOC_ENOTFOUND);
    assert_non_null(strstr(err.message, "delete attribute id 999999 from \"Q\": "));
    assert_int_equal(toc_save_with(sess, found, NULL, TOC_SAVE_CONTINUE, &err), TOC_EPARTIAL);
    assert_int_equal(toc_queue_length(found), 1);
    listed(&of, TOC_PART_TAG, "name", "more;q/t;");
    must(toc_delete(sess, toc_object_type(obj), number(obj, id), NULL, &err));
    toc_object_free(found);
    toc_object_free(obj);
}

static void same_hash_again(void)
{
    toc_object *obj = MAKE(INDICATOR, "File", "md5", MD5, "rating", "3.0");
    toc_object_known(obj);
    must(toc_object_add_tag(obj, TOC_S("again"), &err));
    must(toc_save_with(sess, obj, NULL, TOC_SAVE_EXISTING_HASH, &err));
    toc_ref of = toc_object_ref(obj);
    must(toc_part_remove(sess, &of, TOC_PART_TAG, NULL, TOC_S("again"), &err));
    toc_object_free(obj);
}

static void run_all(void)
{
    owner_names();
    world all = {
        .host = saved(MAKE(INDICATOR, "Host", "hostName", "evil.example")),
        .url = saved(MAKE(INDICATOR, "URL", "text", "http://evil.example/a?b=c d")),
        .file = saved(MAKE(INDICATOR, "File", "md5", MD5)),
        .threat = saved(MAKE(GROUP, "Threat", "name", "T")),
        .adversary = saved(MAKE(GROUP, "Adversary", "name", "A")),
        .document = saved(MAKE(GROUP, "Document", "name", "D", "fileName", "d")),
        .task = saved(MAKE(TASK, "Task", "name", "K")),
        .victim = MAKE(VICTIM, "Victim", "name", "V"),
    };
    toc_object *phone = MAKE(VICTIM_ASSET, "Phone", "phoneType", "+1");
    must(toc_queue_add(all.victim, TOC_PART_ASSET, phone, &err));
    must(toc_save(sess, all.victim, NULL, &err));
    toc_object_free(phone);
    toc_object *const holders[] = {all.host, all.url, all.file, all.threat, all.task, all.victim};
    for (size_t i = 0; i < TOC_COUNT(holders); i++) {
        toc_ref of = toc_object_ref(holders[i]);
        attributes_of(&of);
        names_of(&of);
        if (of.type->kind == TOC_KIND_INDICATOR)
            counters_of(&of);
    }
    toc_ref file = toc_object_ref(all.file), task = toc_object_ref(all.task);
    toc_ref adversary = toc_object_ref(all.adversary), host = toc_object_ref(all.host);
    occurrences_of(&file);
    listed(&host, TOC_PART_RESOLUTION, "ip", "");
    people_of(&task);
    assets_of(&adversary, type_of(TOC_KIND_ADVERSARY_ASSET, "URL"), "url");
    associations(&all);
    toc_object *other = saved(MAKE(VICTIM, "Victim", "name", "W"));
    toc_ref victim = toc_object_ref(other);
    assets_of(&victim, type_of(TOC_KIND_VICTIM_ASSET, "WebSite"), "webSite");
    content_of(all.document);
    large_content_of(all.document);
    queue_of_new(all.host);
    same_hash_again();
    owners();
    must(toc_delete(sess, toc_object_type(other), victim.id, NULL, &err));
    toc_object_free(other);
    toc_object *const objects[] = {all.host,      all.url,      all.file, all.threat,
                                   all.adversary, all.document, all.task, all.victim};
    for (size_t i = 0; i < TOC_COUNT(objects); i++) {
        toc_ref of = toc_object_ref(objects[i]);
        must(toc_delete(sess, of.type, of.id, NULL, &err));
        toc_object_free(objects[i]);
    }
}

static void test_in_process(void **state)
{
    (void)state;
    wire_start(&server, NULL);
    wire_stop(&server);
    sess = wire_session(&server, false);
    run_all();
    toc_session_close(sess); /* and the platform with it */
    server.platform = NULL;
    wire_done(&server);
}

static void test_over_http(void **state)
{
    (void)state;
    wire_start(&server, NULL);
    sess = wire_session(&server, true);
    run_all();
    toc_session_close(sess);
    wire_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_over_http),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
