/* model/check.c and normalise.c: what the platform takes, how it is stored, what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/check.h"

static toc_object *make(toc_kind kind, const char *type)
{
    toc_object *obj = NULL;
    const toc_type *row = toc_types_find(NULL, kind, toc_str_of(type));
    assert_non_null(row);
    assert_int_equal(toc_object_new(row, &obj, NULL), TOC_OK);
    return obj;
}

static void set(toc_object *obj, const char *field, const char *value)
{
    toc_error err;
    if (toc_object_set(obj, field, toc_str_of(value), &err))
        fail_msg("%s: %s", field, err.message);
}

static void pass(toc_object *obj)
{
    toc_error err;
    if (toc_object_check(obj, &err))
        fail_msg("%s: %s", toc_object_type(obj)->name, err.message);
}

static void refuse(toc_object *obj, const char *field, const char *message)
{
    toc_error err = {0};
    assert_int_equal(toc_object_check(obj, &err), TOC_EINVAL);
    assert_string_equal(err.field, field);
    if (message)
        assert_string_equal(err.message, message);
    assert_int_equal(toc_object_check(obj, NULL), TOC_EINVAL);
}

static const struct value_row {
    const char *type, *given, *stored; /* stored NULL: refused */
} values[] = {
    {"Address", "203.0.113.7", "203.0.113.7"},
    {"Address", "0.0.0.0", "0.0.0.0"},
    {"Address", "203.0.113.07", NULL},
    {"Address", "203.0.113.256", NULL},
    {"Address", "203.0.113", NULL},
    {"Address", "203.0.113.7.", NULL},
    {"Address", "1.2.3.4/24", NULL},
    {"Address", "2001:DB8:0:0::1", "2001:db8::1"},
    {"Address", "::FFFF:1.2.3.4", "::ffff:1.2.3.4"},
    {"Address", "::1", "::1"},
    {"Address", "2001:db8::g", NULL},
    {"Address", "fe80::1%eth0", NULL},
    {"Address", "1", NULL},
    {"Address", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", NULL},
    {"EmailAddress", "Bob@Mail.EXAMPLE", "Bob@mail.example"},
    {"EmailAddress", "bob@mail.example", "bob@mail.example"},
    {"EmailAddress", "bob", NULL},
    {"EmailAddress", "@mail.example", NULL},
    {"EmailAddress", "bob@", NULL},
    {"EmailAddress", "a@b@c.example", NULL},
    {"EmailAddress", "a b@c.example", NULL},
    {"EmailAddress", "a@.example", NULL},
    {"EmailAddress", "a@example.", NULL},
    {"File", "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF"},
    {"Host", "WWW.Evil.example", "www.evil.example"},
    {"Host", "my_host.xn--p1ai", "my_host.xn--p1ai"},
    {"Host", "localhost", "localhost"},
    {"Host", "evil..example", NULL},
    {"Host", ".example", NULL},
    {"Host", "example.", NULL},
    {"Host", "b\xc3\xbc.example", NULL},
    {"Host", "a b.example", NULL},
    {"Host", "a123456789012345678901234567890123456789012345678901234567890123.example", NULL},
    {"URL", "http://evil.example/A?B=C#D", "http://evil.example/A?B=C#D"},
    {"URL", "HTTP://evil.example", "HTTP://evil.example"},
    {"URL", "file:///etc/passwd", "file:///etc/passwd"},
    {"URL", "ftp://User:Word@evil.example:21/", "ftp://User:Word@evil.example:21/"},
    {"URL", "http://[2001:db8::1]/", "http://[2001:db8::1]/"},
    {"URL", "http://Evil.example/", NULL},
    {"URL", "http://b\xc3\xbc.example/", NULL},
    {"URL", "evil.example/a", NULL},
    {"URL", "://evil.example", NULL},
    {"URL", "1http://evil.example", NULL},
    {"URL", "http://", NULL},
    {"URL", "http://evil.example/\n", NULL},
    {"ASN", "asn64500", "ASN64500"},
    {"ASN", "ASN4294967295", "ASN4294967295"},
    {"ASN", "ASN4294967296", NULL},
    {"ASN", "AS64500", NULL},
    {"ASN", "64500", NULL},
    {"ASN", "ASN 64500", NULL},
    {"ASN", "ASN", NULL},
    {"ASN", "ASN-1", NULL},
    {"CIDR", "198.51.100.0/24", "198.51.100.0/24"},
    {"CIDR", "198.51.100.0/33", NULL},
    {"CIDR", "198.51.100.0/08", NULL},
    {"CIDR", "198.51.100.0", NULL},
    {"CIDR", "198.51.100.0/", NULL},
    {"CIDR", "198.051.100.0/24", NULL},
    {"CIDR", "2001:DB8:10:0:0:0:0:0/48", "2001:db8:10:0:0:0:0:0/48"},
    {"CIDR", "2001:db8:10::/48", NULL},
    {"CIDR", "2001:0db8:10:0:0:0:0:0/48", NULL},
    {"CIDR", "2001:db8:10:0:0:0:0:0/129", NULL},
    {"CIDR", "2001:db8:10:0:0:0:0/48", NULL},
    {"Hashtag", "#OpHeron", "#opheron"},
    {"Mutex", "Global\\MiXed", "Global\\MiXed"},
    {"Email Subject", "Re: Hi", "Re: Hi"},
    {"User Agent", "Bot/1.0", "Bot/1.0"},
    {"User Agent", "", NULL},
    {"Mutex", "bad \xff byte", NULL},
    {"Registry Key", "HKEY_USERS\\A : B : reg_sz", "HKEY_USERS\\A : B : REG_SZ"},
    {"Registry Key", "HKEY_CURRENT_USER_LOCAL_SETTINGS", "HKEY_CURRENT_USER_LOCAL_SETTINGS :  : "},
    {"Registry Key", "HKEY_USERS\\A :  : REG_SZ", "HKEY_USERS\\A :  : REG_SZ"},
    {"Registry Key", "HKLM\\A : B : REG_SZ", NULL},
    {"Registry Key", "HKEY_USERSX\\A : B : REG_SZ", NULL},
    {"Registry Key", "HKEY_USERS\\A : B : REG_ODD", NULL},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(values); i++) {
        toc_object *obj = make(TOC_KIND_INDICATOR, values[i].type);
        toc_error err;
        toc_rc rc = toc_object_set_summary(obj, toc_str_of(values[i].given), &err);
        assert_int_equal(rc, TOC_OK);
        rc = toc_object_check(obj, &err);
        if ((rc == TOC_OK) != (values[i].stored != NULL))
            fail_msg("%s: %s", values[i].given, rc ? err.message : "was taken");
        if (rc) {
            assert_int_equal(rc, TOC_EINVAL);
            assert_non_null(toc_type_field(toc_object_type(obj), toc_str_of(err.field)));
        } else {
            toc_str stored = toc_object_summary(obj);
            if (!toc_str_equal(stored, toc_str_of(values[i].stored)))
                fail_msg("%s is stored as %.*s", values[i].given, TOC_FMT(stored));
            /* The stored form is its own stored form. */
            pass(obj);
            assert_true(toc_str_equal(toc_object_summary(obj), toc_str_of(values[i].stored)));
        }
        toc_object_free(obj);
    }
}

