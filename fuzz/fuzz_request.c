/* Whole requests to whole answers: "METHOD target", header lines, an empty line, the body. Asked
 * both as a stranger and as the owner of the store. In the head, $user and $token stand for what
 * no seed can know. */
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

/* Cuts the head off. */
static void take_head(toc_str *rest, toc_buf *head)
{
    ptrdiff_t end = toc_str_find(*rest, TOC_S("\n\n"));
    target_expand(end < 0 ? *rest : toc_str_slice(*rest, 0, (size_t)end + 1), head);
    *rest = end < 0 ? TOC_S("") : toc_str_slice(*rest, (size_t)end + 2, rest->len);
}

static void check_answer(void)
{
    int status = toc_response_status(target_response);
    toc_str body = toc_response_body(target_response);
    if (status < 200 || status >= 600 || status == 500) {
        (void)fprintf(stderr, "%d %.*s\n", status, TOC_FMT(body));
        abort();
    }
    if (status == 204) {
        assert(!body.len);
        return;
    }
    assert(toc_response_header(target_response, "Content-Type").len);
    if (toc_response_is(target_response, "application/json"))
        target_check_json(body);
    else if (status >= 400)
        assert(toc_response_is(target_response, "text/plain") && toc_str_is_utf8(body, NULL));
}

static void ask(toc_str input, toc_buf *head)
{
    toc_header headers[MAX_HEADERS];
    char name[16];
    toc_str rest = input, method;
    take_head(&rest, head);
    toc_str lines = toc_buf_view(head), line = cut_line(&lines);
    if (!toc_str_cut(&line, ' ', &method) || method.len >= sizeof(name))
        return;
    if (method.len)
        memcpy(name, method.ptr, method.len);
    name[method.len] = '\0';
    toc_request request = {.method = name, .target = line, .headers = headers, .body = rest};
    request.header_count = cut_headers(&lines, headers);
    (void)toc_platform_body_max(target_platform, &request, NULL);
    for (int trusted = 0; trusted < 2; trusted++) {
        assert(toc_platform_handle(target_platform, &request, trusted, target_response, NULL) ==
               TOC_OK);
        check_answer();
    }
    if (toc_response_status(target_response) < 300 && strcmp(name, "GET") != 0)
        target_check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_buf head;
    target_open();
    toc_buf_init(&head, TOC_TOKEN_TEXT * (size + 1));
    ask((toc_str){(const char *)data, size}, &head);
    toc_buf_done(&head);
    return 0;
}
