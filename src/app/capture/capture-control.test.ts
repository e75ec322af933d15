import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listenForControl, waitUntilCaptureUses, type CaptureState } from './capture-control.ts'

test('capture is ready once description and directory are in force, and reads them on request', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-control-'))
  const settings = { dataDirectory: folder, splitRoles: { socketsFolder: undefined } }
  const enteredAt = Temporal.Now.instant()
  const knows: CaptureState['knows'] = { description: 1, directoryReadMs: enteredAt.epochMilliseconds - 60_000 }
  const request: string[] = []
  const control = await listenForControl(
    settings,
    () => ({ isDraining: false, pressures: [], live: 0, storing: 0, waiting: 0, knows }) as never,
    {
      execute: (command) => request.push(command),
      read() {
        request.push('read')
        // The directory is reported at once, the description by the next poll.
        knows.directoryReadMs = Date.now()
        if (request.length > 1) knows.description = 2
        return Promise.resolve()
      },
    },
  )
  await waitUntilCaptureUses(settings, { description: 2, directoryAt: enteredAt })
  expect(request).toEqual(['read', 'read'])
  await control.stop()
  await rm(folder, { recursive: true })
})
