/** Derives from facts what is missing before a copy can be rendered. */
import type { Level } from '../voice/engine.ts'
import {
  copyTracks,
  subtractStretches,
  mergeStretches,
  type CopyTrack,
  type CopyWork,
  type Stretch,
} from './copy-work.ts'
import type { Identifier } from './identifiers.ts'

/** `played`: the original has not been played in full. `transcript`: speech is not transcribed. The others say what is missing or left. */
export type CopyLack =
  'played' | 'unreviewed' | 'unreviewed-turns' | 'transcript' | 'identifiers-left' | 'engine' | 'level-not-allowed'

/** Something that is missing before rendering; listed in the order of work. */
export interface MissingCopyPrerequisite {
  what: CopyLack
  /** Indexes of redactions (unreviewed) or turns (the others). */
  at?: number[]
}

export interface OfferedLevel {
  level: Level
  engine?: string
  isOffered: boolean
  why?: 'no-engine' | 'no-evaluation' | 'not-in-description'
}

export interface CopyFacts {
  work: CopyWork
  isPlayed: boolean
  levels: readonly OfferedLevel[]
  /** Speech on each track; only for level T. */
  speech: readonly (Stretch & { track: CopyTrack })[]
  /** True if both tracks are the same audio: a speaker's turns may then be on either track. */
  isMixed: boolean
  /** Per turn, identifiers in its remaining words (./spoken-turns.ts). */
  identifiers: readonly (readonly Identifier[])[]
}

/** Longest speech that need not be transcribed: a breath or a cough. */
const untranscribedMs = 700

export function missingPrerequisites(facts: CopyFacts): MissingCopyPrerequisite[] {
  const { work, isPlayed, levels } = facts
  const unreviewed = indexesOf(work.redactions, ({ isReviewed }) => !isReviewed)
  // Only level T synthesises the transcript; at the other levels turns may stay unreviewed.
  const unreviewedTurns = work.level === 'T' ? indexesOf(work.turns, ({ isReviewed }) => isReviewed === false) : []
  const emptyTurns = work.level === 'T' ? untranscribed(facts) : undefined
  const withIdentifiers = indexesOf(work.turns, (_, index) => facts.identifiers[index]!.length > 0)
  const offered = levels.find(({ level }) => level === work.level)
  return [
    ...(isPlayed ? [] : [{ what: 'played' as const }]),
    ...(unreviewed.length > 0 ? [{ what: 'unreviewed' as const, at: unreviewed }] : []),
    ...(unreviewedTurns.length > 0 ? [{ what: 'unreviewed-turns' as const, at: unreviewedTurns }] : []),
    ...(emptyTurns ? [{ what: 'transcript' as const, ...(emptyTurns.length > 0 && { at: emptyTurns }) }] : []),
    ...(withIdentifiers.length > 0 ? [{ what: 'identifiers-left' as const, at: withIdentifiers }] : []),
    ...(offered?.isOffered === true
      ? []
      : [{ what: offered?.why === 'not-in-description' ? ('level-not-allowed' as const) : ('engine' as const) }]),
  ]
}

/**
 * Returns undefined if all speech is either transcribed or redacted; otherwise the indexes of turns without words, possibly
 * none.
 */
function untranscribed({ work, speech, isMixed }: CopyFacts): number[] | undefined {
  const empty = indexesOf(work.turns, ({ text }) => text.trim() === '')
  const covered = (track: CopyTrack) =>
    mergeStretches([
      ...work.turns.filter((turn) => (isMixed || turn.track === track) && turn.text.trim() !== ''),
      ...work.redactions.filter((one) => isMixed || one.track === track),
    ])
  const isIncomplete = copyTracks.some((track) => {
    const handled = covered(track)
    return speech
      .filter((one) => one.track === track)
      .some((one) => subtractStretches(one, handled).some(({ fromMs, toMs }) => toMs - fromMs > untranscribedMs))
  })
  return isIncomplete ? empty : undefined
}

function indexesOf<One>(list: readonly One[], is: (one: One, index: number) => boolean): number[] {
  return list.flatMap((one, index) => (is(one, index) ? [index] : []))
}
