/**
 * What is told beside a recording that leaves (R33): so little that nobody finds the call by it.
 *
 * In: when a call was, how long, which unit and number. Out: a name by chance, the month, a part of the day, whole steps of five
 * seconds. Never here: an id, a day, an hour; a unit or a number that few recordings of the disclosure share.
 */
import { randomBytes } from 'node:crypto'

/** Calls are many by day and few at night: bands in which there are always others. Local hours [from, to). */
const hourBands = [
  { from: 0, to: 8 },
  { from: 8, to: 12 },
  { from: 12, to: 16 },
  { from: 16, to: 24 },
] as const

const stepSeconds = 5
/** So many recordings of a disclosure must share a unit or a number for it to be told. */
const leastSharing = 5
const nameBytes = 10
const timeZone = 'Europe/Helsinki'

export interface RecordingFacts {
  startedAt: Temporal.Instant
  durationSeconds: number
  /** As the recipient reads it; `undefined` where there is none. */
  unit?: string | undefined
  number?: string | undefined
}

export interface CoarseFacts {
  /** Of the item's files; nothing follows from it, and in the order of names the calls stand by chance. */
  name: string
  /** As in 2026-11. */
  month: string
  /** As in 08-12, local hours. */
  hours: string
  durationSeconds: number
  unit?: string
  number?: string
}

/**
 * Facts of all recordings of one disclosure, each at its place in `recordings`. Names are drawn anew each time: whoever wants the same
 * again keeps them.
 */
export function coarseFacts(
  recordings: readonly RecordingFacts[],
  random: (size: number) => Uint8Array = randomBytes,
): CoarseFacts[] {
  const units = shared(recordings.map(({ unit }) => unit))
  const numbers = shared(recordings.map(({ number }) => number))
  const names = new Set<string>()
  return recordings.map(({ startedAt, durationSeconds, unit, number }) => {
    const local = startedAt.toZonedDateTimeISO(timeZone)
    return {
      name: drawName(names, random),
      month: local.toPlainDate().toPlainYearMonth().toString(),
      hours: bandOf(local.hour),
      durationSeconds: coarseSeconds(durationSeconds),
      ...(unit !== undefined && units.has(unit) ? { unit } : {}),
      ...(number !== undefined && numbers.has(number) ? { number } : {}),
    }
  })
}

/** Rounded up, as sound is lengthened to it and never cut. */
export function coarseSeconds(seconds: number): number {
  return Math.max(stepSeconds, Math.ceil(seconds / stepSeconds) * stepSeconds)
}

function shared(values: readonly (string | undefined)[]): Set<string> {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count >= leastSharing).map(([value]) => value))
}

function bandOf(hour: number): string {
  const band = hourBands.find(({ from, to }) => hour >= from && hour < to)!
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(band.from)}-${two(band.to)}`
}

/** Letters and figures that are told apart when read aloud (Crockford's base 32); 50 bits of chance. */
function drawName(taken: Set<string>, random: (size: number) => Uint8Array): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  for (;;) {
    const name = Array.from(random(nameBytes), (byte) => letters[byte % letters.length]).join('')
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}
