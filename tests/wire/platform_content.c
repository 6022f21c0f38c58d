/* Files of documents and reports, texts of signatures, publishing: rest-v2 2.8. */
#include "platform_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/store.h"

#define API "/api/v2/groups/"
#define DOCUMENT "{\"name\":\"Doc\",\"fileName\":\"d.bin\"}"
#define ZIP                                                                                        \
    "PK\x03\x04\x14\x00\x01\x00"                                                                   \
    "0123456789abcdefghijklmnopqrst"
#define PLAIN_ZIP                                                                                  \
    "PK\x03\x04\x14\x00\x00\x00"                                                                   \
    "0123456789abcdefghijklmnopqrst"

static int setup(void **state)
{
    fixture *fix = test_malloc(sizeof(*fix));
    fixture_new(fix, 500);
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_check(fix->platform, NULL), TOC_OK);
    fixture_done(fix);
    test_free(fix);
    return 0;
}

/* A request with bytes of any kind. */
static int send_bytes(fixture *fix, const char *method, const char *target, toc_str body)
{
    toc_request request = {.method = method, .target = toc_str_of(target), .body = body};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL), 0);
    return toc_response_status(fix->response);
}

static int files_of(const fixture *fix)
{
    char path[160];
    int count = 0;
    struct dirent *entry;
    (void)snprintf(path, sizeof(path), "%s.files", fix->path);
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    if (dir)
        (void)closedir(dir);
    return count;
}

static long long create(fixture *fix, const char *branch, const char *body)
{
    char target[128];
    (void)snprintf(target, sizeof(target), API "%s", branch);
    expect(fix, "POST", target, body, 201);
    return number_of(fix, "id");
}

static const char *path_to(const char *branch, long long id, const char *rest)
{
    static char target[256];
    (void)snprintf(target, sizeof(target), API "%s/%lld%s", branch, id, rest);
    return target;
}

static void downloads(fixture *fix, const char *target, toc_str wanted, const char *type)
{
    assert_int_equal(get(fix, target), 200);
    toc_str body = toc_response_body(fix->response);
    assert_int_equal(body.len, wanted.len);
    assert_memory_equal(body.ptr, wanted.ptr, wanted.len);
    assert_true(
        toc_str_equal(toc_response_header(fix->response, "Content-Type"), toc_str_of(type)));
}

static void test_up_and_down(void **state)
{
    fixture *fix = *state;
    static const char *const branches[] = {"documents", "reports"};
    const toc_str first = TOC_S("\x00\x01\xff one"), second = TOC_S("%PDF-1.4 two");
    for (size_t i = 0; i < TOC_COUNT(branches); i++) {
        long long id = create(fix, branches[i], DOCUMENT);
        contains(fix, "\"status\":\"Awaiting Upload\"");
        expect(fix, "GET", path_to(branches[i], id, "/download"), NULL, 404);
        assert_int_equal(send_bytes(fix, "POST", path_to(branches[i], id, "/upload"), first), 200);
        assert_string_equal(fixture_body(fix), "{\"status\":\"Success\"}");
        downloads(fix, path_to(branches[i], id, "/download"), first, "application/octet-stream");
        assert_int_equal(get(fix, path_to(branches[i], id, "")), 200);
        contains(fix, "\"fileSize\":7");
        lacks(fix, "Awaiting");
        /* Clients turn to PUT on exactly 401. */
        assert_int_equal(send_bytes(fix, "POST", path_to(branches[i], id, "/upload"), second), 401);
        downloads(fix, path_to(branches[i], id, "/download"), first, "application/octet-stream");
        assert_int_equal(send_bytes(fix, "PUT", path_to(branches[i], id, "/upload"), second), 200);
        downloads(fix, path_to(branches[i], id, "/download"), second, "application/octet-stream");
        assert_int_equal(
            send_bytes(fix, "POST", path_to(branches[i], id, "/upload?updateIfExists=true"), first),
            200);
        downloads(fix, path_to(branches[i], id, "/download"), first, "application/octet-stream");
    }
    assert_int_equal(files_of(fix), 2);
}

