/**
 * The ports and received streams of one dialog. When a call is transferred within its session, the recording of the next
 * segment takes them over at one instant, so that every packet is in exactly one of the two recordings (R17).
 */
import { codecNamed, type StreamCodec } from '#register/recordings/recording-log.ts'
import type { RecordingWriter } from '#register/recordings/recording-writer.ts'
import type { MediaPorts, PortSource } from '../../rtp/allocate-ports.ts'
import type { HeldPort } from '../../rtp/hold-ports.ts'
import { receiveStream, type Described, type ReceivedStream, type StreamReport } from '../../rtp/receive-stream.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { MeasuredStream } from './compute-reception.ts'
import { MediaOpener } from '../../srtp/open-media.ts'
import { makeMasterKey, type MasterKey } from '../../srtp/suites.ts'

/** A recording writer and the arrival time of its packets, in units of 100 µs since its own start mark. */
export type Sink = Pick<RecordingWriter, 'source' | 'packet' | 'omitted'> & { arrival100us: () => number }

export interface SessionStreams {
  /** Media port by media line. */
  readonly ports: ReadonlyMap<number, number>
  /** True if audio was received, for any sink. */
  readonly hasReceived: boolean
  /** Returns our own key of an encrypted stream, which is the same until its cipher suite changes. */
  ownKey(stream: StreamPlan): MasterKey
  add(plans: readonly StreamPlan[]): Promise<'no-port' | undefined>
  /** Takes over a port that was bound since the start of this process. Waiting packets go to the first sink with their arrival times. */
  adopt(plan: StreamPlan, held: HeldPort): void
  /** Releases the ports of media lines that the client has closed. */
  close(indexes: readonly number[]): void
  /** Changes the client's address and payload types. */
  retarget(plan: StreamPlan): void
  /** Reports of every stream, also of those closed since the sink's first packet. */
  reports(): StreamReport[]
  /** Reception of every stream, also of those closed since the sink's first packet. */
  measures(): MeasuredStream[]
  /** Starts or ends a hold, during which no media are expected. */
  pause(on: boolean): void
  /** Delivers queued packets to the sink now. */
  deliverWaiting(): void
  /**
   * Delivers packets to this sink from now on, with stream numbers from `first` on; undefined discards them. Resets the counters.
   */
  writeTo(sink: Sink | undefined, first?: number): void
  /** Handles the end signal: packets sent after it are discarded. */
  end(): void
  /** Receives packets in flight, then closes the ports. */
  drain(drainMs: number): Promise<void>
  closeAll(): void
}

/** Length of our RTCP CNAME; it carries no information (RFC 7022). */
const cnameBytes = 3

export interface SessionStreamsOptions {
  allocator: PortSource
  random32: () => number
  /** Returns true for an address of the trunk's networks; set if the trunk latches. */
  latches?: ((address: string) => boolean) | undefined
}

