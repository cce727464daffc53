/* der: dates; the rest of der.h is inline. */
#include "pki/der.h"

#include <stdio.h>

struct moment {
	int64_t year;
	unsigned month, day, hour, minute, second;
};

/* Howard Hinnant's way of counting: years begin in March, so that the leap day comes last. */
int64_t
der_days(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

static unsigned
days_in_month(int64_t year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
digits(struct rd *r, unsigned n, unsigned *v)
{
	struct span s;
	unsigned x = 0;

	if (!rd_bytes(r, n, &s))
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		x = x * 10 + (unsigned)(s.p[i] - '0');
	}
	*v = x;
	return true;
}

static bool
is_digit(const struct rd *r)
{
	return r->n > 0 && r->p[0] >= '0' && r->p[0] <= '9';
}

/* What may follow minutes and seconds in BER: a fraction and a zone; each makes it not strict. */
static bool
read_tail(struct rd *r, int64_t *shift, bool *strict)
{
	unsigned hh, mm;
	uint8_t c;

	*shift = 0;
	if (r->n > 0 && (r->p[0] == '.' || r->p[0] == ',')) {
		unsigned d;

		*strict = false;
		if (!rd_u8(r, &c) || !is_digit(r))
			return false;
		while (is_digit(r))
			if (!digits(r, 1, &d))
				return false;
	}
	if (rd_end(r)) {
		*strict = false; /* local time of nobody knows where: read as UTC */
		return true;
	}
	if (!rd_u8(r, &c))
		return false;
	if (c == 'Z')
		return rd_end(r);
	*strict = false;
	if ((c != '+' && c != '-') || !digits(r, 2, &hh) || !digits(r, 2, &mm) || hh > 23 ||
	    mm > 59)
		return false;
	*shift = ((int64_t)hh * 60 + mm) * 60 * (c == '+' ? -1 : 1);
	return rd_end(r);
}

static bool
moment_ok(const struct moment *m)
{
	return m->month >= 1 && m->month <= 12 && m->day >= 1 &&
	       m->day <= days_in_month(m->year, m->month) && m->hour <= 23 && m->minute <= 59 &&
	       m->second <= 59;
}

bool
der_time(uint8_t tag, struct span body, int64_t *t, bool *strict)
{
	struct rd r = rd_of(body);
	struct moment m = {0};
	unsigned year;
	int64_t shift;
	bool good = true;

	if (body.n > DER_TIME_MAX || (tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME))
		return false;
	if (!digits(&r, tag == DER_UTC_TIME ? 2 : 4, &year))
		return false;
	/* RFC 5280 4.1.2.5.1: "Where YY is greater than or equal to 50, the year SHALL be
	 * interpreted as 19YY". */
	m.year = tag == DER_UTC_TIME ? (year >= 50 ? 1900 : 2000) + (int64_t)year : year;
	/* RFC 5280 4.1.2.5: "dates in 2050 or later MUST be encoded as GeneralizedTime", and
	 * dates through 2049 as UTCTime. */
	if (tag == DER_GENERALIZED_TIME && m.year >= 1950 && m.year < 2050)
		good = false;
	if (!digits(&r, 2, &m.month) || !digits(&r, 2, &m.day) || !digits(&r, 2, &m.hour) ||
	    !digits(&r, 2, &m.minute))
		return false;
	if (is_digit(&r)) {
		if (!digits(&r, 2, &m.second))
			return false;
	} else {
		good = false; /* "including seconds (i.e., times are YYMMDDHHMMSSZ)" */
	}
	if (!read_tail(&r, &shift, &good) || !moment_ok(&m))
		return false;
	*t = der_days(m.year, m.month, m.day) * 86400 + m.hour * 3600 + m.minute * 60 + m.second +
	     shift;
	*strict = good;
	return true;
}

static void
split(int64_t t, struct moment *m)
{
	int64_t days = t / 86400, rest = t % 86400, z, era, doe, yoe, doy, mp;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	m->day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	m->month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	m->year = yoe + era * 400 + (m->month <= 2 ? 1 : 0);
	m->hour = (unsigned)(rest / 3600);
	m->minute = (unsigned)(rest % 3600 / 60);
	m->second = (unsigned)(rest % 60);
}

const char *
der_date_text(int64_t t, char *buf, size_t cap)
{
	struct moment m;

	split(t, &m);
	snprintf(buf, cap, "%04lld-%02u-%02u", (long long)m.year, m.month, m.day);
	return buf;
}

const char *
der_time_text(int64_t t, char *buf, size_t cap)
{
	struct moment m;

	split(t, &m);
	snprintf(buf, cap, "%04lld-%02u-%02uT%02u:%02u:%02uZ", (long long)m.year, m.month, m.day,
	    m.hour, m.minute, m.second);
	return buf;
}