static void test_by_xid(void **state)
{
    fixture *fix = *state;
    long long other = create(fix, "documents", DOCUMENT);
    char config[400];
    assert_int_equal(batch(fix, "{\"group\":[{\"name\":\"B\",\"type\":\"Document\",\"xid\":\"x-1\","
                                "\"fileName\":\"b\"},{\"name\":\"N\",\"type\":\"Document\","
                                "\"xid\":\"987654\",\"fileName\":\"n\"}]}"),
                     200);
    (void)snprintf(config, sizeof(config),
                   "{\"group\":[{\"name\":\"I\",\"type\":\"Document\",\"xid\":\"%lld\","
                   "\"fileName\":\"i\"}]}",
                   other);
    assert_int_equal(batch(fix, config), 200);
    expect(fix, "POST", API "documents/x-1/upload?updateIfExists=true", "by xid", 200);
    expect(fix, "GET", API "documents/x-1/download", NULL, 200);
    expect(fix, "POST", API "documents/987654/upload", "digits", 200);
    assert_int_equal(get(fix, API "documents?filters=name%3DN"), 200);
    contains(fix, "\"fileSize\":6");
    /* Digits name an id first, even where an xid reads the same. */
    expect(fix, "POST", path_to("documents", other, "/upload"), "the id", 200);
    downloads(fix, path_to("documents", other, "/download"), TOC_S("the id"),
              "application/octet-stream");
    assert_int_equal(get(fix, API "documents?filters=name%3DI"), 200);
    lacks(fix, "fileSize");
    expect(fix, "POST", API "reports/x-1/upload", "x", 404);
    expect(fix, "POST", API "documents/x-2/upload", "x", 404);
    expect(fix, "POST", API "documents/99999999999999999999999/upload", "x", 404);
    expect(fix, "POST", API "documents/x-1/upload?owner=Shared%20Feed", "x", 404);
    expect(fix, "POST", API "documents/x-1/upload?owner=Nobody", "x", 403);
}

static void test_refusals(void **state)
{
    fixture *fix = *state;
    long long id = create(fix, "documents", DOCUMENT);
    long long incident = create(fix, "incidents", "{\"name\":\"I\"}");
    assert_int_equal(send_bytes(fix, "POST", path_to("documents", id, "/upload"), TOC_S("")), 400);
    expect(fix, "POST", path_to("incidents", incident, "/upload"), "x", 404);
    expect(fix, "GET", path_to("incidents", incident, "/download"), NULL, 404);
    expect(fix, "POST", path_to("reports", id, "/upload"), "x", 404);
    assert_int_equal(files_of(fix), 0);
}

static void test_malware(void **state)
{
    fixture *fix = *state;
    const toc_str zip = {ZIP, sizeof(ZIP) - 1}, plain = {PLAIN_ZIP, sizeof(PLAIN_ZIP) - 1};
    long long id = create(fix, "documents",
                          "{\"name\":\"M\",\"fileName\":\"m.zip\",\"malware\":true,"
                          "\"password\":\"infected\"}");
    const char *target = path_to("documents", id, "/upload");
    assert_int_equal(send_bytes(fix, "POST", target, TOC_S("MZ not a zip")), 400);
    assert_int_equal(send_bytes(fix, "POST", target, plain), 400);
    assert_int_equal(send_bytes(fix, "POST", target, toc_str_slice(zip, 0, 8)), 400);
    assert_int_equal(files_of(fix), 0);
    assert_int_equal(send_bytes(fix, "POST", target, zip), 200);
    downloads(fix, path_to("documents", id, "/download"), zip, "application/octet-stream");
}

