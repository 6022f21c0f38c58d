/* edit.h - what --set, --rating, --tag and their like do to an object, for create and update. */
#ifndef TOC_CLI_EDIT_H
#define TOC_CLI_EDIT_H
#include "listing.h"
#include "ref.h"

/* True when some option says what is to be written. */
bool cli_edit_wanted(const cli_args *args);
/* Sets the fields that --set, --rating and --confidence name. flag: TOC_FIELD_CREATE or
 * TOC_FIELD_UPDATE, which they must have. TOC_EINVAL names the option and the nearest field. */
toc_rc cli_edit_fields(const cli_args *args, toc_object *obj, unsigned flag, toc_error *err);
/* Queues --tag, --label and --attribute. there: what the object has already, NULL: nothing. */
toc_rc cli_edit_parts(const cli_args *args, toc_object *obj, const toc_object *there,
                      toc_error *err);
/* "TYPE=VALUE"; false when it is none. */
bool cli_edit_pair(const char *text, toc_str *type, toc_str *value);

/* Where create and update send what they have, and the rows about it. */
typedef struct cli_edit {
    cli_refs *refs;
    toc_session *sess; /* with --dry-run one that shows its requests instead */
    bool dry;
    bool started;
    cli_listing list;
    const char *entity; /* that the next answer of a dry run is about */
} cli_edit;
/* An exit status. */
int cli_edit_open(cli_edit *edit, cli_refs *refs);
/* status: what became of the verb. Returns it, or what became of the rows. */
int cli_edit_close(cli_edit *edit, int status);
/* Saves the object, or the part of the owner that it is. done: "created", "updated". there: what
 * it changes, NULL: it is new. */
toc_rc cli_edit_save(cli_edit *edit, toc_object *obj, toc_object *there, const char *done,
                     toc_error *err);
#endif
