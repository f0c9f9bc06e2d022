#!/bin/sh
# Builds the static libraries for the programs, against musl: build.sh FOLDER [ARCH]. They go to FOLDER/include and FOLDER/lib;
# sources and logs stay in FOLDER/src. Libraries that are already built are skipped. ARCH: another processor than this machine's,
# such as aarch64. Debian's cross compiler then builds musl as well, into FOLDER/musl.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/src" "$1/lib" "$1/include"
root=$(cd "$1" && pwd)
arch=${2:-$(uname -m)}
cross=
[ "$arch" = "$(uname -m)" ] || cross=$arch-linux-gnu-
export CC=musl-gcc
if [ -n "$cross" ]; then
    CC=$root/musl/bin/musl-gcc AR=$(command -v "${cross}ar") RANLIB=$(command -v "${cross}ranlib") || { echo "static/build.sh: ${cross}ar is missing" >&2; exit 1; }
    export AR RANLIB
fi
export CFLAGS="-O2 -ffunction-sections -fdata-sections -fPIE -fstack-protector-strong -ffile-prefix-map=$root/src=."
export CPPFLAGS="-I$root/include" LDFLAGS="-L$root/lib" PKG_CONFIG=false
jobs=$(nproc)
host=$arch-linux-musl

die() { echo "static/build.sh: $*" >&2; exit 1; }

# Downloads source packages; updates the package lists once per run, and only if needed.
lists=$root/src/.apt
. "$here/apt.sh"
rm -f "$lists/ready"
apt_source() {
    if [ ! -e "$lists/ready" ]; then
        update_lists || :
        touch "$lists/ready"
    fi
    on_lists apt-get source -qq --download-only "$@"
}

# Fetches the package's files; for an upstream package, only the .dsc and the upstream archive.
fetch_files() {
    if [ "$part" = upstream ]; then
        apt_source --dsc-only "$name=$version" && apt_source --tar-only "$name=$version"
    else
        apt_source "$name=$version"
    fi
}

# Unpacks the files that the .dsc names. Each must match its checksum there: dpkg-source checks them; for an upstream package,
# this function does.
unpack() {
    if [ "$part" = upstream ]; then
        archive=$(echo "${dsc%-*}".orig.tar.*)
        sed -n '/^Checksums-Sha256:/,/^[^ ]/p' "$dsc" | awk -v f="$archive" '$3 == f {print $1 "  " f}' | sha256sum --check --quiet &&
            mkdir "$name" && tar -xf "$archive" -C "$name" --strip-components=1
    else
        dpkg-source --extract "$dsc" "$name"
    fi
}

# The names of files leave out the epoch, as in 1:1.2.13.
name_dsc() { echo "${name}_${version#*:}.dsc"; }

has_older() { grep -q "^$1 .* older\$" "$here/sources"; }

# Fetches a package's files; returns 1 if they are not available. If there is an older version, it is tried only once a day.
fetch() {
    name=$1 version=$2 part=$3
    cd "$root/src" || return
    dsc=$(name_dsc)
    [ ! -e "$dsc" ] || return 0
    if has_older "$name" && [ -n "$(find . -maxdepth 1 -name "$name-$version.missing" -mtime -1)" ]; then return 1; fi
    fetch_files >"$name-$version.fetch.log" 2>&1 || { rm -f "$dsc"; touch "$name-$version.missing"; return 1; }
}

# Unpacks a package into src/NAME.
take_out() {
    name=$1 version=$2 sum=$3 part=$4
    cd "$root/src"
    dsc=$(name_dsc)
    echo "$sum  $dsc" | sha256sum --check --quiet || die "$dsc is not what static/sources says"
    rm -rf "$name"
    unpack >"$name.unpack.log" 2>&1 || die "$dsc: its files are not what it says: see $root/src/$name.unpack.log"
    # Patches change files from which configure is generated; these times prevent generating it again.
    find "$name" -exec touch -h -d 2001-01-01 {} +
    find "$name" -name aclocal.m4 -exec touch -d 2002-01-01 {} +
    find "$name" \( -name configure -o -name '*.in' \) -exec touch -d 2003-01-01 {} +
}

