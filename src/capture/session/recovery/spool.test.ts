import { cp, mkdtemp, open as openFile, readdir, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SegmentFacts } from '#register/admit.ts'
import { callFacts, appendAdmitted, recordingFacts } from '#test/database/people.ts'
import { readFacts, writeFacts } from './facts-file.ts'
import { openSpool, type Spool, type SpoolOptions } from './spool.ts'

let directory = ''
let spool: Spool | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seloste-spool-'))
})
afterEach(async () => {
  await spool?.stop()
  await rm(directory, { recursive: true })
})

async function open(admit: (facts: SegmentFacts) => Promise<unknown>): Promise<Spool> {
  const entering: SpoolOptions['admit'] = async (facts) => {
    await admit(facts)
    return { contactId: facts.contactId, verdict: 'entered' }
  }
  spool = await openSpool({ directory, admit: entering, onFault: () => undefined, retryMs: 20 })
  return spool
}

/** Returns the facts that another process would find if this one were killed now. */
async function factsAfterKill(): Promise<SegmentFacts[]> {
  const copy = await mkdtemp(join(tmpdir(), 'seloste-spool-'))
  await cp(directory, copy, { recursive: true })
  const other = await openSpool({ directory: copy, admit: appendAdmitted([]), onFault: () => undefined })
  const { segments } = other.unfinished()
  await other.stop()
  await rm(copy, { recursive: true })
  return segments
}

