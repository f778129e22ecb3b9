#define _GNU_SOURCE
#include "tunnel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// linux/ipv6.h has it, and clashes with netinet/in.h.
struct ipv6_request {
  struct in6_addr address;
  uint32_t prefix;
  int device;
};

static int result(int status) {
  return status < 0 ? -errno : status;
}

int shim_make_network(void) {
  if (unshare(CLONE_NEWNET) < 0) return -errno;
  return result(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

int shim_open_network(const char *path) {
  // What a name leads to may be a pipe by now, which would be waited for.
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return -errno;
  if (ioctl(descriptor, NS_GET_NSTYPE) == CLONE_NEWNET) return descriptor;
  close(descriptor);
  return -EINVAL;
}

int shim_enter_network(int descriptor) {
  return result(setns(descriptor, CLONE_NEWNET));
}

static int request_for(const char *device, struct ifreq *request) {
  memset(request, 0, sizeof *request);
  if (strlen(device) >= sizeof request->ifr_name) return -ENAMETOOLONG;
  strcpy(request->ifr_name, device);
  return 0;
}

int shim_open_tun(const char *device) {
  struct ifreq request;
  int status = request_for(device, &request);
  if (status < 0) return status;
  int descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  request.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | IFF_TUN_EXCL);
  if (ioctl(descriptor, TUNSETIFF, &request) < 0) {
    status = -errno;
    close(descriptor);
    return status;
  }
  return descriptor;
}

static int configure(int family, unsigned long call, void *request) {
  int descriptor = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  int status = result(ioctl(descriptor, call, request));
  close(descriptor);
  return status;
}

int shim_add_ipv4(const char *device, uint32_t address, unsigned prefix) {
  struct ifreq request;
  int status = request_for(device, &request);
  if (status < 0) return status;
  struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = address};
  memcpy(&request.ifr_addr, &inet, sizeof inet);
  status = configure(AF_INET, SIOCSIFADDR, &request);
  if (status < 0) return status;
  inet.sin_addr.s_addr = prefix == 0 ? 0 : htonl(~(uint32_t)0 << (32 - prefix));
  memcpy(&request.ifr_netmask, &inet, sizeof inet);
  return configure(AF_INET, SIOCSIFNETMASK, &request);
}

int shim_add_ipv6(const char *device, const uint8_t *address, unsigned prefix) {
  struct ipv6_request request = {.prefix = prefix, .device = (int)if_nametoindex(device)};
  if (request.device == 0) return -errno;
  memcpy(&request.address, address, sizeof request.address);
  return configure(AF_INET6, SIOCSIFADDR, &request);
}

int shim_start_device(const char *device, int queue_length) {
  struct ifreq request;
  int status = request_for(device, &request);
  if (status < 0) return status;
  if (queue_length > 0) {
    request.ifr_qlen = queue_length;
    status = configure(AF_INET, SIOCSIFTXQLEN, &request);
    if (status < 0) return status;
  }
  request_for(device, &request);
  status = configure(AF_INET, SIOCGIFFLAGS, &request);
  if (status < 0) return status;
  request.ifr_flags |= IFF_UP;
  return configure(AF_INET, SIOCSIFFLAGS, &request);
}
