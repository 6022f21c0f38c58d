/* A task with somebody to do it, somebody to hear when it is late, and what it is about. */
#include "example.h"

static toc_rc person(toc_object *task, toc_part part, const char *user, toc_error *err)
{
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(part), &record, err);
    if (!rc)
        rc = toc_object_set(record, "userName", toc_str_of(user), err);
    if (!rc)
        rc = toc_queue_add(task, part, record, err);
    toc_object_free(record);
    return rc;
}

static toc_rc fill(toc_object *task, const char *user, toc_error *err)
{
    toc_ref host = {toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host")),
                    toc_str_of("mail.harbour.example"), NULL, 0};
    toc_rc rc = toc_object_set(task, "name", toc_str_of("Block the mail host"), err);
    if (!rc)
        rc = toc_object_set(task, "status", toc_str_of("In Progress"), err);
    if (!rc)
        rc = toc_object_set(task, "dueDate", toc_str_of("2030-05-01T12:00:00Z"), err);
    if (!rc)
        rc = person(task, TOC_PART_ASSIGNEE, user, err);
    if (!rc)
        rc = person(task, TOC_PART_ESCALATEE, user, err);
    return rc ? rc : toc_queue_associate(task, NULL, &host, err);
}

static toc_rc people(toc_session *sess, const toc_ref *task, toc_part part, const char *what,
                     toc_error *err)
{
    toc_list *list = NULL;
    toc_object *person = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, task, part, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &person, err)) > 0)
        printf("  %s: %.*s\n", what, TEXT(toc_object_get(person, "userName")));
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_object *task = NULL;
    toc_list *about = NULL;
    toc_user user;
    toc_rc rc = toc_whoami(sess, &user, err);
    if (!rc)
        rc = toc_object_new(toc_types_find(NULL, TOC_KIND_TASK, toc_str_of("Task")), &task, err);
    if (!rc)
        rc = fill(task, user.user_name, err);
    if (!rc)
        rc = toc_save(sess, task, "Acme CTI", err);
    toc_ref ref = task ? toc_object_ref(task) : (toc_ref){0};
    if (!rc)
        printf("%.*s, %.*s\n", TEXT(toc_object_get(task, "name")),
               TEXT(toc_object_get(task, "status")));
    if (!rc)
        rc = people(sess, &ref, TOC_PART_ASSIGNEE, "assignee", err);
    if (!rc)
        rc = people(sess, &ref, TOC_PART_ESCALATEE, "escalatee", err);
    if (!rc)
        rc = toc_associated_open(sess, &ref, NULL, TOC_KIND_INDICATOR, NULL, &about, err);
    if (!rc)
        rc = example_print(about, err);
    toc_list_close(about);
    toc_object_free(task);
    return rc;
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    toc_session_close(sess);
    return example_end(rc, &err);
}
