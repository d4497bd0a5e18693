// SPDX-License-Identifier: Apache-2.0
/*
 * loadgen - a load generator for Apache APISIX plugin runners.
 *
 * It plays the part of APISIX in the ext-plugin protocol: it connects to a runner's Unix
 * domain socket, obtains a configuration token with PrepareConf, and then sends HTTPReqCall
 * (or HTTPRespCall) requests, answering the ExtraInfo requests that the runner asks in
 * between.  Every response is checked: its type, that it decodes, and that it carries the id
 * of the request.  At the end one line of JSON goes to standard output.
 *
 *   build   cc -O2 -Wall -Wextra -o loadgen loadgen.c -pthread
 *   use     loadgen -s /tmp/runner.sock -C AddHeader='{}' -c 8 -w 5 -d 20
 *           loadgen -h lists the options
 *   needs   Linux 5.11 and glibc 2.35 or later (epoll_pwait2), nothing else
 *
 * Three kinds of load:
 *
 *   closed loop (default)  every connection always has exactly one request outstanding, as an
 *       APISIX worker has; the throughput is what the runner gives.
 *   open loop (-r RATE)    requests are due at a fixed rate, whatever the runner does.  A
 *       request that finds all connections busy waits for one, and its latency counts from
 *       the moment when it was due, so a stall of the runner shows in full in the latencies
 *       (no coordinated omission).
 *
 *   connection storm (-S N)  N connections are opened one after the other without a pause,
 *       then each gets one request.  As nginx does, a connection that the socket's backlog
 *       has no room for counts as failed and is not tried again.
 *
 * A runner that many routes use has many confs: -Q N obtains N tokens, for as many keys, and
 * spreads the requests over them at random.  With -F FILE the tokens are kept there, so that
 * later runs need not make as many confs again.
 *
 * Where plugins are replaced under load, -V NAME=N looks into each answer for the plugin's
 * version: the request header NAME that it sets holds N words, separated by commas, and all
 * of them are the same, else the call saw two versions.  A line of JSON goes out at once
 * when a call that was sent after the last such line is answered by another version.
 *
 * The protocol: a frame is 1 byte of type, 3 bytes of big-endian payload length, and the
 * payload, a FlatBuffer of https://github.com/api7/ext-plugin-proto (ext-plugin.fbs).  The
 * payloads are encoded here by a minimal FlatBuffers writer, in the order in which APISIX
 * encodes them, once; then only the id and the token change from request to request.
 *
 * Exit status: 0 all well, 1 some request failed or none was answered, 2 could not run.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Frame types. */
enum { T_ERROR = 0, T_PREPARE_CONF = 1, T_HTTP_REQ_CALL = 2, T_EXTRA_INFO = 3, T_HTTP_RESP_CALL = 4 };

/* Values of the unions and enums of the schema that are used here. */
enum { ACTION_NONE = 0, ACTION_STOP = 1, ACTION_REWRITE = 2 };
enum { INFO_VAR = 1, INFO_REQ_BODY = 2, INFO_RESP_BODY = 3 };
enum { ERR_BAD_REQUEST = 0, ERR_SERVICE_UNAVAILABLE = 1, ERR_CONF_TOKEN_NOT_FOUND = 2, ERR_OTHER = 3, ERR_KINDS = 4 };

#define HEADER_LEN   4
#define MAX_PAYLOAD  0xffffffu
#define MAX_CONFS    64
#define MAX_HEADERS  1000
#define MAX_ENTRIES  (MAX_HEADERS + MAX_CONFS)
#define NS_PER_SEC   1000000000ull
#define SWEEP_NS     100000000ull /* how often timeouts and dead connections are looked at */
#define DRAIN_NS     NS_PER_SEC   /* how long the last responses are waited for at the end */

static void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void die(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "loadgen: ");
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

static void *xrealloc(void *p, size_t n)
{
    p = realloc(p, n);
    if (!p)
        die("out of memory");
    return p;
}

static uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* ------------------------------------------------------------------------------------------
 * Latency histogram: 128 linear steps for each power of two, so a value is off by less than
 * 0.8 %.  Values are nanoseconds.
 */
#define HIST_SUB_BITS 7
#define HIST_SLOTS    ((64 - HIST_SUB_BITS + 1) << HIST_SUB_BITS)

struct hist {
    uint64_t slot[HIST_SLOTS];
    uint64_t count, max;
    double sum;
};

static void hist_add(struct hist *h, uint64_t v)
{
    int shift = 0;
    if (v >> (HIST_SUB_BITS + 1))
        shift = 63 - __builtin_clzll(v) - HIST_SUB_BITS;
    h->slot[((size_t)shift << HIST_SUB_BITS) + (v >> shift)]++;
    h->count++;
    h->sum += (double)v;
    if (v > h->max)
        h->max = v;
}

static void hist_merge(struct hist *to, const struct hist *from)
{
    for (size_t i = 0; i < HIST_SLOTS; i++)
        to->slot[i] += from->slot[i];
    to->count += from->count;
    to->sum += from->sum;
    if (from->max > to->max)
        to->max = from->max;
}

/* The smallest value that at least the part q of all values does not exceed. */
static uint64_t hist_quantile(const struct hist *h, double q)
{
    double exact = q * (double)h->count;
    uint64_t want = (uint64_t)exact, seen = 0;
    want += (double)want < exact; /* round up */
    for (size_t i = 0; i < HIST_SLOTS; i++) {
        seen += h->slot[i];
        if (seen >= want && seen > 0) {
            size_t shift = i >> HIST_SUB_BITS, top = i;
            if (shift > 0) { /* slots from 256 on: undo hist_add's index */
                shift--;
                top = i - (shift << HIST_SUB_BITS);
            }
            uint64_t upper = ((uint64_t)(top + 1) << shift) - 1;
            return upper < h->max ? upper : h->max;
        }
    }
    return h->max;
}

/* ------------------------------------------------------------------------------------------
 * FlatBuffers writer.  As in every FlatBuffers library the buffer is filled from its end
 * towards its start, so a position is told as its distance from the end ("used"), which does
 * not change while the buffer grows.  Only what the schema needs: strings, byte vectors,
 * vectors of offsets, tables of scalars of at most 4 bytes; equal vtables are shared.
 */
struct fb {
    unsigned char *buf;
    size_t cap, used;
    uint32_t vtable[16]; /* positions of the vtables written so far */
    int nvtables;
};

struct fb_table {
    size_t start;       /* used before the first field */
    uint32_t field[8];  /* positions of the fields, 0: absent */
    int nfields;
};

static unsigned char *fb_at(struct fb *b, size_t pos)
{
    return b->buf + b->cap - pos;
}

static unsigned char *fb_prepend(struct fb *b, size_t n)
{
    if (b->cap - b->used < n) {
        size_t cap = b->cap ? b->cap * 2 : 1024;
        while (cap - b->used < n)
            cap *= 2;
        unsigned char *p = xrealloc(NULL, cap);
        if (b->used)
            memcpy(p + cap - b->used, fb_at(b, b->used), b->used);
        free(b->buf);
        b->buf = p;
        b->cap = cap;
    }
    b->used += n;
    return fb_at(b, b->used);
}

/* Pads so that the buffer's length is a multiple of align once n more bytes are written. */
static void fb_align(struct fb *b, size_t n, size_t align)
{
    size_t pad = (align - (b->used + n) % align) % align;
    if (pad)
        memset(fb_prepend(b, pad), 0, pad);
}

static void put_le16(unsigned char *p, uint32_t v)
{
    p[0] = (unsigned char)v;
    p[1] = (unsigned char)(v >> 8);
}

static void put_le32(unsigned char *p, uint32_t v)
{
    put_le16(p, v);
    put_le16(p + 2, v >> 16);
}

/* A scalar of size bytes (1, 2 or 4). */
static uint32_t fb_scalar(struct fb *b, uint32_t v, size_t size)
{
    fb_align(b, size, size);
    unsigned char *p = fb_prepend(b, size);
    for (size_t i = 0; i < size; i++)
        p[i] = (unsigned char)(v >> (8 * i));
    return (uint32_t)b->used;
}

/* An offset to something written before. */
static uint32_t fb_offset(struct fb *b, uint32_t target)
{
    fb_align(b, 4, 4);
    fb_prepend(b, 4);
    put_le32(fb_at(b, b->used), (uint32_t)b->used - target);
    return (uint32_t)b->used;
}

static uint32_t fb_bytes(struct fb *b, const void *data, size_t n)
{
    fb_align(b, n, 4);
    if (n)
        memcpy(fb_prepend(b, n), data, n);
    return fb_scalar(b, (uint32_t)n, 4);
}

