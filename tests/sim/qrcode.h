/* qrcode: QR codes of the account (带参数的二维码), and what happens when a phone scans one. */
#ifndef SIM_QRCODE_H
#define SIM_QRCODE_H

struct app;
struct call;

/* POST /cgi-bin/qrcode/create: QR_SCENE, QR_STR_SCENE, QR_LIMIT_SCENE, QR_LIMIT_STR_SCENE. 40052:
 * another; 40053: scene or time out of range. */
int qrcode_create(struct call *call);

/* GET /cgi-bin/showqrcode?ticket=, at mp.weixin.qq.com without a token: the code as SVG. */
int qrcode_show(struct app *app);

/* /q/<scene>: what such a code holds. It leads to the message console, which plays the phone. */
int qrcode_scan(struct app *app);

#endif
