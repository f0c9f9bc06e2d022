#include "host/sandbox.h"

#ifdef WECHAT_NO_SANDBOX

unsigned
sandbox_enter(const struct sandbox *sandbox)
{
        (void)sandbox;
        return 0;
}

unsigned
sandbox_enter_alone(void)
{
        return 0;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/seccomp.h"

/* ---- landlock: linux/landlock.h, which musl does not have and older hosts have in part ---- */

enum {
        CREATE_RULESET = 444, /* the same on every processor */
        ADD_RULE = 445,
        RESTRICT_SELF = 446,
        RULESET_VERSION = 1,
        RULE_PATH = 1,
        RULE_PORT = 2
};

enum {
        FS_READ_FILE = 1 << 2,
        FS_READ_FOLDER = 1 << 3,
        /* Write, remove and make files, make folders and remove empty ones. */
        FS_WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8,
        FS_REPLACE = 1 << 1 | 1 << 5 | 1 << 8, /* write, remove and make files */
        FS_TRUNCATE = 1 << 14,
        FS_READ = FS_READ_FILE | FS_READ_FOLDER,
        NET_CONNECT = 1 << 1,
        DNS_PORT = 53
};

struct ruleset {
        uint64_t files;
        uint64_t ports;
        uint64_t scopes;
};

struct path_rule {
        uint64_t access;
        int32_t folder;
} __attribute__((packed));

struct port_rule {
        // cppcheck-suppress unusedStructMember ; the kernel reads it
        uint64_t access;
        // cppcheck-suppress unusedStructMember ; the kernel reads it
        uint64_t port;
};

/* All that a version of Landlock can forbid. */
static struct ruleset
everything(long version)
{
        struct ruleset all = {.files = (1 << 13) - 1};

        if (version >= 2)
                all.files |= 1 << 13; /* moving to another folder */
        if (version >= 3)
                all.files |= FS_TRUNCATE;
        if (version >= 4)
                all.ports = 3; /* bind and connect */
        if (version >= 5)
                all.files |= 1 << 15; /* devices' ioctl */
        if (version >= 6)
                all.scopes = 3; /* abstract sockets and signals, to other processes */
        return all;
}

/* Files that the C library and libcurl read to resolve a name and to check a certificate. The last
 * ones are for name services in libraries of their own. */
static const char *const network_files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
    "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/certs",
    "/etc/pki/tls/cert.pem", "/etc/pki/tls/openssl.cnf", "/etc/pki/ca-trust/extracted",
    "/etc/crypto-policies", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
    "/var/lib/ca-certificates", "/dev/urandom", "/proc/sys/crypto/fips_enabled",
#ifdef __GLIBC__
    "/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64"
#endif
};

/* Allows these accesses to a file, or below a folder. */
static int
allow(int rules, const struct ruleset *all, int file, uint64_t access)
{
        struct path_rule rule = {access & all->files, file};

        return syscall(ADD_RULE, rules, RULE_PATH, &rule, 0) == 0 ? 0 : -1;
}

/* As above, by name; only a folder can be written. A missing file stays out of reach. */
static int
allow_access(int rules, const struct ruleset *all, const char *path, uint64_t write)
{
        int file = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC), result;
        struct stat st;

        if (file < 0)
                return 0;
        result = fstat(file, &st) != 0 ? -1
                                       : allow(rules, all, file,
                                             S_ISDIR(st.st_mode) ? FS_READ | write : FS_READ_FILE);
        close(file);
        return result;
}

static int
allow_path(int rules, const struct ruleset *all, const char *path)
{
        return allow_access(rules, all, path, 0);
}

static int
allow_folders(int rules, const struct ruleset *all, const struct sandbox *sandbox)
{
        const char *const *folder = sandbox->folders;

        for (; folder != NULL && *folder != NULL; folder++)
                if (allow_access(rules, all, *folder, FS_REPLACE) != 0)
                        return -1;
        return 0;
}

/* Read by the C library if getrandom() fails, for expat's hashes: otherwise it aborts. */
static int
allow_random(int rules, const struct ruleset *all)
{
        return allow_path(rules, all, "/dev/random") != 0 ||
                       allow_path(rules, all, "/dev/urandom") != 0
                   ? -1
                   : 0;
}

static int
allow_state(int rules, const struct ruleset *all, const struct sandbox *sandbox)
{
        if (sandbox->state < 0)
                return 0;
        if ((sandbox->needs & SANDBOX_WRITE_STATE) != 0)
                return allow(rules, all, sandbox->state, FS_READ | FS_WRITE | FS_TRUNCATE);
        return (sandbox->needs & SANDBOX_READ_STATE) != 0
                   ? allow(rules, all, sandbox->state, FS_READ)
                   : 0;
}

static int
allow_port(int rules, const struct ruleset *all, uint64_t port)
{
        struct port_rule rule = {NET_CONNECT, port};

        return all->ports == 0 || syscall(ADD_RULE, rules, RULE_PORT, &rule, 0) == 0 ? 0 : -1;
}

static int
allow_stores(int rules, const struct ruleset *all, const int *stores)
{
        for (; *stores > 0; stores++)
                if (allow_port(rules, all, (uint64_t)*stores) != 0)
                        return -1;
        return 0;
}

/* Returns the port of an origin: https://host, http://[::1]:8008. */
static uint64_t
port_of(const char *origin)
{
        const char *colon = strrchr(origin, ':');

        if (colon > strchr(origin, ':') && colon[1 + strspn(colon + 1, "0123456789")] == '\0')
                return strtoull(colon + 1, NULL, 10);
        return strncmp(origin, "https:", 6) == 0 ? 443 : 80;
}