static void test_long_values(void **state)
{
    (void)state;
    static char text[TOC_MAX_VALUE + 2];
    memset(text, 'a', sizeof(text));
    toc_object *obj = make(TOC_KIND_INDICATOR, "Mutex");
    assert_int_equal(toc_object_set(obj, "Mutex", (toc_str){text, TOC_MAX_VALUE}, NULL), TOC_OK);
    pass(obj);
    assert_int_equal(toc_object_set(obj, "Mutex", (toc_str){text, TOC_MAX_VALUE + 1}, NULL),
                     TOC_OK);
    refuse(obj, "Mutex",
           "The Mutex for this Mutex is invalid, please enter a Mutex between 1-65536 characters "
           "in length");
    assert_int_equal(toc_object_set(obj, "Mutex", TOC_S("a\0b"), NULL), TOC_OK);
    refuse(obj, "Mutex", NULL);
    toc_object_free(obj);
    obj = make(TOC_KIND_INDICATOR, "Host");
    for (size_t i = 50; i < 300; i += 50)
        text[i] = '.';
    assert_int_equal(toc_object_set(obj, "hostName", (toc_str){text, 253}, NULL), TOC_OK);
    pass(obj);
    assert_int_equal(toc_object_set(obj, "hostName", (toc_str){text, 254}, NULL), TOC_OK);
    refuse(obj, "hostName", NULL);
    toc_object_free(obj);
}

