import type { AnonymisedCopy, CopyRedaction, CopyTurn, Level, Reason, Track, TurnLanguage } from './copy-shapes.ts'
import { tracks } from './copy-shapes.ts'

/** Row of the editor: its key does not change when it is moved, changed or saved. */
interface Row {
  key: number
}
export type Turn = CopyTurn & Row
export type Redaction = CopyRedaction & Row

/** A preparer's work on a copy: level, turns, redactions. Immutable. */
export interface Work {
  level: Level
  turns: readonly Turn[]
  redactions: readonly Redaction[]
  /** Next unused key. */
  nextKey: number
}

/** Length of a new turn, unless the next turn comes earlier. */
const newTurnMs = 3000
/** Shorter stretches are ignored as accidental. */
const minMs = 50

/** Returns the work from the server, rows in its order. */
export function workOf({ level, turns, redactions }: Pick<AnonymisedCopy, 'level' | 'turns' | 'redactions'>): Work {
  return {
    level,
    turns: turns.map((turn, index) => ({ ...turn, key: index + 1 })),
    redactions: redactions.map((redaction, index) => ({ ...redaction, key: turns.length + index + 1 })),
    nextKey: turns.length + redactions.length + 1,
  }
}

/** Returns the body of a save: rows in their order. */
export function requestBodyOf({
  level,
  turns,
  redactions,
}: Work): Pick<AnonymisedCopy, 'level' | 'turns' | 'redactions'> {
  return { level, turns: turns.map(withoutKey), redactions: redactions.map(withoutKey) }
}

function withoutKey<T extends Row>({ key: _, ...rest }: T): Omit<T, 'key'> {
  return rest
}

/** Why a stretch is invalid. */
export type WrongTimes = 'order' | 'beyond'

export function wrongTimes(fromMs: number, toMs: number, durationMs: number): WrongTimes | undefined {
  if (fromMs > durationMs || toMs > durationMs) return 'beyond'
  return toMs - fromMs < minMs ? 'order' : undefined
}

/** Adds a redaction: on one lane, or on both, because the other party often repeats what is said. */
export function addRedactions(
  work: Work,
  on: readonly Track[],
  { fromMs, toMs, reason }: { fromMs: number; toMs: number; reason: Reason },
): Work {
  return on.reduce(
    (now, track) => insertRedaction(now, { track, fromMs, toMs, reason, source: 'MANUAL', isReviewed: true }),
    work,
  )
}

/** A change reviews the redaction. */
export function changeRedaction(work: Work, key: number, change: Partial<CopyRedaction>): Work {
  return {
    ...work,
    redactions: work.redactions.map((one) => (one.key === key ? { ...one, isReviewed: true, ...change } : one)),
  }
}

export function removeRedaction(work: Work, key: number): Work {
  return { ...work, redactions: work.redactions.filter((one) => one.key !== key) }
}

/** A change marks the recognised words as reviewed by a person. */
export function changeTurn(work: Work, key: number, change: Partial<CopyTurn>): Work {
  return {
    ...work,
    turns: work.turns.map((one) => {
      if (one.key !== key) return one
      const { isReviewed: _, ...own } = one
      return { ...('text' in change ? own : one), ...change }
    }),
  }
}

/** Marks the words of a turn as confirmed by a person. */
export function acceptTurn(work: Work, key: number): Work {
  const turn = work.turns.find((one) => one.key === key)
  return turn ? changeTurn(work, key, { text: turn.text }) : work
}

export function removeTurn(work: Work, key: number): Work {
  return { ...work, turns: work.turns.filter((one) => one.key !== key) }
}

/**
 * Adds an empty turn at a moment: after a turn in progress there, and ending at the next one of its lane at the latest. Takes
 * the language of the turn before it.
 */
export function addTurn(work: Work, track: Track, atMs: number, durationMs: number, language: TurnLanguage): Work {
  const own = work.turns.filter((one) => one.track === track)
  const going = own.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
  const latestMs = Math.max(0, durationMs - minMs)
  const fromMs = Math.min(Math.round(going ? going.toMs : atMs), latestMs)
  const next = Math.min(durationMs, ...own.map((one) => one.fromMs).filter((ms) => ms > fromMs))
  const toMs = Math.max(fromMs + minMs, Math.min(fromMs + newTurnMs, next))
  const before = work.turns.findLast((one) => one.fromMs <= fromMs)
  return insertTurn(work, { track, fromMs, toMs, language: before?.language ?? language, text: '' })
}

