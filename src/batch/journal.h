/* journal.h - what became of each chunk, on disk, so that a batch goes on after a crash. */
#ifndef TOC_BATCH_JOURNAL_H
#define TOC_BATCH_JOURNAL_H
#include "tocsin/batch.h"

/* One line each, synced before the next step. */
typedef enum toc_journal_state {
    TOC_JOURNAL_QUEUED = 'q', /* the platform has the chunk as job id */
    TOC_JOURNAL_DONE = 'd',   /* the job is over and its errors were told */
    TOC_JOURNAL_VOID = 'x',   /* the platform does not know the job any more; with id 0: what was
                                 noted of this attachment is about to be replaced */
    TOC_JOURNAL_FILE = 'f'    /* the attachment of this xid was taken */
} toc_journal_state;

typedef struct toc_journal_entry {
    toc_journal_state state;
    char hash[TOC_XID_TEXT];
    int64_t id; /* 0: an attachment */
    union {
        struct {
            uint64_t items, success, errors, unprocessed;
        };
        struct {
            uint64_t size, print[3]; /* of an attachment's content; print 0: not known */
        };
    };
} toc_journal_entry;

/* Everything takes a NULL journal: nothing is remembered then. */
typedef struct toc_journal toc_journal;
/* Makes the file or reads what is there. identity: a digest of the platform and the owner.
 * TOC_ECONFLICT for another one's journal and for one in use, TOC_EPARSE for anything else that is
 * none. A last line that was cut short by a crash is dropped. */
toc_rc toc__journal_open(const char *path, const char identity[TOC_XID_TEXT], toc_journal **journal,
                         toc_error *err);
void toc__journal_close(toc_journal *journal);
/* Takes the file away, unless a job of it is still under way. */
void toc__journal_remove(toc_journal *journal);
/* What an earlier run noted of such a chunk or file; each note is given out once. */
bool toc__journal_take(toc_journal *journal, bool file, const char *hash, toc_journal_entry *entry);
toc_rc toc__journal_note(toc_journal *journal, const toc_journal_entry *entry, toc_error *err);
#endif
