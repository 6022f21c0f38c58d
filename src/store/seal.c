/* seal.c - secrets at rest: AES-256-GCM under a key that lies in a file of its own. A sealed text
 * is nonce, cipher text, tag; the name it belongs to is authenticated with it. */
#include "store/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/str.h"

#define NONCE 12U
#define TAG 16U
#define SECRET_MAX 65536U
#define KEY_TEXT (2U * TOC__SEAL_KEY + 1U) /* hexadecimal and a line end */

static void free_cipher(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

static toc_rc make_key(const char *path, unsigned char key[TOC__SEAL_KEY], toc_error *err)
{
    char text[KEY_TEXT];
    if (RAND_bytes(key, TOC__SEAL_KEY) != 1)
        return toc_error_set(err, TOC_EIO, "%s: no random numbers", path);
    TOC_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    toc_hex_encode(key, TOC__SEAL_KEY, text);
    text[KEY_TEXT - 1] = '\n';
    bool written = toc_fd_write(fd, text, sizeof(text)) && fsync(fd) == 0 && toc_sync_parent(path);
    int error_number = errno;
    toc_mem_wipe(text, sizeof(text));
    if (written)
        return TOC_OK;
    (void)unlink(path);
    return toc_error_errno(err, TOC_EIO, error_number, "%s", path);
}

static toc_rc read_key(int fd, const char *path, unsigned char key[TOC__SEAL_KEY], toc_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    if (info.st_mode & 077)
        return toc_error_set(err, TOC_ESTORE,
                             "%s: others may read the key file; make its mode 0600", path);
    char text[KEY_TEXT + 1];
    size_t got = 0;
    bool done = toc_fd_read(fd, text, sizeof(text), &got);
    int error_number = errno;
    bool good = toc_hex_decode(toc_str_trim((toc_str){text, got}), key, TOC__SEAL_KEY);
    toc_mem_wipe(text, sizeof(text));
    if (!done)
        return toc_error_errno(err, TOC_EIO, error_number, "%s", path);
    return good ? TOC_OK : toc_error_set(err, TOC_ESTORE, "%s: not a key file", path);
}

toc_rc toc__seal_load(const char *path, bool may_create, unsigned char key[TOC__SEAL_KEY],
                      toc_error *err)
{
    TOC_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return read_key(fd, path, key, err);
    if (errno != ENOENT)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    if (may_create)
        return make_key(path, key, err);
    return toc_error_set(err, TOC_ENOTFOUND,
                         "%s: the key file of the store is missing; without it the secrets of its"
                         " users cannot be read",
                         path);
}

static toc_rc fail(const char *what, toc_error *err)
{
    return toc_error_set(err, TOC_ESTORE, "a secret could not be %s", what);
}

toc_rc toc__seal(const unsigned char key[TOC__SEAL_KEY], toc_str name, toc_str secret,
                 toc_buf *sealed, toc_error *err)
{
    unsigned char nonce[NONCE], tag[TAG];
    int len = 0, rest = 0;
    TOC_CLEANUP(free_cipher) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (secret.len > SECRET_MAX)
        return toc_error_field(err, TOC_ELIMIT, "secret", "a secret has at most %u bytes",
                               SECRET_MAX);
    if (!context || !toc_buf_reserve(sealed, secret.len + NONCE + TAG))
        return toc_error_nomem(err);
    TOC_AUTOFREE unsigned char *out = toc_mem_alloc(secret.len + 1);
    if (!out)
        return toc_error_nomem(err);
    if (RAND_bytes(nonce, NONCE) != 1 ||
        EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
        EVP_EncryptUpdate(context, NULL, &len, (const unsigned char *)name.ptr, (int)name.len) !=
            1 ||
        EVP_EncryptUpdate(context, out, &len, (const unsigned char *)secret.ptr, (int)secret.len) !=
            1 ||
        EVP_EncryptFinal_ex(context, out + len, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG, tag) != 1)
        return fail("sealed", err);
    toc_buf_append(sealed, nonce, NONCE);
    toc_buf_append(sealed, out, secret.len);
    toc_buf_append(sealed, tag, TAG);
    return toc_buf_check(sealed, err);
}

toc_rc toc__unseal(const unsigned char key[TOC__SEAL_KEY], toc_str name, toc_str sealed,
                   toc_arena *arena, toc_str *secret, toc_error *err)
{
    if (sealed.len < NONCE + TAG || sealed.len > SECRET_MAX + NONCE + TAG)
        return fail("unsealed: it is damaged", err);
    const unsigned char *nonce = (const unsigned char *)sealed.ptr;
    const unsigned char *body = nonce + NONCE;
    size_t size = sealed.len - NONCE - TAG;
    unsigned char tag[TAG];
    memcpy(tag, body + size, TAG);
    int len = 0, rest = 0;
    TOC_CLEANUP(free_cipher) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *out = toc_arena_alloc(arena, size + 1);
    if (!context || !out)
        return toc_error_nomem(err);
    if (EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
        EVP_DecryptUpdate(context, NULL, &len, (const unsigned char *)name.ptr, (int)name.len) !=
            1 ||
        EVP_DecryptUpdate(context, out, &len, body, (int)size) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, tag) != 1 ||
        EVP_DecryptFinal_ex(context, out + len, &rest) != 1) {
        toc_mem_wipe(out, size);
        return fail("unsealed: the key file does not fit the store", err);
    }
    out[size] = '\0';
    *secret = (toc_str){(const char *)out, size};
    return TOC_OK;
}
