#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { maximum_descriptors = 16 };

struct start {
  const char *path;
  char *const *argv;
  char *const *envp;
  const struct shim_spawn_options *options;
  const sigset_t *signal_mask;
  pid_t parent;
  volatile int failure;
};

// Runs in the child, which shares the parent's memory until it calls exec: only system calls, no allocation.
static void start_child(struct start *start) {
  const struct shim_spawn_options *options = start->options;

  for (int number = 1; number < NSIG; number++) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(number, &action, NULL);
  }
  if (options->new_process_group) setpgid(0, 0);
  // The caller may be a media thread, whose scheduling is not for others to inherit.
  struct sched_param ordinary = {.sched_priority = 0};
  sched_setscheduler(0, SCHED_OTHER, &ordinary);
  if (options->ordinary_priority) setpriority(PRIO_PROCESS, 0, 0);
  if (options->dies_with_parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) goto failed;
    // The parent may have ended before the line above.
    if (getppid() != start->parent) _exit(127);
  }
  if (options->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) goto failed;
  if (options->working_directory != NULL && chdir(options->working_directory) != 0) goto failed;

  // Copies above the target range first, so that no target overwrites a source that is still needed.
  int copies[maximum_descriptors];
  for (int index = 0; index < options->descriptor_count; index++) {
    copies[index] = fcntl(options->descriptors[index], F_DUPFD_CLOEXEC, maximum_descriptors);
    if (copies[index] < 0) goto failed;
  }
  for (int index = 0; index < options->descriptor_count; index++) {
    if (dup2(copies[index], index) < 0) goto failed;
  }
  if (syscall(SYS_close_range, options->descriptor_count, ~0U, 0) != 0) goto failed;
  sigprocmask(SIG_SETMASK, start->signal_mask, NULL);
  execve(start->path, start->argv, start->envp);

failed:
  start->failure = errno;
  _exit(127);
}

pid_t shim_spawn(const char *path, char *const argv[], char *const envp[], const struct shim_spawn_options *options) {
  if (options->descriptor_count > maximum_descriptors) return -EINVAL;

  // No handler of the parent may run in the child while they share memory.
  sigset_t all, before, none;
  sigfillset(&all);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &all, &before);

  struct start start = {
      .path = path,
      .argv = argv,
      .envp = envp,
      .options = options,
      .signal_mask = &none,
      .parent = getpid(),
      .failure = 0,
  };
  pid_t pid = vfork();
  if (pid == 0) start_child(&start);
  int failure = pid < 0 ? errno : start.failure;
  sigprocmask(SIG_SETMASK, &before, NULL);

  if (failure == 0) return pid;
  if (pid > 0) waitpid(pid, NULL, 0);
  return -failure;
}

int shim_become_subreaper(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

int shim_signal_descriptor(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -errno;
  signal(SIGPIPE, SIG_IGN);
  int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  return descriptor >= 0 ? descriptor : -errno;
}

int shim_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int shim_pidfd_open(pid_t pid) {
  int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
  return descriptor >= 0 ? descriptor : -errno;
}

bool shim_wait_readable(int descriptor, int timeout_milliseconds) {
  struct pollfd entry = {.fd = descriptor, .events = POLLIN};
  return poll(&entry, 1, timeout_milliseconds) > 0;
}

int shim_pipe(int ends[2]) {
  return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno;
}
