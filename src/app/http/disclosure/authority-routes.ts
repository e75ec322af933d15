import { currentNames } from '#safeguards/people/current-names.ts'
import { closeAuthority, decideAuthority } from '#use/disclosure/authority/decide-authority.ts'
import {
  addAuthorityItem,
  assessAuthority,
  changeAuthority,
  dropAuthorityItem,
  enterAuthority,
} from '#use/disclosure/authority/prepare-authority.ts'
import { listAuthority, readAuthority } from '#use/disclosure/authority/read-authority.ts'
import { listPackages } from '#use/disclosure/packages/list-packages.ts'
import { peopleOf, viewAuthority, viewAuthoritySummary } from './authority-view.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse, type RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** The fields that a refusal speaks of. */
const fields: Partial<Record<RefusalCode, string>> = {
  'authority.provision': 'provisionId',
  'authority.provision-expired': 'provisionId',
  'authority.received-wrong': 'receivedAt',
  'authority.no-recording': 'recordingId',
  'authority.items': 'items',
  'authority.unreleased': 'unreleasedBecause',
  'authority.no-reason-wanted': 'unreleasedBecause',
  'deny.reference': 'caseNumber',
}
const about = (code: RefusalCode) => (fields[code] === undefined ? {} : { field: fields[code] })

/** Disclosures to authorities: the security unit prepares, the decision maker decides (R34, R35). */
export function authorityRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listAuthorityDisclosures,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listAuthority(desk.db, session, request.query.state ?? 'open')
      if ('refused' in listed) return refuse(reply, listed.refused)
      const names = await currentNames(desk.db, listed.flatMap(peopleOf))
      const today = desk.clock.now().toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
      const holds = (first: Temporal.PlainDate, last: Temporal.PlainDate | undefined) =>
        Temporal.PlainDate.compare(first, today) <= 0 && !(last && Temporal.PlainDate.compare(last, today) < 0)
      return reply.send({
        items: listed.map((one) => viewAuthoritySummary(one, names)),
        provisions: describedNow(desk)
          .disclosure.provisions.filter(({ validFrom, validTo }) => holds(validFrom, validTo))
          .map(({ id, names: called }) => ({ id, names: called })),
      })
    },
  })

  app.route({
    ...operations.enterAuthorityDisclosure,
    handler: async (request, reply) => {
      const { session } = request
      const receivedAt = readInstant(request.body.receivedAt)
      if (!receivedAt || receivedAt === 'invalid')
        return refuse(reply, 'authority.received-wrong', { field: 'receivedAt' })
      const entered = await enterAuthority(desk.db, session, { ...request.body, receivedAt })
      return 'refused' in entered
        ? refuse(reply, entered.refused, about(entered.refused))
        : reply.code(201).send(entered)
    },
  })

  app.route({
    ...operations.readAuthorityDisclosure,
    handler: async (request, reply) => {
      const { session } = request
      const read = await readAuthority(desk.db, session, request.params.id)
      if ('refused' in read) return refuse(reply, read.refused)
      const packages = await listPackages(desk.db, session, [request.params.id])
      const names = await currentNames(desk.db, [...peopleOf(read), ...packages.map(({ made_by }) => made_by)])
      return reply.send(viewAuthority(read, { names, packages, provisions: describedNow(desk).disclosure.provisions }))
    },
  })

  app.route({
    ...operations.changeAuthorityDisclosure,
    handler: async (request, reply) => {
      const { session } = request
      const receivedAt = readInstant(request.body.receivedAt)
      if (!receivedAt || receivedAt === 'invalid')
        return refuse(reply, 'authority.received-wrong', { field: 'receivedAt' })
      const changed = await changeAuthority(desk.db, session, request.params.id, { ...request.body, receivedAt })
      return changed === 'done' ? reply.code(204).send(null) : refuse(reply, changed.refused, about(changed.refused))
    },
  })

  app.route({
    ...operations.addAuthorityItem,
    handler: async (request, reply) => {
      const { session } = request
      const added = await addAuthorityItem(desk.db, session, request.params.id, request.body)
      return 'refused' in added ? refuse(reply, added.refused, about(added.refused)) : reply.code(201).send(added)
    },
  })

  app.route({
    ...operations.dropAuthorityItem,
    handler: async (request, reply) => {
      const { session } = request
      const dropped = await dropAuthorityItem(desk.db, session, request.params.id, request.params.item)
      return dropped === 'done' ? reply.code(204).send(null) : refuse(reply, dropped.refused)
    },
  })

  app.route({
    ...operations.assessAuthorityDisclosure,
    handler: async (request, reply) => {
      const { session } = request
      const assessed = await assessAuthority(desk.db, session, request.params.id, request.body.text)
      return assessed === 'done' ? reply.code(204).send(null) : refuse(reply, assessed.refused)
    },
  })

  app.route({
    ...operations.decideAuthorityDisclosure,
    handler: async (request, reply) => {
      const { session } = request
      const decided = await decideAuthority(desk.db, session, request.params.id, request.body)
      return decided === 'done' ? reply.code(204).send(null) : refuse(reply, decided.refused, about(decided.refused))
    },
  })

  app.route({
    ...operations.closeAuthorityDisclosure,
    handler: async (request, reply) => {
      const { session } = request
      const closed = await closeAuthority(desk.db, session, request.params.id, request.body.unreleasedBecause)
      return closed === 'done' ? reply.code(204).send(null) : refuse(reply, closed.refused, about(closed.refused))
    },
  })
}
