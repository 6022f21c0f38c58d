#include <string.h>
#include <unistd.h>

#include "input.h"
#include "sink.h"

typedef struct request {
    const cli_args *args;
    toc_call call;
    char method[16], path[4096];
    toc_header query[CLI_MAX_REPEAT], headers[CLI_MAX_REPEAT];
    char *body;
    size_t body_len;
} request;

static bool is_method(const char *word)
{
    static const char *const names[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!strcmp(names[i], word))
            return true;
    return false;
}

static int read_method(request *self)
{
    const char *word = self->args->words[0];
    size_t len = strlen(word);
    for (size_t i = 0; i <= len && i < sizeof self->method - 1; i++)
        self->method[i] = word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 32) : word[i];
    if (!is_method(self->method))
        return cli_usage("api: \"%s\" is none of GET, POST, PUT and DELETE", word);
    self->call.method = self->method;
    return EXIT_OK;
}

/* The library wants "/v2/..." below the base; people write it in all ways. */
static int read_path(request *self)
{
    const char *word = self->args->words[1];
    if (strstr(word, "://"))
        return cli_usage("api: the path only, such as /v2/owners; the address is --api");
    while (*word == '/')
        word++;
    if (!strncmp(word, "api/", 4))
        word += 4;
    bool versioned = word[0] == 'v' && word[1] >= '0' && word[1] <= '9' && word[2] == '/';
    bool internal = !strncmp(word, "appAuth", 7) || !strncmp(word, "internal/", 9);
    int len =
        snprintf(self->path, sizeof self->path, "/%s%s", versioned || internal ? "" : "v2/", word);
    if (len < 0 || (size_t)len >= sizeof self->path || !*word)
        return cli_usage("api: \"%.60s\" is no path; /v2/owners is one", self->args->words[1]);
    for (const char *at = self->path; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F)
            return cli_usage("api: the path has a blank or control character: write it as %%20 or "
                             "in its encoded form");
    self->call.path = self->path;
    return EXIT_OK;
}

/* "name" SEPARATOR "value" */
static bool split(const char *text, char separator, toc_header *header)
{
    const char *at = strchr(text, separator);
    if (!at || at == text)
        return false;
    const char *value = at + 1;
    while (separator == ':' && (*value == ' ' || *value == '\t'))
        value++;
    *header = (toc_header){{text, (size_t)(at - text)}, toc_str_of(value)};
    return true;
}

static int read_pairs(request *self)
{
    const cli_args *args = self->args;
    for (size_t i = 0; i < args->counts[OPT_QUERY]; i++)
        if (!split(args->values[OPT_QUERY][i], '=', &self->query[self->call.query_count++]))
            return cli_usage("--query: NAME=VALUE is needed, not \"%s\"",
                             args->values[OPT_QUERY][i]);
    for (size_t i = 0; i < args->counts[OPT_HEADER]; i++) {
        toc_header *header = &self->headers[self->call.header_count];
        if (!split(args->values[OPT_HEADER][i], ':', header))
            return cli_usage("--header: \"NAME: VALUE\" is needed, not \"%s\"",
                             args->values[OPT_HEADER][i]);
        if (!toc_str_equal_fold(header->name, toc_str_of("Content-Type"))) {
            self->call.header_count++;
            continue;
        }
        /* The one of those that the call sets itself which people have to choose. */
        self->call.content_type = header->value.ptr; /* the argument's end is its own */
    }
    self->call.query = self->query;
    self->call.headers = self->headers;
    return EXIT_OK;
}

static int read_body(request *self)
{
    const char *path = cli_value(self->args, OPT_DATA);
    toc_error err = {0};
    if (!path)
        return EXIT_OK;
    if (!strcmp(self->method, "GET"))
        return cli_usage("--data: GET has no body");
    if (cli_input_raw(path, &self->body, &self->body_len, &err))
        return cli_fail(&err);
    self->call.body = (toc_str){self->body, self->body_len};
    return EXIT_OK;
}

/* --- the answer ----------------------------------------------------------------------------- */

static void put_head(FILE *file, const toc_response *response)
{
    toc_header header;
    (void)fprintf(file, "HTTP %d\n", toc_response_status(response));
    for (size_t i = 0; toc_response_header_at(response, i, &header); i++)
        (void)fprintf(file, "%.*s: %.*s\n", (int)header.name.len, header.name.ptr,
                      (int)header.value.len, header.value.ptr);
    (void)fputc('\n', file);
}

static void put_body(FILE *file, const toc_response *response)
{
    toc_str body = toc_response_body(response);
    if (body.len)
        (void)fwrite(body.ptr, 1, body.len, file);
    /* The next prompt does not stick to it. */
    if (body.len && body.ptr[body.len - 1] != '\n' && file == stdout && isatty(STDOUT_FILENO))
        (void)fputc('\n', file);
}

/* A refusal is an answer as well, on standard output; the file of --output is for what was asked
 * for. */
static int refused(const request *self, const toc_response *response, const toc_error *err)
{
    if (response && cli_has(self->args, OPT_HEAD))
        put_head(stdout, response);
    if (response)
        put_body(stdout, response);
    return cli_fail(err);
}

/* With -i: the head stands before the body, which is gathered. */
static int gather(request *self, toc_session *sess)
{
    toc_error err = {0};
    cli_output out;
    toc_response *response = NULL;
    /* First: what is asked for may not be asked for twice. */
    if (cli_output_open(&out, self->args, &err))
        return cli_fail(&err);
    toc_rc rc = toc_session_call(sess, &self->call, &response, &err);
    int status = rc ? refused(self, response, &err) : EXIT_OK;
    if (!rc) {
        put_head(out.file, response);
        put_body(out.file, response);
    }
    if (cli_output_close(&out, !rc, &err))
        status = cli_fail(&err);
    toc_response_free(response);
    return status;
}

/* Without -i the body is not gathered, so that content of any length goes through. */
static int stream(request *self, toc_session *sess)
{
    toc_error err = {0};
    cli_sink sink;
    toc_response *response = NULL;
    if (cli_sink_open(&sink, self->args, &err))
        return cli_fail(&err);
    self->call.sink = cli_sink_take;
    self->call.sink_user = &sink;
    toc_rc rc = toc_session_call(sess, &self->call, &response, &err);
    bool terminal = !rc && sink.bytes && sink.out.file == stdout && isatty(STDOUT_FILENO);
    if (terminal)
        (void)fputc('\n', stdout);
    rc = cli_sink_close(&sink, rc, &err);
    int status = EXIT_OK;
    if (rc == TOC_ECANCELED && cli_interrupted())
        status = cli_output_stopped(self->args, sink.bytes, "bytes");
    else if (rc)
        status = refused(self, response, &err);
    toc_response_free(response);
    return status;
}

static int send_request(request *self)
{
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(self->args, false, &sess, &err))
        return cli_fail(&err);
    int status = cli_has(self->args, OPT_HEAD) ? gather(self, sess) : stream(self, sess);
    toc_session_close(sess);
    return status;
}

int cmd_api(const cli_args *args)
{
    static int (*const steps[])(request *) = {read_method, read_path, read_pairs, read_body,
                                              send_request};
    static request self;
    int status = EXIT_OK;
    self = (request){.args = args, .call = {.bare = true}};
    for (size_t i = 0; i < COUNT_OF(steps) && status == EXIT_OK; i++)
        status = steps[i](&self);
    cli_unmap(self.body, self.body_len);
    return status;
}
