/* tocsin/config.h - session options from the environment and from a file (sdk.md 1.1). What the
 * caller sets wins over the environment, that over the file, that over the default. */
#ifndef TOCSIN_CONFIG_H
#define TOCSIN_CONFIG_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Settings that were read. Not changed any more: any number of threads. */
typedef struct toc_config toc_config;
/* Reads the file at path, then the environment; variables and keys are those of
 * toc_session_option_at. path NULL: the file that TOCSIN_CONFIG names, else ~/.config/tocsin/config
 * and over it ./tc.conf, as far as they are there. The file is INI: section [threatconnect], "key =
 * value", everything behind the first '=' trimmed and taken as it is, lines that begin with '#' or
 * ';' are comments. log (may be NULL) hears of files that others can read and of unknown keys.
 * TOC_ENOTFOUND: a named file is missing; TOC_EPARSE with err->line; TOC_EINVAL with err->field for
 * a value out of range. Not while another thread changes the environment. Free the result. */
TOC_API toc_rc toc_config_load(const char *path, toc_log_fn log, void *log_user,
                               toc_config **config, toc_error *err);
/* Sets the options that are unset; their texts are borrowed from the configuration, which must
 * live until toc_session_open has copied them. Credentials, and a proxy with its port and user, are
 * never mixed from places of different rank: options with a token or an access id keep only what
 * goes with it. */
TOC_API void toc_config_apply(const toc_config *config, toc_session_options *options);
/* Wipes and releases. NULL is fine. */
TOC_API void toc_config_free(toc_config *config);

#ifdef __cplusplus
}
#endif
#endif
