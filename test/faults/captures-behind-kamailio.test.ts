/**
 * Runs two captures on their own machines behind Kamailio: one dies while calls continue and arrive, the other drains,
 * and both return (SELOSTE_LONG=1).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestCapture } from '#app/capture/capture-control.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { listNodeStatuses } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { shippedDescriptionText } from '../database/describe-from.ts'
import { externalBinaries } from '../database/external-server.ts'
import { startPacer } from '../simulator/pacer.ts'
import { numbersCalled, officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import {
  openNetwork,
  startCapture,
  startKamailio,
  missingMachines,
  type CaptureOfMachine,
  type Machine,
  type Network,
} from './captures-behind-kamailio.ts'
import { stretchesOf } from './stretches.ts'

const reason =
  process.env['SELOSTE_LONG'] !== '1'
    ? 'it takes a minute: SELOSTE_LONG=1'
    : externalBinaries() !== undefined
      ? 'a database elsewhere is on this machine’s loopback, which other machines do not reach'
      : missingMachines()
if (reason !== undefined) console.warn(`Captures behind Kamailio are not tried: ${reason}.`)
const database = await createTestDatabase<RegisterTables>()
const { db, pool } = database.as()
const keys = generateKeyPair()
const packetMs = 20

describe.skipIf(reason !== undefined).each(['udp', 'tcp'] as const)(
  'two captures behind Kamailio over %s',
  (transport) => {
    let root = ''
    let network: Network
    let kamailio: { stop(): Promise<void> }
    const captures = new Map<string, { machine: Machine; running: CaptureOfMachine }>()
    const pacer = startPacer()
    let server = { host: '', port: 5060 }
    let nextCaller = transport === 'udp' ? 10_000 : 20_000
    const firstCaller = nextCaller

    const start = async (name: string, machine: Machine) =>
      captures.set(name, {
        machine,
        running: await startCapture(machine, name, { root, databaseUrl: database.url('seloste_capture') }),
      })

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'seloste-machines-'))
      await mkdir(join(root, 'objects'), { mode: 0o700 })
      await writeFile(join(root, 'draw.key'), Buffer.alloc(32, 5), { mode: 0o600 })
      await installDescription(db, await shippedDescriptionText(), seedDescriptionFile)
      await pool.query(
        `insert into intake_batch (public_keys) select array_fill($1::text, array[64]) from generate_series(1, 64)`,
        [keys.recipient],
      )
      network = openNetwork()
      const [proxy, north, south] = [network.add('proxy'), network.add('north'), network.add('south')]
      await Promise.all([start('north', north), start('south', south)])
      kamailio = await startKamailio(proxy, [north, south], transport)
      server = { host: proxy.address, port: 5060 }
    }, 60_000)
    afterAll(async () => {
      await kamailio?.stop()
      for (const { running } of captures.values()) await running.stop()
      network?.remove()
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    }, 60_000)

    function place(seconds: number, more: Partial<Parameters<typeof placeCall>[0]> = {}) {
      const n = nextCaller++
      const caller = `+3584012${n}`
      return {
        caller,
        sent: placeCall({
          ...{ seed: n, caller, number: numbersCalled.testLine, official: officialByKey('aino'), seconds },
          ...{ server, transport, pacer, record: 'hash', timeoutMs: 12_000, ...more },
        }),
      }
    }
    interface Segment {
      contact: string
      node: string
      id: string
      state: string
      packets: number
      marks: string[]
      ended: boolean
    }
    async function segmentsOf(caller: string): Promise<Segment[]> {
      const { rows } = await pool.query<Segment>(
        `select c.id as contact, n.name as node, r.id, r.state, r.packets_received as packets, s.marks, c.ended_at is not null as ended
       from contact c join segment s on s.contact_id = c.id join capture_node n on n.id = s.node left join recording r on r.segment_id = s.id
       where c.caller_key = $1 order by s.seq`,
        [caller],
      )
      return rows
    }
    const states = async () =>
      (await listNodeStatuses(db)).filter(({ state }) => state !== 'ended').map(({ name, state }) => [name, state])
    /** Waits until the dispatcher sends calls to a capture; it checks an unavailable capture every five seconds. */
    const waitUntilGivenCalls = (name: string) =>
      expect
        .poll(
          async () => {
            const { caller, sent } = place(0.5)
            await sent
            await expect.poll(async () => (await segmentsOf(caller)).length, { timeout: 10_000 }).toBe(1)
            return (await segmentsOf(caller))[0]?.node
          },
          { timeout: 40_000, interval: 500 },
        )
        .toBe(name)

    /** Returns the packets of a call, and the marks of missing ones. */
    const losses = (segments: Segment[]) =>
      segments.map(({ packets, marks }) => ({ packets, marks: marks.filter((mark) => mark !== 'needs-review') }))
    const packetsOf = ({ sessions }: SentCall) =>
      sessions.flatMap(({ streams }) => streams).reduce((sum, { counts }) => sum + counts.packets, 0)

    test(
      'calls are distributed, a death loses no call and at most one second of each, a drain loses nothing, and both captures accept calls again',
      { timeout: 240_000 },
      async () => {
        // Starts twelve calls that continue; the clients put half of them on hold later.
        const hangUp = new AbortController()
        const long = Array.from({ length: 12 }, (_, n) =>
          place(1200, {
            signal: hangUp.signal,
            ...(n % 4 < 2 && { sendsAgain: true, hold: { afterMs: 9_000, forMs: 1_000 } }),
          }),
        )
        const nodeOf = new Map<string, string>()
        await expect
          .poll(
            async () => {
              for (const { caller } of long) for (const { node } of await segmentsOf(caller)) nodeOf.set(caller, node)
              return [...nodeOf.values()].sort()
            },
            { timeout: 20_000 },
          )
          .toEqual([...Array.from({ length: 6 }, () => 'north'), ...Array.from({ length: 6 }, () => 'south')])

        // Kills the machine north while new calls arrive.
        const coming: ReturnType<typeof place>[] = []
        const come = setInterval(() => coming.push(place(3)), 250)
        await wait(1_000)
        const north = captures.get('north')!
        await north.running.kill()
        await wait(9_000)
        clearInterval(come)
        expect(await states()).toEqual([
          ['north', expect.stringMatching(/silent|takes-calls/)],
          ['south', 'takes-calls'],
        ])
        const short = await Promise.all(coming.map(async ({ caller, sent }) => ({ caller, sent: await sent })))
        expect(short.map(({ sent }) => `${sent.outcome} ${sent.status}`)).toEqual(short.map(() => 'completed 200'))
        await wait(6_000)

        // Starts north again: its recordings are in the register, and calls whose client sent a request continued at
        // south.
        await start('north', north.machine)
        await expect.poll(states, { timeout: 10_000 }).toEqual([
          ['north', 'takes-calls'],
          ['south', 'takes-calls'],
        ])
        await wait(1_000)
        hangUp.abort()
        const ended = await Promise.all(long.map(async ({ caller, sent }) => ({ caller, sent: await sent })))
        const all = [...long, ...coming].map(({ caller }) => caller)
        await expect
          .poll(
            async () => {
              const found = await Promise.all(all.map(segmentsOf))
              return found.filter((segments) => segments.some(({ state, ended }) => state !== 'STORED' || !ended))
            },
            { timeout: 60_000, interval: 500 },
          )
          .toEqual([])

        // Every call exists exactly once.
        for (const caller of all) {
          const segments = await segmentsOf(caller)
          expect(segments.length, caller).toBeGreaterThan(0)
          expect(new Set(segments.map(({ contact }) => contact)).size, caller).toBe(1)
        }
        // South's calls are complete, and so are those that arrived while north was down.
        let whole = 0
        for (const { caller, sent } of [...ended, ...short]) {
          const segments = await segmentsOf(caller)
          if (segments.some(({ node }) => node !== 'south')) continue
          whole++
          expect(losses(segments), caller).toEqual([{ packets: packetsOf(sent), marks: [] }])
        }
        expect(whole).toBeGreaterThanOrEqual(6 + 30)
        // North's calls are complete up to the last second, and continue at south if the client put them on hold
        // meanwhile.
        const gaps: number[] = []
        const objects = await openDirectoryStore(join(root, 'objects'))
        let continuedAtSouth = 0
        for (const { caller } of ended.filter(({ caller }) => nodeOf.get(caller) === 'north')) {
          const segments = await segmentsOf(caller)
          expect(segments[0], caller).toMatchObject({
            node: 'north',
            marks: expect.arrayContaining(['end-inferred']) as unknown,
          })
          const before = await stretchesOf(objects, keys.identity, segments[0]!.id)
          for (const { first, last, packets } of before.values()) {
            expect(packets, caller).toBe(last - first + 1)
            gaps.push(packets)
          }
          if (segments.some(({ node }) => node === 'south')) continuedAtSouth++
        }
        // From a call's start until north died, less the quarter of a second that may be missing at the tail.
        const atLeast = Math.max(...gaps) - 1_000 / packetMs
        for (const packets of gaps) expect(packets).toBeGreaterThanOrEqual(atLeast)
        expect(continuedAtSouth).toBeGreaterThan(0)

        // Drains south once the dispatcher has noticed that north is back: south's calls continue, new ones go to
        // north, and south exits.
        await waitUntilGivenCalls('north')
        const last = Array.from({ length: 4 }, () => place(6))
        await wait(1_500)
        const south = captures.get('south')!
        await requestCapture(
          { dataDirectory: south.running.settings['SELOSTE_DATA']!, splitRoles: { socketsFolder: undefined } },
          'drain',
        )
        const meanwhile = Array.from({ length: 12 }, () => place(1))
        const drained = await Promise.all(
          [...last, ...meanwhile].map(async ({ caller, sent }) => ({ caller, sent: await sent })),
        )
        expect(drained.map(({ sent }) => sent.outcome)).toEqual(drained.map(() => 'completed'))
        expect(await south.running.ended).toBe(0)
        for (const { caller, sent } of drained) {
          await expect
            .poll(async () => (await segmentsOf(caller)).map(({ state }) => state), { timeout: 20_000 })
            .toEqual(['STORED'])
          expect(losses(await segmentsOf(caller)), caller).toEqual([{ packets: packetsOf(sent), marks: [] }])
        }
        for (const { caller } of meanwhile) expect(await segmentsOf(caller)).toMatchObject([{ node: 'north' }])
        expect(await states()).toEqual([['north', 'takes-calls']])

        // Starts south again, and waits until the dispatcher has noticed that.
        await start('south', south.machine)
        await waitUntilGivenCalls('south')
        const { rows } = await pool.query<{ count: number }>(
          'select count(*)::int as count from contact where caller_key between $1 and $2',
          [`+3584012${firstCaller}`, `+3584012${nextCaller - 1}`],
        )
        expect(rows[0]?.count).toBe(nextCaller - firstCaller)
      },
    )
  },
)
