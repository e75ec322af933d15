/** What stands between a copy and its rendering. In: facts. Out: each thing that is missing. Never here: sound, a database. */
import type { Level } from '../voice/engine.ts'
import { copyTracks, outside, united, type CopyTrack, type CopyWork, type Stretch } from './copy-work.ts'
import type { Identifier } from './identifiers.ts'

export type CopyLack =
  'played' | 'unreviewed' | 'unreviewed-turns' | 'transcript' | 'identifiers-left' | 'engine' | 'level-not-allowed'

/** In the order in which they are put right. */
export interface MissingOfCopy {
  what: CopyLack
  /** Of which redactions (unreviewed) or turns (the others), by their place in the work. */
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
  /** Where somebody speaks on each track; only asked for level T. */
  speech: readonly (Stretch & { track: CopyTrack })[]
  /** Both tracks are one sound: whoever speaks is written on either. */
  isMixed: boolean
  /** Of each turn, in the words that are left of it (./spoken-turns.ts). */
  identifiers: readonly (readonly Identifier[])[]
}

/** Speech without a word written is a breath or a cough up to this long. */
const unwrittenMs = 700

export function lacksOf(facts: CopyFacts): MissingOfCopy[] {
  const { work, isPlayed, levels } = facts
  const unreviewed = indexesOf(work.redactions, ({ isReviewed }) => !isReviewed)
  // What is not said by their words may stand as it was proposed.
  const recognised = work.level === 'T' ? indexesOf(work.turns, ({ isReviewed }) => isReviewed === false) : []
  const unwritten = work.level === 'T' ? untranscribed(facts) : undefined
  const left = indexesOf(work.turns, (_, index) => facts.identifiers[index]!.length > 0)
  const offered = levels.find(({ level }) => level === work.level)
  return [
    ...(isPlayed ? [] : [{ what: 'played' as const }]),
    ...(unreviewed.length > 0 ? [{ what: 'unreviewed' as const, at: unreviewed }] : []),
    ...(recognised.length > 0 ? [{ what: 'unreviewed-turns' as const, at: recognised }] : []),
    ...(unwritten ? [{ what: 'transcript' as const, ...(unwritten.length > 0 && { at: unwritten }) }] : []),
    ...(left.length > 0 ? [{ what: 'identifiers-left' as const, at: left }] : []),
    ...(offered?.isOffered === true
      ? []
      : [{ what: offered?.why === 'not-in-description' ? ('level-not-allowed' as const) : ('engine' as const) }]),
  ]
}

/** Turns without words; none of them where speech has no turn at all. Nothing where all that is said is written or removed. */
function untranscribed({ work, speech, isMixed }: CopyFacts): number[] | undefined {
  const empty = indexesOf(work.turns, ({ text }) => text.trim() === '')
  const covered = (track: CopyTrack) =>
    united([
      ...work.turns.filter((turn) => (isMixed || turn.track === track) && turn.text.trim() !== ''),
      ...work.redactions.filter((one) => isMixed || one.track === track),
    ])
  const isUnwritten = copyTracks.some((track) => {
    const written = covered(track)
    return speech
      .filter((one) => one.track === track)
      .some((one) => outside(one, written).some(({ fromMs, toMs }) => toMs - fromMs > unwrittenMs))
  })
  return isUnwritten ? empty : undefined
}

function indexesOf<One>(list: readonly One[], is: (one: One, index: number) => boolean): number[] {
  return list.flatMap((one, index) => (is(one, index) ? [index] : []))
}