static void test_signature(void **state)
{
    fixture *fix = *state;
    long long id = create(fix, "signatures",
                          "{\"name\":\"S\",\"fileName\":\"s.yar\",\"fileType\":\"YARA\","
                          "\"fileText\":\"rule a {}\"}");
    downloads(fix, path_to("signatures", id, "/download"), TOC_S("rule a {}"), "text/plain");
    const toc_str text = TOC_S("rule \"b\" {\n}\n\xc3\xa4");
    assert_int_equal(send_bytes(fix, "POST", path_to("signatures", id, "/upload"), text), 200);
    downloads(fix, path_to("signatures", id, "/download"), text, "text/plain");
    const toc_str bad[] = {TOC_S("\xff\xfe"), TOC_S("a\0b"), TOC_S("")};
    for (size_t i = 0; i < TOC_COUNT(bad); i++)
        assert_int_equal(send_bytes(fix, "POST", path_to("signatures", id, "/upload"), bad[i]),
                         400);
    downloads(fix, path_to("signatures", id, "/download"), text, "text/plain");
    assert_int_equal(files_of(fix), 0);
}

static void test_removal_takes_the_file(void **state)
{
    fixture *fix = *state;
    long long one = create(fix, "documents", DOCUMENT), two = create(fix, "documents", DOCUMENT);
    expect(fix, "POST", path_to("documents", one, "/upload"), "one", 200);
    expect(fix, "POST", path_to("documents", two, "/upload"), "two", 200);
    assert_int_equal(files_of(fix), 2);
    expect(fix, "DELETE", path_to("documents", one, ""), NULL, 200);
    assert_int_equal(files_of(fix), 1);
    expect(fix, "GET", path_to("documents", one, "/download"), NULL, 404);
    downloads(fix, path_to("documents", two, "/download"), TOC_S("two"),
              "application/octet-stream");
}

static void test_file_type_filter(void **state)
{
    fixture *fix = *state;
    long long by_bytes = create(fix, "documents", "{\"name\":\"bytes\",\"fileName\":\"x.bin\"}");
    (void)create(fix, "documents", "{\"name\":\"extension\",\"fileName\":\"x.Pdf\"}");
    (void)create(fix, "documents", "{\"name\":\"neither\",\"fileName\":\"pdf.txt\"}");
    expect(fix, "POST", path_to("documents", by_bytes, "/upload"), "%PDF-1.7 x", 200);
    assert_int_equal(get(fix, API "documents?filters=fileType%3Dpdf"), 200);
    contains(fix, "\"resultCount\":2");
    contains(fix, "\"bytes\"");
    contains(fix, "\"extension\"");
    assert_int_equal(get(fix, API "documents?filters=fileType%3DZIP"), 200);
    contains(fix, "\"resultCount\":0");
}

/* A platform that ends in the middle leaves temporary files and files that no row names. */
static void leave(const fixture *fix, const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof(path), "%s.files/%s", fix->path, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "left", 4), 4);
    assert_int_equal(close(fd), 0);
}

static void test_sweep(void **state)
{
    fixture *fix = *state;
    char busy[200];
    long long id = create(fix, "documents", DOCUMENT);
    expect(fix, "POST", path_to("documents", id, "/upload"), "kept", 200);
    leave(fix, "00112233445566778899aabbccddeeff.part");
    leave(fix, "ffeeddccbbaa99887766554433221100");
    leave(fix, "0123456789abcdef0123456789abcdef.part");
    /* Another process is writing this one. */
    (void)snprintf(busy, sizeof(busy), "%s.files/0123456789abcdef0123456789abcdef.part", fix->path);
    int fd = open(busy, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    toc_platform_close(fix->platform);
    fixture_open(fix, 500);
    assert_int_equal(files_of(fix), 2);
    assert_int_equal(close(fd), 0);
    toc_platform_close(fix->platform);
    fixture_open(fix, 500);
    assert_int_equal(files_of(fix), 1);
    downloads(fix, path_to("documents", id, "/download"), TOC_S("kept"),
              "application/octet-stream");
}

static void test_check(void **state)
{
    fixture *fix = *state;
    char path[160], file[512] = "";
    toc_error err = {0};
    long long id = create(fix, "documents", DOCUMENT);
    expect(fix, "POST", path_to("documents", id, "/upload"), "content", 200);
    assert_int_equal(toc_platform_check(fix->platform, &err), TOC_OK);
    (void)snprintf(path, sizeof(path), "%s.files", fix->path);
    DIR *dir = opendir(path);
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)snprintf(file, sizeof(file), "%s/%.200s", path, entry->d_name);
    }
    (void)closedir(dir);
    assert_int_equal(truncate(file, 3), 0);
    assert_int_equal(toc_platform_check(fix->platform, &err), TOC_ESTORE);
    assert_non_null(strstr(err.message, "3 bytes instead of 7"));
    assert_int_equal(unlink(file), 0);
    assert_int_equal(toc_platform_check(fix->platform, &err), TOC_ESTORE);
    assert_non_null(strstr(err.message, "is missing"));
    /* The platform goes on, and another upload heals it. */
    expect(fix, "GET", path_to("documents", id, "/download"), NULL, 404);
    expect(fix, "PUT", path_to("documents", id, "/upload"), "again", 200);
    assert_int_equal(toc_platform_check(fix->platform, &err), TOC_OK);
}

