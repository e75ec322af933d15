/**
 * Runs one session: events in, one at a time; the machine's effects done in order. Everything that touches the world is
 * passed in by the recorder.
 */
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { bodyKey, headerKey } from '#register/recordings/objects.ts'
import type { Dialog, IncomingRequest } from '../sip/handler.ts'
import { answerOffer } from '../siprec/answer-offer.ts'
import type { SessionDescription } from '../siprec/parse-sdp.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { SessionMedia, MediaOptions } from './session-media.ts'
import { openSessionMedia } from './session-media.ts'
import { step, type SessionEffect, type SessionEvent, type SessionState } from './session.ts'

export interface SessionWorld {
  note: (facts: SegmentFacts) => Promise<void>
  objects: ObjectStore
  mediaAddress: string
  sdpSessionId: string
  /** What openSessionMedia needs beyond the recording and its streams; nothing when there is no intake key for today. */
  media: (
    recordingDay: Temporal.PlainDate,
  ) => Omit<MediaOptions, 'recordingId' | 'startedAt' | 'streams' | 'onFault'> | undefined
  onFault: (error: unknown) => void
  /** The session is over and nothing of it is left to do. */
  onOver: () => void
}

/** A request being answered, with the offer it carried. */
export interface Asking {
  request: IncomingRequest
  offer?: SessionDescription | undefined
}

export interface RunningSession {
  readonly dialog: Dialog
  readonly state: SessionState | undefined
  readonly media: SessionMedia | undefined
  /** Tells the session something; resolves when its effects are done. */
  tell(event: SessionEvent, asking?: Asking): Promise<void>
}

export function runSession(dialog: Dialog, world: SessionWorld): RunningSession {
  let state: SessionState | undefined
  let media: SessionMedia | undefined
  let queue = Promise.resolve()

  async function handle(event: SessionEvent, asking: Asking | undefined): Promise<void> {
    const events = [event]
    for (let next = events.shift(); next; next = events.shift()) {
      const wasOver = state?.phase === 'over'
      const [after, effects] = step(state, next)
      state = after
      for (const effect of effects) {
        const follows = await perform(effect, asking)
        if (follows) events.push(follows)
      }
      if (!wasOver && state.phase === 'over' && events.length === 0) world.onOver()
    }
  }

  async function perform(effect: SessionEffect, asking: Asking | undefined): Promise<SessionEvent | undefined> {
    switch (effect.do) {
      case 'note':
        await world.note(effect.facts)
        return undefined
      case 'open':
        return open(effect)
      case 'open-streams':
        if ((await media?.addStreams(effect.streams)) === 'no-port') {
          return { type: 'capture-state', state: 'failing', failure: 'no-port' }
        }
        return undefined
      case 'retarget':
        media?.retarget(effect.stream)
        return undefined
      case 'mark':
        media?.mark(effect.kind)
        return undefined
      case 'map':
        media?.map(effect.tracks)
        return undefined
      case 'answer':
        answer(effect, asking)
        return undefined
      case 'refuse':
        asking?.request.respond(effect.status, {
          reason: effect.reason,
          ...(effect.retryAfterSeconds !== undefined && {
            headers: { 'Retry-After': String(effect.retryAfterSeconds) },
          }),
        })
        return undefined
      case 'finish':
        return finish()
      case 'close':
        await media?.abandon()
        media = undefined
        return undefined
    }
  }

  async function open(effect: SessionEffect & { do: 'open' }): Promise<SessionEvent> {
    const { recording } = effect
    const options = world.media(recording.intakeDay)
    if (!options) return { type: 'open-failed', why: 'no-intake-key' }
    const opened = await openSessionMedia({
      ...options,
      recordingId: recording.id,
      startedAt: recording.startedAt,
      streams: effect.streams,
      onFault: (fault) => {
        world.onFault(fault)
        if (state?.phase === 'live') void tell({ type: 'capture-state', state: 'failing', failure: 'disk-full' })
      },
    })
    if (typeof opened === 'string') return { type: 'open-failed', why: opened }
    media = opened
    return { type: 'opened' }
  }

  function answer(effect: SessionEffect & { do: 'answer' }, asking: Asking | undefined): void {
    if (!asking) return
    if (!effect.withSdp || !asking.offer) {
      asking.request.respond(200)
      return
    }
    const made = answerOffer(asking.offer, effect.streams, {
      address: world.mediaAddress,
      origin: { sessionId: world.sdpSessionId, version: effect.version },
      ports: media?.ports ?? new Map(),
      mode: effect.mode,
      reoffer: effect.version > 1,
    })
    if (made.kind === 'refusal') asking.request.respond(made.status, { reason: made.reason })
    else asking.request.respond(200, { body: made.text, contentType: 'application/sdp' })
  }

  async function finish(): Promise<SessionEvent> {
    if (!media) return { type: 'store-failed' }
    try {
      const { recording, received, lost } = await media.finish()
      await world.objects.moveIn(headerKey(recording.id), recording.headerPath)
      await world.objects.moveIn(bodyKey(recording.id), recording.bodyPath)
      return {
        type: 'stored',
        stored: {
          sizeBytes: recording.sizeBytes,
          sha256: Buffer.from(recording.sha256, 'hex'),
          incomplete: recording.packetsShed > 0,
          packetsReceived: received,
          packetsLost: lost,
        },
      }
    } catch (error) {
      // What is on disk stays there: the next start gathers it as after a crash.
      world.onFault(error)
      return { type: 'store-failed' }
    }
  }

  function tell(event: SessionEvent, asking?: Asking): Promise<void> {
    queue = queue
      .then(() => handle(event, asking))
      .catch((error: unknown) => {
        // A bug ends this session's event, not the process; an unanswered request gets its 500.
        world.onFault(error)
        asking?.request.respond(500)
      })
    return queue
  }

  return {
    dialog,
    get state() {
      return state
    },
    get media() {
      return media
    },
    tell,
  }
}
