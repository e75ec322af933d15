import type { FastifyRequest } from 'fastify'
import { ScimError } from './scim-error.ts'
import type { ListQuery } from './answer-list.ts'

/** Returns the token of a request; empty if there is none. */
export function bearerOf({ headers }: FastifyRequest): string {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
}

/** Reads the query of a list, or the body of a search request. Ignores other parameters, such as sorting. */
export function readListQuery(given: unknown): ListQuery {
  const query = Object(given) as Record<string, unknown>
  const list = (name: string) => {
    const value = query[name]
    return Array.isArray(value) ? value.join(',') : readText(name, value)
  }
  return {
    filter: readText('filter', query['filter']),
    attributes: list('attributes'),
    excludedAttributes: list('excludedAttributes'),
    startIndex: readInteger('startIndex', query['startIndex']),
    count: readInteger('count', query['count']),
  }
}

function readText(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw new ScimError(400, `${name} must be a string.`, 'invalidValue')
  return value
}

function readInteger(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new ScimError(400, `${name} must be an integer.`, 'invalidValue')
  return number
}
