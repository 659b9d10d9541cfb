#!/bin/sh
# mutate — does the simulation notice when the merge, the log, the cursor or the disk is broken on purpose? Copies the
# tree to a scratch folder, breaks one thing at a time, builds the simulation alone, and expects a seed to fail.
#
#   tests/sim/mutate.sh [SEEDS] [NAME …]     seeds to try for each (default 400); only these mutations
#
# A mutation whose source text is no longer there is an error: it proves nothing then and must be written anew.
set -eu
cd "$(dirname "$0")/../.."
seeds=${1:-400}
[ $# -eq 0 ] || shift
only=" $* "
jobs=$(nproc)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git ls-files -z | grep -zv '^tests/fuzz/corpus/' | xargs -0 tar -cf - --ignore-failed-read 2>/dev/null | tar -xf - -C "$scratch"
mkdir -p "$scratch/tests/fuzz/corpus"
build=$scratch/build
cmake -S "$scratch" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
ninja -C "$build" -j "$jobs" sim >/dev/null

table=$scratch/table
failed=0
"$build/bin/sim" --seeds "1-$seeds" --first >"$scratch/out" || { tail -n 5 "$scratch/out"; echo "the unbroken tree fails" >&2; exit 1; }

# mutate NAME FILE OLD NEW: OLD must be in FILE exactly once.
mutate() {
    case $only in "  " | *" $1 "*) ;; *) return 0 ;; esac
    cp "$scratch/$2" "$scratch/whole"
    OLD=$3 NEW=$4 perl -0pe '
        my ($o, $n) = @ENV{"OLD", "NEW"};
        my $c = () = /\Q$o\E/g;
        die "found $c times\n" if $c != 1;
        s/\Q$o\E/$n/' "$scratch/whole" >"$scratch/$2" || {
        echo "mutate: $1: the text to change is not once in $2: write the mutation anew" >&2
        cp "$scratch/whole" "$scratch/$2"
        failed=$((failed + 1))
        return 0
    }
    verdict="NOT CAUGHT in $seeds seeds"
    if ! ninja -C "$build" -j "$jobs" sim >"$scratch/out" 2>&1; then
        tail -n 15 "$scratch/out"
        verdict="DOES NOT BUILD"
        failed=$((failed + 1))
    elif timeout 600 "$build/bin/sim" --seeds "1-$seeds" --first >"$scratch/out" 2>&1; then
        failed=$((failed + 1))
    else
        verdict=$(grep -m1 FAILED "$scratch/out" | sed 's/^sim: /caught: /;s/ FAILED at/ at/;s/ FAILED/ fails/' || true)
    fi
    printf '%-28s %s\n' "$1" "${verdict:-caught: ran out of time}" | tee -a "$table"
    cp "$scratch/whole" "$scratch/$2"
}

M=core/merge/merge.c C=server-stub/intake/cells.c S=server-stub/intake/sets.c D=server-stub/intake/decide.c
P=server-stub/intake/push.c T=server-stub/intake/clock.c A=server-stub/intake/author.c R=server-stub/intake/sticky.c

# who had seen what, and who is later
mutate base-off-by-one $M 'return v->csn <= in->base ||' 'return v->csn <= in->base + 1 ||'
mutate base-ignored $M 'return v->csn <= in->base ||' 'return 1 ||'
mutate earlier-observed-wins $M 'return a->observed > b->observed;' 'return a->observed < b->observed;'
mutate clamp-missing $T 'if (ms > f->received_ms) ms = f->received_ms;' ''
mutate clamp-below-missing $T 'if (ms < f->base_ms) ms = f->base_ms;' ''
mutate day-of-a-wrong-clock $T 'day += written - date_of_ms(raw_ms);' ';'
mutate skew-ignored $T 'hlc_ms(f->raw) + f->skew_ms' 'hlc_ms(f->raw)'
mutate stamp-ignored $M 'if (a->stamp != b->stamp) return a->stamp > b->stamp;' ''

