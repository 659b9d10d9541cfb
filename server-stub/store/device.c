/* device: what is true of a laptop in every store: when it was last heard of, and what it is told when its right has
 * been taken away. Asked for by the doors, by outflow and by reports, so that all say the same. */
#include "store.h"

int64_t device_heard_ms(const struct device *d, const struct origin_state *state)
{
    return d->last_pull_ms > state->last_contact_ms ? d->last_pull_ms : state->last_contact_ms;
}

int device_check_revoked(const struct device *d, struct err *err)
{
    char day[11];

    if (!d->revoked_ms)
        return 0;
    date_format(date_of_ms(d->revoked_ms), day);
    return err_set(err, ERR_DENIED, "此设备（%s）已于 %s 停用，不再同步：本机的记录都在，没有丢失，请勿删除；请联系管理服务器的主管取回",
                   "this laptop (%s) was revoked on %s and syncs no more: what it holds is not lost, keep it; ask the"
                   " supervisor who keeps the server to take it in", d->name, day);
}
