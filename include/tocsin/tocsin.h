/* tocsin/tocsin.h - all of libtocsin. The platform has its own header, tocsin/platform.h. */
#ifndef TOCSIN_TOCSIN_H
#define TOCSIN_TOCSIN_H
#include "tocsin/base.h"
#include "tocsin/batch.h"
#include "tocsin/bulk.h"
#include "tocsin/config.h"
#include "tocsin/extract.h"
#include "tocsin/filter.h"
#include "tocsin/format.h"
#include "tocsin/import.h"
#include "tocsin/object.h"
#include "tocsin/parts.h"
#include "tocsin/report.h"
#include "tocsin/session.h"
#include "tocsin/ti.h"
#include "tocsin/transport.h"
#include "tocsin/types.h"
#endif
