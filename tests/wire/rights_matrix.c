/* Every route asked by every role, in an owner that the caller sees and in one that it does not:
 * the table of routes says what must come of it. */
#include "wire/signed.h"

#include "platform/routes.h"
#include "store/store.h"
#include "support/world.h"

#define NOWHERE "Nowhere"
#define DENIED "access was denied"

typedef struct matrix {
    fixture fix;
    const char *owner;
    toc_new_user admin;
    world made;
} matrix;

/* --- asking ---------------------------------------------------------------------------------- */

/* Content is received before the transaction begins: its routes ask for their right themselves. */
static unsigned rights_of(const toc_route *route)
{
    bool upload = toc_str_ends(toc_str_of(route->pattern), TOC_S("/upload"));
    return upload ? TOC_MAY_WRITE : route->rights;
}

static bool by_owner(const toc_route *route)
{
    return rights_of(route) != TOC_RIGHTS_SELF && rights_of(route) != TOC_RIGHTS_OPEN;
}

/* The target with the owner's name behind it. */
static void in_owner(const char *target, const char *owner, toc_buf *out)
{
    toc_buf_clear(out);
    toc_buf_text(out, target);
    toc_buf_text(out, strchr(target, '?') ? "&owner=" : "?owner=");
    toc_buf_text(out, owner);
}

static int ask_kind(fixture *fix, const toc_new_user *user, const char *method, const char *target,
                    const char *kind, const char *body)
{
    toc_signer *signer = NULL;
    toc_buf header;
    char timestamp[32];
    int64_t now = toc_time_now();
    toc_buf_init(&header, 256);
    assert_int_equal(toc_signer_new(toc_str_of(user->secret_key), &signer, NULL), 0);
    assert_int_equal(toc_sign_header(signer, toc_str_of(user->access_id), toc_str_of(target),
                                     toc_str_of(method), now, &header),
                     0);
    (void)snprintf(timestamp, sizeof(timestamp), "%lld", (long long)now);
    toc_header headers[] = {{TOC_S("Authorization"), toc_buf_view(&header)},
                            {TOC_S("Timestamp"), toc_str_of(timestamp)},
                            {TOC_S("Content-Type"), toc_str_of(kind ? kind : "application/json")}};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = TOC_COUNT(headers),
                           .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, false, fix->response, NULL), 0);
    toc_signer_free(signer);
    toc_buf_done(&header);
    return toc_response_status(fix->response);
}

/* The world lies in the matrix's owner. */
static int ask_admin(void *context, const char *method, const char *target, const char *kind,
                     const char *body, toc_buf *answer)
{
    matrix *all = context;
    toc_buf full;
    toc_buf_init(&full, TOC_MAX_TARGET);
    in_owner(target, all->owner, &full);
    if (strstr(target, "/batch/"))
        assert_true(toc_platform_work(all->fix.platform, NULL, NULL, NULL) >= 0);
    int status = ask_kind(&all->fix, &all->admin, method, full.ptr, kind, body);
    toc_buf_clear(answer);
    toc_buf_str(answer, toc_response_body(all->fix.response));
    toc_buf_done(&full);
    return status;
}

static void matrix_open(matrix *all, const char *owner, const char *type)
{
    *all = (matrix){.owner = owner};
    fixture_new(&all->fix, 500);
    toc_platform *platform = all->fix.platform;
    assert_int_equal(toc_platform_add_owner(platform, owner, type, NULL, NULL), 0);
    all->admin = all->fix.user;
    const char *role =
        strcmp(type, "Organization") == 0 ? "Organization Administrator" : "Director";
    assert_int_equal(toc_platform_grant(platform, all->admin.access_id, owner, role, NULL), 0);
    world_make(&all->made, ask_admin, all, owner, all->admin.access_id);
}

static void matrix_done(matrix *all)
{
    world_done(&all->made);
    fixture_done(&all->fix);
}

/* --- roles ----------------------------------------------------------------------------------- */

static void check_role(matrix *all, const toc_role *role, const toc_route *route,
                       const char *target, int status)
{
    fixture *fix = &all->fix;
    bool denied = status == 401 && strstr(fixture_body(fix), DENIED) != NULL;
    if (status >= 500 || status == 0)
        fail_msg("%s: %s %s: %d %s", role->name, route->method, target, status, fixture_body(fix));
    if (!by_owner(route))
        return;
    if (!(role->rights & TOC_MAY_READ)) {
        if (status != 403 || !strstr(fixture_body(fix), "The requested owner was not found"))
            fail_msg("%s: %s %s: %d instead of 403: %s", role->name, route->method, target, status,
                     fixture_body(fix));
        return;
    }
    bool may = (role->rights & rights_of(route)) == rights_of(route);
    if (may == denied || (may && status == 403))
        fail_msg("%s: %s %s (%s): %d, though it %s: %s", role->name, route->method, target,
                 route->pattern, status, may ? "may" : "may not", fixture_body(fix));
}

