/** Decisions of the recorder about whole calls, as reported by their recording client: AC3 to AC5, versions, quotas. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import type { RecordingRule, RegisterDescription } from '#description/register-description.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { createTestServer, request, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { describeLeg, identityHeaders } from '#test/simulator/describe-call.ts'
import { writeInvitationBody } from '#test/simulator/invitation-body.ts'
import { numbersCalled, officialByKey, officials } from '#test/simulator/people.ts'
import { freshIdentifiers } from '#test/simulator/random.ts'
import { writeMetadata } from '#test/simulator/recording-metadata.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { createPortAllocator } from '../rtp/allocate-ports.ts'
import { createQuotaCounts, type QuotaCounts } from './register/quota-counts.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { openSpool } from './recovery/spool.ts'
import type { VersionInForce } from './reading/version-in-force.ts'

const seed = await readShippedDescription()
const { recipient } = generateKeyPair()
const [aino, bertil, raija] = [officialByKey('aino'), officialByKey('bertil'), officialByKey('raija')]
const now = () => Temporal.Now.instant()

let folder = ''
const recorded: SegmentFacts[] = []
let call: SipTestServer
let recorder: Recorder
let quotas: QuotaCounts
let alarms: { segmentId: string; contactId: string }[] = []
let versionAt: (at: Temporal.Instant) => VersionInForce
const close: (() => Promise<void>)[] = []

/** Returns the seed with all rules changed alike: every call is drawn unless a test changes it. */
function descriptionWith(
  change: Partial<RecordingRule> = {},
  plan: Partial<RegisterDescription['recordingPlan']> = {},
): RegisterDescription {
  const rules = seed.recordingPlan.rules.map((rule) => ({ ...rule, share: 1, ...change }))
  return { ...seed, recordingPlan: { ...seed.recordingPlan, rules, ...plan } }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-decisions-'))
  recorded.length = 0
  alarms = []
  quotas = createQuotaCounts()
  versionAt = () => ({ version: 7, description: descriptionWith() })
  await start()
})
afterEach(async () => {
  for (const step of close.splice(0).reverse()) await step()
  await rm(folder, { recursive: true })
})

async function start(leftBehind: readonly SegmentFacts[] = []): Promise<void> {
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(recorded),
    onFault: () => undefined,
  })
  const recordingsFolder = join(folder, 'recordings')
  await openDirectoryStore(recordingsFolder)
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  recorder = createRecorder({
    versionAt: (at) => versionAt(at),
    drawKey: Buffer.alloc(32),
    quotas,
    officials: () => officials.map(entryOf),
    intakePublicKey: () => recipient,
    clock: systemClock,
    ports: createPortAllocator({ address: '127.0.0.1', firstPort: 11_300, lastPort: 11_399, quarantineMs: 0 }),
    mediaAddress: () => '127.0.0.1',
    spool,
    leftBehind,
    recordingsFolder,
    tail,
    objects: await openTestObjects(join(folder, 'objects')),
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error) => {
      throw error
    },
    onUnknownNumber: (segment) => alarms.push(segment),
  })
  call = createTestServer(recorder.handler)
  close.push(
    () => spool.stop(),
    () => tail.close(),
    () => recorder.stop(),
  )
}

function entryOf({ key, name, phone }: (typeof officials)[number]): DirectoryEntry {
  const from = Temporal.Instant.from('2026-01-01T00:00:00Z')
  return { personId: key, unitId: null, name, phoneKey: phone as never, consentedFrom: null, from, to: null }
}

interface Leg {
  number: string
  official: { name: string; phone: string; language: 'fi' | 'sv' }
  caller?: string
  saysWhoCalls?: boolean
  /** The same for all segments of a call. */
  group?: { id: string; startedAt: Date }
  answeredAt?: Temporal.Instant
}

let dialogs = 0

