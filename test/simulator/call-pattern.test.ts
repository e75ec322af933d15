import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generatePastCalls } from './generate-past-calls.ts'
import { callPattern } from './call-pattern.ts'
import { alawToLinear, alawToUlaw, linearToAlaw, linearToUlaw, ulawToLinear } from './g711.ts'
import { numbersCalled, officialByKey, officials } from './people.ts'
import { listDialogues, loadDialogue } from './sound.ts'
import { scripts } from './speech/dialogues.ts'

const take = (seed: number, count: number) => callPattern(seed).take(count).toArray()

test('the same seed gives the same calls, another seed others', () => {
  expect(take(1, 50)).toEqual(take(1, 50))
  expect(take(1, 50)).not.toEqual(take(2, 50))
})

test('a stream of calls has every number, a few withheld callers, some holds and some transfers', () => {
  const calls = take(3, 1000)
  expect(new Set(calls.map(({ number }) => number))).toEqual(new Set(Object.values(numbersCalled)))
  const withheld = calls.filter((call) => call.withheld).length
  expect(withheld).toBeGreaterThan(25)
  expect(withheld).toBeLessThan(80)
  expect(calls.filter(({ hold }) => hold).length).toBeGreaterThan(50)
  const transferred = calls.filter(({ transferTo }) => transferTo)
  expect(transferred.length).toBeGreaterThan(100)
  for (const { official, transferTo } of transferred) expect(transferTo!.official.phone).not.toBe(official.phone)
})

test('every call has the voice and the language of its official', () => {
  for (const { official, dialogue } of take(4, 500)) {
    const person = officials.find(({ phone }) => phone === official.phone)!
    if (dialogue === undefined) continue
    const spoken = listDialogues().find(({ key }) => key === dialogue)!
    expect(spoken.officialGender).toBe(person.voice)
    expect([person.language, ...person.alsoSpeaks]).toContain(spoken.language)
  }
})

test('every script is spoken, loud enough, not clipped, 20 to 90 seconds long and at most 4 MB in all', () => {
  let totalBytes = 0
  expect(listDialogues().map(({ key }) => key)).toEqual(scripts.map(({ key }) => key).sort())
  for (const script of scripts) {
    const dialogue = listDialogues().find(({ key }) => key === script.key)!
    expect(dialogue.lines.map(({ who, text }) => [who, text])).toEqual(script.lines.map(([user, text]) => [user, text]))
    const alaw = readFileSync(join(import.meta.dirname, 'speech/spoken', `${script.key}.alaw`))
    totalBytes += alaw.length
    for (const { offset, length } of dialogue.lines) {
      const samples = alawToLinear(alaw.subarray(offset, offset + length))
      const rmsDbfs = 20 * Math.log10(Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / length) / 32768)
      expect(rmsDbfs).toBeGreaterThan(-26)
      expect(rmsDbfs).toBeLessThan(-18)
      expect(samples.every((each) => Math.abs(each) < 32000)).toBe(true)
    }
    const seconds = loadDialogue(script.key).frames / 50
    expect(seconds).toBeGreaterThan(20)
    expect(seconds).toBeLessThan(90)
  }
  expect(totalBytes).toBeLessThan(4_000_000)
})

test('in a dialogue only one person speaks at a time; the other track is silent, or has faint noise', () => {
  const clean = loadDialogue('vaihde')
  const noisy = loadDialogue('vaihde', 'pcma', -50)
  const frames = Array.from({ length: clean.frames }, (_, index) => index)
  expect(frames.some((index) => clean.speaks('caller', index))).toBe(true)
  expect(
    frames.filter((index) => clean.speaks('caller', index) && clean.speaks('official', index)).length,
  ).toBeLessThan(5)
  expect(clean.frame('caller', 0).every((byte) => byte === 0xd5)).toBe(true)
  expect(new Set(noisy.frame('caller', 0)).size).toBeGreaterThan(5)
})

