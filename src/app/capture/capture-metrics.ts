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
  gauge('sessions', 'SIPREC sessions in progress', () => recorder.live - recorder.ending())
  gauge('sessions_storing', 'SIPREC sessions that have ended but whose recording is not stored yet', recorder.ending)
  gauge('recordings', 'Recordings in progress', () => recorder.recording)
  counter('capture_calls_offered', 'SIPREC sessions offered by recording clients', () => recorder.counters.offered)
  counter('capture_calls_recorded', 'Sessions accepted for recording', () => recorder.counters.recorded)
  counter('capture_calls_history_only', 'Sessions registered without a recording', () => recorder.counters.historyOnly)
  counter(
    'capture_calls_refused',
    'Sessions refused because their SDP or metadata is not acceptable',
    () => recorder.counters.refused,
  )
  counter(
    'capture_moved_on',
    'Sessions that failed over to a duplicate session of the same call',
    () => recorder.counters.failovers,
  )
  counter('capture_ends_inferred', 'Sessions that ended without a BYE', () => recorder.counters.endsInferred)
  counter(
    'capture_packets_received',
    'RTP packets received, in finished recordings',
    () => recorder.counters.packetsReceived,
  )
  counter('capture_packets_lost', 'RTP packets lost, in finished recordings', () => recorder.counters.packetsLost)
  gauge('media_ports_in_use', 'Media port pairs in use', () => ports.inUse)
  gauge('media_ports', 'Media port pairs configured in SELOSTE_RTP', () => ports.pairs)
  counter('capture_media_ports_refused', 'Media port pairs refused to a trunk that had reached its quota', () => {
    return ports.refusedByShare
  })
  gauge('calls_waiting', 'Call segments whose data are queued for the database', () => spool.waiting)
  gauge(
    'sip_receive_buffer_bytes',
    'Receive buffer size granted by the kernel to the SIP socket',
    () => sip.metrics.receiveBufferBytes,
  )
  counter(
    'capture_sip_refused_by_rate',
    'INVITEs refused by the rate limit per source address',
    () => sip.metrics.refusedByRate,
  )
  counter(
    'capture_sip_foreign_requests',
    'In-dialog SIP requests received from a trunk other than the session’s',
    () => {
      return sip.metrics.foreignRequests
    },
  )
  counter(
    'capture_sip_connections_refused',
    'SIP connections refused or ended: no valid client certificate, an unfinished TLS handshake, or a limit reached',
    () => sip.metrics.connectionsRefused,
  )
  counter('capture_sip_refused_by_pressure', 'New sessions refused because of pressure or draining', () => {
    return sip.metrics.refusedByPressure
  })
  gauge('draining', '1 while new sessions are refused because of seloste drain', () => Number(admission.state.draining))
  gauge('disk_free_bytes', 'Free bytes on the capture volume or the object volume, whichever is lower', () => {
    return pressure.last?.disk?.freeBytes ?? 0
  })
  gauge('disk_reserve_bytes', 'Disk bytes reserved for calls in progress', () => pressure.reservedBytes)
  counter('capture_sip_malformed', 'Malformed messages received on the SIP ports', () => sip.metrics.malformed)
  new Gauge({
    name: 'seloste_capture_pressure',
    help: '1 if this kind of pressure makes the node refuse new sessions, otherwise 0',
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
      'Expiry time of the SIP over TLS certificate; 0 if none is in use',
      endsAt,
    )
  }
  counter('unknown_number_calls', 'Calls to a number that is not in the register description', () => {
    return recorder.counters.unknownNumber
  })
  counter(
    'needs_review_calls',
    'Calls whose metadata are ambiguous: who took part, or whose voice is on which stream',
    () => recorder.counters.needsReview,
  )
}
