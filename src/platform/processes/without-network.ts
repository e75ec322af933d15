/**
 * How a program is kept from the network on this machine. In: a program. Out: a command line that runs it so. Never here: a claim that
 * was not tried: each means is tried once before it is relied on.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import type { NamedProgram } from './named-programs.ts'

/**
 * `bwrap` (bubblewrap): no network, no process but its own, of the files only /usr, its own and those that were named, none of
 * them to write. `unshare` (util-linux): no network, no process but its own; it may read and write what Seloste's account may.
 * `none`: neither is there, as outside Linux.
 */
export type Isolation = 'bwrap' | 'unshare' | 'none'

const system = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d']

const bwrap = [
  ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
  ...['--ro-bind', '/usr', '/usr', ...system.flatMap((path) => ['--ro-bind-try', path, path])],
  ...['--ro-bind-try', '/etc/alternatives', '/etc/alternatives', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
  ...['--chdir', '/'],
]

const unshare = ['unshare', '--user', '--map-current-user', '--net', '--ipc', '--pid', '--fork', '--kill-child']

let tried: Promise<Isolation> | undefined

/** The best means that works here. */
export function findIsolation(): Promise<Isolation> {
  return (tried ??= tryEach())
}

async function tryEach(): Promise<Isolation> {
  if (await works([...bwrap, '--', '/bin/true'])) return 'bwrap'
  if (await works([...unshare, '--', '/bin/true'])) return 'unshare'
  return 'none'
}

async function works([command, ...given]: readonly string[]): Promise<boolean> {
  try {
    const child = spawn(command!, given, { stdio: 'ignore' })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code === 0
  } catch {
    // It is not installed.
    return false
  }
}

/** The command and its arguments. */
export async function commandFor(program: NamedProgram, isolation: Isolation): Promise<[string, ...string[]]> {
  const own: [string, ...string[]] = [program.program, ...(program.arguments ?? [])]
  if (isolation === 'none') return own
  if (isolation === 'unshare') return [unshare[0]!, ...unshare.slice(1), '--', ...own]
  const paths = [program.program, ...(program.files ?? []).map(({ path }) => path), ...(program.folders ?? [])]
  const unseen = paths.filter((path) => !['/usr', ...system].some((seen) => path.startsWith(`${seen}/`)))
  const binds = await Promise.all(unseen.map(async (path) => ['--ro-bind', await realpath(path), path]))
  return [bwrap[0]!, ...bwrap.slice(1), ...binds.flat(), '--', ...own]
}
