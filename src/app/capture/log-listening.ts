import type { chooseListening } from '#platform/datagrams/choose-listening.ts'
import type { Log } from '#platform/log/log.ts'

/** Logs how RTP is received. */
export function logListening(log: Pick<Log, 'info' | 'warn'>, listening: Awaited<ReturnType<typeof chooseListening>>) {
  if (listening.inBatches) log.info('RTP is received in batches, as Linux offers it')
  else
    log.warn(
      { why: listening.why },
      'RTP is received packet by packet, at about twice the cost; docs/operate/README.md',
    )
}
