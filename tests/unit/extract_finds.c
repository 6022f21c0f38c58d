/* extract_finds.c - what is found in texts, where, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/finds.h"

#define MD5 "0123456789abcdef0123456789abcdea"
#define MD5_UP "0123456789ABCDEF0123456789ABCDEA"
#define SHA1 MD5 "01234567"
#define SHA1_UP MD5_UP "01234567"
#define SHA256 MD5 MD5
#define SHA256_UP MD5_UP MD5_UP

#define CHECK(rows, form) check_finds((rows), TOC_COUNT(rows), (form))

static void test_defanged(void **state)
{
    static const find_row rows[] = {
        {"evil[.]com", "Host evil.com 1:1 !\n"},
        {"evil(.)com", "Host evil.com 1:1 !\n"},
        {"evil{.}com", "Host evil.com 1:1 !\n"},
        {"evil[dot]com", "Host evil.com 1:1 !\n"},
        {"evil(DOT)com", "Host evil.com 1:1 !\n"},
        {"evil [dot] com", "Host evil.com 1:1 !\n"},
        {"evil [.] com", "Host evil.com 1:1 !\n"},
        {"evil[ . ]com", "Host evil.com 1:1 !\n"},
        {"see evil dot com today", "Host evil.com 1:5 !\n"},
        {"www dot evil dot co dot uk", "Host www.evil.co.uk 1:1 !\n"},
        {"evil[.com", "Host evil.com 1:1 !\n"},
        {"evil.]com", "Host evil.com 1:1 !\n"},
        {"evil\\.com", "Host evil.com 1:1 !\n"},
        {"a[.]b[.]evil[.]com.", "Host a.b.evil.com 1:1 !\n"},
        {"x.evil[.]com[.]", "Host x.evil.com 1:1 !\n"},
        {"hxxp://evil[.]com/a.php", "URL http://evil.com/a.php 1:1 !\n"},
        {"hXXps://evil.com/", "URL https://evil.com/ 1:1 !\n"},
        {"h**p://evil.com/ h__ps://evil.com/",
         "URL http://evil.com/ 1:1 !\nURL https://evil.com/ 1:18 !\n"},
        {"meow://evil.com/x", "URL http://evil.com/x 1:1 !\n"},
        {"fxp://evil.com/x", "URL ftp://evil.com/x 1:1 !\n"},
        {"http[:]//evil.com/", "URL http://evil.com/ 1:1 !\n"},
        {"http[://]evil[.]com[/]a", "URL http://evil.com/a 1:1 !\n"},
        {"http:[//]evil.com", "URL http://evil.com 1:1 !\n"},
        {"hxxp:\\\\evil[.]com", "URL http://evil.com 1:1 !\n"},
        {"http:\\/\\/evil.com\\/a", "URL http://evil.com/a 1:1\n"},
        {"1.2.3[.]4 5[.]6[.]7[.]8", "Address 1.2.3.4 1:1 !\nAddress 5.6.7.8 1:11 !\n"},
        {"2001[:]db8[:][:]1", "Address 2001:db8::1 1:1 !\n"},
        {"bob[@]evil.com", "EmailAddress bob@evil.com 1:1 !\n"},
        {"bob(at)evil(dot)com", "EmailAddress bob@evil.com 1:1 !\n"},
        {"bob [at] evil [dot] com", "EmailAddress bob@evil.com 1:1 !\n"},
        {"bob at evil dot com", "EmailAddress bob@evil.com 1:1 !\n"},
        {"198.51.100.0[/]24", "CIDR 198.51.100.0/24 1:1 !\n"},
        {"evil[.]\ncom", "Host evil.com 1:1 !\n"},
        {"invoice[.]zip evil[.]py", "Host invoice.zip 1:1 !\nHost evil.py 1:15 !\n"},
        {"malware[.]exe", ""},
        {"c2[.]bazar", "Host c2.bazar 1:1 !\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_plain(void **state)
{
    static const find_row rows[] = {
        {"at evil.com, or (evil.net).", "Host evil.com 1:4\nHost evil.net 1:18\n"},
        {"EVIL.COM evil.com Evil.com", "Host evil.com 1:1\n"},
        {"`evil.com` \"evil.net\" 'evil.org' _evil.info_",
         "Host evil.com 1:2\nHost evil.net 1:13\nHost evil.org 1:24\nHost evil.info 1:35\n"},
        {"evil.com:8080 evil.net/a/b.com/c", "Host evil.com 1:1\nHost evil.net 1:15\n"},
        {"*.evil.com", "Host evil.com 1:3\n"},
        {"_dmarc.evil.com", "Host _dmarc.evil.com 1:1\n"},
        {"\\\\evil.com\\share", ""},
        {"com.br co.uk", ""},
        {"bob@evil.com; <eve+x@evil.com>",
         "EmailAddress bob@evil.com 1:1\nEmailAddress eve+x@evil.com 1:16\n"},
        {"Bob.Smith@EVIL.com", "EmailAddress Bob.Smith@evil.com 1:1\n"},
        {"j****@evil.com", ""},
        {"1.2.3.4:80, 1.2.3.5/x, 1.2.3.6-1.2.3.9",
         "Address 1.2.3.4 1:1\nAddress 1.2.3.5 1:13\nAddress 1.2.3.6 1:24\nAddress 1.2.3.9 1:32\n"},
        {"256.1.1.1 01.2.3.4 1.2.3.4.5 1.2.3", ""},
        {"10.0.0.0/8 10.1.0.0/33", "CIDR 10.0.0.0/8 1:1\nAddress 10.1.0.0 1:12\n"},
        {"2001:db8::1 and [2001:DB8::2]:80", "Address 2001:db8::1 1:1\nAddress 2001:db8::2 1:18\n"},
        {"2001:db8::/32", "CIDR 2001:db8:0:0:0:0:0:0/32 1:1\n"},
        {"::ffff:1.2.3.4", "Address ::ffff:1.2.3.4 1:1\n"},
        {"12:30:45 00:11:22:33:44:55 std::string a::b 00:11:22:33:44:55:66:77", ""},
        {"AS64500, ASN 64501 ASN:64502 as64503 AS400",
         "ASN ASN64500 1:1\nASN ASN64501 1:10\nASN ASN64502 1:20\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_hashes(void **state)
{
    static const find_row rows[] = {
        {MD5 " " SHA1 " " SHA256,
         "File " MD5_UP " 1:1\nFile " SHA1_UP " 1:34\nFile " SHA256_UP " 1:75\n"},
        {"md5:" MD5 ",sha1=" SHA1, "File " MD5_UP " 1:5\nFile " SHA1_UP " 1:43\n"},
        {MD5_UP " " MD5, "File " MD5_UP " 1:1\n"},
        {"sample_" MD5 ".bin", "File " MD5_UP " 1:8\n"},
        {MD5 "0 g" MD5, ""},
        {"imphash: " MD5 " JA3 " MD5, ""},
        {"00000000000000000000000000000000 11111111111111111111111111111111", ""},
        {"0123456789abcdef0123456789abcdea0123\n    456789abcdef0123456789abcdea",
         "File " SHA256_UP " 1:1\n"},
        {MD5 "\n" MD5 "\n", "File " MD5_UP " 1:1\n"},
        {"0123456789ab cdef0123456789abcdea", ""},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_urls(void **state)
{
    static const find_row rows[] = {
        {"(see http://evil.com/a_(b)). http://evil.com/x, or", "URL http://evil.com/a_(b) 1:6\n"
                                                               "URL http://evil.com/x 1:30\n"},
        {"<http://evil.com/a> \"http://evil.com/b\" 'http://evil.com/c'",
         "URL http://evil.com/a 1:2\nURL http://evil.com/b 1:22\nURL http://evil.com/c 1:42\n"},
        {"[text](http://evil.com/a) **http://evil.com/b**",
         "URL http://evil.com/a 1:8\nURL http://evil.com/b 1:29\n"},
        {"http://evil.com/a,http://evil.com/b;hxxp://evil.com/c",
         "URL http://evil.com/a 1:1\nURL http://evil.com/b 1:19\nURL http://evil.com/c 1:37 !\n"},
        {"HTTP://EVIL.com:8080/A?b=C#d", "URL http://evil.com:8080/A?b=C#d 1:1\n"},
        {"http://user:pass@evil.com/", "URL http://user:pass@evil.com/ 1:1\n"},
        {"http://1.2.3.4/a http://[2001:db8::1]:80/b",
         "URL http://1.2.3.4/a 1:1\nURL http://[2001:db8::1]:80/b 1:18\n"},
        {"at http://[2001:db8::1]: a door, http://[2001:db8::2]:99999 none, http://evil.com:99999",
         "URL http://[2001:db8::1] 1:4\nURL http://[2001:db8::2] 1:34\nURL http://evil.com 1:67\n"},
        {"http://localhost/ http:// http://http://", ""},
        {"https://evil.com?x=1 http://evil.com#a",
         "URL https://evil.com?x=1 1:1\nURL http://evil.com#a 1:22\n"},
        {"tcp://1.2.3.4:443 wss://evil.com/ws", "URL tcp://1.2.3.4:443 1:1\n"
                                                "URL wss://evil.com/ws 1:19\n"},
        {"https://evil.com,url (http://evil.net)",
         "URL https://evil.com 1:1\nURL http://evil.net 1:23\n"},
        {"xhttp://evil.com/", "Host evil.com 1:9\n"},
        {"http://evil.com/0123456789/0123456789/0123456789/0123456789/x?a=1&\nb=2 end",
         "URL http://evil.com/0123456789/0123456789/0123456789/0123456789/x?a=1&b=2 1:1\n"},
        {"http://evil.com/0123456789/0123456789/0123456789/0123456789/0123/\nevil.net\n",
         "URL http://evil.com/0123456789/0123456789/0123456789/0123456789/0123/ 1:1\n"
         "Host evil.net 2:1\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_unicode(void **state)
{
    static const find_row rows[] = {
        {"m\xC3\xBCnchen.de", "Host xn--mnchen-3ya.de 1:1\n"},
        {"xn--mnchen-3ya.de", "Host xn--mnchen-3ya.de 1:1\n"},
        {"\xC3\xA4\xC3\xB6 evil.com", "Host evil.com 1:4\n"},
        {"ev\xE2\x80\x8Bil.c\xC2\xADom", "Host evil.com 1:1\n"},
        {"\xEF\xBB\xBF"
         "evil.com",
         "Host evil.com 1:1\n"},
        {"evil\xE3\x80\x82"
         "com",
         "Host evil.com 1:1 !\n"},
        {"\xEF\xBD\x85vil\xEF\xBC\x8E"
         "com",
         "Host evil.com 1:1 !\n"},
        {"\xE2\x80\x9C"
         "evil.com\xE2\x80\x9D",
         "Host evil.com 1:2\n"},
        {"http://evil.com/a\xC2\xA0"
         "b",
         "URL http://evil.com/a 1:1\n"},
        {"http://m\xC3\xBCnchen.de/\xC3\xBC", "URL http://xn--mnchen-3ya.de/\xC3\xBC 1:1\n"},
        {"evil.com\xFF\xFE evil.net\x80", "Host evil.com 1:1\nHost evil.net 1:12\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_labelled(void **state)
{
    static const find_row rows[] = {
        {"User-Agent: Mozilla/5.0 (X11; rv:1.0)\nx", "User Agent Mozilla/5.0 (X11; rv:1.0) 1:13\n"},
        {"- Mutex: Global\\abc-1\nMutex name: `q`w\nmutex:", "Mutex Global\\abc-1 1:10\n"},
        {"Subject: Your invoice 12\nno Subject: here", "Email Subject Your invoice 12 1:10\n"},
        {"HKLM\\Software\\Microsoft\\Windows NT\\Run is set",
         "Registry Key HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\Run :  : REG_NONE "
         "1:1\n"},
        {"`HKCU\\Software\\A B\\`",
         "Registry Key HKEY_CURRENT_USER\\Software\\A B :  : REG_NONE 1:2\n"},
        {"HKEY_USERS\\\\x\\\\.y", "Registry Key HKEY_USERS\\x\\.y :  : REG_NONE 1:1\n"},
        {"#evil #1 # x", ""},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_nothing(void **state)
{
    static const find_row rows[] = {
        {"", ""},
        {"invoice.doc a.exe run.sh evil.py update.zip config.pl libx.so Main.java", ""},
        {"System.Net System.IO.Compression foo.name() this.name os.name = 1", ""},
        {"com.google.android.apps org.apache.commons.io java.io ASP.NET", ""},
        {"/tmp/x.com/y C:\\dir\\evil.com $this.name", ""},
        {"version 1.2.3.4, v 1.2.3.4 Chrome/1.2.3.4", ""},
        {"2021.03.02 T1497.001 e.g. i.e. Fig.1 Win32/Agent.TDK", ""},
        {"connect the dot in a polka dot dress at home", ""},
        {"....... -.- ___ @@@ :::: [] () [.] \\\\", ""},
        {"the [at] sign and [.] in regex", ""},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_PLAIN);
}

static void test_html(void **state)
{
    static const find_row rows[] = {
        {"<p>evil<b>[.]</b>com</p>", "Host evil.com 1:4 !\n"},
        {"<a href=\"http://evil.com/?a=1&amp;b=2\">x</a>", "URL http://evil.com/?a=1&b=2 1:10\n"},
        {"<a href=http://evil.com/a>x</a><img src='http://evil.com/b'>",
         "URL http://evil.com/a 1:9\nURL http://evil.com/b 1:42\n"},
        {"evil&#46;com evil&#x2e;net evil&period;org",
         "Host evil.com 1:1\nHost evil.net 1:14\nHost evil.org 1:28\n"},
        {"<td>evil.com</td><td>evil.net</td>", "Host evil.com 1:5\nHost evil.net 1:22\n"},
        {"<script>var a='evil.com';</script><style>evil.net{}</style><!-- evil.org -->evil.info",
         "Host evil.info 1:77\n"},
        {"a < b.com & c <", "Host b.com 1:5\n"},
        {"<div class=\"foo.com\" xmlns='http://evil.com/'>", ""},
        {"&lt;http://evil.com/&gt;", "URL http://evil.com/ 1:5\n"},
        {"<!-- evil.com", ""},
        /* Comments that end where they begin, as browsers take them. */
        {"<!-->evil.com<!---->evil.net<!--->evil.org<!-- evil.info -->",
         "Host evil.com 1:6\nHost evil.net 1:21\nHost evil.org 1:35\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_HTML);
}

