/* tocsin/parts.h - what hangs on an object and what it is associated with: attributes, tags,
 * labels, counters, people, assets, content. Each verb is one request (a list: one a page) and acts
 * at once; the same verbs with toc_queue_ in front wait in the object for its next toc_save. Rules:
 * sdk.md 2.4 to 2.9 and 5, ti.md 11 to 19, rest-v2 2.5 to 2.15. One thread at a time a session. */
#ifndef TOCSIN_PARTS_H
#define TOCSIN_PARTS_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names something on the platform; everything is borrowed. An object: its type and identity. A tag,
 * a security label or an owner: the record's type (toc_part_type) and its name, for owners its id.
 * All zero: the owner as a whole, whose tags, labels, members... are asked for. */
typedef struct toc_ref {
    const toc_type *type;
    toc_str id;        /* an indicator's value or summary, else a number (or an xid for content) */
    const char *owner; /* NULL: the session's default owner; "": none is named */
    int64_t attribute; /* labels of this attribute of the object; 0: of the object itself */
} toc_ref;
/* The object as a reference, in the owner that it came from: valid as long as the object and its
 * values. One without an identity yet has no id, which every verb refuses with TOC_EINVAL. */
TOC_API toc_ref toc_object_ref(toc_object *obj);

/* Parts. A part is handled as an object of its record type (kind TOC_KIND_RECORD; TOC_PART_ASSET:
 * TOC_KIND_VICTIM_ASSET or TOC_KIND_ADVERSARY_ASSET), with toc_object_get and its like, the post
 * filters and the output formats. */
typedef enum toc_part {
    TOC_PART_ATTRIBUTE,         /* type value displayed source; id: its number */
    TOC_PART_LABEL,             /* security labels: name description color; id: the name */
    TOC_PART_TAG,               /* name description; id: the name */
    TOC_PART_OBSERVATION,       /* count dateObserved; listed and added */
    TOC_PART_OBSERVATION_COUNT, /* count lastObserved yourCount yourLastObserved; a list of one */
    TOC_PART_FALSE_POSITIVE,    /* count lastReported; added */
    TOC_PART_OCCURRENCE,        /* of files: fileName path date; id: its number */
    TOC_PART_RESOLUTION,        /* of hosts: resolutionDate ip ownerName webLink, one per address;
                                 * of addresses: the hosts themselves, as indicators */
    TOC_PART_OWNER,             /* of indicators: who holds the value; of nothing: all owners */
    TOC_PART_MY_OWNER,          /* of nothing: the user's organization, a list of one */
    TOC_PART_MEMBER,            /* of nothing: users of the organization */
    TOC_PART_METRIC,            /* of an owner or nothing: what it held, by day */
    TOC_PART_ASSIGNEE,          /* of tasks: userName firstName lastName; id: the user name */
    TOC_PART_ESCALATEE,         /* of tasks, the same */
    TOC_PART_ASSET,             /* of victims and adversaries; id: its number */
    TOC_PART_COUNT
} toc_part;

/* The record type of a part; NULL for TOC_PART_ASSET, whose types are those of the asset kinds. */
TOC_API const toc_type *toc_part_type(toc_part part);

/* The parts of something, in the server's order. asset_type: only assets of this type; else NULL.
 * of NULL: of the session's owner. The reference is copied. TOC_EUNSUPPORTED when such a thing has
 * no such part. The list is used and closed as any other (session.h). */
TOC_API toc_rc toc_parts_open(toc_session *sess, const toc_ref *of, toc_part part,
                              const toc_type *asset_type, toc_list **list, toc_error *err);
/* Indicators that were deleted since a date (any form of toc_object_set; {NULL,0}: as long as the
 * platform remembers), of one type or of all (NULL): their type, summary, owner and dateAdded.
 * filter may be NULL; owners that it names are asked one after the other, and it has no API filter.
 */
TOC_API toc_rc toc_deleted_open(toc_session *sess, const toc_type *type, toc_str since,
                                const toc_filter *filter, toc_list **list, toc_error *err);