static uint32_t fb_string(struct fb *b, const char *s)
{
    size_t n = strlen(s);
    fb_align(b, n + 1, 4);
    memcpy(fb_prepend(b, n + 1), s, n + 1);
    return fb_scalar(b, (uint32_t)n, 4);
}

static uint32_t fb_vector(struct fb *b, const uint32_t *items, size_t n)
{
    fb_align(b, 0, 4);
    for (size_t i = n; i-- > 0;)
        fb_offset(b, items[i]);
    return fb_scalar(b, (uint32_t)n, 4);
}

static void fb_table_start(struct fb *b, struct fb_table *t)
{
    memset(t, 0, sizeof *t);
    t->start = b->used;
}

static void fb_field(struct fb_table *t, int index, uint32_t pos)
{
    t->field[index] = pos;
    if (index >= t->nfields)
        t->nfields = index + 1;
}

static uint32_t fb_table_end(struct fb *b, struct fb_table *t)
{
    uint32_t table = fb_scalar(b, 0, 4); /* the offset to the vtable, set below */
    unsigned char vt[4 + 2 * 8];
    size_t n = 4 + 2 * (size_t)t->nfields;
    put_le16(vt, (uint32_t)n);
    put_le16(vt + 2, table - (uint32_t)t->start);
    for (int i = 0; i < t->nfields; i++)
        put_le16(vt + 4 + 2 * i, t->field[i] ? table - t->field[i] : 0);

    uint32_t pos = 0;
    for (int i = 0; i < b->nvtables && !pos; i++)
        if (n <= b->vtable[i] && !memcmp(fb_at(b, b->vtable[i]), vt, n))
            pos = b->vtable[i];
    if (!pos) {
        memcpy(fb_prepend(b, n), vt, n);
        pos = (uint32_t)b->used;
        if (b->nvtables < 16)
            b->vtable[b->nvtables++] = pos;
    }
    put_le32(fb_at(b, table), pos - table);
    return table;
}

static void fb_finish(struct fb *b, uint32_t root)
{
    fb_align(b, 4, 4);
    fb_offset(b, root);
}

/* ------------------------------------------------------------------------------------------
 * FlatBuffers reader: just enough to read what is looked into, every access checked.
 * Positions are counted from the start of the buffer.
 */
static uint32_t get_le16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get_le32(const unsigned char *p)
{
    return get_le16(p) | get_le16(p + 2) << 16;
}

/* Where the offset at pos leads to, to a thing of at least 4 bytes; -1 if the buffer is malformed. */
static long fb_follow(const unsigned char *p, size_t len, long pos)
{
    if (pos < 0 || (size_t)pos + 4 > len)
        return -1;
    size_t target = (size_t)pos + get_le32(p + pos);
    return target + 4 <= len ? (long)target : -1;
}

/*
 * Finds field `index`, of size bytes, of the table at a position.  Returns its position, 0 if
 * it is absent, or -1 if the buffer is malformed.
 */
static long fb_table_field(const unsigned char *p, size_t len, long table, int index, size_t size)
{
    if (table < 0)
        return -1;
    int64_t vt = (int64_t)table - (int32_t)get_le32(p + table);
    if (vt < 0 || vt > (int64_t)len - 4)
        return -1;
    size_t vtlen = get_le16(p + vt);
    if (vtlen < 4 || (size_t)vt + vtlen > len)
        return -1;
    size_t entry = 4 + 2 * (size_t)index;
    if (entry + 2 > vtlen)
        return 0;
    uint32_t off = get_le16(p + vt + entry);
    if (off == 0)
        return 0;
    if (off + (size_t)table + size > len)
        return -1;
    return table + (long)off;
}

static long fb_root_field(const unsigned char *p, size_t len, int index, size_t size)
{
    return fb_table_field(p, len, fb_follow(p, len, 0), index, size);
}

/* The vector, table or string that a field of a table leads to: its position, 0 if it is absent, -1 if malformed. */
static long fb_reference(const unsigned char *p, size_t len, long table, int index)
{
    long field = fb_table_field(p, len, table, index, 4);
    return field > 0 ? fb_follow(p, len, field) : field;
}

/* The bytes of a string; NULL if malformed. */
static const char *fb_text(const unsigned char *p, size_t len, long string, size_t *n)
{
    if (string <= 0)
        return NULL;
    *n = get_le32(p + string);
    return *n <= len - (size_t)string - 4 ? (const char *)p + string + 4 : NULL;
}

/* Reads an unsigned scalar of the root table, 0 (the default) if absent; false if malformed. */
static bool fb_root_scalar(const unsigned char *p, size_t len, int index, size_t size, uint32_t *out)
{
    long pos = fb_root_field(p, len, index, size);
    if (pos < 0)
        return false;
    *out = 0;
    if (pos > 0)
        *out = size == 4 ? get_le32(p + pos) : size == 2 ? get_le16(p + pos) : p[pos];
    return true;
}

/* ------------------------------------------------------------------------------------------
 * Messages.
 */
struct entry {
    const char *name, *value; /* value NULL: a TextEntry without value */
};

