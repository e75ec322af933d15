/**
 * What each trunk may have of the media ports. In: pairs as they are given, heard and released. Out: a refusal for a trunk that has its
 * share. Never here: which port.
 *
 * A source that nobody has named can be a stranger on a known network: it gets three quarters of the pairs at most, and all such
 * sources together leave an eighth for named trunks. Of what a trunk has, only a part may be silent: opening sessions costs a
 * stranger nothing, sending sound to each does.
 */
import type { MediaPorts, PortSource } from './media-ports.ts'

export interface PortShares {
  within(trunk: string, source: PortSource): PortSource
  /** Returns true while the trunk has half of the silent pairs that it may have, or more. */
  isHalfSilent(trunk: string): boolean
  readonly refused: number
}

const unnamedShare = 3 / 4
const reserveShare = 1 / 8
/** Of all pairs. */
const silentShare = { named: 1 / 2, unnamed: 3 / 8 }
/** A range that is smaller has no shares worth the name. */
const leastPairs = 16

interface Held {
  pairs: number
  silent: number
}

export function createPortShares(pairs: number, isNamedTrunk?: (trunk: string) => boolean): PortShares {
  const held = new Map<string, Held>()
  const least = Math.min(pairs, leastPairs)
  const part = (share: number) => Math.max(least, Math.floor(pairs * share))
  const isNamed = (trunk: string) => isNamedTrunk?.(trunk) === true
  const mostUnnamed = isNamedTrunk ? part(1 - reserveShare) : pairs
  let unnamed = 0
  let refused = 0

  const of = (trunk: string): Held => held.get(trunk) ?? { pairs: 0, silent: 0 }
  const mostSilent = (trunk: string) => part(isNamed(trunk) ? silentShare.named : silentShare.unnamed)

  function isOver(trunk: string): boolean {
    const has = of(trunk)
    if (has.silent >= mostSilent(trunk)) return true
    return !isNamed(trunk) && (has.pairs >= part(unnamedShare) || unnamed >= mostUnnamed)
  }

  function change(trunk: string, more: Held): void {
    const has = of(trunk)
    if (!isNamed(trunk)) unnamed += more.pairs
    has.pairs += more.pairs
    has.silent += more.silent
    if (has.pairs > 0) held.set(trunk, has)
    else held.delete(trunk)
  }

  function counted(trunk: string, given: MediaPorts): MediaPorts {
    let silent = 1
    let isReleased = false
    return {
      ...given,
      heard() {
        if (!isReleased) change(trunk, { pairs: 0, silent: -silent })
        silent = 0
      },
      release() {
        if (!isReleased) change(trunk, { pairs: -1, silent: -silent })
        isReleased = true
        given.release()
      },
    }
  }

  return {
    within: (trunk, source) => ({
      async allocate() {
        if (isOver(trunk)) {
          refused++
          return 'no-port-left'
        }
        // Counted before it is bound: many are asked for at once.
        change(trunk, { pairs: 1, silent: 1 })
        const given = await source.allocate().catch((error: unknown) => {
          change(trunk, { pairs: -1, silent: -1 })
          throw error
        })
        if (given !== 'no-port-left') return counted(trunk, given)
        change(trunk, { pairs: -1, silent: -1 })
        return given
      },
      adopt(port, pair) {
        change(trunk, { pairs: 1, silent: 1 })
        return counted(trunk, source.adopt(port, pair))
      },
    }),
    isHalfSilent: (trunk) => of(trunk).silent >= mostSilent(trunk) / 2,
    get refused() {
      return refused
    },
  }
}
