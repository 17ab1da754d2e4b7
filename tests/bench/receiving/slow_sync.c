/* Preloaded into a process: whatever is put on the disk takes HELD_MS at least, as on a slow disk. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int held(const char *name, int file) {
    int (*really)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    long ms = atol(getenv("HELD_MS") ? getenv("HELD_MS") : "0");
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    int found = really(file);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    return found;
}

int fsync(int file) { return held("fsync", file); }

int fdatasync(int file) { return held("fdatasync", file); }
