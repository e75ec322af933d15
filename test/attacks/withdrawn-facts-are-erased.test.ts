// R8: a reported call that turns out not to belong to the register leaves nothing on disk, neither its caller nor its
// official.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSpool } from '#capture/session/recovery/spool.ts'
import { callFacts, phone } from '../database/people.ts'

const directory = await mkdtemp(join(tmpdir(), 'seloste-withdrawn-'))
afterAll(() => rm(directory, { recursive: true }))

test('withdrawn facts are in no file of the spool, even after a kill', async () => {
  const admit = () => Promise.reject(new Error('never admitted'))
  const spool = await openSpool({ directory, admit, onFault: () => undefined })
  const [facts, others] = [
    callFacts({ official: { name: 'Veera Virkailija', phone: phone('029 512 1003') } }),
    callFacts(),
  ]
  await spool.storeInAdvance(others)
  await spool.storeInAdvance(facts)
  await spool.withdraw(facts.segmentId)
  const texts = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8')))
  await spool.stop()
  const remaining = texts
    .join('')
    .split('\n')
    .filter((line) => !line.includes(others.segmentId))
  for (const word of [facts.caller.key!, facts.official!.name]) expect(remaining.join('\n')).not.toContain(word)
  const next = await openSpool({ directory, admit, onFault: () => undefined })
  expect(next.unfinished()).toMatchObject({ segments: [{ segmentId: others.segmentId }], broken: [] })
  await next.stop()
})
