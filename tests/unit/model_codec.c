/* Objects to JSON and back, in every form, and what the decoder forgives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"

typedef struct scene {
    toc_arena arena;
    toc_buf buf;
    toc_types *types;
    toc_object *obj;
    toc_error err;
} scene;

static int set_up(void **state)
{
    scene *s = toc_mem_zalloc(1, sizeof(*s));
    assert_non_null(s);
    toc_arena_init(&s->arena, 0);
    toc_buf_init(&s->buf, 1 << 20);
    assert_int_equal(toc_types_new(&s->types, NULL), TOC_OK);
    s->obj = toc__object_in(&s->arena, NULL);
    assert_non_null(s->obj);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    scene *s = *state;
    toc_types_free(s->types);
    toc_buf_done(&s->buf);
    toc_arena_done(&s->arena);
    toc_mem_free(s);
    return 0;
}

static const toc_type *find(const scene *s, toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(s->types, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

/* Decodes the whole text, which must end with the object. */
static toc_rc decode(scene *s, const char *text, toc_kind kind, const toc_type *type,
                     unsigned flags)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, text, strlen(text), &s->arena);
    memset(&s->err, 0, sizeof(s->err));
    toc_rc rc = toc_codec_decode(&reader, s->types, kind, type, flags, s->obj, &s->err);
    if (!reader.error)
        assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
    return rc;
}

static const char *encode(scene *s, toc_form form, unsigned with)
{
    toc_json_writer writer;
    toc_buf_clear(&s->buf);
    toc_json_writer_init(&writer, &s->buf);
    toc_codec_encode(&writer, s->obj, form, with);
    assert_int_equal(toc_buf_check(&s->buf, NULL), TOC_OK);
    return s->buf.ptr;
}

static void assert_text(toc_str text, const char *expected)
{
    if (text.len != strlen(expected) || memcmp(text.ptr, expected, text.len) != 0)
        fail_msg("got <%.*s>, expected <%s>", TOC_FMT(text), expected);
}

#define GET(s, name) toc_object_get((s)->obj, (name))

static const char summary_item[] =
    "{\"id\":501,\"ownerName\":\"Acme CTI\",\"type\":\"Address\","
    "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"lastModified\":\"2024-03-02T08:30:00Z\","
    "\"rating\":3.5,\"confidence\":72,\"threatAssessRating\":3.5,"
    "\"threatAssessConfidence\":72.0,\"threatAssessScore\":504,"
    "\"webLink\":\"https://tip.example/auth/indicators/details/address.xhtml?"
    "address=203.0.113.7&owner=Acme+CTI\",\"summary\":\"203.0.113.7\"}";

