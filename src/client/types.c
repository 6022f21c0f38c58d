/* types.c - the server's catalogue of indicator types, asked for once (sdk.md 4.5). */
#include "client/session.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/members.h"

#define PARTS 3
#define KEY_FLAGS                                                                                  \
    (TOC_FIELD_KEY | TOC_FIELD_REQUIRED | TOC_FIELD_CREATE | TOC_FIELD_UPDATE | TOC_FIELD_BATCH |  \
     TOC_FIELD_IN_LIST | TOC_FIELD_IN_DETAIL | TOC_FIELD_OUTPUT)

/* One item of the catalogue; every member is text in answers. */
typedef struct descriptor {
    toc_str name, custom, parsable, branch, entity, letter_case;
    toc_str labels[PARTS], options[PARTS];
} descriptor;

static const struct {
    const char *word;
    toc_case letter_case;
} cases[] = {
    {"upper", TOC_CASE_UPPER}, {"lower", TOC_CASE_LOWER}, {"sensitive", TOC_CASE_SENSITIVE}};

/* Where the texts of one type go. */
typedef struct keeper {
    toc_arena *arena;
    bool failed; /* out of memory */
} keeper;

/* Terminated text; NULL when absent or out of memory. */
static const char *keep(keeper *texts, toc_str text)
{
    const char *copy = text.len ? toc_arena_str(texts->arena, text).ptr : NULL;
    if (text.len && !copy)
        texts->failed = true;
    return copy;
}

/* The reader stands behind the opening brace. */
static bool read_item(toc_json_reader *reader, descriptor *item)
{
    const toc_text_member members[] = {
        {"name", &item->name},
        {"custom", &item->custom},
        {"parsable", &item->parsable},
        {"apiBranch", &item->branch},
        {"apiEntity", &item->entity},
        {"casePreference", &item->letter_case},
        {"value1Label", &item->labels[0]},
        {"value2Label", &item->labels[1]},
        {"value3Label", &item->labels[2]},
        {"value1Option", &item->options[0]},
        {"value2Option", &item->options[1]},
        {"value3Option", &item->options[2]},
    };
    return toc__members_read(reader, members, TOC_COUNT(members));
}

static size_t make_fields(const descriptor *item, keeper *texts, toc_field fields[PARTS])
{
    size_t count = 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (!item->labels[i].len)
            continue;
        fields[count++] = (toc_field){.name = keep(texts, item->labels[i]),
                                      .value = TOC_VALUE_TEXT,
                                      .flags = KEY_FLAGS,
                                      .choices = keep(texts, item->options[i]),
                                      .help = "value of a custom indicator"};
    }
    return count;
}

static toc_case find_case(toc_str word)
{
    for (size_t i = 0; i < TOC_COUNT(cases); i++) {
        if (toc_str_equal_fold(word, toc_str_of(cases[i].word)))
            return cases[i].letter_case;
    }
    return TOC_CASE_SENSITIVE;
}

/* Types that are built in are known better here; a strange item must not take the rest along. */
static toc_rc add_item(const toc_session *sess, toc_types *types, const descriptor *item,
                       toc_arena *arena, toc_error *err)
{
    if (!toc_str_equal_fold(item->custom, TOC_S("true")) || !item->name.len ||
        toc_types_find(types, TOC_KIND_INDICATOR, item->name))
        return TOC_OK;
    toc_field fields[PARTS];
    keeper texts = {.arena = arena};
    size_t count = make_fields(item, &texts, fields);
    bool parsable = toc_str_equal_fold(item->parsable, TOC_S("true"));
    toc_type type = {
        .name = keep(&texts, item->name),
        .entity = keep(&texts, item->entity),
        .branch = keep(&texts, item->branch),
        .kind = TOC_KIND_INDICATOR,
        .traits = TOC_TYPE_CUSTOM | TOC_TYPE_RUNTIME | (parsable ? TOC_TYPE_PARSABLE : 0),
        .letter_case = find_case(item->letter_case),
        .key_count = (unsigned)count,
        .fields = fields,
        .field_count = count,
        .web_link = "/auth/indicators/details/customIndicator.xhtml?id={id}&owner={owner}",
        .help = "custom indicator type",
    };
    toc_error why = {0};
    toc_rc rc = texts.failed ? TOC_ENOMEM : toc_types_add(types, &type, &why);
    if (rc == TOC_ENOMEM)
        return toc_error_nomem(err);
    if (rc)
        toc_log_at(&sess->log, TOC_LOG_WARNING, "types", "type %.*s of the server is left out: %s",
                   TOC_FMT(item->name), why.message);
    return TOC_OK;
}

/* What is being read, and where it goes. */
typedef struct catalogue {
    const toc_session *sess;
    toc_types *types;
} catalogue;

static toc_rc take_item(void *user, toc_json_reader *reader, toc_error *err)
{
    const catalogue *into = user;
    descriptor item = {0};
    return read_item(reader, &item) ? add_item(into->sess, into->types, &item, reader->arena, err)
                                    : TOC_EPROTO;
}

static toc_rc fetch(toc_session *sess, toc_types *types, toc_error *err)
{
    toc_call call = {.path = "/v2/types/indicatorTypes"};
    catalogue into = {sess, types};
    return toc__members_fetch(sess, &call, "indicatorType", take_item, &into, err);
}

toc_rc toc_session_types(toc_session *sess, const toc_types **types, toc_error *err)
{
    if (!sess || !types)
        return toc_error_set(err, TOC_EINVAL, "toc_session_types needs a session and a place");
    if (!sess->types) {
        toc_types *made = NULL;
        toc_rc rc = toc_types_new(&made, err);
        if (!rc)
            rc = fetch(sess, made, err);
        if (rc) {
            toc_types_free(made);
            if (err)
                err->number = TOC_NUMBER_INDICATOR_TYPES;
            return rc;
        }
        sess->types = made;
    }
    *types = sess->types;
    return TOC_OK;
}
