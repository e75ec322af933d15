/**
 * Opens a Service Unit whose description has the switches for the GDPR and Act 621/1999 on: openDestructionDesk and served
 * requests, copies made and downloaded as people do. Every state is one that the rules allow.
 */
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { gdprText, publishText } from '../database/describe-from.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer } from '../register/open-desk.ts'
import { servedRequest, type RequestToServe } from './served-request.ts'

const switches = ['accessCopy', 'julklRequests', 'mentionedPersons']

/** Call it at the top of a test file. */
export async function openGdprServiceUnit(database: TestDatabase<RegisterTables>) {
  const seed = readFileSync(seedDescriptionFile, 'utf8')
  const text = switches.reduce((before, name) => before.replace(`${name}: false`, `${name}: true`), gdprText(seed))
  await publishText(database.as().pool, text, Temporal.Now.instant())
  const ends = await openDestructionDesk(database)
  const { admin, as, people, desk } = ends
  type Name = keyof typeof people

  const served = (given: Partial<RequestToServe> = {}) =>
    servedRequest(admin, { clerkId: people.paula.id, kinds: ['COPY', 'RECTIFY'], ...given })
  const send = async (name: Name, method: string, path: string, json?: object) =>
    answer((await as(name)).fetch(path, { method, ...(json && { json }) }))

  const makeCopy = (request: string, recordingId: string, given: object = {}, name: Name = 'paula') =>
    send(name, 'POST', `/api/requests/${request}/copies`, {
      ...{ recordingId, method: 'PASSPHRASE', othersRights: 'WEIGHED' },
      ...given,
    })
  const copyOf = (id: string) =>
    sql<Record<string, unknown>>`select * from subject_copy where id = ${id}`.execute(admin)
  async function ready(id: string) {
    await expect.poll(async () => (await copyOf(id)).rows[0]?.['ready_at'], { timeout: 10_000 }).not.toBeNull()
  }
  /** Makes a finished copy of a call, in a request of its own. */
  async function readyCopy(given: object = {}) {
    const recording = await ends.makeRecording()
    const request = await served({ contacts: [recording.contactId] })
    const made = await makeCopy(request.id, recording.id, given)
    expect(made.status).toBe(201)
    const copy = made.body as unknown as { id: string; link: string; passphrase?: string; expiresAt: string }
    await ready(copy.id)
    return { ...copy, recording, request }
  }
  const fetchCopy = (link: string, signal?: AbortSignal) =>
    desk.visitor.fetch(link, { method: 'POST', ...(signal && { signal }) })
  const entries = async (action: string) =>
    (
      await sql<{ person_id: string | null; reference: string | null; object_id: string; detail: unknown }>`
        select person_id, reference, object_id, detail from audit_entry where action = ${action} and result = 'ok'
        order by at`.execute(admin)
    ).rows

  return { ...ends, ...{ served, ask: send, makeCopy, copyOf, ready, readyCopy, fetchCopy, entries } }
}
