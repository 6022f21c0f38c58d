/* batch_entry.c - what a job records about items and links that went wrong. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

static const struct {
    const char *word, *code;
} kinds[] = {
    [TOC_KIND_INDICATOR] = {"Indicator", "0x1005"},
    [TOC_KIND_GROUP] = {"Group", "0x1006"},
};

bool toc__batch_refusal(toc_rc rc)
{
    static const toc_rc refusals[] = {TOC_EINVAL,       TOC_ELIMIT, TOC_ENOTFOUND, TOC_ECONFLICT,
                                      TOC_EUNSUPPORTED, TOC_EAUTH,  TOC_EPARSE};
    for (size_t i = 0; i < TOC_COUNT(refusals); i++) {
        if (refusals[i] == rc)
            return true;
    }
    return false;
}

/* --- entries ------------------------------------------------------------------------------- */

/* What the sender knows the item by: its xid, else its value or name as it was sent. */
static toc_str identity_of(toc_applied_batch *batch)
{
    toc_object *obj = batch->obj;
    toc_str text = toc__object_text(obj, TOC_SLOT_XID);
    if (!text.len)
        text = toc__object_text(obj, TOC_SLOT_SUMMARY); /* of groups: the name */
    if (!text.len && obj->type)
        text = toc_object_summary(obj);
    if (!text.len)
        text = TOC_S("(unnamed)");
    text.len = toc_str_utf8_floor(text, 1024);
    return text;
}

static void write_source(toc_applied_batch *batch, size_t *at)
{
    *at = batch->text.len;
    toc_buf_str(&batch->text, identity_of(batch));
    toc_buf_lit(&batch->text, " is not valid.");
}

static void begin_reason(toc_applied_batch *batch, toc_kind kind)
{
    toc_buf_clear(&batch->text);
    toc_buf_text(&batch->text, batch->obj->type ? batch->obj->type->name : kinds[kind].word);
    toc_buf_char(&batch->text, ' ');
    toc_buf_str(&batch->text, identity_of(batch));
}

static toc_rc end_entry(toc_applied_batch *batch, bool warning, const char *code, toc_str message,
                        toc_error *err)
{
    size_t at;
    write_source(batch, &at);
    toc_rc rc = toc_buf_check(&batch->text, err);
    if (rc)
        return rc;
    toc_str text = toc_buf_view(&batch->text);
    toc_job_error entry = {.code = toc_str_of(code),
                           .reason = toc_str_slice(text, 0, at),
                           .source = toc_str_slice(text, at, text.len),
                           .message = message};
    return toc__batch_entry(batch, warning, &entry, err);
}

static toc_rc make_row(toc_applied_batch *batch, toc_error *err)
{
    if (batch->job.id)
        return TOC_OK;
    /* A job that is run at once is never seen unfinished, so that no restart takes it up. */
    batch->job.state = TOC_JOB_COMPLETED;
    batch->job.created = batch->now;
    batch->job.finished = batch->now;
    return toc_job_add(batch->conn, &batch->job, err);
}

toc_rc toc__batch_entry(toc_applied_batch *batch, bool warning, const toc_job_error *entry,
                        toc_error *err)
{
    toc_rc rc = make_row(batch, err);
    if (rc)
        return rc;
    if (!warning) {
        batch->job.errors++;
        batch->halted = batch->halted || batch->config->halt_on_error;
    }
    if (batch->entries++ >= TOC_MAX_JOB_ERRORS)
        return TOC_OK;
    return toc_job_error_add(batch->conn, batch->job.id, entry, err);
}

toc_rc toc__batch_refuse(toc_applied_batch *batch, toc_kind kind, const char *code,
                         const toc_error *why, toc_error *err)
{
    begin_reason(batch, kind);
    if (why->field[0]) {
        toc_buf_lit(&batch->text, " has an invalid ");
        toc_buf_text(&batch->text, why->field);
        toc_buf_char(&batch->text, '.');
    } else {
        toc_buf_lit(&batch->text, " was not accepted: ");
        toc_buf_text(&batch->text, why->message);
        toc_buf_char(&batch->text, '.');
    }
    if (kind == TOC_KIND_INDICATOR)
        batch->job.error_indicators++;
    else
        batch->job.error_groups++;
    return end_entry(batch, false, code ? code : kinds[kind].code, toc_str_of(why->message), err);
}

toc_rc toc__batch_merge_warning(toc_applied_batch *batch, const char *text, toc_error *err)
{
    begin_reason(batch, TOC_KIND_INDICATOR);
    toc_buf_text(&batch->text, text);
    return end_entry(batch, true, "0x2003", (toc_str){NULL, 0}, err);
}

toc_rc toc__batch_link_error(toc_applied_batch *batch, toc_kind kind, toc_kind other, toc_str ref,
                             bool itself, toc_error *err)
{
    bool indicator = other == TOC_KIND_INDICATOR;
    begin_reason(batch, kind);
    toc_buf_text(&batch->text, indicator ? " is associated with the indicator "
                                         : " is associated with the group ");
    toc_buf_str(&batch->text, toc_str_slice(ref, 0, toc_str_utf8_floor(ref, 1024)));
    toc_buf_text(&batch->text, itself ? ", which is itself." : ", which does not exist.");
    batch->job.error_links++;
    return end_entry(batch, false, indicator && !itself ? "0x1007" : "0x1009", (toc_str){NULL, 0},
                     err);
}
