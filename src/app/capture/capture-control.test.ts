import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listenForControl, waitUntilCaptureUses, type CaptureState } from './capture-control.ts'

test('capture reads the description and the directory again, at each poll, until it uses the awaited ones', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-control-'))
  const settings = { dataDirectory: folder, splitRoles: { socketsFolder: undefined } }
  const enteredAt = Temporal.Now.instant()
  const inUse: CaptureState['inUse'] = { description: 1, directoryReadMs: enteredAt.epochMilliseconds - 60_000 }
  const requests: string[] = []
  const control = await listenForControl(
    settings,
    () => ({ isDraining: false, pressures: [], live: 0, storing: 0, waiting: 0, inUse }) as never,
    {
      execute: (command) => requests.push(command),
      read() {
        requests.push('read')
        // The directory is reported at once, the description by the next poll.
        inUse.directoryReadMs = Date.now()
        if (requests.length > 1) inUse.description = 2
        return Promise.resolve()
      },
    },
  )
  await waitUntilCaptureUses(settings, { description: 2, directoryAt: enteredAt })
  expect(requests).toEqual(['read', 'read'])
  await control.stop()
  await rm(folder, { recursive: true })
})
