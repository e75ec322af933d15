import { pbkdf2 } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { playRequestedStreams } from './play-stream.ts'

test('an order is played once, even on a slow machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'play-orders-'))
  const received = createSocket('udp4').bind(0, '127.0.0.1')
  await once(received, 'listening')
  const sources = new Map<number, number>()
  received.on('message', (packet) => {
    const ssrc = packet.readUInt32BE(packet.length > 28 ? 8 : 4)
    if (packet.length > 28) sources.set(ssrc, (sources.get(ssrc) ?? 0) + 1)
  })
  const file = join(folder, 'sound.al')
  await writeFile(file, new Uint8Array(160 * 5))
  const player = playRequestedStreams(folder)
  // File reads queue up behind this work, so that several checks run at the same time.
  const busy = Array.from({ length: 4 }, () => promisify(pbkdf2)('a', 'b', 300_000, 64, 'sha512'))
  for (let order = 0; order < 3; order++)
    await writeFile(join(folder, `${order}.order`), `${file} 127.0.0.1 ${received.address().port} 0\n`)
  await Promise.all(busy)
  await wait(500)
  player.stop()
  received.close()
  await rm(folder, { recursive: true })
  expect([...sources.values()]).toEqual([5, 5, 5])
})
