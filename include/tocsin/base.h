/* tocsin/base.h - result codes, errors, text views, allocator, version.
 *
 * What holds in all headers where a comment says nothing else:
 *
 * - A toc_rc is TOC_OK or negative; any function that returns one may return TOC_ENOMEM. On failure
 *   what it would have set is untouched. err says why; it is the last parameter and may be NULL.
 * - Other pointers must not be NULL. Functions that end in _free, _close or _stop take NULL.
 * - Parameters are borrowed for the call; what is kept of them is copied. Results that are borrowed
 *   say how long they live. A handle that is handed over is released with its own _free or _close,
 *   text that is handed over with toc_free.
 * - A handle is used by one thread at a time, different ones by any number. Functions without a
 *   handle, and whatever is called a list or a table, may be used by any thread.
 * - Text is UTF-8. Sizes and offsets are bytes, indexes begin with 0, lines with 1. Names say their
 *   unit: _s seconds, _ms milliseconds, _us microseconds. Points in time are UTC.
 * - Options have a version, which their _INIT sets. An unknown one is TOC_EINVAL. */
#ifndef TOCSIN_BASE_H
#define TOCSIN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TOC_API __attribute__((visibility("default")))
#else
#define TOC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define TOC_VERSION "0.1.0"

/* Result of every function that can fail: 0, or one of the negative codes below. A code exists
 * only where a caller would branch on it; the rest is in toc_error. */
typedef int toc_rc;

enum {
    TOC_OK = 0,
    TOC_EINVAL = -1,       /* an argument or option is wrong */
    TOC_ENOMEM = -2,       /* out of memory */
    TOC_EIO = -3,          /* a file could not be read or written */
    TOC_ENET = -4,         /* no answer: name, connection, TLS, time-out */
    TOC_EHTTP = -5,        /* an answer with a status that is not accepted */
    TOC_EAUTH = -6,        /* credentials refused (401, 403) */
    TOC_ENOTFOUND = -7,    /* the object, owner or file does not exist */
    TOC_EPROTO = -8,       /* an answer that is not what the API promises */
    TOC_EPARSE = -9,       /* malformed input: JSON, CSV, date, URL, configuration */
    TOC_ELIMIT = -10,      /* a limit of limits.h or of the server was reached */
    TOC_ECONFLICT = -11,   /* exists already, or contradicts what exists */
    TOC_ESTORE = -12,      /* the platform's store failed */
    TOC_ECANCELED = -13,   /* the caller's cancel callback said stop */
    TOC_EPARTIAL = -14,    /* some items were done and some were refused */
    TOC_EUNSUPPORTED = -15 /* known, but not available in this build or for this type */
};

#define TOC_ERROR_RETRYABLE 1U /* the same call may succeed later */
#define TOC_ERROR_FATAL 2U     /* only free or close is still allowed on the handle */
#define TOC_ERROR_CALLBACK 4U  /* the failure came from the caller's own callback */
#define TOC_ERROR_UNSENT 8U    /* the request never reached the server */
#define TOC_ERROR_TOLERATED                                                                        \
    16U /* a refusal that programs may take as "nothing to do" (session.h) */

/* toc_error.number: which error of the Python module's catalogue (ti.md 22) a failure is; 0 for all
 * that have none there. 905 to 925 are found before a request goes out. Texts: ti.h. */
