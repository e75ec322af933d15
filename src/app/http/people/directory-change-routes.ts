import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { rightsOf } from '#safeguards/access/grant.ts'
import {
  decideDirectoryChange,
  listDirectoryChanges,
  withdrawDirectoryChange,
  type DirectoryChange,
} from '#safeguards/people/directory-changes.ts'
import { describePerson } from '#safeguards/people/people.ts'
import type { Session } from '#safeguards/people/session.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Changes of accounts and of the directory that wait for a second person (R20, R36, R39). */
export function directoryChangeRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listDirectoryChanges,
    handler: async (request, reply) => {
      const { session } = request
      const rights = await rightsOf(desk.db, session.personId, desk.clock.now())
      if (!rights.some(({ role }) => role === 'ADMINISTRATOR' || role === 'ACCESS_APPROVER')) {
        return refuse(reply, 'deny.role')
      }
      const [changes, units] = await Promise.all([
        listDirectoryChanges(desk.db, session, request.query.person),
        unitNames(desk.db),
      ])
      return reply.send({ items: await Promise.all(changes.map((one) => view(one, session, units))) })
    },
  })

  app.route({
    ...operations.decideDirectoryChange,
    handler: async (request, reply) => {
      const { session } = request
      const done = await decideDirectoryChange(desk.db, session, request.params.id, request.body.confirm)
      if ('refused' in done) return refuse(reply, done.refused)
      return reply.send(done.code === undefined ? {} : { code: done.code })
    },
  })

  app.route({
    ...operations.withdrawDirectoryChange,
    handler: async (request, reply) => {
      const { session } = request
      const done = await withdrawDirectoryChange(desk.db, session, request.params.id)
      return 'refused' in done ? refuse(reply, done.refused) : reply.code(204).send(null)
    },
  })

  async function view(change: DirectoryChange, session: Session, units: ReadonlyMap<string, string>) {
    const now = desk.clock.now()
    const { numbering } = describedNow(desk)
    const { wanted } = change
    const [person, asker, supervisor] = await Promise.all([
      describePerson(desk.db, change.personId, now),
      describePerson(desk.db, change.askedBy, now),
      wanted?.supervisor ? describePerson(desk.db, wanted.supervisor, now) : undefined,
    ])
    const isOwn = session.personId === change.askedBy
    return {
      id: change.id,
      kind: change.kind,
      person: { id: change.personId, userId: person.userId, name: person.name },
      askedBy: { id: change.askedBy, name: asker.name },
      askedAt: change.askedAt.toString(),
      ...(wanted && { from: Temporal.Instant.from(wanted.from).toString() }),
      ...(wanted?.add && { addPhones: wanted.add.map((key) => displayPhoneNumber(key, numbering)) }),
      ...(wanted?.end && { endPhones: wanted.end.map((key) => displayPhoneNumber(key, numbering)) }),
      ...(wanted?.unit !== undefined && { unit: wanted.unit === null ? '' : (units.get(wanted.unit) ?? wanted.unit) }),
      ...(wanted?.supervisor !== undefined && { supervisor: supervisor?.name ?? '' }),
      mayDecide: !isOwn && session.personId !== change.personId,
      mayWithdraw: isOwn,
    }
  }
}
