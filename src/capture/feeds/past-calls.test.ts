import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { recordingFacts } from '#test/database/people.ts'
import { sealPastAudio } from './past-calls.ts'

test('audio that breaks off with an error leaves no file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-past-'))
  function* audio() {
    yield { caller: Buffer.alloc(160), official: Buffer.alloc(160) }
    throw new Error('the archive is unreadable')
  }
  const location = {
    objects: await openDirectoryStore(join(folder, 'objects')),
    spoolFolder: folder,
    intakePublicKey: generateKeyPair().recipient,
  }
  await expect(sealPastAudio(recordingFacts(), audio(), location)).rejects.toThrow('the archive is unreadable')
  expect(await readdir(folder)).toEqual(['objects'])
  await rm(folder, { recursive: true })
})
