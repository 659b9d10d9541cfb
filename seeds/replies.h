/* replies: the orders of the year (提示单, 督办单): which county sends which to whom (wave 2), and who
 * answers when (wave 3). Both waves ask the same plan. */
#ifndef ZHUCUN_SEEDS_REPLIES_H
#define ZHUCUN_SEEDS_REPLIES_H

#include "story.h"

enum { ORDERS_MAX = 64 };

struct planned_order {
    uint32_t village; /* addressed; index */
    int county, kind, topic;
    int32_t issued, due, answered; /* days; answered 0: not yet */
    char number[40];               /* 望奎提示〔2022〕3号 */
};

/* Orders in the order of issue within each county. */
size_t replies_orders(const struct city *city, struct planned_order out[ORDERS_MAX]);
/* Does this team answer any? */
bool replies_any(const struct city *city, uint32_t laptop);
/* Wave 3: the team's answers into the open acts. */
void replies_tell(struct story *s, uint32_t laptop);

enum { ORDER_TOPICS = 8 }; /* sections order_1 … order_8 and reply_1 … reply_8 of the phrase books */

#endif
