#pragma once
#include <malloc.h>
#include <srtp2/srtp.h>
#include <string.h>

// A session that protects everything with AEAD_AES_128_GCM under `key`, 28 bytes; NULL on failure.
static inline srtp_t shim_srtp_sender(unsigned char *key) {
  srtp_policy_t policy;
  memset(&policy, 0, sizeof policy);
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  policy.ssrc.type = ssrc_any_outbound;
  policy.key = key;
  policy.window_size = 1024;
  srtp_t session = NULL;
  if (srtp_init() != srtp_err_status_ok || srtp_create(&session, &policy) != srtp_err_status_ok) return NULL;
  return session;
}

// Bytes that are allocated at present, in all arenas.
static inline size_t shim_allocated_byte_count(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}
