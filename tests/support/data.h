/* data.h - for tests: the files of tests/data. */
#ifndef TESTS_SUPPORT_DATA_H
#define TESTS_SUPPORT_DATA_H
#include "base/buf.h"

/* Appends the file, such as "objects/host.json", and returns what is in the room then; fails the
 * test when it is not there or has no room. */
toc_str data_read(const char *name, toc_buf *room);
#endif
