/* html_page - see html_page.h. */
#include "config.h"

#include "report/html_page.h"

#include "adapt/openssl_crypto.h"
#include "report/escape.h"

/* RFC 4648, 4. */
static void
base64(FILE *to, const uint8_t *p, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) |
			     (i + 2 < n ? p[i + 2] : 0);

		putc(digits[v >> 18], to);
		putc(digits[v >> 12 & 63], to);
		putc(i + 1 < n ? digits[v >> 6 & 63] : '=', to);
		putc(i + 2 < n ? digits[v & 63] : '=', to);
	}
}

/* W3C, Content Security Policy Level 3: in a <meta>, before what it is about. */
void
html_page_begin(FILE *to, const char *title, struct span css)
{
	uint8_t sha256[32];

	crypto_sha256(css, sha256);
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'sha256-",
	    to);
	base64(to, sha256, sizeof(sha256));
	fputs("'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n"
	      "<meta name=\"generator\" content=\"" PACKAGE_NAME " " PACKAGE_VERSION "\">\n<title>",
	    to);
	escape_xml(to, title);
	fputs("</title>\n<style>", to);
	(void)fwrite(css.p, 1, css.n, to);
	fputs(
	    "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#report\">Skip to the report</a>\n"
	    "<div class=\"page\">\n<main id=\"report\">\n",
	    to);
}

void
html_page_end(FILE *to, const char *foot)
{
	fprintf(to,
	    "</main>\n<footer><p>Made by " PACKAGE_NAME " " PACKAGE_VERSION
	    ". %s</p></footer>\n</div>\n</body>\n</html>\n",
	    foot);
}
