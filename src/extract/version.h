/* version.h - numbers with three dots that are no addresses. */
#ifndef TOC_EXTRACT_VERSION_H
#define TOC_EXTRACT_VERSION_H
#include "extract/scan.h"

/* What stands around the number from the one offset to the other says that it is a version, or
 * that of a section. */
bool toc__is_version(toc__scan *scan, size_t from, size_t to);
#endif
