/* ref.h - the words KIND NAME of the command line, to what they mean on the platform. */
#ifndef TOC_CLI_REF_H
#define TOC_CLI_REF_H
#include "cli.h"
#include "tocsin/parts.h"

/* What the verbs over single objects share. */
typedef struct cli_refs {
    const cli_args *args;
    toc_session *sess;
    const toc_types *types;
    toc_detector *detector;
    const char *owner;    /* of --owner; NULL: the session's */
    toc_kind kind;        /* that the last KIND word meant */
    const toc_type *type; /* of that kind; NULL: any. Of tags and labels: the record type */
} cli_refs;
/* Connects and reads the first word, which is the KIND. An exit status; always to be closed. */
int cli_refs_open(cli_refs *refs, const cli_args *args);
void cli_refs_close(cli_refs *refs);
/* Verbs that list what an object has when there are two words, and change it when there are more:
 * --format goes with the list, the options of changes (they end at OPT_API) with words. Before
 * anything is opened; an exit status. */
int cli_refs_check(const cli_args *args, const char *verb, const cli_option_id *changes);
/* Takes another KIND word: "indicator", "groups", a type's name, entity or path word. TOC_EINVAL
 * names the nearest. */
toc_rc cli_refs_kind(cli_refs *refs, const char *word, toc_error *err);

/* One thing; the texts are its own. */
typedef struct cli_ref {
    const toc_type *type;
    char *id;   /* as paths name it */
    char *name; /* as people do */
    const char *owner;
} cli_ref;
/* What NAME means under the KIND: an indicator's value, defanged or not, in the form in which it is
 * stored (nothing is asked); a tag's or label's name; a group, victim or task by its id or, when it
 * is the only one, by its name. */
toc_rc cli_ref_find(cli_refs *refs, const char *name, cli_ref *ref, toc_error *err);
/* The same for an indicator that need not be there: its type and value. */
toc_rc cli_ref_indicator(cli_refs *refs, const char *name, cli_ref *ref, toc_error *err);
void cli_ref_free(cli_ref *ref);
/* The object, or the tag or label of the owner, that the reference is about, whole. TOC_ENOTFOUND
 * says what is missing. */
toc_rc cli_ref_get(cli_refs *refs, const cli_ref *ref, toc_object **obj, toc_error *err);
/* Borrowed from ref. */
toc_ref cli_ref_of(const cli_ref *ref);
/* "Host evil.example", for a message: a longer one ends in "..." after what a line bears. */
#define CLI_REF_TEXT 160
const char *cli_ref_text(const cli_ref *ref, char text[CLI_REF_TEXT]);
/* The same whole, cleaned: where it says what is going to happen, and to which of two. */
void cli_ref_print(FILE *file, const cli_ref *ref);
/* Says in a message of the platform, "not found", what is meant. */
void cli_ref_missing(const cli_ref *ref, toc_error *err);
/* Puts what it is about in front of the message. */
void cli_ref_blame(const cli_ref *ref, toc_error *err);
/* The reference "nothing" in the owner, whose tags and labels are meant. */
toc_ref cli_refs_owner(const cli_refs *refs);
/* The part that the KIND is: TOC_PART_TAG, TOC_PART_LABEL; TOC_PART_COUNT: an object. */
toc_part cli_refs_part(const cli_refs *refs);

/* Does something with each word from first on, step of them at a time. A failure is a line on
 * standard error and does not keep it from the rest, Ctrl-C does. An exit status: that of the
 * failure when nothing worked, EXIT_PARTIAL when something did. */
typedef toc_rc (*cli_ref_fn)(cli_refs *refs, const char *const *words, void *user, toc_error *err);
int cli_refs_each(cli_refs *refs, size_t first, size_t step, cli_ref_fn fn, void *user);
#endif
