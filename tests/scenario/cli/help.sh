# What --help says and what the man pages say: the same commands with the same options, in both languages, and of the
# server's options those that its code takes.
ROOT=$(cd "$(dirname "$0")/../../.." && pwd)
. "$(dirname "$0")/lib.sh"
MAN=$ROOT/docs/man
COMMON='^(--home|--data|--json|--lang|--help|--version)$'

options() { grep -oE '(^|[^-a-z])(--[a-z][a-z-]*|-o)' | grep -oE -e '-.*' | grep -vE -e "$COMMON" | sort -u; }
# The head of a command's paragraphs: from "*command" to the line before the explanation, which begins with a tab.
heads() { awk -v c="$2" '/^# /{on = ($0 == "# COMMANDS")} on && /^\*/ {n = substr($0, 2); sub(/[* ].*/, "", n); if (n == c) print}' "$MAN/$1.1.scd" | sed 's/\\//g'; }
man_commands() { awk '/^# /{on = ($0 == "# COMMANDS")} on && /^\*/ {n = substr($0, 2); sub(/[* ].*/, "", n); print n}' "$MAN/$1.1.scd" | sort -u; }
help_commands() { "$BIN/$1" --lang en --help | sed -n 's/^  \([a-z][a-z]*\)  *[^ ].*/\1/p' | sort -u; }

# compare PROGRAM AGENT|"": the agent's --as is an option of every command, the server's is not.
compare() {
    help_commands "$1" >in_help
    man_commands "$1" >in_man
    [ -s in_help ] || fail "$1 --help names no commands"
    diff in_help in_man >differ || fail "$1: commands of --help (<) and of the man page (>): $(cat differ)"
    while read -r command; do
        for lang in en zh; do
            "$BIN/$1" --lang $lang "$command" --help >help 2>errors || fail "$1 $command --help: $(cat errors)"
            if [ "$1" = zhucun ]; then sed -n '1,/^options of every command:\|^每个命令都可用的选项：/p' help | options | grep -v '^--as$' >a
            else grep -v 'common options\|共用选项' help | options >a; fi
            heads "$1" "$command" | options | { [ "$1" = zhucun ] && grep -v '^--as$' || cat; } >b
            diff a b >differ || fail "$1 $command: options of --help in $lang (<) and of the man page (>): $(cat differ)"
        done
    done <in_help
}
compare zhucun
compare zhucun-server

# A server's --help is written by hand: every option that a command takes stands in some help. init's --store is taken
# only to say that there is none yet.
grep -ohE '\{"(--?[a-z-]+)", ARG_' "$ROOT"/server-stub/cli/*.c | grep -vE -e '"(--data|--json|--lang|--help|-h)"' | sed 's/{"//; s/".*//' | sort -u | grep -vxe --store >taken
[ -s taken ] || fail "no options found in the code"
while read -r command; do "$BIN/zhucun-server" --lang en "$command" --help; done <in_help | options >shown
diff taken shown >differ || fail "the server's options in the code (<) and in --help (>): $(cat differ)"

# ---- tables ----
for program in zhucun zhucun-server; do
    good "tables" "$BIN/$program" --lang en help tables
    grep -q 'clue .*线索 (clues)' out || fail "$program help tables: $(cat out)"
    for table in $(sed -n 's/^  \([a-z_]*\) .*/\1/p' out); do
        good "$program help $table" "$BIN/$program" --lang en help "$table"
        grep -q "^table $table " out || fail "$program help $table: $(cat out)"
    done
    good "by its label, in Chinese" "$BIN/$program" --lang zh help 线索
    grep -q 'decision .*认定结果：下列之一；由县确定' out || fail "$program help 线索: $(cat out)"
    grep -q '纳入监测 · 不纳入 · 回退监测' out || fail "$program help 线索, codes: $(cat out)"
    refused "no such table" 2 'no command or table "cleu"' "$BIN/$program" --lang en help cleu
done
good "what is a command and a table is told as both" server --lang en help order
grep -q 'usage: zhucun-server order' out && grep -q '^table order' out || fail "help order: $(cat out)"
finish
