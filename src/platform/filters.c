#include "platform/filters.h"

toc_rc toc__read_filters(toc_incoming *call, toc_filter_resource resource, const toc_type *type,
                         toc_terms *terms, toc_error *err)
{
    toc_str filters = toc_target_param(&call->parts, "filters");
    terms->any = toc_target_flag(&call->parts, "orParams");
    toc_rc rc = toc_terms_parse(filters, resource, type, &call->arena, terms, err);
    if (rc == TOC_EPARSE || rc == TOC_EINVAL)
        return toc__refuse(err, 400, "The filters for this request are invalid: %s", err->message);
    return rc;
}
