/** Runs one call by a scenario with SIPp, if installed. A failure contains SIPp's own message. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const sipp = '/usr/bin/sipp'
const fetchMs = 180_000

/** In CI, SIPp is installed if possible; elsewhere it must be installed already. */
if (!existsSync(sipp) && process.env['CI'] && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))
  await fetchSipp()

/** Runs once for all test files, which run in parallel: apt allows one process at a time and refuses others. */
async function fetchSipp(): Promise<void> {
  const fetching = join(tmpdir(), 'fetching-sipp')
  const done = `${fetching}-done`
  try {
    mkdirSync(fetching)
  } catch {
    for (const until = Date.now() + fetchMs; !existsSync(done) && Date.now() < until;) await wait(500)
    return
  }
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: 'ignore',
      timeout: fetchMs,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'sip-tester')
  mkdirSync(done)
}

/** Suffix for the title of skipped tests; empty if SIPp is installed. */
export const sippMissing = existsSync(sipp) ? '' : ' (left out: there is no /usr/bin/sipp; Debian has it in sip-tester)'

export interface SippCall {
  server: { host: string; port: number }
  transport: 'udp' | 'tcp'
  /** File of the scenario. */
  scenario: string
  /** Working folder of SIPp, with its logs. */
  folder: string
  more?: readonly string[]
}

const kinds = { udp: 'u1', tcp: 't1' }

/** Runs one call from INVITE to BYE; throws the errors that SIPp reports. */
export async function runSipp({ server, transport, scenario, folder, more = [] }: SippCall): Promise<void> {
  const child = spawn(
    sipp,
    [
      `${server.host}:${server.port}`,
      ...['-sf', scenario, '-t', kinds[transport], '-i', '127.0.0.1', '-mi', '127.0.0.1', '-m', '1'],
      ...['-timeout', '30s', '-timeout_error', '-nostdin', '-trace_err', ...more],
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code === 0) return
  const logs = (await readdir(folder)).filter((name) => name.endsWith('_errors.log'))
  const errors = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')))
  throw new Error(`SIPp ended with ${String(code)}:\n${errors.join('\n')}`)
}
