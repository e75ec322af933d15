/**
 * Opens decided disclosures with sound in every item, and their packages, for the people who release and download them.
 * Other tests cover the anonymisation of sound.
 */
import { createHash } from 'node:crypto'
import * as age from 'age-encryption'
import { unzipSync } from 'fflate'
import { sql } from 'kysely'
import { beforeAll, expect } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { storeAnonymisedAudio } from '#register/recordings/anonymised-copies.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLogKey } from '#safeguards/audit/log-key.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { openResearch } from './open-research.ts'

/**
 * Call it at the top of a test file.
 * @param given disclosures that the file has opened already
 */
export async function openPackages(
  database: TestDatabase<RegisterTables>,
  given?: Awaited<ReturnType<typeof openResearch>>,
) {
  const research = given ?? (await openResearch(database))
  const { ends, admin, act, read, decidedDisclosure } = research
  const { register, desk } = ends
  const instituteKeys = generateKeyPair()

  beforeAll(async () => {
    await makeLogKey(register.keys, 'packages')
    await ends.startCustodian()
  }, 60_000)

  /** Gives an approved copy audio of its own: two tones of five seconds. */
  async function addSound(recordingId: string) {
    const { rows } = await sql<{ id: string }>`
      select id from anonymised_copy where recording_id = ${recordingId}`.execute(admin)
    const tone = (hz: number) =>
      Int16Array.from({ length: 40_000 }, (_, at) => 8000 * Math.sin((2 * Math.PI * hz * at) / 8000))
    const of = { copy: rows[0]!.id, recording: recordingId }
    const { sha256, bytes } = await storeAnonymisedAudio(register.ingest, of, [tone(440), tone(620)])
    await sql`
      update anonymised_copy set sound_sha256 = ${sha256}, sound_bytes = ${bytes}, sound_ms = 5000, sound_at = now()
      where recording_id = ${recordingId}`.execute(admin)
  }
  /** Decides a disclosure with sound in every item. */
  async function disclosureWithSound(items = 1, given: Parameters<typeof decidedDisclosure>[0] = {}) {
    const instituteId = await research.enterInstitute({ recipient: instituteKeys.recipient })
    const made = await decidedDisclosure({ instituteId, items, ...given })
    for (const recording of made.recordings) await addSound(recording)
    return made
  }
  const release = (id: string, given: object = {}) =>
    act('riitta', 'POST', id, '/packages', { method: 'KEY', delivery: 'LINK', ...given })
  const stateOf = async (id: string) => (await read(id, 'riitta')).packages[0]?.state
  async function until(id: string, state: string) {
    await expect.poll(() => stateOf(id), { timeout: 20_000, interval: 50 }).toBe(state)
  }
  async function fetchLink(link: string) {
    const answered = await desk.visitor.fetch(link, { method: 'POST' })
    return { status: answered.status, bytes: Buffer.from(await answered.arrayBuffer()) }
  }
  return {
    ...research,
    register,
    desk,
    instituteKeys,
    addSound,
    disclosureWithSound,
    release,
    stateOf,
    until,
    fetchLink,
  }
}

/** Returns the archive in a package, decrypted with a key. */
export async function archiveIn(file: Buffer, identity: string): Promise<Buffer> {
  const decrypter = new age.Decrypter()
  decrypter.addIdentity(identity)
  return Buffer.from(await decrypter.decrypt(file))
}
export async function unpackPackage(file: Buffer, identity: string): Promise<Map<string, Buffer>> {
  return unzip(await archiveIn(file, identity))
}
/** Returns the files in the order of the archive. */
export function unzip(zip: Uint8Array): Map<string, Buffer> {
  return new Map(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes)]))
}
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
