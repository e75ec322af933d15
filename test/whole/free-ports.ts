// Finds unused ports for the programs that tests start. Never returns a port that the system may use for an outgoing
// connection, or that another test process was given and has not opened yet.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

export interface SelostePorts {
  http: number
  sip: number
  sips: number
  firstRtp: number
  lastRtp: number
}

const host = '127.0.0.1'
/** Range below the ports for outgoing connections (Linux: 32768). */
const [lowest, highest] = [10_000, 32_000]
const blockPorts = 400
/**
 * Offset of the first media port in a block of ports. A process claims a block by listening on its first port, and the
 * claim ends with the process.
 */
const firstMediaOffset = 4
const maxClaims = 8

/** Finds all ports that one Seloste opens. */
export async function findPorts(): Promise<SelostePorts> {
  const block = await claimBlock()
  return {
    http: block + 1,
    sip: block + 2,
    sips: block + 3,
    firstRtp: block + firstMediaOffset,
    lastRtp: block + blockPorts - 1,
  }
}

let single: { next: number; end: number } | undefined

/** Finds one port that is free for TCP and UDP. */
export async function freePort(): Promise<number> {
  for (;;) {
    if (single === undefined || single.next === single.end) {
      const block = await claimBlock()
      single = { next: block + 1, end: block + blockPorts }
    }
    const port = single.next++
    if (await isFree(port)) return port
  }
}

async function claimBlock(): Promise<number> {
  const blocks = Math.floor((highest - lowest) / blockPorts)
  const first = Math.floor(Math.random() * blocks)
  for (let tried = 0; tried < blocks; tried++) {
    const block = lowest + ((first + tried) % blocks) * blockPorts
    if (!(await claim(block))) continue
    const opened = Array.from({ length: firstMediaOffset + 2 }, (_, index) => block + 1 + index)
    if ((await Promise.all(opened.map(isFree))).every(Boolean)) return block
  }
  throw new Error(`no ${blockPorts} ports together are free between ${lowest} and ${highest}`)
}

const claims: Server[] = []

async function claim(port: number): Promise<boolean> {
  const server = createServer().listen(port, host).unref()
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  claims.push(server)
  // Releases the oldest claim: its ports are open by now, so that they are not free, or their test has ended.
  if (claims.length > maxClaims) claims.shift()?.close()
  return true
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const socket = createSocket('udp4')
  try {
    await Promise.all([once(server.listen(port, host), 'listening'), once(socket.bind(port, host), 'listening')])
    return true
  } catch {
    return false
  } finally {
    socket.close()
    await new Promise((resolve) => server.close(resolve))
  }
}
