import { maxPageLength } from './discovery.ts'
import { project, type Projection } from './project.ts'

const schema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const pageSize = 100

/** Query parameters of a list, or the body of a search request (RFC 7644 sections 3.4.2 and 3.4.3). */
export interface ListQuery extends Projection {
  filter?: string | undefined
  startIndex?: number | undefined
  count?: number | undefined
}

/** Returns the index of a page's first item, from 0, and its length. Clamps values that are out of range. */
export function pageOf({ startIndex = 1, count = pageSize }: ListQuery): { offset: number; limit: number } {
  return { offset: Math.max(startIndex, 1) - 1, limit: Math.min(Math.max(count, 0), maxPageLength) }
}

/** Returns one page of resources. */
export function listResponse(page: readonly object[], total: number, query: ListQuery): object {
  return {
    schemas: [schema],
    totalResults: total,
    startIndex: pageOf(query).offset + 1,
    itemsPerPage: page.length,
    Resources: page.map((resource) => project(resource, query)),
  }
}