# The steps below are joined with &&, because within a condition the shell does not stop at an error.

with_cmake() {
    from=$1
    shift
    cmake -S "$from" -B static-build -DCMAKE_INSTALL_PREFIX="$root" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_BUILD_TYPE= ${cross:+-DCMAKE_SYSTEM_NAME=Linux "-DCMAKE_SYSTEM_PROCESSOR=$arch" "-DCMAKE_AR=$AR" "-DCMAKE_RANLIB=$RANLIB"} "$@" &&
        cmake --build static-build -j"$jobs" && cmake --install static-build
}

# With its own compiler's optimisation: code for the C library must not rely on the C library.
build_musl() {
    CC=${cross}gcc CPPFLAGS='' LDFLAGS='' ./configure --target="$host" --prefix="$root/musl" --disable-shared --enable-wrapper=gcc &&
        make -j"$jobs" && make install
}

# The programs refuse DTDs, so support for them is left out.
build_expat() {
    with_cmake expat -DEXPAT_DTD=OFF -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_TOOLS=OFF -DEXPAT_BUILD_EXAMPLES=OFF -DEXPAT_BUILD_TESTS=OFF
}

build_json_c() {
    with_cmake . -DBUILD_TESTING=OFF -DBUILD_APPS=OFF -DDISABLE_EXTRA_LIBS=ON -DBUILD_STATIC_LIBS=ON -DHAVE_USELOCALE= -DHAVE_SETLOCALE=
}

build_qrencode() {
    with_cmake . -DWITH_TOOLS=NO -DWITHOUT_PNG=YES
}

build_zlib() {
    ./configure --static --prefix="$root" && make -j"$jobs" libz.a && cp libz.a "$root/lib/" && cp zlib.h zconf.h "$root/include/"
}

build_libpng1_6() {
    with_cmake . -DPNG_SHARED=OFF -DPNG_TESTS=OFF -DPNG_EXECUTABLES=OFF -DPNG_HARDWARE_OPTIMIZATIONS=OFF \
        -DZLIB_LIBRARY="$root/lib/libz.a" -DZLIB_INCLUDE_DIR="$root/include"
}

# Without assembly, which takes another compiler. It needs the whole path.
build_libjpeg_turbo() {
    with_cmake . -DCMAKE_INSTALL_LIBDIR="$root/lib" -DENABLE_SHARED=OFF -DENABLE_STATIC=ON -DWITH_SIMD=OFF -DWITH_TURBOJPEG=OFF
}

# Uses the x25519 implementation included in Mbed TLS, which is fast on 64-bit processors. lib/host/http.c looks up the
# certificate authority that it needs, so that not all are loaded.
build_mbedtls() {
    python3 scripts/config.py unset MBEDTLS_ECDH_LEGACY_CONTEXT &&
        python3 scripts/config.py set MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED &&
        python3 scripts/config.py set MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK &&
        python3 scripts/config.py set MBEDTLS_AES_ROM_TABLES &&
        make -j"$jobs" -C library static CC="$CC" CFLAGS="$CFLAGS" WARNING_CFLAGS= &&
        cp library/libmbed*.a "$root/lib/" && cp -r include/mbedtls include/psa 3rdparty/everest/include/everest "$root/include/"
}