/* What a browser sends through APISIX: lower-case names, as ngx.req.get_headers() gives. */
static const struct entry normal_args[] = {
    {"q", "wireless headphones"}, {"page", "2"}, {"sort", "price_asc"}, {"lang", "en"},
};
static const struct entry normal_headers[] = {
    {"host", "shop.example.com"},
    {"user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                   "Chrome/126.0.0.0 Safari/537.36"},
    {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
    {"accept-language", "en-GB,en;q=0.9,de;q=0.7"},
    {"accept-encoding", "gzip, deflate, br"},
    {"referer", "https://shop.example.com/category/audio?page=1"},
    {"cookie", "session=6f1c2d7e9b3a4f58a0c1d2e3f4a5b6c7; theme=dark; consent=yes"},
    {"upgrade-insecure-requests", "1"},
    {"sec-fetch-dest", "document"},
    {"sec-fetch-mode", "navigate"},
    {"sec-fetch-site", "same-origin"},
    {"cache-control", "max-age=0"},
};
static const struct entry small_headers[] = {
    {"host", "127.0.0.1:9080"}, {"user-agent", "curl/8.5.0"},
};
/* The large request has the normal headers and 28 more of this kind; so has any with -H. */
#define LARGE_HEADERS 40
static const struct entry more_headers = {"x-forwarded-attribute-%02d", "a1b2c3d4-e5f6-4789-8abc-def012345%03d"};

static const struct entry response_headers[] = {
    {"content-type", "application/json; charset=utf-8"},
    {"content-length", "1843"},
    {"date", "Tue, 04 Jun 2024 09:12:44 GMT"},
    {"server", "openresty"},
    {"cache-control", "no-store"},
    {"etag", "W/\"733-Zk2fJ0yWq9sXn8vVd1o4cQ\""},
    {"vary", "Accept-Encoding"},
    {"x-request-id", "5b1d9f3c2a7e4c60"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint32_t put_entries(struct fb *b, const struct entry *e, size_t n)
{
    uint32_t items[MAX_ENTRIES];
    for (size_t i = 0; i < n; i++) {
        struct fb_table t;
        uint32_t name = fb_string(b, e[i].name);
        uint32_t value = e[i].value ? fb_string(b, e[i].value) : 0;
        fb_table_start(b, &t);
        fb_field(&t, 0, fb_offset(b, name));
        if (value)
            fb_field(&t, 1, fb_offset(b, value));
        items[i] = fb_table_end(b, &t);
    }
    return fb_vector(b, items, n);
}

struct frame {
    unsigned char *data;
    size_t len;
    size_t id_at, token_at; /* where these are, in a request */
};

/* Puts the frame header before a finished payload. */
static struct frame make_frame(struct fb *b, int type)
{
    struct frame f = {0};
    size_t n = b->used;
    if (n > MAX_PAYLOAD)
        die("a frame of %zu bytes is too large", n);
    f.len = HEADER_LEN + n;
    f.data = xrealloc(NULL, f.len);
    f.data[0] = (unsigned char)type;
    f.data[1] = (unsigned char)(n >> 16);
    f.data[2] = (unsigned char)(n >> 8);
    f.data[3] = (unsigned char)n;
    memcpy(f.data + HEADER_LEN, fb_at(b, n), n);
    free(b->buf);
    return f;
}

static struct frame http_req_call(uint32_t token, const char *path, const struct entry *args, size_t nargs,
                                  const struct entry *headers, size_t nheaders)
{
    static const unsigned char src_ip[4] = {192, 0, 2, 17};
    struct fb b = {0};
    struct fb_table t;
    uint32_t path_at = fb_string(&b, path);
    uint32_t ip_at = fb_bytes(&b, src_ip, sizeof src_ip);
    uint32_t args_at = put_entries(&b, args, nargs);
    uint32_t headers_at = put_entries(&b, headers, nheaders);
    fb_table_start(&b, &t);
    uint32_t id = fb_scalar(&b, 0, 4);
    fb_field(&t, 0, id);
    uint32_t token_pos = fb_scalar(&b, token, 4);
    fb_field(&t, 6, token_pos);
    fb_field(&t, 1, fb_offset(&b, ip_at));
    fb_field(&t, 3, fb_offset(&b, path_at));
    fb_field(&t, 4, fb_offset(&b, args_at));
    fb_field(&t, 5, fb_offset(&b, headers_at));
    /* method: GET is the default and is left out, as every FlatBuffers writer does */
    fb_finish(&b, fb_table_end(&b, &t));
    size_t used = b.used;
    struct frame f = make_frame(&b, T_HTTP_REQ_CALL);
    f.id_at = HEADER_LEN + used - id;
    f.token_at = HEADER_LEN + used - token_pos;
    return f;
}

static struct frame http_resp_call(uint32_t token, uint32_t status, const struct entry *headers, size_t nheaders)
{
    struct fb b = {0};
    struct fb_table t;
    uint32_t headers_at = put_entries(&b, headers, nheaders);
    fb_table_start(&b, &t);
    uint32_t id = fb_scalar(&b, 0, 4);
    fb_field(&t, 0, id);
    fb_field(&t, 1, fb_scalar(&b, status, 2));
    uint32_t token_pos = fb_scalar(&b, token, 4);
    fb_field(&t, 3, token_pos);
    fb_field(&t, 2, fb_offset(&b, headers_at));
    fb_finish(&b, fb_table_end(&b, &t));
    size_t used = b.used;
    struct frame f = make_frame(&b, T_HTTP_RESP_CALL);
    f.id_at = HEADER_LEN + used - id;
    f.token_at = HEADER_LEN + used - token_pos;
    return f;
}

static struct frame prepare_conf(const struct entry *confs, size_t n, const char *key)
{
    struct fb b = {0};
    struct fb_table t;
    uint32_t key_at = fb_string(&b, key);
    uint32_t confs_at = put_entries(&b, confs, n);
    fb_table_start(&b, &t);
    fb_field(&t, 1, fb_offset(&b, key_at));
    fb_field(&t, 0, fb_offset(&b, confs_at));
    fb_finish(&b, fb_table_end(&b, &t));
    return make_frame(&b, T_PREPARE_CONF);
}

static struct frame extra_info_result(const void *data, size_t n)
{
    struct fb b = {0};
    struct fb_table t;
    uint32_t result = fb_bytes(&b, data, n);
    fb_table_start(&b, &t);
    fb_field(&t, 0, fb_offset(&b, result));
    fb_finish(&b, fb_table_end(&b, &t));
    return make_frame(&b, T_EXTRA_INFO);
}

/* The first of some headers, and more of one kind where those are too few; n 0: as many as there are. */
static size_t take_headers(struct entry *to, size_t n, const struct entry *from, size_t have)
{
    static char text[MAX_HEADERS][2][64];
    if (n == 0)
        n = have;
    for (size_t i = 0; i < n; i++) {
        if (i < have) {
            to[i] = from[i];
            continue;
        }
        snprintf(text[i][0], sizeof text[i][0], more_headers.name, (int)i);
        snprintf(text[i][1], sizeof text[i][1], more_headers.value, (int)i);
        to[i] = (struct entry){text[i][0], text[i][1]};
    }
    return n;
}

/* The request of a mode: normal, small, large or resp; headers 0: as many as the mode has. */
static struct frame make_request(const char *mode, uint32_t token, size_t headers)
{
    struct entry e[MAX_HEADERS];
    if (!strcmp(mode, "normal") || !strcmp(mode, "large")) {
        if (headers == 0 && mode[0] == 'l')
            headers = LARGE_HEADERS;
        size_t n = take_headers(e, headers, normal_headers, COUNT(normal_headers));
        return http_req_call(token, "/api/v1/products/search", normal_args, COUNT(normal_args), e, n);
    }
    if (!strcmp(mode, "small")) {
        size_t n = take_headers(e, headers, small_headers, COUNT(small_headers));
        return http_req_call(token, "/get", NULL, 0, e, n);
    }
    if (!strcmp(mode, "resp")) {
        size_t n = take_headers(e, headers, response_headers, COUNT(response_headers));
        return http_resp_call(token, 200, e, n);
    }
    die("unknown mode %s (normal, small, large, resp)", mode);
}

/* ------------------------------------------------------------------------------------------
 * Options and what all threads share.
 */
static struct {
    struct sockaddr_un addr;
    int conns, threads;
    double duration, warmup, rate, timeout, first;
    uint64_t count, per_conn; /* 0: no end */
    const char *mode, *key, *record, *token_file;
    struct entry conf[MAX_CONFS];
    size_t nconf;
    bool have_token, check_id;
    uint32_t token, confs;
    size_t body_size, headers;
    int storm;
    const char *var_value;
    int expect_action; /* -1: any */
    const char *version_header, *log; /* NULL: none */
    int version_words;
    pid_t server;
} opt = {.conns = 8, .threads = 1, .duration = 10, .warmup = 2, .timeout = 10, .mode = "normal", .check_id = true,
         .body_size = 1024, .var_value = "192.0.2.17", .expect_action = -1};

static struct frame request, var_answer, body_answer;
static uint32_t *tokens;                     /* with -Q: opt.confs tokens */
static double prepare_seconds;               /* how long it took to obtain them */
static struct hist prepare_hist;             /* of the last of them */
#define LAST_PREPARED 1000
static uint64_t t_start, t_begin, t_end;     /* planned: run, measurement, its end */
static _Atomic uint64_t t_stopped;           /* when it really ended, 0: not yet */
static _Atomic uint64_t completed;           /* with -n: requests measured so far, all threads */
static volatile sig_atomic_t interrupted;

/* CPU time and memory of the server, read at the start and the end of the measurement. */
struct cpu {
    double user, sys;
};

static struct {
    struct cpu begin, end;
    long rss_kb;
} server;

static struct cpu server_cpu(void)
{
    struct cpu cpu = {0, 0};
    char path[64], line[1024];
    unsigned long utime = 0, stime = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)opt.server);
    FILE *f = fopen(path, "r");
    if (!f)
        return cpu;
    if (fgets(line, sizeof line, f)) {
        char *p = strrchr(line, ')'); /* the name in parentheses may hold anything */
        if (p)
            sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &utime, &stime);
    }
    fclose(f);
    cpu.user = (double)utime / (double)sysconf(_SC_CLK_TCK);
    cpu.sys = (double)stime / (double)sysconf(_SC_CLK_TCK);
    return cpu;
}

static long server_rss_kb(void)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)opt.server);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1)
            break;
    fclose(f);
    return kb;
}

/* ------------------------------------------------------------------------------------------
 * Connections and the worker loop.
 */
struct conn {
    int fd;             /* -1: dead, to be reopened */
    bool busy;          /* a request is outstanding */
    bool idle_listed;   /* it is on the worker's list of idle connections */
    bool retired;       /* it has had all the requests it is to have (-k) */
    uint64_t answered;  /* since it was opened */
    uint32_t id;        /* of the outstanding request */
    uint64_t due;       /* latency counts from here */
    uint64_t sent;      /* the timeout counts from here */
    unsigned char *in;
    size_t in_len, in_cap;
    unsigned char *out; /* what the socket did not take yet */
    size_t out_len, out_off, out_cap;
};

struct worker {
    int index, epoll;
    struct conn *conns, **idle;
    int nconns, nidle;
    unsigned char *request; /* own copy of the request, for the id */
    uint32_t next_id;
    uint64_t issued;        /* open loop: requests taken from the schedule */
    uint64_t first_due;     /* open loop: when its first request is due */
    double interval;        /* open loop: nanoseconds between its requests */
    struct hist hist;
    uint64_t random;        /* which conf is next */
    uint64_t all;           /* requests answered rightly, warm-up included */
    uint64_t (*log)[2];     /* -L: when each measured request was due, and when answered */
    size_t logged, log_cap;
    uint64_t ok, err[ERR_KINDS], bad_type, bad_payload, bad_id, bad_action, bad_version, mixed_version;
    uint64_t timeouts, disconnects, connect_failures, extra_infos, unanswered;
    bool stopping;
};

