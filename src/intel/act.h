/* act.h - one thing to be done with a part, an association or content: what the immediate verbs
 * and the entries of a queue (tocsin/parts.h) have in common. */
#ifndef TOC_INTEL_ACT_H
#define TOC_INTEL_ACT_H
#include "base/buf.h"
#include "tocsin/parts.h"

typedef enum toc_act_what {
    TOC_ACT_PART,
    TOC_ACT_LINK,
    TOC_ACT_UPLOAD,
    TOC_ACT_DOWNLOAD,
    TOC_ACT_PDF,
    TOC_ACT_OBJECT /* only described here */
} toc_act_what;

typedef enum toc_verb {
    TOC_VERB_LIST,
    TOC_VERB_ONE,
    TOC_VERB_ADD,
    TOC_VERB_CHANGE,
    TOC_VERB_REMOVE
} toc_verb;

typedef struct toc_act {
    toc_act_what what;
    toc_verb verb;
    toc_ref of; /* in a queue only its type and attribute count */
    toc_part part;
    const toc_type *asset_type;
    toc_str id;          /* of the part: its number or name */
    toc_str text, value; /* for people: the type of an attribute, the name of a file; its value */
    toc_str body;        /* ptr NULL: none is sent */
    const char *name;    /* of an association; NULL: the plain one */
    toc_ref other;
    toc_str content;
    toc_upload_mode mode;
} toc_act;

/* toc_session_call of what changes something: a "Failure" in a good answer is one (envelope.h), and
 * what a repeated DELETE does not find was removed. */
toc_rc toc__change(toc_session *sess, const toc_call *call, toc_response **response,
                   toc_error *err);

/* Looks the part up, checks everything but the identity of act->of, and writes the body of record
 * (which may be NULL) into body, to which act->body then points. */
toc_rc toc__part_prepare(toc_act *act, const toc_object *record, toc_buf *body, toc_error *err);
/* One request. */
toc_rc toc__part_send(toc_session *sess, const toc_act *act, toc_response **response,
                      toc_error *err);
/* What an answer says of a record that was added goes into it; nothing is no failure. */
void toc__part_learn(const toc_response *response, toc_object *record);
/* Only the key values: the identity as the server writes it. */
void toc__keys_learn(const toc_response *response, toc_object *obj);

/* All but the name of the association and the identity of act->of. */
toc_rc toc__link_prepare(const toc_act *act, toc_error *err);
toc_rc toc__link_send(toc_session *sess, const toc_act *act, toc_error *err);
/* The media types that an answer may have. */
typedef struct toc_media {
    const char *const *types;
    size_t count;
} toc_media;
/* toc_session_call, the body of a good answer going to fn. TOC_EPROTO for another type, so that
 * nobody takes the page of a proxy for content; without a type anything goes. */
toc_rc toc__deliver(toc_session *sess, const toc_call *call, toc_media media, toc_sink_fn fn,
                    void *user, toc_error *err);
toc_rc toc__upload_prepare(const toc_act *act, toc_error *err);
toc_rc toc__upload_send(toc_session *sess, const toc_act *act, toc_error *err);

/* The path of what a reference names; TOC_EINVAL when it names nothing. xid: a group may be named
 * by one. */
toc_rc toc__path_of_ref(toc_buf *path, const toc_ref *of, bool xid, toc_error *err);
/* The owner that requests about it name, or NULL. */
const char *toc__ref_owner(const toc_session *sess, const toc_ref *of);
/* "/{number}" or "/{name}"; TOC_EINVAL for what cannot stand in a path. */
toc_rc toc__path_id(toc_buf *path, toc_str id, bool number, toc_error *err);

/* Numbers a refusal that has no number yet and was found before a request (toc_number); returns
 * rc. */
toc_rc toc__number(toc_rc rc, int number, toc_error *err);

/* What is done, for people (sdk.md 2.10). name: of the object; ignored for indicators, of which
 * act->of has the value. */
void toc__act_describe(toc_buf *text, const toc_act *act, toc_str name);

/* "ADVERSARIES", "VICTIM_PHONES": what the SDK calls a type (sdk.md 2.1). */
void toc__resource_type(toc_buf *text, const toc_type *type);

/* Sends the queue. keep_on: after failures too, which are counted. */
toc_rc toc__queue_send(toc_session *sess, toc_object *obj, const char *owner, bool keep_on,
                       toc_error *err);
/* Lists that an object was read with (not from the server) wait as well. */
toc_rc toc__queue_adopt(toc_object *obj, toc_error *err);
/* One object out of data.{entity}. Free it. */
toc_rc toc__fetch(toc_session *sess, const toc_call *call, const toc_type *type, toc_object **obj,
                  toc_error *err);
#endif