static void summary_form_round_trip(void **state)
{
    scene *s = *state;
    assert_int_equal(decode(s, summary_item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    assert_string_equal(toc_object_type(s->obj)->name, "Address");
    assert_text(GET(s, "ip"), "203.0.113.7");
    assert_int_equal(toc_object_get_int(s->obj, "id"), 501);
    assert_string_equal(encode(s, TOC_FORM_SUMMARY, 0), summary_item);
}

static void typed_forms(void **state)
{
    scene *s = *state;
    const char *detail =
        "{\"id\":502,\"owner\":{\"id\":10,\"name\":\"Acme CTI\",\"type\":\"Organization\"},"
        "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"lastModified\":\"2024-03-01T10:00:00Z\","
        "\"rating\":4.0,\"confidence\":60,\"webLink\":\"https://tip.example/h\","
        "\"source\":\"feed\",\"hostName\":\"evil.example\",\"dnsActive\":\"false\","
        "\"whoisActive\":\"true\"}";
    const toc_type *host = find(s, TOC_KIND_INDICATOR, "Host");
    assert_int_equal(decode(s, detail, TOC_KIND_INDICATOR, host, 0), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_DETAIL, 0), detail);
    assert_text(GET(s, "ownerName"), "Acme CTI");
    assert_true(toc_object_get_bool(s->obj, "whoisActive"));
    assert_string_equal(
        encode(s, TOC_FORM_LIST, 0),
        "{\"id\":502,\"ownerName\":\"Acme CTI\",\"dateAdded\":\"2024-03-01T10:00:00Z\","
        "\"lastModified\":\"2024-03-01T10:00:00Z\",\"rating\":4.0,\"confidence\":60,"
        "\"webLink\":\"https://tip.example/h\",\"hostName\":\"evil.example\","
        "\"dnsActive\":\"false\",\"whoisActive\":\"true\"}");
    assert_string_equal(encode(s, TOC_FORM_CREATE, 0),
                        "{\"rating\":4.0,\"confidence\":60,\"source\":\"feed\","
                        "\"hostName\":\"evil.example\",\"dnsActive\":false,"
                        "\"whoisActive\":true}");
    assert_string_equal(encode(s, TOC_FORM_BATCH, 0),
                        "{\"summary\":\"evil.example\",\"type\":\"Host\","
                        "\"dateAdded\":\"2024-03-01T10:00:00Z\","
                        "\"lastModified\":\"2024-03-01T10:00:00Z\",\"rating\":4.0,"
                        "\"confidence\":60,\"source\":\"feed\",\"flag1\":false,\"flag2\":true}");
}

static void custom_types_say_their_type(void **state)
{
    scene *s = *state;
    const char *item = "{\"id\":504,\"ownerName\":\"A\",\"type\":\"Registry Key\","
                       "\"Key Name\":\"HKEY_LOCAL_MACHINE\\\\Software\\\\Acme\","
                       "\"Value Name\":\"Run\",\"Value Type\":\"REG_SZ\"}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_LIST, 0), item);
    assert_string_equal(encode(s, TOC_FORM_SUMMARY, 0),
                        "{\"id\":504,\"ownerName\":\"A\",\"type\":\"Registry Key\","
                        "\"summary\":\"HKEY_LOCAL_MACHINE\\\\Software\\\\Acme : Run : REG_SZ\"}");
    assert_string_equal(encode(s, TOC_FORM_BATCH, 0),
                        "{\"summary\":\"HKEY_LOCAL_MACHINE\\\\Software\\\\Acme : Run : REG_SZ\","
                        "\"type\":\"Registry Key\"}");
}

static void batch_repeats_keys_that_would_not_split_back(void **state)
{
    scene *s = *state;
    const char *item = "{\"type\":\"Registry Key\",\"Key Name\":\"a : b\",\"Value Name\":\"c\","
                       "\"Value Type\":\"d\"}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    char text[200];
    (void)snprintf(text, sizeof(text), "%s", encode(s, TOC_FORM_BATCH, 0));
    assert_int_equal(decode(s, text, TOC_KIND_INDICATOR, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_text(GET(s, "Key Name"), "a : b");
    assert_text(GET(s, "Value Type"), "d");
}

/* Who sends a key without a value's name sends a blank, where it is not joined. */
static void blank_stands_for_no_name(void **state)
{
    scene *s = *state;
    const char *item = "{\"type\":\"Registry Key\",\"Key Name\":\"a : b\",\"Value Name\":\"\","
                       "\"Value Type\":\"d\"}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_CREATE, 0),
                        "{\"Key Name\":\"a : b\",\"Value Name\":\" \",\"Value Type\":\"d\"}");
    assert_non_null(strstr(encode(s, TOC_FORM_BATCH, 0), "\"Value Name\":\" \""));
    assert_non_null(strstr(encode(s, TOC_FORM_DETAIL, 0), "\"Value Name\":\"\""));
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, TOC_DECODE_GIVEN), TOC_OK);
    assert_false(toc_object_has(s->obj, "Value Name"));
    assert_true(toc_object_has(s->obj, "Value Type"));
}

static void group_forms(void **state)
{
    scene *s = *state;
    const char *item =
        "{\"id\":71,\"name\":\"Operation Heron\",\"type\":\"Incident\",\"ownerName\":\"Acme CTI\","
        "\"dateAdded\":\"2024-03-01T09:00:00Z\",\"lastModified\":\"2024-03-01T09:05:00Z\","
        "\"webLink\":\"https://tip.example/i\"}";
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, 0), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_SUMMARY, 0), item);
    assert_int_equal(toc_object_set(s->obj, "eventDate", TOC_S("2024-02-28T00:00:00Z"), NULL), 0);
    assert_int_equal(toc_object_set(s->obj, "status", TOC_S("Open"), NULL), 0);
    assert_int_equal(toc_object_set(s->obj, "xid", TOC_S("x1"), NULL), 0);
    const char *list = encode(s, TOC_FORM_LIST, 0);
    assert_null(strstr(list, "\"type\""));
    assert_null(strstr(list, "status"));
    assert_null(strstr(list, "xid"));
    assert_non_null(strstr(list, "\"eventDate\":\"2024-02-28T00:00:00Z\""));
    list = encode(s, TOC_FORM_LIST, TOC_WITH_ADDITIONAL);
    assert_non_null(strstr(list, "\"status\":\"Open\""));
    assert_non_null(strstr(list, "\"xid\":\"x1\""));
}

