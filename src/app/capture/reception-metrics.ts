import { Counter, Histogram, type Registry } from 'prom-client'
import type { Log } from '#platform/log/log.ts'
import { isLossy, type Reception } from '#register/recordings/reception.ts'

/**
 * Registers metrics of reception by trunk, which are without data of a call. `trunk` is the name in SELOSTE_TRUNKS.
 * @returns a function to call once for each stored recording
 */
export function measureReception(
  registry: Registry,
  log: Pick<Log, 'warn'>,
): (segment: string, reception: Reception, isEmpty: boolean) => void {
  const registers = [registry]
  const troubled = new Counter({
    name: 'seloste_capture_troubled_recordings_total',
    help: 'Recordings with a reception problem: one voice missing, silence, 3 % or more packets lost, no packets, or media from an unexpected address',
    labelNames: ['trunk', 'trouble'],
    registers,
  })
  const loss = new Histogram({
    name: 'seloste_capture_stream_loss_ratio',
    help: 'Ratio of lost packets to expected packets, for each stream of a recording',
    labelNames: ['trunk'],
    buckets: [0.001, 0.005, 0.01, 0.03, 0.05, 0.1, 0.3],
    registers,
  })
  const jitter = new Histogram({
    name: 'seloste_capture_stream_jitter_seconds',
    help: 'Mean interarrival jitter (RFC 3550, 6.4.1) of each stream of a recording',
    labelNames: ['trunk'],
    buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3],
    registers,
  })
  const packets = new Counter({
    name: 'seloste_capture_untimely_packets_total',
    help: 'Packets of stored recordings that arrived too late to use, or were duplicates',
    labelNames: ['trunk', 'kind'],
    registers,
  })

  return (segment, reception, isEmpty) => {
    const trunk = reception.trunk ?? 'none'
    const { client, elsewhere: address } = reception
    if (address !== undefined)
      log.warn(
        { segment, address, trunk, client },
        'media arrived from an address that is not in the session description',
      )
    const problems = {
      ...{ 'one-way': reception.oneWay, silent: reception.isSilent, lossy: isLossy(reception), empty: isEmpty },
      elsewhere: address !== undefined,
    }
    for (const [trouble, has] of Object.entries(problems)) if (has) troubled.inc({ trunk, trouble })
    for (const { expected, lost, jitterMs, late, duplicates } of reception.streams) {
      packets.inc({ trunk, kind: 'late' }, late)
      packets.inc({ trunk, kind: 'duplicate' }, duplicates)
      if (expected === 0) continue
      loss.observe({ trunk }, lost / expected)
      jitter.observe({ trunk }, jitterMs / 1000)
    }
  }
}
