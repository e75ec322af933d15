import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { limitHandshakes } from './limit-handshakes.ts'

let port = 1024
function socketFrom(remoteAddress: string): Socket {
  const addresses = { remoteAddress, remotePort: port++, localAddress: '2001:db8::5', localPort: 5061 }
  const described = Object.entries(addresses).map(([name, value]) => [name, { value }])
  return Object.defineProperties(new Socket(), Object.fromEntries(described))
}

test('beyond a limit the oldest handshake of the source with the most handshakes is ended, and an IPv6 /64 is one source', () => {
  const reasons: string[] = []
  const handshakes = limitHandshakes({
    limits: { handshakes: 4, connectionsPerSource: 3 },
    onEnded: (reason, address) => reasons.push(`${address}: ${reason}`),
  })
  const client = socketFrom('192.0.2.10')
  const strangers = Array.from({ length: 4 }, (_, n) => socketFrom(`2001:db8:7:7::${n + 1}`))
  const ended = () => [client, ...strangers].map(({ destroyed }) => destroyed)
  for (const socket of [client, ...strangers]) handshakes.begin(socket)
  expect(ended()).toEqual([false, true, false, false, false])
  handshakes.begin(socketFrom('198.51.100.3'))
  expect(ended()).toEqual([false, true, true, false, false])
  handshakes.finish(strangers[2]!)
  handshakes.begin(socketFrom('2001:db8:7:7::9'))
  expect(ended()).toEqual([false, true, true, false, false])
  expect(reasons).toEqual([
    '2001:db8:7:7::1: its source has 3 unfinished handshakes',
    '2001:db8:7:7::2: 4 handshakes are unfinished',
  ])
})
