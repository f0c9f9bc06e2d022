#!/bin/sh
# Builds the pages: build.sh OUTDIR [SOURCEDIR]; SOURCEDIR is this folder unless given. Each page is the layout with the page's body, title and style
# put in. The style is what the page uses of WeUI (npm package weui) and then of style.css. npm asks the network only for what its
# cache does not have; where it cannot get WeUI, the style is all of style.css and plain.css, and a line says why. A source archive
# (make dist) has the styles in SOURCEDIR/weui, and needs no npm; WECHAT_KEEP_STYLES=FOLDER puts them there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=$1
source=$(cd "${2:-$here}" && pwd)
mkdir -p "$out/words"
out=$(cd "$out" && pwd)
node_folder=${WECHAT_NODE_FOLDER:-$out-node}
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT

# What editors on Windows add: a byte order mark, CR LF, 0x1A at the end.
added="1s/^$(printf '\357\273\277')//; s/$(printf '\r')\$//; s/$(printf '\032')\$//; \${/^\$/d; }"

# Copies the files into the folder $1, without what was added.
copy_plain() {
    into=$1
    shift
    mkdir -p "$into"
    for file in "$@"; do
        LC_ALL=C sed "$added" "$file" >"$into/$(basename "$file")"
    done
}
copy_plain "$work/kit" "$here/layout.html"
copy_plain "$work/kit/parts" "$here"/parts/*.html
copy_plain "$work/pages" "$source"/*.html
copy_plain "$work/words" "$source"/words/*.txt

# npm ci, unless what is there is of this very lock file. Where it fails, $why says why and what to do.
fetch_weui() {
    for tool in node npm; do
        command -v "$tool" >/dev/null 2>&1 || { why="$tool is not installed; install it, then run 'make clean all'"; return 1; }
    done
    cmp -s "$here/package-lock.json" "$node_folder/.installed" && return 0
    mkdir -p "$node_folder"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$node_folder/"
    if ! (cd "$node_folder" && npm ci --prefer-offline --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then
        why="npm's cache lacks packages and npm could not download them ($node_folder/npm.log); run 'make clean all' where there is network"
        return 1
    fi
    cp "$here/package-lock.json" "$node_folder/.installed"
}

# The style sheet on standard input, without comments and needless blanks.
squeeze() {
    awk '{ text = text $0 " " }
         END { while (match(text, /\/\*[^*]*\*+([^\/*][^*]*\*+)*\//))
                   text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
               gsub(/[ \t]+/, " ", text); gsub(/ ?[{};] ?/, "&", text)
               gsub(/ \{ /, "{", text); gsub(/; \}/, "}", text); gsub(/; /, ";", text)
               gsub(/\{ /, "{", text); gsub(/ \}/, "}", text); gsub(/\} /, "}", text)
               print text }'
}

# The page of file $1 with its lines @name@ replaced by parts/name.html.
include() {
    awk -v parts="$work/kit/parts/" '
        /^@[a-z]+@$/ { file = parts substr($0, 2, length($0) - 2) ".html"
                       if ((getline line < file) <= 0) { print FILENAME ": there is no " file >"/dev/stderr"; exit 1 }
                       do print line; while ((getline line < file) > 0)
                       close(file); next }
        { print }' "$1"
}

# Page $1 into $work: the layout's @title@, @style@ and @body@ filled.
assemble() {
    awk -v style="$work/style" -v body="$work/body" -v title="$2" '
        /^@style@$/ { while ((getline line < style) > 0) print line; next }
        /^@body@$/ { while ((getline line < body) > 0) print line; next }
        { at = index($0, "@title@")
          if (at) $0 = substr($0, 1, at - 1) title substr($0, at + 7)
          print }' "$work/kit/layout.html" >"$work/$1.html"
}

pages=
for page in "$work"/pages/*.html; do
    name=$(basename "$page" .html)
    [ "$name" = layout ] && continue
    pages="$pages $name"
    include "$page" >"$work/$name.page"
    cat "$work/kit/layout.html" "$work/$name.page" >"$work/$name.source"
done

styles=$here/style.css
[ "$source" = "$here" ] || styles=$styles,$source/style.css

# Whatever the style of page $1 is made of, as a line for the list of a source archive.
made_from() {
    echo "$(echo "$styles" | tr ',' '\n' | xargs cat "$here/package-lock.json" "$here/purge.mjs" "$work/$1.source" | sha256sum | cut -d ' ' -f 1)  $1"
}

# Whether the styles of a source archive are those of these pages; if not, $changed names them.
are_kept() {
    [ -f "$source/weui/made-from" ] || return 1
    changed=
    for name in $pages; do
        made_from "$name" | grep -qxFf - "$source/weui/made-from" || changed="$changed $name.html"
    done
    [ -z "$changed" ]
}

use_kept() {
    for name in $pages; do
        [ ! -f "$source/weui/$name.css" ] || cp "$source/weui/$name.css" "$work/$name.source.css"
    done
}

why="html/purge.mjs failed, as it says above"
if are_kept; then
    use_kept
elif fetch_weui && (cd "$work" && node "$here/purge.mjs" "$node_folder" "$styles" ./*.source); then
    :
elif [ -f "$source/weui/made-from" ]; then
    rm -f "$work"/*.css
    use_kept
    echo "pages: changed since the archive was made, with the style that it has for them:$changed: $why"
else
    rm -f "$work"/*.css
    echo "pages: built without WeUI, in plainer dress: $why"
fi
if [ -n "${WECHAT_KEEP_STYLES:-}" ]; then
    mkdir -p "$WECHAT_KEEP_STYLES"
    for name in $pages; do
        cp "$work/$name.source.css" "$WECHAT_KEEP_STYLES/$name.css"
        made_from "$name"
    done >"$WECHAT_KEEP_STYLES/made-from"
fi

for name in $pages; do
    title=$(sed -n '1s/^<!-- title: \(.*\) -->$/\1/p' "$work/$name.page")
    [ -n "$title" ] || { echo "$source/$name.html: the first line must be <!-- title: … -->" >&2; exit 1; }
    sed 1d "$work/$name.page" >"$work/body"
    if [ -f "$work/$name.source.css" ]; then
        cat "$work/$name.source.css"
    else
        squeeze <"$here/style.css"
        squeeze <"$here/plain.css"
        [ "$source" = "$here" ] || squeeze <"$source/style.css"
    fi >"$work/style"
    assemble "$name" "$title"
    chmod 644 "$work/$name.html"
    mv "$work/$name.html" "$out/$name.html"
done
for words in "$work"/words/*.txt; do
    mv "$words" "$out/words/"
done
