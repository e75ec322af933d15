// Runs roles of Seloste as separate users, as the Debian package does, for tests of who can read what. Uses a database
// at a TCP port, and folders as packaging/systemd/seloste.tmpfiles makes them. Creates no users, because the kernel
// accepts any ids.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const packaging = join(root, 'packaging/systemd')
const firstId = 61_300
const readyMs = 120_000

/** Users and groups of packaging/systemd/seloste.sysusers, each with an id that no user of the machine has. */
export interface SystemUsers {
  idOf(name: string): number
  groupsOf(user: string): number[]
}

export async function readSystemUsers(): Promise<SystemUsers> {
  const lines = (await readFile(join(packaging, 'seloste.sysusers'), 'utf8')).split('\n')
  const entries = lines.map((line) => line.trim().split(/\s+/)).filter(([kind = '']) => /^[ugm]$/.test(kind))
  const names = entries.filter(([kind]) => kind !== 'm').map(([, name = '']) => name)
  const idOf = (name: string) => {
    if (name === 'root') return 0
    if (!names.includes(name)) throw new Error(`seloste.sysusers has no ${name}`)
    return firstId + names.indexOf(name)
  }
  return {
    idOf,
    groupsOf: (user) =>
      entries.filter(([kind, name]) => kind === 'm' && name === user).map(([, , group = '']) => idOf(group)),
  }
}

/** Makes the folders of seloste.tmpfiles below `base`, which replaces the root folder. */
export async function makeFolders(base: string, systemUsers: SystemUsers): Promise<void> {
  const lines = (await readFile(join(packaging, 'seloste.tmpfiles'), 'utf8')).split('\n')
  for (const [kind, path = '', mode = '', user = '', group = ''] of lines.map((line) => line.split(/\s+/))) {
    if (kind !== 'd') continue
    await mkdir(join(base, path), { recursive: true })
    await chown(join(base, path), systemUsers.idOf(user), systemUsers.idOf(group))
    await chmod(join(base, path), parseInt(mode, 8))
  }
  const key = join(base, 'var/lib/seloste/draw.key')
  await writeFile(key, Buffer.alloc(32, 7))
  await chown(key, 0, systemUsers.idOf('seloste-draw'))
  await chmod(key, 0o440)
}

/** Returns the reason why this machine cannot run roles as other users; undefined if it can. */
export function whyNoSeparateUsers(): string | undefined {
  if (process.platform !== 'linux') return 'roles as users of their own are tried out on Linux'
  if (process.getuid?.() !== 0) return 'only root starts processes as other users'
  if (spawnSync('setpriv', ['--version']).status !== 0) return 'setpriv (util-linux) is not here'
  const reading = `require('node:fs').readFileSync(${JSON.stringify(join(root, 'bin/seloste.js'))})`
  const reads = spawnSync('setpriv', [...asUser(firstId, []), process.execPath, '-e', reading], { cwd: root })
  if (reads.status !== 0) return 'other users cannot come through to the program on this machine'
  return undefined
}

function asUser(id: number, groups: readonly number[]): string[] {
  const more = groups.length === 0 ? ['--clear-groups'] : ['--groups', groups.join(',')]
  return [`--reuid=${id}`, `--regid=${id}`, ...more, '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--']
}

/** Returns true if a user can read a file, list a folder or open a socket. */
export function canOpen(systemUsers: SystemUsers, user: string, path: string): boolean {
  if (!existsSync(path)) throw new Error(`${path} is not there: that nobody opens it says nothing`)
  const code = `const { statSync, readdirSync, readFileSync } = require('node:fs')
    const path = process.argv[1], found = statSync(path)
    if (found.isDirectory()) readdirSync(path)
    else if (found.isFile()) readFileSync(path)
    else require('node:net').connect(path).on('connect', () => process.exit(0)).on('error', () => process.exit(1))`
  const tried = spawnSync(
    'setpriv',
    [...asUser(systemUsers.idOf(user), systemUsers.groupsOf(user)), process.execPath, '-e', code, path],
    { encoding: 'utf8' },
  )
  if (tried.status !== 0 && !/EACCES|EPERM|^$/.test(tried.stderr)) throw new Error(tried.stderr)
  return tried.status === 0
}

export interface RunningRole {
  output(): string
  stop(): Promise<void>
}

/** Starts one role as its user, and waits until it prints its address. Throws, with its output, if it exits. */
export async function startAsOwnUser(
  systemUsers: SystemUsers,
  role: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningRole> {
  const user = `seloste-${role}`
  const command = [process.execPath, 'bin/seloste.js', 'start', '--role', role]
  const child = spawn('setpriv', [...asUser(systemUsers.idOf(user), systemUsers.groupsOf(user)), ...command], {
    cwd: root,
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => printed.push(text.toString()))
  const output = () => printed.join('')
  const deadline = performance.now() + readyMs
  while (!output().includes(`"msg":"${role} at `)) {
    if (hasEnded(child) || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${role} did not start:\n${output()}`)
    }
    await wait(50)
  }
  return {
    output,
    async stop() {
      if (hasEnded(child)) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await gone
      clearTimeout(late)
    },
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Makes a folder that other users can traverse, and removes it at the end. */
export async function makeSharedFolder(): Promise<{ base: string; remove: () => Promise<void> }> {
  const base = await mkdtemp(join(tmpdir(), 'seloste-apart-'))
  await chmod(base, 0o755)
  return { base, remove: () => rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) }
}

/** Returns all regular files below a folder, as root sees them. */
export function filesBelow(folder: string): string[] {
  const listed = execFileSync('find', [folder, '-type', 'f'], { encoding: 'utf8' })
  return listed.split('\n').filter((path) => path !== '')
}
