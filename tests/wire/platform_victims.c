/* Victims and what hangs on them. */
#include "wire/platform_walk.h"

static void victims_go_round(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/api/v2/victims",
                        "{\"name\":\"Front desk\",\"org\":\"Acme\",\"suborg\":\"\",\"nationality\":"
                        "\"\",\"workLocation\":\"\",\"description\":\"ground floor\",\"owner\":"
                        "\"Acme CTI\"}");
    /* Exactly the documented members: strict readers refuse others. */
    assert_string_equal(
        fixture_body(fix),
        path("{\"status\":\"Success\",\"data\":{\"victim\":{\"id\":%lld,\"name\":\"Front desk\","
             "\"webLink\":\"https://tip.example/auth/victim/victim.xhtml?victim=%lld\","
             "\"description\":\"ground floor\",\"org\":\"Acme\",\"suborg\":\"\",\"workLocation\":"
             "\"\",\"nationality\":\"\"}}}",
             id, id));
    lists(fix, path("/v2/victims/%lld/attributes", id), "attribute", 0);
    expect(fix, "GET", path("/v2/VICTIMS/%lld", id), NULL, 200);
    lists(fix, "/v2/victims", "victim", 1);
    lacks(fix, "owner");
    lacks(fix, "dateAdded");
    lists(fix, "/v2/victims?filters=name%3Dfront%20desk", "victim", 1);
    lists(fix, "/v2/victims?filters=name%5Eback", "victim", 0);
    expect(fix, "GET", "/v2/victims?filters=org%3DAcme", NULL, 400);
    expect(fix, "PUT", path("/v2/victims/%lld", id), "{\"org\":\"Other\"}", 400);
    contains(fix, "The name for this Victim is invalid, please enter a name between 1-255 "
                  "characters in length");
    expect(fix, "PUT", path("/v2/victims/%lld", id),
           "{\"name\":\"Back desk\",\"description\":\"first floor\"}", 200);
    contains(fix, "\"name\":\"Back desk\"");
    contains(fix, "\"description\":\"first floor\"");
    contains(fix, "\"org\":\"Acme\"");
    expect(fix, "GET", path("/v2/victims/%lld?owner=Shared+Feed", id), NULL, 404);
    expect(fix, "PUT", path("/v2/victims/%lld?owner=Shared+Feed", id), "{\"name\":\"x\"}", 404);
    expect(fix, "DELETE", path("/v2/victims/%lld?owner=Shared+Feed", id), NULL, 404);
    lists(fix, "/v2/victims?owner=Shared+Feed", "victim", 0);
    expect(fix, "DELETE", path("/v2/victims/%lld", id), "{}", 200);
    contains(fix, "{\"status\":\"Success\"}");
    expect(fix, "GET", path("/v2/victims/%lld", id), NULL, 404);
    expect(fix, "DELETE", path("/v2/victims/%lld", id), NULL, 404);
}

static void a_removed_victim_takes_all_along(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/victims", "{\"name\":\"v\"}");
    long long group = make(fix, "/v2/groups/incidents", "{\"name\":\"i\"}");
    long long asset =
        make(fix, path("/v2/victims/%lld/victimAssets/phoneNumbers", id), "{\"phoneType\":\"1\"}");
    (void)make(fix, path("/v2/victims/%lld/victimAssets/webSites", id), "{\"webSite\":\"w\"}");
    expect(fix, "POST", path("/v2/groups/incidents/%lld/victims/%lld", group, id), NULL, 201);
    expect(fix, "POST", path("/v2/victims/%lld/tags/x", id), NULL, 201);
    lists(fix, path("/v2/groups/incidents/%lld/victimAssets", group), "victimAsset", 2);
    expect(fix, "DELETE", path("/v2/victims/%lld", id), NULL, 200);
    lists(fix, path("/v2/groups/incidents/%lld/victimAssets", group), "victimAsset", 0);
    lists(fix, path("/v2/groups/incidents/%lld/victims", group), "victim", 0);
    expect(fix, "GET",
           path("/v2/groups/incidents/%lld/victimAssets/phoneNumbers/%lld", group, asset), NULL,
           404);
    expect(fix, "GET", path("/v2/victims/%lld/victimAssets", id), NULL, 404);
    lists(fix, "/v2/tags/x/victims", "victim", 0);
    lists(fix, "/v2/victims", "victim", 0);
}