/** Opens a session of a call, waits for its answer and acknowledges it. */
async function talk(leg: Leg): Promise<{ hangUp: () => Promise<void> }> {
  const answeredAt = new Date((leg.answeredAt ?? now()).epochMilliseconds)
  const group = leg.group ?? { id: randomUUID(), startedAt: answeredAt }
  const plan = { seed: 1, caller: '+358401234567', ...leg }
  const metadata = writeMetadata(
    describeLeg(plan, freshIdentifiers, { ...leg, group, startedAt: answeredAt }, answeredAt),
  )
  const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${['1', '2']
    .map((label) => `m=audio 40${label}0 RTP/AVP 8\r\na=label:${label}\r\na=sendonly\r\n`)
    .join('')}`
  const body = writeInvitationBody(sdp, metadata, freshIdentifiers)
  const name = `dialog-${dialogs++}`
  const dialog = { 'call-id': `${name}@192.0.2.1`, from: `<sip:src@192.0.2.1>;tag=${name}` }
  const headers = Object.fromEntries(identityHeaders(plan).map(([header, value]) => [header.toLowerCase(), value]))
  const before = call.sent.length
  const changes = { ...dialog, ...headers, require: 'siprec', 'content-type': body.type, branch: `z9hG4bK-${name}` }
  call.send(request('INVITE', changes, body.bytes.toString()))
  const answers = () => call.sent.slice(before).map(({ message }) => message)
  await until(() => answers().some((message) => message.kind === 'response' && message.status >= 200))
  const to = toOf(call.lastResponse())
  call.send(request('ACK', { ...dialog, to, branch: `z9hG4bK-${name}-ack` }))
  return {
    async hangUp() {
      const live = recorder.live
      call.send(request('BYE', { ...dialog, to, cseq: '2', branch: `z9hG4bK-${name}-bye` }))
      if (live > 0) await until(() => recorder.live < live)
    },
  }
}

async function until(happened: () => boolean): Promise<void> {
  await expect.poll(happened, { interval: 5 }).toBe(true)
}

/** Returns the entered segments with their current facts, in order of arrival. */
function segments(): SegmentFacts[] {
  return [...new Map(recorded.map((facts) => [facts.segmentId, facts])).values()]
}
const decisions = () => segments().map(({ decision, recording }) => [decision.reason, recording !== undefined])

async function segmentsOf(...legs: Leg[]): Promise<SegmentFacts[]> {
  for (const leg of legs) await (await talk(leg)).hangUp()
  await until(() => segments().length === legs.length && segments().every(({ endedAt }) => endedAt))
  return segments()
}

describe('the switchboard and calls without a service number (AC3)', () => {
  test('a switchboard call is entered and never recorded, whatever the rules are', async () => {
    const numbers = seed.numbers.map(({ key }) => key)
    versionAt = () => ({ version: 7, description: descriptionWith({ numbers }) })
    const [segment] = await segmentsOf({ number: numbersCalled.switchboardSwedish, official: raija })
    expect(segment).toMatchObject({
      numberCalled: { kind: 'SWITCHBOARD' },
      decision: { record: false, reason: 'switchboard', descriptionVersion: 7 },
      captureState: 'not-recorded',
    })
    expect(segment?.recording).toBeUndefined()
  })

  test('an outgoing call and a call between officials leave nothing', async () => {
    const customer = { name: 'Asiakas', phone: '+358402077777', language: 'fi' } as const
    await talk({ caller: aino.phone, number: customer.phone, official: customer, saysWhoCalls: true })
    await talk({ caller: aino.phone, number: bertil.phone, official: bertil })
    await wait(50)
    expect(recorded).toEqual([])
    expect(recorder.live).toBe(0)
  })

  test('a call to a number missing from the description is entered, counted and reported, once (R7)', async () => {
    const [segment] = await segmentsOf({ number: '+358294977777', official: aino })
    expect(segment).toMatchObject({ decision: { record: false, reason: 'unknown-number' } })
    expect(segment?.marks).toContain('unknown-number')
    expect(recorder.counters.unknownNumber).toBe(1)
    expect(alarms).toEqual([{ segmentId: segment?.segmentId, contactId: segment?.contactId }])
    await talk({ number: numbersCalled.national, official: aino })
    expect(recorder.counters.unknownNumber).toBe(1)
  })
})

describe('a call forwarded by the switchboard (AC4)', () => {
  const group = () => ({ id: randomUUID(), startedAt: new Date() })
  const forwarded = (of = group()): Leg[] => [
    { number: numbersCalled.switchboard, official: raija, group: of },
    { number: numbersCalled.northern, official: bertil, group: of },
  ]

  test('is one contact, of which only the part after the answer at the service number is recorded', async () => {
    const [first, second] = await segmentsOf(...forwarded())
    expect(second?.contactId).toBe(first?.contactId)
    expect(second?.numberCalled.key).toBe(numbersCalled.switchboard)
    expect(decisions()).toEqual([
      ['switchboard', false],
      ['drawn', true],
    ])
    const began = second?.recording?.startedAt
    expect(Temporal.Instant.compare(began!, first!.endedAt!)).toBeGreaterThanOrEqual(0)
  })

  test('is not recorded at all if the plan does not record forwarded calls', async () => {
    versionAt = () => ({ version: 7, description: descriptionWith({}, { recordForwarded: false }) })
    await segmentsOf(...forwarded())
    expect(decisions()).toEqual([
      ['switchboard', false],
      ['forwarded', false],
    ])
  })
})

describe('a call that one official transfers to another (AC5)', () => {
  test('has a recording for each official, and none of the consultation between them', async () => {
    const group = { id: randomUUID(), startedAt: new Date() }
    const first = await talk({ number: numbersCalled.national, official: aino, group })
    await talk({ number: bertil.phone, caller: aino.phone, official: bertil })
    await first.hangUp()
    await (await talk({ number: numbersCalled.national, official: bertil, group })).hangUp()
    await until(() => segments().length === 2 && segments().every(({ endedAt }) => endedAt))
    expect(segments().map(({ official }) => official?.name)).toEqual(['Aino Virtanen', 'Bertil Lindqvist'])
    expect(decisions()).toEqual([
      ['drawn', true],
      ['drawn', true],
    ])
    expect(new Set(segments().map(({ recording }) => recording?.id)).size).toBe(2)
  })

  test('is drawn once, on the same id, also by a process that takes over the call', async () => {
    versionAt = () => ({ version: 7, description: descriptionWith({ share: 0.5 }) })
    for (let calls = 0; calls < 3; calls++) {
      const group = { id: randomUUID(), startedAt: new Date() }
      recorded.length = 0
      await (await talk({ number: numbersCalled.national, official: aino, group })).hangUp()
      await (await talk({ number: numbersCalled.national, official: bertil, group })).hangUp()
      await until(() => segments().length === 2)
      // The next process knows only the last segment, whose ids are in another order.
      const last = segments().at(-1)!
      await start([{ ...last, callIds: [...last.callIds].reverse() }])
      await (await talk({ number: numbersCalled.national, official: aino, group })).hangUp()
      await until(() => segments().length === 3)
      expect(new Set(segments().map(({ decision }) => decision.drawnOn)).size).toBe(1)
      expect(new Set(segments().map(({ decision }) => decision.record)).size).toBe(1)
    }
  })
})

describe('the version that decides (R14)', () => {
  const change = now().subtract({ minutes: 10 }).round('second')
  beforeEach(() => {
    const [before, after] = [descriptionWith(), descriptionWith({ share: 0, version: 9 })]
    versionAt = (at) =>
      Temporal.Instant.compare(at, change) < 0
        ? { version: 7, description: before }
        : { version: 8, description: after }
  })
  const answeredAt = (seconds: number): Leg => ({
    number: numbersCalled.national,
    official: aino,
    answeredAt: change.add({ seconds }),
  })

  test('is the version in force when the call was answered, even if the session is offered later', async () => {
    const [before, after] = await segmentsOf(answeredAt(-1), answeredAt(0))
    expect(before?.decision).toMatchObject({ descriptionVersion: 7, ruleVersion: 3, reason: 'drawn' })
    expect(after?.decision).toMatchObject({ descriptionVersion: 8, ruleVersion: 9, reason: 'not-drawn' })
  })

  test('has the number’s name at that time (R11)', async () => {
    const [old, young] = [descriptionWith(), descriptionWith()]
    const numbers = young.numbers.map((number) => ({ ...number, names: { fi: 'Uusi', sv: 'Ny', en: 'New' } }))
    versionAt = (at) =>
      Temporal.Instant.compare(at, change) < 0
        ? { version: 7, description: old }
        : { version: 8, description: { ...young, numbers } }
    const [before, after] = await segmentsOf(answeredAt(-1), answeredAt(0))
    expect(before?.numberReached.name?.fi).toBe('Henkilöverotuksen palvelunumero')
    expect(after?.numberReached.name?.fi).toBe('Uusi')
  })
})

describe('a weekly quota', () => {
  const leg: Leg = { number: numbersCalled.national, official: aino }

  test('of an official allows that many recordings, and the next call is not recorded, with the reason `quota-full`', async () => {
    versionAt = () => ({ version: 7, description: descriptionWith({ quota: { per: 'official', weekly: 2 } }) })
    await segmentsOf(leg, leg, leg, { ...leg, official: bertil })
    expect(segments().map(({ decision }) => [decision.reason, decision.quotaUsed])).toEqual([
      ['drawn', 0],
      ['drawn', 1],
      ['quota-full', 2],
      ['drawn', 0],
    ])
  })

  test('is not exceeded by simultaneous calls', async () => {
    versionAt = () => ({ version: 7, description: descriptionWith({ quota: { per: 'number', weekly: 1 } }) })
    await Promise.all([talk(leg), talk({ ...leg, official: bertil }), talk({ ...leg, official: raija })])
    await until(() => segments().length === 3)
    expect(
      segments()
        .map(({ decision }) => decision.reason)
        .sort(),
    ).toEqual(['drawn', 'quota-full', 'quota-full'])
  })

  test('counts a week from Monday, without calls of the week before', async () => {
    versionAt = () => ({ version: 7, description: descriptionWith({ quota: { per: 'official', weekly: 1 } }) })
    await segmentsOf(leg)
    const week = Temporal.Duration.from({ hours: 7 * 24 })
    const rule = { id: 'service-numbers' }
    expect(quotas.used(now())(rule, { official: 'aino' })).toBe(1)
    expect(quotas.used(now().subtract(week))(rule, { official: 'aino' })).toBe(0)
    expect(quotas.used(now().add(week))(rule, { official: 'aino' })).toBe(0)
  })
})
