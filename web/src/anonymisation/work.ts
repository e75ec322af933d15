import type { AnonymisedCopy, CopyRedaction, CopyTurn, Level, Reason, Track, TurnLanguage } from './copy-shapes.ts'
import { tracks } from './copy-shapes.ts'

/** Row of the editor: its key does not change when it is moved, changed or saved. */
interface Row {
  key: number
}
export type Turn = CopyTurn & Row
export type Redaction = CopyRedaction & Row
/** A word of which the recogniser is not sure. */
export type Doubt = NonNullable<CopyTurn['doubts']>[number]

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
/** Minimum length of a stretch: a shorter one was marked by accident. */
const minMs = 50

/** Returns the work on a copy as the server has it, rows in the same order. */
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

/** Why a stretch is invalid: it ends before it begins or is too short, or it reaches beyond the recording. */
export type WrongTimes = 'order' | 'beyond'

export function wrongTimes(fromMs: number, toMs: number, durationMs: number): WrongTimes | undefined {
  if (fromMs > durationMs || toMs > durationMs) return 'beyond'
  return toMs - fromMs < minMs ? 'order' : undefined
}

/** Adds a redaction: on one track, or on both, because the other party often repeats what is said. */
export function addRedactions(
  work: Work,
  onTracks: readonly Track[],
  { fromMs, toMs, reason }: { fromMs: number; toMs: number; reason: Reason },
): Work {
  return onTracks.reduce(
    (now, track) => insertRedaction(now, { track, fromMs, toMs, reason, source: 'MANUAL', isReviewed: true }),
    work,
  )
}

/** Changes a redaction, which then counts as reviewed. */
export function changeRedaction(work: Work, key: number, change: Partial<CopyRedaction>): Work {
  return {
    ...work,
    redactions: work.redactions.map((one) => (one.key === key ? { ...one, isReviewed: true, ...change } : one)),
  }
}

export function removeRedaction(work: Work, key: number): Work {
  return { ...work, redactions: work.redactions.filter((one) => one.key !== key) }
}

/** Changes a turn. If its words change and none of them is uncertain any more, it counts as reviewed. */
export function changeTurn(work: Work, key: number, change: Partial<CopyTurn>): Work {
  return {
    ...work,
    turns: work.turns.map((one) => {
      if (one.key !== key) return one
      if (change.text === undefined) return { ...one, ...change }
      const doubts = remainingDoubts(one, change.text)
      return doubts.length > 0 ? { ...one, ...change, doubts } : { ...reviewed(one), ...change }
    }),
  }
}

/** Marks the words of a turn as confirmed by a person, uncertain ones included. */
export function acceptTurn(work: Work, key: number): Work {
  return { ...work, turns: work.turns.map((one) => (one.key === key ? reviewed(one) : one)) }
}

function reviewed({ isReviewed: _isReviewed, doubts: _doubts, ...turn }: Turn): Turn {
  return turn
}

/** Returns the uncertain words that a change of the text has not touched, where they are now. */
function remainingDoubts({ text: was, doubts = [] }: CopyTurn, now: string): Doubt[] {
  const shorter = Math.min(was.length, now.length)
  let before = 0
  while (before < shorter && was[before] === now[before]) before++
  let after = 0
  while (after < shorter - before && was.at(-1 - after) === now.at(-1 - after)) after++
  const shift = now.length - was.length
  return doubts.flatMap((doubt) => {
    if (doubt.to <= before) return [doubt]
    return doubt.from >= was.length - after ? [shifted(doubt, shift)] : []
  })
}

const shifted = (doubt: Doubt, letters: number): Doubt => ({
  ...doubt,
  from: doubt.from + letters,
  to: doubt.to + letters,
})

/** Returns the next uncertain word after a caret, or the previous one before it; continues at the other end. */
export function nextDoubt(
  turns: readonly Turn[],
  at: { key: number; caret: number } | undefined,
  direction: 1 | -1,
): { key: number; doubt: Doubt } | undefined {
  const all = turns.flatMap(({ key, doubts = [] }, row) => doubts.map((doubt) => ({ key, row, doubt })))
  const row = turns.findIndex(({ key }) => key === at?.key)
  if (!at || row < 0) return direction === 1 ? all[0] : all.at(-1)
  // In characters; a row counts for more than the longest text has.
  const distance = (one: (typeof all)[number], caret: number) => (one.row - row) * 1e6 + caret - at.caret
  return direction === 1
    ? (all.find((one) => distance(one, one.doubt.from) >= 0) ?? all[0])
    : (all.findLast((one) => distance(one, one.doubt.to) < 0) ?? all.at(-1))
}

export function removeTurn(work: Work, key: number): Work {
  return { ...work, turns: work.turns.filter((one) => one.key !== key) }
}

/**
 * Adds an empty turn at a moment: after a turn in progress there, and ending at the next one of its track at the latest. Takes
 * the language of the turn before it.
 */
export function addTurn(work: Work, track: Track, atMs: number, durationMs: number, language: TurnLanguage): Work {
  const own = work.turns.filter((one) => one.track === track)
  const current = own.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
  const latestMs = Math.max(0, durationMs - minMs)
  const fromMs = Math.min(Math.round(current ? current.toMs : atMs), latestMs)
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
  const rest = turn.text.slice(caret)
  const second = caret + rest.length - rest.trimStart().length
  const { doubts = [], ...whole } = withoutKey(turn)
  const secondDoubts = doubts.filter(({ from }) => from >= second).map((doubt) => shifted(doubt, -second))
  const text = rest.trim()
  return insertTurn(first, { ...whole, fromMs: cutMs, text, ...(secondDoubts.length > 0 && { doubts: secondDoubts }) })
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

/** Returns the keys of turns that begin before an earlier turn of their track has ended: one party cannot speak two turns at once. */
export function overlappingTurns(turns: readonly Turn[]): ReadonlySet<number> {
  const found = new Set<number>()
  for (const track of tracks) {
    const ofLane = turns.filter((one) => one.track === track).toSorted((a, b) => a.fromMs - b.fromMs)
    let latest: Turn | undefined
    for (const one of ofLane) {
      if (latest && one.fromMs < latest.toMs) found.add(one.key)
      if (!latest || one.toMs > latest.toMs) latest = one
    }
  }
  return found
}

/** Returns true if a track is silenced at a moment of the copy. */
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
