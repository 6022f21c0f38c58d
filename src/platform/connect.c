#include "tocsin/platform.h"

#include <string.h>

#include "base/error.h"
#include "tocsin/session.h"

static const char scheme[] = "file:";

static toc_rc open_store(const toc_platform_options *given, const char *path,
                         toc_transport *transport, toc_error *err)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    if (given)
        options = *given;
    options.store = path;
    if (!options.synchronous_batch) /* nobody else would run the jobs */
        options.synchronous_batch = UINT32_MAX;
    toc_platform *platform = NULL;
    toc_rc rc = toc_platform_open(&options, &platform, err);
    if (rc)
        return rc;
    rc = toc_platform_transport(platform, true, transport, err);
    if (rc)
        toc_platform_close(platform);
    return rc;
}

toc_rc toc_platform_connect(const toc_session_options *options, const toc_platform_options *store,
                            toc_session **sess, toc_error *err)
{
    if (!options || !sess)
        return toc_error_set(err, TOC_EINVAL, "options and a place for the session are needed");
    if (!options->api_url || strncmp(options->api_url, scheme, sizeof scheme - 1) != 0)
        return toc_session_open(options, sess, err);
    if (options->transport)
        return toc_error_set(err, TOC_EINVAL, "a store and a transport exclude each other");
    toc_transport transport;
    toc_rc rc = open_store(store, options->api_url + sizeof scheme - 1, &transport, err);
    if (rc)
        return rc;
    toc_session_options inside = *options;
    inside.api_url = NULL;
    inside.transport = &transport;
    rc = toc_session_open(&inside, sess, err);
    if (rc)
        transport.close(transport.context);
    return rc;
}
