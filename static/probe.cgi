#!/bin/sh
# Reports whether the programs arrived undamaged and can run here. As a text file, it survives an upload that damages programs.
# Open it in a browser, read the report, and delete it from the host.
LC_ALL=C PATH=${PATH:-/usr/bin:/bin}
export LC_ALL PATH
processor=@processor@
script=${SCRIPT_FILENAME:-$0}
cd "${script%/*}" 2>/dev/null || :

printf 'Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n\r\n'

here=$(uname -m)
if [ "$here" = "$processor" ]; then
    echo "processor: $here: good"
else
    echo "processor: $here, the programs are for $processor: BAD: take the archive for $here / 程序不适合这台主机的处理器"
fi
[ "$(uname -s)" = Linux ] || echo "system: $(uname -s): BAD: the programs run on Linux only / 只能在 Linux 上运行"
echo "runs as: $(id)"
about() { ls -ldn "$1" | awk '{ print $1, "owner", $3, "group", $4, $5, "bytes" }'; }
# suEXEC refuses programs and folders that others may write.
check_mode() {
    case $(ls -ldn "$1") in
        ?????w* | ????????w*) echo " BAD: others may write it: chmod 755 / 权限应为 755" ;;
    esac
    [ -x "$1" ] || echo " BAD: it cannot be run: chmod 755 / 权限应为 755"
}
echo "folder: $(about .)$(check_mode .)"

# The checksum of a file.
sum_of() { sha256sum <"$1" 2>/dev/null | cut -d ' ' -f 1; }
if [ -z "$(sum_of "${script##*/}")" ]; then
    echo "checksums: this host has no sha256sum: compare the sizes with the archive's"
    sum_of() { :; }
elif [ ! -r SHA256SUMS ]; then
    echo "checksums: SHA256SUMS is missing: upload it beside the programs / 请把 SHA256SUMS 也上传到这里"
fi
for file in *.cgi; do
    sum=$(sum_of "$file")
    wanted=$(tr -d '\r' 2>/dev/null <SHA256SUMS | awk -v name="$file" '$2 == name { print $1 }')
    state=
    if [ -n "$sum" ] && [ -n "$wanted" ]; then
        state=good
        [ "$sum" = "$wanted" ] || state="BAD: not as in the archive: upload it again in binary mode / 文件已损坏：请用二进制方式重新上传"
    fi
    echo "$file: $(about "$file") ${sum:--} $state$(check_mode "$file")"
done
if [ -r SHA256SUMS ]; then
    tr -d '\r' <SHA256SUMS | while read -r sum file; do
        [ -e "$file" ] || echo "$file: BAD: missing / 缺少此文件"
    done
fi