typedef enum toc_number {
    TOC_NUMBER_GENERIC = 100,
    TOC_NUMBER_MODULE = 105,
    TOC_NUMBER_ASSOCIATION_TYPES = 200,
    TOC_NUMBER_TOKEN = 210,
    TOC_NUMBER_HMAC = 215,
    TOC_NUMBER_INDICATOR_TYPES = 220,
    TOC_NUMBER_BULK = 300,
    TOC_NUMBER_ASSOCIATION = 305,
    TOC_NUMBER_DATA_STORE = 350,
    TOC_NUMBER_OCCURRENCE = 520,
    TOC_NUMBER_POLL = 540,
    TOC_NUMBER_POLL_STATUS = 545,
    TOC_NUMBER_POLL_TIMEOUT = 550,
    TOC_NUMBER_BATCH_ERRORS = 560,
    TOC_NUMBER_FILE = 580,
    TOC_NUMBER_FILE_STATUS = 585,
    TOC_NUMBER_HASH = 590,
    TOC_NUMBER_GROUP = 600,
    TOC_NUMBER_GROUP_ATTRIBUTE = 605,
    TOC_NUMBER_GROUP_LABEL = 610,
    TOC_NUMBER_GROUP_TAG = 615,
    TOC_NUMBER_ATTRIBUTE_LABEL = 650,
    TOC_NUMBER_METRIC_CREATE = 700,
    TOC_NUMBER_METRIC_FIND = 705,
    TOC_NUMBER_METRIC_DATA = 710,
    TOC_NUMBER_METRIC_ID = 715,
    TOC_NUMBER_NOTIFICATION = 750,
    TOC_NUMBER_INDEX = 800,
    TOC_NUMBER_RECORD = 805,
    TOC_NUMBER_UPDATE = 905,  /* toc_save of a known object without an identity */
    TOC_NUMBER_GET = 910,     /* any other verb on something without an identity */
    TOC_NUMBER_DELETE = 915,  /* toc_delete of such a thing */
    TOC_NUMBER_CREATE = 920,  /* toc_save of a new object that lacks what it needs */
    TOC_NUMBER_INVALID = 925, /* an empty name of a tag or label, no type of an asset or entity */
    TOC_NUMBER_PAGE = 950,    /* a page of a list that did not come */
    TOC_NUMBER_CALL = 951,
    TOC_NUMBER_CALL_OTHER = 952,
    TOC_NUMBER_CRITICAL = 10000, /* from here on they are critical */
    TOC_NUMBER_BATCH = 10500,
    TOC_NUMBER_JOB = 10505,
    TOC_NUMBER_JOB_STATUS = 10510,
    TOC_NUMBER_DATA = 10520,
    TOC_NUMBER_DATA_STATUS = 10525
} toc_number;

/* Detail of a failure. Owned by the caller, may be NULL wherever it is a parameter, needs no
 * initialisation, holds no pointers. Written on failure only. */
typedef struct toc_error {
    toc_rc code;
    int http_status;   /* 0 when no answer was received */
    unsigned flags;    /* TOC_ERROR_* */
    uint64_t line;     /* 1-based line of the input, 0 when unknown */
    uint64_t position; /* byte offset in the input, valid for TOC_EPARSE */
    char field[64];    /* name of the member, column or option at fault, or "" */
    char message[512]; /* one sentence, UTF-8, no trailing newline, never a secret */
    int number;        /* toc_number; 0: none */
    unsigned char reserved[124];
} toc_error;

/* One row of the list of codes; the list is public so that bindings and the manual print it. */
typedef struct toc_error_info {
    toc_rc code;
    const char *name; /* "TOC_EINVAL" */
    const char *text; /* what it means, one phrase */
    int exit_status;  /* of the program: 1 failure, 2 usage, 3 partial, 4 not worth retrying (which
                       * TOC_EHTTP is as well when http_status says that the request is at fault) */
} toc_error_info;

/* The rows in order of code, TOC_OK first; sets *count. Never NULL. Any thread. */
TOC_API const toc_error_info *toc_error_list(size_t *count);
/* The row of a code; for an unknown code the row of TOC_EINVAL. Any thread. */
TOC_API const toc_error_info *toc_error_find(toc_rc code);

/* Borrowed text: bytes and length, not terminated. {NULL, 0} is "absent". */
typedef struct toc_str {
    const char *ptr;
    size_t len;
} toc_str;

/* A toc_str over a C string; NULL gives the absent text. Borrowed. */
TOC_API toc_str toc_str_of(const char *text);
/* Byte for byte; absent and empty text are equal. */
TOC_API bool toc_str_equal(toc_str a, toc_str b);
/* ASCII letters compare without case. */
TOC_API bool toc_str_equal_fold(toc_str a, toc_str b);

/* The allocator. Set once, before any other call; not thread-safe itself. Functions follow
 * malloc, realloc and free, with the user pointer first. NULL restores the C library's. */
typedef struct toc_allocator {
    void *(*alloc)(void *user, size_t size);
    void *(*resize)(void *user, void *ptr, size_t size);
    void (*release)(void *user, void *ptr);
    void *user;
} toc_allocator;
TOC_API void toc_set_allocator(const toc_allocator *allocator);
/* Releases memory that a function of this library handed over. NULL is fine. */
TOC_API void toc_free(void *ptr);

/* Version of the library at run time, "major.minor.patch". Static text. */
TOC_API const char *toc_version(void);

typedef enum toc_log_level {
    TOC_LOG_DEBUG,
    TOC_LOG_INFO,
    TOC_LOG_WARNING,
    TOC_LOG_ERROR,
    TOC_LOG_COUNT
} toc_log_level;

/* Receives log lines: level, area ("http", "store", ...), text. Never contains a secret. */
typedef void (*toc_log_fn)(void *user, toc_log_level level, const char *area, const char *text);
/* Asked at page, chunk and retry boundaries: return true to stop with TOC_ECANCELED. */
typedef bool (*toc_cancel_fn)(void *user);

#ifdef __cplusplus
}
#endif
#endif
