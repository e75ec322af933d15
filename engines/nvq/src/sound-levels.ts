/**
 * How loud everybody says each sound: a third of what a level does is the sound's and nobody's (docs/decisions/0056), and can be said for
 * everybody. In: the numbers as a file has them. Out: a level for each codeword. Never here: one person's.
 */
import { soundLevelData } from './sound-level-data.ts'

/** As the file has them: bytes, so many to one dB. */
const scale = 20

let read: Float64Array | undefined

/** @returns dB beside the middle of speech that is spread as everybody's, of each codeword */
export function soundLevels(): Float64Array {
  if (!read) {
    const bytes = Buffer.from(soundLevelData, 'base64')
    read = Float64Array.from(bytes, (_, at) => bytes.readInt8(at) / scale)
  }
  return read
}

/** Base64. */
export const writeSoundLevels = (levels: ArrayLike<number>): string =>
  Buffer.from(Int8Array.from(levels, (level) => Math.round(Math.max(-127, Math.min(127, level * scale))))).toString(
    'base64',
  )
