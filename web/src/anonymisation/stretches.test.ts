import { expect, test } from 'vitest'
import { joined, lengthOf, playedShareOf, wholePercent, without } from './stretches.ts'

const stretch = (fromMs: number, toMs: number) => ({ fromMs, toMs })

test('stretches that meet or overlap are one, and empty ones are none', () => {
  expect(joined([stretch(500, 900), stretch(0, 200), stretch(200, 300), stretch(250, 260), stretch(40, 40)])).toEqual([
    stretch(0, 300),
    stretch(500, 900),
  ])
})

test('what was played is taken out of what is left, at the ends and from the middle', () => {
  expect(without([stretch(0, 1000)], [stretch(200, 300)])).toEqual([stretch(0, 200), stretch(300, 1000)])
  expect(without([stretch(0, 1000), stretch(2000, 3000)], [stretch(900, 2500)])).toEqual([
    stretch(0, 900),
    stretch(2500, 3000),
  ])
  expect(without([stretch(0, 1000)], [stretch(0, 1000)])).toEqual([])
  expect(without([], [stretch(0, 1000)])).toEqual([])
})

test('the played share is what is not left, and twice unplayed is counted once', () => {
  expect(playedShareOf([], 60_000)).toBe(1)
  expect(playedShareOf([stretch(0, 60_000)], 60_000)).toBe(0)
  expect(playedShareOf([stretch(0, 15_000), stretch(10_000, 30_000)], 60_000)).toBe(0.5)
  expect(lengthOf([stretch(0, 15_000), stretch(10_000, 30_000)])).toBe(30_000)
})

test('nothing short of all of it is reported as a hundred per cent', () => {
  expect([0, 0.5, 0.999, 0.9999999, 1].map(wholePercent)).toEqual([0, 50, 99, 99, 100])
})
