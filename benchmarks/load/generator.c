/* Sends prepared HTTP/1.1 requests to a server and measures the answers. One thread, one request under way on each
 * connection.
 *
 * Open loop (--rate, --curve): instants are laid down in advance, and latency runs from the instant a request was due,
 * not from when a connection became free for it. A slow server cannot slow down its own examination ("coordinated
 * omission"). Closed loop: a connection sends as soon as it has its answer; latency runs from sending.
 *
 * Counted is what was due (closed loop: sent) after --warmup. Of these: sent = answered + unanswered, and `shed` were
 * never sent. `rate` is the answers that arrived between the warm-up and the end of the schedule; what is still under
 * way or waiting then has --grace seconds, so that the slowest answers are measured and not cut off. `behind_ms` is the
 * generator's own share of the latency: from the instant a request was due to when this program noticed, --tick
 * included. `broken` counts connections refused, or lost without `Connection: close`, over the whole run. */
#define _GNU_SOURCE
#include "answer.h"
#include "histogram.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL /* every instant is in nanoseconds of the monotonic clock */
#define NEVER INT64_MAX
#define ROOM 65536          /* bytes read at a time */
#define EVENTS 64           /* few at a time: what falls due meanwhile waits for the rest */
#define CONNECTS_AT_ONCE 64 /* the same, for thousands that reconnect together */
#define RAMP_GAP (SECOND / 20000) /* between first connects: who overflows the listen queue waits a second */
#define RAMP_LIMIT (15 * SECOND)
#define LONGEST_SLEEP (SECOND / 10)

enum state { DOWN, CONNECTING, FREE, BUSY };

struct list { struct connection *first, *last; };
struct connection {
    struct connection *next, *previous;
    struct list *in;        /* `idle`, one of `retries`, or none */
    int fd, level;          /* level: which of `retries` came last */
    enum state state;
    uint32_t written;       /* bytes of the request */
    uint64_t request;
    int64_t due;            /* when the request was due; while DOWN, when to connect */
    struct answer answer;
};
struct waiting { int64_t due; uint64_t request; };

static const int64_t DELAYS[] = {0, 10, 20, 40, 80, 160, 320, 500}; /* milliseconds before each try to connect */
enum { LEVELS = sizeof DELAYS / sizeof *DELAYS };

static struct options options;
static struct addrinfo *address;
static const char *file;                  /* the requests, mapped */
static uint64_t *offsets, cursor, behind_last; /* where each begins; the next to send; one past the last */
static size_t at_step;                    /* of the curve */
static double next_second;                /* the next instant of the schedule, in seconds from the beginning */
static int64_t began, counted_from, ends, last_end, next_due = NEVER; /* last_end: of a request under way */
static bool feeding, used_up;             /* feeding: new requests may be begun */
static struct waiting *queue;             /* a ring of max_waiting + 1 */
static uint64_t queue_first, queue_length;
static struct connection *connections;
static struct list idle, retries[LEVELS];
static int poller, answers_file = -1;
static uint64_t connected, under_way;
static volatile sig_atomic_t signals;
static unsigned long long sent, answered, in_window, with_error, broken, unanswered, shed, statuses[600];
static struct histogram latency, behind;
static char lines[1 << 20];
static size_t lines_length;

static int64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

/* -- Lists of connections --------------------------------------------------------------------------------------- */

static void take_out(struct connection *c) {
    if (!c->in) return;
    *(c->previous ? &c->previous->next : &c->in->first) = c->next;
    *(c->next ? &c->next->previous : &c->in->last) = c->previous;
    c->in = NULL;
}

static void put_in(struct list *list, struct connection *c) {
    take_out(c);
    c->in = list;
    c->next = NULL;
    c->previous = list->last;
    *(list->last ? &list->last->next : &list->first) = c;
    list->last = c;
}

/* -- Requests and their schedule -------------------------------------------------------------------------------- */

