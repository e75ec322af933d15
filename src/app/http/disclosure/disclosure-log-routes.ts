import { currentNames } from '#safeguards/people/current-names.ts'
import {
  listDisclosures,
  readDisclosureStatistics,
  type LoggedDisclosure,
} from '#use/disclosure/log/list-disclosures.ts'
import type { DisclosureEntry } from '../contract/disclosure-log.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { viewDownloads } from './package-view.ts'

/** The log of disclosures, for whoever oversees or decides (R35). */
export function disclosureLogRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listDisclosures,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listDisclosures(desk.db, session, request.query.year)
      if ('refused' in listed) return refuse(reply, listed.refused)
      const people = listed.flatMap(({ decided_by, packages }) => [
        decided_by,
        ...packages.map(({ made_by }) => made_by),
      ])
      const names = await currentNames(
        desk.db,
        people.filter((id) => id !== null),
      )
      return reply.send({ items: listed.map((one) => viewEntry(one, names)) })
    },
  })

  app.route({
    ...operations.readDisclosureStatistics,
    handler: async (request, reply) => {
      const { session } = request
      const counted = await readDisclosureStatistics(desk.db, session, request.query.year)
      return 'refused' in counted ? refuse(reply, counted.refused) : reply.send(counted)
    },
  })
}

function viewEntry(one: LoggedDisclosure, names: ReadonlyMap<string, string>): DisclosureEntry {
  const { id, kind, number, recipient, about, ground, state, isOverdue, items, unconfirmed, packages } = one
  const { decided_by, decided_at, released_at, due_on, closed_at } = one
  const person = (who: string) => ({ id: who, name: names.get(who) ?? who })
  return {
    ...{ id, kind, number, recipient, about, state, isOverdue, items, unconfirmed },
    ...(ground !== null && { ground }),
    ...(decided_by !== null && { decidedBy: person(decided_by) }),
    ...(decided_at && { decidedAt: decided_at.toString() }),
    ...(released_at && { releasedAt: released_at.toString() }),
    releases: packages.map(({ made_at, made_by, files, sha256, state: became, downloads }) => ({
      at: made_at.toString(),
      by: person(made_by),
      files,
      ...(sha256 !== null && { sha256 }),
      state: became,
      downloads: viewDownloads(downloads, names),
    })),
    ...(due_on && { dueOn: due_on.toString() }),
    ...(closed_at && { closedAt: closed_at.toString() }),
  }
}
