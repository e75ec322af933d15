import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listenForControl, waitUntilCaptureUses, type CaptureState } from './capture-control.ts'

test('a wait for a new description and directory asks capture to read them until it uses both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-control-'))
  const settings = { dataDirectory: folder, splitRoles: { socketsFolder: undefined } }
  const enteredAt = Temporal.Now.instant()
  const knows: CaptureState['knows'] = { description: 1, directoryReadMs: enteredAt.epochMilliseconds - 60_000 }
  const requests: string[] = []
  const control = await listenForControl(
    settings,
    () => ({ isDraining: false, pressures: [], live: 0, storing: 0, waiting: 0, knows }) as never,
    {
      execute: (command) => requests.push(command),
      read() {
        requests.push('read')
        // The directory is reported at once, the description by the next poll.
        knows.directoryReadMs = Date.now()
        if (requests.length > 1) knows.description = 2
        return Promise.resolve()
      },
    },
  )
  await waitUntilCaptureUses(settings, { description: 2, directoryAt: enteredAt })
  expect(requests).toEqual(['read', 'read'])
  await control.stop()
  await rm(folder, { recursive: true })
})
