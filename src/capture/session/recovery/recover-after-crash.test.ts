import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import { callFacts, appendAdmitted, recordingFacts } from '#test/database/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { openSpool } from './spool.ts'
import { recoverAfterCrash } from './recover-after-crash.ts'

test('recovers what was captured of a call, and deletes files that belong to no call, also a lone header or body', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'seloste-recover-'))
  const folder = join(directory, 'recordings')
  const objects = await openTestObjects(join(directory, 'objects'))
  await openDirectoryStore(folder).then(() => rm(join(folder, '.unfinished'), { recursive: true }))
  const admitted: SegmentFacts[] = []
  const spool = await openSpool({
    directory: join(directory, 'calls'),
    admit: appendAdmitted(admitted),
    onFault: () => undefined,
  })
  const { stored: _stored, endedAt: _ended, ...recording } = recordingFacts()
  const { endedAt: _going, ...facts } = callFacts({ recording })
  await spool.store(facts)
  for (const name of [`${recording.id}.hdr`, `${recording.id}.body`, 'a.hdr', 'b.body', 'c.hdr', 'c.body']) {
    await writeFile(join(folder, name), 'sixteen bytes...')
  }
  const { recordings, segments } = await recoverAfterCrash(spool, folder, objects, Temporal.Now.instant())
  expect({ recordings, segments: segments.length }).toEqual({ recordings: 1, segments: 1 })
  expect(await readdir(folder)).toEqual([])
  expect(await objects.sizeBytes(bodyKey(recording.id))).toBe(16)
  await spool.settled()
  expect(admitted.at(-1)).toMatchObject({ endInferred: true, recording: { stored: { incomplete: true } } })
  await spool.stop()
  await rm(directory, { recursive: true })
})

test('reports a recording as lost if a power loss left an empty header, and keeps its call', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'seloste-recover-'))
  const folder = join(directory, 'recordings')
  const objects = await openTestObjects(join(directory, 'objects'))
  await mkdir(folder)
  const admitted: SegmentFacts[] = []
  const spool = await openSpool({
    directory: join(directory, 'calls'),
    admit: appendAdmitted(admitted),
    onFault: () => undefined,
  })
  const { stored: _stored, endedAt: _ended, ...recording } = recordingFacts()
  const { endedAt: _going, ...facts } = callFacts({ recording })
  await spool.store(facts)
  for (const end of ['hdr', 'body']) await writeFile(join(folder, `${recording.id}.${end}`), '')
  expect((await recoverAfterCrash(spool, folder, objects, Temporal.Now.instant())).recordings).toBe(0)
  await spool.settled()
  expect(admitted.at(-1)).toMatchObject({ segmentId: facts.segmentId, endInferred: true, recording: { gone: true } })
  expect(await readdir(folder)).toEqual([])
  await spool.stop()
  await rm(directory, { recursive: true })
})
