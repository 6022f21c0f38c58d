/* folder.h - for tests: folders that are gone when the program ends, however its tests went. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H
#define FOLDER_SIZE 32

/* A new one; it goes at the end with all that is in it, unless it is gone by then. */
void folder_make(char path[FOLDER_SIZE]);
/* At once. Fine when it is gone already; fails the test when something of it stays. */
void folder_remove(const char *path);
#endif