static uint32_t length_of(uint64_t request) {
    const unsigned char *p = (const unsigned char *)file + offsets[request] - 4;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool next_request(uint64_t *request) {
    if (cursor == behind_last && options.repeat) cursor = options.first;
    used_up = cursor == behind_last;
    if (!used_up) *request = cursor++;
    return !used_up;
}

/* Moves on by `share` of one request along the curve: 1 is the next, 0 the first instant at which there is a rate. */
static void move_on(double share) {
    for (; at_step + 1 < options.steps; at_step++) {
        double rate = options.curve[at_step].rate, until = options.curve[at_step + 1].second;
        if (rate > 0 && next_second + share / rate < until - 1e-9) { /* many thirds do not quite make a whole */
            next_second += share / rate;
            next_due = began + (int64_t)(next_second * SECOND + 0.5);
            return;
        }
        share -= rate * (until - next_second);
        if (share < 0) share = 0;
        next_second = until;
    }
    next_due = NEVER;
}

static void lose(struct connection *c);

static void write_on(struct connection *c) {
    uint32_t length = length_of(c->request);
    while (c->written < length) {
        ssize_t n = send(c->fd, file + offsets[c->request] + c->written, length - c->written, MSG_NOSIGNAL);
        if (n > 0) c->written += (uint32_t)n;
        else if (errno == EAGAIN) return; /* edge-triggered: told once there is room */
        else if (errno != EINTR) { lose(c); return; }
    }
}

static void feed(void) {
    while (feeding && idle.first) {
        struct connection *c = idle.first; /* the one idle for longest, so that all are used alike */
        if (!options.curve) {
            if (!next_request(&c->request)) return;
            c->due = clock_now();
        } else {
            if (!queue_length) return;
            c->due = queue[queue_first].due;
            c->request = queue[queue_first].request;
            queue_first = queue_first == options.max_waiting ? 0 : queue_first + 1;
            queue_length--;
        }
        take_out(c);
        c->state = BUSY;
        c->written = 0;
        begin_answer(&c->answer);
        under_way++;
        sent += c->due >= counted_from;
        write_on(c);
    }
}

static void schedule_due(int64_t now) {
    uint64_t request;
    while (next_due <= now) {
        if (!next_request(&request)) {
            next_due = NEVER;
            return;
        }
        bool counted = next_due >= counted_from;
        if (counted) record(&behind, now - next_due);
        queue[(queue_first + queue_length++) % (options.max_waiting + 1)] = (struct waiting){next_due, request};
        feed();
        if (queue_length > options.max_waiting) {
            queue_length--; /* the newest is turned away */
            shed += counted;
        }
        move_on(1);
    }
}

/* -- Answers ---------------------------------------------------------------------------------------------------- */

static void write_lines(void) {
    for (size_t done = 0; answers_file >= 0 && done < lines_length;) {
        ssize_t n = write(answers_file, lines + done, lines_length - done);
        if (n < 0 && errno != EINTR) refuse("The answers cannot be written: %s.", strerror(errno));
        if (n > 0) done += (size_t)n;
    }
    lines_length = 0;
}

static void count_answer(struct connection *c) {
    int64_t now = last_end = clock_now();
    under_way--;
    c->level = 0;
    in_window += now >= counted_from && now <= ends;
    if (c->due >= counted_from) {
        answered++;
        statuses[c->answer.status]++;
        with_error += c->answer.has_error;
        record(&latency, now - c->due);
    }
    if (answers_file >= 0) {
        if (lines_length > sizeof lines - 64) write_lines();
        lines_length += (size_t)sprintf(lines + lines_length, "%" PRIu64 " %d %c\n", c->request, c->answer.status,
                                        c->answer.has_error ? 'E' : '-');
    }
}

/* -- Connections ------------------------------------------------------------------------------------------------ */

static void reconnect_later(struct connection *c, int64_t due) {
    if (c->fd >= 0) close(c->fd);
    if (c->state == FREE || c->state == BUSY) connected--;
    begin_answer(&c->answer);
    c->fd = -1; /* an event already fetched for it finds nothing */
    c->state = DOWN;
    c->due = due;
    put_in(&retries[c->level], c); /* one delay to each list, so each is in order of time */
}

static void lose(struct connection *c) {
    broken++;
    int64_t now = clock_now();
    if (c->state == BUSY) {
        last_end = now;
        under_way--;
        unanswered += c->due >= counted_from;
    }
    if (c->level < LEVELS - 1) c->level++;
    reconnect_later(c, now + DELAYS[c->level] * 1000000);
}

static void open_connection(struct connection *c) {
    const int on = 1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    take_out(c);
    c->state = CONNECTING;
    c->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd >= 0) setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (c->fd < 0 || (connect(c->fd, address->ai_addr, address->ai_addrlen) && errno != EINPROGRESS) ||
        epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event))
        lose(c);
}