static int
allow_origins(int rules, const struct ruleset *all, const struct sandbox *sandbox)
{
        const char *const *origin = sandbox->origins;

        for (; origin != NULL && *origin != NULL; origin++)
                if (allow_port(rules, all, port_of(*origin)) != 0)
                        return -1;
        return 0;
}

static int
allow_network(int rules, const struct ruleset *all, const struct sandbox *sandbox)
{
        for (size_t i = 0; i < sizeof(network_files) / sizeof(network_files[0]); i++)
                if (allow_path(rules, all, network_files[i]) != 0)
                        return -1;
        if (*sandbox->ca_file != '\0' && allow_path(rules, all, sandbox->ca_file) != 0)
                return -1;
        if ((sandbox->needs & SANDBOX_SITE) != 0 &&
            allow_port(rules, all, port_of(sandbox->site_url)) != 0)
                return -1;
        if ((sandbox->needs & SANDBOX_PROGRAMS) != 0 && allow_origins(rules, all, sandbox) != 0)
                return -1;
        return allow_port(rules, all, port_of(sandbox->api_url)) != 0 ||
                       allow_port(rules, all, DNS_PORT) != 0
                   ? -1
                   : 0;
}

/* Rules for all that the kernel can forbid, which *all then says. Some Red Hat kernels report a
 * version and refuse its new features (EINVAL): ask for less until they accept. */
static int
new_rules(struct ruleset *all)
{
        long version = syscall(CREATE_RULESET, NULL, 0, RULESET_VERSION);
        int rules = -1;

        errno = 0;
        for (; version >= 1 && rules < 0 && (errno == 0 || errno == EINVAL); version--) {
                *all = everything(version);
                rules = (int)syscall(CREATE_RULESET, all, sizeof(*all), 0);
        }
        return rules;
}

/* If one rule cannot be added, use none: something that the program needs would be out of reach. */
static int
restrict_files(const struct sandbox *sandbox)
{
        struct ruleset all;
        int rules = new_rules(&all), result = -1;

        if (rules < 0)
                return -1;
        if ((sandbox->needs & SANDBOX_PAGES) != 0 &&
            allow_path(rules, &all, sandbox->html_dir) != 0)
                goto out;
        if (allow_state(rules, &all, sandbox) != 0)
                goto out;
        if ((sandbox->needs & SANDBOX_PRIVATE_FILES) != 0 && *sandbox->private_dir != '\0' &&
            allow_path(rules, &all, sandbox->private_dir) != 0)
                goto out;
        if ((sandbox->needs & SANDBOX_FILES) != 0 && allow_folders(rules, &all, sandbox) != 0)
                goto out;
        if ((sandbox->needs & SANDBOX_WRITE_STATE) != 0 && allow_random(rules, &all) != 0)
                goto out;
        if (allow_stores(rules, &all, sandbox->stores) != 0)
                goto out;
        if ((sandbox->needs & SANDBOX_NETWORK) != 0 && allow_network(rules, &all, sandbox) != 0)
                goto out;
        result = syscall(RESTRICT_SELF, rules, 0) == 0 ? 0 : -1;
out:
        close(rules);
        return result;
}

unsigned
sandbox_enter(const struct sandbox *sandbox)
{
        unsigned missing = 0, purposes = 0;

        if ((sandbox->needs & SANDBOX_WRITE_STATE) != 0)
                purposes |= SECCOMP_WRITE;
        if ((sandbox->needs & SANDBOX_NETWORK) != 0)
                purposes |= SECCOMP_NETWORK;
        if ((sandbox->needs & SANDBOX_GO_ON) != 0)
                purposes |= SECCOMP_FORK;
        if ((sandbox->needs & SANDBOX_PRIVATE_FILES) != 0)
                purposes |= SECCOMP_FOLDERS;
        if ((sandbox->needs & SANDBOX_FILES) != 0)
                purposes |= SECCOMP_MODES;
        if (sandbox->stores[0] != 0)
                purposes |= sandbox->stores[0] == SANDBOX_STORE_SOCKET ? SECCOMP_STORE_SOCKET
                                                                       : SECCOMP_STORE;
        if ((sandbox->needs & SANDBOX_SERVE) != 0)
                purposes |= SECCOMP_SERVE;
        if ((sandbox->needs & (SANDBOX_SERVE | SANDBOX_PROGRAMS)) != 0)
                purposes |= SECCOMP_NAMES;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
                return SANDBOX_NO_LANDLOCK | SANDBOX_NO_FILTER;
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no debugger of the same user */
        if (restrict_files(sandbox) != 0)
                missing |= SANDBOX_NO_LANDLOCK;
        if (!sandbox->files_only && seccomp_restrict(purposes) != 0)
                missing |= SANDBOX_NO_FILTER;
        return missing;
}

/* A limit that the host has set lower stays. */
static void
limit(int resource, rlim_t most)
{
        struct rlimit now;

        if (getrlimit(resource, &now) != 0 || now.rlim_cur < most)
                return;
        now.rlim_cur = now.rlim_max = most;
        setrlimit(resource, &now);
}

unsigned
sandbox_enter_alone(void)
{
        const struct sandbox nothing = {.state = -1, .files_only = true};
        unsigned missing = sandbox_enter(&nothing);

        limit(RLIMIT_AS, SANDBOX_ALONE_MEMORY_MAX);
        limit(RLIMIT_CPU, SANDBOX_ALONE_SECONDS_MAX);
        limit(RLIMIT_CORE, 1); /* core(5): piped core files ignore a limit of 0 */
        if (seccomp_restrict(SECCOMP_ALONE) != 0)
                missing |= SANDBOX_NO_FILTER;
        return missing;
}

#endif
