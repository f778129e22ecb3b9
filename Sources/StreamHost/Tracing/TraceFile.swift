import Glibc
import MediaUnits
import SessionTrace
import Transport

/// One session's trace on the disk. Used by the thread that writes traces alone.
final class TraceFile {
  /// A session of hours that nobody ends must not fill the disk.
  static let maximumByteCount = 1 << 30

  let path: String
  private let buffer: TraceBuffer
  private let descriptor: CInt
  private var text = TraceText()
  private var records: [ControlTrace.Record] = []
  private var byteCount = 0
  private var lastAt: Instant
  private var isAtEnd = false

  /// - Throws: ``TraceDestination/Unusable`` when the file cannot be created.
  init(path: String, header: TraceHeader, buffer: TraceBuffer) throws(TraceDestination.Unusable) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TraceDestination.Unusable(path: path, code: errno) }
    self.path = path
    self.buffer = buffer
    self.descriptor = descriptor
    self.lastAt = header.startedAt
    self.records.reserveCapacity(TraceBuffer.capacity)
    self.text.append(header)
  }

  deinit {
    close(self.descriptor)
  }

  /// Writes what the session has logged since the last call.
  ///
  /// - Returns: whether the session is over.
  /// - Throws: ``TraceDestination/Unusable`` when nothing more can be written: the disk is full, or the file too long.
  func write() throws(TraceDestination.Unusable) -> Bool {
    let (droppedCount, isClosed) = self.buffer.swap(with: &self.records)
    for record in self.records {
      self.text.append(record)
      self.lastAt = record.at
    }
    self.records.removeAll(keepingCapacity: true)
    if droppedCount > 0 { self.text.appendDropped(droppedCount, at: self.lastAt) }
    // After a failure the session's records are still taken, so that they do not count as dropped for ever.
    guard !self.isAtEnd else {
      self.text.removeAll()
      return isClosed
    }
    defer { self.text.removeAll() }
    let code = self.byteCount > Self.maximumByteCount ? EFBIG : self.put(self.text.bytes)
    guard code == 0 else {
      self.isAtEnd = true
      throw TraceDestination.Unusable(path: self.path, code: code)
    }
    self.byteCount += self.text.bytes.count
    return isClosed
  }

  /// 0, or the `errno` value that ended it.
  private func put(_ bytes: [UInt8]) -> CInt {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(self.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if count == 0 {
          return ENOSPC
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
