/* The table of named associations, rows added to it, and which types they link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/association.h"

static const toc_type *type(const char *name)
{
    const toc_type *found = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(name));
    if (!found)
        fail_msg("no type %s", name);
    return found;
}

static void names_known_types(const char *names)
{
    toc_str rest = toc_str_of(names), name;
    assert_true(rest.len > 0);
    while (toc_str_cut(&rest, ';', &name))
        assert_non_null(toc_types_find(NULL, TOC_KIND_INDICATOR, name));
}

static void table(void **state)
{
    (void)state;
    size_t count = 0, actions = 0;
    const toc_association_type *rows = toc_association_type_list(&count);
    assert_int_equal(count, 15);
    for (size_t i = 0; i < count; i++) {
        names_known_types(rows[i].left);
        names_known_types(rows[i].right);
        actions += rows[i].file_action;
        /* The first row that answers to a word is the row itself: no word is there twice. */
        assert_ptr_equal(toc_associations_find(NULL, toc_str_of(rows[i].name)), &rows[i]);
        assert_ptr_equal(toc_associations_find(NULL, toc_str_of(rows[i].branch)), &rows[i]);
    }
    assert_int_equal(actions, 7);
}

static void found_without_case(void **state)
{
    (void)state;
    const toc_association_type *row = toc_associations_find(NULL, TOC_S("ASNTOCIDR"));
    assert_non_null(row);
    assert_string_equal(row->name, "ASN to CIDR");
    assert_ptr_equal(toc_associations_find(NULL, TOC_S("asn TO cidr")), row);
    assert_null(toc_associations_find(NULL, TOC_S("asn to")));
    assert_null(toc_associations_find(NULL, TOC_S("")));
    assert_null(toc_associations_at(NULL, 15));
}

static void linked_types(void **state)
{
    (void)state;
    static const struct {
        const char *association, *from, *to;
        bool fits;
    } cases[] = {
        {"urlHost", "URL", "Host", true},
        {"urlHost", "Host", "URL", true},
        {"urlHost", "Address", "URL", true},
        {"urlHost", "Host", "Address", false},
        {"urlHost", "URL", "URL", false},
        {"domainRegistrant", "EmailAddress", "Host", true},
        {"archive", "File", "File", true},
        {"mutex", "File", "Mutex", true},
        {"mutex", "Mutex", "File", false},
        {"traffic", "File", "URL", true},
        {"traffic", "File", "Mutex", false},
        {"traffic", "Host", "File", false},
        {"registryKey", "File", "Registry Key", true},
    };
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        const toc_association_type *row =
            toc_associations_find(NULL, toc_str_of(cases[i].association));
        assert_non_null(row);
        if (toc_association_fits(row, type(cases[i].from), type(cases[i].to)) != cases[i].fits)
            fail_msg("%s: %s and %s", cases[i].association, cases[i].from, cases[i].to);
    }
}

static void generic_names(void **state)
{
    (void)state;
    assert_ptr_equal(toc_association_generic(NULL, TOC_S("Host to Indicators")), type("Host"));
    assert_ptr_equal(toc_association_generic(NULL, TOC_S("registry key TO indicators")),
                     type("Registry Key"));
    assert_ptr_equal(toc_association_generic(NULL, TOC_S("urlToIndicators")), type("URL"));
    assert_null(toc_association_generic(NULL, TOC_S(" to Indicators")));
    assert_null(toc_association_generic(NULL, TOC_S("Threat to Indicators")));
    assert_null(toc_association_generic(NULL, TOC_S("Host to Groups")));
    assert_null(toc_association_generic(NULL, TOC_S("")));
}

static void added_rows(void **state)
{
    (void)state;
    toc_associations *set = NULL;
    toc_error err = {0};
    toc_association_type row = {"Wallet Host", "walletHost", "mutex; Host", "urls", false};
    assert_int_equal(toc_associations_new(&set, NULL), TOC_OK);
    toc_types *types = NULL;
    assert_int_equal(toc_types_new(&types, NULL), TOC_OK);
    assert_int_equal(toc_associations_add(set, &row, types, &err), TOC_OK);
    assert_int_equal(toc_associations_count(set), 16);
    const toc_association_type *kept = toc_associations_find(set, TOC_S("WALLETHOST"));
    assert_ptr_equal(kept, toc_associations_at(set, 15));
    /* Copied, and spelled as the catalogue does. */
    assert_ptr_not_equal(kept->name, row.name);
    assert_string_equal(kept->left, "Mutex;Host");
    assert_string_equal(kept->right, "URL");
    assert_true(toc_association_fits(kept, type("URL"), type("Mutex")));
    assert_null(toc_associations_find(NULL, TOC_S("walletHost")));
    toc_types_free(types);
    toc_associations_free(set);
}

static void refused_rows(void **state)
{
    (void)state;
    static const struct {
        toc_association_type row;
        toc_rc rc;
    } cases[] = {
        {{"url host", "other", "URL", "Host", false}, TOC_ECONFLICT},
        {{"Other", "URLHOST", "URL", "Host", false}, TOC_ECONFLICT},
        {{"Adversary", "other", "URL", "Host", false}, TOC_ECONFLICT},
        {{"Host to Indicators", "other", "URL", "Host", false}, TOC_ECONFLICT},
        {{"", "other", "URL", "Host", false}, TOC_EINVAL},
        {{NULL, "other", "URL", "Host", false}, TOC_EINVAL},
        {{"Other", NULL, "URL", "Host", false}, TOC_EINVAL},
        {{"Oth/er", "other", "URL", "Host", false}, TOC_EINVAL},
        {{"<Other", "other", "URL", "Host", false}, TOC_EINVAL},
        {{"Other", "other", "URL;Nonsense", "Host", false}, TOC_EINVAL},
        {{"Other", "other", "Threat", "Host", false}, TOC_EINVAL},
        {{"Other", "other", "", "Host", false}, TOC_EINVAL},
        {{"Other", "other", "URL", NULL, false}, TOC_EINVAL},
        {{"Other", "other", "URL", "Host", true}, TOC_EINVAL},
    };
    toc_associations *set = NULL;
    toc_types *types = NULL;
    assert_int_equal(toc_types_new(&types, NULL), TOC_OK);
    assert_int_equal(toc_associations_new(&set, NULL), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        toc_error err = {0};
        toc_rc rc = toc_associations_add(set, &cases[i].row, types, &err);
        if (rc != cases[i].rc)
            fail_msg("case %zu: %d, %s", i, rc, err.message);
        assert_true(err.message[0] != '\0');
    }
    assert_int_equal(toc_associations_count(set), 15);
    toc_types_free(types);
    toc_associations_free(set);
}

static void full_set(void **state)
{
    (void)state;
    toc_associations *set = NULL;
    char name[32];
    assert_int_equal(toc_associations_new(&set, NULL), TOC_OK);
    toc_rc rc = TOC_OK;
    for (int i = 0; i <= TOC_MAX_CUSTOM_ASSOCIATIONS; i++) {
        (void)snprintf(name, sizeof(name), "a%d", i);
        toc_association_type row = {name, name, "URL", "Host", false};
        rc = toc_associations_add(set, &row, NULL, NULL);
        assert_int_equal(rc, i < TOC_MAX_CUSTOM_ASSOCIATIONS ? TOC_OK : TOC_ELIMIT);
    }
    toc_associations_free(set);
    toc_associations_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),        cmocka_unit_test(found_without_case),
        cmocka_unit_test(linked_types), cmocka_unit_test(generic_names),
        cmocka_unit_test(added_rows),   cmocka_unit_test(refused_rows),
        cmocka_unit_test(full_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
