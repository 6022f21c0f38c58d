/* Settings from files and the environment: the reader, the order of places, what belongs together,
 * and that nothing is mixed. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/folder.h"
#include "tocsin/config.h"

static toc_error err;
static char folder[FOLDER_SIZE];
static char heard[2048];

static void hear(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)user, (void)area;
    assert_int_equal(level, TOC_LOG_WARNING);
    (void)snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%s\n", text);
}

static int enter(void **state)
{
    (void)state;
    toc_option_info info;
    for (size_t i = 0; toc_session_option_at(i, &info); i++)
        if (info.environment)
            (void)unsetenv(info.environment);
    (void)unsetenv("TOCSIN_CONFIG");
    (void)unsetenv("TOCSIN_PROFILE");
    heard[0] = '\0';
    folder_make(folder);
    return chdir(folder) || setenv("HOME", folder, 1);
}

static int leave(void **state)
{
    (void)state;
    assert_int_equal(chdir("/"), 0);
    folder_remove(folder);
    return 0;
}

static void put_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static toc_rc try_file(const char *path, toc_config **config)
{
    const toc_config_options places = {.version = 1, .path = path};
    return toc_config_load(&places, config, &err);
}

static toc_config *load(const char *path)
{
    toc_config *config = NULL;
    memset(&err, 0, sizeof(err));
    const toc_config_options places = {.version = 1, .path = path, .log = hear};
    if (toc_config_load(&places, &config, &err))
        fail_msg("%s", err.message);
    return config;
}

static void test_file(void **state)
{
    (void)state;
    put_file("one.conf",
             "\xEF\xBB\xBF# a comment\r\n"
             "[other]\napi_base_url = https://wrong\nnot a setting\n"
             "[ threatconnect ]\n"
             "api_base_url=https://tip.example/api\n"
             "  api_access_id =  12345 \r\n"
             "; another comment\n"
             "api_secret_key = aa;bb #cc!@$%^&*()-=\"q\"\n"
             "api_default_org = Example Community\n"
             "api_result_limit = 250\n"
             "api_token =\n"
             "activity_log = true\nretries = 3\nproxy = p.example\nproxy_port = 8080\n"
             "proxy_user = u\nproxy_password = p:@\n"
             "log_file = x.log\nlog_file_level = debug",
             0600);
    toc_config *config = load("one.conf");
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_config_apply(config, &options);
    assert_string_equal(options.api_url, "https://tip.example/api");
    assert_string_equal(options.access_id, "12345");
    assert_string_equal(options.secret_key, "aa;bb #cc!@$%^&*()-=\"q\"");
    assert_string_equal(options.owner, "Example Community");
    assert_int_equal(options.result_limit, 250);
    assert_null(options.token);
    assert_true(options.activity_log);
    assert_int_equal(options.retries, 3);
    assert_string_equal(options.proxy, "p.example");
    assert_int_equal(options.proxy_port, 8080);
    assert_string_equal(options.proxy_password, "p:@");
    assert_string_equal(options.log_file_level, "debug");
    assert_int_equal(options.timeout_s, 0); /* the default is the session's business */
    assert_string_equal(heard, "");
    toc_session *sess = NULL;
    options.log_file = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_config_free(config); /* everything was copied */
    assert_true(toc_str_equal(toc_session_owner(sess), TOC_S("Example Community")));
    toc_session_close(sess);
    toc_config_free(NULL);
}

