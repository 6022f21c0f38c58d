/* place.h - what interpose.c says to memory.c. */
#ifndef TESTS_FAULTS_PLACE_H
#define TESTS_FAULTS_PLACE_H
#include <stdarg.h>
#include <stdbool.h>

/* Whether this place gets no memory. fresh: it is reached for the first time. */
bool fault_of_place(unsigned number, bool fresh);
#endif
