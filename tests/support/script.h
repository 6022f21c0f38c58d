/* script.h - a transport for tests that answers from a script and remembers what was asked. */
#ifndef TESTS_SUPPORT_SCRIPT_H
#define TESTS_SUPPORT_SCRIPT_H
#include "tocsin/session.h"

#define SCRIPT_MAX 32

typedef struct script_answer {
    int status;       /* 0: no answer arrives */
    unsigned flags;   /* of the failure then */
    const char *type; /* Content-Type; NULL: application/json; "": none */
    const char *body;
    size_t body_len;            /* 0: up to the terminator */
    const char *header, *value; /* one more header */
} script_answer;

typedef struct script_asked {
    char method[8];
    char base[128];
    char target[4096];
    char body[4096];
    char authorization[256], timestamp[32], content_type[64], agent[64];
    char more[512]; /* every other header, "name: value\n" */
    bool has_body;
} script_asked;

typedef struct script {
    const script_answer *answers; /* used in order; beyond the last one nothing answers */
    size_t answer_count;
    size_t asked_count;
    script_asked asked[SCRIPT_MAX];
    unsigned closed;
} script;

toc_transport script_transport(script *self);
/* A session over the script: HMAC credentials "12345" and "SECRET", one millisecond of pause. */
toc_session *script_session(script *self);
/* The same with other options; transport and version are set here. */
toc_session *script_session_with(script *self, toc_session_options options);
/* The same over these answers from their first one; nothing has been asked yet. Never NULL. */
toc_session *script_start(script *self, const script_answer *answers, size_t count,
                          toc_session_options options);
#endif
