#pragma once
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/shm.h>
#include <xcb/damage.h>
#include <xcb/xfixes.h>
#include <xcb/xtest.h>
#include <xcb/randr.h>
#include <xcb/xinput.h>
#include <xcb/xcb_keysyms.h>

// Anonymous shared memory that whoever else holds it cannot shrink under our feet (which would end us with SIGBUS).
// Returns -1 on failure.
static inline int shim_shared_memory(size_t byte_count) {
  // MFD_CLOEXEC | MFD_ALLOW_SEALING
  int descriptor = (int)syscall(SYS_memfd_create, "x11-picture", 3u);
  if (descriptor < 0) return -1;
  // F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW
  if (ftruncate(descriptor, (off_t)byte_count) != 0 || fcntl(descriptor, 1033, 7) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

// Asks for, or with select == 0 stops, XI_RawMotion events of every pointer on a root window.
static inline void shim_select_raw_motion(xcb_connection_t *connection, xcb_window_t root, int select) {
  struct {
    xcb_input_event_mask_t head;
    uint32_t mask;
  } mask = {{XCB_INPUT_DEVICE_ALL_MASTER, 1}, select ? XCB_INPUT_XI_EVENT_MASK_RAW_MOTION : 0};
  xcb_input_xi_select_events(connection, root, 1, &mask.head);
}

// Swift cannot take a C global's address as the constant that it is.
static inline xcb_extension_t *shim_damage_id(void) { return &xcb_damage_id; }
static inline xcb_extension_t *shim_xfixes_id(void) { return &xcb_xfixes_id; }
static inline xcb_extension_t *shim_input_id(void) { return &xcb_input_id; }
