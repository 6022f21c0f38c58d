/* bulk.h - bulk reports that are made when their day comes. */
#ifndef TOC_PLATFORM_BULK_H
#define TOC_PLATFORM_BULK_H
#include "platform/call.h"

/* Makes the reports of the one owner that has been due longest. 1: did; 0: none is due, they are
 * being made already, or stop said so. What goes wrong is logged and tried again later. */
int toc_bulk_work(toc_platform *platform, toc_cancel_fn stop, void *user, toc_error *err);
#endif
