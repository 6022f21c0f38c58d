/* notifications.c - messages to members of owners (rest-v2 2.17). They are kept; accounts of this
 * platform are API users, to whom nothing is ever delivered. */
#include "base/mem.h"
#include "base/str.h"
#include "platform/handlers.h"

typedef struct message {
    toc_notification stored;
    bool to_organization, to_owner;
    int64_t owner;
} message;

static toc_rc invalid(const char *field, toc_error *err)
{
    return toc__refuse(err, 400, "The %s for this Notification is invalid", field);
}

static toc_rc check_type(toc_str type, toc_error *err)
{
    if (!toc_str_trim(type).len || toc_str_utf8_chars(type) > TOC_MAX_NOTIFICATION_TYPE_CHARS)
        return toc__refuse(err, 400,
                           "The notificationType for this Notification is invalid, please enter a "
                           "notificationType between 1-%d characters in length",
                           TOC_MAX_NOTIFICATION_TYPE_CHARS);
    /* The platform's own word. */
    if (toc_str_equal_fold(toc_str_trim(type), TOC_S("System")))
        return invalid("notificationType", err);
    return TOC_OK;
}

static toc_rc check_priority(toc_str *priority, toc_error *err)
{
    static const char *const words[] = {"low", "medium", "high"};
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (toc_str_equal_fold(*priority, toc_str_of(words[i]))) {
            *priority = toc_str_of(words[i]);
            return TOC_OK;
        }
    }
    return toc__refuse(err, 400,
                       "The priority for this Notification is invalid, please enter one of the "
                       "following values: low, medium, high");
}

static toc_rc check_message(toc_str text, toc_error *err)
{
    if (text.len && text.len <= TOC_MAX_NOTIFICATION)
        return TOC_OK;
    return toc__refuse(err, 400,
                       "The message for this Notification is invalid, please enter a message "
                       "between 1-%u characters in length",
                       TOC_MAX_NOTIFICATION);
}

static toc_rc check_recipients(toc_incoming *call, toc_str names, toc_error *err)
{
    toc_str name;
    int count = 0;
    for (toc_str rest = names; toc_str_cut(&rest, ',', &name);) {
        bool known = false;
        name = toc_str_trim(name);
        if (!name.len)
            continue;
        if (++count > TOC_MAX_RECIPIENTS)
            return invalid("recipients", err);
        toc_rc rc = toc_recipient_known(call->conn, call->user.id, name, &known, err);
        if (rc)
            return rc;
        if (!known)
            return invalid("recipients", err);
    }
    return count ? TOC_OK : invalid("recipients", err);
}

static toc_rc read_message(toc_incoming *call, message *note, toc_error *err)
{
    const toc_member members[] = {{"message", TOC_MEMBER_TEXT, &note->stored.message, NULL},
                                  {"notificationType", TOC_MEMBER_TEXT, &note->stored.type, NULL},
                                  {"priority", TOC_MEMBER_TEXT, &note->stored.priority, NULL},
                                  {"recipients", TOC_MEMBER_TEXT, &note->stored.recipients, NULL},
                                  {"isOrganization", TOC_MEMBER_BOOL, &note->to_organization, NULL},
                                  {"ownerId", TOC_MEMBER_INT, &note->owner, &note->to_owner}};
    *note = (message){.stored = {.user = call->user.id, .organization = call->user.organization}};
    toc_rc rc = toc__read_members(call, call->request->body, members, TOC_COUNT(members), err);
    if (!rc)
        rc = check_message(note->stored.message, err);
    if (!rc)
        rc = check_type(note->stored.type, err);
    if (!rc)
        rc = check_priority(&note->stored.priority, err);
    return rc;
}

/* Members of an organization are addressed by its administrators only. */
static toc_rc check_owner(toc_incoming *call, int64_t owner, toc_error *err)
{
    toc_rc rc = toc__use_owner_id(call, owner, err);
    if (rc)
        return rc;
    bool organization = toc_str_equal(call->owner.type, TOC_S("Organization"));
    return toc__need_rights(call, organization ? TOC_MAY_ADMIN : TOC_MAY_COMMENT, err);
}

static toc_rc check_receivers(toc_incoming *call, message *note, toc_error *err)
{
    toc_rc rc = TOC_OK;
    bool named = note->stored.recipients.len > 0;
    if (!named && !note->to_organization && !note->to_owner)
        return invalid("recipients", err);
    if (note->to_organization) {
        note->stored.owner = call->user.organization;
        rc = check_owner(call, call->user.organization, err);
    }
    if (!rc && note->to_owner) {
        note->stored.owner = note->owner;
        rc = check_owner(call, note->owner, err);
    }
    return rc || !named ? rc : check_recipients(call, note->stored.recipients, err);
}

toc_rc toc__notification_add(toc_incoming *call, toc_error *err)
{
    message note;
    toc_rc rc = read_message(call, &note, err);
    if (!rc)
        rc = toc__begin_write(call, err);
    if (!rc)
        rc = check_receivers(call, &note, err);
    if (!rc)
        rc = toc_notification_add(call->conn, &note.stored, call->now, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
