# Functions for Debian's source packages, from this machine's Debian mirrors but with separate package lists. Sourced by shell
# scripts, which first set lists to a folder.

# Updates the lists.
update_lists() {
    mkdir -p "$lists/lists/partial" "$lists/parts"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
        [ -e "$file" ] || continue
        sed 's/^Types: .*/Types: deb-src/; s/^deb /deb-src /' "$file" >"$lists/parts/$(basename "$file")"
    done
    on_lists apt-get -o APT::Update::Error-Mode=any -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 update -qq
}

# Runs apt-get or apt-cache on these lists.
on_lists() {
    command=$1
    shift
    "$command" -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$lists/parts" -o "Dir::State::Lists=$lists/lists" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}
