/* playbooks.c - there are none, and clients that ask are told so (rest-v2 2.19). */
#include "platform/handlers.h"

toc_rc toc__playbooks_list(toc_incoming *call, toc_error *err)
{
    toc_page page;
    toc_rc rc = toc__page(call, false, &page, err);
    if (rc)
        return rc;
    toc__begin_list(call, page.start ? -1 : 0, "playbook");
    toc__end_list(call);
    return TOC_OK;
}
