/**
 * Draws the order in which a week's recordings are evaluated, from its candidates and the plan's seed. The first recordings
 * are picked; the next replace those that cannot be evaluated. Anybody with the seed and the candidates can repeat the draw
 * (like docs/decisions/0011 for recordings).
 */
import { createHash } from 'node:crypto'

export interface Candidate {
  recording: string
  /** Number that stands for the official within this draw and does not identify them. */
  official: number
}

/**
 * Returns the order of a draw, fair between officials: each round has one recording of every official who has more. Within a
 * round, officials with fewer earlier draws come first. Among the first N, two officials with enough recordings differ by at
 * most one.
 * @param earlier number of earlier draws by official
 */
export function rankCandidates(
  candidates: readonly Candidate[],
  { seed, week, earlier }: { seed: string; week: string; earlier: readonly number[] },
): string[] {
  const byOfficial = new Map<number, string[]>()
  for (const { official, recording } of candidates) {
    byOfficial.set(official, [...(byOfficial.get(official) ?? []), recording])
  }
  const draw = (label: string) => drawLot(seed, week, label)
  const queues = [...byOfficial].map(([official, recordings]) => {
    const inOrder = byLot(recordings, draw)
    // An official's lot depends on their first recording: the official's number in the list has no meaning.
    return { earlier: earlier[official] ?? 0, lot: draw(`official ${inOrder[0] ?? ''}`), recordings: inOrder }
  })
  queues.sort((one, other) => one.earlier - other.earlier || (one.lot < other.lot ? -1 : 1))
  const rounds = Math.max(0, ...queues.map(({ recordings }) => recordings.length))
  return Array.from({ length: rounds }, (_, round) =>
    queues.flatMap(({ recordings }) => recordings[round] ?? []),
  ).flat()
}

function byLot(recordings: readonly string[], draw: (label: string) => string): string[] {
  return [...recordings].sort((one, other) => (draw(one) < draw(other) ? -1 : 1))
}

function drawLot(seed: string, week: string, label: string): string {
  return createHash('sha256').update(`${seed}\n${week}\n${label}`).digest('hex')
}
