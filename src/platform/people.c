/* people.c - users that a task is assigned to or escalated to; the states of tasks (rest-v2 2.15).
 */
#include "platform/people.h"

#include "base/mem.h"
#include "base/str.h"
#include "platform/handlers.h"

/* In order of toc_person. */
static const char *const members[] = {"assignee", "escalatee"};

static void write_user(toc_incoming *call, const toc_shown_person *person)
{
    toc_json_object(&call->out);
    toc_json_kv_str(&call->out, "userName", person->name);
    toc_json_kv_str(&call->out, "firstName", person->first_name);
    toc_json_kv_str(&call->out, "lastName", person->last_name);
    toc_json_object_end(&call->out);
}

/* --- states -------------------------------------------------------------------------------- */

/* States that begin when a date passes; a task that is completed has none of them. */
static const struct {
    const char *date, *state;
} states[] = {
    {"dueDate", "overdue"}, {"escalationDate", "escalated"}, {"reminderDate", "reminded"}};

void toc__task_states(const toc_incoming *call, toc_object *obj)
{
    const toc_field *status = toc_type_field(obj->type, TOC_S("status"));
    toc_str text = status ? toc__object_text(obj, status->slot) : (toc_str){NULL, 0};
    bool open = !toc_str_equal(text, TOC_S("Completed"));
    for (size_t i = 0; i < TOC_COUNT(states); i++) {
        const toc_field *date = toc_type_field(obj->type, toc_str_of(states[i].date));
        const toc_field *state = toc_type_field(obj->type, toc_str_of(states[i].state));
        int64_t when;
        bool passed = open && date && toc__object_has(obj, date->slot) &&
                      toc_time_parse(toc__object_text(obj, date->slot), &when) && when <= call->now;
        if (state)
            toc__object_set_bool(obj, state->slot, passed);
    }
}

/* --- in the answers of tasks --------------------------------------------------------------- */

typedef struct people_list {
    toc_incoming *call;
    const char *member; /* NULL once it has been opened */
    toc_page page;
    int64_t count;
} people_list;

static toc_rc write_member(void *user, const toc_shown_person *person)
{
    people_list *list = user;
    if (list->member) {
        toc__json_key(&list->call->out, TOC_TAKE(list->member));
        toc_json_array(&list->call->out);
    }
    write_user(list->call, person);
    return list->call->body.failed;
}

toc_rc toc__write_people(toc_incoming *call, int64_t task)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < TOC_COUNT(members); i++) {
        people_list list = {.call = call, .member = members[i]};
        rc = toc_person_each(call->conn, task, (toc_person)i, write_member, &list, NULL);
        if (!list.member)
            toc_json_array_end(&call->out);
    }
    return rc;
}

/* --- in the bodies of requests ------------------------------------------------------------- */

/* An unknown user, or one who may not see the task. */
static toc_rc find_person(toc_incoming *call, toc_str name, int64_t *id, toc_error *err)
{
    unsigned rights = 0;
    toc_rc rc = toc_person_find(call->conn, call->owner.id, name, id, err);
    if (!rc)
        rc = toc_user_rights(call->conn, *id, call->owner.id, &rights, err);
    return rc == TOC_ENOTFOUND || (!rc && !(rights & TOC_MAY_READ)) ? toc__refuse_missing(err) : rc;
}

typedef struct people_reader {
    toc_incoming *call;
    toc_json_reader json;
    int64_t task;
    toc_person role;
    unsigned count;
} people_reader;

/* Names in the body of a request; each is looked up. */
#define MAX_PEOPLE 1000

static toc_rc refuse_people(const people_reader *reader, toc_error *err)
{
    return toc__refuse(err, 400, "The %s for this Task is invalid", members[reader->role]);
}

static toc_rc add_person(people_reader *reader, toc_error *err)
{
    int64_t id = 0;
    if (++reader->count > MAX_PEOPLE)
        return refuse_people(reader, err);
    toc_rc rc = find_person(reader->call, reader->json.text, &id, err);
    return rc ? rc : toc_person_add(reader->call->conn, reader->task, reader->role, id, err);
}

/* The value of a key. */
static toc_rc read_person(people_reader *reader, toc_json_event event, toc_error *err)
{
    switch (event) {
    case TOC_JSON_STRING:
    case TOC_JSON_NUMBER:
        return add_person(reader, err);
    case TOC_JSON_TRUE:
    case TOC_JSON_FALSE:
        return refuse_people(reader, err);
    case TOC_JSON_KEY:
        if (toc_str_equal(reader->json.text, TOC_S("userName")) ||
            toc_json_skip(&reader->json, NULL))
            return TOC_OK;
        return toc__refuse_body(err);
    case TOC_JSON_ERROR:
        return toc__refuse_body(err);
    default:
        return TOC_OK;
    }
}

/* A user is {"userName": name}. Clients send one or a list, a name or a list of names: names are
 * taken wherever they stand. */
static toc_rc read_people(people_reader *reader, toc_error *err)
{
    unsigned outside = reader->json.depth;
    toc_json_event event = toc_json_next(&reader->json);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    toc_rc rc = toc_person_clear(reader->call->conn, reader->task, reader->role, err);
    if (!rc)
        rc = read_person(reader, event, err);
    while (!rc && reader->json.depth > outside)
        rc = read_person(reader, toc_json_next(&reader->json), err);
    return rc;
}

