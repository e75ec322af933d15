import type { Clock } from '#platform/clock/clock.ts'
import { RecordingFault } from '#register/recordings/recording-faults.ts'
import {
  createRecordingWriter,
  type FinishedRecording,
  type RecordingWriter,
} from '#register/recordings/recording-writer.ts'
import type { TailJournal } from '#register/recordings/tail-journal.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { StreamReport } from '../../rtp/receive-stream.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { MasterKey } from '../../srtp/suites.ts'
import type { Track } from '../../siprec/identified-parties.ts'
import { hasMixedAndSeparateVoices, omitsMedia, foreignMediaAddress, type MeasuredStream } from './compute-reception.ts'
import type { PreallocatedRecordings } from './preallocated-files.ts'
import type { SessionStreams } from './session-streams.ts'

export interface MediaOptions {
  recordingId: string
  startedAt: Temporal.Instant
  streams: readonly StreamPlan[]
  /** Creates the recording's streams, unless it takes over those of another segment. */
  newStreams: () => SessionStreams
  intakePublicKey: string
  /** Folder of header and body during the call. */
  folder: string
  preallocated?: PreallocatedRecordings | undefined
  tail: TailJournal
  clock: Pick<Clock, 'monotonicMs'>
  /** Returns the streams of the previous segment in the same session, which the recording takes over once it is ready. */
  takesOver?: (() => SessionStreams | undefined) | undefined
  /** Monotonic time in ms at which the recording begins, if it begins with packets that arrived before it could be created. */
  beganMs?: number | undefined
  /** True if packets are discarded from the start, also those that wait in the streams taken over. */
  isWithheld?: boolean
  onFault: (fault: RecordingFault) => void
}

/** A sealed recording and its reception. */
export interface SealedRecording {
  recording: FinishedRecording
  received: number
  lost: number
  streams: MeasuredStream[]
  /** Marks about the sources of the audio. */
  marks: SegmentMark[]
}

/** The streams of one recording and the writer they feed. The session closes the streams, then finishes the writer. */
export interface SessionMedia {
  /** Media port by media line. */
  readonly ports: ReadonlyMap<number, number>
  /** Returns our own key of an encrypted stream, which is the same until its cipher suite changes. */
  ownKey(stream: StreamPlan): MasterKey
  /** Detaches and returns the streams, for another recording or to be closed. Packets received until now belong to this recording. */
  detachStreams(): SessionStreams
  /**
   * Switches to the streams of another session of the call, which get new stream numbers. Closes the former streams if their
   * session has ended.
   * @returns the former streams
   */
  exchange(next: SessionStreams, hasEnded: boolean): SessionStreams
  /** Number of packets received. */
  received(): number
  /** Discards packets while `on` is true, during a conference or a consultation. */
  withhold(on: boolean): void
  addStreams(streams: readonly StreamPlan[]): Promise<'no-port' | undefined>
  /** Releases the ports of media lines that the client has closed. */
  closeStreams(indexes: readonly number[]): void
  retarget(stream: StreamPlan): void
  /** Writes a mark into the recording. `reason`: present if it is not an ordinary hold. */
  mark(kind: 'hold' | 'resume', reason?: string): void
  map(tracks: Readonly<Record<number, Track>>): void
  /** Voice of each stream, by stream number in the recording. */
  readonly tracks: Readonly<Record<number, Track>>
  /** Returns the milliseconds since the last packet, the end of the last hold or the beginning, whichever is latest. */
  silentMs(): number
  hasReceivedAny(): boolean
  /** True if audio was received in this session, also in an earlier segment. */
  readonly hasReceived: boolean
  /** Handles the end signal (R16): from now on only packets sent before it are recorded. */
  end(): void
  /**
   * Receives packets in flight, then encrypts the last chunk. If the end was detected late, the recording ends `lengthMs` after
   * the beginning, but not before its last packet or mark.
   */
  finish(lengthMs?: number): Promise<SealedRecording>
  /** Stops recording. Ports, RTCP reports and counters continue, so that the client notices nothing. */
  stopRecording(): void
  /** After `stopRecording`: encrypts the last chunk like `finish`, but keeps the ports open. Can be called again. */
  seal(): Promise<SealedRecording>
  /** Stops recording and durably removes the recording. The ports stay open. Throws disk errors; can be called again. */
  destroy(): Promise<void>
  /** Releases everything after a failed `finish`. The next start recovers the files on disk. */
  leaveBehind(): Promise<void>
  /** Closes everything and removes the files, for a call that was never answered. */
  abandon(): Promise<void>
}