static void secrets_are_sent_and_never_answered(void **state)
{
    scene *s = *state;
    const char *item = "{\"name\":\"n\",\"type\":\"Document\",\"fileName\":\"f\","
                       "\"malware\":true,\"password\":\"secret\"}";
    unsigned all = TOC_WITH_ADDITIONAL | TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS | TOC_WITH_LABELS;
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_non_null(strstr(encode(s, TOC_FORM_CREATE, 0), "\"password\":\"secret\""));
    assert_non_null(strstr(encode(s, TOC_FORM_BATCH, 0), "\"password\":\"secret\""));
    assert_null(strstr(encode(s, TOC_FORM_SUMMARY, all), "secret"));
    assert_null(strstr(encode(s, TOC_FORM_LIST, all), "secret"));
    assert_null(strstr(encode(s, TOC_FORM_DETAIL, all), "secret"));
}

static void own_fields_hide_common_ones(void **state)
{
    scene *s = *state;
    /* firstSeen comes before anything tells that this is a campaign, which has its own. */
    const char *item = "{\"firstSeen\":\"2024-01-01\",\"name\":\"n\",\"type\":\"Campaign\"}";
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_text(GET(s, "firstSeen"), "2024-01-01");
    assert_string_equal(encode(s, TOC_FORM_BATCH, 0),
                        "{\"name\":\"n\",\"type\":\"Campaign\",\"firstSeen\":\"2024-01-01\"}");
    item = "{\"name\":\"n\",\"type\":\"Campaign\",\"firstSeen\":\"2024-01-01\"}";
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_text(GET(s, "firstSeen"), "2024-01-01");
    item = "{\"name\":\"n\",\"type\":\"Threat\",\"firstSeen\":\"2024-01-01\"}";
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_text(GET(s, "firstSeen"), "2024-01-01");
}

static void batch_item_with_everything(void **state)
{
    scene *s = *state;
    const char *item =
        "{\"type\":\"file\",\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\",\"summary\":\"junk\","
        "\"intValue1\":68,\"rating\":\"5.0\",\"confidence\":\"100\",\"active\":\"True\","
        "\"associatedGroups\":[{\"groupXid\":\"g1\",\"dateAdded\":\"x\"},\"g2\",null],"
        "\"associatedIndicators\":[{\"indicatorType\":\"Host\",\"summary\":\"h.example\"}],"
        "\"attribute\":{\"type\":\"Description\",\"value\":\"v\",\"displayed\":true,"
        "\"pinned\":\"true\",\"securityLabel\":[{\"name\":\"TLP:RED\",\"color\":\"FF0000\"},"
        "{\"name\":\"L2\"}]},\"tag\":[{\"name\":\"T1\"},\"T2\"],"
        "\"securityLabel\":[{\"name\":\"TLP:AMBER\",\"description\":\"d\"}],"
        "\"fileOccurrence\":{\"fileName\":\"heron.exe\",\"path\":\"C:\\\\Temp\","
        "\"date\":\"2024-02-28T00:00:00Z\"},\"xid\":\"i1\",\"unknown\":{\"a\":[1,{}]}}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_int_equal(toc_object_get_int(s->obj, "size"), 68);
    assert_false(toc_object_has(s->obj, "sha1"));
    assert_string_equal(
        encode(s, TOC_FORM_BATCH, 0),
        "{\"summary\":\"44D88612FEA8A8F36DE82E1278ABB02F\",\"type\":\"File\",\"rating\":5.0,"
        "\"confidence\":100,\"active\":true,\"xid\":\"i1\",\"intValue1\":68,"
        "\"associatedGroups\":[{\"groupXid\":\"g1\"},{\"groupXid\":\"g2\"}],"
        "\"associatedIndicators\":[{\"summary\":\"h.example\",\"indicatorType\":\"Host\"}],"
        "\"attribute\":[{\"type\":\"Description\",\"displayed\":true,\"value\":\"v\","
        "\"pinned\":true,\"securityLabel\":[{\"name\":\"TLP:RED\",\"color\":\"FF0000\"},"
        "{\"name\":\"L2\"}]}],\"tag\":[{\"name\":\"T1\"},{\"name\":\"T2\"}],"
        "\"securityLabel\":[{\"name\":\"TLP:AMBER\",\"description\":\"d\"}],"
        "\"fileOccurrence\":[{\"fileName\":\"heron.exe\",\"path\":\"C:\\\\Temp\","
        "\"date\":\"2024-02-28T00:00:00Z\"}]}");
}