static void test_broken_files(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_rc rc;
        uint64_t line;
        const char *field, *says;
    } rows[] = {
        {"[threatconnect]\n\nnot a setting\n", TOC_EPARSE, 3, "", "line 3 is not \"key = value\""},
        {"[threatconnect]\n= value\n", TOC_EPARSE, 2, "", "line 2"},
        {"[threatconnect\n", TOC_EPARSE, 1, "", "[section]"},
        {"[threatconnect]\napi_result_limit = 0\n", TOC_EINVAL, 2, "result_limit", "1 to 10000"},
        {"[threatconnect]\nretries = many\n", TOC_EINVAL, 2, "retries", "a number"},
        {"[threatconnect]\ninsecure = sure\n", TOC_EINVAL, 2, "insecure", "true or false"},
        {"[threatconnect]\nowner = a\tb\n", TOC_EINVAL, 2, "owner", "control"},
        {"[threatconnect]\nproxy = http://u:secret@p\n", TOC_EINVAL, 2, "proxy", "options"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_config *config = NULL;
        put_file("one.conf", rows[i].text, 0600);
        assert_int_equal(try_file("one.conf", &config), rows[i].rc);
        assert_null(config);
        assert_int_equal(err.line, rows[i].line);
        assert_string_equal(err.field, rows[i].field);
        assert_non_null(strstr(err.message, rows[i].says));
        assert_memory_equal(err.message, "one.conf: ", 10);
        assert_null(strstr(err.message, "secret"));
    }
    toc_config *config = NULL;
    assert_int_equal(try_file("none.conf", &config), TOC_ENOTFOUND);
    assert_int_equal(try_file(".", &config), TOC_EIO);
    assert_int_equal(try_file("one.conf", NULL), TOC_EINVAL);
    assert_int_equal(setenv("TOCSIN_CONFIG", "none.conf", 1), 0);
    assert_int_equal(toc_config_load(NULL, &config, &err), TOC_ENOTFOUND);
}

static void test_warnings(void **state)
{
    (void)state;
    put_file("one.conf", "[threatconnect]\napi_base = x\napi_token = t\n", 0640);
    toc_config_free(load("one.conf"));
    assert_string_equal(heard, "one.conf can be read by others; 'chmod 600 one.conf' mends it\n"
                               "one.conf: there is no setting \"api_base\"\n");
}

/* call, environment, file, default */
static void test_precedence(void **state)
{
    (void)state;
    assert_int_equal(mkdir(".config", 0700), 0);
    assert_int_equal(mkdir(".config/tocsin", 0700), 0);
    put_file(".config/tocsin/config",
             "[threatconnect]\napi_base_url = https://home\napi_default_org = home\nretries = 7\n",
             0600);
    put_file("tc.conf", "[threatconnect]\napi_base_url = https://here\n", 0600);
    assert_int_equal(setenv("TC_OWNER", "variable", 1), 0);
    assert_int_equal(setenv("TC_TOKEN", "", 1), 0); /* as good as none */
    toc_config *config = load(NULL);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_config_apply(config, &options);
    assert_string_equal(options.api_url, "https://here");
    assert_string_equal(options.owner, "variable");
    assert_int_equal(options.retries, 7);
    assert_null(options.token);
    options = (toc_session_options){.version = 1, .owner = "caller", .retries = 2};
    toc_config_apply(config, &options);
    assert_string_equal(options.owner, "caller");
    assert_int_equal(options.retries, 2);
    assert_string_equal(options.api_url, "https://here");
    toc_config_free(config);
    assert_int_equal(setenv("TC_PROXY_PORT", "0", 1), 0);
    assert_int_equal(toc_config_load(NULL, &config, &err), TOC_EINVAL);
    assert_memory_equal(err.message, "TC_PROXY_PORT: ", 15);
    toc_config_apply(NULL, &options);
}

/* What the nearer file says counts, also when it says no. */
static void test_switched_off(void **state)
{
    (void)state;
    assert_int_equal(mkdir(".config", 0700), 0);
    assert_int_equal(mkdir(".config/tocsin", 0700), 0);
    put_file(".config/tocsin/config",
             "[threatconnect]\ninsecure = true\nlog_to_api = true\nconnect_timeout_s = 9\n"
             "api_token = t\napi_token_expires = 7\n",
             0600);
    put_file("tc.conf",
             "[threatconnect]\ninsecure = false\nconnect_timeout_s = 0\napi_token_expires = 0\n",
             0600);
    toc_config *config = load(NULL);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_config_apply(config, &options);
    assert_false(options.insecure);
    assert_true(options.log_to_api);
    assert_int_equal(options.connect_timeout_s, 0);
    assert_int_equal(options.token_expires, 0);
    assert_string_equal(options.token, "t");
    toc_config_free(config);
}