static int role_of(toc_str key)
{
    for (size_t i = 0; i < TOC_COUNT(members); i++) {
        if (toc_str_equal(key, toc_str_of(members[i])))
            return (int)i;
    }
    return -1;
}

toc_rc toc__save_people(toc_incoming *call, int64_t task, toc_error *err)
{
    people_reader reader = {.call = call, .task = task};
    toc_str body = call->request->body;
    toc_rc rc = TOC_OK;
    toc_json_reader_init(&reader.json, body.ptr ? body.ptr : "", body.len, &call->arena);
    if (toc_json_next(&reader.json) != TOC_JSON_OBJECT)
        return toc__refuse_body(err);
    while (!rc && toc_json_next(&reader.json) == TOC_JSON_KEY) {
        int role = role_of(reader.json.text);
        reader.role = (toc_person)role;
        if (role >= 0)
            rc = read_people(&reader, err);
        else if (!toc_json_skip(&reader.json, NULL))
            rc = toc__refuse_body(err);
    }
    return rc;
}

/* --- by themselves ------------------------------------------------------------------------- */

static toc_rc write_row(void *user, const toc_shown_person *person)
{
    people_list *list = user;
    int64_t at = list->count++;
    if (toc__on_page(&list->page, at))
        write_user(list->call, person);
    return list->call->body.failed;
}

static toc_rc list_people(toc_incoming *call, toc_person role, toc_error *err)
{
    people_list list = {.call = call};
    toc_place place;
    toc_page page;
    toc_rc rc = toc__page(call, true, &page, err);
    if (!rc)
        rc = toc__first_place(call, &place, err);
    if (!rc && !page.start)
        rc = toc_person_each(call->conn, place.target.id, role, write_row, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : list.count, "user");
    list = (people_list){.call = call, .page = page};
    rc = toc_person_each(call->conn, place.target.id, role, write_row, &list, err);
    toc__end_list(call);
    return rc;
}

/* One of the people of a task, by name or number. */
typedef struct one_person {
    toc_incoming *call;
    int64_t number;
    bool write;
    int64_t id; /* 0: not found */
} one_person;

static toc_rc take_one(void *user, const toc_shown_person *person)
{
    one_person *one = user;
    toc_str name = one->call->args[TOC_ARG_USER];
    if (one->id || (person->id != one->number && !toc_str_equal(person->name, name)))
        return TOC_OK;
    one->id = person->id;
    if (one->write)
        write_user(one->call, person);
    return one->call->body.failed;
}

/* Those who were given the task are found though they may not see it any more. */
static toc_rc find_given(toc_incoming *call, int64_t task, toc_person role, one_person *one,
                         toc_error *err)
{
    if (!toc_str_to_int(call->args[TOC_ARG_USER], &one->number))
        one->number = 0;
    return toc_person_each(call->conn, task, role, take_one, one, err);
}

static toc_rc get_person(toc_incoming *call, toc_person role, toc_error *err)
{
    one_person one = {.call = call, .write = true};
    toc_place place;
    toc_rc rc = toc__first_place(call, &place, err);
    if (rc)
        return rc;
    toc__begin(call, 200);
    toc__json_key(&call->out, "user");
    rc = find_given(call, place.target.id, role, &one, err);
    toc__end(call);
    return !rc && !one.id ? toc__refuse_missing(err) : rc;
}

static toc_rc add_to(toc_incoming *call, toc_person role, toc_error *err)
{
    toc_place place;
    int64_t person = 0;
    toc_rc rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = find_person(call, call->args[TOC_ARG_USER], &person, err);
    if (!rc)
        rc = toc_person_add(call->conn, place.target.id, role, person, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

static toc_rc remove_from(toc_incoming *call, toc_person role, toc_error *err)
{
    one_person one = {.call = call};
    toc_place place;
    toc_rc rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = find_given(call, place.target.id, role, &one, err);
    if (!rc && !one.id)
        rc = find_person(call, call->args[TOC_ARG_USER], &one.id, err);
    if (!rc)
        rc = toc_person_remove(call->conn, place.target.id, role, one.id, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

toc_rc toc__assignees_list(toc_incoming *call, toc_error *err)
{
    return list_people(call, TOC_PERSON_ASSIGNEE, err);
}

toc_rc toc__assignees_one(toc_incoming *call, toc_error *err)
{
    return get_person(call, TOC_PERSON_ASSIGNEE, err);
}

toc_rc toc__assignees_add(toc_incoming *call, toc_error *err)
{
    return add_to(call, TOC_PERSON_ASSIGNEE, err);
}

toc_rc toc__assignees_remove(toc_incoming *call, toc_error *err)
{
    return remove_from(call, TOC_PERSON_ASSIGNEE, err);
}

toc_rc toc__escalatees_list(toc_incoming *call, toc_error *err)
{
    return list_people(call, TOC_PERSON_ESCALATEE, err);
}

toc_rc toc__escalatees_one(toc_incoming *call, toc_error *err)
{
    return get_person(call, TOC_PERSON_ESCALATEE, err);
}

toc_rc toc__escalatees_add(toc_incoming *call, toc_error *err)
{
    return add_to(call, TOC_PERSON_ESCALATEE, err);
}

toc_rc toc__escalatees_remove(toc_incoming *call, toc_error *err)
{
    return remove_from(call, TOC_PERSON_ESCALATEE, err);
}