describe('the spool', () => {
  test('facts that the register never accepts block no other call', async () => {
    const poisoned = new Set<string>()
    const admitted: string[] = []
    const opened = await open(({ segmentId }) =>
      poisoned.has(segmentId) ? Promise.reject(new Error('never')) : Promise.resolve(admitted.push(segmentId)),
    )
    for (let n = 0; n < 20; n++) {
      const facts = callFacts()
      poisoned.add(facts.segmentId)
      await opened.store(facts)
    }
    const acceptable = callFacts()
    await opened.store(acceptable)
    await expect.poll(() => opened.waiting, { interval: 10 }).toBe(20)
    expect(admitted).toEqual([acceptable.segmentId])
  })

  test('facts stored in advance survive a kill, and are admitted only after `store`, without another write', async () => {
    const { endedAt: _going, ...facts } = callFacts()
    const reported: SegmentFacts[] = []
    const opened = await open((entry) => Promise.resolve(reported.push(entry)))
    await opened.storeInAdvance(facts)
    expect(await factsAfterKill()).toEqual([facts])
    expect([reported, opened.waiting]).toEqual([[], 0])
    const file = await openFile(join(directory, 'any'), 'w')
    const disk = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'write')
    await opened.store(facts)
    await expect.poll(() => reported, { interval: 10 }).toEqual([facts])
    expect(disk).not.toHaveBeenCalled()
    disk.mockRestore()
    await file.close()
  })

  test('a call’s end and its stored recording are admitted together, or the end first if storing takes longer', async () => {
    const reported: boolean[] = []
    const ended = callFacts({ recording: { ...recordingFacts(), stored: undefined } })
    const stored = { ...ended, recording: recordingFacts() }
    const opened = await openSpool({
      ...{ directory, onFault: () => undefined, storedMs: 1_000 },
      admit: ({ contactId, recording }) => {
        reported.push(recording?.stored !== undefined)
        return Promise.resolve({ contactId, verdict: 'entered' })
      },
    })
    spool = opened
    await opened.store(ended)
    await opened.store(stored)
    await opened.settled()
    expect(reported).toEqual([true])
    await opened.store(ended)
    await opened.settled()
    expect(reported).toEqual([true, false])
    await opened.store(stored)
    await opened.settled()
    expect(reported).toEqual([true, false, true])
  })

  test('facts stored in advance are replaced if `store` brings others, and deleted if they are withdrawn', async () => {
    const { endedAt: _going, ...facts } = callFacts()
    const opened = await open(() => Promise.resolve())
    await opened.storeInAdvance(facts)
    const failing: SegmentFacts = { ...facts, captureState: 'failing', captureFailure: 'disk-full' }
    await opened.store(failing)
    expect(await factsAfterKill()).toEqual([failing])
    const { endedAt: _other, ...others } = callFacts()
    await opened.storeInAdvance(others)
    await opened.withdraw(others.segmentId)
    expect(await factsAfterKill()).toEqual([failing])
  })

  test('`store` reports a failed write of facts stored in advance', async () => {
    const { endedAt: _going, ...facts } = callFacts()
    const opened = await open(() => Promise.resolve())
    const file = await openFile(join(directory, 'any'), 'w')
    const disk = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'write').mockRejectedValue(new Error('ENOSPC'))
    await opened.storeInAdvance(facts)
    await expect(opened.store(facts)).rejects.toThrow('ENOSPC')
    disk.mockRestore()
    await file.close()
    await expect.poll(() => factsAfterKill(), { interval: 10 }).toEqual([facts])
  })

  test('facts that the disk refused are written once it accepts them', async () => {
    const { endedAt: _going, ...facts } = callFacts()
    const opened = await open(() => Promise.resolve())
    const file = await openFile(join(directory, 'any'), 'w')
    const refused = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const disk = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'write').mockRejectedValue(refused)
    await expect(opened.store(facts)).rejects.toThrow('ENOSPC')
    disk.mockRestore()
    await file.close()
    await expect.poll(() => factsAfterKill(), { interval: 10 }).toEqual([facts])
  })

  test('newer facts of a segment never overtake those being admitted', async () => {
    const order: string[] = []
    let release = () => {}
    const slow = callFacts()
    const failing = callFacts()
    const opened = await open(async (facts) => {
      if (facts.segmentId === failing.segmentId) throw new Error('not now')
      if (!facts.endInferred) await new Promise<void>((resolve) => (release = resolve))
      order.push(facts.endInferred ? 'newer' : 'older')
    })
    await opened.store({ ...slow, endInferred: false })
    await opened.store(failing)
    await opened.store({ ...slow, endInferred: true })
    await wait(80)
    release()
    await expect.poll(() => order, { interval: 10 }).toEqual(['older', 'newer'])
  })

  test('facts are read from disk unchanged', () => {
    const facts = callFacts({ recording: recordingFacts() })
    expect(readFacts(writeFacts(facts))).toEqual(facts)
  })

  test('an ended call is admitted and not kept', async () => {
    const admitted: string[] = []
    const facts = callFacts()
    const opened = await open((entry) => Promise.resolve(admitted.push(entry.segmentId)))
    await opened.store(facts)
    await opened.settled()
    expect(admitted).toEqual([facts.segmentId])
    expect(await factsAfterKill()).toEqual([])
  })

  test('a call in progress, or one whose recording is not stored yet, is kept', async () => {
    const { endedAt: _going, ...going } = callFacts()
    const { stored: _unstored, ...recording } = recordingFacts()
    const unstored = callFacts({ recording })
    const opened = await open(() => Promise.resolve())
    await opened.store(going)
    await opened.store(unstored)
    await opened.settled()
    expect(await factsAfterKill()).toEqual([going, unstored])
  })

  test('facts are on disk before the call continues, whatever the database does', async () => {
    const facts = callFacts()
    const opened = await open(() => new Promise(() => undefined))
    await opened.store(facts)
    expect(await factsAfterKill()).toEqual([facts])
  })

  test('failed admissions are repeated until they succeed, and the newest facts win', async () => {
    let away = true
    const admitted: SegmentFacts[] = []
    const opened = await open((facts) =>
      away ? Promise.reject(new Error('the database is away')) : Promise.resolve(admitted.push(facts)),
    )
    const { endedAt, ...going } = callFacts()
    const ended: SegmentFacts = { ...going, endedAt }
    await opened.store(going)
    await opened.store(ended)
    expect(opened.waiting).toBe(1)
    away = false
    await opened.settled()
    expect(admitted.at(-1)).toEqual(ended)
    expect(await factsAfterKill()).toEqual([])
  })

  test('facts that change while they are being admitted are admitted again', async () => {
    const seen: (string | undefined)[] = []
    let release: () => void = () => undefined
    const opened = await open(async (facts) => {
      seen.push(facts.endedAt?.toString())
      if (seen.length === 1) await new Promise<void>((resolve) => (release = resolve))
    })
    const { endedAt, ...going } = callFacts()
    await opened.store(going)
    await opened.store({ ...going, endedAt })
    release()
    await opened.settled()
    expect(seen).toEqual([undefined, endedAt?.toString()])
  })

  test('facts written by the previous version, a file for each call, are read', async () => {
    const facts = callFacts()
    await writeFile(join(directory, `${facts.segmentId}.json`), writeFacts(facts))
    const opened = await open(() => Promise.resolve())
    expect(opened.unfinished()).toEqual({ segments: [facts], broken: [] })
    expect((await readdir(directory)).filter((name) => name.endsWith('.json'))).toEqual([])
    expect(await factsAfterKill()).toEqual([facts])
  })

  test('unreadable files are renamed and listed at each start, and block no others', async () => {
    const facts = callFacts()
    await writeFile(join(directory, 'torn.json'), '{"segmentId": "torn", "startedAt": ')
    await writeFile(join(directory, `${facts.segmentId}.json`), writeFacts(facts))
    for (let start = 0; start < 2; start++) {
      const opened = await open(() => Promise.resolve())
      expect(opened.unfinished()).toEqual({ segments: [facts], broken: ['torn.json.broken'] })
      await opened.stop()
    }
  })

  test('facts pending at another node are submitted again under that node’s contact while their caller is the same', async () => {
    const submitted: string[] = []
    spool = await openSpool({
      directory,
      admit: ({ contactId }) => {
        submitted.push(contactId)
        return Promise.resolve({ contactId: 'the other node’s', verdict: 'beside', stops: false })
      },
      onFault: () => undefined,
      ...{ retryMs: 20, reportedElsewhereMs: 60_000 },
    })
    const facts = callFacts()
    await spool.store(facts)
    await expect.poll(() => submitted).toEqual([facts.contactId])
    await wait(20)
    spool.retryReportedElsewhere()
    await expect.poll(() => submitted).toEqual([facts.contactId, 'the other node’s'])
    await spool.store({ ...facts, caller: { kind: 'withheld', key: null, raw: null } })
    spool.retryReportedElsewhere()
    await expect.poll(() => submitted[2]).toBe(facts.contactId)
  })

  test('facts pending at another node stay on disk, are submitted again, and are deleted once that node has reported the call', async () => {
    let verdict: 'beside' | 'told' = 'beside'
    let submissions = 0
    let canRemove = false
    const removed: string[] = []
    const stopped: string[] = []
    spool = await openSpool({
      directory,
      admit: ({ contactId }) => {
        submissions++
        return Promise.resolve(
          verdict === 'beside' ? { contactId, verdict, stops: submissions > 1 } : { contactId, verdict },
        )
      },
      onFault: () => undefined,
      onStops: ({ segmentId }) => stopped.push(segmentId),
      onReported: ({ segmentId }) =>
        canRemove ? Promise.resolve(void removed.push(segmentId)) : Promise.reject(new Error('the disk')),
      ...{ retryMs: 20, reportedElsewhereMs: 60_000 },
    })
    const facts = callFacts({ recording: recordingFacts() })
    await spool.store(facts)
    await expect.poll(() => submissions).toBe(1)
    await wait(60)
    expect([submissions, spool.waiting, stopped]).toEqual([1, 1, []])
    expect(await factsAfterKill()).toEqual([facts])
    spool.retryReportedElsewhere()
    await expect.poll(() => stopped).toEqual([facts.segmentId])
    verdict = 'told'
    spool.retryReportedElsewhere()
    await expect.poll(() => submissions).toBeGreaterThan(3)
    // The facts stay while the recording cannot be deleted.
    expect(await factsAfterKill()).toEqual([facts])
    canRemove = true
    await spool.settled()
    expect([removed, await factsAfterKill()]).toEqual([[facts.segmentId], []])
  })
})
