/** Level T: the turns to speak, with removed words replaced by the name of their category. */
import { redactTranscript, replacementText } from '../content/redact-transcript.ts'
import type { Turn } from '../voice/engine.ts'
import { copyTracks, inOrder, touches, type CopyTrack, type CopyWork, type WrittenTurn } from './copy-work.ts'
import { identifiersOf, trackTurn, type Identifier } from './identifiers.ts'

/**
 * Returns the turns without removed words: words that a redaction covers by time, and, since word times are uncertain,
 * identifiers in a turn with a redaction for the same reason.
 */
export function redactedTurns({ turns, redactions }: CopyWork, samplesPerMs: number): WrittenTurn[] {
  const spans = redactions.map(({ track, fromMs, toMs, reason }) => ({
    ...{ track: copyTracks.indexOf(track) as 0 | 1, category: reason },
    ...{ from: fromMs * samplesPerMs, to: toMs * samplesPerMs },
  }))
  const byTime = redactTranscript(
    turns.map((turn) => trackTurn(turn, samplesPerMs)),
    spans,
  ).map(({ text }, index) => ({ ...turns[index]!, text }))
  const remaining = identifiersOf(byTime)
  return byTime.map((turn, index) => {
    const marked = redactions.filter((one) => one.track === turn.track && touches(one, turn))
    const known = remaining[index]!.filter(({ reason }) => marked.some((one) => one.reason === reason))
    return { ...turn, text: withoutIdentifiers(turn, known) }
  })
}

/** Returns the turns of one track in samples, in order. */
export function spokenTurns(work: CopyWork, track: CopyTrack, samplesPerMs: number): Turn[] {
  return inOrder(redactedTurns(work, samplesPerMs), track).map(({ one: { text, language, fromMs, toMs } }) => ({
    ...{ text, language },
    ...{ from: fromMs * samplesPerMs, to: toMs * samplesPerMs },
  }))
}

/** Replaces identifiers; overlapping identifiers become one replacement, named by the first. */
function withoutIdentifiers({ text, language }: WrittenTurn, identifiers: readonly Identifier[]): string {
  let result = ''
  let at = 0
  for (const { from, to, reason } of identifiers) {
    if (from >= at) result += text.slice(at, from) + replacementText(reason, language)
    at = Math.max(at, to)
  }
  return result + text.slice(at)
}
