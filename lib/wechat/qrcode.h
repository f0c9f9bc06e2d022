/*
 * qrcode: the account's QR codes with a scene, as people ask for them: checked before they are
 * made.
 *
 * Facts: "生成带参数的二维码" (Official Accounts documentation): a scene is a text, or a number;
 * only numbers that are small can be permanent.
 */
#ifndef WECHAT_QRCODE_H
#define WECHAT_QRCODE_H

struct pairs;

/* Of a temporary code; characters; and the largest number of a permanent code. */
enum { QRCODE_DAYS_MAX = 30, QRCODE_SCENE_MAX = 64, QRCODE_PERMANENT_MAX = 100000 };

enum qrcode_flaw {
        QRCODE_GOOD,
        QRCODE_LENGTH, /* the scene is empty, too long, or not UTF-8 */
        QRCODE_NUMBER  /* a number beyond qrcode_number_max(), or with zeros in front */
};

/* Returns the largest scene that is a number. */
long long qrcode_number_max(int seconds);

/* Adds the members of the JSON for qrcode/create to fields: for a code that is valid for so many
 * seconds, at most QRCODE_DAYS_MAX days; 0: for ever. On a flaw, fields are of no use. */
enum qrcode_flaw qrcode_request(const char *scene, int seconds, struct pairs *fields);

#endif
