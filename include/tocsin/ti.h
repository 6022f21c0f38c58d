/* tocsin/ti.h - what the Python module of threat intelligence has beside objects and parts: the
 * numbers of its errors (ti.md 22), objects out of generic dictionaries (20), decoding of ids (3).
 */
#ifndef TOCSIN_TI_H
#define TOCSIN_TI_H
#include "tocsin/parts.h"

#ifdef __cplusplus
extern "C" {
#endif

/* toc_error.number: which of the catalogue's errors a failure is; 0 for all that have none there.
 * 905 to 925 are found before a request goes out. */
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

/* "Error during get. {} does not have..."; NULL for a number that is not in the catalogue. */
TOC_API const char *toc_number_template(int number);
/* Whether it is one of the critical ones. */
TOC_API bool toc_number_critical(int number);
/* The template with its slots filled in order. An unknown number and fewer words than slots give
 * the text "Generic Failure, see logs for more details.". toc_free. */
TOC_API toc_rc toc_number_text(int number, const toc_str *words, size_t count, char **text,
                               toc_error *err);

/* Makes an object out of one in JSON, whose members are its type, its fields by any of their names,
 * "summary" for the identity, "attribute" [{type,value,displayed,source}], "tag" and
 * "securityLabel" [names], "associations" [{type,owner,unique_id}], "falsePositive", and
 * "file_content" or "fileContent"; then saves it as toc_save_with with TOC_SAVE_CONTINUE. *obj is
 * set as soon as there is one, also when it could not be saved, with what failed in its queue: free
 * it. An unknown type is TOC_EINVAL with number 925. */
TOC_API toc_rc toc_create_entity(toc_session *sess, toc_str json, const char *owner,
                                 toc_object **obj, toc_error *err);
/* Each of an array. fn is told how it went (rc, *err); obj is borrowed, NULL when none was made. A
 * result other than 0 ends it with that code (positive ones with TOC_ECANCELED). Failures of single
 * objects end nothing. */
typedef toc_rc (*toc_entity_fn)(void *user, size_t index, toc_object *obj, toc_rc rc,
                                const toc_error *err);
TOC_API toc_rc toc_create_entities(toc_session *sess, toc_str json, const char *owner,
                                   toc_entity_fn fn, void *user, toc_error *err);

/* Decodes %XX again and again until nothing changes, at most eleven times. What is no escape stays,
 * "+" too, and %00, which no text can hold. The result is UTF-8 only if the escapes were. Release
 * with toc_free. */
TOC_API toc_rc toc_decode_fully(toc_str text, char **decoded, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
