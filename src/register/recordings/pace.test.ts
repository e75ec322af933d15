import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPacer, playbackPace } from './pace.ts'

const pace = playbackPace
const callMs = 3_600_000
/** About ten requests a second, at times that are no whole milliseconds. */
const requestIntervalMs = 97.3

/** Reads continuously from the start. Returns how much was served by each request. */
function servedOverTime(speed: number, forMs: number): number[] {
  const pacer = createPacer(pace)
  let servedMs = 0
  const served: number[] = []
  for (let atMs = 0; atMs <= forMs; atMs += requestIntervalMs) {
    // Positions are whole milliseconds, rounded up, like the start of the next piece.
    servedMs += pacer.take({ atMs, fromMs: Math.ceil(servedMs), wantedMs: Math.min(30_000, callMs - servedMs), speed })
    served.push(servedMs)
  }
  return served
}

describe('the rate limit of a listening', () => {
  test.each([0.5, 1, 2, 3])('serves %s times the speed without a pause, and at most half a minute ahead', (speed) => {
    for (const [request, servedMs] of servedOverTime(speed, 600_000).entries()) {
      const heardMs = request * requestIntervalMs * speed
      expect(servedMs).toBeGreaterThanOrEqual(heardMs)
      expect(servedMs - heardMs).toBeLessThanOrEqual(pace.leadMs + 1)
    }
  })

  test('serves no further ahead after a pause than before it', () => {
    const pacer = createPacer(pace)
    const first = pacer.take({ atMs: 0, fromMs: 0, wantedMs: callMs, speed: 1 })
    expect(first).toBe(pace.leadMs)
    const hourLater = pacer.take({ atMs: 3_600_000, fromMs: first, wantedMs: callMs, speed: 1 })
    expect(hourLater).toBeLessThanOrEqual(pace.leadMs)
    expect(pacer.take({ atMs: 3_600_000, fromMs: first + hourLater, wantedMs: callMs, speed: 1 })).toBe(0)
  })

  test('serves at once after a seek, and repeated seeking gets no more', () => {
    const pacer = createPacer(pace)
    let servedMs = 0
    for (let atMs = 0; atMs < 60_000; atMs += 50) {
      servedMs += pacer.take({ atMs, fromMs: (atMs * 7919) % callMs, wantedMs: 30_000, speed: 1 })
    }
    expect(servedMs).toBeGreaterThan(pace.leadMs)
    expect(servedMs).toBeLessThanOrEqual(pace.leadMs + 60_000 * 1.25)
  })

  test('serves to the very end, however short the last piece is', () => {
    const pacer = createPacer(pace)
    expect(pacer.take({ atMs: 0, fromMs: 999, wantedMs: 1, speed: 1 })).toBe(1)
  })

  test('never serves more than the lead and what can be played at that speed, for any requests', () => {
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
      fc.property(requests, (sequence) => {
        const pacer = createPacer(pace)
        let [atMs, nextMs, servedMs, allowedMs] = [0, 0, 0, pace.leadMs]
        for (const { afterMs, jump, wantedMs, speed } of sequence) {
          atMs += afterMs
          allowedMs += afterMs * speed * 1.25
          const fromMs = jump ?? nextMs
          const allowed = pacer.take({ atMs, fromMs, wantedMs, speed })
          expect(allowed).toBeGreaterThanOrEqual(0)
          expect(allowed).toBeLessThanOrEqual(wantedMs)
          servedMs += allowed
          if (allowed > 0) nextMs = fromMs + allowed
          expect(servedMs).toBeLessThanOrEqual(allowedMs + 1e-6)
        }
      }),
    )
  })
})