static void open_due(int64_t now) {
    int left = CONNECTS_AT_ONCE;
    for (int level = 0; level < LEVELS; level++)
        while (retries[level].first && retries[level].first->due <= now && left-- > 0)
            open_connection(retries[level].first);
}

static void receive(struct connection *c, bool ended) {
    static char bytes[LONGEST_HEAD + ROOM];
    ssize_t n;
    do {
        uint32_t kept = c->answer.kept_length;
        if (kept) memcpy(bytes, c->answer.kept, kept);
        n = recv(c->fd, bytes + kept, ROOM, 0);
        if (n < 0 && errno == EAGAIN) break;
        if (n == 0 && c->state == BUSY && c->answer.step == UNTIL_CLOSE) {
            count_answer(c);
            reconnect_later(c, 0);
            return;
        }
        if (n <= 0 || c->state != BUSY) { /* gone, or it speaks without being asked */
            lose(c);
            return;
        }
        c->answer.kept_length = 0;
        switch (take_bytes(&c->answer, bytes, bytes + kept + n)) {
        case MORE: break;
        case BAD: lose(c); return;
        case WHOLE:
            count_answer(c);
            if (c->answer.closing || c->written < length_of(c->request)) { /* or it came before the request's end */
                reconnect_later(c, 0);
                return;
            }
            c->state = FREE;
            put_in(&idle, c);
        }
    } while (n == ROOM || ended); /* a short read has emptied the socket; what comes later is a new edge */
    feed();
}

static void on_event(struct connection *c, uint32_t events) {
    bool ended = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (c->fd < 0) return;
    if (c->state == CONNECTING) {
        if (events & (EPOLLERR | EPOLLHUP)) {
            lose(c);
            return;
        }
        if (!(events & EPOLLOUT)) return;
        c->state = FREE;
        connected++;
        put_in(&idle, c);
        if (!ended) feed();
    } else if (c->state == BUSY && events & EPOLLOUT) {
        write_on(c);
    }
    if (c->fd >= 0 && (ended || events & EPOLLIN)) receive(c, ended);
}

/* One turn: connect and send what is due, sleep until something is due (at most until `wake`), take the answers. */
static void turn(int64_t wake) {
    static int64_t next_tick;
    static bool is_full;
    const bool is_dense = next_due != NEVER && options.curve[at_step].rate * (double)options.tick >= SECOND;
    struct epoll_event events[EVENTS];
    int64_t now = clock_now();
    open_due(now);
    schedule_due(now);
    feed();
    now = clock_now();
    if (wake > now + LONGEST_SLEEP) wake = now + LONGEST_SLEEP; /* a signal may arrive just before the sleep */
    if (wake > next_due) wake = next_due;
    for (int level = 0; level < LEVELS; level++)
        if (retries[level].first && retries[level].first->due < wake) wake = retries[level].first->due;
    int64_t pause = wake > now ? wake - now : 0;
    if (is_dense && pause && !is_full) {
        /* Waking for each request and each answer would cost several times the sending itself. */
        next_tick = next_tick + options.tick > now ? next_tick + options.tick : now;
        struct timespec until = {next_tick / SECOND, next_tick % SECOND};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        pause = 0;
    }
    struct timespec timeout = {pause / SECOND, pause % SECOND};
    int n = epoll_pwait2(poller, events, EVENTS, &timeout, NULL); /* to the nanosecond; Linux 5.11 */
    if (n < 0 && errno != EINTR) refuse("epoll_pwait2: %s.", strerror(errno));
    is_full = n == EVENTS; /* then more are waiting: no rest before them */
    for (int i = 0; i < n; i++) on_event(events[i].data.ptr, events[i].events);
}

