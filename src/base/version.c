/* version.c - the version at run time, for callers linked to another build than their headers. */
#include "tocsin/base.h"

const char *toc_version(void)
{
    return TOC_VERSION;
}
