/* people.h - what tasks have beside their fields: people, and states that follow from dates. */
#ifndef TOC_PLATFORM_PEOPLE_H
#define TOC_PLATFORM_PEOPLE_H
#include "platform/place.h"

/* The states of a task at the moment of the request. */
void toc__task_states(const toc_incoming *call, toc_object *obj);
/* The members assignee and escalatee of a task, left out when nobody is there. */
toc_rc toc__write_people(toc_incoming *call, int64_t task);
/* Replaces the people of a task by those of the members assignee and escalatee of the request's
 * body. 404 for an unknown user. */
toc_rc toc__save_people(toc_incoming *call, int64_t task, toc_error *err);
#endif
