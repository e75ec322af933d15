/**
 * In which order the recordings of a week are evaluated. In: the week's candidates, the plan's seed. Out: the recordings, the same
 * each time; so many of the first are picked, and the next follow where there is nothing to evaluate in one. Anybody who has the seed and the candidates makes the draw again (as docs/decisions/0011 has it for recordings).
 */
import { createHash } from 'node:crypto'

export interface Candidate {
  recording: string
  /** Whose call it was: a number in this draw's list and no person. */
  official: number
}

/**
 * The order of a draw, fair between officials: in each round one of every official who has more, those first of whom fewer were
 * drawn before, so that among the first of it, however many, no two officials who have enough differ by more than one.
 * @param earlier by official, how many the plan has drawn of them before
 */
export function rankCandidates(
  candidates: readonly Candidate[],
  { seed, week, earlier }: { seed: string; week: string; earlier: readonly number[] },
): string[] {
  const byOfficial = new Map<number, string[]>()
  for (const { official, recording } of candidates) {
    byOfficial.set(official, [...(byOfficial.get(official) ?? []), recording])
  }
  const draw = (what: string) => lotOf(seed, week, what)
  const queues = [...byOfficial].map(([official, recordings]) => {
    const inOrder = byLot(recordings, draw)
    // The lot of an official is that of their first recording: numbers in a list say nothing.
    return { earlier: earlier[official] ?? 0, lot: draw(`official ${inOrder[0] ?? ''}`), recordings: inOrder }
  })
  queues.sort((one, other) => one.earlier - other.earlier || (one.lot < other.lot ? -1 : 1))
  const rounds = Math.max(0, ...queues.map(({ recordings }) => recordings.length))
  return Array.from({ length: rounds }, (_, round) =>
    queues.flatMap(({ recordings }) => recordings[round] ?? []),
  ).flat()
}

function byLot(recordings: readonly string[], draw: (what: string) => string): string[] {
  return [...recordings].sort((one, other) => (draw(one) < draw(other) ? -1 : 1))
}

function lotOf(seed: string, week: string, what: string): string {
  return createHash('sha256').update(`${seed}\n${week}\n${what}`).digest('hex')
}
