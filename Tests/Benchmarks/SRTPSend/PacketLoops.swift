import CSRTP
import DatagramIO
import Glibc
import SRTPProtection
import SessionProtocol

/// The ways to get packets out that are compared.
final class PacketLoops {
  /// The packets of a large frame: 48 go out with one system call.
  private static let burst = 48

  private let packetCount: Int
  private let destination: SocketAddress
  private var target = sockaddr_in()
  private var batch = SendBatch()
  private var source = PacketSource()
  private var sender: SRTPSender
  private let session: srtp_t
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 64)

  private(set) var socket: UDPSocket
  private(set) var plainFailures = 0

  init(packetCount: Int, destination: SocketAddress) throws {
    var key = (0..<28).map { UInt8($0) }
    guard let session = shim_srtp_sender(&key) else {
      preconditionFailure("libsrtp offers AES-GCM where OpenSSL backs it")
    }
    self.packetCount = packetCount
    self.destination = destination
    self.session = session
    self.sender = SRTPSender(SRTPMasterKey(key))
    self.socket = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    self.target.sin_family = sa_family_t(AF_INET)
    self.target.sin_port = destination.port.bigEndian
    self.target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  }

  deinit {
    self.scratch.deallocate()
    srtp_dealloc(self.session)
  }

  func protectAndSendSegmented() {
    for index in 1...self.packetCount {
      let packet = self.source.next()
      _ = self.batch.append(to: self.destination, maximumByteCount: PacketSource.protectedByteCount) {
        self.sender.protectRTP(packet, into: $0)
      }
      if index % Self.burst == 0 { self.socket.send(&self.batch) }
    }
    self.socket.send(&self.batch)
  }

  func sendSegmented() {
    for index in 1...self.packetCount {
      let packet = UnsafeRawBufferPointer(self.source.bytes)
      _ = self.batch.append(to: self.destination, maximumByteCount: PacketSource.protectedByteCount) {
        $0.copyMemory(from: packet)
        return packet.count
      }
      if index % Self.burst == 0 { self.socket.send(&self.batch) }
    }
    self.socket.send(&self.batch)
  }

  func protectAndSendEach() {
    for _ in 0..<self.packetCount {
      let byteCount = self.sender.protectRTP(self.source.next(), into: self.scratch)
      self.send(UnsafeRawBufferPointer(rebasing: self.scratch[..<byteCount]))
    }
  }

  func sendEach() {
    for _ in 0..<self.packetCount { self.send(UnsafeRawBufferPointer(self.source.bytes)) }
  }

  func protect() {
    for _ in 0..<self.packetCount { _ = self.sender.protectRTP(self.source.next(), into: self.scratch) }
  }

  /// In place, as its interface demands: it does not pay for keeping the plaintext.
  func protectWithLibSRTP() {
    for _ in 0..<self.packetCount {
      var byteCount = Int32(self.source.next().count)
      let status = srtp_protect(self.session, self.source.bytes.baseAddress, &byteCount)
      precondition(status == srtp_err_status_ok, "libsrtp protects what it is given")
    }
  }

  /// The system call of a sender that neither batches nor segments.
  private func send(_ bytes: UnsafeRawBufferPointer) {
    let byteCount = socklen_t(MemoryLayout<sockaddr_in>.size)
    let sent = withUnsafePointer(to: self.target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(self.socket.fileDescriptor, bytes.baseAddress, bytes.count, 0, $0, byteCount)
      }
    }
    if sent < 0 { self.plainFailures += 1 }
  }
}