/* One part by its id. Free the record. TOC_ENOTFOUND. */
TOC_API toc_rc toc_part_get(toc_session *sess, const toc_ref *of, toc_part part,
                            const toc_type *asset_type, toc_str id, toc_object **record,
                            toc_error *err);
/* Adds the part; what the answer says of it (its id above all) is put into the record. record NULL
 * is fine for a false positive. */
TOC_API toc_rc toc_part_add(toc_session *sess, const toc_ref *of, toc_part part, toc_object *record,
                            toc_error *err);
/* Changes the part with this id: attributes, occurrences, assets; tags and labels of the owner. */
TOC_API toc_rc toc_part_change(toc_session *sess, const toc_ref *of, toc_part part, toc_str id,
                               toc_object *record, toc_error *err);
/* Removes the part with this id. asset_type: of assets their type, else NULL. */
TOC_API toc_rc toc_part_remove(toc_session *sess, const toc_ref *of, toc_part part,
                               const toc_type *asset_type, toc_str id, toc_error *err);

/* Associations. name: of indicators with indicators, an association of the platform's catalogue or
 * a file action ("URL Host", "File Drop", or its path word); NULL: the plain one. */
/* The catalogue by index, the built-in rows first; the server's are asked for once. *row is
 * borrowed from the session, NULL past the end. Of the server's own rows left and right are "",
 * as it does not say which types they link. */
TOC_API toc_rc toc_association_at(toc_session *sess, size_t index, const toc_association_type **row,
                                  toc_error *err);
/* What is associated with something, or carries the tag or label that of names: objects of a kind,
 * or with a type only of it. filter may be NULL; its API filters are not asked. Its owners are
 * those in which "of" is looked up, one after the other, when the reference names none: then they
 * take the place of the session's. TOC_EINVAL when the reference names an owner that is none of
 * them. */
TOC_API toc_rc toc_associated_open(toc_session *sess, const toc_ref *of, const char *name,
                                   toc_kind kind, const toc_filter *filter, toc_list **list,
                                   toc_error *err);
/* The other object, if the two are associated: TOC_ENOTFOUND otherwise. Free it. */
TOC_API toc_rc toc_associated_get(toc_session *sess, const toc_ref *of, const char *name,
                                  const toc_ref *other, toc_object **obj, toc_error *err);
/* Makes or removes one association, at once. */
TOC_API toc_rc toc_associate(toc_session *sess, const toc_ref *of, const char *name,
                             const toc_ref *other, toc_error *err);
TOC_API toc_rc toc_disassociate(toc_session *sess, const toc_ref *of, const char *name,
                                const toc_ref *other, toc_error *err);

/* Content of documents, reports and signatures. */
/* Gives the bytes to fn as they come (transport.h); memory stays constant. TOC_EUNSUPPORTED when
 * the type has no content, TOC_ENOTFOUND when there is none yet. */
TOC_API toc_rc toc_download(toc_session *sess, const toc_ref *of, toc_sink_fn fn, void *user,
                            toc_error *err);
/* The group or task as PDF. */
TOC_API toc_rc toc_download_pdf(toc_session *sess, const toc_ref *of, toc_sink_fn fn, void *user,
                                toc_error *err);
/* The hash of the content, which is not kept: "sha256", "sha1", "md5"; lower-case digits. */
#define TOC_HASH_TEXT 65
TOC_API toc_rc toc_download_hash(toc_session *sess, const toc_ref *of, const char *kind,
                                 char out[TOC_HASH_TEXT], toc_error *err);
/* POST; to replace PUT; with TOC_UPLOAD_EITHER a POST, and a PUT when the server says (401, or 400
 * with "exists") that there is content already; with TOC_UPLOAD_UPDATE one POST that
 * leaves it to the server (updateIfExists=true). */
typedef enum toc_upload_mode {
    TOC_UPLOAD_NEW,
    TOC_UPLOAD_REPLACE,
    TOC_UPLOAD_EITHER,
    TOC_UPLOAD_UPDATE
} toc_upload_mode;
TOC_API toc_rc toc_upload(toc_session *sess, const toc_ref *of, toc_str content,
                          toc_upload_mode mode, toc_error *err);

