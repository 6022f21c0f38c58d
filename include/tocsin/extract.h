/* tocsin/extract.h - indicators in free text, defanged or not; defanging and refanging; lists of
 * values that are known to be benign. No I/O: callers map or read what they have. */
#ifndef TOCSIN_EXTRACT_H
#define TOCSIN_EXTRACT_H
#include "tocsin/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a text is written in; decides what is markup and what is text. */
typedef enum toc_text_form {
    TOC_TEXT_AUTO, /* by its beginning */
    TOC_TEXT_PLAIN,
    TOC_TEXT_HTML,
    TOC_TEXT_CSV,
    TOC_TEXT_ASCIIDOC,
    TOC_TEXT_FORM_COUNT
} toc_text_form;
/* "auto", "text", "html", "csv", "adoc"; the form of a word, TOC_TEXT_FORM_COUNT when unknown. */
TOC_API const char *toc_text_form_name(toc_text_form form);
TOC_API toc_text_form toc_text_form_find(toc_str word);

typedef struct toc_extract_options {
    uint32_t version;
    toc_text_form form;
    bool each;                    /* every place of a value; else the first one only */
    const toc_type *const *types; /* only these; NULL: all but Hashtag. Needed during open only */
    size_t type_count;
} toc_extract_options;
#define TOC_EXTRACT_OPTIONS_VERSION 1
#define TOC_EXTRACT_OPTIONS_INIT                                                                   \
    {                                                                                              \
        .version = TOC_EXTRACT_OPTIONS_VERSION                                                     \
    }

typedef struct toc_find {
    const toc_type *type;
    toc_str value;   /* refanged and normalised, as a platform would store it */
    toc_str text;    /* as it stands in the text */
    uint64_t offset; /* of text, in bytes */
    uint64_t line;   /* from 1 */
    uint64_t column; /* from 1, in characters */
    bool defanged;   /* it stood there defanged */
} toc_find;

/* A walk over a text, in its order, in time that grows with its length. Finds of all built-in
 * indicator types: Mutex, User Agent and Email Subject behind their label at the beginning of a
 * line, Registry Key without a value name. A URL is one find, not its host as well; without a
 * scheme the host or address is the find, and the path behind it is passed over. A bare name needs
 * a known ending and must not look like a file or code; a defanged one need not
 * (design/extract.md).
 */
typedef struct toc_extract toc_extract;
/* text is borrowed until close. options NULL: defaults. TOC_EINVAL for a wrong version, TOC_ENOMEM.
 */
TOC_API toc_rc toc_extract_open(toc_str text, const toc_extract_options *options, toc_extract **ext,
                                toc_error *err);
/* 1 and the next find, whose texts live until the next call; 0 at the end; negative on error
 * (TOC_ENOMEM, TOC_ELIMIT past the distinct values that are remembered). One thread at a time. */
TOC_API int toc_extract_next(toc_extract *ext, toc_find *find, toc_error *err);
TOC_API void toc_extract_close(toc_extract *ext); /* NULL is fine */

/* Takes a part of an output; anything but TOC_OK ends the work and is returned. */
typedef toc_rc (*toc_text_fn)(void *user, toc_str part);
/* The text with the URLs, hosts, mail addresses, addresses and blocks in it defanged (hxxp, [.],
 * [@], [:]) or refanged; everything else byte for byte. Done twice is done once. TOC_EINVAL,
 * TOC_ENOMEM, or what out returned. */
TOC_API toc_rc toc_defang(toc_str text, toc_text_form form, toc_text_fn out, void *user,
                          toc_error *err);
TOC_API toc_rc toc_refang(toc_str text, toc_text_form form, toc_text_fn out, void *user,
                          toc_error *err);
/* One value on its own, defanged or not, to what it is: spaces and quotes around it go, the type is
 * found. false when it is none of the types that text can hold; then out has it trimmed. out is cut
 * never: a value longer than size is false, and so is one for which there is no memory; out is left
 * alone then. */
TOC_API bool toc_refang_value(toc_str value, char *out, size_t size, const toc_type **type);

/* Values that are known to be benign, from any number of lists. */
typedef struct toc_warning_lists toc_warning_lists;
TOC_API toc_rc toc_warning_lists_new(toc_warning_lists **lists, toc_error *err);
TOC_API void toc_warning_lists_free(toc_warning_lists *lists); /* NULL is fine */
/* Adds a list: JSON ({"name", "type": "cidr"|"hostname"|"string"|"substring"|"regex", "list":
 * [...], "matching_attributes": [...]}), or plain text with a value a line and # comments. name:
 * what plain lists are called. TOC_EPARSE with err->line; TOC_ELIMIT past the limits of all lists
 * together; nothing is added then.
 * cidr: addresses and networks inside one; what is no network matches itself. hostname: the name
 * and all names below it. string: the value itself, or with a dot in front as hostname. regex:
 * PCRE2, with or without "/" around it. plain: cidr or string, by its look. Letters match without
 * case, each hash of a file on its own; of URLs and mail addresses the host is looked for as well.
 * A list is about the types that its attributes (by their names in MISP) are kept in; about all
 * when it has none. */
TOC_API toc_rc toc_warning_lists_add(toc_warning_lists *lists, toc_str text, const char *name,
                                     toc_error *err);
/* How many lists were added. */
TOC_API size_t toc_warning_lists_count(const toc_warning_lists *lists);
/* The name of the first list that names the value, borrowed; NULL when none does. type may be NULL.
 * Any number of threads once nothing is added any more. */
TOC_API const char *toc_warning_lists_find(const toc_warning_lists *lists, const toc_type *type,
                                           toc_str value);

#ifdef __cplusplus
}
#endif
#endif
