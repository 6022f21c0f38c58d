/* Attachments: uploaded by xid behind their groups, in the way that the server asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "support/folder.h"
#include "support/script.h"

#define DONE                                                                                       \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\","                 \
    "\"successCount\":1,\"errorCount\":0,\"unprocessCount\":0}}}"
#define QUEUED                                                                                     \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":7,\"status\":\"Queued\"}}}"
#define GOOD "{\"status\":\"Success\"}"
#define BAD(text) "{\"status\":\"Failure\",\"message\":\"" text "\"}"
#define UPLOAD(branch, xid)                                                                        \
    "/api/v2/groups/" branch "/" xid "/upload?updateIfExists=true&owner=My+Org"

static script play;
static char seen[1024];

static int on_file(void *user, const toc_batch_upload *upload)
{
    size_t used = strlen(seen);
    (void)snprintf(seen + used, sizeof seen - used, "%.*s %.*s %d%d %s;", TOC_FMT(upload->type),
                   TOC_FMT(upload->xid), upload->uploaded, upload->skipped,
                   upload->error ? upload->error->message : "");
    return user ? -1 : 0;
}

static toc_rc content_of(void *user, toc_str xid, toc_str *content, toc_error *err)
{
    if (user)
        return toc_error_set(err, TOC_EIO, "no content today");
    *content = toc_str_equal(xid, TOC_S("x 2")) ? TOC_S("%PDF") : TOC_S("?");
    return TOC_OK;
}

static toc_batch *build(const toc_batch_options *more, bool bad)
{
    toc_batch_options options = *more;
    options.version = 1;
    options.owner = "My Org";
    toc_batch *batch = NULL;
    toc_error err = {0};
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_GROUP,
                           TOC_S("{\"name\":\"doc\",\"type\":\"Document\",\"xid\":\"x1\","
                                 "\"fileName\":\"f.txt\"}"),
                           1, &err),
        TOC_OK);
    toc_batch_content text = {.data = TOC_S("abc")};
    toc_batch_content call = {.read = content_of, .user = bad ? batch : NULL};
    assert_int_equal(
        toc_batch_attach(batch, "Document", TOC_S("x1"), TOC_S("f.txt"), &text, 1, &err), TOC_OK);
    assert_int_equal(
        toc_batch_attach(batch, "Report", TOC_S("x 2"), TOC_S("r.pdf"), &call, 2, &err), TOC_OK);
    return batch;
}

static toc_rc submit(toc_batch *batch, const script_answer *answers, size_t count,
                     const toc_batch_callbacks *callbacks, toc_batch_status *status, toc_error *err)
{
    play = (script){.answers = answers, .answer_count = count};
    seen[0] = '\0';
    toc_session *sess = script_session_with(&play, (toc_session_options){.retries = 1});
    toc_rc rc = toc_batch_submit(batch, sess, callbacks, status, err);
    toc_session_close(sess);
    return rc;
}

static void asked(size_t index, const char *method, const char *target, const char *body)
{
    assert_true(index < play.asked_count);
    assert_string_equal(play.asked[index].method, method);
    if (strncmp(target, "/api/v2/groups", 14) == 0 && strstr(target, "?")) {
        size_t path = strcspn(target, "?");
        assert_memory_equal(play.asked[index].target, target, path + 1);
        assert_non_null(strstr(play.asked[index].target, "owner=My+Org"));
        assert_non_null(strstr(play.asked[index].target, "updateIfExists=true"));
        assert_string_equal(play.asked[index].content_type, "application/octet-stream");
    } else {
        assert_string_equal(play.asked[index].target, target);
    }
    if (body)
        assert_string_equal(play.asked[index].body, body);
}

/* batch.md 20.6 and 20.9: synchronous and queued jobs, 401 on the first POST. */
static void test_uploads(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 202, .body = QUEUED},
                                            {.status = 200, .body = DONE},
                                            {.status = 401, .body = BAD("exists")},
                                            {.status = 200, .body = GOOD},
                                            {.status = 200, .body = GOOD}};
    toc_batch *batch = build(&(toc_batch_options){0}, false);
    toc_batch_callbacks callbacks = {.version = 1, .file = on_file};
    toc_batch_status status;
    toc_error err = {0};
    if (submit(batch, answers, TOC_COUNT(answers), &callbacks, &status, &err))
        fail_msg("%s", err.message);
    assert_int_equal(play.asked_count, 5);
    asked(0, "POST", "/api/v2/batch/createAndUpload?includeAdditional=true", NULL);
    asked(1, "GET", "/api/v2/batch/7?includeAdditional=true", NULL);
    asked(2, "POST", UPLOAD("documents", "x1"), "abc");
    asked(3, "PUT", UPLOAD("documents", "x1"), "abc");
    asked(4, "POST", UPLOAD("reports", "x%202"), "%PDF");
    assert_string_equal(seen, "Document x1 10 ;Report x 2 10 ;");
    assert_int_equal(status.files, 2);
    assert_int_equal(status.files_failed, 0);
    assert_int_equal(submit(batch, NULL, 0, &callbacks, &status, &err), TOC_OK);
    assert_int_equal(play.asked_count, 0);
    toc_batch_free(batch);
}