static void test_hashes(void **state)
{
    (void)state;
    static const char md5[] = "0123456789abcdef0123456789abcdef";
    toc_object *obj = make(TOC_KIND_INDICATOR, "File");
    refuse(obj, "md5", "The MD5 for this File is invalid");
    set(obj, "md5", "");
    refuse(obj, "md5", "The MD5 for this File is invalid");
    set(obj, "sha1", "");
    set(obj, "md5", md5);
    pass(obj);
    assert_false(toc_object_has(obj, "sha1"));
    set(obj, "sha256", md5);
    toc_error err;
    assert_int_equal(toc_object_check(obj, &err), TOC_EINVAL);
    assert_string_equal(err.field, "sha256");
    assert_non_null(strstr(err.message, "The SHA-256 for this File is invalid"));
    toc_object_free(obj);
}

static void test_incomplete_key(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "Registry Key");
    refuse(obj, "Key Name", "The Key Name for this Registry Key is invalid");
    set(obj, "Value Name", "Run");
    refuse(obj, "Key Name", "The Key Name for this Registry Key is invalid");
    set(obj, "Key Name", "HKEY_USERS\\A");
    refuse(obj, "Value Type", "The Value Type for this Registry Key is invalid");
    set(obj, "Value Type", "REG_SZ");
    pass(obj);
    set(obj, "Value Name", " ");
    pass(obj);
    assert_int_equal(toc_object_get(obj, "Value Name").len, 0);
    toc_object_free(obj);
    obj = make(TOC_KIND_INDICATOR, "Host");
    refuse(obj, "hostName", "The hostName for this Host is invalid");
    toc_object_free(obj);
}

static void test_groups(void **state)
{
    (void)state;
    static const char length[] = "The name for this Incident is invalid, please enter a name "
                                 "between 1-100 characters in length";
    char text[402];
    toc_object *obj = make(TOC_KIND_GROUP, "Incident");
    refuse(obj, "name", length);
    set(obj, "name", "");
    refuse(obj, "name", length);
    for (size_t i = 0; i < 400; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    assert_int_equal(toc_object_set(obj, "name", (toc_str){text, 200}, NULL), TOC_OK);
    pass(obj);
    assert_int_equal(toc_object_set(obj, "name", (toc_str){text, 202}, NULL), TOC_OK);
    refuse(obj, "name", length);
    set(obj, "name", "Operation Heron");
    set(obj, "status", "open");
    pass(obj);
    assert_true(toc_str_equal(toc_object_get(obj, "status"), TOC_S("Open")));
    set(obj, "status", "");
    pass(obj);
    set(obj, "status", "Shut");
    refuse(obj, "status",
           "The status for this Incident is invalid, please enter one of the following values: "
           "New, Open, Stalled, Containment Achieved, Restoration Achieved, Incident Reported, "
           "Closed, Rejected, Deleted");
    toc_object_free(obj);
}

static void test_required(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_GROUP, "Email");
    set(obj, "name", "n");
    refuse(obj, "subject", "The subject for this Email is invalid");
    set(obj, "subject", "s");
    set(obj, "header", "");
    refuse(obj, "body", NULL);
    set(obj, "body", "b");
    pass(obj);
    toc_object_free(obj);
    obj = make(TOC_KIND_GROUP, "Signature");
    set(obj, "name", "n");
    set(obj, "fileName", "a.yar");
    set(obj, "fileType", "");
    set(obj, "fileText", "x");
    refuse(obj, "fileType", NULL);
    set(obj, "fileType", "yara");
    pass(obj);
    assert_true(toc_str_equal(toc_object_get(obj, "fileType"), TOC_S("YARA")));
    toc_object_free(obj);
}

static void test_companions(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_GROUP, "Document");
    set(obj, "name", "n");
    set(obj, "fileName", "f");
    set(obj, "malware", "false");
    pass(obj);
    set(obj, "malware", "true");
    refuse(obj, "password", "The password for this Document is invalid");
    set(obj, "password", "p");
    pass(obj);
    set(obj, "insights", "i");
    refuse(obj, "aiProvider", NULL);
    set(obj, "aiProvider", "x");
    pass(obj);
    toc_object_free(obj);
}

/* Values that bypass the setters, as decoded ones do. */
static void test_raw_values(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "Host");
    set(obj, "hostName", "a.example");
    toc__object_set_int(obj, TOC_SLOT_CONFIDENCE, 101);
    refuse(obj, "confidence",
           "The confidence for this Host is invalid, it must be between 0 and 100");
    toc__object_set_int(obj, TOC_SLOT_CONFIDENCE, 100);
    toc__object_set_decimal(obj, TOC_SLOT_RATING, 5.5, false);
    refuse(obj, "rating", "The rating for this Host is invalid, it must be between 0 and 5");
    toc__object_set_decimal(obj, TOC_SLOT_RATING, 5, true);
    toc__object_set_text(obj, TOC_SLOT_DATE_ADDED, TOC_S("soonish"));
    refuse(obj, "dateAdded",
           "Please enter the dateAdded in number of milliseconds since January 1, 1970, "
           "00:00:00 GMT");
    toc__object_set_text(obj, TOC_SLOT_DATE_ADDED, TOC_S("1700000000"));
    pass(obj);
    assert_true(toc_str_equal(toc_object_get(obj, "dateAdded"), TOC_S("2023-11-14T22:13:20Z")));
    toc_object_free(obj);
}

