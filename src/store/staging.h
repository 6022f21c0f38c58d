/* staging.h - where a backup is made: a folder beside it, "{backup}.part", that one run at a time
 * has. Its parts are given their names when they are whole and on the disk, the tables last. So a
 * file that carries the name of the backup is a whole one, whenever the run ended; what a run that
 * was killed left is removed by the next one. */
#ifndef TOC_STORE_STAGING_H
#define TOC_STORE_STAGING_H
#include "tocsin/base.h"

#define TOC__PATH_TEXT 4096

typedef struct toc__staging {
    const char *backup; /* borrowed, as is user */
    toc_cancel_fn cancel;
    void *user;
    char copy[TOC__PATH_TEXT]; /* the path of the tables in the folder; parts are named after it */
    int lock;
} toc__staging;

/* "{store}{tail}", or "{store}{tail}/{name}" when the name is not empty. */
toc_rc toc__beside(const char *store, const char *tail, const char *name, char path[TOC__PATH_TEXT],
                   toc_error *err);
/* An empty folder of this run, and nothing in the place of the backup: otherwise TOC_ECONFLICT. */
toc_rc toc__staging_open(toc__staging *at, const char *backup, toc_error *err);
toc_rc toc__staging_ask(const toc__staging *at, toc_error *err); /* TOC_ECANCELED: to be ended */
void toc__staging_clear(const toc__staging *at);
/* All or nothing, and without replacing anything. */
toc_rc toc__staging_place(const toc__staging *at, toc_error *err);
/* Removes the folder with what is in it. */
void toc__staging_close(toc__staging *at);
#endif
