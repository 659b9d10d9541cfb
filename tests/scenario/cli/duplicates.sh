# The same household and the same person entered twice, by two laptops: found, merged by a person, counted once, and
# taken back.
. "$(dirname "$0")/lib.sh"
S="server --data srv --lang en"
make_city
enrol one B1 X1
enrol two B2
good "nothing yet" $S duplicates --json
[ ! -s out ] || fail "duplicates: $(cat out)"

good "one adds a newborn" zhucun --home one --as B1 add member household=H1 name=小试 relation=孙子女 sex=女 birth=2026-03-01
BORN=$(cat out)
good "two does, too" zhucun --home two add member household=H1 name=小试 relation=孙子女 sex=女 birth=2026-03-01
AGAIN=$(cat out)
good "one adds a household" zhucun --home one --as B1 add household national_no=H7 village=231202108201 head_name=试七 phone=13100000007
KEEP=$(cat out)
good "two does, too" zhucun --home two add household national_no=H7 village=231202108201 head_name=试七 phone=13100000007
DROP=$(cat out)
good "an old number, written as it was then" zhucun --home two add member household=H3 name=试二 id_no=231202700101003 relation=户主
good "visits" zhucun --home two visit "$DROP" --summary 看望 --safeguard education=ok --safeguard medical=ok --safeguard housing=ok --safeguard water=ok
good "visits" zhucun --home one --as B1 visit "$KEEP" --summary 看望 --safeguard education=ok --safeguard medical=ok --safeguard housing=ok --safeguard water=ok
good "sync" zhucun --home one sync
good "sync" zhucun --home two sync
good "sync" zhucun --home one sync

good "found" $S duplicates --json
[ "$(grep -c '"reason":"national_no"' out)" -eq 1 ] || fail "household: $(cat out)"
[ "$(grep -c '"reason":"name_birth"' out)" -eq 1 ] || fail "newborn: $(cat out)"
[ "$(grep -c '"reason":"id_no"' out)" -eq 1 ] || fail "the old number: $(cat out)"
[ "$(wc -l <out)" -eq 4 ] || fail "four pairs, the heads' households among them: $(cat out)"
grep -q '"id_no":"231202\*' out || fail "the number is shown whole: $(cat out)"
grep '"reason":"national_no"' out | grep -q '"author":"B1".*"author":"B2"' || fail "who: $(cat out)"
good "for people" $S duplicates --scope 231202108201
grep -q "household/$DROP" out || fail "people: $(cat out)"
refused "an ambiguous number" 1 'two rows' $S merge household/H1 household/H7 --why x

refused "no reason" 2 'usage' $S merge "household/$KEEP" "household/$DROP"
refused "itself" 1 'one row already' $S merge "household/$KEEP" "household/$KEEP" --why x
refused "what is not merged" 1 'households and members' $S merge worker/B1 worker/B2 --why x
refused "of two kinds" 1 'not of one kind' $S merge "household/$KEEP" member/231202197001010014 --why x
refused "a contact may not" 77 'county supervisor' $S merge "household/$KEEP" "household/$DROP" --why x --as B1
good "merged" $S merge "household/$KEEP" "household/$DROP" --why 同一户 --as X1 --json
[ "$(json id <out)$(json merged_into <out)" = "$DROP$KEEP" ] || fail "merged: $(cat out)"
refused "merged already" 1 'was merged into' $S merge household/H1 "household/$DROP" --why x
refused "into one that was merged" 1 'was merged into' $S merge "household/$DROP" household/H1 --why x
refused "one that others follow" 1 'cannot therefore be merged away' $S merge household/H1 "household/$KEEP" --why x
good "found no more" $S duplicates --json
grep -q '"reason":"national_no"' out && fail "still there: $(cat out)"
good "counted once" $S report bulletin --json
[ "$(json safeguards_checked <out)" = 1 ] || [ "$(grep safeguards_checked out | json value)" = 1 ] || fail "checked: $(grep safeguards_checked out)"
good "the number names the one that stays" $S assign H7 --to B2 --json
[ "$(json household <out)" = "$KEEP" ] || fail "named: $(cat out)"

good "the newborn, too" $S merge "member/$BORN" "member/$AGAIN" --why 同一人 --as X1
good "sync" zhucun --home two sync
good "at the door it is one child" zhucun --home two show household/H1
[ "$(grep -c 小试 out)" -eq 1 ] || fail "show household: $(cat out)"
good "as data" zhucun --home two --json show household/H1
[ "$(grep -o 小试 out | wc -l)" -eq 1 ] || fail "show household: $(cat out)"
good "hidden on the laptop" zhucun --home two --json list household national_no=H7
[ "$(wc -l <out)" -eq 1 ] && [ "$(json id <out)" = "$KEEP" ] || fail "list: $(cat out)"
good "unless asked for" zhucun --home two --json list household national_no=H7 --all
[ "$(wc -l <out)" -eq 2 ] || fail "list --all: $(cat out)"
good "it says into which" zhucun --home two --json show "household/$DROP"
grep -q "\"merged_into\":\"$KEEP\"\|\"merged_into\":\"H7\"" out || fail "show: $(cat out)"
good "for people" zhucun --home two show "household/$DROP"
grep -q "was merged into household/$KEEP" out || fail "show: $(cat out)"
good "a visit goes to the one that stays" zhucun --home two visit "$DROP" --summary 再看望
VISIT=$(cat out)
good "it did" zhucun --home two --json show "visit/$VISIT"
grep -q "\"household\":\"$KEEP\"\|\"household\":\"H7\"" out || fail "visit: $(cat out)"
good "sync" zhucun --home two sync

good "taken back" $S merge --undo "household/$DROP" --why 两兄弟
good "found again" $S duplicates --json
grep -q '"reason":"national_no"' out || fail "not there again: $(cat out)"
refused "taken back twice" 1 'was not merged' $S merge --undo "household/$DROP" --why x
good "verify" $S verify
good "sync" zhucun --home two sync
good "verify the laptop" zhucun --home two verify
finish
