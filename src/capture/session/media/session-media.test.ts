import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { createPortAllocator } from '../../rtp/allocate-ports.ts'
import { openSessionMedia } from './session-media.ts'
import { createSessionStreams } from './session-streams.ts'

test('silence is counted from the end of a hold, so that a call on hold for long does not count as lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-media-'))
  const tail = await createTailJournal({ directory: folder, run: randomUUID() })
  let nowMs = 1000
  const media = await openSessionMedia({
    recordingId: 'r',
    startedAt: Temporal.Instant.from('2026-03-02T09:00:00Z'),
    streams: [],
    newStreams: () =>
      createSessionStreams({
        allocator: createPortAllocator({ address: '127.0.0.1', firstPort: 11_300, lastPort: 11_309 }),
        random32: () => 1,
      }),
    intakePublicKey: generateKeyPair().recipient,
    folder,
    tail,
    clock: { monotonicMs: () => nowMs },
    onFault: (fault) => {
      throw fault
    },
  })
  if (typeof media === 'string') throw new Error(media)
  media.mark('hold')
  nowMs += 600_000
  expect(media.silentMs()).toBe(600_000)
  media.mark('resume')
  nowMs += 5
  expect(media.silentMs()).toBe(5)
  await media.abandon()
  await tail.close()
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})
