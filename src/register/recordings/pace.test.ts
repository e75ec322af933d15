import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPacer, playbackPace } from './pace.ts'

const pace = playbackPace
const callMs = 3_600_000

/** Reads on and on from the beginning, a request each tenth of a second; how much was served by each moment. */
function readOn(speed: number, forMs: number): number[] {
  const pacer = createPacer(pace)
  let servedMs = 0
  const served: number[] = []
  for (let atMs = 0; atMs <= forMs; atMs += 97.3) {
    // Given in whole milliseconds, rounded up, as the next piece is.
    servedMs += pacer.take({ atMs, fromMs: Math.ceil(servedMs), wantedMs: Math.min(30_000, callMs - servedMs), speed })
    served.push(servedMs)
  }
  return served
}

describe('a listening is served', () => {
  test.each([0.5, 1, 2, 3])('at %s times the speed without a pause, and at most half a minute ahead', (speed) => {
    for (const [tenth, servedMs] of readOn(speed, 600_000).entries()) {
      const heardMs = tenth * 97.3 * speed
      expect(servedMs).toBeGreaterThanOrEqual(heardMs)
      expect(servedMs - heardMs).toBeLessThanOrEqual(pace.leadMs + 1)
    }
  })

  test('after a pause no further ahead than before it', () => {
    const pacer = createPacer(pace)
    const first = pacer.take({ atMs: 0, fromMs: 0, wantedMs: callMs, speed: 1 })
    expect(first).toBe(pace.leadMs)
    const hourLater = pacer.take({ atMs: 3_600_000, fromMs: first, wantedMs: callMs, speed: 1 })
    expect(hourLater).toBeLessThanOrEqual(pace.leadMs)
    expect(pacer.take({ atMs: 3_600_000, fromMs: first + hourLater, wantedMs: callMs, speed: 1 })).toBe(0)
  })

  test('at once where somebody seeks, and seeking again and again lets out no more', () => {
    const pacer = createPacer(pace)
    let servedMs = 0
    for (let atMs = 0; atMs < 60_000; atMs += 50) {
      servedMs += pacer.take({ atMs, fromMs: (atMs * 7919) % callMs, wantedMs: 30_000, speed: 1 })
    }
    expect(servedMs).toBeGreaterThan(pace.leadMs)
    expect(servedMs).toBeLessThanOrEqual(pace.leadMs + 60_000 * 1.25)
  })

  test('to the very end, be the last piece ever so short', () => {
    const pacer = createPacer(pace)
    expect(pacer.take({ atMs: 0, fromMs: 999, wantedMs: 1, speed: 1 })).toBe(1)
  })

  test('however it is asked: never more than a lead and what an ear at that speed could have heard', () => {
    const requests = fc.array(
      fc.record({
        afterMs: fc.nat(5000),
        jump: fc.option(fc.nat(callMs)),
        wantedMs: fc.integer({ min: 1, max: 33_000 }),
        speed: fc.constantFrom(0.5, 1, 1.5, 3),
      }),
      { maxLength: 200, size: 'max' },
    )
    fc.assert(
      fc.property(requests, (given) => {
        const pacer = createPacer(pace)
        let [atMs, nextMs, servedMs, allowedMs] = [0, 0, 0, pace.leadMs]
        for (const { afterMs, jump, wantedMs, speed } of given) {
          atMs += afterMs
          allowedMs += afterMs * speed * 1.25
          const fromMs = jump ?? nextMs
          const given = pacer.take({ atMs, fromMs, wantedMs, speed })
          expect(given).toBeGreaterThanOrEqual(0)
          expect(given).toBeLessThanOrEqual(wantedMs)
          servedMs += given
          if (given > 0) nextMs = fromMs + given
          expect(servedMs).toBeLessThanOrEqual(allowedMs + 1e-6)
        }
      }),
    )
  })
})
