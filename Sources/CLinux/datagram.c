#define _GNU_SOURCE
#include "datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

// Room for the control messages of either direction: two ints and an instant on receiving, a uint16_t and two ints on
// sending.
union control {
  char bytes[3 * CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec))];
  struct cmsghdr alignment;
};

int shim_udp_socket(int family) {
  return socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int shim_enable_gro(int descriptor) {
  int on = 1;
  return setsockopt(descriptor, IPPROTO_UDP, UDP_GRO, &on, sizeof on) == 0;
}

int shim_enable_arrival_times(int descriptor) {
  int on = 1;
  return setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0;
}

int shim_enable_ecn(int descriptor, int family) {
  int on = 1;
  // A socket of IPv6 tells of IPv4's datagrams by IPv4's option.
  int tells = setsockopt(descriptor, IPPROTO_IP, IP_RECVTOS, &on, sizeof on) == 0;
  if (family != AF_INET6) return tells;
  return setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof on) == 0 && tells;
}

static int set_ecn(int descriptor, int level, int option, int bits) {
  int service = 0;
  socklen_t size = sizeof service;
  // What is not set yet may be reported as -1: the kernel's choice, which is 0.
  if (getsockopt(descriptor, level, option, &service, &size) != 0 || service < 0) service = 0;
  service = (service & ~IPTOS_ECN_MASK) | bits;
  return setsockopt(descriptor, level, option, &service, sizeof service) == 0;
}

int shim_set_ecn(int descriptor, int family, int bits) {
  int is_set = set_ecn(descriptor, IPPROTO_IP, IP_TOS, bits);
  return family == AF_INET6 ? set_ecn(descriptor, IPPROTO_IPV6, IPV6_TCLASS, bits) && is_set : is_set;
}

int shim_recvmmsg(int descriptor, struct shim_datagram *messages, unsigned count) {
  struct mmsghdr headers[SHIM_BATCH_CAPACITY];
  struct iovec vectors[SHIM_BATCH_CAPACITY];
  union control controls[SHIM_BATCH_CAPACITY];
  if (count > SHIM_BATCH_CAPACITY) count = SHIM_BATCH_CAPACITY;
  for (unsigned index = 0; index < count; index++) {
    struct shim_datagram *message = &messages[index];
    vectors[index] = (struct iovec){.iov_base = message->base, .iov_len = message->byteCount};
    headers[index].msg_hdr = (struct msghdr){
        .msg_name = &message->address,
        .msg_namelen = sizeof message->address,
        .msg_iov = &vectors[index],
        .msg_iovlen = 1,
        .msg_control = controls[index].bytes,
        .msg_controllen = sizeof controls[index].bytes,
    };
  }
  int received;
  do received = recvmmsg(descriptor, headers, count, MSG_DONTWAIT, NULL);
  while (received < 0 && errno == EINTR);

  for (int index = 0; index < received; index++) {
    struct msghdr *header = &headers[index].msg_hdr;
    struct shim_datagram *message = &messages[index];
    message->byteCount = headers[index].msg_len;
    message->segmentByteCount = 0;
    message->arrivedNanoseconds = 0;
    message->ecn = 0;
    message->isTruncated = (header->msg_flags & MSG_TRUNC) != 0;
    message->addressByteCount = header->msg_namelen;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item != NULL; item = CMSG_NXTHDR(header, item)) {
      if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO) {
        int segment;
        memcpy(&segment, CMSG_DATA(item), sizeof segment);
        if (segment > 0) message->segmentByteCount = (size_t)segment;
      } else if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec at;
        memcpy(&at, CMSG_DATA(item), sizeof at);
        message->arrivedNanoseconds = (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
      } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TOS) {
        // One byte, unlike all others.
        message->ecn = *(const unsigned char *)CMSG_DATA(item) & IPTOS_ECN_MASK;
      } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_TCLASS) {
        int class;
        memcpy(&class, CMSG_DATA(item), sizeof class);
        message->ecn = class & IPTOS_ECN_MASK;
      }
    }
  }
  return received;
}

// Writes a control message at `used` and returns where the next one begins.
static size_t add_control(union control *control, size_t used, int level, int type, const void *data, size_t size) {
  struct cmsghdr *item = (struct cmsghdr *)(control->bytes + used);
  item->cmsg_level = level;
  item->cmsg_type = type;
  item->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(item), data, size);
  return used + CMSG_SPACE(size);
}

int shim_sendmmsg(int descriptor, const struct shim_datagram *messages, unsigned count) {
  struct mmsghdr headers[SHIM_BATCH_CAPACITY];
  struct iovec vectors[SHIM_BATCH_CAPACITY];
  union control controls[SHIM_BATCH_CAPACITY];
  if (count > SHIM_BATCH_CAPACITY) count = SHIM_BATCH_CAPACITY;
  for (unsigned index = 0; index < count; index++) {
    const struct shim_datagram *message = &messages[index];
    vectors[index] = (struct iovec){.iov_base = message->base, .iov_len = message->byteCount};
    headers[index].msg_hdr = (struct msghdr){
        .msg_name = (void *)&message->address,
        .msg_namelen = message->addressByteCount,
        .msg_iov = &vectors[index],
        .msg_iovlen = 1,
    };
    size_t used = 0;
    if (message->segmentByteCount != 0 && message->byteCount > message->segmentByteCount) {
      uint16_t segment = (uint16_t)message->segmentByteCount;
      used = add_control(&controls[index], used, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment);
    }
    if (message->ecn >= 0) {
      // Each family reads its own and passes over the other's, also for an IPv4 peer of a socket of IPv6.
      used = add_control(&controls[index], used, IPPROTO_IP, IP_TOS, &message->ecn, sizeof message->ecn);
      if (message->address.ss_family == AF_INET6)
        used = add_control(&controls[index], used, IPPROTO_IPV6, IPV6_TCLASS, &message->ecn, sizeof message->ecn);
    }
    if (used == 0) continue;
    headers[index].msg_hdr.msg_control = controls[index].bytes;
    headers[index].msg_hdr.msg_controllen = used;
  }
  int sent;
  do sent = sendmmsg(descriptor, headers, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent;
}

int shim_eventfd(void) {
  return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

int shim_ppoll(struct pollfd *descriptors, unsigned count, int64_t nanoseconds) {
  struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return ppoll(descriptors, count, nanoseconds < 0 ? NULL : &timeout, NULL);
}

void shim_enter_media_thread(const char *name) {
  pthread_setname_np(pthread_self(), name);
  // On Linux a `who` of 0 means the calling thread, not the whole process. What it starts inherits both, which is meant
  // for a codec's threads; a real-time thread that spins is throttled by the kernel.
  setpriority(PRIO_PROCESS, 0, -10);
  struct sched_param real_time = {.sched_priority = 1};
  pthread_setschedparam(pthread_self(), SCHED_RR, &real_time);
}