/* -- Setting up ------------------------------------------------------------------------------------------------- */

static void map_requests(void) {
    struct stat about;
    int fd = open(options.requests, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about)) refuse("%s: %s.", options.requests, strerror(errno));
    uint64_t size = (uint64_t)about.st_size, room = 0, wanted = options.first + options.count;
    if (options.count > UINT64_MAX - options.first) wanted = UINT64_MAX;
    if (!S_ISREG(about.st_mode) || !size) refuse("%s: not a file of requests.", options.requests);
    file = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (file == MAP_FAILED) refuse("%s: %s.", options.requests, strerror(errno));
    close(fd);
    for (uint64_t at = 0; at < size && behind_last < wanted; behind_last++) {
        if (behind_last == room && !(offsets = realloc(offsets, (room = room * 2 + 1024) * sizeof *offsets)))
            refuse("Out of memory.");
        offsets[behind_last] = at + 4;
        uint64_t length = at + 4 <= size ? length_of(behind_last) : 0;
        if (!length || length > size - at - 4)
            refuse("%s: request %" PRIu64 " is cut off or empty.", options.requests, behind_last);
        at += 4 + length;
    }
    if (options.first >= behind_last)
        refuse("--first: the file has only %" PRIu64 " requests.", behind_last);
    cursor = options.first;
}

static void prepare_machine(void) {
    struct rlimit limit;
    const rlim_t needed = options.connections + 64;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < needed) {
        limit.rlim_cur = needed;
        if (limit.rlim_max < needed) limit.rlim_max = needed;
        if (setrlimit(RLIMIT_NOFILE, &limit))
            refuse("%" PRIu64 " connections need more open files than this account may have.", options.connections);
    }
    if (options.cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(options.cpu, &set);
        if (sched_setaffinity(0, sizeof set, &set)) refuse("--cpu: there is no processor %d to run on.", options.cpu);
    }
    prctl(PR_SET_TIMERSLACK, 1000UL); /* else the kernel may end each sleep 50 microseconds late */
}

static void look_up_server(void) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int failed = getaddrinfo(options.host, options.port, &hints, &address);
    if (failed) refuse("%s: %s.", options.host, gai_strerror(failed));
    int fd = socket(address->ai_family, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, address->ai_addr, address->ai_addrlen))
        refuse("Nothing answers on %s port %s: %s.", options.host, options.port, strerror(errno));
    close(fd);
}

static void open_all(void) {
    int64_t now = clock_now(), limit = now + RAMP_LIMIT;
    connections = reserve(options.connections, sizeof *connections);
    for (uint64_t i = 0; i < options.connections; i++) {
        connections[i].fd = -1;
        reconnect_later(&connections[i], now + (int64_t)i * RAMP_GAP);
    }
    while (connected < options.connections && !signals && clock_now() < limit) turn(limit);
}

/* -- The run ---------------------------------------------------------------------------------------------------- */

static void on_signal(int number) {
    (void)number;
    signals++;
}

static double cpu_since(const struct timeval *from, const struct timeval *to) {
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_usec - from->tv_usec) / 1e6;
}

