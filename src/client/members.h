/* members.h - the texts in a flat JSON object of an answer. */
#ifndef TOC_CLIENT_MEMBERS_H
#define TOC_CLIENT_MEMBERS_H
#include "base/json.h"
#include "tocsin/session.h"

typedef struct toc_text_member {
    const char *name;
    toc_str *text; /* absent texts stay as they were */
} toc_text_member;
/* The value that was just met as text: strings, numbers, "true" and "false"; absent for null and
 * whatever has a structure. */
toc_str toc__members_scalar(const toc_json_reader *reader, toc_json_event event);
/* The members of the object that has just begun, to its end; those that nobody wants are passed
 * over. False when it is broken. Texts are the reader's. */
bool toc__members_read(toc_json_reader *reader, const toc_text_member *members, size_t count);
/* An item of a list; its opening brace has just been read, and fn reads it to its end. Texts live
 * as long as the reader's arena: until the walk is over. */
typedef toc_rc (*toc_item_fn)(void *user, toc_json_reader *reader, toc_error *err);
/* Makes the call and walks the objects in its data (envelope.h), a list or a single one; what is no
 * object is passed over. entity: the data's member. A failure of fn ends the walk; its false
 * reading is told as TOC_EPROTO. */
toc_rc toc__members_fetch(toc_session *sess, const toc_call *call, const char *entity,
                          toc_item_fn fn, void *user, toc_error *err);
/* Copies what fits, cut at a character's edge, and terminates it. */
void toc__members_keep(toc_str text, char *out, size_t size);
#endif
