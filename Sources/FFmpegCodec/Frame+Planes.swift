internal import CFFmpeg
internal import MediaUnits

extension Frame {
  /// The planes of a picture whose buffers are allocated, of format YUV420P.
  func i420View(size: PictureSize) -> I420View {
    let frame = self.pointer.pointee
    guard let y = frame.data.0, let u = frame.data.1, let v = frame.data.2 else {
      preconditionFailure("a 4:2:0 picture has three planes")
    }
    return I420View(
      size: size,
      y: y,
      u: u,
      v: v,
      yStride: Int(frame.linesize.0),
      chromaStride: Int(frame.linesize.1)
    )
  }

  func fillWithBlack() {
    let (width, height) = (Int(self.pointer.pointee.width), Int(self.pointer.pointee.height))
    let planes = self.i420View(size: PictureSize(width: width, height: height))
    for row in 0..<height {
      (planes.y + row * planes.yStride).update(repeating: 16, count: width)
    }
    for row in 0..<(height + 1) / 2 {
      (planes.u + row * planes.chromaStride).update(repeating: 128, count: (width + 1) / 2)
      (planes.v + row * planes.chromaStride).update(repeating: 128, count: (width + 1) / 2)
    }
  }
}
