/**
 * Part C of quality.md on a whole Seloste and its database, whose clock is moved: +200 days, -1 day, and over a night
 * of a clock change.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shippedDescriptionText } from '../database/describe-from.ts'
import { shiftClock, missingShiftedClock, type ShiftedClock } from '../house/shift-clock.ts'
import { openTestObjects } from '../objects/test-objects.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from './api.ts'
import { objectsFolderOf } from './external-state.ts'
import { startSeloste, type RoleName, type RunningSeloste } from './start-seloste.ts'

/** Long run only: it takes more than half a minute. */
const isRun = process.env['SELOSTE_LONG'] === '1' && missingShiftedClock() === undefined
const now = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
const inThreeYears = now.toPlainDate().add({ years: 3 }).toString()
/** Next autumn clock change that is later than the other steps. */
const clocksBack = [1, 2, 3, 4]
  .reduce((at) => (at.hour === 3 && at.since(now).total('days') > 300 ? at : at.getTimeZoneTransition('next')!), now)
  .toInstant()
const access = { purpose: 'CRIME_OR_MISUSE', reference: 'moving-clock' }

let folder: string
let clock: ShiftedClock
let seloste: RunningSeloste
/** Offset of the moved clock from this machine's time. */
let shift = Temporal.Duration.from({ seconds: 0 })
const clockNow = () => Temporal.Now.instant().add(shift)

function moveClock(to: Temporal.DurationLike | Temporal.Instant): void {
  const seconds =
    to instanceof Temporal.Instant
      ? to.since(Temporal.Now.instant()).total('seconds')
      : Temporal.Duration.from(to).total({ unit: 'seconds', relativeTo: Temporal.Now.plainDateTimeISO('UTC') })
  shift = Temporal.Duration.from({ seconds: Math.round(seconds) })
  clock.shift(seconds)
}

const signIn = (name: string) => signInAt(seloste.url, name, seloste.password)
const readRetention = async (api: Api) =>
  (await (await api.call('GET', '/api/retention')).json()) as {
    clock: { state: string; now: string }
    recordings: { held: number; overdue: number }
    runs: { work: string; at: string }[]
  }
async function confirmClock(name: string): Promise<number> {
  const api = await signIn(name)
  return (await api.call('POST', '/api/retention/clock', { now: (await readRetention(api)).clock.now })).status
}
async function restartRole(role: RoleName): Promise<void> {
  const before = (await seloste.rolePids())[role]!
  process.kill(before, 'SIGKILL')
  await eventually(
    async () => ((await seloste.rolePids())[role] ?? before) !== before || undefined,
    `another ${role}`,
    90_000,
  )
  // Waits until Seloste serves requests. It is not ready, because a clock that is ahead is a blocker.
  const serving = () => fetch(`${seloste.url}/health/serving`).then(({ ok }) => ok || undefined)
  await eventually(serving, `a ${role} that answers`, 90_000)
}
let callers = 0
/**
 * Places a call.
 * @param before runs just before the call
 */
async function call(seconds = 2, before?: () => void): Promise<ContactShape> {
  const caller = `+35840124${String(callers++).padStart(4, '0')}`
  const security = await signIn('tuula')
  const found = async () => (await security.contacts({ ...access, caller }))[0]
  before?.()
  await placeCall({
    ...{ seed: caller, caller, number: '+35829497099', official: officialByKey('aino'), seconds },
    server: seloste.sip,
    transport: 'udp',
  })
  const isIngested = async () => {
    const contact = await found()
    return contact?.endedAt && contact.segments[0]?.recording.state === 'available' ? contact : undefined
  }
  return eventually(isIngested, 'the call, its recording kept', 30_000)
}
const recordingOf = (contact: ContactShape) => contact.segments[0]!.recording
async function stateOf(contact: ContactShape): Promise<string> {
  const security = await signIn('tuula')
  const query = new URLSearchParams(access).toString()
  const shown = (await (await security.call('GET', `/api/contacts/${contact.id}?${query}`)).json()) as ContactShape
  return recordingOf(shown).state
}
async function objectsOf(contact: ContactShape): Promise<number> {
  const keys = await Array.fromAsync((await openTestObjects(objectsFolderOf(seloste.dataDirectory))).list(''))
  return keys.filter((key) => key.includes(recordingOf(contact).id!)).length
}

