import { describe, expect, test } from 'vitest'
import { isLastEnd, isAnnounced, timeLeft, type SessionClock } from './time-left.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const clock = (leftMs: number, more: Partial<SessionClock> = {}): SessionClock => ({
  endsAtMs: now + leftMs,
  receivedAtMs: now - 58 * 60_000,
  lastUseMs: now - 58 * 60_000,
  serverNowMs: now,
  lastEndMs: undefined,
  ...more,
})

describe('the end of a session', () => {
  test('is not announced while it is more than two minutes away', () => {
    expect(timeLeft(clock(120_001))).toEqual({ do: 'nothing' })
  })

  test('is announced two minutes before, if the session was not used since its end was known', () => {
    expect(timeLeft(clock(120_000))).toEqual({ do: 'warn', leftMs: 120_000, isLast: false })
    expect(timeLeft(clock(1))).toEqual({ do: 'warn', leftMs: 1, isLast: false })
  })

  test('is read from the server again if any tab has used the session since', () => {
    expect(timeLeft(clock(60_000, { lastUseMs: now - 30_000 }))).toEqual({ do: 'ask' })
    // The request that returned the end is a use of the session and must not cause another request.
    const together = { receivedAtMs: now - 30_000, lastUseMs: now - 26_000 }
    expect(timeLeft(clock(60_000, together))).toEqual({ do: 'warn', leftMs: 60_000, isLast: false })
  })

  test('is always confirmed by the server: a tab that was suspended asks, from four seconds after the end on', () => {
    expect(timeLeft(clock(-1000))).toEqual({ do: 'warn', leftMs: 0, isLast: false })
    expect(timeLeft(clock(-4000))).toEqual({ do: 'ask' })
    expect(timeLeft(clock(-3_600_000, { lastEndMs: now - 3_600_000 }))).toEqual({ do: 'ask' })
  })

  test('is announced as final if use cannot move it, and use does not cause another request', () => {
    const used = { lastEndMs: now + 60_000, lastUseMs: now - 1000 }
    expect(timeLeft(clock(60_000, used))).toEqual({ do: 'warn', leftMs: 60_000, isLast: true })
  })

  test('counts as final after a use that did not move it', () => {
    const before = { endsAtMs: now + 60_000 }
    expect(isLastEnd(before, { endsAtMs: now + 60_000, serverNowMs: now })).toBe(true)
    expect(isLastEnd(before, { endsAtMs: now + 3_600_000, serverNowMs: now })).toBe(false)
    // A later end has moved, even if it is near.
    expect(isLastEnd(before, { endsAtMs: now + 110_000, serverNowMs: now })).toBe(false)
  })

  test('is announced two minutes, one minute, 30 s and 10 s before it, and not in between', () => {
    const announced = Array.from({ length: 121 }, (_, seconds) => seconds).filter((seconds) =>
      isAnnounced(seconds * 1000),
    )
    expect(announced).toEqual([10, 30, 60, 120])
  })
})
