/* envelope.h - {"status":..,"data":{..}} around every answer (rest-v2 1.7). */
#ifndef TOC_CLIENT_ENVELOPE_H
#define TOC_CLIENT_ENVELOPE_H
#include "base/json.h"
#include "tocsin/transport.h"

#define TOC_ENVELOPE_TYPE 100
/* What an answer says to be, for messages: text, whatever the header holds; NULL when it says
 * nothing. */
const char *toc__envelope_type(const toc_response *response, char room[TOC_ENVELOPE_TYPE]);
/* TOC_EPROTO, naming the media type, unless the body looks like a JSON object. The header alone
 * does not decide: servers send JSON under several names and under none. */
toc_rc toc__envelope_is_json(const toc_response *response, toc_error *err);
/* TOC_EPROTO from the reader's error, with the position. */
toc_rc toc__envelope_broken(const toc_json_reader *reader, toc_error *err);
/* The server's own words ("message", "description", a plain text's first line); 0 when there are
 * none, -1 when out of memory. */
ptrdiff_t toc__envelope_message(const toc_response *response, char *out, size_t size);
/* Maps a status outside 200 to 204; the only place that decides whether it may be retried. */
toc_rc toc__envelope_status(const toc_response *response, toc_error *err);
/* The reader stands behind the key "status": whether its value tells anything but a success. False
 * when it is broken. */
bool toc__envelope_verdict(toc_json_reader *reader, bool *failure);
/* TOC_EHTTP with the server's message, for a "Failure" inside a good status. */
toc_rc toc__envelope_failure(const toc_response *response, toc_error *err);
/* The same when the body says so; TOC_OK for all others, also for what is no JSON: of a change
 * nobody reads more. */
toc_rc toc__envelope_done(const toc_response *response, toc_error *err);
/* The JSON of data.{entity}, or of the only value that is no count. Borrowed from the body. A
 * "Failure" inside a good status is TOC_EHTTP with the server's message; no such member is
 * TOC_EPROTO. */
toc_rc toc__envelope_data(const toc_response *response, toc_str entity, toc_str *json,
                          toc_error *err);
#endif
