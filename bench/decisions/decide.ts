/**
 * Measures the decision at a call's start: the version in force, the plan, the draw and the quota, of an agency with many
 * numbers. Yardstick: the HMAC of a draw, alone.
 */
import { createHmac } from 'node:crypto'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { decideRecording } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { readDescription } from '#description/read-description.ts'
import { weekdays } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { ratio, type Row } from '../rows.ts'

const maxMs = 0.2
const rounds = 5
const officials = 500

/** Measures CPU microseconds per decision, beside a bare HMAC. Required: at most 0.2 ms. */
export async function decide({ calls = 100_000, numbers = 300 } = {}): Promise<Row[]> {
  const description = withManyNumbers(await readDescription(), numbers)
  const version = { version: 1, description }
  const drawKey = Buffer.alloc(32, 7)
  const quotas = createQuotaCounts()
  const ids = Array.from({ length: calls }, (_, call) => hashCallId(`call ${call}`))
  const begin = Temporal.Instant.from('2026-03-02T06:00:00Z').epochMilliseconds
  let recorded = 0

  const bare = median(() => {
    for (const id of ids) createHmac('sha256', drawKey).update(`rule-1 1 ${id}`).digest()
  })
  const decided = median(() => {
    recorded = 0
    for (const [index, drawnOn] of ids.entries()) {
      const answeredAt = Temporal.Instant.fromEpochMilliseconds(begin + index * 500)
      const decision = decideRecording({
        version,
        drawKey,
        drawnOn,
        numberReached: description.numbers[index % numbers]?.key ?? null,
        answeredAt,
        viaSwitchboard: false,
        officialId: `official ${index % officials}`,
        consents: true,
        quotaUsed: quotas.used(answeredAt),
      })
      if (decision.record) recorded += 1
    }
  })
  const each = (micros: number) => micros / calls
  console.log(`${calls} calls to ${numbers} numbers, ${recorded} recorded`)
  console.log(`bare HMAC                ${each(bare).toFixed(2)} us`)
  console.log(
    `decision                 ${each(decided).toFixed(2)} us  x${(decided / bare).toFixed(1)}  (at most ${maxMs * 1000} us)`,
  )
  return [
    {
      what: `a decision at a call's start, ${numbers} numbers`,
      measured: `${each(decided).toFixed(1)} us of CPU`,
      yardstick: `bare HMAC ${each(bare).toFixed(1)} us`,
      ratio: ratio(decided, bare),
      target: `at most ${maxMs * 1000} us`,
      isReached: each(decided) <= maxMs * 1000,
    },
  ]
}

/** Adds numbers with rules of their own, with hours and a quota: two for each number, by time of day. */
function withManyNumbers(seed: RegisterDescription, count: number): RegisterDescription {
  const [number] = seed.numbers
  const [rule] = seed.recordingPlan.rules
  const [announcement] = seed.recordingPlan.announcements
  if (!number || !rule || !announcement) throw new Error('the seed has numbers, rules and an announcement')
  const keys = Array.from({ length: count }, (_, n) => `+3582949${String(n).padStart(5, '0')}` as PhoneNumberKey)
  const clock = (text: string) => Temporal.PlainTime.from(text)
  const hours = [
    { days: weekdays, from: clock('00:00'), to: clock('12:00') },
    { days: weekdays, from: clock('12:00'), to: clock('23:59:59.999999999') },
  ]
  const rules = keys.flatMap((key, n) =>
    hours.map((during, part) => ({
      ...rule,
      id: `rule-${n}-${part}`,
      numbers: [key],
      hours: during,
      share: 0.1,
      quota: { per: 'official' as const, weekly: 5 },
    })),
  )
  return {
    ...seed,
    numbers: keys.map((key) => ({ ...number, key })),
    recordingPlan: { ...seed.recordingPlan, rules, announcements: [{ ...announcement, numbers: keys }] },
  }
}

/** Returns the median CPU time of some work in this process, in microseconds. */
function median(work: () => void): number {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    times.push(user + system)
  }
  return times.sort((a, b) => a - b)[rounds >> 1] ?? NaN
}
