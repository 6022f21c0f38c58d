/* place.h - the objects that a path names, and objects on their way into an answer. */
#ifndef TOC_PLATFORM_PLACE_H
#define TOC_PLATFORM_PLACE_H
#include "model/codec.h"
#include "platform/routes.h"

typedef struct toc_place {
    const toc_type *type;
    toc_target target;
    toc_str keys[3]; /* of an indicator, as stored */
} toc_place;

/* The type of a branch word; TOC_EHTTP (404) when there is none. */
toc_rc toc__branch(toc_incoming *call, toc_kind kind, toc_str word, const toc_type **type,
                   toc_error *err);
/* The type that the path names of what the route lists or makes; *type NULL: it names none. */
toc_rc toc__route_type(toc_incoming *call, const toc_type **type, toc_error *err);
/* Refuses what only files have for an indicator of another type. */
toc_rc toc__need_file(const toc_type *type, toc_error *err);
/* The victim or adversary in front of assets. */
toc_rc toc__holder(toc_incoming *call, toc_place *holder, toc_error *err);
/* Whether the second pair of values names an object of another owner that the caller may read. */
toc_rc toc__second_elsewhere(toc_incoming *call, bool *found, toc_error *err);
/* The object with this number among those of the query; *id 0: there is none. */
toc_rc toc__find_numbered(toc_incoming *call, toc_query *query, toc_str number, int64_t *id,
                          toc_error *err);
/* The object that the first or the second pair of values in the path names. 404 when it is not in
 * the request's owner. */
toc_rc toc__first_place(toc_incoming *call, toc_place *place, toc_error *err);
/* For what belongs to a value, not to an owner: without an owner in the query the object that any
 * owner has whom the user may read. */
toc_rc toc__first_anywhere(toc_incoming *call, toc_place *place, toc_error *err);
/* The owner of the group, task or victim whose id stands first in the path; *owner 0: there is no
 * such id, or no such object. */
toc_rc toc__first_owner(toc_incoming *call, int64_t *owner, toc_error *err);
toc_rc toc__second_place(toc_incoming *call, toc_place *place, toc_error *err);
/* Narrows a query to what the route's parent in the path names. 404 when that is not there. */
toc_rc toc__through_parent(toc_incoming *call, toc_query *query, toc_error *err);
/* The object behind attributes, tags, labels: the first place, or an attribute of it when the path
 * names one. */
toc_rc toc__target(toc_incoming *call, toc_target *target, toc_error *err);
toc_rc toc__attribute_id(toc_incoming *call, toc_target target, int64_t *id, toc_error *err);
/* An indicator of this owner by type and summary as clients send it. *id 0: there is none. */
toc_rc toc__indicator_by_summary(toc_conn *conn, int64_t owner, const toc_type *type,
                                 toc_str summary, toc_arena *arena, int64_t *id, toc_str keys[3],
                                 toc_error *err);

/* Makes of who made the object what may be shown of that. */
toc_rc toc__show_author(toc_incoming *call, toc_object *obj);
/* Writes one object with what the platform adds to it: owner, web link. */
toc_rc toc__write_object(toc_incoming *call, int64_t id, toc_object *obj, toc_form form,
                         unsigned with);
/* Answers with the single object of a query; 404 when it yields none. */
toc_rc toc__answer_object(toc_incoming *call, const toc_query *query, toc_form form, int status,
                          toc_error *err);
toc_rc toc__answer_by_id(toc_incoming *call, const toc_type *type, int64_t id, int status,
                         toc_error *err);
/* Answers with a file of the store. TOC_ENOTFOUND: it was replaced since the name was read. */
toc_rc toc__answer_file(toc_incoming *call, toc_str name, const char *content_type, toc_error *err);
#endif