static void test_modes(void **state)
{
    fixture *fix = *state;
    char path[160], file[512];
    struct stat info;
    long long id = create(fix, "documents", DOCUMENT);
    expect(fix, "POST", path_to("documents", id, "/upload"), "x", 200);
    (void)snprintf(path, sizeof(path), "%s.files", fix->path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    DIR *dir = opendir(path);
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(file, sizeof(file), "%s/%.200s", path, entry->d_name);
        assert_int_equal(stat(file, &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
    (void)closedir(dir);
}

/* What a maker that dies at any point leaves goes with the next opening. */
static void test_crash(void **state)
{
    fixture *fix = *state;
    for (int step = 0; step < 3; step++) {
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            toc_store_options options = {.path = fix->path};
            toc_store *store = NULL;
            toc_new_file file;
            bool good = !toc_store_open(&options, &store, NULL) &&
                        !toc_file_begin(store, &file, NULL) &&
                        (step < 1 || !toc_file_write(&file, TOC_S("half"), NULL)) &&
                        (step < 2 || !toc_file_finish(&file, NULL));
            _exit(good ? 7 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    }
    /* Each opening removed what the one before had left. */
    assert_int_equal(files_of(fix), 1);
    toc_platform_close(fix->platform);
    fixture_open(fix, 500);
    assert_int_equal(files_of(fix), 0);
}

/* --- rights -------------------------------------------------------------------------------- */

static int signed_as(fixture *fix, const toc_new_user *user, const char *method, const char *target,
                     const char *body)
{
    toc_buf signature;
    toc_signer *signer = NULL;
    char stamp[24];
    int64_t now = toc_time_now();
    (void)snprintf(stamp, sizeof(stamp), "%lld", (long long)now);
    toc_buf_init(&signature, 1024);
    assert_int_equal(toc_signer_new(toc_str_of(user->secret_key), &signer, NULL), 0);
    assert_int_equal(toc_sign_header(signer, toc_str_of(user->access_id), toc_str_of(target),
                                     toc_str_of(method), now, &signature),
                     0);
    const toc_header headers[] = {{TOC_S("Timestamp"), toc_str_of(stamp)},
                                  {TOC_S("Authorization"), toc_buf_view(&signature)}};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = TOC_COUNT(headers),
                           .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, false, fix->response, NULL), 0);
    toc_signer_free(signer);
    toc_buf_done(&signature);
    return toc_response_status(fix->response);
}

static void test_rights(void **state)
{
    fixture *fix = *state;
    char upload[96], download[96];
    expect(fix, "POST", API "documents?owner=Shared%20Feed", DOCUMENT, 201);
    long long id = number_of(fix, "id");
    (void)snprintf(upload, sizeof(upload), API "documents/%lld/upload?owner=Shared%%20Feed", id);
    (void)snprintf(download, sizeof(download), API "documents/%lld/download?owner=Shared%%20Feed",
                   id);
    assert_int_equal(signed_as(fix, &fix->user, "POST", upload, "x"), 403);
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed", "User", NULL), 0);
    assert_int_equal(signed_as(fix, &fix->user, "POST", upload, "x"), 401);
    contains(fix, "access was denied");
    assert_int_equal(files_of(fix), 0);
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed", "Editor", NULL), 0);
    assert_int_equal(signed_as(fix, &fix->user, "POST", upload, "x"), 200);
    assert_int_equal(signed_as(fix, &fix->user, "GET", download, NULL), 200);
}

/* A limit of file sizes stands for the disk. */
static void test_full_disk(void **state)
{
    fixture *fix = *state;
    struct rlimit former, limit;
    toc_str large = {test_calloc(1, 4 * 1024 * 1024), 4 * 1024 * 1024};
    long long id = create(fix, "documents", DOCUMENT);
    expect(fix, "POST", path_to("documents", id, "/upload"), "before", 200);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    limit = former;
    limit.rlim_cur = 2 * 1024 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int status = send_bytes(fix, "PUT", path_to("documents", id, "/upload"), large);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    assert_int_equal(status, 507);
    contains(fix, "\"Failure\"");
    assert_int_equal(files_of(fix), 1);
    downloads(fix, path_to("documents", id, "/download"), TOC_S("before"),
              "application/octet-stream");
    assert_int_equal(send_bytes(fix, "PUT", path_to("documents", id, "/upload"), large), 200);
    assert_int_equal(toc_response_status(fix->response), 200);
    assert_int_equal(get(fix, path_to("documents", id, "/download")), 200);
    assert_int_equal(toc_response_body(fix->response).len, large.len);
    test_free((void *)(uintptr_t)large.ptr);
}

/* --- bodies that are handed on ------------------------------------------------------------- */

typedef struct sink {
    size_t len, pieces;
    int restarts;
    toc_rc fails;
} sink;

static toc_rc take(void *user, const void *data, size_t len)
{
    sink *to = user;
    if (!data) {
        *to = (sink){.restarts = to->restarts + 1, .fails = to->fails};
        return TOC_OK;
    }
    to->len += len;
    to->pieces++;
    return to->fails;
}

static void test_sink(void **state)
{
    fixture *fix = *state;
    sink to = {.len = 0};
    toc_str large = {test_calloc(1, 3 * 1024 * 1024 + 5), 3 * 1024 * 1024 + 5};
    long long id = create(fix, "documents", DOCUMENT);
    assert_int_equal(send_bytes(fix, "POST", path_to("documents", id, "/upload"), large), 200);
    toc_response_set_sink(fix->response, take, &to);
    assert_int_equal(get(fix, path_to("documents", id, "/download")), 200);
    assert_int_equal(to.len, large.len);
    assert_true(to.pieces > 2);
    assert_int_equal(toc_response_body(fix->response).len, 0);
    /* What is refused is not handed on. */
    assert_int_equal(get(fix, path_to("documents", id + 7, "/download")), 404);
    contains(fix, "Failure");
    assert_int_equal(to.restarts, 1);
    assert_int_equal(to.len, 0);
    to.fails = TOC_EIO;
    toc_request request = {.method = "GET",
                           .target = toc_str_of(path_to("documents", id, "/download"))};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL),
                     TOC_EIO);
    toc_response_set_sink(fix->response, NULL, NULL);
    assert_int_equal(get(fix, path_to("documents", id, "/download")), 200);
    assert_int_equal(toc_response_body(fix->response).len, large.len);
    test_free((void *)(uintptr_t)large.ptr);
}

