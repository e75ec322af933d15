// R27, R30, C1: a single-use download is received by one client, whatever its size, and the receipt names the clients
// that were refused.
import { sql, type Kysely } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createPackageDownloads } from '#use/disclosure/packages/fetch-package.ts'
import { createCopyDownloads } from '#use/requests/acts/fetch-copy.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { answer } from '../register/open-desk.ts'
import { openPackages } from '../disclosure/open-packages.ts'
import { downloadThreeTimesAtOnce } from '../disclosure/three-at-once.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

/** Returns the audit log's entries of one object, in order. */
async function entriesOf(admin: Kysely<RegisterTables>, id: string): Promise<string[]> {
  const { rows } = await sql<{ entry: string }>`
    select action || ' ' || result as entry from audit_entry where object_id = ${id} order by seq`.execute(admin)
  return rows.map(({ entry }) => entry)
}

describe('a package', async () => {
  const database = await createTestDatabase<RegisterTables>()
  const open = await openPackages(database)
  const { admin, desk, people, register, disclosureWithSound, read, release, until, send } = open

  test.each(['LINK', 'MEDIUM'] as const)(
    'below 256 KiB (%s) that three clients download at once is received by one, and the receipt names the two that were refused',
    async (delivery) => {
      const { id } = await disclosureWithSound()
      const { body } = await release(id, { delivery })
      await until(id, 'ready')
      const { sizeBytes } = (await read(id, 'riitta')).packages[0]!
      expect(sizeBytes).toBeLessThan(256 * 1024)
      const packageId = body['id'] as string
      const row = { table: 'disclosure_package', id: packageId } as const
      const { whole, refused } =
        delivery === 'LINK'
          ? await downloadThreeTimesAtOnce(admin, row, desk.visitor, [body['link'] as string, 'POST'])
          : await downloadThreeTimesAtOnce(admin, row, await open.as('riitta'), [
              `/api/packages/${packageId}/file`,
              'GET',
            ])
      expect(whole).toEqual([sizeBytes])
      expect(refused).toEqual([409, 409])
      await until(id, 'taken')
      const [reported] = (await read(id, 'riitta')).packages
      expect(reported!.downloads.map(({ outcome }) => outcome).toSorted()).toEqual(['begun', 'refused', 'refused'])
      for (const one of reported!.downloads) {
        expect(one.address).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1|2001:db8:[\da-f]+::1)$/)
        expect(one.by?.name).toBe(delivery === 'MEDIUM' ? 'Riitta' : undefined)
      }
      // The disclosure log and the audit log have the downloads too.
      const logged = (await send('dora', 'GET', '/api/disclosures')).body['items'] as {
        id: string
        releases: { downloads: { outcome: string }[] }[]
      }[]
      expect(logged.find((one) => one.id === id)!.releases[0]!.downloads).toHaveLength(3)
      const { rows } = await sql`
        select from audit_entry where object_id = ${body['id']} and action = 'package.taken' and result = 'refused:package.being-fetched'`.execute(
        admin,
      )
      expect(rows).toHaveLength(2)
    },
  )

  test('that is withdrawn after almost all of it was downloaded counts as fetched, because the log has each download before its first byte', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    const logged = () => entriesOf(admin, body['id'] as string)
    const fetching = createPackageDownloads(register.ingest)
    const token = (body['link'] as string).slice('/packages/'.length)
    for (const attempt of [1, 2]) {
      const begun = (await fetching.begin({ token })) as { id: string; attempt: number; sizeBytes: number }
      expect(await logged()).toHaveLength(1 + attempt)
      expect((await fetching.piece({ ...begun, from: 0 })).bytes).toBeDefined()
      await fetching.releaseLease(begun)
    }
    expect((await send('riitta', 'DELETE', `/api/packages/${body['id'] as string}`)).status).toBe(204)
    expect(await logged()).toEqual([
      'package.made ok',
      'package.fetch-begun ok',
      'package.fetch-begun ok',
      'package.ended ok',
    ])
  })

  test('is not released at an unattended desk of a decision maker without a new proof of identity', async () => {
    const { id } = await disclosureWithSound()
    const proved = (ago: string) =>
      sql`update session set proved_at = now() - ${ago}::interval
          where person_id = ${people.riitta.id}::uuid`.execute(admin)
    await open.as('riitta')
    await proved('16 minutes')
    expect(await release(id)).toMatchObject({ status: 403, code: 'confirm.fresh' })
    expect((await read(id, 'riitta')).packages).toEqual([])
    await proved('1 minute')
    expect(await release(id)).toMatchObject({ status: 201 })
  })

  test('that is being saved to a medium is interrupted once the person who released it has left', async () => {
    const { id } = await disclosureWithSound()
    const reijo = await enterTestPerson(admin, database.as('seloste_desk').db, {
      name: 'Reijo',
      right: { role: 'DECISION_MAKER', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
    })
    const json = { method: 'KEY', delivery: 'MEDIUM' }
    const { body } = await answer(
      (await desk.signIn(reijo)).fetch(`/api/research-disclosures/${id}/packages`, { json }),
    )
    await until(id, 'ready')
    const fetching = createPackageDownloads(register.ingest)
    const { token: session } = await reijo.signIn()
    const begun = await fetching.beginSave({ session, id: body['id'] as string })
    if ('refused' in begun) throw new Error(begun.refused)
    expect((await fetching.piece({ ...begun, from: 0 })).bytes).toBeDefined()
    await sql`update person set employed_to = now() where id = ${reijo.id}`.execute(admin)
    expect(await fetching.piece({ ...begun, from: begun.sizeBytes - 1024 })).toEqual({})
  })

  test('whose download breaks can be downloaded again at once, and its last bytes are sent only once', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    const fetching = createPackageDownloads(register.ingest)
    const token = (body['link'] as string).slice('/packages/'.length)
    type Fetched = { id: string; attempt: number; sizeBytes: number }
    const first = (await fetching.begin({ token })) as Fetched
    expect(await fetching.begin({ token })).toEqual({ isBusy: true })
    // Receives all but the end, and then stops reading.
    const half = Buffer.from((await fetching.piece({ ...first, from: 0 })).bytes!, 'base64').length
    expect(half).toBe(first.sizeBytes - 1024)
    await fetching.releaseLease(first)
    const second = (await fetching.begin({ token })) as Fetched
    expect(second.attempt).toBe(2)
    const last = { from: first.sizeBytes - 1024 }
    expect(await fetching.piece({ ...first, ...last })).toEqual({})
    const both = await Promise.all([fetching.piece({ ...second, ...last }), fetching.piece({ ...second, ...last })])
    expect(both.filter(({ bytes }) => bytes !== undefined)).toHaveLength(1)
    expect(await fetching.begin({ token })).toEqual({})
  })

  test('whose client is silent for two minutes can be downloaded by another, and the first gets no more', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    const fetching = createPackageDownloads(register.ingest)
    const token = (body['link'] as string).slice('/packages/'.length)
    type Fetched = { id: string; attempt: number; sizeBytes: number }
    const first = (await fetching.begin({ token })) as Fetched
    await sql`update disclosure_package set fetching_until = now() where id = ${body['id']}`.execute(admin)
    const second = (await fetching.begin({ token })) as Fetched
    expect(second.attempt).toBe(2)
    expect(await fetching.piece({ ...first, from: 0 })).toEqual({})
    expect((await fetching.piece({ ...second, from: 0 })).bytes).toBeDefined()
  })
})

