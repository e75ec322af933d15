/**
 * Chooses how UDP sockets are read: in batches, where Linux's system calls are available and proven to work, otherwise one by
 * one.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { endianness } from 'node:os'
import type { ListenedSocket, OpenListened } from './listened-socket.ts'
import { openOneByOne } from './listen-one-by-one.ts'

/** `why`: the reason, logged at the start, for which sockets are not read in batches. */
export type Listening = { open: OpenListened; inBatches: true } | { open: OpenListened; inBatches: false; why: string }

let chosen: Promise<Listening> | undefined

/** Returns the way to read sockets, chosen once per process: all its sockets share one timer and one batch. */
export function chooseListening(): Promise<Listening> {
  chosen ??= choose().catch((error: unknown) => oneByOne((error as Error).message))
  return chosen
}

function oneByOne(why: string): Listening {
  return { open: openOneByOne, inBatches: false, why }
}

async function choose(): Promise<Listening> {
  if (process.platform !== 'linux') return oneByOne('this is not Linux')
  if (!['x64', 'arm64'].includes(process.arch) || endianness() !== 'LE')
    return oneByOne(`batch receiving is not supported on ${process.arch}`)
  // koffi has a build per platform: it is loaded only where it is used.
  const { loadLinuxSockets } = await import('./linux-sockets.ts')
  const { listenInBatches } = await import('./listen-in-batches.ts')
  const openInBatches = listenInBatches(loadLinuxSockets())
  const problem = await probeReceiving(openInBatches)
  if (problem) return oneByOne(problem)
  // Only Node's own sockets support addresses with a zone (fe80::1%eth0).
  const open: OpenListened = async (address, port) =>
    address.includes('%') ? openOneByOne(address, port) : openInBatches(address, port)
  return { open, inBatches: true }
}

const maxWaitMs = 2000

/**
 * Sends itself a datagram: a container may forbid a system call, and a C library may have another structure layout.
 * @returns the problem; undefined if the datagram was received
 */
async function probeReceiving(
  open: (address: string, port: number) => ListenedSocket | undefined,
): Promise<string | undefined> {
  const listened = open('127.0.0.1', 0)
  if (!listened) return 'binding a test socket failed'
  const sender = createSocket('udp4')
  try {
    sender.bind(0, '127.0.0.1')
    await once(sender, 'listening')
    const onDatagram = new Promise<string>((resolve) =>
      listened.listen((bytes, size, address, port) =>
        resolve(`${bytes.toString('latin1', 0, size)} ${address} ${port}`),
      ),
    )
    sender.send('probe', listened.port, '127.0.0.1')
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, maxWaitMs, undefined).unref())
    const received = await Promise.race([onDatagram, late])
    return received === `probe 127.0.0.1 ${sender.address().port}`
      ? undefined
      : 'a datagram sent to the test socket did not arrive'
  } finally {
    listened.close()
    sender.close()
  }
}
