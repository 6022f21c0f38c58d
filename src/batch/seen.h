/* seen.h - which xids a batch has: constant memory at any number. */
#ifndef TOC_BATCH_SEEN_H
#define TOC_BATCH_SEEN_H
#include <sys/types.h>

#include "base/bloom.h"
#include "base/str.h"

typedef struct toc_seen {
    uint64_t key[2]; /* random */
    uint64_t *slots; /* the latest hashes; 0: empty */
    toc_bloom bloom; /* of those in the file; without words: there are none */
    size_t count;
    uint64_t tables; /* in the file */
    int fd;
    pid_t owner; /* as of a spool */
} toc_seen;

toc_rc toc_seen_create(toc_seen *seen, const char *dir, toc_error *err);
void toc_seen_done(toc_seen *seen);
/* What stands for the text in that space. Starts to bring what toc_seen_find will look at into the
 * processor's cache: work between the two costs less than a wait. */
uint64_t toc_seen_hash(const toc_seen *seen, unsigned space, toc_str text);
/* Whether the hash was marked; toc_seen_mark of it then cannot fail. */
toc_rc toc_seen_find(toc_seen *seen, uint64_t hash, bool *found, toc_error *err);
void toc_seen_mark(toc_seen *seen, uint64_t hash);
#endif
