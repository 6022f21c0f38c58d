#include "support/patience.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

#define MD5 "0123456789abcdef0123456789abcdef"
#define BOUNDARY "----world"
#define MULTIPART "multipart/form-data; boundary=" BOUNDARY

static const char *const id_names[] = {
    [WORLD_OWNER] = "owner",
    [WORLD_INCIDENT] = "incident",
    [WORLD_THREAT] = "threat",
    [WORLD_ADVERSARY] = "adversary",
    [WORLD_DOCUMENT] = "document",
    [WORLD_TASK] = "task",
    [WORLD_TASK2] = "task2",
    [WORLD_VICTIM] = "victim",
    [WORLD_VICTIM2] = "victim2",
    [WORLD_ASSET] = "asset",
    [WORLD_HANDLE] = "handle",
    [WORLD_OCCURRENCE] = "occurrence",
    [WORLD_INDICATOR_ATTRIBUTE] = "indicator_attribute",
    [WORLD_GROUP_ATTRIBUTE] = "group_attribute",
    [WORLD_TASK_ATTRIBUTE] = "task_attribute",
    [WORLD_VICTIM_ATTRIBUTE] = "victim_attribute",
    [WORLD_METRIC] = "metric",
    [WORLD_JOB] = "job",
    [WORLD_JOB_POST] = "job_post",
    [WORLD_JOB_PUT] = "job_put",
};
_Static_assert(TOC_COUNT(id_names) == WORLD_ID_COUNT, "a name per id");

#define ATTRIBUTE "{\"type\":\"Description\",\"value\":\"seen\",\"displayed\":true}"
#define JOB                                                                                        \
    "{\"version\":\"V2\",\"owner\":\"$owner_name\",\"action\":\"Create\",\"attributeWriteType\":"  \
    "\"Replace\",\"haltOnError\":false}"
/* The second one is refused, so that the job has errors. */
#define ITEMS                                                                                      \
    "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"batch.example\"},"                           \
    "{\"type\":\"Address\",\"summary\":\"not an address\"}]}"

static const struct {
    const char *method, *target, *body;
    int id; /* learned from the answer, or -1 */
} steps[] = {
    {"POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", -1},
    {"POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.7\"}", -1},
    {"POST", "/v2/indicators/cidrBlocks", "{\"Block\":\"203.0.113.0/24\"}", -1},
    {"POST", "/v2/indicators/files", "{\"md5\":\"" MD5 "\"}", -1},
    {"POST", "/v2/indicators/urls", "{\"text\":\"http://evil.example/gone\"}", -1},
    {"DELETE", "/v2/indicators/urls/http%3A%2F%2Fevil.example%2Fgone", NULL, -1},
    {"POST", "/v2/indicators/files/" MD5 "/fileOccurrences", "{\"fileName\":\"a.exe\"}",
     WORLD_OCCURRENCE},
    {"GET", "/v2/owners/mine", NULL, WORLD_OWNER},
    {"POST", "/v2/groups/incidents", "{\"name\":\"Raid\"}", WORLD_INCIDENT},
    {"POST", "/v2/groups/threats", "{\"name\":\"Menace\"}", WORLD_THREAT},
    {"POST", "/v2/groups/adversaries", "{\"name\":\"Heron\"}", WORLD_ADVERSARY},
    {"POST", "/v2/groups/documents", "{\"name\":\"Memo\",\"fileName\":\"memo.txt\"}",
     WORLD_DOCUMENT},
    {"POST", "/v2/tasks", "{\"name\":\"Block\"}", WORLD_TASK},
    {"POST", "/v2/tasks", "{\"name\":\"Tell\"}", WORLD_TASK2},
    {"POST", "/v2/victims", "{\"name\":\"Front desk\"}", WORLD_VICTIM},
    {"POST", "/v2/victims", "{\"name\":\"Back office\"}", WORLD_VICTIM2},
    {"POST", "/v2/victims/$victim/victimAssets/emailAddresses", "{\"address\":\"a@b.example\"}",
     WORLD_ASSET},
    {"POST", "/v2/victims/$victim2/victimAssets/webSites", "{\"webSite\":\"b.example\"}", -1},
    {"POST", "/v2/groups/adversaries/$adversary/adversaryAssets/handles",
     "{\"handle\":\"darkheron\"}", WORLD_HANDLE},
    {"POST", "/v2/indicators/hosts/evil.example/attributes", ATTRIBUTE, WORLD_INDICATOR_ATTRIBUTE},
    {"POST", "/v2/groups/incidents/$incident/attributes", ATTRIBUTE, WORLD_GROUP_ATTRIBUTE},
    {"POST", "/v2/tasks/$task/attributes", ATTRIBUTE, WORLD_TASK_ATTRIBUTE},
    {"POST", "/v2/victims/$victim/attributes", ATTRIBUTE, WORLD_VICTIM_ATTRIBUTE},
    {"POST", "/v2/securityLabels", "{\"name\":\"Internal\",\"description\":\"ours\"}", -1},
    {"POST", "/v2/tags", "{\"name\":\"Phish Kit\"}", -1},
    {"POST", "/v2/groups/incidents/$incident/victims/$victim", NULL, -1},
    {"POST", "/v2/groups/incidents/$incident/victims/$victim2", NULL, -1},
    {"POST", "/v2/groups/incidents/$incident/indicators/addresses/203.0.113.7", NULL, -1},
    {"POST", "/v2/customMetrics",
     "{\"name\":\"Sightings\",\"dataType\":\"Sum\",\"interval\":\"Daily\",\"description\":\"x\"}",
     WORLD_METRIC},
    {"POST", "/v2/batch", JOB, WORLD_JOB},
    {"POST", "/v2/batch/$job", ITEMS, -1},
    {"POST", "/v2/batch", JOB, WORLD_JOB_POST},
    {"POST", "/v2/batch", JOB, WORLD_JOB_PUT},
};

