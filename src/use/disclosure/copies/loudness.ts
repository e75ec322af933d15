/**
 * Levels speech and background noise of an engine's output to fixed values: rooms and telephones are recognisable by theirs.
 */
import { randomBytes } from 'node:crypto'
import { findSpeech, hop } from '../voice/voice-activity.ts'

/** Root mean square of speech in 16 bits: -26 dB below full scale, the level of telephony (ITU-T P.56). */
const speechLevel = 1_640
const peakLevel = 30_000
/** -70 dB below full scale. */
const noiseLevel = 10
/** Samples of noise drawn in one block. */
const noiseBlock = 65_536

/** Levels a track in place. */
export function level(samples: Int16Array): void {
  const { speech } = findSpeech(Float64Array.from(samples, (sample) => sample / 32_768))
  const isSpeech = (at: number) => speech[Math.floor(at / hop)] === 1
  let energy = 0
  let spoken = 0
  let peak = 1
  for (const [at, sample] of samples.entries()) {
    if (!isSpeech(at)) continue
    energy += sample * sample
    spoken++
    peak = Math.max(peak, Math.abs(sample))
  }
  const gain = energy === 0 ? 0 : Math.min(speechLevel / Math.sqrt(energy / spoken), peakLevel / peak)
  const scale = (noiseLevel * Math.sqrt(3)) / 2 ** 15
  let noise = new Int16Array(0)
  for (let at = 0; at < samples.length; at++) {
    if (at % noiseBlock === 0) noise = new Int16Array(new Uint8Array(randomBytes(2 * noiseBlock)).buffer)
    samples[at] = Math.round((isSpeech(at) ? gain * samples[at]! : 0) + scale * noise[at % noiseBlock]!)
  }
}
