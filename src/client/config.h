/* config.h - the reader of configuration files; text in, settings out. */
#ifndef TOC_CLIENT_CONFIG_H
#define TOC_CLIENT_CONFIG_H
#include "tocsin/session.h"

/* One "key = value" of the section that is read; a failure ends the reading. */
typedef toc_rc (*toc_config_fn)(void *user, toc_str key, toc_str value, toc_error *err);
typedef void (*toc_profile_fn)(void *user, toc_str name, uint64_t line);

typedef struct toc_config_reader {
    toc_str profile; /* {NULL, 0}: the section [threatconnect] */
    toc_config_fn setting;
    toc_profile_fn found; /* of each profile, also of those that are not read */
    void *user;
    bool seen; /* set: the section is there */
} toc_config_reader;
/* TOC_EPARSE with the line for what is no setting, TOC_ECONFLICT for two profiles of one name;
 * failures of setting get the line too. */
toc_rc toc__config_read(toc_str text, toc_config_reader *reader, toc_error *err);
#endif
