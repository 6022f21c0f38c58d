/* lookup_ask.c - what one thread does for a value: find out its type, ask, put the answer in
 * words. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "lookup.h"
#include "tocsin/extract.h"
#include "tocsin/parts.h"

#define CACHE_SIZE 8192     /* answers that are remembered, a power of two */
#define CACHED_LONGEST 1024 /* bytes of value and answer together */

typedef struct remembered {
    char *text; /* value, then answer */
    size_t value_len, len;
    lookup_answer answer;
} remembered;

struct lookup_asker {
    const lookup_plan *plan;
    toc_session *sess;
    const toc_types *types;
    toc_detector *detector;
    toc_finder *finder; /* of a store; NULL: the session asks */
    remembered cache[CACHE_SIZE];
    char value[LOOKUP_VALUE_MAX + 1]; /* as a platform stores it */
    const char **holders;             /* owners that have the value; room for all that are asked */
    toc_object **found;               /* the value there; as many */
    size_t found_count;
};

/* One value and what is known of it. */
typedef struct question {
    toc_str given;        /* as it stood there */
    toc_str value;        /* refanged */
    const toc_type *type; /* NULL: none */
} question;

lookup_asker *lookup_asker_new(const lookup_plan *plan, toc_platform *platform, toc_session *sess,
                               toc_error *err)
{
    lookup_asker *asker = calloc(1, sizeof *asker);
    if (!asker) {
        (void)cli_error(err, TOC_ENOMEM, "out of memory");
        return NULL;
    }
    asker->plan = plan;
    asker->sess = sess;
    asker->holders = calloc(plan->owner_count + 1, sizeof *asker->holders);
    asker->found = calloc(plan->owner_count + 1, sizeof *asker->found);
    toc_rc rc =
        asker->holders && asker->found ? TOC_OK : cli_error(err, TOC_ENOMEM, "out of memory");
    if (!rc)
        rc = toc_session_types(sess, &asker->types, err);
    if (!rc)
        rc = toc_detector_new(&asker->detector, err);
    if (!rc && platform && plan->owner_count)
        rc = toc_finder_open(platform, plan->owners, plan->owner_count, &asker->finder, err);
    if (!rc)
        return asker;
    lookup_asker_free(asker);
    return NULL;
}

void lookup_asker_free(lookup_asker *asker)
{
    for (size_t i = 0; asker && i < CACHE_SIZE; i++)
        free(asker->cache[i].text);
    if (asker) {
        toc_finder_close(asker->finder);
        toc_detector_free(asker->detector);
        free(asker->holders);
        free(asker->found);
    }
    free(asker);
}

/* --- answers that were given lately --------------------------------------------------------- */

static remembered *place_of(lookup_asker *asker, toc_str value)
{
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < value.len; i++)
        hash = (hash ^ (unsigned char)value.ptr[i]) * 1099511628211ULL;
    return &asker->cache[(hash ^ hash >> 32) & (CACHE_SIZE - 1)];
}

static const remembered *recall(lookup_asker *asker, toc_str value)
{
    const remembered *place = place_of(asker, value);
    bool same =
        place->text && place->value_len == value.len && !memcmp(place->text, value.ptr, value.len);
    return same ? place : NULL;
}

static void remember(lookup_asker *asker, toc_str value, toc_str answer, lookup_answer which)
{
    remembered *place = place_of(asker, value);
    size_t len = value.len + answer.len;
    if (len > CACHED_LONGEST)
        return;
    char *text = malloc(len + 1);
    if (!text) /* it is asked again then */
        return;
    memcpy(text, value.ptr, value.len);
    if (answer.len)
        memcpy(text + value.len, answer.ptr, answer.len);
    free(place->text);
    *place = (remembered){text, value.len, len, which};
}

/* --- types ---------------------------------------------------------------------------------- */

/* Whatever else is wrong with a value says that it is none; this says nothing of it. */
static toc_rc want_of_memory(toc_rc rc)
{
    return rc == TOC_ENOMEM ? rc : TOC_OK;
}

/* "{"type": ..., "value": ...}", a line that extract prints; q is left alone when it is no such. */
static toc_rc read_object(lookup_asker *asker, question *q, bool *good, toc_error *err)
{
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_ATTRIBUTE), &record, err);
    if (!rc)
        rc = toc_object_set_json(record, q->given, err);
    *good = false;
    if (!rc) {
        toc_str value = toc_object_get(record, "value");
        const toc_type *type =
            toc_types_find(asker->types, TOC_KIND_INDICATOR, toc_object_get(record, "type"));
        *good = value.len && value.len < sizeof asker->value && type;
        if (*good) {
            memcpy(asker->value, value.ptr, value.len);
            *q = (question){q->given, {asker->value, value.len}, type};
        }
    }
    toc_object_free(record);
    return want_of_memory(rc);
}

