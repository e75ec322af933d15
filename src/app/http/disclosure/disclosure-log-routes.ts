import { namePeople, type PersonOf } from '#safeguards/people/name-people.ts'
import {
  listDisclosures,
  readDisclosureStatistics,
  type LoggedDisclosure,
} from '#use/disclosure/log/list-disclosures.ts'
import type { DisclosureEntry } from '../contract/disclosure-log.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'
import { peopleOfPackage } from './package-view.ts'

/** Route for the log of disclosures, for oversight and decision makers (R35). */
export function disclosureLogRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listDisclosures: ({ session, query }) =>
      viewed(listDisclosures(desk.db, session, query.year), async (listed) => {
        const people = listed.flatMap(({ decided_by, packages }) => [decided_by, ...packages.flatMap(peopleOfPackage)])
        const person = await namePeople(desk.db, people)
        return { items: listed.map((one) => viewEntry(one, person)) }
      }),

    readDisclosureStatistics: ({ session, query }) => readDisclosureStatistics(desk.db, session, query.year),
  })
}

function viewEntry(one: LoggedDisclosure, person: PersonOf): JsonForm<DisclosureEntry> {
  return {
    ...one,
    decidedBy: person(one.decided_by),
    decidedAt: one.decided_at,
    releasedAt: one.released_at,
    releases: one.packages.map(({ made_at, made_by, downloads, ...release }) => ({
      ...release,
      at: made_at,
      by: person(made_by),
      downloads: downloads.map((download) => ({ ...download, by: person(download.by) })),
    })),
    dueOn: one.due_on,
    closedAt: one.closed_at,
  }
}
