import { isIPv6 } from 'node:net'
import { blockListOf } from '#platform/connections/address-list.ts'
import type { Clock } from './timers.ts'

/** How much one source may ask of us. Addresses are single ones or `address/prefix`. */
export interface SourceLimits {
  /** Sources that may speak to us at all; undefined lets everyone. */
  allowedSources?: readonly string[] | undefined
  /** Requests outside dialogs, a source: how many a second in the long run, and at once. */
  newRequestsPerSecond: number
  newRequestsBurst: number
  /** Sources remembered; the one longest unheard is forgotten first. */
  rememberedSources: number
}

export interface SourceGate {
  /** Whether the source may speak to us at all. */
  allows(address: string): boolean
  /** A new request of that source: `serve` it, `refuse` it with 503, or `drop` it since even refusing is too much. */
  judge(address: string): 'serve' | 'refuse' | 'drop'
}

interface Allowance {
  requests: number
  refusals: number
  atMs: number
}

/** A token bucket for each source, and a second one of the same size for the refusals we are willing to write. */
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
    // Set anew, so that the map's order is the order in which sources were last heard.
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

/** Addresses and prefixes of both families: whether an address is among them. */
export function sourcesAmong(sources: readonly string[]): (address: string) => boolean {
  const list = blockListOf(sources)
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
