import { randomUUID } from 'node:crypto'
import { createLaidOutRecordings, type LaidOutRecordings } from '#capture/session/laid-out-recordings.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'

/** Lays out the files of the next recordings, of today at once, so that the first call has one. */
export function layOutRecordings(options: {
  directory: string
  intakePublicKey: (day: Temporal.PlainDate) => string | undefined
  clock: Clock
  log: Log
}): LaidOutRecordings {
  const { directory, intakePublicKey, clock, log } = options
  const laidOut = createLaidOutRecordings({
    ...{ directory, intakePublicKey, uuid: randomUUID },
    onFault: (error) => {
      log.warn({ err: error }, 'files for the next recordings could not be made; each makes its own')
    },
  })
  laidOut.take(clock.now().toZonedDateTimeISO('UTC').toPlainDate())
  return laidOut
}
