import CXCB
import Glibc
import MediaUnits

/// Owns a picture's memory, shared with an X server by passing a file descriptor.
///
/// Unlike a System V segment it has no name and no id: it is gone with the two processes, however they end.
struct SharedPicture: ~Copyable {
  let pixels: UnsafeMutablePointer<UInt8>
  let byteCount: Int
  /// The server's name for it, valid as long as the connection.
  let segment: xcb_shm_seg_t

  init(size: PictureSize, connection: borrowing X11Connection) throws(X11Error) {
    let byteCount = 4 * size.width * size.height
    let descriptor = shim_shared_memory(byteCount)
    guard descriptor >= 0 else { throw .noSharedMemory(errno: errno) }
    let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let address, address != MAP_FAILED else {
      let failure = errno
      close(descriptor)
      throw .noSharedMemory(errno: failure)
    }
    let segment = xcb_generate_id(connection.pointer)
    // libxcb closes the descriptor once it is sent.
    let failure = xcb_request_check(
      connection.pointer,
      xcb_shm_attach_fd_checked(connection.pointer, segment, descriptor, 0)
    )
    guard failure == nil, !connection.isBroken else {
      munmap(address, byteCount)
      throw connection.error(of: "MIT-SHM AttachFd", failure)
    }
    self.pixels = address.assumingMemoryBound(to: UInt8.self)
    self.byteCount = byteCount
    self.segment = segment
  }

  deinit {
    munmap(self.pixels, self.byteCount)
  }
}
