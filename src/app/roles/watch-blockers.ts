/** Checks volumes, stores and backlogs, and raises blockers for problems that no operation has reported. */
import { reserveBytes } from '#capture/admission/judge-pressure.ts'
import type { Blockers } from '#platform/blockers/blockers.ts'
import type { StalledJob } from '#platform/jobs/job-runs.ts'
import { freeOn } from './measure-pressure.ts'

export interface WatchBlockersOptions {
  blockers: Blockers
  /** Folders by use. If two are on one volume, only the first is reported. */
  volumes: Readonly<Record<string, string>>
  /** Probes of stores, so that an outage is detected before somebody needs the store. */
  probes?: readonly (() => Promise<unknown>)[]
  /** Returns the oldest item that waits for the register, with the time it was queued (performance.now()); undefined if none waits. */
  oldestWaiting?: () => { sinceMs: number; code: string } | undefined
  /** Returns the stalled periodic jobs, for the process that runs them all. */
  stalledJobs?: () => readonly StalledJob[]
  intervalMs?: number
}

const checkMs = 10_000
/** Items that wait longer than this are a backlog. */
const backlogMs = 120_000

export function watchBlockers(options: WatchBlockersOptions): { stop: () => void } {
  const { blockers, volumes, probes = [], oldestWaiting, stalledJobs, intervalMs = checkMs } = options
  let checking = false

  async function checkVolumes(): Promise<void> {
    const low = new Map<string, string>()
    for (const [name, folder] of Object.entries(volumes)) {
      const volume = await freeOn(folder).catch(() => undefined)
      if (!volume) continue
      const key = `${volume.freeBytes} ${volume.sizeBytes}`
      const isLow = volume.freeBytes < reserveBytes(volume.sizeBytes) && !low.has(key)
      if (isLow) {
        low.set(key, name)
        blockers.raise('disk', { code: 'disk-low', about: name })
      } else blockers.clear('disk', name)
    }
  }

  function checkBacklog(): void {
    const oldest = oldestWaiting?.()
    const agoMs = oldest ? performance.now() - oldest.sinceMs : 0
    if (oldest && agoMs > backlogMs) blockers.raise('backlog', { code: oldest.code, agoMs })
    else blockers.clear('backlog')
  }

  function checkJobs(): void {
    // The cause of failing runs may be in the list already.
    const hasCause = blockers
      .list()
      .some(({ kind }) => ['database', 'object-store', 'key-store', 'disk'].includes(kind))
    const stalled = (stalledJobs?.() ?? []).filter(({ code }) => code !== 'job-fails' || !hasCause)
    for (const { job, code, agoMs } of stalled) blockers.raise('job', { code, about: job, agoMs })
    for (const { kind, about } of blockers.list()) {
      if (kind === 'job' && !stalled.some(({ job }) => job === about)) blockers.clear('job', about)
    }
  }

  function checkBacklogAndJobs(): void {
    checkBacklog()
    checkJobs()
  }

  async function check(): Promise<void> {
    checkBacklogAndJobs()
    await checkVolumes()
    // One probe at a time if a store is slow.
    await Promise.allSettled(probes.map((probe) => probe()))
  }

  function checkAgain(): void {
    if (checking) return checkBacklogAndJobs()
    checking = true
    void check().finally(() => (checking = false))
  }

  checkAgain()
  const timer = setInterval(checkAgain, intervalMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