/* Roles that may not come first, so that they find everything that others remove later. */
static void try_role(matrix *all, const toc_role *role, const toc_new_user *user)
{
    size_t count, reads = 0, found = 0;
    const toc_route **routes = world_routes(&count);
    toc_buf target;
    toc_buf_init(&target, TOC_MAX_TARGET);
    for (size_t i = 0; i < count; i++) {
        world_request request;
        if (!world_request_for(&all->made, routes[i], &request))
            fail_msg("%s %s has no sample", routes[i]->method, routes[i]->pattern);
        in_owner(request.target.ptr, all->owner, &target);
        int status =
            ask_kind(&all->fix, user, routes[i]->method, target.ptr, request.kind, request.body);
        check_role(all, role, routes[i], target.ptr, status);
        if (by_owner(routes[i]) && routes[i]->rights == TOC_MAY_READ) {
            reads++;
            found += status == 200;
        }
        world_request_done(&request);
    }
    /* A matrix of refusals for other reasons would show nothing. */
    if (role->rights == TOC_MAY_READ && (reads < 100 || found * 10 < reads * 9))
        fail_msg("%s: only %zu of %zu reads found something", role->name, found, reads);
    toc_buf_done(&target);
    toc_mem_free(routes);
}

/* What the routes themselves make, so that the first role finds it. */
static void make_all(matrix *all)
{
    size_t count;
    const toc_route **routes = world_routes(&count);
    for (size_t i = 0; i < count && strcmp(routes[i]->method, "GET") != 0; i++) {
        world_request request;
        assert_true(world_request_for(&all->made, routes[i], &request));
        (void)ask_admin(all, routes[i]->method, request.target.ptr, request.kind, request.body,
                        &all->made.answer);
        world_request_done(&request);
    }
    toc_mem_free(routes);
}

static unsigned bits(unsigned value)
{
    unsigned count = 0;
    for (; value; value &= value - 1)
        count++;
    return count;
}

static void try_roles(const char *type)
{
    matrix all;
    size_t count;
    const toc_role *roles = toc_role_list(&count);
    bool organization = strcmp(type, "Organization") == 0;
    matrix_open(&all, "Club", type);
    make_all(&all);
    assert_int_equal(
        toc_platform_add_owner(all.fix.platform, "Elsewhere", "Organization", NULL, NULL), 0);
    for (unsigned rights = 0; rights <= 8; rights++) {
        for (size_t i = 0; i < count; i++) {
            toc_new_user user;
            if (bits(roles[i].rights) != rights || (roles[i].organization && !organization))
                continue;
            assert_int_equal(toc_platform_add_user(all.fix.platform, "Elsewhere", &user, NULL), 0);
            assert_int_equal(
                toc_platform_grant(all.fix.platform, user.access_id, "Club", roles[i].name, NULL),
                0);
            try_role(&all, &roles[i], &user);
        }
    }
    assert_int_equal(toc_platform_check(all.fix.platform, NULL), 0);
    matrix_done(&all);
}

static void roles_of_communities(void **state)
{
    (void)state;
    try_roles("Community");
}

static void roles_of_organizations(void **state)
{
    (void)state;
    try_roles("Organization");
}

/* A member has the role of its organisation without a grant. */
static void members_have_their_role(void **state)
{
    matrix all;
    size_t count;
    const toc_role *roles = toc_role_list(&count);
    (void)state;
    matrix_open(&all, "Guild", "Organization");
    for (size_t i = 0; i < count; i++) {
        toc_new_user user;
        if (!roles[i].organization)
            continue;
        assert_int_equal(
            toc_platform_add_user_as(all.fix.platform, "Guild", roles[i].name, NULL, &user, NULL),
            0);
        int status = ask_as(&all.fix, &user, "POST", "/api/v2/groups/threats", "{\"name\":\"x\"}");
        assert_int_equal(status, roles[i].rights & TOC_MAY_WRITE ? 201 : 401);
        status = ask_as(&all.fix, &user, "GET", "/api/v2/groups", NULL);
        assert_int_equal(status, 200);
    }
    matrix_done(&all);
}