/* A home that is none has no file either. */
static void test_no_home(void **state)
{
    (void)state;
    assert_int_equal(setenv("HOME", "/dev/null", 1), 0);
    put_file("tc.conf", "[threatconnect]\napi_token = t\n", 0600);
    toc_config *config = NULL;
    assert_int_equal(toc_config_load(NULL, &config, &err), TOC_OK);
    toc_config_free(config);
    const toc_config_options place = {.version = 1, .path = "/dev/null/x"};
    assert_int_equal(toc_config_load(&place, &config, &err), TOC_ENOTFOUND);
}

static void test_variables(void **state)
{
    (void)state;
    static const char *const names[] = {"TC_API_PATH",   "TC_API_ACCESS_ID",  "TC_API_SECRET_KEY",
                                        "TC_OWNER",      "TC_TOKEN",          "TC_PROXY_HOST",
                                        "TC_PROXY_PORT", "TC_PROXY_USERNAME", "TC_PROXY_PASSWORD"};
    for (size_t i = 0; i < TOC_COUNT(names); i++)
        assert_int_equal(setenv(names[i], i == 6 ? "3129" : names[i], 1), 0);
    toc_config *config = load(NULL);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_config_apply(config, &options);
    const char *found[] = {options.api_url,
                           options.access_id,
                           options.secret_key,
                           options.owner,
                           options.token,
                           options.proxy,
                           NULL,
                           options.proxy_user,
                           options.proxy_password};
    for (size_t i = 0; i < TOC_COUNT(names); i++)
        if (i != 6)
            assert_string_equal(found[i], names[i]);
    assert_int_equal(options.proxy_port, 3129);
    toc_config_free(config);
}

/* A secret never goes along with a setting of another place that it was not meant for. */
static void test_families(void **state)
{
    (void)state;
    put_file("tc.conf",
             "[threatconnect]\napi_access_id = file\napi_secret_key = file\nproxy = file\n"
             "proxy_port = 1\nproxy_user = file\nproxy_password = file\nclient_cert = file\n"
             "client_key = file\n",
             0600);
    assert_int_equal(setenv("TC_TOKEN", "variable", 1), 0);
    assert_int_equal(setenv("TC_PROXY_HOST", "variable", 1), 0);
    toc_config *config = load(NULL);
    toc_session_options options = {.version = 1, .client_cert = "caller"};
    toc_config_apply(config, &options);
    assert_string_equal(options.token, "variable");
    assert_null(options.access_id);
    assert_null(options.secret_key);
    assert_string_equal(options.proxy, "variable");
    assert_int_equal(options.proxy_port, 0);
    assert_null(options.proxy_user);
    assert_null(options.proxy_password);
    assert_null(options.client_key);
    /* Keys of the caller drive out the token of the environment, half a pair is completed. */
    toc_config_free(config);
    assert_int_equal(unsetenv("TC_PROXY_HOST"), 0);
    assert_int_equal(setenv("TC_API_SECRET_KEY", "variable", 1), 0);
    config = load(NULL);
    options = (toc_session_options){.version = 1, .access_id = "caller"};
    toc_config_apply(config, &options);
    assert_null(options.token);
    assert_string_equal(options.access_id, "caller");
    assert_string_equal(options.secret_key, "variable");
    toc_config_free(config);
}

static void hear_of(void *user, toc_str profile, const char *file, uint64_t line)
{
    size_t used = strlen(heard);
    (void)user;
    (void)snprintf(heard + used, sizeof(heard) - used, "%.*s %s:%d\n", (int)profile.len,
                   profile.ptr, strrchr(file, '/') ? strrchr(file, '/') + 1 : file, (int)line);
}

static toc_rc load_profile(const char *name, toc_session_options *options)
{
    toc_config *config = NULL;
    const toc_config_options places = {.version = 1, .profile = name, .found = hear_of};
    *options = (toc_session_options)TOC_SESSION_OPTIONS_INIT;
    heard[0] = '\0';
    memset(&err, 0, sizeof(err));
    toc_rc rc = toc_config_load(&places, &config, &err);
    static toc_config *kept; /* the texts are borrowed */
    toc_config_free(kept);
    kept = config;
    if (!rc)
        toc_config_apply(config, options);
    return rc;
}