static void bad_bodies_change_nothing(void **state)
{
    static const char *const bodies[] = {"",
                                         "{",
                                         "[]",
                                         "{}",
                                         "{\"name\":\"\"}",
                                         "{\"name\":[1]}",
                                         "{\"name\":null}",
                                         "{\"name\":\"v\",\"org\":{}}",
                                         "{\"name\":\"v\\u0000\"}"};
    fixture *fix = *state;
    char body[400];
    long long id = make(fix, "/v2/victims", "{\"name\":\"v\"}");
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        expect(fix, "POST", "/v2/victims", bodies[i], 400);
        contains(fix, "\"status\":\"Failure\"");
        expect(fix, "PUT", path("/v2/victims/%lld", id), bodies[i], 400);
    }
    (void)snprintf(body, sizeof(body), "{\"name\":\"%0300d\"}", 7);
    expect(fix, "POST", "/v2/victims", body, 400);
    contains(fix, "between 1-255 characters in length");
    lists(fix, "/v2/victims", "victim", 1);
    expect(fix, "GET", "/v2/victims/-1", NULL, 404);
    expect(fix, "GET", "/v2/victims/99999999999999999999", NULL, 404);
}

static void parts_hang_on_victims(void **state)
{
    fixture *fix = *state;
    long long id = make(fix, "/v2/victims", "{\"name\":\"v\",\"description\":\"own\"}");
    long long attribute = make(fix, path("/v2/victims/%lld/attributes", id),
                               "{\"type\":\"Description\",\"value\":\"text\",\"displayed\":true}");
    expect(fix, "GET", path("/v2/victims/%lld", id), NULL, 200);
    contains(fix, "\"description\":\"own\"");
    const char *one = path("/v2/victims/%lld/attributes/%lld", id, attribute);
    lists(fix, path("/v2/victims/%lld/attributes", id), "attribute", 1);
    expect(fix, "GET", one, NULL, 200);
    expect(fix, "PUT", one, "{\"value\":\"other\"}", 200);
    expect(fix, "POST", path("%s/securityLabels/TLP:RED", one), NULL, 201);
    expect(fix, "GET", path("%s/securityLabels/TLP:RED", one), NULL, 200);
    lists(fix, path("%s/securityLabels", one), "securityLabel", 1);
    expect(fix, "DELETE", path("%s/securityLabels/TLP:RED", one), NULL, 200);
    expect(fix, "DELETE", one, NULL, 200);
    expect(fix, "GET", path("/v2/victims/%lld", id), NULL, 200);
    contains(fix, "\"description\":\"own\"");
    const char *labels = path("/v2/victims/%lld/securityLabels", id);
    expect(fix, "POST", path("%s/TLP:GREEN", labels), NULL, 201);
    expect(fix, "GET", path("%s/TLP:GREEN", labels), NULL, 200);
    lists(fix, labels, "securityLabel", 1);
    lists(fix, "/v2/securityLabels/TLP:GREEN/victims", "victim", 1);
    expect(fix, "GET", path("/v2/securityLabels/TLP:GREEN/victims/%lld", id), NULL, 200);
    contains(fix, "\"data\":{\"victim\":{\"id\":");
    expect(fix, "DELETE", path("%s/TLP:GREEN", labels), NULL, 200);
    expect(fix, "GET", path("%s/TLP:GREEN", labels), NULL, 404);
    const char *tags = path("/v2/victims/%lld/tags", id);
    expect(fix, "POST", path("%s/Phish%%20Kit", tags), NULL, 201);
    expect(fix, "GET", path("%s/phish%%20kit", tags), NULL, 200);
    lists(fix, tags, "tag", 1);
    lists(fix, "/v2/tags/Phish%20Kit/victims", "victim", 1);
    expect(fix, "GET", path("/v2/tags/Phish%%20Kit/victims/%lld", id), NULL, 200);
    expect(fix, "GET", "/v2/tags/Phish%20Kit/victims/999", NULL, 404);
    lists(fix, "/v2/victims?includeTags=true", "victim", 1);
    contains(fix, "\"tag\":[{\"name\":\"Phish Kit\"");
    expect(fix, "DELETE", path("%s/Phish%%20Kit", tags), NULL, 200);
    lists(fix, tags, "tag", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(victims_go_round, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(a_removed_victim_takes_all_along, walk_setup,
                                        walk_teardown),
        cmocka_unit_test_setup_teardown(bad_bodies_change_nothing, walk_setup, walk_teardown),
        cmocka_unit_test_setup_teardown(parts_hang_on_victims, walk_setup, walk_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
