import type { FastifyReply, FastifyRequest } from 'fastify'
import { laterOf } from '#platform/clock/instants.ts'
import { changePerson, enterIntoDirectory, type ChangeToMake } from '#safeguards/people/change-people.ts'
import { viewWithToken, type WantedPeople } from '#safeguards/people/view-with-token.ts'
import { describeNow, type PersonNow } from '#safeguards/people/person-now.ts'
import { describedNow, type Desk } from '../http/desk.ts'
import type { Routes } from '../http/routes.ts'
import { listResponse, pageOf, type ListQuery } from './answer-list.ts'
import { coreUser, enterpriseUser } from './attribute-path.ts'
import { changeToMake, isId, personToEnter } from './change-of-user.ts'
import { parseFilter, type Filter } from './filter.ts'
import { bearerOf, readListQuery } from './list-query.ts'
import { matches } from './matches.ts'
import { patchUser, readOperations } from './patch-user.ts'
import { project } from './project.ts'
import { readUser, writtenFrom, type WrittenUser } from './read-user.ts'
import { ScimError, errorOf, invalidValue, notFound, tokenRefused } from './scim-error.ts'
import { userResource } from './user-resource.ts'

type UserRequest = FastifyRequest<{ Params: { id: string } }>

/** Serves people as SCIM Users: search, create, replace, patch, and deactivate. */
export function userRoutes(scim: Routes, desk: Desk): void {
  const numbering = () => describedNow(desk).numbering
  // Rounded to milliseconds. A second change as of the same instant replaces the first.
  const now = () => desk.clock.now().round({ smallestUnit: 'millisecond', roundingMode: 'floor' })

  scim.get('/Users', async (request) => listUsers(bearerOf(request), readListQuery(request.query)))
  scim.post('/Users/.search', async (request) => listUsers(bearerOf(request), readListQuery(request.body)))

  scim.get<{ Params: { id: string } }>('/Users/:id', async (request, reply) =>
    answerUser(request, reply, await findOne(bearerOf(request), request.params.id)),
  )

  scim.post('/Users', async (request, reply) => {
    const token = bearerOf(request)
    const { userName, ...user } = readUser(checkSchemas(request.body))
    if (userName === undefined) throw invalidValue('userName is required.')
    const id = await enter(token, { ...user, userName })
    reply.code(201)
    return answerUser(request, reply, await findOne(token, id))
  })

  scim.put<{ Params: { id: string } }>('/Users/:id', async (request, reply) => {
    const given = readUser(checkSchemas(request.body))
    const none: WrittenUser = { externalId: null, department: null, manager: null, phones: [] }
    return changeUser(request, reply, () => ({ ...none, ...given }))
  })

  scim.patch<{ Params: { id: string } }>('/Users/:id', async (request, reply) => {
    const operations = readOperations(request.body)
    return changeUser(request, reply, (person) => patchUser(writtenFrom(userResource(person, numbering())), operations))
  })

  // DELETE ends the employment now. The person is not deleted, because the history refers to them.
  scim.delete<{ Params: { id: string } }>('/Users/:id', async (request, reply) => {
    await change(request, (person, at) => ({
      from: laterOf(at, person.employedFrom),
      ...(person.employed && { employedTo: laterOf(at, person.employedFrom) }),
      withdrawn: true,
      source: 'scim',
    }))
    return reply.code(204).send()
  })

  async function listUsers(token: string, query: ListQuery) {
    const { offset, limit } = pageOf(query)
    if (query.filter === undefined) {
      const { people, total } = await searchUsers(token, { offset, limit })
      return listResponse(people.map(toResource), total, query)
    }
    const filter = parseFilter(query.filter)
    const { people } = await searchUsers(token, databaseQueryFor(filter) ?? 'all')
    const found = people
      .filter(({ withdrawn }) => !withdrawn)
      .map(toResource)
      .filter((user) => matches(user, filter))
    return listResponse(found.slice(offset, offset + limit), found.length, query)
  }

  /** Enters a person, or restores one whom the same identity system has deactivated. */
  async function enter(token: string, user: WrittenUser & { userName: string }): Promise<string> {
    const [known] = (await searchUsers(token, { userId: user.userName })).people
    const isReturning = known?.withdrawn && known.externalId !== null && known.externalId === (user.externalId ?? null)
    const entered = isReturning
      ? await changePerson(
          desk.db,
          { scimToken: token },
          known.id,
          async (tx, before) => {
            const [person] = await describeNow(tx, [before], now())
            if (!person?.withdrawn) throw new ScimError(409, 'userName has been used.', 'uniqueness')
            const active = { active: true, ...user }
            return { ...changeToMake(person, active, { now: now(), numbering: numbering() }), withdrawn: false }
          },
          numbering(),
        )
      : await enterIntoDirectory(desk.db, { scimToken: token }, personToEnter(user, now()), numbering())
    if ('refused' in entered) throw errorOf(entered, numbering())
    return entered.id
  }

  async function changeUser(request: UserRequest, reply: FastifyReply, written: (person: PersonNow) => WrittenUser) {
    await change(request, (person, at) => changeToMake(person, written(person), { now: at, numbering: numbering() }))
    return answerUser(request, reply, await findOne(bearerOf(request), request.params.id))
  }

  async function change(request: UserRequest, wanted: (person: PersonNow, at: Temporal.Instant) => ChangeToMake) {
    const { id } = request.params
    const token = bearerOf(request)
    if (!isId(id)) throw notFound()
    const changed = await changePerson(
      desk.db,
      { scimToken: token },
      id,
      async (tx, before) => {
        const at = now()
        const [person] = await describeNow(tx, [before], at)
        if (!person || person.withdrawn) throw notFound()
        checkVersion(request, toResource(person).meta.version)
        return wanted(person, at)
      },
      numbering(),
    )
    if ('refused' in changed) throw errorOf(changed, numbering())
  }

  async function findOne(token: string, id: string): Promise<PersonNow> {
    const [person] = isId(id) ? (await searchUsers(token, { id })).people : []
    if (!person) throw notFound()
    return person
  }

  async function searchUsers(token: string, wanted: WantedPeople) {
    const found = await viewWithToken(desk.db, token, wanted, now())
    if (!found) throw tokenRefused()
    return found
  }

  function toResource(person: PersonNow) {
    return userResource(person, numbering())
  }

  function answerUser(request: FastifyRequest, reply: FastifyReply, person: PersonNow) {
    const user = toResource(person)
    reply.header('etag', user.meta.version).header('location', user.meta.location)
    const unchanged = tagsOf(request.headers['if-none-match']).includes(user.meta.version)
    if (request.method === 'GET' && unchanged) return reply.code(304).send()
    return reply.send(project(user, readListQuery(request.query)))
  }
}

