import type { Codec as LogCodec, StreamCodec } from '#register/recordings/recording-log.ts'
import { RecordingFault } from '#register/recordings/recording-faults.ts'
import {
  createRecordingWriter,
  type FinishedRecording,
  type RecordingWriter,
} from '#register/recordings/recording-writer.ts'
import type { TailJournal } from '#register/recordings/tail-journal.ts'
import type { MediaPorts, PortAllocator } from '../rtp/allocate-ports.ts'
import { receiveStream, type Described, type ReceivedStream } from '../rtp/receive-stream.ts'
import type { StreamPlan } from '../siprec/answer-offer.ts'
import { makeMasterKey, type MasterKey } from '../srtp/suites.ts'
import type { Track } from '../siprec/identified-parties.ts'

export interface MediaOptions {
  recordingId: string
  startedAt: Temporal.Instant
  streams: readonly StreamPlan[]
  ports: PortAllocator
  intakePublicKey: string
  /** Where header and body lie while the call runs. */
  folder: string
  tail: TailJournal
  random32: () => number
  monotonicMs: () => number
  onFault: (fault: RecordingFault) => void
}

/** The streams of one recording and the writer they write to. The session closes the streams, then finishes the writer. */
export interface SessionMedia {
  /** Media port by media line. */
  readonly ports: ReadonlyMap<number, number>
  /** Our own key of a stream with keys: the same for as long as its suite is. */
  ownKey(stream: StreamPlan): MasterKey
  addStreams(streams: readonly StreamPlan[]): Promise<'no-port' | undefined>
  /** The client has closed these media lines: their ports are free again. */
  closeStreams(indexes: readonly number[]): void
  retarget(stream: StreamPlan): void
  mark(kind: 'hold' | 'resume'): void
  map(tracks: Readonly<Record<number, Track>>): void
  /** Milliseconds since a packet was last kept, the last hold ended, or the beginning. */
  silentMs(): number
  heardAnything(): boolean
  /**
   * Receives what is still on its way, then seals the last chunk. An end that was only noticed later lies `lengthMs`
   * after the beginning, and not before the last packet or mark.
   */
  finish(lengthMs?: number): Promise<{ recording: FinishedRecording; received: number; lost: number }>
  /** Nothing that arrives is kept any more; ports, reports and counts go on as before, so that the client notices nothing. */
  silence(): void
  /** Once silenced: seals the last chunk as finish() does, and leaves the ports open. Can be called again. */
  seal(): Promise<{ recording: FinishedRecording; received: number; lost: number }>
  /** Silences, and removes durably what was captured; the ports stay open. Throws what the disk says, and can be called again. */
  destroy(): Promise<void>
  /** A finish() that failed and is not tried again: what is on disk is for the next start. */
  leaveBehind(): Promise<void>
  /** Closes everything and leaves no file: the call was never answered. */
  abandon(): Promise<void>
}

/** How long packets may still come after the end signal. */
const drainMs = 200
/** Our name in RTCP; says nothing (RFC 7022). */
const cnameBytes = 3

