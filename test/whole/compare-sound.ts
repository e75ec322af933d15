import { alawToLinear, ulawToLinear } from '../simulator/g711.ts'
import { arrivedSound, type SentSession } from '../simulator/sent-call.ts'

/**
 * Finds a sent stream in a recorded channel. Returns its shift, and the number of samples that differ. The recording
 * may only start slightly earlier and end earlier.
 */
export function findSound(
  sent: Int16Array,
  played: Int16Array,
): { shift: number; compared: number; different: number } {
  const needle = firstAudibleSample(sent)
  for (let shift = 0; shift < played.length; shift++) {
    if (!matches(sent, played, shift, needle, 400)) continue
    const compared = Math.min(sent.length, played.length - shift)
    let different = 0
    for (let i = 0; i < compared; i++) if (sent[i] !== played[shift + i]) different++
    return { shift, compared, different }
  }
  return { shift: -1, compared: 0, different: sent.length }
}

/** Returns the sound of one speaker in a session, as linear samples on its own timeline. */
export function soundOf(session: SentSession, user: 'caller' | 'official'): Int16Array {
  const stream = session.streams.find((one) => one.who === user)
  if (!stream) throw new Error(`no stream of the ${user}`)
  const { sound, missing } = arrivedSound(stream)
  const samples = stream.codec === 'pcma' ? alawToLinear(sound) : ulawToLinear(sound)
  // Missing packets are recorded as silence, which no A-law byte encodes exactly.
  for (const [from, to] of missing) samples.fill(0, from, to)
  return samples
}

function firstAudibleSample(sent: Int16Array): number {
  return Math.max(
    0,
    sent.findIndex((sample) => Math.abs(sample) > 64),
  )
}

function matches(sent: Int16Array, played: Int16Array, shift: number, from: number, length: number): boolean {
  for (let i = from; i < from + length && i < sent.length; i++) if (sent[i] !== played[shift + i]) return false
  return true
}