/* --- samples ------------------------------------------------------------------------------- */

/* The first row whose text stands in the pattern gives the value. */
static const struct {
    const char *part;
    const char *name; /* in braces */
    const char *value;
} values[] = {
    {"fileOccurrences", "it", "files"},
    {"fileOccurrences", "iv", MD5},
    {"actions", "it", "files"},
    {"actions", "iv", MD5},
    {"associations", "it", "cidrBlocks"},
    {"associations", "iv", "203.0.113.0%2F24"},
    {"", "it", "hosts"},
    {"", "iv", "evil.example"},
    {"adversaryAssets", "gt", "adversaries"},
    {"adversaryAssets", "gid", "$adversary"},
    {"load", "gt", "documents"},
    {"load", "gid", "$document"},
    {"", "gt", "incidents"},
    {"", "gid", "$incident"},
    {"", "tid", "$task"},
    {"", "vid", "$victim"},
    {"adversaryAssets", "at", "handles"},
    {"adversaryAssets", "aid", "$handle"},
    {"", "at", "emailAddresses"},
    {"", "aid", "$asset"},
    {"{tag*}/groups", "gt2", "incidents"},
    {"{tag*}/groups", "gid2", "$incident"},
    {"{tag*}/indicators", "it2", "hosts"},
    {"{tag*}/indicators", "iv2", "evil.example"},
    {"{tag*}/tasks", "tid2", "$task"},
    {"{tag*}/victims", "vid2", "$victim"},
    {"{label*}/groups", "gt2", "incidents"},
    {"{label*}/groups", "gid2", "$incident"},
    {"{label*}/indicators", "it2", "hosts"},
    {"{label*}/indicators", "iv2", "evil.example"},
    {"{label*}/tasks", "tid2", "$task"},
    {"{label*}/victims", "vid2", "$victim"},
    {"", "it2", "addresses"},
    {"", "iv2", "203.0.113.7"},
    {"", "gt2", "threats"},
    {"", "gid2", "$threat"},
    {"", "tid2", "$task2"},
    {"", "vid2", "$victim2"},
    {"", "at2", "emailAddresses"},
    {"", "aid2", "$asset"},
    {"", "tag", "Phish%20Kit"},
    {"", "label", "Internal"},
    {"indicators/", "attr", "$indicator_attribute"},
    {"groups/", "attr", "$group_attribute"},
    {"tasks/", "attr", "$task_attribute"},
    {"victims/", "attr", "$victim_attribute"},
    {"", "foid", "$occurrence"},
    {"", "oid", "$owner"},
    {"indicatorTypes", "name", "host"},
    {"attributeTypes", "name", "Description"},
    {"associationTypes", "name", "URL%20Host"},
    {"", "assoc", "cidrToAddress"},
    {"", "action", "traffic"},
    {"", "metric", "Sightings"},
    {"", "format", "json"},
    {"", "any", "x"},
    {"", "bid", "$job"},
};

