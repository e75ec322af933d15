import type { Session } from '#safeguards/people/session.ts'
import { describePerson } from '#safeguards/people/people.ts'
import { isUserId, nameOf, userIdOf } from '#safeguards/people/written-values.ts'
import { askFactorRemoval, decideFactorRemoval, listFactorRemovals } from '#safeguards/sign-in/factor-removals.ts'
import type { FactorRemoval } from '#safeguards/sign-in/factor-removals.ts'
import { lookAtLink, makeLink, useFirstLink, useLink } from '#safeguards/sign-in/links.ts'
import { endSessionsOf, signInOf } from '#safeguards/sign-in/own-account.ts'
import { isPersonal } from '#safeguards/people/personal-user-id.ts'
import { rightsOf } from '#safeguards/access/grant.ts'
import { demandOf, rulesFor, wordsAround } from './account-routes.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse, type RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { fewAttempts } from './session-routes.ts'

/** One-time links, and how somebody else signs in: for whoever has none, forgot it, or lost it. */
export function linkRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.lookAtLink,
    config: fewAttempts,
    handler: async (request, reply) => {
      const seen = await lookAtLink(desk.db, request.body.token, desk.clock.now())
      if (!seen) return refuse(reply, 'link.none')
      return reply.send({
        kind: seen.kind,
        until: seen.until.toString(),
        ...(seen.person && { userId: seen.person.userId, name: seen.person.name }),
        ...(seen.role && { role: seen.role }),
        rules: rulesFor(demandOf(desk) === 'required' || seen.factors.length > 0),
        secondFactor: demandOf(desk),
        ...(seen.awaits !== 'nothing' && { awaits: seen.awaits }),
      })
    },
  })

  app.route({
    ...operations.useLink,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { token, password, code } = request.body
      const seen = await lookAtLink(desk.db, token, desk.clock.now())
      if (!seen) return refuse(reply, 'link.none')
      const person = seen.person ?? named(request.body)
      if ('code' in person) return refuse(reply, person.code, { field: person.field })
      const { judgePassword } = await import('#safeguards/sign-in/password-rules.ts')
      const problems = judgePassword(password, {
        secondFactor: demandOf(desk) === 'required' || seen.factors.length > 0,
        words: wordsAround(desk, person),
      })
      if (problems.length > 0) return refuse(reply, 'password.unfit', { field: 'password', problems })
      const used = seen.person
        ? await useLink(desk.db, token, password, code)
        : await useFirstLink(desk.db, token, { ...person, password })
      if ('refused' in used) {
        const field =
          used.refused === 'link.code' ? 'code' : used.refused === 'person.user-id-taken' ? 'userId' : undefined
        return refuse(reply, used.refused, field === undefined ? {} : { field })
      }
      return reply.send({ userId: userIdOf(person.userId) })
    },
  })

  app.route({
    ...operations.readPersonAccount,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      if (!(await holds(session, 'ADMINISTRATOR'))) return refuse(reply, 'deny.role')
      const [found, removals] = await Promise.all([
        signInOf(desk.db, session, id),
        listFactorRemovals(desk.db, session),
      ])
      if (!found) return refuse(reply, 'not-found')
      const removal = removals.find(({ personId }) => personId === id)
      const others = id !== session.personId
      return reply.send({
        password: found.hasPassword,
        totp: found.factors.includes('totp'),
        passkeys: found.passkeys,
        ...(found.linkMadeAt &&
          found.linkUntil && { link: { madeAt: found.linkMadeAt.toString(), until: found.linkUntil.toString() } }),
        ...(removal && { removal: { id: removal.id, askedAt: removal.askedAt.toString() } }),
        mayMakeLink: others && !found.needsOperator,
        mayAskRemoval: others && found.factors.length > 0,
      })
    },
  })

  app.route({
    ...operations.makeLink,
    handler: async (request, reply) => {
      const { session } = request
      const made = await makeLink(desk.db, session, request.params.id)
      if ('refused' in made) return refuse(reply, made.refused)
      return reply.code(201).send({ kind: made.kind, path: `/welcome#${made.token}`, until: made.until.toString() })
    },
  })

  app.route({
    ...operations.endPersonsSessions,
    handler: async (request, reply) => {
      const { session } = request
      const ended = await endSessionsOf(desk.db, session, request.params.id)
      return 'refused' in ended ? refuse(reply, ended.refused) : reply.send(ended)
    },
  })

  app.route({
    ...operations.askFactorRemoval,
    handler: async (request, reply) => {
      const { session } = request
      const reason = nameOf(request.body.reason)
      if (reason === '') {
        return refuse(reply, 'input.invalid', { message: 'Say why it is to be removed.', field: 'reason' })
      }
      const asked = await askFactorRemoval(desk.db, session, request.params.id, reason)
      if ('refused' in asked) return refuse(reply, asked.refused)
      return reply.code(201).send(await viewRemoval(asked, session, false))
    },
  })

  app.route({
    ...operations.listFactorRemovals,
    handler: async (request, reply) => {
      const { session } = request
      const [approves, administers] = await Promise.all([
        holds(session, 'ACCESS_APPROVER'),
        holds(session, 'ADMINISTRATOR'),
      ])
      if (!approves && !administers) return refuse(reply, 'deny.role')
      const removals = await listFactorRemovals(desk.db, session)
      return reply.send({ items: await Promise.all(removals.map((one) => viewRemoval(one, session, approves))) })
    },
  })

  app.route({
    ...operations.decideFactorRemoval,
    handler: async (request, reply) => {
      const { session } = request
      const done = await decideFactorRemoval(desk.db, session, request.params.id, request.body.confirm)
      return 'refused' in done ? refuse(reply, done.refused) : reply.code(204).send(null)
    },
  })

  async function viewRemoval(removal: FactorRemoval, session: Session, approves: boolean) {
    const now = desk.clock.now()
    const [person, asker] = await Promise.all([
      describePerson(desk.db, removal.personId, now),
      describePerson(desk.db, removal.askedBy, now),
    ])
    return {
      id: removal.id,
      person: { id: removal.personId, userId: person.userId, name: person.name },
      askedBy: { id: removal.askedBy, name: asker.name },
      askedAt: removal.askedAt.toString(),
      reason: removal.reason,
      mayDecide: approves && session.personId !== removal.personId && session.personId !== removal.askedBy,
    }
  }

  async function holds(session: Session, role: 'ADMINISTRATOR' | 'ACCESS_APPROVER'): Promise<boolean> {
    return (await rightsOf(desk.db, session.personId, desk.clock.now())).some((right) => right.role === role)
  }
}

/** Who names themselves, or what is missing. */
function named(given: {
  userId?: string
  name?: string
}): { userId: string; name: string } | { code: RefusalCode; field: string } {
  const { userId = '', name = '' } = given
  if (!isUserId(userIdOf(userId))) return { code: 'input.invalid', field: 'userId' }
  if (!isPersonal(userId)) return { code: 'person.not-personal', field: 'userId' }
  if (nameOf(name) === '') return { code: 'person.name-missing', field: 'name' }
  return { userId, name }
}
