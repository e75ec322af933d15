/**
 * Allocates media ports in a range: an even one for RTP and the next odd one for RTCP (RFC 3550, section 11), and binds both. A
 * released pair is quarantined for a few seconds, so that late packets of one call are not recorded in another. No trunk can
 * use all ports.
 */
import type { Socket } from 'node:dgram'
import { chooseListening } from '#platform/datagrams/choose-listening.ts'
import { bindDatagrams } from '#platform/datagrams/listen-one-by-one.ts'
import type { ListenedSocket } from '#platform/datagrams/listened-socket.ts'

export type MediaPorts = {
  /** The even port; RTCP is on the next. */
  port: number
  rtp: ListenedSocket
  rtcp: Socket
  /** Call this when audio has arrived. */
  received?(): void
  /** Closes both sockets and quarantines the pair. */
  release(): void
}

export type PortSource = {
  allocate(): Promise<MediaPorts | 'no-port-left'>
  /** Takes over a pair that is already bound (hold-ports.ts). It is not allocated again until released. */
  adopt(port: number, pair: Pick<MediaPorts, 'rtp' | 'rtcp'>): MediaPorts
}

export type PortAllocator = PortSource & {
  /** Returns a source that allocates within the quota of a trunk; without a trunk there is no quota. */
  forTrunk(trunk: string | undefined): PortSource
  /** Returns true while the trunk uses half of its quota of silent pairs, or three quarters of all pairs are in use. */
  isScarce(trunk: string | undefined): boolean
  /** Pairs refused because a trunk had used its quota. */
  readonly refusedByShare: number
  readonly inUse: number
  /** Number of pairs, in use or not. */
  readonly pairs: number
}

export type PortAllocatorOptions = {
  address: string
  firstPort: number
  lastPort: number
  quarantineMs?: number
  /** Returns true for a configured trunk. A part of the pairs is reserved for these; without this function none is reserved. */
  isNamedTrunk?: ((trunk: string) => boolean) | undefined
  /** Returns a random number in [0, 1) that decides where the search starts, so that ports cannot be guessed. */
  random?: () => number
  now?: () => number
}

export function createPortAllocator(options: PortAllocatorOptions): PortAllocator {
  const { address, firstPort, lastPort, quarantineMs = 5000 } = options
  const random = options.random ?? (() => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32)
  const now = options.now ?? (() => performance.now())
  const firstEven = firstPort + (firstPort & 1)
  const pairs = Math.max(0, Math.floor((lastPort - firstEven + 1) / 2))
  const busy = new Set<number>()
  const quarantinedUntil = new Map<number, number>()
  const shares = createPortQuotas(pairs, options.isNamedTrunk)
  const all: PortSource = {
    allocate: async () => {
      const start = Math.floor(random() * pairs)
      for (let i = 0; i < pairs; i++) {
        const port = firstEven + 2 * ((start + i) % pairs)
        if (busy.has(port) || (quarantinedUntil.get(port) ?? -Infinity) > now()) continue
        quarantinedUntil.delete(port)
        busy.add(port)
        const sockets = await bindPair(address, port)
        if (sockets) return toMediaPorts(port, sockets)
        busy.delete(port) // Another program has it.
      }
      return 'no-port-left'
    },
    adopt: (port, pair) => {
      busy.add(port)
      return toMediaPorts(port, pair)
    },
  }

  return {
    ...all,
    pairs,
    get inUse() {
      return busy.size
    },
    get refusedByShare() {
      return shares.refused
    },
    forTrunk: (trunk) => (trunk === undefined ? all : shares.within(trunk, all)),
    isScarce: (trunk) => busy.size >= pairs * 0.75 || (trunk !== undefined && shares.isHalfSilent(trunk)),
  }

  function toMediaPorts(port: number, { rtp, rtcp }: Pair): MediaPorts {
    const release = () => {
      if (!busy.delete(port)) return
      quarantinedUntil.set(port, now() + quarantineMs)
      rtp.close()
      rtcp.close()
    }
    return { port, rtp, rtcp, release }
  }
}

