/* Definitions as JSON: whatever is accepted, the store opens with it, the catalogues can be asked,
 * and objects of the new types are taken or refused. */
#include "platform/call.h"
#include "platform_target.h"

static void ask_catalogues(void)
{
    static const char *const catalogues[] = {"/v2/types/indicatorTypes", "/v2/types/attributeTypes",
                                             "/v2/types/associationTypes"};
    for (size_t i = 0; i < TOC_COUNT(catalogues); i++) {
        int status;
        toc_str body = target_ask("GET", catalogues[i], (toc_str){NULL, 0}, &status);
        assert(status == 200);
        target_check_json(body);
    }
}

/* An object of the type with a text in every member, and the list it is in. */
static void make_object(const toc_type *type)
{
    toc_buf path, body;
    toc_json_writer writer;
    int status;
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&body, TOC_MAX_BODY_SMALL);
    toc_buf_printf(&path, "/v2/%s/%s", toc_kind_branch(type->kind), type->branch);
    toc_json_writer_init(&writer, &body);
    toc_json_object(&writer);
    for (size_t i = 0; i < type->field_count; i++)
        toc_json_member(&writer, toc_str_of(type->fields[i].name), TOC_S("x"));
    toc_json_object_end(&writer);
    target_check_json(target_ask("POST", path.ptr, toc_buf_view(&body), &status));
    assert(status == 201 || status == 400);
    target_check_json(target_ask("GET", path.ptr, (toc_str){NULL, 0}, &status));
    assert(status == 200);
    toc_buf_done(&path);
    toc_buf_done(&body);
}

static void use_types(void)
{
    const toc_types *types = toc_store_types(target_platform->store);
    for (size_t i = 0; i < toc_types_count(types); i++) {
        if (toc_types_at(types, i)->traits & TOC_TYPE_RUNTIME)
            make_object(toc_types_at(types, i));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_error err = {0};
    size_t count = 0;
    target_open();
    toc_rc rc = toc_platform_add_types_json(target_platform, (toc_str){(const char *)data, size},
                                            &count, &err);
    if (rc) {
        assert(err.message[0] && rc != TOC_ESTORE && rc != TOC_ENOMEM);
        return 0;
    }
    if (!count)
        return 0;
    toc_platform_close(target_platform);
    target_start(target_live);
    ask_catalogues();
    use_types();
    target_inputs = TARGET_INPUTS;
    return 0;
}
