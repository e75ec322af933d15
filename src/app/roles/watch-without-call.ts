import { Gauge, type Registry } from 'prom-client'
import { lookForRecordingsWithoutCall } from '#capture/session/without-call.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'

const lookMs = 3_600_000

/** Looks every hour for recordings whose call nobody knows (AC8): an alarm while there are any. */
export function watchRecordingsWithoutCall(options: {
  folder: string
  known: () => ReadonlySet<string>
  clock: Clock
  log: Log
  registry: Registry
}): { stop: () => void } {
  const { folder, known, clock, log, registry } = options
  const gauge = new Gauge({
    name: 'seloste_capture_recordings_without_call',
    help: 'Recordings of more than a day ago whose call is not known; nobody can hear them',
    registers: [registry],
  })
  const look = async () => {
    try {
      const { waiting, destroyed } = await lookForRecordingsWithoutCall(folder, known(), clock.now())
      gauge.set(waiting.length)
      if (waiting.length > 0) log.error({ recordings: waiting }, 'recordings whose call is not known')
      if (destroyed.length > 0) log.warn({ recordings: destroyed }, 'recordings without a call are destroyed')
    } catch (error) {
      log.error({ err: error }, 'recordings without a call could not be looked for; it is tried again')
    }
  }
  void look()
  const timer = setInterval(() => void look(), lookMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
