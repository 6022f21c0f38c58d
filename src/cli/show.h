/* show.h - what hangs on an object, section by section. */
#ifndef TOC_CLI_SHOW_H
#define TOC_CLI_SHOW_H
#include "ref.h"
#include "grow.h"

/* A line above a section, with the number of its items; count -1: without. name: goes on behind
 * the title, may be empty. */
void cli_show_title(const char *title, toc_str name, int64_t count);
/* ,"attributes":[...],"tags":[...] and so on, for what there is. */
toc_rc cli_show_json(cli_refs *refs, const cli_ref *ref, cli_grow *out, toc_error *err);
/* The same for reading, on standard output. */
toc_rc cli_show_text(cli_refs *refs, const cli_ref *ref, toc_error *err);

/* The sections that are associations alone, as rows: KIND, TYPE, ID, NAME, ASSOCIATION. */
typedef void (*cli_link_fn)(void *user, toc_object *obj, const char *association);
toc_rc cli_show_links(cli_refs *refs, const cli_ref *ref, const char *association, cli_link_fn fn,
                      void *user, toc_error *err);
#endif
