/** Measures the utility of disclosed recordings: intelligibility, intonation, timing of turns, digits, and speed of the engine. */
import { engineNamed, type EngineName } from './engines.ts'
import { estoi } from './intelligibility.ts'
import { contourCorrelation, onsetShifts } from './melody-and-timing.ts'
import type { Speaker } from './recordings.ts'
import { rendered, timesRealTime } from './renderings.ts'
import { digitErrors, digitVoices, type DigitErrors } from './spoken-digits.ts'

export interface UseLeft {
  engine: EngineName
  estoi: number
  pitchCorrelation: number
  /** Milliseconds by which the start of a turn moves: median and 90th percentile. */
  medianShift: number
  ninetiethShift: number
  onsets: number
  digits: DigitErrors
  /** NaN for original speech. */
  timesRealTime: number
}

/** Measured recordings per human speaker; more would change nothing. */
const perSpeaker = 2

const middle = (values: readonly number[], share = 0.5) =>
  values.toSorted((one, other) => one - other)[Math.floor(share * (values.length - 1))] ?? NaN

export async function useLeft(engine: EngineName, all: readonly Speaker[]): Promise<UseLeft> {
  const alike: number[] = []
  const melodies: number[] = []
  const shifts: number[] = []
  for (const speaker of all) {
    const { utterances, calls } = rendered(engine, 'disclosed', speaker)
    const pairs = (kind: 'utterances' | 'calls', from: typeof utterances) =>
      speaker[kind].flatMap((original, index) =>
        index % 2 === 0 || from[index] === undefined ? [] : [{ original, other: from[index] }],
      )
    for (const { original, other } of pairs('utterances', utterances).slice(0, perSpeaker)) {
      const value = estoi(original, other)
      if (Number.isFinite(value)) alike.push(value)
      const melody = contourCorrelation(original, other)
      if (melody !== undefined) melodies.push(melody)
    }
    for (const { original, other } of pairs('calls', calls)) shifts.push(...onsetShifts(original, other))
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    engine,
    estoi: mean(alike),
    // The median, because a pitch tracking error makes a correlation meaningless.
    pitchCorrelation: middle(melodies),
    medianShift: middle(shifts),
    ninetiethShift: middle(shifts, 0.9),
    onsets: shifts.length,
    digits: await digitErrors(await engineNamed(engine), await digitVoices()),
    timesRealTime: engine === 'original' ? NaN : timesRealTime(engine, all),
  }
}
