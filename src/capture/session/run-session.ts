/** Runs one session: handles one event at a time, and executes the state machine's effects in order. */
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { Dialog, IncomingRequest } from '../sip/handler.ts'
import type { SessionDescription } from '../siprec/parse-sdp.ts'
import { answerSession, buildReoffer } from './machine/answer-session.ts'
import type { SessionEffect, SessionEvent, LegState, SessionState } from './machine/session-types.ts'
import { step } from './machine/session.ts'
import { withholdingReason } from './machine/withholding.ts'
import { allPaused } from './media/accepted-streams.ts'
import { computeReception, type MeasuredStream } from './media/compute-reception.ts'
import { sendReinvite } from './media/send-reinvite.ts'
import { openSessionMedia, type SessionMedia } from './media/session-media.ts'
import { createSessionStreams, type SessionStreams } from './media/session-streams.ts'
import { storeRecording } from './media/store-recording.ts'
import type { RequestReader } from './reading/read-requests.ts'
import { sessionStreamsOptions, type RecorderOptions } from './recorder-options.ts'

/** The recorder of a session, its segment, and callbacks. */
export interface SessionParts {
  options: RecorderOptions
  reader: Pick<RequestReader, 'readAnswer'>
  storeAgainMs: number
  /** Aborted when the process stops. */
  stopping: AbortSignal
  segment: Pick<SegmentFacts, 'segmentId' | 'trunk'>
  /** Returns the time by the session's own clock, which changes of the system clock do not affect. */
  now: () => Temporal.Instant
  /** Monotonic start time, if the recording begins with packets that arrived before it could be created. */
  beganMs: number | undefined
  /** Called with changed facts of the segment. */
  onRecorded: (facts: SegmentFacts) => void
  /** Called when the session is over and all its effects are done. */
  onOver: () => void
}

export interface PendingRequest {
  request: IncomingRequest
  offer?: SessionDescription | undefined
}

export interface RunningSession {
  readonly dialog: Dialog
  readonly state: SessionState | undefined
  readonly media: SessionMedia | undefined
  /** Sends an event to the session; resolves when its effects are done. */
  dispatch(event: SessionEvent, pending?: PendingRequest): Promise<void>
  /** Forbids the recording (R49): no further packet is recorded, even if events are queued. Idempotent. */
  forbid(destroys: boolean): Promise<void>
  /** True if there are streams that the next segment could take over. */
  readonly hasStreams: boolean
  /** Detaches and returns the session's streams; they are not recorded here any more. */
  detachStreams(): SessionStreams | undefined
  /** The client's offer that was answered last. */
  readonly described: SessionDescription | undefined
  readonly sdpSessionId: string
  /**
   * Fails over to another session of the same call. `hasEnded`: the current one has ended.
   * @returns the previous leg; undefined if the session is over
   */
  moveTo(next: SessionLeg, hasEnded: boolean): Promise<SessionLeg | undefined>
}

/** A SIP session that can carry a segment: its dialog, streams and answer state. */
export interface SessionLeg {
  readonly dialog: Dialog
  /** Streams of the session; undefined if no port was free, or nothing is recorded. */
  readonly streams: SessionStreams | undefined
  /** Media and answer state of the leg, named as in the saved files. */
  readonly place: LegState
  readonly described: SessionDescription | undefined
  readonly sdpSessionId: string
}

/** State that a segment takes over from the previous segment of its session. */
export type PreviousSegment = Pick<RunningSession, 'hasStreams' | 'detachStreams' | 'described' | 'sdpSessionId'>

