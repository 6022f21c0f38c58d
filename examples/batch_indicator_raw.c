/* An indicator as finished JSON: a file with three hashes, an occurrence and a link to a group. */
#include "example.h"

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char raw[] =
        "{\"type\":\"File\",\"rating\":5.00,\"confidence\":50,\"xid\":\"example-raw-file\","
        "\"summary\":\"7d793037a0760186574b0282f2f435e7 : "
        "7c211433f02071597741e6ff5a8ea34789abbf43 : "
        "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7\","
        "\"associatedGroups\":[{\"groupXid\":\"ex-copper-loader\"}],"
        "\"attribute\":[{\"type\":\"Source\",\"value\":\"Sandbox run.\",\"displayed\":true}],"
        "\"fileOccurrence\":[{\"fileName\":\"crane.exe\",\"date\":\"2024-03-03T18:00:00-06:00\"}],"
        "\"tag\":[{\"name\":\"loader\"}]}";
    return toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(raw), 1, err);
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    options.owner = "Acme CTI";
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = build(batch, err);
    if (!rc)
        rc = example_submit(sess, batch, err);
    toc_batch_free(batch);
    return rc;
}

int main(void)
{
    return example_run(show);
}
