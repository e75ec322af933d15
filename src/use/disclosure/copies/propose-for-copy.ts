/** Where to begin: turns where somebody speaks, redactions where words or keys tell of somebody. Nothing of it is saved. */
import { proposeSpans, widenedForSound } from '../content/propose-spans.ts'
import { wordsOfTurn } from '../content/spread-turn.ts'
import { voiceRate, type Level } from '../voice/engine.ts'
import type { OriginalAnalysis } from './analyse-original.ts'
import { copyTracks, type CopyTrack, type Redaction, type Stretch, type WrittenTurn } from './copy-work.ts'
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
 * What a person is to look at, on both tracks, as the other party repeats. Where the sound itself is to leave, longer by as much
 * as nobody knows when it was said.
 */
export function proposeRedactions(
  turns: readonly WrittenTurn[],
  keys: readonly (Stretch & { track: CopyTrack })[],
  durationMs: number,
  level: Level,
): Redaction[] {
  const proposed = { source: 'PROPOSED', isReviewed: false } as const
  const placed = turns.map((turn) => trackTurn(turn, samplesPerMs))
  const proposals = proposeSpans(placed.flatMap(wordsOfTurn), durationMs * samplesPerMs)
  const said = (level === 'T' ? proposals : widenedForSound(proposals, placed)).map(
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
  return [...said, ...pressed]
    .map((one) => ({ ...one, fromMs: Math.max(0, one.fromMs), toMs: Math.min(durationMs, one.toMs) }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs)
    .slice(0, mostProposed)
}
