/* What signatures, tokens and files tell those who have none: nothing about secrets, whatever is
 * tried. What a signature is good for, and for how long. */
#include "wire/signed.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/store.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"

/* "TC id:signature" for the target. */
static void sign(const toc_new_user *user, const char *method, const char *target, int64_t when,
                 char *out, size_t size)
{
    toc_signer *signer = NULL;
    toc_buf header;
    toc_buf_init(&header, 256);
    assert_int_equal(toc_signer_new(toc_str_of(user->secret_key), &signer, NULL), 0);
    assert_int_equal(toc_sign_header(signer, toc_str_of(user->access_id), toc_str_of(target),
                                     toc_str_of(method), when, &header),
                     0);
    (void)snprintf(out, size, "%s", header.ptr);
    toc_signer_free(signer);
    toc_buf_done(&header);
}

/* --- replay ---------------------------------------------------------------------------------- */

/* Whoever has a signed request can send it again as long as its time is near: the same request,
 * nothing else, and not later. Clients sign twice in a second, so the second one is no attack. */
static void test_replay(void **state)
{
    fixture *fix = *state;
    char header[256], other[256], now[32], later[32];
    int64_t when = toc_time_now();
    toc_new_user second;
    (void)snprintf(now, sizeof(now), "%lld", (long long)when);
    (void)snprintf(later, sizeof(later), "%lld", (long long)when + 1);
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &second, NULL), 0);
    sign(&fix->user, "DELETE", HOSTS "/x.example", when, header, sizeof(header));
    for (int i = 0; i < 2; i++)
        assert_int_equal(ask_with(fix, "DELETE", HOSTS "/x.example", NULL, header, now), 404);
    assert_int_equal(ask_with(fix, "GET", HOSTS "/x.example", NULL, header, now), 401);
    assert_int_equal(ask_with(fix, "DELETE", HOSTS "/y.example", NULL, header, now), 401);
    assert_int_equal(ask_with(fix, "DELETE", HOSTS "/x.example?a=b", NULL, header, now), 401);
    assert_int_equal(ask_with(fix, "DELETE", HOSTS "/X.example", NULL, header, now), 401);
    assert_int_equal(ask_with(fix, "DELETE", HOSTS "/x.example", NULL, header, later), 401);
    /* The signature of one user under the name of another. */
    (void)snprintf(other, sizeof(other), "TC %s:%s", second.access_id, strchr(header, ':') + 1);
    assert_int_equal(ask_with(fix, "DELETE", HOSTS "/x.example", NULL, other, now), 401);
    assert_int_equal(ask_late(fix, &fix->user, "GET", OWNERS, NULL, -TOC_CLOCK_WINDOW - 2), 401);
    assert_int_equal(ask_late(fix, &fix->user, "GET", OWNERS, NULL, TOC_CLOCK_WINDOW + 2), 401);
}

/* --- answers --------------------------------------------------------------------------------- */

static void same_answer(fixture *fix, const char *header, const char *now, const char *wanted)
{
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, header, now), 401);
    if (strcmp(fixture_body(fix), wanted) != 0)
        fail_msg("%s: %s", header, fixture_body(fix));
}

/* How much of a signature is right makes no difference. */
static void test_wrong_signatures(void **state)
{
    static const char wanted[] =
        "{\"status\":\"Failure\",\"message\":\"Signature data did not match expected result\"}";
    fixture *fix = *state;
    char good[256], header[512], now[32];
    int64_t when = toc_time_now();
    (void)snprintf(now, sizeof(now), "%lld", (long long)when);
    sign(&fix->user, "GET", OWNERS, when, good, sizeof(good));
    size_t from = (size_t)(strrchr(good, ':') + 1 - good);
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, good, now), 200);
    for (size_t i = from; i < strlen(good); i++) {
        (void)snprintf(header, sizeof(header), "%s", good);
        header[i] = header[i] == 'A' ? 'B' : 'A';
        same_answer(fix, header, now, wanted);
        /* Cut off there. */
        if (i > from) {
            (void)snprintf(header, sizeof(header), "%.*s", (int)i, good);
            same_answer(fix, header, now, wanted);
        }
    }
    (void)snprintf(header, sizeof(header), "%sA", good);
    same_answer(fix, header, now, wanted);
    (void)snprintf(header, sizeof(header), "%.*s%s", (int)from, good,
                   "%27%20OR%201%3D1%20--%20AAAAAAAAAAAAAAAAAAAAAAAA=");
    same_answer(fix, header, now, wanted);
}

