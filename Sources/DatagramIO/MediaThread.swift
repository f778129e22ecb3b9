internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread of its own for media, away from Swift's cooperative pool, which a blocked thread would starve.
public final class MediaThread: Sendable {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  private let thread: pthread_t
  private let isJoined = Atomic<Bool>(false)

  private init(thread: pthread_t) {
    self.thread = thread
  }

  deinit {
    if !self.isJoined.load(ordering: .acquiring) { pthread_detach(self.thread) }
  }

  /// Runs `body` on a new thread, with a raised priority where the system allows it.
  ///
  /// - Parameters:
  ///   - name: what tools show; at most 15 bytes of it are kept.
  ///   - body: runs once; the thread ends with it.
  /// - Returns: a handle to ``join()``; letting it go lets the thread run on by itself.
  public static func start(name: String, _ body: @escaping @Sendable () -> Void) -> MediaThread {
    let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, MediaThread.run, start.toOpaque())
    precondition(status == 0, "the system must be able to start a media thread")
    return MediaThread(thread: thread)
  }

  /// Waits until the thread has ended. Further calls return at once.
  public func join() {
    guard !self.isJoined.exchange(true, ordering: .acquiringAndReleasing) else { return }
    pthread_join(self.thread, nil)
  }

  private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    guard let context else { return nil }
    // SAFETY: `start` retained the object for exactly this call.
    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
    shim_enter_media_thread(start.name)
    start.body()
    return nil
  }
}
