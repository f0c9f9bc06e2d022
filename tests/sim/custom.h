/* custom: messages of the account to one person (客服消息), and that it is typing. */
#ifndef SIM_CUSTOM_H
#define SIM_CUSTOM_H

struct call;

/*
 * POST /cgi-bin/message/custom/send: text, image, voice, video, music, news, msgmenu. Five within
 * 48 hours after a message of the person, three within a minute after a tap on the menu, a scan or
 * following: 45015 outside these times, 45047 for more.
 */
int custom_send(struct call *call);

/* POST /cgi-bin/message/custom/typing: Typing, for 15 s, and CancelTyping. 45072: another command.
 * 45080: neither side has said anything for 30 s. 45081: it is typing already. */
int custom_typing(struct call *call);

#endif