static int open_socket(int flags)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&opt.addr, sizeof opt.addr) < 0) {
        int e = errno;
        close(fd);
        errno = e;
        return -1;
    }
    return fd;
}

static void watch(struct worker *w, struct conn *c, int op, bool out)
{
    struct epoll_event ev = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
    if (epoll_ctl(w->epoll, op, c->fd, &ev) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

static void list_idle(struct worker *w, struct conn *c)
{
    if (!c->idle_listed) {
        c->idle_listed = true;
        w->idle[w->nidle++] = c;
    }
}

static bool open_conn(struct worker *w, struct conn *c)
{
    c->fd = open_socket(0);
    c->busy = c->retired = false;
    c->answered = 0;
    c->in_len = c->out_len = c->out_off = 0;
    if (c->fd < 0) {
        w->connect_failures++;
        return false;
    }
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(w, c, EPOLL_CTL_ADD, false);
    list_idle(w, c);
    return true;
}

/* Closes a connection that is of no use any more, and opens it again unless all is over. */
static void reset_conn(struct worker *w, struct conn *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->busy = false;
    if (!w->stopping)
        open_conn(w, c);
}

/* Writes, and keeps what the socket does not take; false if the connection is broken. */
static bool conn_write(struct worker *w, struct conn *c, const unsigned char *p, size_t n)
{
    if (c->out_len == 0) {
        ssize_t k = send(c->fd, p, n, MSG_NOSIGNAL);
        if (k < 0) {
            if (errno != EAGAIN && errno != EINTR)
                return false;
            k = 0;
        }
        p += k;
        n -= (size_t)k;
        if (n == 0)
            return true;
        watch(w, c, EPOLL_CTL_MOD, true);
    }
    if (c->out_cap < c->out_len + n) {
        c->out_cap = c->out_len + n;
        c->out = xrealloc(c->out, c->out_cap);
    }
    memcpy(c->out + c->out_len, p, n);
    c->out_len += n;
    return true;
}

static bool conn_flush(struct worker *w, struct conn *c)
{
    while (c->out_off < c->out_len) {
        ssize_t k = send(c->fd, c->out + c->out_off, c->out_len - c->out_off, MSG_NOSIGNAL);
        if (k < 0)
            return errno == EAGAIN || errno == EINTR;
        c->out_off += (size_t)k;
    }
    if (c->out_len) {
        c->out_len = c->out_off = 0;
        watch(w, c, EPOLL_CTL_MOD, false);
    }
    return true;
}

static bool send_request(struct worker *w, struct conn *c, uint64_t due, uint64_t now)
{
    /* As APISIX: the worker's number in the upper bits, 22 bits of counter, from 0. */
    c->id = (uint32_t)w->index << 22 | (w->next_id++ & 0x3fffff);
    c->due = due;
    c->sent = now;
    c->busy = true;
    put_le32(w->request + request.id_at, c->id);
    if (tokens) {
        w->random ^= w->random << 13; /* xorshift64 */
        w->random ^= w->random >> 7;
        w->random ^= w->random << 17;
        put_le32(w->request + request.token_at, tokens[w->random % opt.confs]);
    }
    return conn_write(w, c, w->request, request.len);
}

static bool measuring(uint64_t now)
{
    return now >= t_begin && now < t_end && !atomic_load_explicit(&t_stopped, memory_order_relaxed);
}

static void log_call(struct worker *w, uint64_t due, uint64_t answered)
{
    if (w->logged == w->log_cap) {
        w->log_cap = w->log_cap ? w->log_cap * 2 : 1 << 16;
        w->log = xrealloc(w->log, w->log_cap * sizeof *w->log);
    }
    w->log[w->logged][0] = due;
    w->log[w->logged++][1] = answered;
}

/* The outstanding request got its response; ok: the right one. */
static bool complete(struct worker *w, struct conn *c, uint64_t now, bool ok)
{
    c->busy = false;
    w->all += ok;
    if (ok && measuring(now)) {
        w->ok++;
        hist_add(&w->hist, now - c->due);
        if (opt.log)
            log_call(w, c->due, now);
        if (opt.count && atomic_fetch_add(&completed, 1) + 1 >= opt.count) {
            uint64_t never = 0;
            atomic_compare_exchange_strong(&t_stopped, &never, now);
        }
    }
    if (opt.per_conn && ++c->answered >= opt.per_conn) {
        c->retired = true; /* the worker's loop closes it, and opens another one */
        return true;
    }
    if (opt.rate == 0 && ok && now < t_end && !w->stopping &&
        !atomic_load_explicit(&t_stopped, memory_order_relaxed))
        return send_request(w, c, now, now);
    list_idle(w, c);
    return true;
}

/* What became of a connection: it goes on, the server broke it, or the server said what it
 * should not have, so that we break it. */
enum verdict { GOES_ON, BROKEN, WRONG };

static enum verdict goes_on(bool written)
{
    return written ? GOES_ON : BROKEN;
}

/* ------------------------------------------------------------------------------------------
 * Versions (-V), in a run of one thread.
 */
#define MAX_VERSIONS 64
#define MAX_WORD     64

static struct {
    struct {
        char word[MAX_WORD];
        uint64_t calls, first, last; /* when answers of it came */
    } list[MAX_VERSIONS];
    int count, current;
    uint64_t since;                  /* when the current one was first seen */
} versions = {.current = -1};

/* The value of the request header that -V names; NULL if the answer doesn't set it. */
static const char *version_words(const unsigned char *p, size_t len, size_t *n)
{
    uint32_t action;
    size_t name_len, wanted = strlen(opt.version_header);
    if (!fb_root_scalar(p, len, 1, 1, &action) || action != ACTION_REWRITE)
        return NULL;
    long headers = fb_reference(p, len, fb_reference(p, len, fb_follow(p, len, 0), 2), 1);
    if (headers <= 0)
        return NULL;
    uint32_t count = get_le32(p + headers);
    for (uint32_t i = 0; i < count && i < MAX_ENTRIES; i++) {
        long entry = fb_follow(p, len, headers + 4 + 4 * (long)i);
        const char *name = fb_text(p, len, fb_reference(p, len, entry, 0), &name_len);
        if (name && name_len == wanted && !memcmp(name, opt.version_header, wanted))
            return fb_text(p, len, fb_reference(p, len, entry, 1), n);
    }
    return NULL;
}

static int version_number(const char *word, size_t n)
{
    for (int i = 0; i < versions.count; i++)
        if (!strncmp(versions.list[i].word, word, n) && !versions.list[i].word[n])
            return i;
    if (versions.count == MAX_VERSIONS)
        die("more than %d versions", MAX_VERSIONS);
    memcpy(versions.list[versions.count].word, word, n);
    return versions.count++;
}

enum words { ALL_EQUAL, DIFFERENT, WRONG_WORDS };

/* What is in the header; word_len becomes the length of the first word. */
static enum words compare_words(const char *value, size_t n, size_t *word_len)
{
    int count = 0;
    bool equal = true;
    for (size_t at = 0, end; at <= n; at = end + 1) {
        for (end = at; end < n && value[end] != ','; end++)
            if (!isalnum((unsigned char)value[end]) && !strchr("-._", value[end]))
                return WRONG_WORDS;
        if (end == at || end - at >= MAX_WORD)
            return WRONG_WORDS;
        if (count++ == 0)
            *word_len = end;
        equal = equal && end - at == *word_len && !memcmp(value, value + at, *word_len);
    }
    return !equal ? DIFFERENT : count == opt.version_words ? ALL_EQUAL : WRONG_WORDS;
}

/* Counts an answer for the version that it names; false if it names none, or several. */
static bool count_version(struct worker *w, const struct conn *c, uint64_t now, const unsigned char *p, size_t len)
{
    size_t n = 0, word_len = 0;
    const char *words = version_words(p, len, &n);
    enum words what = words ? compare_words(words, n, &word_len) : WRONG_WORDS;
    w->mixed_version += what == DIFFERENT;
    w->bad_version += what == WRONG_WORDS;
    if (what != ALL_EQUAL)
        return false;
    int v = version_number(words, word_len);
    if (versions.list[v].calls++ == 0)
        versions.list[v].first = now;
    versions.list[v].last = now;
    /* What was sent before may well be answered by the version before. */
    if (v != versions.current && c->sent > versions.since) {
        versions.current = v;
        versions.since = now;
        printf("{\"version\":\"%s\",\"due_ns\":%llu,\"answered_ns\":%llu}\n", versions.list[v].word, (unsigned long long)c->due,
               (unsigned long long)now);
        fflush(stdout);
    }
    return true;
}

/* Handles one frame. */
static enum verdict handle_frame(struct worker *w, struct conn *c, int type, const unsigned char *p, size_t len)
{
    int expected = request.data[0];
    uint64_t now = now_ns();
    uint32_t v;

    if (!c->busy) { /* nothing was asked */
        w->bad_type++;
        return WRONG;
    }
    if (type == expected) {
        if (!opt.check_id)
            return goes_on(complete(w, c, now, true));
        if (!fb_root_scalar(p, len, 0, 4, &v)) {
            w->bad_payload++;
            return WRONG;
        }
        if (v != c->id) {
            w->bad_id++;
            return WRONG;
        }
        if (opt.expect_action >= 0 && expected == T_HTTP_REQ_CALL &&
            (!fb_root_scalar(p, len, 1, 1, &v) || v != (uint32_t)opt.expect_action)) {
            w->bad_action++;
            return goes_on(complete(w, c, now, false));
        }
        return goes_on(complete(w, c, now, !opt.version_header || count_version(w, c, now, p, len)));
    }
    if (type == T_EXTRA_INFO) {
        if (!fb_root_scalar(p, len, 0, 1, &v) || v < INFO_VAR || v > INFO_RESP_BODY) {
            w->bad_payload++;
            return WRONG;
        }
        w->extra_infos++;
        const struct frame *answer = v == INFO_VAR ? &var_answer : &body_answer;
        return goes_on(conn_write(w, c, answer->data, answer->len));
    }
    if (type == T_ERROR) {
        if (!fb_root_scalar(p, len, 0, 1, &v)) {
            w->bad_payload++;
            return WRONG;
        }
        w->err[v < ERR_OTHER ? v : ERR_OTHER]++;
        return goes_on(complete(w, c, now, false));
    }
    w->bad_type++;
    return WRONG;
}

/* Reads once, and handles every frame that is complete. */
static enum verdict conn_read(struct worker *w, struct conn *c)
{
    if (c->in_cap - c->in_len < 4096) {
        c->in_cap = c->in_cap ? c->in_cap * 2 : 16384;
        c->in = xrealloc(c->in, c->in_cap);
    }
    ssize_t k = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
    if (k < 0)
        return goes_on(errno == EAGAIN || errno == EINTR);
    if (k == 0)
        return BROKEN;
    c->in_len += (size_t)k;

    size_t off = 0;
    while (c->in_len - off >= HEADER_LEN) {
        const unsigned char *p = c->in + off;
        size_t len = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (c->in_len - off - HEADER_LEN < len)
            break;
        off += HEADER_LEN + len;
        enum verdict v = handle_frame(w, c, p[0], p + HEADER_LEN, len);
        if (v != GOES_ON)
            return v;
    }
    c->in_len -= off;
    if (c->in_len && off)
        memmove(c->in, c->in + off, c->in_len);
    return GOES_ON;
}

/* Takes one connection off the idle list; NULL if there is none that lives. */
static struct conn *take_idle(struct worker *w)
{
    while (w->nidle > 0) {
        struct conn *c = w->idle[--w->nidle];
        c->idle_listed = false;
        if (c->fd >= 0 && !c->busy)
            return c;
    }
    return NULL;
}

static uint64_t due_time(const struct worker *w, uint64_t n)
{
    return w->first_due + (uint64_t)((double)n * w->interval);
}

/* How many requests are due before the given time and have not been sent. */
static uint64_t count_owed(const struct worker *w, uint64_t before)
{
    uint64_t n = w->issued;
    while (due_time(w, n) < before)
        n++;
    return n - w->issued;
}

/* Gives work to idle connections, in an open loop what is due by then; returns when there will
 * be more to give. */
static uint64_t give_work(struct worker *w, uint64_t now, uint64_t then)
{
    struct conn *c;
    if (opt.rate == 0) {
        /* Here only connections that are new, or that got an error: the others go on by
         * themselves.  As many as are listed now, since a broken one is listed again. */
        for (int n = w->nidle; n > 0 && (c = take_idle(w)); n--)
            if (!send_request(w, c, now, now)) {
                w->disconnects++;
                reset_conn(w, c);
            }
        return UINT64_MAX;
    }
    while (due_time(w, w->issued) <= then) {
        if (!(c = take_idle(w)))
            return UINT64_MAX; /* all busy: the next response goes on from here */
        if (!send_request(w, c, due_time(w, w->issued), now)) {
            w->disconnects++;
            reset_conn(w, c);
            return now;
        }
        w->issued++;
    }
    return due_time(w, w->issued);
}

/* Ten times a second: requests that wait too long, connections that are dead. */
static void sweep(struct worker *w, uint64_t now)
{
    uint64_t limit = (uint64_t)(opt.timeout * 1e9);
    for (int i = 0; i < w->nconns; i++) {
        struct conn *c = &w->conns[i];
        if (c->fd < 0) {
            if (!w->stopping)
                open_conn(w, c);
        } else if (c->busy && now - c->sent > limit) {
            w->timeouts++;
            reset_conn(w, c);
        }
    }
}

static int count_busy(const struct worker *w)
{
    int n = 0;
    for (int i = 0; i < w->nconns; i++)
        n += w->conns[i].busy;
    return n;
}

static void *worker_run(void *arg)
{
    struct worker *w = arg;
    struct epoll_event ev[256];
    uint64_t next_sweep = t_start + SWEEP_NS, give_up = 0;
    bool begun = false;

    prctl(PR_SET_TIMERSLACK, 1ul); /* wake up on time for requests that are due */
    for (;;) {
        uint64_t now = now_ns(), wake = next_sweep;
        if (!begun && now >= t_begin) {
            begun = true;
            if (w->index == 0 && opt.server)
                server.begin = server_cpu();
        }
        if (!w->stopping && (now >= t_end || interrupted || atomic_load(&t_stopped))) {
            uint64_t never = 0;
            atomic_compare_exchange_strong(&t_stopped, &never, now < t_end ? now : t_end);
            if (w->index == 0 && opt.server) {
                server.end = server_cpu();
                server.rss_kb = server_rss_kb();
            }
            w->stopping = true;
            give_up = now + DRAIN_NS;
        }
        if (w->stopping) {
            /* Send what was due before the end and found all connections busy, and wait for the
             * last responses, so that the server does not see us break off. */
            uint64_t left = 0;
            if (opt.rate > 0) {
                uint64_t end = atomic_load(&t_stopped);
                give_work(w, now, end - 1);
                left = count_owed(w, end);
            }
            left += (uint64_t)count_busy(w);
            if (left == 0 || now >= give_up) {
                w->unanswered += left;
                break;
            }
            wake = wake < give_up ? wake : give_up;
        } else {
            uint64_t t = give_work(w, now, now);
            wake = t < wake ? t : wake;
            wake = t_end < wake ? t_end : wake;
            if (!begun)
                wake = t_begin < wake ? t_begin : wake;
        }

        struct timespec ts = {0, 0};
        if (wake > now) {
            ts.tv_sec = (time_t)((wake - now) / NS_PER_SEC);
            ts.tv_nsec = (long)((wake - now) % NS_PER_SEC);
        }
        int n = epoll_pwait2(w->epoll, ev, (int)COUNT(ev), &ts, NULL);
        if (n < 0 && errno != EINTR)
            die("epoll_pwait2: %s", strerror(errno));
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (c->fd < 0)
                continue;
            enum verdict v = GOES_ON;
            if (ev[i].events & EPOLLOUT)
                v = goes_on(conn_flush(w, c));
            if (v == GOES_ON && ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                v = conn_read(w, c);
            if (v != GOES_ON || c->retired) {
                w->disconnects += v == BROKEN;
                reset_conn(w, c);
            }
        }
        now = now_ns();
        if (now >= next_sweep) {
            sweep(w, now);
            next_sweep = now + SWEEP_NS;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------
 * PrepareConf: on a connection of its own, since the token serves all connections.
 */
static void read_fully(int fd, unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = recv(fd, p, n, 0);
        if (k == 0)
            die("PrepareConf: the server closed the connection");
        if (k < 0)
            die("PrepareConf: %s", errno == EAGAIN ? "no response in time" : strerror(errno));
        p += k;
        n -= (size_t)k;
    }
}

static int open_blocking(void)
{
    int fd = open_socket(0);
    if (fd < 0)
        die("connect %s: %s", opt.addr.sun_path, strerror(errno));
    time_t whole = (time_t)opt.timeout;
    struct timeval tv = {whole, (suseconds_t)((opt.timeout - (double)whole) * 1e6)};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    return fd;
}

/* Reads one frame; the caller frees it. */
static struct frame read_frame(int fd)
{
    unsigned char header[HEADER_LEN];
    struct frame f = {0};
    read_fully(fd, header, sizeof header);
    f.len = HEADER_LEN + ((size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3]);
    f.data = xrealloc(NULL, f.len + 1);
    memcpy(f.data, header, sizeof header);
    read_fully(fd, f.data + HEADER_LEN, f.len - HEADER_LEN);
    return f;
}

static void send_fully(int fd, const struct frame *f)
{
    if (send(fd, f->data, f->len, MSG_NOSIGNAL) != (ssize_t)f->len)
        die("send: %s", strerror(errno));
}

/* The conf's values with every %d replaced by the conf's number. */
static struct frame numbered_conf(uint32_t number, const char *key)
{
    struct entry e[MAX_CONFS];
    char text[MAX_CONFS][1024];
    for (size_t i = 0; i < opt.nconf; i++) {
        size_t n = 0;
        for (const char *p = opt.conf[i].value; *p && n < sizeof text[i] - 16; p++) {
            if (p[0] == '%' && p[1] == 'd') {
                n += (size_t)sprintf(text[i] + n, "%u", number);
                p++;
            } else {
                text[i][n++] = *p;
            }
        }
        text[i][n] = 0;
        e[i] = (struct entry){opt.conf[i].name, text[i]};
    }
    return prepare_conf(opt.confs ? e : opt.conf, opt.nconf, key);
}

static uint32_t get_token(int fd, uint32_t number)
{
    char key[96];
    uint32_t token;

    /* A new key each time: a runner may answer a known key with the token of its old conf. */
    snprintf(key, sizeof key, "loadgen#%d#%u#%llu", (int)getpid(), number, (unsigned long long)now_ns());
    struct frame f = numbered_conf(number, opt.key && !opt.confs ? opt.key : key);
    send_fully(fd, &f);
    struct frame answer = read_frame(fd);
    const unsigned char *payload = answer.data + HEADER_LEN;
    size_t len = answer.len - HEADER_LEN;
    if (answer.data[0] == T_ERROR) {
        uint32_t code = 0;
        fb_root_scalar(payload, len, 0, 1, &code);
        die("PrepareConf: error response, code %u", code);
    }
    if (answer.data[0] != T_PREPARE_CONF || !fb_root_scalar(payload, len, 0, 4, &token))
        die("PrepareConf: bad response, type %d, %zu bytes", answer.data[0], len);
    free(answer.data);
    free(f.data);
    return token;
}

/* Parts in peace, and notices a server that says more than it should. */
static void part(int fd)
{
    unsigned char rest[4096];
    size_t surplus = 0;
    ssize_t k;
    shutdown(fd, SHUT_WR);
    struct timeval tv = {0, 300000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    while ((k = recv(fd, rest, sizeof rest, 0)) > 0)
        surplus += (size_t)k;
    if (surplus)
        fprintf(stderr, "loadgen: note: %zu bytes came after the response to PrepareConf\n", surplus);
    close(fd);
}

/* Takes n tokens from opt.token_file; false if there is no such file. */
static bool read_tokens(uint32_t *to, uint32_t n)
{
    FILE *f = opt.token_file ? fopen(opt.token_file, "rb") : NULL;
    if (!f)
        return false;
    if (fread(to, sizeof *to, n, f) != n)
        die("%s: fewer than %u tokens", opt.token_file, n);
    fclose(f);
    return true;
}

static void write_tokens(const uint32_t *from, uint32_t n)
{
    if (!opt.token_file)
        return;
    FILE *f = fopen(opt.token_file, "wb");
    if (!f || fwrite(from, sizeof *from, n, f) != n || fclose(f))
        die("%s: %s", opt.token_file, strerror(errno));
}

/* One token, or with -Q one for each of many keys; returns the first. */
static uint32_t prepare(void)
{
    uint32_t n = opt.confs ? opt.confs : 1;
    uint32_t *all = xrealloc(NULL, n * sizeof *all);
    if (!read_tokens(all, n)) {
        uint64_t begin = now_ns(), before = begin;
        int fd = open_blocking();
        for (uint32_t i = 0; i < n; i++) {
            all[i] = get_token(fd, i);
            uint64_t now = now_ns();
            if (n - i <= LAST_PREPARED)
                hist_add(&prepare_hist, now - before);
            before = now;
        }
        prepare_seconds = (double)(before - begin) / 1e9;
        part(fd);
        write_tokens(all, n);
    }
    uint32_t first = all[0];
    if (opt.confs)
        tokens = all;
    else
        free(all);
    return first;
}

/* ------------------------------------------------------------------------------------------
 * One request, and all that the server says to it, into a file: for servers that repeat it.
 */
#define RECORDED_ID 0x01020304u

static void record(const char *file)
{
    FILE *out = fopen(file, "wb");
    if (!out)
        die("%s: %s", file, strerror(errno));
    int fd = open_blocking();
    put_le32(request.data + request.id_at, RECORDED_ID);
    send_fully(fd, &request);
    for (bool last = false; !last;) {
        struct frame f = read_frame(fd);
        uint32_t kind = INFO_VAR;
        if (f.data[0] == T_ERROR)
            die("the request was answered with an error");
        last = f.data[0] != T_EXTRA_INFO;
        if (!last) {
            fb_root_scalar(f.data + HEADER_LEN, f.len - HEADER_LEN, 0, 1, &kind);
            const struct frame *answer = kind == INFO_VAR ? &var_answer : &body_answer;
            for (size_t sent = 0; sent < answer->len;) {
                ssize_t k = send(fd, answer->data + sent, answer->len - sent, MSG_NOSIGNAL);
                if (k < 0)
                    die("send: %s", strerror(errno));
                sent += (size_t)k;
            }
        }
        if (fwrite(f.data, 1, f.len, out) != f.len)
            die("%s: %s", file, strerror(errno));
        free(f.data);
    }
    if (fclose(out))
        die("%s: %s", file, strerror(errno));
    close(fd);
}

/* ------------------------------------------------------------------------------------------
 * The first call that a server answers which is being started meanwhile.
 */
#define LOOK_NS 500000

static bool first_call(void)
{
    uint64_t deadline = now_ns() + (uint64_t)(opt.first * 1e9);
    int fd;
    while ((fd = open_socket(0)) < 0) {
        if (now_ns() > deadline || interrupted)
            die("connect %s: %s", opt.addr.sun_path, strerror(errno));
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
    uint64_t connected = now_ns();
    struct timeval tv = {(time_t)opt.first + 1, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    struct frame call = make_request(opt.mode, opt.have_token ? opt.token : get_token(fd, 0), opt.headers);
    uint64_t prepared = now_ns();
    send_fully(fd, &call);
    struct frame answer = read_frame(fd);
    uint64_t answered = now_ns();
    printf("{\"connected_ns\":%llu,\"prepared_ns\":%llu,\"answered_ns\":%llu,\"type\":%d}\n", (unsigned long long)connected,
           (unsigned long long)prepared, (unsigned long long)answered, answer.data[0]);
    close(fd);
    return answer.data[0] == call.data[0];
}

/* ------------------------------------------------------------------------------------------
 * The connection storm.
 */
static bool storm(void)
{
    struct worker w = {.random = 1};
    struct epoll_event ev[256];
    w.nconns = opt.storm;
    w.conns = calloc((size_t)w.nconns, sizeof *w.conns);
    w.idle = calloc((size_t)w.nconns, sizeof *w.idle);
    w.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!w.conns || !w.idle || w.epoll < 0)
        die("cannot set up %d connections: %s", w.nconns, strerror(errno));
    w.request = request.data;
    w.stopping = true; /* nothing is sent twice, nothing is opened again */
    t_start = t_begin = now_ns();
    t_end = UINT64_MAX;

    int refused = 0;
    for (int i = 0; i < w.nconns; i++) {
        struct conn *c = &w.conns[i];
        c->fd = open_socket(SOCK_NONBLOCK);
        refused += c->fd < 0;
        if (c->fd >= 0)
            watch(&w, c, EPOLL_CTL_ADD, false);
    }
    uint64_t connected = now_ns(), deadline = connected + (uint64_t)(opt.timeout * 1e9);
    int open = 0;
    for (int i = 0; i < w.nconns; i++) {
        struct conn *c = &w.conns[i];
        if (c->fd >= 0) {
            uint64_t now = now_ns();
            open += send_request(&w, c, now, now);
        }
    }
    uint64_t now = now_ns();
    while (count_busy(&w) > 0 && now < deadline && !interrupted) {
        int n = epoll_wait(w.epoll, ev, (int)COUNT(ev), 100);
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            enum verdict v = ev[i].events & EPOLLOUT ? goes_on(conn_flush(&w, c)) : GOES_ON;
            if (v == GOES_ON && c->fd >= 0)
                v = conn_read(&w, c);
            if (v != GOES_ON && c->fd >= 0)
                reset_conn(&w, c);
        }
        now = now_ns();
    }
    printf("{\"mode\":\"%s\",\"storm\":%d,\"refused\":%d,\"answered\":%llu,\"unanswered\":%d,\"connect_s\":%.3f,"
           "\"all_s\":%.3f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
           opt.mode, w.nconns, refused, (unsigned long long)w.ok, w.nconns - refused - (int)w.ok,
           (double)(connected - t_start) / 1e9, (double)(now - t_start) / 1e9, (double)hist_quantile(&w.hist, 0.5) / 1e3,
           (double)hist_quantile(&w.hist, 0.99) / 1e3, (double)w.hist.max / 1e3);
    return (int)w.ok == w.nconns;
}

/* ------------------------------------------------------------------------------------------ */
static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

static void usage(FILE *to)
{
    fprintf(to,
            "usage: loadgen -s SOCKET [options]\n"
            "  -s PATH     the runner's Unix domain socket (a prefix unix: is dropped)\n"
            "  -C NAME=VALUE  a plugin for PrepareConf, in order; may be repeated\n"
            "  -K KEY      PrepareConf's idempotency key (default: a new one each time)\n"
            "  -T TOKEN    use this conf token and send no PrepareConf\n"
            "  -m MODE     normal (GET, 4 args, 12 headers; default), small (2 headers),\n"
            "              large (40 headers), resp (HTTPRespCall, 8 headers)\n"
            "  -H N        headers in the request instead of the mode's number (1 to %d)\n"
            "  -Q N        PrepareConf for N keys, requests spread over their tokens; every %%d in a\n"
            "              VALUE becomes the conf's number, from 0\n"
            "  -F FILE     take the tokens from FILE, or keep them there if there is none yet\n"
            "  -S N        connection storm: open N connections at once, then one request each\n"
            "  -A SECONDS  await the socket so long, make one call and tell when (CLOCK_MONOTONIC)\n"
            "  -c N        connections (8)\n"
            "  -t N        threads (1)\n"
            "  -w SECONDS  warm-up, not measured (2)\n"
            "  -d SECONDS  measurement (10)\n"
            "  -n N        end after N measured requests, if that comes before -d\n"
            "  -r RATE     open loop: requests per second, all connections together\n"
            "  -k N        close each connection after N answers and open another one, as APISIX does\n"
            "              with those that its pool has no room for\n"
            "  -b BYTES    size of the body in answers to ExtraInfo requests (1024)\n"
            "  -v VALUE    value of every nginx variable in such answers\n"
            "  -e ACTION   expect this action in HTTPReqCall responses: none, stop, rewrite\n"
            "  -V NAME=N   expect in each the request header NAME with N equal words, separated by\n"
            "              commas: the plugin's version; say at once when it changes (one thread)\n"
            "  -L FILE     at the end, write there when each measured request was due and when it was\n"
            "              answered: two numbers of 8 bytes, nanoseconds of CLOCK_MONOTONIC\n"
            "  -I          do not look into responses, but at their type (canned servers)\n"
            "  -o SECONDS  a request not answered by then has failed (10)\n"
            "  -p PID      also tell the CPU time and the memory of this process\n"
            "  -D FILE     write the request's payload to FILE and end\n"
            "  -W FILE     send one request, write all frames of the server to FILE and end\n",
            MAX_HEADERS);
}

static double number(const char *s, double least)
{
    char *end;
    double v = strtod(s, &end);
    if (*end || end == s || !(v >= least))
        die("bad number: %s", s);
    return v;
}

static void parse_options(int argc, char **argv)
{
    const char *socket_path = NULL, *dump = NULL;
    bool have_duration = false;
    int o;
    while ((o = getopt(argc, argv, "s:A:C:K:T:F:m:H:Q:S:c:t:w:d:n:k:r:b:v:e:V:L:Io:p:D:W:h")) != -1) {
        switch (o) {
        case 's': socket_path = optarg; break;
        case 'A': opt.first = number(optarg, 0.001); break;
        case 'C': {
            char *eq = strchr(optarg, '=');
            if (!eq || opt.nconf == MAX_CONFS)
                die("-C wants NAME=VALUE, at most %d times", MAX_CONFS);
            *eq = 0;
            opt.conf[opt.nconf++] = (struct entry){optarg, eq + 1};
            break;
        }
        case 'K': opt.key = optarg; break;
        case 'T': opt.token = (uint32_t)number(optarg, 0); opt.have_token = true; break;
        case 'F': opt.token_file = optarg; break;
        case 'm': opt.mode = optarg; break;
        case 'H': {
            double n = number(optarg, 1);
            if (n > MAX_HEADERS)
                die("-H wants 1 to %d", MAX_HEADERS);
            opt.headers = (size_t)n;
            break;
        }
        case 'Q': opt.confs = (uint32_t)number(optarg, 1); break;
        case 'S': opt.storm = (int)number(optarg, 1); break;
        case 'c': opt.conns = (int)number(optarg, 1); break;
        case 't': opt.threads = (int)number(optarg, 1); break;
        case 'w': opt.warmup = number(optarg, 0); break;
        case 'd': opt.duration = number(optarg, 0.001); have_duration = true; break;
        case 'n': opt.count = (uint64_t)number(optarg, 1); break;
        case 'k': opt.per_conn = (uint64_t)number(optarg, 1); break;
        case 'r': opt.rate = number(optarg, 0.001); break;
        case 'b': opt.body_size = (size_t)number(optarg, 0); break;
        case 'v': opt.var_value = optarg; break;
        case 'e':
            opt.expect_action = !strcmp(optarg, "none")      ? ACTION_NONE
                                : !strcmp(optarg, "stop")    ? ACTION_STOP
                                : !strcmp(optarg, "rewrite") ? ACTION_REWRITE
                                                             : -2;
            if (opt.expect_action == -2)
                die("-e wants none, stop or rewrite");
            break;
        case 'V': {
            char *eq = strchr(optarg, '=');
            if (!eq || eq == optarg)
                die("-V wants NAME=N");
            *eq = 0;
            opt.version_header = optarg;
            opt.version_words = (int)number(eq + 1, 1);
            break;
        }
        case 'L': opt.log = optarg; break;
        case 'I': opt.check_id = false; break;
        case 'o': opt.timeout = number(optarg, 0.001); break;
        case 'p': opt.server = (pid_t)number(optarg, 1); break;
        case 'D': dump = optarg; break;
        case 'W': opt.record = optarg; break;
        case 'h': usage(stdout); exit(0);
        default: usage(stderr); exit(2);
        }
    }
    if (optind < argc) {
        usage(stderr);
        exit(2);
    }
    if (dump) {
        struct frame f = make_request(opt.mode, opt.token, opt.headers);
        FILE *out = fopen(dump, "wb");
        if (!out || fwrite(f.data + HEADER_LEN, 1, f.len - HEADER_LEN, out) != f.len - HEADER_LEN || fclose(out))
            die("%s: %s", dump, strerror(errno));
        exit(0);
    }
    if (!socket_path) {
        usage(stderr);
        exit(2);
    }
    if (!strncmp(socket_path, "unix:", 5))
        socket_path += 5;
    if (strlen(socket_path) >= sizeof opt.addr.sun_path)
        die("the socket path is too long");
    opt.addr.sun_family = AF_UNIX;
    strcpy(opt.addr.sun_path, socket_path);
    if (opt.version_header && (opt.threads > 1 || !opt.check_id || !strcmp(opt.mode, "resp")))
        die("-V goes neither with -t, nor with -I, nor with -m resp");
    if (opt.count && !have_duration)
        opt.duration = 3600;
    if (opt.threads > opt.conns)
        opt.threads = opt.conns;
}

/* Prints the result; returns whether all went well. */
static bool report(const struct worker *all, double user, double sys)
{
    struct worker sum = {0};
    for (int i = 0; i < opt.threads; i++) {
        const struct worker *w = &all[i];
        hist_merge(&sum.hist, &w->hist);
        sum.ok += w->ok;
        sum.all += w->all;
        for (int k = 0; k < ERR_KINDS; k++)
            sum.err[k] += w->err[k];
        sum.bad_type += w->bad_type;
        sum.bad_payload += w->bad_payload;
        sum.bad_id += w->bad_id;
        sum.bad_action += w->bad_action;
        sum.bad_version += w->bad_version;
        sum.mixed_version += w->mixed_version;
        sum.timeouts += w->timeouts;
        sum.disconnects += w->disconnects;
        sum.connect_failures += w->connect_failures;
        sum.extra_infos += w->extra_infos;
        sum.unanswered += w->unanswered;
    }
    uint64_t stopped = atomic_load(&t_stopped);
    double elapsed = stopped > t_begin ? (double)(stopped - t_begin) / 1e9 : 0;
    uint64_t errors = sum.bad_type + sum.bad_payload + sum.bad_id + sum.bad_action + sum.bad_version + sum.mixed_version +
                      sum.timeouts + sum.disconnects + sum.connect_failures;
    for (int k = 0; k < ERR_KINDS; k++)
        errors += sum.err[k];

    /* Requests, rps and latencies are of the measurement; errors of the whole run. */
    printf("{\"mode\":\"%s\",\"conns\":%d,\"threads\":%d,\"request_bytes\":%zu,", opt.mode, opt.conns, opt.threads,
           request.len);
    if (opt.rate > 0)
        printf("\"target_rps\":%.1f,", opt.rate);
    if (opt.confs)
        printf("\"confs\":%u,\"prepare_s\":%.3f,\"prepare_last_p50_us\":%.1f,\"prepare_last_p99_us\":%.1f,\"prepare_last_max_us\":%.1f,", opt.confs,
               prepare_seconds, (double)hist_quantile(&prepare_hist, 0.5) / 1e3, (double)hist_quantile(&prepare_hist, 0.99) / 1e3,
               (double)prepare_hist.max / 1e3);
    printf("\"requests\":%llu,\"all_requests\":%llu,\"errors\":%llu,\"elapsed_s\":%.3f,\"rps\":%.1f,", (unsigned long long)sum.ok,
           (unsigned long long)sum.all, (unsigned long long)errors, elapsed, elapsed > 0 ? (double)sum.ok / elapsed : 0.0);
    printf("\"mean_us\":%.1f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"p99_9_us\":%.1f,\"max_us\":%.1f,",
           sum.hist.count ? sum.hist.sum / (double)sum.hist.count / 1e3 : 0.0,
           (double)hist_quantile(&sum.hist, 0.5) / 1e3, (double)hist_quantile(&sum.hist, 0.9) / 1e3,
           (double)hist_quantile(&sum.hist, 0.99) / 1e3, (double)hist_quantile(&sum.hist, 0.999) / 1e3,
           (double)sum.hist.max / 1e3);
    printf("\"err_bad_request\":%llu,\"err_service_unavailable\":%llu,\"err_conf_token_not_found\":%llu,"
           "\"err_other\":%llu,\"bad_type\":%llu,\"bad_payload\":%llu,\"bad_id\":%llu,\"bad_action\":%llu,"
           "\"timeouts\":%llu,\"disconnects\":%llu,\"connect_failures\":%llu,\"extra_infos\":%llu,\"unanswered\":%llu",
           (unsigned long long)sum.err[0], (unsigned long long)sum.err[1], (unsigned long long)sum.err[2],
           (unsigned long long)sum.err[3], (unsigned long long)sum.bad_type, (unsigned long long)sum.bad_payload,
           (unsigned long long)sum.bad_id, (unsigned long long)sum.bad_action, (unsigned long long)sum.timeouts,
           (unsigned long long)sum.disconnects, (unsigned long long)sum.connect_failures,
           (unsigned long long)sum.extra_infos, (unsigned long long)sum.unanswered);
    if (opt.version_header) {
        printf(",\"bad_version\":%llu,\"mixed_version\":%llu,\"versions\":[", (unsigned long long)sum.bad_version,
               (unsigned long long)sum.mixed_version);
        for (int i = 0; i < versions.count; i++)
            printf("%s{\"version\":\"%s\",\"calls\":%llu,\"first_ns\":%llu,\"last_ns\":%llu}", i ? "," : "", versions.list[i].word,
                   (unsigned long long)versions.list[i].calls, (unsigned long long)versions.list[i].first,
                   (unsigned long long)versions.list[i].last);
        printf("]");
    }
    printf(",\"loadgen_cpu_s\":%.2f,\"loadgen_user_s\":%.2f", user + sys, user);
    if (opt.server) {
        double u = server.end.user - server.begin.user, k = server.end.sys - server.begin.sys;
        double per = sum.ok ? 1e6 / (double)sum.ok : 0;
        printf(",\"server_user_us_per_request\":%.3f,\"server_sys_us_per_request\":%.3f,\"server_cpu_s\":%.2f,\"server_rss_kb\":%ld",
               u * per, k * per, u + k, server.rss_kb);
    }
    printf("}\n");
    return errors == 0 && sum.ok > 0;
}

static void write_log(const struct worker *all)
{
    FILE *out = fopen(opt.log, "wb");
    if (!out)
        die("%s: %s", opt.log, strerror(errno));
    for (int i = 0; i < opt.threads; i++)
        if (fwrite(all[i].log, sizeof *all[i].log, all[i].logged, out) != all[i].logged)
            die("%s: %s", opt.log, strerror(errno));
    if (fclose(out))
        die("%s: %s", opt.log, strerror(errno));
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    struct rlimit files; /* as many connections as we may have */
    if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    struct sigaction sa = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);

    if (opt.first > 0)
        return first_call() ? 0 : 1;
    request = make_request(opt.mode, opt.have_token ? opt.token : prepare(), opt.headers);
    var_answer = extra_info_result(opt.var_value, strlen(opt.var_value));
    char *body = xrealloc(NULL, opt.body_size + 1);
    memset(body, 'x', opt.body_size);
    body_answer = extra_info_result(body, opt.body_size);
    free(body);
    if (opt.record) {
        record(opt.record);
        return 0;
    }
    if (opt.storm)
        return storm() ? 0 : 1;

    struct worker *all = calloc((size_t)opt.threads, sizeof *all);
    if (!all)
        die("out of memory");
    for (int i = 0; i < opt.threads; i++) {
        struct worker *w = &all[i];
        w->index = i;
        w->random = 0x9e3779b97f4a7c15ull * (uint64_t)(i + 1);
        w->nconns = opt.conns / opt.threads + (i < opt.conns % opt.threads);
        w->conns = calloc((size_t)w->nconns, sizeof *w->conns);
        w->idle = calloc((size_t)w->nconns, sizeof *w->idle);
        w->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (!w->conns || !w->idle || w->epoll < 0)
            die("cannot set up %d connections: %s", w->nconns, strerror(errno));
        w->request = xrealloc(NULL, request.len);
        memcpy(w->request, request.data, request.len);
        for (int k = 0; k < w->nconns; k++)
            if (!open_conn(w, &w->conns[k]))
                die("connect %s: %s", opt.addr.sun_path, strerror(errno));
    }

    t_start = now_ns();
    t_begin = t_start + (uint64_t)(opt.warmup * 1e9);
    t_end = t_begin + (uint64_t)(opt.duration * 1e9);
    if (opt.rate > 0)
        for (int i = 0; i < opt.threads; i++) { /* the threads take turns */
            all[i].interval = 1e9 / opt.rate * opt.threads;
            all[i].first_due = t_start + (uint64_t)(1e9 / opt.rate * i);
        }

    /* The first worker runs in this thread. */
    pthread_t *ids = calloc((size_t)opt.threads, sizeof *ids);
    if (!ids)
        die("out of memory");
    for (int i = 1; i < opt.threads; i++)
        if (pthread_create(&ids[i], NULL, worker_run, &all[i]))
            die("cannot start a thread");
    worker_run(&all[0]);
    for (int i = 1; i < opt.threads; i++)
        pthread_join(ids[i], NULL);

    if (opt.log)
        write_log(all);
    struct rusage ru;
    getrusage(RUSAGE_SELF, &ru);
    bool well = report(all, (double)ru.ru_utime.tv_sec + (double)ru.ru_utime.tv_usec / 1e6,
                       (double)ru.ru_stime.tv_sec + (double)ru.ru_stime.tv_usec / 1e6);

    for (int i = 0; i < opt.threads; i++) {
        struct worker *w = &all[i];
        for (int k = 0; k < w->nconns; k++) {
            if (w->conns[k].fd >= 0)
                close(w->conns[k].fd);
            free(w->conns[k].in);
            free(w->conns[k].out);
        }
        close(w->epoll);
        free(w->log);
        free(w->conns);
        free(w->idle);
        free(w->request);
    }
    free(all);
    free(ids);
    free(request.data);
    free(var_answer.data);
    free(body_answer.data);
    return well ? 0 : 1;
}
