/* response.h - an answer that several keep. */
#ifndef TOC_CLIENT_RESPONSE_H
#define TOC_CLIENT_RESPONSE_H
#include "tocsin/transport.h"

/* One more who calls toc_response_free. */
toc_response *toc__response_hold(toc_response *response);
#endif
