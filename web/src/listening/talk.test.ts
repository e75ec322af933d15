import { expect, test } from 'vitest'
import { talkOf } from './talk.ts'

/** Peaks of a tenth of a second: loud in these stretches of tenths. */
function speaking(length: number, ...stretches: [from: number, to: number][]): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (stretches.some(([from, to]) => at >= from && at < to) ? 90 : 2))
}

test('talk, silence and overlap add up to the whole recording', () => {
  const talk = talkOf(speaking(200, [0, 50], [100, 140]), speaking(200, [50, 60], [120, 160]), 10)
  expect(talk).toEqual({
    callerMs: 7000,
    officialMs: 3000,
    bothMs: 2000,
    silentMs: 8000,
    moments: [
      { kind: 'silence', fromMs: 6000, toMs: 10_000 },
      { kind: 'overlap', fromMs: 12_000, toMs: 14_000 },
      { kind: 'silence', fromMs: 16_000, toMs: 20_000 },
    ],
  })
})

test('a hold is listed instead of the silence within it', () => {
  const caller = speaking(300, [0, 50], [150, 200])
  const hold = { kind: 'hold', fromMs: 5000, toMs: 15_000 } as const
  expect(talkOf(caller, speaking(300), 10, [hold]).moments).toEqual([
    hold,
    { kind: 'silence', fromMs: 20_000, toMs: 30_000 },
  ])
})

test('a pause between words is speech', () => {
  expect(talkOf(speaking(100, [0, 40], [43, 100]), speaking(100), 10)).toMatchObject({ callerMs: 10_000, moments: [] })
})

test('a click is no speech', () => {
  const click = Uint8Array.from({ length: 100 }, (_, at) => (at === 50 ? 90 : 0))
  expect(talkOf(click, new Uint8Array(100), 20)).toMatchObject({ silentMs: 5000, callerMs: 0 })
})

test('an empty recording has neither talk nor silence', () => {
  expect(talkOf(new Uint8Array(), new Uint8Array(), 20)).toEqual({
    callerMs: 0,
    officialMs: 0,
    bothMs: 0,
    silentMs: 0,
    moments: [],
  })
})