static void test_body_maximum(void **state)
{
    fixture *fix = *state;
    toc_request head = {.method = "POST", .target = TOC_S("/api/v2/groups/documents/1/upload")};
    /* Nobody known asks. */
    assert_int_equal(toc_platform_body_max(fix->platform, &head, fix->response),
                     TOC_MAX_STRANGER_BODY);
    assert_int_equal(toc_response_status(fix->response), 401);
    contains(fix, "Access Denied");
    head.target = TOC_S("/api/v2/groups/documents");
    assert_int_equal(toc_platform_body_max(fix->platform, &head, NULL), TOC_MAX_STRANGER_BODY);
    /* A route that is open to everybody is no way around. */
    head = (toc_request){.method = "GET", .target = TOC_S("/appAuth?expiredToken=x")};
    assert_int_equal(toc_platform_body_max(fix->platform, &head, fix->response),
                     TOC_MAX_STRANGER_BODY);
    assert_int_equal(toc_response_status(fix->response), 0);
    head.method = "BREW";
    assert_int_equal(toc_platform_body_max(fix->platform, &head, fix->response),
                     TOC_MAX_STRANGER_BODY);
    assert_int_equal(toc_response_status(fix->response), 405);
    assert_int_equal(toc_platform_body_max(NULL, &head, NULL), 0);
}

