/* curl.c - the transport over sockets. The only file that knows libcurl, which is brought in when
 * the first session over sockets opens: with the two dozen libraries that it needs in turn it took
 * most of the time of a program that never asks a server. */
#include "client/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/retry.h"

/* The name that programs on this platform are linked with, since curl 7.16. */
#define CURL_LIBRARY "libcurl.so.4"

typedef struct wire {
    CURL *handle; /* kept: its connections stay open between requests */
    toc_buf text; /* address of the current request, and its headers one by one */
    char message[CURL_ERROR_SIZE];
    toc_response *response;
    toc_rc failed;  /* of a callback, while a request runs */
    long connect_s; /* 0: as long as a silence */
    toc_cancel_fn cancel;
    void *cancel_user;
    bool repeatable; /* the current request may arrive twice */
    unsigned starts; /* how often curl began to send it */
} wire;

static const struct {
    CURLcode code;
    toc_rc rc;
    unsigned flags;
} failures[] = {
    {CURLE_OUT_OF_MEMORY, TOC_ENOMEM, 0},
    {CURLE_URL_MALFORMAT, TOC_EINVAL, 0},
    {CURLE_UNSUPPORTED_PROTOCOL, TOC_EPROTO, 0}, /* what came back is not HTTP */
    {CURLE_SSL_CACERT_BADFILE, TOC_EIO, 0},
    {CURLE_SSL_CERTPROBLEM, TOC_EIO, 0},
    {CURLE_PEER_FAILED_VERIFICATION, TOC_ENET, 0},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, TOC_ENET, 0},
    {CURLE_COULDNT_RESOLVE_PROXY, TOC_ENET, TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT},
    {CURLE_COULDNT_RESOLVE_HOST, TOC_ENET, TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT},
    {CURLE_COULDNT_CONNECT, TOC_ENET, TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT},
    {CURLE_SSL_CONNECT_ERROR, TOC_ENET, TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT},
};

#define CALLS(CALL)                                                                                \
    CALL(global_init)                                                                              \
    CALL(easy_init)                                                                                \
    CALL(easy_cleanup)                                                                             \
    CALL(easy_setopt)                                                                              \
    CALL(easy_perform)                                                                             \
    CALL(easy_getinfo)                                                                             \
    CALL(easy_strerror)                                                                            \
    CALL(slist_append)                                                                             \
    CALL(slist_free_all)

static struct {
#define CALL(name) __typeof__(curl_##name) *name;
    CALLS(CALL)
#undef CALL
} curl;

static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded;

