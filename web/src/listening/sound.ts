/** How the two lanes reach the ears: both in both, or the caller left and the official right. */
export type Spread = 'both' | 'apart'

export interface Lanes {
  isCallerHeard: boolean
  isOfficialHeard: boolean
  spread: Spread
}

export interface SoundGraph {
  resume: () => void
  set: (lanes: Lanes) => void
  close: () => void
}

/**
 * Takes the element's stereo apart (left caller, right official) and mixes it as asked. Made at the first press of
 * play: browsers start no audio before a gesture, and an element can be taken into a graph only once.
 */
export function makeSoundGraph(audio: HTMLAudioElement): SoundGraph {
  const context = new AudioContext()
  const splitter = context.createChannelSplitter(2)
  const merger = context.createChannelMerger(2)
  const gains = [0, 1].map((lane) =>
    [0, 1].map((ear) => {
      const gain = context.createGain()
      splitter.connect(gain, lane)
      gain.connect(merger, 0, ear)
      return gain
    }),
  )
  context.createMediaElementSource(audio).connect(splitter)
  merger.connect(context.destination)

  return {
    resume: () => void context.resume(),
    set({ isCallerHeard, isOfficialHeard, spread }) {
      const heard = [isCallerHeard, isOfficialHeard]
      gains.forEach((ears, lane) =>
        ears.forEach((gain, ear) => {
          const level = heard[lane] && (spread === 'both' || ear === lane) ? 1 : 0
          // A ramp of a hundredth of a second: a jump would click.
          gain.gain.setTargetAtTime(level, context.currentTime, 0.01)
        }),
      )
    },
    close: () => void context.close(),
  }
}
