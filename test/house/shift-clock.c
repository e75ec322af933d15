/*
 * Library loaded before libc (LD_PRELOAD). Shifts the time of day and the times of files by a number of seconds: the eight bytes in
 * SHIFT_FILE, whose changes take effect at once. Does not shift timers, timeouts or the monotonic clock: libfaketime does, which
 * stops PostgreSQL's lock_timeout and deadlock_timeout (setitimer).
 *
 * Built by shift-clock.ts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t none = 0;
static const volatile int64_t *shift = &none;
static int (*real_gettime)(clockid_t, struct timespec *);
static long (*real_syscall)(long, ...);

__attribute__((constructor)) static void open_shift(void) {
  if (real_gettime) return;
  real_syscall = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int file = open(SHIFT_FILE, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void *place = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) shift = place;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  if (!real_gettime) open_shift();
  int failed = real_gettime(clock, at);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI)) at->tv_sec += *shift;
  return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
  *at = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME_COARSE, &now)) return -1;
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

/* Shifts file times, which programs compare with the time of day. Node calls statx by syscall(), not by a function of libc. */
long syscall(long number, ...) {
  long given[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) given[i] = va_arg(rest, long);
  va_end(rest);
  if (!real_syscall) open_shift();
  long result = real_syscall(number, given[0], given[1], given[2], given[3], given[4], given[5]);
  if (number == SYS_statx && result == 0) {
    struct statx *found = (struct statx *)given[4];
    found->stx_atime.tv_sec += *shift;
    found->stx_btime.tv_sec += *shift;
    found->stx_ctime.tv_sec += *shift;
    found->stx_mtime.tv_sec += *shift;
  }
  return result;
}

static const struct timespec *unshifted(const struct timespec given[2], struct timespec place[2]) {
  if (!given) return NULL;
  for (int i = 0; i < 2; i++) {
    place[i] = given[i];
    if (given[i].tv_nsec != UTIME_NOW && given[i].tv_nsec != UTIME_OMIT) place[i].tv_sec -= *shift;
  }
  return place;
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
  struct timespec place[2];
  return (int)real_syscall(SYS_utimensat, folder, path, unshifted(times, place), flags);
}

int futimens(int file, const struct timespec times[2]) {
  return utimensat(file, NULL, times, 0);
}
