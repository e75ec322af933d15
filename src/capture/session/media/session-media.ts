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
import { hasMixedBeside, leavesOut, mediaElsewhere, type MeasuredStream } from './judge-reception.ts'
import type { PreallocatedRecordings } from './preallocated-files.ts'
import type { SessionStreams } from './session-streams.ts'

export interface MediaOptions {
  recordingId: string
  startedAt: Temporal.Instant
  streams: readonly StreamPlan[]
  /** Streams that the recording begins with, where it takes none over. */
  newStreams: () => SessionStreams
  intakePublicKey: string
  /** Where header and body lie while the call runs. */
  folder: string
  preallocated?: PreallocatedRecordings | undefined
  tail: TailJournal
  clock: Pick<Clock, 'monotonicMs'>
  /** The streams of the call's segment before, within the same session: the recording takes them over once it is ready. */
  takesOver?: (() => SessionStreams | undefined) | undefined
  /** As the clock tells, where the recording begins with packets that have come before it could be made. */
  beganMs?: number | undefined
  onFault: (fault: RecordingFault) => void
}

/** What is sealed, and how it came in. */
export interface SealedRecording {
  recording: FinishedRecording
  received: number
  lost: number
  streams: MeasuredStream[]
  /** What its call is marked with for where its sound came from. */
  marks: SegmentMark[]
}

/** The streams of one recording and the writer they write to. The session closes the streams, then finishes the writer. */
export interface SessionMedia {
  /** Media port by media line. */
  readonly ports: ReadonlyMap<number, number>
  /** Our own key of a stream with keys: the same for as long as its suite is. */
  ownKey(stream: StreamPlan): MasterKey
  /** Hands the streams on, to another recording or to nobody: what came until now is all that this one has. */
  passOn(): SessionStreams
  /**
   * Goes on with the streams of another session of the call, from now on and under numbers of their own. Those until now are
   * closed where their session has ended.
   * @returns those until now
   */
  exchange(next: SessionStreams, hasEnded: boolean): SessionStreams
  /** Packets that have come. */
  received(): number
  /** While somebody else is in the call, or the caller is not (a conference, a consultation), nothing that comes is kept. */
  withhold(on: boolean): void
  addStreams(streams: readonly StreamPlan[]): Promise<'no-port' | undefined>
  /** The client has closed these media lines: their ports are free again. */
  closeStreams(indexes: readonly number[]): void
  retarget(stream: StreamPlan): void
  /** `why`: what else than a hold it is. */
  mark(kind: 'hold' | 'resume', why?: string): void
  map(tracks: Readonly<Record<number, Track>>): void
  /** Whose voice each stream is, by its number in the recording. */
  readonly tracks: Readonly<Record<number, Track>>
  /** Milliseconds since a packet was last kept, the last hold ended, or the beginning. */
  silentMs(): number
  heardAnything(): boolean
  /** Sound has come in this session, in an earlier segment of it at least. */
  readonly everHeard: boolean
  /** The end signal has come (R16): of what comes from now on, only what was sent before is kept. */
  end(): void
  /**
   * Receives what is still on its way, then seals the last chunk. An end that was only noticed later lies `lengthMs`
   * after the beginning, and not before the last packet or mark.
   */
  finish(lengthMs?: number): Promise<SealedRecording>
  /** Nothing that arrives is kept any more; ports, reports and counts go on as before, so that the client notices nothing. */
  silence(): void
  /** Once silenced: seals the last chunk as finish() does, and leaves the ports open. Can be called again. */
  seal(): Promise<SealedRecording>
  /** Silences, and removes durably what was captured; the ports stay open. Throws what the disk says, and can be called again. */
  destroy(): Promise<void>
  /** A finish() that failed and is not tried again: what is on disk is for the next start. */
  leaveBehind(): Promise<void>
  /** Closes everything and leaves no file: the call was never answered. */
  abandon(): Promise<void>
}

