/* extract_lookalike.c - files, code, versions and keys that are written as indicators are; and the
 * indicators next to them that must not be lost with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/finds.h"

#define MD5 "0123456789abcdef0123456789abcdea"
#define MD5_UP "0123456789ABCDEF0123456789ABCDEA"

#define CHECK(rows) check_finds((rows), TOC_COUNT(rows), TOC_TEXT_PLAIN)

static void test_files(void **state)
{
    static const find_row rows[] = {
        {"Makefile.am configure.ac Makefile.in version.h.in run.sh.in", ""},
        {"TokenHelper.pm helper.pm tool.man sam.hiv libfoo-2.1.so libfoo.la", ""},
        {"`x9LoaDer.cr` `qW3x9ABC.cr` RecordedShow.ms", ""},
        {"_draft.in some_file.cc a_b.com", ""},
        {"run script[.]xsl and payload[.]sct and a[.]pcapng", ""},
        /* What looks much the same and is a name. */
        {"shop.co.in evil.in evil.cc evil.ac qw3x9abc.cr",
         "Host shop.co.in 1:1\nHost evil.in 1:12\nHost evil.cc 1:20\nHost evil.ac 1:28\n"
         "Host qw3x9abc.cr 1:36\n"},
        {"MyExample.com PhishKit.shop liberty.so",
         "Host myexample.com 1:1\nHost phishkit.shop 1:15\n"},
        {"_dmarc.evil.com a_b.evil.com", "Host _dmarc.evil.com 1:1\nHost a_b.evil.com 1:17\n"},
        {"TokenHelper[.]pm some_file[.]cc",
         "Host tokenhelper.pm 1:1 !\nHost some_file.cc 1:18 !\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_code(void **state)
{
    static const find_row rows[] = {
        {"com.vendor org.tool x.one r.zero node.id np.int", ""},
        {"if this.name or self.state.cr or window.location.host", ""},
        {"com.vendor.product.tools os.path.name java.util.zone", ""},
        {"import made.support\nfrom made.support import x", ""},
        {"rows.top[0] rows.top['x'] collections.abc", ""},
        /* Names that begin as packages do. */
        {"com.evil.site gov.in.evil.link system.evil.pics t.co",
         "Host com.evil.site 1:1\nHost gov.in.evil.link 1:15\nHost system.evil.pics 1:32\n"
         "Host t.co 1:49\n"},
        {"evil.top[text] important evil.net important", "Host evil.top 1:1\nHost evil.net 1:26\n"},
        {"evil.com (import rules) from evil.org imported",
         "Host evil.com 1:1\nHost evil.org 1:30\n"},
    };
    (void)state;
    CHECK(rows);
}

/* Endings that are in no list by themselves. */
static void test_endings(void **state)
{
    static const find_row rows[] = {
        {"evil.co.za www.evil.org.za", "Host evil.co.za 1:1\nHost www.evil.org.za 1:12\n"},
        {"co.za evil.za", ""},
        {"evilbot.bazar evil.bit peer.evil.i2p",
         "Host evilbot.bazar 1:1\nHost evil.bit 1:15\nHost peer.evil.i2p 1:24\n"},
        {"a 64.bit number, the end.But", ""},
    };
    (void)state;
    CHECK(rows);
}

static void test_versions(void **state)
{
    static const find_row rows[] = {
        {"Media Player 3.2.0.1 + key, Slide Show HD 4.0.9.3 full", ""},
        {"upgraded to 9.1.0.2; bump Engine to 3.6.6.7; changes in 1.2.5.1", ""},
        {"versions prior to 4.2.1.7, older than 4.2.1.8, since 4.2.1.0", ""},
        {"builds 4.2.1.7, 4.2.1.8 and 4.2.1.9", ""},
        {"Tool 4.2.1.7 and earlier, 5.1.0.2 or later", ""},
        {"lib (<= 0.1.2.0), lib (>=1.1.2.0)", ""},
        {"=== 4.1.2.3 Results\n## 4.1.2.4 More\n", ""},
        /* Addresses that stand as versions may, but are not where versions are. */
        {"DNS 8.8.8.8, Name Server 8.8.4.4, Example DNS 1.1.1.1",
         "Address 8.8.8.8 1:5\nAddress 8.8.4.4 1:26\nAddress 1.1.1.1 1:47\n"},
        {"Example Hoster 203.0.113.7", "Address 203.0.113.7 1:16\n"},
        {"Grey Heron 31.24.12.8", "Address 31.24.12.8 1:12\n"},
        {"from 1.2.3.4 to 5.6.7.8, and 9.1.2.3 and later others",
         "Address 1.2.3.4 1:6\nAddress 5.6.7.8 1:17\n"},
        {"the record was changed to 5.9.1.2", "Address 5.9.1.2 1:27\n"},
        {"ip.src == 5.9.1.2 or a=5.9.1.3", "Address 5.9.1.2 1:11\nAddress 5.9.1.3 1:24\n"},
        {"1.2.3.4, 5.6.7.8", "Address 1.2.3.4 1:1\nAddress 5.6.7.8 1:10\n"},
        {"Media Player 3.2.0[.]1", "Address 3.2.0.1 1:14 !\n"},
        {"# 5.9.1.2", "Address 5.9.1.2 1:3\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_slices(void **state)
{
    static const find_row rows[] = {
        {"a[::2] f(x)[::3] m[0][::4]", ""},
        {"length 1000:: end", ""},
        {"::1 [::1] 2001:db8:: 2001::/32",
         "Address ::1 1:1\nAddress 2001:db8:: 1:11\nCIDR 2001:0:0:0:0:0:0:0/32 1:22\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_other_hashes(void **state)
{
    static const find_row rows[] = {
        {"commit " MD5 "01234567", ""},
        {"IV: " MD5 " nonce=" MD5 " cdhash " MD5, ""},
        {"commitment " MD5, "File " MD5_UP " 1:12\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_mail(void **state)
{
    static const find_row rows[] = {
        {"evil.com/a.php?email=ann@evil.org login=bob@evil.org",
         "Host evil.com 1:1\nEmailAddress ann@evil.org 1:22\nEmailAddress bob@evil.org 1:41\n"},
        {"prvs=4711=ann@evil.org b+c=d@evil.org",
         "EmailAddress prvs=4711=ann@evil.org 1:1\nEmailAddress b+c=d@evil.org 1:24\n"},
        {"ann.gm+list@evil.org evil.com+x", "EmailAddress ann.gm+list@evil.org 1:1\n"
                                            "Host evil.com 1:22\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_keys(void **state)
{
#define KEY(text, place) "Registry Key " text " :  : REG_NONE " place "\n"
    static const find_row rows[] = {
        {"HKCR\\.abx", KEY("HKEY_CLASSES_ROOT\\.abx", "1:1")},
        {"\xE2\x80\x9CHKCU\\Software\\Abc\xE2\x80\x9D.",
         KEY("HKEY_CURRENT_USER\\Software\\Abc", "1:2")},
        {"<code>HKLM\\Software\\Shell Folders</code> x",
         KEY("HKEY_LOCAL_MACHINE\\Software\\Shell Folders", "1:7")},
        {"`HKLM\\Software\\Abc \xE2\x80\x93 the key` HKCU\\Software\\Def\xE2\x80\x99",
         KEY("HKEY_LOCAL_MACHINE\\Software\\Abc", "1:2")
             KEY("HKEY_CURRENT_USER\\Software\\Def", "1:31")},
        {"[HKLM\\Software\\Abc Def] x", KEY("HKEY_LOCAL_MACHINE\\Software\\Abc Def", "1:2")},
        {"->HKLM\\Software\\Abc and then", KEY("HKEY_LOCAL_MACHINE\\Software\\Abc", "1:3")},
        {"HKLM\\Software\\[name of it]\\x HKLM\\[name", KEY("HKEY_LOCAL_MACHINE\\Software", "1:1")},
        {"HKLM\\Software\\{0A-0B}\\x", KEY("HKEY_LOCAL_MACHINE\\Software\\{0A-0B}\\x", "1:1")},
    };
#undef KEY
    (void)state;
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),   cmocka_unit_test(test_code),
        cmocka_unit_test(test_endings), cmocka_unit_test(test_versions),
        cmocka_unit_test(test_slices),  cmocka_unit_test(test_other_hashes),
        cmocka_unit_test(test_mail),    cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
