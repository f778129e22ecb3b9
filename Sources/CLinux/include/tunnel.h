#pragma once
// Network namespaces, and network devices whose packets a program reads and writes (TUN). Every call returns 0, or what
// its comment says, or a negative errno.

#include <stdint.h>

// Gives the calling thread a network namespace of its own, and returns a descriptor of it, close-on-exec.
int shim_make_network(void);

// Opens the network namespace at `path` and returns its descriptor, close-on-exec; -EINVAL where there is something else.
int shim_open_network(const char *path);

// Moves the calling thread into a network namespace.
int shim_enter_network(int descriptor);

// Makes a TUN device in the calling thread's network namespace, which must not have one of that name, and returns its
// descriptor, non-blocking and close-on-exec. The device ends with the descriptor.
int shim_open_tun(const char *device);

// Gives a device of the calling thread's network namespace an address, in network order.
int shim_add_ipv4(const char *device, uint32_t address, unsigned prefix);
int shim_add_ipv6(const char *device, const uint8_t *address, unsigned prefix);

// Sets a device up, with a queue of so many packets; 0 leaves its queue.
int shim_start_device(const char *device, int queue_length);
