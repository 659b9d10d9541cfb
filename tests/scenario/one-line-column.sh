# Adding a column is one line in one file: a copy of the tree gets one line in core/schema/tables.c and nothing else,
# is built, and takes over the data that the programs of today made. The new column then is in both databases, on
# the wire, in validation, list, show, CSV, NDJSON and the consolidated log; a laptop of today beside it keeps it
# without knowing it. Run as "sh one-line-column.sh BIN SOURCE".
SOURCE=$2
. "$(dirname "$0")/cli/lib.sh"
make_city
enrol old B1
enrol new B2
good "a visit before" zhucun --home new visit H1 --date 2026-03-01 --summary 以前
good "sync" zhucun --home new sync
stop_server

mkdir tree
(cd "$SOURCE" && tar cf - --exclude='./build*' --exclude=./.git .) | tar xf - -C tree
line='    {16, "weather", TEXT(10), LATEST, TITLE, 4, "天气", "weather"},'
sed -i "/{15, \"joined\"/a\\$line" tree/core/schema/tables.c
[ "$(diff -r "$SOURCE/core" tree/core | grep -c '^[<>]')" -eq 1 ] || fail "more than one line differs"
good "configure" cmake -S tree -B tree/b -G Ninja -DCMAKE_BUILD_TYPE=Debug -DZHUCUN_WERROR=ON
good "build" cmake --build tree/b --target zhucun zhucun-server
TODAY=$BIN
BIN=$TMP/tree/b/bin

start_server
good "the old home opens" zhucun --home new list visit 天气=大雪
[ ! -s out ] || fail "list: $(cat out)"
refused "validated" 1 'weather.*too long: 11' zhucun --home new add visit household=H1 date=2026-03-02 mode=入户 \
    weather=一二三四五六七八九十一
good "added" zhucun --home new add visit household=H1 date=2026-03-02 mode=入户 weather=大雪
good "synced" zhucun --home new sync
good "listed" zhucun --home new list visit 天气=大雪
grep -q '大雪' out || fail "list: $(cat out)"
good "exported" zhucun --home new export visit sheet.csv
head -n 1 sheet.csv | grep -q 'weather' || fail "csv: $(head -n 1 sheet.csv)"
printf 'household,date,mode,weather\nH2,2026-03-03,电话,晴\n' >more.csv
good "imported CSV" zhucun --home new import visit more.csv
echo '{"household":"H2","date":"2026-03-04","mode":"电话","weather":"阴"}' >more.ndjson
good "imported NDJSON" zhucun --home new import visit more.ndjson
good "synced" zhucun --home new sync
good "pulled" server --data srv pull --table visit
for word in 大雪 晴 阴; do grep -q "\"weather\":\"$word\"" out || fail "pull lacks $word: $(cat out)"; done
good "pulled as CSV" server --data srv pull --table visit --format csv
grep -q 'weather' out || fail "pull csv: $(cat out)"
good "verified" zhucun --home new verify
good "verified" server --data srv verify

new_bin=$BIN
BIN=$TODAY
good "a laptop of today pulls" zhucun --home old sync
good "has the rows" zhucun --home old --json list visit
[ "$(wc -l <out)" -eq 4 ] || fail "old: $(cat out)"
good "and agrees" zhucun --home old --json status
[ "$(json agree <out)" = true ] || fail "old: $(cat out)"
BIN=$new_bin
good "upgraded, it knows what it kept" zhucun --home old --json list visit 天气=大雪
grep -q '"weather":"大雪"' out || fail "old after upgrade: $(cat out)"
good "and still agrees" zhucun --home old verify
finish