/* What a request needs beside its path. */
static const struct {
    const char *method, *pattern, *body;
    int status;
    const char *kind, *query;
} bodies[] = {
    {"POST", "indicators/{it}", "{\"hostName\":\"new.example\",\"rating\":3}", 201, NULL, NULL},
    {"PUT", "indicators/{it}/{iv}", "{\"confidence\":\"70\"}", 200, NULL, NULL},
    {"POST", "indicators/{it}/{iv}/observations", "{\"count\":2}", 0, NULL, NULL},
    {"POST", "indicators/{it}/{iv}/falsePositive", NULL, 0, NULL, NULL},
    {"POST", "indicators/{it}/{iv}/fileOccurrences", "{\"path\":\"C:\\\\\"}", 201, NULL, NULL},
    {"PUT", "indicators/{it}/{iv}/fileOccurrences/{foid}", "{\"fileName\":\"b.exe\"}", 200, NULL,
     NULL},
    {"POST", "groups/{gt}", "{\"name\":\"Another raid\"}", 201, NULL, NULL},
    {"PUT", "groups/{gt}/{gid}", "{\"name\":\"Great raid\"}", 200, NULL, NULL},
    {"POST", "groups/{gt}/{gid}/upload", "first", 200, "application/octet-stream", NULL},
    {"PUT", "groups/{gt}/{gid}/upload", "second", 200, "application/octet-stream", NULL},
    {"POST", "groups/{gt}/{gid}/publish",
     "{\"securityLabelList\":[\"TLP:RED\"],\"excludeUnlabeled\":false}", 200, NULL, NULL},
    {"POST", "groups/{gt}/{gid}/adversaryAssets/{at}", "{\"handle\":\"grey\"}", 201, NULL, NULL},
    {"PUT", "groups/{gt}/{gid}/adversaryAssets/{at}/{aid}", "{\"handle\":\"black\"}", 200, NULL,
     NULL},
    {"POST", "tasks", "{\"name\":\"Third\"}", 201, NULL, NULL},
    {"PUT", "tasks/{tid}", "{\"status\":\"In Progress\"}", 200, NULL, NULL},
    {"POST", "victims", "{\"name\":\"Third\"}", 201, NULL, NULL},
    {"PUT", "victims/{vid}", "{\"name\":\"Front\",\"org\":\"Acme\"}", 200, NULL, NULL},
    {"POST", "victims/{vid}/victimAssets/{at}", "{\"address\":\"c@b.example\"}", 201, NULL, NULL},
    {"PUT", "victims/{vid}/victimAssets/{at}/{aid}", "{\"address\":\"d@b.example\"}", 200, NULL,
     NULL},
    {"POST", "tags", "{\"name\":\"New tag\"}", 200, NULL, NULL},
    {"PUT", "tags/{tag*}", "{\"description\":\"kits\"}", 200, NULL, NULL},
    {"POST", "securityLabels", "{\"name\":\"Ours\",\"description\":\"\"}", 200, NULL, NULL},
    {"PUT", "securityLabels/{label*}", "{\"description\":\"of the house\"}", 200, NULL, NULL},
    {"POST", "batch", JOB, 201, NULL, NULL},
    {"POST", "batch/createAndUpload",
     "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n" JOB
     "\r\n--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\n" ITEMS
     "\r\n--" BOUNDARY "--\r\n",
     0, MULTIPART, NULL},
    {"POST", "batch/{bid}", ITEMS, 202, "application/octet-stream", NULL},
    {"PUT", "batch/{bid}", ITEMS, 202, "application/octet-stream", NULL},
    {"POST", "notifications",
     "{\"message\":\"hello\",\"notificationType\":\"Test\",\"priority\":\"Low\","
     "\"isOrganization\":true}",
     200, NULL, NULL},
    {"POST", "customMetrics",
     "{\"name\":\"Hits\",\"dataType\":\"Count\",\"interval\":\"Hourly\",\"description\":\"y\"}",
     201, NULL, NULL},
    {"PUT", "customMetrics/{metric}", "{\"description\":\"z\"}", 200, NULL, NULL},
    {"POST", "customMetrics/{metric}/data", "{\"value\":3}", 204, NULL, NULL},
    {"POST", "logs/app", "[{\"timestamp\":1700000000000,\"message\":\"m\",\"level\":\"DEBUG\"}]",
     200, NULL, NULL},
    {"POST", "/internal/token/api", NULL, 200, NULL, NULL},
    {"POST", "/internal/token/svc", "{\"serviceId\":7}", 200, NULL, NULL},
    {"GET", "/appAuth", NULL, 200, NULL, "?expiredToken=$token"},
    {"POST", "tasks/{tid}/assignees/{user}", NULL, 200, NULL, NULL},
    {"POST", "tasks/{tid}/escalatees/{user}", NULL, 200, NULL, NULL},
};

