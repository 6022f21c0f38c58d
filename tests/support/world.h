/* world.h - for tests: a store with one object of everything, and a request for every route. */
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H
#include "base/buf.h"
#include "platform/routes.h"

/* Asks; body NULL: none; kind NULL: application/json. The answer's body replaces what is in answer.
 * Returns the status. */
typedef int (*world_ask)(void *context, const char *method, const char *target, const char *kind,
                         const char *body, toc_buf *answer);

/* Things that were made and are named by $name in samples. */
typedef enum world_id {
    WORLD_OWNER,
    WORLD_INCIDENT,
    WORLD_THREAT,
    WORLD_ADVERSARY,
    WORLD_DOCUMENT,
    WORLD_TASK,
    WORLD_TASK2,
    WORLD_VICTIM,
    WORLD_VICTIM2,
    WORLD_ASSET,
    WORLD_HANDLE,
    WORLD_OCCURRENCE,
    WORLD_INDICATOR_ATTRIBUTE,
    WORLD_GROUP_ATTRIBUTE,
    WORLD_TASK_ATTRIBUTE,
    WORLD_VICTIM_ATTRIBUTE,
    WORLD_METRIC,
    WORLD_JOB,
    WORLD_JOB_POST,
    WORLD_JOB_PUT,
    WORLD_ID_COUNT
} world_id;

typedef struct world {
    world_ask ask;
    void *context;
    const char *owner, *user; /* their names */
    char ids[WORLD_ID_COUNT][32];
    char token[512];
    toc_buf answer;
} world;

/* Makes the objects through the API alone; fails the test when something is refused. */
void world_make(world *self, world_ask ask, void *context, const char *owner, const char *user);
void world_done(world *self);

/* A request that the route answers with success in this world. */
typedef struct world_request {
    toc_buf target, payload;
    const char *body, *kind; /* NULL: none, application/json */
    int status;              /* 0: any of 200 to 204 */
} world_request;
/* False when there is none: the route is new and has no sample. */
bool world_request_for(const world *self, const toc_route *route, world_request *request);
void world_request_done(world_request *request);

/* The routes in an order in which each finds what it needs: POST and PUT as in the table, then GET,
 * then DELETE, what lies deepest first. The caller frees the array with toc_mem_free. */
const toc_route **world_routes(size_t *count);
#endif
