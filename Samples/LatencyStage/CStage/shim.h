#pragma once
#include <pulse/error.h>
#include <pulse/simple.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>

// Anonymous memory to share with the X server; -1 on failure.
static inline int shim_shared_memory(size_t byte_count) {
  int descriptor = (int)syscall(SYS_memfd_create, "latency-stage", 1u /* MFD_CLOEXEC */);
  if (descriptor >= 0 && ftruncate(descriptor, (off_t)byte_count) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

// Sleeps until CLOCK_MONOTONIC reads this many nanoseconds.
static inline void shim_sleep_until(int64_t nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
  }
}