/** Creates the recording and opens a port for each stream; what is opened is closed again when one cannot be. */
export async function openSessionMedia(options: MediaOptions): Promise<SessionMedia | 'no-port' | 'disk'> {
  const { recordingId, monotonicMs } = options
  const beganMs = monotonicMs()
  const arrival100us = () => Math.round((monotonicMs() - beganMs) * 10)
  const open: [number, MediaPorts][] = []
  if ((await allocate(options.streams)) === 'no-port') return 'no-port'

  let writer: RecordingWriter
  try {
    writer = await createRecordingWriter({
      id: recordingId,
      directory: options.folder,
      intakePublicKey: options.intakePublicKey,
      startedAt: options.startedAt,
      tail: options.tail,
      onFault: options.onFault,
    })
  } catch (cause) {
    for (const [, ports] of open) ports.release()
    options.onFault(new RecordingFault('body-write-failed', recordingId, cause))
    return 'disk'
  }

  const streams = new Map<number, ReceivedStream>()
  const closed: ReceivedStream[] = []
  const ownKeys = new Map<number, MasterKey>()
  let resumedMs = 0
  let silent = false
  /** What streams write to: the recording, until it is forbidden. */
  const sink: Pick<RecordingWriter, 'source' | 'packet' | 'omitted'> = {
    source(stream, ssrc, firstSeq, firstTs, codecs) {
      if (!silent) writer.source(stream, ssrc, firstSeq, firstTs, codecs)
    },
    packet(stream, type, marker, seq, ts, arrival, buffer, start, end) {
      return silent || writer.packet(stream, type, marker, seq, ts, arrival, buffer, start, end)
    },
    omitted(stream, seqOffset) {
      if (!silent) writer.omitted(stream, seqOffset)
    },
  }
  const cname = Array.from({ length: cnameBytes }, () => options.random32().toString(16)).join('')
  receive(options.streams)

  async function allocate(plans: readonly StreamPlan[]): Promise<'no-port' | undefined> {
    for (const plan of plans) {
      const ports = await options.ports.allocate()
      if (ports === 'no-port-left') {
        for (const [, taken] of open.splice(0)) taken.release()
        return 'no-port'
      }
      open.push([plan.index, ports])
    }
    return undefined
  }

  /** Starts receiving on every port that was allocated for these streams. */
  function receive(plans: readonly StreamPlan[]): void {
    for (const [index, ports] of open.splice(0)) {
      const plan = plans.find((other) => other.index === index)
      if (!plan) continue
      streams.set(
        index,
        receiveStream({
          stream: index,
          ports,
          ...describe(plan),
          recording: sink,
          arrival100us,
          ssrc: options.random32(),
          cname,
        }),
      )
    }
  }

  function describe(plan: StreamPlan): Described {
    const { address, port, reportsPort } = plan.remote
    return {
      peer: { address, port },
      codecs: codecsOf(plan),
      reportsPort,
      keys: plan.crypto && { theirs: plan.crypto.keys, own: ownKey(plan) },
    }
  }

  function ownKey({ index, crypto }: StreamPlan): MasterKey {
    const known = ownKeys.get(index)
    const suite = crypto?.keys[0]?.suite
    if (known && (suite === undefined || known.suite === suite)) return known
    if (!suite) throw new Error('a stream without keys has none of ours')
    const own = makeMasterKey(suite)
    ownKeys.set(index, own)
    return own
  }

  let lastMark100us = 0
  const markTime = () => (lastMark100us = arrival100us())
  const reports = () => [...streams.values(), ...closed].map((stream) => stream.report())
  let sealed: ReturnType<SessionMedia['seal']> | undefined

  async function seal(endedAt100us: number): ReturnType<SessionMedia['seal']> {
    const recording = await writer.finish(endedAt100us)
    const all = reports()
    return { recording, received: sum(all.map((one) => one.received)), lost: sum(all.map((one) => one.lost)) }
  }

  return {
    get ports() {
      return new Map([...streams].map(([index, stream]) => [index, stream.port]))
    },
    ownKey,
    async addStreams(plans) {
      if ((await allocate(plans)) === 'no-port') return 'no-port'
      receive(plans)
      return undefined
    },
    closeStreams(indexes) {
      for (const index of indexes) {
        const stream = streams.get(index)
        if (!stream) continue
        stream.close()
        streams.delete(index)
        closed.push(stream)
      }
    },
    retarget(plan) {
      streams.get(plan.index)?.update(describe(plan))
    },
    mark(kind) {
      if (kind === 'resume') resumedMs = monotonicMs() - beganMs
      if (!silent) writer.mark(kind, markTime())
    },
    map(tracks) {
      if (!silent) writer.mark('mapping', markTime(), { streams: tracks })
    },
    silentMs() {
      const last = Math.max(0, ...reports().map(({ lastArrival100us }) => lastArrival100us))
      return monotonicMs() - beganMs - Math.max(resumedMs, last / 10)
    },
    heardAnything: () => reports().some(({ received }) => received > 0),
    async finish(lengthMs = Infinity) {
      const last100us = Math.max(lastMark100us, ...reports().map(({ lastArrival100us }) => lastArrival100us))
      const endedAt = Math.min(arrival100us(), Math.max(last100us, Math.round(lengthMs * 10)))
      await Promise.all([...streams.values()].map((stream) => stream.drain(drainMs)))
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
      for (const stream of streams.values()) stream.close()
      await writer.discard()
    },
  }
}

const logCodecs: Partial<Record<string, LogCodec>> = {
  PCMU: 'PCMU',
  PCMA: 'PCMA',
  'TELEPHONE-EVENT': 'telephone-event',
  G722: 'G722',
  OPUS: 'opus',
  CN: 'comfort-noise',
}

function codecsOf(plan: StreamPlan): StreamCodec[] {
  return plan.codecs.map(({ payloadType, encoding, clockRate }) => ({
    payloadType,
    codec: logCodecs[encoding] ?? 'unknown',
    clockRate,
  }))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
