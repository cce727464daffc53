/* show_style - data/html/pulse.css, as it is, in the program's read-only data. */
#include "pulse/show_html.h"

__asm__(".pushsection .rodata\n"
	".globl tlsaudit_pulse_css_begin, tlsaudit_pulse_css_end\n"
	"tlsaudit_pulse_css_begin:\n"
	".incbin \"src/pulse/css.bin\"\n"
	"tlsaudit_pulse_css_end:\n"
	".byte 0\n"
	".popsection\n");

extern const uint8_t tlsaudit_pulse_css_begin[] __attribute__((visibility("hidden")));
extern const uint8_t tlsaudit_pulse_css_end[] __attribute__((visibility("hidden")));

struct span
show_style(void)
{
	return (struct span){tlsaudit_pulse_css_begin,
	    (size_t)((uintptr_t)tlsaudit_pulse_css_end - (uintptr_t)tlsaudit_pulse_css_begin)};
}
