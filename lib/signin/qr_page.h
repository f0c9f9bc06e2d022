/*
 * qr_page: the page of a computer that shows a QR code and waits for the phone, which desktop.cgi
 * and scene.cgi share. Only programs that include this link libqrencode (qr.h).
 */
#ifndef WECHAT_QR_PAGE_H
#define WECHAT_QR_PAGE_H

struct app;
struct waiting;

/* Returns the address at which this program's page waits. */
char *qr_page_wait_url(struct app *app);

/* Answers with the page: the QR code of text, the number, and how long it is valid. It asks
 * repeatedly, by script or by loading itself again, whether the phone has answered. */
int qr_page_answer(struct app *app, const struct waiting *waiting, const char *text)
    __attribute__((warn_unused_result));

/* Answers with a page that ends a sign-in ("tooold", "declined") and offers a new one for the same
 * page of the site. */
int qr_page_answer_end(struct app *app, const char *name, const char *next)
    __attribute__((warn_unused_result));

#endif