/* The value as this type stores it, into asker->value; q has the type then. */
static toc_rc fit(lookup_asker *asker, const toc_type *type, question *q, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc = toc_object_set_summary(obj, q->given, err);
    if (!rc)
        rc = toc_object_check(obj, err);
    toc_str text = rc ? (toc_str){NULL, 0} : toc_object_summary(obj);
    if (text.len && text.len < sizeof asker->value) {
        memmove(asker->value, text.ptr, text.len);
        *q = (question){q->given, {asker->value, text.len}, type};
    }
    toc_object_free(obj);
    return want_of_memory(rc);
}

static bool is_wanted(const lookup_asker *asker, const toc_type *type)
{
    for (size_t i = 0; type && i < asker->plan->type_count; i++)
        if (!strcmp(asker->plan->types[i], type->name))
            return true;
    return !asker->plan->type_count;
}

/* What the value looks like; with --type only that, or else what it can be. A value that stands
 * alone is believed sooner than one in a text: a name without a known top-level domain may well be
 * a host. */
static toc_rc classify(lookup_asker *asker, question *q, toc_error *err)
{
    bool object = false;
    toc_rc rc = TOC_OK;
    const toc_type *type = NULL;
    if (q->given.len > LOOKUP_VALUE_MAX)
        return rc;
    if (*q->given.ptr == '{')
        rc = read_object(asker, q, &object, err);
    if (rc || object)
        return rc;
    if (toc_refang_value(q->given, asker->value, sizeof asker->value, &q->type))
        q->value = toc_str_of(asker->value);
    else if ((type = toc_detector_find(asker->detector, q->given)))
        rc = fit(asker, type, q, err);
    if (rc || (q->type && is_wanted(asker, q->type)))
        return rc;
    q->type = NULL;
    q->value = q->given;
    for (size_t i = 0; !rc && !q->type && i < asker->plan->type_count; i++) {
        type = toc_types_find(asker->types, TOC_KIND_INDICATOR, toc_str_of(asker->plan->types[i]));
        if (type)
            rc = fit(asker, type, q, err);
    }
    return rc;
}

/* --- asking --------------------------------------------------------------------------------- */

static void drop_found(lookup_asker *asker)
{
    while (asker->found_count) {
        asker->found_count--;
        if (!asker->finder)
            toc_object_free(asker->found[asker->found_count]);
    }
}

/* Nothing there, and values that the platform takes for none of the type, are answers. */
static toc_rc no_answer(toc_rc rc, const toc_error *err)
{
    bool refused = rc == TOC_EHTTP && err->http_status == 400;
    return rc == TOC_ENOTFOUND || rc == TOC_EINVAL || refused ? TOC_OK : rc;
}

static toc_rc ask_owner(lookup_asker *asker, const question *q, const char *owner, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_get_with(asker->sess, q->type, q->value, owner, TOC_LOAD_TAGS, &obj, err);
    if (rc)
        return no_answer(rc, err);
    asker->found[asker->found_count++] = obj;
    return TOC_OK;
}

static bool is_asked(const lookup_plan *plan, toc_str name, const char **owner)
{
    for (size_t i = 0; i < plan->owner_count; i++)
        if (toc_str_equal_fold(toc_str_of(plan->owners[i]), name)) {
            *owner = plan->owners[i];
            return true;
        }
    return false;
}

/* Who has it first, then each of those: most values are nowhere, which one request tells. */
static toc_rc ask_owners(lookup_asker *asker, const question *q, toc_error *err)
{
    size_t count = 0;
    toc_list *list = NULL;
    toc_object *owner = NULL;
    toc_ref of = {.type = q->type, .id = q->value};
    toc_rc rc = toc_parts_open(asker->sess, &of, TOC_PART_OWNER, NULL, &list, err);
    int more = rc ? rc : 1;
    while (more > 0 && (more = toc_list_next(list, &owner, err)) == 1)
        if (count < asker->plan->owner_count &&
            is_asked(asker->plan, toc_object_get(owner, "name"), &asker->holders[count]))
            count++;
    toc_list_close(list);
    rc = more < 0 ? no_answer(more, err) : TOC_OK;
    for (size_t i = 0; !rc && more >= 0 && i < count; i++)
        rc = ask_owner(asker, q, asker->holders[i], err);
    return rc;
}

static toc_rc ask_store(lookup_asker *asker, const question *q, toc_error *err)
{
    size_t count = 0;
    toc_rc rc = toc_finder_find(asker->finder, q->type, q->value, &count, err);
    for (size_t i = 0; !rc && i < count && i < asker->plan->owner_count; i++)
        asker->found[asker->found_count++] = toc_finder_at(asker->finder, i);
    return rc;
}