# Only an HTTP client: no proxies, no cookies, no other protocol.
build_curl() {
    ./configure --host="$host" --prefix="$root" --disable-shared --enable-static \
            --with-mbedtls="$root" --without-ca-bundle --without-ca-path --without-zlib --without-brotli \
            --without-zstd --without-libpsl --without-libidn2 --without-nghttp2 --without-librtmp \
            --without-libssh2 --disable-alt-svc --disable-ares --disable-cookies --disable-crypto-auth \
            --disable-dateparse --disable-dict --disable-dnsshuffle --disable-doh --disable-file --disable-ftp \
            --disable-get-easy-options --disable-gopher --disable-hsts --disable-imap --disable-ldap \
            --disable-ldaps --disable-libcurl-option --disable-manual --disable-mqtt \
            --disable-netrc --disable-ntlm --disable-ntlm-wb --disable-pop3 --disable-progress-meter \
            --disable-proxy --disable-rtsp --disable-smb --disable-smtp --disable-sspi --disable-telnet \
            --disable-tftp --disable-threaded-resolver --disable-tls-srp --disable-unix-sockets \
            --disable-websockets &&
        make -j"$jobs" -C lib && make -C lib install && make -C include install
}

# Only the client without TLS; the programs use its parser of replies. Its own optimisation and debugging flags are left out.
build_hiredis() {
    make -j"$jobs" static CC="$CC" AR="${AR:-ar}" OPTIMIZATION= DEBUG_FLAGS= && cp libhiredis.a "$root/lib/" &&
        mkdir -p "$root/include/hiredis" && cp hiredis.h read.h sds.h alloc.h "$root/include/hiredis/"
}

# For the tests.
build_cmocka() {
    with_cmake . -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF -DWITH_STATIC_LIB=ON -DPICKY_DEVELOPER=OFF
}

# The lines of static/sources that are built here: musl only for another processor, cmocka only for this one.
wanted() { grep -v '^#' "$here/sources" | if [ -n "$cross" ]; then grep -v '^cmocka '; else grep -v ' cross$'; fi; }

# Another version of this file rebuilds everything.
recipe=$(sha256sum <"$here/build.sh" | cut -c1-12)
missing=
wanted | while read -r name version sum part; do
    [ "$part" != older ] || [ "$missing" = "$name" ] || continue
    [ "$(cat "$root/src/$name.done" 2>/dev/null)" != "$version $recipe" ] || continue
    if ! (fetch "$name" "$version" "$part"); then
        log=$root/src/$name-$version.fetch.log
        has_older "$name" && [ "$part" != older ] || die "$name $version cannot be fetched: see $log"
        echo "static: WARNING: $name $version cannot be fetched (see $log): an older version takes its place"
        missing=$name
        continue
    fi
    echo "static: $name $version"
    rm -f "$root/src/$name.done"
    (take_out "$name" "$version" "$sum" "$part")
    (cd "$root/src/$name" && "build_$(echo "$name" | tr .- __)") >"$root/src/$name.log" 2>&1 </dev/null ||
        { tail -n 15 "$root/src/$name.log" >&2; die "$name does not build; all of it: $root/src/$name.log"; }
    echo "$version $recipe" >"$root/src/$name.done"
done

# The versions now in the programs.
{
    for name in $(wanted | cut -d ' ' -f 1 | awk '!seen[$0]++'); do
        echo "$name $(cut -d ' ' -f 1 "$root/src/$name.done")"
    done
    if [ -z "$cross" ]; then
        musl=$(dpkg-query -W -f '${Version}' musl-dev 2>/dev/null) ||
            musl=$(find /lib /usr/lib -name 'ld-musl-*.so.1' 2>/dev/null | head -n 1 | xargs -r sh -c '"$0" 2>&1 | sed -n "s/^Version //p"')
        echo "musl $musl"
    fi
} >"$root/versions"

# Linking: static, but at a random address, which musl-gcc itself cannot combine.
if [ -n "$cross" ]; then specs=$root/musl/lib/musl-gcc.specs; else specs=$(find /usr/lib* /usr/local/lib -name musl-gcc.specs 2>/dev/null | head -n 1); fi
[ -n "$specs" ] || die "musl-gcc.specs is missing (package musl-tools)"
sed 's|Scrt1\.o|rcrt1.o|; s|-dynamic-linker [^ ]* -nostdlib|-static -pie --no-dynamic-linker -z text -nostdlib|' \
    "$specs" >"$root/static-pie.specs"
