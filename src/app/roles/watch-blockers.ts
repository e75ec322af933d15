/**
 * Looks at what no operation reports. In: volumes, stores, what waits. Out: blockers. Never here: a remedy.
 */
import { reserveBytes } from '#capture/admission/judge-pressure.ts'
import type { Blockers } from '#platform/blockers/blockers.ts'
import { freeOn } from './measure-pressure.ts'

export interface WatchBlockersOptions {
  blockers: Blockers
  /** Folders by what they are for; of two on one volume the first is named. */
  volumes: Readonly<Record<string, string>>
  /** Asked so that a store that is away is known before somebody needs it; the answers enter themselves. */
  asks?: readonly (() => Promise<unknown>)[]
  /** Since when (as performance.now() counts) something waits to come into the register; nothing where nothing does. */
  waitsSince?: () => { sinceMs: number; code: string } | undefined
  intervalMs?: number
}

const lookMs = 10_000
/** What waits longer is a backlog. */
const backlogMs = 120_000

export function watchBlockers(options: WatchBlockersOptions): { stop: () => void } {
  const { blockers, volumes, asks = [], waitsSince, intervalMs = lookMs } = options
  let looking = false

  async function lookAtVolumes(): Promise<void> {
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

  function lookAtBacklog(): void {
    const waits = waitsSince?.()
    const agoMs = waits ? performance.now() - waits.sinceMs : 0
    if (waits && agoMs > backlogMs) blockers.raise('backlog', { code: waits.code, agoMs })
    else blockers.clear('backlog')
  }

  async function look(): Promise<void> {
    lookAtBacklog()
    await lookAtVolumes()
    // A store that lets it wait is not asked twice at a time.
    await Promise.allSettled(asks.map((ask) => ask()))
  }

  function lookAgain(): void {
    if (looking) return lookAtBacklog()
    looking = true
    void look().finally(() => (looking = false))
  }

  lookAgain()
  const timer = setInterval(lookAgain, intervalMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