/** Time after the end signal in which packets sent before it may still arrive. */
const drainMs = 200
/**
 * A session counts as a source of the recording from this number of packets or payload bytes on (one second of G.711). When two
 * clients end a call at slightly different times, the other's few packets do not count.
 */
const receivedAtLeast = { packets: 50, bytes: 8_000 }

/**
 * Creates the recording, and opens a port for each stream or takes over those of the previous segment. On failure closes what
 * it has opened.
 */
export async function openSessionMedia(options: MediaOptions): Promise<SessionMedia | 'no-port' | 'disk'> {
  const { recordingId, clock, newStreams, takesOver } = options
  let beganMs = clock.monotonicMs()
  const arrival100us = () => Math.round((clock.monotonicMs() - beganMs) * 10)
  const fresh = takesOver ? undefined : newStreams()
  const files = options.preallocated?.claim(recordingId)
  if (fresh && (await fresh.add(options.streams)) === 'no-port') {
    if (files) options.preallocated?.release(files)
    return 'no-port'
  }

  let writer: RecordingWriter
  try {
    writer = await createRecordingWriter({
      id: recordingId,
      directory: options.folder,
      files,
      intakePublicKey: options.intakePublicKey,
      startedAt: options.startedAt,
      tail: options.tail,
      onFault: options.onFault,
    })
  } catch (cause) {
    fresh?.closeAll()
    options.onFault(new RecordingFault('body-write-failed', recordingId, cause))
    return 'disk'
  }

  let resumedMs = 0
  let recordingStopped = false
  let withheld = options.isWithheld === true
  const sink = {
    arrival100us,
    // Also while packets are discarded, because later packets refer to their source.
    source(...reported: Parameters<RecordingWriter['source']>) {
      if (!recordingStopped) writer.source(...reported)
    },
    // Named parameters: a rest parameter would allocate an array and an iterator for each packet.
    packet: ((stream, type, marker, seq, ts, arrival, buffer, start, end) =>
      recordingStopped ||
      withheld ||
      writer.packet(stream, type, marker, seq, ts, arrival, buffer, start, end)) satisfies RecordingWriter['packet'],
    omitted(stream: number, seqOffset: number) {
      if (!recordingStopped) writer.omitted(stream, seqOffset)
    },
  }
  // No await from here to the return, so that each packet belongs either to the previous segment or to this one.
  let streams = fresh ?? takesOver?.() ?? newStreams()
  beganMs = options.beganMs ?? (takesOver ? clock.monotonicMs() : beganMs)
  streams.writeTo(sink)
  /** First stream number of each session of the call. The ranges differ, because tracks are mapped by stream number. */
  const numbering = new Map<SessionStreams, number>([[streams, 0]])
  let mapped: Readonly<Record<number, Track>> = {}
  const firstStreamNumber = () => numbering.get(streams) ?? 0
  /** Streams of the sessions whose audio is in the recording. */
  const contributing = new Set<SessionStreams>()
  const countAsSource = () => {
    const received = streams.reports()
    const packets = sum(received.map((one) => one.received))
    const bytes = sum(received.map((one) => one.receivedBytes))
    if (packets >= receivedAtLeast.packets || bytes >= receivedAtLeast.bytes) contributing.add(streams)
  }
  /** Reports and measures of streams that were exchanged. */
  const former: FormerStreams = { reports: [], measures: [] }
  /** Reports and measures at the time the streams were detached; undefined before. */
  let detachedMeasures: FormerStreams | undefined

  let lastMark100us = 0
  const markTime = () => (lastMark100us = arrival100us())
  const reports = () => detachedMeasures?.reports ?? [...former.reports, ...streams.reports()]
  const measures = () =>
    detachedMeasures?.measures ?? [...former.measures, ...shiftStreamNumbers(firstStreamNumber(), streams.measures())]
  let sealed: ReturnType<SessionMedia['seal']> | undefined

  async function seal(endedAt100us: number): ReturnType<SessionMedia['seal']> {
    const recording = await writer.finish(endedAt100us)
    const all = reports()
    const [received, lost] = [sum(all.map((one) => one.received)), sum(all.map((one) => one.lost))]
    if (!detachedMeasures) countAsSource()
    const measured = measures()
    const marks: SegmentMark[] = []
    // A stream has changed its address or port, or the audio is from several sessions.
    if (contributing.size > 1 || all.some(({ sourceChanges }) => sourceChanges > 0)) marks.push('source-changed')
    if (hasMixedAndSeparateVoices(measured, mapped)) marks.push('mixed-beside')
    if (omitsMedia(measured)) marks.push('incomplete')
    if (foreignMediaAddress(measured) !== undefined) marks.push('media-elsewhere')
    return { recording, received, lost, streams: measured, marks }
  }

  if (takesOver) await takeOver(streams, options.streams)

  return {
    get ports() {
      return detachedMeasures ? new Map<number, number>() : streams.ports
    },
    ownKey: (plan) => streams.ownKey(plan),
    detachStreams() {
      // Waiting packets still belong to this recording.
      if (!detachedMeasures) streams.deliverWaiting()
      detachedMeasures ??= { reports: reports(), measures: measures() }
      streams.writeTo(undefined)
      return streams
    },
    exchange(next, hasEnded) {
      const was = streams
      // Closed before the counts are read, so that packets still in the sockets are processed first.
      if (hasEnded) was.closeAll()
      countAsSource()
      former.reports.push(...was.reports())
      former.measures.push(...shiftStreamNumbers(firstStreamNumber(), was.measures()))
      was.writeTo(undefined)
      const unused = 1 + Math.max(-1, ...Object.keys(mapped).map(Number), ...former.measures.map(({ index }) => index))
      if (!numbering.has(next)) numbering.set(next, unused)
      streams = next
      next.writeTo(sink, firstStreamNumber())
      return was
    },
    received: () => sum(reports().map(({ received }) => received)),
    withhold(on) {
      // Packets waiting in the sockets arrived before the change, so they are still discarded.
      if (withheld && !on) streams.deliverWaiting()
      withheld = on
    },
    addStreams: (plans) => streams.add(plans),
    closeStreams: (indexes) => streams.close(indexes),
    retarget: (plan) => streams.retarget(plan),
    mark(kind, why) {
      streams.pause(kind === 'hold')
      if (kind === 'resume') resumedMs = clock.monotonicMs() - beganMs
      if (!recordingStopped) writer.mark(kind, markTime(), why === undefined ? undefined : { why })
    },
    map(tracks) {
      const own = Object.entries(tracks).map(([index, track]) => [Number(index) + firstStreamNumber(), track] as const)
      mapped = { ...mapped, ...Object.fromEntries(own) }
      if (!recordingStopped) writer.mark('mapping', markTime(), { streams: mapped })
    },
    get tracks() {
      return mapped
    },
    silentMs() {
      const last = Math.max(0, ...reports().map(({ lastArrival100us }) => lastArrival100us))
      return clock.monotonicMs() - beganMs - Math.max(resumedMs, last / 10)
    },
    get hasReceived() {
      return streams.hasReceived
    },
    end() {
      if (!detachedMeasures) streams.end()
    },
    hasReceivedAny: () => reports().some(({ received }) => received > 0),
    async finish(lengthMs = Infinity) {
      const last100us = Math.max(lastMark100us, ...reports().map(({ lastArrival100us }) => lastArrival100us))
      const endedAt = Math.min(arrival100us(), Math.max(last100us, Math.round(lengthMs * 10)))
      if (!detachedMeasures) await streams.drain(drainMs)
      return seal(endedAt)
    },
    stopRecording() {
      recordingStopped = true
    },
    seal() {
      sealed ??= seal(arrival100us()).catch((error: unknown) => {
        sealed = undefined
        throw error
      })
      return sealed
    },
    async destroy() {
      recordingStopped = true
      await writer.discard()
    },
    leaveBehind: () => writer.leaveBehind(),
    async abandon() {
      if (!detachedMeasures) streams.closeAll()
      await writer.discard()
    },
  }
}

/** Opens, closes and retargets the streams that were taken over, to match the request that transferred the call. */
async function takeOver(streams: SessionStreams, plans: readonly StreamPlan[]): Promise<void> {
  const known = streams.ports
  const wanted = new Set(plans.map(({ index }) => index))
  streams.close([...known.keys()].filter((index) => !wanted.has(index)))
  for (const plan of plans) if (known.has(plan.index)) streams.retarget(plan)
  // If no port is free, only that stream is refused in the answer.
  await streams.add(plans.filter(({ index }) => !known.has(index)))
}

interface FormerStreams {
  reports: StreamReport[]
  measures: MeasuredStream[]
}

function shiftStreamNumbers(first: number, measures: readonly MeasuredStream[]): MeasuredStream[] {
  return measures.map((one) => ({ ...one, index: one.index + first }))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
