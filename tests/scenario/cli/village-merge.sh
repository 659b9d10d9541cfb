# Two villages become one while a laptop of the old one is offline: what it enters there meanwhile, with the old code,
# lives where the village went, and goes on living there when it is edited.
. "$(dirname "$0")/lib.sh"
make_city
cat >roster/regions.csv <<'END'
code,name,level,parent
231202108202,新兴村,村,231202108000
END
good "a second village" server --data srv load roster
enrol one B1
enrol two B2
early=$(server --data srv enrol --scope 231202108201 --worker B1 2>/dev/null)
stop_server
good "a household, offline" zhucun --home one add household village=231202108201 head_name=离线户
new=$(head -n 1 out)
good "and a visit" zhucun --home one visit "$new" --date 2026-03-02 --summary 首访
good "merged meanwhile" server --data srv region merge 231202108201 --into 231202108202 --why 撤并
start_server
for home in one two one; do good "sync $home" zhucun --home "$home" sync; done
for home in one two; do
    [ "$(zhucun --home "$home" list household | wc -l)" -eq 4 ] || fail "$home: $(zhucun --home "$home" list household)"
    [ "$(zhucun --home "$home" list visit | wc -l)" -eq 1 ] || fail "$home lacks the visit"
done
good "edited" zhucun --home two set household/"$new" phone=13100000009
for home in two one; do good "sync $home" zhucun --home "$home" sync; done
zhucun --home one list household >out
[ "$(wc -l <out)" -eq 4 ] || fail "it went back: $(cat out)"
for home in one two; do
    good "status" zhucun --home "$home" --json status
    [ "$(json agree <out)$(json pending <out)" = true0 ] || fail "$home: $(cat out)"
done
# Both villages' laptops are told, once each.
enrolled=$(server --data srv enrol --scope 231202108203 2>/dev/null)
[ -z "$enrolled" ] || fail "a village that is not there"
good "inbox one" zhucun --home one --json inbox
[ "$(grep -c '"kind":"moved"' out)" -eq 1 ] || fail "not one line: $(cat out)"
grep '"kind":"moved"' out | grep '231202108201 友谊村 → 231202108202 新兴村' | grep -q '"why":"3 户：H1、H2、H3"' || fail "which: $(cat out)"
# A code that was handed out before the merger is a laptop of the village that is there now.
good "enrol late" zhucun --home late enrol --server "$URL" --code "$early"
good "sync late" zhucun --home late sync
[ "$(zhucun --home late list household | wc -l)" -eq 4 ] || fail "late: $(zhucun --home late list household)"
good "verify" server --data srv verify
finish
