import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SegmentFacts } from '#register/admit.ts'
import { callFacts, recordingFacts } from '#test/database/people.ts'
import { readFacts, writeFacts } from './facts-file.ts'
import { openSpool, type Spool } from './spool.ts'

let directory = ''
let spool: Spool | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seloste-spool-'))
})
afterEach(async () => {
  await spool?.stop()
  await rm(directory, { recursive: true })
})

async function open(admit: (facts: SegmentFacts) => Promise<unknown>, retryMs = 20): Promise<Spool> {
  spool = await openSpool({ directory, admit, onFault: () => undefined, retryMs })
  return spool
}

describe('the spool', () => {
  test('facts that the register never takes keep no other call from it', async () => {
    const poisoned = new Set<string>()
    const admitted: string[] = []
    const opened = await open(({ segmentId }) =>
      poisoned.has(segmentId) ? Promise.reject(new Error('never')) : Promise.resolve(admitted.push(segmentId)),
    )
    for (let n = 0; n < 20; n++) {
      const facts = callFacts()
      poisoned.add(facts.segmentId)
      await opened.note(facts)
    }
    const sound = callFacts()
    await opened.note(sound)
    await expect.poll(() => opened.waiting, { interval: 10 }).toBe(20)
    expect(admitted).toEqual([sound.segmentId])
  })

  test('facts that the disk refused are written once it takes them', async () => {
    const { endedAt: _going, ...facts } = callFacts()
    const opened = await open(() => Promise.resolve())
    await rm(directory, { recursive: true })
    await expect(opened.note(facts)).rejects.toThrow('ENOENT')
    await mkdir(directory)
    await expect.poll(() => readdir(directory), { interval: 10 }).toEqual([`${facts.segmentId}.json`])
  })

  test('newer facts of a segment never overtake those still being admitted', async () => {
    const order: string[] = []
    let release = () => {}
    const slow = callFacts()
    const failing = callFacts()
    const opened = await open(async (facts) => {
      if (facts.segmentId === failing.segmentId) throw new Error('not now')
      if (!facts.endInferred) await new Promise<void>((resolve) => (release = resolve))
      order.push(facts.endInferred ? 'newer' : 'older')
    })
    await opened.note({ ...slow, endInferred: false })
    await opened.note(failing)
    await opened.note({ ...slow, endInferred: true })
    await wait(80)
    release()
    await expect.poll(() => order, { interval: 10 }).toEqual(['older', 'newer'])
  })

  test('facts go to disk and back unchanged', () => {
    const facts = callFacts({ recording: recordingFacts() })
    expect(readFacts(writeFacts(facts))).toEqual(facts)
  })

  test('an ended call is admitted and leaves no file', async () => {
    const admitted: string[] = []
    const facts = callFacts()
    const opened = await open((one) => Promise.resolve(admitted.push(one.segmentId)))
    await opened.note(facts)
    await opened.settled()
    expect(admitted).toEqual([facts.segmentId])
    expect(await readdir(directory)).toEqual([])
  })

  test('a call in progress, or one whose recording is not stored yet, keeps its file', async () => {
    const { endedAt: _going, ...going } = callFacts()
    const { stored: _unstored, ...recording } = recordingFacts()
    const unstored = callFacts({ recording })
    const opened = await open(() => Promise.resolve())
    await opened.note(going)
    await opened.note(unstored)
    await opened.settled()
    expect((await readdir(directory)).sort()).toEqual([`${going.segmentId}.json`, `${unstored.segmentId}.json`].sort())
    expect((await opened.left()).segments.map((facts) => facts.segmentId).sort()).toEqual(
      [going.segmentId, unstored.segmentId].sort(),
    )
  })

  test('facts are on disk before the call goes on, whatever the database does', async () => {
    const facts = callFacts()
    const opened = await open(() => new Promise(() => undefined))
    await opened.note(facts)
    expect(readFacts(await readFile(join(directory, `${facts.segmentId}.json`), 'utf8'))).toEqual(facts)
  })

  test('what could not be admitted is tried again until it can, and the newest facts win', async () => {
    let away = true
    const admitted: SegmentFacts[] = []
    const opened = await open((facts) =>
      away ? Promise.reject(new Error('the database is away')) : Promise.resolve(admitted.push(facts)),
    )
    const { endedAt, ...going } = callFacts()
    const ended: SegmentFacts = { ...going, endedAt }
    await opened.note(going)
    await opened.note(ended)
    expect(opened.waiting).toBe(1)
    away = false
    await opened.settled()
    expect(admitted.at(-1)).toEqual(ended)
    expect(await readdir(directory)).toEqual([])
  })

  test('facts that change while they are being admitted are admitted again', async () => {
    const seen: (string | undefined)[] = []
    let release: () => void = () => undefined
    const opened = await open(async (facts) => {
      seen.push(facts.endedAt?.toString())
      if (seen.length === 1) await new Promise<void>((resolve) => (release = resolve))
    })
    const { endedAt, ...going } = callFacts()
    await opened.note(going)
    await opened.note({ ...going, endedAt })
    release()
    await opened.settled()
    expect(seen).toEqual([undefined, endedAt?.toString()])
  })

  test('a file that a crash cut short in its writing is no call', async () => {
    await writeFile(join(directory, 'half.json.new'), '{"segm')
    const opened = await open(() => Promise.resolve())
    expect(await opened.left()).toEqual({ segments: [], broken: [] })
    expect(await readdir(directory)).toEqual([])
  })

  test('a file that cannot be read is set aside and named, and keeps no other from being taken up', async () => {
    const facts = callFacts()
    await writeFile(join(directory, 'torn.json'), '{"segmentId": "torn", "startedAt": ')
    await writeFile(join(directory, `${facts.segmentId}.json`), writeFacts(facts))
    const opened = await open(() => Promise.resolve())
    for (let start = 0; start < 2; start++) {
      const { segments, broken } = await opened.left()
      expect(segments).toEqual([facts])
      expect(broken).toEqual(['torn.json.broken'])
    }
  })
})