beforeAll(async () => {
  if (!isRun) return
  folder = await mkdtemp(join(tmpdir(), 'seloste-clock-'))
  await chmod(folder, 0o755)
  clock = shiftClock(folder)
  const description = join(folder, 'longer-test-line.yaml')
  await writeFile(description, (await shippedDescriptionText()).replace(/until: \S+/, `until: ${inThreeYears}`))
  seloste = await startSeloste({
    environment: {
      SELOSTE_DESCRIPTION: description,
      ...clock.environment,
    },
  })
}, 200_000)
afterAll(async () => {
  if (!isRun) return
  await seloste.stop()
  await rm(folder, { recursive: true, force: true })
})

test.skipIf(!isRun)(
  'a moved clock destroys nothing until two people have confirmed it, and serves nothing that has expired',
  { timeout: 300_000 },
  async () => {
    const first = await call()
    expect(await objectsOf(first)).toBeGreaterThan(0)

    // Moves the clock 200 days ahead and restarts the custodian: its sweep runs and destroys nothing, and recordings
    // past their day cannot be played.
    moveClock({ days: 200 })
    await restartRole('custodian')
    await restartRole('capture')
    const security = await signIn('tuula')
    await eventually(
      async () =>
        (await readRetention(security)).runs.some(({ at }) => clockNow().since(at).total('hours') < 1) || undefined,
      'a sweep after the clock was moved',
    )
    expect(await readRetention(security)).toMatchObject({
      clock: { state: 'ahead' },
      recordings: { held: 1, overdue: 1 },
    })
    expect(await objectsOf(first)).toBeGreaterThan(0)
    expect(await stateOf(first)).toBe('expired')

    // After two people have confirmed the clock, the sweep destroys.
    expect(await confirmClock('riitta')).toBe(204)
    expect(await objectsOf(first)).toBeGreaterThan(0)
    expect(await confirmClock('riitta')).toBe(409)
    expect(await confirmClock('outi')).toBe(204)
    await eventually(async () => (await objectsOf(first)) === 0 || undefined, 'the sweep')
    expect(await readRetention(security)).toMatchObject({ clock: { state: 'right' }, recordings: { held: 0 } })

    // Moves the clock past a recording's day, confirms the time, and moves the clock back a day: the recording stays
    // expired, even without a sweep.
    const second = await call()
    const destroyAt = Temporal.Instant.from(recordingOf(second).destroyAt!)
    const custodian = (await seloste.rolePids()).custodian!
    process.kill(custodian, 'SIGSTOP')
    moveClock(destroyAt.add({ hours: 12 }))
    expect([await confirmClock('riitta'), await confirmClock('outi')]).toEqual([204, 204])
    moveClock(destroyAt.subtract({ hours: 12 }))
    const later = await signIn('tuula')
    expect((await readRetention(later)).clock.state).toBe('behind')
    expect(await objectsOf(second)).toBeGreaterThan(0)
    expect(await stateOf(second)).toBe('expired')
    const played = await later.call('POST', `/api/recordings/${recordingOf(second).id!}/listenings`, access)
    expect(((await played.json()) as { error: { code: string } }).error.code).toBe('recording.destroyed')
    process.kill(custodian, 'SIGCONT')

    // Places a call across 04.00, when the clock goes back to 03.00. Its term is two calendar months from its end, by
    // local time.
    moveClock(clocksBack.subtract({ minutes: 10 }))
    await restartRole('custodian')
    await restartRole('capture')
    const night = await call(8, () => moveClock(clocksBack.subtract({ seconds: 4 })))
    const [from, to] = [night.startedAt, night.endedAt!].map((at) => Temporal.Instant.from(at)) as [
      Temporal.Instant,
      Temporal.Instant,
    ]
    expect([from, to].map((at) => Temporal.Instant.compare(at, clocksBack))).toEqual([-1, 1])
    const local = to.toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().add({ months: 2 })
    expect(recordingOf(night).destroyAt).toBe(local.toZonedDateTime('Europe/Helsinki').toInstant().toString())
  },
)
