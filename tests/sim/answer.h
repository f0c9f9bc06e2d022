/* answer: what api.weixin.qq.com answers: JSON, as each of its services sends it. */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

struct app;
struct pairs;

/* The Content-Type of the service that was asked: sns sends text/plain without a charset. */
const char *answer_type(const struct app *app);

/* Answers with fields. */
int answer_fields(struct app *app, const struct pairs *fields);

/* Answers {"errcode":…,"errmsg":"…, rid: …"}, or with what the errcode has in place of the rid. */
int answer_errcode(struct app *app, int errcode);

#endif
