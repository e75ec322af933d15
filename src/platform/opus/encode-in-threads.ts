/**
 * Opus beside everything else. In: tracks at 8 kHz. Out: Ogg files. Never here: a file on disk.
 */
import { startTaskThreads } from '../threads/task-threads.ts'
import type { EncodeTask } from './encode-worker.ts'

/** An hour is encoded in half a minute. */
const limitMs = 300_000

export interface OpusThreads {
  /**
   * @param tracks one, or two of the same length: left and right
   * @throws Fault `thread-failed`, `thread-too-slow`
   */
  encode: (tracks: EncodeTask['tracks']) => Promise<Uint8Array>
  stop: () => Promise<void>
}

/** @param threads default: one for each core; they start when there is something to encode, and end when there is not */
export function startOpusThreads(threads?: number): OpusThreads {
  const encoders = startTaskThreads<EncodeTask, Uint8Array>({
    script: new URL('./encode-worker.ts', import.meta.url),
    name: 'encode-opus',
    limitMs,
    ...(threads === undefined ? {} : { threads }),
  })
  return {
    encode: (tracks) => {
      if (tracks[1] && tracks[1].length !== tracks[0].length) throw new RangeError('Two tracks of different lengths')
      return encoders.run({ tracks })
    },
    stop: encoders.stop,
  }
}
