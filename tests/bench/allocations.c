/* Preloaded into a process: counts the bytes that malloc has given out, from the last connect() on.
 *
 * At the end it writes one JSON line into the file that COUNTED names: the peak above where connect() found it, the
 * number of allocations, and the largest of them. mbedTLS takes its memory from malloc on the unix VM; MicroPython's
 * own heap is one block.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static atomic_long held, peak, allocations, largest;
static long before;

static void *counted(void *block, size_t asked) {
    if (block) {
        long now = atomic_fetch_add(&held, (long)malloc_usable_size(block)) + (long)malloc_usable_size(block);
        if (now > peak) peak = now;
        if ((long)asked > largest) largest = (long)asked;
        allocations++;
    }
    return block;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

void *malloc(size_t size) { return counted(__libc_malloc(size), size); }

void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size), count * size); }

void *realloc(void *block, size_t size) {
    long gone = block ? (long)malloc_usable_size(block) : 0;
    void *fresh = __libc_realloc(block, size);
    if (fresh || !size) held -= gone;
    return counted(fresh, size);
}

void free(void *block) {
    if (block) held -= (long)malloc_usable_size(block);
    __libc_free(block);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    static int (*really)(int, const struct sockaddr *, socklen_t);
    if (!really) really = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    before = held;
    peak = before;
    largest = allocations = 0;
    return really(fd, address, length);
}

__attribute__((destructor)) static void tell(void) {
    const char *name = getenv("COUNTED");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (!file) return;
    fprintf(file, "{\"peak\": %ld, \"allocations\": %ld, \"largest\": %ld}\n", (long)peak - before, (long)allocations,
            (long)largest);
    fclose(file);
}
