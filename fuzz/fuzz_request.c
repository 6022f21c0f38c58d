/* Whole requests to whole answers: "METHOD target", header lines, an empty line, the body. Asked
 * both as a stranger and as the owner of the store. */
#include "platform_target.h"

#define MAX_HEADERS 16

static toc_str cut_line(toc_str *rest)
{
    toc_str line = {NULL, 0};
    if (!toc_str_cut(rest, '\n', &line))
        line = TOC_S("");
    return line;
}

static size_t cut_headers(toc_str *rest, toc_header headers[MAX_HEADERS])
{
    size_t count = 0;
    for (;;) {
        toc_str line = cut_line(rest);
        ptrdiff_t colon = toc_str_find_char(line, ':');
        if (!line.len || count == MAX_HEADERS)
            return count;
        if (colon < 0)
            continue;
        headers[count].name = toc_str_slice(line, 0, (size_t)colon);
        headers[count++].value = toc_str_trim(toc_str_slice(line, (size_t)colon + 1, line.len));
    }
}

static void check_answer(void)
{
    int status = toc_response_status(target_response);
    assert(status >= 200 && status < 600 && status != 500);
    assert(toc_response_header(target_response, "Content-Type").len);
    if (!toc_response_is(target_response, "text/plain"))
        target_check_json(toc_response_body(target_response));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_str rest = {(const char *)data, size};
    toc_header headers[MAX_HEADERS];
    toc_str line = cut_line(&rest), method;
    char name[16];
    if (!toc_str_cut(&line, ' ', &method) || method.len >= sizeof(name))
        return 0;
    target_open();
    memcpy(name, method.ptr, method.len);
    name[method.len] = '\0';
    toc_request request = {.method = name, .target = line, .headers = headers};
    request.header_count = cut_headers(&rest, headers);
    request.body = rest;
    for (int trusted = 0; trusted < 2; trusted++) {
        assert(toc_platform_handle(target_platform, &request, trusted, target_response, NULL) ==
               TOC_OK);
        check_answer();
    }
    return 0;
}