static void print_percentiles(const char *name, const struct histogram *h) {
    printf("\"%s\": {\"p50\": %.4f, \"p90\": %.4f, \"p99\": %.4f, \"p999\": %.4f, \"max\": %.4f, \"mean\": %.4f}, ",
           name, percentile(h, 0.5), percentile(h, 0.9), percentile(h, 0.99), percentile(h, 0.999),
           (double)h->max / 1e6, h->count ? h->sum / (double)h->count / 1e6 : 0);
}

static void print_figures(double seconds, const struct rusage *from, const struct rusage *to) {
    printf("{\"sent\": %llu, \"answered\": %llu, \"seconds\": %.6f, \"rate\": %.3f, ", sent, answered, seconds,
           seconds > 0 ? (double)in_window / seconds : 0);
    printf("\"status\": {\"200\": %llu, \"429\": %llu, \"503\": %llu", statuses[200], statuses[429], statuses[503]);
    for (int code = 100; code < 600; code++)
        if (statuses[code] && code != 200 && code != 429 && code != 503) printf(", \"%d\": %llu", code, statuses[code]);
    printf("}, \"bodies_with_error\": %llu, ", with_error);
    print_percentiles("latency_ms", &latency);
    print_percentiles("behind_ms", &behind);
    printf("\"broken\": %llu, \"unanswered\": %llu, \"shed\": %llu, ", broken, unanswered, shed);
    printf("\"cpu_seconds\": {\"user\": %.6f, \"system\": %.6f}}\n", cpu_since(&from->ru_utime, &to->ru_utime),
           cpu_since(&from->ru_stime, &to->ru_stime));
}

static void drop_waiting(void) {
    for (; queue_length; queue_length--, queue_first = queue_first == options.max_waiting ? 0 : queue_first + 1)
        shed += queue[queue_first].due >= counted_from;
}

static bool is_done(void) {
    return !under_way && !queue_length && (options.curve ? next_due == NEVER : used_up);
}

int main(int argc, char **argv) {
    struct rusage usage_from, usage_to;
    struct sigaction action = {.sa_handler = on_signal};
    options = read_options(argc, argv);
    map_requests();
    queue = reserve(options.max_waiting + 1, sizeof *queue);
    if (options.answers && (answers_file = open(options.answers, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0)
        refuse("%s: %s.", options.answers, strerror(errno));
    prepare_machine();
    look_up_server();
    if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0) refuse("epoll_create1: %s.", strerror(errno));
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    open_all();

    began = clock_now();
    counted_from = began + (int64_t)(options.warmup * SECOND);
    ends = began + (int64_t)(options.seconds * SECOND);
    feeding = true;
    if (options.curve) move_on(0);
    getrusage(RUSAGE_SELF, &usage_from);
    while (clock_now() < counted_from && !signals && !is_done()) turn(counted_from);
    getrusage(RUSAGE_SELF, &usage_from);
    while (clock_now() < ends && !signals && !is_done()) turn(ends);
    if (!signals) schedule_due(ends - 1); /* what fell due in the last turn */
    int64_t ended = clock_now();
    if (used_up && is_done() && last_end) ends = last_end < ends ? last_end : ends;
    else if (signals && ended < ends) ends = ended;
    next_due = NEVER;
    used_up = true;
    if (signals) drop_waiting();
    if (!options.curve) feeding = false;
    int64_t limit = ended + (int64_t)(options.grace * SECOND);
    for (int before = signals; !is_done() && signals == before && clock_now() < limit;) turn(limit);
    for (uint64_t i = 0; i < options.connections; i++)
        unanswered += connections[i].state == BUSY && connections[i].due >= counted_from;
    drop_waiting();
    getrusage(RUSAGE_SELF, &usage_to);
    write_lines();
    print_figures(ends > counted_from ? (double)(ends - counted_from) / SECOND : 0, &usage_from, &usage_to);
    return 0;
}
