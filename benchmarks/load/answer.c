#define _GNU_SOURCE
#include "answer.h"

#include <stdlib.h>
#include <string.h>

static const char WORD[] = "\"error\"";

void begin_answer(struct answer *a) {
    free(a->kept);
    *a = (struct answer){.step = HEAD};
}

static bool keep(struct answer *a, const char *p, uint32_t n) {
    char *room = realloc(a->kept, n);
    if (!room) return false;
    a->kept = memcpy(room, p, n); /* p is the caller's copy, never a->kept itself */
    a->kept_length = n;
    return true;
}

static void look_for_word(struct answer *a, const char *p, size_t n) {
    const size_t most = sizeof WORD - 2;
    char seam[2 * sizeof WORD];
    if (a->has_error || !n) return;
    size_t begin = n < most ? n : most;
    memcpy(seam, a->tail, a->tail_length);
    memcpy(seam + a->tail_length, p, begin);
    a->has_error = memmem(seam, a->tail_length + begin, WORD, most + 1) || memmem(p, n, WORD, most + 1);
    if (n >= most) {
        memcpy(a->tail, p + n - most, a->tail_length = most);
    } else {
        size_t all = a->tail_length + n, drop = all > most ? all - most : 0;
        memcpy(a->tail, seam + drop, a->tail_length = (uint32_t)(all - drop));
    }
}

static const char *value_of(const char *line, const char *name) {
    size_t length = strlen(name);
    if (strncasecmp(line, name, length)) return NULL; /* a line ends in CR LF, so this never runs past the head */
    for (line += length; *line == ' ' || *line == '\t'; line++) continue;
    return line;
}

/* Sets status, closing, step and left from the head that ends with the CR LF before `end`. */
static bool read_head(struct answer *a, const char *p, const char *end) {
    if (end - p < 14 || memcmp(p, "HTTP/1.", 7)) return false;
    a->status = atoi(p + 9);
    if (a->status < 100 || a->status > 599) return false;
    a->closing = p[7] == '0';
    a->step = a->status == 204 || a->status == 304 ? LENGTH : UNTIL_CLOSE;
    a->left = 0;
    while ((p = memchr(p, '\n', (size_t)(end - p))) && ++p < end) {
        const char *value;
        if ((*p | 32) != 'c' && (*p | 32) != 't') continue;
        if ((value = value_of(p, "content-length:"))) {
            if (*value < '0' || *value > '9') return false;
            if (a->step == UNTIL_CLOSE) a->step = LENGTH, a->left = strtoull(value, NULL, 10);
        } else if ((value = value_of(p, "transfer-encoding:"))) {
            if (!strncasecmp(value, "chunked", 7)) a->step = CHUNK_SIZE, a->left = 0;
        } else if ((value = value_of(p, "connection:"))) {
            a->closing = !strncasecmp(value, "close", 5) || (a->closing && strncasecmp(value, "keep-alive", 10));
        }
    }
    if (a->status < 200) a->step = HEAD; /* an interim answer: the real one follows */
    return true;
}

enum outcome take_bytes(struct answer *a, const char *p, const char *end) {
    while (p < end) {
        if (a->step == HEAD) {
            const char *stop = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
            if (!stop) {
                if (end - p >= LONGEST_HEAD) return BAD;
                return keep(a, p, (uint32_t)(end - p)) ? MORE : BAD;
            }
            if (!read_head(a, p, stop + 2)) return BAD;
            p = stop + 4;
            if (a->step == LENGTH && !a->left) return p == end ? WHOLE : BAD;
        } else if (a->step == UNTIL_CLOSE) {
            look_for_word(a, p, (size_t)(end - p));
            return MORE;
        } else if (a->step == LENGTH || a->step == CHUNK_DATA) {
            size_t n = (uint64_t)(end - p) < a->left ? (size_t)(end - p) : (size_t)a->left;
            look_for_word(a, p, n);
            p += n;
            if (a->left -= n) return MORE;
            if (a->step == LENGTH) return p == end ? WHOLE : BAD;
            a->step = CHUNK_END;
        } else { /* between chunks: a byte at a time */
            char byte = *p++;
            if (byte == '\n') {
                if (a->step == TRAILER && !a->left) return p == end ? WHOLE : BAD;
                if (a->step == CHUNK_END) a->step = CHUNK_SIZE;
                else if (a->step == TRAILER) a->left = 0;
                else a->step = a->left ? CHUNK_DATA : TRAILER;
            } else if (byte == '\r') {
                continue;
            } else if (a->step == TRAILER) {
                a->left++;
            } else if (a->step == CHUNK_SIZE) {
                const char *digits = "0123456789abcdef", *digit = memchr(digits, byte < 'A' ? byte : byte | 32, 16);
                if (!digit && byte != ';' && byte != ' ') return BAD;
                if (!digit) a->step = CHUNK_EXTENSION;
                else if ((a->left = a->left << 4 | (uint64_t)(digit - digits)) >> 40) return BAD;
            } else if (a->step == CHUNK_END) {
                return BAD;
            }
        }
    }
    return MORE;
}
