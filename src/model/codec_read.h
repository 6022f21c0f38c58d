/* codec_read.h - what the two sources of the decoder share. */
#ifndef TOC_MODEL_CODEC_READ_H
#define TOC_MODEL_CODEC_READ_H
#include "base/str.h"
#include "model/codec.h"

/* TOC_S where a constant is asked for. */
#define TOC_NAME(literal)                                                                          \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

typedef struct toc_decoder {
    toc_json_reader *reader;
    const toc_types *types;
    toc_kind kind;
    unsigned flags;
    toc_object *obj;
    toc_error *err;
    toc_rc rc;                /* the first refusal; the object is read to its end all the same */
    const toc_type *previous; /* type of the object that was here before: probably the same */
    const toc_field *common;
    size_t common_count;
    size_t next;  /* where the next member is expected */
    toc_str name; /* the member that is being read */
    toc_str type_name;
    bool searched;           /* the members ahead were asked for the type */
    toc_str whole, parts[3]; /* value, value1, value2, value3 */
} toc_decoder;

/* A list that an object may carry. */
typedef struct toc_decode_list toc_decode_list;
extern const toc_decode_list toc__decode_attributes, toc__decode_tags, toc__decode_labels,
    toc__decode_group_links, toc__decode_indicator_links, toc__decode_occurrences;

static inline bool toc__decode_is_lenient(const toc_decoder *dec)
{
    return (dec->flags & TOC_DECODE_LENIENT) != 0;
}

/* The reader's error. */
toc_rc toc__decode_fail(const toc_decoder *dec);
/* Remembers what is wrong with a member; the first one counts. */
void toc__decode_refuse(toc_decoder *dec, toc_rc code, toc_str name, size_t position,
                        const char *message);
/* Reads a value. *known: there was one of the right form. */
toc_rc toc__decode_value(toc_decoder *dec, toc_str name, toc_value_kind kind, toc_value *value,
                         bool *known);
/* Reads a list that is the value of the member name. */
toc_rc toc__decode_list(toc_decoder *dec, const toc_decode_list *list, toc_str name);
/* Reads the owner, nested or as a mere name. */
toc_rc toc__decode_owner(toc_decoder *dec, toc_str name);
#endif
