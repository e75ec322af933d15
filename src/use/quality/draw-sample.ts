/**
 * Which recordings of a week are evaluated. In: the week's candidates, how many, the plan's seed. Out: the recordings, the same
 * each time. Anybody who has the seed and the candidates makes the draw again (as docs/decisions/0011 has it for recordings).
 */
import { createHash } from 'node:crypto'

export interface Candidate {
  recording: string
  /** Whose call it was: a number in this draw's list and no person. */
  official: number
}

/**
 * Draws `most` recordings at the most, fairly between officials: in each round one of every official who has more, those first
 * of whom fewer were drawn before, so that in one draw no two officials who have enough differ by more than one.
 * @param earlier by official, how many the plan has drawn of them before
 */
export function drawSample(
  candidates: readonly Candidate[],
  { most, seed, week, earlier }: { most: number; seed: string; week: string; earlier: readonly number[] },
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
  const drawn: string[] = []
  for (let round = 0; drawn.length < most && queues.some(({ recordings }) => recordings.length > round); round++) {
    for (const { recordings } of queues) {
      const next = recordings[round]
      if (next !== undefined && drawn.length < most) drawn.push(next)
    }
  }
  return drawn
}

function byLot(recordings: readonly string[], draw: (what: string) => string): string[] {
  return [...recordings].sort((one, other) => (draw(one) < draw(other) ? -1 : 1))
}

function lotOf(seed: string, week: string, what: string): string {
  return createHash('sha256').update(`${seed}\n${week}\n${what}`).digest('hex')
}