/* Any attribute, whatever it belongs to. */
static const struct {
    const char *method, *end, *body;
    int status;
} endings[] = {
    {"POST", "/attributes", "{\"type\":\"Source\",\"value\":\"here\"}", 201},
    {"PUT", "/attributes/{attr}", "{\"value\":\"seen again\"}", 200},
};

static const char *named_id(const world *self, toc_str name)
{
    if (toc_str_equal(name, TOC_S("token")))
        return self->token;
    if (toc_str_equal(name, TOC_S("owner_name")))
        return self->owner;
    for (size_t i = 0; i < WORLD_ID_COUNT; i++) {
        if (toc_str_equal(name, toc_str_of(id_names[i])))
            return self->ids[i];
    }
    fail_msg("nothing is called $%.*s", TOC_FMT(name));
    return NULL;
}

/* Copies text, with each $name replaced. */
static void expand(const world *self, const char *text, toc_buf *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    while (*text) {
        size_t plain = strcspn(text, "$");
        toc_buf_append(out, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t len = strspn(++text, letters);
        toc_buf_text(out, named_id(self, (toc_str){text, len}));
        text += len;
    }
}

static const char *value_of(const toc_route *route, toc_str name)
{
    if (strcmp(route->pattern, "batch/{bid}") == 0 && strcmp(route->method, "GET") != 0)
        return strcmp(route->method, "POST") == 0 ? "$job_post" : "$job_put";
    for (size_t i = 0; i < TOC_COUNT(values); i++) {
        if (toc_str_equal(name, toc_str_of(values[i].name)) &&
            strstr(route->pattern, values[i].part))
            return values[i].value;
    }
    return NULL;
}

static bool add_word(const world *self, const toc_route *route, toc_str word, toc_buf *target)
{
    toc_str name = word;
    if (!toc_str_starts(word, TOC_S("{"))) {
        toc_buf_str(target, word);
        return true;
    }
    name = toc_str_slice(name, 1, name.len - 1);
    if (toc_str_ends(name, TOC_S("*")))
        name.len--;
    if (toc_str_equal(name, TOC_S("user"))) {
        toc_buf_text(target, self->user);
        return true;
    }
    const char *value = value_of(route, name);
    if (value)
        expand(self, value, target);
    return value != NULL;
}

static bool add_path(const world *self, const toc_route *route, toc_buf *target)
{
    toc_str rest = toc_str_of(route->pattern), word;
    toc_buf_text(target, route->pattern[0] == '/' ? "/api" : "/api/v2");
    if (route->pattern[0] == '/')
        rest = toc_str_slice(rest, 1, rest.len);
    while (toc_str_cut(&rest, '/', &word)) {
        toc_buf_char(target, '/');
        if (!add_word(self, route, word, target))
            return false;
    }
    return true;
}

static bool add_body(const world *self, const toc_route *route, world_request *request)
{
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        if (strcmp(bodies[i].method, route->method) || strcmp(bodies[i].pattern, route->pattern))
            continue;
        if (bodies[i].body) {
            expand(self, bodies[i].body, &request->payload);
            request->body = request->payload.ptr;
        }
        request->kind = bodies[i].kind;
        request->status = bodies[i].status;
        if (bodies[i].query)
            expand(self, bodies[i].query, &request->target);
        return true;
    }
    for (size_t i = 0; i < TOC_COUNT(endings); i++) {
        if (strcmp(endings[i].method, route->method) ||
            !toc_str_ends(toc_str_of(route->pattern), toc_str_of(endings[i].end)))
            continue;
        request->body = endings[i].body;
        request->status = endings[i].status;
        return true;
    }
    /* Applying and associating take no body; everything else that writes needs a sample. */
    request->status = strcmp(route->method, "POST") == 0 ? 201 : 200;
    return strcmp(route->method, "PUT") != 0 &&
           (strcmp(route->method, "POST") != 0 ||
            toc_str_ends(toc_str_of(route->pattern), TOC_S("}")));
}

bool world_request_for(const world *self, const toc_route *route, world_request *request)
{
    *request = (world_request){.body = NULL};
    toc_buf_init(&request->target, TOC_MAX_TARGET);
    toc_buf_init(&request->payload, TOC_MAX_TARGET);
    bool known = add_path(self, route, &request->target) && add_body(self, route, request);
    assert_int_equal(request->target.failed, TOC_OK);
    return known;
}