/**
 * Splits a turn in two: the words at the caret, the time at the playback position, or, if that is outside the turn, in
 * proportion to the words.
 */
export function splitTurn(work: Work, key: number, caret: number, atMs: number): Work {
  const turn = work.turns.find((one) => one.key === key)
  if (!turn || turn.toMs - turn.fromMs < 2 * minMs) return work
  const isInside = atMs >= turn.fromMs + minMs && atMs <= turn.toMs - minMs
  const share = turn.text.length === 0 ? 0.5 : caret / turn.text.length
  const measured = turn.fromMs + Math.round((turn.toMs - turn.fromMs) * share)
  const cutMs = isInside ? Math.round(atMs) : Math.min(turn.toMs - minMs, Math.max(turn.fromMs + minMs, measured))
  const first = changeTurn(work, key, { toMs: cutMs, text: turn.text.slice(0, caret).trim() })
  return insertTurn(first, { ...withoutKey(turn), fromMs: cutMs, text: turn.text.slice(caret).trim() })
}

/** Adds proposals to the work; changes and duplicates nothing that a person wrote or marked. */
export function withProposals(
  work: Work,
  proposed: { turns: readonly CopyTurn[]; redactions: readonly CopyRedaction[] },
): { work: Work; turns: number; redactions: number } {
  // A turn without words is replaced by a proposed one with words.
  const written = work.turns.filter(
    (one) =>
      one.text.trim() !== '' ||
      !proposed.turns.some(({ track, text, ...times }) => track === one.track && text !== '' && overlap(one, times)),
  )
  const turns = proposed.turns.filter((turn) => !written.some((one) => one.track === turn.track && overlap(one, turn)))
  const redactions = proposed.redactions.filter(
    (redaction) => !work.redactions.some((one) => one.track === redaction.track && isCovered(redaction, one)),
  )
  const withTurns = turns.reduce(insertTurn, { ...work, turns: written })
  return {
    work: redactions.reduce(
      (now, redaction) => insertRedaction(now, { ...redaction, source: 'PROPOSED', isReviewed: false }),
      withTurns,
    ),
    turns: turns.length,
    redactions: redactions.length,
  }
}

/** Returns overlapping turns of one lane: only one of them can be spoken. */
export function overlappingTurns(turns: readonly Turn[]): ReadonlySet<number> {
  const found = new Set<number>()
  for (const track of tracks) {
    const own = turns.filter((one) => one.track === track).toSorted((a, b) => a.fromMs - b.fromMs)
    let latest: Turn | undefined
    for (const one of own) {
      if (latest && one.fromMs < latest.toMs) found.add(one.key)
      if (!latest || one.toMs > latest.toMs) latest = one
    }
  }
  return found
}

/** Returns true if a lane is silenced at a moment of the copy. */
export function isRedactedAt(redactions: readonly CopyRedaction[], track: Track, ms: number): boolean {
  return redactions.some((one) => one.track === track && one.fromMs <= ms && ms < one.toMs)
}

function overlap(a: { fromMs: number; toMs: number }, b: { fromMs: number; toMs: number }): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs
}

function isCovered(inner: CopyRedaction, outer: CopyRedaction): boolean {
  return outer.fromMs <= inner.fromMs && inner.toMs <= outer.toMs
}

function insertTurn(work: Work, turn: CopyTurn): Work {
  return { ...work, turns: inserted(work.turns, { ...turn, key: work.nextKey }), nextKey: work.nextKey + 1 }
}

function insertRedaction(work: Work, redaction: CopyRedaction): Work {
  return {
    ...work,
    redactions: inserted(work.redactions, { ...redaction, key: work.nextKey }),
    nextKey: work.nextKey + 1,
  }
}

/** Inserts by start time without reordering existing rows, so that nothing moves under the pointer. */
function inserted<T extends { fromMs: number }>(rows: readonly T[], row: T): T[] {
  const at = rows.findIndex((one) => one.fromMs > row.fromMs)
  return at < 0 ? [...rows, row] : rows.toSpliced(at, 0, row)
}
