/* template: template messages (模板消息). */
#ifndef SIM_TEMPLATE_H
#define SIM_TEMPLATE_H

struct call;

/* GET /cgi-bin/template/get_all_private_template: the invented templates of this account. */
int template_list(struct call *call);

/*
 * POST /cgi-bin/message/template/send: to a follower (40003, 43004), with the id of such a template
 * or any that begins with simTemplate (40037), and data whose values fit their names (47003). The
 * answer has a msgid; after it TEMPLATESENDJOBFINISH is pushed, with the Status that the switch
 * template_status names.
 */
int template_send(struct call *call);

#endif
