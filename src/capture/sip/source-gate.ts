import { isIPv6 } from 'node:net'
import { blockListOf } from '#platform/connections/address-list.ts'
import type { Clock } from './timers.ts'

/** Allowed sources and rate limits of one source. Addresses are single ones or `address/prefix`. */
export interface SourceLimits {
  /** Allowed sources; undefined allows all. */
  allowedSources?: readonly string[] | undefined
  /** Rate limit of requests outside dialogs, per source: average number per second, and burst. */
  newRequestsPerSecond: number
  newRequestsBurst: number
  /** Number of sources remembered; the least recently active is evicted first. */
  rememberedSources: number
}

export interface SourceGate {
  /** Returns true if the source is allowed. */
  allows(address: string): boolean
  /** Decides about a new request: `serve` it, `refuse` it with 503, or `drop` it if too many were refused. */
  judge(address: string): 'serve' | 'refuse' | 'drop'
}

interface Allowance {
  requests: number
  refusals: number
  atMs: number
}

/** Creates a gate with a token bucket per source, and a second one of the same size for refusals. */
export function createSourceGate(limits: SourceLimits, clock: Clock): SourceGate {
  const isAllowed = limits.allowedSources === undefined ? () => true : sourcesAmong(limits.allowedSources)
  const allowances = new Map<string, Allowance>()

  const refill = (address: string): Allowance => {
    const atMs = clock.nowMs()
    const known = allowances.get(address)
    const full = limits.newRequestsBurst
    if (known === undefined) {
      if (allowances.size >= limits.rememberedSources) allowances.delete(allowances.keys().next().value!)
      const fresh = { requests: full, refusals: full, atMs }
      allowances.set(address, fresh)
      return fresh
    }
    // Inserts the source again, so that the map is ordered by last activity.
    allowances.delete(address)
    allowances.set(address, known)
    const gained = ((atMs - known.atMs) / 1000) * limits.newRequestsPerSecond
    known.requests = Math.min(full, known.requests + gained)
    known.refusals = Math.min(full, known.refusals + gained)
    known.atMs = atMs
    return known
  }

  return {
    allows: isAllowed,
    judge(address) {
      const allowance = refill(address)
      if (allowance.requests >= 1) {
        allowance.requests -= 1
        return 'serve'
      }
      if (allowance.refusals < 1) return 'drop'
      allowance.refusals -= 1
      return 'refuse'
    },
  }
}

/** Returns a predicate for addresses that are among the given addresses and prefixes (IPv4 and IPv6). */
export function sourcesAmong(sources: readonly string[]): (address: string) => boolean {
  const list = blockListOf(sources)
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
