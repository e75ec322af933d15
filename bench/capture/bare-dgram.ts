/** Second yardstick: Node's own dgram, one socket a stream, that only counts. Same contract as bare-receiver.c. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const [first, streams] = process.argv.slice(2).map(Number) as [number, number]
let packets = 0
for (let i = 0; i < streams; i++) {
  const socket = createSocket('udp4')
  socket.on('message', () => packets++)
  socket.bind({ address: '127.0.0.1', port: first + 2 * i, exclusive: true })
  await once(socket, 'listening')
  socket.setRecvBufferSize(1 << 20)
}
const before = process.cpuUsage()
process.stdout.write('ready\n')
process.stdin.resume()
await once(process.stdin, 'end')
const { user, system } = process.cpuUsage(before)
process.stdout.write(`${JSON.stringify({ packets, cpuMicroseconds: user + system })}\n`)
process.exit()
