import CXCB
import Glibc
import MediaUnits

extension VideoWindow {
  /// One picture's memory: shared with the X server where that is possible, sent over the connection where not.
  final class Buffer {
    let size: PictureSize
    let memory: UnsafeMutableRawPointer
    /// `nil` for memory of our own.
    let segment: xcb_shm_seg_t?
    /// Whether the server may still read the memory.
    var isBusy = false
    private var byteCount: Int { 4 * self.size.width * self.size.height }

    init(size: PictureSize, connection: Connection) throws(Failure) {
      self.size = size
      let byteCount = 4 * size.width * size.height
      if connection.shmCompletion != nil, let (segment, memory) = Self.share(byteCount, connection.pointer) {
        self.segment = segment
        self.memory = memory
        return
      }
      self.segment = nil
      self.memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
      self.memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    /// Frees the memory. The server keeps its own mapping until it has worked off what was sent before.
    func release(from connection: Connection) {
      if let segment = self.segment {
        xcb_shm_detach(connection.pointer, segment)
        munmap(self.memory, self.byteCount)
      } else {
        self.memory.deallocate()
      }
    }

    /// Sends the picture to `window`.
    func put(to window: VideoWindow) {
      let connection = window.connection
      let width = UInt16(clamping: self.size.width)
      let height = UInt16(clamping: self.size.height)
      let format = UInt8(XCB_IMAGE_FORMAT_Z_PIXMAP.rawValue)
      if let segment = self.segment {
        self.isBusy = true
        xcb_shm_put_image(
          connection.pointer,
          window.window,
          window.context,
          width,
          height,
          0,
          0,
          width,
          height,
          0,
          0,
          connection.screen.root_depth,
          format,
          1,
          segment,
          0
        )
        return
      }
      // A request has a largest size, header included; one row always fits.
      let rowByteCount = 4 * self.size.width
      let requestByteCount = 4 * Int(xcb_get_maximum_request_length(connection.pointer)) - 64
      let stripHeight = max(1, requestByteCount / rowByteCount)
      for top in stride(from: 0, to: self.size.height, by: stripHeight) {
        let rows = min(stripHeight, self.size.height - top)
        xcb_put_image(
          connection.pointer,
          format,
          window.window,
          window.context,
          width,
          UInt16(rows),
          0,
          Int16(clamping: top),
          0,
          connection.screen.root_depth,
          UInt32(rows * rowByteCount),
          (self.memory + top * rowByteCount).assumingMemoryBound(to: UInt8.self)
        )
      }
    }

    /// Has the server make a segment and maps it here too; `nil` if either end cannot.
    private static func share(
      _ byteCount: Int,
      _ connection: OpaquePointer
    ) -> (segment: xcb_shm_seg_t, memory: UnsafeMutableRawPointer)? {
      let segment = xcb_generate_id(connection)
      let cookie = xcb_shm_create_segment(connection, segment, UInt32(byteCount), 0)
      let reply = xcb_shm_create_segment_reply(connection, cookie, nil)
      defer { free(reply) }
      guard let reply, reply.pointee.nfd == 1, let descriptors = xcb_shm_create_segment_reply_fds(connection, reply)
      else {
        return nil
      }
      defer { close(descriptors[0]) }
      let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptors[0], 0)
      guard let memory, memory != UnsafeMutableRawPointer(bitPattern: -1) else {
        xcb_shm_detach(connection, segment)
        return nil
      }
      return (segment, memory)
    }
  }
}
