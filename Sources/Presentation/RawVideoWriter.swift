import Glibc
public import MediaUnits

/// Writes pictures uncompressed to a file or a pipe, as YUV4MPEG2 or as bare planes.
///
/// Writing blocks for as long as the reader does; give it a thread of its own or a file.
///
/// - Source: yuv4mpeg(5) of mjpegtools.
public struct RawVideoWriter: ~Copyable {
  public enum Format: String, Hashable, Sendable, CaseIterable {
    /// A header, then every picture behind a `FRAME` line. Players and encoders read it without being told anything.
    case y4m
    /// The three planes of every picture and nothing else.
    case i420
  }

  /// Where a chroma sample lies among its four luma samples.
  public enum ChromaSiting: String, Hashable, Sendable {
    /// In their middle, as a box-filtered conversion from RGB leaves it.
    case centre = "420jpeg"
    /// Level with the left ones, as H.264 assumes unless told otherwise.
    case left = "420mpeg2"
  }

  private let output: OutputDescriptor
  private let format: Format
  private let size: PictureSize
  private var vectors: [iovec] = []
  /// Pictures written whole.
  public private(set) var pictureCount = 0
  /// Whether the reader has gone, after which ``write(_:)`` does nothing.
  public private(set) var isClosedByReader: Bool

  /// - Parameters:
  ///   - path: a file, created or emptied; a named pipe; or `-` for standard output.
  ///   - format: how pictures are framed.
  ///   - size: every picture's size.
  ///   - frameRate: pictures a second as a fraction, both parts at least 1; only a label where frames come unevenly.
  ///   - siting: written into the header of ``Format/y4m``.
  /// - Throws: ``OutputError`` if the file cannot be opened or its header not be written.
  public init(
    path: String,
    format: Format,
    size: PictureSize,
    frameRate: (numerator: Int, denominator: Int),
    siting: ChromaSiting = .centre
  ) throws(OutputError) {
    precondition(frameRate.numerator > 0 && frameRate.denominator > 0, "a frame rate is positive")
    OutputDescriptor.ignoreBrokenPipes()
    var isClosedByReader = false
    let output = try OutputDescriptor(path: path)
    if format == .y4m {
      let rate = "\(frameRate.numerator):\(frameRate.denominator)"
      let header =
        "YUV4MPEG2 W\(size.width) H\(size.height) F\(rate) Ip A1:1 C\(siting.rawValue) XCOLORRANGE=LIMITED\n"
      if !OutputDescriptor.writeAll(Array(header.utf8), to: output.descriptor) {
        guard errno == EPIPE else { throw OutputError(operation: "write video to \(path)", code: errno) }
        isClosedByReader = true
      }
    }
    self.output = output
    self.format = format
    self.size = size
    self.isClosedByReader = isClosedByReader
    self.vectors.reserveCapacity(Self.vectorLimit)
  }

  /// Writes one picture.
  ///
  /// - Parameter picture: of the size that the writer was made for.
  /// - Returns: `false` once the reader has closed its end; that is a reason to stop, not an error.
  /// - Throws: ``OutputError`` for anything else that stops the write, such as a full disk.
  @discardableResult
  public mutating func write(_ picture: I420View) throws(OutputError) -> Bool {
    precondition(picture.size == self.size, "a raw video has one picture size")
    guard !self.isClosedByReader else { return false }
    if self.format == .y4m { try self.writeFrameHeader() }
    let chromaWidth = (self.size.width + 1) / 2
    let chromaHeight = (self.size.height + 1) / 2
    try self.writePlane(picture.y, width: self.size.width, height: self.size.height, stride: picture.yStride)
    try self.writePlane(picture.u, width: chromaWidth, height: chromaHeight, stride: picture.chromaStride)
    try self.writePlane(picture.v, width: chromaWidth, height: chromaHeight, stride: picture.chromaStride)
    guard !self.isClosedByReader else { return false }
    self.pictureCount += 1
    return true
  }

  /// Linux takes at most 1024 at once (IOV_MAX).
  private static let vectorLimit = 1024

  private mutating func writeFrameHeader() throws(OutputError) {
    // The kernel only reads through the vector, although its type does not say so.
    let text: StaticString = "FRAME\n"
    let base = UnsafeMutableRawPointer(mutating: text.utf8Start)
    self.vectors.append(iovec(iov_base: base, iov_len: text.utf8CodeUnitCount))
    try self.flush()
  }

  private mutating func writePlane(
    _ plane: UnsafeMutablePointer<UInt8>,
    width: Int,
    height: Int,
    stride: Int
  ) throws(OutputError) {
    if stride == width {
      self.vectors.append(iovec(iov_base: plane, iov_len: width * height))
    } else {
      for row in 0..<height {
        self.vectors.append(iovec(iov_base: plane + row * stride, iov_len: width))
        if self.vectors.count == Self.vectorLimit { try self.flush() }
      }
    }
    try self.flush()
  }

  /// Writes all collected vectors, continuing where the kernel took only a part.
  private mutating func flush() throws(OutputError) {
    defer { self.vectors.removeAll(keepingCapacity: true) }
    var first = 0
    while first < self.vectors.count, !self.isClosedByReader {
      let remaining = self.vectors.count - first
      let descriptor = self.output.descriptor
      let count = self.vectors.withUnsafeBufferPointer {
        writev(descriptor, $0.baseAddress! + first, Int32(remaining))
      }
      if count < 0 {
        switch errno {
        case EINTR: continue
        case EAGAIN:
          var poll = pollfd(fd: self.output.descriptor, events: Int16(POLLOUT), revents: 0)
          _ = Glibc.poll(&poll, 1, 1000)
        case EPIPE: self.isClosedByReader = true
        case let code: throw OutputError(operation: "write video", code: code)
        }
        continue
      }
      var written = count
      while first < self.vectors.count, written >= self.vectors[first].iov_len {
        written -= self.vectors[first].iov_len
        first += 1
      }
      if written > 0 {
        self.vectors[first].iov_base += written
        self.vectors[first].iov_len -= written
      }
    }
  }
}