test('encoding a decoded G.711 byte returns it', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(linearToAlaw(alawToLinear(bytes))).toEqual(bytes)
  // Mu-law has two zeros: 0x7f is written as 0xff.
  expect(linearToUlaw(ulawToLinear(bytes))).toEqual(bytes.map((byte) => (byte === 0x7f ? 0xff : byte)))
  const [received, meant] = [ulawToLinear(alawToUlaw(bytes)), alawToLinear(bytes)]
  expect(received.every((sample, index) => Math.abs(sample - meant[index]!) <= Math.abs(meant[index]!) / 16 + 16)).toBe(
    true,
  )
})

const now = new Date('2026-11-25T09:30:00Z')
const helsinki = (date: Date) =>
  Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO('Europe/Helsinki')

test('a month of calls is the same for the same seed, and is in the past', () => {
  const month = generatePastCalls(5, now)
  expect(month).toEqual(generatePastCalls(5, now))
  expect(new Set(month.map(({ externalCallId }) => externalCallId)).size).toBe(month.length)
  for (const { startedAt, answeredAt, endedAt, segments } of month) {
    expect(endedAt.getTime()).toBeLessThan(now.getTime())
    if (answeredAt) expect(answeredAt.getTime()).toBeGreaterThan(startedAt.getTime())
    let last = startedAt
    for (const segment of segments) {
      expect(officialByKey(segment.official)).toBeDefined()
      expect(segment.answeredAt.getTime()).toBeGreaterThan(last.getTime())
      expect(segment.endedAt.getTime()).toBeGreaterThan(segment.answeredAt.getTime())
      last = segment.endedAt
    }
    if (segments.length > 0) expect(last).toEqual(endedAt)
  }
})

test('the calls of a day are the same from whichever later day the month is generated', () => {
  const callsOf = (month: ReturnType<typeof generatePastCalls>) =>
    month.filter(({ externalCallId }) => externalCallId.startsWith('past-2026-11-12'))
  expect(callsOf(generatePastCalls(5, now)).length).toBeGreaterThan(80)
  expect(callsOf(generatePastCalls(5, new Date('2026-12-03T07:00:00Z')))).toEqual(callsOf(generatePastCalls(5, now)))
})

test('people call in office hours in Helsinki, most on Mondays, few on Saturdays, nobody on Sundays', () => {
  const month = generatePastCalls(5, new Date('2026-11-24T22:00:00Z'))
  const days = new Map<number, number>()
  for (const { startedAt } of month) {
    const at = helsinki(startedAt)
    days.set(at.dayOfWeek, (days.get(at.dayOfWeek) ?? 0) + 1)
    const minutes = at.hour * 60 + at.minute
    expect(minutes).toBeGreaterThanOrEqual(8 * 60)
    expect(minutes).toBeLessThan(16 * 60 + 15)
  }
  expect(days.get(7)).toBeUndefined()
  expect(days.get(1)! / days.get(5)!).toBeGreaterThan(1.2)
  expect(days.get(6)!).toBeLessThan(80)
  const weekdays = [1, 2, 3, 4, 5].reduce((sum, day) => sum + days.get(day)!, 0)
  expect(weekdays / 22).toBeGreaterThan(105)
  expect(weekdays / 22).toBeLessThan(140)
})

test('conversations last about four minutes, and about one call in twenty-five is never answered', () => {
  const month = generatePastCalls(5, now)
  const unanswered = month.filter(({ segments }) => segments.length === 0).length / month.length
  expect(unanswered).toBeGreaterThan(0.025)
  expect(unanswered).toBeLessThan(0.06)
  const service = month.filter(
    ({ numberCalled, segments }) => segments.length > 0 && !numberCalled.startsWith('+35829512'),
  )
  const talks = service.map(
    ({ segments }) => (segments[0]!.endedAt.getTime() - segments[0]!.answeredAt.getTime()) / 60_000,
  )
  const mean = talks.reduce((sum, each) => sum + each, 0) / talks.length
  expect(mean).toBeGreaterThan(3.5)
  expect(mean).toBeLessThan(5)
  const passedOn = service.filter(({ segments }) => segments.length > 1).length / service.length
  expect(passedOn).toBeGreaterThan(0.04)
  expect(passedOn).toBeLessThan(0.08)
})
