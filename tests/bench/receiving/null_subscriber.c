/* Takes messages of QoS 1 over MQTT 5, acknowledges each, and does nothing else: what a broker can give at most.
 *
 *   null_subscriber PORT USER PASSWORD FILTER N     says "ready" once subscribed, and "done" after every N messages
 *
 * mosquitto_sub would write each message out, and acknowledges by itself. Acknowledgements of one read go in one write.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 1 << 18, CONNACK = 2, PUBLISH = 3, SUBACK = 9 };

static unsigned char in[2 * PIECE], out[PIECE];

static size_t text(unsigned char *at, const char *words) {
    size_t size = strlen(words);
    at[0] = size >> 8, at[1] = size & 255;
    memcpy(at + 2, words, size);
    return size + 2;
}

static void say(int wire, unsigned char first, const unsigned char *body, size_t size) {
    unsigned char whole[1024], *at = whole;
    *at++ = first;
    for (size_t rest = size; rest || at == whole + 1; rest >>= 7)
        *at++ = (rest & 127) | (rest > 127 ? 128 : 0);
    memcpy(at, body, size);
    if (write(wire, whole, at - whole + size) < 0)
        exit(1);
}

static void greet(int wire, const char *user, const char *password) {
    unsigned char body[512];
    size_t size = text(body, "MQTT");
    memcpy(body + size, "\5\302\0\0\3\41\3\350", 8); /* version 5, a clean start, receive maximum 1,000 as the receiver's */
    size += 8;
    size += text(body + size, "");
    size += text(body + size, user);
    size += text(body + size, password);
    say(wire, 0x10, body, size);
}

static void subscribe(int wire, const char *filter) {
    unsigned char body[512] = {0, 1, 0};
    size_t size = 3 + text(body + 3, filter);
    body[size++] = 1;
    say(wire, 0x82, body, size);
}

/* The length that begins at `at`; moves `at` behind it. 0 if it has not come whole. */
static int length(const unsigned char **at, const unsigned char *end, size_t *value) {
    *value = 0;
    for (int shift = 0; *at < end && shift < 28; shift += 7) {
        unsigned char byte = *(*at)++;
        *value |= (size_t)(byte & 127) << shift;
        if (byte < 128)
            return 1;
    }
    return 0;
}

int main(int n, char **told) {
    if (n != 6)
        return fprintf(stderr, "expected PORT USER PASSWORD FILTER N\n"), 2;
    int wire = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(atoi(told[1]))};
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(wire, (struct sockaddr *)&where, sizeof where))
        return perror("connect"), 1;
    greet(wire, told[2], told[3]);
    long seen = 0, wanted = atol(told[5]);
    size_t held = 0;
    for (ssize_t got; (got = read(wire, in + held, PIECE)) > 0;) {
        const unsigned char *at = in, *end = in + held + got;
        size_t answers = 0;
        while (end - at >= 2) {
            const unsigned char *packet = at++;
            size_t size;
            if (!length(&at, end, &size) || (size_t)(end - at) < size) {
                at = packet;
                break;
            }
            if (packet[0] >> 4 == PUBLISH && packet[0] & 2) {
                const unsigned char *mid = at + 2 + (at[0] << 8 | at[1]);
                memcpy(out + answers, (unsigned char[]){0x40, 2, mid[0], mid[1]}, 4);
                answers += 4;
                if (++seen % wanted == 0)
                    puts("done"), fflush(stdout);
            } else if (packet[0] >> 4 == CONNACK) {
                if (at[1])
                    return fprintf(stderr, "refused: %d\n", at[1]), 1;
                subscribe(wire, told[4]);
            } else if (packet[0] >> 4 == SUBACK) {
                puts("ready"), fflush(stdout);
            }
            at += size;
        }
        held = end - at;
        memmove(in, at, held);
        if (answers && write(wire, out, answers) < 0)
            return perror("write"), 1;
    }
    return 0;
}
