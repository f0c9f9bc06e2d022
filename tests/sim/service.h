/* service: calls about the account and WeChat's servers themselves. */
#ifndef SIM_SERVICE_H
#define SIM_SERVICE_H

struct call;

/* GET /cgi-bin/getcallbackip and /cgi-bin/get_api_domain_ip */
int service_addresses(struct call *call);

/* POST /cgi-bin/callback/check: can WeChat reach the site? 40201: there is no address for pushes;
 * 40202, 40203: no such action or operator. */
int service_check(struct call *call);

/* POST /cgi-bin/clear_quota: the counts of this day begin anew. 40013: another appid. */
int service_clear(struct call *call);

#endif
