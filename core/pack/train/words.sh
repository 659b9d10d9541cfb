#!/bin/sh
# Derives words.tsv (word, frequency, part of speech) from the dictionary of the npm package @node-rs/jieba (MIT),
# and chars.txt from GB 2312 itself (first level on line 1, second level on line 2).
#   npm pack @node-rs/jieba && tar xzf node-rs-jieba-*.tgz && sh words.sh package/dict.txt
# Needs awk, sort, iconv. Names of people, places and bodies are left out: they are somebody else's news.
set -eu
LC_ALL=C
export LC_ALL
here=$(dirname "$0")
awk '{
    n = length($1)
    if ($1 !~ /^([\344-\351][\200-\277][\200-\277])+$/ || n > 12 || $2 < 1) next
    if (n > 3 && $3 ~ /^n[rstz]/) next
    if (n == 3 || (n == 6 && $2 >= 120) || (n > 6 && $2 >= 200)) print $1 "\t" $2 "\t" $3
}' "$1" | sort -t '	' -k2,2nr -k1,1 >"$here/words.tsv"
rows() { # first row, last row of GB 2312; row 55 ends five cells early
    awk -v a="$1" -v b="$2" 'BEGIN {
        for (r = a; r <= b; r++)
            for (c = 1; c <= 94; c++)
                if (!(r == 55 && c > 89)) printf "%c%c", r + 160, c + 160
    }' | iconv -f GB2312 -t UTF-8
    echo
}
{ rows 16 55; rows 56 87; } >"$here/chars.txt"
