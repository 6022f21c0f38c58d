/* head.c - the headers of a request: how many, how long, and whether they can be read in one way
 * only. */
#include "base/str.h"
#include "server/server.h"

/* RFC 9110 5.6.2 */
static bool is_token(toc_str text)
{
    static const bool signs[128] = {
        ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true,  ['&'] = true,
        ['*'] = true, ['+'] = true, ['-'] = true, ['\''] = true, ['.'] = true,
        ['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true,  ['~'] = true};
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i], letter = c | 0x20;
        if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && !(c < 128 && signs[c]))
            return false;
    }
    return text.len > 0;
}

static bool has_control(toc_str text)
{
    unsigned found = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        found |= (c < 0x20 && c != '\t') || c == 0x7F;
    }
    return found;
}

/* Longer names count as well: when a value begins on a folded line, the library (0.9.75) takes that
 * line for a part of the name. */
static bool begins_with(toc_str name, toc_str start)
{
    return name.len >= start.len && toc_str_equal_fold(toc_str_slice(name, 0, start.len), start);
}

/* A head that could be read in two ways is refused: a proxy may have read it in the other one, and
 * what it took for a body would be served as a request. RFC 9112 6.1 to 6.3 let some pass. */
static toc_refusal check_header(toc_head *head, toc_str name, toc_str value)
{
    static const toc_str length_name = {"Content-Length", 14};
    static const toc_str coding_name = {"Transfer-Encoding", 17};
    uint64_t length;
    if (head->count == TOC_MAX_HEADERS || value.len > TOC_MAX_HEADER_VALUE)
        return TOC_REFUSED_HEADERS;
    if (!is_token(name) || has_control(value))
        return TOC_REFUSED_FORM;
    bool good = true;
    if (begins_with(name, length_name))
        good = !head->framing++ && name.len == length_name.len && value.len < 20 &&
               toc_str_to_uint(value, &length);
    else if (begins_with(name, coding_name))
        good = !head->framing++ && name.len == coding_name.len &&
               toc_str_equal_fold(value, TOC_S("chunked"));
    return good ? TOC_REFUSED_NOT : TOC_REFUSED_FORM;
}

static enum MHD_Result add_header(void *user, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    toc_head *head = user;
    const toc_header header = {{name, name_len}, {value ? value : "", value_len}};
    (void)kind;
    head->refused = check_header(head, header.name, header.value);
    if (head->refused)
        return MHD_NO;
    head->items[head->count++] = header;
    return MHD_YES;
}

/* The memory of the connection holds the head, an entry for each of its lines, and the head of the
 * answer: without room for that one the library could send none. */
static bool is_too_long(struct MHD_Connection *connection, const toc_head *head)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t size = info ? info->header_size : 0;
    return size + head->count * TOC_SERVER_HEAD_ENTRY > TOC_SERVER_HEAD;
}

toc_refusal toc__head_read(struct MHD_Connection *connection, toc_head *head)
{
    head->count = 0;
    head->framing = 0;
    head->refused = TOC_REFUSED_NOT;
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, add_header, head);
    if (!head->refused && is_too_long(connection, head))
        head->refused = TOC_REFUSED_HEADERS;
    return head->refused;
}
