/* screens: /screens, a computer and a phone side by side: the computer shows the site's QR code,
 * the phone scans it. Each is a browser of its own. */
#ifndef SIM_SCREENS_H
#define SIM_SCREENS_H

struct app;

int screens_page(struct app *app);

#endif
