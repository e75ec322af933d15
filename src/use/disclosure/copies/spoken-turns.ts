/**
 * Level T: what is said instead of a track. In: the turns and redactions of a call. Out: turns with the name of what was removed
 * in its place, in the time that is left beside the redactions. Never here: a word that lies in a redaction, or that was found to
 * say who somebody is and was marked.
 */
import { redactTranscript, removedWords } from '../content/redact-transcript.ts'
import type { Turn } from '../voice/engine.ts'
import {
  copyTracks,
  inOrder,
  outside,
  touches,
  united,
  type CopyTrack,
  type CopyWork,
  type WrittenTurn,
} from './copy-work.ts'
import { identifiersOf, trackTurn, type Identifier } from './identifiers.ts'

/** Time beside a redaction that is shorter says no word. */
const shortestMs = 250

export interface SpokenTurn extends Turn {
  /** Its place in the work. */
  index: number
}

/**
 * The words without what was removed: what a redaction covers by its time, and what is found in the words of a turn that has a
 * redaction of the same reason; nobody knows to the word when it was said.
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
  const left = identifiersOf(byTime)
  return byTime.map((turn, index) => {
    const marked = redactions.filter((one) => one.track === turn.track && touches(one, turn))
    const known = left[index]!.filter(({ reason }) => marked.some((one) => one.reason === reason))
    return { ...turn, text: withoutIdentifiers(turn, known) }
  })
}

/** The turns of one track in samples, in order, as they are spoken. */
export function spokenTurns(work: CopyWork, track: CopyTrack, samplesPerMs: number): SpokenTurn[] {
  const removed = united(work.redactions.filter((one) => one.track === track))
  return inOrder(redactedTurns(work, samplesPerMs), track).flatMap(({ one, index }) => {
    const words = one.text.split(/\s+/).filter(Boolean)
    const free = outside(one, removed)
    const longEnough = free.filter(({ fromMs, toMs }) => toMs - fromMs >= shortestMs)
    // A turn that is shorter than that as it stands is said as it stands.
    const places = longEnough.length > 0 ? longEnough : free
    const whole = places.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
    let passed = 0
    let said = 0
    return places.flatMap(({ fromMs, toMs }) => {
      passed += toMs - fromMs
      const until = Math.round((words.length * passed) / whole)
      const text = words.slice(said, until).join(' ')
      said = until
      if (text === '') return []
      return [{ index, text, language: one.language, from: fromMs * samplesPerMs, to: toMs * samplesPerMs }]
    })
  })
}

/** Identifiers that overlap are removed as one, named by the first. */
function withoutIdentifiers({ text, language }: WrittenTurn, identifiers: readonly Identifier[]): string {
  let left = ''
  let at = 0
  for (const { from, to, reason } of identifiers) {
    if (from >= at) left += text.slice(at, from) + removedWords(reason, language)
    at = Math.max(at, to)
  }
  return left + text.slice(at)
}
