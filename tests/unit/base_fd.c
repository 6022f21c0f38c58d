/* Whole pieces through files and pipes, whatever single calls do. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { SIZE = 1 << 20 };

typedef struct other_end {
    int fd;
    pthread_t asks;
    char *room;
    size_t got;
} other_end;

static void on_signal(int number)
{
    (void)number;
}

/* Takes little at a time and interrupts who is waiting for more room. */
static void *take_slowly(void *user)
{
    other_end *end = user;
    ssize_t got;
    while ((got = read(end->fd, end->room + end->got, 5000)) > 0) {
        end->got += (size_t)got;
        (void)pthread_kill(end->asks, SIGUSR1);
    }
    return NULL;
}

static void test_pipe(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_signal};
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    char *data = malloc(SIZE), *room = malloc(SIZE + 5000);
    assert_true(data && room);
    for (int i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7 + i / 4096);
    other_end end = {.fd = ends[0], .asks = pthread_self(), .room = room};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, take_slowly, &end), 0);
    bool done = toc_fd_write(ends[1], data, SIZE);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(done);
    assert_int_equal(end.got, SIZE);
    assert_memory_equal(room, data, SIZE);
    (void)close(ends[0]);
    free(data);
    free(room);
}

static void *give_by_parts(void *user)
{
    const other_end *end = user;
    for (size_t i = 0; i < 10; i++) {
        if (write(end->fd, end->room + i, 1) != 1)
            break;
        (void)pthread_kill(end->asks, SIGUSR1);
    }
    (void)close(end->fd);
    return NULL;
}

static void test_read(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_signal};
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    char text[] = "0123456789", room[16];
    for (size_t wanted = 4; wanted <= 16; wanted += 12) {
        int ends[2];
        size_t got = 99;
        pthread_t thread;
        assert_int_equal(pipe(ends), 0);
        other_end end = {.fd = ends[1], .asks = pthread_self(), .room = text};
        assert_int_equal(pthread_create(&thread, NULL, give_by_parts, &end), 0);
        bool done = toc_fd_read(ends[0], room, wanted, &got);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_true(done);
        assert_int_equal(got, wanted < 10 ? wanted : 10);
        assert_memory_equal(room, text, got);
        (void)close(ends[0]);
    }
}

static void test_failures(void **state)
{
    (void)state;
    struct rlimit former, limit;
    char path[] = "/tmp/tocsin-fd-XXXXXX", text[100] = "";
    size_t got = 99;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    assert_true(toc_fd_write(fd, NULL, 0));
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    limit = former;
    limit.rlim_cur = 60;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    errno = 0;
    bool done = toc_fd_write(fd, text, sizeof(text));
    int error_number = errno;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    assert_false(done);
    assert_int_equal(error_number, EFBIG);
    assert_int_equal(lseek(fd, 0, SEEK_END), 60);
    (void)close(fd);
    errno = 0;
    assert_false(toc_fd_write(-1, text, 1));
    assert_int_equal(errno, EBADF);
    assert_false(toc_fd_read(-1, text, 1, &got));
    assert_int_equal(errno, EBADF);
    assert_int_equal(got, 99);
}

static void test_folders(void **state)
{
    (void)state;
    char dir[] = "fd_test_XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/", dir);
    assert_true(toc_sync_folder(dir));
    assert_true(toc_sync_parent(dir));
    assert_true(toc_sync_parent(path));
    (void)snprintf(path, sizeof(path), "%s/name", dir);
    assert_true(toc_sync_parent(path));
    assert_true(toc_sync_parent("/"));
    assert_false(toc_sync_folder(path));
    assert_int_equal(errno, ENOENT);
    (void)snprintf(path, sizeof(path), "%s/none/name", dir);
    assert_false(toc_sync_parent(path));
    assert_int_equal(errno, ENOENT);
    char *longest = malloc(5001);
    assert_non_null(longest);
    memset(longest, '/', 5000);
    memcpy(longest + 4990, "directory", 10);
    assert_false(toc_sync_parent(longest));
    assert_int_equal(errno, ENAMETOOLONG);
    free(longest);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