/* The queue of an object: what toc_save sends after the object itself, in the order of the calls.
 * Everything is copied but types, which must outlive the object. What was done leaves the queue;
 * after a failure the rest stays, what failed first of all, and a second toc_save sends only that.
 * The error then begins with the description of what failed. What is wrong whatever the server says
 * is refused at once: TOC_EINVAL, TOC_EUNSUPPORTED; TOC_ELIMIT, TOC_ENOMEM.
 * toc_object_add_attribute, _tag and _label put themselves here too. An attribute is in the
 * object's list at once; it is taken out again when it could not be added, and comes back if it can
 * later. */
TOC_API toc_rc toc_queue_add(toc_object *obj, toc_part part, const toc_object *record,
                             toc_error *err);
TOC_API toc_rc toc_queue_change(toc_object *obj, toc_part part, toc_str id,
                                const toc_object *record, toc_error *err);
TOC_API toc_rc toc_queue_remove(toc_object *obj, toc_part part, const toc_type *asset_type,
                                toc_str id, toc_error *err);
/* Security labels of one of its attributes. */
TOC_API toc_rc toc_queue_add_label(toc_object *obj, int64_t attribute, toc_str name,
                                   toc_error *err);
TOC_API toc_rc toc_queue_remove_label(toc_object *obj, int64_t attribute, toc_str name,
                                      toc_error *err);
TOC_API toc_rc toc_queue_associate(toc_object *obj, const char *name, const toc_ref *other,
                                   toc_error *err);
TOC_API toc_rc toc_queue_disassociate(toc_object *obj, const char *name, const toc_ref *other,
                                      toc_error *err);
TOC_API toc_rc toc_queue_upload(toc_object *obj, toc_str content, toc_upload_mode mode,
                                toc_error *err);
/* How many entries wait. */
TOC_API size_t toc_queue_length(const toc_object *obj);
/* "add tag "x" to "name"" and the like (sdk.md 2.10); {NULL,0} past the end. Borrowed. */
TOC_API toc_str toc_queue_description(toc_object *obj, size_t index);
/* Forgets one entry (nothing past the end), or all; attributes, tags and labels that only wait here
 * leave the object's lists as well. */
TOC_API void toc_queue_drop(toc_object *obj, size_t index);
TOC_API void toc_queue_clear(toc_object *obj);

/* toc_save (session.h) in detail: the object itself is sent when it is new or a value was set since
 * it came from the server or was saved last, then the queue. Its id is kept as soon as it is known,
 * so that nothing is ever created twice: when the answer to the creation does not tell it
 * (TOC_EPROTO), later saves are TOC_ECONFLICT until it is set. */
#define TOC_SAVE_CONTINUE                                                                          \
    1U /* go on with the queue after a failure: TOC_EPARTIAL then, with                            \
        * the number of failures and the first of them */
#define TOC_SAVE_EXISTING_HASH                                                                     \
    2U                     /* a file whose hash is known already (and whose values stay as         \
                            * they are there) is no failure */
#define TOC_SAVE_RELOAD 4U /* toc_load of the attributes afterwards */
#define TOC_SAVE_CREATE_VICTIMS                                                                    \
    8U /* of an e-mail group: victims from its recipients;                                         \
        * TOC_EUNSUPPORTED for others */
/* owner NULL: the one that the object came from, else the session's. */
TOC_API toc_rc toc_save_with(toc_session *sess, toc_object *obj, const char *owner, unsigned flags,
                             toc_error *err);
#define TOC_LOAD_ATTRIBUTES 1U
#define TOC_LOAD_TAGS 2U
#define TOC_LOAD_LABELS 4U
/* toc_get with these sections only and without additional fields, which costs the server less. */
TOC_API toc_rc toc_get_with(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                            unsigned sections, toc_object **obj, toc_error *err);
/* Replaces what the object has of these sections by what the server has now; entries of the queue
 * stay there. All or nothing. owner as for toc_save_with. Memory of the old lists is released with
 * the object. */
TOC_API toc_rc toc_load(toc_session *sess, toc_object *obj, const char *owner, unsigned sections,
                        toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
