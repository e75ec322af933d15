/**
 * Media ports: an even one for RTP and the odd one after it for RTCP (RFC 3550, section 11), bound as they are given.
 *
 * In: a range. Out: bound sockets, or the refusal `no-port-left`. Never here: a port that another call had a few seconds
 * ago, whose late packets would be heard in this one.
 */
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'

export type MediaPorts = {
  /** The even port; RTCP is on the next. */
  port: number
  rtp: Socket
  rtcp: Socket
  /** Closes both sockets; the pair rests before it is given again. */
  release(): void
}

export type PortAllocator = { allocate(): Promise<MediaPorts | 'no-port-left'>; readonly inUse: number }

export type PortAllocatorOptions = {
  /** Where to listen. */
  address: string
  firstPort: number
  lastPort: number
  quarantineMs?: number
  /** A number in [0, 1): where to start looking, so that ports are not guessed. */
  random?: () => number
  now?: () => number
}

/** Best effort: the kernel may allow less (net.core.rmem_max). 1 MB is 5 s of a stream and more. */
const receiveBufferBytes = 1024 * 1024

export function createPortAllocator(options: PortAllocatorOptions): PortAllocator {
  const { address, firstPort, lastPort, quarantineMs = 5000 } = options
  const random = options.random ?? (() => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32)
  const now = options.now ?? (() => performance.now())
  const firstEven = firstPort + (firstPort & 1)
  const pairs = Math.max(0, Math.floor((lastPort - firstEven + 1) / 2))
  const busy = new Set<number>()
  const restingUntil = new Map<number, number>()

  return {
    get inUse() {
      return busy.size
    },
    allocate: async () => {
      const start = Math.floor(random() * pairs)
      for (let i = 0; i < pairs; i++) {
        const port = firstEven + 2 * ((start + i) % pairs)
        if (busy.has(port) || (restingUntil.get(port) ?? -Infinity) > now()) continue
        restingUntil.delete(port)
        busy.add(port)
        const sockets = await bindPair(address, port)
        if (sockets) return { port, ...sockets, release: () => release(port, sockets) }
        busy.delete(port) // Another program has it.
      }
      return 'no-port-left'
    },
  }

  function release(port: number, { rtp, rtcp }: { rtp: Socket; rtcp: Socket }): void {
    if (!busy.delete(port)) return
    restingUntil.set(port, now() + quarantineMs)
    rtp.close()
    rtcp.close()
  }
}

async function bindPair(address: string, port: number): Promise<{ rtp: Socket; rtcp: Socket } | undefined> {
  const rtp = await bind(address, port)
  if (!rtp) return undefined
  const rtcp = await bind(address, port + 1)
  if (rtcp) return { rtp, rtcp }
  rtp.close()
  return undefined
}

function bind(address: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' })
    socket.once('error', () => {
      socket.close()
      resolve(undefined)
    })
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      try {
        socket.setRecvBufferSize(receiveBufferBytes)
      } catch {
        // The system's own default then has to do.
      }
      resolve(socket)
    })
  })
}