static const script_answer refusing[] = {{.status = 200, .body = DONE},
                                         {.status = 400, .body = BAD("bad malware zip")},
                                         {.status = 200, .body = GOOD}};

static void test_halts(void **state)
{
    (void)state;
    toc_batch *batch = build(&(toc_batch_options){0}, false);
    toc_batch_callbacks callbacks = {.version = 1, .file = on_file};
    toc_batch_status status;
    toc_error err = {0};
    assert_int_equal(submit(batch, refusing, 3, &callbacks, &status, &err), TOC_EHTTP);
    assert_non_null(strstr(err.message, "bad malware zip"));
    assert_int_equal(play.asked_count, 2);
    assert_int_equal(toc_batch_failure(batch)->code, 585);
    /* What failed is there yet, and the job is not sent again. */
    assert_int_equal(submit(batch, refusing + 2, 1, &callbacks, &status, &err), TOC_ENET);
    asked(0, "POST", UPLOAD("documents", "x1"), "abc");
    assert_int_equal(toc_batch_failure(batch)->code, 580);
    toc_batch_free(batch);
}

/* The switch, else the argument of the call, else true. */
static void test_goes_on(void **state)
{
    (void)state;
    for (int by_call = 0; by_call < 2; by_call++) {
        toc_batch_options options = {.halt_on_file_error =
                                         by_call ? TOC_SWITCH_UNSET : TOC_SWITCH_OFF};
        toc_batch *batch = build(&options, false);
        toc_batch_callbacks callbacks = {.version = 1, .file = on_file, .no_halt = by_call};
        toc_batch_status status;
        toc_error err = {0};
        assert_int_equal(submit(batch, refusing, 3, &callbacks, &status, &err), TOC_EPARTIAL);
        assert_non_null(strstr(err.message, "1 attachments"));
        assert_non_null(strstr(seen, "Document x1 00 "));
        assert_non_null(strstr(seen, "Report x 2 10 ;"));
        assert_int_equal(status.files, 1);
        assert_int_equal(status.files_failed, 1);
        toc_batch_free(batch);
    }
    toc_batch *batch = build(&(toc_batch_options){.halt_on_file_error = TOC_SWITCH_ON}, false);
    toc_batch_callbacks callbacks = {.version = 1, .no_halt = true};
    toc_batch_status status;
    assert_int_equal(submit(batch, refusing, 3, &callbacks, &status, NULL), TOC_EHTTP);
    toc_batch_free(batch);
}

static void test_content_fails(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = DONE},
                                            {.status = 200, .body = GOOD}};
    toc_batch *batch = build(&(toc_batch_options){0}, true);
    toc_batch_status status;
    toc_error err = {0};
    assert_int_equal(submit(batch, answers, 2, NULL, &status, &err), TOC_EIO);
    assert_non_null(strstr(err.message, "no content today"));
    assert_int_equal(toc_batch_failure(batch)->code, 580);
    toc_batch_callbacks callbacks = {.version = 1, .file = on_file, .no_halt = true};
    assert_int_equal(submit(batch, NULL, 0, &callbacks, &status, &err), TOC_EPARTIAL);
    assert_int_equal(play.asked_count, 0);
    toc_batch_free(batch);
}

static void test_callback_stops_and_no_files(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = DONE},
                                            {.status = 200, .body = GOOD},
                                            {.status = 200, .body = GOOD}};
    toc_batch *batch = build(&(toc_batch_options){0}, false);
    toc_batch_callbacks callbacks = {.version = 1, .no_files = true};
    toc_batch_status status;
    assert_int_equal(submit(batch, answers, 1, &callbacks, &status, NULL), TOC_OK);
    assert_int_equal(play.asked_count, 1);
    callbacks = (toc_batch_callbacks){.version = 1, .file = on_file, .user = batch};
    assert_int_equal(submit(batch, answers + 1, 2, &callbacks, &status, NULL), TOC_ECANCELED);
    assert_int_equal(play.asked_count, 1);
    toc_batch_free(batch);
}

/* With a journal, what an earlier run uploaded is skipped. */
static void test_skips(void **state)
{
    (void)state;
    char dir[FOLDER_SIZE], path[64];
    folder_make(dir);
    (void)snprintf(path, sizeof path, "%s/journal", dir);
    static const script_answer answers[] = {
        {.status = 200, .body = DONE}, {.status = 200, .body = GOOD}, {.status = 0}};
    toc_batch *batch = build(&(toc_batch_options){.journal = path}, false);
    toc_batch_callbacks callbacks = {.version = 1, .file = on_file};
    toc_batch_status status;
    assert_int_equal(submit(batch, answers, 3, &callbacks, &status, NULL), TOC_ENET);
    toc_batch_free(batch);
    batch = build(&(toc_batch_options){.journal = path}, false);
    assert_int_equal(submit(batch, answers + 1, 1, &callbacks, &status, NULL), TOC_OK);
    assert_int_equal(play.asked_count, 1);
    asked(0, "POST", UPLOAD("reports", "x%202"), "%PDF");
    assert_string_equal(seen, "Document x1 11 ;Report x 2 10 ;");
    toc_batch_free(batch);
    assert_int_equal(access(path, F_OK), -1);
}

