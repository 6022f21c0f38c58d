/* faulty.h - for tests: programs in which one system call fails (tests/faults/interpose.c), and
 * what is left of a store afterwards. */
#ifndef TESTS_SUPPORT_FAULTY_H
#define TESTS_SUPPORT_FAULTY_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "support/folder.h"

#define FAULTY_OWNER "Demo"

typedef struct fault {
    const char *call, *error; /* as interpose.c names them */
    unsigned long nth;        /* from 1 */
    bool lasting;             /* every one from there on */
    bool every;               /* each nth one */
} fault;

typedef struct faulty_place {
    char dir[FOLDER_SIZE], store[96], config[96], spare[96]; /* spare: the store as init made it */
    char out[96], errors[96], counts[96], clock[96];
    char cert[96], key[96]; /* "": servers do without TLS */
    int64_t *ahead; /* seconds that the clock of programs is ahead; they see changes at once */
} faulty_place;

/* A folder with a new store of the owner FAULTY_OWNER and its configuration. False when calls
 * cannot be made to fail in this build; the test is to be skipped then. */
bool faulty_setup(faulty_place *at);
void faulty_teardown(const faulty_place *at);
/* The store as it was in the beginning, in the place of the one that is there. */
void faulty_renew(const faulty_place *at);

/* Starts argv[0] ("tocsin": the program) in the folder; fail NULL: nothing fails. What it prints
 * goes to the files out and errors; output not NULL: standard output is a pipe with this end. */
pid_t faulty_start(const faulty_place *at, const char *const *argv, const fault *fail, int *output);
/* Waits and returns the exit status; a program that is ended by a signal or does not end within a
 * minute fails the test. */
int faulty_finish(const faulty_place *at, pid_t pid, const fault *fail);
/* Both, without a pipe. */
int faulty_run(const faulty_place *at, const char *const *argv, const fault *fail);
/* How often the program that ended last made calls of this class. */
unsigned long faulty_count(const faulty_place *at, const char *call);
/* True when something was printed to standard error. */
bool faulty_spoke(const faulty_place *at);
/* The whole file, to be freed; NULL when it is not there. */
char *faulty_read(const char *path);

/* Runs `round` with every row of a table at some of the calls that a program makes: evenly chosen,
 * TOC_FAULT_ROUNDS of them (a few), 0: each one. */
typedef struct fault_kind {
    const char *call, *error;
    int lasting; /* 0: once, 1: from then on, 2: either */
} fault_kind;
typedef void (*fault_round)(void *user, const fault *fail);
typedef struct fault_plan {
    const fault_kind *kinds;
    size_t count;
    unsigned usual; /* calls of a class that are tried */
    fault_round round;
    void *user;
} fault_plan;
/* The counts must be those of a program without faults. */
void faulty_each(const faulty_place *at, const fault_plan *plan);
/* For cmocka, the last test of a program: each row of each table has met a call, in one plan or
 * another. */
void faulty_test_all_met(void **state);

/* The store opens and passes its check. */
void faulty_check_store(const faulty_place *at);
/* How many objects a list of the store has, such as "/v2/indicators/hosts". */
int64_t faulty_list_count(const faulty_place *at, const char *path);
/* Starts a server and waits for its address; false when it ended instead (pid is waited for
 * already, *status is its exit status). */
bool faulty_serve(const faulty_place *at, const fault *fail, pid_t *pid, char *url, size_t size,
                  int *status);
/* Makes a certificate for 127.0.0.1: servers of the place use it from now on. */
void faulty_certify(faulty_place *at);
/* Access id and secret key out of the configuration. */
void faulty_credentials(const faulty_place *at, char *id, char *secret, size_t size);
#endif
