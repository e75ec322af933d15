/**
 * Generates a month of past calls as plain data, as history for the demo. About 120 on a weekday between 8 and 16.15
 * Helsinki time, more on Mondays, fewer at lunch, a few on Saturdays, none on Sundays; conversations last about four
 * minutes (lognormal).
 */
import { inventCaller, pickDialogue, pickNumber, pickOfficial } from './call-pattern.ts'
import { numbersCalled, switchboardUnit } from './people.ts'
import { seedRandom, type Random } from './random.ts'

export type PastSegment = {
  /** Key in people.ts. */
  readonly official: string
  readonly number: string
  readonly answeredAt: Date
  readonly endedAt: Date
}

export type PastCall = {
  readonly externalCallId: string
  readonly startedAt: Date
  /** Absent if the caller hung up in the queue; `segments` is then empty. */
  readonly answeredAt?: Date
  readonly endedAt: Date
  /** Number in E.164, or null if withheld. */
  readonly caller: string | null
  readonly numberCalled: string
  /** Segments in order; the second is the official to whom the call was transferred or connected. */
  readonly segments: readonly PastSegment[]
  /** Key of a dialogue that suits the last segment, if one is recorded. */
  readonly dialogue?: string
}

const zone = 'Europe/Helsinki'
const openMinutes = 8 * 60 + 15
/** Relative number of calls in each half hour from 8.00 on: a morning peak, a lunch dip, a slow end. */
const dayShape = [0.8, 1.3, 1.6, 1.6, 1.5, 1.3, 0.9, 0.6, 0.6, 0.9, 1.2, 1.2, 1.1, 1.0, 0.9, 0.7, 0.4]
const callsByWeekday = [0, 165, 122, 115, 112, 98, 9, 0]
const unansweredShare = 0.04
const transferShare = 0.06
const withheldShare = 0.05
const returningShare = 0.18

/**
 * Returns calls ordered by start; every call ended before `now`. A date's calls depend only on the seed and the date.
 */
export function generatePastCalls(seed: number, now: Date): PastCall[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  const calls: PastCall[] = []
  const random = seedRandom(`${seed} regulars`)
  const regulars = Array.from({ length: 400 }, () => inventCaller(random))
  for (
    let date = today.subtract({ months: 1 });
    Temporal.PlainDate.compare(date, today) <= 0;
    date = date.add({ days: 1 })
  ) {
    calls.push(...callsOfDay(seedRandom(`${seed} ${date.toString()}`), date, regulars))
  }
  return calls.filter(({ endedAt }) => endedAt < now)
}

function callsOfDay(random: Random, date: Temporal.PlainDate, regulars: readonly string[]): PastCall[] {
  const usual = callsByWeekday[date.dayOfWeek]!
  const count = usual === 0 ? 0 : Math.max(0, Math.round(usual * (1 + 0.08 * random.normal())))
  const opens = date.toZonedDateTime({ timeZone: zone, plainTime: '08:00' }).epochMilliseconds
  const starts = Array.from({ length: count }, () => opens + Math.floor(pickMinute(random) * 60_000)).sort(
    (a, b) => a - b,
  )
  return starts.map((startMs, index) =>
    pastCall(random, startMs, `${date.toString()}-${String(index + 1).padStart(4, '0')}`, regulars),
  )
}

/** Picks a minute by rejection sampling of the day's shape. */
function pickMinute(random: Random): number {
  for (;;) {
    const minute = random.next() * openMinutes
    if (random.next() * 1.6 < dayShape[Math.floor(minute / 30)]!) return minute
  }
}

function pastCall(random: Random, startMs: number, id: string, regulars: readonly string[]): PastCall {
  const drawn = pickNumber(random)
  // In the past the test line gets fewer calls: only today's demo needs as many.
  const kind = drawn === 'testLine' && random.chance(0.75) ? 'national' : drawn
  const numberCalled = numbersCalled[kind]
  const caller = random.chance(returningShare) ? random.pick(regulars) : inventCaller(random)
  const shared = {
    externalCallId: `past-${id}`,
    startedAt: new Date(startMs),
    caller: random.chance(withheldShare) ? null : caller,
    numberCalled,
  }
  if (random.chance(unansweredShare)) {
    return { ...shared, endedAt: new Date(startMs + random.integer(20, 400) * 1000), segments: [] }
  }
  const answeredMs = startMs + lognormalMs(random, 55, 0.9, 3, 1500)
  const official = pickOfficial(random, kind)
  const onSwitchboard = official.unit === switchboardUnit
  const talkMs = onSwitchboard ? lognormalMs(random, 35, 0.4, 10, 180) : lognormalMs(random, 205, 0.65, 15, 3600)
  const firstEndMs = answeredMs + talkMs
  const segments: PastSegment[] = [
    { official: official.key, number: numberCalled, answeredAt: new Date(answeredMs), endedAt: new Date(firstEndMs) },
  ]
  let last = { official, kind }
  // The switchboard connects nearly every call; elsewhere transfers are rare.
  if (random.chance(onSwitchboard ? 0.9 : transferShare)) {
    const toKind = onSwitchboard ? (kind === 'switchboardSwedish' ? 'nationalSwedish' : 'northern') : kind
    const receiver = pickOfficial(random, toKind, official)
    const receivedMs = firstEndMs + random.integer(2, 90) * 1000
    const endMs = receivedMs + lognormalMs(random, 190, 0.6, 15, 3600)
    segments.push({
      official: receiver.key,
      number: numbersCalled[toKind],
      answeredAt: new Date(receivedMs),
      endedAt: new Date(endMs),
    })
    last = { official: receiver, kind: toKind }
  }
  const dialogue = pickDialogue(random, last.official, last.kind)
  return {
    ...shared,
    answeredAt: new Date(answeredMs),
    endedAt: segments.at(-1)!.endedAt,
    segments,
    ...(dialogue === undefined ? {} : { dialogue }),
  }
}

/** Returns a lognormal duration of whole seconds, in milliseconds. */
function lognormalMs(random: Random, medianSeconds: number, spread: number, atLeast: number, atMost: number): number {
  const seconds = medianSeconds * Math.exp(spread * random.normal())
  return Math.round(Math.min(atMost, Math.max(atLeast, seconds))) * 1000
}
