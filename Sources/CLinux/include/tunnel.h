#pragma once
// Network namespaces, and network devices whose packets a program reads and writes (TUN). Every call returns 0, or what
// its comment says, or a negative errno.

#include <stdint.h>

// Gives the calling thread a network namespace of its own.
int shim_unshare_network(void);

// Moves the calling thread into a network namespace.
int shim_enter_network(int descriptor);

// Binds the calling thread's network namespace to `path`, a file in `folder` that must not be there yet, as ip-netns(8)
// does.
int shim_name_network(const char *folder, const char *path);

// Takes such a name away; a namespace that has none ends with the last process in it.
int shim_unname_network(const char *path);

// Makes a TUN device in the calling thread's network namespace, which must not have one of that name, and returns its
// descriptor, non-blocking and close-on-exec. The device ends with the descriptor.
int shim_open_tun(const char *device);

// Gives a device of the calling thread's network namespace an address, in network order.
int shim_add_ipv4(const char *device, uint32_t address, unsigned prefix);
int shim_add_ipv6(const char *device, const uint8_t *address, unsigned prefix);

// Sets a device up, with a queue of so many packets; 0 leaves its queue.
int shim_start_device(const char *device, int queue_length);
