#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "clp_kernels.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

struct clp_counter { _Alignas(64) _Atomic int64_t value; };

clp_counter *clp_counter_create(void) {
    void *memory = NULL;
    if (posix_memalign(&memory, 64, sizeof(clp_counter)) != 0) return NULL;
    clp_counter *counter = memory;
    atomic_init(&counter->value, 0);
    return counter;
}
void clp_counter_free(clp_counter *counter) { free(counter); }
int64_t clp_counter_add(clp_counter *counter, int64_t amount) { return atomic_fetch_add(&counter->value, amount); }
int64_t clp_counter_load(const clp_counter *counter) { return atomic_load(&counter->value); }
void clp_counter_store(clp_counter *counter, int64_t value) { atomic_store(&counter->value, value); }

static _Thread_local bool inside_parallel = false;
bool clp_inside_parallel(void) { return inside_parallel; }
void clp_set_inside_parallel(bool inside) { inside_parallel = inside; }

void clp_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int clp_processor_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl")) return 2;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
    return 0;
}

int clp_processor_vendor(void) {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (!__get_cpuid(0, &a, &b, &c, &d)) return 0;
    if (b == 0x756e6547) return 1;
    if (b == 0x68747541) return 2;
#endif
    return 0;
}

int clp_physical_cores(void) {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        char path[96];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
        int core = cpu;
        FILE *file = fopen(path, "re");
        if (file) {
            if (fscanf(file, "%d", &core) != 1 || core < 0 || core >= CPU_SETSIZE) core = cpu;
            fclose(file);
        }
        CPU_SET(core, &cores);
    }
    int count = CPU_COUNT(&cores);
    return count > 0 ? count : 1;
}
