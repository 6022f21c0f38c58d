/* response.h - an answer that several keep. */
#ifndef TOC_CLIENT_RESPONSE_H
#define TOC_CLIENT_RESPONSE_H
#include "base/buf.h"
#include "tocsin/transport.h"

/* One more who calls toc_response_free. */
toc_response *toc__response_hold(toc_response *response);
/* Overwrites the body in memory: it holds a secret. */
void toc__response_wipe(toc_response *response);
/* What the sink is given is kept here as well, until the answer begins anew; copy NULL ends it. */
void toc__response_copy(toc_response *response, toc_buf *copy);
#endif
