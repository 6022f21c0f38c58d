/* Batch files of hostile shapes: what a job costs grows with its file, not with its square. */
#include "platform_fixture.h"

#include <time.h>

/* Each takes a second or two with sanitizers; the squares of these counts took minutes. */
#define CPU_SECONDS 40
#define REFUSED 100000
#define ROUNDS 16000
#define FILES 6
#define ENTRIES 9000

typedef void (*write_fn)(toc_buf *file);

static void repeat(toc_buf *out, size_t count, void (*one)(toc_buf *out, size_t i))
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            toc_buf_char(out, ',');
        one(out, i);
    }
}

static void write_nothing(toc_buf *out, size_t i)
{
    (void)i;
    toc_buf_lit(out, "{}");
}

static void write_refused(toc_buf *out)
{
    repeat(out, REFUSED, write_nothing);
}

static void write_tagged(toc_buf *out, size_t i)
{
    toc_buf_printf(
        out, "{\"type\":\"Host\",\"summary\":\"a.example\",\"tag\":[{\"name\":\"t%zu\"}]}", i);
}

static void write_tags(toc_buf *out)
{
    repeat(out, ROUNDS, write_tagged);
}

static void write_occurrence(toc_buf *out, size_t i)
{
    toc_buf_printf(out, "{\"fileName\":\"f%zu\",\"path\":\"%zu\"}", i, out->len);
}

static void write_file(toc_buf *out, size_t i)
{
    (void)i;
    toc_buf_lit(out, "{\"type\":\"File\",\"summary\":\"0123456789abcdef0123456789abcdef\","
                     "\"fileOccurrence\":[");
    repeat(out, ENTRIES, write_occurrence);
    toc_buf_lit(out, "]}");
}

static void write_occurrences(toc_buf *out)
{
    repeat(out, FILES, write_file);
}

static void run(write_fn write, int errors, int successes)
{
    fixture fix;
    char path[64], words[96];
    toc_buf file;
    fixture_new(&fix, UINT32_MAX);
    toc_buf_init(&file, TOC_MAX_BATCH_BODY);
    toc_buf_lit(&file, "{\"indicator\":[");
    write(&file);
    toc_buf_lit(&file, "]}");
    assert_false(file.failed);
    expect(&fix, "POST", "/v2/batch",
           "{\"owner\":\"Acme CTI\",\"action\":\"Create\",\"version\":\"V2\",\"haltOnError\":false,"
           "\"tagWriteType\":\"Append\",\"attributeWriteType\":\"Append\"}",
           201);
    (void)snprintf(path, sizeof(path), "/v2/batch/%lld", number_of(&fix, "batchId"));
    clock_t before = clock();
    expect(&fix, "POST", path, file.ptr, 202);
    assert_true((clock() - before) / CLOCKS_PER_SEC < CPU_SECONDS);
    (void)snprintf(words, sizeof(words), "\"errorCount\":%d,\"successCount\":%d,", errors,
                   successes);
    contains(&fix, words);
    toc_buf_done(&file);
    fixture_done(&fix);
}

static void many_refusals(void **state)
{
    (void)state;
    run(write_refused, REFUSED, 0);
}

static void one_object_with_many_tags(void **state)
{
    (void)state;
    run(write_tags, 0, ROUNDS);
}

static void one_file_with_many_occurrences(void **state)
{
    (void)state;
    run(write_occurrences, 0, FILES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_refusals),
        cmocka_unit_test(one_object_with_many_tags),
        cmocka_unit_test(one_file_with_many_occurrences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
