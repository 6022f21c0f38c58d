/* log.h - one log sink per handle; the level is compared before anything is formatted. */
#ifndef TOC_BASE_LOG_H
#define TOC_BASE_LOG_H
#include "tocsin/base.h"

/* Where the line at hand was written; for sinks that print it. */
typedef struct toc_log_place {
    const char *function;
    int line;
} toc_log_place;

typedef struct toc_log {
    toc_log_fn fn; /* NULL: silent */
    void *user;
    toc_log_level level;  /* lowest level that is passed on */
    toc_log_place *place; /* NULL: nobody asks */
} toc_log;

void toc_log_write(const toc_log *log, toc_log_level level, const char *area, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));
#define toc_log_at(log, level_, area, ...)                                                         \
    do {                                                                                           \
        if ((log)->fn && (level_) >= (log)->level) {                                               \
            if ((log)->place)                                                                      \
                *(log)->place = (toc_log_place){__func__, __LINE__};                               \
            toc_log_write((log), (level_), (area), __VA_ARGS__);                                   \
        }                                                                                          \
    } while (0)
#endif
