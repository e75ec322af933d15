import { randomUUID } from 'node:crypto'
import { createLaidOutRecordings, type LaidOutRecordings } from '#capture/session/media/laid-out-recordings.ts'
import type { Log } from '#platform/log/log.ts'

/** Lays out the files of the next recordings, the first at once, so that the first call has one. */
export function layOutRecordings(options: {
  directory: string
  intakePublicKey: () => string | undefined
  log: Log
}): LaidOutRecordings {
  const { directory, intakePublicKey, log } = options
  const laidOut = createLaidOutRecordings({
    ...{ directory, intakePublicKey, uuid: randomUUID },
    onFault: (error) => {
      log.warn({ err: error }, 'files for the next recordings could not be made; each makes its own')
    },
  })
  laidOut.lay()
  return laidOut
}