# each policy inverted, or last writer wins
mutate latest-last-writer-wins $M 'bool informed = merge_saw(in), wins' 'bool informed = true, wins'
mutate overruled-forgotten $M 'if (!saw(in, v) && later(v, best)) best = v;' ''
mutate confirmation-ignored $M 'wins ? MERGE_CONFIRM : MERGE_SAME' 'MERGE_SAME'
mutate append-by-anybody $M 'propose(in, REASON_NOT_AUTHOR)' 'take_or_later(in)'
mutate order-by-anybody $M 'propose(in, REASON_NOT_ISSUER)' 'take_or_later(in)'
mutate authority-of-nobody $M 'in->author_level < in->column->level' '0 && in->author_level < in->column->level'
mutate set-removal-of-unseen $S 'if (merge_saw(&in)) continue;' 'if (merge_saw(&in) || 1) continue;'
mutate closing-beats-finding $M 'if (unseen(r->finding, in->base)) {' 'if (0) {'
mutate finding-opens-nothing $M 'if (r->finds && unseen(r->closing, base)) return true;' ''
mutate stale-closing-opens-nothing $M 'return r->closes && r->grounds && unseen(r->finding, base) && r->finding->csn > r->last_closing;' 'return false;'
mutate closing-without-grounds $M 'if (!r->grounds) return propose(in, REASON_NO_GROUNDS);' ''
mutate grounds-left-behind $R 'rc = empty(d, p, &p->table->columns[i], kind, why, winner, err);' 'rc = 0;'
mutate sheet-last-writer-wins $M 'result(MERGE_KEEP, REASON_ATOMIC, true)' 'result(MERGE_TAKE_WON, REASON_ATOMIC, true)'
mutate sheets-mixed $C 'atomic ? *sheet : *cells_version' 'atomic && 0 ? *sheet : *cells_version'
mutate proposal-taken $C 'case MERGE_PROPOSAL:' 'case MERGE_PROPOSAL: return take(d, p, r, in, current, err);'

# rows and the ledger
mutate grave-ignored $D 'if (p->row.dead) return grave_lose(d, p, c, err);' ''
mutate delete-by-anybody $D 'bool may = own ||' 'bool may = 1 || own ||'
mutate level-of-any-laptop $A 'd->rank = LEVEL_CADRE;' ''
mutate level-in-any-region $A 'd->level = LEVEL_CADRE;' ''
mutate ledger-forgets-losers $C 'return decide_note(d, p, LEDGER_LOST, r, cell->column, &cell->value, &d->incoming, in->current_version, err);' 'return 0;'

# the log
mutate push-applied-twice $P 'if (cs->seq <= s->origin.high)' 'if (0)'
mutate receipt-before-commit server-stub/intake/batch.c 'if (take_group(&w, list, count, results, &err) != 0) fail_all(results, count, &err);' '(void)take_group(&w, list, count, results, &err); (void)fail_all;'
mutate bad-one-blocks $P 'if (rc == UNFIT) return quarantine(s, &r, &d.why);' 'if (rc == UNFIT) return refuse(s, INTAKE_BAD);'

# who holds what, and who is told
mutate children-stay-behind server-stub/intake/place.c 'rc = store_feed_of_place(d->work->store, p->old_home.place, 0, carry_entry, &k, err);' '(void)carry_entry;'
mutate move-out-not-told server-stub/intake/write.c 'if (rc == 0) rc = leave_trace(s, p, p->old_home, at->left, err);' ''
mutate outside-not-told server-stub/intake/write.c 'if (rc == 0) rc = leave_trace(s, p, (struct row_home){region_private(d->cs->origin), UNIT_COMMON}, at->outside, err);' ''
mutate handover-ignored server-stub/intake/handover.c 'return scope_refresh(r->d.work->store, device, r->day, r->head + r->d.work->own.count, r->err);' 'return 0;'
mutate proposals-not-noticed server-stub/intake/notice.c 'n->entry.kind == LEDGER_LOST || n->entry.kind == LEDGER_PROPOSAL' 'n->entry.kind == LEDGER_LOST'

# what goes back
mutate cursor-past-a-row server-stub/outflow/pull.c 'p->answer.to = last->csn;' 'p->answer.to = last->csn + 1;'
mutate log-skips-a-row server-stub/outflow/log.c 'store_feed(r->s, r->q->since, each' 'store_feed(r->s, r->q->since + 1, each'
mutate overlay-dropped agent/apply/row.c 'rc = lay_over(p, m, &row, err);' '(void)lay_over;'
mutate cursor-before-rows agent/apply/scope.c 'home_meta_set_int(p->h, META_CURSOR, (int64_t)p->a->to, err)' 'home_meta_set_int(p->h, META_CURSOR, (int64_t)p->a->to + 1, err)'

mutate difference-ignored agent/sync/pull.c 'if (p->agree) return check_rows(p, next, err);' 'if (p->agree || 1) return check_rows(p, next, err);'

# the disk
mutate not-synced core/db/open.c 'PRAGMA synchronous=FULL;' 'PRAGMA synchronous=OFF;'

echo
cat "$table"
if [ "$failed" -gt 0 ]; then
    echo "mutate: $failed mutations were not caught" >&2
    exit 1
fi
