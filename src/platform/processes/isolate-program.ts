/**
 * Confines a program on this machine: no network, and no process, file or socket but its own. Returns a command line that does
 * so. Each kind of isolation is tried once before it is used.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import type { NamedProgram } from './named-programs.ts'

/**
 * `bwrap` (bubblewrap) and `unshare` (util-linux, with a root folder of its own): the program has no network, sees no other
 * process, and reads only /usr and the named files; /tmp and /dev/shm are memory that is freed when it ends. `shared-files`
 * (`unshare` where nothing may be mounted): no network and no other process, but all files and unix sockets that Seloste's
 * account can open. `none`: no isolation, as outside Linux.
 */
export type Isolation = 'bwrap' | 'unshare' | 'shared-files' | 'none'

const system = [
  ...['/bin', '/sbin', '/lib', '/lib32', '/lib64'],
  ...['/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives'],
]

/** One byte: no core file is that small, and no collector of crashes is started (core(5)). */
const noCore = ['prlimit', '--core=1:1']

const bwrap = [
  ...[...noCore, 'bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
  ...['--ro-bind', '/usr', '/usr', ...system.flatMap((path) => ['--ro-bind-try', path, path])],
  ...['--dev', '/dev', '--tmpfs', '/dev/shm', '--tmpfs', '/tmp', '--chdir', '/'],
]

const ownProc = ['--proc', '/proc']
/** If a part of /proc is covered, as in a systemd unit with ProtectKernelTunables, the kernel allows no new /proc. */
const sharedProc = ['--ro-bind', '/proc', '/proc']

const separateNamespaces = ['--net', '--ipc', '--pid', '--fork', '--kill-child']
const unshare = [...noCore, 'unshare', '--user', '--map-root-user', '--mount', ...separateNamespaces]
const sharedFiles = [...noCore, 'unshare', '--user', '--map-current-user', ...separateNamespaces]

/**
 * Does the work of bubblewrap in a shell: a root in memory, with /usr and the named paths bound into it read-only. The old root
 * is gone before the program starts, and with it every right of the namespace. Arguments: pairs of a real path and its path
 * inside, `--`, the program.
 */
const ownRoot = `set -e
PATH=/usr/bin:/bin:/usr/sbin:/sbin
show() {
  mkdir -p "$(dirname "./$2")"
  if [ -d "$1" ]; then mkdir -p "./$2"; else : > "./$2"; fi
  mount --rbind "$1" "./$2"
  mount -o "remount,bind,ro,nosuid,nodev$3" "./$2"
}
mount -t tmpfs -o mode=0755,nosuid,nodev seloste /tmp
cd /tmp
mkdir old tmp dev dev/shm proc
for path in /usr ${system.join(' ')}; do
  if [ -L "$path" ]; then ln -s "$(readlink "$path")" ".$path"
  elif [ -e "$path" ]; then show "$path" "$path" ''
  fi
done
for device in null zero full random urandom; do : > "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
ln -s /proc/self/fd dev/fd
for stream in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/\${stream#*:}" "dev/\${stream%:*}"; done
mount -t proc -o nosuid,nodev,noexec proc proc 2>/dev/null || show /proc proc ,noexec
pivot_root . old
while [ "$1" != -- ]; do show "old$1" "$2" ''; shift 2; done
shift
umount -l old
rmdir old
cd /
export PATH=/usr/bin:/bin
exec setpriv --no-new-privs --bounding-set -all --inh-caps -all -- "$@"`

let tried: Promise<Isolation> | undefined
let triedProc: Promise<readonly string[]> | undefined

/** Returns the strongest isolation that works here. */
export function findIsolation(): Promise<Isolation> {
  return (tried ??= tryEach())
}

async function tryEach(): Promise<Isolation> {
  const nothing = { program: '/bin/true' }
  for (const isolation of ['bwrap', 'unshare', 'shared-files'] as const) {
    if (await works(await commandFor(nothing, isolation))) return isolation
  }
  return 'none'
}

/** Returns true if a command succeeds. */
async function works([command, ...args]: readonly string[]): Promise<boolean> {
  try {
    const child = spawn(command!, args, { stdio: 'ignore' })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code === 0
  } catch {
    // The isolating program is not installed.
    return false
  }
}

async function findProc(): Promise<readonly string[]> {
  return (await works([...bwrap, ...ownProc, '--', '/bin/true'])) ? ownProc : sharedProc
}

/** Returns the isolated command with its arguments. */
export async function commandFor(
  program: Pick<NamedProgram, 'program' | 'arguments' | 'files' | 'folders'>,
  isolation: Isolation,
): Promise<[string, ...string[]]> {
  const own: [string, ...string[]] = [program.program, ...(program.arguments ?? [])]
  if (isolation === 'none') return own
  if (isolation === 'shared-files') return [sharedFiles[0]!, ...sharedFiles.slice(1), '--', ...own]
  const paths = [program.program, ...(program.files ?? []).map(({ path }) => path), ...(program.folders ?? [])]
  const unseen = [...new Set(paths)].filter((path) => !['/usr', ...system].some((seen) => path.startsWith(`${seen}/`)))
  const shown = await Promise.all(unseen.map(async (path) => [await realpath(path), path]))
  if (isolation === 'unshare') {
    return [unshare[0]!, ...unshare.slice(1), '--', '/bin/sh', '-c', ownRoot, 'sh', ...shown.flat(), '--', ...own]
  }
  const binds = shown.flatMap(([real, path]) => ['--ro-bind', real!, path!])
  return [bwrap[0]!, ...bwrap.slice(1), ...(await (triedProc ??= findProc())), ...binds, '--', ...own]
}
