/** Where there is voice: stretches of frames that follow each other. In: a pitch. Out: other stretches, and a pitch in them. Never here: how high. */

import { stretchesWhere, type Stretch } from './stretches.ts'

/** @param pitch of each frame, 0 where unvoiced */
export const voicedStretches = (pitch: Float64Array): Stretch[] =>
  stretchesWhere(pitch.length, (frame) => pitch[frame]! > 0)

/** Without gaps of at most so many frames. */
export function closed(stretches: readonly Stretch[], longest: number): Stretch[] {
  const joined: Stretch[] = []
  for (const { from, to } of stretches) {
    const last = joined.at(-1)
    if (last && from - last.to <= longest) last.to = to
    else joined.push({ from, to })
  }
  return joined
}

/** How each stretch begins and ends otherwise. */
export interface Edges {
  /** Frames by which it begins earlier and ends later; less than none: later and earlier. */
  frames: number
  /** Share of its own length that it loses, at both ends as much. */
  lost: number
}

/** What meets is one, and what has no frame left is none. @param length of the track, frames */
export const moved = (stretches: readonly Stretch[], { frames, lost }: Edges, length: number): Stretch[] =>
  closed(
    stretches
      .map(({ from, to }) => {
        const inwards = Math.round(((to - from) * lost) / 2) - frames
        return { from: Math.max(0, from + inwards), to: Math.min(length, to - inwards) }
      })
      .filter(({ from, to }) => to > from),
    0,
  )

/**
 * @param pitch hertz, 0 where unvoiced, as in what comes back
 * @returns voice in these stretches alone: its own pitch, from one to the next over a gap, and that of its ends beyond them
 */
export function voicedIn(pitch: Float64Array, stretches: readonly Stretch[]): Float64Array {
  const voiced = new Float64Array(pitch.length)
  const own = voicedStretches(pitch)
  let next = 0
  for (const { from, to } of stretches)
    for (let frame = from; frame < to; frame++) {
      while (next < own.length && own[next]!.to <= frame) next++
      const [before, after] = [own[next - 1], own[next]]
      if (after && after.from <= frame) voiced[frame] = pitch[frame]!
      else if (!before || !after) voiced[frame] = before ? pitch[before.to - 1]! : after ? pitch[after.from]! : 0
      else {
        const [last, first] = [pitch[before.to - 1]!, pitch[after.from]!]
        const share = (frame - before.to + 1) / (after.from - before.to + 1)
        voiced[frame] = last * (first / last) ** share
      }
    }
  return voiced
}
