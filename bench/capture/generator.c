/* Traffic generator of the capture benches: sends RTP to many ports, 50 packets a second each, from one socket.
 *
 *     generator <own port> <seconds> [<packets> <bytes of each>]   < ports, one a line
 *
 * Stream s gets PCMA packets n = 0, 1, ... with bytes computed from s and n (expected-payload.ts has the same rule). With a
 * file of packets, every stream gets the n-th packet of the file, so that this program need not encrypt SRTP.
 * Calls (two streams each) begin one after the other over two seconds, and end in the same way, because real calls do not fill
 * their chunks at the same time.
 * Prints the number of packets sent to each stream, and its largest delay in milliseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { payload_bytes = 160, packet_bytes = 12 + payload_bytes, phases = 20, most_streams = 8192, starts = 100 };

static unsigned char packets[most_streams][packet_bytes];
static struct sockaddr_in addresses[most_streams];
static struct iovec vectors[most_streams];
static struct mmsghdr messages[most_streams], batch[most_streams];

static void fill(int stream, uint32_t n) {
  unsigned char *p = packets[stream];
  uint16_t seq = htons((uint16_t)(65000 + n));
  uint32_t ts = htonl(0xfffff000u + n * payload_bytes);
  memcpy(p + 2, &seq, 2);
  memcpy(p + 4, &ts, 4);
  uint32_t x = (uint32_t)stream * 0x9e3779b1u + n * 0x85ebca6bu;
  for (int i = 12; i < packet_bytes; i += 4) {
    x = x * 1664525u + 1013904223u;
    memcpy(p + i, &x, 4);
  }
}

static unsigned char *read_all(const char *path, size_t bytes) {
  unsigned char *all = malloc(bytes);
  FILE *file = fopen(path, "rb");
  if (!all || !file || fread(all, 1, bytes, file) != bytes) exit((perror(path), 1));
  fclose(file);
  return all;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) return 2;
  uint32_t rounds = (uint32_t)(atof(argv[2]) * 50);
  size_t made_bytes = argc == 5 ? (size_t)atoi(argv[4]) : 0;
  unsigned char *made = made_bytes ? read_all(argv[3], rounds * made_bytes) : NULL;
  int streams = 0, port;
  while (streams < most_streams && scanf("%d", &port) == 1) {
    int s = streams++;
    packets[s][0] = 0x80;
    packets[s][1] = 8;
    uint32_t ssrc = htonl((uint32_t)s);
    memcpy(packets[s] + 8, &ssrc, 4);
    addresses[s] = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    vectors[s] = (struct iovec){.iov_base = packets[s], .iov_len = packet_bytes};
    messages[s].msg_hdr = (struct msghdr){
        .msg_name = &addresses[s], .msg_namelen = sizeof addresses[s], .msg_iov = &vectors[s], .msg_iovlen = 1};
  }
  int sock = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in own = {
      .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(sock, (struct sockaddr *)&own, sizeof own)) return perror("bind"), 1;
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  double late_ms = 0;
  for (uint32_t round = 0; round < rounds + starts; round++)
    for (int phase = 0; phase < phases; phase++) {
      int from = (int)((long)streams * phase / phases), to = (int)((long)streams * (phase + 1) / phases);
      int count = 0;
      for (int s = from; s < to; s++) {
        uint32_t n = round - (uint32_t)(s / 2 % starts);
        if (n >= rounds) continue; /* The stream has not begun (n has wrapped), or has ended. */
        if (made) vectors[s] = (struct iovec){.iov_base = made + n * made_bytes, .iov_len = made_bytes};
        else fill(s, n);
        batch[count++] = messages[s];
      }
      for (int s = 0; s < count;) {
        int sent = sendmmsg(sock, batch + s, count - s, 0);
        if (sent <= 0) return perror("sendmmsg"), 1;
        s += sent;
      }
      next.tv_nsec += 1000000;
      if (next.tv_nsec >= 1000000000) next.tv_nsec -= 1000000000, next.tv_sec++;
      double late = now_ms() - (next.tv_sec * 1e3 + next.tv_nsec / 1e6);
      if (late > late_ms) late_ms = late;
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
  printf("%u %.0f\n", rounds, late_ms);
  return 0;
}
