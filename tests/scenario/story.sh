# Plays a story: a text file that somebody of the county office can read and write. Run as "sh story.sh BIN STORY".
# A line is one sentence; # begins a remark. 甲 乙 丙 are laptops, H1–H3 households of one village, B1 a contact, B2 a
# cadre, X1 the county.
#
#   笔记本 甲 B1              a laptop of that name, used by B1
#   断网 · 有网               the server goes and comes back
#   甲 做 WORDS…              zhucun WORDS must succeed
#   甲 不成 STATUS WORDS…     zhucun WORDS must leave with the status
#   甲 同步                   zhucun sync
#   甲 看到 ROW COLUMN VALUE  what show says of a column; - is nothing
#   甲 一致                   nothing pending, fingerprint equal, log whole
#   走访 共 N                 so many different visits in the consolidated log
#   服务器 记有 WORDS…        one ledger entry has all the words; 服务器 没有记录 · there is none
STORY=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
. "$(dirname "$0")/cli/lib.sh"
make_city

sees() { # sees HOME ROW COLUMN VALUE
    good "$line" zhucun --home "$1" --json show "$2"
    got=$(sed -n "s/.*\"$3\":\(\[[^]]*\]\|\"[^\"]*\"\|[^,}]*\).*/\1/p" out | tr -d '[]"')
    want=$4
    [ "$want" = - ] && want= # show leaves out what is empty
    [ "$got" = "$want" ] || fail "$line: it is $got"
}

agrees() {
    good "$line" zhucun --home "$1" --json status
    [ "$(json agree <out)$(json pending <out)" = true0 ] || fail "$line: $(cat out)"
    good "$line" zhucun --home "$1" verify
}

visits() {
    good "$line" server --data srv pull --table visit
    got=$(sed -n 's/.*"table":"visit".*"id":"\([^"]*\)".*/\1/p' out | sort -u | wc -l)
    [ "$got" -eq "$1" ] || fail "$line: there are $got"
    [ "$(grep -c '"table":"visit"' out)" -eq "$1" ] || fail "$line: not each once"
}

ledger() { # one entry, a line of --json, with all the words
    good "$line" server --lang zh --data srv conflicts --all --json
    for word; do
        grep -F -- "$word" out >kept || { fail "$line: nothing with $word"; return; }
        mv kept out
    done
}

while read -r who what rest; do
    line="$who $what $rest"
    # shellcheck disable=SC2086 # the words of a sentence
    case "$who $what" in
    ' ' | '#'*) ;;
    '笔记本 '*) enrol "$what" $rest ;;
    '断网 ') stop_server ;;
    '有网 ') start_server ;;
    '走访 共') visits "$rest" ;;
    '服务器 记有') ledger $rest ;;
    '服务器 没有记录')
        good "$line" server --data srv conflicts --all --json
        [ ! -s out ] || fail "$line: $(cat out)"
        ;;
    *' 做') good "$line" zhucun --home "$who" $rest ;;
    *' 同步') good "$line" zhucun --home "$who" sync ;;
    *' 看到') sees "$who" $rest ;;
    *' 一致') agrees "$who" ;;
    *' 不成')
        want=${rest%% *}
        zhucun --home "$who" ${rest#* } >out 2>errors
        rc=$?
        [ "$rc" -eq "$want" ] || fail "$line: exit $rc"
        ;;
    *) fail "not a sentence: $line" ;;
    esac
done <"$STORY"
finish
