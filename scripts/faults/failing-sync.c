/*
 * Loaded before the C library: flushes of files below FAULTS_FOLDER fail with EIO, FAULTS_COUNT times after the first
 * FAULTS_AFTER. As on a real disk, what was written since the last flush is gone then, although reads of the same
 * process may have seen it: the old bytes are put back. With FAULTS_POWER the power goes at that write or flush: all
 * that was not flushed is put back, and the process ends.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096

struct piece {
  struct piece *before;
  off_t at;
  size_t size;
  char old[];
};

static struct piece *unflushed[FILES];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long flushes, steps;

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

static int is_ours(int fd) {
  const char *folder = getenv("FAULTS_FOLDER");
  char link[64], path[4096];
  if (folder == NULL || fd < 0 || fd >= FILES) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = 0;
  return strncmp(path, folder, strlen(folder)) == 0;
}

static int fails(void) {
  const char *begin = getenv("FAULTS_AFTER"), *times = getenv("FAULTS_COUNT");
  if (begin == NULL || times == NULL) return 0;
  long after = atol(begin), count = atol(times), n = ++flushes;
  return n > after && n <= after + count;
}

static void forget(int fd) {
  while (unflushed[fd] != NULL) {
    struct piece *last = unflushed[fd];
    unflushed[fd] = last->before;
    free(last);
  }
}

/* The file keeps its length: where nothing was flushed before, there are zeros now. */
static void put_back(int fd) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int at = open(link, O_RDWR);
  for (struct piece *one = unflushed[fd]; one != NULL && at >= 0; one = one->before)
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)(at, one->old, one->size, one->at);
  if (at >= 0) REAL(int, "close", int)(at);
  forget(fd);
}

/* Called with the guard held. */
static void maybe_cut(void) {
  const char *at = getenv("FAULTS_POWER");
  if (at == NULL || ++steps != atol(at)) return;
  for (int fd = 0; fd < FILES; fd++)
    if (unflushed[fd] != NULL) put_back(fd);
  _exit(137);
}

static void remember(int fd, off_t at, size_t size) {
  struct piece *piece = calloc(1, sizeof *piece + size);
  char link[64];
  if (piece == NULL) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int reader = open(link, O_RDONLY);
  if (reader >= 0) {
    (void)!pread(reader, piece->old, size, at);
    REAL(int, "close", int)(reader);
  }
  piece->at = at;
  piece->size = size;
  piece->before = unflushed[fd];
  unflushed[fd] = piece;
}

static int flush(int fd, int (*really)(int)) {
  if (!is_ours(fd)) return really(fd);
  pthread_mutex_lock(&guard);
  maybe_cut();
  int failed = fails();
  if (failed) put_back(fd);
  else forget(fd);
  pthread_mutex_unlock(&guard);
  if (failed) {
    errno = EIO;
    return -1;
  }
  return really(fd);
}

int fsync(int fd) { return flush(fd, REAL(int, "fsync", int)); }
int fdatasync(int fd) { return flush(fd, REAL(int, "fdatasync", int)); }

/** A write that is its own flush may fail as one; others are remembered. @returns 1 when it fails */
static int before_write(int fd, off_t at, size_t size) {
  if (!is_ours(fd)) return 0;
  int flags = fcntl(fd, F_GETFL);
  pthread_mutex_lock(&guard);
  maybe_cut();
  int failed = (flags & O_DSYNC) != 0 && fails();
  if (at < 0) at = (flags & O_APPEND) != 0 ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
  if ((flags & O_DSYNC) == 0) remember(fd, at, size);
  pthread_mutex_unlock(&guard);
  if (failed) errno = EIO;
  return failed;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  if (before_write(fd, -1, size)) return -1;
  return REAL(ssize_t, "write", int, const void *, size_t)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  if (before_write(fd, at, size)) return -1;
  return REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  if (before_write(fd, at, size)) return -1;
  return REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, bytes, size, at);
}

static size_t sum(const struct iovec *parts, int count) {
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  return size;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (before_write(fd, -1, sum(parts, count))) return -1;
  return REAL(ssize_t, "writev", int, const struct iovec *, int)(fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  if (before_write(fd, at, sum(parts, count))) return -1;
  return REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t)(fd, parts, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  if (before_write(fd, at, sum(parts, count))) return -1;
  return REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off64_t)(fd, parts, count, at);
}

int close(int fd) {
  if (fd >= 0 && fd < FILES && unflushed[fd] != NULL) {
    pthread_mutex_lock(&guard);
    forget(fd);
    pthread_mutex_unlock(&guard);
  }
  return REAL(int, "close", int)(fd);
}
