import type { Admission } from '#capture/admission/admission.ts'
import type { Measured } from '#capture/admission/judge-pressure.ts'
import type { PortRange } from '#platform/config/addresses.ts'
import type { Log } from '#platform/log/log.ts'
import { openDiskReserve } from './disk-reserve.ts'
import { freeOn, measurePressure } from '../roles/measure-pressure.ts'

export interface PressureWatch {
  readonly last: Measured | undefined
  readonly reservedBytes: number
  /** Reports a failed operation, which may show disk pressure before the next check. */
  reportFault(error: unknown): void
  stop(): void
}

export interface PressureWatchOptions {
  admission: Admission
  /** Capture's own folder first (live calls and their facts), then the store of recordings, if it is a folder. */
  folders: readonly [own: string, ...others: string[]]
  rtp: PortRange
  recordings: () => number
  callsWaiting: () => number
  log: Log
}

const checkMs = 2_000

/** Measures pressure every two seconds, updates admission, and maintains the disk reserve. */
export async function watchPressure(options: PressureWatchOptions): Promise<PressureWatch> {
  const { admission, folders, rtp, recordings, callsWaiting, log } = options
  const [folder] = folders
  const gauge = measurePressure({ folders, rtp, recordings, callsWaiting })
  const reserve = await openDiskReserve(folder, (bytes) => {
    if (bytes === 0)
      log.error('the disk is full: its reserve was released for calls in progress; free space on the volume')
  })
  let checking = false

  async function check(): Promise<void> {
    admission.measure(await gauge.read())
    await reserve.check(await freeOn(folder))
  }

  const timer = setInterval(() => {
    // One check at a time if the disk is slow.
    if (checking) return
    checking = true
    check()
      .catch((error: unknown) => log.error({ err: error }, 'cannot measure pressure; retrying'))
      .finally(() => (checking = false))
  }, checkMs)

  return {
    get last() {
      return gauge.last
    },
    get reservedBytes() {
      return reserve.bytes
    },
    reportFault(error) {
      const { code, cause } = error as { code?: string; cause?: { code?: string } }
      if (code === 'writer-starved') gauge.recordDropped()
      if (code === 'ENOSPC' || cause?.code === 'ENOSPC')
        reserve.release().catch((fault: unknown) => log.error({ err: fault }, 'cannot release the disk reserve'))
    },
    stop() {
      clearInterval(timer)
      gauge.stop()
    },
  }
}
