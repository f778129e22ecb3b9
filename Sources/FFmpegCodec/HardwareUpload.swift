internal import CFFmpeg
internal import MediaUnits

/// Carries pictures from memory into surfaces of a VA-API device.
///
/// - Source: libavutil/hwcontext.h.
final class HardwareUpload {
  let frames: BufferReference
  private let size: PictureSize
  private let staging: Frame
  private let surface: Frame

  /// - Throws: ``FFmpegError`` if there is no VA-API device, or it has no NV12 surfaces of this size.
  init(size: PictureSize) throws(FFmpegError) {
    var device: UnsafeMutablePointer<AVBufferRef>?
    let created = av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_VAAPI, nil, nil, 0)
    guard created >= 0 else {
      throw FFmpegError(code: created, operation: "av_hwdevice_ctx_create", detail: "no VA-API device opens here")
    }
    guard let device else { preconditionFailure("a device was created but is not there") }
    let ownedDevice = BufferReference(adopting: device)
    guard let allocated = av_hwframe_ctx_alloc(ownedDevice.pointer) else { preconditionFailure("out of memory") }
    let frames = BufferReference(adopting: allocated)
    allocated.pointee.data.withMemoryRebound(to: AVHWFramesContext.self, capacity: 1) { context in
      context.pointee.format = AV_PIX_FMT_VAAPI
      context.pointee.sw_format = AV_PIX_FMT_NV12
      context.pointee.width = CInt(size.width)
      context.pointee.height = CInt(size.height)
      // One being encoded, one being filled, and the encoder's reference and reconstruction.
      context.pointee.initial_pool_size = 4
    }
    try FFmpegError.check("av_hwframe_ctx_init", av_hwframe_ctx_init(allocated))

    let staging = Frame()
    staging.pointer.pointee.format = AV_PIX_FMT_NV12.rawValue
    staging.pointer.pointee.width = CInt(size.width)
    staging.pointer.pointee.height = CInt(size.height)
    try FFmpegError.check("av_frame_get_buffer", av_frame_get_buffer(staging.pointer, 0))

    self.frames = frames
    self.size = size
    self.staging = staging
    self.surface = Frame()
  }

  /// Copies a picture into a surface; the surface is this object's until the next call.
  func upload(_ picture: borrowing Frame) throws(FFmpegError) -> UnsafeMutablePointer<AVFrame> {
    self.interleave(picture.i420View(size: self.size))
    av_frame_unref(self.surface.pointer)
    try FFmpegError.check(
      "av_hwframe_get_buffer",
      av_hwframe_get_buffer(self.frames.pointer, self.surface.pointer, 0)
    )
    try FFmpegError.check(
      "av_hwframe_transfer_data",
      av_hwframe_transfer_data(self.surface.pointer, self.staging.pointer, 0)
    )
    return self.surface.pointer
  }

  private func interleave(_ source: I420View) {
    let target = self.staging.pointer.pointee
    guard let luma = target.data.0, let chroma = target.data.1 else {
      preconditionFailure("an NV12 picture has two planes")
    }
    for row in 0..<self.size.height {
      (luma + row * Int(target.linesize.0)).update(from: source.y + row * source.yStride, count: self.size.width)
    }
    for row in 0..<self.size.height / 2 {
      let (u, v) = (source.u + row * source.chromaStride, source.v + row * source.chromaStride)
      let pairs = chroma + row * Int(target.linesize.1)
      for column in 0..<self.size.width / 2 {
        pairs[2 * column] = u[column]
        pairs[2 * column + 1] = v[column]
      }
    }
  }
}