describe('a copy for a requester', async () => {
  const database = await createTestDatabase<RegisterTables>()
  const acts = await openGdprServiceUnit(database)

  test('that three clients download at once is received by one, and the clerk sees that two were refused', async () => {
    const { id, link, request } = await acts.readyCopy()
    const row = { table: 'subject_copy', id } as const
    const { whole, refused } = await downloadThreeTimesAtOnce(acts.admin, row, acts.desk.visitor, [link, 'POST'])
    expect(whole).toHaveLength(1)
    expect(refused).toEqual([409, 409])
    const { body } = await acts.ask('paula', 'GET', `/api/requests/${request.id}`)
    const copies = body['copies'] as { id: string; downloads: { outcome: string; address: string }[] }[]
    const { downloads } = copies.find((one) => one.id === id)!
    expect(downloads.map(({ outcome }) => outcome).toSorted()).toEqual(['begun', 'refused', 'refused'])
  })

  test('is logged when its download begins, before its first byte', async () => {
    const { id, link } = await acts.readyCopy()
    const fetching = createCopyDownloads(acts.register.ingest)
    expect(await fetching.begin({ token: link.slice('/copies/'.length) })).toMatchObject({ attempt: 1 })
    expect(await entriesOf(acts.admin, id)).toEqual(['subject-copy.made ok', 'subject-copy.fetch-begun ok'])
  })
})
