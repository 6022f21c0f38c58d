/* importing.h - runs an import over a text in blocks and writes down what became of it. */
#ifndef TESTS_SUPPORT_IMPORTING_H
#define TESTS_SUPPORT_IMPORTING_H
#include "base/buf.h"
#include "tocsin/import.h"

typedef struct importing {
    toc_import_options options; /* version and owner are filled in */
    const toc_types *types;
    toc_str groups; /* the groups file; absent: none */
    toc_str input;
    size_t block; /* bytes a call; 0: all at once */
    bool json;
    toc_import_form form; /* without json: CSV, lines or a list */
} importing;

typedef struct imported {
    toc_rc rc;
    toc_error err;
    toc_import_counts counts;
    char *rejects; /* "line|field|message|record" lines */
    char *batch;   /* as toc_batch_write writes it */
    char *unused;  /* names of columns, each with a blank behind it */
    char *header;
    char *types; /* "Host 2 URL 1 " */
} imported;

/* Fails the test when the import cannot even be made. */
void importing_run(const importing *run, imported *result);
void imported_done(imported *result);
#endif
