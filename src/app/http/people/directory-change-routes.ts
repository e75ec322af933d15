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
import { registerOperations, done, viewed } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Routes for changes of accounts and of the directory that need approval by a second person (R20, R36, R39). */
export function directoryChangeRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listDirectoryChanges: async ({ session, query }) => {
      const rights = await rightsOf(desk.db, session.personId, desk.clock.now())
      if (!rights.some(({ role }) => role === 'ADMINISTRATOR' || role === 'ACCESS_APPROVER')) {
        return { refused: 'deny.role' }
      }
      const [changes, units] = await Promise.all([
        listDirectoryChanges(desk.db, session, query.person),
        unitNames(desk.db),
      ])
      return { items: await Promise.all(changes.map((one) => view(one, session, units))) }
    },

    decideDirectoryChange: ({ session, params, body }) =>
      viewed(decideDirectoryChange(desk.db, session, params.id, body.confirm), ({ code }) => ({ code })),

    withdrawDirectoryChange: ({ session, params }) => done(withdrawDirectoryChange(desk.db, session, params.id)),
  })

  async function view(change: DirectoryChange, session: Session, units: ReadonlyMap<string, string>) {
    const now = desk.clock.now()
    const { numbering } = describedNow(desk)
    const { wanted } = change
    const [person, requester, supervisor] = await Promise.all([
      describePerson(desk.db, change.personId, now),
      describePerson(desk.db, change.askedBy, now),
      wanted?.supervisor ? describePerson(desk.db, wanted.supervisor, now) : undefined,
    ])
    const isOwn = session.personId === change.askedBy
    return {
      id: change.id,
      kind: change.kind,
      person: { id: change.personId, userId: person.userId, name: person.name },
      askedBy: { id: change.askedBy, name: requester.name },
      askedAt: change.askedAt,
      from: wanted && Temporal.Instant.from(wanted.from),
      fromConfirmation: wanted && change.fromConfirmation,
      addPhones: wanted?.add?.map((key) => displayPhoneNumber(key, numbering)),
      endPhones: wanted?.end?.map((key) => displayPhoneNumber(key, numbering)),
      ...(wanted?.unit !== undefined && { unit: wanted.unit === null ? '' : (units.get(wanted.unit) ?? wanted.unit) }),
      ...(wanted?.supervisor !== undefined && { supervisor: supervisor?.name ?? '' }),
      mayDecide: !isOwn && session.personId !== change.personId,
      mayWithdraw: isOwn,
    }
  }
}
