/* config.h - the reader of configuration files; text in, settings out. */
#ifndef TOC_CLIENT_CONFIG_H
#define TOC_CLIENT_CONFIG_H
#include "tocsin/session.h"

/* One "key = value" of section [threatconnect]; a failure ends the reading. */
typedef toc_rc (*toc_config_fn)(void *user, toc_str key, toc_str value, toc_error *err);
/* TOC_EPARSE with the line for what is no setting; failures of fn get the line too. */
toc_rc toc__config_read(toc_str text, toc_config_fn fn, void *user, toc_error *err);
#endif
