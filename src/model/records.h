/* records.h - the record types (tocsin/parts.h): a row each. */
#ifndef TOC_MODEL_RECORDS_H
#define TOC_MODEL_RECORDS_H
#include "tocsin/types.h"

typedef enum toc_record {
    TOC_RECORD_ATTRIBUTE,
    TOC_RECORD_LABEL,
    TOC_RECORD_TAG,
    TOC_RECORD_OBSERVATION,
    TOC_RECORD_OBSERVATION_COUNT,
    TOC_RECORD_FALSE_POSITIVE,
    TOC_RECORD_OCCURRENCE,
    TOC_RECORD_RESOLUTION,
    TOC_RECORD_USER,
    TOC_RECORD_OWNER,
    TOC_RECORD_METRIC,
    TOC_RECORD_BATCH,
    TOC_RECORD_COUNT
} toc_record;

/* NULL outside the table. */
const toc_type *toc__record_type(toc_record record);
#endif
