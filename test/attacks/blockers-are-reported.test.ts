/**
 * Blockers are reported everywhere: in health, status, metrics and on the operation screen. None of these shows green
 * meanwhile.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { inBuckets } from '../objects/test-objects.ts'
import { signInAt, type Api } from '../whole/api.ts'
import { adminUrlOf } from '../whole/external-state.ts'
import { startSeloste, type RunningSeloste } from '../whole/start-seloste.ts'

interface Blocker {
  kind: string
  of: string
  code: string
  remedy: string
}
interface Health {
  ready: boolean
  missing: string[]
  blockers: Blocker[]
}
interface Status {
  desk: string
  silence?: string
  missing: string[]
  blockers: Blocker[]
  broken?: unknown[]
  capture?: { live: number; storing: number }
}

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const testLine = '+35829497099'
const inTimeMs = 20_000

let seloste: RunningSeloste
let maintenance: Api
beforeAll(async () => {
  seloste = await startSeloste({ isPrepared: true })
  maintenance = await signInAt(seloste.url, 'matti', seloste.password)
}, 300_000)
afterAll(() => seloste.stop())

async function health(): Promise<Health & { status: number; tookMs: number }> {
  const beganMs = performance.now()
  const answer = await fetch(`${seloste.url}/health/ready`)
  const body = (await answer.json()) as Health
  return { ...body, status: answer.status, tookMs: performance.now() - beganMs }
}

const isReady = () =>
  health().then(
    ({ ready, status }) => ready && status === 200,
    () => false,
  )

const status = (...options: string[]) => run('status', ...options)

async function run(...options: string[]): Promise<{ exitCode: number | null; printed: string }> {
  const child = spawn(process.execPath, [program, ...options], {
    env: { ...process.env, ...seloste.environment, SELOSTE_HTTP: new URL(seloste.url).host },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let errors = ''
  child.stdout.on('data', (part: Buffer) => (printed += part.toString()))
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()))
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  expect(printed, `exit code ${exitCode}: ${errors}`).not.toBe('')
  return { exitCode, printed }
}

async function statusAsJson(): Promise<{ exitCode: number | null; status: Status }> {
  const { exitCode, printed } = await status('--json')
  return { exitCode, status: JSON.parse(printed) as Status }
}

/** Counts the blockers of a kind in the metrics, over all processes. */
async function countBlockers(kind: string): Promise<number> {
  const text = await (await fetch(`${seloste.url}/metrics`)).text()
  const counts = [...text.matchAll(/^seloste_blockers\{([^}]*)\} (\d+)$/gm)]
  return counts.reduce((sum, [, labels, count]) => sum + (labels!.includes(`kind="${kind}"`) ? Number(count) : 0), 0)
}

