/* pairing: see pairing.h. Five small facts in meta. */
#include "pairing.h"

#include "zhucun/aead.h"

static int set_secret(struct home *h, const char *key, const struct key_pair *k, struct err *err)
{
    char hex[2 * KEY_SECRET + 1];
    hex_put(k->secret, KEY_SECRET, hex);
    int rc = home_meta_set_text(h, key, hex, err);
    secret_forget(hex, sizeof hex);
    return rc;
}

static int set_public(struct home *h, const char *key, const struct public_key *k, struct err *err)
{
    char text[KEY_TEXT];
    key_to_text(k, text);
    return home_meta_set_text(h, key, text, err);
}

int pairing_save(struct home *h, const struct pairing *i, struct err *err)
{
    int rc = home_meta_set_int(h, META_SUITE, i->sign.public.suite, err);
    if (rc == 0) rc = set_secret(h, META_SIGN, &i->sign, err);
    if (rc == 0) rc = set_secret(h, META_BOX, &i->box, err);
    if (rc == 0) rc = set_public(h, META_SERVER_SIGN, &i->server_sign, err);
    return rc == 0 ? set_public(h, META_SERVER_BOX, &i->server_box, err) : rc;
}

static int get_secret(struct home *h, const char *key, enum seal_suite suite, enum key_use use, struct key_pair *out,
                      struct err *err)
{
    char hex[2 * KEY_SECRET + 1];
    uint8_t secret[KEY_SECRET] = {0};
    int rc = home_meta_text(h, key, hex, sizeof hex, err);
    if (rc == 0 && hex_get(hex, secret, KEY_SECRET) != 0)
        rc = err_set(err, ERR_CORRUPT, "本机的密钥损坏（%s）：请重新注册", "this laptop's key is damaged (%s): enrol again", key);
    if (rc == 0) rc = key_from_secret(suite, use, secret, out, err);
    secret_forget(hex, sizeof hex);
    secret_forget(secret, sizeof secret);
    return rc;
}

static int get_public(struct home *h, const char *key, enum seal_suite suite, enum key_use use, struct public_key *out,
                      struct err *err)
{
    char text[KEY_TEXT];
    int rc = home_meta_text(h, key, text, sizeof text, err);
    return rc == 0 ? key_from_text(suite, use, text, out, err) : rc;
}

int pairing_load(struct home *h, struct pairing *i, struct err *err)
{
    int64_t suite = 0;
    *i = (struct pairing){0};
    int rc = home_meta_int(h, META_SUITE, 0, &suite, err);
    if (rc != 0 || suite == 0) return rc;
    enum seal_suite s = (enum seal_suite)suite;
    rc = get_secret(h, META_SIGN, s, KEY_SIGN, &i->sign, err);
    if (rc == 0) rc = get_secret(h, META_BOX, s, KEY_BOX, &i->box, err);
    if (rc == 0) rc = get_public(h, META_SERVER_SIGN, s, KEY_SIGN, &i->server_sign, err);
    if (rc == 0) rc = get_public(h, META_SERVER_BOX, s, KEY_BOX, &i->server_box, err);
    if (rc != 0) pairing_forget(i);
    return rc == 0 ? 1 : rc;
}

void pairing_forget(struct pairing *i)
{
    key_forget(&i->sign);
    key_forget(&i->box);
}
