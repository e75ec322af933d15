import { setTimeout as wait } from 'node:timers/promises'
import type { SegmentFacts } from '#register/admit.ts'
import { mediaMeans, type RecorderOptions } from './recorder-options.ts'
import type { SessionWorld } from './run-session.ts'

/** What a session of this recorder touches of the world; `noted` and `onOver` are the recorder's own. */
export function sessionWorld(
  options: RecorderOptions,
  given: {
    segmentId: string
    trunk: string | undefined
    /** As the call has it. */
    now: () => Temporal.Instant
    sdpSessionId: string
    /** As options.clock tells, where the recording begins with packets that have come before it could be made. */
    beganMs: number | undefined
    storeAgainMs: number
    /** The process stops. */
    stopping: AbortSignal
    readAnswer: SessionWorld['readAnswer']
    noted: (facts: SegmentFacts) => void
    onOver: () => void
  },
): SessionWorld {
  const { random, ports } = options
  const { segmentId, trunk, now, sdpSessionId, beganMs, storeAgainMs, stopping, readAnswer, noted, onOver } = given
  const onFault = (error: unknown) => options.onFault(error, { segment: segmentId })
  return {
    now,
    again: () => wait(storeAgainMs, true, { signal: stopping }).catch(() => false),
    note(facts) {
      noted(facts)
      // The facts stay in memory and are admitted; only a crash before that would lose them.
      return options.spool.note(facts).catch(onFault)
    },
    noteOther: (facts) => options.spool.note(facts).catch(onFault),
    foresee: (facts) => options.spool.foresee(facts),
    withdraw: async (segmentIds = [segmentId]) => {
      await Promise.all(segmentIds.map((id) => options.spool.withdraw(id).catch(onFault)))
    },
    objects: options.objects,
    readAnswer,
    beforeNextOffer: () => wait((random.uint32() % 200) * 10, undefined, { ref: false }),
    mediaAddress: options.mediaAddress,
    sdpSessionId,
    newStreams: () => ({
      allocator: ports.forTrunk(trunk),
      random32: random.uint32,
      latches: options.latchesOf?.(trunk),
    }),
    media: (recording) => mediaMeans(options, trunk, recording, beganMs),
    onFault,
    onOver,
  }
}
