import { readUnitsWithToken } from '#safeguards/people/view-with-token.ts'
import type { Desk } from '../http/desk.ts'
import type { Routes } from '../http/routes.ts'
import { listResponse, pageOf } from './answer-list.ts'
import { coreGroup } from './attribute-path.ts'
import { parseFilter } from './filter.ts'
import { bearerOf, readListQuery } from './list-query.ts'
import { matches } from './matches.ts'
import { project } from './project.ts'
import { ScimError, notFound, tokenRefused } from './scim-error.ts'
import { groupsPath, usersPath, versionOf } from './user-resource.ts'

/** Serves units as groups, read-only: membership follows from each person's department. */
export function groupRoutes(scim: Routes, desk: Desk): void {
  async function readGroups(token: string) {
    const units = await readUnitsWithToken(desk.db, token, desk.clock.now())
    if (!units) throw tokenRefused()
    return units.map(groupResource)
  }

  scim.get('/Groups', async (request) => {
    const query = readListQuery(request.query)
    const filter = query.filter === undefined ? undefined : parseFilter(query.filter)
    const groups = (await readGroups(bearerOf(request))).filter((group) => !filter || matches(group, filter))
    const { offset, limit } = pageOf(query)
    return listResponse(groups.slice(offset, offset + limit), groups.length, query)
  })

  scim.get<{ Params: { id: string } }>('/Groups/:id', async (request) => {
    const groups = await readGroups(bearerOf(request))
    const found = groups.find(({ id }) => id === request.params.id)
    if (!found) throw notFound()
    return project(found, readListQuery(request.query))
  })

  for (const url of ['/Groups', '/Groups/:id']) {
    scim.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: () => {
        throw new ScimError(
          403,
          'Groups are read-only: a group is a unit, and its members are the Users with this department.',
          'mutability',
        )
      },
    })
  }
}

function groupResource({ id, name, members }: { id: string; name: string; members: { id: string; name: string }[] }) {
  const group = {
    schemas: [coreGroup],
    id,
    displayName: name,
    members: members.map((member) => ({
      value: member.id,
      display: member.name,
      $ref: `${usersPath}/${member.id}`,
      type: 'User' as const,
    })),
    meta: { resourceType: 'Group', location: `${groupsPath}/${id}` },
  }
  return { ...group, meta: { ...group.meta, version: versionOf(group) } }
}
