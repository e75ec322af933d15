/** Where to begin: turns where somebody speaks, redactions where words or keys tell of somebody. Nothing of it is saved. */
import { proposeSpans, widenedForSound } from '../content/propose-spans.ts'
import { wordsOfTurn } from '../content/spread-turn.ts'
import type { Word } from '../content/word.ts'
import { voiceRate, type Level } from '../voice/engine.ts'
import type { OriginalAnalysis } from './analyse-original.ts'
import {
  copyTracks,
  outside,
  united,
  type CopyTrack,
  type Redaction,
  type Stretch,
  type WrittenTurn,
} from './copy-work.ts'
import { trackTurn } from './identifiers.ts'

const samplesPerMs = voiceRate / 1000

/** Who pauses shorter goes on with the same turn. */
const pauseMs = 600
/** Longer than that nobody writes down at once. */
const longestMs = 20_000
/** Of the contract. */
const mostProposed = 2000
/** Around pressed keys. */
const paddingMs = 200
/** Speech beside which no word was recognised is a turn to be written by hand; shorter is a breath (./copy-lacks.ts). */
const unrecognisedMs = 700
/** Of the contract. */
const mostLetters = 4000

/** A turn without words for each stretch in which somebody speaks, in order. */
export function proposeTurns({ speech }: Pick<OriginalAnalysis, 'speech'>, durationMs: number): WrittenTurn[] {
  const turns: WrittenTurn[] = []
  for (const track of copyTracks) {
    let last: WrittenTurn | undefined
    for (const { fromMs, toMs } of speech.filter((one) => one.track === track)) {
      if (last && fromMs - last.toMs < pauseMs && toMs - last.fromMs <= longestMs) last.toMs = toMs
      else turns.push((last = { track, fromMs, toMs, language: 'fi', text: '' }))
    }
  }
  return turns
    .map((turn) => ({ ...turn, toMs: Math.min(turn.toMs, durationMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs)
    .slice(0, mostProposed)
}

/**
 * A turn for what a program took to be said in one go, for a person to look at; and one without words for speech in which it
 * found none.
 */
export function turnsOfWords(
  words: readonly Word[],
  analysis: Pick<OriginalAnalysis, 'speech' | 'isMixed'>,
  durationMs: number,
): WrittenTurn[] {
  const turns: WrittenTurn[] = []
  for (const [place, track] of copyTracks.entries()) {
    let last: WrittenTurn | undefined
    const own = words.filter((word) => word.track === place).sort((a, b) => a.from - b.from)
    for (const word of own) {
      // Words of a program may overlap; turns of one track do not.
      const fromMs = Math.max(last?.toMs ?? 0, Math.floor(word.from / samplesPerMs))
      const toMs = Math.min(durationMs, Math.max(fromMs + 1, Math.ceil(word.to / samplesPerMs)))
      if (fromMs >= toMs) continue
      const goesOn = last && last.language === word.language && fromMs - last.toMs < pauseMs
      if (last && goesOn && toMs - last.fromMs <= longestMs && last.text.length + word.text.length < mostLetters) {
        last.text += ` ${word.text}`
        last.toMs = toMs
      } else turns.push((last = { track, fromMs, toMs, language: word.language, text: word.text, isReviewed: false }))
    }
  }
  const silent = analysis.speech.filter((one) => {
    const written = united(turns.filter(({ track }) => analysis.isMixed || track === one.track))
    return outside(one, written).some(({ fromMs, toMs }) => toMs - fromMs > unrecognisedMs)
  })
  const empty = proposeTurns({ speech: analysis.isMixed ? silent.filter(isFirst) : silent }, durationMs).flatMap(
    (turn) => {
      const others = united(turns.filter(({ track }) => track === turn.track))
      const free = outside(turn, others).filter(({ fromMs, toMs }) => toMs - fromMs > unrecognisedMs)
      return free.map((stretch) => ({ ...turn, ...stretch }))
    },
  )
  return [...turns, ...empty].sort((a, b) => a.fromMs - b.fromMs).slice(0, mostProposed)
}

const isFirst = ({ track }: { track: CopyTrack }) => track === copyTracks[0]

/**
 * What a person is to look at, on both tracks, as the other party repeats. Where the sound itself is to leave, longer by as much
 * as nobody knows when it was said.
 */
export function proposeRedactions(
  turns: readonly WrittenTurn[],
  keys: readonly (Stretch & { track: CopyTrack })[],
  durationMs: number,
  level: Level,
  /** As a program took them: their times are known. */
  words: readonly Word[] = [],
): Redaction[] {
  const proposed = { source: 'PROPOSED', isReviewed: false } as const
  const placed = turns.map((turn) => trackTurn(turn, samplesPerMs))
  const written = proposeSpans(placed.flatMap(wordsOfTurn), durationMs * samplesPerMs)
  const heard = proposeSpans(words, durationMs * samplesPerMs)
  const said = [...heard, ...(level === 'T' ? written : widenedForSound(written, placed))].map(
    ({ track, from, to, category }) => ({
      track: copyTracks[track]!,
      fromMs: Math.floor(from / samplesPerMs),
      toMs: Math.ceil(to / samplesPerMs),
      reason: category,
      ...proposed,
    }),
  )
  const pressed = keys.map(({ track, fromMs, toMs }) => ({
    track,
    fromMs: fromMs - paddingMs,
    toMs: toMs + paddingMs,
    reason: 'OTHER' as const,
    ...proposed,
  }))
  return [...(words.length === 0 ? said : withoutRepeats(said)), ...pressed]
    .map((one) => ({ ...one, fromMs: Math.max(0, one.fromMs), toMs: Math.min(durationMs, one.toMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs)
    .slice(0, mostProposed)
}

/** What was found in the words of a person and in those of a program is one finding, as long as both together. */
function withoutRepeats(found: readonly Redaction[]): Redaction[] {
  const groups = Map.groupBy(found, ({ track, reason }) => `${track} ${reason}`)
  return [...groups.values()].flatMap((some) => united(some).map((stretch) => ({ ...some[0]!, ...stretch })))
}