/* A profile stands alone, over all files and under the environment. */
static void test_profiles(void **state)
{
    (void)state;
    toc_session_options options;
    assert_int_equal(mkdir(".config", 0700), 0);
    assert_int_equal(mkdir(".config/tocsin", 0700), 0);
    put_file(".config/tocsin/config",
             "[threatconnect]\napi_base_url = https://plain\napi_access_id = plain\n"
             "[profile lab]\napi_base_url = https://lab\napi_default_org = Lab\n"
             "[profile  two words ]\napi_base_url = https://two\n[profiles]\n[profile]\nx\n",
             0600);
    put_file("tc.conf", "[profile lab]\napi_base_url = https://here\n", 0600);
    assert_int_equal(load_profile("lab", &options), TOC_OK);
    assert_string_equal(options.api_url, "https://here");
    assert_string_equal(options.owner, "Lab");
    assert_null(options.access_id);
    assert_string_equal(heard, "lab config:4\ntwo words config:7\nlab tc.conf:1\n");
    assert_int_equal(load_profile("two words", &options), TOC_OK);
    assert_string_equal(options.api_url, "https://two");
    assert_int_equal(load_profile(NULL, &options), TOC_OK);
    assert_string_equal(options.api_url, "https://plain");
    assert_int_equal(setenv("TOCSIN_PROFILE", "lab", 1), 0);
    assert_int_equal(load_profile(NULL, &options), TOC_OK);
    assert_string_equal(options.api_url, "https://here");
    assert_int_equal(load_profile("", &options), TOC_OK);
    assert_string_equal(options.api_url, "https://plain");
    assert_int_equal(setenv("TC_OWNER", "variable", 1), 0);
    assert_int_equal(load_profile("lab", &options), TOC_OK);
    assert_string_equal(options.owner, "variable");
    assert_int_equal(load_profile("lap", &options), TOC_ENOTFOUND);
    assert_string_equal(err.field, "profile");
    assert_string_equal(heard, "lab config:4\ntwo words config:7\nlab tc.conf:1\n");
    (void)load_profile("", &options);
}

static void test_wrong_profiles(void **state)
{
    (void)state;
    toc_session_options options;
    put_file("tc.conf", "[profile a]\n\n[profile b]\n[ profile  a ]\n", 0600);
    assert_int_equal(load_profile(NULL, &options), TOC_ECONFLICT);
    assert_int_equal(err.line, 4);
    assert_non_null(strstr(err.message, "\"a\" is there already, in line 1"));
    static char many[8192];
    for (int i = 0; i < 257; i++)
        (void)snprintf(many + strlen(many), sizeof(many) - strlen(many), "[profile %d]\n", i);
    put_file("tc.conf", many, 0600);
    assert_int_equal(load_profile("0", &options), TOC_ELIMIT);
    put_file("tc.conf", "[profile a]\nretries = 2\n", 0602);
    assert_int_equal(load_profile("a", &options), TOC_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "everybody can write to tc.conf"));
    toc_config *config = NULL;
    const toc_config_options places = {.version = 2};
    assert_int_equal(toc_config_load(&places, &config, &err), TOC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file, enter, leave),
        cmocka_unit_test_setup_teardown(test_broken_files, enter, leave),
        cmocka_unit_test_setup_teardown(test_warnings, enter, leave),
        cmocka_unit_test_setup_teardown(test_precedence, enter, leave),
        cmocka_unit_test_setup_teardown(test_switched_off, enter, leave),
        cmocka_unit_test_setup_teardown(test_no_home, enter, leave),
        cmocka_unit_test_setup_teardown(test_variables, enter, leave),
        cmocka_unit_test_setup_teardown(test_families, enter, leave),
        cmocka_unit_test_setup_teardown(test_profiles, enter, leave),
        cmocka_unit_test_setup_teardown(test_wrong_profiles, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
