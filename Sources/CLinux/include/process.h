#pragma once
// Starting and watching processes: what Glibc's module hides or cannot express.
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct shim_spawn_options {
  // The child's file descriptor i is a copy of descriptors[i]; everything from descriptor_count on is closed.
  const int *descriptors;
  int descriptor_count;
  // Where the child starts; null means where the caller is.
  const char *working_directory;
  // The child becomes the leader of a new process group, so that a signal to the group reaches its children.
  bool new_process_group;
  // The child is killed when the calling thread ends, for whatever reason.
  bool dies_with_parent;
  // The child and its descendants cannot gain privileges through set-user-id files.
  bool no_new_privileges;
  // The child does not inherit a raised priority (a lower nice value than 0).
  bool ordinary_priority;
};

// Starts a program with every signal at its default and unblocked. Safe in a process with many threads.
// `path` is not searched for. Returns the child's process id, or a negative errno.
pid_t shim_spawn(const char *path, char *const argv[], char *const envp[], const struct shim_spawn_options *options);

// Makes orphaned descendants children of this process. Returns 0 or a negative errno.
int shim_become_subreaper(void);

// Blocks SIGCHLD, SIGTERM, SIGINT and SIGHUP, and returns a non-blocking descriptor that reports them, or a negative
// errno. SIGPIPE becomes an EPIPE.
int shim_signal_descriptor(void);

// The next signal's number from shim_signal_descriptor, or 0 if there is none.
int shim_next_signal(int descriptor);

// A descriptor that polls readable once the process has ended, or a negative errno.
int shim_pidfd_open(pid_t pid);

// poll() on one descriptor. Returns whether it became readable or was hung up within the time.
bool shim_wait_readable(int descriptor, int timeout_milliseconds);

// A pipe whose ends no other program inherits: [0] reads, [1] writes. Returns 0 or a negative errno.
int shim_pipe(int ends[2]);
