#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/session.h"

typedef struct user_member {
    const char *name;
    size_t offset, room;
} user_member;

#define MEMBER(json, field)                                                                        \
    {                                                                                              \
        json, offsetof(toc_user, field), sizeof(((toc_user *)0)->field)                            \
    }
static const user_member user_members[] = {
    MEMBER("userName", user_name),
    MEMBER("firstName", first_name),
    MEMBER("lastName", last_name),
    MEMBER("role", role),
};

static void keep_member(toc_user *user, toc_str key, toc_str text)
{
    for (size_t i = 0; i < TOC_COUNT(user_members); i++) {
        const user_member *row = &user_members[i];
        if (!toc_str_equal(key, toc_str_of(row->name)))
            continue;
        size_t len = text.len < row->room - 1 ? text.len : row->room - 1;
        memcpy((char *)user + row->offset, text.ptr, len);
    }
}

static toc_rc parse_user(toc_str body, toc_user *user, toc_error *err)
{
    toc_arena arena;
    toc_arena_init(&arena, TOC_MAX_TEXT);
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, &arena);
    toc_str key = {NULL, 0};
    toc_json_event event;
    while ((event = toc_json_next(&reader)) > TOC_JSON_END) {
        if (event == TOC_JSON_KEY)
            key = reader.text;
        else if (event == TOC_JSON_STRING)
            keep_member(user, key, reader.text);
    }
    toc_rc rc = TOC_OK;
    if (event == TOC_JSON_ERROR || !user->user_name[0])
        rc = toc_error_set(err, TOC_EPROTO, "the answer to whoami names no user");
    toc_arena_done(&arena);
    return rc;
}

toc_rc toc_whoami(toc_session *sess, toc_user *user, toc_error *err)
{
    if (!sess || !user)
        return toc_error_set(err, TOC_EINVAL, "no session or no user");
    toc_call call = {.path = "/v2/whoami"};
    toc_response *response = NULL;
    toc_user found = {0};
    toc_rc rc = toc_session_call(sess, &call, &response, err);
    if (!rc)
        rc = parse_user(toc_response_body(response), &found, err);
    if (!rc)
        *user = found;
    toc_response_free(response);
    return rc;
}
