/** Worker thread that encodes whole recordings. */
import { answerTasks } from '#platform/threads/task-threads.ts'
import { encodeOggOpus } from './encode-ogg-opus.ts'

/** One track, or two of the same length: left and right. */
export type EncodeTask = { tracks: readonly [Int16Array] | readonly [Int16Array, Int16Array] }

/** Ten seconds in one part. */
const partSamples = 80_000

answerTasks<EncodeTask, Uint8Array>(async ({ tracks }) => {
  const pages = await Array.fromAsync(encodeOggOpus(interleave(tracks), { channels: tracks.length }))
  const answer = new Uint8Array(Buffer.concat(pages))
  return { answer, transfer: [answer.buffer] }
})

function* interleave([left, right]: EncodeTask['tracks']): Generator<Int16Array> {
  for (let from = 0; from < left.length; from += partSamples) {
    const to = Math.min(left.length, from + partSamples)
    if (!right) {
      yield left.subarray(from, to)
      continue
    }
    const part = new Int16Array(2 * (to - from))
    for (let i = from, at = 0; i < to; i++) {
      part[at++] = left[i]!
      part[at++] = right[i]!
    }
    yield part
  }
}
