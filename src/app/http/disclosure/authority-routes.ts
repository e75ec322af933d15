import { namePeople } from '#safeguards/people/name-people.ts'
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
import { registerOperations } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import { peopleOfPackage } from './package-view.ts'
import { readInstant } from '../read-instant.ts'
import { fieldsBy } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Adds the form field that a refusal is about. */
const withField = fieldsBy({
  'authority.provision': 'provisionId',
  'authority.provision-expired': 'provisionId',
  'authority.received-wrong': 'receivedAt',
  'authority.no-recording': 'recordingId',
  'authority.items': 'items',
  'authority.unreleased': 'unreleasedBecause',
  'authority.no-reason-wanted': 'unreleasedBecause',
  'deny.reference': 'caseNumber',
})

/** Routes for disclosures to authorities: the security unit prepares them, the decision maker decides (R34, R35). */
export function authorityRoutes(app: Routes, desk: Desk): void {
  const { db } = desk

  registerOperations(app, {
    listAuthorityDisclosures: async ({ session, query }) => {
      const listed = await listAuthority(db, session, query.state ?? 'open')
      if ('refused' in listed) return listed
      const person = await namePeople(desk.db, listed.flatMap(peopleOf))
      const today = desk.clock.now().toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
      const { provisions } = describedNow(desk).disclosure
      return {
        items: listed.map((one) => viewAuthoritySummary(one, person)),
        provisions: provisions.filter(
          ({ validFrom, validTo }) =>
            Temporal.PlainDate.compare(validFrom, today) <= 0 &&
            !(validTo && Temporal.PlainDate.compare(validTo, today) < 0),
        ),
      }
    },

    enterAuthorityDisclosure: async ({ session, body }) => {
      const receivedAt = readInstant(body.receivedAt)
      if (receivedAt === 'invalid') return { refused: 'authority.received-wrong', field: 'receivedAt' }
      return withField(await enterAuthority(db, session, { ...body, receivedAt }))
    },

    readAuthorityDisclosure: async ({ session, params }) => {
      const read = await readAuthority(db, session, params.id)
      if ('refused' in read) return read
      const packages = await listPackages(db, session, [params.id])
      const person = await namePeople(desk.db, [...peopleOf(read), ...packages.flatMap(peopleOfPackage)])
      return viewAuthority(read, { person, packages, provisions: describedNow(desk).disclosure.provisions })
    },

    changeAuthorityDisclosure: async ({ session, params, body }) => {
      const receivedAt = readInstant(body.receivedAt)
      if (receivedAt === 'invalid') return { refused: 'authority.received-wrong', field: 'receivedAt' }
      return withField(await changeAuthority(db, session, params.id, { ...body, receivedAt }))
    },

    addAuthorityItem: async ({ session, params, body }) =>
      withField(await addAuthorityItem(db, session, params.id, body)),
    dropAuthorityItem: ({ session, params }) => dropAuthorityItem(db, session, params.id, params.item),
    assessAuthorityDisclosure: ({ session, params, body }) => assessAuthority(db, session, params.id, body.text),
    decideAuthorityDisclosure: async ({ session, params, body }) =>
      withField(await decideAuthority(db, session, params.id, body)),
    closeAuthorityDisclosure: async ({ session, params, body }) =>
      withField(await closeAuthority(db, session, params.id, body.unreleasedBecause)),
  })
}