static void write_file(const char *path, const char *text, const char *mode)
{
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

/* A batch of one document, whose content is the file. */
static toc_batch *build_file(const char *journal, const char *content)
{
    toc_batch_options options = {.version = 1, .owner = "My Org", .journal = journal};
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_GROUP,
                           TOC_S("{\"name\":\"doc\",\"type\":\"Document\",\"xid\":\"x1\","
                                 "\"fileName\":\"f.txt\"}"),
                           1, NULL),
        TOC_OK);
    toc_batch_content file = {.path = content}, never = {.path = "/nonexistent/never"};
    assert_int_equal(
        toc_batch_attach(batch, "Document", TOC_S("x1"), TOC_S("f.txt"), &file, 1, NULL), TOC_OK);
    assert_int_equal(
        toc_batch_attach(batch, "Report", TOC_S("x2"), TOC_S("r.pdf"), &never, 2, NULL), TOC_OK);
    return batch;
}

/* One run, which the second file always ends: text NULL: the file is gone. What was uploaded. */
static const char *run(const char *journal, const char *content, const char *text, bool first,
                       bool refuse)
{
    static const script_answer good[] = {{.status = 200, .body = DONE},
                                         {.status = 200, .body = GOOD}};
    static const script_answer bad[] = {{.status = 500, .body = BAD("not now")}};
    if (text)
        write_file(content, text, "we");
    else
        (void)unlink(content);
    toc_batch *batch = build_file(journal, content);
    toc_batch_callbacks callbacks = {.version = 1, .file = on_file};
    toc_batch_status status;
    toc_rc rc = submit(batch, refuse ? bad : good + !first, refuse ? 1 : 1 + first, &callbacks,
                       &status, NULL);
    assert_int_equal(rc, refuse ? TOC_EHTTP : TOC_EIO);
    toc_batch_free(batch);
    if (play.asked_count == (unsigned)first)
        return strstr(seen, "Document x1 11 ;") ? "skipped" : "lost";
    asked(first, "POST", UPLOAD("documents", "x1"), NULL);
    return play.asked[first].body;
}

/* Content that changed since it was uploaded is sent again, once. */
static void test_changed_content(void **state)
{
    (void)state;
    char dir[FOLDER_SIZE], journal[64], content[64];
    folder_make(dir);
    (void)snprintf(journal, sizeof journal, "%s/journal", dir);
    (void)snprintf(content, sizeof content, "%s/content", dir);
    static const struct {
        const char *text;
        bool refuse;
        const char *sent;
    } rows[] = {
        {"one", false, "one"},
        {"one", false, "skipped"},
        {"two", false, "two"},
        {"two", false, "skipped"},
        {NULL, false, "skipped"},
        {"", false, ""},
        {"", false, "skipped"},
        {"one", true, "one"},
        /* Whether the refused one arrived nobody knows. */
        {"", false, ""},
        {"", false, "skipped"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const char *sent = run(journal, content, rows[i].text, i == 0, rows[i].refuse);
        if (strcmp(sent, rows[i].sent) != 0)
            fail_msg("row %zu: %s, %s", i, sent, seen);
    }
    (void)unlink(journal);
    (void)unlink(content);
    assert_int_equal(rmdir(dir), 0);
}

/* Journals of before say no more than that something was uploaded: that is believed. */
static void test_old_journal(void **state)
{
    (void)state;
    static const char line[] =
        "f ec31682fde561917952ff78a7a8adeffd0febc372dd26871916c46c630381b45 0 0 0 0 0 "
        "8129165878514055245\n";
    char dir[FOLDER_SIZE], journal[64], content[64], text[2048];
    folder_make(dir);
    (void)snprintf(journal, sizeof journal, "%s/journal", dir);
    (void)snprintf(content, sizeof content, "%s/content", dir);
    assert_string_equal(run(journal, content, "one", true, false), "one");
    FILE *file = fopen(journal, "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    char *noted = strstr(text, "\nf ec31682f");
    assert_non_null(noted);
    noted[1] = '\0';
    write_file(journal, text, "we");
    write_file(journal, line, "ae");
    assert_string_equal(run(journal, content, "two", false, false), "skipped");
    (void)unlink(journal);
    (void)unlink(content);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uploads),
        cmocka_unit_test(test_halts),
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_content_fails),
        cmocka_unit_test(test_callback_stops_and_no_files),
        cmocka_unit_test(test_skips),
        cmocka_unit_test(test_changed_content),
        cmocka_unit_test(test_old_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
