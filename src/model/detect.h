/* detect.h - the detector without its short cuts, to hold them against the patterns. */
#ifndef TOC_MODEL_DETECT_H
#define TOC_MODEL_DETECT_H
#include "tocsin/types.h"

/* The same answers as toc_detector_find, by the patterns alone. */
const toc_type *toc__detector_find_plain(toc_detector *detector, toc_str value);
#endif
