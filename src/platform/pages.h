/* pages.h - where the next page of a list begins, so that deep pages cost as much as the first. */
#ifndef TOC_PLATFORM_PAGES_H
#define TOC_PLATFORM_PAGES_H
#include <pthread.h>

#include "tocsin/base.h"

#define TOC_PAGE_SLOTS 256
/* Seconds after which a remembered place is too old to be trusted. */
#define TOC_PAGE_AGE 300

typedef struct toc_page_slot {
    uint64_t list; /* 0: empty */
    int64_t offset, last_id, when;
} toc_page_slot;

typedef struct toc_pages {
    pthread_mutex_t lock;
    uint64_t key[2];
    toc_page_slot slots[TOC_PAGE_SLOTS];
} toc_pages;

toc_rc toc_pages_init(toc_pages *pages, toc_error *err);
void toc_pages_done(toc_pages *pages);
/* Names a list: the user, the owner and the target without resultStart. Never 0. */
uint64_t toc_pages_list(const toc_pages *pages, int64_t user, toc_str target);
/* Id of the object in front of offset; 0 when it is not known. */
int64_t toc_pages_get(toc_pages *pages, uint64_t list, int64_t offset, int64_t now);
void toc_pages_put(toc_pages *pages, uint64_t list, int64_t offset, int64_t last_id, int64_t now);
#endif
