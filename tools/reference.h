/* reference.h - documents whose tables cannot be seen beside those of the platform. */
#ifndef TOOLS_REFERENCE_H
#define TOOLS_REFERENCE_H
#include <stdbool.h>

void toc__print_options(void);
/* The program: its reference, one page of the manual ("tocsin", "tocsin-VERB"), and the names of
 * the pages, a line each. */
void toc__print_cli(void);
bool toc__print_manual(const char *page);
void toc__print_manuals(void);
#endif
