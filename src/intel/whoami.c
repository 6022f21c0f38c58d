/* whoami.c - the API user behind a session. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/members.h"
#include "client/session.h"

#define USER_MEMORY (64U * 1024U)

static toc_rc read_user(toc_str json, toc_user *user, toc_error *err)
{
    toc_str name = {NULL, 0}, first = name, last = name, role = name;
    const toc_text_member members[] = {
        {"userName", &name}, {"firstName", &first}, {"lastName", &last}, {"role", &role}};
    toc_arena arena TOC_CLEANUP(toc_arena_done) = {0};
    toc_arena_init(&arena, USER_MEMORY);
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, &arena);
    if (toc_json_next(&reader) == TOC_JSON_OBJECT &&
        !toc__members_read(&reader, members, TOC_COUNT(members)))
        return toc__envelope_broken(&reader, err);
    if (!name.len)
        return toc_error_set(err, TOC_EPROTO, "the answer to whoami names no user");
    toc__members_keep(name, user->user_name, sizeof(user->user_name));
    toc__members_keep(first, user->first_name, sizeof(user->first_name));
    toc__members_keep(last, user->last_name, sizeof(user->last_name));
    toc__members_keep(role, user->role, sizeof(user->role));
    return TOC_OK;
}

toc_rc toc_whoami(toc_session *sess, toc_user *user, toc_error *err)
{
    if (!sess || !user)
        return toc_error_set(err, TOC_EINVAL, "toc_whoami needs a session and a place");
    toc_call call = {.path = "/v2/whoami"};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = toc_session_call(sess, &call, &response, err);
    toc_str json = {NULL, 0};
    if (!rc)
        rc = toc__envelope_data(response, TOC_S("user"), &json, err);
    return rc ? rc : read_user(json, user, err);
}