describe.skipIf(inBuckets())('an object store that is not writable', () => {
  const folder = () => join(seloste.dataDirectory, 'objects')

  test(
    'is a blocker everywhere until it is writable, and ended calls do not count as in progress meanwhile',
    { timeout: 180_000 },
    async () => {
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      await rename(folder(), `${folder()}-away`)
      // Root ignores file modes. A file in the folder's place stops every user.
      await writeFile(folder(), '')
      try {
        await placeCall({
          ...{ seed: 'unwritable', caller: '+358401250001', number: testLine, official: officialByKey('aino') },
          ...{ seconds: 1, server: seloste.sip, transport: 'tcp' },
        })
        const kindsOfCapture = async () =>
          (await health()).blockers.flatMap(({ kind, of }) => (of === 'capture' ? [kind] : []))
        await expect.poll(kindsOfCapture, { timeout: inTimeMs }).toContain('object-store')
        const now = await health()
        expect([now.status, now.ready, now.missing]).toEqual([503, false, []])
        const ofCapture = now.blockers.find(({ kind, of }) => kind === 'object-store' && of === 'capture')
        expect(ofCapture).toMatchObject({
          code: 'object-store-failed',
          remedy: expect.stringContaining('disk') as string,
        })
        expect((await fetch(`${seloste.url}/health/serving`)).status, 'people are served meanwhile').toBe(200)

        const { exitCode, status: reported } = await statusAsJson()
        expect(exitCode).toBe(1)
        expect(reported.blockers.map(({ kind }) => kind)).toContain('object-store')
        expect(reported.capture).toMatchObject({ live: 0, storing: 1 })
        const { printed } = await status()
        expect(printed).toContain('blockers:')
        expect(printed).not.toMatch(/promises of the description hold$/m)

        const doctor = JSON.parse((await run('doctor', '--json')).printed) as {
          findings: { check: string; is: string }[]
        }
        expect(doctor.findings).toContainEqual(expect.objectContaining({ check: 'blockers.object-store', is: 'error' }))

        expect(await countBlockers('object-store')).toBeGreaterThan(0)
        const metrics = await (await fetch(`${seloste.url}/metrics`)).text()
        expect(metrics).toMatch(/^seloste_capture_sessions\{[^}]*\} 0$/m)
        expect(metrics).toMatch(/^seloste_capture_sessions_storing\{[^}]*\} 1$/m)
        const shown = (await (await maintenance.call('GET', '/api/operation/blockers')).json()) as { items: Blocker[] }
        expect(shown.items.map(({ kind }) => kind)).toContain('object-store')
        // A capture reports the number every few seconds.
        const sessionsOfNodes = async () => {
          const { items } = (await (await maintenance.call('GET', '/api/capture/nodes')).json()) as {
            items: { sessions: number }[]
          }
          return items.map(({ sessions }) => sessions)
        }
        await expect.poll(sessionsOfNodes, { timeout: inTimeMs }).toEqual([0])
        expect(seloste.output()).toContain('work is blocked')
      } finally {
        await rm(folder())
        await rename(`${folder()}-away`, folder())
      }
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      expect(await countBlockers('object-store')).toBe(0)
      expect((await statusAsJson()).status.blockers).toEqual([])
    },
  )
})

describe('a missing key folder', () => {
  const folder = () => join(seloste.dataDirectory, 'keys')

  test.each([
    ['whose volume was unmounted', () => mkdir(folder(), { mode: 0o700 })],
    ['that was deleted', () => Promise.resolve()],
  ])(
    '%s is a blocker everywhere until it is back, and no key counts as destroyed',
    { timeout: 180_000 },
    async (_how, replace) => {
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      await rename(folder(), `${folder()}-away`)
      await replace()
      try {
        const found = async () => (await health()).blockers.map(({ kind, of }) => `${kind} of ${of}`)
        await expect.poll(found, { timeout: 30_000 }).toContain('key-store of custodian')
        const now = await health()
        expect([now.status, now.ready, now.missing]).toEqual([503, false, []])
        const blocker = now.blockers.find(({ kind }) => kind === 'key-store')
        expect(blocker).toMatchObject({ code: 'KEY_STORE_AWAY' })
        const { exitCode, status: reported } = await statusAsJson()
        expect([exitCode, reported.blockers.map(({ kind }) => kind)]).toEqual([1, ['key-store']])
        expect(await countBlockers('key-store')).toBe(1)
        const shown = (await (await maintenance.call('GET', '/api/operation/blockers')).json()) as { items: Blocker[] }
        expect(shown.items.map(({ kind }) => kind)).toEqual(['key-store'])
      } finally {
        await rm(folder(), { recursive: true, force: true })
        await rename(`${folder()}-away`, folder())
      }
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      expect(await countBlockers('key-store')).toBe(0)
    },
  )
})

