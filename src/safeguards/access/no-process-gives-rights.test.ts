import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { now, openProcedure, ownCalls } from '#test/access/open-procedure.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterPerson } from '../people/enter-person.ts'
import type { Session } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { rightsOf } from './grant.ts'
import { installRight } from './procedure.ts'

const {
  database,
  desk,
  anssi,
  anneli,
  sari,
  outsider,
  as,
  enterOfficial,
  applyFor: requestRights,
} = await openProcedure()
const fresh = await createTestDatabase<SafeguardTables>()
const empty = fresh.as().db

describe('no process can grant a right alone', () => {
  test.each(['seloste_desk', 'seloste_custodian', 'seloste_capture'])(
    '%s can write none of the procedure’s tables',
    async (role) => {
      const db = database.as(role).db
      for (const table of ['access_right', 'right_request', 'right_review'] as const) {
        await expect(sql`insert into ${sql.table(table)} default values`.execute(db)).rejects.toThrow(
          'permission denied',
        )
        await expect(sql`delete from ${sql.table(table)}`.execute(db)).rejects.toThrow('permission denied')
      }
      await expect(sql`update access_right set valid_to = null`.execute(db)).rejects.toThrow('permission denied')
      await expect(sql`update right_request set state = 'APPROVED'`.execute(db)).rejects.toThrow('permission denied')
      await expect(sql`select install_right(${outsider.id}::uuid, 'ADMINISTRATOR')`.execute(db)).rejects.toThrow(
        'permission denied',
      )
      await expect(
        sql`select record_right_act('right.granted', null, 'right', ${outsider.id}::uuid, '{}')`.execute(db),
      ).rejects.toThrow('permission denied')
    },
  )

  test('requests are readable by those they concern, those who decide, and the supervisor', async () => {
    const aino = await enterOfficial()
    const request = await requestRights(aino.session, ownCalls([aino.id]))
    const countVisible = async (person: Session) =>
      desk.transaction().execute(async (tx) => {
        await sql`select set_config('seloste.session', ${person.token}, true)`.execute(tx)
        return (await tx.selectFrom('right_request').select('id').where('id', '=', request).execute()).length
      })
    expect(await Promise.all([aino.session, as(anneli), as(anssi), as(sari)].map(countVisible))).toEqual([1, 1, 1, 1])
    expect(await Promise.all([as(outsider), { ...as(anneli), token: 'x' }].map(countVisible))).toEqual([0, 0])
  })

  test('the installation grants a right of its own while nobody holds it', async () => {
    const first = await enterPerson(empty, { userId: 'eka', name: 'Eka', employedFrom: now().subtract({ hours: 1 }) })
    if ('refused' in first) throw new Error(first.refused)
    const right = await installRight(empty, first.id, 'ACCESS_APPROVER')
    expect(right).toBeTruthy()
    expect(await installRight(empty, first.id, 'ACCESS_APPROVER')).toBeUndefined()
    expect(await rightsOf(empty, first.id, now())).toMatchObject([{ role: 'ACCESS_APPROVER', purposes: [] }])
    await expect(installRight(empty, first.id, 'SECURITY' as never)).rejects.toThrow('gives no right')
    await empty.updateTable('person').set({ employed_to: now() }).where('id', '=', first.id).execute()
    const next = await enterPerson(empty, { userId: 'toka', name: 'Toka', employedFrom: now().subtract({ hours: 1 }) })
    if ('refused' in next) throw new Error(next.refused)
    expect(await installRight(empty, next.id, 'ACCESS_APPROVER')).toBeTruthy()
  })
})
