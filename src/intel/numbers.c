/* numbers.c - the catalogue of errors (ti.md 22). */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "intel/act.h"
#include "tocsin/ti.h"

#define STATUS " API status code: {}, API message: {}."

static const struct {
    int number;
    const char *text;
} rows[] = {
    {TOC_NUMBER_GENERIC, "Generic error. See log for more details ({})."},
    {TOC_NUMBER_MODULE, "Required Module is not installed ({})."},
    {TOC_NUMBER_ASSOCIATION_TYPES,
     "Failed retrieving Custom Indicator Associations types from API ({})."},
    {TOC_NUMBER_TOKEN, "Failure during token renewal ({})."},
    {TOC_NUMBER_HMAC, "HMAC authorization requires a PreparedRequest Object."},
    {TOC_NUMBER_INDICATOR_TYPES, "Failed retrieving indicator types from API ({})."},
    {TOC_NUMBER_BULK, "Failed retrieving Bulk JSON ({})."},
    {TOC_NUMBER_ASSOCIATION, "An invalid action/association name ({}) was provided."},
    {TOC_NUMBER_DATA_STORE, "Data Store request failed." STATUS},
    {TOC_NUMBER_OCCURRENCE, "File Occurrences can only be added to a File. Current type: {}."},
    {TOC_NUMBER_POLL, "Failed polling batch status ({})."},
    {TOC_NUMBER_POLL_STATUS, "Failed polling batch status." STATUS},
    {TOC_NUMBER_POLL_TIMEOUT, "Batch status check reached timeout ({} seconds)."},
    {TOC_NUMBER_BATCH_ERRORS, "Failed retrieving batch errors ({})."},
    {TOC_NUMBER_FILE, "Failed posting file data ({})."},
    {TOC_NUMBER_FILE_STATUS, "Failed posting file data." STATUS},
    {TOC_NUMBER_HASH, "No hash values provided."},
    {TOC_NUMBER_GROUP, "Failed adding group type \"{}\" with name \"{}\" ({})."},
    {TOC_NUMBER_GROUP_ATTRIBUTE,
     "Failed adding attribute type \"{}\" with value \"{}\" to group id \"{}\" ({})."},
    {TOC_NUMBER_GROUP_LABEL, "Failed adding label \"{}\" to group id \"{}\" ({})."},
    {TOC_NUMBER_GROUP_TAG, "Failed adding tag \"{}\" to group id \"{}\" ({})."},
    {TOC_NUMBER_ATTRIBUTE_LABEL, "Failed adding label \"{}\" to attribute id \"{}\" ({})."},
    {TOC_NUMBER_METRIC_CREATE, "Failed to create metric." STATUS},
    {TOC_NUMBER_METRIC_FIND, "Error while finding metric by name." STATUS},
    {TOC_NUMBER_METRIC_DATA, "Failed to add metric data." STATUS},
    {TOC_NUMBER_METRIC_ID, "No metric ID found for \"{}\"."},
    {TOC_NUMBER_NOTIFICATION, "Failed to send notification." STATUS},
    {TOC_NUMBER_INDEX, "Failed to create index." STATUS},
    {TOC_NUMBER_RECORD, "Failed to {} record data." STATUS},
    {TOC_NUMBER_UPDATE,
     "Error during update. {} does not have a unique_id set and cannot be updated."},
    {TOC_NUMBER_GET, "Error during get. {} does not have a unique_id set and cannot be fetched."},
    {TOC_NUMBER_DELETE,
     "Error during delete. {} does not have a unique_id set and cannot be deleted."},
    {TOC_NUMBER_CREATE,
     "Error during create. {} does not have required values set and cannot be created."},
    {TOC_NUMBER_INVALID, "Error invalid {}. {} does not accept that {}, {}: {}."},
    {TOC_NUMBER_PAGE,
     "Error during pagination. API status code: {}, API message: {}, API Url: {}."},
    {TOC_NUMBER_CALL, "Error during {}. API status code: {}, API message: {}, API Url: {}."},
    {TOC_NUMBER_CALL_OTHER, "Error during {}. API status code: {}, API message: {}, API Url: {}."},
    {TOC_NUMBER_BATCH, "Critical batch error ({})."},
    {TOC_NUMBER_JOB, "Failed submitting batch job requests ({})."},
    {TOC_NUMBER_JOB_STATUS, "Failed submitting batch job requests." STATUS},
    {TOC_NUMBER_DATA, "Failed submitting batch data ({})."},
    {TOC_NUMBER_DATA_STATUS, "Failed submitting batch data." STATUS},
};

const char *toc_number_template(int number)
{
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        if (rows[i].number == number)
            return rows[i].text;
    }
    return NULL;
}

bool toc_number_critical(int number)
{
    return number >= TOC_NUMBER_CRITICAL;
}

/* false: there are fewer words than slots. */
static bool fill(toc_buf *out, toc_str text, const toc_str *words, size_t count)
{
    ptrdiff_t slot;
    while ((slot = toc_str_find(text, TOC_S("{}"))) >= 0) {
        if (!count--)
            return false;
        toc_buf_str(out, toc_str_slice(text, 0, (size_t)slot));
        toc_buf_str(out, *words++);
        text = toc_str_slice(text, (size_t)slot + 2, text.len);
    }
    toc_buf_str(out, text);
    return true;
}

toc_rc toc_number_text(int number, const toc_str *words, size_t count, char **text, toc_error *err)
{
    toc_buf out TOC_CLEANUP(toc_buf_done) = {0};
    if (!text || (count && !words))
        return toc_error_set(err, TOC_EINVAL, "toc_number_text needs words and a place");
    const char *pattern = toc_number_template(number);
    toc_buf_init(&out, TOC_MAX_TEXT);
    if (!pattern || !fill(&out, toc_str_of(pattern), words, count)) {
        toc_buf_clear(&out);
        toc_buf_lit(&out, "Generic Failure, see logs for more details.");
    }
    toc_rc rc = toc_buf_check(&out, err);
    char *taken = rc ? NULL : toc_buf_take(&out);
    if (!rc && !taken)
        rc = toc_error_nomem(err);
    if (!rc)
        *text = taken;
    return rc;
}

toc_rc toc__number(toc_rc rc, int number, toc_error *err)
{
    bool refusal = rc == TOC_EINVAL || rc == TOC_EUNSUPPORTED;
    if (refusal && err && !err->number && !err->http_status)
        err->number = number;
    return rc;
}