void world_request_done(world_request *request)
{
    toc_buf_done(&request->target);
    toc_buf_done(&request->payload);
}

/* --- order --------------------------------------------------------------------------------- */

static int turn_of(const toc_route *route)
{
    static const char *const turns[] = {"POST", "PUT", "GET", "DELETE"};
    for (int i = 0; i < (int)TOC_COUNT(turns); i++) {
        if (strcmp(turns[i], route->method) == 0)
            return i;
    }
    return -1;
}

static int depth_of(const toc_route *route)
{
    int depth = 0;
    for (const char *at = route->pattern; *at; at++)
        depth += *at == '/';
    return depth;
}

static int compare(const void *a, const void *b)
{
    const toc_route *left = *(const toc_route *const *)a, *right = *(const toc_route *const *)b;
    int order = turn_of(left) - turn_of(right);
    if (!order && strcmp(left->method, "DELETE") == 0)
        order = depth_of(right) - depth_of(left);
    return order ? order : (left > right) - (left < right);
}

const toc_route **world_routes(size_t *count)
{
    const toc_route *table = toc_route_list(count);
    const toc_route **order = toc_mem_alloc(*count * sizeof(*order));
    assert_non_null(order);
    for (size_t i = 0; i < *count; i++)
        order[i] = &table[i];
    qsort(order, *count, sizeof(*order), compare);
    return order;
}

/* --- making -------------------------------------------------------------------------------- */

static void learn(const char *answer, char room[32])
{
    const char *at = strstr(answer, "Id\":");
    const char *id = strstr(answer, "\"id\":");
    at = id ? id + 5 : at ? at + 4 : NULL;
    if (!at)
        fail_msg("no id in %s", answer);
    size_t len = strspn(at, "0123456789");
    assert_in_range(len, 1, 20);
    memcpy(room, at, len);
    room[len] = '\0';
}

static bool is_job_completed(world *self)
{
    char target[96];
    (void)snprintf(target, sizeof(target), "/api/v2/batch/%s", self->ids[WORLD_JOB]);
    assert_int_equal(self->ask(self->context, "GET", target, NULL, NULL, &self->answer), 200);
    return strstr(self->answer.ptr, "Completed");
}

static void take_token(world *self)
{
    int status =
        self->ask(self->context, "POST", "/api/internal/token/api", NULL, NULL, &self->answer);
    const char *at = self->answer.len ? strstr(self->answer.ptr, "\"data\":\"") : NULL;
    if (status != 200 || !at)
        fail_msg("no token: %d %s", status, self->answer.len ? self->answer.ptr : "");
    at += strlen("\"data\":\"");
    size_t len = strcspn(at, "\"");
    toc_buf text;
    toc_buf_init(&text, sizeof(self->token));
    /* For a query. */
    for (size_t i = 0; i < len; i++) {
        if (strchr("+/=:", at[i]))
            toc_buf_printf(&text, "%%%02X", (unsigned)(unsigned char)at[i]);
        else
            toc_buf_char(&text, at[i]);
    }
    assert_true(text.len && text.len < sizeof(self->token));
    memcpy(self->token, text.ptr, text.len + 1);
    toc_buf_done(&text);
}

void world_make(world *self, world_ask ask, void *context, const char *owner, const char *user)
{
    toc_buf target, body;
    *self = (world){.ask = ask, .context = context, .owner = owner, .user = user};
    toc_buf_init(&body, TOC_MAX_TARGET);
    toc_buf_init(&self->answer, TOC_MAX_RESPONSE);
    toc_buf_init(&target, TOC_MAX_TARGET);
    for (size_t i = 0; i < TOC_COUNT(steps); i++) {
        toc_buf_clear(&target);
        toc_buf_lit(&target, "/api");
        expand(self, steps[i].target, &target);
        toc_buf_clear(&body);
        if (steps[i].body)
            expand(self, steps[i].body, &body);
        int status = ask(context, steps[i].method, target.ptr, NULL,
                         steps[i].body ? body.ptr : NULL, &self->answer);
        if (status < 200 || status > 202)
            fail_msg("%s %s: %d %s", steps[i].method, target.ptr, status,
                     self->answer.len ? self->answer.ptr : "");
        if (steps[i].id >= 0)
            learn(self->answer.ptr, self->ids[steps[i].id]);
    }
    toc_buf_done(&target);
    toc_buf_done(&body);
    wait_until(is_job_completed(self));
    take_token(self);
}

void world_done(world *self)
{
    toc_buf_done(&self->answer);
}
