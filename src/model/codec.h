/* codec.h - object to JSON and back, driven by the type table. */
#ifndef TOC_MODEL_CODEC_H
#define TOC_MODEL_CODEC_H
#include "base/json.h"
#include "model/object.h"

typedef enum toc_form {
    TOC_FORM_SUMMARY, /* item of an untyped list: type, ownerName, summary */
    TOC_FORM_LIST,    /* item of a typed list: ownerName, own members */
    TOC_FORM_DETAIL,  /* single object: nested owner (obj->owner), own members */
    TOC_FORM_CREATE,  /* request body of a POST */
    TOC_FORM_UPDATE,  /* request body of a PUT */
    TOC_FORM_BATCH    /* V2 batch item: type, summary or name, xid, lists, batch names */
} toc_form;

/* Sections of answers beside the fields. */
#define TOC_WITH_ADDITIONAL 1U
#define TOC_WITH_ATTRIBUTES 2U
#define TOC_WITH_TAGS 4U
#define TOC_WITH_LABELS 8U

/* Writes one object { ... }. Members in table order. with applies to the answer forms. */
void toc_codec_encode(toc_json_writer *writer, toc_object *obj, toc_form form, unsigned with);
/* The same without the closing brace, for members that are no fields. */
void toc_codec_encode_open(toc_json_writer *writer, toc_object *obj, toc_form form, unsigned with);
/* One list entry each, as answers spell them (rest-v2 3.10 to 3.12). */
void toc_codec_encode_attribute(toc_json_writer *writer, const toc_attribute *attribute,
                                unsigned with);
void toc_codec_encode_tag(toc_json_writer *writer, const toc_tag *tag, bool description);
void toc_codec_encode_label(toc_json_writer *writer, const toc_label *label);

#define TOC_DECODE_LENIENT 1U /* a value of the wrong form is dropped (client side) */
#define TOC_DECODE_BATCH 2U   /* batch names, associations and occurrences are read */
#define TOC_DECODE_GIVEN 4U   /* a later part of a key that is empty text is not given (platform) */
/* Reads the object that begins at the reader's next event, or that has just begun (the caller may
 * have met the brace while looking for the end of an array). An existing content of obj is dropped
 * first. After a refusal (TOC_EINVAL, or TOC_EPARSE without reader->error) the reader stands behind
 * the object and reading can go on. type NULL: taken from the member
 * "type" (looked up among kind), or from the members that are there (sdk.md 2.4.3 with its
 * recommendation); unknown type names keep the summary: obj->type then stays NULL only if nothing
 * fits, which is TOC_EPARSE. Unknown members are ignored, null is absent, numbers may be text,
 * "ownerName" and nested "owner" are both read. Text is borrowed from the input where possible. */
toc_rc toc_codec_decode(toc_json_reader *reader, const toc_types *types, toc_kind kind,
                        const toc_type *type, unsigned flags, toc_object *obj, toc_error *err);
#endif
