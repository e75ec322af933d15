/** Routing of the two lanes: both to both ears, or the caller left and the official right. */
export type Spread = 'both' | 'split'

export interface Lanes {
  isCallerAudible: boolean
  isOfficialAudible: boolean
  spread: Spread
}

export interface SoundGraph {
  resume: () => void
  set: (lanes: Lanes) => void
  close: () => void
}

/**
 * Splits the element's stereo (left caller, right official) and mixes it as chosen. Create it at the first play: browsers start
 * no audio before a user gesture, and an element can be added to a graph only once.
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
    set({ isCallerAudible, isOfficialAudible, spread }) {
      const played = [isCallerAudible, isOfficialAudible]
      gains.forEach((ears, lane) =>
        ears.forEach((gain, ear) => {
          const level = played[lane] && (spread === 'both' || ear === lane) ? 1 : 0
          // Ramps over about 10 ms: a jump would click.
          gain.gain.setTargetAtTime(level, context.currentTime, 0.01)
        }),
      )
    },
    close: () => void context.close(),
  }
}
