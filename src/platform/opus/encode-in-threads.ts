/** Encodes Ogg Opus in threads, in memory. */
import { startTaskThreads } from '../threads/task-threads.ts'
import type { EncodeTask } from './encode-worker.ts'

/** Longest encoding: an hour of audio takes half a minute. */
const limitMs = 300_000

export interface OpusThreads {
  /**
   * Encodes a recording.
   * @param tracks one, or two of the same length: left and right
   * @throws Fault `thread-failed`, `thread-too-slow`
   */
  encode: (tracks: EncodeTask['tracks']) => Promise<Uint8Array>
  stop: () => Promise<void>
}

/** @param threads default: one per core; threads start on demand and end when idle */
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
