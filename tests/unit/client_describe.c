/* The sentences about requests that are made at once (sdk.md 2.10); those of the queue are in
 * client_queue.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "intel/act.h"

static const toc_type *type_of(toc_kind kind, const char *name)
{
    if (!name)
        return NULL;
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    return type ? type : toc_part_type(TOC_PART_OWNER);
}

typedef struct row {
    toc_act_what what;
    toc_verb verb;
    toc_part part;
    toc_kind kind; /* of the object */
    const char *type, *id;
    toc_kind other; /* of an association */
    const char *wanted;
} row;

#define GROUP TOC_KIND_GROUP, "Document", "7"
#define HOST TOC_KIND_INDICATOR, "Host", "a/b"
#define TASK TOC_KIND_TASK, "Task", "7"
#define VICTIM TOC_KIND_VICTIM, "Victim", "7"
#define OWNER TOC_KIND_RECORD, "", "7"
#define NOTHING TOC_KIND_RECORD, NULL, NULL
#define SELF(verb, object, text)                                                                   \
    {                                                                                              \
        TOC_ACT_OBJECT, TOC_VERB_##verb, 0, object, 0, text                                        \
    }
#define LOAD(part, object, text)                                                                   \
    {                                                                                              \
        TOC_ACT_PART, TOC_VERB_LIST, TOC_PART_##part, object, 0, text                              \
    }
#define FIND(kind, object, text)                                                                   \
    {                                                                                              \
        TOC_ACT_LINK, TOC_VERB_LIST, 0, object, TOC_KIND_##kind, text                              \
    }

static const row rows[] = {
    SELF(ADD, GROUP, "adding group \"N\"."),
    SELF(CHANGE, GROUP, "update group \"N\"."),
    SELF(REMOVE, GROUP, "delete group \"N\"."),
    SELF(ADD, HOST, "adding indicator a%2Fb."),
    SELF(CHANGE, HOST, "update indicator a%2Fb."),
    SELF(REMOVE, HOST, "delete indicator a%2Fb."),
    SELF(ADD, TASK, "adding task \"N\"."),
    SELF(CHANGE, TASK, "update group \"N\"."),
    SELF(REMOVE, TASK, "delete task \"N\"."),
    SELF(CHANGE, VICTIM, "update indicator \"N\"."),
    SELF(REMOVE, VICTIM, "delete victim \"N\"."),
    LOAD(ATTRIBUTE, GROUP, "load attributes for N"),
    LOAD(TAG, HOST, "load tags for a%2Fb"),
    LOAD(LABEL, GROUP, "load security labels for N"),
    LOAD(OBSERVATION, HOST, "retrieve observations for a%2Fb"),
    LOAD(OBSERVATION_COUNT, HOST, "load observation count for a%2Fb"),
    LOAD(OCCURRENCE, HOST, "load file occurrence for a%2Fb"),
    LOAD(RESOLUTION, HOST, "load dns resolution for a%2Fb"),
    LOAD(ASSET, VICTIM, "load assets for N"),
    LOAD(OWNER, NOTHING, "filter by owner"),
    LOAD(MY_OWNER, NOTHING, "load owner mine"),
    LOAD(MEMBER, NOTHING, "load owner members"),
    LOAD(METRIC, NOTHING, "load global metrics"),
    LOAD(METRIC, OWNER, "load owner metrics N"),
    FIND(GROUP, GROUP, "retrieve group associations for N"),
    FIND(INDICATOR, HOST, "retrieve indicator associations for a%2Fb"),
    FIND(VICTIM, TASK, "retrieve victim associations for N"),
    {TOC_ACT_DOWNLOAD, TOC_VERB_ONE, 0, GROUP, 0, "download documents for \"N\""},
    {TOC_ACT_UPLOAD, TOC_VERB_ADD, 0, GROUP, 0, "upload document for \"N\""},
};

static void assert_described(const toc_act *act, const char *wanted)
{
    toc_buf text;
    toc_buf_init(&text, 1000);
    toc__act_describe(&text, act, TOC_S("N"));
    assert_string_equal(text.len ? text.ptr : "", wanted);
    toc_buf_done(&text);
}

static void test_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_type other = {.kind = rows[i].other};
        toc_act act = {
            .what = rows[i].what,
            .verb = rows[i].verb,
            .part = rows[i].part,
            .of = {.type = type_of(rows[i].kind, rows[i].type), .id = toc_str_of(rows[i].id)},
            .other = {.type = &other}};
        assert_described(&act, rows[i].wanted);
    }
    toc_act label = {
        .what = TOC_ACT_PART,
        .verb = TOC_VERB_LIST,
        .part = TOC_PART_LABEL,
        .of = {.type = type_of(TOC_KIND_GROUP, "Document"), .id = TOC_S("7"), .attribute = 5}};
    assert_described(&label, "load security labels for attribute 5 of object 7");
}

static void test_resource_types(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *wanted;
    } names[] = {
        {TOC_KIND_GROUP, "Adversary", "ADVERSARIES"},
        {TOC_KIND_GROUP, "Intrusion Set", "INTRUSION_SETS"},
        {TOC_KIND_INDICATOR, "EmailAddress", "EMAIL_ADDRESSES"},
        {TOC_KIND_TASK, "Task", "TASKS"},
        {TOC_KIND_VICTIM_ASSET, "Phone", "VICTIM_PHONES"},
        {TOC_KIND_VICTIM_ASSET, "NetworkAccount", "VICTIM_NETWORK_ACCOUNTS"},
        {TOC_KIND_VICTIM_ASSET, "SocialNetwork", "VICTIM_SOCIAL_NETWORKS"},
    };
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        toc_buf text;
        toc_buf_init(&text, 100);
        toc__resource_type(&text, type_of(names[i].kind, names[i].type));
        assert_string_equal(text.ptr, names[i].wanted);
        toc_buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_resource_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
