# Handover with real programs: two single contacts whose laptops follow assignments, and the village team's. A household
# passes from one contact to the other while the first is offline: he may still send, gives it up only when all has
# arrived, his visits stay credited, and both are told. Then the household moves to another village.
. "$(dirname "$0")/lib.sh"
make_city
enrol_assigned() { # HOME WORKER
    code=$(server --data srv enrol --scope assigned --worker "$2" 2>/dev/null)
    good "enrol $1" zhucun --home "$1" enrol --server "$URL" --code "$code"
}
households() { zhucun --home "$1" list household | cut -f1 | sort | tr '\n' ' '; }
holds() { # HOME "H1 H2 "
    got=$(households "$1")
    [ "$got" = "$2" ] || fail "$1 holds <$got>, not <$2>"
}
visits() { # HOME NUMBER
    got=$(zhucun --home "$1" list visit | wc -l)
    [ "$got" -eq "$2" ] || fail "$1 shows $got visits, not $2"
}
agrees() {
    good "status $1" zhucun --home "$1" --json status
    [ "$(json agree <out)$(json pending <out)" = true0 ] || fail "$1: $(cat out)"
    good "verify $1" zhucun --home "$1" verify
}

enrol_assigned one B1
enrol_assigned two B2
enrol team B2
holds one "H1 "
holds two ""
holds team "H1 H2 H3 "
good "a visit" zhucun --home one visit H1 --date 2026-03-02 --summary 第一次
good "sync" zhucun --home one sync

stop_server
good "offline" zhucun --home one visit H1 --date 2026-03-09 --summary 断网时
good "handed over meanwhile" server --data srv assign H1 --to B2 --from B1
start_server
good "told" zhucun --home one sync
holds one "H1 "
good "inbox" zhucun --home one --json inbox
grep -q '"kind":"handover"' out || fail "no handover in the inbox: $(cat out)"
grep -q 'B2' out || fail "to whom: $(cat out)"
grep -q '"title":"户 试户一 H1"' out || fail "the household is not named: $(cat out)"
good "what was begun is finished" zhucun --home one visit H1 --date 2026-03-10 --summary 交接前最后一次
good "given up" zhucun --home one sync
holds one ""
visits one 0
good "and nothing comes back" zhucun --home one sync
holds one ""
agrees one
# The notice has ended by itself; what stays as history names the household that is not here any more.
good "inbox" zhucun --home one --json inbox
grep -q handover out && fail "the notice outlives the handover: $(cat out)"
good "history" zhucun --home one --json inbox --all
grep -q '"title":"户 H1 已于 20[0-9-]* 交出".*"done":true' out || fail "history: $(cat out)"
good "for people" zhucun --home one --lang en inbox --all
grep -q 'done *handover *household H1 handed over on 20.*; other: B2 试乙' out || fail "history: $(cat out)"

good "taken over" zhucun --home two sync
holds two "H1 "
visits two 3
good "inbox" zhucun --home two --json inbox
grep -q '"kind":"takeover"' out || fail "no takeover in the inbox: $(cat out)"
agrees two
good "log" server --data srv pull --table visit
[ "$(grep -c '"author":"B1"' out)" -eq 3 ] || fail "not credited to B1: $(cat out)"

# A new village, and the household moves there with its visits.
cat >roster/regions.csv <<'END'
code,name,level,parent
231202108202,新兴村,村,231202108000
END
good "a new region" server --data srv load roster
good "moved" server --data srv move H1 --to 231202108202
good "the team" zhucun --home team sync
holds team "H2 H3 "
visits team 0
agrees team
good "the team is told" zhucun --home team --json inbox
grep -q '"kind":"moved".*"title":"户 H1：231202108201 友谊村 → 231202108202 新兴村，20[0-9-]* 起"' out || fail "moved: $(cat out)"
grep -q '"other":"绥化市"' out || fail "by whom: $(cat out)"
good "for people" zhucun --home team --lang en inbox
grep -q 'moved *household H1: 231202108201 友谊村 → 231202108202 新兴村, since 20.*; by 绥化市' out || fail "moved: $(cat out)"
code=$(server --data srv enrol --scope 231202108202 2>/dev/null)
good "the new village" zhucun --home new enrol --server "$URL" --code "$code"
good "back and forth" server --data srv move H2 H3 --to 231202108202 --as X1
good "the new village" zhucun --home new sync
good "is told once" zhucun --home new --json inbox
[ "$(grep -c '"kind":"moved"' out)" -eq 1 ] || fail "not one line: $(cat out)"
grep '"kind":"moved"' out | grep '"other":"X1 试丙"' | grep -q '"why":"2 户：H2、H3"' || fail "which: $(cat out)"
good "seen" zhucun --home new inbox --seen
good "and let be" zhucun --home new --json inbox
grep -q moved out && fail "seen, and still there: $(cat out)"
good "back" server --data srv move H2 H3 --to 231202108201
good "the team" zhucun --home team sync
good "the contact" zhucun --home two sync
holds two "H1 "
visits two 3
agrees two
good "verify" server --data srv verify
finish