static void batch_members_need_their_flag(void **state)
{
    scene *s = *state;
    const char *item = "{\"type\":\"Host\",\"hostName\":\"h\",\"flag1\":true,\"value1\":\"other\","
                       "\"associatedGroups\":[{\"groupXid\":\"g\"}]}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    assert_false(toc_object_has(s->obj, "dnsActive"));
    assert_int_equal(s->obj->links.count, 0);
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_true(toc_object_get_bool(s->obj, "dnsActive"));
    assert_text(GET(s, "hostName"), "h");
    assert_int_equal(s->obj->links.count, 1);
}

static void group_links_are_texts(void **state)
{
    scene *s = *state;
    const char *item = "{\"name\":\"n\",\"type\":\"Threat\",\"xid\":\"x\","
                       "\"associatedGroupXid\":[\"a\",\"b\"],\"attribute\":[{\"type\":\"T\","
                       "\"value\":\"\"},{\"type\":\"T\",\"value\":\"v\",\"source\":\"s\"}]}";
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_BATCH, 0),
                        "{\"name\":\"n\",\"type\":\"Threat\",\"xid\":\"x\","
                        "\"associatedGroupXid\":[\"a\",\"b\"],"
                        "\"attribute\":[{\"type\":\"T\",\"value\":\"v\",\"source\":\"s\"}]}");
}

static void value_aliases(void **state)
{
    static const struct {
        const char *text, *summary;
    } rows[] = {
        {"{\"type\":\"Registry Key\",\"value1\":\"k\",\"value2\":\"v\",\"value3\":\"t\"}",
         "k : v : t"},
        {"{\"type\":\"Registry Key\",\"summary\":\"x\",\"value1\":\"k\",\"value2\":\"v\","
         "\"value3\":null}",
         "k : v"},
        {"{\"value\":\"ASN5\",\"type\":\"ASN\"}", "ASN5"},
        {"{\"type\":\"Registry Key\",\"value\":\"k :  : t\"}", "k :  : t"},
        {"{\"type\":\"Host\",\"summary\":\"h : x\"}", "h : x"},
        {"{\"type\":\"File\",\"value1\":\"44D88612FEA8A8F36DE82E1278ABB02F\"}",
         "44D88612FEA8A8F36DE82E1278ABB02F"},
        {"{\"type\":\"File\",\"summary\":\"3395856CE81F2B7382DEE72602F798B642F14140 : "
         "44D88612FEA8A8F36DE82E1278ABB02F\"}",
         "44D88612FEA8A8F36DE82E1278ABB02F : 3395856CE81F2B7382DEE72602F798B642F14140"},
        {"{\"type\":\"File\",\"summary\":\"no hash\"}", "no hash"},
        {"{\"type\":\"File\",\"summary\":\"44D88612FEA8A8F36DE82E1278ABB02F : x\"}",
         "44D88612FEA8A8F36DE82E1278ABB02F : x"},
        {"{\"type\":\"File\",\"md5\":\"\",\"sha1\":\"\","
         "\"summary\":\"44D88612FEA8A8F36DE82E1278ABB02F\"}",
         "44D88612FEA8A8F36DE82E1278ABB02F"},
    };
    scene *s = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(decode(s, rows[i].text, TOC_KIND_INDICATOR, NULL, TOC_DECODE_BATCH),
                         TOC_OK);
        assert_text(toc_object_summary(s->obj), rows[i].summary);
    }
}

