/* occurrences.c - where a file was seen. */
#include "base/mem.h"
#include "base/str.h"
#include "platform/dates.h"
#include "platform/handlers.h"
#include "platform/place.h"

static void write_occurrence(toc_json_writer *writer, const toc_occurrence *occurrence)
{
    toc_json_object(writer);
    toc__json_count(writer, "id", occurrence->id);
    toc_json_kv_str(writer, "fileName", occurrence->file_name);
    toc_json_kv_str(writer, "path", occurrence->path);
    toc_json_kv_str(writer, "date", occurrence->date);
    toc_json_object_end(writer);
}

typedef struct occurrence_list {
    toc_incoming *call;
    toc_page page;
    int64_t count;
    bool write;
} occurrence_list;

static toc_rc each(void *user, const toc_occurrence *occurrence)
{
    occurrence_list *list = user;
    int64_t at = list->count++;
    if (list->write && toc__on_page(&list->page, at))
        write_occurrence(&list->call->out, occurrence);
    return list->call->body.failed;
}

static toc_rc file_of(toc_incoming *call, toc_place *place, toc_error *err)
{
    toc_rc rc = toc__first_place(call, place, err);
    return rc ? rc : toc__need_file(place->type, err);
}

toc_rc toc__occurrences_list(toc_incoming *call, toc_error *err)
{
    occurrence_list list = {.call = call};
    toc_place place;
    toc_rc rc = toc__page(call, true, &list.page, err);
    if (!rc)
        rc = file_of(call, &place, err);
    if (!rc)
        rc = toc_occurrence_each(call->conn, place.target.id, 0, each, &list, err);
    if (rc)
        return rc;
    toc__begin_list(call, list.page.start ? -1 : list.count, "fileOccurrence");
    list.write = true;
    list.count = 0;
    rc = toc_occurrence_each(call->conn, place.target.id, 0, each, &list, err);
    toc__end_list(call);
    return rc;
}

static toc_rc answer(toc_incoming *call, int64_t file, int64_t id, int status, toc_error *err)
{
    occurrence_list list = {.call = call, .page = {0, INT64_MAX}, .write = true};
    toc__begin(call, status);
    toc__json_key(&call->out, "fileOccurrence");
    toc_rc rc = toc_occurrence_each(call->conn, file, id, each, &list, err);
    toc__end(call);
    if (!rc && !list.count)
        return toc__refuse_missing(err);
    return rc;
}

static toc_rc named(toc_incoming *call, toc_place *place, int64_t *id, toc_error *err)
{
    occurrence_list list = {.call = call};
    toc_rc rc = file_of(call, place, err);
    if (rc)
        return rc;
    if (!toc_str_to_int(call->args[TOC_ARG_FOID], id) || *id <= 0)
        return toc__refuse_missing(err);
    rc = toc_occurrence_each(call->conn, place->target.id, *id, each, &list, err);
    if (!rc && !list.count)
        return toc__refuse_missing(err);
    return rc;
}

static toc_rc read_occurrence(toc_incoming *call, toc_occurrence *occurrence, toc_error *err)
{
    const toc_member members[] = {{"fileName", TOC_MEMBER_TEXT, &occurrence->file_name, NULL},
                                  {"path", TOC_MEMBER_TEXT, &occurrence->path, NULL},
                                  {"date", TOC_MEMBER_TEXT, &occurrence->date, NULL}};
    int64_t seconds = 0;
    toc_rc rc = toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
    if (rc)
        return rc;
    if (!occurrence->file_name.len && !occurrence->path.len && !occurrence->date.len)
        return toc__refuse_body(err);
    return toc__read_date(occurrence->date, "date", &seconds, err);
}

toc_rc toc__occurrences_one(toc_incoming *call, toc_error *err)
{
    toc_place place;
    int64_t id = 0;
    toc_rc rc = named(call, &place, &id, err);
    return rc ? rc : answer(call, place.target.id, id, 200, err);
}

toc_rc toc__occurrences_add(toc_incoming *call, toc_error *err)
{
    toc_occurrence occurrence = {0};
    toc_place place;
    int64_t id = 0;
    toc_rc rc = file_of(call, &place, err);
    if (!rc)
        rc = read_occurrence(call, &occurrence, err);
    if (!rc)
        rc = toc_occurrence_add(call->conn, place.target.id, &occurrence, &id, err);
    return rc ? rc : answer(call, place.target.id, id, 201, err);
}

toc_rc toc__occurrences_change(toc_incoming *call, toc_error *err)
{
    toc_occurrence occurrence = {0};
    toc_place place;
    toc_rc rc = named(call, &place, &occurrence.id, err);
    if (!rc)
        rc = read_occurrence(call, &occurrence, err);
    if (!rc)
        rc = toc_occurrence_change(call->conn, place.target.id, &occurrence, err);
    return rc ? rc : answer(call, place.target.id, occurrence.id, 200, err);
}

toc_rc toc__occurrences_remove(toc_incoming *call, toc_error *err)
{
    toc_place place;
    int64_t id = 0;
    toc_rc rc = named(call, &place, &id, err);
    if (!rc)
        rc = toc_occurrence_remove(call->conn, place.target.id, id, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