static void test_csv(void **state)
{
    static const find_row rows[] = {
        {"value,type\nhttp://evil.com/a,url\n\"" MD5 "," SHA1 "\",file\n",
         "URL http://evil.com/a 2:1\nFile " MD5_UP " 3:2\nFile " SHA1_UP " 3:35\n"},
        {"evil.com;host\n1.2.3.4;ip\n", "Host evil.com 1:1\nAddress 1.2.3.4 2:1\n"},
        {"\"http://evil.com/a,b\",\"say \"\"evil.net\"\"\"\n",
         "URL http://evil.com/a,b 1:2\nHost evil.net 1:30\n"},
        {"http://evil.com/[PDF]a.zip,url\n", "URL http://evil.com/[PDF]a.zip 1:1\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_CSV);
}

static void test_asciidoc(void **state)
{
    static const find_row rows[] = {
        {"* `++http://evil[.]com++`\n", "URL http://evil.com 1:6 !\n"},
        {"| `+evil[.]com+` |x", "Host evil.com 1:5 !\n"},
        {"https://evil.com/a[label], link:https://evil.com/b[evil.net]",
         "URL https://evil.com/a 1:1\nURL https://evil.com/b 1:33\nHost evil.net 1:52\n"},
        {"evil+++[.]+++com {x} evil{zwsp}.net", "Host evil.com 1:1 !\nHost evil.net 1:22\n"},
        {"|`http://evil.com/a`|`evil.net`", "URL http://evil.com/a 1:3\nHost evil.net 1:23\n"},
    };
    (void)state;
    CHECK(rows, TOC_TEXT_ASCIIDOC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defanged), cmocka_unit_test(test_plain),
        cmocka_unit_test(test_hashes),   cmocka_unit_test(test_urls),
        cmocka_unit_test(test_unicode),  cmocka_unit_test(test_labelled),
        cmocka_unit_test(test_nothing),  cmocka_unit_test(test_html),
        cmocka_unit_test(test_csv),      cmocka_unit_test(test_asciidoc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
