/* random.h - bytes that nobody can guess. */
#ifndef TOC_BASE_RANDOM_H
#define TOC_BASE_RANDOM_H
#include "tocsin/base.h"

/* Fills room from the system's generator; size at most 256. TOC_EIO. */
toc_rc toc_random(void *room, size_t size, toc_error *err);
#endif
