#pragma once
#include <opus.h>

// opus_encoder_ctl is variadic, which does not import: one function for each request.
static inline int shim_opus_set_bitrate(OpusEncoder *encoder, opus_int32 bitsPerSecond) {
  return opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitsPerSecond));
}

static inline int shim_opus_set_complexity(OpusEncoder *encoder, opus_int32 complexity) {
  return opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
}

static inline int shim_opus_set_constrained_vbr(OpusEncoder *encoder) {
  int result = opus_encoder_ctl(encoder, OPUS_SET_VBR(1));
  return result == OPUS_OK ? opus_encoder_ctl(encoder, OPUS_SET_VBR_CONSTRAINT(1)) : result;
}

static inline int shim_opus_get_lookahead(OpusEncoder *encoder, opus_int32 *sampleCount) {
  return opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(sampleCount));
}