static void type_from_the_members(void **state)
{
    static const struct {
        const char *text, *type;
    } rows[] = {
        {"{\"id\":1,\"ip\":\"1.2.3.4\"}", "Address"},
        {"{\"address\":\"a@b.example\"}", "EmailAddress"},
        {"{\"size\":\"5\",\"sha1\":\"3395856CE81F2B7382DEE72602F798B642F14140\"}", "File"},
        {"{\"whoisActive\":\"true\"}", "Host"},
        {"{\"x\":{},\"text\":\"http://e.example/\"}", "URL"},
        {"{\"source\":\"feed\",\"Mutex\":\"m\"}", "Mutex"},
        /* The type says more than a member that another type has, too. */
        {"{\"text\":\"x\",\"type\":\"Host\",\"hostName\":\"h\"}", "Host"},
    };
    scene *s = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(decode(s, rows[i].text, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
        assert_string_equal(toc_object_type(s->obj)->name, rows[i].type);
    }
    assert_int_equal(decode(s, "{\"name\":\"v\"}", TOC_KIND_VICTIM, NULL, 0), TOC_OK);
    assert_string_equal(toc_object_type(s->obj)->name, "Victim");
}

static void unknown_type_keeps_the_summary(void **state)
{
    scene *s = *state;
    const char *item = "{\"id\":7,\"type\":\"Phone Number\",\"summary\":\"555\",\"text\":\"x\"}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_EPARSE);
    assert_null(toc_object_type(s->obj));
    assert_string_equal(s->err.field, "type");
    assert_text(toc_object_summary(s->obj), "555");
    assert_int_equal(decode(s, "{\"name\":\"n\"}", TOC_KIND_GROUP, NULL, TOC_DECODE_LENIENT),
                     TOC_EPARSE);
    assert_string_equal(s->err.field, "type");
}

static void lenient_drops_what_strict_refuses(void **state)
{
    static const struct {
        const char *text, *field;
    } rows[] = {
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"rating\":\"high\"}", "rating"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"confidence\":[1]}", "confidence"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"confidence\":93.4e30}", "confidence"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"rating\":1e999}", "rating"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"dnsActive\":\"perhaps\"}", "dnsActive"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"dateAdded\":true}", "dateAdded"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"tag\":[7]}", "tag"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"attribute\":[\"text\"]}", "attribute"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"attribute\":[{\"displayed\":{}}]}", "displayed"},
        {"{\"type\":\"Host\",\"hostName\":\"h\",\"owner\":[[]]}", "owner"},
    };
    scene *s = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(decode(s, rows[i].text, TOC_KIND_INDICATOR, NULL, 0), TOC_EINVAL);
        assert_string_equal(s->err.field, rows[i].field);
        assert_int_equal(s->err.code, TOC_EINVAL);
        assert_in_range(s->err.position, 1, strlen(rows[i].text) - 1);
        assert_int_equal(decode(s, rows[i].text, TOC_KIND_INDICATOR, NULL, TOC_DECODE_LENIENT),
                         TOC_OK);
        assert_text(GET(s, "hostName"), "h");
        assert_false(toc_object_has(s->obj, rows[i].field));
    }
}

static void forms_of_numbers(void **state)
{
    scene *s = *state;
    const char *item = "{\"id\":\"501\",\"type\":\"Host\",\"hostName\":null,\"confidence\":70.0,"
                       "\"rating\":4,\"description\":5}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    assert_int_equal(toc_object_get_int(s->obj, "id"), 501);
    assert_int_equal(toc_object_get_int(s->obj, "confidence"), 70);
    assert_true(s->obj->values[TOC_SLOT_RATING].integral);
    assert_text(GET(s, "description"), "5");
    assert_false(toc_object_has(s->obj, "hostName"));
    assert_non_null(strstr(encode(s, TOC_FORM_LIST, 0), "\"rating\":4.0,\"confidence\":70"));
    assert_int_equal(decode(s, "{\"type\":\"Host\",\"confidence\":93.4}", TOC_KIND_INDICATOR, NULL,
                            TOC_DECODE_LENIENT),
                     TOC_OK);
    assert_int_equal(toc_object_get_int(s->obj, "confidence"), 93);
    assert_int_equal(
        decode(s, "{\"type\":\"Host\",\"confidence\":93.4}", TOC_KIND_INDICATOR, NULL, 0),
        TOC_EINVAL);
}

static void syntax_errors(void **state)
{
    static const char *const rows[] = {
        "",
        "7",
        "[{}]",
        "{\"type\":\"Host\"",
        "{\"type\":\"Host\",}",
        "{\"tag\":[{\"name\":]}",
        "{\"tag\":[",
        "{\"owner\":{\"id\":1,}",
        "{\"x\":{\"a\"}}",
        "{\"attribute\":[{\"id\":tru",
    };
    scene *s = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_json_reader reader;
        toc_json_reader_init(&reader, rows[i], strlen(rows[i]), &s->arena);
        assert_int_equal(toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL,
                                          TOC_DECODE_LENIENT | TOC_DECODE_BATCH, s->obj, &s->err),
                         TOC_EPARSE);
    }
}

static void embedded_nul_is_no_known_member(void **state)
{
    scene *s = *state;
    assert_int_equal(decode(s, "{\"type\":\"Host\",\"id\\u0000xyz\":5,\"hostName\":\"h\"}",
                            TOC_KIND_INDICATOR, NULL, 0),
                     TOC_OK);
    assert_false(toc_object_has(s->obj, "id"));
}

