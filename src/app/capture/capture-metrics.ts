import { Counter, Gauge, type Registry } from 'prom-client'
import type { Admission } from '#capture/admission/admission.ts'
import { pressureKinds } from '#capture/admission/judge-pressure.ts'
import type { PortAllocator } from '#capture/rtp/allocate-ports.ts'
import type { Recorder } from '#capture/session/recorder.ts'
import type { Spool } from '#capture/session/recovery/spool.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import type { SipServer } from '#capture/sip/server.ts'
import type { PressureWatch } from './watch-pressure.ts'

/** Metrics of capture. Counters start with the process. */
export function measureCapture(
  registry: Registry,
  parts: {
    recorder: Recorder
    sip: SipServer
    ports: PortAllocator
    spool: Spool
    certificate?: FollowedCertificate | undefined
    admission: Admission
    pressure: PressureWatch
  },
): void {
  const { recorder, sip, ports, spool, certificate, admission, pressure } = parts
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `seloste_capture_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `seloste_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  gauge('sessions', 'SIPREC sessions going on', () => recorder.live - recorder.ending())
  gauge('sessions_storing', 'SIPREC sessions that have ended and whose recording is not stored yet', recorder.ending)
  gauge('recordings', 'Recordings being written', () => recorder.recording)
  counter('capture_calls_offered', 'Sessions offered', () => recorder.counters.offered)
  counter('capture_calls_recorded', 'Sessions that the plan had recorded', () => recorder.counters.recorded)
  counter('capture_calls_history_only', 'Sessions entered without a recording', () => recorder.counters.historyOnly)
  counter('capture_calls_refused', 'Sessions refused for their body', () => recorder.counters.refused)
  counter(
    'capture_moved_on',
    'Sessions that another session of their call went on for',
    () => recorder.counters.movedOn,
  )
  counter('capture_ends_inferred', 'Sessions whose end signal never came', () => recorder.counters.endsInferred)
  counter(
    'capture_packets_received',
    'RTP packets kept in finished recordings',
    () => recorder.counters.packetsReceived,
  )
  counter(
    'capture_packets_lost',
    'RTP packets that never came, in finished recordings',
    () => recorder.counters.packetsLost,
  )
  gauge('media_ports_in_use', 'Media port pairs in use', () => ports.inUse)
  gauge('media_ports', 'Media port pairs that SELOSTE_RTP has', () => ports.pairs)
  counter('capture_media_ports_refused', 'Media port pairs refused to a trunk that had its share of them', () => {
    return ports.refusedByShare
  })
  gauge('calls_waiting', 'Segments whose facts wait for the database', () => spool.waiting)
  gauge(
    'sip_receive_buffer_bytes',
    'Receive buffer that the kernel granted the SIP socket, in bytes',
    () => sip.metrics.receiveBufferBytes,
  )
  counter('capture_sip_refused_by_rate', 'INVITEs refused by the source limit', () => sip.metrics.refusedByRate)
  counter('capture_sip_foreign_requests', 'Requests inside a session that came from another trunk', () => {
    return sip.metrics.foreignRequests
  })
  counter('capture_sip_refused_by_pressure', 'New sessions refused under pressure or while draining', () => {
    return sip.metrics.refusedByPressure
  })
  gauge('draining', '1 while no new session is taken because of seloste drain', () => Number(admission.state.draining))
  gauge('disk_free_bytes', 'Bytes free on the volume of capture or of objects, whichever has less', () => {
    return pressure.last?.disk?.freeBytes ?? 0
  })
  gauge('disk_reserve_bytes', 'Bytes held on the disk for calls that go on', () => pressure.reservedBytes)
  counter('capture_sip_malformed', 'Messages that were no SIP', () => sip.metrics.malformed)
  new Gauge({
    name: 'seloste_capture_pressure',
    help: '1 for what keeps new sessions from being taken',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      for (const kind of pressureKinds) this.set({ kind }, Number(admission.state.pressures.includes(kind)))
    },
  })
  if (certificate) {
    const endsAt = () => (certificate.endsAt?.epochMilliseconds ?? 0) / 1000
    gauge(
      'sips_certificate_ends_timestamp_seconds',
      'When the certificate of SIP over TLS ends, as Unix time; 0 while none is in use',
      endsAt,
    )
  }
  counter('unknown_number_calls', 'Calls to a number that the register description does not know', () => {
    return recorder.counters.unknownNumber
  })
  counter(
    'needs_review_calls',
    'Calls whose client leaves something in doubt: who is who, or whose voice is on which stream',
    () => recorder.counters.needsReview,
  )
}
