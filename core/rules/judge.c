/* judge: what all rules share — is the rule in force, and who hears of the finding. */
#include "codes.h"

bool rules_blank(const struct value *v)
{
    if (v->kind != VALUE_TEXT) return true;
    for (uint32_t i = 0; i < v->len; i++) {
        uint8_t c = v->data[i];
        if (c == 0xE3 && v->len - i >= 3 && v->data[i + 1] == 0x80 && v->data[i + 2] == 0x80) i += 2; /* U+3000 */
        else if (c != ' ' && c != '\t' && c != '\n') return false;
    }
    return true;
}

bool judge_begins(const struct judge *j, enum rule_code code, int64_t day, struct rule_finding *f)
{
    *f = j->about;
    f->since = day;
    f->rule = rule_in_force(j->book, code, day == RULE_NONE ? j->book->today : day);
    return f->rule != NULL;
}

int judge_says(const struct judge *j, const struct rule_finding *f)
{
    return j->fn(j->ctx, j->h, f);
}

int judge_rule(const struct judge *j, enum rule_code code, int64_t day, bool wrong)
{
    struct rule_finding f;
    return wrong && judge_begins(j, code, day, &f) ? judge_says(j, &f) : 0;
}
