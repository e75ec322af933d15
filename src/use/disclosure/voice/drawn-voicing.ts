/**
 * Where there is voice, a little otherwise than it was: how much of speech is voiced, in how many stretches and how breathy is
 * somebody's. In: the pitch of a track, chance. Out: a pitch that comes earlier and goes later, or the other way round, and breaks off
 * less often. Never here: another melody.
 */
import type { Chance } from './chance.ts'

/** Frames by which voice begins earlier and ends later; less than none: later and earlier. */
const edges = [-3, 6] as const
/** Frames: the longest gap of voice that may be closed. */
const longestGap = 8
/** Of the amplitude. */
const breaths = [0.04, 0.3] as const

export interface Voicing {
  /** Frames. */
  edge: number
  /** Frames: gaps that are no longer than this are closed. */
  gap: number
  /** Share of a voice's amplitude that is noise. */
  breath: number
}

export function drawVoicing(chance: Chance): Voicing {
  return {
    edge: Math.floor(chance.between(edges[0], edges[1] + 1)),
    gap: Math.floor(chance.between(0, longestGap + 1)),
    breath: chance.between(...breaths),
  }
}

/** @returns hertz, 0 where there is no voice now */
export function voicedAsDrawn(pitch: Float64Array, { edge, gap }: Voicing): Float64Array {
  const closed = pitch.slice()
  closeGaps(closed, gap)
  return moveEdges(closed, edge)
}

/** In place: from the pitch before a gap to that after it. */
function closeGaps(pitch: Float64Array, longest: number): void {
  let last = -1
  for (let frame = 0; frame < pitch.length; frame++) {
    if (pitch[frame] === 0) continue
    const steps = frame - last
    if (last >= 0 && steps > 1 && steps - 1 <= longest) {
      const rise = Math.log(pitch[frame]! / pitch[last]!) / steps
      for (let step = 1; step < steps; step++) pitch[last + step] = pitch[last]! * Math.exp(step * rise)
    }
    last = frame
  }
}

/** Stretches of voice grow at both ends by so many frames, at the pitch of their ends; or shrink. */
function moveEdges(pitch: Float64Array, frames: number): Float64Array {
  let moved = pitch
  for (let step = 0; step < Math.abs(frames); step++)
    moved = moved.map((own, frame) => {
      const [before, after] = [moved[frame - 1] ?? 0, moved[frame + 1] ?? 0]
      if (frames > 0) return own || before || after
      return before === 0 || after === 0 ? 0 : own
    })
  return moved
}
