/* fields.h - single values of objects, as text and as JSON. */
#ifndef TOC_CLI_FIELDS_H
#define TOC_CLI_FIELDS_H
#include "cli.h"
#include "grow.h"

#define CLI_FIELD_ROOM 32 /* longest number */
/* Stand for what is no field: the name of the type, the identity as one text. */
#define CLI_FIELD_TYPE "<type>"
#define CLI_FIELD_SUMMARY "<summary>"

/* A field by its name, the type's own first; NULL: there is none. */
const toc_field *cli_field_find(const toc_type *type, const char *name);
/* The field at an index, those of the type first; NULL past the end. */
const toc_field *cli_field_at(const toc_type *type, size_t index);
/* The value as text, borrowed from the object or in room; "" when it is absent. */
toc_str cli_field_text(toc_object *obj, const char *name, char room[CLI_FIELD_ROOM]);
/* The shortest text that says the same number, with one decimal at least. */
const char *cli_decimal_text(double value, char room[CLI_FIELD_ROOM]);
/* ,"name":value for every field that is there; secrets are left out. first: without the comma. */
void cli_fields_json(cli_grow *out, toc_object *obj, bool first);
#endif
