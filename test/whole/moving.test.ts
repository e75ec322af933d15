/**
 * Moves a whole Seloste to another database and store while calls continue, as an operator does
 * (docs/operate/moving.md).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { administer, openTarget } from '../moving/open-move.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from './api.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const access = { purpose: 'CRIME_OR_MISUSE', reference: 'move' }

interface Ran {
  code: number
  out: string
}

/**
 * Runs a command.
 * @param onOutput called with all output so far, each time there is more
 */
async function run(
  args: string[],
  environment: Record<string, string>,
  onOutput?: (out: string, kill: () => void) => void,
): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      out += text.toString()
      onOutput?.(out, () => child.kill('SIGKILL'))
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, out }
}

function call(seloste: RunningSeloste, caller: string, seconds: number): Promise<SentCall> {
  return placeCall({
    ...{ seed: caller, caller, number: '+35829497099', official: officialByKey('aino'), seconds },
    ...{ server: seloste.sip, transport: 'udp', record: 'hash' },
  })
}

async function contactWith(api: Api, caller: string, state: string): Promise<ContactShape> {
  return eventually(
    async () => {
      const [found] = await api.contacts({ ...access, caller })
      return found?.endedAt && found.segments.every(({ recording }) => recording.state === state) ? found : undefined
    },
    `the call of ${caller}`,
    60_000,
  )
}

const recordingOf = (contact: ContactShape) => contact.segments[0]?.recording.id ?? ''
const countSent = ({ sessions }: SentCall) =>
  sessions.flatMap(({ streams }) => streams).reduce((sum, { counts }) => sum + counts.packets - counts.lost, 0)

async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found.filter((entry) => entry.isFile()).map(({ name }) => name)
}

const long = process.env['SELOSTE_LONG'] === '1'

test.runIf(long)(
  'calls in progress during a move lose no packet, afterwards only the new register opens, and destroyed recordings stay destroyed',
  { timeout: 300_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seloste-move-'))
    await chmod(folder, 0o711)
    const data = join(folder, 'data')
    await mkdir(data, { mode: 0o711 })
    const target = await openTarget()
    const to = await target.emptyDatabase()
    const environment = { DATABASE_URL: to, OBJECTS_URL: `file://${join(folder, 'objects')}` }
    const file = join(folder, 'to.yaml')
    await writeFile(file, `DATABASE_URL: ${JSON.stringify(to)}\nOBJECTS_URL: ${environment.OBJECTS_URL}\n`)
    const own = { SELOSTE_DATA: data }

    let seloste = await startSeloste({ dataDirectory: data, isPrepared: true })
    const { ports } = seloste
    const [early, gone, during, held] = ['+358401239101', '+358401239102', '+358401239103', '+358401239104']
    try {
      const security = await signInAt(seloste.url, 'tuula', seloste.password)
      await call(seloste, early, 2)
      await call(seloste, gone, 2)
      const before = await contactWith(security, early, 'available')
      const forbidden = recordingOf(await contactWith(security, gone, 'available'))
      const aino = await signInAt(seloste.url, 'aino', seloste.password)
      const wish = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
      expect((await aino.call('POST', `/api/recordings/${forbidden}/prohibitions`, wish)).status).toBe(200)
      await contactWith(security, gone, 'destroyed')

      // Kills the move while the register is held and tables are being copied: everything continues in the old place.
      const going = call(seloste, during, 40)
      const killed = await run(['move', '--to', file], own, (out, kill) => {
        if (out.includes('table 25 of')) kill()
      })
      expect(killed.code, killed.out).toBe(-1)
      await eventually(
        async () => (await security.call('GET', '/health/ready').catch(() => undefined))?.ok || undefined,
        'the register is used here',
        60_000,
      )
      expect((await contactWith(security, early, 'available')).id).toBe(before.id)

      // The data copied to the target are personal data, so an abandoned move empties the target, and can be started
      // again.
      const givenUp = await run(['move', '--to', file, '--give-up'], own)
      expect(givenUp.code, givenUp.out).toBe(0)
      expect(givenUp.out.match(/is empty again/g), givenUp.out).toHaveLength(2)
      const [left] = await administer<{ tables: number }>(
        to,
        `select count(*)::int as tables from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
      )
      expect(left).toEqual({ tables: 0 })
      expect(await filesUnder(join(folder, 'objects'))).toEqual([])

      let whileHeld: Promise<SentCall> | undefined
      const moved = await run(['move', '--to', file], own, (out) => {
        if (out.includes('is held')) whileHeld ??= call(seloste, held, 3)
      })
      expect(moved, moved.out).toMatchObject({
        code: 0,
        out: expect.stringContaining('resumed where it was moved to') as string,
      })
      const sent = { [during]: await going, [held]: await whileHeld! }

      for (const caller of [during, held]) {
        const contact = await contactWith(security, caller, 'available')
        expect(contact.segments).toHaveLength(1)
        const [row] = await administer<{ received: number; lost: number; incomplete: boolean }>(
          to,
          `select packets_received::int as received, packets_lost::int as lost, incomplete from recording where id = '${recordingOf(contact)}'`,
        )
        expect(row).toEqual({ received: countSent(sent[caller]!), lost: 0, incomplete: false })
      }
      await contactWith(security, gone, 'destroyed')
      const sari = await signInAt(seloste.url, 'sari', seloste.password)
      expect((await sari.listen(recordingOf(before), 'QUALITY')).caller.length).toBeGreaterThan(8_000)
    } finally {
      await seloste.stop()
    }
    const keys = await readdir(join(folder, 'objects'), { recursive: true })
    expect(keys.filter((key) => key.includes('moving-in') || key.includes('moved-away'))).toEqual([])

    const refused = await run(['start'], own)
    expect(refused.code, refused.out).not.toBe(0)
    expect(refused.out).toContain('The register was moved from this database')
    const inUse = await run(['move', '--destroy-old'], own)
    expect(inUse.code, inUse.out).not.toBe(0)

    seloste = await startSeloste({ dataDirectory: data, ports, environment })
    try {
      const now = { ...own, ...environment }
      const destroyed = await run(['move', '--destroy-old'], now)
      expect(destroyed, destroyed.out).toMatchObject({ code: 0 })
      expect((await readdir(data)).filter((name) => name === 'database' || name === 'objects')).toEqual([])
      const recorded = await administer<{ action: string }>(
        to,
        `select distinct action from audit_entry where action like 'register.%' order by 1`,
      )
      expect(recorded.map(({ action }) => action)).toEqual(['register.moved', 'register.old-destroyed'])
      expect(await run(['recordings', 'verify'], now)).toMatchObject({ code: 0 })
      expect(await run(['audit', 'verify'], now)).toMatchObject({ code: 0 })
    } finally {
      await seloste.stop()
      await target.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
)