/** How long packets that were sent before the end signal may still come after it. */
const drainMs = 200
/** A session that sent less than this, a second of sound, is none whose sound was recorded: two clients end one call a moment apart. */
const heardPackets = 50

/**
 * Creates the recording and opens a port for each stream, or takes over those of the segment before; what is opened is
 * closed again when one cannot be.
 */
export async function openSessionMedia(options: MediaOptions): Promise<SessionMedia | 'no-port' | 'disk'> {
  const { recordingId, clock, newStreams, takesOver } = options
  let beganMs = clock.monotonicMs()
  const arrival100us = () => Math.round((clock.monotonicMs() - beganMs) * 10)
  const fresh = takesOver ? undefined : newStreams()
  const files = options.preallocated?.claim(recordingId)
  if (fresh && (await fresh.add(options.streams)) === 'no-port') {
    if (files) options.preallocated?.giveBack(files)
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
  let silent = false
  let withheld = false
  const sink = {
    arrival100us,
    // A source is told even while nothing of it is kept: what follows belongs to it.
    source(...told: Parameters<RecordingWriter['source']>) {
      if (!silent) writer.source(...told)
    },
    // By name: gathered as `...told` they would be an array and an iterator for each packet.
    packet: ((stream, type, marker, seq, ts, arrival, buffer, start, end) =>
      silent ||
      withheld ||
      writer.packet(stream, type, marker, seq, ts, arrival, buffer, start, end)) satisfies RecordingWriter['packet'],
    omitted(stream: number, seqOffset: number) {
      if (!silent) writer.omitted(stream, seqOffset)
    },
  }
  // From here on to the return nothing waits: the segment before has its last packet, and this one its next.
  let streams = fresh ?? takesOver?.() ?? newStreams()
  beganMs = options.beganMs ?? (takesOver ? clock.monotonicMs() : beganMs)
  streams.writeTo(sink)
  /** Streams of each session that its call goes on in have numbers of their own: whose voice they are is told by number. */
  const numbering = new Map<SessionStreams, number>([[streams, 0]])
  let mapped: Readonly<Record<number, Track>> = {}
  const from = () => numbering.get(streams) ?? 0
  /** Sessions whose sound is in the recording. */
  const heard = new Set<SessionStreams>()
  const noteHeard = () => {
    if (sum(streams.reports().map(({ received }) => received)) >= heardPackets) heard.add(streams)
  }
  /** What came on streams that were exchanged since. */
  const former: FormerStreams = { reports: [], measures: [] }
  /** Once they are handed on: how it stood then. */
  let handedOn: FormerStreams | undefined

  let lastMark100us = 0
  const markTime = () => (lastMark100us = arrival100us())
  const reports = () => handedOn?.reports ?? [...former.reports, ...streams.reports()]
  const measures = () => handedOn?.measures ?? [...former.measures, ...numberedFrom(from(), streams.measures())]
  let sealed: ReturnType<SessionMedia['seal']> | undefined

  async function seal(endedAt100us: number): ReturnType<SessionMedia['seal']> {
    const recording = await writer.finish(endedAt100us)
    const all = reports()
    const [received, lost] = [sum(all.map((one) => one.received)), sum(all.map((one) => one.lost))]
    if (!handedOn) noteHeard()
    const measured = measures()
    const marks: SegmentMark[] = []
    // Another address or port within a stream, or another session of the call.
    if (heard.size > 1 || all.some(({ sourceChanges }) => sourceChanges > 0)) marks.push('source-changed')
    if (hasMixedBeside(measured, mapped)) marks.push('mixed-beside')
    if (leavesOut(measured)) marks.push('incomplete')
    if (mediaElsewhere(measured) !== undefined) marks.push('media-elsewhere')
    return { recording, received, lost, streams: measured, marks }
  }

  if (takesOver) await takeOver(streams, options.streams)

  return {
    get ports() {
      return handedOn ? new Map<number, number>() : streams.ports
    },
    ownKey: (plan) => streams.ownKey(plan),
    passOn() {
      // What has come until now is this one's, and counts for it.
      if (!handedOn) streams.takeWaiting()
      handedOn ??= { reports: reports(), measures: measures() }
      streams.writeTo(undefined)
      return streams
    },
    exchange(next, hasEnded) {
      const was = streams
      // What waits is of the call, and what waits to be told from a stranger's as well.
      if (hasEnded) was.closeAll()
      noteHeard()
      former.reports.push(...was.reports())
      former.measures.push(...numberedFrom(from(), was.measures()))
      was.writeTo(undefined)
      const unused = 1 + Math.max(-1, ...Object.keys(mapped).map(Number), ...former.measures.map(({ index }) => index))
      if (!numbering.has(next)) numbering.set(next, unused)
      streams = next
      next.writeTo(sink, from())
      return was
    },
    received: () => sum(reports().map(({ received }) => received)),
    withhold(on) {
      // What waits in a socket came while it was as until now.
      if (withheld && !on) streams.takeWaiting()
      withheld = on
    },
    addStreams: (plans) => streams.add(plans),
    closeStreams: (indexes) => streams.close(indexes),
    retarget: (plan) => streams.retarget(plan),
    mark(kind, why) {
      streams.pause(kind === 'hold')
      if (kind === 'resume') resumedMs = clock.monotonicMs() - beganMs
      if (!silent) writer.mark(kind, markTime(), why === undefined ? undefined : { why })
    },
    map(tracks) {
      const own = Object.entries(tracks).map(([index, track]) => [Number(index) + from(), track] as const)
      mapped = { ...mapped, ...Object.fromEntries(own) }
      if (!silent) writer.mark('mapping', markTime(), { streams: mapped })
    },
    get tracks() {
      return mapped
    },
    silentMs() {
      const last = Math.max(0, ...reports().map(({ lastArrival100us }) => lastArrival100us))
      return clock.monotonicMs() - beganMs - Math.max(resumedMs, last / 10)
    },
    get everHeard() {
      return streams.everHeard
    },
    end() {
      if (!handedOn) streams.end()
    },
    heardAnything: () => reports().some(({ received }) => received > 0),
    async finish(lengthMs = Infinity) {
      const last100us = Math.max(lastMark100us, ...reports().map(({ lastArrival100us }) => lastArrival100us))
      const endedAt = Math.min(arrival100us(), Math.max(last100us, Math.round(lengthMs * 10)))
      if (!handedOn) await streams.drain(drainMs)
      return seal(endedAt)
    },
    silence() {
      silent = true
    },
    seal() {
      sealed ??= seal(arrival100us()).catch((error: unknown) => {
        sealed = undefined
        throw error
      })
      return sealed
    },
    async destroy() {
      silent = true
      await writer.discard()
    },
    leaveBehind: () => writer.leaveBehind(),
    async abandon() {
      if (!handedOn) streams.closeAll()
      await writer.discard()
    },
  }
}

/** Makes the streams that were taken over those of the request that passed the call on. */
async function takeOver(streams: SessionStreams, plans: readonly StreamPlan[]): Promise<void> {
  const known = streams.ports
  const wanted = new Set(plans.map(({ index }) => index))
  streams.close([...known.keys()].filter((index) => !wanted.has(index)))
  for (const plan of plans) if (known.has(plan.index)) streams.retarget(plan)
  // One for which no port is left is refused alone in the answer.
  await streams.add(plans.filter(({ index }) => !known.has(index)))
}

interface FormerStreams {
  reports: StreamReport[]
  measures: MeasuredStream[]
}

function numberedFrom(first: number, measures: readonly MeasuredStream[]): MeasuredStream[] {
  return measures.map((one) => ({ ...one, index: one.index + first }))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