type Pair = Pick<MediaPorts, 'rtp' | 'rtcp'>

async function bindPair(address: string, port: number): Promise<Pair | undefined> {
  const { open } = await chooseListening()
  const rtp = await open(address, port)
  if (!rtp) return undefined
  const rtcp = await bindDatagrams(address, port + 1)
  if (rtcp) return { rtp, rtcp }
  rtp.close()
  return undefined
}

/**
 * Quotas of trunks. A source without a configured trunk can be any host of an allowed network. Each gets at most three quarters
 * of the pairs, and all of them together at most seven eighths; the rest is reserved for configured trunks. Only a part of a
 * quota may be pairs without audio, because an attacker can open sessions at no cost, but must send audio to each.
 */
interface PortQuotas {
  within(trunk: string, source: PortSource): PortSource
  /** Returns true while the trunk uses at least half of its quota of silent pairs. */
  isHalfSilent(trunk: string): boolean
  readonly refused: number
}

const unnamedShare = 3 / 4
const reserveShare = 1 / 8
/** Quota of silent pairs (without audio) of a trunk, as a share of all pairs. */
const silentShare = { named: 1 / 2, unnamed: 3 / 8 }
/** Minimum quota in pairs, so that small ranges are not divided. */
const minPairs = 16

interface TrunkUse {
  pairs: number
  silent: number
}

function createPortQuotas(pairs: number, isNamedTrunk?: (trunk: string) => boolean): PortQuotas {
  const useByTrunk = new Map<string, TrunkUse>()
  const min = Math.min(pairs, minPairs)
  const pairsOfShare = (share: number) => Math.max(min, Math.floor(pairs * share))
  const isNamed = (trunk: string) => isNamedTrunk?.(trunk) === true
  const maxUnnamed = isNamedTrunk ? pairsOfShare(1 - reserveShare) : pairs
  let unnamed = 0
  let refused = 0

  const useOf = (trunk: string): TrunkUse => useByTrunk.get(trunk) ?? { pairs: 0, silent: 0 }
  const maxSilent = (trunk: string) => pairsOfShare(isNamed(trunk) ? silentShare.named : silentShare.unnamed)

  function exceedsQuota(trunk: string): boolean {
    const use = useOf(trunk)
    if (use.silent >= maxSilent(trunk)) return true
    return !isNamed(trunk) && (use.pairs >= pairsOfShare(unnamedShare) || unnamed >= maxUnnamed)
  }

  function change(trunk: string, more: TrunkUse): void {
    const use = useOf(trunk)
    if (!isNamed(trunk)) unnamed += more.pairs
    use.pairs += more.pairs
    use.silent += more.silent
    if (use.pairs > 0) useByTrunk.set(trunk, use)
    else useByTrunk.delete(trunk)
  }

  function countRelease(trunk: string, given: MediaPorts): MediaPorts {
    let silent = 1
    let isReleased = false
    return {
      ...given,
      received() {
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
        if (exceedsQuota(trunk)) {
          refused++
          return 'no-port-left'
        }
        // Counts the pair before binding it, because many are requested concurrently.
        change(trunk, { pairs: 1, silent: 1 })
        const given = await source.allocate().catch((error: unknown) => {
          change(trunk, { pairs: -1, silent: -1 })
          throw error
        })
        if (given !== 'no-port-left') return countRelease(trunk, given)
        change(trunk, { pairs: -1, silent: -1 })
        return given
      },
      adopt(port, pair) {
        change(trunk, { pairs: 1, silent: 1 })
        return countRelease(trunk, source.adopt(port, pair))
      },
    }),
    isHalfSilent: (trunk) => useOf(trunk).silent >= maxSilent(trunk) / 2,
    get refused() {
      return refused
    },
  }
}
