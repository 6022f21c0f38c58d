/* handlers.h - what the routes call. Each fills the call's body and status, or returns a failure.
 */
#ifndef TOC_PLATFORM_HANDLERS_H
#define TOC_PLATFORM_HANDLERS_H
#include "platform/routes.h"

/* owners.c */
toc_rc toc__whoami(toc_incoming *call, toc_error *err);
toc_rc toc__owners_list(toc_incoming *call, toc_error *err);
toc_rc toc__owners_mine(toc_incoming *call, toc_error *err);
toc_rc toc__owners_one(toc_incoming *call, toc_error *err);
toc_rc toc__logs_app(toc_incoming *call, toc_error *err);
/* members.c: the organization's users; what it held by day */
toc_rc toc__owners_members(toc_incoming *call, toc_error *err);
toc_rc toc__owners_metrics(toc_incoming *call, toc_error *err);
/* tokens.c */
toc_rc toc__token_new(toc_incoming *call, toc_error *err);
toc_rc toc__app_auth(toc_incoming *call, toc_error *err);
/* catalogue.c */
toc_rc toc__indicator_types(toc_incoming *call, toc_error *err);
toc_rc toc__indicator_type(toc_incoming *call, toc_error *err);
toc_rc toc__association_types(toc_incoming *call, toc_error *err);
toc_rc toc__association_type(toc_incoming *call, toc_error *err);
/* attribute_types.c */
toc_rc toc__attribute_types(toc_incoming *call, toc_error *err);
toc_rc toc__attribute_type(toc_incoming *call, toc_error *err);
/* associations.c: named associations and file actions */
toc_rc toc__named_list(toc_incoming *call, toc_error *err);
toc_rc toc__named_one(toc_incoming *call, toc_error *err);
toc_rc toc__named_add(toc_incoming *call, toc_error *err);
toc_rc toc__named_remove(toc_incoming *call, toc_error *err);
/* observations.c: counters of a value; resolutions.c, deleted.c: special lists */
toc_rc toc__false_positive_add(toc_incoming *call, toc_error *err);
toc_rc toc__observations_list(toc_incoming *call, toc_error *err);
toc_rc toc__observations_add(toc_incoming *call, toc_error *err);
toc_rc toc__observation_count(toc_incoming *call, toc_error *err);
toc_rc toc__observed_list(toc_incoming *call, toc_error *err);
toc_rc toc__resolutions(toc_incoming *call, toc_error *err);
toc_rc toc__deleted_list(toc_incoming *call, toc_error *err);
/* bulk.c */
toc_rc toc__bulk_status(toc_incoming *call, toc_error *err);
toc_rc toc__bulk_file(toc_incoming *call, toc_error *err);
/* content.c, pdf.c, publish.c */
toc_rc toc__content_download(toc_incoming *call, toc_error *err);
toc_rc toc__content_upload(toc_incoming *call, toc_error *err);
toc_rc toc__object_pdf(toc_incoming *call, toc_error *err);
toc_rc toc__group_publish(toc_incoming *call, toc_error *err);
/* people.c: of a task */
toc_rc toc__assignees_list(toc_incoming *call, toc_error *err);
toc_rc toc__assignees_one(toc_incoming *call, toc_error *err);
toc_rc toc__assignees_add(toc_incoming *call, toc_error *err);
toc_rc toc__assignees_remove(toc_incoming *call, toc_error *err);
toc_rc toc__escalatees_list(toc_incoming *call, toc_error *err);
toc_rc toc__escalatees_one(toc_incoming *call, toc_error *err);
toc_rc toc__escalatees_add(toc_incoming *call, toc_error *err);
toc_rc toc__escalatees_remove(toc_incoming *call, toc_error *err);
/* notifications.c, metrics.c, playbooks.c */
toc_rc toc__notification_add(toc_incoming *call, toc_error *err);
toc_rc toc__metrics_list(toc_incoming *call, toc_error *err);
toc_rc toc__metrics_one(toc_incoming *call, toc_error *err);
toc_rc toc__metrics_add(toc_incoming *call, toc_error *err);
toc_rc toc__metrics_change(toc_incoming *call, toc_error *err);
toc_rc toc__metrics_remove(toc_incoming *call, toc_error *err);
toc_rc toc__metrics_data(toc_incoming *call, toc_error *err);
toc_rc toc__playbooks_list(toc_incoming *call, toc_error *err);
/* lists.c */
toc_rc toc__objects_list(toc_incoming *call, toc_error *err);
/* objects.c */
toc_rc toc__object_one(toc_incoming *call, toc_error *err);
toc_rc toc__object_create(toc_incoming *call, toc_error *err);
toc_rc toc__object_update(toc_incoming *call, toc_error *err);
toc_rc toc__object_delete(toc_incoming *call, toc_error *err);
toc_rc toc__object_owners(toc_incoming *call, toc_error *err);
/* attributes.c */
toc_rc toc__attributes_list(toc_incoming *call, toc_error *err);
toc_rc toc__attributes_one(toc_incoming *call, toc_error *err);
toc_rc toc__attributes_add(toc_incoming *call, toc_error *err);
toc_rc toc__attributes_change(toc_incoming *call, toc_error *err);
toc_rc toc__attributes_remove(toc_incoming *call, toc_error *err);
/* tags.c: of an object, and the owner's own */
toc_rc toc__applied_tags(toc_incoming *call, toc_error *err);
toc_rc toc__applied_tag(toc_incoming *call, toc_error *err);
toc_rc toc__apply_tag(toc_incoming *call, toc_error *err);
toc_rc toc__unapply_tag(toc_incoming *call, toc_error *err);
toc_rc toc__tags_list(toc_incoming *call, toc_error *err);
toc_rc toc__tags_one(toc_incoming *call, toc_error *err);
toc_rc toc__tags_add(toc_incoming *call, toc_error *err);
toc_rc toc__tags_change(toc_incoming *call, toc_error *err);
toc_rc toc__tags_remove(toc_incoming *call, toc_error *err);
/* labels.c: of an object or attribute, and the owner's own */
toc_rc toc__applied_labels(toc_incoming *call, toc_error *err);
toc_rc toc__applied_label(toc_incoming *call, toc_error *err);
toc_rc toc__apply_label(toc_incoming *call, toc_error *err);
toc_rc toc__unapply_label(toc_incoming *call, toc_error *err);
toc_rc toc__labels_list(toc_incoming *call, toc_error *err);
toc_rc toc__labels_one(toc_incoming *call, toc_error *err);
toc_rc toc__labels_add(toc_incoming *call, toc_error *err);
toc_rc toc__labels_change(toc_incoming *call, toc_error *err);
toc_rc toc__labels_remove(toc_incoming *call, toc_error *err);
/* links.c */
toc_rc toc__linked_one(toc_incoming *call, toc_error *err);
toc_rc toc__link_add(toc_incoming *call, toc_error *err);
toc_rc toc__link_remove(toc_incoming *call, toc_error *err);
/* occurrences.c */
toc_rc toc__occurrences_list(toc_incoming *call, toc_error *err);
toc_rc toc__occurrences_one(toc_incoming *call, toc_error *err);
toc_rc toc__occurrences_add(toc_incoming *call, toc_error *err);
toc_rc toc__occurrences_change(toc_incoming *call, toc_error *err);
toc_rc toc__occurrences_remove(toc_incoming *call, toc_error *err);
/* batch.c */
toc_rc toc__batch_create(toc_incoming *call, toc_error *err);
toc_rc toc__batch_upload(toc_incoming *call, toc_error *err);
toc_rc toc__batch_create_upload(toc_incoming *call, toc_error *err);
toc_rc toc__batch_status(toc_incoming *call, toc_error *err);
toc_rc toc__batch_errors(toc_incoming *call, toc_error *err);
toc_rc toc__batch_results(toc_incoming *call, toc_error *err);
#endif