static void arrays_of_objects(void **state)
{
    scene *s = *state;
    const char *text = "[{\"type\":\"Host\",\"hostName\":\"a\\u00e9\",\"rating\":[]},"
                       "{\"type\":\"Address\",\"ip\":\"1.2.3.4\"}]";
    toc_json_reader reader;
    toc_json_reader_init(&reader, text, strlen(text), NULL);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ARRAY);
    /* The opening brace may have been read already; a refused object does not spoil the next. */
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT);
    assert_int_equal(toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL, 0, s->obj, NULL),
                     TOC_EINVAL);
    assert_text(GET(s, "hostName"), "a\xc3\xa9");
    assert_int_equal(toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL, 0, s->obj, NULL),
                     TOC_OK);
    assert_text(GET(s, "ip"), "1.2.3.4");
    assert_false(toc_object_has(s->obj, "rating"));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ARRAY_END);
}

static void too_many_entries(void **state)
{
    scene *s = *state;
    toc_buf text = {.maximum = 1 << 20};
    toc_buf_text(&text, "{\"type\":\"Host\",\"tag\":[\"t\"");
    for (unsigned i = 0; i < TOC_MAX_TAGS; i++)
        toc_buf_text(&text, ",\"t\"");
    toc_buf_text(&text, "]}");
    toc_json_reader reader;
    toc_json_reader_init(&reader, text.ptr, text.len, &s->arena);
    assert_int_equal(toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL, 0, s->obj, NULL),
                     TOC_ELIMIT);
    toc_buf_clear(&text);
    toc_buf_text(&text, "{\"type\":\"Host\",\"attribute\":[{\"securityLabel\":[\"l\"");
    for (unsigned i = 0; i < TOC_MAX_ATTRIBUTE_LABELS; i++)
        toc_buf_text(&text, ",\"l\"");
    toc_buf_text(&text, "]}]}");
    toc_json_reader_init(&reader, text.ptr, text.len, &s->arena);
    assert_int_equal(toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL, 0, s->obj, NULL),
                     TOC_ELIMIT);
    toc_buf_done(&text);
}

static void lists_that_are_null_or_empty(void **state)
{
    scene *s = *state;
    const char *item = "{\"type\":\"Host\",\"hostName\":\"h\",\"tag\":null,\"attribute\":[]}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_int_equal(s->obj->lists, TOC_LIST_ATTRIBUTES);
    assert_string_equal(encode(s, TOC_FORM_BATCH, 0),
                        "{\"summary\":\"h\",\"type\":\"Host\",\"attribute\":[]}");
    assert_string_equal(encode(s, TOC_FORM_LIST, TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS),
                        "{\"hostName\":\"h\",\"attribute\":[]}");
}

static void no_memory_for_entries(void **state)
{
    (void)state;
    const char *text = "{\"type\":\"Host\",\"tag\":[\"t\"],\"attribute\":[{\"type\":\"T\","
                       "\"securityLabel\":[\"l\"]}],\"description\":\"\\u00e9\"}";
    toc_arena full;
    bool done = false;
    for (size_t room = 0; !done; room += 16) {
        toc_arena_init(&full, sizeof(toc_object) + 16 + room);
        toc_object *obj = toc__object_in(&full, NULL);
        toc_json_reader reader;
        assert_non_null(obj);
        toc_json_reader_init(&reader, text, strlen(text), &full);
        toc_rc rc = toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL, 0, obj, NULL);
        done = rc == TOC_OK;
        if (!done)
            assert_true(rc == TOC_ENOMEM || rc == TOC_ELIMIT);
        toc_arena_done(&full);
        assert_in_range(room, 0, 4096);
    }
}

