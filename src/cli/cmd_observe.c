#include <string.h>

#include "ref.h"

typedef struct sighting {
    unsigned count;
    const char *date; /* NULL: now */
} sighting;

static toc_rc make(const sighting *seen, toc_object **record, toc_error *err)
{
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_OBSERVATION), record, err);
    if (!rc)
        rc = toc_object_set_int(*record, "count", seen->count, err);
    if (!rc && seen->date)
        rc = toc_object_set(*record, "dateObserved", toc_str_of(seen->date), err);
    return rc;
}

static toc_rc total_of(cli_refs *refs, const toc_ref *of, int64_t *count, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_rc rc = toc_parts_open(refs->sess, of, TOC_PART_OBSERVATION_COUNT, NULL, &list, err);
    int more = rc ? rc : toc_list_next(list, &obj, err);
    if (more > 0)
        *count = toc_object_get_int(obj, "count");
    toc_list_close(list);
    return more < 0 ? more : TOC_OK;
}

static toc_rc observe(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    const sighting *seen = user;
    cli_ref ref = {.type = NULL};
    toc_object *record = NULL;
    char text[CLI_REF_TEXT];
    int64_t total = 0;
    toc_error ignored = {0};
    toc_rc rc = cli_ref_indicator(refs, *words, &ref, err);
    toc_ref of = cli_ref_of(&ref);
    if (!rc)
        rc = make(seen, &record, err);
    if (!rc)
        rc = toc_part_add(refs->sess, &of, TOC_PART_OBSERVATION, record, err);
    if (rc == TOC_ENOTFOUND)
        cli_ref_missing(&ref, err);
    if (!rc && !cli_has(refs->args, OPT_QUIET) && !total_of(refs, &of, &total, &ignored))
        cli_note(refs->args, "%s: %u reported, %lld in all", cli_ref_text(&ref, text), seen->count,
                 (long long)total);
    toc_object_free(record);
    cli_ref_free(&ref);
    return rc;
}

/* The date is wrong for all of them or for none. */
static bool date_is_usable(const sighting *seen)
{
    toc_error err = {0};
    toc_object *record = NULL;
    toc_rc rc = make(seen, &record, &err);
    toc_object_free(record);
    if (rc)
        (void)cli_usage("--date: \"%s\" is not a date (2026-05-01, 2026-05-01T12:00:00Z, ...)",
                        seen->date ? seen->date : "");
    return rc == TOC_OK;
}

/* A repetition on the same day leaves the number alone and is no failure, so it is compared. */
static toc_rc count_before(cli_refs *refs, const cli_ref *ref, int64_t *count, toc_error *err)
{
    toc_object *there = NULL;
    toc_rc rc = cli_ref_get(refs, ref, &there, err);
    if (!rc)
        *count = toc_object_get_int(there, "falsePositiveCount");
    toc_object_free(there);
    return rc;
}

static toc_rc deny(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    cli_ref ref = {.type = NULL};
    toc_object *record = NULL;
    char text[CLI_REF_TEXT];
    int64_t before = 0;
    (void)user;
    toc_rc rc = cli_ref_indicator(refs, *words, &ref, err);
    toc_ref of = cli_ref_of(&ref);
    if (!rc)
        rc = count_before(refs, &ref, &before, err);
    if (!rc)
        rc = toc_object_new(toc_part_type(TOC_PART_FALSE_POSITIVE), &record, err);
    if (!rc)
        rc = toc_part_add(refs->sess, &of, TOC_PART_FALSE_POSITIVE, record, err);
    if (!rc) {
        long long now = (long long)toc_object_get_int(record, "count");
        cli_note(refs->args,
                 now && now == before ? "%s: was reported today already, %lld in all"
                                      : "%s: reported, %lld in all",
                 cli_ref_text(&ref, text), now);
    }
    toc_object_free(record);
    cli_ref_free(&ref);
    return rc;
}

static int run(const cli_args *args, cli_ref_fn fn, void *user)
{
    cli_refs refs;
    int status = cli_refs_open(&refs, args);
    if (status == EXIT_OK && refs.kind != TOC_KIND_INDICATOR)
        status = cli_usage("\"%s\" is no indicator: only those are seen", args->words[0]);
    if (status == EXIT_OK)
        status = cli_refs_each(&refs, 1, 1, fn, user);
    cli_refs_close(&refs);
    return status;
}

int cmd_observe(const cli_args *args)
{
    sighting seen = {.count = 1, .date = cli_value(args, OPT_DATE)};
    if (!cli_number(args, OPT_NUMBER, 1, 1000000000, &seen.count) || !date_is_usable(&seen))
        return EXIT_USAGE;
    return run(args, observe, &seen);
}

int cmd_false_positive(const cli_args *args)
{
    return run(args, deny, NULL);
}
