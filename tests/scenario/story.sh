# Plays a story: a text file that somebody of the county office can read and write. Run as "sh story.sh BIN STORY".
# A line is one sentence; # begins a remark. 甲 乙 丙 are laptops, H1–H3 households of one village, B1 a contact, B2 a
# cadre, X1 the county.
#
#   笔记本 甲 B1              the village team's laptop of that name, used by B1; 单人本 · one that follows B1's households
#   断网 · 有网               the server goes and comes back
#   钟 甲 2034-05-01          from here on its clock says so; 准 · it is right again
#   甲 做 WORDS…              zhucun WORDS must succeed
#   甲 记下 事 WORDS…         likewise, and @事 in what follows is the id it printed
#   甲 不成 STATUS WORDS…     zhucun WORDS must leave with the status
#   甲 同步                   zhucun sync
#   甲 看到 ROW COLUMN VALUE  what show says of a column; - is nothing
#   甲 一致                   nothing pending, fingerprint equal, log whole
#   走访 共 N                 so many different visits in the consolidated log
#   汇总 有 WORDS…            one line of the consolidated log has all the words; 汇总 没有 · none has
#   服务器 做 WORDS…          zhucun-server WORDS must succeed
#   服务器 记有 WORDS…        one ledger entry has all the words; 服务器 没有记录 · there is none
STORY=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
. "$(dirname "$0")/cli/lib.sh"
make_city

# The laptop's program by the laptop's clock. A sanitizer does not mind that libfaketime is loaded before it.
agent() { # agent HOME WORD…
    home=$1
    shift
    if [ -f "$home.clock" ]; then
        ASAN_OPTIONS="verify_asan_link_order=0:$ASAN_OPTIONS" faketime -f "$(cat "$home.clock")" \
            "$BIN/zhucun" --home "$home" "$@"
    else
        zhucun --home "$home" "$@"
    fi
}

# By so many days, so that it goes on from one call to the next. At noon, because a day is the region's.
set_clock() { # set_clock HOME DAY
    rm -f "$1.clock"
    [ "$2" = 准 ] && return
    days=$((($(date -d "$2 12:00" +%s) - $(date -d "$(TZ=UTC-8 date +%F) 12:00" +%s)) / 86400))
    printf '%+dd\n' "$days" >"$1.clock"
}

# The words with @NAME put as what was remembered.
recall() {
    for kept in kept_*; do
        [ -f "$kept" ] && words=$(printf '%s' "$words" | sed "s/@${kept#kept_}/$(cat "$kept")/g")
    done
}

remember() { # remember HOME NAME WORD…
    home=$1 as=$2
    shift 2
    good "$line" agent "$home" "$@"
    tail -n 1 out | cut -f 1 >"kept_$as"
}

enrol_single() { # enrol_single HOME WORKER
    code=$(server --data srv enrol --scope assigned --worker "$2" 2>/dev/null)
    good "$line" zhucun --home "$1" enrol --server "$URL" --code "$code"
}

sees() { # sees HOME ROW COLUMN VALUE
    good "$line" agent "$1" --json show "$2"
    got=$(sed -n "s/.*\"$3\":\(\[[^]]*\]\|\"[^\"]*\"\|[^,}]*\).*/\1/p" out | tr -d '[]"')
    want=$4
    [ "$want" = - ] && want= # show leaves out what is empty
    [ "$got" = "$want" ] || fail "$line: it is $got"
}

agrees() {
    good "$line" agent "$1" --json status
    [ "$(json agree <out)$(json pending <out)" = true0 ] || fail "$line: $(cat out)"
    good "$line" agent "$1" verify
}

visits() {
    good "$line" server --data srv pull --table visit
    got=$(sed -n 's/.*"table":"visit".*"id":"\([^"]*\)".*/\1/p' out | sort -u | wc -l)
    [ "$got" -eq "$1" ] || fail "$line: there are $got"
    [ "$(grep -c '"table":"visit"' out)" -eq "$1" ] || fail "$line: not each once"
}

one_line() { # a line of out has all the words
    for word; do
        grep -F -- "$word" out >rest || { fail "$line: nothing with $word: $(cat out)"; return; }
        mv rest out
    done
}

no_line() {
    for word; do
        grep -F -- "$word" out >rest
        mv rest out
    done
    [ ! -s out ] || fail "$line: $(cat out)"
}

ASAN_OPTIONS=${ASAN_OPTIONS:-}
while read -r who what rest; do
    line="$who $what $rest"
    words=$rest
    recall
    rest=$words
    # shellcheck disable=SC2086 # the words of a sentence
    case "$who $what" in
    ' ' | '#'*) ;;
    '笔记本 '*) enrol "$what" $rest ;;
    '单人本 '*) enrol_single "$what" "$rest" ;;
    '钟 '*) set_clock "$what" "$rest" ;;
    '断网 ') stop_server ;;
    '有网 ') start_server ;;
    '走访 共') visits "$rest" ;;
    '汇总 有')
        good "$line" server --data srv pull
        one_line $rest
        ;;
    '汇总 没有')
        good "$line" server --data srv pull
        no_line $rest
        ;;
    '服务器 做') good "$line" server --data srv $rest ;;
    '服务器 记有')
        good "$line" server --lang zh --data srv conflicts --all --json
        one_line $rest
        ;;
    '服务器 没有记录')
        good "$line" server --data srv conflicts --all --json
        [ ! -s out ] || fail "$line: $(cat out)"
        ;;
    *' 做') good "$line" agent "$who" $rest ;;
    *' 记下') remember "$who" $rest ;;
    *' 同步') good "$line" agent "$who" sync ;;
    *' 看到') sees "$who" $rest ;;
    *' 一致') agrees "$who" ;;
    *' 不成')
        want=${rest%% *}
        agent "$who" ${rest#* } >out 2>errors
        rc=$?
        [ "$rc" -eq "$want" ] || fail "$line: exit $rc"
        ;;
    *) fail "not a sentence: $line" ;;
    esac
done <"$STORY"
finish
