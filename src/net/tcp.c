/* tcp - see tcp.h. */
#include "config.h"

#include "net/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"

static enum tcp
tcp_of_errno(int e)
{
	switch (e) {
	case EINPROGRESS:
	case EAGAIN:
	case EINTR:
		return TCP_AGAIN;
	case ECONNREFUSED:
		return TCP_REFUSED;
	case ETIMEDOUT:
		return TCP_TIMEOUT;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case ENONET:
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
	case EINVAL:
		return TCP_UNREACHABLE;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return TCP_BUSY;
	case EACCES:
	case EPERM:
		return TCP_DENIED;
	default:
		return TCP_RESET;
	}
}

/* What connect(2) itself answered, before a packet could come back. */
static enum tcp
tcp_of_connect(int e, sa_family_t family)
{
	/* EAGAIN is what Linux says when no local port is free for an automatic bind; for the same
	 * reason EADDRNOTAVAIL is ours, but with IPv6 switched off it is also what that gives. */
	if (e == EAGAIN)
		return TCP_BUSY;
	if (family == AF_INET6 && (e == ENETUNREACH || e == EADDRNOTAVAIL || e == EAFNOSUPPORT))
		return TCP_NO_IPV6;
	return e == EADDRNOTAVAIL ? TCP_BUSY : tcp_of_errno(e);
}

enum tcp
tcp_connect(const uint8_t *addr, size_t len, int *fd)
{
	struct sockaddr_storage sa = {0};
	const int on = 1;
	enum tcp r;

	CHECK(len >= sizeof(struct sockaddr_in) && len <= sizeof(struct sockaddr_in6));
	memcpy(&sa, addr, len);
	*fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return tcp_of_connect(errno, sa.ss_family);
	(void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(*fd, (const struct sockaddr *)&sa, (socklen_t)len) == 0)
		return TCP_OK;
	if (errno == EINPROGRESS)
		return TCP_AGAIN;
	r = tcp_of_connect(errno, sa.ss_family);
	tcp_close(*fd);
	*fd = -1;
	return r;
}

enum tcp
tcp_connected(int fd)
{
	int e = 0;
	socklen_t len = sizeof(e);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) != 0)
		e = errno;
	return e == 0 ? TCP_OK : tcp_of_errno(e);
}

enum tcp
tcp_send(int fd, struct span out, size_t *n)
{
	ssize_t sent;

	*n = 0;
	do
		sent = send(fd, out.p, out.n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == EPIPE ? TCP_RESET : tcp_of_errno(errno);
	*n = (size_t)sent;
	return TCP_OK;
}

enum tcp
tcp_recv(int fd, uint8_t *buf, size_t cap, size_t *n)
{
	ssize_t got;

	*n = 0;
	do
		got = recv(fd, buf, cap, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return tcp_of_errno(errno);
	*n = (size_t)got;
	return got > 0 ? TCP_OK : TCP_END;
}

void
tcp_close(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}
