/* codes.c - the numbers of failures (batch.md 16) and which of them end a submission. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/send.h"

static const toc_batch_code codes[] = {
    {TOC_NUMBER_OCCURRENCE, false, "File occurrences can only be added to a file."},
    {TOC_NUMBER_POLL, false, "Failed polling batch status."},
    {TOC_NUMBER_POLL_STATUS, false, "Failed polling batch status: the server refused."},
    {TOC_NUMBER_POLL_TIMEOUT, false, "Batch status check reached timeout."},
    {TOC_NUMBER_BATCH_ERRORS, false, "Failed retrieving batch errors."},
    {TOC_NUMBER_FILE, false, "Failed posting file data."},
    {TOC_NUMBER_FILE_STATUS, false, "Failed posting file data: the server refused."},
    {TOC_NUMBER_HASH, false, "No hash values provided."},
    {TOC_NUMBER_BATCH, true, "Critical batch error."},
    {TOC_NUMBER_JOB, true, "Failed submitting batch job requests."},
    {TOC_NUMBER_JOB_STATUS, true, "Failed submitting batch job requests: the server refused."},
    {TOC_NUMBER_DATA, true, "Failed submitting batch data."},
    {TOC_NUMBER_DATA_STATUS, true, "Failed submitting batch data: the server refused."},
};

static const toc_batch_code server_codes[] = {
    {0x1001, false, "General Error"},
    {0x1002, false, "Permission Error"},
    {0x1003, false, "JsonSyntax Error"},
    {0x1004, false, "Internal Error"},
    {0x1005, false, "Invalid Indicator Error"},
    {0x1006, false, "Invalid Group Error"},
    {0x1007, false, "Item Not Found Error"},
    {0x1008, false, "Indicator Limit Error"},
    {0x1009, false, "Association Error"},
    {0x100A, false, "Duplicate Item Error"},
    {0x100B, false, "File IO Error"},
    {0x2001, false, "Indicator Partial Loss Error"},
    {0x2002, false, "Group Partial Loss Error"},
    {0x2003, false, "File Hash Merge Error"},
    {0x3001, false, "File Hash Merge Error"},
};

/* Texts that tell that the job as a whole broke (batch.md 16.3). */
static const char *const critical_texts[] = {
    "Encountered an unexpected Exception while processing batch job",
    "would exceed the number of allowed indicators",
};

const toc_batch_code *toc_batch_code_list(size_t *count)
{
    *count = TOC_COUNT(codes);
    return codes;
}

const toc_batch_code *toc_batch_server_code_list(size_t *count)
{
    *count = TOC_COUNT(server_codes);
    return server_codes;
}

const toc_batch_code *toc_batch_failure(const toc_batch *batch)
{
    return batch ? batch->failure : NULL;
}

toc_rc toc__batch_fail(toc_batch *batch, unsigned thrown, unsigned answered, toc_rc rc,
                       toc_error *err)
{
    /* Nothing went wrong with the batch then. */
    if (!rc || rc == TOC_ECANCELED || rc == TOC_ENOMEM)
        return rc;
    unsigned code = err->http_status || rc == TOC_EPROTO ? answered : thrown;
    for (size_t i = 0; i < TOC_COUNT(codes); i++)
        if (codes[i].code == code)
            batch->failure = &codes[i];
    err->number = (int)code;
    return rc;
}

bool toc__batch_halts(const toc_batch *batch, toc_batch_halt which,
                      const toc_batch_callbacks *callbacks, toc_rc rc)
{
    if (rc != TOC_ENET && rc != TOC_EHTTP && rc != TOC_EAUTH && rc != TOC_ENOTFOUND &&
        rc != TOC_EPROTO)
        return true;
    if (which == TOC_HALT_POLL && batch->failure && batch->failure->code == TOC_NUMBER_POLL_TIMEOUT)
        return true;
    toc_switch set = batch->halts[which];
    return set ? set == TOC_SWITCH_ON : !callbacks || !callbacks->no_halt;
}

unsigned toc__batch_critical_bit(toc_str reason)
{
    for (size_t i = 0; i < TOC_COUNT(critical_texts); i++)
        if (toc_str_find(reason, toc_str_of(critical_texts[i])) >= 0)
            return 1U << i;
    return 0;
}

toc_rc toc__batch_critical(toc_batch *batch, unsigned critical, toc_error *err)
{
    for (size_t i = 0; i < TOC_COUNT(critical_texts); i++) {
        if (!(critical & (1U << i)))
            continue;
        toc_rc rc = toc_error_set(err, i ? TOC_ELIMIT : TOC_EPROTO, "Critical batch error (%s).",
                                  critical_texts[i]);
        return toc__batch_fail(batch, TOC_NUMBER_BATCH, TOC_NUMBER_BATCH, rc, err);
    }
    return TOC_OK;
}
