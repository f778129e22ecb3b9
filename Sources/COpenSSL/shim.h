#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

// Bytes of a GCM authentication tag.
enum { SHIM_GCM_TAG_BYTE_COUNT = 16 };

// A context that encrypts (1) or decrypts (0) AES-128-GCM under `key`, 16 bytes, with 12-byte nonces; NULL without
// memory.
static inline EVP_CIPHER_CTX *shim_gcm_new(const uint8_t *key, int encrypts) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (context != NULL && EVP_CipherInit_ex(context, EVP_aes_128_gcm(), NULL, key, NULL, encrypts) != 1) {
    EVP_CIPHER_CTX_free(context);
    context = NULL;
  }
  return context;
}

// Encrypts `count` bytes and appends the tag. `more` is authenticated after `header`. 1 on success.
static inline int shim_gcm_seal(EVP_CIPHER_CTX *context, const uint8_t *nonce, const void *header, int headerCount,
                                const void *more, int moreCount, const void *plaintext, int count, uint8_t *sealed) {
  int written = 0;
  int last = 0;
  return EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonce) == 1 &&
         EVP_EncryptUpdate(context, NULL, &written, (const uint8_t *)header, headerCount) == 1 &&
         (moreCount == 0 || EVP_EncryptUpdate(context, NULL, &written, (const uint8_t *)more, moreCount) == 1) &&
         (count == 0 || EVP_EncryptUpdate(context, sealed, &written, (const uint8_t *)plaintext, count) == 1) &&
         EVP_EncryptFinal_ex(context, sealed + count, &last) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, SHIM_GCM_TAG_BYTE_COUNT, sealed + count) == 1;
}

// Decrypts `count` bytes in place, whose tag follows them. 1 if they are authentic; otherwise they are garbage.
static inline int shim_gcm_open(EVP_CIPHER_CTX *context, const uint8_t *nonce, const void *header, int headerCount,
                                const void *more, int moreCount, uint8_t *sealed, int count) {
  int written = 0;
  uint8_t last[16];
  return EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonce) == 1 &&
         EVP_DecryptUpdate(context, NULL, &written, (const uint8_t *)header, headerCount) == 1 &&
         (moreCount == 0 || EVP_DecryptUpdate(context, NULL, &written, (const uint8_t *)more, moreCount) == 1) &&
         (count == 0 || EVP_DecryptUpdate(context, sealed, &written, sealed, count) == 1) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, SHIM_GCM_TAG_BYTE_COUNT, sealed + count) == 1 &&
         EVP_DecryptFinal_ex(context, last, &written) == 1;
}

// The first `count` bytes of AES-128-CTR's key stream from the counter block `start`, 16 bytes. 1 on success.
static inline int shim_ctr_stream(const uint8_t *key, const uint8_t *start, uint8_t *stream, int count) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (context == NULL) return 0;
  int written = 0;
  for (int index = 0; index < count; index++) stream[index] = 0;
  int done = EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), NULL, key, start) == 1 &&
             EVP_EncryptUpdate(context, stream, &written, stream, count) == 1;
  EVP_CIPHER_CTX_free(context);
  return done;
}
