/* ATT&CK: a STIX 2.0 bundle (.json, .json.gz) as typed groups and their associations, in one batch.
 * attack_load [--api URL|file:STORE] BUNDLE; attack_compare reads all of it back. */
#include "stix.h"

static void print(const stix *all)
{
    for (size_t i = 0; i < STIX_COUNT(stix_kinds); i++)
        printf("%6zu %s\n", all->kinds[i], stix_kinds[i].group);
    printf("%6zu other objects, %zu further versions\n", all->others, all->versions);
    for (size_t i = 0; i < json_array_size(all->unlinked); i++)
        printf("%s\n", json_string_value(json_array_get(all->unlinked, i)));
    stix_print(all);
}

static int refused(void *user, const toc_batch_error *error)
{
    (void)user;
    printf("refused: %.*s: %.*s\n", TEXT(error->source), TEXT(error->reason));
    return 0;
}

static toc_rc add(toc_batch *batch, const json_t *entry, uint64_t line, toc_error *err)
{
    json_t *links = json_object_get(entry, "links");
    toc_object *obj = NULL;
    toc_rc rc = stix_group(entry, &obj, err);
    /* One of the two ends says that they are linked; both are then. */
    for (void *at = json_object_iter(links); !rc && at; at = json_object_iter_next(links, at))
        if (json_is_true(json_object_iter_value(at)))
            rc = toc_object_add_group_xid(obj, toc_str_of(json_object_iter_key(at)), err);
    if (!rc)
        rc = toc_batch_add(batch, obj, line, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc load(toc_session *sess, const stix *all, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch_callbacks callbacks = {.version = 1, .error = refused};
    toc_batch_status status = {0};
    toc_batch *batch = NULL;
    uint64_t line = 0;
    options.owner = toc_session_owner(sess).ptr;
    toc_rc rc = toc_batch_new(&options, &batch, err);
    for (void *at = json_object_iter(all->groups); !rc && at;
         at = json_object_iter_next(all->groups, at))
        rc = add(batch, json_object_iter_value(at), ++line, err);
    /* Links to groups that come later in the batch follow the groups, as items of their own. */
    uint64_t groups = rc ? 0 : toc_batch_count(batch, TOC_KIND_GROUP);
    uint64_t links = rc ? 0 : toc_batch_count(batch, TOC_KIND_RECORD);
    if (!rc)
        rc = toc_batch_submit(batch, sess, &callbacks, &status, err);
    printf("%llu groups and %llu late links: %llu sent, %llu groups stored, %llu refused\n",
           (unsigned long long)groups, (unsigned long long)links, (unsigned long long)status.items,
           (unsigned long long)status.success, (unsigned long long)status.errors);
    toc_batch_free(batch);
    return rc;
}

int main(int argc, char **argv)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    stix all;
    toc_rc rc = stix_open(stix_arguments(argc, argv, &options), &all, &err);
    if (!rc)
        rc = example_open(&options, &sess, &err);
    if (!rc) {
        print(&all);
        rc = load(sess, &all, &err);
    }
    toc_session_close(sess);
    stix_close(&all);
    return example_end(rc, &err);
}
