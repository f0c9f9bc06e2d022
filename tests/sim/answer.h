/* answer: the JSON answers of api.weixin.qq.com, in the form of each of its services. */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

struct app;
struct pairs;

/* Returns the Content-Type of the requested service: sns sends text/plain without a charset. */
const char *answer_type(const struct app *app);

/* Answers with fields; their names may be paths (pairs.h). */
int answer_fields(struct app *app, const struct pairs *fields);

/* Answers {"errcode":…,"errmsg":"…, rid: …"}; some errcodes have another text instead of the rid.
 */
int answer_errcode(struct app *app, int errcode);

/* The same with another text in front of the rid; NULL: the errcode's own. */
int answer_errmsg(struct app *app, int errcode, const char *errmsg);

#endif
