/**
 * How much of what is heard is voiced, in how many stretches and how breathily: each is somebody's, so each is drawn, and voice begins and
 * ends earlier or later, and breaks off less often, until both are as near as they come to what was drawn. In: the pitch of a track, how loud
 * it will be, chance. Out: a pitch. Never here: another melody.
 */
import type { Chance } from './chance.ts'
import { voiceRate } from './engine.ts'
import { heardBelow } from './heard-levels.ts'
import { nearestTo } from './nearest-to.ts'
import type { Stretch } from './stretches.ts'
import { loudOf } from './turn-starts.ts'
import { hop } from './voice-activity.ts'
import { closed, moved, voicedIn, voicedStretches } from './voiced-stretches.ts'

/** Fewer frames that are heard (200 ms) have no share of voice. */
const fewestHeard = 40
/** What is drawn lies between these; names as in `Voicing`. */
const drawn = { share: [0.48, 0.76], stretches: [2, 3.3], breath: [0.02, 0.2] } as const
/** By how much people differ in them: deviations. */
const differ = { share: 0.085, stretches: 0.45 }
/** Frames by which voice begins earlier and ends later, at most; less than none: later and earlier. */
const edges = { least: -6, most: 14 }
/** Shares of its length that a stretch loses: who is voiced nearly always comes to what was drawn by one of these. */
const losses = [-0.5, -0.25, 0, 0.15, 0.3, 0.45]
/** Frames: the longest gap of voice that is closed. */
const longestGap = 14
const framesASecond = voiceRate / hop

export interface Voicing {
  /** Of what is heard. */
  share: number
  /** In a second of what is heard. */
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
 * @param heard dB of each frame (heard-levels.ts)
 */
export function voicedAsDrawn(
  pitch: Float64Array,
  heard: Float64Array,
  { share, stretches }: Pick<Voicing, 'share' | 'stretches'>,
): Float64Array {
  const heardFrom = loudOf(heard) - heardBelow
  const heardBefore = new Uint32Array(heard.length + 1)
  heard.forEach((level, frame) => (heardBefore[frame + 1] = heardBefore[frame]! + (level > heardFrom ? 1 : 0)))
  const count = heardBefore.at(-1)!
  if (count < fewestHeard) return pitch
  const voices = heardIn(heardBefore)
  const own = voicedStretches(pitch)
  const voice = nearestTo(0, waysToVoice(own, pitch.length), (made) => {
    const begun = made.filter(({ from }) => voices({ from, to: from + 1 }) > 0).length
    const voiced = made.reduce((sum, stretch) => sum + voices(stretch), 0)
    return (
      Math.abs(voiced / count - share) / differ.share +
      Math.abs((begun * framesASecond) / count - stretches) / differ.stretches
    )
  })
  return voicedIn(pitch, voice)
}

/** @param length of the track, frames */
function* waysToVoice(own: readonly Stretch[], length: number): Generator<() => Stretch[]> {
  for (let longest = 0; longest <= longestGap; longest++) {
    const joined = closed(own, longest)
    for (const lost of losses)
      for (let frames = edges.least; frames <= edges.most; frames++) yield () => moved(joined, { frames, lost }, length)
  }
}

/** Frames of a stretch that are heard. */
const heardIn =
  (before: Uint32Array) =>
  ({ from, to }: Stretch): number =>
    before[to]! - before[from]!