static toc_rc ask(lookup_asker *asker, const question *q, toc_error *err)
{
    const lookup_plan *plan = asker->plan;
    if (asker->finder)
        return ask_store(asker, q, err);
    if (plan->owner_count == 1)
        return ask_owner(asker, q, plan->owners[0], err);
    return ask_owners(asker, q, err);
}

/* --- telling -------------------------------------------------------------------------------- */

static toc_str owner_of(toc_object *obj)
{
    toc_str name = toc_object_get(obj, "ownerName");
    return name.len ? name : toc_str_of(toc_object_ref(obj).owner);
}

/* The objects of one owner, or of all. */
typedef struct view {
    toc_object *const *found;
    size_t count;
} view;

static view all_of(const lookup_asker *asker)
{
    return (view){asker->found, asker->found_count};
}

/* The tags of all owners, each once. Few enough to compare each with each. */
static bool is_first(view of, size_t object, size_t index, toc_str tag)
{
    toc_str other;
    for (size_t o = 0; o <= object; o++)
        for (size_t i = 0; toc_object_tag(of.found[o], i, &other); i++) {
            if (o == object && i == index)
                return true;
            if (toc_str_equal(other, tag))
                return false;
        }
    return true;
}

typedef void (*put_fn)(cli_grow *out, toc_str value);

static void put_plain(cli_grow *out, toc_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        bool control = (unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7F;
        cli_grow_add(out, control ? "?" : value.ptr + i, 1);
    }
}

static void put_tags(view of, cli_grow *out, put_fn put, const char *between)
{
    size_t count = 0;
    toc_str tag;
    for (size_t o = 0; o < of.count; o++)
        for (size_t i = 0; toc_object_tag(of.found[o], i, &tag); i++)
            if (is_first(of, o, i, tag)) {
                if (count++)
                    cli_grow_put(out, between);
                put(out, tag);
            }
}

static void put_owners(view of, cli_grow *out, put_fn put, const char *between)
{
    for (size_t i = 0; i < of.count; i++) {
        if (i)
            cli_grow_put(out, between);
        put(out, owner_of(of.found[i]));
    }
}

/* The highest of the owners' numbers; absent when none has one. */
static void put_highest(view of, const char *field, cli_grow *out, const char *absent)
{
    char room[CLI_FIELD_ROOM];
    bool there = false;
    double most = 0;
    bool decimal = !strcmp(field, "rating");
    for (size_t i = 0; i < of.count; i++) {
        const toc_object *obj = of.found[i];
        if (!toc_object_has(obj, field))
            continue;
        double value =
            decimal ? toc_object_get_decimal(obj, field) : (double)toc_object_get_int(obj, field);
        most = there && most > value ? most : value;
        there = true;
    }
    if (!there)
        cli_grow_put(out, absent);
    else if (decimal)
        cli_grow_put(out, cli_decimal_text(most, room));
    else
        cli_grow_format(out, "%.0f", most);
}

/* What is known of the value there, as members of an object that has some already. */
static void put_members(view of, cli_grow *out)
{
    toc_object *first = of.found[0];
    cli_grow_put(out, ",\"rating\":");
    put_highest(of, "rating", out, "null");
    cli_grow_put(out, ",\"confidence\":");
    put_highest(of, "confidence", out, "null");
    cli_grow_put(out, ",\"tags\":[");
    put_tags(of, out, cli_grow_json, ",");
    cli_grow_format(out, "],\"id\":%lld,\"webLink\":", (long long)toc_object_get_int(first, "id"));
    cli_grow_json(out, toc_object_get(first, "webLink"));
    if (toc_object_has(first, "active") && !toc_object_get_bool(first, "active"))
        cli_grow_put(out, ",\"active\":false");
}

static void put_records(const lookup_asker *asker, cli_grow *out)
{
    cli_grow_put(out, ",\"records\":[");
    for (size_t i = 0; i < asker->found_count; i++) {
        cli_grow_put(out, i ? ",{\"owner\":" : "{\"owner\":");
        cli_grow_json(out, owner_of(asker->found[i]));
        put_members((view){&asker->found[i], 1}, out);
        cli_grow_put(out, "}");
    }
    cli_grow_put(out, "]");
}

static void tell_jsonl(const lookup_asker *asker, const question *q, cli_grow *out)
{
    bool known = asker->found_count > 0;
    cli_grow_put(out, "{\"value\":");
    cli_grow_json(out, q->value);
    if (!toc_str_equal(q->value, q->given) && *q->given.ptr != '{') {
        cli_grow_put(out, ",\"input\":");
        cli_grow_json(out, q->given);
    }
    cli_grow_put(out, ",\"type\":");
    if (q->type)
        cli_grow_json(out, toc_str_of(q->type->name));
    else
        cli_grow_put(out, "null");
    cli_grow_put(out, known ? ",\"known\":true,\"owners\":[" : ",\"known\":false}\n");
    if (!known)
        return;
    put_owners(all_of(asker), out, cli_grow_json, ",");
    cli_grow_put(out, "]");
    put_members(all_of(asker), out);
    if (asker->found_count > 1)
        put_records(asker, out);
    cli_grow_put(out, "}\n");
}

