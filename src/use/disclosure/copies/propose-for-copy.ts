/** Initial proposals: turns where somebody speaks, redactions for identifying words and keys. Nothing is saved. */
import { proposeSpans, widenedForSound } from '../content/propose-spans.ts'
import { wordsOfTurn } from '../content/estimate-word-times.ts'
import type { Word } from '../content/word.ts'
import { voiceRate, type Level } from '../voice/engine.ts'
import type { OriginalAnalysis } from './analyse-original.ts'
import {
  copyTracks,
  subtractStretches,
  mergeStretches,
  type CopyTrack,
  type Redaction,
  type Stretch,
  type WrittenTurn,
} from './copy-work.ts'
import { trackTurn } from './identifiers.ts'

const samplesPerMs = voiceRate / 1000

/** Shorter pauses do not end a turn. */
const pauseMs = 600
/** Longest proposed turn. */
const maxMs = 20_000
/** Limit of the API contract for turns and redactions. */
const maxProposed = 2000
/** Padding around pressed keys. */
const paddingMs = 200
/** Longer speech without recognised words becomes a turn to transcribe; shorter speech is a breath (./copy-lacks.ts). */
const unrecognisedMs = 700
/** A word that the recogniser is less sure of is marked. Not measured on calls (docs/decisions/0124). */
export const sureConfidence = 0.7
/** Limit of the API contract for the letters of a turn. */
const maxLetters = 4000

/** Returns an empty turn for each stretch of speech, in order. */
export function proposeTurns({ speech }: Pick<OriginalAnalysis, 'speech'>, durationMs: number): WrittenTurn[] {
  const turns: WrittenTurn[] = []
  for (const track of copyTracks) {
    let last: WrittenTurn | undefined
    for (const { fromMs, toMs } of speech.filter((one) => one.track === track)) {
      if (last && fromMs - last.toMs < pauseMs && toMs - last.fromMs <= maxMs) last.toMs = toMs
      else turns.push((last = { track, fromMs, toMs, language: 'fi', text: '' }))
    }
  }
  return turns
    .map((turn) => ({ ...turn, toMs: Math.min(turn.toMs, durationMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs)
    .slice(0, maxProposed)
}

/**
 * Returns a turn for each recognised utterance, for review, with its uncertain words; and an empty turn for speech without
 * words.
 */
export function turnsOfWords(
  words: readonly Word[],
  analysis: Pick<OriginalAnalysis, 'speech' | 'isMixed'>,
  durationMs: number,
): WrittenTurn[] {
  const turns: WrittenTurn[] = []
  for (const [index, track] of copyTracks.entries()) {
    let last: WrittenTurn | undefined
    const own = words.filter((word) => word.track === index).sort((a, b) => a.from - b.from)
    for (const word of own) {
      // Recognised words may overlap; turns of one track do not.
      const fromMs = Math.max(last?.toMs ?? 0, Math.floor(word.from / samplesPerMs))
      const toMs = Math.min(durationMs, Math.max(fromMs + 1, Math.ceil(word.to / samplesPerMs)))
      if (fromMs >= toMs) continue
      const continues = last && last.language === word.language && fromMs - last.toMs < pauseMs
      if (last && continues && toMs - last.fromMs <= maxMs && last.text.length + word.text.length < maxLetters) {
        last.text += ` ${word.text}`
        last.toMs = toMs
      } else turns.push((last = { track, fromMs, toMs, language: word.language, text: word.text, isReviewed: false }))
      if ((word.confidence ?? 1) >= sureConfidence) continue
      const to = last.text.length
      last.doubts = [...(last.doubts ?? []), { from: to - word.text.length, to, fromMs }]
    }
  }
  const silent = analysis.speech.filter((one) => {
    const written = mergeStretches(turns.filter(({ track }) => analysis.isMixed || track === one.track))
    return subtractStretches(one, written).some(({ fromMs, toMs }) => toMs - fromMs > unrecognisedMs)
  })
  const empty = proposeTurns({ speech: analysis.isMixed ? silent.filter(isFirst) : silent }, durationMs).flatMap(
    (turn) => {
      const others = mergeStretches(turns.filter(({ track }) => track === turn.track))
      const free = subtractStretches(turn, others).filter(({ fromMs, toMs }) => toMs - fromMs > unrecognisedMs)
      return free.map((stretch) => ({ ...turn, ...stretch }))
    },
  )
  return [...turns, ...empty].sort((a, b) => a.fromMs - b.fromMs).slice(0, maxProposed)
}

const isFirst = ({ track }: { track: CopyTrack }) => track === copyTracks[0]

/**
 * Returns redactions to review, on both tracks, since the other party repeats what was said. If the audio itself is
 * disclosed, they are widened by the uncertainty of their times.
 */
export function proposeRedactions(
  turns: readonly WrittenTurn[],
  keys: readonly (Stretch & { track: CopyTrack })[],
  durationMs: number,
  level: Level,
  /** Recognised words have exact times. */
  words: readonly Word[] = [],
): Redaction[] {
  const proposed = { source: 'PROPOSED', isReviewed: false } as const
  const trackTurns = turns.map((turn) => trackTurn(turn, samplesPerMs))
  const written = proposeSpans(trackTurns.flatMap(wordsOfTurn), durationMs * samplesPerMs)
  const played = proposeSpans(words, durationMs * samplesPerMs)
  const spoken = [...played, ...(level === 'T' ? written : widenedForSound(written, trackTurns))].map(
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
  return [...(words.length === 0 ? spoken : withoutDuplicates(spoken)), ...pressed]
    .map((one) => ({ ...one, fromMs: Math.max(0, one.fromMs), toMs: Math.min(durationMs, one.toMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs)
    .slice(0, maxProposed)
}

/** Merges findings in written and in recognised words. */
function withoutDuplicates(found: readonly Redaction[]): Redaction[] {
  const groups = Map.groupBy(found, ({ track, reason }) => `${track} ${reason}`)
  return [...groups.values()].flatMap((some) => mergeStretches(some).map((stretch) => ({ ...some[0]!, ...stretch })))
}
