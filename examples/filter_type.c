/* Indicator type filter: every request of the filter asks for this type alone. */
#include "example.h"

static toc_rc ask(toc_session *sess, const toc_type *type, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, type, &filter, err);
    if (!rc) {
        printf("/v2/indicators/%s\n", type->branch);
        rc = example_list(sess, TOC_KIND_INDICATOR, filter, err);
    }
    toc_filter_free(filter);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    /* By name, member or path word; types that are defined on the platform as well. */
    static const char *const words[] = {"Address", "EmailAddress", "files",
                                        "hosts",   "URL",          "registryKey"};
    const toc_types *types = NULL;
    toc_rc rc = toc_session_types(sess, &types, err);
    for (size_t i = 0; !rc && i < sizeof words / sizeof *words; i++)
        rc = ask(sess, toc_types_find(types, TOC_KIND_INDICATOR, toc_str_of(words[i])), err);
    return rc;
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    toc_session_close(sess);
    return example_end(rc, &err);
}