describe('a database that hangs', () => {
  /** Returns the postmaster and its child processes. */
  async function processes(): Promise<number[]> {
    const client = new Client({ connectionString: await adminUrlOf(seloste.dataDirectory) })
    await client.connect()
    const { rows } = await client.query<{ pid: number }>(
      "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid",
    )
    await client.end()
    const postmaster = rows[0]!.pid
    const pids: number[] = []
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue
      const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === postmaster) pids.push(Number(entry))
    }
    return [postmaster, ...pids]
  }

  /** Ignores processes that have ended by themselves. */
  function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) {
      try {
        process.kill(pid, signal)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }

  async function timed(path: string, init?: RequestInit): Promise<{ status: number; tookMs: number }> {
    const beganMs = performance.now()
    const answer = await fetch(seloste.url + path, init)
    await answer.arrayBuffer()
    return { status: answer.status, tookMs: performance.now() - beganMs }
  }

  test(
    'is reported by health within two seconds and by status, and every request fails within a few seconds',
    { timeout: 180_000 },
    async () => {
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      const pids = await processes()
      expect(pids.length).toBeGreaterThan(3)
      signalAll(pids, 'SIGSTOP')
      try {
        const signIn = {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ userId: 'matti', password: seloste.password }),
        }
        const [first, request, viewed] = await Promise.all([
          health(),
          timed('/api/session', signIn),
          maintenance.call('GET', '/api/operation/blockers').then(({ status: code }) => code),
        ])
        expect([first.status, first.ready]).toEqual([503, false])
        expect(first.missing).toContain('database')
        expect(first.tookMs).toBeLessThan(2_000)
        expect([request.status, viewed]).toEqual([503, 503])
        expect(request.tookMs).toBeLessThan(8_000)

        // The hang is already detected here: requests fail without waiting.
        const again = await timed('/api/session', signIn)
        expect(again.status).toBe(503)
        expect(again.tookMs).toBeLessThan(1_000)
        const known = await health()
        expect(known.blockers).toContainEqual(
          expect.objectContaining({ kind: 'database', of: 'desk', code: 'database-hangs' }),
        )

        const statusMs = performance.now()
        const { exitCode, status: reported } = await statusAsJson()
        // Three seconds until the hang is detected, and the command's own start.
        expect(performance.now() - statusMs).toBeLessThan(8_000)
        expect(exitCode).toBe(1)
        expect(reported.desk).toBe('not-ready')
        expect(reported.missing).toContain('database')
        expect(reported.broken).toBeUndefined()
        const { printed } = await status()
        expect(printed).toContain('does not answer: database')
        expect(printed).not.toContain('connection refused at')
        expect(await countBlockers('database')).toBeGreaterThan(0)
      } finally {
        signalAll(pids, 'SIGCONT')
      }
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      expect((await maintenance.call('GET', '/api/session')).status).toBe(200)
      expect(await countBlockers('database')).toBe(0)
    },
  )
})

/** Needs a volume of its own, which only root can make, so it runs in the long run. */
const canFill =
  process.env['SELOSTE_LONG'] === '1' && process.getuid?.() === 0 && process.platform === 'linux' && !inBuckets()

describe.skipIf(!canFill)('a full volume', () => {
  const folder = () => join(seloste.dataDirectory, 'objects')
  const volume = () => `${seloste.dataDirectory}.volume`

  test('is a blocker everywhere until it has space', { timeout: 180_000 }, async () => {
    await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
    await mkdir(volume())
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', volume()])
    try {
      execFileSync('cp', ['-a', `${folder()}/.`, volume()])
      execFileSync('mount', ['--bind', volume(), folder()])
      try {
        spawnSync('dd', ['if=/dev/zero', `of=${join(folder(), 'ballast')}`, 'bs=64k'])
        await expect
          .poll(async () => (await health()).blockers.map(({ kind, code }) => `${kind} ${code}`), { timeout: 30_000 })
          .toContain('disk disk-low')
        expect((await health()).status).toBe(503)
        const { exitCode, status: reported } = await statusAsJson()
        expect(exitCode).toBe(1)
        expect(reported.blockers.map(({ kind }) => kind)).toContain('disk')
        expect(await countBlockers('disk')).toBeGreaterThan(0)
        const shown = (await (await maintenance.call('GET', '/api/operation/blockers')).json()) as { items: Blocker[] }
        expect(shown.items.map(({ kind }) => kind)).toContain('disk')
        await rm(join(folder(), 'ballast'))
        await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
      } finally {
        execFileSync('umount', ['-l', folder()])
      }
    } finally {
      execFileSync('umount', ['-l', volume()])
      await rm(volume(), { recursive: true, force: true })
    }
  })
})