/* Without the include option no role may report. */
static void the_include_option_decides(void **state)
{
    static const char target[] = "/api/v2/indicators/hosts/evil.example/observations";
    matrix all;
    (void)state;
    matrix_open(&all, "Guild", "Organization");
    fixture *fix = &all.fix;
    int made = ask_as(fix, &all.admin, "POST", "/api/v2/indicators/hosts?owner=Guild",
                      "{\"hostName\":\"evil.example\"}");
    if (made / 100 != 2)
        fail_msg("%d %s", made, fixture_body(fix));
    toc_buf full;
    toc_buf_init(&full, 256);
    in_owner(target, "Guild", &full);
    made = ask_as(fix, &all.admin, "POST", full.ptr, "{\"count\":2}");
    if (made / 100 != 2)
        fail_msg("%d %s", made, fixture_body(fix));
    assert_int_equal(toc_platform_set_observes(fix->platform, all.admin.access_id, false, NULL), 0);
    assert_int_equal(ask_as(fix, &all.admin, "POST", full.ptr, "{\"count\":2}"), 401);
    contains(fix, DENIED);
    assert_int_equal(ask_as(fix, &all.admin, "GET", full.ptr, NULL), 200);
    toc_buf_done(&full);
    matrix_done(&all);
}

/* --- owners that are not seen ---------------------------------------------------------------- */

typedef struct blind {
    matrix *all;
    toc_new_user stranger;
    world nothing;             /* like the world, but none of its ids is one */
    const char *seen, *unseen; /* what is said to be the owner of the one and the other */
} blind;

/* What the same request finds when its owner and ids are made up. */
static void compare(blind *at, const toc_route *route)
{
    world_request real, made_up;
    toc_buf target, other;
    char body[2][4096];
    int status[2];
    fixture *fix = &at->all->fix;
    assert_true(world_request_for(&at->all->made, route, &real));
    assert_true(world_request_for(&at->nothing, route, &made_up));
    toc_buf_init(&target, TOC_MAX_TARGET);
    toc_buf_init(&other, TOC_MAX_TARGET);
    in_owner(real.target.ptr, at->seen, &target);
    in_owner(made_up.target.ptr, at->unseen, &other);
    const char *targets[] = {by_owner(route) ? target.ptr : real.target.ptr,
                             by_owner(route) ? other.ptr : made_up.target.ptr};
    bool same_body = (!real.body && !made_up.body) ||
                     (real.body && made_up.body && strcmp(real.body, made_up.body) == 0);
    /* The same request twice tells nothing, and the second one may find what the first has made. */
    if (strcmp(targets[0], targets[1]) != 0 || !same_body) {
        for (int i = 0; i < 2; i++) {
            const world_request *request = i ? &made_up : &real;
            status[i] = ask_kind(fix, &at->stranger, route->method, targets[i], request->kind,
                                 request->body);
            (void)snprintf(body[i], sizeof(body[i]), "%s", fixture_body(fix));
        }
        if (status[0] != status[1] || strcmp(body[0], body[1]) != 0)
            fail_msg("%s %s: %d %s\nbut %s: %d %s", route->method, targets[0], status[0], body[0],
                     targets[1], status[1], body[1]);
        if (by_owner(route) && at->unseen != at->seen && status[0] != 403)
            fail_msg("%s %s: %d instead of 403", route->method, targets[0], status[0]);
        if (status[0] == 401 || status[0] >= 500)
            fail_msg("%s %s: %d %s", route->method, targets[0], status[0], body[0]);
    }
    toc_buf_done(&target);
    toc_buf_done(&other);
    world_request_done(&real);
    world_request_done(&made_up);
}

static void compare_all(const char *seen, const char *unseen)
{
    matrix all;
    size_t count;
    const toc_route **routes = world_routes(&count);
    matrix_open(&all, "Club", "Community");
    blind at = {.all = &all, .nothing = all.made, .seen = seen, .unseen = unseen};
    at.nothing.owner = NOWHERE;
    for (size_t i = 0; i < WORLD_ID_COUNT; i++)
        (void)snprintf(at.nothing.ids[i], sizeof(at.nothing.ids[i]), "%d", 99000000 + (int)i);
    assert_int_equal(
        toc_platform_add_owner(all.fix.platform, "Strangers", "Organization", NULL, NULL), 0);
    assert_int_equal(toc_platform_add_user(all.fix.platform, "Strangers", &at.stranger, NULL), 0);
    for (size_t i = 0; i < count; i++)
        compare(&at, routes[i]);
    toc_mem_free(routes);
    matrix_done(&all);
}

static void unseen_owners_are_not_there(void **state)
{
    (void)state;
    compare_all("Club", NOWHERE);
}

/* rest-v2 9 row 27: what lies in another owner is not there either. */
static void objects_of_others_are_not_there(void **state)
{
    (void)state;
    compare_all("Strangers", "Strangers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_of_communities),
        cmocka_unit_test(roles_of_organizations),
        cmocka_unit_test(members_have_their_role),
        cmocka_unit_test(the_include_option_decides),
        cmocka_unit_test(unseen_owners_are_not_there),
        cmocka_unit_test(objects_of_others_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
