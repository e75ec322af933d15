/**
 * Sends the two streams of a recorded call as RTP (RFC 3550): 20 ms packets at absolute times, with seeded faults. In:
 * sound and destination. Out: datagrams, and a record of exactly what was sent. Nothing is sent if the recorder's
 * answer is `inactive` or port 0.
 */
import type { MediaPort } from './media-port.ts'
import type { Pacer } from './pacer.ts'
import type { MediaKey } from './protect-media.ts'
import { seedRandom } from './random.ts'
import { openStream, type MediaFaults } from './send-stream.ts'
import type { SentStream } from './sent-call.ts'
import type { AnsweredStream, Codec } from './session-description.ts'
import { frameMs, type Sound } from './sound.ts'
import type { Speaker } from './speech/dialogues.ts'

export type Sending = {
  /** Applies a new answer: other ports, or inactive. */
  readonly direct: (answer: readonly AnsweredStream[]) => void
  /** Holds: nothing is sent, the RTP clock continues, and the sound waits. */
  readonly pause: () => void
  readonly resume: () => void
  /** Returns milliseconds of media time since the first frame. */
  readonly elapsedMs: () => number
  /** Resolves at the end of the sound. */
  readonly over: Promise<void>
  /** Sends packets that are still held back, stops, and returns what was sent. */
  readonly stop: () => SentStream[]
}

export function startSending(options: {
  pacer: Pacer
  sound: Sound
  codec: Codec
  streams: readonly {
    readonly who: Speaker
    readonly label: string
    readonly media: MediaPort
    readonly key?: MediaKey
  }[]
  answer: readonly AnsweredStream[]
  faults: MediaFaults
  seed: number | string
  /** `hash` stores no payloads: for many or long calls. */
  record: 'payloads' | 'hash'
}): Sending {
  const { pacer, sound, faults } = options
  const streams = options.streams.map(({ who, label, media, key }, index) =>
    openStream({
      who,
      label,
      media,
      codec: options.codec,
      sound,
      faults,
      record: options.record,
      random: seedRandom(`${options.seed} ${who}`),
      answer: options.answer[index],
      key,
    }),
  )
  const startMs = pacer.nowMs()
  const stepMs = frameMs / (1 + (faults.skewPpm ?? 0) / 1e6)
  let frame = 0
  let soundFrame = 0
  let paused = false
  let stopped = false
  let soundIsOver: () => void = () => undefined
  const over = new Promise<void>((resolve) => (soundIsOver = resolve))

  pacer.add(startMs, (nowMs) => {
    if (stopped) return undefined
    for (const stream of streams) {
      if (paused) stream.skip(frame)
      else stream.send(frame, soundFrame, nowMs - startMs)
    }
    frame++
    if (!paused && ++soundFrame >= sound.frames) {
      soundIsOver()
      return undefined
    }
    return startMs + frame * stepMs
  })

  return {
    over,
    pause: () => (paused = true),
    resume: () => (paused = false),
    elapsedMs: () => frame * frameMs,
    direct: (answer) => streams.forEach((stream, index) => stream.direct(answer[index])),
    stop: () => {
      stopped = true
      return streams.map((stream) => stream.finish())
    },
  }
}
