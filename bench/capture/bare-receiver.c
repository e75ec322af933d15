/* Yardstick of the capture benches: receives RTP on many sockets with epoll and recvmmsg, and only counts packets.
 *
 *     bare-receiver <first port> <streams>
 *
 * Prints "ready", runs until its input ends, then prints packets and CPU microseconds as JSON. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { batch = 32, datagram_bytes = 2048, events = 256 };

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int first = atoi(argv[1]), streams = atoi(argv[2]);
  int poll = epoll_create1(0);
  for (int i = 0; i < streams; i++) {
    int sock = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 1 << 20;
    setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    struct sockaddr_in own = {
        .sin_family = AF_INET, .sin_port = htons(first + 2 * i), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(sock, (struct sockaddr *)&own, sizeof own)) return perror("bind"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = sock};
    epoll_ctl(poll, EPOLL_CTL_ADD, sock, &event);
  }
  struct epoll_event input = {.events = EPOLLIN, .data.fd = 0};
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &input);

  static char buffers[batch][datagram_bytes];
  static struct sockaddr_in from[batch];
  struct iovec vectors[batch];
  struct mmsghdr messages[batch];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < batch; i++) {
    vectors[i] = (struct iovec){.iov_base = buffers[i], .iov_len = datagram_bytes};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &vectors[i], .msg_iovlen = 1};
  }
  puts("ready");
  fflush(stdout);
  long packets = 0;
  for (int running = 1; running;) {
    struct epoll_event ready[events];
    int count = epoll_wait(poll, ready, events, -1);
    for (int i = 0; i < count; i++) {
      if (ready[i].data.fd == 0) {
        running = 0;
        continue;
      }
      int got = recvmmsg(ready[i].data.fd, messages, batch, MSG_DONTWAIT, NULL);
      for (int j = 0; j < got; j++) messages[j].msg_hdr.msg_namelen = sizeof from[j];
      if (got > 0) packets += got;
    }
  }
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  long cpu = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000L + use.ru_utime.tv_usec + use.ru_stime.tv_usec;
  printf("{\"packets\":%ld,\"cpuMicroseconds\":%ld}\n", packets, cpu);
  return 0;
}
