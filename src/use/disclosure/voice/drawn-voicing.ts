/**
 * How much of what is heard is voiced, in how many stretches and how breathily: each is somebody's, so each is drawn, and voice begins and
 * ends earlier or later, and breaks off less often, until it is as was drawn. In: the pitch of a track, how loud it will be, chance. Out:
 * a pitch. Never here: another melody.
 */
import type { Chance } from './chance.ts'
import { voiceRate } from './engine.ts'
import { nearestTo } from './nearest-to.ts'
import { loudOf } from './turn-starts.ts'
import { hop } from './voice-activity.ts'

/** dB below the loud: what is louder is heard. */
const heardBelow = 30
/** Fewer frames that are heard (200 ms) have no share of voice. */
const fewestHeard = 40
/** What is drawn lies between these; names as in `Voicing`. */
const drawn = { share: [0.45, 0.75], stretches: [2, 3.4], breath: [0.04, 0.3] } as const
/** Frames by which voice begins earlier and ends later, at most; less than none: later and earlier. */
const edges = { least: -5, most: 9 }
/** Frames: the longest gap of voice that is closed. */
const longestGap = 14
const framesASecond = voiceRate / hop

export interface Voicing {
  /** Of what is heard. */
  share: number
  /** In a second of what is heard: where there are more, gaps are closed. */
  stretches: number
  /** Share of a voice's amplitude that is noise. */
  breath: number
}

export function drawVoicing(chance: Chance): Voicing {
  return {
    share: chance.between(...drawn.share),
    stretches: chance.between(...drawn.stretches),
    breath: chance.between(...drawn.breath),
  }
}

/**
 * @param pitch hertz, 0 where unvoiced, as in what comes back
 * @param loudness dB of each frame as it will be; -Infinity where nobody speaks
 */
export function voicedAsDrawn(
  pitch: Float64Array,
  loudness: Float64Array,
  { share, stretches }: Pick<Voicing, 'share' | 'stretches'>,
): Float64Array {
  const heardFrom = loudOf(loudness) - heardBelow
  const heard = Uint8Array.from(loudness, (level) => (level > heardFrom ? 1 : 0))
  const count = heard.reduce((sum, one) => sum + one, 0)
  if (count < fewestHeard) return pitch
  const closed = nearestTo(
    stretches,
    numbers(0, longestGap).map((gap) => () => withoutGaps(pitch, gap)),
    (voice) => (stretchesOf(voice, heard) * framesASecond) / count,
  )
  return nearestTo(
    share,
    numbers(edges.least, edges.most).map((frames) => () => withEdges(closed, frames)),
    (voice) => framesOf(voice, heard) / count,
  )
}

/** Each whole number between two. */
const numbers = (least: number, most: number): number[] => Array.from({ length: most - least + 1 }, (_, n) => least + n)

const framesOf = (voice: Float64Array, heard: Uint8Array): number =>
  voice.reduce((sum, hertz, frame) => sum + (hertz > 0 ? heard[frame]! : 0), 0)

const stretchesOf = (voice: Float64Array, heard: Uint8Array): number =>
  voice.reduce((sum, hertz, frame) => sum + (hertz > 0 && (voice[frame - 1] ?? 0) === 0 ? heard[frame]! : 0), 0)

/** Gaps of at most so many frames are closed, from the pitch before them to that after. */
export function withoutGaps(pitch: Float64Array, longest: number): Float64Array {
  const closed = pitch.slice()
  let last = -1
  for (let frame = 0; frame < closed.length; frame++) {
    if (closed[frame] === 0) continue
    const steps = frame - last
    if (last >= 0 && steps > 1 && steps - 1 <= longest) {
      const rise = Math.log(closed[frame]! / closed[last]!) / steps
      for (let step = 1; step < steps; step++) closed[last + step] = closed[last]! * Math.exp(step * rise)
    }
    last = frame
  }
  return closed
}

/** Stretches of voice grow at both ends by so many frames, at the pitch of their ends; or shrink. */
export function withEdges(pitch: Float64Array, frames: number): Float64Array {
  const isVoiced = (frame: number) => (pitch[frame] ?? 0) > 0
  const moved = pitch.slice()
  for (let frame = 0; frame < pitch.length; frame++) {
    for (let far = 1; far <= Math.abs(frames); far++) {
      if (frames < 0 && !(isVoiced(frame - far) && isVoiced(frame + far))) moved[frame] = 0
      if (frames < 0 || moved[frame]! > 0) continue
      moved[frame] = pitch[frame - far] || pitch[frame + far] || 0
    }
  }
  return moved
}
