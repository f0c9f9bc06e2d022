/* account: the calls that an account makes in its own name. */
#ifndef SIM_ACCOUNT_H
#define SIM_ACCOUNT_H

struct app;

/* POST /cgi-bin/stable_token: the same token until five minutes before its end. */
int account_stable_token(struct app *app);

/* POST /cgi-bin/qrcode/create: for verified service accounts and test accounts. */
int account_qrcode(struct app *app);

/* /q/<scene>: what such a QR code holds. It leads to the message console, which plays the phone. */
int account_scan(struct app *app);

#endif
