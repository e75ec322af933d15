import { expect, test } from 'vitest'
import { hasSound, isSoonOver, isAnnounced, minutesLeft, nextVolume, withDestroyedParts } from './room-facts.ts'

const until = '2026-11-26T10:00:00Z'
const at = (time: string) => Date.parse(`2026-11-26T${time}Z`)

test('the last minute is shown until the slot ends', () => {
  expect([at('09:30:00'), at('09:59:01'), at('10:00:00'), at('10:05:00')].map((ms) => minutesLeft(until, ms))).toEqual([
    30, 1, 0, 0,
  ])
})

test('the time left is announced ten, five, two and one minutes before the end, once each', () => {
  const announced = [12, 11, 10, 9, 5, 4, 2, 1, 0].filter((now, at, all) => at > 0 && isAnnounced(all[at - 1]!, now))
  expect(announced).toEqual([10, 5, 2, 1])
})

test('a browser that was suspended at the time of an announcement announces the time left afterwards', () => {
  expect([isAnnounced(12, 4), isAnnounced(4, 3)]).toEqual([true, false])
})

test('the time left is emphasised during the last five minutes', () => {
  expect([6, 5, 1].map(isSoonOver)).toEqual([false, true, true])
})

test('the volume changes in tenths, between silence and maximum', () => {
  expect([nextVolume(0.8, 1), nextVolume(1, 1), nextVolume(0.1, -1), nextVolume(0, -1)]).toEqual([0.9, 1, 0, 0])
})

test('a room whose recordings are all destroyed has no sound', () => {
  const call = (canBeHeard: boolean) => ({
    ordinal: 1,
    startedAt: until,
    number: '+35829497000',
    parts: [{ recordingId: 'r', answeredAt: until, canBeHeard }],
  })
  expect([hasSound({ calls: [call(false), call(true)] }), hasSound({ calls: [call(false)] })]).toEqual([true, false])
})

test('a recording destroyed during the slot is still listed, as not playable', () => {
  const part = (recordingId: string, answeredAt: string, canBeHeard = true) => ({ recordingId, answeredAt, canBeHeard })
  const call = (ordinal: number, ...parts: ReturnType<typeof part>[]) => ({
    ordinal,
    startedAt: until,
    number: '1',
    parts,
  })
  const [a, b, c] = [part('a', '2026-11-26T09:00:00Z'), part('b', '2026-11-26T09:05:00Z'), part('c', until)]
  const before = [call(1, a, b), call(2, c)]
  expect(withDestroyedParts(before, before)).toEqual(before)
  expect(withDestroyedParts(before, [call(1, b)])).toEqual([
    call(1, { ...a, canBeHeard: false }, b),
    call(2, { ...c, canBeHeard: false }),
  ])
})