export function createSessionStreams({ allocator, random32, latches }: SessionStreamsOptions): SessionStreams {
  const streams = new Map<number, ReceivedStream>()
  let closed: StreamReport[] = []
  let measured: MeasuredStream[] = []
  const ownKeys = new Map<number, MasterKey>()
  /** Openers by media line. They outlive a closed line: when it is opened again with its keys, no packet is opened twice. */
  const openers = new Map<number, MediaOpener>()
  const cname = Array.from({ length: cnameBytes }, () => random32().toString(16)).join('')
  let sink: Sink | undefined
  let streamOffset = 0
  const adopted: [StreamPlan, HeldPort][] = []
  /** True if a stream that is closed now has received audio. */
  let receivedBefore = false
  const openedMs = performance.now()
  const arrival100us = () => sink?.arrival100us() ?? Math.round((performance.now() - openedMs) * 10)

  /** Forwards packets to the current sink. */
  const recording: Omit<Sink, 'arrival100us'> = {
    source: (stream, ssrc, firstSeq, firstTs, codecs) =>
      sink?.source(stream + streamOffset, ssrc, firstSeq, firstTs, codecs),
    packet: (stream, type, marker, seq, ts, arrival, buffer, start, end) =>
      sink === undefined || sink.packet(stream + streamOffset, type, marker, seq, ts, arrival, buffer, start, end),
    omitted: (stream, seqOffset) => sink?.omitted(stream + streamOffset, seqOffset),
  }

  function receive(plan: StreamPlan, ports: MediaPorts): void {
    const { index } = plan
    const lineOpener = openers.get(index) ?? new MediaOpener()
    openers.set(index, lineOpener)
    const stream = {
      stream: index,
      ports,
      ...describe(plan),
      recording,
      arrival100us,
      ssrc: random32(),
      cname,
      latches,
      lineOpener,
    }
    streams.set(index, receiveStream(stream))
  }

  function describe(plan: StreamPlan): Described {
    const { address, port, reportsPort } = plan.remote
    return {
      peer: { address, port },
      codecs: codecsOf(plan),
      reportsPort,
      mux: plan.mux,
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

  function deliverWaiting(): void {
    for (const stream of streams.values()) stream.deliverWaiting()
  }

  return {
    get ports() {
      return new Map([...streams].map(([index, stream]) => [index, stream.port]))
    },
    get hasReceived() {
      return receivedBefore || [...streams.values()].some(({ hasReceived: received }) => received)
    },
    ownKey,
    async add(plans) {
      // Allocates all pairs concurrently: otherwise sessions that wait for their second pair could block each other.
      const given = await Promise.all(plans.map(() => allocator.allocate()))
      const opened = given.filter((ports) => ports !== 'no-port-left')
      if (opened.length < plans.length) {
        for (const ports of opened) ports.release()
        return 'no-port'
      }
      for (const [at, ports] of opened.entries()) receive(plans[at]!, ports)
      return undefined
    },
    adopt: (plan, held) => void adopted.push([plan, held]),
    close(indexes) {
      for (const index of indexes) {
        const stream = streams.get(index)
        if (!stream) continue
        stream.close()
        receivedBefore ||= stream.hasReceived
        streams.delete(index)
        closed.push(stream.report())
        measured.push(measure(index, stream))
      }
    },
    retarget(plan) {
      streams.get(plan.index)?.update(describe(plan))
    },
    reports() {
      // Packets waiting in the sockets have arrived for the previous sink.
      for (const stream of streams.values()) stream.deliverWaiting()
      return [...closed, ...[...streams.values()].map((stream) => stream.report())]
    },
    measures: () => [...measured, ...[...streams].map(([index, stream]) => measure(index, stream))],
    pause(on) {
      for (const stream of streams.values()) stream.pause(on)
    },
    deliverWaiting,
    writeTo(next, firstNumber = 0) {
      deliverWaiting()
      const before100us = arrival100us()
      sink = next
      streamOffset = firstNumber
      closed = []
      measured = []
      for (const stream of streams.values()) stream.beginAnew(arrival100us() - before100us)
      // Receives at the adopted ports only now, because their waiting packets need a sink.
      for (const [plan, held] of adopted.splice(0)) receive(plan, allocator.adopt(held.port, held))
    },
    end() {
      for (const stream of streams.values()) stream.end()
    },
    async drain(drainMs) {
      await Promise.all([...streams.values()].map((stream) => stream.drain(drainMs)))
    },
    closeAll() {
      for (const stream of streams.values()) stream.close()
    },
  }
}

function measure(index: number, stream: ReceivedStream): MeasuredStream {
  return { index, measure: stream.measure(), counters: stream.report() }
}

/** Returns the codecs of a stream's payload types, as the recording stores them. */
export function codecsOf(plan: Pick<StreamPlan, 'codecs'>): StreamCodec[] {
  return plan.codecs.map(({ payloadType, encoding, clockRate, channels }) => ({
    payloadType,
    // The packet log cannot represent two channels of L16; each would be played as half the samples.
    codec: channels > 1 && encoding === 'L16' ? 'unknown' : codecNamed(encoding),
    clockRate,
    ...(encoding === 'RED' && { isRedundant: true }),
  }))
}
