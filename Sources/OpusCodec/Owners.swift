internal import COpus

// One owner per C object, with nothing else in it, so that a throw part-way through an initialiser that uses it frees
// exactly what had been made.

struct EncoderState: ~Copyable {
  let pointer: OpaquePointer

  init() throws(OpusError) {
    var result: CInt = OPUS_OK
    let pointer = opus_encoder_create(
      opus_int32(OpusFormat.sampleRate),
      CInt(OpusFormat.channelCount),
      OPUS_APPLICATION_RESTRICTED_LOWDELAY,
      &result
    )
    guard let pointer else { throw OpusError(code: result, operation: "opus_encoder_create") }
    self.pointer = pointer
  }

  deinit {
    opus_encoder_destroy(self.pointer)
  }
}

struct DecoderState: ~Copyable {
  let pointer: OpaquePointer

  init() throws(OpusError) {
    var result: CInt = OPUS_OK
    let pointer = opus_decoder_create(opus_int32(OpusFormat.sampleRate), CInt(OpusFormat.channelCount), &result)
    guard let pointer else { throw OpusError(code: result, operation: "opus_decoder_create") }
    self.pointer = pointer
  }

  deinit {
    opus_decoder_destroy(self.pointer)
  }
}
