/* page.h - one answer with objects, read lazily item by item out of its body. */
#ifndef TOC_INTEL_PAGE_H
#define TOC_INTEL_PAGE_H
#include "base/arena.h"
#include "base/json.h"
#include "tocsin/transport.h"

typedef enum toc_page_state { TOC_PAGE_OUTSIDE, TOC_PAGE_ITEMS, TOC_PAGE_END } toc_page_state;

typedef struct toc_answer_page {
    toc_response *response; /* NULL: no page is open */
    toc_json_reader reader; /* behind the brace of an item when next returned 1 */
    toc_arena arena;        /* decoded texts of the page */
    toc_page_state state;
    bool in_data, found, failure;
    bool bare;     /* no envelope: a list beside "data" counts as well */
    int64_t total; /* resultCount; -1 as long as none was seen */
} toc_answer_page;

/* Takes the response over. */
toc_rc toc__page_open(toc_answer_page *page, toc_response *response, bool bare, toc_error *err);
void toc__page_close(toc_answer_page *page); /* keeps memory for the next one */
void toc__page_done(toc_answer_page *page);
/* 1: the reader stands behind the opening brace of an item, which the caller reads to its end;
 * 0: the end of a complete answer; negative: a toc_rc. */
int toc__page_next(toc_answer_page *page, toc_error *err);
#endif