/* --- publishing ---------------------------------------------------------------------------- */

static void test_publish_checks(void **state)
{
    fixture *fix = *state;
    long long id = create(fix, "incidents", "{\"name\":\"I\"}");
    const char *target = path_to("incidents", id, "/publish");
    expect(fix, "POST", target, "{\"securityLabelList\":[\"TLP:RED\"],\"excludeUnlabeled\":false}",
           200);
    assert_string_equal(fixture_body(fix), "{\"status\":\"Success\"}");
    expect(fix, "POST", target, NULL, 200);
    expect(fix, "POST", target, "{\"excludeUnlabeled\":\"True\",\"more\":[{}]}", 200);
    static const char *const bad[] = {"{",
                                      "[]",
                                      "{\"securityLabelList\":\"TLP:RED\"}",
                                      "{\"securityLabelList\":[1]}",
                                      "{\"securityLabelList\":[\"nothing\"]}",
                                      "{\"excludeUnlabeled\":\"perhaps\"}",
                                      "{\"excludeUnlabeled\":{}}",
                                      "{} x"};
    for (size_t i = 0; i < TOC_COUNT(bad); i++)
        expect(fix, "POST", target, bad[i], 400);
    expect(fix, "POST", path_to("incidents", id + 1, "/publish"), "{}", 404);
    expect(fix, "POST", path_to("threats", id, "/publish"), "{}", 404);
}

#define FEED "?owner=Shared%20Feed"

