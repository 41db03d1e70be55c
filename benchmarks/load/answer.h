/* Reads one HTTP/1.1 answer as its bytes come in, and whether its body contains "error" (the quotes belong to it). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define LONGEST_HEAD 65536

enum outcome { MORE, WHOLE, BAD };
struct answer {
    enum { HEAD, LENGTH, UNTIL_CLOSE, CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, TRAILER } step;
    int status;
    bool closing, has_error;
    uint32_t kept_length, tail_length;
    uint64_t left; /* bytes of the body or chunk still to come; in a trailer, bytes of its line so far */
    char *kept;    /* an unfinished head: the caller puts it before the next bytes */
    char tail[8];  /* the end of the body so far: the word may be cut in two */
};

void begin_answer(struct answer *a);
/* After MORE, `kept` may hold bytes to be given again. BAD too when bytes follow the end: nobody asked for them. */
enum outcome take_bytes(struct answer *a, const char *p, const char *end);
