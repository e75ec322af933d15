/**
 * Media ports: an even one for RTP and the odd one after it for RTCP (RFC 3550, section 11), bound as they are given.
 *
 * In: a range. Out: bound sockets, or the refusal `no-port-left`. Never here: a port that another call had a few seconds
 * ago, whose late packets would be heard in this one; nor all ports for one trunk (port-shares.ts).
 */
import { chooseListening } from '#platform/datagrams/choose-listening.ts'
import { bindDatagrams } from '#platform/datagrams/listen-one-by-one.ts'
import type { MediaPorts, PortSource } from './media-ports.ts'
import { createPortShares } from './port-shares.ts'

export type PortAllocator = PortSource & {
  /** Allocates within the share of a trunk; without one nothing is counted. */
  forTrunk(trunk: string | undefined): PortSource
  /** Returns true while the trunk has half of the silent pairs that it may have, or three quarters of all pairs are in use. */
  isScarce(trunk: string | undefined): boolean
  /** Pairs refused because a trunk had its share. */
  readonly refusedByShare: number
  readonly inUse: number
  /** How many there are, in use or not. */
  readonly pairs: number
}

export type PortAllocatorOptions = {
  /** Where to listen. */
  address: string
  firstPort: number
  lastPort: number
  quarantineMs?: number
  /** Trunks that are named: for them a part of the pairs is kept. Nothing is kept where none can be. */
  isNamedTrunk?: ((trunk: string) => boolean) | undefined
  /** A number in [0, 1): where to start looking, so that ports are not guessed. */
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
  const restingUntil = new Map<number, number>()
  const shares = createPortShares(pairs, options.isNamedTrunk)
  const all: PortSource = {
    allocate: async () => {
      const start = Math.floor(random() * pairs)
      for (let i = 0; i < pairs; i++) {
        const port = firstEven + 2 * ((start + i) % pairs)
        if (busy.has(port) || (restingUntil.get(port) ?? -Infinity) > now()) continue
        restingUntil.delete(port)
        busy.add(port)
        const sockets = await bindPair(address, port)
        if (sockets) return given(port, sockets)
        busy.delete(port) // Another program has it.
      }
      return 'no-port-left'
    },
    adopt: (port, pair) => {
      busy.add(port)
      return given(port, pair)
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

  function given(port: number, { rtp, rtcp }: Pair): MediaPorts {
    const release = () => {
      if (!busy.delete(port)) return
      restingUntil.set(port, now() + quarantineMs)
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
