/**
 * Plays raw A-law as one RTP stream (RFC 3550), a packet of 20 ms at a time: the second stream of a session, which SIPp
 * cannot play. A shell command that SIPp runs writes an order to a file. The player is started in advance, because
 * starting a program on a busy machine takes longer than the sound.
 */
import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

const packetSamples = 160
const packetMs = 20
const payloadType = 8
const firstSequence = 65_530
const firstTime = 0xffff_f000
const checkMs = 15
/** Packets between two reports. */
const reportEach = 10
let sources = 0x5e_0000

/** Returns the shell command that orders a stream; SIPp replaces `[address] [port]` by those of the answer. */
export function playCommand(folder: string, file: string, address: string, port: string, fromPort = 0): string {
  const order = join(folder, `${(sources += 1)}.order`)
  return `echo ${file} ${address} ${port} ${fromPort} > ${order}`
}

/** Plays the orders in this folder until it is stopped. */
export function playRequestedStreams(folder: string): { stop(): void } {
  const timer = setInterval(check, checkMs)
  // Must be synchronous: otherwise, on a busy machine, several checks at once would each play the same order.
  function check(): void {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.order'))) {
      const order = readFileSync(join(folder, name), 'utf8')
      if (!order.endsWith('\n')) continue
      unlinkSync(join(folder, name))
      const [file = '', address = '', port = '', fromPort = ''] = order.trim().split(' ')
      play(readFileSync(file), address, Number(port), Number(fromPort))
    }
  }
  return { stop: () => clearInterval(timer) }
}

/**
 * Builds a sender report (RFC 3550 section 6.4.1). It is sent on the port of the audio, as by a client that always
 * multiplexes RTP and RTCP.
 */
function senderReport(ssrc: number): Buffer {
  const report = Buffer.alloc(28)
  report.set([0x80, 200, 0, 6])
  report.writeUInt32BE(ssrc, 4)
  return report
}

function play(sound: Buffer, address: string, port: number, fromPort: number): void {
  const packets = Math.ceil(sound.length / packetSamples)
  const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(fromPort)
  const ssrc = (sources += 1)
  const startedMs = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    while (sent < packets && performance.now() - startedMs >= sent * packetMs) {
      if (sent % reportEach === 0) socket.send(senderReport(ssrc), port, address)
      const header = Buffer.alloc(12)
      header.writeUInt8(0x80, 0)
      header.writeUInt8(payloadType | (sent === 0 ? 0x80 : 0), 1)
      header.writeUInt16BE((firstSequence + sent) & 0xffff, 2)
      header.writeUInt32BE((firstTime + sent * packetSamples) % 2 ** 32, 4)
      header.writeUInt32BE(ssrc, 8)
      const payload = sound.subarray(sent * packetSamples, (sent + 1) * packetSamples)
      sent++
      const isLast = sent === packets
      socket.send(Buffer.concat([header, payload]), port, address, () => isLast && socket.close())
    }
    if (sent === packets) clearInterval(timer)
  }, packetMs / 4)
}
