/* What the command line asks for, and how it is refused. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct step_of_curve { double second, rate; };

struct options {
    const char *host, *port, *requests, *answers;
    uint64_t connections, first, count, max_waiting;
    double seconds, warmup, grace;
    int64_t tick; /* nanoseconds */
    int cpu;      /* -1: any */
    bool repeat;
    struct step_of_curve *curve; /* none in closed loop; else the last step is the end, at rate 0 */
    size_t steps;
};

struct options read_options(int argc, char **argv);
/* Says the sentence on stderr and ends the program with 2. */
__attribute__((noreturn, format(printf, 1, 2))) void refuse(const char *sentence, ...);
void *reserve(size_t count, size_t size);
