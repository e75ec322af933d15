// Plays raw A-law to an address as one RTP stream (RFC 3550), a packet of 20 ms at a time, and ends.
// In: file, address, port. It plays what SIPp cannot: the second audio stream of its session.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'

const [file = '', address = '', port = ''] = process.argv.slice(2)
const sound = readFileSync(file)
const packetSamples = 160
const packetMs = 20
const payloadType = 8
const firstSequence = 65_530
const firstTime = 0xffff_f000
const ssrc = 0x5e_1057e
const socket = createSocket('udp4')
const packets = Math.ceil(sound.length / packetSamples)
const startedMs = performance.now()
let sent = 0
let gone = 0

function sendDue(): void {
  while (sent < packets && performance.now() - startedMs >= sent * packetMs) {
    const header = Buffer.alloc(12)
    header.writeUInt8(0x80, 0)
    header.writeUInt8(payloadType | (sent === 0 ? 0x80 : 0), 1)
    header.writeUInt16BE((firstSequence + sent) & 0xffff, 2)
    header.writeUInt32BE((firstTime + sent * packetSamples) % 2 ** 32, 4)
    header.writeUInt32BE(ssrc, 8)
    const payload = sound.subarray(sent * packetSamples, (sent + 1) * packetSamples)
    sent++
    socket.send(Buffer.concat([header, payload]), Number(port), address, () => {
      gone++
      if (gone === packets) socket.close()
    })
  }
  if (sent === packets) clearInterval(timer)
}

const timer = setInterval(sendDue, packetMs / 4)