static void sections_of_answers(void **state)
{
    scene *s = *state;
    const char *item =
        "{\"id\":1,\"type\":\"Host\",\"attribute\":[{\"id\":880,\"type\":\"Description\","
        "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"lastModified\":\"2024-03-01T10:00:00Z\","
        "\"displayed\":true,\"value\":\"Beacon host\",\"xid\":\"ax\","
        "\"securityLabel\":[{\"name\":\"L\"}]}],\"tag\":[{\"name\":\"Phish Kit\","
        "\"webLink\":\"w\",\"description\":\"d\"}],\"securityLabel\":[{\"name\":\"TLP:RED\","
        "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"color\":\"FF0000\"}]}";
    assert_int_equal(decode(s, item, TOC_KIND_INDICATOR, NULL, 0), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_LIST, 0), "{\"id\":1}");
    assert_string_equal(
        encode(s, TOC_FORM_LIST, TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS),
        "{\"id\":1,\"attribute\":[{\"id\":880,\"type\":\"Description\","
        "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"lastModified\":\"2024-03-01T10:00:00Z\","
        "\"displayed\":true,\"value\":\"Beacon host\"}],\"tag\":[{\"name\":\"Phish Kit\","
        "\"webLink\":\"w\",\"description\":\"d\"}]}");
    const char *all =
        encode(s, TOC_FORM_LIST, TOC_WITH_ATTRIBUTES | TOC_WITH_LABELS | TOC_WITH_ADDITIONAL);
    assert_non_null(strstr(all, "\"xid\":\"ax\",\"securityLabel\":[{\"name\":\"L\","
                                "\"description\":\"\"}]"));
    assert_non_null(strstr(all, "\"securityLabel\":[{\"name\":\"TLP:RED\",\"description\":\"\","
                                "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"color\":\"FF0000\"}]"));
}

/* Every field that a form shows is read back, for every type. */

static void fill(toc_object *obj, const toc_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const toc_field *field = &fields[i];
        char text[32];
        (void)snprintf(text, sizeof(text), "text \"%u\"", (unsigned)i);
        obj->given |= (uint64_t)1 << field->slot;
        switch (field->value) {
        case TOC_VALUE_INT:
            toc__object_set_int(obj, field->slot, (int64_t)i + 1);
            break;
        case TOC_VALUE_DECIMAL:
            toc__object_set_decimal(obj, field->slot, (double)i + 0.25, false);
            break;
        case TOC_VALUE_BOOL:
        case TOC_VALUE_BOOL_TEXT:
            toc__object_set_bool(obj, field->slot, true);
            break;
        default:
            toc__object_set_text(obj, field->slot, toc_arena_str(obj->arena, toc_str_of(text)));
        }
    }
}

static void fill_hashes(toc_object *obj)
{
    static const char digits[] = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";
    static const size_t lengths[] = {32, 40, 64};
    for (unsigned i = 0; obj->type->traits & TOC_TYPE_HASHES && i < 3; i++)
        toc__object_set_text(obj, obj->type->fields[i].slot, (toc_str){digits, lengths[i]});
}

static void compare(const toc_object *a, const toc_object *b, const toc_field *fields, size_t count,
                    unsigned flags)
{
    for (size_t i = 0; i < count; i++) {
        const toc_field *field = &fields[i];
        if (!(field->flags & flags) || !toc__object_has(a, field->slot))
            continue;
        const toc_value *left = &a->values[field->slot], *right = &b->values[field->slot];
        if (!toc__object_has(b, field->slot))
            fail_msg("%s.%s is lost", a->type->name, field->name);
        switch (field->value) {
        case TOC_VALUE_INT:
            assert_int_equal(left->as.integer, right->as.integer);
            break;
        case TOC_VALUE_DECIMAL:
            assert_true(left->as.decimal >= right->as.decimal &&
                        left->as.decimal <= right->as.decimal);
            break;
        case TOC_VALUE_BOOL:
        case TOC_VALUE_BOOL_TEXT:
            assert_int_equal(left->as.boolean, right->as.boolean);
            break;
        default:
            assert_true(toc_str_equal(left->as.text, right->as.text));
        }
    }
}

static void round_trip(scene *s, const toc_type *type, toc_form form, unsigned flags)
{
    size_t count;
    const toc_field *common = toc_kind_fields(type->kind, &count);
    toc__object_reset(s->obj, type);
    fill(s->obj, common, count);
    fill(s->obj, type->fields, type->field_count);
    fill_hashes(s->obj);
    const char *text = encode(s, form, 0);
    if (type->kind == TOC_KIND_INDICATOR && (form == TOC_FORM_SUMMARY || form == TOC_FORM_LIST)) {
        assert_null(strstr(text, "\"source\""));
        assert_null(strstr(text, "\"lastObserved\""));
    }
    toc_object *again = toc__object_in(&s->arena, NULL);
    toc_json_reader reader;
    toc_json_reader_init(&reader, text, s->buf.len, &s->arena);
    bool named = strstr(text, "\"type\":") != NULL;
    toc_rc rc = toc_codec_decode(&reader, s->types, type->kind, named ? NULL : type,
                                 form == TOC_FORM_BATCH ? TOC_DECODE_BATCH : 0, again, &s->err);
    if (rc)
        fail_msg("%s: %s in %s", type->name, s->err.message, text);
    assert_ptr_equal(again->type, type);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
    compare(s->obj, again, type->fields, type->field_count, flags);
    /* The joined summary is not kept beside the keys that it was split into. */
    again->present |= s->obj->present & (uint64_t)1 << TOC_SLOT_SUMMARY;
    again->values[TOC_SLOT_SUMMARY] = s->obj->values[TOC_SLOT_SUMMARY];
    for (size_t i = 0; i < type->field_count; i++)
        for (size_t k = 0; k < count; k++)
            if (strcmp(common[k].name, type->fields[i].name) == 0)
                s->obj->present &= ~((uint64_t)1 << common[k].slot);
    compare(s->obj, again, common, count, flags);
}