static void test_wrong_tokens(void **state)
{
    static const char wanted[] = "{\"status\":\"Failure\",\"message\":\"Unauthorized\"}";
    fixture *fix = *state;
    char token[240], header[512];
    assert_int_equal(ask_as(fix, &fix->user, "POST", "/api/internal/token/api", NULL), 200);
    text_of(fix, "data", token, sizeof(token));
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 200);
    for (size_t i = 0; i < strlen(token); i++) {
        (void)snprintf(header, sizeof(header), "TC-Token %s", token);
        header[9 + i] = header[9 + i] == 'A' ? 'B' : 'A';
        same_answer(fix, header, NULL, wanted);
    }
    (void)snprintf(header, sizeof(header), "TC-Token %.*s", (int)strlen(token) - 1, token);
    same_answer(fix, header, NULL, wanted);
    (void)snprintf(header, sizeof(header), "TC-Token %sA", token);
    same_answer(fix, header, NULL, wanted);
    same_answer(fix, "TC-Token ' OR '1'='1", NULL, wanted);
    same_answer(fix, "TC-Token %", NULL, wanted);
}

/* Which paths there are, and what is wrong with a body, is nothing for those whom nobody knows. */
static void test_strangers_hear_nothing(void **state)
{
    static const char *const targets[] = {
        OWNERS, "/api/v2/nothing",    "/api/v2/owners/1", "/api/v2/owners/999", "/api/v2/%ff",
        "/",    HOSTS "/evil.example"};
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    fixture *fix = *state;
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    for (size_t i = 0; i < TOC_COUNT(targets); i++) {
        for (size_t k = 0; k < TOC_COUNT(methods); k++) {
            assert_int_equal(ask_with(fix, methods[k], targets[i], "{", NULL, NULL), 401);
            assert_string_equal(fixture_body(fix),
                                "{\"status\":\"Failure\",\"message\":\"Access Denied\"}");
        }
    }
}

/* --- at rest --------------------------------------------------------------------------------- */

static bool file_has(const char *path, const char *text)
{
    struct stat info;
    bool found = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    char *all = malloc((size_t)info.st_size + 1);
    assert_non_null(all);
    assert_int_equal(read(fd, all, (size_t)info.st_size), info.st_size);
    found = memmem(all, (size_t)info.st_size, text, strlen(text)) != NULL;
    free(all);
    (void)close(fd);
    return found;
}

/* Looks into every file beside the store. Returns how many there are. */
static size_t look(const char *directory, const char *const *secrets, size_t count)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    size_t files = 0;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char path[512];
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof(path), "%.200s/%.250s", directory, entry->d_name);
        assert_int_equal(stat(path, &info), 0);
        if (info.st_mode & 077)
            fail_msg("%s: mode %o", path, (unsigned)info.st_mode & 0777U);
        if (S_ISDIR(info.st_mode)) {
            files += look(path, secrets, count);
            continue;
        }
        files++;
        for (size_t i = 0; i < count; i++) {
            if (file_has(path, secrets[i]))
                fail_msg("%s holds a secret", path);
        }
    }
    (void)closedir(dir);
    return files;
}

/* Neither secrets nor tokens are in the store or a copy of it as they are, and nobody else may read
 * its files, whatever the umask says. */
static void test_at_rest(void **state)
{
    fixture fix;
    char token[240], backup[160];
    mode_t before = umask(0);
    (void)state;
    fixture_new(&fix, 500);
    expect(&fix, "POST", "/v2/groups/documents", "{\"name\":\"D\",\"fileName\":\"d\"}", 201);
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld/upload",
                   number_of(&fix, "id"));
    expect(&fix, "POST", target, "content", 200);
    assert_int_equal(ask_as(&fix, &fix.user, "POST", "/api/internal/token/api", NULL), 200);
    text_of(&fix, "data", token, sizeof(token));
    const char *const secrets[] = {fix.user.secret_key, token, strrchr(token, ':') + 1};
    assert_true(look(fix.directory, secrets, TOC_COUNT(secrets)) >= 3);
    (void)snprintf(backup, sizeof(backup), "%s/copy.db", fix.directory);
    assert_int_equal(toc_platform_backup(fix.platform, backup, NULL), 0);
    assert_true(look(fix.directory, secrets, TOC_COUNT(secrets)) >= 6);
    fixture_done(&fix);
    (void)umask(before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_replay),
        TEST(test_wrong_signatures),
        TEST(test_wrong_tokens),
        TEST(test_strangers_hear_nothing),
        cmocka_unit_test(test_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