static void test_publish_copies(void **state)
{
    fixture *fix = *state;
    const char *target = API "incidents/%lld/publish";
    char path[128];
    assert_int_equal(toc_platform_set_publish(fix->platform, "Acme CTI", "Acme CTI", NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_platform_set_publish(fix->platform, "Acme CTI", "None", NULL),
                     TOC_ENOTFOUND);
    assert_int_equal(toc_platform_set_publish(fix->platform, "Acme CTI", "Shared Feed", NULL), 0);
    long long id = create(fix, "incidents", "{\"name\":\"Wave\",\"status\":\"Open\"}");
    assert_int_equal(batch(fix, "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\","
                                "\"rating\":3,\"tag\":[{\"name\":\"T1\"}]},{\"type\":\"Host\","
                                "\"summary\":\"b.example\",\"securityLabel\":[{\"name\":"
                                "\"TLP:RED\"}]}]}"),
                     200);
    expect(fix, "POST", path_to("incidents", id, "/indicators/hosts/a.example"), NULL, 201);
    expect(fix, "POST", path_to("incidents", id, "/indicators/hosts/b.example"), NULL, 201);
    expect(fix, "POST", path_to("incidents", id, "/tags/Wave"), NULL, 201);
    expect(fix, "POST", path_to("incidents", id, "/attributes"),
           "{\"type\":\"Description\",\"value\":\"the first\",\"displayed\":true}", 201);
    (void)snprintf(path, sizeof(path), target, id);
    for (int i = 0; i < 2; i++) {
        expect(fix, "POST", path, "{\"securityLabelList\":[\"tlp:red\"]}", 200);
        expect(fix, "GET", API "incidents" FEED, NULL, 200);
        contains(fix, "\"resultCount\":1");
        contains(fix, "\"Wave\"");
        expect(fix, "GET", "/api/v2/indicators" FEED "&includes=tags", NULL, 200);
        contains(fix, "\"resultCount\":1");
        contains(fix, "a.example");
        contains(fix, "\"T1\"");
        lacks(fix, "b.example");
    }
    expect(fix, "GET", API "incidents" FEED, NULL, 200);
    long long copy = number_of(fix, "id");
    assert_int_not_equal(copy, id);
    expect(fix, "GET", path_to("incidents", copy, "/attributes" FEED), NULL, 200);
    contains(fix, "\"resultCount\":1");
    contains(fix, "the first");
    expect(fix, "GET", path_to("incidents", copy, "/indicators" FEED), NULL, 200);
    contains(fix, "a.example");
    expect(fix, "GET", path_to("incidents", copy, "/tags" FEED), NULL, 200);
    contains(fix, "\"Wave\"");
    /* Unlabelled: with this nothing goes. */
    long long quiet = create(fix, "threats", "{\"name\":\"Quiet\"}");
    expect(fix, "POST", path_to("threats", quiet, "/publish"), "{\"excludeUnlabeled\":true}", 200);
    expect(fix, "GET", API "threats" FEED, NULL, 200);
    contains(fix, "\"resultCount\":0");
    assert_int_equal(toc_platform_set_publish(fix->platform, "Acme CTI", NULL, NULL), 0);
    expect(fix, "POST", path_to("threats", quiet, "/publish"), "{}", 200);
    expect(fix, "GET", API "threats" FEED, NULL, 200);
    contains(fix, "\"resultCount\":0");
}

#define MD5 "0123456789ABCDEF0123456789ABCDEF"
#define SHA1 "0123456789ABCDEF0123456789ABCDEF01234567"

/* What is one file here are two there, and stay two. */
static void test_publish_to_several_files(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_set_publish(fix->platform, "Acme CTI", "Shared Feed", NULL), 0);
    expect(fix, "POST", "/api/v2/indicators/files" FEED, "{\"md5\":\"" MD5 "\"}", 201);
    expect(fix, "POST", "/api/v2/indicators/files" FEED, "{\"sha1\":\"" SHA1 "\"}", 201);
    expect(fix, "POST", "/api/v2/indicators/files",
           "{\"md5\":\"" MD5 "\",\"sha1\":\"" SHA1 "\",\"rating\":4}", 201);
    long long id = create(fix, "incidents", "{\"name\":\"Wave\"}");
    expect(fix, "POST", path_to("incidents", id, "/indicators/files/" MD5), NULL, 201);
    expect(fix, "POST", path_to("incidents", id, "/publish"), "{}", 200);
    expect(fix, "GET", API "incidents" FEED, NULL, 200);
    long long copy = number_of(fix, "id");
    expect(fix, "GET", path_to("incidents", copy, "/indicators/files" FEED), NULL, 200);
    contains(fix, "\"resultCount\":2");
    assert_int_equal(count_of(fix, "\"rating\":4.0"), 2);
    assert_int_equal(count_of(fix, "\"md5\":"), 1);
    assert_int_equal(count_of(fix, "\"sha1\":"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_up_and_down),
        TEST(test_by_xid),
        TEST(test_refusals),
        TEST(test_malware),
        TEST(test_signature),
        TEST(test_removal_takes_the_file),
        TEST(test_file_type_filter),
        TEST(test_sweep),
        TEST(test_modes),
        TEST(test_check),
        TEST(test_full_disk),
        TEST(test_sink),
        TEST(test_body_maximum),
        TEST(test_crash),
        TEST(test_rights),
        TEST(test_publish_checks),
        TEST(test_publish_copies),
        TEST(test_publish_to_several_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