static bool find_calls(void *library)
{
    void *found = NULL;
/* POSIX gives functions as addresses of objects. */
#define CALL(name)                                                                                 \
    if (!(found = dlsym(library, "curl_" #name)))                                                  \
        return false;                                                                              \
    curl.name = __extension__(__typeof__(curl.name)) found;
    CALLS(CALL)
#undef CALL
    return true;
}

/* What failed is tried again by the next session. The library stays: other threads may be in it,
 * and it does not undo all that it began. */
static toc_rc load_locked(toc_error *err)
{
    void *library = dlopen(CURL_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library || !find_calls(library))
        return toc_error_set(err, TOC_EUNSUPPORTED, "servers cannot be asked: %s", dlerror());
    CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
    if (code)
        return toc_error_set(err, TOC_ENET, "libcurl: %s", curl.easy_strerror(code));
    loaded = true;
    return TOC_OK;
}

static toc_rc load(toc_error *err)
{
    (void)pthread_mutex_lock(&load_lock);
    toc_rc rc = loaded ? TOC_OK : load_locked(err);
    (void)pthread_mutex_unlock(&load_lock);
    return rc;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    wire *self = user;
    long status = 0;
    /* Of what kind the answer is decides where its body goes. */
    if (!toc_response_status(self->response) &&
        !curl.easy_getinfo(self->handle, CURLINFO_RESPONSE_CODE, &status))
        toc_response_set_status(self->response, (int)status);
    self->failed = toc_response_append(self->response, data, size * count);
    return self->failed ? 0 : size * count;
}

/* Headers of an interim answer (100) or of a proxy's (CONNECT) are dropped when the next begins. */
static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    wire *self = user;
    toc_str line = {data, size * count};
    if (toc_str_starts(line, TOC_S("HTTP/")))
        toc_response_clear(self->response);
    ptrdiff_t colon = toc_str_find_char(line, ':');
    if (colon <= 0)
        return line.len;
    toc_rc rc =
        toc_response_add_header(self->response, toc_str_trim(toc_str_slice(line, 0, (size_t)colon)),
                                toc_str_trim(toc_str_slice(line, (size_t)colon + 1, line.len)));
    /* A header too many or too long is nobody's business here. */
    self->failed = rc == TOC_ENOMEM ? rc : TOC_OK;
    return self->failed ? 0 : line.len;
}

/* Asked at least once a second, also while nothing comes. */
static int on_progress(void *user, curl_off_t expected, curl_off_t got, curl_off_t outgoing,
                       curl_off_t sent)
{
    wire *self = user;
    (void)expected, (void)got, (void)outgoing, (void)sent;
    if (self->cancel(self->cancel_user))
        self->failed = TOC_ECANCELED;
    return self->failed == TOC_ECANCELED;
}

#if CURL_AT_LEAST_VERSION(7, 80, 0)
/* When a connection that was used before ends without a byte of the answer, curl sends the request
 * again on a new one. It may have been carried out already. */
static int on_start(void *user, char *peer, char *own, int peer_port, int own_port)
{
    wire *self = user;
    (void)peer, (void)own, (void)peer_port, (void)own_port;
    return self->starts++ && !self->repeatable ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}
#endif

static void set_fixed(wire *self)
{
    CURL *handle = self->handle;
    curl.easy_setopt(handle, CURLOPT_ERRORBUFFER, self->message);
    curl.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(handle, CURLOPT_NOPROGRESS, self->cancel ? 0L : 1L);
    curl.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl.easy_setopt(handle, CURLOPT_XFERINFODATA, self);
    curl.easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L); /* a signature is for one target */
    curl.easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
#if CURL_AT_LEAST_VERSION(7, 85, 0)
    curl.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl.easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl.easy_setopt(handle, CURLOPT_WRITEDATA, self);
    curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl.easy_setopt(handle, CURLOPT_HEADERDATA, self);
#if CURL_AT_LEAST_VERSION(7, 80, 0)
    curl.easy_setopt(handle, CURLOPT_PREREQFUNCTION, on_start);
    curl.easy_setopt(handle, CURLOPT_PREREQDATA, self);
#endif
}

/* Both or neither; a proxy that is not given is the environment's, with its own user. */
static CURLcode set_proxy(CURL *handle, const toc_session_options *options)
{
    CURLcode code = CURLE_OK;
    if (options->no_proxy)
        code = curl.easy_setopt(handle, CURLOPT_NOPROXY, options->no_proxy);
    if (code || !options->proxy)
        return code;
    code = curl.easy_setopt(handle, CURLOPT_PROXY, options->proxy);
    if (!code)
        code = curl.easy_setopt(handle, CURLOPT_PROXYPORT, (long)options->proxy_port);
    if (code || !options->proxy_user || !options->proxy_password)
        return code;
    code = curl.easy_setopt(handle, CURLOPT_PROXYUSERNAME, options->proxy_user);
    return code ? code : curl.easy_setopt(handle, CURLOPT_PROXYPASSWORD, options->proxy_password);
}

static CURLcode set_options(CURL *handle, const toc_session_options *options)
{
    CURLcode code = CURLE_OK;
    if (options->insecure) {
        curl.easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
        curl.easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (options->ca_file)
        code = curl.easy_setopt(handle, CURLOPT_CAINFO, options->ca_file);
    if (!code && options->client_cert)
        code = curl.easy_setopt(handle, CURLOPT_SSLCERT, options->client_cert);
    if (!code && options->client_cert)
        code = curl.easy_setopt(handle, CURLOPT_SSLKEY,
                                options->client_key ? options->client_key : options->client_cert);
    return code ? code : set_proxy(handle, options);
}

static bool append_header(wire *self, struct curl_slist **list, toc_str name, toc_str value)
{
    toc_buf_clear(&self->text);
    toc_buf_str(&self->text, name);
    /* Without a value curl takes the header out. */
    toc_buf_lit(&self->text, ":");
    if (value.len)
        toc_buf_lit(&self->text, " ");
    toc_buf_str(&self->text, value);
    if (self->text.failed)
        return false;
    struct curl_slist *longer = curl.slist_append(*list, self->text.ptr);
    if (longer)
        *list = longer;
    return longer;
}

static bool build_headers(wire *self, const toc_request *request, struct curl_slist **list)
{
    bool good = append_header(self, list, TOC_S("Expect"), TOC_S(""));
    for (size_t i = 0; i < request->header_count && good; i++)
        good = append_header(self, list, request->headers[i].name, request->headers[i].value);
    return good;
}

/* The one answer that platforms pack (rest-v2 1.5); unpacked it has the limit of all answers. */
static bool is_packed(toc_str target)
{
    ptrdiff_t query = toc_str_find_char(target, '?');
    toc_str path = query < 0 ? target : toc_str_slice(target, 0, (size_t)query);
    return toc_str_find(path, TOC_S("/v2/batch/")) >= 0 && toc_str_ends(path, TOC_S("/errors"));
}

static CURLcode set_request(wire *self, const toc_request *request)
{
    CURL *handle = self->handle;
    bool sends = request->body.ptr || toc_str_equal(toc_str_of(request->method), TOC_S("POST")) ||
                 toc_str_equal(toc_str_of(request->method), TOC_S("PUT"));
    self->starts = 0;
    self->repeatable = toc__may_repeat(request->method, &(toc_error){.flags = TOC_ERROR_RETRYABLE});
#if !CURL_AT_LEAST_VERSION(7, 80, 0)
    curl.easy_setopt(handle, CURLOPT_FRESH_CONNECT, self->repeatable ? 0L : 1L);
#endif
    curl.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT,
                     self->connect_s ? self->connect_s : (long)request->timeout_s);
    curl.easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl.easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)request->timeout_s);
    curl.easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    if (sends) {
        curl.easy_setopt(handle, CURLOPT_POSTFIELDS, request->body.ptr ? request->body.ptr : "");
        curl.easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    CURLcode code = curl.easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    if (!code)
        code = curl.easy_setopt(handle, CURLOPT_ACCEPT_ENCODING,
                                is_packed(request->target) ? "gzip" : NULL);
    toc_buf_clear(&self->text);
    toc_buf_str(&self->text, request->base);
    toc_buf_str(&self->text, request->target);
    if (self->text.failed)
        return CURLE_OUT_OF_MEMORY;
    return code ? code : curl.easy_setopt(handle, CURLOPT_URL, self->text.ptr);
}

