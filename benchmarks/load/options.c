#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void refuse(const char *sentence, ...) {
    va_list values;
    va_start(values, sentence);
    vfprintf(stderr, sentence, values);
    va_end(values);
    fputc('\n', stderr);
    exit(2);
}

void *reserve(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) refuse("Out of memory.");
    return memory;
}

static double number(const char *name, const char *text, double least, double most) {
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end || errno || !(value >= least && value <= most))
        refuse("--%s: \"%s\" is not a number from %.15g to %.15g.", name, text, least, most);
    return value;
}

static uint64_t whole(const char *name, const char *text, double least, double most) {
    double value = number(name, text, least, most);
    if (value != (double)(uint64_t)value) refuse("--%s: \"%s\" is not a whole number.", name, text);
    return (uint64_t)value;
}

static void add_step(struct options *o, double second, double rate) {
    o->curve = realloc(o->curve, (o->steps + 1) * sizeof *o->curve);
    if (!o->curve) refuse("Out of memory.");
    o->curve[o->steps++] = (struct step_of_curve){second, rate};
}

/* Lines "second rate": from that second on, that rate. A last rate of 0 ends the run at its second; any other lasts as
 * long as the one before it, or one second if it stands alone. Sets the seconds too. */
static void read_curve(const char *name, struct options *o) {
    FILE *source = fopen(name, "r");
    char line[256], rest;
    double second, rate, before = 0;
    if (!source) refuse("%s: %s.", name, strerror(errno));
    for (int at = 1; fgets(line, sizeof line, source); at++) {
        if (line[strspn(line, " \t\r\n")] == '\0' || *line == '#') continue;
        if (sscanf(line, "%lf %lf %c", &second, &rate, &rest) != 2 || !(rate >= 0 && rate <= 1e7))
            refuse("%s, line %d: not \"second rate\".", name, at);
        before = o->steps ? o->curve[o->steps - 1].second : -1;
        if (o->steps ? !(second > before && second <= 1e6) : second != 0)
            refuse("%s, line %d: seconds begin at 0 and rise.", name, at);
        add_step(o, second, rate);
    }
    fclose(source);
    if (!o->steps) refuse("%s: no line \"second rate\".", name);
    if (rate > 0) add_step(o, second + (before < 0 ? 1 : second - before), 0);
    if ((o->seconds = o->curve[o->steps - 1].second) <= 0) refuse("%s: the curve has no length.", name);
}

struct options read_options(int argc, char **argv) {
    struct options options = {.host = "127.0.0.1", .count = UINT64_MAX, .max_waiting = 100000, .grace = 10,
                              .tick = 250000, .cpu = -1};
    const char *curve = NULL;
    double rate = 0;
    static const struct option known[] = {
        {"host", 1, 0, 'h'}, {"port", 1, 0, 'p'}, {"requests", 1, 0, 'q'}, {"connections", 1, 0, 'n'},
        {"seconds", 1, 0, 's'}, {"rate", 1, 0, 'r'}, {"curve", 1, 0, 'c'}, {"repeat", 0, 0, 'R'}, {"first", 1, 0, 'f'},
        {"count", 1, 0, 'm'}, {"warmup", 1, 0, 'w'}, {"answers", 1, 0, 'a'}, {"max-waiting", 1, 0, 'x'},
        {"grace", 1, 0, 'g'}, {"tick", 1, 0, 't'}, {"cpu", 1, 0, 'u'}, {0, 0, 0, 0}};
    int option, at = 0;
    while ((option = getopt_long(argc, argv, "", known, &at)) != -1) {
        const char *name = known[at].name;
        switch (option) {
        case 'h': options.host = optarg; break;
        case 'p': whole(name, options.port = optarg, 1, 65535); break;
        case 'q': options.requests = optarg; break;
        case 'n': options.connections = whole(name, optarg, 1, 1000000); break;
        case 's': options.seconds = number(name, optarg, 0.001, 1e6); break;
        case 'r': rate = number(name, optarg, 0.001, 1e7); break;
        case 'c': curve = optarg; break;
        case 'R': options.repeat = true; break;
        case 'f': options.first = whole(name, optarg, 0, 1e12); break;
        case 'm': options.count = whole(name, optarg, 1, 1e12); break;
        case 'w': options.warmup = number(name, optarg, 0, 1e6); break;
        case 'a': options.answers = optarg; break;
        case 'x': options.max_waiting = whole(name, optarg, 0, 1e8); break;
        case 'g': options.grace = number(name, optarg, 0, 1e6); break;
        case 't': options.tick = (int64_t)(number(name, optarg, 0, 1e6) * 1000); break;
        case 'u': options.cpu = (int)whole(name, optarg, 0, CPU_SETSIZE - 1); break;
        default: exit(2); /* getopt has said why */
        }
    }
    if (optind < argc) refuse("\"%s\" is not an option.", argv[optind]);
    if (!options.port || !options.requests || !options.connections)
        refuse("--port, --requests and --connections are needed.");
    if (curve) read_curve(curve, &options);
    else if (options.seconds <= 0) refuse("--seconds or --curve is needed.");
    else if (rate > 0) add_step(&options, 0, rate), add_step(&options, options.seconds, 0);
    if (options.warmup >= options.seconds) refuse("--warmup is as long as the run.");
    return options;
}
