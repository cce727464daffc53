/*
 * tcp - non-blocking stream sockets, with errno put into the words of an exchange.
 */
#ifndef TLSAUDIT_NET_TCP_H
#define TLSAUDIT_NET_TCP_H

#include "base/span.h"

enum tcp {
	TCP_OK,
	TCP_AGAIN,	 /* under way, or nothing to read or no room to write at the moment */
	TCP_END,	 /* FIN */
	TCP_RESET,	 /* RST, or a write after it */
	TCP_REFUSED,	 /* RST in answer to our SYN */
	TCP_TIMEOUT,	 /* the kernel gave up */
	TCP_UNREACHABLE, /* ICMP, or no route */
	TCP_NO_IPV6,	 /* this machine has no IPv6 */
	TCP_BUSY,	 /* ours: no descriptor, port or memory at the moment */
	TCP_DENIED	 /* ours: not permitted here */
};

/* Begins to connect to a struct sockaddr_in or _in6.  TCP_OK (connected) and TCP_AGAIN (under way)
 * give a descriptor; tcp_close() ends it. */
enum tcp tcp_connect(const uint8_t *addr, size_t len, int *fd) MUST_USE;
/* How an attempt that was under way came out, once the socket is writable. */
enum tcp tcp_connected(int fd) MUST_USE;
/* Writes what there is room for; *n bytes went. */
enum tcp tcp_send(int fd, struct span out, size_t *n) MUST_USE;
/* Reads at most cap bytes; *n > 0 came when TCP_OK. */
enum tcp tcp_recv(int fd, uint8_t *buf, size_t cap, size_t *n) MUST_USE;
/* Closes in the orderly way: no waiting.  A negative descriptor is allowed. */
void tcp_close(int fd);

#endif