/** Starts a session. `before`: the previous segment, after a transfer within the session or a restart of the process. */
export function runSession(firstDialog: Dialog, parts: SessionParts, before?: PreviousSegment): RunningSession {
  const { options, segment, now, stopping } = parts
  const { spool, mediaAddress } = options
  let dialog = firstDialog
  let sdpSessionId = before?.sdpSessionId ?? newSdpSessionId(options.random)
  let state: SessionState | undefined
  let media: SessionMedia | undefined
  let queue = Promise.resolve()
  let answered = false
  /** True if the end of the call destroys the recording instead of storing it. */
  let mustDestroy = false
  let described: SessionDescription | undefined = before?.described
  /** Streams whose packets are discarded: taken over from the previous segment, or opened while a decision is pending. */
  let discardingStreams: SessionStreams | undefined

  const newStreams = () => createSessionStreams(sessionStreamsOptions(options, segment.trunk))
  const onFault = (error: unknown) => options.onFault(error, { segment: segment.segmentId })
  /** Waits before a failed disk or store operation is retried; resolves to false if the process stops. */
  const waitForRetry = () => wait(parts.storeAgainMs, true, { signal: stopping }).catch(() => false)
  const withdraw = (segmentIds: readonly string[]) =>
    Promise.all(segmentIds.map((id) => spool.withdraw(id).catch(onFault)))

  async function handle(event: SessionEvent, pending: PendingRequest | undefined): Promise<void> {
    const events = [event]
    for (let next = events.shift(); next; next = events.shift()) {
      const hadEnded = state?.phase === 'over'
      const [after, effects] = step(state, next)
      state = after
      for (const effect of effects) {
        const follows = await perform(effect, pending)
        if (follows) events.push(follows)
      }
      if (!hadEnded && state.phase === 'over' && events.length === 0) parts.onOver()
    }
  }

  async function perform(
    effect: SessionEffect,
    pending: PendingRequest | undefined,
  ): Promise<SessionEvent | undefined> {
    switch (effect.do) {
      case 'store-facts':
        parts.onRecorded(effect.facts)
        // On a disk error the facts stay in memory and are still admitted; only a crash before that would lose them.
        await spool.store(effect.facts).catch(onFault)
        return undefined
      case 'store-other-facts':
        await spool.store(effect.facts).catch(onFault)
        return undefined
      case 'withdraw':
        await withdraw(effect.segmentIds)
        return undefined
      case 'open': {
        // In parallel, because the answer to the client waits for both.
        const [opened] = await Promise.all([open(effect, pending), spool.storeInAdvance(effect.facts)])
        if (opened.type !== 'opened') await withdraw([segment.segmentId])
        return opened
      }
      case 'take-over':
        discardingStreams = before?.detachStreams()
        discardingStreams?.writeTo(undefined)
        return undefined
      case 'listen':
        discardingStreams = newStreams()
        if ((await discardingStreams.add(effect.streams)) !== 'no-port') return undefined
        discardingStreams = undefined
        return { type: 'not-listening' }
      case 'open-streams':
        await discardingStreams?.add(effect.streams)
        if ((await media?.addStreams(effect.streams)) === 'no-port') {
          return { type: 'capture-state', state: 'failing', failure: 'no-port' }
        }
        return undefined
      case 'close-streams':
        discardingStreams?.close(effect.indexes)
        media?.closeStreams(effect.indexes)
        return undefined
      case 'retarget':
        // No port was free for this stream before.
        if (media?.ports.has(effect.stream.index) === false) await media.addStreams([effect.stream])
        else media?.retarget(effect.stream)
        return undefined
      case 'withhold':
        media?.withhold(effect.on)
        return undefined
      case 'mark':
        media?.mark(effect.kind, effect.why)
        return undefined
      case 'map':
        media?.map(effect.tracks)
        return undefined
      case 'answer':
        return answer(effect, pending)
      case 'offer':
        void offer(effect)
        return undefined
      case 'refuse':
        pending?.request.respond(effect.status, {
          reason: effect.reason,
          ...(effect.retryAfterSeconds !== undefined && {
            headers: { 'Retry-After': String(effect.retryAfterSeconds) },
          }),
        })
        return undefined
      case 'finish':
        return store((current) => current.finish(lengthMs()))
      case 'stop':
        media?.stopRecording()
        return effect.destroys ? destroy() : store((current) => current.seal())
      case 'close':
        discardingStreams?.closeAll()
        await media?.abandon()
        media = undefined
        return undefined
    }
  }

  async function open(
    effect: SessionEffect & { do: 'open' },
    pending: PendingRequest | undefined,
  ): Promise<SessionEvent> {
    const { id, startedAt, intakeKey } = effect.recording
    if (intakeKey === undefined) return { type: 'open-failed', why: 'no-intake-key' }
    const opened = await openSessionMedia({
      ...{ recordingId: id, startedAt, intakePublicKey: intakeKey, streams: effect.streams },
      ...{ folder: options.recordingsFolder, preallocated: options.preallocated, tail: options.tail },
      ...{ clock: options.clock, beganMs: parts.beganMs, newStreams, takesOver: takeCurrentStreams() },
      isWithheld: state?.phase === 'opening' && withholdingReason(state.session) !== undefined,
      onFault: (fault) => {
        onFault(fault)
        if (state?.phase === 'live') void dispatch({ type: 'capture-state', state: 'failing', failure: 'disk-full' })
      },
    })
    if (typeof opened === 'string') return { type: 'open-failed', why: opened }
    media = opened
    // The request was cancelled meanwhile (CANCEL), or answered 500 because the disk was too slow.
    if (pending?.request.answered && !answered) return { type: 'ended', at: now(), inferred: false }
    return { type: 'opened' }
  }

  /** Returns the streams to take over: the previous segment's, or those received while the decision was pending. */
  function takeCurrentStreams(): (() => SessionStreams | undefined) | undefined {
    if (before?.hasStreams) return () => before.detachStreams()
    if (!discardingStreams) return undefined
    return () => {
      const streams = discardingStreams
      discardingStreams = undefined
      return streams
    }
  }

  /** Sends a re-INVITE without blocking other events. If it crosses a request of the client, the client's has precedence. */
  async function offer(effect: SessionEffect & { do: 'offer' }): Promise<void> {
    const { ports, ownKey } = media ?? {}
    const text = buildReoffer(described, {
      ...{ mode: 'record', version: effect.version, streams: effect.streams, sdpSessionId },
      ...{ ports: ports ?? new Map<number, number>(), ownKey, mediaAddress },
    })
    const event = await sendReinvite(
      dialog,
      text,
      effect.streams,
      { readAnswer: parts.reader.readAnswer, random: options.random },
      (incoming) => state?.phase === 'live' && dialog === incoming,
    )
    if (event) await dispatch(event)
  }

  /** Answers a request. If the first answer cannot be sent any more, the session ends, because the client has none. */
  function answer(
    effect: SessionEffect & { do: 'answer' },
    pending: PendingRequest | undefined,
  ): SessionEvent | undefined {
    if (!pending) return undefined
    const made = answerSession(pending.request, pending.offer, described, {
      // No port was free.
      mode: effect.mode === 'record' && !media && !discardingStreams ? 'historyOnly' : effect.mode,
      ...{ version: effect.version, streams: effect.streams, sdpSessionId },
      ports: (media ?? discardingStreams)?.ports ?? new Map<number, number>(),
      ownKey: (media ?? discardingStreams)?.ownKey,
      mediaAddress,
    })
    described = made.described
    if (!made.sent && !answered) return { type: 'ended', at: now(), inferred: false }
    answered = true
    return undefined
  }

  /**
   * Stores the recording. After the call it is retried without limit, for example while the disk is full or the object store is
   * unreachable, until the process stops or the recording is forbidden. During the call it is not retried here, because the
   * `stop` effect is repeated.
   */
  async function store(seal: (media: SessionMedia) => ReturnType<SessionMedia['finish']>): Promise<SessionEvent> {
    if (!media) return { type: 'store-failed' }
    let finished: Awaited<ReturnType<SessionMedia['finish']>> | undefined
    for (;;) {
      if (mustDestroy) return destroy()
      try {
        finished ??= await seal(media)
        const { recording, received, lost, streams, marks } = finished
        const folder = dirname(recording.bodyPath)
        if (!(await storeRecording(recording.id, folder, options.objects, 'durable', () => mustDestroy))) continue
        return {
          type: 'stored',
          marks,
          stored: {
            sizeBytes: recording.sizeBytes,
            sha256: Buffer.from(recording.sha256, 'hex'),
            incomplete: recording.packetsShed > 0,
            packetsReceived: received,
            packetsLost: lost,
            ...reception(streams),
          },
        }
      } catch (error) {
        onFault(error)
        if (state?.phase === 'live') return { type: 'store-failed' }
        if (await waitForRetry()) continue
        // The files stay on disk, and the next start recovers them as after a crash.
        if (!finished) await media.leaveBehind().catch(onFault)
        return { type: 'store-failed' }
      }
    }
  }

  function reception(streams: readonly MeasuredStream[]): Pick<NonNullable<RecordingFacts['stored']>, 'reception'> {
    const session = state && state.phase !== 'over' ? state.session : undefined
    const client = session?.facts.recording?.client
    return client ? { reception: computeReception(streams, media?.tracks ?? {}, client) } : {}
  }

  /** Destroys the recording, with retries as in `store`. If the process stops before, the next start destroys it. */
  async function destroy(): Promise<SessionEvent> {
    for (;;) {
      try {
        await media?.destroy()
        return { type: 'gone' }
      } catch (error) {
        onFault(error)
        if (state?.phase === 'live' || !(await waitForRetry())) return { type: 'removal-failed' }
      }
    }
  }

  /** Returns the time from the recording's start to the call's end. */
  function lengthMs(): number | undefined {
    const facts = state?.phase === 'ending' ? state.session.facts : undefined
    if (!facts?.recording || !facts.endedAt) return undefined
    return facts.endedAt.since(facts.recording.startedAt).total('milliseconds')
  }

  async function giveUp(): Promise<void> {
    state = { phase: 'over' }
    await media?.abandon().catch(onFault)
    media = undefined
    parts.onOver()
  }

  function dispatch(event: SessionEvent, pending?: PendingRequest): Promise<void> {
    // Handled at once, before queued events.
    if (event.type === 'ended' && !event.inferred) media?.end()
    queue = queue
      .then(() => handle(event, pending))
      .catch(async (error: unknown) => {
        // A bug ends only the handling of this event. A request that is not answered gets 500.
        onFault(error)
        pending?.request.respond(500)
        // If the session could not be created, releases its ports and files.
        if (event.type === 'offered' && !answered) await giveUp()
      })
    return queue
  }

  async function move(next: SessionLeg, hasEnded: boolean): Promise<SessionLeg | undefined> {
    if (state?.phase !== 'live') return undefined
    const { streams, tracks, metadata, answerVersion, withholds } = state.session
    const paused = allPaused(streams)
    const previous: SessionLeg = {
      ...{ dialog, described, sdpSessionId, place: { streams, tracks, metadata, answerVersion, withholds, paused } },
      streams: media?.exchange(next.streams ?? newStreams(), hasEnded),
    }
    // Streams whose packets were discarded can be closed at once.
    discardingStreams?.closeAll()
    discardingStreams = undefined
    ;({ dialog, described, sdpSessionId } = next)
    await handle({ type: 'moved', to: next.place, isSilenced: next.streams === undefined, hasEnded }, undefined)
    return previous
  }

  return {
    get dialog() {
      return dialog
    },
    get sdpSessionId() {
      return sdpSessionId
    },
    get state() {
      return state
    },
    get media() {
      return media
    },
    get hasStreams() {
      return (media !== undefined && media.ports.size > 0) || discardingStreams !== undefined
    },
    get described() {
      return described
    },
    detachStreams() {
      const streams = media?.detachStreams() ?? discardingStreams
      discardingStreams = undefined
      return streams
    },
    dispatch,
    moveTo(next, hasEnded) {
      const moved = queue.then(() => move(next, hasEnded))
      queue = moved.then(() => undefined, onFault)
      return moved
    },
    forbid(destroys) {
      media?.stopRecording()
      mustDestroy ||= destroys
      return dispatch({ type: 'forbidden', at: now(), destroys })
    },
  }
}

/** Returns a session id for our SDP (RFC 8866 section 5.2). */
export function newSdpSessionId(random: RecorderOptions['random']): string {
  return String(random.uint32())
}
