import { expect, test } from 'vitest'
import { mergeStretches, lengthOf, playedShareOf, wholePercent, subtractStretches } from './stretches.ts'

const stretch = (fromMs: number, toMs: number) => ({ fromMs, toMs })

test('stretches that touch or overlap are merged, and empty ones are dropped', () => {
  expect(
    mergeStretches([stretch(500, 900), stretch(0, 200), stretch(200, 300), stretch(250, 260), stretch(40, 40)]),
  ).toEqual([stretch(0, 300), stretch(500, 900)])
})

test('played stretches are removed from what is left, at the ends and in the middle', () => {
  expect(subtractStretches([stretch(0, 1000)], [stretch(200, 300)])).toEqual([stretch(0, 200), stretch(300, 1000)])
  expect(subtractStretches([stretch(0, 1000), stretch(2000, 3000)], [stretch(900, 2500)])).toEqual([
    stretch(0, 900),
    stretch(2500, 3000),
  ])
  expect(subtractStretches([stretch(0, 1000)], [stretch(0, 1000)])).toEqual([])
  expect(subtractStretches([], [stretch(0, 1000)])).toEqual([])
})

test('the played share is everything but the unplayed stretches, and overlapping ones count once', () => {
  expect(playedShareOf([], 60_000)).toBe(1)
  expect(playedShareOf([stretch(0, 60_000)], 60_000)).toBe(0)
  expect(playedShareOf([stretch(0, 15_000), stretch(10_000, 30_000)], 60_000)).toBe(0.5)
  expect(lengthOf([stretch(0, 15_000), stretch(10_000, 30_000)])).toBe(30_000)
})

test('less than everything is never reported as a hundred per cent', () => {
  expect([0, 0.5, 0.999, 0.9999999, 1].map(wholePercent)).toEqual([0, 50, 99, 99, 100])
})
