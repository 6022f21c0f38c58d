/* tocsin/config.h - session options from the environment and from a file (sdk.md 1.1). What the
 * caller sets wins over the environment, that over the file, that over the default. */
#ifndef TOCSIN_CONFIG_H
#define TOCSIN_CONFIG_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where settings are looked for. Everything is borrowed for the duration of toc_config_load. */
typedef struct toc_config_options {
    unsigned version; /* 1 */
    /* The only file. NULL: the file that TOCSIN_CONFIG names, else ~/.config/tocsin/config and over
     * it ./tc.conf, as far as they are there. */
    const char *path;
    /* The section [profile NAME] is read instead of [threatconnect], from every file that has it.
     * NULL: the profile that TOCSIN_PROFILE names, else none; "": none. */
    const char *profile;
    toc_log_fn log; /* hears of files that others can read and of unknown keys */
    void *log_user;
    /* Hears of the profiles that the files have, before any failure about them: their name, the
     * file, the line. All are borrowed for the call. */
    void (*found)(void *user, toc_str profile, const char *file, uint64_t line);
    void *found_user;
} toc_config_options;
#define TOC_CONFIG_OPTIONS_INIT                                                                    \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* Settings that were read. Not changed any more: any number of threads. */
typedef struct toc_config toc_config;
/* Reads the files, then the environment; variables and keys are those of toc_session_option_at.
 * options NULL: the usual places, and nobody hears of anything. A file is INI: sections, "key =
 * value", everything behind the first '=' trimmed and taken as it is, lines that begin with '#' or
 * ';' are comments. A profile stands alone: nothing of [threatconnect] is mixed in, so that no
 * secret reaches another's platform; the environment wins over it as over any section.
 * TOC_ENOTFOUND: a named file is missing, or (err->field "profile") no file has the profile;
 * TOC_ECONFLICT with err->line: a file has two profiles of one name; TOC_EUNSUPPORTED: everybody
 * can write to the file, so its settings are anybody's; TOC_EPARSE with err->line; TOC_ELIMIT: a
 * file too long, or too many profiles; TOC_EINVAL with err->field for a value out of range. Not
 * while another thread changes the environment. Free the result. */
TOC_API toc_rc toc_config_load(const toc_config_options *options, toc_config **config,
                               toc_error *err);
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
