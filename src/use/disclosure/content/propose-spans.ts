import type { Span } from '../voice/engine.ts'
import { proposeAddresses } from './propose-addresses.ts'
import { proposeNames } from './propose-names.ts'
import { proposeNumbers } from './propose-numbers.ts'
import { maxTimingError, type TrackTurn } from './estimate-word-times.ts'
import { repeatedOn } from './repeated.ts'
import { tokensOf, type Token } from './tokens.ts'
import type { Proposal, TrackIndex, Word } from './word.ts'

const tracks = [0, 1] as const

/** Padding in samples: 0.2 s, since a recogniser's times are inexact. */
const padding = 1600
/** Additional padding next to unrecognised speech, which may contain a name or a digit. */
const unrecognisedPadding = 4800
const unrecognisedDigitPadding = 12_000

/**
 * Proposes spans on both tracks, in order of time, for a person to check before the call leaves. Does not find what is
 * missing in the words or misheard beyond resemblance.
 * @param words of both tracks, in any order; times in samples
 * @returns padded spans within the recording; they may overlap, `redactionsOf` merges them
 */
export function proposeSpans(words: readonly Word[], lengthSamples: number): Proposal[] {
  const tokens = [tokensOf(words, 0), tokensOf(words, 1)] as const
  const found = tracks.flatMap((track) => {
    const [own, other] = [tokens[track], tokens[track === 0 ? 1 : 0]]
    return [...proposeNumbers(own, other), ...proposeNames(own, other), ...proposeAddresses(own, other)]
  })
  const tokensIn = (proposal: Proposal) => tokens[proposal.track].filter((token) => within(token, proposal))
  const repeats = tracks.flatMap((track) => repeatedOn(tokens[track], found, tokensIn))
  return withoutDuplicates([...found, ...repeats])
    .map((proposal) => padded(proposal, tokens[proposal.track], lengthSamples))
    .sort((one, other) => one.from - other.from || one.track - other.track)
}

/** Returns what is silenced on one track if all proposals are accepted: ordered spans that do not overlap. */
export function redactionsOf(proposals: readonly Proposal[], track: TrackIndex): Span[] {
  const spans: Span[] = []
  for (const { from, to } of proposals.filter((one) => one.track === track).sort((a, b) => a.from - b.from)) {
    const before = spans.at(-1)
    if (before !== undefined && from <= before.to) before.to = Math.max(before.to, to)
    else spans.push({ from, to })
  }
  return spans
}

/**
 * Widens proposals for silencing audio if only turns have times: by the possible error of spreading a turn evenly over its
 * words, within the turn. A transcript is redacted by the proposals as they are.
 */
export function widenedForSound(proposals: readonly Proposal[], turns: readonly TrackTurn[]): Proposal[] {
  return proposals.map((proposal) => {
    const { from, to, track } = proposal
    const spread = turns.filter(
      (turn) => turn.track === track && turn.from < to && turn.to > from && maxTimingError(turn) > 0,
    )
    const starts = spread.map((turn) => Math.max(turn.from, from - maxTimingError(turn)))
    const ends = spread.map((turn) => Math.min(turn.to, to + maxTimingError(turn)))
    return { ...proposal, from: Math.min(from, ...starts), to: Math.max(to, ...ends) }
  })
}

function padded(proposal: Proposal, tokens: readonly Token[], lengthSamples: number): Proposal {
  const before = tokens.findLast(({ to }) => to <= proposal.from)?.to ?? 0
  const after = tokens.find(({ from }) => from >= proposal.to)?.from ?? lengthSamples
  const more = padding + (proposal.category === 'NAME' ? unrecognisedPadding : unrecognisedDigitPadding)
  const from = Math.min(proposal.from - padding, Math.max(before, proposal.from - more))
  const to = Math.max(proposal.to + padding, Math.min(after, proposal.to + more))
  return { ...proposal, from: Math.max(0, from), to: Math.min(lengthSamples, to) }
}

/** Drops proposals that lie within a more certain proposal of the same track and category. */
function withoutDuplicates(proposals: readonly Proposal[]): Proposal[] {
  const distinct: Proposal[] = []
  const byWeight = [...proposals].sort((a, b) => b.confidence - a.confidence || b.to - b.from - (a.to - a.from))
  for (const proposal of byWeight) {
    const known = distinct.some(
      (one) => one.track === proposal.track && one.category === proposal.category && within(proposal, one),
    )
    if (!known) distinct.push(proposal)
  }
  return distinct
}

function within(inner: Span, outer: Span): boolean {
  return inner.from >= outer.from && inner.to <= outer.to
}