static void test_partial(void **state)
{
    (void)state;
    toc_error err;
    toc_object *obj = make(TOC_KIND_GROUP, "Signature");
    assert_int_equal(toc__object_check(obj, TOC_CHECK_PARTIAL, &err), TOC_OK);
    set(obj, "fileType", "nonsense");
    assert_int_equal(toc__object_check(obj, TOC_CHECK_PARTIAL, &err), TOC_EINVAL);
    toc_object_free(obj);
    obj = make(TOC_KIND_INDICATOR, "Registry Key");
    set(obj, "Value Name", "x");
    set(obj, "rating", "3");
    assert_int_equal(toc__object_check(obj, TOC_CHECK_PARTIAL, &err), TOC_OK);
    toc_object_free(obj);
    obj = make(TOC_KIND_INDICATOR, "File");
    assert_int_equal(toc__object_check(obj, TOC_CHECK_PARTIAL, &err), TOC_OK);
    set(obj, "sha1", "12");
    assert_int_equal(toc__object_check(obj, TOC_CHECK_PARTIAL, &err), TOC_EINVAL);
    assert_string_equal(err.field, "sha1");
    toc_object_free(obj);
    assert_int_equal(toc_object_check(NULL, &err), TOC_EINVAL);
}

static void test_lists(void **state)
{
    (void)state;
    const toc_str none = {NULL, 0};
    char text[130];
    memset(text, 't', sizeof(text));
    toc_object *obj = make(TOC_KIND_GROUP, "Threat");
    set(obj, "name", "n");
    assert_int_equal(toc_object_add_tag(obj, (toc_str){text, 128}, NULL), TOC_OK);
    assert_int_equal(toc_object_add_label(obj, TOC_S("L"), none, TOC_S("00ff0A"), NULL), TOC_OK);
    assert_int_equal(toc_object_add_attribute(obj, TOC_S("A"), TOC_S(""), false, none, NULL),
                     TOC_OK);
    pass(obj);
    assert_int_equal(toc_object_add_label(obj, TOC_S("M"), none, TOC_S("red"), NULL), TOC_OK);
    refuse(obj, "color", NULL);
    obj->labels.last->color = none;
    assert_int_equal(toc_object_add_tag(obj, (toc_str){text, 129}, NULL), TOC_OK);
    refuse(obj, "tag",
           "The name for this Tag is invalid, please enter a name between 1-128 characters in "
           "length");
    obj->tags.last->name = TOC_S("\xff");
    refuse(obj, "tag", NULL);
    obj->tags.last->name = TOC_S("ok");
    obj->attributes.first->value = TOC_S("\xc3");
    refuse(obj, "attribute", NULL);
    obj->attributes.first->value = TOC_S("v");
    obj->attributes.first->type = none;
    refuse(obj, "attribute", NULL);
    toc_object_free(obj);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char *const hungry[] = {"host", "address", "emailAddress"};
    static const char *const texts[] = {"EVIL.example", "2001:DB8::1", "a@B.example"};
    for (size_t i = 0; i < TOC_COUNT(hungry); i++) {
        toc_arena arena;
        toc_error err;
        toc_arena_init(&arena, 0);
        toc_object *obj =
            toc__object_in(&arena, toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(hungry[i])));
        const toc_field *field = &toc_object_type(obj)->fields[0];
        assert_int_equal(toc__object_put(obj, field, toc_str_of(texts[i]), true, &err), TOC_OK);
        arena.maximum = arena.total;
        assert_int_equal(toc_object_check(obj, &err), TOC_ENOMEM);
        assert_true(toc_str_equal(toc_object_summary(obj), toc_str_of(texts[i])));
        arena.maximum = 0;
        assert_int_equal(toc_object_check(obj, &err), TOC_OK);
        toc_arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),     cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_hashes),     cmocka_unit_test(test_incomplete_key),
        cmocka_unit_test(test_groups),     cmocka_unit_test(test_required),
        cmocka_unit_test(test_companions), cmocka_unit_test(test_raw_values),
        cmocka_unit_test(test_partial),    cmocka_unit_test(test_lists),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