static toc_rc fail(const wire *self, CURLcode code, const toc_request *request, toc_error *err)
{
    if (self->failed == TOC_ELIMIT)
        return toc_error_set(err, TOC_ELIMIT, "the answer is longer than %u bytes",
                             TOC_MAX_RESPONSE);
    if (self->failed == TOC_ENOMEM || code == CURLE_OUT_OF_MEMORY)
        return toc_error_nomem(err);
    if (self->failed == TOC_ECANCELED)
        return toc_error_set(err, TOC_ECANCELED, "stopped on request");
    if (self->failed)
        return toc_error_set(err, self->failed, "the body of the answer could not be handed on");
    toc_rc rc = TOC_ENET;
    unsigned flags = TOC_ERROR_RETRYABLE;
    for (size_t i = 0; i < TOC_COUNT(failures); i++) {
        if (failures[i].code == code) {
            rc = failures[i].rc;
            flags = failures[i].flags;
        }
    }
    long sent = 0;
    (void)curl.easy_getinfo(self->handle, CURLINFO_REQUEST_SIZE, &sent);
    if (!sent && (flags & TOC_ERROR_RETRYABLE))
        flags |= TOC_ERROR_UNSENT;
    const char *why = self->message[0] ? self->message : curl.easy_strerror(code);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        why = "the connection ended without an answer; the request may have been carried out";
    (void)toc_error_set(err, rc, "%.*s: %s", TOC_FMT(request->base), why);
    if (err)
        err->flags = flags;
    return rc;
}

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    wire *self = context;
    self->response = response;
    self->failed = TOC_OK;
    self->message[0] = '\0';
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (build_headers(self, request, &headers))
        code = set_request(self, request);
    if (!code)
        code = curl.easy_setopt(self->handle, CURLOPT_HTTPHEADER, headers);
    if (!code)
        code = curl.easy_perform(self->handle);
    curl.easy_setopt(self->handle, CURLOPT_HTTPHEADER, NULL);
    curl.slist_free_all(headers);
    if (self->text.ptr)
        toc_mem_wipe(self->text.ptr, self->text.size); /* of a signature or a token */
    if (code)
        return fail(self, code, request, err);
    long status = 0;
    (void)curl.easy_getinfo(self->handle, CURLINFO_RESPONSE_CODE, &status);
    toc_response_set_status(response, (int)status);
    return TOC_OK;
}

static void close_wire(void *context)
{
    wire *self = context;
    if (self->handle)
        curl.easy_cleanup(self->handle);
    toc_buf_done(&self->text);
    toc_mem_free(self);
}

toc_rc toc__curl_transport(const toc_session_options *options, toc_transport *transport,
                           toc_error *err)
{
    toc_rc rc = load(err);
    if (rc)
        return rc;
    wire *self = toc_mem_zalloc(1, sizeof(*self));
    if (!self)
        return toc_error_nomem(err);
    toc_buf_init(&self->text, TOC_MAX_TARGET + TOC_MAX_HEADER_VALUE);
    self->handle = curl.easy_init();
    if (!self->handle) {
        close_wire(self);
        return toc_error_nomem(err);
    }
    self->connect_s = options->connect_timeout_s;
    self->cancel = options->cancel;
    self->cancel_user = options->cancel_user;
    set_fixed(self);
    CURLcode code = set_options(self->handle, options);
    if (code) {
        close_wire(self);
        return code == CURLE_OUT_OF_MEMORY
                   ? toc_error_nomem(err)
                   : toc_error_set(err, TOC_EUNSUPPORTED, "libcurl does not take these options: %s",
                                   curl.easy_strerror(code));
    }
    *transport = (toc_transport){
        .version = 1, .name = "curl", .perform = perform, .close = close_wire, .context = self};
    return TOC_OK;
}