/** Returns a database query for a superset of the people that a filter matches; undefined if it must read all people. */
function databaseQueryFor(filter: Filter): WantedPeople | undefined {
  if (filter.op === 'and') return databaseQueryFor(filter.one) ?? databaseQueryFor(filter.other)
  if (filter.op !== 'compare' || filter.comparison !== 'eq' || typeof filter.value !== 'string') return undefined
  const { attribute, schema, sub } = filter.path
  if (sub !== undefined || schema === enterpriseUser) return undefined
  if (attribute === 'username') return { userId: filter.value }
  if (attribute === 'externalid') return { externalId: filter.value }
  return attribute === 'id' && isId(filter.value) ? { id: filter.value } : undefined
}

function checkSchemas(body: unknown): unknown {
  const [, schemas] = Object.entries(Object(body) as object).find(([name]) => name.toLowerCase() === 'schemas') ?? []
  const named: unknown[] = Array.isArray(schemas) ? schemas : []
  if (!named.some((one) => typeof one === 'string' && one.toLowerCase() === coreUser.toLowerCase())) {
    throw new ScimError(400, `The schemas of a User must include ${coreUser}.`, 'invalidSyntax')
  }
  return body
}

/** Checks If-Match: refuses the change if the resource has changed since the client read it (RFC 7644 section 3.14). */
function checkVersion({ headers }: FastifyRequest, version: string): void {
  const wanted = tagsOf(headers['if-match'])
  if (wanted.length > 0 && !wanted.includes('*') && !wanted.includes(version)) {
    throw new ScimError(412, 'The User has changed since it was read; read it again.')
  }
}

function tagsOf(header: string | undefined): string[] {
  return (header ?? '').split(',').flatMap((tag) => tag.trim() || [])
}
