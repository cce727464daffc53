/* html_style - data/html/report.css, as it is, in the program's read-only data. */
#include "report/html.h"

__asm__(".pushsection .rodata\n"
	".globl tlsaudit_css_begin, tlsaudit_css_end\n"
	"tlsaudit_css_begin:\n"
	".incbin \"src/report/css.bin\"\n"
	"tlsaudit_css_end:\n"
	".byte 0\n"
	".popsection\n");

extern const uint8_t tlsaudit_css_begin[] __attribute__((visibility("hidden")));
extern const uint8_t tlsaudit_css_end[] __attribute__((visibility("hidden")));

struct span
html_style(void)
{
	return (struct span){tlsaudit_css_begin,
	    (size_t)((uintptr_t)tlsaudit_css_end - (uintptr_t)tlsaudit_css_begin)};
}