static void every_type_in_every_form(void **state)
{
    static const struct {
        toc_form form;
        unsigned flags;
    } forms[] = {
        {TOC_FORM_SUMMARY, TOC_FIELD_IN_SUMMARY}, {TOC_FORM_LIST, TOC_FIELD_IN_LIST},
        {TOC_FORM_DETAIL, TOC_FIELD_IN_DETAIL},   {TOC_FORM_CREATE, TOC_FIELD_CREATE},
        {TOC_FORM_UPDATE, TOC_FIELD_UPDATE},      {TOC_FORM_BATCH, TOC_FIELD_BATCH},
    };
    scene *s = *state;
    for (size_t i = 0; i < toc_types_count(s->types); i++)
        for (size_t k = 0; k < TOC_COUNT(forms); k++)
            round_trip(s, toc_types_at(s->types, i), forms[k].form, forms[k].flags);
}

static void run_time_types(void **state)
{
    scene *s = *state;
    static const toc_field fields[] = {
        {.name = "budget",
         .batch = "moneyValue",
         .value = TOC_VALUE_INT,
         .flags = TOC_FIELD_CREATE | TOC_FIELD_BATCH | TOC_FIELD_IN_LIST | TOC_FIELD_IN_DETAIL},
        {.name = "kickOff", .value = TOC_VALUE_DATE, .flags = TOC_FIELD_IN_DETAIL},
    };
    const toc_type type = {.name = "Exercise",
                           .entity = "exercise",
                           .branch = "exercises",
                           .kind = TOC_KIND_GROUP,
                           .fields = fields,
                           .field_count = TOC_COUNT(fields)};
    assert_int_equal(toc_types_add(s->types, &type, &s->err), TOC_OK);
    const char *item = "{\"name\":\"Winter\",\"type\":\"Exercise\",\"moneyValue\":7,"
                       "\"kickOff\":\"2024-01-01\"}";
    assert_int_equal(decode(s, item, TOC_KIND_GROUP, NULL, TOC_DECODE_BATCH), TOC_OK);
    assert_string_equal(encode(s, TOC_FORM_BATCH, 0),
                        "{\"name\":\"Winter\",\"type\":\"Exercise\",\"moneyValue\":7}");
    assert_string_equal(encode(s, TOC_FORM_DETAIL, 0),
                        "{\"name\":\"Winter\",\"budget\":7,\"kickOff\":\"2024-01-01\"}");
    round_trip(s, find(s, TOC_KIND_GROUP, "Exercise"), TOC_FORM_LIST, TOC_FIELD_IN_LIST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(summary_form_round_trip),
        TEST(typed_forms),
        TEST(custom_types_say_their_type),
        TEST(batch_repeats_keys_that_would_not_split_back),
        TEST(blank_stands_for_no_name),
        TEST(group_forms),
        TEST(secrets_are_sent_and_never_answered),
        TEST(own_fields_hide_common_ones),
        TEST(batch_item_with_everything),
        TEST(batch_members_need_their_flag),
        TEST(group_links_are_texts),
        TEST(value_aliases),
        TEST(type_from_the_members),
        TEST(unknown_type_keeps_the_summary),
        TEST(lenient_drops_what_strict_refuses),
        TEST(forms_of_numbers),
        TEST(syntax_errors),
        TEST(embedded_nul_is_no_known_member),
        TEST(arrays_of_objects),
        TEST(too_many_entries),
        TEST(lists_that_are_null_or_empty),
        TEST(no_memory_for_entries),
        TEST(sections_of_answers),
        TEST(every_type_in_every_form),
        TEST(run_time_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
