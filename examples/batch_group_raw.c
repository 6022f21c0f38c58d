/* A group as finished JSON, linked to another one of the same batch; content is in it as text. */
#include "example.h"

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char *const raw[] = {
        "{\"type\":\"Threat\",\"name\":\"Slow Barge\",\"xid\":\"example-slow-barge\"}",
        "{\"type\":\"Document\",\"name\":\"Slow Barge, notes\",\"xid\":\"%s\","
        "\"fileName\":\"notes.txt\",\"fileContent\":\"moves by night\","
        "\"associatedGroupXid\":[\"example-slow-barge\"],"
        "\"attribute\":[{\"type\":\"Description\",\"value\":\"Working notes.\","
        "\"displayed\":true}],\"tag\":[{\"name\":\"loader\"}]}"};
    const toc_str parts[] = {toc_str_of("example"), toc_str_of("notes"), toc_str_of("1")};
    char xid[TOC_XID_TEXT];
    char notes[512];
    toc_rc rc = toc_xid_list(parts, 3, xid);
    snprintf(notes, sizeof notes, raw[1], rc ? "" : xid);
    if (!rc)
        rc = toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(raw[0]), 1, err);
    return rc ? rc : toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(notes), 2, err);
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