static void tell_csv(const lookup_asker *asker, const question *q, cli_grow *out)
{
    cli_grow cell = {.ptr = NULL};
    cli_grow_csv(out, q->value);
    cli_grow_format(out, ",%s,", asker->found_count ? "true" : "false");
    cli_grow_csv(out, toc_str_of(q->type ? q->type->name : ""));
    cli_grow_put(out, ",");
    put_owners(all_of(asker), &cell, put_plain, ";");
    cli_grow_csv(out, (toc_str){cell.ptr, cell.len});
    cli_grow_put(out, ",");
    put_highest(all_of(asker), "rating", out, "");
    cli_grow_put(out, ",");
    put_highest(all_of(asker), "confidence", out, "");
    cli_grow_put(out, ",");
    cell.len = 0;
    put_tags(all_of(asker), &cell, put_plain, ";");
    cli_grow_csv(out, (toc_str){cell.ptr, cell.len});
    cli_grow_put(out, "\n");
    out->failed = out->failed || cell.failed;
    cli_grow_free(&cell);
}

/* Cells that end with a tabulator: the printer of the table takes them apart. */
static void tell_table(const lookup_asker *asker, const question *q, cli_grow *out)
{
    put_plain(out, q->value);
    cli_grow_format(out, "\t%s\t", q->type ? q->type->name : "-");
    if (!q->type)
        cli_grow_put(out, "(no indicator)");
    else if (!asker->found_count)
        cli_grow_put(out, "(unknown)");
    put_owners(all_of(asker), out, put_plain, ", ");
    cli_grow_put(out, "\t");
    put_highest(all_of(asker), "rating", out, "");
    cli_grow_put(out, "\t");
    put_highest(all_of(asker), "confidence", out, "");
    cli_grow_put(out, "\t");
    put_tags(all_of(asker), out, put_plain, ", ");
    cli_grow_put(out, "\t\n");
}

static void tell_list(const lookup_asker *asker, const question *q, cli_grow *out)
{
    (void)asker;
    /* As the list of get: a line end inside a value would make two lines of it. */
    for (size_t i = 0; i < q->value.len; i++) {
        char c = q->value.ptr[i];
        if (c == '\n' || c == '\r')
            cli_grow_put(out, c == '\n' ? "\\n" : "\\r");
        else
            cli_grow_add(out, &c, 1);
    }
    cli_grow_put(out, "\n");
}

static void tell(const lookup_asker *asker, const question *q, lookup_answer answer, cli_grow *out)
{
    static void (*const tellers[LOOKUP_FORMATS])(const lookup_asker *, const question *,
                                                 cli_grow *) = {
        [LOOKUP_TABLE] = tell_table,
        [LOOKUP_JSONL] = tell_jsonl,
        [LOOKUP_CSV] = tell_csv,
        [LOOKUP_LIST] = tell_list,
    };
    bool wanted = answer == LOOKUP_KNOWN ? asker->plan->known : asker->plan->unknown;
    if (wanted)
        tellers[asker->plan->format](asker, q, out);
}

static toc_rc answer_one(lookup_asker *asker, toc_str given, lookup_block *block)
{
    const remembered *known = recall(asker, given);
    if (known) {
        cli_grow_add(&block->out, known->text + known->value_len, known->len - known->value_len);
        block->counts[known->answer]++;
        return TOC_OK;
    }
    question q = {.given = given, .value = given};
    toc_rc rc = classify(asker, &q, &block->err);
    if (!rc && q.type)
        rc = ask(asker, &q, &block->err);
    lookup_answer answer = !q.type              ? LOOKUP_NEITHER
                           : asker->found_count ? LOOKUP_KNOWN
                                                : LOOKUP_UNKNOWN;
    size_t from = block->out.len;
    if (!rc) {
        tell(asker, &q, answer, &block->out);
        if (!block->out.failed)
            remember(asker, given, (toc_str){block->out.ptr + from, block->out.len - from}, answer);
        block->counts[answer]++;
    }
    drop_found(asker);
    return rc;
}

void lookup_ask(lookup_asker *asker, lookup_block *block)
{
    const char *at = block->in.ptr;
    const char *end = at + block->in.len;
    while (at < end && !block->rc && !cli_interrupted()) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        block->rc = answer_one(asker, (toc_str){at, (size_t)(stop - at)}, block);
        block->done += !block->rc;
        at = stop + 1;
    }
    toc_finder_rest(asker->finder);
    if (!block->rc && block->out.failed)
        block->rc = cli_error(&block->err, TOC_ENOMEM, "out of memory");
}
