#pragma once

// What Swift's Glibc module hides: batched and segmented datagrams, event descriptors, precise waits, thread names.

#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

// Datagrams that one receive call takes, and messages that one send call takes.
enum { SHIM_BATCH_CAPACITY = 32 };

// One message of a batch: `byteCount` bytes at `base`, cut into datagrams of `segmentByteCount` (0: one datagram).
struct shim_datagram {
  void *base;
  size_t byteCount;
  size_t segmentByteCount;
  // Set by a receive: the kernel cut the datagram to fit.
  int isTruncated;
  // The ECN bits of the IP header (RFC 3168). Set by a receive; 0 where the kernel does not say. For a send: those of
  // this message, or -1 for the socket's.
  int ecn;
  // Set by a receive: when the kernel took the datagram, by CLOCK_REALTIME; 0 where it does not say.
  int64_t arrivedNanoseconds;
  socklen_t addressByteCount;
  struct sockaddr_storage address;
};

// A non-blocking close-on-exec UDP socket; -1 with errno.
int shim_udp_socket(int family);

// 1 where the kernel accepts UDP_GRO on `descriptor`, else 0.
int shim_enable_gro(int descriptor);

// 1 where the kernel will say when each datagram arrived, else 0.
int shim_enable_arrival_times(int descriptor);

// 1 where the kernel will say what ECN bits each datagram of either family came with, else 0.
int shim_enable_ecn(int descriptor, int family);

// Gives what the socket sends, to either family, these ECN bits; the other bits of the type of service stay as they are.
// 1 where the kernel does, else 0.
int shim_set_ecn(int descriptor, int family, int bits);

// recvmmsg without waiting. In each of `count` (at most SHIM_BATCH_CAPACITY) messages `base` and `byteCount` give the
// room; on return the first n are filled in. Returns n, or -1 with errno.
int shim_recvmmsg(int descriptor, struct shim_datagram *messages, unsigned count);

// sendmmsg without waiting; a message with segments carries a UDP_SEGMENT control message, one with ECN bits of its own
// those. Returns how many messages were sent, or -1 with errno of the first.
int shim_sendmmsg(int descriptor, const struct shim_datagram *messages, unsigned count);

// A non-blocking close-on-exec event counter; -1 with errno.
int shim_eventfd(void);

// ppoll until `nanoseconds` have passed; negative waits for ever.
int shim_ppoll(struct pollfd *descriptors, unsigned count, int64_t nanoseconds);

// Names the calling thread, at most 15 bytes, and asks for a higher priority, which may be refused.
void shim_enter_media_thread(const char *name);
