/* program.h - for tests: the program TOCSIN as a process of its own, to be ended at will. */
#ifndef TESTS_SUPPORT_PROGRAM_H
#define TESTS_SUPPORT_PROGRAM_H
#include <stddef.h>
#include <sys/types.h>

/* In a child: it does not outlive the test, however that ends. 0 or -1. */
int program_tie(void);
/* Runs it in the folder with this configuration. words end with NULL. out: the read end of its
 * standard output, to be closed; NULL: it has the test's. */
pid_t program_start(const char *dir, const char *config, const char *const *words, int *out);
/* Waits; 128 and more: the signal that ended it. */
int program_finish(pid_t pid);
/* The address in the first line that a server prints, "http://127.0.0.1:PORT/api"; closes out. */
void program_address(int out, char *url, size_t size);
#endif
