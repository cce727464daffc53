/* status - see status.h. */
#include "report/status.h"

#include "base/span.h"

/* The status of an endpoint that was not assessed, in words, and what to look at next. */
static const struct outcome {
	const char *status, *words, *hint;
} outcomes[] = {
    {"dns_error", "the name could not be looked up",
	"Check the spelling; --connect ADDR goes to an "
	"address without asking DNS."},
    {"refused", "the connection was refused",
	"Nothing listens on that port, or a firewall refuses it."},
    {"unreachable", "there is no route to the address",
	"Check the network between here and there."},
    {"timeout", "the server did not answer in time",
	"A firewall may drop the packets; --timeout waits longer."},
    {"reset", "the server reset the connection",
	"A firewall or a middlebox may do this; try from "
	"another network."},
    {"closed", "the server closed the connection without an answer", NULL},
    {"not_tls", "the server answers, but not with TLS",
	"Check the port; --starttls PROTO speaks a protocol that begins in the clear."},
    {"tls_alert", "the server speaks TLS and refuses every hello",
	"It may need another server name (--sni NAME), or none (--no-sni)."},
    {"protocol_error", "the server's answers break the TLS protocol", NULL},
    {"limit", "the server sent more than is read from one server", NULL},
    {"blocked", "the address is excluded from auditing", NULL},
    {"worker_crash", "the audit of this endpoint failed on our side",
	"This is a bug in tlsaudit: please report it with the target."},
    {"ok", "no facts were found", NULL},
    {"partial", "no facts were found", NULL},
};

static const struct outcome *
outcome(const char *status)
{
	static const struct outcome none = {"", "for a reason without words", NULL};

	for (size_t i = 0; status != NULL && i < N_ELEMENTS(outcomes); i++)
		if (strcmp(outcomes[i].status, status) == 0)
			return &outcomes[i];
	return &none;
}

/* What the first words of a server that does not begin with TLS tell about it. */
static const char *
hint_from(const char *detail)
{
	static const struct {
		const char *word, *hint;
	} hints[] = {{"\"SSH-", "This is an SSH server: it does not speak TLS."},
	    {"ESMTP", "This is a mail server: try --starttls smtp."},
	    {"SMTP", "This is a mail server: try --starttls smtp."},
	    {"IMAP", "This is an IMAP server: try --starttls imap."},
	    {"POP3", "This is a POP3 server: try --starttls pop3."},
	    {"+OK", "This is a POP3 server: try --starttls pop3."},
	    {"FTP", "This is an FTP server: try --starttls ftp."},
	    {"\"HTTP/", "This port speaks HTTP without TLS; HTTPS is on another port, usually 443."},
	    {"mysql", "This is a MySQL server: try --starttls mysql."},
	    {"MariaDB", "This is a MariaDB server: try --starttls mysql."},
	    {"xmpp", "This is an XMPP server: try --starttls xmpp."}};

	for (size_t i = 0; detail != NULL && i < N_ELEMENTS(hints); i++)
		if (strstr(detail, hints[i].word) != NULL)
			return hints[i].hint;
	return NULL;
}

const char *
status_words(const char *status)
{
	return outcome(status)->words;
}

const char *
status_hint(const char *status, const char *detail)
{
	const char *hint = hint_from(detail);

	return hint != NULL ? hint : outcome(status)->hint;
}
