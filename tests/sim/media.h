/* media: files that the account uploads for three days (临时素材). */
#ifndef SIM_MEDIA_H
#define SIM_MEDIA_H

struct app;
struct call;

/* POST /cgi-bin/media/upload: a form with the file in the field media. The program's main() calls
 * upload_hold() first. 40004 40005 40006 41005, and by size 40009 to 40012. */
int media_upload(struct call *call);

/* GET /cgi-bin/media/get: the file, but a link to a video. */
int media_get(struct call *call);

/* /media/<media_id>: the same for the console, which plays the phone. */
int media_show(struct app *app);

/* Was the media_id given for a file of that type? Returns 0, 40007: no, or -1. */
int media_check(struct call *call, const char *media_id, const char *type);

#endif
