/*
 * report_cases - endpoints to render: facts and assessments made by hand, nothing asked.
 *
 *	struct record r;
 *	report_case(&r, arena, "modern");
 *
 * Everything lives in the arena.
 */
#ifndef TLSAUDIT_TESTS_REPORT_CASES_H
#define TLSAUDIT_TESTS_REPORT_CASES_H

#include "report/report.h"

/* The names, NULL-ended. */
extern const char *const report_case_names[];
void report_case(struct record *r, struct arena *a, const char *name);

/* Every fact there is, with text in every string: what a hostile server would like to say. */
void report_case_filled(struct record *r, struct arena *a, const char *text);

#endif
