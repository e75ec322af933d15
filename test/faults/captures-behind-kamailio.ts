/**
 * Runs captures behind Kamailio's dispatcher on machines of their own, which are network namespaces of this machine:
 * each has an address, Kamailio has the operators' configuration, and captures can be killed, drained and restarted.
 * Needs Linux, root, iproute2 and kamailio.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
const examples = new URL('../../docs/operate/examples/', import.meta.url)

/** Returns the reason why this machine cannot run them; undefined if it can. */
export function missingMachines(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s'
  if (process.getuid?.() !== 0) return 'only root makes network namespaces'
  if (spawnSync('ip', ['-V']).status !== 0) return 'ip (iproute2) is not here'
  if (spawnSync('kamailio', ['-v']).status !== 0) return 'kamailio is not here'
  const tried = `seloste-try-${process.pid}`
  if (spawnSync('ip', ['netns', 'add', tried]).status !== 0) return 'this machine lets nobody make network namespaces'
  ip('netns', 'del', tried)
  return undefined
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}

export interface Machine {
  name: string
  address: string
}

/** Network of machines, to which this process is connected too. */
export interface Network {
  /** Address of this process. */
  address: string
  add(name: string): Machine
  remove(): void
}

/** Opens a network in 198.18.0.0/15, reserved for tests (RFC 2544), with an unused third byte. */
export function openNetwork(): Network {
  const mark = `s${process.pid.toString(36)}`
  const usedAddresses = Object.values(networkInterfaces()).flatMap((ones) => (ones ?? []).map(({ address }) => address))
  const free = Array.from({ length: 200 }, (_, n) => `198.19.${n}`).find(
    (net) => !usedAddresses.some((one) => one.startsWith(`${net}.`)),
  )
  const bridge = `${mark}br`
  const spaces: string[] = []
  ip('link', 'add', bridge, 'type', 'bridge')
  ip('addr', 'add', `${free}.1/24`, 'dev', bridge)
  ip('link', 'set', bridge, 'up')
  return {
    address: `${free}.1`,
    add(name) {
      const [space, near] = [`seloste-${mark}-${name}`, `${mark}v${spaces.length}`]
      const address = `${free}.${10 + spaces.length}`
      spaces.push(space)
      ip('netns', 'add', space)
      ip('link', 'add', near, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space)
      ip('link', 'set', near, 'master', bridge, 'up')
      ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
      ip('-n', space, 'link', 'set', 'eth0', 'up')
      ip('-n', space, 'link', 'set', 'lo', 'up')
      return { name: space, address }
    },
    remove() {
      for (const space of spaces) ip('netns', 'del', space)
      ip('link', 'del', bridge)
    },
  }
}

/** Starts a program on a machine of the network. */
function run(
  machine: Machine,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  quiet = true,
) {
  return spawn('ip', ['netns', 'exec', machine.name, ...command], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'inherit'],
  })
}

/** Starts Kamailio with the configuration of docs/operate/examples and these addresses. */
export async function startKamailio(machine: Machine, captures: readonly Machine[], transport: 'tcp' | 'udp') {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-kamailio-'))
  const config = (await readFile(new URL('kamailio-recorders.cfg', examples), 'utf8'))
    .replaceAll('192.0.2.10:', `${machine.address}:`)
    .replace('"kamailio-recorders.list"', `"${join(folder, 'recorders.list')}"`)
  const list = (await readFile(new URL('kamailio-recorders.list', examples), 'utf8'))
    .replaceAll('192.0.2.201', captures[0]?.address ?? '')
    .replaceAll('192.0.2.202', captures[1]?.address ?? '')
    .replaceAll('transport=tcp', `transport=${transport}`)
  await writeFile(join(folder, 'recorders.cfg'), config)
  await writeFile(join(folder, 'recorders.list'), list)
  const command = ['kamailio', '-DD', '-E', '-f', join(folder, 'recorders.cfg'), '-Y', folder, '-m', '32', '-M', '8']
  const kamailio = run(machine, command, {})
  // Waits, because Kamailio does not report that it is ready; it sends its first pings when it starts.
  await wait(1_500)
  if (kamailio.exitCode !== null) throw new Error('kamailio did not start')
  return {
    async stop() {
      await end(kamailio, 'SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export interface CaptureOfMachine {
  kill(): Promise<void>
  stop(): Promise<void>
  /** Resolves with the exit code when the capture exits by itself. */
  ended: Promise<number | null>
  settings: Record<string, string>
}

/** Starts a capture as the only role of its machine; resolves when it accepts calls. */
export async function startCapture(
  machine: Machine,
  name: string,
  { root, databaseUrl }: { root: string; databaseUrl: string },
): Promise<CaptureOfMachine> {
  await mkdir(join(root, name), { recursive: true, mode: 0o700 })
  const settings = {
    ...{ NODE_COMPILE_CACHE: cache, SELOSTE_ROLE_DATABASE_URL: databaseUrl, SELOSTE_NODE: name },
    ...{ SELOSTE_DATA: join(root, name), OBJECTS_URL: `file://${join(root, 'objects')}` },
    ...{ SELOSTE_DRAW_KEY: join(root, 'draw.key'), SELOSTE_SIP: `${machine.address}:5060` },
    SELOSTE_SIP_SOURCES: '198.18.0.0/15',
    ...{ SELOSTE_SIPS: `${machine.address}:5061`, SELOSTE_RTP: `${machine.address}:20000-21999` },
  }
  const capture = run(machine, [process.execPath, main, 'start', '--role', 'capture'], settings)
  const printed: string[] = []
  capture.stdout.on('data', (text: Buffer) => printed.push(text.toString()))
  const ended = once(capture, 'exit').then(([code]) => code as number | null)
  while (!printed.join('').includes('"msg":"capture at ')) {
    if (capture.exitCode !== null) throw new Error(`capture ${name} did not start:\n${printed.join('')}`)
    await wait(50)
  }
  return { kill: () => end(capture, 'SIGKILL'), stop: () => end(capture, 'SIGTERM'), ended, settings }
}

/** Ends a program by a signal, which it gets itself because `ip netns exec` replaces itself by the program. */
async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
