import type { Session } from '#safeguards/people/session.ts'
import { describePerson } from '#safeguards/people/people.ts'
import { isUserId, nameOf, userIdOf } from '#safeguards/people/written-values.ts'
import { requestFactorRemoval, decideFactorRemoval, listFactorRemovals } from '#safeguards/sign-in/factor-removals.ts'
import type { FactorRemoval } from '#safeguards/sign-in/factor-removals.ts'
import { readLink, makeLink, useFirstLink, useLink } from '#safeguards/sign-in/links.ts'
import { endSessionsOf, readSignInMethods } from '#safeguards/sign-in/own-account.ts'
import { isPersonal } from '#safeguards/people/personal-user-id.ts'
import { rightsOf } from '#safeguards/access/grant.ts'
import { secondFactorDemandNow, judgePasswordForLink, rulesFor } from './account-routes.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Refusal, RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Routes for one-time links, for first and forgotten passwords, and for other people's sign-in methods. */
export function linkRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    lookAtLink: async ({ body }) => {
      const seen = await readLink(desk.db, body.token, desk.clock.now())
      if (!seen) return { refused: 'link.none' }
      return {
        kind: seen.kind,
        until: seen.until,
        userId: seen.person?.userId,
        name: seen.person?.name,
        role: seen.role,
        rules: rulesFor(secondFactorDemandNow(desk) === 'required' || seen.factors.length > 0),
        secondFactor: secondFactorDemandNow(desk),
        awaits: seen.awaits === 'nothing' ? undefined : seen.awaits,
      }
    },

    useLink: async ({ body }) => {
      const { token, password, code } = body
      const seen = await readLink(desk.db, token, desk.clock.now())
      if (!seen) return { refused: 'link.none' }
      const person = seen.person ?? readNewPerson(body)
      if ('refused' in person) return person
      const problems = await judgePasswordForLink(desk, seen, password, person)
      if (problems.length > 0) return { refused: 'password.unfit', field: 'password', problems }
      const used = seen.person
        ? await useLink(desk.db, token, password, code)
        : await useFirstLink(desk.db, token, { ...person, password })
      return 'refused' in used ? { ...used, field: fields[used.refused] } : { userId: userIdOf(person.userId) }
    },

    readPersonAccount: async ({ session, params: { id } }) => {
      if (!(await holds(session, 'ADMINISTRATOR'))) return { refused: 'deny.role' }
      const [found, removals] = await Promise.all([
        readSignInMethods(desk.db, session, id),
        listFactorRemovals(desk.db, session),
      ])
      if (!found) return { refused: 'not-found' }
      const { linkMadeAt, linkUntil } = found
      const isOtherPerson = id !== session.personId
      return {
        password: found.hasPassword,
        totp: found.factors.includes('totp'),
        passkeys: found.passkeys,
        link: linkMadeAt && linkUntil && { madeAt: linkMadeAt, until: linkUntil },
        removal: removals.find(({ personId }) => personId === id),
        mayMakeLink: isOtherPerson && !found.needsOperator,
        mayAskRemoval: isOtherPerson && found.factors.length > 0,
      }
    },

    makeLink: ({ session, params }) =>
      viewed(makeLink(desk.db, session, params.id), ({ token, ...made }) => ({ ...made, path: `/welcome#${token}` })),

    endPersonsSessions: ({ session, params }) => endSessionsOf(desk.db, session, params.id),

    askFactorRemoval: ({ session, params, body }) => {
      const reason = nameOf(body.reason)
      if (reason === '') {
        return { refused: 'input.invalid', message: 'Give the reason for the removal.', field: 'reason' }
      }
      return viewed(requestFactorRemoval(desk.db, session, params.id, reason), (request) =>
        viewRemoval(request, session, false),
      )
    },

    listFactorRemovals: async ({ session }) => {
      const approves = await holds(session, 'ACCESS_APPROVER')
      if (!approves && !(await holds(session, 'ADMINISTRATOR'))) return { refused: 'deny.role' }
      const removals = await listFactorRemovals(desk.db, session)
      return { items: await Promise.all(removals.map((one) => viewRemoval(one, session, approves))) }
    },

    decideFactorRemoval: ({ session, params, body }) => decideFactorRemoval(desk.db, session, params.id, body.confirm),
  })

  async function viewRemoval(removal: FactorRemoval, session: Session, approves: boolean) {
    const { id, personId, askedBy, askedAt, reason } = removal
    const now = desk.clock.now()
    const [person, requester] = await Promise.all([
      describePerson(desk.db, personId, now),
      describePerson(desk.db, askedBy, now),
    ])
    return {
      id,
      person: { id: personId, userId: person.userId, name: person.name },
      askedBy: { id: askedBy, name: requester.name },
      askedAt,
      reason,
      mayDecide: approves && session.personId !== personId && session.personId !== askedBy,
    }
  }

  async function holds(session: Session, role: 'ADMINISTRATOR' | 'ACCESS_APPROVER'): Promise<boolean> {
    return (await rightsOf(desk.db, session.personId, desk.clock.now())).some((right) => right.role === role)
  }
}

/** Form field of each refusal. */
const fields: Partial<Record<RefusalCode, string>> = { 'link.code': 'code', 'person.user-id-taken': 'userId' }

/** Returns the person's details, or the name of the first missing field. */
function readNewPerson({
  userId = '',
  name = '',
}: {
  userId?: string
  name?: string
}): { userId: string; name: string } | Refusal {
  if (!isUserId(userIdOf(userId))) return { refused: 'input.invalid', field: 'userId' }
  if (!isPersonal(userId)) return { refused: 'person.not-personal', field: 'userId' }
  if (nameOf(name) === '') return { refused: 'person.name-missing', field: 'name' }
  return { userId, name }
}
